"""`bevan audit` says in sentences what it found, and leaves with a code."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Bevan
from tests.cli.test_doctor import found, run

_ENTRY = (
    "INSERT INTO agent (kind, id, name, role, organisation, organisation_name) "
    "VALUES ('system', 'x', 'X', '', '', ''); "
    "INSERT INTO purpose (purpose) VALUES ('testing'); "
    "INSERT INTO audit (at, agent, purpose, action, outcome, request) "
    "SELECT '2026-11-24 09:30Z'::timestamptz + n * interval '1 s', 1, 1, 'r', '+', 'request-' || n "
    "FROM generate_series(1, 3) n"
)


def test_hand_over_then_verify(bevan: Bevan, database: str, tmp_path: Path) -> None:
    run(database, _ENTRY)
    said = bevan("audit", "hand-over", "--data", tmp_path)
    assert said.code == 0, said.err
    assert "1 links were made, and 1 reached the second place." in said.out
    said = bevan("audit", "verify", "--data", tmp_path)
    assert said.code == 0
    assert "Checked 1 links (1 handed over) and 3 entries; 0 entries wait" in said.out
    assert "The chain is unbroken." in said.out


def test_harm_leaves_with_one_and_names_the_place(
    bevan: Bevan, database: str, tmp_path: Path
) -> None:
    run(database, _ENTRY)
    bevan("audit", "hand-over", "--data", tmp_path)
    run(database, "UPDATE audit SET outcome = '-' WHERE request = 'request-2'")
    said = bevan("audit", "verify", "--data", tmp_path)
    assert said.code == 1
    assert "changed entry: Link 1 (2026-11-24 09:30:01 to 2026-11-24 09:30:03 UTC)" in said.out
    assert "request request-2" in said.out
    said = bevan("audit", "verify", "--data", tmp_path, "--json")
    (finding,) = json.loads(said.out)["findings"]
    assert (finding["kind"], finding["link"]) == ("changed entry", 1)
    assert finding["at"] == "2026-11-24T09:30:02+00:00"
    said = bevan("audit", "verify", "--data", tmp_path, "--to", "2026-11-24T09:30")
    assert said.code == 0
    assert bevan("audit", "verify", "--from", "yesterday").code == 2


def test_a_new_key_signs_the_next_link(bevan: Bevan, database: str, tmp_path: Path) -> None:
    run(database, _ENTRY)
    bevan("audit", "hand-over", "--data", tmp_path)
    said = bevan("audit", "new-key", "--data", tmp_path, "--json")
    name = json.loads(said.out)["key"]
    assert len(name) == 16
    assert name not in bevan("audit", "new-key", "--data", tmp_path).out
    assert bevan("audit", "verify", "--data", tmp_path).code == 0


def test_the_doctor_says_when_links_wait(bevan: Bevan, database: str, tmp_path: Path) -> None:
    assert found(bevan("doctor", "--data", tmp_path, "--json"))["audit"]["well"]
    run(database, _ENTRY)
    bevan("audit", "hand-over", "--data", tmp_path)
    run(database, "DELETE FROM audit_handed; UPDATE audit_link SET sealed = now() - interval '1 h'")
    said = found(bevan("doctor", "--data", tmp_path, "--json"))["audit"]
    assert not said["well"]
    assert "bevan audit hand-over" in said["sentence"]


def test_a_restore_is_answered_for_by_name(bevan: Bevan, database: str, tmp_path: Path) -> None:
    run(database, _ENTRY)
    bevan("audit", "hand-over", "--data", tmp_path)
    command = ("audit", "acknowledge", "--data", tmp_path, "--by", "Ada Bell", "--reason")
    said = bevan(*command, "The disk failed on Tuesday")
    assert said.code != 0
    assert "Nothing that was handed over is missing" in said.err
    run(
        database,
        "DELETE FROM audit_handed; DELETE FROM audit_link; DELETE FROM audit; "
        "INSERT INTO feed_epoch (epoch, reason) VALUES (2, 'restored')",
    )
    assert bevan("audit", "verify", "--data", tmp_path).code == 1
    assert "reason of 10 characters" in bevan(*command, "x").err
    said = bevan(*command, "The disk failed on Tuesday")
    assert said.code == 0, said.err
    said = bevan("audit", "verify", "--data", tmp_path)
    assert said.code == 0
    assert "for the record: The database went back to a backup and lost 3 entries" in said.out
    assert "Ada Bell" in said.out


def test_a_month_is_closed_into_a_file(bevan: Bevan, database: str, tmp_path: Path) -> None:
    run(
        database,
        "CREATE TABLE audit_2019_03 PARTITION OF audit "
        "FOR VALUES FROM ('2019-03-01Z') TO ('2019-04-01Z');"
        + _ENTRY.replace("2026-11", "2019-03"),
    )
    bevan("audit", "hand-over", "--data", tmp_path)
    who = ("--by", "Ada Bell", "--reason", "Nobody in it has a record any more")
    close = ("audit", "close-month", "2019-03", "--data", tmp_path, "--to", tmp_path / "old", *who)
    said = bevan(*close)
    assert said.code == 0, said.err
    assert "3 entries of 2019-03 are in audit-2019-03.jsonl.gz" in said.out
    assert (tmp_path / "old" / "audit-2019-03.jsonl.gz").is_file()
    said = bevan("audit", "verify", "--data", tmp_path)
    assert said.code == 0, said.out
    assert "for the record: 2019-03 is closed" in said.out
    assert "no month 2019-03" in bevan(*close).err

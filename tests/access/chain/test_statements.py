"""What is answered for by a signed statement verifies; the same done without one is found."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from asyncpg import RaiseError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bevan.access.chain import listing
from bevan.access.chain.closing import Month, MonthStays
from bevan.access.chain.entry import leaf
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.returning import NothingLost
from bevan.access.chain.signing import Keyring
from bevan.access.chain.speaking import Answer, SayWhy, Speaker
from bevan.access.chain.statement import Answerable, Attested, Closing, Disposal, decoded
from bevan.access.chain.stripping import Gone, Left, Stripper
from bevan.access.gathering import Gathering
from bevan.kernel.clock import SystemClock
from bevan.record.scope import Actor, compartment, system
from tests.access.chain.conftest import READER, Trail

REFERENCE = UUID("7b1e0000-0000-8000-8000-000000000007")
WHO = Answer(
    Answerable(id="rm-1", name="Ruth Okafor", role="Records manager"),
    "Eight years after the last contact",
    Answerable(id="cg-1", name="Imran Vale", role="Caldicott guardian"),
)
A_NUMBER = "9990000018"
MARCH = Month(2019, 3)


async def gone(trail: Trail, id: str = "a", actors: tuple[int, ...] = ()) -> Gone:
    """The person as their entries name them."""
    actor = await trail.database.fetchval(
        "INSERT INTO agent (kind, id, name, role, organisation, organisation_name) VALUES "
        "('patient', $1, 'Disposed of', '', '', '') RETURNING n",
        str(REFERENCE),
    )
    return Gone(compartment(id), id, (A_NUMBER,), actors, REFERENCE, actor)


async def strip(trail: Trail, who: Gone) -> list[Attested]:
    stripper = Stripper(trail.database, trail.chain.speaker())
    made = await stripper.strip(who, WHO, "adult", {"Patient": 1})
    await trail.chain.hand_over()
    return made


def entries(said: Attested) -> int:
    """How many entries a statement covers."""
    assert not isinstance(said.statement.body, Closing)
    return said.statement.body.entries


async def looked(trail: Trail) -> None:
    """Reads of two people, and searches for one by number, with and without an answer."""
    await trail.reads("a", "b")
    await trail.record.search(system("look", READER), "Patient", f"identifier=x|{A_NUMBER}")
    await trail.record.search(system("look", READER), "Patient", "_id=a,b")
    await trail.record.search(system("look", READER), "Patient", "family=Somebody")
    await trail.link("c")


async def test_a_certified_disposal_verifies_and_leaves_no_trace(trail: Trail) -> None:
    await looked(trail)
    made = await strip(trail, await gone(trail))
    assert [entries(one) for one in made] == [4]
    verdict = await trail.verify()
    assert verdict.unbroken, verdict.findings
    rows = await trail.database.fetch("SELECT a.*, a::text AS everything FROM audit a")
    said = " ".join(row["everything"] for row in rows)
    assert str(compartment("a")) not in said
    assert A_NUMBER not in said
    assert "Somebody" in said, "what is about nobody disposed of stays"
    assert sum(row["patient"] == REFERENCE for row in rows) == 3
    assert all((row["leaf"] is None) == (row["disposal"] is None) for row in rows)
    assert all((row["leaf"] is None) != (row["salt"] is None) for row in rows)


async def test_stripping_again_finds_nothing_more(trail: Trail) -> None:
    await looked(trail)
    who = await gone(trail)
    await strip(trail, who)
    (again,) = await strip(trail, who)
    assert entries(again) == 0
    assert (await trail.verify()).unbroken


async def test_entries_by_the_person_get_another_actor(trail: Trail) -> None:
    themself = Actor("patient", "a", "Ada Somebody")
    await trail.record.read(system("own", themself), "Patient", "a")
    await trail.link("b")
    number = await trail.database.fetchval("SELECT n FROM agent WHERE kind = 'patient'")
    who = await gone(trail, actors=(number,))
    await strip(trail, who)
    assert (await trail.verify()).unbroken
    assert await trail.database.fetchval("SELECT forget_actor($1)", number)
    assert (await trail.verify()).unbroken
    assert not await trail.database.fetchval("SELECT forget_actor($1)", who.actor)


async def test_entries_from_before_salts_are_stripped_too(trail: Trail) -> None:
    await trail.harm("UPDATE audit SET salt = NULL")
    await trail.harm("ALTER TABLE audit ALTER COLUMN salt DROP DEFAULT")
    await looked(trail)
    assert (await trail.verify()).unbroken
    await strip(trail, await gone(trail))
    assert (await trail.verify()).unbroken


async def test_two_disposals_may_share_an_entry(trail: Trail) -> None:
    """The words of a search go with whoever it found; the person beside them later."""
    await looked(trail)
    first = await gone(trail, "b")
    (said,) = await strip(trail, first)
    assert entries(said) == 5, "the words stand in the entry of the other person"
    assert (await trail.verify()).unbroken
    second = Gone(compartment("a"), "a", (A_NUMBER,), (), UUID(int=9), first.actor)
    await strip(trail, second)
    assert (await trail.verify()).unbroken


async def test_a_run_cut_short_verifies_and_goes_on(trail: Trail) -> None:
    """Killed after the certificate and one entry: the rest is stripped under another one."""
    await looked(trail)
    who = await gone(trail)
    stripper = Stripper(trail.database, trail.chain.speaker())
    left = await stripper._left(who)
    body = Disposal(
        reference=REFERENCE,
        schedule="adult",
        removed={},
        entries=len(left),
        listing=hashlib.sha256(packed := _packed(left)).hexdigest(),
    )
    async with trail.database.transaction() as connection:
        said = await trail.chain.speaker().say(connection, WHO, body, packed)
    await stripper._apply(who, said.statement.id, left[:1])
    assert (await trail.verify()).unbroken
    await strip(trail, who)
    assert (await trail.verify()).unbroken
    assert await trail.database.fetchval("SELECT count(DISTINCT disposal) FROM audit") == 2


def _packed(left: Sequence[Left]) -> bytes:
    return listing.packed(one.line for one in left)


@pytest.mark.parametrize(
    "change",
    [
        "outcome = '-'",
        "patient = '00000000-0000-8000-8000-000000000001'",
        "request = 'another'",
        "entries = entries + 1",
        "type = 'Observation'",
        "disposal = gen_random_uuid()",
        "disposal = NULL",
    ],
)
async def test_a_stripped_entry_that_is_changed_is_found(trail: Trail, change: str) -> None:
    await looked(trail)
    await strip(trail, await gone(trail))
    one = "(SELECT ctid FROM audit WHERE leaf IS NOT NULL AND action = 'r' LIMIT 1)"
    await trail.harm(f"UPDATE audit SET {change} WHERE ctid = {one}")
    (found,) = await trail.findings()
    assert found.kind == "false disposal"


async def test_a_stripped_entry_that_is_removed_or_changes_its_hash_is_found(trail: Trail) -> None:
    await looked(trail)
    await strip(trail, await gone(trail))
    one = "(SELECT ctid FROM audit WHERE leaf IS NOT NULL AND action = 'r' LIMIT 1)"
    await trail.harm(f"UPDATE audit SET leaf = sha256(leaf) WHERE ctid = {one}")
    assert {one.kind for one in await trail.findings()} == {"changed entry", "false disposal"}
    await trail.harm(f"DELETE FROM audit WHERE ctid = {one}")
    assert {one.kind for one in await trail.findings()} == {"removed entry"}


async def test_a_disposal_without_a_certificate_is_found(trail: Trail) -> None:
    """The owner strips an entry just as a disposal would, under none or another's certificate."""
    await looked(trail)
    (said,) = await strip(trail, await gone(trail))
    row = await trail.database.fetchrow(
        "SELECT * FROM audit WHERE action = 'r' AND leaf IS NULL LIMIT 1"
    )
    assert row is not None
    sealed = await _leaf(trail, row["txid"])
    for under in (UUID(int=1), said.statement.id):
        await trail.harm(
            "UPDATE audit SET leaf = $1, disposal = $2, salt = NULL, id = NULL, patient = $3 "
            "WHERE txid = $4 AND at = $5",
            sealed,
            under,
            REFERENCE,
            row["txid"],
            row["at"],
        )
        (found,) = await trail.findings()
        assert (found.kind, found.at) == ("false disposal", row["at"])


async def _leaf(trail: Trail, txid: int) -> bytes:
    async with trail.database.connection() as connection:
        (named,) = await Ledger(connection).entries(txid, txid + 1)
    return named.leaf


async def test_a_certificate_by_a_foreign_key_covers_nothing(trail: Trail) -> None:
    await looked(trail)
    theirs = Speaker(trail.database, Keyring((Ed25519PrivateKey.generate(),)), SystemClock())
    await Stripper(trail.database, theirs).strip(await gone(trail), WHO, "adult", {})
    kinds = [one.kind for one in await trail.findings()]
    assert set(kinds) == {"false statement", "false disposal"}


async def test_a_certificate_that_is_taken_away_or_changed_is_found(trail: Trail) -> None:
    await looked(trail)
    await strip(trail, await gone(trail))
    kept = await trail.database.fetch("SELECT * FROM audit_statement")
    await trail.harm("UPDATE audit_statement SET lines = lines || lines")
    assert "false statement" in {one.kind for one in await trail.findings()}
    await trail.harm("DELETE FROM audit_statement_handed")
    await trail.harm("DELETE FROM audit_statement")
    assert {one.kind for one in await trail.findings()} == {"missing statement"}
    assert decoded(kept[0]["body"]) is not None


async def test_the_server_s_function_strips_only_the_audit_and_under_a_certificate(
    trail: Trail,
) -> None:
    call = "SELECT strip_audit($1::regclass, $2, '{}', '{}', '{}', NULL, NULL, '{}', 1)"
    for table, match in (("audit_default", "certificate"), ("resource_default", "audit")):
        with pytest.raises(RaiseError, match=match):
            await trail.database.fetchval(call, table, REFERENCE)


async def test_a_statement_needs_a_name_and_a_reason(trail: Trail) -> None:
    await looked(trail)
    for answer in (Answer(WHO.by, "because"), Answer(Answerable(id="x", name=" "), WHO.reason)):
        with pytest.raises(SayWhy):
            await Stripper(trail.database, trail.chain.speaker()).strip(
                await gone(trail), answer, "adult", {}
            )
        await trail.harm("DELETE FROM agent WHERE name = 'Disposed of'")
    assert await trail.database.fetchval("SELECT count(*) FROM audit WHERE leaf IS NOT NULL") == 0


def test_a_salted_hash_by_hand() -> None:
    salt = UUID("00112233-4455-6677-8899-aabbccddeeff")
    assert leaf(b"[]", salt) == hashlib.sha256(b"\x02" + salt.bytes + b"[]").digest()
    assert leaf(b"[]", salt) != leaf(salt.bytes + b"[]")


async def restored(trail: Trail) -> None:
    """The database as it was before its second link, in a new epoch."""
    await trail.link("a")
    await trail.link("b", "c")
    await trail.harm("DELETE FROM audit_handed WHERE number = 2")
    await trail.harm("DELETE FROM audit_link WHERE number = 2")
    await trail.harm("DELETE FROM audit WHERE txid >= (SELECT max(closes) FROM audit_link)")
    await trail.harm("INSERT INTO feed_epoch (epoch, reason) VALUES (2, 'restored')")


async def test_an_acknowledged_restore_verifies_and_stays_listed(trail: Trail) -> None:
    await restored(trail)
    assert {one.kind for one in await trail.findings()} == {"went back", "removed entry"}
    await trail.reads("c")
    await trail.seal()
    said = await trail.chain.acknowledge(Answer(WHO.by, "The disk failed on Tuesday"))
    assert entries(said) == 2
    verdict = await trail.verify()
    assert verdict.unbroken, verdict.findings
    (event,) = verdict.events
    assert "lost 2 entries" in event
    assert "links 2 to 2" in event
    assert "Ruth Okafor" in event
    assert "The disk failed on Tuesday" in event
    with pytest.raises(NothingLost):
        await trail.chain.acknowledge(WHO)
    await trail.link("a")
    await trail.harm("DELETE FROM audit WHERE txid = (SELECT max(txid) FROM audit)")
    assert {one.kind for one in await trail.findings()} == {"removed entry"}


async def test_a_cut_tail_can_not_be_acknowledged(trail: Trail) -> None:
    await trail.link("a")
    await trail.link("b")
    await trail.harm("DELETE FROM audit_handed WHERE number = 2")
    await trail.harm("DELETE FROM audit_link WHERE number = 2")
    await trail.harm("DELETE FROM audit WHERE txid >= (SELECT max(closes) FROM audit_link)")
    with pytest.raises(NothingLost):
        await trail.chain.acknowledge(WHO)
    assert not (await trail.verify()).unbroken


async def old_month(trail: Trail, *people: str) -> None:
    """Entries of March 2019 in a partition of their own, sealed and handed over."""
    await trail.harm(
        "CREATE TABLE audit_2019_03 PARTITION OF audit FOR VALUES "
        "FROM ('2019-03-01 00:00Z') TO ('2019-04-01 00:00Z')"
    )
    for id in people:
        await trail.harm(
            "INSERT INTO audit (at, agent, purpose, action, outcome, request, type, id, patient) "
            "VALUES ('2019-03-05 09:30Z', 1, 1, 'r', '+', 'old', 'Patient', $1, $2)",
            id,
            compartment(id),
        )
    await trail.link("b")


async def test_a_month_is_handed_over_then_dropped_and_verifies(
    trail: Trail, tmp_path: Path
) -> None:
    await old_month(trail, "gone-1", "gone-2")
    await Gathering(trail.database).catch_up()
    looks = "SELECT count(*) FROM look WHERE ended < '2019-04-01 00:00Z'"
    assert await trail.database.fetchval(looks) == 2
    closing = await trail.chain.close_month(MARCH, tmp_path / "archive", WHO)
    content = (tmp_path / "archive" / closing.file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == closing.export
    lines = [json.loads(line) for line in gzip.decompress(content).splitlines()]
    assert closing.entries == len(lines) == 2
    for line in lines:
        text = json.dumps(line["entry"], separators=(",", ":"), ensure_ascii=False).encode()
        assert leaf(text, UUID(line["salt"])).hex() == line["hash"]
    verdict = await trail.verify()
    assert verdict.unbroken, verdict.findings
    assert "2019-03 is closed" in verdict.events[0]
    assert await trail.database.fetchval(looks) == 0
    assert await trail.database.fetchval("SELECT to_regclass('audit_2019_03')") is None
    await trail.harm("DELETE FROM audit WHERE id = 'b'")
    assert {one.kind for one in await trail.findings()} == {"removed entry"}


async def test_a_dropped_month_without_a_statement_is_found(trail: Trail) -> None:
    await old_month(trail, "gone-1")
    await trail.harm("DROP TABLE audit_2019_03")
    assert {one.kind for one in await trail.findings()} == {"removed entry"}


async def test_a_month_stays_while_somebody_in_it_has_a_record(
    trail: Trail, tmp_path: Path
) -> None:
    await old_month(trail, "a", "gone-1")
    with pytest.raises(MonthStays, match="1 people whose records are kept"):
        await trail.chain.close_month(MARCH, tmp_path, WHO)
    with pytest.raises(MonthStays, match="no month 2018-01"):
        await trail.chain.close_month(Month(2018, 1), tmp_path, WHO)
    now = datetime.now(UTC)
    with pytest.raises(MonthStays, match="isn't over"):
        await trail.chain.close_month(Month(now.year, now.month), tmp_path, WHO)


async def test_a_harmed_month_stays(trail: Trail, tmp_path: Path) -> None:
    await old_month(trail, "gone-1", "gone-2")
    await trail.harm("DELETE FROM audit_2019_03 WHERE id = 'gone-1'")
    with pytest.raises(MonthStays, match="isn't whole"):
        await trail.chain.close_month(MARCH, tmp_path, WHO)


def test_months() -> None:
    assert Month.read("2019-12").closes == datetime(2020, 1, 1, tzinfo=UTC)
    assert (Month.read("2019-03").table, str(MARCH)) == ("audit_2019_03", "2019-03")
    with pytest.raises(MonthStays):
        Month.read("March")

"""The field mask: nothing masked is read, and a masked edit loses nothing."""

from __future__ import annotations

from typing import Any

from bevan.fhir.json import decode, encode
from bevan.record.mask import REDACTED, masked, restored, veil, without
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.people import feed_ready, only, patient

VEIL = {"Patient": frozenset({"address", "deceased[x]"})}


def home(**more: Any) -> dict[str, Any]:
    return patient(
        address=[{"city": "Harrowmere"}],
        deceasedBoolean=False,
        text={
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml">lives in Harrowmere</div>',
        },
        **more,
    )


def test_masked_elements_go_and_the_narrative_with_them() -> None:
    cut = without(VEIL, {**home(), "_address": [None], "deceasedNot": 1, "deceased": 2})
    assert set(cut) == {"resourceType", "name", "meta", "deceased"}
    assert cut["meta"]["security"] == [REDACTED]


def test_where_nothing_is_masked_nothing_is_touched() -> None:
    raw = encode(home())
    assert masked({}, "Patient", raw) is raw
    assert masked(VEIL, "Observation", raw) is raw
    assert masked(VEIL, "Patient", b"") == b""
    bare = encode(patient())
    assert masked(VEIL, "Patient", bare) is bare


def test_resources_inside_are_masked_too() -> None:
    inside = {"resourceType": "Observation", "contained": [home()]}
    assert b"Harrowmere" not in masked(VEIL, "Observation", encode(inside))
    bundle = {"resourceType": "Bundle", "entry": [{"resource": home()}, {"fullUrl": "urn:x"}]}
    cut = without(VEIL, bundle)
    assert b"Harrowmere" not in encode(cut) and cut["entry"][1] is bundle["entry"][1]
    assert without(VEIL, {"resourceType": "Bundle", "entry": []}) == {
        "resourceType": "Bundle",
        "entry": [],
    }


def test_what_was_not_seen_is_kept() -> None:
    old = home()
    seen = without(VEIL, old)
    assert restored(VEIL, seen, old) == {**old}
    changed = restored(VEIL, {**seen, "active": True, "address": []}, old)
    assert changed["address"] == old["address"] and changed["active"] is True
    assert "text" not in changed, "a narrative that nobody brought up to date"
    assert "meta" not in changed
    labelled = {**old, "meta": {"security": [REDACTED]}}
    assert restored(VEIL, without(VEIL, labelled), labelled)["meta"]["security"] == [REDACTED] * 2


def test_only_those_whose_whereabouts_are_secret() -> None:
    secret = compartment("p1")
    scope = only("p1", "p2", masked=VEIL, covert=frozenset({secret}))
    assert veil(scope, secret, None) == VEIL
    assert veil(scope, compartment("p2"), None) == {}
    assert veil(scope, None, [compartment("p2"), secret]) == VEIL
    assert veil(scope, None, None) == {}
    assert veil(only("p1", masked=VEIL), None, None) == VEIL


async def test_through_every_door(record: Record, robot: Scope) -> None:
    who = (await record.create(robot, home())).version.id
    nurse = only(who, masked=VEIL)
    read = await record.read(nurse, "Patient", who)
    old = await record.vread(nurse, "Patient", who, 1)
    past = (await record.history(nurse, "Patient", who)).versions
    await feed_ready(record)
    feed = (await record.feed(nurse)).entries
    assert read and old
    for found in (read, old, *past, *feed):
        assert b"Harrowmere" not in found.content and b"REDACTED" in found.content
    # The same content again, as it was seen, is no change; an edit keeps what wasn't seen.
    assert not (await record.update(nurse, decode(read.content))).changed
    patch = [{"op": "add", "path": "/active", "value": True}]
    written = await record.patch(nurse, "Patient", who, patch)
    assert b"Harrowmere" not in written.version.content
    whole = await record.read(robot, "Patient", who)
    assert whole and decode(whole.content)["address"] == [{"city": "Harrowmere"}]
    assert b"REDACTED" not in whole.content

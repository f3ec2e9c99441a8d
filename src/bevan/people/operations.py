"""FHIR operations that change who is who: merge, unmerge, move entries, new identity.

For systems whose token opens everything; to anybody else they are not there, like the person.
Whoever calls answers for the confirmation that the pages ask of a clerk.
"""

from __future__ import annotations

from typing import Any, cast

from bevan.fhir.operation import Answer, Declared, Invocation, Level
from bevan.fhir.outcome import Issue
from bevan.people.correction import Correction
from bevan.people.merge import MergeRefused, Merging
from bevan.people.new_identity import WHYS, NewIdentity, Why
from bevan.people.unmerge import Unmerging
from bevan.record.decision import unlimited
from bevan.record.errors import Conflict, Invalid, NotFound
from bevan.record.scope import Scope

_BASE = "https://bevan.example/fhir/OperationDefinition/Patient-"
SHORTEST, LONGEST = 5, 500
_WHERE: tuple[tuple[Level, ...], tuple[str, ...]] = (("instance",), ("Patient",))

MERGE = Declared(
    "merge",
    f"{_BASE}merge",
    "Makes one record of two: this one stays, `source-patient` points to it.",
    "u",
    *_WHERE,
)
UNMERGE = Declared(
    "unmerge",
    f"{_BASE}unmerge",
    "Takes a merged record out of its survivor, with what was written since.",
    "u",
    *_WHERE,
)
MOVE_ENTRIES = Declared(
    "move-entries",
    f"{_BASE}move-entries",
    "Moves entries from this person, whose they aren't, to the right one, or sets them aside.",
    "u",
    *_WHERE,
)
NEW_IDENTITY = Declared(
    "new-identity",
    f"{_BASE}new-identity",
    "Opens a record under a new identity and closes this one for good.",
    "u",
    *_WHERE,
)
DECLARED = (MERGE, UNMERGE, MOVE_ENTRIES, NEW_IDENTITY)


class Merge:
    """`Patient/[id]/$merge`."""

    declared = MERGE

    def __init__(self, merging: Merging) -> None:
        self._merging = merging

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """The number of the merge. Raises Conflict where the two may not be merged."""
        _must(scope)
        source, reason = _patient(asked, "source-patient"), _reason(asked)
        try:
            merge = await self._merging.merge(scope.ticket.actor, str(asked.id), source, reason)
        except MergeRefused as fault:
            raise Conflict(str(fault)) from None
        return _answer({"name": "merge", "valueString": str(merge.id)})


class Unmerge:
    """`Patient/[id]/$unmerge`, on the record that was merged."""

    declared = UNMERGE

    def __init__(self, merging: Merging, unmerging: Unmerging) -> None:
        self._merging = merging
        self._unmerging = unmerging

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """How many entries were put back or placed, and those that a clerk is asked about."""
        _must(scope)
        reason = _reason(asked)
        every = await self._merging.standing(str(asked.id))
        found = [one for one in every if one.merged == asked.id]
        if not found:
            raise NotFound("There is no such Patient.")
        try:
            done = await self._unmerging.undo(scope.ticket.actor, found[0].id, reason)
        except MergeRefused as fault:
            raise Conflict(str(fault)) from None
        return _answer(
            {"name": "restored", "valueInteger": done.restored},
            {"name": "edited", "valueInteger": done.edited},
            {"name": "placed", "valueInteger": done.placed},
            *({"name": "asked", "valueReference": {"reference": row}} for row in done.asked),
        )


class MoveEntries:
    """`Patient/[id]/$move-entries`, on the person whose entries they aren't."""

    declared = MOVE_ENTRIES

    def __init__(self, correction: Correction) -> None:
        self._correction = correction

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """What stays behind although the moved entries refer to it."""
        _must(scope)
        rows = [_reference(each) for each in asked.parameters("entry")]
        right = _patient(asked, "right-patient") if any(asked.parameters("right-patient")) else None
        reason = _reason(asked)
        try:
            left = await self._correction.correct(
                scope.ticket.actor, rows, wrong=str(asked.id), right=right, reason=reason
            )
        except MergeRefused as fault:
            raise Conflict(str(fault)) from None
        return _answer(*({"name": "left", "valueReference": {"reference": row}} for row in left))


class GiveNewIdentity:
    """`Patient/[id]/$new-identity`, on the record that is to be closed."""

    declared = NEW_IDENTITY

    def __init__(self, identities: NewIdentity) -> None:
        self._identities = identities

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """The new Patient, told to the caller and nowhere else."""
        _must(scope)
        given = [each.get("resource") for each in asked.parameters("resource")]
        if len(given) != 1 or not isinstance(given[0], dict):
            raise _invalid("resource", "One parameter `resource` holds the new Patient.")
        if given[0].get("resourceType") != "Patient":
            raise _invalid("resource", "Only a Patient can have a new identity.")
        why = next((each.get("valueCode") for each in asked.parameters("why")), None)
        if why not in WHYS:
            raise _invalid("why", f"The parameter `why` is one of {', '.join(WHYS)}.")
        reason = _reason(asked)
        try:
            new = await self._identities.give(
                scope.ticket.actor, str(asked.id), given[0], why=cast(Why, why), reason=reason
            )
        except MergeRefused as fault:
            raise Conflict(str(fault)) from None
        return _answer({"name": "patient", "valueReference": {"reference": f"Patient/{new}"}})


def installed(
    merging: Merging,
    unmerging: Unmerging,
    correction: Correction,
    identities: NewIdentity,
) -> tuple[Merge, Unmerge, MoveEntries, GiveNewIdentity]:
    """All of them."""
    return (
        Merge(merging), Unmerge(merging, unmerging), MoveEntries(correction),
        GiveNewIdentity(identities),
    )  # fmt: skip


def _must(scope: Scope) -> None:
    """Who isn't a system with a token for everything gets what an unknown Patient gets."""
    everything = unlimited(scope) and scope.reads is None and scope.writes is None
    if not everything or scope.ticket.actor.kind != "system":
        raise NotFound("There is no such Patient.")


def _reason(asked: Invocation) -> str:
    text = next((str(each.get("valueString", "")) for each in asked.parameters("reason")), "")
    if not SHORTEST <= len(text.strip()) <= LONGEST:
        text = f"The parameter `reason` says why, in {SHORTEST} to {LONGEST} characters."
        raise _invalid("reason", text)
    return text.strip()


def _patient(asked: Invocation, name: str) -> str:
    found = [_reference(each) for each in asked.parameters(name)]
    type, _, id = (found[0] if len(found) == 1 else "").partition("/")
    if type != "Patient" or not id or "/" in id:
        raise _invalid(name, f"One parameter `{name}` is a reference to a Patient.")
    return id


def _reference(parameter: Any) -> str:
    reference = parameter.get("valueReference")
    return str(reference.get("reference", "")) if isinstance(reference, dict) else ""


def _invalid(name: str, text: str) -> Invalid:
    return Invalid([Issue("error", "value", f"Parameters.parameter({name})", text)], 400)


def _answer(*parameters: dict[str, Any]) -> Answer:
    more = {"parameter": list(parameters)} if parameters else {}
    return Answer({"resourceType": "Parameters", **more})

"""Tracing: whether the NHS number on a record is this person's, asked of PDS.

A number is verified only if PDS's name and birth date agree with ours. A number that was replaced
leads to a question for a clerk, and to a proposal where somebody has the new number already; the
number itself is never changed without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bevan.fhir import json
from bevan.fhir.codes import code
from bevan.kernel.clock import Clock
from bevan.people.candidates import Candidates
from bevan.people.features import features
from bevan.people.model import Model
from bevan.people.nhs_number import ENGLAND, STATUS, SYSTEM, SYSTEMS, NhsNumber, Stated, stated
from bevan.people.pds.client import Pds, Person
from bevan.people.pds.index import confidentiality
from bevan.people.review import Reviews
from bevan.people.tasks import Question
from bevan.record.record import Record
from bevan.record.scope import (
    CONFIDENTIALITY,
    RESTRICTED,
    VERY_RESTRICTED,
    Actor,
    Scope,
    labels,
    system,
)
from bevan.record.version import Version

PURPOSE = "Tracing an NHS number"
Outcome = Literal["verified", "no-match", "conflict", "superseded", "nothing-to-trace"]
# What each outcome says of the number (UK Core, NHS number verification status, England).
STATUS_OF: Mapping[Outcome, str] = {
    "verified": "01",
    "no-match": "04",
    "conflict": "05",
    "superseded": "05",
}
_NAME = ("same", "near", "swapped", "part")


@dataclass(frozen=True, slots=True)
class Traced:
    """What a trace found: `number` is the one that stands now, where it isn't ours any more;
    `asked` says that a clerk was asked."""

    outcome: Outcome
    number: str = ""
    asked: bool = False


class Tracing:
    """Traces records."""

    def __init__(
        self, record: Record, clock: Clock, pds: Pds, model: Model, reviews: Reviews
    ) -> None:
        self._record = record
        self._clock = clock
        self._pds = pds
        self._model = model
        self._reviews = reviews

    async def trace(self, by: Actor, patient: str) -> Traced:
        """Trace the number of a Patient and keep what that says of it, in a new version.

        Raises Unavailable while PDS doesn't answer: then nothing is changed.
        """
        scope = system(PURPOSE, by, at=self._clock.now())
        current = await self._record.read(scope, "Patient", patient)
        ours = json.decode(current.content) if current and not current.deleted else {}
        number = stated(ours)
        if current is None or number is None:
            return Traced("nothing-to-trace")
        told = await self._pds.read(number.number)
        if told is not None and told.number != number.number.digits:
            await self._keep(scope, current, _guarded(ours, told), number, "superseded")
            return await self._superseded(scope, ours, told)
        outcome = self._judged(ours, told)
        await self._keep(scope, current, _guarded(ours, told), number, outcome)
        return Traced(outcome)

    def _judged(self, ours: Mapping[str, Any], told: Person | None) -> Outcome:
        if told is None:
            return "no-match"
        likeness = self._model.best(features(ours), features(told.patient))
        name = likeness.levels["family"] in _NAME and likeness.levels["given"] in (*_NAME, None)
        return "verified" if name and likeness.levels["born"] == "same" else "conflict"

    async def _superseded(self, scope: Scope, ours: Mapping[str, Any], told: Person) -> Traced:
        """A clerk decides: the records become one, or the number is corrected by hand."""
        query = (("identifier", f"{SYSTEM}|{told.number}"),)
        others = await Candidates(self._record).search(scope, query)
        asked = False
        for other in others:
            if other["id"] != ours["id"]:
                found = self._model.best(features(ours), features(other))
                asked |= await self._reviews.ask(
                    scope.ticket.actor,
                    Question(
                        "same-person", str(other["id"]), str(ours["id"]),
                        found.score, dict(found.levels), ("superseded",),
                    ),
                )  # fmt: skip
        return Traced("superseded", told.number, asked)

    async def _keep(
        self,
        scope: Scope,
        current: Version,
        ours: Mapping[str, Any],
        number: Stated,
        outcome: Outcome,
    ) -> None:
        """Write the status beside the number; the number stays as it is."""
        status = STATUS_OF[outcome]
        identifiers = [
            _marked(each, status) if _is(each, number.number) else each
            for each in ours.get("identifier") or ()
        ]
        changed = {**ours, "identifier": identifiers}
        await self._record.update(scope, changed, if_match=current.version)


def _guarded(ours: Mapping[str, Any], told: Person | None) -> Mapping[str, Any]:
    """Restricted here as soon as PDS says so; a restriction of our own isn't lifted by PDS."""
    level = confidentiality(told.patient) if told is not None else "U"
    if level not in ("R", "V") or labels(ours) & (RESTRICTED | VERY_RESTRICTED):
        return ours
    meta = ours.get("meta") or {}
    label = {"system": CONFIDENTIALITY, "code": level}
    return {**ours, "meta": {**meta, "security": [*(meta.get("security") or ()), label]}}


def _is(identifier: Mapping[str, Any], number: NhsNumber) -> bool:
    value = "".join(str(identifier.get("value", "")).split())
    return identifier.get("system") in SYSTEMS and value == number.digits


def _marked(identifier: Mapping[str, Any], status: str) -> dict[str, Any]:
    known = code(f"nhs-number-status.{status}")
    coding = {"system": ENGLAND, "code": known.code, "display": known.display}
    kept = [each for each in identifier.get("extension") or () if each.get("url") != STATUS]
    extension = [*kept, {"url": STATUS, "valueCodeableConcept": {"coding": [coding]}}]
    return {**identifier, "extension": extension}

"""What a subject access request gives, and what it keeps back and why: for who answers it.

What is kept back is counted by reason, never named: the officer isn't shown what a clinician kept
from the person. What is sealed and locked isn't counted either, as it must look like what isn't
there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bevan.apps.governance.service import copy_of, entries_of, person_of
from bevan.record.scope import HELD, NOT_FOR_PATIENT, SEALED_AND_LOCKED, Actor, labels, system
from bevan.registers import Entry
from bevan.web.services import Services

HARM, WAITING = "harm", "waiting"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is given, by type in the order of their names; how much is kept back, by reason."""

    given: Mapping[str, tuple[dict[str, Any], ...]]
    kept: Mapping[str, int]


async def disclosure(given: Services, actor: Actor, entry: Entry) -> Disclosure | None:
    """The disclosure of a request; None where nobody has its NHS number."""
    bundle = await copy_of(given, actor, entry)
    person = await person_of(given, actor, entry)
    if bundle is None or person is None:
        return None
    shown: dict[str, list[dict[str, Any]]] = {}
    for one in bundle["entry"]:
        shown.setdefault(one["resource"]["resourceType"], []).append(one["resource"])
    seen = {f"{one['resourceType']}/{one['id']}" for many in shown.values() for one in many}
    scope = system(f"Saying what subject access request {entry.id} keeps back", actor)
    kept: Counter[str] = Counter()
    for one in await entries_of(given, scope, person):
        if f"{one['resourceType']}/{one['id']}" not in seen:
            kept.update(reasons(one))
    return Disclosure({type: tuple(shown[type]) for type in sorted(shown)}, dict(kept))


def reasons(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Why an entry isn't given, if that may be said."""
    bits = labels(resource)
    if bits & SEALED_AND_LOCKED:
        return ()
    if bits & NOT_FOR_PATIENT:
        return (HARM,)
    return (WAITING,) if bits & HELD else ()

"""What the pages do: open, change and decide; each through the course of its register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bevan.apps.governance.forms import form
from bevan.apps.governance.rules import GOVERNORS, REGISTERS, Register, forbidden
from bevan.fhir import nhs_number
from bevan.fhir.json import decode
from bevan.fhir.search.refusal import SearchRefused
from bevan.fhir.tables.subjects import SUBJECTS
from bevan.record.scope import Actor, Scope, system
from bevan.registers import Entry, Event, Registers, Step
from bevan.web.services import Services

PAGE = 200


@dataclass(frozen=True)
class Sheet:
    """A form being filled in: what was written, and what can't stand."""

    answers: Mapping[str, str]
    faults: Mapping[str, str]


def governs(actor: Actor) -> bool:
    """Whether somebody is of those who keep the registers of their organisation."""
    return actor.role in GOVERNORS and bool(actor.organisation)


async def opened(
    registers: Registers, actor: Actor, register: Register, given: Mapping[str, str]
) -> str | Sheet:
    """Open an entry; its id, or the sheet with its faults."""
    answers, faults = form(register.form).checked(given)
    if faults:
        return Sheet(answers, faults)
    return await registers.add(
        actor, register.name, form(register.form), answers,
        state=register.course.first, due=register.due(answers, False), review=_review(answers),
    )  # fmt: skip


async def changed(
    registers: Registers, actor: Actor, register: Register, entry: Entry, given: Mapping[str, str]
) -> Sheet | None:
    """Keep other answers; None when kept, else the sheet. Raises `Stale`."""
    asked = form(register.form)
    answers, faults = asked.checked(given)
    if faults:
        return Sheet(answers, faults)
    made = replace(
        entry, answers=answers, title=answers[asked.heading], form_version=asked.version,
        due=_clock(register, entry.state, answers), review=_review(answers),
    )  # fmt: skip
    await registers.change(actor, made, "changed")
    return None


def steps(register: Register, entry: Entry, ledger: list[Event], actor: Actor) -> tuple[Step, ...]:
    """The decisions that somebody may take now."""
    return register.course.possible(entry.state, actor.role, author=author(ledger) == actor.id)


def author(ledger: list[Event]) -> str:
    """Who wrote the answers that stand."""
    return next(line.actor for line in reversed(ledger) if line.what in ("opened", "changed"))


async def decided(
    registers: Registers, actor: Actor, register: Register, entry: Entry, step: Step, note: str
) -> str:
    """Take a step; "" when taken, else a sentence that says why not. Raises `Stale`."""
    why = forbidden(register.name, step, entry.answers)
    if why:
        return why
    if step.reason and len(note) < 10:
        return "Say why, in ten characters or more: it stays in the ledger."
    made = replace(entry, state=step.to, due=_clock(register, step.to, entry.answers))
    await registers.change(actor, made, step.says, note=note[:2000])
    return ""


def _clock(register: Register, state: str, answers: Mapping[str, str]) -> Any:
    if state in register.course.ended:
        return None
    return register.due(answers, state == "extended")


def _review(answers: Mapping[str, str]) -> date | None:
    day = answers.get("review")
    return date.fromisoformat(day) if day else None


def registered(name: str) -> Register | None:
    """A register by its name in the address."""
    return REGISTERS.get(name)


async def copy_of(given: Services, actor: Actor, entry: Entry) -> dict[str, Any] | None:
    """Everything that the person may see of their own record, as one Bundle (collection).

    The rulebook decides as for the person: what may harm them or is about somebody else stays out.
    The audit names who answered the request. None where nobody has that NHS number.
    """
    person = await person_of(given, actor, entry)
    if person is None:
        return None
    answering = f"{actor.name}, answering a subject access request"
    themself = Actor(
        "patient", person, answering, actor.role, actor.organisation, actor.organisation_name
    )
    scope = given.access.scope(
        themself, purpose="own-record", patient=person, request=f"sar-{entry.id}"
    )
    found: dict[str, dict[str, Any]] = {}
    for resource in await entries_of(given, scope, person):
        found[f"{resource['resourceType']}/{resource['id']}"] = resource
    return {
        "resourceType": "Bundle", "type": "collection",
        "timestamp": given.clock.now().isoformat(timespec="seconds"),
        "entry": [{"fullUrl": f"urn:uuid:{r['id']}" if len(r["id"]) == 36 else key, "resource": r}
                  for key, r in found.items()],
    }  # fmt: skip


async def person_of(given: Services, actor: Actor, entry: Entry) -> str | None:
    """The id behind the number on the request: looked up by the system, for this request only."""
    number = "".join(entry.answers.get("number", "").split())
    if not (number.isdigit() and len(number) == 10):
        return None
    scope = system(f"Finding the person of subject access request {entry.id}", actor)
    page = await given.record.search(scope, "Patient", f"identifier={nhs_number.SYSTEM}|{number}")
    ids = [one["resource"]["id"] for one in decode(page.bundle).get("entry") or []]
    return ids[0] if len(ids) == 1 else None


async def entries_of(given: Services, scope: Scope, person: str) -> list[dict[str, Any]]:
    """Everything about a person that a scope sees, type by type."""
    found: list[dict[str, Any]] = []
    for type in sorted({"Patient", *SUBJECTS}):
        found += await _all(given, scope, type, person)
    return found


async def _all(given: Services, scope: Scope, type: str, person: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if type == "Patient":
        version = await given.record.read(scope, "Patient", person)
        return [] if version is None or version.deleted else [decode(version.content)]
    for parameter in ("patient", "subject"):
        try:
            query = f"{parameter}=Patient/{person}&_count={PAGE}"
            while query:
                bundle = decode((await given.record.search(scope, type, query)).bundle)
                found += [one["resource"] for one in bundle.get("entry") or []
                          if one.get("search", {}).get("mode", "match") == "match"]  # fmt: skip
                links = {link["relation"]: link["url"] for link in bundle.get("link") or []}
                query = str(links.get("next", "")).partition("?")[2]
            return found
        except SearchRefused:
            continue
    return found

"""Every page, for everybody who may sign in: what it shows is what the oracle says.

A page about a person is there for who may see them, and else the very page of an id that nothing
has. Lists of allergies and medicines are never empty without a word. Other pages open by role.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from bevan.identity.accounts import Account, Role
from bevan.kernel.settings import Settings
from bevan.record.scope import Actor, system
from bevan.site.application import Site, build
from prove import oracle
from prove.contents import MEDICINE, NOW, SUBSTANCE
from prove.people import Person
from prove.rows import PAGES, PERSON
from prove.world import Clock, actor, fill

BASE = "http://bevan.prove"
NOWHERE = "0b7a7b1e-0000-4000-8000-0000000fffff"
PARTS = {"test": "t", "id": "d", "number:int": "0", "form": "allergy", "entry": "e"}
# A feed has a token instead, a device a secret of its own, and a proxy acts in another session.
_OTHERS = (*oracle.SYSTEMS, "proxy", "device", "ward display")
SIGNING_IN = tuple(actor for actor in oracle.ACTORS if actor not in _OTHERS)
_SELF = Person("registered", "plain")
# Each list's own words: for an entry that is shown, and for the three reasons why none is.
_LIST = {
    "withheld": "Something is withheld",
    "none recorded": "<strong>Not recorded.</strong>",
    "could not be shown": "could not be shown.</strong>",
}
_WORDS = {
    "allergies": {"shown": SUBSTANCE, **_LIST},
    "medicines": {"shown": MEDICINE, **_LIST},
    "banner": {
        "shown": f"Allergy: {SUBSTANCE[:1].lower()}{SUBSTANCE[1:]}",
        "withheld": "Allergies: something is withheld",
        "none recorded": "Allergies not recorded",
        "could not be shown": "Allergies can&#39;t all be shown",
    },
}
# Where a list begins on a page; it ends with the next heading.
_HEADINGS = {
    ("", "banner"): "</header>",
    ("", "allergies"): ">Allergies and reactions</h2>",
    ("", "medicines"): ">Current medicines</h2>",
    ("/allergies", "allergies"): ">In force</h2>",
    ("/medicines", "medicines"): ">Current</h2>",
}


@dataclass
class Desk:
    """A browser of each actor."""

    site: Site
    browsers: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    async def page(self, who: str, path: str) -> httpx2.Response:
        """A page as this actor gets it."""
        return await self.browsers[who].get(path)


@asynccontextmanager
async def desk(dsn: str, folder: Path, people: Sequence[Person]) -> AsyncIterator[Desk]:
    """Everybody signed in, over a migrated database that is filled with these people."""
    clock = Clock(NOW)
    settings = Settings(
        data=folder, demo=True, database_url=dsn, rate_caller=0, rate_address=0, rate_token=0
    )
    site = build(settings, dsn, clock=clock)
    await site.start()
    try:
        assert site.composition is not None
        await fill(site.composition, clock, people)
        await site.composition.restricted.renew()
        made = Desk(site)
        identity = site.composition.identity
        await identity.seed([_account(who) for who in SIGNING_IN])
        transport = httpx2.ASGITransport(app=site)
        for who in SIGNING_IN:
            cookie, _ = await identity.sign_in(_key(who))
            made.browsers[who] = httpx2.AsyncClient(
                transport=transport, base_url=BASE, headers={"cookie": f"bevan={cookie}"}
            )
        yield made
    finally:
        await site.stop()


def _key(who: str) -> str:
    return who.replace(" ", "-")


def _account(who: str) -> Account:
    is_: Actor = actor(who, _SELF)
    staff = is_.kind == "practitioner"
    roles = (Role(is_.role, is_.organisation, "Alpha"),) if staff else ()
    kind = "practitioner" if staff else "patient"
    return Account(_key(who), kind, is_.id, who, "", roles, demo=True)


def address(rest: str, person: str) -> str:
    """A page of a person's, its other parts filled in."""
    for name, value in PARTS.items():
        rest = rest.replace(f"{{{name}}}", value)
    return f"/record/{person}{rest}"


def told(answer: httpx2.Response, id: str) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers and body without the id that was asked for and what is new each time."""

    def plain(text: str) -> str:
        text = re.sub(r"nonce[-=][\"']?[\w+/=-]+", "nonce", text).replace(id, "ID")
        # The request's own number, a UUID of version 7, is told for support.
        return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "N", text)

    headers = [
        (name, plain(value))
        for name, value in answer.headers.items()
        if name not in ("content-length", "x-request-id", "date")
    ]
    return answer.status_code, sorted(headers), plain(answer.text)


async def person_page(made: Desk, who: str, rest: str, person: Person) -> str:
    """What is wrong with one page about a person; nothing where it is as it should be."""
    answer = await made.page(who, address(rest, person.id))
    said = oracle.answer(who, "direct-care", person.link, person.state, "none", "Patient")
    if said == "not there":
        nobodys = await made.page(who, address(rest, NOWHERE))
        same = told(answer, person.id) == told(nobodys, NOWHERE)
        return "" if same and answer.status_code in (404, 405) else "tells that they exist"
    # What has further parts asks for an entry that isn't there.
    if answer.status_code != 200 and "{" not in rest:
        return f"is {answer.status_code}"
    return "tells where they live" if said == "masked" and "Long Road" in answer.text else ""


async def lists_on(made: Desk, who: str, person: Person) -> dict[str, frozenset[str]]:
    """What each list on each page says: that the entry is shown, and each of the words."""
    found = {}
    for rest in dict.fromkeys(rest for rest, _ in _HEADINGS):
        answer = await made.page(who, f"/record/{person.id}{rest}")
        for where, name in _HEADINGS:
            if where == rest:
                how = f"{name} on the page /record/{{patient}}{rest}"
                found[how] = _words(answer, rest, name)
    return found


def _words(answer: httpx2.Response, rest: str, name: str) -> frozenset[str]:
    heading = _HEADINGS[rest, name]
    if answer.status_code != 200:
        return frozenset()
    if heading not in answer.text:
        return frozenset({"no list"})
    ends = "<main" if name == "banner" else "<h2"
    section = answer.text.split(heading)[1].split(ends)[0]
    return frozenset(said for said, text in _WORDS[name].items() if text in section)


PERSON_PAGES = PERSON


def by_role() -> list[str]:
    """The pages that are about no one person and have no parts to fill in."""
    return [path for path, about in PAGES.items() if about != "person" and "{" not in path]


async def silence(made: Desk) -> None:
    """From now on, one source doesn't answer."""
    assert made.site.composition is not None
    record = made.site.composition.record
    scope = system("a source falls silent", Actor("system", "matrix", "Matrix"))
    await record.introduce(scope, "urn:bevan:matrix:gp", "alpha", "Alpha's system")
    await record.heard(scope, "urn:bevan:matrix:gp", at=NOW, failed="It doesn't answer")

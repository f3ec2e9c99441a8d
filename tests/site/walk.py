"""The site with three people at it, and its routes, found in its own tables: for walking them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from starlette.routing import BaseRoute, Mount, Route

from tests.apps.care_record import clinic as staged
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import OTHER, TRUST_ID, Desk, clinic
from tests.support.sites import Serving

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MARK = "Refuge-Lane-7731"
DOCUMENT, HERS, PICTURE, FOREIGN = (
    f"0b7a7b1e-0000-4000-8000-0000000000{end}" for end in ("d1", "d2", "b1", "b2")
)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORGED: tuple[dict[str, str], ...] = (
    {},
    {"origin": "http://evil.test"},
    {"origin": "null"},
    {"origin": "http://bevan.test.evil.test"},
    {"sec-fetch-site": "cross-site", "origin": "http://bevan.test"},
    {"sec-fetch-site": "same-site"},
)


@dataclass(frozen=True)
class Door:
    """One method of one address of the pages; ``shape`` is the address as it is routed."""

    method: str
    shape: str

    def path(self, **given: str) -> str:
        """The address with its parameters filled in; what isn't given is a plain word."""
        filled = self.shape
        for part in self.parameters():
            name, _, kind = part.partition(":")
            filled = filled.replace(f"{{{part}}}", given.get(name, "0" if kind == "int" else "x"))
        return filled

    def parameters(self) -> list[str]:
        return [piece.split("}")[0] for piece in self.shape.split("{")[1:]]


def doors(routes: list[BaseRoute], above: str = "") -> Iterator[Door]:
    for route in routes:
        if isinstance(route, Route):
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield Door(method, above + route.path)
        elif isinstance(route, Mount) and route.routes:
            yield from doors(list(route.routes), above + route.path)


def file(who: str, id: str, binary: str) -> dict[str, Any]:
    held = {"contentType": "image/svg+xml", "title": EVIL, "data": b64encode(SVG).decode()}
    beside = {"contentType": "image/svg+xml", "url": f"Binary/{binary}"}
    return {
        "resourceType": "DocumentReference", "id": id, "status": "current",
        "subject": {"reference": f"Patient/{who}"}, "type": {"text": EVIL}, "description": EVIL,
        "content": [{"attachment": held}, {"attachment": beside}],
    }  # fmt: skip


def picture(who: str, id: str) -> dict[str, Any]:
    return {
        "resourceType": "Binary", "id": id, "contentType": "image/svg+xml",
        "securityContext": {"reference": f"Patient/{who}"}, "data": b64encode(SVG).decode(),
    }  # fmt: skip


def stranger() -> dict[str, Any]:
    """Somebody whom only the other organisation knows."""
    return {
        "resourceType": "Patient", "id": OTHER, "birthDate": "1950-01-01",
        "name": [{"family": MARK, "given": [MARK]}],
        "generalPractitioner": [{"reference": f"Organization/{TRUST_ID}"}],
    }  # fmt: skip


def allergy(who: str, id: str, text: str) -> dict[str, Any]:
    made = {**staged.allergy(), "id": id, "patient": {"reference": f"Patient/{who}"}}
    return {**made, "code": {"text": text}, "note": [{"text": text}]}


HER_ALLERGY = "0b7a7b1e-0000-4000-8000-0000000000a2"
RECORD = (
    file(PERSON, DOCUMENT, PICTURE), picture(PERSON, PICTURE), stranger(),
    file(OTHER, HERS, FOREIGN), picture(OTHER, FOREIGN),
    allergy(PERSON, staged.ALLERGY_ID, EVIL), allergy(OTHER, HER_ALLERGY, MARK),
)  # fmt: skip
OWN = {"patient": PERSON, "id": DOCUMENT, "number": "0", "form": "allergy",
       "entry": staged.ALLERGY_ID, "test": "hba1c"}  # fmt: skip


# Everything but the audit, what slows guessing down, and questions to passkeys.
_TABLES = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    AND NOT relispartition AND relname NOT IN ('audit', 'attempt', 'agent', 'purpose', 'challenge')
    AND relname NOT LIKE 'bevan%' AND relname NOT LIKE 'audit%' ORDER BY relname
"""


@dataclass
class Walk:
    """The site with three people at it: nobody, the person's GP, and somebody of another place."""

    served: Serving
    dsn: str
    nobody: Desk
    gp: Desk
    trust: Desk

    def doors(self, *methods: str) -> list[Door]:
        found = list(doors(list(self.served.site._pages.routes)))
        assert len(found) > 20
        return [door for door in found if not methods or door.method in methods]

    def changing(self) -> list[Door]:
        return [door for door in self.doors() if door.method not in SAFE]

    async def stored(self) -> dict[str, int]:
        """How many rows stand in each table that a request could change."""
        connection = await asyncpg.connect(self.dsn)
        try:
            names = [row["relname"] for row in await connection.fetch(_TABLES)]
            counted = " UNION ALL ".join(
                f"SELECT '{n}' AS n, count(*) AS c FROM {n}" for n in names
            )
            return {row["n"]: row["c"] for row in await connection.fetch(counted)}
        finally:
            await connection.close()

    async def fresh(self, who: str = "gp") -> Desk:
        """Somebody signed in anew, whose session may end."""
        return await Desk(self.served).sign_in(who)

    async def lasts(self, desk: Desk) -> bool:
        """Whether a desk is still signed in."""
        return (await desk.get("/account")).status_code == 200


@asynccontextmanager
async def walking(dsn: str) -> AsyncIterator[Walk]:
    """The walk, over a migrated database."""
    async with clinic(dsn, *RECORD) as served:
        gp, trust = await Desk(served).sign_in("gp"), await Desk(served).sign_in("trust")
        yield Walk(served, dsn, Desk(served), gp, trust)

"""A site on a port of its own, for clients by others: they know its address and nothing else.

Only the person's half is ours: somebody at a browser, who signs in and allows. What the clients
do is their own doing.
"""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import httpx2

from bevan.identity.accounts import Account, Role
from bevan.identity.clients import RegisteredClient
from bevan.kernel.clock import SystemClock
from bevan.record.scope import Actor
from tests.browser.region import Region
from tests.openid.estate import PATIENT, SURGERY, Client, Estate, Person, register, resources
from tests.record.people import observation
from tests.support.signing import Signer, rsa
from tests.support.sites import Serving

BACK = "https://app.example/back"
SCOPE = "openid fhirUser launch/patient offline_access patient/*.rs"
SIGNING, SERVICE = rsa("signing"), rsa("nightly")
GP = Account(
    "gp", "practitioner", "gp-id", "Dr Ben Holt", "",
    (Role("GP", SURGERY, "Mill Lane Surgery"),), demo=True,
)  # fmt: skip
DOCTOR = Actor(
    "practitioner", "gp-id", "Dr Ben Holt", "GP", SURGERY, "Mill Lane Surgery"
)  # fmt: skip
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Running(Region):
    """The site, its people, and the clients that are registered with it."""

    estate: Estate

    @property
    def public(self) -> str:
        """The address that clients are given. A passkey works at a name only, not at a number."""
        return self.made.settings.public_url

    @property
    def fhir(self) -> str:
        """The address of the FHIR interface."""
        return f"{self.public}/fhir"

    async def _load(self) -> None:
        transport = httpx2.ASGITransport(app=self.site)
        served = Serving(self.site, httpx2.AsyncClient(transport=transport, base_url=self.public))
        await served.authorise()
        given = [*resources(date(1948, 3, 14)), {**observation(PATIENT), "id": "pulse"}]
        for one in given:
            answer = await served.send("PUT", f"/{one['resourceType']}/{one['id']}", one)
            assert answer.status_code in (200, 201), answer.text
        await self.made.identity.seed([GP])
        await self.made.projection.catch_up()
        places = [f"https://{name}.example/return" for name in ("app", "partner", "ward")]
        clients = [
            Client(id, place)
            for id, place in zip(("app-1", "app-2", "ward-1"), places, strict=True)
        ]
        clock: Any = SystemClock()
        self.estate = Estate(served, clock, *clients, public=self.public)
        await register(self.estate)
        for client in apps():
            await self.made.clients.register(client, by="tests")

    async def citizen_returns(self, address: str) -> str:
        """A citizen at P9 signs in with a passkey and shares: where the client's answer goes."""
        _, person = await self.estate.citizen()
        await person.post("/sign-out")
        answer = await person.follow(await person.get(_path(address)))
        return str((await person.onward(answer)).headers["location"])

    async def doctor_returns(self, address: str) -> str:
        """A GP signs in to the demonstration and allows an app: where its answer goes."""
        person = Person(self.estate)
        await person.post("/sign-in", person="gp")
        page = await person.get(f"{_path(address)}&patient={PATIENT}")
        fields = {name: html.unescape(value) for name, value in _FIELD.findall(page.text)}
        answer = await person.post("/oauth/authorize", **fields, decision="allow")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def launch(self, client: str) -> str:
        """The value with which an app is opened from the person's record (EHR launch)."""
        found = await self.made.clients.approved(client, "smart")
        return await self.made.app_grants.launch(found, DOCTOR, PATIENT)


def apps() -> list[RegisteredClient]:
    """A public app, one that signs, and a service."""
    words = (*SCOPE.split(), "launch", "user/*.cruds")

    def app(id: str, scopes: tuple[str, ...], signer: Signer | None = None) -> RegisteredClient:
        return RegisteredClient(
            id=id, name=f"The app {id}", use="smart", status="approved", scopes=scopes,
            authentication="none" if signer is None else "private_key_jwt",
            redirects=(BACK,) if "openid" in scopes else (),
            jwks=None if signer is None else signer.jwks,
        )  # fmt: skip

    return [
        app("growth", words),
        app("signing", words, SIGNING),
        app("nightly", ("system/Patient.rs", "system/Observation.rs"), SERVICE),
    ]


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"

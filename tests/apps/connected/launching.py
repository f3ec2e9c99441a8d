"""An app and its people, driven as a browser and a program would, without either."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from bevan.identity.accounts import Account, Role
from bevan.identity.clients import RegisteredClient
from tests.apps.care_record.clinic import ACCOUNTS, GP_ID, Desk, organisation, person
from tests.conftest import TODAY
from tests.record.people import observation
from tests.support.moving_clock import MovingClock
from tests.support.signing import Signer, rsa
from tests.support.sites import BASE, Serving, serving

FHIR = f"{BASE}/fhir"
BACK = "https://app.example/back"
VERIFIER = "v" * 43
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
DOT, WES, STRANGER = "dot", "wes", "stranger"

APP = RegisteredClient(
    id="growth",
    name="Growth chart",
    use="smart",
    authentication="none",
    status="approved",
    redirects=(BACK, "https://app.example/other"),
    scopes=(
        *("openid", "fhirUser", "launch", "launch/patient", "online_access", "offline_access"),
        *("patient/*.rs", "user/*.cruds", "patient/Observation.cruds"),
    ),
    origins=("https://app.example",),
    launch="https://app.example/launch",
)
BACKEND, RSA = Signer("nightly"), rsa("signing")
NIGHTLY = RegisteredClient(
    id="nightly",
    name="Nightly export",
    use="smart",
    authentication="private_key_jwt",
    status="approved",
    scopes=("system/Patient.rs", "system/Observation.cruds"),
    jwks=BACKEND.jwks,
)
SIGNING = replace(
    APP, id="signing", name="Signing app", authentication="private_key_jwt", jwks=RSA.jwks
)
CITIZEN = Account("dot", "patient", DOT, "Dot Pemberton", "A citizen", demo=True)
ENGINEER = Account(
    "engineer",
    "practitioner",
    "engineer-id",
    "Keira Dunmore",
    "",
    (Role("Platform engineer", GP_ID, "Mill Lane Surgery"),),
    demo=True,
)


def filed(id: str, who: str, category: str) -> dict[str, Any]:
    """An Observation of somebody in a category."""
    coding = [{"coding": [{"system": CATEGORY, "code": category}]}]
    return {**observation(who), "id": id, "category": coding}


def challenge(verifier: str = VERIFIER) -> str:
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).decode().rstrip("=")


@dataclass
class Apps:
    """Three apps are registered; the practice knows two people, and doesn't know a third."""

    served: Serving
    clock: MovingClock
    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx2.AsyncClient(transport=self.served.client._transport, base_url=BASE)

    async def desk(self, who: str) -> Desk:
        """Somebody signed in at a browser."""
        return await Desk(self.served).sign_in(who)

    def asked(self, scope: str | None, **changed: str | None) -> dict[str, str]:
        """An authorisation request; what is None is left out."""
        given: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "growth",
            "redirect_uri": BACK,
            "scope": scope,
            "state": "st/ate&1",
            "aud": FHIR,
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (given | changed).items() if value is not None}

    async def ask(
        self, desk: Desk, scope: str | None, find: str = "", **changed: str | None
    ) -> httpx2.Response:
        """What the browser gets for an authorisation request."""
        given = self.asked(scope, **changed) | ({"find": find} if find else {})
        return await desk.get(f"/oauth/authorize?{urlencode(given)}")

    async def decide(
        self,
        desk: Desk,
        scope: str | None,
        decision: str = "allow",
        patient: str = "",
        **changed: Any,
    ) -> httpx2.Response:
        """What the browser gets for a decision."""
        fields = {**self.asked(scope, **changed), "decision": decision}
        if patient:
            fields["patient"] = patient
        return await desk.post("/oauth/authorize", fields)

    async def code(self, desk: Desk, scope: str, patient: str = "", **changed: Any) -> str:
        """The code for something that was allowed."""
        answer = await self.decide(desk, scope, patient=patient, **changed)
        assert answer.status_code == 303, answer.text
        told = returned(answer)
        assert told["state"] == "st/ate&1"
        assert "error" not in told, told
        return told["code"]

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        """A form for one of the endpoints."""
        return await self.client.post(path, data=fields)

    async def exchange(self, code: str, **changed: str) -> httpx2.Response:
        """The code for tokens."""
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "client_id": "growth",
            "code_verifier": VERIFIER,
        }
        return await self.post("/oauth/token", **(given | changed))

    async def tokens(
        self, who: str, scope: str, patient: str = "", **changed: Any
    ) -> dict[str, Any]:
        """The token answer for what somebody allowed."""
        code = await self.code(await self.desk(who), scope, patient, **changed)
        answer = await self.exchange(code)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def refresh(self, token: str, **more: str) -> httpx2.Response:
        given = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "growth"}
        return await self.post("/oauth/token", **(given | more))

    async def get(self, path: str, token: str, **headers: str) -> httpx2.Response:
        """A FHIR read or search with a token."""
        sent = {"authorization": f"Bearer {token}", **headers}
        return await self.client.get(f"/fhir{path}", headers=sent)

    async def found(self, path: str, token: str) -> list[str]:
        """What a search finds, included ones too."""
        answer = await self.get(path, token)
        assert answer.status_code == 200, answer.text
        entries = answer.json().get("entry", [])
        return sorted(f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries)

    async def service(self, scope: str, assertion: str, **more: str) -> httpx2.Response:
        """A backend service asks for a token."""
        return await self.post(
            "/oauth/token",
            grant_type="client_credentials",
            scope=scope,
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion=assertion,
            **more,
        )

    def assertion(self, signer: Signer = BACKEND, **claims: Any) -> str:
        return signer.assertion(f"{BASE}/oauth/token", self.clock.now(), **claims)


def returned(answer: httpx2.Response) -> dict[str, str]:
    """What a redirect to the app says."""
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == BACK
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def link(page: str, start: str) -> str:
    """The address of a link that begins so."""
    found = re.search(rf'href="({re.escape(start)}[^"]*)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


@asynccontextmanager
async def apps(dsn: str, data: Path) -> AsyncIterator[Apps]:
    """Everything set up; keys are kept in `data`."""
    clock = MovingClock(TODAY)
    async with serving(dsn, apps=None, clock=clock, data=data, base_url=BASE) as served:
        stranger = {k: v for k, v in person(STRANGER).items() if k != "generalPractitioner"}
        report = {
            "resourceType": "DiagnosticReport",
            "id": "report",
            "status": "final",
            "code": {"text": "Report"},
            "subject": {"reference": f"Patient/{DOT}"},
            "result": [{"reference": "Observation/vital"}, {"reference": "Observation/lab"}],
        }
        for one in (
            organisation(GP_ID, "Mill Lane Surgery"),
            person(DOT),
            person(WES),
            stranger,
            filed("vital", DOT, "vital-signs"),
            filed("lab", DOT, "laboratory"),
            filed("other", WES, "vital-signs"),
            report,
        ):
            answer = await served.send("PUT", f"/{one['resourceType']}/{one['id']}", one)
            assert answer.status_code in (200, 201), answer.text
        await served.made.identity.seed([*ACCOUNTS, CITIZEN, ENGINEER])
        await served.made.projection.catch_up()
        for client in (APP, NIGHTLY, SIGNING):
            await served.made.clients.register(client, by="tests")
        yield Apps(served, clock)

"""A running site, people with passkeys at their browsers, and clients with keys of their own."""

from __future__ import annotations

import hmac
import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey
from webauthn.helpers import bytes_to_base64url

from bevan.identity.accounts import Account, Role
from bevan.identity.assertions import TYPE
from bevan.identity.clients import RegisteredClient
from bevan.identity.login import Login
from bevan.identity.mail import Outbox
from tests.support.authenticator import Authenticator
from tests.support.moving_clock import MovingClock
from tests.support.sites import Serving, serving

PUBLIC = "http://localhost:8000"
SAME_SITE = {"sec-fetch-site": "same-origin"}
PATIENT, OLDER, DEAD, HIDDEN = (f"0b7a7b1e-0000-4000-8000-0000000000{n}" for n in range(10, 14))
SURGERY, TRUST = "0b7a7b1e-0000-4000-8000-00000000000a", "0b7a7b1e-0000-4000-8000-00000000000b"
NUMBER = "9990123454"
WANTS_P9 = '["P9.Cm"]'


@dataclass
class Client:
    """A relying party of somebody else's: signs with its own key."""

    id: str
    redirect: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))

    def assertion(self, audience: str, now: datetime, **changed: Any) -> str:
        """private_key_jwt, as section 1 of the login file demands it."""
        at = int(now.timestamp())
        claims = {"iss": self.id, "sub": self.id, "aud": audience, "jti": uuid4().hex,
                  "iat": at, "exp": at + 60, **changed}  # fmt: skip
        return jwt.encode({"alg": "RS512", "kid": "k1"}, claims, self.key, ["RS512"])


class Person:
    """Somebody at a browser without script, with a passkey in their hand."""

    def __init__(self, estate: Estate, device: Authenticator | None = None) -> None:
        self.estate = estate
        self.device = device
        self.http = httpx2.AsyncClient(transport=estate.transport, base_url=estate.public)

    async def get(self, address: str) -> httpx2.Response:
        """One page, redirects not followed."""
        return await self.http.get(address)

    async def post(self, address: str, **form: str) -> httpx2.Response:
        """One form."""
        return await self.http.post(address, data=form, headers=SAME_SITE)

    async def follow(self, answer: httpx2.Response) -> httpx2.Response:
        """Follow redirects within our own site; the first that leaves it is the answer."""
        while answer.status_code == 303:
            address = answer.headers["location"]
            ours = address.startswith(("/", self.estate.public))
            if not ours:
                return answer
            answer = await self.http.get(address)
        return answer

    async def show_passkey(self, page: httpx2.Response, **more: str) -> httpx2.Response:
        """Answer the passkey question of a page."""
        assert self.device is not None
        action = re.search(r'<form method="post" action="([^"]+)" data-passkey', page.text)
        options = re.search(r'data-options="([^"]+)"', page.text)
        assert action is not None, page.text
        assert options is not None
        told = html.unescape(options[1])
        new = 'data-passkey="new"' in page.text
        form = {
            "question": hidden(page.text, "question"),
            "answer": self.device.make(told) if new else self.device.show(told),
            "request": hidden(page.text, "request", ""),
            "next": hidden(page.text, "next", ""),
            **more,
        }
        return await self.post(action[1], **form)

    async def authorise(
        self, client: Client, realm: str = "citizen", **changed: str
    ) -> httpx2.Response:
        """Come from a client and go as far as pages let through without doing anything."""
        return await self.follow(await self.get(asking(client, realm, **changed)))

    async def code(self, client: Client, realm: str = "citizen", **changed: str) -> dict[str, str]:
        """Sign in, agree to everything, and the parameters that the client gets back."""
        return returned(await self.onward(await self.authorise(client, realm, **changed), realm))

    async def onward(self, answer: httpx2.Response, realm: str = "citizen") -> httpx2.Response:
        """Do what pages ask for, until one sends us to the client."""
        for _ in range(4):
            if answer.status_code == 303:
                break
            if "data-passkey" in answer.text:
                answer = await self.follow(await self.show_passkey(answer))
            elif "/role" in answer.text:
                answer = await self._role(answer)
            else:
                answer = await self._share(answer, realm)
        return answer

    async def _share(self, page: httpx2.Response, realm: str) -> httpx2.Response:
        pending = hidden(page.text, "request")
        answer = await self.post(f"/login/{realm}/share", request=pending, share="yes")
        return await self.follow(answer)

    async def _role(self, page: httpx2.Response) -> httpx2.Response:
        pending = hidden(page.text, "request")
        return await self.follow(await self.post("/login/staff/role", request=pending, role="1"))


@dataclass
class Estate:
    """The site, its clock, and who is there."""

    served: Serving
    clock: MovingClock
    app: Client
    partner: Client
    ward: Client
    public: str = PUBLIC

    @property
    def transport(self) -> httpx2.AsyncBaseTransport:
        """What browsers speak over: the application itself, in-process."""
        return self.served.client._transport

    @property
    def login(self) -> Login:
        """The accounts."""
        return self.served.made.front.login

    async def citizen(self, level: str = "P9", patient: str = PATIENT) -> tuple[Account, Person]:
        """A new citizen with a passkey, proven to a level."""
        email = f"{uuid4().hex[:10]}@example.org"
        asked = await self.login.enrolment.ask(email)
        assert isinstance(self.login.mail, Outbox)
        (letter,) = await self.login.mail.latest(1)
        code = letter.subject.split()[0]
        account = await self.login.enrolment.enter(asked, code, register=True)
        actor = patient if level != "P0" else ""
        await self.login.accounts.prove(account.id, level=level, actor=actor, name="Ada Moss")
        return await self._keyed(account.id)

    async def worker(self, roles: int = 1, *, synced: bool = False) -> tuple[Account, Person]:
        """A new worker with a passkey and some roles."""
        id = f"w-{uuid4().hex[:8]}"
        made = Account(id, "practitioner", f"prac-{id}", "Dr Ben Holt", "", level="3")
        await self.login.accounts.add(made, self.clock.now())
        places = [(SURGERY, "Mill Lane Surgery"), (TRUST, "Thornbeck General")]
        for place, name in places[:roles]:
            role = Role("GP", place, name, code="S8000:G8000:R8000")
            await self.login.accounts.give_role(id, role, self.clock.now())
        return await self._keyed(id, synced=synced)

    async def token(self, client: Client, realm: str = "citizen", **form: str) -> httpx2.Response:
        """The client's own call to the token endpoint."""
        where = f"{self.public}/{realm}/token"
        given = {
            "client_assertion_type": TYPE,
            "client_assertion": client.assertion(where, self.clock.now()),
            **form,
        }
        return await self.served.client.post(f"/{realm}/token", data=given)

    async def exchange(
        self, client: Client, code: str, realm: str = "citizen", **more: str
    ) -> httpx2.Response:
        """A code for tokens."""
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect}
        return await self.token(client, realm, **(given | more))

    async def userinfo(self, bearer: str, realm: str = "citizen") -> httpx2.Response:
        """Who it is."""
        headers = {"authorization": f"Bearer {bearer}"}
        return await self.served.client.get(f"/{realm}/userinfo", headers=headers)

    async def _keyed(self, id: str, *, synced: bool = False) -> tuple[Account, Person]:
        account = await self.login.require(id)
        device = Authenticator(origin=self.public, synced=synced)
        question = await self.login.passkeys.ask_new(account)
        await self.login.passkeys.add(id, question.id, device.make(question.options), "Phone")
        return account, Person(self, device)


def asking(client: Client, realm: str = "citizen", **changed: str) -> str:
    """An authorisation request; a parameter of "" is left out."""
    given = {
        "client_id": client.id, "redirect_uri": client.redirect, "response_type": "code",
        "scope": "openid profile profile_extended email" if realm == "citizen" else "openid",
        "state": "s-1", "nonce": "n-1", **({"vtr": WANTS_P9} if realm == "citizen" else {}),
        **changed,
    }  # fmt: skip
    return f"/{realm}/authorize?{urlencode({k: v for k, v in given.items() if v})}"


def returned(answer: httpx2.Response) -> dict[str, str]:
    """What the client's address got."""
    assert answer.status_code == 303, answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def hidden(page: str, name: str, default: str | None = None) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None and default is not None:
        return default
    assert found is not None, page
    return html.unescape(found[1])


def said(token: str) -> dict[str, Any]:
    """A token's claims, unchecked."""
    from joserfc import jws

    claims: dict[str, Any] = json.loads(jws.extract_compact(token.encode()).payload)
    return claims


def confused(claims: dict[str, Any], public: bytes, kid: str = "k1") -> str:
    """HS256 with a public key for its secret: the classic confusion of algorithms."""
    signed = f"{_part({'alg': 'HS256', 'kid': kid})}.{_part(claims)}"
    return f"{signed}.{bytes_to_base64url(hmac.digest(public, signed.encode(), 'sha256'))}"


def unsigned(claims: dict[str, Any]) -> str:
    """A token of the algorithm `none`."""
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _part(value: dict[str, Any]) -> str:
    return bytes_to_base64url(json.dumps(value).encode())


@asynccontextmanager
async def open_estate(dsn: str, data: Path, *, born: date) -> AsyncIterator[Estate]:
    """The site with its people and clients."""
    clock = MovingClock(datetime(2026, 11, 24, 10, 42, tzinfo=UTC))
    async with serving(dsn, apps=None, clock=clock, data=data, base_url=PUBLIC) as served:
        for resource in resources(born):
            path = f"/{resource['resourceType']}/{resource['id']}"
            answer = await served.send("PUT", path, resource)
            assert answer.status_code in (200, 201), answer.text
        made = Estate(
            served, clock,
            Client("app-1", "https://app.example/return"),
            Client("app-2", "https://partner.example/return"),
            Client("ward-1", "https://ward.example/return"),
        )  # fmt: skip
        await register(made)
        yield made


async def register(estate: Estate) -> None:
    """Two citizen clients that are partners, and one for staff."""
    realms = served_realms(estate)
    for client, use, extra in [
        (estate.app, "citizen-login", {"partners": ["app-2"]}),
        (estate.partner, "citizen-login", {}),
        (estate.ward, "staff-login", {}),
    ]:
        await estate.served.made.clients.register(
            RegisteredClient(
                client.id, f"The {client.id} service", use, "private_key_jwt", "approved",  # type: ignore[arg-type]
                redirects=(client.redirect,), scopes=realms[use],
                jwks={"keys": [client.key.as_dict(private=False)]}, extra=extra,
            ),
            by="tests",
        )  # fmt: skip


def served_realms(estate: Estate) -> dict[str, tuple[str, ...]]:
    """The scopes of each use."""
    providers = estate.served.made.front.providers
    return {f"{name}-login": provider.realm.scopes for name, provider in providers.items()}


def resources(born: date) -> list[dict[str, Any]]:
    """A surgery, a trust, and people: one alive, one merged into them, one dead, one restricted."""

    def person(id: str, number: str, **more: Any) -> dict[str, Any]:
        return {
            "resourceType": "Patient", "id": id, "birthDate": born.isoformat(),
            "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}],
            "name": [{"use": "official", "family": "Moss", "given": ["Ada", "June"]}],
            "generalPractitioner": [{"reference": f"Organization/{SURGERY}"}], **more,
        }  # fmt: skip

    def place(id: str, name: str, ods: str) -> dict[str, Any]:
        system = "https://fhir.nhs.uk/Id/ods-organization-code"
        return {"resourceType": "Organization", "id": id, "name": name,
                "identifier": [{"system": system, "value": ods}]}  # fmt: skip

    confidential = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    return [
        place(SURGERY, "Mill Lane Surgery", "Y99001"),
        place(TRUST, "Thornbeck General", "RX9"),
        person(PATIENT, NUMBER),
        person(OLDER, "9994106074", link=[
            {"other": {"reference": f"Patient/{PATIENT}"}, "type": "replaced-by"}]),
        person(DEAD, "9990000050", deceasedDateTime="2026-01-02"),
        person(HIDDEN, "9990000069", meta={"security": [{"system": confidential, "code": "R"}]}),
    ]  # fmt: skip

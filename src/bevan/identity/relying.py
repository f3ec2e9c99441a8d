"""Our own relying party: the same code signs people in at our providers, or at the real NHS login
and CIS2 by configuration.

    anonymous -> start: state and nonce kept, once, for this browser, 10 minutes
    -> finish: {code | error | neither} -> token (private_key_jwt, RS512) -> ID token checked
    -> vot satisfies what was asked -> userinfo of the same subject -> the account and record
    -> a session, or a sentence for the person.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

from bevan.identity.arrival import Arrivals
from bevan.identity.assertions import TYPE
from bevan.identity.errors import SignInRefused
from bevan.identity.idtoken import REFUSED, Calls, Checker
from bevan.identity.keys import Keys
from bevan.identity.login import Login, Visitor
from bevan.identity.openid.vectors import BadVector, parse, satisfies
from bevan.identity.secret import digest, fresh
from bevan.identity.sessions import Proof, Session
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements

LASTS: Final = timedelta(minutes=10)
ASSERTION: Final = timedelta(seconds=60)
WANTED: Final[Mapping[str, tuple[str, ...]]] = {
    "P0": ("P0.Cm", "P0.Cp"),
    "P5": ("P5.Cm", "P5.Cp.Cd", "P5.Cp.Ck"),
    "P9": ("P9.Cm", "P9.Cp.Cd", "P9.Cp.Ck"),
    "AAL2": ("AAL2",),
    "AAL3": ("AAL3",),
}
_SCOPES: Final = {
    "citizen": "openid profile profile_extended email",
    "staff": "openid profile nationalrbacaccess selectedrole",
}


class NoConsent(SignInRefused):
    """The person doesn't want to share their details with us."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where people of a realm sign in. `own` for our own provider; `key` a PEM, or our keys."""

    realm: str
    issuer: str
    client: str
    returns: str
    own: bool
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody is signed in: the cookie's value, their session, and where they wanted to go."""

    cookie: str
    session: Session
    next: str


class Relying:
    """Signs people of one realm in."""

    def __init__(
        self,
        upstream: Upstream,
        login: Login,
        keys: Keys,
        calls: Calls,
        arrivals: Arrivals,
        database: Database,
        clock: Clock,
    ) -> None:
        self.upstream = upstream
        self._login = login
        self._keys = keys
        self._calls = calls
        self._arrivals = arrivals
        self._database = database
        self._clock = clock
        self._checker = Checker(upstream.issuer, upstream.client, calls, clock)
        self._sql = statements("bevan.identity", "relying.sql")

    async def start(
        self, browser: str, *, level: str, next: str, vouched: str = "", again: bool = False
    ) -> str:
        """The address to send a browser to. `browser` is a secret kept in its cookie.

        `level` is the least that is needed (a key of WANTED); `vouched` an asserted login
        identity; `again` asks for a sign-in even where one stands. Raises SignInRefused.
        """
        state, nonce, wanted = fresh(), fresh(), WANTED[level]
        await self._database.execute(
            self._sql["start"], digest(state), digest(browser), self.upstream.realm, nonce,
            list(wanted), next, self._clock.now() + LASTS,
        )  # fmt: skip
        told = {
            "response_type": "code", "client_id": self.upstream.client,
            "redirect_uri": self.upstream.returns, "scope": _SCOPES[self.upstream.realm],
            "state": state, "nonce": nonce,
        }  # fmt: skip
        if self.upstream.realm == "citizen":
            told["vtr"] = json.dumps(_asked(wanted, own=self.upstream.own))
        else:
            told["acr_values"] = wanted[0]
        if again or self.upstream.realm == "staff":
            told["prompt"] = "login"
        if vouched:
            told["asserted_login_identity"] = vouched
        where = str((await self._checker.metadata())["authorization_endpoint"])
        return f"{where}?{urlencode(told)}"

    async def vouch(self, id_token: str) -> str:
        """An asserted login identity for a partner, from the jti of our ID token."""
        now = int(self._clock.now().timestamp())
        return await self._signed(
            {"iss": self.upstream.client, "code": id_token, "jti": uuid7(), "iat": now,
             "exp": now + 60}
        )  # fmt: skip

    async def finish(self, given: Mapping[str, str], browser: str, visitor: Visitor) -> Arrived:
        """The browser comes back. Raises NoConsent or SignInRefused, with a sentence to show."""
        errand = await self._database.fetchrow(
            self._sql["finish"], digest(given.get("state", "")), digest(browser),
            self.upstream.realm, self._clock.now(),
        )  # fmt: skip
        if errand is None or given.get("iss", self.upstream.issuer) != self.upstream.issuer:
            raise SignInRefused("This sign-in has run out or was used before. Start again.")
        _declined(given)
        answer = await self._exchanged(given["code"])
        claims = await self._checker.check(str(answer.get("id_token", "")), errand["nonce"])
        vot = _reached(self.upstream.realm, claims, errand["wanted"])
        told = await self._told(str(answer.get("access_token", "")), str(claims["sub"]))
        return await self._arrive(claims, told, vot, errand["next"], visitor)

    async def sweep(self) -> None:
        """Remove errands nobody came back from; a periodic job calls this."""
        await self._database.execute(self._sql["sweep"], self._clock.now())

    async def _arrive(
        self,
        claims: Mapping[str, Any],
        told: Mapping[str, Any],
        vot: str,
        next: str,
        visitor: Visitor,
    ) -> Arrived:
        find = self._arrivals.citizen if self.upstream.realm == "citizen" else self._arrivals.staff
        found = await find(self.upstream.issuer, claims, told, own=self.upstream.own)
        at = _moment(claims.get("auth_time")) or self._clock.now()
        proof = Proof("openid", found.level, vot, at, visitor.browser)
        cookie, session = await self._login.sessions.start(
            found.account.id, role=found.position, previous=visitor.cookie, proof=proof
        )
        await self._login.events.note(found.account.id, "enter", detail=vot)
        return Arrived(cookie, session, next)

    async def _exchanged(self, code: str) -> dict[str, Any]:
        where = str((await self._checker.metadata())["token_endpoint"])
        now = self._clock.now()
        assertion = await self._signed(
            {"iss": self.upstream.client, "sub": self.upstream.client, "aud": where,
             "jti": uuid7(), "iat": int(now.timestamp()),
             "exp": int((now + ASSERTION).timestamp())}
        )  # fmt: skip
        form = {
            "grant_type": "authorization_code", "code": code,
            "redirect_uri": self.upstream.returns, "client_id": self.upstream.client,
            "client_assertion_type": TYPE, "client_assertion": assertion,
        }  # fmt: skip
        answer = await self._calls.send(
            "POST", where, headers={"content-type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )  # fmt: skip
        return _object(answer.status, answer.body)

    async def _told(self, bearer: str, subject: str) -> dict[str, Any]:
        where = str((await self._checker.metadata())["userinfo_endpoint"])
        answer = await self._calls.send("GET", where, headers={"authorization": f"Bearer {bearer}"})
        told = _object(answer.status, answer.body)
        if not hmac.compare_digest(str(told.get("sub", "")).encode(), subject.encode()):
            raise SignInRefused(REFUSED)
        return told

    async def _signed(self, claims: Mapping[str, object]) -> str:
        if self.upstream.key is None:
            return await self._keys.sign(claims, algorithm="RS512")
        key = RSAKey.import_key(self.upstream.key)
        return jwt.encode({"alg": "RS512"}, dict(claims), key, ["RS512"])


def _asked(wanted: Sequence[str], *, own: bool) -> list[str]:
    """The real NHS login has no profile of a passkey alone at P0."""
    return [item for item in wanted if own or item != "P0.Cm"]


def _declined(given: Mapping[str, str]) -> None:
    """What came back without a code, in words."""
    if given.get("code"):
        return
    if given.get("error_description") == "ConsentNotGiven" or not given.get("error"):
        raise NoConsent("You chose not to share your details, so you aren't signed in.")
    if given["error"] == "temporarily_unavailable":
        raise SignInRefused("The sign-in service is busy. Try again in a few minutes.")
    raise SignInRefused("The sign-in didn't work, and nobody was signed in. Try again.")


def _reached(realm: str, claims: Mapping[str, Any], wanted: Sequence[str]) -> str:
    """The vector reached, if it is at least what was asked. Raises SignInRefused."""
    if realm == "staff":
        level = f"AAL{claims.get('authentication_assurance_level', '')}"
        if level not in ("AAL2", "AAL3") or level < wanted[0]:
            raise SignInRefused(REFUSED)
        return level
    try:
        vot = parse(str(claims.get("vot", "")))
    except BadVector:
        raise SignInRefused(REFUSED) from None
    if not satisfies(vot, map(parse, wanted)):
        raise SignInRefused(REFUSED)
    return str(vot)


def _object(status: int, body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if status != 200 or not isinstance(told, dict):
        raise SignInRefused("The sign-in didn't work, and nobody was signed in. Try again.")
    return told


def _moment(value: object) -> datetime | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return datetime.fromtimestamp(value, UTC) if whole else None  # type: ignore[arg-type]

"""An app's request for permission (RFC 6749 4.1.1, RFC 7636 4.3, SMART App Launch 2.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bevan.identity.clients import Clients, RegisteredClient
from bevan.identity.errors import ClientRefused, ProtocolRefused
from bevan.identity.smart.tokens import AppTokens
from bevan.identity.smart.wording import Wording, reading, starting

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_LONGEST = 2_000
NAMES = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "aud",
    "code_challenge",
    "code_challenge_method",
    "launch",
    "nonce",
    "prompt",
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks and where the answer goes: known before anything else may be said to the app."""

    client: RegisteredClient
    redirect: str
    state: str
    given: dict[str, str]

    def answer(self, **said: str) -> str:
        """The address that takes an answer to the app."""
        told = {**said, **({"state": self.state} if self.state else {})}
        mark = "&" if "?" in self.redirect else "?"
        return f"{self.redirect}{mark}{urlencode(told)}"

    def refusal(self, fault: ProtocolRefused) -> str:
        """The address that takes an error to the app (RFC 6749 4.1.2.1)."""
        return self.answer(error=fault.error, error_description=fault.sentence)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked, as far as it could be allowed."""

    wording: Wording
    launch: str
    challenge: str
    nonce: str

    @property
    def about_one(self) -> bool:
        """Whether it needs one person whom it is about."""
        named = {"launch", "launch/patient"} & set(self.wording.others)
        return bool(named) or self.wording.context == "patient"


async def asking(pairs: Sequence[tuple[str, str]], clients: Clients) -> Asking:
    """The app behind a request and its registered address.

    Raises ClientRefused: then nothing is sent anywhere, and the person is told.
    """
    known = [(name, value) for name, value in pairs if name in NAMES]
    given = dict(known)
    if len(given) != len(known) or any(len(value) > _LONGEST for value in given.values()):
        raise ClientRefused("The app's request says something twice, or is too long.")
    client = await clients.approved(given.get("client_id", ""), "smart")
    redirect = client.redirect(given.get("redirect_uri"))
    return Asking(client, redirect, given.get("state", ""), given)


def wanted(asked: Asking, tokens: AppTokens, fhir: str, *, citizen: bool) -> Wanted:
    """What the app asks for. `fhir` is the address of our interface, which it must name.

    Raises ProtocolRefused, which is told to the app. People's own apps read; those of staff may
    write too, as far as the person could and the granted letters go.
    """
    given = asked.given
    if given.get("response_type") != "code":
        raise ProtocolRefused("unsupported_response_type", "Only response_type=code is known.")
    if not asked.state:
        raise _bad("The parameter state is missing.")
    if given.get("aud", "").rstrip("/") != fhir:
        raise _bad("The parameter aud must be the address of this FHIR server.")
    if given.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(
        given.get("code_challenge", "")
    ):
        raise _bad("PKCE with code_challenge_method=S256 is needed.")
    if given.get("prompt") == "none":
        raise ProtocolRefused("interaction_required", "A person must decide.")
    wording = starting(tokens.wording(given.get("scope", ""), asked.client.scopes))
    wording = reading(wording) if citizen else wording
    if wording.context is None and "openid" not in wording.others:
        raise ProtocolRefused("invalid_scope", "Nothing that was asked for can be allowed.")
    launch = given.get("launch", "")
    if launch and "launch" not in wording.others:
        raise ProtocolRefused("invalid_scope", "A launch needs the scope launch.")
    return Wanted(wording, launch, given["code_challenge"], given.get("nonce", ""))


def _bad(sentence: str) -> ProtocolRefused:
    return ProtocolRefused("invalid_request", sentence)

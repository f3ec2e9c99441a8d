"""An authorisation request, read and checked (OpenID Connect Core 3.1.2.1, as NHS login limits it).

Until the client and its redirect_uri are known nothing may be sent anywhere: such a fault is shown
on a page of ours. Every other fault goes back to the client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bevan.identity.clients import RegisteredClient
from bevan.identity.openid.realm import Realm
from bevan.identity.openid.vectors import BadVector, Vector, wanted

Parameters = Mapping[str, Sequence[str]]
PROMPTS: Final = frozenset({"", "none", "login"})
_CHALLENGE = re.compile(r"^[A-Za-z0-9_-]{43}$")
_LONGEST: Final = 2_000


class Asked(Exception):
    """A request that goes back with an error code (RFC 6749 4.1.2.1)."""

    def __init__(self, error: str, description: str, state: str = "") -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.state = state


@dataclass(frozen=True, slots=True)
class Asking:
    """What a client wants: for which levels (`wanted`, as text), and how."""

    client: str
    redirect: str
    state: str
    nonce: str
    scopes: tuple[str, ...]
    wanted: tuple[str, ...]
    prompt: str
    code_challenge: str
    may_register: bool
    assertion: str


def read(realm: Realm, client: RegisteredClient, redirect: str, given: Parameters) -> Asking:
    """The request, checked. `redirect` is the client's registered address. Raises Asked."""
    state = _one(given, "state", "")
    for name in given:
        _one(given, name, state)
    if not state:
        raise Asked("invalid_request", "state is missing")
    _check_shape(given, state)
    nonce = _one(given, "nonce", state)
    if not nonce:
        raise Asked("invalid_request", "nonce is missing", state)
    return Asking(
        client=client.id,
        redirect=redirect,
        state=state,
        nonce=nonce,
        scopes=_scopes(realm, client, _one(given, "scope", state), state),
        wanted=_wanted(realm, given, state),
        prompt=_prompt(given, state),
        code_challenge=_challenge(given, state),
        may_register=_one(given, "allow_registration", state) != "false",
        assertion=_one(given, "asserted_login_identity", state),
    )


def _one(given: Parameters, name: str, state: str) -> str:
    """A parameter, which may be sent once only (RFC 6749 3.1)."""
    values = given.get(name, ())
    if len(values) > 1:
        raise Asked("invalid_request", f"{name} is given more than once", state)
    text = values[0] if values else ""
    if len(text) > _LONGEST and name != "asserted_login_identity":
        raise Asked("invalid_request", f"{name} is too long", state[:_LONGEST])
    if "\0" in text:
        raise Asked("invalid_request", f"{name} can't be read", "" if "\0" in state else state)
    return text


def _check_shape(given: Parameters, state: str) -> None:
    for name in ("request", "request_uri"):
        if name in given:
            raise Asked(f"{name}_not_supported", f"{name} isn't supported", state)
    kind = _one(given, "response_type", state)
    if not kind:
        raise Asked("invalid_request", "response_type is missing", state)
    if kind != "code":
        raise Asked("unsupported_response_type", "response_type must be code", state)
    if _one(given, "response_mode", state) not in ("", "query"):
        raise Asked("invalid_request", "response_mode must be query", state)
    if _one(given, "display", state) not in ("", "page", "touch"):
        raise Asked("invalid_request", "display must be page or touch", state)


def _scopes(realm: Realm, client: RegisteredClient, text: str, state: str) -> tuple[str, ...]:
    """The scopes that are known here; unknown ones are passed over."""
    known = tuple(scope for scope in dict.fromkeys(text.split()) if scope in realm.scopes)
    if "openid" not in known:
        raise Asked("invalid_scope", "scope must contain openid", state)
    if "profile" in known and "basic_demographics" in known:
        raise Asked("invalid_scope", "basic_demographics excludes profile", state)
    if not set(known) <= {"openid", *client.scopes}:
        raise Asked("invalid_scope", "this client may not ask for all of these scopes", state)
    return known


def _wanted(realm: Realm, given: Parameters, state: str) -> tuple[str, ...]:
    if realm.name == "staff":
        levels = _one(given, "acr_values", state).split()
        return tuple(level for level in levels if level in ("AAL2", "AAL3"))
    text = _one(given, "vtr", state)
    try:
        items: tuple[Vector, ...] = wanted(text or None)
    except BadVector:
        raise Asked("invalid_request", "vtr isn't a list of known vectors", state) from None
    return tuple(map(str, items))


def _prompt(given: Parameters, state: str) -> str:
    prompt = _one(given, "prompt", state)
    if prompt not in PROMPTS:
        raise Asked("invalid_request", "prompt must be none or login", state)
    return prompt


def _challenge(given: Parameters, state: str) -> str:
    """PKCE (RFC 7636): a client needn't use it, but then not with `plain`."""
    challenge = _one(given, "code_challenge", state)
    method = _one(given, "code_challenge_method", state)
    if not challenge and not method:
        return ""
    if method != "S256" or not _CHALLENGE.match(challenge):
        raise Asked("invalid_request", "code_challenge_method must be S256", state)
    return challenge

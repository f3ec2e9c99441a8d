"""The providers' endpoints as plain ASGI: no forms of ours, so no rule about where posts come from.

/citizen/.well-known/openid-configuration · /citizen/.well-known/jwks.json
/citizen/authorize · /citizen/token · /citizen/userinfo, and the same below /staff
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, quote

from bevan.access.journal import NOBODY, Journal
from bevan.api.reply import Receive, Send
from bevan.identity.cookies import cookie, sent
from bevan.identity.errors import ProtocolRefused, SignInRefused
from bevan.identity.identity import Identity
from bevan.identity.keys import Keys
from bevan.identity.openid.provider import Provider
from bevan.identity.openid.steps import Fault, Onward
from bevan.kernel.errors import Unavailable

Message = Mapping[str, Any]
Headers = dict[bytes, bytes]
_LARGEST: Final = 64 * 1024
_HARD: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class TooLarge(Exception):
    """A body larger than any request of ours."""


class OpenIdApplication:
    """Routes by realm and path; one per process."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        keys: Keys,
        identity: Identity,
        journal: Journal | None = None,
    ) -> None:
        self._providers = providers
        self._keys = keys
        self._identity = identity
        self._journal = journal

    def serves(self, path: str) -> bool:
        """Whether a path belongs to a provider."""
        return path.split("/")[1] in self._providers if path.count("/") > 1 else False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        _, realm, rest = scope["path"].split("/", 2)
        provider, method = self._providers[realm], scope["method"]
        try:
            await self._answer(provider, rest, method, scope, receive, send)
        except TooLarge:
            await _json(send, 413, {"error": "invalid_request"})

    async def _answer(
        self,
        provider: Provider,
        rest: str,
        method: str,
        scope: Message,
        receive: Receive,
        send: Send,
    ) -> None:
        reading = method in ("GET", "HEAD")
        if rest == ".well-known/openid-configuration" and reading:
            await _json(send, 200, provider.realm.discovery(), kept=True)
        elif rest == ".well-known/jwks.json" and reading:
            await _json(send, 200, await self._keys.jwks(), kept=True)
        elif rest == "authorize" and method in ("GET", "POST"):
            await self._authorize(provider, scope, receive, send)
        elif rest == "token" and method == "POST":
            await self._token(provider, scope, receive, send)
        elif rest == "userinfo" and method in ("GET", "POST"):
            await self._userinfo(provider, scope, send)
        elif rest in _PLACES:
            await _json(send, 405, {"error": "invalid_request"}, (b"allow", _PLACES[rest]))
        else:
            await _json(send, 404, {"error": "not_found"})

    async def _authorize(
        self, provider: Provider, scope: Message, receive: Receive, send: Send
    ) -> None:
        """OpenID Connect Core 3.1.2.1: by GET or POST, and always on to another address."""
        text = scope.get("query_string", b"")
        if scope["method"] == "POST":
            text = await _body(receive)
        realm = provider.realm.name
        session = await self._identity.at_provider(_cookie(scope, realm), realm)
        step = await provider.begin(parse_qs(text.decode("latin-1"), True), session)
        if isinstance(step, Onward):
            address = step.address
        elif isinstance(step, Fault):
            address = f"/login/refused?realm={realm}"
        else:
            address = f"/login/{realm}/go?request={quote(step.pending.id)}"
        await _send(send, 303, b"", (b"location", address.encode("ascii", "replace")))

    async def _token(
        self, provider: Provider, scope: Message, receive: Receive, send: Send
    ) -> None:
        """RFC 6749 5: every refusal is a 400 with a code, as NHS login answers."""
        kind = _headers(scope).get(b"content-type", b"").split(b";")[0].strip().lower()
        form = parse_qs((await _body(receive)).decode("latin-1"), True)
        if kind != b"application/x-www-form-urlencoded":
            await _json(send, 400, _refusal("invalid_request", "Send a form."))
            return
        await self._told(send, self._noted(provider, form), 400)

    async def _noted(self, provider: Provider, form: Mapping[str, list[str]]) -> dict[str, Any]:
        """Tokens; a refusal is in the audit with the client it was for, if there is such a one."""
        try:
            return await provider.token(form)
        except (ProtocolRefused, SignInRefused) as fault:
            if self._journal is not None:
                replayed = isinstance(fault, ProtocolRefused) and fault.replay
                what = "replayed" if replayed else "refused"
                await self._journal.refused(
                    NOBODY,
                    f"{provider.realm.name}-token-{what}",
                    type="client",
                    id=await provider.known(form),
                )
            raise

    async def _userinfo(self, provider: Provider, scope: Message, send: Send) -> None:
        """OpenID Connect Core 5.3; RFC 6750 3 for what is refused."""
        scheme, _, bearer = _headers(scope).get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not bearer:
            await _json(send, 401, {"error": "invalid_token"}, (b"www-authenticate", b"Bearer"))
            return
        await self._told(send, provider.userinfo(bearer.decode("latin-1").strip()), 401)

    async def _told(self, send: Send, work: Awaitable[dict[str, Any]], refused: int) -> None:
        try:
            await _json(send, 200, await work)
        except (ProtocolRefused, SignInRefused) as fault:
            error = fault.error if isinstance(fault, ProtocolRefused) else "invalid_grant"
            if refused == 401:
                extra = (b"www-authenticate", b'Bearer error="invalid_token"')
                await _json(send, 401, _refusal("invalid_token", str(fault)), extra)
            else:
                await _json(send, refused, _refusal(error, str(fault)))
        except Unavailable as fault:
            await _json(send, 503, _refusal("temporarily_unavailable", str(fault)))


_PLACES: Final[Mapping[str, bytes]] = {
    ".well-known/openid-configuration": b"GET, HEAD",
    ".well-known/jwks.json": b"GET, HEAD",
    "authorize": b"GET, POST",
    "token": b"POST",
    "userinfo": b"GET, POST",
}


def _refusal(error: str, sentence: str) -> dict[str, str]:
    return {"error": error, "error_description": sentence}


def _headers(scope: Message) -> Headers:
    return {name.lower(): value for name, value in scope.get("headers", ())}


def _cookie(scope: Message, realm: str) -> str | None:
    jar = sent(_headers(scope).get(b"cookie", b""))
    return jar.get(cookie(realm, secure=scope.get("scheme") == "https"))


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _LARGEST:
            raise TooLarge
    return body


async def _json(
    send: Send,
    status: int,
    told: Mapping[str, Any],
    *extra: tuple[bytes, bytes],
    kept: bool = False,
) -> None:
    kind = (b"content-type", b"application/json")
    await _send(send, status, json.dumps(told).encode(), kind, *extra, kept=kept)


async def _send(
    send: Send, status: int, body: bytes, *extra: tuple[bytes, bytes], kept: bool = False
) -> None:
    hard = _HARD[1:] if kept else _HARD
    cached = [(b"cache-control", b"public, max-age=300")] if kept else []
    length = (b"content-length", str(len(body)).encode())
    headers = [*extra, *hard, *cached, length]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

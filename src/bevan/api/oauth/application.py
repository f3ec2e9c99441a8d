"""The authorisation server's endpoints for programs as an ASGI application."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from bevan.access.journal import NOBODY, Journal
from bevan.api.body import Gone, read_body
from bevan.api.errors import Refused
from bevan.api.oauth import authority as at
from bevan.api.oauth.authority import Authority
from bevan.api.oauth.discovery import configuration, openid
from bevan.api.oauth.introspection import introspect, revoke
from bevan.api.oauth.message import LIMIT, Told, document, form, refusal, tell
from bevan.api.oauth.registering import register
from bevan.api.oauth.token import token
from bevan.api.oauth.userinfo import userinfo
from bevan.api.reply import Receive, Send
from bevan.identity.assertions import claimed
from bevan.identity.errors import ProtocolRefused
from bevan.kernel.errors import Unavailable
from bevan.kernel.logs import logger
from bevan.record.scope import Actor

FORMS = {at.TOKEN: token, at.INTROSPECT: introspect, at.REVOKE: revoke}
READ = frozenset({at.JWKS, at.SMART, at.OPENID})
FOR_PROGRAMS = frozenset({*FORMS, at.REGISTER, at.USERINFO, *READ})
"""The addresses that are for programs; the others below `/oauth/` are pages."""


class OAuthApplication:
    """Answers at `FOR_PROGRAMS`."""

    def __init__(self, authority: Authority, journal: Journal | None = None) -> None:
        self._authority = authority
        self._journal = journal

    async def __call__(self, asgi: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; what goes wrong inside is told without its details."""
        method: str = asgi["method"]
        try:
            told = await self._told(method, asgi, receive)
        except Gone:
            return
        except ProtocolRefused as fault:
            told = refusal(fault)
        except Refused as fault:
            told = refusal(ProtocolRefused("invalid_request", fault.sentence))
        except Unavailable:
            told = Told({"error": "temporarily_unavailable"}, 503)
        except Exception as fault:
            logger().error("request failed", exc_info=fault)
            told = Told({"error": "server_error"}, 500)
        await tell(told, send, head=method == "HEAD")

    async def _told(self, method: str, asgi: MutableMapping[str, Any], receive: Receive) -> Told:
        path: str = asgi["path"]
        if path in READ:
            return await self._read(path) if method in ("GET", "HEAD") else _only(b"GET, HEAD")
        headers: dict[bytes, bytes] = dict(asgi["headers"])
        if path == at.USERINFO and method in ("GET", "HEAD", "POST"):
            return await userinfo(self._authority, headers.get(b"authorization", b""))
        if method != "POST":
            return _only(b"GET, POST" if path == at.USERINFO else b"POST")
        body = await read_body(receive, limit=LIMIT)
        if path == at.REGISTER:
            told = await register(self._authority, document(body))
            if self._journal is not None:
                await self._journal.tell(
                    NOBODY, "client-registered", type="client", id=told.json["client_id"]
                )
            return told
        sent = form(body, headers.get(b"content-type", b"").decode("latin-1"))
        return await self._noted(path, sent)

    async def _noted(self, path: str, sent: dict[str, str]) -> Told:
        """The answer to a form, with an entry in the audit: which app, not what it sent."""
        event, client = _event(path, sent), claimed(sent)
        try:
            told = await FORMS[path](self._authority, sent)
        except ProtocolRefused as fault:
            if self._journal is not None:
                known = client and await self._authority.clients.find(client)
                what = "replayed" if fault.replay else "refused"
                await self._journal.refused(
                    NOBODY, f"{event}-{what}", type="client", id=client if known else None
                )
            raise
        if self._journal is not None:
            who = Actor("system", client, client) if client else NOBODY
            about = told.json.get("patient") if isinstance(told.json, dict) else None
            await self._journal.tell(who, event, about=about, type="client", id=client or None)
        return told

    async def _read(self, path: str) -> Told:
        if path == at.JWKS:
            return Told(await self._authority.keys.jwks())
        issuer = self._authority.issuer
        return Told(configuration(issuer) if path == at.SMART else openid(issuer))


def _event(path: str, sent: dict[str, str]) -> str:
    if path == at.TOKEN:
        return "token-refreshed" if sent.get("grant_type") == "refresh_token" else "token-issued"
    return "token-revoked" if path == at.REVOKE else "token-looked-up"


def _only(methods: bytes) -> Told:
    return Told({"error": "invalid_request"}, 405, ((b"allow", methods),))

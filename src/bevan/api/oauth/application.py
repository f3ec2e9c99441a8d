"""The authorisation server's endpoints for programs as an ASGI application."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

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
from bevan.identity.errors import ProtocolRefused
from bevan.kernel.errors import Unavailable
from bevan.kernel.logs import logger

FORMS = {at.TOKEN: token, at.INTROSPECT: introspect, at.REVOKE: revoke}
READ = frozenset({at.JWKS, at.SMART, at.OPENID})
FOR_PROGRAMS = frozenset({*FORMS, at.REGISTER, at.USERINFO, *READ})
"""The addresses that are for programs; the others below `/oauth/` are pages."""


class OAuthApplication:
    """Answers at `FOR_PROGRAMS`."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

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
            return await register(self._authority, document(body))
        sent = form(body, headers.get(b"content-type", b"").decode("latin-1"))
        return await FORMS[path](self._authority, sent)

    async def _read(self, path: str) -> Told:
        if path == at.JWKS:
            return Told(await self._authority.keys.jwks())
        issuer = self._authority.issuer
        return Told(configuration(issuer) if path == at.SMART else openid(issuer))


def _only(methods: bytes) -> Told:
    return Told({"error": "invalid_request"}, 405, ((b"allow", methods),))

"""Why a request can't be served, before it reaches the record."""

from __future__ import annotations

from bevan.fhir.outcome import Issue
from bevan.kernel.errors import BevanError


class Refused(BevanError):
    """An HTTP status with the issue that explains it (codes: FHIR R4 value set issue-type)."""

    def __init__(
        self,
        status: int,
        code: str,
        text: str,
        *,
        expression: str = "",
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers
        self.issue = Issue("error", code, expression, text)


def not_found() -> Refused:
    """The one answer for what isn't there and for what may not be seen."""
    return Refused(404, "not-found", "There is no such resource here.")


def bad_request(text: str, *, expression: str = "", code: str = "invalid") -> Refused:
    """A request that makes no sense as it stands."""
    return Refused(400, code, text, expression=expression)


def unauthenticated(text: str) -> Refused:
    """No token, or not a good one (RFC 6750 section 3)."""
    challenge = b'Bearer realm="bevan", error="invalid_token"'
    return Refused(401, "login", text, headers=((b"www-authenticate", challenge),))


def insufficient(text: str) -> Refused:
    """The token's scopes don't cover the interaction (RFC 6750 section 3.1)."""
    challenge = b'Bearer realm="bevan", error="insufficient_scope"'
    return Refused(403, "forbidden", text, headers=((b"www-authenticate", challenge),))


def not_allowed(allowed: str) -> Refused:
    """A known address, but not with this method."""
    return Refused(
        405,
        "not-supported",
        f"This address answers to {allowed} only.",
        headers=((b"allow", allowed.encode()),),
    )

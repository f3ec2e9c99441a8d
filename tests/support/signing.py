"""A client that signs: its key pair, its JWK Set and its assertions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey


@dataclass(frozen=True)
class Signer:
    """Signs assertions for `client`, with a key whose id is `kid`."""

    client: str
    algorithm: str = "ES384"
    kid: str = "one"
    key: RSAKey | ECKey = field(default_factory=lambda: ECKey.generate_key("P-384"))

    @property
    def jwks(self) -> dict[str, Any]:
        """The public half, as it is registered."""
        return {"keys": [{**self.key.as_dict(private=False), "kid": self.kid}]}

    def assertion(
        self,
        audience: str,
        at: datetime,
        *,
        lasts: timedelta = timedelta(minutes=4),
        header: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """An assertion made at a moment; claims of None are left out."""
        said = {
            "iss": self.client,
            "sub": self.client,
            "aud": audience,
            "jti": str(uuid4()),
            "iat": int(at.timestamp()),
            "exp": int((at + lasts).timestamp()),
        } | claims
        return jwt.encode(
            {"alg": self.algorithm, "kid": self.kid} | dict(header or {}),
            {name: value for name, value in said.items() if value is not None},
            self.key,
            [self.algorithm],
        )


def rsa(client: str, algorithm: str = "RS384") -> Signer:
    """A signer with an RSA key."""
    return Signer(client, algorithm, key=RSAKey.generate_key(2048))

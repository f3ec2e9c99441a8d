"""A passkey in software: what a phone does when a page asks it (WebAuthn 3, sections 6 and 7)."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

PRESENT, VERIFIED, ELIGIBLE, BACKED, ATTESTED = 1, 4, 8, 16, 64


@dataclass
class Authenticator:
    """One device. `verifies` False makes it skip the finger or PIN, `synced` lets keys leave it."""

    origin: str = "http://localhost:8000"
    verifies: bool = True
    synced: bool = False
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, options: str, **changed: Any) -> str:
        """The answer to a registration's options, as the browser sends it."""
        asked = json.loads(options)
        data = self._data(asked["rp"]["id"], ATTESTED) + self._credential()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"], changed)
        return self._sent({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def show(self, options: str, **changed: Any) -> str:
        """The answer to an authentication's options."""
        asked = json.loads(options)
        self.count += 1
        data = self._data(asked["rpId"], 0)
        client = self._client("webauthn.get", asked["challenge"], changed)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._sent(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(signature),
            }
        )

    def _client(self, type: str, challenge: str, changed: dict[str, Any]) -> bytes:
        told = {"type": type, "challenge": challenge, "origin": self.origin, **changed}
        return json.dumps(told).encode()

    def _data(self, host: str, more: int) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verifies else 0)
        flags |= (ELIGIBLE | BACKED) if self.synced else 0
        return hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _credential(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        return bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)

    def _sent(self, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": b64(self.id),
                "rawId": b64(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )

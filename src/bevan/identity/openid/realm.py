"""The two providers' addresses and what each of them offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bevan.identity.clients import Use

CITIZEN_SCOPES: Final = (
    "openid", "profile", "basic_demographics", "profile_extended", "email", "phone", "landline",
    "gp_registration_details", "gp_integration_credentials", "client_metadata",
)  # fmt: skip
STAFF_SCOPES: Final = (
    "openid", "profile", "email", "nhsperson", "nationalrbacaccess", "associatedorgs",
    "professionalmemberships", "organisationalmemberships", "selectedrole",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Realm:
    """One provider: `citizen` or `staff`. `algorithms` are those of clients' assertions."""

    name: str
    issuer: str
    use: Use
    scopes: tuple[str, ...]
    algorithms: tuple[str, ...]

    @property
    def authorize(self) -> str:
        """Where a browser is sent to."""
        return f"{self.issuer}/authorize"

    @property
    def token(self) -> str:
        """Where a client exchanges a code."""
        return f"{self.issuer}/token"

    @property
    def userinfo(self) -> str:
        """Where a client learns who it is."""
        return f"{self.issuer}/userinfo"

    @property
    def jwks(self) -> str:
        """Where our public keys are."""
        return f"{self.issuer}/.well-known/jwks.json"

    @property
    def trustmark(self) -> str:
        """What our vectors mean (`vtm`, RFC 8485 3.2)."""
        return f"{self.issuer}/trustmark"

    def discovery(self) -> dict[str, object]:
        """The provider's metadata (OpenID Connect Discovery 1.0, 3)."""
        told: dict[str, object] = {
            "issuer": self.issuer,
            "authorization_endpoint": self.authorize,
            "token_endpoint": self.token,
            "userinfo_endpoint": self.userinfo,
            "jwks_uri": self.jwks,
            "scopes_supported": list(self.scopes),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS512"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": list(self.algorithms),
            "code_challenge_methods_supported": ["S256"],
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
        }
        if self.name == "citizen":
            return {**told, "display_values_supported": ["page", "touch"], "vtm": self.trustmark}
        return {**told, "acr_values_supported": ["AAL2", "AAL3"]}


def citizen(public_url: str) -> Realm:
    """The citizens' provider, as NHS login: clients sign with RS512 only."""
    return Realm("citizen", f"{public_url}/citizen", "citizen-login", CITIZEN_SCOPES, ("RS512",))


def staff(public_url: str) -> Realm:
    """The staff's provider."""
    algorithms = ("RS512", "RS384", "RS256", "ES384")
    return Realm("staff", f"{public_url}/staff", "staff-login", STAFF_SCOPES, algorithms)

"""Where everything is, and what it can do: `.well-known/smart-configuration`."""

from __future__ import annotations

from bevan.api.oauth.authority import (
    ALGORITHMS,
    AUTHORIZE,
    INTROSPECT,
    JWKS,
    MANAGE,
    REGISTER,
    REVOKE,
    SIGNED_WITH,
    TOKEN,
    USERINFO,
    Json,
)
from bevan.identity.smart.wording import OTHERS

CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "client-public",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "permission-online",
    "permission-offline",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)
_SHARED = (
    "issuer",
    "jwks_uri",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "registration_endpoint",
    "scopes_supported",
    "response_types_supported",
    "grant_types_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "code_challenge_methods_supported",
)
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def configuration(issuer: str) -> Json:
    """The document of SMART App Launch 2.2, conformance."""
    return {
        "issuer": issuer,
        "jwks_uri": issuer + JWKS,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "userinfo_endpoint": issuer + USERINFO,
        "introspection_endpoint": issuer + INTROSPECT,
        "revocation_endpoint": issuer + REVOKE,
        "registration_endpoint": issuer + REGISTER,
        "management_endpoint": issuer + MANAGE,
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": [*OTHERS, "patient/*.rs", "user/*.cruds", "system/*.cruds"],
        "capabilities": list(CAPABILITIES),
    }


def openid(issuer: str) -> Json:
    """OpenID Connect Discovery 3, for checking ID tokens."""
    shared = configuration(issuer)
    return {name: shared[name] for name in _SHARED} | {
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [SIGNED_WITH],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "fhirUser"],
    }


def security(issuer: str) -> Json:
    """What a CapabilityStatement says of it (`rest.security`)."""
    addresses = {
        "authorize": AUTHORIZE,
        "token": TOKEN,
        "introspect": INTROSPECT,
        "revoke": REVOKE,
        "register": REGISTER,
        "manage": MANAGE,
    }
    return {
        "cors": True,
        "service": [{"coding": [{"system": SERVICE, "code": "SMART-on-FHIR"}]}],
        "extension": [
            {
                "url": OAUTH_URIS,
                "extension": [
                    {"url": name, "valueUri": issuer + path} for name, path in addresses.items()
                ],
            }
        ],
    }

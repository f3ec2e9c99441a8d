"""Authlib's client, unmodified, against the citizens' provider and the apps' server."""

from __future__ import annotations

import time
from typing import Any

import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.clients.running import BACK, SCOPE, SERVICE, SIGNING, Running
from tests.openid.estate import NUMBER, PATIENT, WANTS_P9

VERIFIER = "v" * 64


@pytest.fixture(autouse=True)
def without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Authlib's own switch for servers on this machine."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


class Session(OAuth2Session):
    """A client that signs, set up as Authlib's guide says.

    An assertion of Authlib's would last an hour, ours must end sooner. It keeps the number of an
    assertion in the claims it was given, so each call is given its own.
    """

    def __init__(self, client: str, signer: Any, algorithm: str, kid: str, **more: Any) -> None:
        self._signed = {"alg": algorithm, "headers": {"kid": kid}}
        for endpoint in ("token", "revocation"):
            more[f"{endpoint}_endpoint_auth_method"] = "private_key_jwt"
        super().__init__(client, signer, **more)

    def signing(self) -> Session:
        """Ready for one more call that authenticates."""
        claims = {"exp": int(time.time()) + 240}
        self.register_client_auth_method(PrivateKeyJWT(**self._signed, claims=claims))
        return self


def checked(told: dict[str, Any], document: dict[str, Any], of: Session, alg: str) -> Any:
    """The ID token's claims, as Authlib checks them with the published keys."""
    keys = KeySet.import_key_set(of.get(document["jwks_uri"], withhold_token=True).json())
    read = jwt.decode(told["id_token"], keys, [alg])
    claims = CodeIDToken(
        read.claims,
        read.header,
        {
            "iss": {"essential": True, "value": document["issuer"]},
            "aud": {"essential": True, "value": of.client_id},
        },
        {"nonce": "n-1", "client_id": of.client_id},
    )
    claims.validate()
    return claims


def test_it_signs_a_citizen_in_and_refreshes(running: Running) -> None:
    client = running.estate.app
    with Session(
        client.id, client.key, "RS512", "k1", scope="openid profile",
        redirect_uri=client.redirect, code_challenge_method="S256",
    ) as ours:  # fmt: skip
        place = f"{running.public}/citizen/.well-known/openid-configuration"
        document = ours.get(place, withhold_token=True).json()
        address, state = ours.create_authorization_url(
            document["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1", vtr=WANTS_P9
        )
        returned = running.run(running.citizen_returns(address))
        told = ours.signing().fetch_token(
            document["token_endpoint"], authorization_response=returned, state=state,
            code_verifier=VERIFIER,
        )  # fmt: skip
        claims = checked(told, document, ours, "RS512")
        who = ours.get(document["userinfo_endpoint"]).json()
        assert who["sub"] == claims["sub"] and who["nhs_number"] == NUMBER
        fresh = ours.signing().refresh_token(document["token_endpoint"])
        assert fresh["access_token"] != told["access_token"] and "id_token" not in fresh
        assert ours.get(document["userinfo_endpoint"]).json() == who


def test_it_connects_an_app_and_refreshes(running: Running) -> None:
    with Session(
        "signing", SIGNING.key, "RS384", SIGNING.kid, scope=SCOPE, redirect_uri=BACK,
        code_challenge_method="S256",
    ) as ours:  # fmt: skip
        place = f"{running.fhir}/.well-known/smart-configuration"
        document = ours.get(place, withhold_token=True).json()
        address, state = ours.create_authorization_url(
            document["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1",
            aud=running.fhir,
        )  # fmt: skip
        assert create_s256_code_challenge(VERIFIER) in address
        returned = running.run(running.doctor_returns(address))
        told = ours.signing().fetch_token(
            document["token_endpoint"], authorization_response=returned, state=state,
            code_verifier=VERIFIER,
        )  # fmt: skip
        claims = checked(told, document, ours, "RS256")
        assert told["patient"] == PATIENT
        assert ours.get(document["userinfo_endpoint"]).json()["sub"] == claims["sub"]
        ours.signing().refresh_token(document["token_endpoint"])
        found = ours.get(f"{running.fhir}/Patient/{PATIENT}")
        assert found.status_code == 200 and found.json()["id"] == PATIENT
        place = document["introspection_endpoint"]
        held = ours.token["access_token"]
        worth = ours.signing().introspect_token(place, token=held).json()
        assert worth["active"] is True and worth["patient"] == PATIENT
        gone = ours.signing().revoke_token(document["revocation_endpoint"], token=held)
        assert (gone.status_code, gone.text) == (200, "")
        assert ours.get(f"{running.fhir}/Patient/{PATIENT}").status_code == 401


def test_a_service_gets_tokens_for_itself(running: Running) -> None:
    with Session("nightly", SERVICE.key, "RS384", SERVICE.kid) as ours:
        endpoint = f"{running.public}/oauth/token"
        told = ours.signing().fetch_token(
            endpoint, grant_type="client_credentials", scope="system/Patient.rs"
        )
        assert 299 <= told["expires_in"] <= 300 and "refresh_token" not in told
        found = ours.get(f"{running.fhir}/Patient?_id={PATIENT}").json()
        assert [each["resource"]["id"] for each in found["entry"]] == [PATIENT]
        assert ours.get(f"{running.fhir}/Observation/pulse").status_code == 403

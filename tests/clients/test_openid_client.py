"""npm's openid-client, unmodified, against the citizens' provider and the apps' server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Coroutine
from typing import Any

from tests.clients.packages import HERE, fetched, node
from tests.clients.running import BACK, SCOPE, SIGNING, Running
from tests.openid.estate import NUMBER, PATIENT, WANTS_P9

Browser = Callable[[str], Coroutine[Any, Any, str]]


def party(running: Running, asked: dict[str, Any], browser: Browser) -> dict[str, Any]:
    """What the client found out, after a browser was where the client sent it."""
    fetched("openid-client", "oauth4webapi", "jose")
    command = [node(), str(HERE / "openid_client.mjs")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as program:  # type: ignore[call-overload]
        program.stdin.write(json.dumps(asked) + "\n")
        program.stdin.flush()
        first = program.stdout.readline()
        if not first:
            raise AssertionError(program.stderr.read())
        returned = running.run(browser(json.loads(first)["address"]))
        rest, faults = program.communicate(json.dumps({"returned": returned}) + "\n", timeout=60)
    assert program.returncode == 0, faults
    told: dict[str, Any] = json.loads(rest)
    return told


def test_it_signs_a_citizen_in_and_refreshes(running: Running) -> None:
    client = running.estate.app
    told = party(
        running,
        {
            "issuer": f"{running.public}/citizen", "client": client.id, "signed": "RS512",
            "key": client.key.as_dict(private=True), "hash": "SHA-512", "kid": "k1",
            "redirect": client.redirect, "scope": "openid profile email",
            "more": {"vtr": WANTS_P9},
        },
        running.citizen_returns,
    )  # fmt: skip
    assert told["claims"]["iss"] == f"{running.public}/citizen"
    assert told["claims"]["vot"] == "P9.Cm"
    assert told["who"]["sub"] == told["claims"]["sub"] == told["again"]["sub"]
    assert told["who"]["nhs_number"] == NUMBER and told["who"]["family_name"] == "Moss"
    assert told["reused"] == "invalid_grant"


def test_it_connects_an_app_and_refreshes(running: Running) -> None:
    told = party(
        running,
        {
            "issuer": running.public, "client": "signing", "signed": "RS256",
            "key": SIGNING.key.as_dict(private=True), "hash": "SHA-384", "kid": SIGNING.kid,
            "redirect": BACK, "scope": SCOPE, "more": {"aud": running.fhir},
        },
        running.doctor_returns,
    )  # fmt: skip
    assert told["claims"]["fhirUser"] == f"{running.fhir}/Practitioner/gp-id"
    assert told["who"] == {k: told["claims"][k] for k in ("sub", "fhirUser")} == told["again"]
    assert set(told["scope"].split()) == set(SCOPE.split())
    assert told["reused"] == "invalid_grant" and told["kind"] == "bearer"
    assert PATIENT not in json.dumps(told["claims"])

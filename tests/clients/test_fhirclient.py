"""Python's fhirclient, unmodified: a launch, a person, a search."""

from __future__ import annotations

from typing import Any

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient

from tests.clients.running import BACK, SCOPE, Running
from tests.openid.estate import PATIENT


@pytest.mark.parametrize("way", ["by itself", "from a record"])
def test_it_launches_reads_and_searches(running: Running, way: str) -> None:
    settings: dict[str, Any] = {
        "app_id": "growth",
        "api_base": running.fhir,
        "redirect_uri": BACK,
        "scope": SCOPE,
    }
    if way == "from a record":
        settings["launch_token"] = running.run(running.launch("growth"))
    app = FHIRClient(settings=settings)
    assert not app.ready
    assert app.prepare() is False  # a person has to allow it first
    app.handle_callback(running.run(running.doctor_returns(app.authorize_url)))
    assert app.ready
    assert app.patient_id == PATIENT
    person = app.patient
    assert isinstance(person, Patient)
    assert app.human_name(person.name[0]) == "Ada June Moss"
    found = Observation.where({"patient": PATIENT}).perform_resources_iter(app.server)
    assert [each.id for each in found] == ["pulse"]
    one = Patient.read(PATIENT, app.server)
    assert one.birthDate.isostring == "1948-03-14"
    assert app.reauthorize()  # its refresh token
    assert Observation.read("pulse", app.server).subject.reference == f"Patient/{PATIENT}"

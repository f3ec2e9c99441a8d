"""Parameters of a region's own."""

from __future__ import annotations

from bevan.fhir.definitions import Definitions, SearchParameter
from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from tests.fhir.extraction.indexed import names


def custom(code: str, expression: str, kind: str = "token") -> SearchParameter:
    return SearchParameter(
        url=f"urn:{code}", code=code, type=kind, base=("Patient",), expression=expression
    )


def test_custom_parameters(definitions: Definitions) -> None:
    registry = Registry(
        definitions,
        [
            custom("ward", "Patient.extension('urn:ward').value"),
            custom("home-phone", "Patient.telecom.where(use = 'home' and system = 'phone')"),
            custom("gender", "Patient.extension('urn:gender').value"),
        ],
    )
    extractor = Extractor(registry)
    patient = {
        "resourceType": "Patient",
        "gender": "female",
        "extension": [{"url": "urn:ward", "valueCode": "7"}],
        "telecom": [
            {"system": "phone", "use": "home", "value": "1"},
            {"system": "phone", "use": "work", "value": "2"},
        ],
    }
    index = extractor.extract(patient)
    found = names(extractor, index, ["ward=7", "home-phone=1", "home-phone=2", "gender=female"])
    assert found == {
        "ward=7": True,
        "home-phone=1": True,
        "home-phone=2": False,
        "gender=female": False,
    }

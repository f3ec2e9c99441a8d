from __future__ import annotations

import pytest

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry


@pytest.fixture(scope="session")
def registry(definitions: Definitions) -> Registry:
    return Registry(definitions)


@pytest.fixture(scope="session")
def extractor(registry: Registry) -> Extractor:
    return Extractor(registry)

"""An engine over R4, made once."""

from __future__ import annotations

import pytest

from bevan.fhir.definitions import Definitions, load
from bevan.fhir.path import Engine


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    return load()


@pytest.fixture(scope="session")
def engine(definitions: Definitions) -> Engine:
    return Engine(definitions)

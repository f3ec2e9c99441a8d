"""What the tests of the FHIR core share."""

from __future__ import annotations

import bz2
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bevan.fhir import definitions as tables
from bevan.fhir import json
from bevan.fhir.conformance import Library, shipped
from bevan.fhir.profiles import Profiles
from bevan.fhir.validation import Validator


@pytest.fixture(scope="session")
def definitions() -> tables.Definitions:
    """R4's tables, read once."""
    return tables.load()


@pytest.fixture(scope="session")
def validator(definitions: tables.Definitions) -> Validator:
    """A validator, compiled as it goes."""
    return Validator(definitions)


@pytest.fixture(scope="session")
def library() -> Library:
    """The definitions that ship, unpacked once."""
    return shipped()


@pytest.fixture(scope="session")
def profiles(definitions: tables.Definitions, library: Library) -> Profiles:
    """The validator at depth with what ships."""
    return Profiles(definitions, library)


@pytest.fixture(scope="session")
def examples(shared: Path) -> dict[str, Any]:
    """HL7's own 445 examples by file name, decoded."""
    folder = shared / "data/fhir-r4-examples"
    return {path.name: json.decode(path.read_bytes()) for path in sorted(folder.glob("*.json"))}


@pytest.fixture(scope="session")
def synthea(shared: Path) -> Callable[[int], Iterator[Any]]:
    """Reads every n-th of the Synthea bundles."""

    def read(step: int) -> Iterator[Any]:
        folder = shared / "data/synthea-r4/bundles"
        for path in sorted(folder.glob("*.json.bz2"))[::step]:
            yield json.decode(bz2.decompress(path.read_bytes()))

    return read

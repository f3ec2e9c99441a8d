"""Packages are kept in the database, and validation goes by them within seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bevan.fhir.conformance.package import BadPackage
from bevan.fhir.profiles import Profiles
from bevan.kernel.database import Database
from bevan.record.conformance import SECONDS, Conformance, Packages
from tests.record.conftest import Tables
from tests.support.packages import ABOUT, STRICT, STRICT_PATIENT, packed

WREN = {"resourceType": "Patient", "id": "wren", "meta": {"profile": [STRICT]}}
PACKAGE = packed(package=ABOUT, strict=STRICT_PATIENT)


@pytest.fixture
async def packages(database: str) -> AsyncIterator[Packages]:
    opened = await Database.open(database, size=2)
    yield Packages(opened)
    await opened.close()


def severities(profiles: Profiles) -> list[str]:
    return [issue.severity for issue in profiles.issues(WREN)]


async def test_a_package_is_kept_listed_replaced_and_removed(packages: Packages) -> None:
    added = await packages.add(PACKAGE, by="olwen")
    assert (added.name, len(added.resources)) == ("bevan.example", 1)
    await packages.add(packed(package=ABOUT), by="ifor")
    (kept,) = await packages.every()
    assert (kept.name, kept.version, kept.by) == ("bevan.example", "1.2.0", "ifor")
    assert not await packages.remove("bevan.example", "9")
    assert await packages.remove("bevan.example", "1.2.0")
    assert await packages.every() == []


async def test_what_is_no_package_is_not_kept(packages: Packages) -> None:
    with pytest.raises(BadPackage):
        await packages.add(b"nonsense", by="olwen")
    assert await packages.every() == []


async def test_validation_goes_by_a_package_within_seconds(
    packages: Packages, tables: Tables
) -> None:
    now = [0.0]
    conformance = Conformance(tables.definitions, packages, tick=lambda: now[0])
    assert severities(await conformance.profiles()) == ["warning"]  # not loaded: not checked
    first = await conformance.profiles()
    await packages.add(PACKAGE, by="olwen")
    assert await conformance.profiles() is first
    now[0] += SECONDS
    assert severities(await conformance.profiles()) == ["error"]
    await packages.remove("bevan.example", "1.2.0")
    now[0] += SECONDS
    assert severities(await conformance.profiles()) == ["warning"]
    assert await conformance.profiles() is not first

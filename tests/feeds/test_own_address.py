"""What files say by our own public address is about what is in the record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bevan.feeds.bulk.outcome import Summary
from bevan.fhir.json import decode
from bevan.kernel.settings import Settings
from bevan.record.address import fhir_base, own
from bevan.record.scope import Actor, system
from bevan.site.composition import compose

PUBLIC = "https://bevan.example/"
HERE, ELSEWHERE = "https://bevan.example/fhir", "https://elsewhere.example/fhir"


def lines(path: Path) -> Path:
    """Ann, whom one heart rate names by our address and another by somebody else's."""
    rates = (
        {
            "resourceType": "Observation",
            "id": id,
            "status": "final",
            "code": {"text": "Heart rate"},
            "subject": {"reference": f"{base}/Patient/ann"},
        }
        for id, base in (("ours", HERE), ("theirs", ELSEWHERE))
    )
    given = ({"resourceType": "Patient", "id": "ann"}, *rates)
    path.write_text("\n".join(json.dumps(one) for one in given))
    return path


async def found(settings: Settings, dsn: str, query: str) -> list[str]:
    """The ids that the installation's own search finds."""
    async with compose(settings, dsn) as made:
        scope = system("tests", Actor("system", "tests", "Tests"))
        page = await made.record.search(scope, "Observation", query)
    entries: list[Any] = decode(page.bundle).get("entry", [])
    return [entry["resource"]["id"] for entry in entries]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_import_knows_our_address(
    imports: Callable[..., Summary], dsn: str, tmp_path: Path, jobs: int
) -> None:
    settings = Settings(data=tmp_path, base_url=PUBLIC)
    done = imports(lines(tmp_path / "in.ndjson"), settings=settings, jobs=jobs)
    assert (done.by_type, done.rejected) == ({"Patient": 1, "Observation": 2}, 0)
    assert asyncio.run(found(settings, dsn, "subject=Patient/ann")) == ["ours"]
    assert asyncio.run(found(settings, dsn, "patient=ann")) == ["ours"]


def test_the_address_is_the_public_one_or_none() -> None:
    assert fhir_base(Settings(base_url=PUBLIC)) == HERE
    assert fhir_base(Settings(base_url=None)) == ""
    assert own(HERE) == (f"{HERE}/",) and own("") == ()

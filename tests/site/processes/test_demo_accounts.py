"""Whom a demonstration lets somebody be: workers, citizens with a story, and one who acts."""

from __future__ import annotations

from datetime import date
from typing import Any

from bevan.fhir.json import decode
from bevan.record.scope import RESTRICTED, labels
from bevan.site.processes.demo_accounts import accounts, act, sign_in_lines
from bevan.synthetic import citizens, region
from bevan.synthetic.draws import fixed_id
from tests.conftest import TODAY
from tests.support.sites import serving


def patients() -> dict[str, dict[str, Any]]:
    found = [decode(one) for one in region.named(1_000, 1)]
    return {one["id"]: one for one in found if one["resourceType"] == "Patient"}


def test_every_citizen_has_the_record_that_the_first_page_says() -> None:
    known = patients()
    for one in citizens.DEMO:
        patient = known[one.patient]
        name, born = patient["name"][0], date.fromisoformat(patient["birthDate"])
        assert one.name.split()[-1] == name["family"]
        today = TODAY.date()
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        assert one.words.startswith(f"{years}, ") and years >= 18
        assert "deceasedDateTime" not in patient and not labels(patient) & RESTRICTED


def test_claire_and_margaret_are_nobody_to_be() -> None:
    slugs = {one.slug for one in citizens.DEMO}
    assert not slugs & {"claire-wetherden", "margaret-ellery-voss", "jaya-lindqvist"}
    assert len(slugs) == 11


def test_workers_come_first_and_alone_in_the_terminal() -> None:
    built = region.build(1_000, 1)
    made = accounts(built)
    kinds = [one.kind for one in made]
    assert kinds == sorted(kinds, reverse=True)
    assert len(sign_in_lines(built)) == kinds.count("practitioner")
    assert {one.level for one in made if one.kind == "patient"} == {"P9"}


async def test_a_father_acts_for_his_daughter_once(database: str) -> None:
    async with serving(database) as served:
        proxies = served.made.proxies
        for _ in range(2):
            await act(proxies)
        (right,) = await proxies.acting_for(fixed_id("Patient/nils-lindqvist"))
        assert right.person == fixed_id("Patient/jaya-lindqvist")
        assert right.until is not None and right.until.date() <= date(2029, 2, 14)

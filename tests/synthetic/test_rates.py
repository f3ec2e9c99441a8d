"""People use services as often as people in England do."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import pytest

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.lives import life
from bevan.synthetic.person import make

BANDS = (18, 65, 200)
PEOPLE = 400
WANTED = {
    "practice": (2.9, 4.8, 9.8),
    "emergency": (0.50, 0.40, 0.42),
    "outpatient": (0.8, 1.4, 2.8),
    "emergency stay": (0.06, 0.07, 0.24),
}
"""Contacts a person-year by age: children, adults under 65, older people."""


def band(age: float) -> int:
    """The band of an age."""
    return next(number for number, limit in enumerate(BANDS) if age < limit)


def kind(contact: dict[str, object]) -> str:
    """What sort of contact an Encounter is."""
    source = str(contact["meta"]["source"])  # type: ignore[index]
    sort = contact["class"]["code"]  # type: ignore[index]
    if source.endswith("gp-record"):
        return "practice"
    if sort == "EMER":
        return "emergency"
    if sort == "IMP":
        return "emergency stay" if '"code": "21"' in json.dumps(contact) else "planned stay"
    return "outpatient" if source.endswith("/epr") and sort in ("AMB", "VR") else "other"


@pytest.fixture(scope="module")
def rates(region: Region) -> dict[str, list[float]]:
    """Contacts a person-year by kind and band."""
    years: dict[int, float] = defaultdict(float)
    seen: dict[str, Counter[int]] = defaultdict(Counter)
    for index in range(2000, 2000 + PEOPLE):
        person = make(region, index)
        for start in range(person.start, person.end, 365):
            years[band(person.age(start))] += min(365, person.end - start) / 365
        for line in life(person):
            if line.startswith(b'{"resourceType":"Encounter"'):
                contact = json.loads(line)
                on = day(contact["period"]["start"][:10])
                seen[kind(contact)][band(person.age(on))] += 1
    return {
        name: [found[number] / years[number] for number in range(3)] for name, found in seen.items()
    }


@pytest.mark.parametrize("name", sorted(WANTED))
def test_contacts_a_year(name: str, rates: dict[str, list[float]]) -> None:
    for wanted, seen in zip(WANTED[name], rates[name], strict=True):
        assert wanted * 0.6 < seen < wanted * 1.6, (rates[name], WANTED[name])


def test_older_people_are_seen_more(rates: dict[str, list[float]]) -> None:
    for name in ("practice", "outpatient", "emergency stay"):
        assert rates[name][2] > 1.5 * rates[name][1]

"""Pages under change: what matched throughout, with the same sort value, comes exactly once."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from bevan.fhir.search.refusal import SearchRefused
from tests.record.search.conftest import World, flat, matches
from tests.record.search.test_conditions import observation


def dated(number: int, day: int, code: str = "a") -> dict[str, Any]:
    return observation(
        f"o{number:03}",
        code={"coding": [{"system": "http://l.example", "code": code}]},
        effectiveDateTime=f"2024-{day % 12 + 1:02}-{day % 28 + 1:02}",
        valueQuantity={"value": day},
        valueString=None,
    )


def clean(resource: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if value is not None}


def following(bundle: dict[str, Any]) -> str | None:
    for link in bundle["link"]:
        if link["relation"] == "next":
            return str(link["url"]).partition("?")[2]
    return None


@pytest.mark.parametrize(
    "query",
    ["", "_sort=-date", "_sort=date", "_sort=-value-quantity", "patient=p&_sort=-date",
     "code=http://l.example|a&_sort=-date", "_sort=code,-date", "_sort=-_id"],
)  # fmt: skip
def test_nothing_is_repeated_or_skipped_under_concurrent_writes(world: World, query: str) -> None:
    random = Random(5)
    world.put(*(clean(dated(number, random.randrange(40))) for number in range(24)))
    steady = {f"o{number:03}" for number in range(24) if number % 3}
    seen: list[str] = []
    text: str | None = f"{query}&_count=4"
    fresh = 100
    while text is not None:
        bundle = world.bundle("Observation", text)
        seen += matches(bundle)
        text = following(bundle)
        # Others come, go, move in the order, and change without moving.
        world.put(clean(dated(fresh, random.randrange(40))))
        victim = f"o{random.randrange(8) * 3:03}"
        if random.random() < 0.5:
            world.delete("Observation", victim)
        else:
            world.put(clean({**dated(0, random.randrange(40)), "id": victim}))
        kept = random.choice(sorted(steady))
        (old,) = [r for r in world.resources if r["id"] == kept][-1:]
        world.put({**_bare(old), "note": [{"text": f"changed {fresh}"}]})
        fresh += 1
    assert [id for id in sorted(seen) if id in steady] == sorted(steady)


def _bare(resource: dict[str, Any]) -> dict[str, Any]:
    quantity = {"value": int(resource["valueQuantity"]["value"])}
    return {key: value for key, value in resource.items() if key != "meta"} | {
        "valueQuantity": quantity
    }


def test_what_has_no_value_comes_last_either_way(world: World) -> None:
    world.put(
        observation("none-1"),
        observation("late", effectiveDateTime="2024-05"),
        observation("none-2"),
        observation("early", effectiveDateTime="2024-01"),
    )
    none = ["none-1", "none-2"]
    for bound in ("", "patient=p&"):
        up = world.walk("Observation", f"{bound}_sort=date&_count=1")
        down = world.walk("Observation", f"{bound}_sort=-date&_count=3")
        assert flat(up) == ["early", "late", *none]
        assert flat(down) == ["late", "early", *none]


def test_equal_values_follow_the_order_in_which_they_were_made(world: World) -> None:
    for id in ("c", "a", "b"):
        world.put(observation(id, effectiveDateTime="2024-05-01"))
    for query in ("_sort=date", "_sort=-date", "_sort=code", "_sort=-status", ""):
        assert flat(world.walk("Observation", f"{query}&_count=1")) == ["c", "a", "b"], query


def test_the_page_size(world: World) -> None:
    world.put(*(observation(f"o{number:02}") for number in range(60)))
    assert [len(page) for page in world.walk("Observation", "")] == [50, 10]
    assert [len(page) for page in world.walk("Observation", "_count=20")] == [20, 20, 20]
    assert len(world.ids("Observation", "_count=1000000")) == 60


@pytest.mark.parametrize("page", ["x", "", "!!!!", "WzFd", "é"])
def test_a_cursor_that_is_none_of_ours_is_refused(world: World, page: str) -> None:
    if page == "":
        assert world.ids("Observation", "_page=") == []
        return
    with pytest.raises(SearchRefused, match="_page"):
        world.bundle("Observation", f"_page={page}")


def test_a_cursor_belongs_to_its_search(world: World) -> None:
    world.put(*(observation(f"o{number}") for number in range(3)))
    text = following(world.bundle("Observation", "_sort=-date&_count=1"))
    assert text is not None
    assert world.ids("Observation", text.replace("_count=1", "_count=2"))
    for other in ("_sort=date", "_sort=-date&status=final"):
        with pytest.raises(SearchRefused, match="another search"):
            world.bundle("Observation", text.replace("_sort=-date", other))


def test_a_cursor_with_values_of_another_kind_is_refused(world: World) -> None:
    from bevan.fhir.search.grammar import parse
    from bevan.record.search.cursor import Cursor, fingerprint

    query = parse(world.extractor.registry, "Observation", "_sort=-date")
    forged = Cursor(fingerprint(query), ("yesterday",), 1).text()
    with pytest.raises(SearchRefused, match="_page"):
        world.bundle("Observation", f"_sort=-date&_page={forged}")


def test_links(world: World) -> None:
    world.put(observation("a"), observation("b"))
    bundle = world.bundle("Observation", "status=final&_count=1")
    first, second = bundle["link"]
    base = "http://bevan.example/fhir/Observation?status=final&_count=1"
    assert first == {"relation": "self", "url": base}
    assert second["url"].startswith(f"{base}&_page=")
    last = world.bundle("Observation", second["url"].partition("?")[2])
    assert matches(last) == ["b"] and len(last["link"]) == 1

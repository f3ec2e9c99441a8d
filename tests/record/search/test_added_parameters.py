"""Search parameters that are added while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from prove.search.world import NOW, World

from bevan.fhir.definitions import Definitions, SearchParameter
from bevan.fhir.operation import Invocation
from bevan.fhir.parameters import Added, Registry
from bevan.fhir.search.refusal import SearchRefused
from bevan.record.added import GRACE, SECONDS, AddedParameters
from bevan.record.parameter_status import ParameterStatus
from bevan.record.reindex import Reindex, Status
from tests.record.search.conftest import matches
from tests.support.databases import Databases

E = "http://e.example"


def parameter(code: str = "eye", kind: str = "token", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "SearchParameter", "id": code.strip("_"), "url": f"{E}/{code}",
        "name": code,
        "status": "active", "description": "x", "code": code, "base": ["Patient"], "type": kind,
        "expression": f"Patient.extension.where(url='{E}/{code}').value", **more,
    }  # fmt: skip


def patient(id: str, eye: str = "", tall: str = "", **more: Any) -> dict[str, Any]:
    extensions = [
        *([{"url": f"{E}/eye", "valueCode": eye}] if eye else []),
        *([{"url": f"{E}/tall", "valueString": tall}] if tall else []),
    ]
    return {"resourceType": "Patient", "id": id, **more} | (
        {"extension": extensions} if extensions else {}
    )


@pytest.fixture(scope="module")
def own(databases: Databases, definitions: Definitions) -> Iterator[World]:
    """A world with a registry of its own, since what is added is added for good."""
    made = World(databases.dsn(asyncio.run(databases.migrated())), Registry(definitions))
    yield made
    made.close()


@pytest.fixture
def world(own: World) -> World:
    for table in ("search_parameter", "resource", "resource_history", "idx_num", "idx_str"):
        own.sql(f"delete from {table}")
    renew(own)
    return own


def renew(world: World) -> None:
    world.run(world.record._parts.added.renew())


def reindex(world: World, grace: float = 0) -> Reindex:
    parts = world.record._parts
    return Reindex(parts.general, parts.preparer, world.extractor, world.clock, grace)


def taken(world: World, *resources: dict[str, Any]) -> Reindex:
    """Write parameters and take them up, as the job does."""
    world.put(*resources)
    work = reindex(world)
    world.run(work.take_up())
    renew(world)
    return work


def done(world: World, work: Reindex) -> int:
    """Step until nothing is left; how many steps."""
    steps = 0
    while world.run(work.step()):
        steps += 1
        assert steps < 100
    renew(world)
    return steps


def status(world: World, code: str = "eye") -> Status:
    (found,) = [one for one in world.run(reindex(world).status()) if one.code == code]
    return found


def test_from_written_to_ready(world: World) -> None:
    world.put(patient("old", "blue"), patient("none"))
    work = taken(world, parameter())
    assert status(world).state == "starting"
    world.put(patient("new", "blue"))
    with pytest.raises(SearchRefused, match="not wholly indexed yet") as refused:
        world.ids("Patient", "eye=blue")
    assert refused.value.issues[0].code == "transient"
    done(world, work)
    assert world.ids("Patient", "eye=blue") == ["old", "new"]
    assert world.ids("Patient", "eye=green") == []
    assert world.ids("Patient", "eye:missing=true") == ["none"]
    assert world.ids("Patient", "eye:not=blue") == ["none"]
    found = status(world)
    assert (found.state, found.rows, found.looked, found.found) == ("ready", 3, 3, 2)
    assert (found.types, found.reason, found.finished) == (("Patient",), "", NOW)


def test_every_way_refuses_until_it_is_ready(world: World) -> None:
    taken(world, parameter())
    for type, query in (
        ("Patient", "eye:missing=true"), ("Patient", "_sort=eye"),
        ("Observation", "subject:Patient.eye=blue"),
        ("Practitioner", "_has:Patient:general-practitioner:eye=blue"),
    ):  # fmt: skip
        with pytest.raises(SearchRefused, match="not wholly indexed"):
            world.ids(type, query)
    lenient = world.bundle("Patient", "eye=blue", lenient=True)
    assert "not wholly indexed" in lenient["entry"][-1]["resource"]["issue"][0]["diagnostics"]


@pytest.mark.parametrize(
    ("kind", "value", "query", "found"),
    [
        ("string", {"valueString": "Käse und Brot"}, "kase", "a"),
        ("date", {"valueDateTime": "2024-02-10"}, "2024-02", "a"),
        ("date", {"valueDateTime": "2024-02-10"}, "gt2024-02-10", ""),
        ("number", {"valueDecimal": 5}, "5", "a"),
        ("quantity", {"valueQuantity": {"value": 5, "unit": "kg"}}, "gt4", "a"),
        ("uri", {"valueUri": "http://a/b"}, "http://a/b", "a"),
        ("reference", {"valueReference": {"reference": "Patient/z"}}, "Patient/z", "a"),
        ("token", {"valueCoding": {"system": E, "code": "x"}}, f"{E}|x", "a"),
    ],
)
def test_each_kind(world: World, kind: str, value: dict[str, Any], query: str, found: str) -> None:
    world.put({**patient("a"), "extension": [{"url": f"{E}/eye", **value}]}, patient("b"))
    work = taken(world, parameter(type=kind))
    done(world, work)
    assert "".join(world.ids("Patient", f"eye={query}")) == found
    world.put({**patient("c"), "extension": [{"url": f"{E}/eye", **value}]})
    assert "".join(world.ids("Patient", f"eye={query}")) == (found and f"{found}c")


def test_it_goes_on_where_it_was_killed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bevan.record.reindex.STEP", 2)
    world.put(*(patient(f"p{n}", "blue" if n % 2 else "") for n in range(7)))
    work = taken(world, parameter())
    assert world.run(work.step())
    assert (status(world).looked, status(world).found) == (2, 1)

    async def killed() -> None:
        """The database goes away when a step has written and not yet committed."""
        pids = await work._database.fetch("select 1")
        assert pids
        original = work._renewed

        async def dying(connection: Any, made: Any) -> None:
            await original(connection, made)
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")

        monkeypatch.setattr(work, "_renewed", dying)
        await work.step()

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        world.run(killed())
    assert (status(world).looked, status(world).found) == (2, 1)
    done(world, reindex(world))
    assert (status(world).looked, status(world).found, status(world).rows) == (7, 3, 7)
    assert world.ids("Patient", "eye=blue") == ["p1", "p3", "p5"]


def test_what_is_written_on_the_way_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bevan.record.reindex.STEP", 1)
    world.put(patient("a", tall="yes"), patient("b", tall="no"), patient("c"))
    work = taken(world, parameter("tall", "string"))
    world.run(work.step())
    # One that has been read, one that has not, with the same values in all other indexes.
    world.put(
        patient("a", tall="no"), patient("b", tall="no", active=True), patient("d", tall="no")
    )
    world.delete("Patient", "c")
    done(world, work)
    assert sorted(world.ids("Patient", "tall=no")) == ["a", "b", "d"]
    assert world.ids("Patient", "tall=yes") == []


def test_a_writer_is_not_kept_waiting(world: World) -> None:
    world.put(patient("a", "blue"))
    work = taken(world, parameter())

    world.run(work._database.execute(work._sql["begin"], NOW))

    async def held() -> bool:
        async with world.record._parts.transactions.transaction() as connection:
            await connection.execute("select from resource where type = 'Patient' for update")
            return await work.step()

    # It is to be tried again.
    assert world.run(held())
    assert status(world).looked == 0
    done(world, work)
    assert world.ids("Patient", "eye=blue") == ["a"]


def test_nothing_is_read_before_everybody_knows(world: World) -> None:
    taken(world, parameter())
    patient_ones = reindex(world, grace=GRACE)
    assert not world.run(patient_ones.step())
    assert status(world).state == "starting"
    assert GRACE > 3 * SECONDS


def test_what_began_before_is_waited_for(world: World) -> None:
    work = taken(world, parameter())

    async def begun() -> bool:
        async with world.record._parts.transactions.transaction() as connection:
            await connection.fetchval("select pg_current_xact_id()")
            return await work.step()

    assert not world.run(begun())
    assert status(world).state == "indexing"
    done(world, work)
    assert status(world).state == "ready"


def test_a_new_definition_starts_over(world: World) -> None:
    world.put(patient("a", "blue", "blue"), patient("b", "", "blue"))
    done(world, taken(world, parameter()))
    assert world.ids("Patient", "eye=blue") == ["a"]
    other = parameter(expression=f"Patient.extension.where(url='{E}/tall').value", type="string")
    work = taken(world, other)
    with pytest.raises(SearchRefused, match="not wholly indexed"):
        world.ids("Patient", "eye=blue")
    done(world, work)
    assert world.ids("Patient", "eye=blue") == ["a", "b"]
    assert world.bundle("Patient", "eye=blue&_total=accurate")["total"] == 2


@pytest.mark.parametrize("ended", ["deleted", "retired"])
def test_one_that_ends_is_unknown_again(world: World, ended: str) -> None:
    done(world, taken(world, parameter()))
    if ended == "deleted":
        world.delete("SearchParameter", "eye")
        world.run(reindex(world).take_up())
        renew(world)
    else:
        taken(world, parameter(status="retired"))
    with pytest.raises(SearchRefused, match="no search parameter"):
        world.ids("Patient", "eye=blue")
    assert world.run(reindex(world).status()) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "gender"}, "Patient has this code already"),
        ({"code": "_x"}, "its code isn't a name"),
        ({"type": "composite"}, "a composite parameter can't be added"),
        ({"type": "special"}, "a special parameter can't be added"),
        ({"expression": "Patient.("}, "its expression can't be read"),
        ({"expression": "Patient.name.given.count()"}, "more than a walk"),
        ({"expression": "Patient.name"}, "leads to nothing that a token"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(
    world: World, change: dict[str, Any], reason: str
) -> None:
    work = taken(world, parameter(**change))
    done(world, work)
    (found,) = world.run(work.status())
    assert found.state == "refused"
    assert reason in found.reason
    assert world.extractor.registry.adopted == ()


def test_two_with_one_code(world: World) -> None:
    work = taken(world, parameter(), parameter(id="z", url=f"{E}/z"))
    done(world, work)
    states = {one.url: one.state for one in world.run(work.status())}
    assert states == {f"{E}/eye": "ready", f"{E}/z": "refused"}


def test_only_what_systems_wrote_is_taken(world: World) -> None:
    scope = world.scope()
    made = parameter()
    del made["id"]
    world.run(world.record.create(scope, made))
    world.run(reindex(world).take_up())
    assert world.run(reindex(world).status()) == []


def test_a_base_of_all_types(world: World) -> None:
    world.put(patient("a"), {"resourceType": "Practitioner", "id": "d", "language": "en"})
    made = parameter("said", base=["Resource"], expression="Resource.language")
    done(world, taken(world, made))
    assert world.ids("Practitioner", "said=en") == ["d"]
    assert len(status(world, "said").types) > 100


def test_what_was_prepared_before_is_indexed_when_it_is_loaded(world: World) -> None:
    early = world.record.prepare(patient("early", "blue"))
    done(world, taken(world, parameter()))
    world.run(world.record.load(world.everything, [early]))
    assert world.ids("Patient", "eye=blue") == ["early"]


def test_a_mask_hides_its_values(world: World) -> None:
    world.put(patient("a", "blue"))
    done(world, taken(world, parameter()))
    masked = world.scope(masked={"Patient": frozenset({"extension"})})
    assert world.ids("Patient", "eye=blue", masked) == []
    assert world.ids("Patient", "eye=blue", world.scope(patients=frozenset())) == []
    assert matches(world.bundle("Patient", "eye=blue", world.scope())) == ["a"]


class TestStatus:
    def asked(self, world: World, scope: Any) -> dict[str, Any]:
        answer = world.run(ParameterStatus(reindex(world)).run(scope, Invocation("")))
        assert isinstance(answer.resource, dict)
        return answer.resource

    def test_for_a_system(self, world: World) -> None:
        done(world, taken(world, parameter()))
        (told,) = self.asked(world, world.everything)["parameter"]
        parts = {part["name"]: part for part in told["part"]}
        assert parts["state"]["valueCode"] == "ready"
        assert parts["read"]["valueInteger"] == 0
        assert parts["code"]["valueCode"] == "eye"

    def test_for_others(self, world: World) -> None:
        taken(world, parameter())
        assert self.asked(world, world.scope()) == {"resourceType": "Parameters"}


class TestRegistry:
    def test_the_same_again_changes_nothing(self, definitions: Definitions) -> None:
        registry = Registry(definitions)
        one = Added(SearchParameter(f"{E}/a", "a", "token", ("Patient",), "Patient.language"), True)
        registry.adopt([one])
        registry.adopt([one])
        assert registry.generation == 1
        found = registry.find("Patient", "a")
        assert found is not None
        assert (found.number, found.index, found.added, found.ready) == (None, ("a",), True, True)
        registry.adopt([])
        assert registry.find("Patient", "a") is None
        assert registry.generation == 2

    def test_bits_never_change_hands(self, definitions: Definitions) -> None:
        registry = Registry(definitions)
        before = {code: each.number for code, each in registry.of("Patient").items()}
        one = SearchParameter(f"{E}/a", "aaa", "token", ("Patient",), "Patient.language")
        registry.adopt([Added(one, False)])
        after = {code: each.number for code, each in registry.of("Patient").items()}
        assert {code: after[code] for code in before} == before


class Fetching:
    """A database that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def fetch(self, sql: str) -> list[Any]:
        self.asked += 1
        return []


async def test_it_is_asked_every_other_second(definitions: Definitions) -> None:
    database, at = Fetching(), [0.0]
    added = AddedParameters(database, Registry(definitions), lambda: at[0])  # type: ignore[arg-type]
    for now, asked in ((0.0, 1), (SECONDS - 0.1, 1), (SECONDS, 2)):
        at[0] = now
        await asyncio.gather(added.current(), added.current())
        assert database.asked == asked

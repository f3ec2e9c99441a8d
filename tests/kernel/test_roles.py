"""What serves can read and write the record, and can't alter a table or change the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from bevan.cli import checks
from bevan.kernel import roles
from bevan.kernel.database import connect
from bevan.kernel.migrations import migrate
from bevan.kernel.settings import Settings
from bevan.record.scope import Actor, system
from bevan.site.schema import PACKAGES
from tests.apps.care_record import clinic as staged
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import Desk, clinic


@dataclass(frozen=True)
class Roles:
    """A database with both roles: the DSN of each."""

    owner: str
    serving: str


@pytest.fixture
async def both(database: str) -> AsyncIterator[Roles]:
    owner = await connect(database)
    try:
        found = await roles.serving(owner, database, Settings(data=Path()), embedded=True)
        yield Roles(database, found)
        name = await owner.fetchval("SELECT current_database() || '_app'")
        await owner.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
    finally:
        await owner.close()


FORBIDDEN = (
    "UPDATE audit SET query = ''",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "DELETE FROM audit_default",
    "UPDATE audit_default SET query = ''",
    "TRUNCATE audit_default",
    "DROP TABLE audit",
    "ALTER TABLE audit ADD COLUMN x text",
    "ALTER TABLE audit DETACH PARTITION audit_default",
    "ALTER TABLE resource DISABLE TRIGGER ALL",
    "TRUNCATE resource",
    "DROP TABLE resource_history",
    "UPDATE agent SET name = 'somebody else'",
    "DELETE FROM purpose",
    "UPDATE feed_epoch SET epoch = 0",
    "CREATE TABLE mine (x int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE ROLE mine",
    "SET ROLE bevan",
    "SET session_replication_role = replica",
    "COPY audit TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
    "CREATE EXTENSION pg_trgm",
)


async def test_what_the_serving_role_cannot_do(both: Roles) -> None:
    serving = await connect(both.serving)
    try:
        assert not await roles.owns(serving)
        assert not await roles.may_create(serving)
        for statement in FORBIDDEN:
            with pytest.raises(asyncpg.PostgresError) as caught:
                await serving.execute(statement)
            assert caught.value.sqlstate == "42501", (statement, caught.value)
    finally:
        await serving.close()


async def test_every_leaf_of_the_audit_is_closed(both: Roles) -> None:
    """Rights on a leaf would go past those on its parent."""
    serving = await connect(both.serving)
    try:
        leaves = await serving.fetch(
            "SELECT inhrelid::regclass::text AS leaf FROM pg_inherits "
            "WHERE inhparent = 'audit'::regclass"
        )
        assert len(leaves) >= 4
        for row in leaves:
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
                allowed = await serving.fetchval(
                    "SELECT has_table_privilege($1, $2)", row["leaf"], right
                )
                assert not allowed, (row["leaf"], right)
    finally:
        await serving.close()


async def test_the_whole_site_works_with_it(both: Roles) -> None:
    async with clinic(both.serving, staged.allergy(), staged.VISIT) as served:
        made = served.made
        found = await served.send("GET", f"/AllergyIntolerance?patient=Patient/{PERSON}&_sort=date")
        assert found.json()["total"] == 1
        path = f"/AllergyIntolerance/{staged.ALLERGY_ID}"
        for method in ("GET", "DELETE"):
            assert (await served.send(method, path)).status_code in (200, 204)
        assert len((await served.send("GET", f"{path}/_history")).json()["entry"]) == 2
        everything = {"resourceType": "Bundle", "type": "transaction", "entry": [
            {"resource": staged.person(), "request": {"method": "PUT", "url": f"Patient/{PERSON}"}}
        ]}  # fmt: skip
        assert (await served.send("POST", "", everything)).status_code == 200
        desk = await Desk(served).sign_in("gp")
        assert (await desk.get(f"/record/{PERSON}")).status_code == 200
        answer = await desk.post(f"/record/{PERSON}/add/allergy", staged.form())
        assert answer.status_code == 303
        scope = system("tests", Actor("system", "tests", "Tests"))
        await made.record.make_partitions(scope)
        await made.record.settle(scope)
        await made.record.raise_epoch(scope, "tests")
        await made.projection.catch_up()
        await made.identity.sweep()


async def test_a_later_migration_entitles_it_anew(both: Roles) -> None:
    owner, serving = await connect(both.owner), await connect(both.serving)
    try:
        await owner.execute(
            "CREATE TABLE later (x int); COMMENT ON TABLE later IS 'insert only: x'"
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await serving.execute("INSERT INTO later VALUES (1)")
        await roles.renewed(owner)
        await serving.execute("INSERT INTO later VALUES (1)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await serving.execute("DELETE FROM later")
    finally:
        await owner.close()
        await serving.close()


async def test_an_owner_who_may_not_make_roles_serves_itself(
    empty_database: str, tmp_path: Path
) -> None:
    """As on a rented PostgreSQL: the log says so, and so does the doctor."""
    outer = await connect(empty_database)
    try:
        await outer.execute("CREATE ROLE rented LOGIN; GRANT CREATE ON SCHEMA public TO rented")
        await outer.execute("GRANT CREATE ON DATABASE " + empty_database.split("/")[3].split("?")[0]
                            + " TO rented")  # fmt: skip
        dsn = roles.as_user(empty_database, "rented", None)
        owner = await connect(dsn)
        try:
            await migrate(owner, PACKAGES)
            found = await roles.serving(owner, dsn, Settings(data=tmp_path), embedded=False)
            assert found == dsn
            told = {check.name: check for check in await checks.of_database(dsn, PACKAGES)}
            assert "BEVAN_DATABASE_APP_URL" in told["rights"].sentence
        finally:
            await owner.close()
        given = Settings(data=tmp_path, database_app_url="postgresql://other@host/db")
        assert await roles.serving(outer, dsn, given, embedded=False) == given.database_app_url
    finally:
        await outer.execute("DROP OWNED BY rented CASCADE; DROP ROLE rented")
        await outer.close()


@pytest.mark.parametrize(
    ("dsn", "wanted"),
    [
        ("postgresql://a:b@host:5/db?x=y", "postgresql://n%40:p%2F@host:5/db?x=y"),
        ("postgresql://bevan@/db?host=%2Ftmp", "postgresql://n%40:p%2F@/db?host=%2Ftmp"),
        ("postgresql://host/db", "postgresql://n%40:p%2F@host/db"),
    ],
)
def test_an_address_for_another_user(dsn: str, wanted: str) -> None:
    assert roles.as_user(dsn, "n@", "p/") == wanted

"""One application for all tests of a module, whose record is emptied before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from tests.support.databases import Databases
from tests.support.loops import share_loop
from tests.support.sites import Serving, serving

_EMPTY = """
    keeping_hold, keeping_due, disposal,
    audit_link, audit_handed, audit_statement, audit_statement_handed,
    search_parameter, resource, resource_history, audit, idx_num, idx_str, idx_code, relationship,
    relationship_origin, restricted_person, access_cursor, session,
    registered_client, signing_key, used_once,
    app_launch, app_grant, app_code, app_refresh, app_token,
    account_event, challenge, one_time_code, attempt, outbox,
    person_merge, person_moved, person_correction, person_decision, person_cursor,
    person_stated, person_closed, refusal,
    own_link, claim, proxy, choice, look, looker, look_cursor, watch_case, watch_cursor,
    authorisation, errand, login_grant, login_code, login_refresh, login_consent,
    register_entry, register_evidence, register_event,
    proofing, invitation, proxy_request, ward_display,
    conformance_package
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The shared application lives in the module's event loop, so its tests run there too."""
    share_loop(items, Path(__file__).parent)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_site(databases: Databases) -> AsyncIterator[tuple[Serving, str]]:
    """The FHIR interface in-process, and the DSN of its database."""
    async with databases.lent() as dsn, serving(dsn) as found:
        yield found, dsn


@pytest_asyncio.fixture(loop_scope="module")
async def dsn(shared_site: tuple[Serving, str]) -> str:
    """The DSN of the application's database."""
    return shared_site[1]


@pytest_asyncio.fixture(loop_scope="module")
async def served(shared_site: tuple[Serving, str]) -> Serving:
    """The FHIR interface over an empty record, with a token for everything."""
    found, dsn = shared_site
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_emptying())
    finally:
        await connection.close()
    found.client.cookies.clear()
    await found.authorise()
    return found


def _emptying() -> str:
    """Deletes, which take a fifth of TRUNCATE's time: that makes every partition's files anew."""
    deletes = (f"DELETE FROM {table.strip()}" for table in _EMPTY.split(","))
    return "; ".join(("BEGIN; SET LOCAL session_replication_role = replica", *deletes, "COMMIT"))

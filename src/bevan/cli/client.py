"""`bevan client`: the programs that may ask for tokens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from bevan.cli import options
from bevan.cli.installation import Installation, operator
from bevan.cli.output import answer_json, say, table
from bevan.cli.ports import Deed, Ports
from bevan.kernel.errors import BevanError

if TYPE_CHECKING:
    from bevan.identity.clients import Clients, RegisteredClient, Use

T = TypeVar("T")
_USES = ("smart", "citizen-login", "staff-login")


@click.group()
def client() -> None:
    """Programs that may ask for tokens."""


@dataclass(frozen=True)
class Wanted:
    """What the options of `bevan client add` say."""

    id: str
    name: str
    use: str
    redirect: tuple[str, ...] = ()
    scope: str = ""
    origin: tuple[str, ...] = ()
    keys: Path | None = None
    keys_url: str | None = None
    launch: str | None = None
    public: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


@client.command()
@options.data
@click.option("--id", required=True, help="Its client_id.")
@click.option("--name", required=True, help="Its name, as people will read it.")
@click.option("--use", type=click.Choice(_USES), default="smart", show_default=True)
@click.option("--redirect", multiple=True, metavar="URL", help="Where codes may be sent; exact.")
@click.option("--scope", default="", help="The most it may be granted, separated by spaces.")
@click.option(
    "--origin", multiple=True, metavar="URL", help="From where its pages may call (CORS)."
)
@click.option("--keys", type=click.Path(path_type=Path, exists=True), help="Its JWK Set, a file.")
@click.option("--keys-url", metavar="URL", help="The address of its JWK Set.")
@click.option("--launch", metavar="URL", help="Where it is opened from a person's record.")
@click.option("--public", is_flag=True, help="It can keep no secret: a browser or phone app.")
@click.pass_obj
def add(ports: Ports, /, data: Path | None, **given: Any) -> None:
    """Register a program and approve it."""
    wanted = _registered(Wanted(**given))
    _with(ports, data, lambda clients: clients.register(wanted, by=operator()))
    _tell(ports, data, "client-registered", wanted.id)
    say(f"{wanted.name} may now ask for tokens as {wanted.id}.")


@client.command("list")
@options.data
@options.as_json
@click.pass_obj
def list_(ports: Ports, data: Path | None, as_json: bool) -> None:
    """Every registered program; those that wait for a decision first."""
    found = _with(ports, data, lambda clients: clients.every())
    rows = [(each.status, each.id, each.name, each.use, " ".join(each.scopes)) for each in found]
    head = ("status", "id", "name", "use", "scopes")
    if as_json:
        answer_json([dict(zip(head, row, strict=True)) for row in rows])
        return
    table(head, rows)


@client.command()
@options.data
@click.argument("id")
@click.pass_obj
def approve(ports: Ports, data: Path | None, id: str) -> None:
    """Approve a program that registered itself."""
    if not _with(ports, data, lambda clients: clients.approve(id, by=operator())):
        raise BevanError(f"No program called {id} waits for approval.")
    _tell(ports, data, "client-approved", id)
    say(f"{id} may now ask for tokens.")


@client.command()
@options.data
@click.argument("id")
@click.pass_obj
def revoke(ports: Ports, data: Path | None, id: str) -> None:
    """Revoke a program for good; its tokens stop working within seconds."""
    if not _with(ports, data, lambda clients: clients.revoke(id, by=operator())):
        raise BevanError(f"No program called {id} can be revoked.")
    _tell(ports, data, "client-revoked", id)
    say(f"{id} can do nothing any more.")


def _registered(wanted: Wanted) -> RegisteredClient:
    from bevan.identity.clients import RegisteredClient

    return RegisteredClient(
        id=wanted.id,
        name=wanted.name,
        use=cast("Use", wanted.use),
        authentication="none" if wanted.public else "private_key_jwt",
        status="approved",
        redirects=wanted.redirect,
        scopes=tuple(wanted.scope.split()),
        origins=wanted.origin,
        jwks=_read(wanted.keys) if wanted.keys else None,
        jwks_uri=wanted.keys_url,
        launch=wanted.launch,
        extra=wanted.extra,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BevanError(f"{path} doesn't hold a JWK Set.")
    return found


def _with(ports: Ports, data: Path | None, run: Callable[[Clients], Awaitable[T]]) -> T:
    found = Installation.of(data)
    found.require()
    with found.migrated(ports.packages) as dsn:
        return asyncio.run(_run(dsn, run))


def _tell(ports: Ports, data: Path | None, event: str, client: str) -> None:
    found = Installation.of(data)
    with found.database() as dsn:
        ports.tell(found.settings, dsn, Deed(operator(), event, client))


async def _run(dsn: str, run: Callable[[Clients], Awaitable[T]]) -> T:
    from bevan.identity.clients import Clients
    from bevan.kernel.clock import SystemClock
    from bevan.kernel.database import Database

    database = await Database.open(dsn, size=2)
    try:
        return await run(Clients(database, SystemClock()))
    finally:
        await database.close()

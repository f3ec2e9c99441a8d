"""The front doors put together: accounts, the two providers, and our own relying parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bevan.access.journal import Journal
from bevan.access.proxies import Proxies
from bevan.api.openid.application import OpenIdApplication
from bevan.directory import Directory
from bevan.identity.arrival import Arrivals
from bevan.identity.asks import Asks
from bevan.identity.assertions import Assertions
from bevan.identity.clients import Clients, RegisteredClient
from bevan.identity.displays import Displays
from bevan.identity.events import Witness
from bevan.identity.identity import Identity
from bevan.identity.joiners import Joiners
from bevan.identity.keys import Keys
from bevan.identity.login import Login
from bevan.identity.once import Once
from bevan.identity.openid import realm
from bevan.identity.openid.facts import Facts
from bevan.identity.openid.provider import Provider
from bevan.identity.openid.realm import Realm
from bevan.identity.openid.store import Store
from bevan.identity.openid.vouching import Vouching
from bevan.identity.proofing import Proofing
from bevan.identity.relying import Relying, Upstream
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.objects import open_objects
from bevan.kernel.outgoing import Outgoing
from bevan.kernel.settings import Settings
from bevan.people import People
from bevan.record.record import Record
from bevan.site.inside import Inside

OWN = "bevan"


@dataclass(frozen=True, slots=True)
class Front:
    """How people come in."""

    login: Login
    providers: Mapping[str, Provider]
    relying: Mapping[str, Relying]
    openid: OpenIdApplication
    proofing: Proofing
    joiners: Joiners
    asks: Asks
    displays: Displays

    async def sweep(self) -> None:
        """Remove what has run out; a periodic job calls this."""
        await self.login.sweep()
        for provider in self.providers.values():
            await provider.store.sweep()
        for party in self.relying.values():
            await party.sweep()


@dataclass(frozen=True, slots=True)
class Ground:
    """What the front stands on. `machine` is the clock that sessions and tokens go by."""

    settings: Settings
    database: Database
    machine: Clock
    clock: Clock
    record: Record
    people: People
    directory: Directory
    identity: Identity
    keys: Keys
    clients: Clients
    once: Once
    assertions: Assertions
    outgoing: Outgoing
    witness: Witness
    journal: Journal


def front(ground: Ground) -> Front:
    """Everything people come in by."""
    public = ground.settings.public_url
    login = Login.over(
        ground.database, ground.machine, ground.settings, ground.identity.sessions,
        witness=ground.witness,
    )  # fmt: skip
    providers = {
        each.name: _provider(ground, each, login)
        for each in (realm.citizen(public), realm.staff(public))
    }
    openid = OpenIdApplication(providers, ground.keys, ground.identity, ground.journal)
    calls = Inside(ground.outgoing, public)
    calls.app = openid
    arrivals = Arrivals(login, ground.record, ground.people, ground.directory, ground.clock)
    relying = {
        name: Relying(
            _upstream(ground.settings, provider.realm), login, ground.keys, calls, arrivals,
            ground.database, ground.machine,
        )
        for name, provider in providers.items()
    }  # fmt: skip
    proxies = Proxies(ground.database, ground.clock)
    return Front(
        login, providers, relying, openid,
        Proofing(ground.database, login, ground.people, open_objects(ground.settings)),
        Joiners(ground.database, login),
        Asks(ground.database, login, ground.record, ground.people, proxies, ground.clock),
        Displays(ground.database, ground.machine, login.events, login.attempts),
    )  # fmt: skip


def _provider(ground: Ground, at: Realm, login: Login) -> Provider:
    store = Store(ground.database, ground.machine, at.name)
    facts = Facts(ground.record, ground.directory, ground.clock)
    vouching = Vouching(at, ground.clients, ground.once, store, ground.machine)
    own = RegisteredClient(
        OWN, "Bevan", at.use, "private_key_jwt", "approved",
        redirects=(_returns(ground.settings, at.name),), scopes=at.scopes,
        extra={"trusted": True},
    )  # fmt: skip
    return Provider(
        at, store, login, facts, ground.clients, ground.assertions, ground.keys, vouching,
        ground.machine, ground.once, own,
    )  # fmt: skip


def _upstream(settings: Settings, at: Realm) -> Upstream:
    if at.name == "citizen":
        issuer, client = settings.citizen_login_issuer, settings.citizen_login_client
        key = settings.citizen_login_key
    else:
        issuer, client = settings.staff_login_issuer, settings.staff_login_client
        key = settings.staff_login_key
    returns = _returns(settings, at.name)
    if issuer is None:
        return Upstream(at.name, at.issuer, OWN, returns, own=True)
    return Upstream(at.name, issuer.rstrip("/"), client, returns, own=False, key=key)


def _returns(settings: Settings, name: str) -> str:
    return f"{settings.public_url}/sign-in/{name}/return"

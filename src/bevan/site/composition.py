"""Puts the packages together: opens everything one process works with, and closes it again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial

from bevan.access import Access, Restricted, rules
from bevan.access.audit_view.view import AuditView
from bevan.access.chain.chain import Chain
from bevan.access.claims import Claims
from bevan.access.consents import Consents
from bevan.access.gathering import Gathering
from bevan.access.journal import Journal
from bevan.access.keeping.disposing import Disposing
from bevan.access.keeping.keeping import Keeping
from bevan.access.looks import Looks
from bevan.access.projection import Projection
from bevan.access.proxies import Proxies
from bevan.access.rule import Rules
from bevan.access.watch.watch import Watch
from bevan.directory import Directory
from bevan.fhir import definitions
from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.fhir.validation import Validator
from bevan.identity import Identity
from bevan.identity import erasure as identity_erasure
from bevan.identity.accounts import Accounts
from bevan.identity.assertions import Assertions, fetching
from bevan.identity.clients import Clients
from bevan.identity.keys import Keys
from bevan.identity.once import Once
from bevan.identity.smart.granted import AppGrants
from bevan.identity.smart.tokens import AppTokens
from bevan.identity.witness import AccountWitness
from bevan.kernel.clock import Clock, SystemClock
from bevan.kernel.database import Database
from bevan.kernel.outgoing import Allowed, Outgoing
from bevan.kernel.settings import Settings
from bevan.people import People
from bevan.people import erasure as people_erasure
from bevan.people.correction import Correction
from bevan.people.following import Following
from bevan.people.merge import Merging
from bevan.people.model import load
from bevan.people.new_identity import NewIdentity
from bevan.people.review import Reviews
from bevan.people.survivors import Survivors
from bevan.people.tracing import Tracing
from bevan.people.unmerge import Unmerging
from bevan.record.address import fhir_base, own
from bevan.record.conformance import Conformance, Packages
from bevan.record.filters import comparable
from bevan.record.policy import Advice, Policed
from bevan.record.record import Record
from bevan.record.rows import Validates
from bevan.record.search.limits import Limits
from bevan.registers import Registers
from bevan.site.demographics import Own, port
from bevan.site.front import Front, Ground, front
from bevan.site.processes import marker

_SMALL_POOL = 4


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything that a process of one installation works with."""

    settings: Settings
    clock: Clock
    machine: Clock
    definitions: Definitions
    registry: Registry
    validator: Validator
    extractor: Extractor
    conformance: Conformance
    advice: Advice | None
    database: Database
    record: Record
    restricted: Restricted
    rules: Rules
    access: Access
    claims: Claims
    proxies: Proxies
    consents: Consents
    identity: Identity
    keys: Keys
    clients: Clients
    once: Once
    assertions: Assertions
    app_grants: AppGrants
    app_tokens: AppTokens
    directory: Directory
    people: People
    survivors: Survivors
    merging: Merging
    unmerging: Unmerging
    following: Following
    identities: NewIdentity
    correction: Correction
    reviews: Reviews
    own_pds: Own
    tracing: Tracing | None
    projection: Projection
    outgoing: Outgoing
    chain: Chain
    front: Front
    registers: Registers
    looks: Looks
    keeping: Keeping
    disposing: Disposing
    gathering: Gathering
    journal: Journal
    audit_view: AuditView
    watch: Watch


@dataclass(frozen=True, slots=True)
class Standard:
    """What FHIR R4 says, compiled: the same for every installation, so made once a process."""

    definitions: Definitions
    registry: Registry
    validator: Validator
    extractor: Extractor


@cache
def standard(hash_bits: int, base: str = "") -> Standard:
    """The tables and what is compiled from them, for search hashes of this many bits.

    References that start with `base` are indexed as the record's own.
    """
    tables = definitions.load()
    registry = Registry(tables)
    extractor = Extractor(registry, bits=hash_bits, bases=own(base))
    return Standard(tables, registry, Validator(tables), extractor)


@asynccontextmanager
async def compose(
    settings: Settings, dsn: str, *, clock: Clock | None = None
) -> AsyncIterator[Composition]:
    """Open record, rulebook and accounts over the database at `dsn`; migrations are done before.

    A demonstration lives on its region's day; who is signed in, and until when, goes by the
    machine's clock all the same, as other programs write it too. Raises
    `bevan.kernel.errors.Unavailable` when the database doesn't answer.
    """
    machine = clock or SystemClock()
    async with AsyncExitStack() as stack:
        r4 = standard(settings.hash_bits, fhir_base(settings))
        database = await Database.open(dsn, size=_SMALL_POOL)
        stack.push_async_callback(database.close)
        clock = clock or await _day(settings, database)
        conformance = Conformance(r4.definitions, Packages(database))
        validator: Validates = r4.validator
        if settings.profiles == "refuse":
            validator = Policed(validator, await conformance.profiles())
        record = await Record.open(
            dsn,
            definitions=r4.definitions,
            registry=r4.registry,
            extractor=r4.extractor,
            validator=validator,
            clock=clock,
            hash_bits=settings.hash_bits,
            base=fhir_base(settings),
            limits=Limits(settings.search_cost, settings.search_seconds, settings.search_explains),
        )
        stack.push_async_callback(record.close)
        clients, once = Clients(database, machine), Once(database, machine)
        outgoing = Outgoing(Allowed.of(settings))
        app_grants = AppGrants(database, machine, demo=settings.demo)
        types = frozenset(r4.definitions.resource_types)
        rulebook, restricted = rules.load_from(settings.rules), Restricted(database)
        await restricted.renew()
        access = Access(rulebook, clock, restricted)
        # Entries about accounts go by the clock of all others, though sessions don't.
        journal = Journal(record, clock)
        witness = AccountWitness(journal, Accounts(database))
        survivors = Survivors(database)
        await survivors.renew()
        identity = Identity(
            database, machine, types, demo=settings.demo, witness=witness, survivors=survivors
        )
        keys = Keys(database, machine, settings.data)
        assertions = Assertions(clients, once, machine, fetching(outgoing))
        directory, people = Directory(record, clock), People(record)
        merging = Merging(record, database, clock)
        reviews = Reviews(record, database, clock, merging)
        identities = NewIdentity(record, database, clock, people)
        unmerging = Unmerging(record, database, clock, reviews)
        own = Own(settings, clock)
        pds = port(settings, outgoing, own, keys, machine)
        chain = Chain(database, settings, machine)
        keeping = Keeping(record, database, clock)
        yield Composition(
            settings=settings,
            clock=clock,
            machine=machine,
            definitions=r4.definitions,
            registry=r4.registry,
            validator=r4.validator,
            extractor=r4.extractor,
            conformance=conformance,
            advice=Advice(await conformance.profiles()) if settings.profiles == "warn" else None,
            database=database,
            record=record,
            restricted=restricted,
            rules=rulebook,
            access=access,
            claims=Claims(database, clock, rulebook),
            proxies=Proxies(database, clock),
            consents=Consents(record, database, clock, rulebook),
            identity=identity,
            keys=keys,
            clients=clients,
            once=once,
            assertions=assertions,
            app_grants=app_grants,
            app_tokens=AppTokens(
                database, machine, app_grants, types, partial(comparable, r4.registry)
            ),
            directory=directory,
            people=people,
            survivors=survivors,
            merging=merging,
            unmerging=unmerging,
            following=Following(record, database, clock, merging, unmerging, survivors, identities),
            identities=identities,
            correction=Correction(record, database, clock),
            reviews=reviews,
            own_pds=own,
            tracing=None if pds is None else Tracing(record, clock, pds, load(), reviews),
            projection=Projection(record, database, rulebook, clock, restricted),
            outgoing=outgoing,
            chain=chain,
            keeping=keeping,
            disposing=Disposing(
                record,
                database,
                clock,
                keeping,
                chain,
                (people_erasure.erase, identity_erasure.erase),
            ),
            front=front(
                Ground(
                    settings,
                    database,
                    machine,
                    clock,
                    record,
                    people,
                    directory,
                    identity,
                    keys,
                    clients,
                    once,
                    assertions,
                    outgoing,
                    witness,
                    journal,
                )
            ),
            registers=Registers(database, clock),
            looks=Looks(database, record, restricted),
            gathering=Gathering(database),
            journal=journal,
            audit_view=AuditView(database, record, access, restricted),
            watch=Watch(database, record, clock),
        )


async def _day(settings: Settings, database: Database) -> Clock:
    """The clock of what is shown and written: a demonstration's own, or the machine's."""
    if not settings.demo:
        return SystemClock()
    async with database.connection() as connection:
        demo = await marker.read(connection)
    return SystemClock() if demo is None else demo.clock()

"""What pages are handed to work with: one value, made by the site, kept on ``app.state``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

if TYPE_CHECKING:
    from bevan.access import Access
    from bevan.access.claims import Claims
    from bevan.access.consents import Consents
    from bevan.access.explanation import Explanation
    from bevan.access.journal import Journal
    from bevan.access.keeping.keeping import Keeping
    from bevan.access.looks import Looks
    from bevan.access.rule import Rules
    from bevan.access.watch.watch import Watch
    from bevan.directory import Directory
    from bevan.identity import Identity
    from bevan.identity.asks import Asks
    from bevan.identity.clients import Clients
    from bevan.identity.displays import Displays
    from bevan.identity.joiners import Joiners
    from bevan.identity.login import Login
    from bevan.identity.openid.provider import Provider
    from bevan.identity.proofing import Proofing
    from bevan.identity.relying import Relying
    from bevan.identity.smart.granted import AppGrants
    from bevan.identity.smart.tokens import AppTokens
    from bevan.kernel.clock import Clock
    from bevan.kernel.settings import Settings
    from bevan.people import People
    from bevan.people.correction import Correction
    from bevan.people.merge import Merging
    from bevan.people.new_identity import NewIdentity
    from bevan.people.review import Reviews
    from bevan.people.survivors import Survivors
    from bevan.people.unmerge import Unmerging
    from bevan.record.record import Record
    from bevan.registers import Registers


@dataclass(frozen=True)
class Services:
    """The open record, the rulebook, the accounts and the clock of one process."""

    record: Record
    access: Access
    rules: Rules
    claims: Claims
    consents: Consents
    explanation: Explanation
    identity: Identity
    directory: Directory
    people: People
    reviews: Reviews
    merging: Merging
    unmerging: Unmerging
    correction: Correction
    identities: NewIdentity
    survivors: Survivors
    clients: Clients
    app_grants: AppGrants
    app_tokens: AppTokens
    settings: Settings
    clock: Clock
    login: Login
    displays: Displays
    providers: Mapping[str, Provider]
    relying: Mapping[str, Relying]
    registers: Registers
    proofing: Proofing
    joiners: Joiners
    asks: Asks
    looks: Looks
    journal: Journal
    keeping: Keeping
    watch: Watch


def services(connection: HTTPConnection) -> Services:
    """The services of the application that answers this request."""
    found: Services = connection.app.state.services
    return found

"""Whom a provider has signed in: our account of theirs, and whose record is theirs.

The NHS number leads to one person of the index, along "replaced by" links, and only when the birth
date agrees. Somebody who has died, and somebody whose whereabouts are protected, is signed in
without a record and told nothing of why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bevan.directory import Directory
from bevan.fhir import json
from bevan.identity.accounts import Account, Role
from bevan.identity.errors import SignInRefused
from bevan.identity.login import Login
from bevan.identity.openid.facts import position_of
from bevan.identity.openid.vectors import parse
from bevan.identity.sessions import NO_ROLE
from bevan.kernel.clock import Clock
from bevan.kernel.identifiers import uuid7
from bevan.people import InvalidNhsNumber, People
from bevan.people.nhs_number import parse as parse_number
from bevan.record.record import Record
from bevan.record.scope import RESTRICTED, VERY_RESTRICTED, Actor, Scope, labels, system

_LOGIN: Final = Actor("system", "bevan-login", "Bevan's sign-in")
_HOPS: Final = 5
NOT_LISTED: Final = (
    "You are signed in with your provider, but you aren't in this region's directory of staff. "
    "Ask your account administrator."
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An account, its role's position, and the level its session gets."""

    account: Account
    position: int
    level: str


class Arrivals:
    """Turns a provider's claims into an account of ours; `own` says that the provider is ours."""

    def __init__(
        self, login: Login, record: Record, people: People, directory: Directory, clock: Clock
    ) -> None:
        self._login = login
        self._record = record
        self._people = people
        self._directory = directory
        self._clock = clock

    async def citizen(
        self, issuer: str, claims: Mapping[str, Any], told: Mapping[str, Any], *, own: bool
    ) -> Arrival:
        """A citizen, from the ID token's claims and what userinfo told."""
        level = parse(str(claims["vot"])).level
        account = await self._account("patient", issuer, str(claims["sub"]), own=own)
        if account is None:
            account = await self._new(issuer, str(claims["sub"]), told)
        patient = await self._patient(account, told, level, own=own)
        if level != "P0" and (patient is None or not _served(patient)):
            level = "P0"
        if not own:
            name, actor = _name(told, account), ""
            if patient is not None and level != "P0":
                actor = await self._kept(account, str(patient["id"]))
            await self._login.accounts.prove(account.id, level=level, actor=actor, name=name)
        return Arrival(await self._login.require(account.id), 0, level)

    async def staff(
        self, issuer: str, claims: Mapping[str, Any], told: Mapping[str, Any], *, own: bool
    ) -> Arrival:
        """A worker with their chosen role; NO_ROLE for those who have none or must choose."""
        level = f"AAL{claims.get('authentication_assurance_level', '')}"
        if level not in ("AAL2", "AAL3"):
            raise SignInRefused("Sign in with a passkey, smartcard or security key.")
        account = await self._account("practitioner", issuer, str(claims["sub"]), own=own)
        if account is None:
            raise SignInRefused(NOT_LISTED)
        if not own:
            account = await self._with_roles(account, told)
        return Arrival(account, _position(account, claims, told, own=own), level)

    async def _account(self, kind: str, issuer: str, subject: str, *, own: bool) -> Account | None:
        accounts = self._login.accounts
        found = await (accounts.by_name(subject) if own else accounts.of_subject(issuer, subject))
        if own and found is None:
            raise SignInRefused("This account can't be signed in to.")
        return found if found is None or found.kind == kind else None

    async def _new(self, issuer: str, subject: str, told: Mapping[str, Any]) -> Account:
        name = str(told.get("given_name", "")) or "You"
        made = Account(uuid7(), "patient", "", name, "", level="P0")
        now = self._login.clock.now()
        await self._login.accounts.add(made, now)
        await self._login.accounts.link(made.id, issuer, subject, now)
        found = await self._login.accounts.of_subject(issuer, subject)
        if found is None:
            raise SignInRefused("This account can't be signed in to.")
        return found

    async def _patient(
        self, account: Account, told: Mapping[str, Any], level: str, *, own: bool
    ) -> dict[str, Any] | None:
        if level == "P0":
            return None
        scope = self._scope()
        if own:
            found = await self._read(scope, account.actor)
        else:
            found = await self._by_number(scope, told)
        return await self._followed(scope, found)

    async def _kept(self, account: Account, stands: str) -> str:
        """The record that an account is of: the one it was of, if that one leads to `stands`.

        A merge may be undone, and then each account is to open its own record again; so an account
        never becomes that of the record which stands (see `Identity.signed_in`).
        """
        own = await self._followed(self._scope(), await self._read(self._scope(), account.actor))
        return account.actor if own is not None and own["id"] == stands else stands

    def _scope(self) -> Scope:
        return system("Finding the record of somebody who signs in", _LOGIN, at=self._clock.now())

    async def _by_number(self, scope: Scope, told: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            number = parse_number(str(told.get("nhs_number", "")))
        except InvalidNhsNumber:
            return None
        found = await self._people.by_number(scope, number)
        same = [one for one in found if one.patient.get("birthDate") == told.get("birthdate")]
        return dict(same[0].patient) if len(same) == 1 and len(found) == 1 else None

    async def _followed(
        self, scope: Scope, patient: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """The record that stands today, where this one was replaced by another."""
        for _ in range(_HOPS):
            onward = next(
                (
                    str(link.get("other", {}).get("reference", ""))
                    for link in (patient or {}).get("link") or ()
                    if link.get("type") == "replaced-by"
                ),
                "",
            )
            if not onward:
                return patient
            patient = await self._read(scope, onward.removeprefix("Patient/"))
        return None

    async def _read(self, scope: Scope, id: str) -> dict[str, Any] | None:
        found = await self._record.read(scope, "Patient", id) if id else None
        return None if found is None or found.deleted else json.decode(found.content)

    async def _with_roles(self, account: Account, told: Mapping[str, Any]) -> Account:
        """The account with the roles that its provider says it has now; others are taken away."""
        places = {place.ods: place for place in await self._directory.organisations() if place.ods}
        wanted = [
            Role(str(one["role_name"]).split(":")[-1].strip('"'), place.id, place.name,
                 str(one.get("role_code", "")))
            for one in told.get("nhsid_nrbac_roles") or ()
            if isinstance(one, dict) and "role_name" in one
            and (place := places.get(str(one.get("org_code", "")))) is not None
        ]  # fmt: skip
        for role in account.roles:
            if role not in wanted:
                await self._login.accounts.take_role(account.id, role.position)
        for role in wanted:
            if role not in account.roles:
                await self._login.accounts.give_role(account.id, role, self._login.clock.now())
        self._login.sessions.forget()
        return await self._login.require(account.id)


def _served(patient: Mapping[str, Any]) -> bool:
    """Whether the services of a signed-in person can be given; never say why not."""
    died = patient.get("deceasedBoolean") is True or "deceasedDateTime" in patient
    gone = patient.get("active") is False
    return not (died or gone or labels(patient) & (RESTRICTED | VERY_RESTRICTED))


def _name(told: Mapping[str, Any], account: Account) -> str:
    names = [str(told[name]) for name in ("given_name", "family_name") if told.get(name)]
    return " ".join(names) or account.name


def _position(
    account: Account, claims: Mapping[str, Any], told: Mapping[str, Any], *, own: bool
) -> int:
    if len(account.roles) == 1:
        return account.roles[0].position
    chosen = str(claims.get("selected_roleid", ""))
    if own:
        position = position_of(account, chosen)
        return NO_ROLE if position is None else position
    named = next(
        (one for one in told.get("nhsid_nrbac_roles") or ()
         if isinstance(one, dict) and one.get("person_roleid") == chosen), None,
    )  # fmt: skip
    code = str(named.get("role_code", "")) if named is not None else ""
    codes = [role.position for role in account.roles if code and role.code == code]
    return codes[0] if len(codes) == 1 else NO_ROLE

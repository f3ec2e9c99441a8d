"""What is known about the people of accounts, for the claims of a provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bevan.directory import Directory
from bevan.fhir import json
from bevan.identity.accounts import Account, Role
from bevan.kernel.clock import Clock
from bevan.people.nhs_number import SYSTEM
from bevan.record.record import Record
from bevan.record.scope import Actor, system

_SDS_USER: Final = "https://fhir.nhs.uk/Id/sds-user-id"
_PROVIDER: Final = Actor("system", "bevan-login", "Bevan's sign-in")


class Facts:
    """Reads people from the record as a system, in the audit under its own name."""

    def __init__(self, record: Record, directory: Directory, clock: Clock) -> None:
        self._record = record
        self._directory = directory
        self._clock = clock

    async def citizen(self, account: Account) -> dict[str, Any]:
        """Every claim that could be made about a citizen; unknown ones are left out."""
        patient = await self._read("Patient", account.actor) if account.actor else None
        known: dict[str, Any] = {
            "email": account.email,
            "email_verified": True if account.email else None,
            "phone_number": account.phone,
            "phone_number_verified": True if account.phone else None,
            "identity_proofing_level": account.level or "P0",
        }
        if patient is None:
            return known
        surgery = await self._surgery(patient)
        return {**known, **_names(patient), "nhs_number": _identifier(patient, SYSTEM),
                "birthdate": patient.get("birthDate"), "gp_ods_code": surgery}  # fmt: skip

    async def staff(self, account: Account) -> dict[str, Any]:
        """Every claim that could be made about a worker."""
        practitioner = await self._read("Practitioner", account.actor) or {}
        return {
            **_names(practitioner),
            "name": account.name,
            "uid": _identifier(practitioner, _SDS_USER) or account.subject,
            "email": account.email,
            "email_verified": True if account.email else None,
            "nhsid_nrbac_roles": [await self._role(account, role) for role in account.roles],
        }

    async def _role(self, account: Account, role: Role) -> dict[str, Any]:
        place = await self._directory.organisation(role.organisation)
        told = {
            "person_roleid": role_id(account, role.position),
            "org_code": place.ods if place else "",
            "org_name": role.organisation_name,
            "role_name": role.name,
            "role_code": role.code,
        }
        return {name: text for name, text in told.items() if text}

    async def _surgery(self, patient: Mapping[str, Any]) -> str | None:
        for reference in patient.get("generalPractitioner") or ():
            kind, _, id = str(reference.get("reference", "")).partition("/")
            place = await self._directory.organisation(id) if kind == "Organization" else None
            if place is not None and place.ods:
                return place.ods
        return None

    async def _read(self, kind: str, id: str) -> dict[str, Any] | None:
        scope = system("Telling a signed-in person's own details", _PROVIDER, at=self._clock.now())
        found = await self._record.read(scope, kind, id)
        return None if found is None or found.deleted else json.decode(found.content)


def role_id(account: Account, position: int) -> str:
    """The name of one person's one role, as `person_roleid` and `selected_roleid` carry it."""
    return f"{account.subject.replace('-', '')}{position:04}"


def position_of(account: Account, id: str) -> int | None:
    """Which of an account's roles is meant; None when none of them is."""
    named = {role_id(account, role.position): role.position for role in account.roles}
    return named.get(id)


def _names(resource: Mapping[str, Any]) -> dict[str, Any]:
    names = resource.get("name") or ()
    name = next((one for one in names if one.get("use") == "official"), None)
    chosen = name or next(iter(names), None) or {}
    return {
        "family_name": chosen.get("family"),
        "given_name": " ".join(chosen.get("given") or ()) or None,
    }


def _identifier(resource: Mapping[str, Any], kind: str) -> str | None:
    return next(
        (
            str(one.get("value"))
            for one in resource.get("identifier") or ()
            if one.get("system") == kind and one.get("use") != "old" and one.get("value")
        ),
        None,
    )

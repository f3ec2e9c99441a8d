"""Appoints the first account administrator from the machine itself: no page could."""

from __future__ import annotations

import asyncio

from bevan.cli.ports import Appointment
from bevan.directory import Directory
from bevan.directory.entries import Organisation
from bevan.identity.accounts import Role
from bevan.identity.joiners import ADMINISTRATOR
from bevan.kernel.errors import BevanError
from bevan.kernel.settings import Settings
from bevan.site.composition import compose


def appoint(settings: Settings, dsn: str, wanted: Appointment) -> str:
    """The address of the one-time link with which the administrator makes their passkey.

    Raises BevanError: no such organisation, or there is an administrator already.
    """
    return asyncio.run(_appoint(settings, dsn, wanted))


async def _appoint(settings: Settings, dsn: str, wanted: Appointment) -> str:
    async with compose(settings, dsn) as made:
        place = await _place(made.directory, wanted.organisation)
        role = Role(ADMINISTRATOR, place.id, place.name)
        secret = await made.front.joiners.first(
            wanted.name, role, by=f"{wanted.by} at the command line", again=wanted.again
        )
    return f"{settings.public_url}/login/staff/join/{secret}"


async def _place(directory: Directory, wanted: str) -> Organisation:
    """An organisation by its id, or by its ODS code."""
    for found in await directory.organisations():
        if wanted in (found.id, found.ods) and found.active:
            return found
    raise BevanError(
        f"The directory holds no open organisation with the id or ODS code {wanted}. "
        "Import it first."
    )

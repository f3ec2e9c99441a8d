"""Which PDS this installation asks: a configured one, its own in a demonstration, or none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from bevan.fhir.json import decode
from bevan.identity.keys import Keys
from bevan.kernel.clock import Clock
from bevan.kernel.errors import ConfigurationError
from bevan.kernel.outgoing import Answer, Outgoing
from bevan.kernel.settings import Settings
from bevan.people.model import load
from bevan.people.pds.client import Inside, Pds
from bevan.people.pds.index import index
from bevan.people.pds.service import Service
from bevan.people.pds.tokens import Authorised
from bevan.synthetic import region

MOUNT: Final = "/pds/FHIR/R4"
_PEOPLE = 12
# Tomasz Brindle's second number, of the record made at the emergency department.
_SUPERSEDED: Final[Mapping[str, str]] = {"9994106074": "9994104055"}
_WITHDRAWN: Final = ("9990000018",)


class Own:
    """The demonstration's own service over the people of the stories, made when first asked."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = asyncio.Lock()
        self._made: Service | None = None

    async def service(self) -> Service:
        """The service."""
        async with self._lock:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
            return self._made

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """As `Outgoing.send`, without leaving the process."""
        inside = Inside(await self.service(), self.base)
        return await inside.send(method, url, headers=headers, body=body)

    @property
    def base(self) -> str:
        """Where it is served."""
        return f"{self._settings.public_url}{MOUNT}"

    def _make(self) -> Service:
        found = (decode(line) for line in region.named(_PEOPLE, self._settings.seed))
        patients = [each for each in found if each["resourceType"] == "Patient"]
        people = index(patients, _SUPERSEDED, _WITHDRAWN)
        return Service(people, load(), self._clock, base=self.base)


def port(settings: Settings, outgoing: Outgoing, own: Own, keys: Keys, clock: Clock) -> Pds | None:
    """The PDS to ask, if there is one; with a token where it wants one.

    Raises ConfigurationError where half of what a token needs is configured.
    """
    if not settings.pds_url:
        return Pds(own, own.base) if settings.demo else None
    if bool(settings.pds_token_url) != bool(settings.pds_client):
        raise ConfigurationError("Set BEVAN_PDS_TOKEN_URL and BEVAN_PDS_CLIENT together.")
    if settings.pds_token_url is None or settings.pds_client is None:
        return Pds(outgoing, settings.pds_url)
    calls = Authorised(
        outgoing,
        clock,
        address=settings.pds_token_url,
        client=settings.pds_client,
        sign=keys.sign,
    )
    return Pds(calls, settings.pds_url)

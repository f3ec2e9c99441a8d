"""The validator at depth with what this installation knows: R4, UK Core, and what it was given."""

from __future__ import annotations

from bevan.fhir.conformance import Library, shipped
from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles import Profiles


class Conformance:
    """One for a process; unpacks the definitions when somebody first validates (some 0.1 s)."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._library: Library | None = None
        self._profiles: Profiles | None = None

    async def profiles(self) -> Profiles:
        """The validator."""
        if self._profiles is None:
            self._library = self._library or shipped()
            self._profiles = Profiles(self._definitions, self._library)
        return self._profiles

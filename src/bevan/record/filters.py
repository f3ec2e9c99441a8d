"""Search filters that a Scope carries: of a type, only what one of them finds is there.

They are SMART's granular scopes (`patient/Observation.rs?category=laboratory`, SMART App Launch
2.2, scopes with search parameters). A filter compares a resource's own values; one that can't be
compared (a chain, an unknown parameter) finds nothing, so that what can't be checked isn't shown.
"""

from __future__ import annotations

from functools import lru_cache

from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.fhir.search.codes import asks_for_codes
from bevan.fhir.search.dates import micros
from bevan.fhir.search.grammar import parse
from bevan.fhir.search.matching import predicate
from bevan.fhir.search.query import Match
from bevan.fhir.search.refusal import SearchRefused
from bevan.kernel.clock import Clock
from bevan.record.scope import Scope
from bevan.record.search.decoding import Decoders

Group = tuple[Match, ...]
"""What must all hold."""


def groups(registry: Registry, scope: Scope, type: str | None) -> tuple[Group, ...] | None:
    """The filters of a type, one of which must hold; None where the scope has none for it."""
    texts = scope.filters.get(type or "")
    if texts is None:
        return None
    generation = registry.generation
    found = (_compiled(registry, type or "", text, generation) for text in sorted(texts))
    return tuple(group for group in found if group)


def comparable(registry: Registry, type: str, text: str) -> bool:
    """Whether a filter can be compared with a resource of the type."""
    return bool(_compiled(registry, type, text, registry.generation))


@lru_cache(maxsize=2_000)
def _compiled(registry: Registry, type: str, text: str, generation: int) -> Group:
    """The conditions of one filter; empty where any part of it can't be compared.

    Remembered for one generation of the registry's parameters.
    """
    try:
        query = parse(registry, type, text)
    except SearchRefused:
        return ()
    # Which codes a value set holds isn't known where one resource is compared.
    matches = tuple(
        each for each in query.conditions if isinstance(each, Match) and not asks_for_codes(each)
    )
    directed = query.sort or query.includes or query.elements or query.count is not None
    if directed or len(matches) != len(query.conditions) or len(matches) != len(query.pairs):
        return ()
    return matches


class Filters:
    """Compares content with a Scope's filters, for what isn't found by a search."""

    def __init__(self, extractor: Extractor, clock: Clock) -> None:
        self._extractor = extractor
        self._clock = clock
        self._decode = Decoders().of([None])

    def admit(self, scope: Scope, type: str, content: bytes) -> bool:
        """Whether the scope's filters let this content through; a deletion has none to compare."""
        if type not in scope.filters:
            return True
        if not content:
            return False
        now, resource = micros(self._clock.now()), self._decode(content)
        return any(
            all(predicate(self._extractor, match, now)(resource) for match in group)
            for group in groups(self._extractor.registry, scope, type) or ()
        )

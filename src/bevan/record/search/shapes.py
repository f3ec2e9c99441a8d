"""What the record knows about each search parameter: where its values lie and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Parameter
from bevan.fhir.search import roots
from bevan.fhir.search.shortcuts import Place, places
from bevan.fhir.tables.subjects import ALSO, FALLBACKS, SOLELY_PATIENT, SUBJECTS


@dataclass(frozen=True, slots=True)
class Shape:
    """One parameter of one type, seen from the table.

    * `keys`: JSON names of the elements it reads, None if that may be any;
    * `single`: at most one value, so a range in the row is that value;
    * `clinical`: its values are the row's `low` and `high`;
    * `main`: its values are the row's `code` (and `idx_code`);
    * `compartment`: a reference to a Patient by it is always the row's `patient`; `exact` says
      that nothing else ever is;
    * `places`: where a token's values can be checked without making typed ones.
    """

    keys: frozenset[str] | None
    single: bool
    clinical: bool
    main: bool
    compartment: bool
    exact: bool
    places: tuple[Place, ...]


class Shapes:
    """Shapes by parameter, each worked out once."""

    def __init__(self, definitions: Definitions, extractor: Extractor) -> None:
        self.definitions = definitions
        self._extractor = extractor
        self._kept: dict[tuple[str, str], Shape] = {}
        self._generation = 0

    def of(self, parameter: Parameter) -> Shape:
        """The shape of a parameter."""
        generation = self._extractor.registry.generation
        if generation != self._generation:
            self._kept, self._generation = {}, generation
        key = (parameter.resource, parameter.code)
        shape = self._kept.get(key)
        if shape is None:
            shape = self._kept[key] = self._made(parameter)
        return shape

    def _made(self, parameter: Parameter) -> Shape:
        type, code = parameter.resource, parameter.code
        keys = roots.keys(self.definitions, parameter)
        subject = _subject(type)
        about = (
            subject is not None and keys == frozenset((subject,)) and parameter.type == "reference"
        )
        return Shape(
            keys=keys,
            single=roots.single(self.definitions, parameter),
            clinical=code == self._extractor.clinical_date(type),
            main=code == self._extractor.main_code(type),
            compartment=about and self._once(type, subject or ""),
            exact=type in SOLELY_PATIENT,
            places=places(self.definitions, parameter) if parameter.type == "token" else (),
        )

    def _once(self, type: str, element: str) -> bool:
        found = self.definitions.types[type].elements.get(element)
        return found is not None and found.max == 1


def _subject(type: str) -> str | None:
    """The one element that says whom a row of this type is about, where there is just one."""
    paths = SUBJECTS.get(type, ())
    if len(paths) != 1 or "." in paths[0] or type in ALSO or type in FALLBACKS:
        return None
    return paths[0]

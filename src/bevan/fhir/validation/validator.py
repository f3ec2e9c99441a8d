"""The validator that every write passes."""

from __future__ import annotations

from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.outcome import Issue
from bevan.fhir.validation.explain import Explainer
from bevan.fhir.validation.fast import Compiler


class Validator:
    """Checks resources against R4 itself: elements, types, cardinality, choices, primitive formats,
    ids, references and the types they may point to, required bindings, contained resources,
    narrative and invariants. Profiles are another matter.

    ``conditional`` lets references be searches (``Patient?identifier=…``), as R4 does in
    transactions; the entries of a transaction or batch Bundle are always taken so.
    """

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._lenient = Compiler(definitions, conditional=True)
        self._strict = Compiler(definitions, conditional=False, transactions=self._lenient)

    def valid(self, resource: Any, *, conditional: bool = False) -> bool:
        """True when there is no fault: some 25 microseconds for a usual resource."""
        compiler = self._lenient if conditional else self._strict
        return compiler.resource(resource) or not self.issues(resource, conditional=conditional)

    def issues(self, resource: Any, *, conditional: bool = False) -> list[Issue]:
        """Every fault, in the order of the resource's own elements, each with its path."""
        explainer = Explainer(self._definitions, conditional=conditional)
        explainer.resource(resource)
        return explainer.issues

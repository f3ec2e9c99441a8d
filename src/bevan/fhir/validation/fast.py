"""The quick yes: closures compiled from the tables, one per type, that build no paths.

A yes is sure. A no means only "look closely": elements with extensions on primitives and other rare
shapes are left to ``bevan.fhir.validation.explain``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bevan.fhir import narrative, primitive
from bevan.fhir.definitions import Definitions, Element, TypeDefinition
from bevan.fhir.validation import containment, references
from bevan.fhir.validation.rules import rules_of

Check = Callable[[Any], bool]
_Known = set[str] | None
_Fields = dict[str, tuple[Check, int, _Known]]
_REPEATED = frozenset({"code", "uri", "url", "canonical", "date", "dateTime", "instant"})
_MOST, _SHORT = 4096, 128
"""How many values of a type are kept in mind, and how long they may be. Never names or texts."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


class _Inside(threading.local):
    """What the resource being checked contains, type by id, and which of it was referred to."""

    types: Mapping[str, str] = _NOTHING
    used: set[str]


class Compiler:
    """Makes the checks of types when they are first asked for."""

    def __init__(
        self, definitions: Definitions, *, conditional: bool, transactions: Compiler | None = None
    ) -> None:
        self._definitions = definitions
        self._conditional = conditional
        self._transactions = transactions or self
        self._types = frozenset(definitions.resource_types)
        self._made: dict[str, Check] = {}
        self._known: dict[Check, set[str]] = {}
        self._inside = _Inside()

    def resource(self, value: Any) -> bool:
        """The check of a resource of any type."""
        if type(value) is not dict:
            return False
        kind = value.get("resourceType")
        if type(kind) is not str or kind not in self._types:
            return False
        check = self._made.get(kind) or self.check(kind)
        if "contained" in value:
            return self._whole(check, value)
        if kind == "Bundle" and value.get("type") in ("transaction", "batch"):
            check = self._transactions.check(kind)
        return check(value)

    def _whole(self, check: Check, value: dict[str, Any]) -> bool:
        """A resource with others inside: each is referred to, and of a fitting type."""
        types = containment.simple(value)
        if types is None or self._inside.types:
            return False
        self._inside.types, self._inside.used = types, set()
        try:
            return check(value) and self._inside.used >= types.keys()
        finally:
            self._inside.types = _NOTHING

    def _apart(self, value: Any) -> bool:
        """A resource that is no part of the one around it."""
        return not self._inside.types and self.resource(value)

    def check(self, name: str) -> Check:
        """The check of one type, made once."""
        made = self._made.get(name)
        if made is None:
            made = self._make(self._definitions.types[name])
        return made

    def _make(self, kind: TypeDefinition) -> Check:
        if kind.kind == "primitive":
            check = narrative.safe if kind.name == "xhtml" else primitive.CHECKS[kind.name]
            if kind.name in _REPEATED:
                seen: set[str] = set()
                check = _remembering(check, seen)
                self._known[check] = seen
            self._made[kind.name] = check
            return check
        fields: _Fields = {}
        check = self._object(kind, fields)
        self._made[kind.name] = check  # before its elements: a type may hold itself
        if kind.kind == "resource":
            fields["resourceType"] = (kind.name.__eq__, 0, None)
        for position, element in enumerate(kind.elements.values()):
            for name, of in element.json_names():
                test = self._element(element, of)
                known = None if element.many else self._known.get(test)
                fields[name] = (test, 1 << position if element.choice else 0, known)
        return check

    def _object(self, kind: TypeDefinition, fields: _Fields) -> Check:
        lonely = "resourceType" if kind.kind == "resource" else "id"
        elements = kind.elements.values()
        names = tuple(each.name for each in elements if each.min and not each.choice)
        if any(element.choice for element in elements):
            places = [n for n, each in enumerate(elements) if each.min and each.choice]
            check = _choosing(fields, names, lonely, sum(1 << place for place in places))
        else:
            check = _plain(fields, names, lonely)
        return _with_rules(
            check, tuple(rule.test for rule in rules_of(kind, self._definitions.types))
        )

    def _target(self, targets: tuple[str, ...]) -> Check:
        """The check of a reference's text."""
        allowed = frozenset(targets) or self._types
        types, conditional, inside = self._types, self._conditional, self._inside

        def target(text: Any) -> bool:
            if type(text) is not str:
                return False
            kind, _, identifier = text.partition("/")
            if kind in allowed and primitive.identifier(identifier):
                return True
            if text.startswith("urn:uuid:"):
                return primitive.uri(text)
            if text[:1] == "#":
                if inside.types:
                    inside.used.add(text[1:])
                return inside.types.get(text[1:]) in allowed
            named = references.type_of(text, types, conditional=conditional)
            return named is not None and (not named or named in allowed)

        return target

    def _element(self, element: Element, of: str) -> Check:
        test = self._value(element, of)
        return _many(test) if element.many else test

    def _value(self, element: Element, of: str) -> Check:
        if of == "Resource":
            return self.resource if element.name == "contained" else self._apart
        if of == "Reference":
            return _reference(self.check(of), self._target(element.targets))
        codes = self._definitions.value_sets.get(element.binding) if element.binding else None
        if codes is not None and of == "code":
            return _code(frozenset().union(*codes.values()))
        if codes is not None and of == "CodeableConcept":
            return _concept(self.check(of), codes)
        if element.simple and of == "Quantity":
            return _simple(self.check(of))
        return self.check(of)


def _remembering(check: Check, known: set[str]) -> Check:
    """The check of a type whose values come again and again: what was right once is known."""

    def test(value: Any) -> bool:
        if not check(value):
            return False
        if len(known) < _MOST and len(value) <= _SHORT:
            known.add(value)
        return True

    return test


def _plain(fields: _Fields, needed: tuple[str, ...], lonely: str) -> Check:
    """The check of an object: every element known and right, what is needed there, not bare."""

    def plain(value: Any) -> bool:
        if type(value) is not dict or (len(value) < 2 and (not value or lonely in value)):
            return False
        try:
            for key, item in value.items():
                test, _, known = fields[key]
                if (known is None or item not in known) and not test(item):
                    return False
        except (KeyError, TypeError):  # no such element, or no text where there should be
            return False
        for name in needed:  # noqa: SIM110  (a generator costs twice as much here)
            if name not in value:
                return False
        return True

    return plain


def _choosing(fields: _Fields, needed: tuple[str, ...], lonely: str, required: int) -> Check:
    """The same where there are choices: each in one form only, and there if it is needed."""

    def choosing(value: Any) -> bool:
        if type(value) is not dict or (len(value) < 2 and (not value or lonely in value)):
            return False
        seen = 0
        try:
            for key, item in value.items():
                test, bit, known = fields[key]
                if bit:
                    if seen & bit:
                        return False
                    seen |= bit
                if (known is None or item not in known) and not test(item):
                    return False
        except (KeyError, TypeError):
            return False
        for name in needed:
            if name not in value:
                return False
        return seen & required == required

    return choosing


def _with_rules(plain: Check, rules: tuple[Check, ...]) -> Check:
    if not rules:
        return plain

    def ruled(value: Any) -> bool:
        if not plain(value):
            return False
        for rule in rules:  # noqa: SIM110  (as above)
            if not rule(value):
                return False
        return True

    return ruled


def _many(test: Check) -> Check:
    def check(value: Any) -> bool:
        if type(value) is not list or not value:
            return False
        for item in value:  # noqa: SIM110  (as above)
            if not test(item):
                return False
        return True

    return check


def _code(codes: frozenset[str]) -> Check:
    return lambda value: type(value) is str and value in codes


def _concept(check: Check, codes: Mapping[str, frozenset[str]]) -> Check:
    def bound(value: Any) -> bool:
        if not check(value):
            return False
        for coding in value.get("coding", ()):
            if coding.get("code") in codes.get(coding.get("system"), ()):
                return True
        return False

    return bound


def _simple(check: Check) -> Check:
    return lambda value: check(value) and "comparator" not in value


def _reference(check: Check, target: Check) -> Check:
    def reference(value: Any) -> bool:
        if type(value) is not dict:
            return False
        text = value.get("reference")
        if text is not None and not target(text):
            return False
        if "type" in value and (text is None or value["type"] != text.partition("/")[0]):
            return False
        return (text is not None and len(value) == 1) or check(value)

    return reference

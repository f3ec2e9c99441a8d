"""The invariants of Questionnaire and of terminology (R4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bevan.fhir.validation.invariants import (
    Node,
    Test,
    distinct,
    has,
    needs,
    not_both,
    objects,
    some,
)

_LIMITED = ("boolean", "decimal", "integer", "string", "text", "url", "open-choice")
_CHOSEN = (
    "choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity",
)  # fmt: skip


def _links(node: Node) -> Iterator[Any]:
    for item in objects(node, "item"):
        if "linkId" in item:
            yield item["linkId"]
        yield from _links(item)


def _codes(node: Node) -> Iterator[Any]:
    for concept in objects(node, "concept"):
        if "code" in concept:
            yield concept["code"]
        yield from _codes(concept)


def _nested(node: Node) -> bool:
    kind, items = node.get("type"), "item" in node
    return items if kind == "group" else not (kind == "display" and items)


def _never(kinds: tuple[str, ...], *names: str) -> Test:
    """Items of these types don't have these elements."""
    return lambda node: node.get("type") not in kinds or not any(has(node, name) for name in names)


def _only(kinds: tuple[str, ...], *names: str) -> Test:
    """Only items of these types have these elements."""
    return lambda node: node.get("type") in kinds or not any(has(node, name) for name in names)


def _joined(node: Node) -> bool:
    return len(list(objects(node, "enableWhen"))) <= 2 or has(node, "enableBehavior")


def _initials(node: Node) -> bool:
    return node.get("repeats") is True or len(list(objects(node, "initial"))) <= 1


def _exists(node: Node) -> bool:
    return node.get("operator") != "exists" or has(node, "answerBoolean")


def _selects(node: Node) -> bool:
    return not (has(node, "concept") or has(node, "filter")) or has(node, "system")


RULES: tuple[tuple[str, str, str, Test], ...] = (
    ("Questionnaire", "que-2", "No link id twice", lambda n: distinct(list(_links(n)))),
    ("Questionnaire.item", "que-1", "Groups have items, displays have none", _nested),
    ("Questionnaire.item", "que-3", "Displays have no code", _never(("display",), "code")),
    ("Questionnaire.item", "que-4", "Options or a value set, not both",
     not_both("answerOption", "answerValueSet")),
    ("Questionnaire.item", "que-5", "Answers to choose from only where one chooses",
     _only(_CHOSEN, "answerOption", "answerValueSet")),
    ("Questionnaire.item", "que-6", "Displays are neither required nor repeated",
     _never(("display",), "required", "repeats")),
    ("Questionnaire.item", "que-8", "Groups and displays have no initial value",
     _never(("group", "display"), "initial")),
    ("Questionnaire.item", "que-9", "Displays are not read-only", _never(("display",), "readOnly")),
    ("Questionnaire.item", "que-10", "A maximum length only for simple questions",
     _only(_LIMITED, "maxLength")),
    ("Questionnaire.item", "que-11", "Options or an initial value, not both",
     not_both("answerOption", "initial")),
    ("Questionnaire.item", "que-12", "Several conditions need to be joined", _joined),
    ("Questionnaire.item", "que-13", "Several initial values only where it repeats", _initials),
    ("Questionnaire.item.enableWhen", "que-7", "Whether an answer exists is true or false",
     _exists),
    ("CodeSystem", "csd-1", "No code twice", lambda n: distinct(list(_codes(n)))),
    ("ConceptMap.group.unmapped", "cmd-2", "A fixed code is given",
     lambda n: n.get("mode") != "fixed" or has(n, "code")),
    ("ConceptMap.group.unmapped", "cmd-3", "The other map is given",
     lambda n: n.get("mode") != "other-map" or has(n, "url")),
    ("ValueSet.compose.include", "vsd-1", "A system or a value set", some("valueSet", "system")),
    ("ValueSet.compose.include", "vsd-2", "Concepts and filters need a system", _selects),
    ("ValueSet.compose.include", "vsd-3", "Concepts or filters, not both",
     not_both("concept", "filter")),
    ("ValueSet.expansion.contains", "vsd-6", "A code or a display", some("code", "display")),
    ("ValueSet.expansion.contains", "vsd-9", "A code, unless abstract",
     lambda n: has(n, "code") or n.get("abstract") is True),
    ("ValueSet.expansion.contains", "vsd-10", "A code needs its system", needs("code", "system")),
    ("StructureMap.group.rule.target", "smp-1", "An element needs a context",
     needs("element", "context")),
    ("StructureMap.group.rule.target", "smp-2", "A context needs its type",
     needs("context", "contextType")),
)  # fmt: skip

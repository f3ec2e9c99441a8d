"""The invariants of Bundle and Parameters (R4)."""

from __future__ import annotations

from typing import Any

from bevan.fhir.validation.invariants import Node, Test, exactly_one, has, has_choice, objects, some

_REQUESTS = ("batch", "transaction", "history")
_RESPONSES = ("batch-response", "transaction-response", "history")


def _total(node: Node) -> bool:
    return not has(node, "total") or node.get("type") in ("searchset", "history")


def _search(node: Node) -> bool:
    return node.get("type") == "searchset" or not any("search" in e for e in objects(node, "entry"))


def _each(name: str, kinds: tuple[str, ...]) -> Test:
    """Every entry has it in Bundles of these types, and none in others."""

    def test(node: Node) -> bool:
        expected = node.get("type") in kinds
        return all((name in entry) == expected for entry in objects(node, "entry"))

    return test


def _unique(node: Node) -> bool:
    if node.get("type") == "history":
        return True
    seen = [
        (entry["fullUrl"], _version(entry.get("resource")))
        for entry in objects(node, "entry")
        if isinstance(entry.get("fullUrl"), str)
    ]
    return len(seen) == len(set(seen))


def _version(resource: Any) -> str:
    meta = resource.get("meta") if isinstance(resource, dict) else None
    return str(meta.get("versionId", "")) if isinstance(meta, dict) else ""


def _first_is(kind: str, first: str) -> Test:
    def test(node: Node) -> bool:
        if node.get("type") != kind:
            return True
        entry = next(objects(node, "entry"), {})
        resource = entry.get("resource")
        return isinstance(resource, dict) and resource.get("resourceType") == first

    return test


def _identified(node: Node) -> bool:
    if node.get("type") != "document":
        return True
    identifier = node.get("identifier")
    return isinstance(identifier, dict) and has(identifier, "system") and has(identifier, "value")


def _dated(node: Node) -> bool:
    return node.get("type") != "document" or "timestamp" in node


def _unversioned(node: Node) -> bool:
    return "/_history/" not in str(node.get("fullUrl", ""))


def _parameter(node: Node) -> bool:
    parts = [has(node, "part"), has(node, "resource"), has_choice(node, "value")]
    return sum(parts) == 1


RULES: tuple[tuple[str, str, str, Test], ...] = (
    ("Bundle", "bdl-1", "A total only in a search set or history", _total),
    ("Bundle", "bdl-2", "Search details only in a search set", _search),
    ("Bundle", "bdl-3", "Requests in every entry of a batch, transaction or history, else in none",
     _each("request", _REQUESTS)),
    ("Bundle", "bdl-4", "Responses in every entry of a response or history, else in none",
     _each("response", _RESPONSES)),
    ("Bundle", "bdl-7", "No fullUrl twice, unless for other versions", _unique),
    ("Bundle", "bdl-9", "A document has an identifier with system and value", _identified),
    ("Bundle", "bdl-10", "A document has a date", _dated),
    ("Bundle", "bdl-11", "A document begins with a Composition",
     _first_is("document", "Composition")),
    ("Bundle", "bdl-12", "A message begins with a MessageHeader",
     _first_is("message", "MessageHeader")),
    ("Bundle.entry", "bdl-5", "A resource, a request or a response",
     some("resource", "request", "response")),
    ("Bundle.entry", "bdl-8", "A fullUrl names no version", _unversioned),
    ("Parameters.parameter", "inv-1", "Exactly one of value, resource and part", _parameter),
    ("TestScript.setup.action", "tst-1", "An operation or an assertion",
     exactly_one("operation", "assert")),
    ("TestScript.test.action", "tst-2", "An operation or an assertion",
     exactly_one("operation", "assert")),
    ("TestReport.test.action", "inv-2", "An operation or an assertion",
     exactly_one("operation", "assert")),
)  # fmt: skip

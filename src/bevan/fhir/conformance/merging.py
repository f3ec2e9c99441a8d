"""One ElementDefinition laid over another (FHIR R4 5.1, how differentials are read)."""

from __future__ import annotations

from typing import Any

from bevan.fhir.conformance.node import Definition

_OWN = frozenset({"id", "path", "sliceName", "constraint", "condition"})


def merged(base: Definition, over: Definition) -> dict[str, Any]:
    """The base with what ``over`` states; rules of both are kept, a slicing is refined."""
    result = {**base, **{name: value for name, value in over.items() if name not in _OWN}}
    if "slicing" in base and "slicing" in over:
        result["slicing"] = {**base["slicing"], **over["slicing"]}
    if any(name.startswith(("fixed", "pattern")) for name in over):
        stale = [n for n in base if n.startswith(("fixed", "pattern")) and n not in over]
        for name in stale:
            del result[name]
    rules = _rules(base, over)
    if rules:
        result["constraint"] = rules
    return result


def _rules(base: Definition, over: Definition) -> list[Any]:
    own = list(over.get("constraint") or ())
    keys = {rule.get("key") for rule in own}
    return [rule for rule in base.get("constraint") or () if rule.get("key") not in keys] + own


def of_slice(base: Definition) -> dict[str, Any]:
    """What a new slice begins with: the element without its slicing, and not yet required."""
    return {name: value for name, value in base.items() if name != "slicing"} | {"min": 0}

"""The field mask: what a scope takes out of a resource, and how a masked edit loses nothing.

Masks name top-level elements (``address``; ``deceased[x]`` for a choice). Where anything is taken
out, the narrative goes too, as it may say the same in words, and the resource is labelled REDACTED
(FHIR R4 6.1.1). Resources inside (contained, or entries of a Bundle) are masked alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from bevan.fhir.json import decode, encode
from bevan.record.scope import Scope
from bevan.record.version import same

# CodeSystem v3-ObservationValue of the R4 core definitions.
REDACTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "REDACTED",
    "display": "redacted",
}


Veil = Mapping[str, frozenset[str]]
"""Type → top-level elements to be taken out."""

NO_VEIL: Veil = MappingProxyType({})


def veil(scope: Scope, patient: UUID | None, patients: Iterable[UUID] | None) -> Veil:
    """What the scope masks of a row about these people."""
    if not scope.masked or scope.covert is None:
        return scope.masked
    about = patients or () if patient is None else (patient,)
    return NO_VEIL if scope.covert.isdisjoint(about) else scope.masked


def masked(veil: Veil, type: str, content: bytes) -> bytes:
    """The content without what is masked; the same bytes where nothing is."""
    if not veil or not content:
        return content
    if type not in veil and type != "Bundle" and b'"contained"' not in content:
        return content
    resource = decode(content)
    cut = without(veil, resource)
    return content if cut is resource else encode(cut)


def without(veil: Veil, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource without what is masked; the very same object where nothing is masked."""
    names = veil.get(resource.get("resourceType", ""), frozenset())
    gone = {key for key in resource if _hits(key, names)}
    inside = _inside(veil, resource)
    if not gone and not inside:
        return resource
    kept = {key: value for key, value in {**resource, **inside}.items() if key not in gone}
    if not gone:
        return kept
    kept.pop("text", None)
    meta = kept.get("meta") or {}
    return {**kept, "meta": {**meta, "security": [*meta.get("security", ()), REDACTED]}}


def restored(veil: Veil, new: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """What to store when somebody who sees ``old`` masked sends ``new``: nothing unseen is lost.

    What the mask hides is taken from ``old``, whatever was sent. The old narrative stays only if
    nothing else changed: it couldn't have been brought up to date.
    """
    names = veil.get(new.get("resourceType", ""))
    if not names:
        return new
    unseen = {key: value for key, value in old.items() if _hits(key, names)}
    sent = {key: value for key, value in new.items() if not _hits(key, names)}
    if not unseen:
        return sent
    whole = _unlabelled({**sent, **unseen}, old)
    if "text" in old and "text" not in whole:
        with_text = {**whole, "text": old["text"]}
        return with_text if same(with_text, old) else whole
    return whole


def _unlabelled(resource: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Without the label that the mask itself had put there."""
    meta = dict(resource.get("meta") or {})
    before = (old.get("meta") or {}).get("security", ())
    security = [c for c in meta.get("security", ()) if not _is_redacted(c) or c in before]
    meta.pop("security", None)
    if security:
        meta["security"] = security
    rest = {key: value for key, value in resource.items() if key != "meta"}
    return {**rest, "meta": meta} if meta else rest


def _is_redacted(coding: Mapping[str, Any]) -> bool:
    return all(coding.get(key) == REDACTED[key] for key in ("system", "code"))


def _inside(veil: Veil, resource: dict[str, Any]) -> dict[str, Any]:
    """The elements that hold masked resources, replaced; empty where nothing changes."""
    changed: dict[str, Any] = {}
    contained = resource.get("contained")
    if contained:
        cut = [without(veil, inner) for inner in contained]
        if any(new is not old for new, old in zip(cut, contained, strict=True)):
            changed["contained"] = cut
    if resource.get("resourceType") == "Bundle" and resource.get("entry"):
        entries = [_entry(veil, entry) for entry in resource["entry"]]
        if any(new is not old for new, old in zip(entries, resource["entry"], strict=True)):
            changed["entry"] = entries
    return changed


def _entry(veil: Veil, entry: dict[str, Any]) -> dict[str, Any]:
    inner = entry.get("resource")
    if not isinstance(inner, dict):
        return entry
    cut = without(veil, inner)
    return entry if cut is inner else {**entry, "resource": cut}


def _hits(key: str, names: Iterable[str]) -> bool:
    bare = key.removeprefix("_")
    return any(bare == name or (name.endswith("[x]") and _choice(bare, name)) for name in names)


def _choice(key: str, name: str) -> bool:
    stem = name.removesuffix("[x]")
    return key.startswith(stem) and key[len(stem) :][:1].isupper()

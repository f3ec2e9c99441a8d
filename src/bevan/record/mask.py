"""The field mask: what a scope takes out of a resource, and how a masked edit loses nothing.

Masks name top-level elements (``address``; ``deceased[x]`` for a choice), and under the type ``*``
``meta.source``, which names the sender. Where anything is taken out, the narrative goes too, as it
may say the same in words, with every contained resource that only a masked element referred to,
and the resource is labelled REDACTED (FHIR R4 6.1.1). Resources inside (contained, or entries of a
Bundle) are masked alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from bevan.fhir.json import decode, encode
from bevan.record.scope import SEAL, Actor, Scope
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

EVERY, SOURCE = "*", "meta.source"


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
    untouched = type not in veil and EVERY not in veil and type != "Bundle"
    if untouched and b'"contained"' not in content:
        return content
    resource = decode(content)
    cut = without(veil, resource)
    return content if cut is resource else encode(cut)


def without(veil: Veil, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource without what is masked; the very same object where nothing is masked."""
    names = _names(veil, resource)
    gone = {key for key in resource if _hits(key, names)}
    sent_by = SOURCE in names and _signed(resource.get("meta") or {})
    inside = _inside(veil, resource)
    if not gone and not inside and not sent_by:
        return resource
    kept = {key: value for key, value in {**resource, **inside}.items() if key not in gone}
    if not gone and not sent_by:
        return kept
    kept.pop("text", None)
    kept = _with_contained(kept, _referred(kept))
    meta = dict(kept.get("meta") or {})
    if sent_by:
        meta.pop("source", None)
    seen = _unsigned(meta.get("security", ())) if SOURCE in names else meta.get("security", ())
    return {**kept, "meta": {**meta, "security": [*seen, REDACTED]}}


def concealed(veil: Veil, actor: Actor) -> Actor:
    """Who made a version, without their organisation and app where a Provenance's are masked."""
    if "agent" not in veil.get("Provenance", ()):
        return actor
    return replace(actor, organisation="", organisation_name="", app="")


def sender(veil: Veil, source: str | None) -> str | None:
    """A version's source, if it isn't masked."""
    return None if SOURCE in veil.get(EVERY, ()) else source


def restored(veil: Veil, new: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """What to store when somebody who sees ``old`` masked sends ``new``: nothing unseen is lost.

    What the mask hides is taken from ``old``, whatever was sent. The old narrative stays only if
    nothing else changed: it couldn't have been brought up to date.
    """
    if not veil:
        return new
    names, shown = _names(veil, new), without(veil, old)
    sent = {key: value for key, value in new.items() if not _hits(key, names)}
    if shown is old:
        return sent if len(sent) < len(new) else new
    unseen = {key: value for key, value in old.items() if _hits(key, names)}
    whole = _with_contained(sent, _kept(veil, sent, old, shown))
    whole = _unlabelled({**whole, **unseen}, old)
    if SOURCE in names:
        whole = _sourced(whole, old)
    if "text" in old and "text" not in whole:
        with_text = {**whole, "text": old["text"]}
        return with_text if same(with_text, old) else whole
    return whole


def _signed(meta: Mapping[str, Any]) -> bool:
    """Whether it says who sent the resource, or who sealed it."""
    return "source" in meta or any(
        _is_seal(label) and "extension" in label for label in meta.get("security", ())
    )


def _is_seal(label: Any) -> bool:
    return isinstance(label, dict) and label.get("system") == SEAL and "code" in label


def _unsigned(security: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Labels without who sealed: a team's name tells where somebody is treated."""
    return [
        {key: value for key, value in label.items() if key != "extension"}
        if _is_seal(label)
        else label
        for label in security
    ]


def _names(veil: Veil, resource: Mapping[str, Any]) -> frozenset[str]:
    mine = veil.get(str(resource.get("resourceType", "")), frozenset())
    return mine | veil[EVERY] if EVERY in veil else mine


def _sourced(resource: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """With the source that it had."""
    meta = {key: value for key, value in (resource.get("meta") or {}).items() if key != "source"}
    before = old.get("meta") or {}
    if "source" in before:
        meta["source"] = before["source"]
    rest = {key: value for key, value in resource.items() if key != "meta"}
    return {**rest, "meta": meta} if meta else rest


def _referred(resource: Mapping[str, Any]) -> list[Any]:
    """The contained resources to which something still refers, directly or through others."""
    contained = resource.get("contained") or []
    by_id = {f"#{inner.get('id')}": inner for inner in contained}
    fresh = set(_local({key: value for key, value in resource.items() if key != "contained"}))
    wanted: set[str] = set()
    while fresh:
        wanted |= fresh
        fresh = {one for id in fresh for one in _local(by_id.get(id))} - wanted
    return [inner for inner in contained if f"#{inner.get('id')}" in wanted]


def _local(node: Any) -> Iterator[str]:
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, str) and item.startswith("#"):
            yield item


def _kept(veil: Veil, new: Mapping[str, Any], old: Mapping[str, Any], shown: Any) -> list[Any]:
    """The contained resources as they were sent, each whole again, and those that weren't seen."""
    before = {inner.get("id"): inner for inner in old.get("contained") or ()}
    seen = {inner.get("id") for inner in shown.get("contained") or ()}
    contained = new.get("contained")
    sent = {one.get("id"): one for one in contained or () if isinstance(one, dict)}
    known = [
        restored(veil, sent[id], inner) if id in seen else inner
        for id, inner in before.items()
        if id in sent or id not in seen
    ]
    return [*known, *(one for id, one in sent.items() if id not in before)]


def _with_contained(resource: dict[str, Any], contained: list[Any]) -> dict[str, Any]:
    if contained or "contained" not in resource:
        return {**resource, "contained": contained} if contained else resource
    return {key: value for key, value in resource.items() if key != "contained"}


def _unlabelled(resource: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Without the label that the mask itself had put there."""
    meta = dict(resource.get("meta") or {})
    before = (old.get("meta") or {}).get("security", ())
    security = [c for c in meta.get("security", ()) if not _is_redacted(c) or c in before]
    signed = {c.get("code"): c for c in before if c.get("system") == SEAL}
    security = [signed.get(c["code"], c) if _is_seal(c) else c for c in security]
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

"""One allergy list out of several systems' lists.

Entries about the same substance stand together under the gravest of them and none is dropped.
"No known allergies" is only what somebody said; a list that has both is shown as a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import Resource, has, keys, plain_name, words
from bevan.fhir.codes import code

GRAVITY = {"high": 3, "unable-to-assess": 2, "low": 1}
SEVERITY = {"severe": 3, "moderate": 2, "mild": 1}
ENDED = ("inactive", "resolved")
SAID_NONE = ("allergy.no-known-allergy", "allergy.no-known-drug-allergy")


@dataclass(frozen=True)
class Group:
    """Entries about one substance, the gravest first."""

    chief: dict[str, Any]
    others: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class AllergyList:
    """The reconciled list: in force, ended or ruled out, and who said that there are none."""

    groups: tuple[Group, ...]
    past: tuple[Group, ...]
    none_known: tuple[dict[str, Any], ...]

    @property
    def conflict(self) -> bool:
        """Whether somebody says "none known" while an allergy is in force."""
        return bool(self.groups and self.none_known)


def reconciled(resources: Iterable[dict[str, Any]]) -> AllergyList:
    """The one list, from every AllergyIntolerance that isn't entered in error."""
    told = entries.counted(resources)
    said_none = [one for one in told if says_none(one) and in_force(one)]
    real = [one for one in told if not says_none(one)]
    return AllergyList(
        groups=grouped([one for one in real if in_force(one)]),
        past=grouped([one for one in real if not in_force(one)]),
        none_known=tuple(entries.newest(said_none)),
    )


def says_none(resource: Resource) -> bool:
    """Whether this is the positive statement that no allergy is known."""
    return has(resource.get("code"), *(code(key).code for key in SAID_NONE))


def in_force(resource: Resource) -> bool:
    """Neither ended nor ruled out."""
    return not (
        has(resource.get("clinicalStatus"), *ENDED)
        or has(resource.get("verificationStatus"), "refuted")
    )


def grouped(resources: Sequence[dict[str, Any]]) -> tuple[Group, ...]:
    """Entries that share a code or a name, joined also through a third entry."""
    bundles: list[tuple[set[str], list[dict[str, Any]]]] = []
    for resource in resources:
        names = _names(resource)
        joined = [bundle for bundle in bundles if not bundle[0].isdisjoint(names)]
        bundles = [bundle for bundle in bundles if bundle not in joined]
        merged = {name for bundle in joined for name in bundle[0]} | names
        bundles.append((merged, [one for bundle in joined for one in bundle[1]] + [resource]))
    groups = [_group(members) for _, members in bundles]
    return tuple(sorted(groups, key=lambda group: _gravity(group.chief), reverse=True))


def _names(resource: Resource) -> set[str]:
    concept = resource.get("code")
    substances = [reaction.get("substance") for reaction in resource.get("reaction") or []]
    found = {key for one in [concept, *substances] for key in keys(one)}
    return found | {plain_name(words(concept))}


def _group(members: list[dict[str, Any]]) -> Group:
    chief, *others = sorted(members, key=_gravity, reverse=True)
    return Group(chief, tuple(others))


def _gravity(resource: Resource) -> tuple[int, int, int, str]:
    worst = max((SEVERITY.get(r.get("severity", ""), 0) for r in resource.get("reaction") or []),
                default=0)  # fmt: skip
    confirmed = has(resource.get("verificationStatus"), "confirmed")
    return (GRAVITY.get(resource.get("criticality", ""), 0), worst, confirmed,
            entries.when(resource))  # fmt: skip


def reactions(resource: Resource) -> str:
    """What it does to the person, in words: "anaphylaxis, rash"."""
    shown = [
        words(manifestation)
        for reaction in resource.get("reaction") or []
        for manifestation in reaction.get("manifestation") or []
    ]
    return ", ".join(dict.fromkeys(shown))


def severity(resource: Resource) -> str:
    """The gravest recorded: severe, moderate, mild, or by criticality; empty if nobody said."""
    found = [r.get("severity", "") for r in resource.get("reaction") or [] if r.get("severity")]
    if found:
        worst: str = max(found, key=lambda word: SEVERITY.get(word, 0))
        return worst
    return {"high": "high risk", "low": "low risk"}.get(resource.get("criticality", ""), "")

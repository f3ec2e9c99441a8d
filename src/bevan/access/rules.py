"""The rulebook as data: which role reaches whom, sees what and may change what, and by which law.

`rules.json` beside this module is the default; a region may bring its own by a setting. Anything
it doesn't name is refused: a role without a rule reaches nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from bevan.access.rule import (
    BITS,
    EVERY_LABEL,
    NOTHING,
    EmergencyRule,
    Instrument,
    Link,
    Purpose,
    Reach,
    Rule,
    Rules,
)
from bevan.fhir.tables import subjects
from bevan.kernel.errors import ConfigurationError

__all__ = ["BITS", "EVERY_LABEL", "NOTHING", "Rule", "Rules", "load", "load_from"]

EVERY_TYPE: frozenset[str] = frozenset(
    {
        *subjects.OPEN,
        *subjects.OPEN_UNLESS,
        *subjects.SUBJECTS,
        *subjects.SPECIAL,
        *subjects.REFUSED,
    }
)


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    group: str
    purposes: list[str]
    says: str
    reach: Reach
    hidden: list[str]
    reads: Literal["all"] | list[str]
    writes: Literal["all"] | list[str]
    marks: list[str] = []
    emergency: bool = False
    oversees: bool = False


class _Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: list[str]
    codes: list[str]


class _Reserved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    says: str
    types: list[str]


class _Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    says: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    title: str
    purposes: dict[str, Purpose]
    instruments: dict[str, Instrument]
    rules: dict[str, _Rule]
    roles: dict[str, _Roles]
    reserved: _Reserved
    links: dict[str, Link]
    residences: list[str]
    emergency: EmergencyRule
    choices: dict[str, _Choice]
    restricted: dict[str, list[str]]


def load_from(path: Path | None) -> Rules:
    """The rules of a deployer's own file, or those that ship with Bevan where there is none.

    Raises ConfigurationError as :func:`load` does, and where the file can't be read.
    """
    if path is None:
        return load()
    try:
        return load(path.read_bytes())
    except OSError as fault:
        raise ConfigurationError(f"The access rules can't be read: {fault.strerror}.") from None


def load(text: bytes | None = None) -> Rules:
    """Read rules, by default those that ship with Bevan.

    Raises ConfigurationError for a role in two groups, two rules for one group and purpose, an
    unknown label, type, group, purpose or choice, or any field that isn't known: a misspelt rule
    must not become a silent permission. So does a purpose without its two laws.
    """
    if text is None:
        text = files("bevan.access").joinpath("rules.json").read_bytes()
    try:
        read = msgspec.json.decode(text, type=_File)
    except msgspec.DecodeError as fault:
        raise ConfigurationError(f"The access rules can't be read: {fault}.") from None
    _check(read)
    reserved = frozenset(_known("type", read.reserved.types, EVERY_TYPE, "reserved"))
    return Rules(
        version=read.version,
        title=read.title,
        purposes=MappingProxyType(read.purposes),
        instruments=MappingProxyType(read.instruments),
        rules=MappingProxyType({id: _rule(id, one, reserved) for id, one in read.rules.items()}),
        roles=MappingProxyType(_roles({name: of.names for name, of in read.roles.items()})),
        codes=MappingProxyType(_roles({name: of.codes for name, of in read.roles.items()})),
        reserved=reserved,
        reserved_says=read.reserved.says,
        links=MappingProxyType(read.links),
        residences=frozenset(read.residences),
        emergency=read.emergency,
        choices=MappingProxyType({kind: choice.says for kind, choice in read.choices.items()}),
        masked=MappingProxyType({type: frozenset(of) for type, of in read.restricted.items()}),
    )


def _check(read: _File) -> None:
    groups = {rule.group for rule in read.rules.values()}
    _known("group", read.roles, groups, "roles")
    for name, purpose in read.purposes.items():
        _known("choice", purpose.refusals, read.choices, name)
        law = purpose.legal
        if not all(text.strip() for text in (law.article6, law.article9, law.confidentiality)):
            raise ConfigurationError(f"The purpose {name!r} must name both laws that it rests on.")
    taken: set[tuple[str, str]] = set()
    for id, rule in read.rules.items():
        _known("purpose", rule.purposes, read.purposes, id)
        pairs = {(rule.group, purpose) for purpose in rule.purposes}
        if pairs & taken:
            raise ConfigurationError(f"The access rule {id!r} says again what another one says.")
        taken |= pairs


def _known(what: str, named: Iterable[str], known: Iterable[str], where: str) -> list[str]:
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise ConfigurationError(
            f"The access rules have no {what} {unknown[0]!r}, which {where!r} names."
        )
    return list(named)


def _rule(id: str, given: _Rule, reserved: frozenset[str]) -> Rule:
    return Rule(
        id=id,
        group=given.group,
        purposes=frozenset(given.purposes),
        says=given.says,
        reach=given.reach,
        hidden=_bits(id, given.hidden),
        reads=_types(id, given.reads),
        writes=_writes(id, given, reserved),
        marks=_bits(id, given.marks),
        emergency=given.emergency,
        oversees=given.oversees,
    )


def _bits(id: str, named: Iterable[str]) -> int:
    return sum({BITS[label] for label in _known("label", named, BITS, id)})


def _types(id: str, given: str | list[str]) -> frozenset[str] | None:
    if isinstance(given, str):
        return None
    return frozenset(_known("type", given, EVERY_TYPE, id))


def _writes(id: str, given: _Rule, reserved: frozenset[str]) -> frozenset[str] | None:
    """What may be written: systems keep the record, people never write what makes links."""
    named = _types(id, given.writes)
    if given.group == "system":
        return named
    return (EVERY_TYPE if named is None else named) - reserved


def _roles(named: Mapping[str, list[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for group, roles in named.items():
        for role in roles:
            if role in found:
                raise ConfigurationError(f"The access rules name the role {role!r} twice.")
            found[role] = group
    return found

"""The rulebook as data: which role reaches whom, sees what and may change what.

`rules.json` beside this module is the default; a region may bring its own. Anything it doesn't
name is refused: a role without a rule reaches nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from bevan.kernel.errors import ConfigurationError
from bevan.record import scope as labels

Reach = Literal["nobody", "self", "organisation", "region"]

# Names that rules use for the record's label bits.
BITS: Mapping[str, int] = MappingProxyType(
    {
        "RESTRICTED": labels.RESTRICTED,
        "VERY_RESTRICTED": labels.VERY_RESTRICTED,
        "NOT_FOR_PATIENT": labels.NOT_FOR_PATIENT,
        "SEALED": labels.SEALED,
        "SEALED_AND_LOCKED": labels.SEALED_AND_LOCKED,
        **{code: bit for (system, code), bit in labels.LABELS.items() if system == labels.ACT_CODE},
    }
)
EVERY_LABEL = sum(set(labels.LABELS.values()))


class _Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    says: str
    reach: Reach
    hidden: list[str]
    reads: Literal["all"] | list[str]
    writes: Literal["all"] | list[str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    purposes: list[str]
    groups: dict[str, _Group]
    roles: dict[str, list[str]]
    restricted: dict[str, list[str]]
    ends: dict[str, int]


class Rule(msgspec.Struct, frozen=True):
    """What one group of roles may do.

    `hidden` are label bits kept back; `reads` and `writes` are types, None meaning all of them.
    `says` is the rule in plain words, for people.
    """

    group: str
    says: str
    reach: Reach
    hidden: int
    reads: frozenset[str] | None
    writes: frozenset[str] | None


NOTHING = Rule("none", "No rule names this role.", "nobody", EVERY_LABEL, frozenset(), frozenset())


class Rules(msgspec.Struct, frozen=True):
    """All rules. `masked` are the elements that could tell where a restricted person is."""

    purposes: frozenset[str]
    roles: Mapping[str, Rule]
    citizen: Rule
    system: Rule
    masked: Mapping[str, frozenset[str]]
    ends: Mapping[str, int]

    def of(self, role: str) -> Rule:
        """The rule for a role's name; nothing at all for one that isn't named."""
        return self.roles.get(role, NOTHING)


def load(text: bytes | None = None) -> Rules:
    """Read rules, by default those that ship with Bevan.

    Raises ConfigurationError for a role in two groups, an unknown label or group, or any field
    that isn't known: a misspelt rule must not become a silent permission.
    """
    if text is None:
        text = files("bevan.access").joinpath("rules.json").read_bytes()
    try:
        read = msgspec.json.decode(text, type=_File)
    except msgspec.DecodeError as fault:
        raise ConfigurationError(f"The access rules can't be read: {fault}.") from None
    groups = {name: _rule(name, group) for name, group in read.groups.items()}
    return Rules(
        purposes=frozenset(read.purposes),
        roles=MappingProxyType(_roles(read.roles, groups)),
        citizen=groups.get("citizen", NOTHING),
        system=groups.get("system", NOTHING),
        masked=MappingProxyType({type: frozenset(of) for type, of in read.restricted.items()}),
        ends=MappingProxyType(dict(read.ends)),
    )


def _rule(name: str, group: _Group) -> Rule:
    unknown = sorted(set(group.hidden) - set(BITS))
    if unknown:
        raise ConfigurationError(f"The access rule {name!r} names an unknown label {unknown[0]!r}.")
    return Rule(
        group=name,
        says=group.says,
        reach=group.reach,
        hidden=sum({BITS[label] for label in group.hidden}),
        reads=_types(group.reads),
        writes=_types(group.writes),
    )


def _types(given: Any) -> frozenset[str] | None:
    return None if given == "all" else frozenset(given)


def _roles(named: Mapping[str, list[str]], groups: Mapping[str, Rule]) -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for group, roles in named.items():
        if group not in groups:
            raise ConfigurationError(f"The access rules have no group {group!r}.")
        for role in roles:
            if role in found:
                raise ConfigurationError(f"The access rules name the role {role!r} twice.")
            found[role] = groups[group]
    return found

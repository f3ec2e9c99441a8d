"""Where entries come from: systems, their organisations, and when each was last heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import Resource

HIDDEN = "Not shown"
LATE = timedelta(hours=24)
SETTINGS: Mapping[str, str] = MappingProxyType({
    "gp": "GP", "hospital": "Hospital", "community": "Community", "ambulance": "Ambulance",
    "social": "Social care", "mental": "Mental health", "other": "Other",
})  # fmt: skip
SHAPES: Mapping[str, str] = MappingProxyType({
    "gp": "circle", "hospital": "square", "community": "diamond", "ambulance": "triangle",
    "social": "triangle-down", "mental": "pentagon", "other": "triangle-down",
})  # fmt: skip
KIND_WORDS = (
    ("general practice", "gp"), ("network", "gp"), ("mental", "mental"), ("ambulance", "ambulance"),
    ("social", "social"), ("care home", "social"), ("council", "social"), ("hospital", "hospital"),
    ("acute", "hospital"), ("laborator", "hospital"), ("patholog", "hospital"),
    ("pharmacy", "community"), ("communit", "community"),
)  # fmt: skip


@dataclass(frozen=True)
class Organisation:
    """An organisation's short name and the kind of setting that it is."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True)
class Sender:
    """A system that sends to the record; ``failed`` says in words why it can't be read now."""

    uri: str
    organisation: str
    name: str
    heard: datetime | None
    failed: str = ""

    def late(self, now: datetime) -> bool:
        """Whether it has been silent for longer than a day."""
        return self.heard is not None and now - self.heard > LATE


@dataclass(frozen=True)
class Senders:
    """All systems by their address, and organisations by their id."""

    systems: Mapping[str, Sender]
    organisations: Mapping[str, Organisation]

    def custodian(self, resource: Resource) -> str:
        """The id of the organisation whose entry this is; empty when nobody says."""
        sender = self.systems.get(entries.source(resource))
        return sender.organisation if sender else _named_organisation(entries.source(resource))

    def organisation_name(self, id: str) -> str:
        """The organisation's name, or a plain statement that it isn't known."""
        found = self.organisations.get(id)
        return found.name if found else "Organisation not known"

    def name(self, resource: Resource) -> str:
        """Whose entry this is, as the page says it."""
        sender = self.systems.get(entries.source(resource))
        owner = self.custodian(resource)
        if owner in self.organisations:
            return self.organisations[owner].name
        if not entries.source(resource) and entries.redacted(resource):
            return "Source not shown"
        return (sender.name if sender else "") or "Source not recorded"

    def kind(self, organisation: str) -> str:
        """The setting of an organisation."""
        found = self.organisations.get(organisation)
        return found.kind if found else "other"

    def unnamed(self) -> Senders:
        """The same without a name of any organisation: for people whose place must not be known,
        since whoever wrote an entry is near where they live."""
        systems = {uri: replace(one, name=HIDDEN) for uri, one in self.systems.items()}
        places = {id: replace(one, name=HIDDEN) for id, one in self.organisations.items()}
        return Senders(systems, places)

    @property
    def failed(self) -> tuple[Sender, ...]:
        """Systems that can't be read now."""
        return tuple(sender for sender in self.systems.values() if sender.failed)


LOCAL = "urn:bevan:organisation:"


def local_source(organisation: str) -> str:
    """``meta.source`` of an entry that somebody of this organisation writes on a page."""
    return LOCAL + organisation


def _named_organisation(source: str) -> str:
    return source.removeprefix(LOCAL) if source.startswith(LOCAL) else ""


def setting_of(text: str) -> str:
    """The kind of setting in an organisation's type or name."""
    lowered = text.lower()
    return next((kind for word, kind in KIND_WORDS if word in lowered), "other")


def kind_of(type: str, name: str) -> str:
    """The kind of setting by an organisation's type, else by its name."""
    kind = setting_of(type)
    return kind if kind != "other" else setting_of(name)

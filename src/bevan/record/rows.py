"""From a resource to the row that keeps it: pure, so any process may do it ahead of a write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import xxhash

from bevan.fhir.extraction import Index
from bevan.fhir.json import encode
from bevan.fhir.outcome import Issue
from bevan.fhir.subject import About
from bevan.record.codec import Codec
from bevan.record.dependents import dependence
from bevan.record.errors import Invalid
from bevan.record.scope import compartment, labels, sealer
from bevan.record.version import DERIVED, stamp
from bevan.record.visibility import literal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_BUCKETS = 4096

People = tuple[UUID | None, Iterable[UUID] | None]
"""The columns ``patient`` and ``patients`` of a row."""


class Validates(Protocol):
    """The structural validator (``bevan.fhir.validation``)."""

    def valid(self, resource: dict[str, Any]) -> bool:
        """Whether the resource keeps all rules: fast."""

    def issues(self, resource: dict[str, Any]) -> list[Issue]:
        """Every fault with its path."""


class Extracts(Protocol):
    """The index extractor (``bevan.fhir.extraction``)."""

    def extract(self, resource: Mapping[str, Any]) -> Index:
        """What search needs of a resource."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid resource with all that its row needs, save version, time and actor.

    ``patient`` is the one person it is about; ``patients`` several, empty if it is about nobody
    and open to all; both ``None`` if only the system may see it. ``via`` are rows (``Type/id``)
    whose people are its people too and that nobody has looked up yet: see :func:`resolved`;
    ``named`` are these rows, looked up or not: see ``bevan.record.dependents``.
    """

    type: str
    id: str
    resource: Mapping[str, Any]
    patient: UUID | None
    patients: tuple[UUID, ...] | None
    labels: int
    source: str | None
    bucket: int
    index: Index
    keys: tuple[UUID, ...] = ()
    via: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    sealer: UUID | None = None


class Row(NamedTuple):
    """One row of ``resource`` with its side rows, ready for the statements of ``write.sql``."""

    rkey: int
    type: str
    id: str
    version: int
    at: datetime
    labels: int
    agent: int
    source: int | None
    bucket: int
    enc: int
    patient: UUID | None
    patients: str | None
    code: int | None
    low: datetime | None
    high: datetime | None
    present: int
    content: bytes | None
    holders: str | None
    tokens: list[int]
    numbers: list[tuple[int, float, float]]
    strings: list[tuple[int, str]]
    codes: list[int]
    sealer: UUID | None = None


class Preparer:
    """Checks a resource and works out its row."""

    def __init__(
        self,
        validator: Validates,
        extractor: Extracts,
        codec: Codec,
        who: Callable[[Mapping[str, Any]], About],
    ) -> None:
        """``who`` says whom a resource is about."""
        self._validator = validator
        self._extractor = extractor
        self.codec = codec
        self._who = who

    def check(self, resource: dict[str, Any]) -> None:
        """Raise ``Invalid`` if the resource breaks FHIR."""
        if not self._validator.valid(resource):
            raise Invalid(self._validator.issues(resource))
        if resource["resourceType"] == "Provenance" and DERIVED.fullmatch(resource.get("id", "")):
            text = "This id belongs to the Provenance that the record itself makes of a version."
            raise Invalid([Issue("error", "business-rule", "Provenance.id", text)])
        if "contained" in resource or resource["resourceType"] == "Bundle":
            text = "This is about somebody else than the resource that contains it."
            strange = self._who(resource).strange
            if strange:
                raise Invalid([Issue("error", "business-rule", path, text) for path in strange])

    def prepare(self, resource: dict[str, Any], *, checked: bool = False) -> Prepared:
        """A resource that carries its ``id``, validated (unless ``checked``) and indexed.

        Raises ``Invalid`` with every fault and its path.
        """
        if not checked:
            self.check(resource)
        about = self._who(resource)
        keys = tuple(dict.fromkeys([compartment(person) for person in about.people]))
        patient, patients = (None, None) if about.via else people(keys, open=about.open)
        id = resource["id"]
        return Prepared(
            resource["resourceType"],
            id,
            resource,
            patient,
            patients,
            labels(resource),
            (resource.get("meta") or {}).get("source"),
            bucket(patient, id),
            self._extractor.extract(resource),
            keys,
            about.via,
            about.via,
            sealer(resource),
        )

    def place(self, resource: Mapping[str, Any]) -> People:
        """The people of a resource, as far as it names them itself."""
        about = self._who(resource)
        if about.via:
            return None, None
        return people(tuple(map(compartment, about.people)), open=about.open)

    def named(self, resource: Mapping[str, Any]) -> list[int]:
        """The tokens of the rows whose people are this resource's: see ``record.dependents``."""
        return [dependence(row) for row in self._who(resource).via]

    def index(self, resource: dict[str, Any]) -> Index:
        """What search needs of a resource that was stored earlier."""
        return self._extractor.extract(resource)

    def row(
        self,
        prepared: Prepared,
        *,
        rkey: int,
        version: int,
        at: datetime,
        agent: int,
        source: int | None,
        holders: str | None,
    ) -> tuple[Row, bytes]:
        """The row of this version, and the JSON text that callers are given."""
        content = encode(stamp(prepared.resource, prepared.id, version, at))
        enc, packed = self.codec.pack(content)
        index = prepared.index
        row = Row(
            rkey,
            prepared.type,
            prepared.id,
            version,
            at,
            prepared.labels,
            agent,
            source,
            prepared.bucket,
            enc,
            prepared.patient,
            literal(prepared.patients),
            index.code,
            _moment(index.low),
            _moment(index.high),
            index.present,
            packed,
            holders,
            [*index.tokens, *map(dependence, prepared.named)] if prepared.named else index.tokens,
            index.numbers,
            index.strings,
            index.codes,
            prepared.sealer,
        )
        return row, content


def people(keys: tuple[UUID, ...], *, open: bool) -> tuple[UUID | None, tuple[UUID, ...] | None]:
    """The ``patient`` and ``patients`` columns of a row about these people."""
    if len(keys) == 1:
        return keys[0], None
    if keys:
        return None, keys
    return None, () if open else None


def resolved(prepared: Prepared, known: Mapping[str, People]) -> Prepared:
    """The same, with its ``via`` looked up; one that isn't known hides the row from everybody."""
    found = [known.get(row, (None, None)) for row in prepared.via]
    if any(patient is None and patients is None for patient, patients in found):
        return prepared
    theirs = [(patient,) if patient else patients or () for patient, patients in found]
    keys = tuple(dict.fromkeys((*prepared.keys, *chain.from_iterable(theirs))))
    patient, patients = people(keys, open=True)
    return replace(
        prepared, patient=patient, patients=patients, bucket=bucket(patient, prepared.id), via=()
    )


def bucket(patient: UUID | None, id: str) -> int:
    """The future distribution column: 0–4095, by compartment, or by id where there is none."""
    key = patient.bytes if patient is not None else id.encode()
    return int(xxhash.xxh3_64_intdigest(key)) % _BUCKETS


def _moment(microseconds: int | None) -> datetime | None:
    if microseconds is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return _LAST

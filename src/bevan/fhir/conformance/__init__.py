"""Conformance resources: where they come from, how they are found, and snapshots of profiles."""

from __future__ import annotations

from bevan.fhir.conformance.library import Library
from bevan.fhir.conformance.shipped import shipped
from bevan.fhir.conformance.snapshots import BadProfile, Snapshots

__all__ = ["BadProfile", "Library", "Snapshots", "shipped"]

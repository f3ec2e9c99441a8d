"""Validation at depth: resources against profiles, extensions, value sets and one another."""

from __future__ import annotations

from bevan.fhir.profiles.options import Options
from bevan.fhir.profiles.validation import Profiles

__all__ = ["Options", "Profiles"]

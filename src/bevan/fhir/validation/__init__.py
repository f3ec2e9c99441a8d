"""Structural validation against FHIR R4: a quick yes, a complete why."""

from __future__ import annotations

from bevan.fhir.validation.validator import Validator

__all__ = ["Validator"]

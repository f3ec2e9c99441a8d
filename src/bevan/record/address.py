"""Where the FHIR interface of this installation is: references that start with it are its own."""

from __future__ import annotations

from bevan.kernel.settings import Settings

FHIR = "/fhir"
"""The path of the interface below the installation's address."""


def fhir_base(settings: Settings) -> str:
    """The public address of the FHIR interface; empty where none is set.

    References that start with it are the record's own; without one, none is taken for its own.
    """
    return f"{settings.base_url.rstrip('/')}{FHIR}" if settings.base_url else ""


def own(base: str) -> tuple[str, ...]:
    """What references to this address begin with, as ``fhir.extraction.Extractor`` takes it."""
    return (f"{base}/",) if base else ()

"""The label of an entry that the team which wrote it has sealed."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.places import Place

_SEALED_BY: Final = "https://bevan.example/fhir/StructureDefinition/sealed-by"


def sealed(place: Place) -> str:
    """The label of an entry that only its author's team reads, unless in an emergency."""
    return (
        f'{{"extension":[{{"url":"{_SEALED_BY}","valueReference":{place.ref}}}],'
        '"system":"https://bevan.example/fhir/CodeSystem/seal","code":"sealed",'
        '"display":"Sealed by the team that wrote it"}'
    )

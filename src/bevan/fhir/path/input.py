"""What a function of FHIRPath is given besides its arguments."""

from __future__ import annotations

from typing import NamedTuple

from bevan.fhir.path.element import Items
from bevan.fhir.path.navigation import Navigation
from bevan.fhir.path.world import Run


class Input(NamedTuple):
    """The collection that a function is called on, the evaluation, and the way to children."""

    items: Items
    run: Run
    navigation: Navigation

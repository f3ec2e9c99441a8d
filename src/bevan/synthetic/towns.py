"""Invented towns, streets and telephone numbers of Harrowmere.

Postcode area HW isn't in use; telephone numbers come from the ranges kept for drama.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from bevan.synthetic.draws import pick

TOWNS: Final = (
    "Thornbeck",
    "Kelding",
    "Marlcombe",
    "Oskerwick",
    "Fenderley",
    "Brackenshaw",
    "Tavercombe",
    "Wychbeck",
    "Lintonwick",
    "Aldermoss",
    "Corriemoor",
    "Hethercombe",
    "Stavenford",
    "Pellowick",
    "Undersall",
    "Quarrelstone",
    "Ravensbrow",
    "Sallowford",
    "Muntlow",
    "Dunnockley",
)
_ROOTS: Final = (
    "Alder",
    "Ash",
    "Beech",
    "Birch",
    "Bramble",
    "Chapel",
    "Cherry",
    "Church",
    "Clover",
    "Cross",
    "Elder",
    "Fern",
    "Field",
    "Forge",
    "Gorse",
    "Hazel",
    "Heron",
    "Holly",
    "Kestrel",
    "Larch",
    "Linden",
    "Mallard",
    "Maple",
    "Market",
    "Meadow",
    "Mill",
    "Orchard",
    "Park",
    "Quarry",
    "River",
    "Rowan",
    "Sorrel",
    "Station",
    "Sycamore",
    "Tannery",
    "Thistle",
    "Weaver",
    "Willow",
    "Wren",
    "Yew",
)
_KINDS: Final = (
    "Road",
    "Close",
    "Mead",
    "Street",
    "Lane",
    "Avenue",
    "Drive",
    "Way",
    "Court",
    "Gardens",
    "Terrace",
    "Row",
)
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"


class Address(NamedTuple):
    """A home: one line, town, postcode and the number that identifies the property."""

    line: str
    town: str
    postcode: str
    property_number: str


def address(draws: Random, town: int) -> Address:
    """A home somewhere in a town."""
    number = 1 + int(draws.random() * 140)
    street = f"{pick(draws, _ROOTS)} {pick(draws, _KINDS)}"
    inward = f"{1 + int(draws.random() * 9)}{pick(draws, _LETTERS)}{pick(draws, _LETTERS)}"
    return Address(
        f"{number} {street}",
        TOWNS[town % len(TOWNS)],
        f"HW{1 + town % len(TOWNS)} {inward}",
        f"{900_000_000_000 + draws.getrandbits(36)}",
    )


def landline(draws: Random) -> str:
    """A number in the drama range 01632 960000 to 960999."""
    return f"01632 960 {int(draws.random() * 1000):03}"


def mobile(draws: Random) -> str:
    """A number in the drama range 07700 900000 to 900999."""
    return f"07700 900 {int(draws.random() * 1000):03}"

"""Write the table of units that quantities are converted between.

The codes are those of HL7's own list, ``ValueSet/ucum-common`` of ``hl7.fhir.r4.core`` 4.0.1
(CC0-1.0, in ``$BEVAN_SHARED/data/fhir-r4-definitions``). What each is in SI units is worked out
here from the definitions of the units that it is made of; a code with a unit that isn't defined
here, or whose scale has another zero (degrees), is left out. ``units.json`` in
``src/bevan/fhir/tables`` maps a code to a dimension and a fraction of whole numbers.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tarfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

PACKAGE = Path("data/fhir-r4-definitions/hl7.fhir.r4.core-4.0.1.tgz")
LIST = "package/ValueSet-ucum-common.json"
OUTPUT = Path(__file__).parent.parent / "src/bevan/fhir/tables/units.json"

Dimension = dict[str, int]
Scale = tuple[Fraction, Dimension]

PREFIXES = {
    prefix: Fraction(10) ** power
    for prefix, power in {
        "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3, "u": -6,
        "n": -9, "p": -12, "f": -15, "a": -18,
    }.items()
}  # fmt: skip
MASS, LENGTH, TIME = {"g": 1}, {"m": 1}, {"s": 1}
PRESSURE, ENERGY = {"g": 1, "m": -1, "s": -2}, {"g": 1, "m": 2, "s": -2}
# Amounts of substance, charges, osmoles, international units and decays are kept apart from plain
# numbers and from each other: nobody means one by the other.
METRIC: dict[str, Scale] = {
    "g": (Fraction(1), MASS),
    "t": (Fraction(10**6), MASS),
    "m": (Fraction(1), LENGTH),
    "s": (Fraction(1), TIME),
    "L": (Fraction(1, 1000), {"m": 3}),
    "l": (Fraction(1, 1000), {"m": 3}),
    "mol": (Fraction(1), {"mol": 1}),
    "eq": (Fraction(1), {"eq": 1}),
    "osm": (Fraction(1), {"osm": 1}),
    "[iU]": (Fraction(1), {"iU": 1}),
    "[IU]": (Fraction(1), {"iU": 1}),
    "U": (Fraction(1, 60 * 10**6), {"mol": 1, "s": -1}),
    "kat": (Fraction(1), {"mol": 1, "s": -1}),
    "Pa": (Fraction(1000), PRESSURE),
    "bar": (Fraction(10**8), PRESSURE),
    "m[Hg]": (Fraction(133322000), PRESSURE),
    "m[H2O]": (Fraction(9806650), PRESSURE),
    "J": (Fraction(1000), ENERGY),
    "cal": (Fraction(4184), ENERGY),
    "W": (Fraction(1000), {"g": 1, "m": 2, "s": -3}),
    "N": (Fraction(1000), {"g": 1, "m": 1, "s": -2}),
    "Bq": (Fraction(1), {"Bq": 1}),
    "Ci": (Fraction(37 * 10**9), {"Bq": 1}),
}
PLAIN: dict[str, Scale] = {
    "%": (Fraction(1, 100), {}),
    "[ppm]": (Fraction(1, 10**6), {}),
    "[ppb]": (Fraction(1, 10**9), {}),
    "min": (Fraction(60), TIME),
    "h": (Fraction(3600), TIME),
    "d": (Fraction(86400), TIME),
    "wk": (Fraction(604800), TIME),
    "mo": (Fraction(86400) * Fraction(36525, 1200), TIME),
    "a": (Fraction(86400) * Fraction(36525, 100), TIME),
    "[in_i]": (Fraction(254, 10**4), LENGTH),
    "[ft_i]": (Fraction(3048, 10**4), LENGTH),
    "[yd_i]": (Fraction(9144, 10**4), LENGTH),
    "[mi_i]": (Fraction(1609344, 1000), LENGTH),
    "[gr]": (Fraction(6479891, 10**8), MASS),
    "[lb_av]": (Fraction(45359237, 10**5), MASS),
    "[oz_av]": (Fraction(45359237, 16 * 10**5), MASS),
}
TOKEN = re.compile(r"[./()]|\{[^}]*\}|10\*(?:[+-]?\d+)?|\d+|(?:[A-Za-z%]*\[[^\]]*\])|[A-Za-z%]+")
EXPONENT = re.compile(r"[+-]?\d+")


class Unknown(ValueError):
    """A code holds a unit that isn't defined here."""


class Reader:
    """Reads one UCUM code."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.at = 0

    def whole(self) -> Scale:
        found = self.terms()
        if self.at != len(self.code):
            raise Unknown(self.code)
        return found

    def terms(self) -> Scale:
        found: Scale = (Fraction(1), {})
        sign = 1
        if self.peek() == "/":
            self.at, sign = self.at + 1, -1
        while True:
            found = times(found, self.term(), sign)
            if self.peek() not in (".", "/"):
                return found
            sign = 1 if self.peek() == "." else -1
            self.at += 1

    def term(self) -> Scale:
        if self.peek() == "(":
            self.at += 1
            found = self.terms()
            if self.peek() != ")":
                raise Unknown(self.code)
            self.at += 1
            return found
        return self.unit()

    def unit(self) -> Scale:
        token = TOKEN.match(self.code, self.at)
        if token is None or token[0] in "./()":
            raise Unknown(self.code)
        self.at = token.end()
        found = self.scale(token[0])
        power = EXPONENT.match(self.code, self.at)
        if power is not None and not token[0].isdigit():
            self.at = power.end()
            found = raised(found, int(power[0]))
        note = re.compile(r"\{[^}]*\}").match(self.code, self.at)
        if note is not None:
            self.at = note.end()
        return found

    def scale(self, token: str) -> Scale:
        if token.startswith("{"):
            return Fraction(1), {}
        if token.startswith("10*"):
            return Fraction(10) ** int(token[3:] or 1), {}
        if token.isdigit():
            return Fraction(int(token)), {}
        found = PLAIN.get(token) or METRIC.get(token)
        if found is not None:
            return found
        for prefix, factor in PREFIXES.items():
            metric = METRIC.get(token.removeprefix(prefix)) if token.startswith(prefix) else None
            if metric is not None:
                return factor * metric[0], metric[1]
        raise Unknown(self.code)

    def peek(self) -> str:
        return self.code[self.at : self.at + 1]


def times(left: Scale, right: Scale, power: int) -> Scale:
    """left × right^power."""
    dimension = dict(left[1])
    for base, exponent in right[1].items():
        dimension[base] = dimension.get(base, 0) + power * exponent
    return left[0] * right[0] ** power, {base: n for base, n in dimension.items() if n}


def raised(scale: Scale, power: int) -> Scale:
    """scale^power."""
    return scale[0] ** power, {base: n * power for base, n in scale[1].items()}


def table(codes: Iterable[str]) -> dict[str, list[object]]:
    """The rows of those codes that are understood."""
    found: dict[str, list[object]] = {}
    for code in sorted(set(codes)):
        try:
            factor, dimension = Reader(code).whole()
        except Unknown:
            continue
        name = " ".join(f"{base}{n}" for base, n in sorted(dimension.items())) or "1"
        found[code] = [name, factor.numerator, factor.denominator]
    return found


def listed(shared: Path) -> list[str]:
    """HL7's codes."""
    with tarfile.open(shared / PACKAGE) as archive:
        content = archive.extractfile(LIST)
        assert content is not None
        (include,) = json.load(content)["compose"]["include"]
    return [concept["code"] for concept in include["concept"]]


def main(shared: Path) -> int:
    """Write the table."""
    rows = table(listed(shared))
    lines = (
        f"{json.dumps(code)}:{json.dumps(row, separators=(',', ':'))}" for code, row in rows.items()
    )
    OUTPUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"{len(rows)} units in {OUTPUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(os.environ.get("BEVAN_SHARED", "../shared"))))

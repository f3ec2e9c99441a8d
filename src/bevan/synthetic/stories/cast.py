"""Who the people with stories are: numbers, births, homes and practices."""

from __future__ import annotations

from typing import Any

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.person import Identity
from bevan.synthetic.towns import Address


def identity(
    region: Region,
    given: str,
    family: str,
    number: str,
    sex: str,
    born: str,
    prefix: str,
    home: tuple[str, str, str],
    *,
    practice: str = "mill-lane-surgery",
    phone: str = "",
    mobile: str = "",
    **more: Any,
) -> Identity:
    """Somebody with an NHS number of the test range; `home` is line, town and postcode."""
    place = region.place(practice)
    doctor = next(one for one in region.staff[practice] if one.prefix == "Dr")
    serial = f"9000{number[3:].rjust(8, '0')}"
    return Identity(
        family=family,
        given=given,
        sex=sex,
        born=day(born),
        prefix=prefix,
        practice=place,
        gp=doctor,
        number=number,
        phone=phone,
        mobile=mobile,
        address=Address(*home, serial),
        **more,
    )

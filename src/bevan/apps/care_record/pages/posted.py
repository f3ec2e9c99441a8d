"""What a form brought back: checked against the banner before anything else is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages.opened import draw
from bevan.apps.care_record.service.chart import Chart


@dataclass(frozen=True)
class Posted:
    """The fields, and the version that the writer started from (0 for a new entry)."""

    fields: FormData
    version: int


async def posted(request: Request, chart: Chart) -> Posted | Response:
    """The form, or the page that refuses it.

    Every form carries its person and version. One about somebody else than the banner's person
    (another tab, a copied address) is refused whole, whatever else it says.
    """
    fields = await request.form()
    if fields.get("person") != chart.id:
        return draw(request, chart, "wrong_person.jinja", "", status=409)
    version = str(fields.get("version", ""))
    return Posted(fields, int(version) if version.isdecimal() and len(version) < 10 else 0)

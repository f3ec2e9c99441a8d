"""Two versions side by side: nothing is lost, and only real clashes ask for a choice."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.forms.field import Form, Parts
from bevan.apps.care_record.pages.opened import draw
from bevan.apps.care_record.presenters.editing import conflict
from bevan.apps.care_record.service import writing
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.writing import Entry
from bevan.web.session import session_of


def compared(
    request: Request,
    chart: Chart,
    form: Form,
    entry: Entry,
    parts: Parts,
    chosen: dict[str, str] | None = None,
    other: dict[str, str] | None = None,
) -> Response:
    """The comparison page. The first time it is a 409; with choices left open, a 422."""
    session = session_of(request)
    assert session is not None  # pages of a chart are for the signed in only
    merge = writing.merged(form, entry, parts)
    asked = chosen is not None
    page = conflict(chart, form, entry, merge, session.actor, chosen or {}, other or {}, asked)
    status = 422 if page.errors else 409
    return draw(request, chart, "conflict.jinja", form.section, status=status, page=page)

"""Lists as CSV: everything the page would show, and why it may not be all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from bevan.web.components import State
from bevan.web.services import services
from bevan.web.session import session_of

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def wanted(request: Request) -> bool:
    """Whether the address asks for the list as CSV."""
    return request.query_params.get("format") == "csv"


async def noted(request: Request, person: str) -> None:
    """Keep in the audit that a file about this person is taken away, before it is."""
    session = session_of(request)
    assert session is not None  # a chart is open
    section = request.url.path.rpartition("/")[2]
    journal = services(request).journal
    await journal.tell(session.actor, "file-taken", about=person, type="page", id=section)


def spreadsheet(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[str]], states: Iterable[State]
) -> Response:
    """A file to keep. The states of the list follow it, so that a short list is never taken for
    a whole one."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    writer.writerows([f"{state.lead} {state.text}".strip()] for state in states)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv", headers=headers)


def plain(cell: str) -> str:
    """Text that a spreadsheet program won't take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell

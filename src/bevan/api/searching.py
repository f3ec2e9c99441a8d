"""What the two search interactions share."""

from __future__ import annotations

from bevan.api.errors import bad_request
from bevan.api.reply import Reply
from bevan.api.request import Request


async def search(request: Request) -> Reply:
    """Run the query of the address, with the form's parameters behind it for POST."""
    page = await request.record.search(
        request.scope,
        request.type,
        _meant(request),
        lenient=request.prefer.handling == "lenient",
        base=request.base,
        within=_compartment(request),
    )
    return Reply(200, page.bundle)


def _meant(request: Request) -> str:
    """The query, with the survivor in the place of a Patient that was merged."""
    survivors = request.backing.survivors
    query = query_of(request)
    return query if survivors is None else survivors.query(request.type, query, request.base)


def _compartment(request: Request) -> tuple[str, str] | None:
    """The compartment asked for; that of a merged Patient is the survivor's."""
    within, survivors = request.within, request.backing.survivors
    if within is None or survivors is None or within[0] != "Patient":
        return within
    return "Patient", survivors.of(within[1]) or within[1]


def query_of(request: Request) -> str:
    """The parameters of the address, with those of a form behind them."""
    if not request.posted or not request.body:
        return request.query
    try:
        form = request.body.decode("ascii").strip()
    except UnicodeDecodeError:
        raise bad_request("A form must be percent-encoded ASCII.", code="structure") from None
    return f"{request.query}&{form}" if request.query else form

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
        await _meant(request),
        lenient=request.prefer.handling == "lenient",
        base=request.base,
        within=await _compartment(request),
    )
    return Reply(200, page.bundle)


async def _meant(request: Request) -> str:
    """The query, with the survivor in the place of a Patient that was merged, for who sees it."""
    survivors = request.backing.survivors
    query = query_of(request)
    if survivors is None:
        return query
    led = survivors.led_to(request.type, query, request.base)
    if not led:
        return query
    seen = {id for id in sorted(led) if await _sees(request, id)}
    return survivors.query(request.type, query, request.base, among=seen)


async def _compartment(request: Request) -> tuple[str, str] | None:
    """The compartment asked for; that of a Patient whose entries were moved is the survivor's."""
    within, survivors = request.within, request.backing.survivors
    if within is None or survivors is None or within[0] != "Patient":
        return within
    survivor = survivors.of(within[1]) if survivors.moves(within[1]) else None
    seen = survivor is not None and await _sees(request, survivor)
    return ("Patient", survivor) if survivor is not None and seen else within


async def _sees(request: Request, id: str) -> bool:
    """Whether the caller sees a Patient; who reaches everybody needn't be asked."""
    scope = request.scope
    if scope.holders is None and scope.patients is None:
        return True
    version = await request.record.read(scope, "Patient", id)
    return version is not None and not version.deleted


def query_of(request: Request) -> str:
    """The parameters of the address, with those of a form behind them."""
    if not request.posted or not request.body:
        return request.query
    try:
        form = request.body.decode("ascii").strip()
    except UnicodeDecodeError:
        raise bad_request("A form must be percent-encoded ASCII.", code="structure") from None
    return f"{request.query}&{form}" if request.query else form

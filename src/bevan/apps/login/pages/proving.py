"""Proving who one is, and the clerks who decide."""

from __future__ import annotations

from datetime import date

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bevan.identity.errors import SignInRefused
from bevan.identity.proofing import CLERK, KINDS, LARGEST, ProofRefused, image_type
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only


@signed_in_only
async def identity_page(request: Request) -> Response:
    """Where one's proof of identity stands, and what to do next."""
    return await _identity(request)


async def _identity(request: Request, fault: str = "", field: str = "", **given: str) -> Response:
    session = _session(request)
    if session.actor.kind != "patient":
        return not_found(request)
    account = await services(request).login.require(session.account)
    return render(
        request, "login/identity.jinja", status=422 if fault else 200, account=account,
        latest=await services(request).proofing.latest(account.id),
        kinds_items=[{"value": kind, "text": kind.capitalize()} for kind in KINDS],
        has_key=bool(await services(request).login.passkeys.list(account.id)),
        fault=fault, field=field, given=given,
    )  # fmt: skip


@signed_in_only
async def match(request: Request) -> Response:
    """Details that should match a record."""
    session, form = _session(request), await request.form()
    account = await services(request).login.require(session.account)
    given = {name: str(form.get(name, "")) for name in ("number", "family", "born")}
    try:
        await services(request).proofing.match(
            account, number=given["number"], family=given["family"], born=day(given["born"])
        )
    except SignInRefused as fault:
        return await _identity(request, str(fault), "number", **given)
    return go("/account/identity")


@signed_in_only
async def send(request: Request) -> Response:
    """The document and the face."""
    account = await services(request).login.require(_session(request).account)
    async with request.form(max_part_size=LARGEST + 1) as form:
        kind = str(form.get("kind", ""))
        document, face = await _picture(form, "document"), await _picture(form, "face")
    try:
        await services(request).proofing.submit(
            account, kind=kind, document=document, face=face, born=""
        )
    except ProofRefused as fault:
        return await _identity(request, str(fault), fault.field)
    return go("/account?done=sent")


@signed_in_only
async def cases_page(request: Request) -> Response:
    """Cases that wait for a clerk."""
    if not _clerk(request):
        return not_found(request)
    cases = await services(request).proofing.waiting()
    return render(request, "login/cases.jinja", cases=cases, done=request.query_params.get("done"))


@signed_in_only
async def case_page(request: Request) -> Response:
    """One case: the document beside the face."""
    return await _case(request)


async def _case(request: Request, fault: str = "", reason: str = "") -> Response:
    case = await services(request).proofing.case(request.path_params["id"])
    if not _clerk(request) or case is None:
        return not_found(request)
    return render(
        request, "login/case.jinja", status=422 if fault else 200, case=case, fault=fault,
        reason=reason,
    )  # fmt: skip


@signed_in_only
async def picture(request: Request) -> Response:
    """A picture of a case that waits; kept by nobody."""
    if not _clerk(request):
        return not_found(request)
    found = await services(request).proofing.picture(
        request.path_params["id"], request.path_params["which"]
    )
    kind = image_type(found) if found is not None else None
    if found is None or kind is None:
        return not_found(request)
    return Response(found, media_type=kind, headers={"Content-Disposition": "inline"})


@signed_in_only
async def decide(request: Request) -> Response:
    """The clerk's decision."""
    session, form = _session(request), await request.form()
    if not _clerk(request):
        return not_found(request)
    answer, reason = str(form.get("proven", "")), str(form.get("reason", ""))
    if answer not in ("yes", "no"):
        return await _case(request, "Choose whether it's the same person.", reason)
    try:
        await services(request).proofing.decide(
            request.path_params["id"], by=session.account, proven=answer == "yes", reason=reason
        )
    except ProofRefused as fault:
        return await _case(request, str(fault), reason)
    return go("/proofing?done=yes")


def day(text: str) -> date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


async def _picture(form: FormData, name: str) -> bytes:
    given = form.get(name)
    return await given.read(LARGEST + 1) if isinstance(given, UploadFile) else b""


def _clerk(request: Request) -> bool:
    return _session(request).actor.role == CLERK


def _session(request: Request) -> Session:
    session = session_of(request)
    if session is None:
        raise HTTPException(403)
    return session

"""Workers' accounts: joiners, movers and leavers, and the link to a first passkey."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bevan.identity.accounts import Account, Role
from bevan.identity.errors import SignInRefused
from bevan.identity.joiners import ADMINISTRATOR
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only


@signed_in_only
async def workers_page(request: Request) -> Response:
    """The accounts with a role at the administrator's organisation."""
    return await _workers(request)


async def _workers(request: Request, fault: str = "", link: str = "") -> Response:
    session = _session(request)
    if session.actor.role != ADMINISTRATOR:
        return not_found(request)
    accounts = [one for one in await services(request).login.accounts.staff()
                if not one.closed and _here(one, session)]  # fmt: skip
    known = {one.actor for one in await services(request).login.accounts.staff() if not one.closed}
    listed = await services(request).directory.staff(session.actor.organisation)
    waiting = {one.practitioner: one.role for one in listed if one.practitioner not in known}
    named = [(id, await services(request).directory.practitioner(id), role)
             for id, role in sorted(waiting.items())]  # fmt: skip
    return render(
        request, "login/workers.jinja", status=422 if fault else 200, accounts=accounts,
        joiners=named[:50], joiner_items=[
            {"value": id, "text": f"{name}, {role}"} for id, name, role in named[:50]
        ], fault=fault, link=link, organisation=session.actor.organisation,
        done=request.query_params.get("done", ""),
    )  # fmt: skip


@signed_in_only
async def change(request: Request) -> Response:
    """One change: a joiner, a role given or taken, a new invitation, a leaver."""
    session, form = _session(request), await request.form()
    if session.actor.role != ADMINISTRATOR:
        return not_found(request)
    given = {name: str(value) for name, value in form.items()}
    try:
        secret = await _changed(request, session, given)
    except SignInRefused as fault:
        return await _workers(request, str(fault))
    if secret:
        address = f"{services(request).settings.public_url}/login/staff/join/{secret}"
        return await _workers(request, link=address)
    return go("/workers?done=yes")


async def _changed(request: Request, session: Session, given: dict[str, str]) -> str:
    """What the form asks for; an invitation's secret where it makes one. Raises SignInRefused."""
    joiners, by = services(request).joiners, session.account
    where = session.actor
    role = Role(given.get("role", "").strip(), where.organisation, where.organisation_name)
    if given.get("change") == "join":
        listed = await services(request).directory.staff(where.organisation)
        chosen = given.get("practitioner", "")
        if chosen not in {one.practitioner for one in listed}:
            raise SignInRefused("Choose somebody from the directory of staff.")
        name = await services(request).directory.practitioner(chosen)
        return await joiners.join(name, chosen, given.get("email", "").strip().lower(), role, by=by)
    account = await services(request).login.require(given.get("account", ""))
    if not _here(account, session):
        raise SignInRefused("This account isn't at your organisation.")
    if account.id == session.account:
        raise SignInRefused("Ask another administrator to change your own account.")
    if given.get("change") == "invite":
        return await joiners.invite(account.id, by=by)
    if given.get("change") == "give":
        await joiners.give(account.id, role, by=by)
    elif given.get("change") == "take":
        await _take(request, session, account, given.get("position", ""))
    elif given.get("change") == "leave":
        await joiners.leave(account.id, by=by)
    return ""


async def _take(request: Request, session: Session, account: Account, position: str) -> None:
    here = {str(role.position) for role in account.roles
            if role.organisation == session.actor.organisation}  # fmt: skip
    if position not in here:
        raise SignInRefused("That role isn't one of your organisation's.")
    await services(request).joiners.take(account.id, int(position), by=session.account)


async def join_page(request: Request) -> Response:
    """An invited worker makes their first passkey."""
    return await _join(request)


async def _join(request: Request, fault: str = "") -> Response:
    secret = request.path_params["secret"]
    try:
        account = await services(request).joiners.invited(secret)
    except SignInRefused as refused:
        return render(request, "login/failed.jinja", status=404, realm="staff",
                      sentence=str(refused))  # fmt: skip
    question = await services(request).login.passkeys.ask_new(account)
    answer = render(
        request, "login/join.jinja", status=422 if fault else 200, account=account,
        question=question, secret=secret, fault=fault,
    )  # fmt: skip
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


async def join(request: Request) -> Response:
    """The first passkey of an invited worker."""
    form = await request.form()
    try:
        await services(request).joiners.accept(
            request.path_params["secret"], str(form.get("question", "")),
            str(form.get("answer", "")), str(form.get("name", "")),
        )  # fmt: skip
    except SignInRefused as fault:
        return await _join(request, str(fault))
    return go("/sign-in/staff")


def _here(account: Account, session: Session) -> bool:
    return any(role.organisation == session.actor.organisation for role in account.roles)


def _session(request: Request) -> Session:
    session = session_of(request)
    if session is None:
        raise HTTPException(403)
    return session

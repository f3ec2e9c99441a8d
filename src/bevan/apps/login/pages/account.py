"""One's own account: passkeys, sessions, what happened lately; roles; confirming it's still you."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.login.pages.visit import visitor
from bevan.apps.login.presenters.account import happened, keys, open_sessions, proven
from bevan.identity.confirmation import confirmed
from bevan.identity.errors import SignInRefused
from bevan.identity.mail import Outbox
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, inside, render
from bevan.web.services import services
from bevan.web.session import cookie_name, keep, session_of, signed_in_only


@signed_in_only
async def account_page(request: Request) -> Response:
    """Passkeys, sessions and what happened lately."""
    return await _account(request)


async def _account(request: Request, fault: str = "") -> Response:
    session, login = _session(request), services(request).login
    account = await login.require(session.account)
    listed = await login.sessions.list(session.account)
    return render(
        request, "login/account.jinja", status=422 if fault else 200, account=account,
        proven=proven(account, session), keys=keys(await login.passkeys.list(session.account)),
        sessions=open_sessions(listed, session), events=happened(
            await login.events.list(session.account)
        ),
        done=request.query_params.get("done", ""), fault=fault,
        layout=layout(session), own=services(request).relying[_realm(session)].upstream.own,
    )  # fmt: skip


@signed_in_only
async def end_session(request: Request) -> Response:
    """End one of one's sessions, or all the others."""
    session, form = _session(request), await request.form()
    sessions, id = services(request).login.sessions, str(form.get("session", ""))
    if id == "others":
        await sessions.end_others(session.account, session.id)
    else:
        try:
            await sessions.end_one(session.account, str(UUID(id)))
        except ValueError:
            return await _account(request, "Choose a session to end.")
    await services(request).login.events.note(session.account, "session ended")
    return go("/account?done=ended")


@signed_in_only
async def new_key_page(request: Request) -> Response:
    """Make a further passkey; only just after confirming that it's still them."""
    return await _new_key(request)


async def _new_key(request: Request, fault: str = "") -> Response:
    session, login = _session(request), services(request).login
    if not confirmed(session, login.clock.now()):
        return go("/confirm?next=/account/passkeys")
    question = await login.passkeys.ask_new(await login.require(session.account))
    return render(
        request, "login/new_key.jinja", status=422 if fault else 200, question=question,
        fault=fault, layout=layout(session),
    )  # fmt: skip


@signed_in_only
async def change_keys(request: Request) -> Response:
    """Keep a new passkey, or remove one."""
    session, form = _session(request), await request.form()
    login = services(request).login
    if not confirmed(session, login.clock.now()):
        return go("/confirm?next=/account/passkeys")
    removed = str(form.get("remove", ""))
    if removed:
        return await _remove(request, session, removed)
    try:
        await login.passkeys.add(
            session.account, str(form.get("question", "")), str(form.get("answer", "")),
            str(form.get("name", "")),
        )  # fmt: skip
    except SignInRefused as fault:
        return await _new_key(request, str(fault))
    await login.events.note(session.account, "passkey added")
    return go("/account?done=key")


async def _remove(request: Request, session: Session, id: str) -> Response:
    login = services(request).login
    if len(await login.passkeys.list(session.account)) < 2:
        return await _account(request, "Add another passkey before you remove this one.")
    await login.passkeys.remove(session.account, id)
    await login.events.note(session.account, "passkey removed")
    return go("/account?done=removed")


@signed_in_only
async def confirm_page(request: Request) -> Response:
    """Confirm that it's still you."""
    return await _confirm(request, inside(request.query_params.get("next"), "/account"))


async def _confirm(request: Request, next: str, fault: str = "") -> Response:
    session = _session(request)
    return render(
        request, "login/confirm.jinja", status=422 if fault else 200, next=next, fault=fault,
        question=await services(request).login.passkeys.ask(session.account),
        layout=layout(session),
    )  # fmt: skip


@signed_in_only
async def confirm(request: Request) -> Response:
    """It's still them: the session goes on under a new secret, which says so for five minutes."""
    session, form = _session(request), await request.form()
    login, next = services(request).login, inside(str(form.get("next", "")), "/account")
    try:
        if session.demo and form.get("demo"):
            secret, _ = await login.confirm_demo(session, visitor(request))
        else:
            secret, _ = await login.confirm(
                session, str(form.get("question", "")), str(form.get("answer", "")),
                visitor(request),
            )  # fmt: skip
    except SignInRefused as fault:
        return await _confirm(request, next, str(fault))
    answer = go(next)
    keep(answer, request, secret)
    return answer


@signed_in_only
async def roles_page(request: Request) -> Response:
    """One's roles, of which one is in use."""
    return await _roles(request)


async def _roles(request: Request, fault: str = "") -> Response:
    session = _session(request)
    account = await services(request).login.require(session.account)
    return render(
        request, "login/roles.jinja", status=422 if fault else 200, account=account, fault=fault
    )


@signed_in_only
async def change_role(request: Request) -> Response:
    """Another role is another session."""
    session, form = _session(request), await request.form()
    login, chosen = services(request).login, str(form.get("role", ""))
    account = await login.require(session.account)
    positions = {str(role.position): role for role in account.roles}
    if chosen not in positions:
        return await _roles(request, "Choose one of your roles.")
    secret, _ = await login.sessions.change(
        request.cookies.get(cookie_name(request), ""), position=int(chosen)
    )
    role = positions[chosen]
    await login.events.note(
        session.account, "role", detail=f"{role.name}, {role.organisation_name}"
    )
    answer = go("/record")
    keep(answer, request, secret)
    return answer


async def outbox_page(request: Request) -> Response:
    """A demonstration's emails, which are sent to nobody."""
    mail = services(request).login.mail
    if not services(request).settings.demo or not isinstance(mail, Outbox):
        return not_found(request)
    return render(request, "login/outbox.jinja", letters=await mail.latest())


def layout(session: Session) -> str:
    """The layout of somebody's kind."""
    kind = "citizen" if session.actor.kind == "patient" else "staff"
    return f"layouts/{kind}.jinja"


def _realm(session: Session) -> str:
    return "citizen" if session.actor.kind == "patient" else "staff"


def _session(request: Request) -> Session:
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    return session

"""Signing in at the provider: passkey, code from an email, registering, sharing, taking a role."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.login.pages.visit import (
    at_provider,
    followed,
    leading_out,
    onward,
    provider_of,
    realm_of,
    visitor,
)
from bevan.identity.errors import SignInRefused
from bevan.identity.openid.claims import shared
from bevan.identity.openid.steps import Show
from bevan.kernel.errors import BevanError
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import forget, keep

MODES = ("enter", "register", "recover")


async def go_on(request: Request) -> Response:
    """What comes next for what a service asked: a page, or back to the service."""
    realm, provider = realm_of(request), provider_of(request)
    session = await at_provider(request, realm)
    pending = request.query_params.get("request", "")
    step = await provider.go_on(pending, session)
    if not isinstance(step, Show):
        answer = followed(step)
        assert answer is not None
        return answer
    if step.page in ("sign-in", "stronger"):
        return await _sign_in(request, pending, stronger=step.page == "stronger")
    assert session is not None or step.pending.vouched is not None
    account = await services(request).login.require(
        session.account if session else step.pending.vouched.account  # type: ignore[union-attr]
    )
    answer = render(
        request,
        f"login/{step.page}.jinja",
        realm=realm,
        pending=pending,
        client=step.client,
        account=account,
        shares=shared(step.pending.scopes, account.level or "P0") if step.page == "share" else [],
        fault="",
    )
    return await leading_out(request, answer, pending)


async def sign_in_page(request: Request) -> Response:
    """Sign in with a passkey."""
    return await _sign_in(request, request.query_params.get("request", ""))


async def _sign_in(
    request: Request, pending: str, fault: str = "", *, stronger: bool = False
) -> Response:
    realm, provider = realm_of(request), provider_of(request)
    asked = await provider.store.pending(pending) if pending else None
    answer = render(
        request,
        "login/sign_in.jinja",
        status=422 if fault else 200,
        realm=realm,
        pending=pending,
        question=await services(request).login.passkeys.ask(),
        may_register=realm == "citizen" and (asked is None or asked.may_register),
        stronger=stronger,
        fault=fault,
    )
    return await leading_out(request, answer, pending)


async def with_passkey(request: Request) -> Response:
    """The browser's answer to the passkey question."""
    realm, form = realm_of(request), await request.form()
    pending = str(form.get("request", ""))
    try:
        secret, _ = await services(request).login.with_passkey(
            realm, str(form.get("question", "")), str(form.get("answer", "")),
            visitor(request, realm),
        )  # fmt: skip
    except SignInRefused as fault:
        return await _sign_in(request, pending, str(fault))
    answer = go(onward(realm, pending))
    keep(answer, request, secret, realm)
    return answer


async def email_page(request: Request) -> Response:
    """Ask for the email address to send a code to."""
    mode = request.query_params.get("mode", "enter")
    pending = request.query_params.get("request", "")
    return await _email(request, mode if mode in MODES else "enter", pending)


async def _email(
    request: Request, mode: str, pending: str, email: str = "", fault: str = ""
) -> Response:
    answer = render(
        request, "login/email.jinja", status=422 if fault else 200, mode=mode, pending=pending,
        email=email, fault=fault,
    )  # fmt: skip
    return await leading_out(request, answer, pending)


async def send_code(request: Request) -> Response:
    """Send the code, and ask for it."""
    form = await request.form()
    mode, pending = _mode(str(form.get("mode", ""))), str(form.get("request", ""))
    email = str(form.get("email", ""))
    try:
        id = await services(request).login.enrolment.ask(email)
    except BevanError as fault:
        return await _email(request, mode, pending, email, str(fault))
    return go(f"/login/citizen/code?{urlencode({'id': id, 'mode': mode, 'request': pending})}")


async def code_page(request: Request) -> Response:
    """Ask for the code."""
    given = request.query_params
    return await _code(
        request, given.get("id", ""), _mode(given.get("mode", "")), given.get("request", "")
    )


async def _code(request: Request, id: str, mode: str, pending: str, fault: str = "") -> Response:
    answer = render(
        request, "login/code.jinja", status=422 if fault else 200, id=id, mode=mode,
        pending=pending, fault=fault,
    )  # fmt: skip
    return await leading_out(request, answer, pending)


async def check_code(request: Request) -> Response:
    """The code from the email; afterwards a passkey, unless there is one already."""
    form = await request.form()
    mode, pending = _mode(str(form.get("mode", ""))), str(form.get("request", ""))
    id, login = str(form.get("id", "")), services(request).login
    try:
        secret, session = await login.with_code(
            id, str(form.get("code", "")), visitor(request, "citizen"), mode=mode
        )
    except BevanError as fault:
        return await _code(request, id, mode, pending, str(fault))
    has_key = bool(await login.passkeys.list(session.account))
    after = onward("citizen", pending)
    answer = go(after if has_key else f"/login/citizen/key?{urlencode({'request': pending})}")
    keep(answer, request, secret, "citizen")
    return answer


async def key_page(request: Request) -> Response:
    """Make a passkey, straight after a code from an email."""
    return await _key(request, request.query_params.get("request", ""))


async def _key(request: Request, pending: str, fault: str = "") -> Response:
    session = await at_provider(request, "citizen")
    if session is None:
        return go("/login/citizen")
    login = services(request).login
    account = await login.require(session.account)
    answer = render(
        request, "login/key.jinja", status=422 if fault else 200, pending=pending,
        question=await login.passkeys.ask_new(account), onward=onward("citizen", pending),
        fault=fault,
    )  # fmt: skip
    return await leading_out(request, answer, pending)


async def make_key(request: Request) -> Response:
    """Keep the first passkey of an account. One that has a passkey adds more in its own pages."""
    form = await request.form()
    pending, login = str(form.get("request", "")), services(request).login
    session = await at_provider(request, "citizen")
    if session is None:
        return go("/login/citizen")
    account = await login.require(session.account)
    if account.level not in ("", "P0") or await login.passkeys.list(session.account):
        # An email code alone must not add a key to an identity that is proven or has keys.
        return go(onward("citizen", pending))
    try:
        await login.passkeys.add(
            session.account, str(form.get("question", "")), str(form.get("answer", "")),
            str(form.get("name", "")),
        )  # fmt: skip
    except SignInRefused as fault:
        return await _key(request, pending, str(fault))
    await login.events.note(session.account, "passkey added")
    answer = go(onward("citizen", pending))
    # Making a key shows it: from here on the session counts as signed in with a passkey.
    secret, _ = await login.sessions.change(visitor(request, "citizen").cookie or "", vot="Cp.Cm")
    keep(answer, request, secret, "citizen")
    return answer


async def share(request: Request) -> Response:
    """The person shares what a service asks for, or doesn't."""
    realm, provider, form = realm_of(request), provider_of(request), await request.form()
    pending = str(form.get("request", ""))
    session = await at_provider(request, realm)
    if form.get("share") != "yes":
        answer = followed(await provider.decline(pending))
        assert answer is not None
        return answer
    await provider.agree(pending, session)
    return go(onward(realm, pending))


async def give_up(request: Request) -> Response:
    """The person can't or won't show more: the service is told that access was denied."""
    form = await request.form()
    step = await provider_of(request).refuse(
        str(form.get("request", "")), "access_denied", "the person went back"
    )
    answer = followed(step)
    assert answer is not None
    return answer


async def take_role(request: Request) -> Response:
    """A worker takes one of their roles for what a service asked."""
    form, provider = await request.form(), provider_of(request)
    pending = str(form.get("request", ""))
    session = await at_provider(request, realm_of(request))
    position = str(form.get("role", ""))
    if session is not None and position.isdecimal():
        with suppress(SignInRefused):  # the page asks again
            await provider.choose(pending, session, int(position))
    return go(onward(realm_of(request), pending))


async def leave(request: Request) -> Response:
    """Sign out at the provider."""
    realm = realm_of(request)
    await services(request).identity.sign_out(visitor(request, realm).cookie)
    answer = go("/")
    forget(answer, request, realm)
    return answer


async def refused_page(request: Request) -> Response:
    """A request that can't be answered anywhere else than here."""
    return render(request, "login/refused.jinja", status=400)


def _mode(text: str) -> str:
    return text if text in MODES else "enter"

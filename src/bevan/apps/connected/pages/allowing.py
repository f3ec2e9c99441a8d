"""The page on which a person allows an app, or doesn't (RFC 6749 4.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.connected import service
from bevan.apps.connected.pages.framing import drawn, present, to_sign_in, told
from bevan.apps.connected.presenters import Person, lines, person
from bevan.identity.errors import ClientRefused, ProtocolRefused
from bevan.identity.sessions import Session
from bevan.identity.smart.asking import Asking, Wanted, asking, wanted
from bevan.identity.smart.granted import Decision
from bevan.web.pages import go
from bevan.web.services import services
from bevan.web.session import session_of

_STRANGE = "This app can't be connected"


async def ask(request: Request) -> Response:
    """Says what the app asks for; for staff first whom it is about, where that isn't known."""
    return await _with_request(request, request.query_params.multi_items())


async def decide(request: Request) -> Response:
    """Takes the decision to the app: a code, or that it was refused."""
    form = await request.form()
    pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return await _with_request(request, pairs, str(form.get("decision", "")))


async def _with_request(
    request: Request, pairs: Sequence[tuple[str, str]], decision: str = ""
) -> Response:
    if session_of(request) is None:
        return to_sign_in(request) if request.method == "GET" else go("/")
    try:
        asked = await asking(pairs, services(request).clients)
    except ClientRefused as fault:
        return told(request, _STRANGE, fault.sentence)
    try:
        return await _known(request, asked, dict(pairs), decision)
    except ProtocolRefused as fault:
        return go(asked.refusal(fault))


async def _known(request: Request, asked: Asking, said: dict[str, str], decision: str) -> Response:
    session, given = present(request), services(request)
    if not service.may_allow(session):
        return told(
            request,
            "You have no record to share",
            "You can connect an app once you have proved who you are, or have a role.",
            403,
        )
    citizen = session.actor.kind == "patient"
    wants = wanted(asked, given.app_tokens, service.fhir(given), citizen=citizen)
    if decision == "refuse":
        raise ProtocolRefused("access_denied", "The person refused.")
    about = await _about(request, session, asked, wants, said.get("patient", ""))
    if about is None and wants.about_one:
        return await _pick(request, session, asked, said.get("find", ""))
    if decision == "allow":
        return go(asked.answer(code=await _allow(request, session, asked, wants, about)))
    return _consent(request, session, asked, wants, about)


async def _about(
    request: Request, session: Session, asked: Asking, wants: Wanted, picked: str
) -> Person | None:
    """Whom it is about: a citizen's own person, the launched one, or the one that was picked."""
    given = services(request)
    id, visit = service.own_person(session), None
    if wants.launch:
        launched = await given.app_grants.launched(wants.launch, asked.client.id, session.signer)
        id, visit = launched.patient, launched.encounter
    elif not id and wants.about_one:
        id = picked
    if not id:
        return None
    found = await service.seen(given, session, id)
    if found is None and (wants.launch or not picked):
        raise ProtocolRefused("access_denied", "The person's record can't be opened.")
    return None if found is None else replace(person(found), visit=visit)


async def _allow(
    request: Request, session: Session, asked: Asking, wants: Wanted, about: Person | None
) -> str:
    client = asked.client.id
    await services(request).journal.tell(
        session.actor,
        "app-allowed",
        about=about.id if about is not None else None,
        type="client",
        id=client,
    )
    return await services(request).app_grants.allow(
        Decision(
            client=asked.client,
            actor=session.signer,
            purpose=service.purpose(session),
            wording=wants.wording,
            patient=service.kept(session, about.id) if about is not None else None,
            session=UUID(session.id),
            redirect=asked.redirect,
            challenge=wants.challenge,
            nonce=wants.nonce,
            launch=wants.launch,
            encounter=about.visit if about is not None else None,
        )
    )


async def _pick(request: Request, session: Session, asked: Asking, text: str) -> Response:
    found = await service.find(services(request), session, text)
    return drawn(
        request,
        "pick.jinja",
        client=asked.client,
        given=asked.given,
        text=text,
        people=[person(each) for each in found],
        most=service.MOST,
    )


def _consent(
    request: Request, session: Session, asked: Asking, wants: Wanted, about: Person | None
) -> Response:
    own = session.actor.kind == "patient" and not session.acting
    return drawn(
        request,
        "consent.jinja",
        leads_to=asked.redirect,
        client=asked.client,
        given=asked.given,
        about=about,
        own=own,
        one=wants.wording.context == "patient" or own,
        lines=lines(wants.wording),
        lasting="offline_access" in wants.wording.others,
    )

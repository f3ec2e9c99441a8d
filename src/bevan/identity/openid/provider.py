"""One provider: what a browser is shown next, and what a client is told.

step = await provider.begin(parameters)          # the browser comes from a client
step = await provider.go_on(pending_id, session) # after each page of ours
reply = await provider.token(form)               # the client, by itself
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bevan.identity.accounts import Account
from bevan.identity.assertions import TYPE, Assertions, claimed
from bevan.identity.clients import Clients, RegisteredClient
from bevan.identity.errors import ClientRefused, ProtocolRefused, SignInRefused, TokenRefused
from bevan.identity.keys import Keys
from bevan.identity.login import Login
from bevan.identity.once import Once
from bevan.identity.openid import claims as table
from bevan.identity.openid.asking import Asked, Parameters, read
from bevan.identity.openid.facts import Facts, role_id
from bevan.identity.openid.realm import Realm
from bevan.identity.openid.steps import (
    Fault,
    Onward,
    Page,
    Reached,
    Show,
    Step,
    assured,
    fits,
    other_person,
    role_of,
    with_parameters,
    with_word,
)
from bevan.identity.openid.store import Granted, Pending, Store
from bevan.identity.openid.vectors import missing, parse, reach
from bevan.identity.openid.vouching import Vouching
from bevan.identity.sessions import Session
from bevan.kernel.clock import Clock
from bevan.kernel.identifiers import uuid7

ACCESS: Final = timedelta(minutes=5)
ID: Final = timedelta(minutes=60)
NO_CONSENT: Final = "ConsentNotGiven"


class Provider:
    """The provider of one realm; `clients`, `assertions` and `keys` are shared by all."""

    def __init__(
        self,
        realm: Realm,
        store: Store,
        login: Login,
        facts: Facts,
        clients: Clients,
        assertions: Assertions,
        keys: Keys,
        vouching: Vouching,
        clock: Clock,
        once: Once,
        own: RegisteredClient,
    ) -> None:
        self.realm = realm
        self.store = store
        self._login = login
        self._facts = facts
        self._clients = clients
        self._assertions = assertions
        self._keys = keys
        self._vouching = vouching
        self._clock = clock
        self._once = once
        self._own = own

    async def begin(self, given: Parameters, session: Session | None) -> Step:
        """A browser comes from a client with a request; `session` is theirs at this provider."""
        try:
            names = [list(given.get(name, ())) for name in ("client_id", "redirect_uri")]
            if any(len(values) != 1 for values in names):
                raise ClientRefused("The service that sent you here didn't say who it is.")
            client = await self._approved(names[0][0])
            redirect = client.redirect(names[1][0])
        except ClientRefused as refused:
            return Fault(str(refused))
        try:
            asking = read(self.realm, client, redirect, given)
        except Asked as fault:
            return self._back(redirect, fault.state, fault.error, fault.description)
        vouched = await self._vouching.check(asking.assertion, client) if asking.assertion else None
        pending = await self.store.ask(asking, vouched)
        if asking.prompt == "none":
            return await self._silently(pending, client, session, bool(asking.assertion))
        return await self._next(pending, client, session)

    async def go_on(self, id: str, session: Session | None) -> Step:
        """What comes next for a pending request, now that its person did what a page asked."""
        pending = await self.store.pending(id)
        if pending is None:
            return Fault("This took too long. Go back to the service you came from and try again.")
        try:
            client = await self._approved(pending.client)
        except ClientRefused as refused:
            return Fault(str(refused))
        return await self._next(pending, client, session)

    async def decline(self, id: str) -> Step:
        """The person doesn't want to share: the client gets neither code nor token."""
        return await self.refuse(id, "access_denied", NO_CONSENT)

    async def refuse(self, id: str, error: str, description: str) -> Step:
        """Give a pending request up with an error."""
        pending = await self.store.pending(id)
        if pending is None or not await self.store.drop(id):
            return Fault("This took too long. Go back to the service you came from and try again.")
        return self._back(pending.redirect, pending.state, error, description)

    async def agree(self, id: str, session: Session | None) -> None:
        """The person, signed in here or vouched for, shares what the pending request asks for."""
        pending = await self.store.pending(id)
        vouched = pending.vouched.account if pending is not None and pending.vouched else ""
        account = session.account if session is not None else vouched
        if pending is not None and account:
            await self.store.consent(account, pending.client, pending.scopes)

    async def choose(self, id: str, session: Session, position: int) -> None:
        """The person takes one of their roles. Raises SignInRefused where it isn't theirs."""
        account = await self._login.require(session.account)
        if position not in {role.position for role in account.roles}:
            raise SignInRefused("Choose one of your roles.")
        await self.store.choose(id, position)

    async def token(self, form: Parameters) -> dict[str, Any]:
        """The token endpoint. Raises ProtocolRefused with the error code to answer."""
        if any(len(values) > 1 for values in form.values()):
            raise ProtocolRefused("invalid_request", "A parameter is given more than once.")
        given = {name: values[0] for name, values in form.items() if values}
        client = await self._client(given)
        kind = given.get("grant_type", "")
        if kind == "authorization_code":
            return await self._exchange(given, client)
        if kind == "refresh_token":
            return await self._refresh(given, client)
        error = "unsupported_grant_type" if kind else "invalid_request"
        raise ProtocolRefused(error, "grant_type must be authorization_code or refresh_token.")

    async def known(self, form: Parameters) -> str | None:
        """The client that a form to the token endpoint names, where there is such a one."""
        name = claimed({name: values[0] for name, values in form.items() if values})
        known = name == self._own.id or (name and await self._clients.find(name))
        return name if known else None

    async def userinfo(self, bearer: str) -> dict[str, Any]:
        """Claims of the person behind an access token. Raises TokenRefused."""
        refused = TokenRefused("The access token has run out or was revoked.", "invalid_token")
        told = await self._keys.claims(bearer, algorithms=["RS512"])
        ours = told.get("iss") == self.realm.issuer and told.get("aud") == self.realm.userinfo
        if not ours or self._clock.now().timestamp() >= float(told.get("exp", 0)):
            raise refused
        granted = await self.store.granted(told.get("gid"))
        if granted is None:
            raise refused
        account = await self._login.require(granted.account)
        scopes = str(told.get("scope", "")).split()
        return {"sub": account.subject, **await self._claims(account, granted, scopes)}

    async def _silently(
        self, pending: Pending, client: RegisteredClient, session: Session | None, vouched: bool
    ) -> Step:
        step = await self._next(pending, client, session)
        if isinstance(step, Onward):
            return step
        await self.store.drop(pending.id)
        page = step.page if isinstance(step, Show) else "sign-in"
        error = {"share": "consent_required", "sign-in": "login_required"}.get(
            page, "interaction_required"
        )
        if other_person(pending, session):
            error = "account_selection_required"
        elif vouched and page == "sign-in":
            error = "sso_login_required"
        return self._back(pending.redirect, pending.state, error, "this needs the person")

    async def _next(
        self, pending: Pending, client: RegisteredClient, session: Session | None
    ) -> Step:
        reached = await self._reached(pending, session)
        if isinstance(reached, str):
            return Show(reached, pending, client)
        if self.realm.name == "staff" and "selectedrole" in pending.scopes:
            chosen = role_of(pending, reached.account)
            if chosen is None and reached.account.roles:
                return Show("role", pending, client)
            pending = replace(pending, position=chosen)
        if await self._asks(pending, client, reached.account):
            return Show("share", pending, client)
        code = await self.store.grant(
            pending, reached.account.id, vot=reached.vot, methods=reached.methods,
            authenticated=reached.at,
        )  # fmt: skip
        if code is None:
            return Fault("This was answered already. Go back to the service you came from.")
        return Onward(
            with_parameters(pending.redirect, code=code, state=pending.state, iss=self.realm.issuer)
        )

    async def _reached(self, pending: Pending, session: Session | None) -> Reached | Page:
        """How the person is signed in for this request, or the page that is needed first."""
        methods, at, name = "", None, ""
        if session is not None and session.authenticated is not None:
            methods, at, name = session.vot, session.authenticated, session.account
        if pending.vouched is not None and name in ("", pending.vouched.account):
            methods, at, name = with_word(pending, methods, at)
        if at is None or (pending.prompt == "login" and at < pending.made):
            return "sign-in"
        if other_person(pending, session):
            return "sign-in"
        account = await self._login.accounts.find(name)
        if account is None or account.closed:
            return "sign-in"
        if self.realm.name == "staff":
            return assured(pending, account, session, at)
        items = [parse(text) for text in pending.wanted]
        parts = methods.split(".") if methods else []
        vector = reach(account.level or "P0", parts, items)
        if vector is not None:
            return Reached(account, str(vector), methods, at)
        lacking = missing(account.level or "P0", parts, items)
        return "stronger" if lacking == "methods" else "prove"

    async def _asks(self, pending: Pending, client: RegisteredClient, account: Account) -> bool:
        """Whether the person must be asked first: citizens are, but not for our own pages.

        Workers act for their organisation, which has chosen the client.
        """
        if self.realm.name == "staff" or client.extra.get("trusted"):
            return False
        agreed = await self.store.consented(account.id, pending.client)
        return not set(pending.scopes) <= agreed

    async def _approved(self, id: str) -> RegisteredClient:
        own = id == self._own.id
        return self._own if own else await self._clients.approved(id, self.realm.use)

    async def _client(self, given: Mapping[str, str]) -> RegisteredClient:
        assertion = given.get("client_assertion", "")
        if given.get("client_assertion_type") != TYPE or not assertion:
            raise ClientRefused("Authenticate with a signed assertion (private_key_jwt).")
        client = await self._ourselves(assertion) or await self._assertions.client(
            assertion,
            use=self.realm.use,
            audience=(self.realm.token, self.realm.issuer),
            algorithms=self.realm.algorithms,
        )
        if given.get("client_id", client.id) != client.id:
            raise ClientRefused("client_id isn't the assertion's client.")
        return client

    async def _ourselves(self, assertion: str) -> RegisteredClient | None:
        """Our own relying party, which signs with our own keys; None for anybody else."""
        try:
            told = await self._keys.claims(assertion, algorithms=["RS512"])
        except TokenRefused:
            return None
        now, jti = self._clock.now(), str(told.get("jti", ""))
        ends = datetime.fromtimestamp(int(told.get("exp", 0)), UTC)
        named = told.get("iss") == told.get("sub") == self._own.id
        meant = told.get("aud") == self.realm.token and now < ends <= now + ACCESS
        if not (named and meant and jti):
            raise ClientRefused("The assertion doesn't work here.")
        if not await self._once.use("own assertion", jti, ends):
            raise ClientRefused("The assertion doesn't work here.", replay=True)
        return self._own

    async def _exchange(self, given: Mapping[str, str], client: RegisteredClient) -> dict[str, Any]:
        granted, challenge = await self.store.redeem(
            given.get("code", ""), client.id, given.get("redirect_uri", "")
        )
        verifier = given.get("code_verifier", "")
        if bool(challenge) != bool(verifier) or (challenge and not fits(challenge, verifier)):
            raise TokenRefused("The code_verifier doesn't fit.")
        return {
            **await self._tokens(granted, granted.scopes),
            "id_token": await self._id_token(granted),
        }

    async def _refresh(self, given: Mapping[str, str], client: RegisteredClient) -> dict[str, Any]:
        granted = await self.store.rotate(given.get("refresh_token", ""), client.id)
        scopes = tuple(given["scope"].split()) if given.get("scope") else granted.scopes
        if not set(scopes) <= set(granted.scopes):
            raise ProtocolRefused("invalid_scope", "A refresh can't widen the scope.")
        return await self._tokens(granted, scopes)

    async def _tokens(self, granted: Granted, scopes: Sequence[str]) -> dict[str, Any]:
        account = await self._login.require(granted.account)
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self.realm.issuer, "sub": account.subject, "aud": self.realm.userinfo,
            "client_id": granted.client, "scope": " ".join(scopes), "gid": granted.id,
            "iat": now, "exp": now + int(ACCESS.total_seconds()), "jti": uuid7(),
            **self._trust(granted),
        }  # fmt: skip
        return {
            "access_token": await self._keys.sign(claims, algorithm="RS512", type="at+jwt"),
            "token_type": "Bearer",
            "expires_in": int(ACCESS.total_seconds()),
            "refresh_token": await self.store.refresh_token(granted.id),
            "scope": " ".join(scopes),
        }

    async def _id_token(self, granted: Granted) -> str:
        account = await self._login.require(granted.account)
        now, jti = int(self._clock.now().timestamp()), uuid7()
        await self.store.name_token(granted.id, jti)
        claims: dict[str, Any] = {
            "iss": self.realm.issuer, "sub": account.subject, "aud": granted.client,
            "iat": now, "exp": now + int(ID.total_seconds()), "jti": jti,
            "auth_time": int(granted.authenticated.timestamp()), "nonce": granted.nonce,
            **self._trust(granted),
        }  # fmt: skip
        if self.realm.name == "staff":
            claims["id_assurance_level"] = account.level or "1"
            if granted.position is not None:
                claims["selected_roleid"] = role_id(account, granted.position)
        return await self._keys.sign(claims, algorithm="RS512")

    def _trust(self, granted: Granted) -> dict[str, Any]:
        if self.realm.name == "citizen":
            return {"vot": granted.vot, "vtm": self.realm.trustmark}
        return {"acr": granted.vot, "authentication_assurance_level": granted.vot[-1:]}

    async def _claims(
        self, account: Account, granted: Granted, scopes: Collection[str]
    ) -> dict[str, Any]:
        if self.realm.name == "staff":
            return table.staff(scopes, await self._facts.staff(account))
        # What has been proven since, or lost, counts as well: the lower of both.
        level = min(parse(granted.vot).level, account.level or "P0")
        return table.citizen(scopes, level, await self._facts.citizen(account))

    def _back(self, redirect: str, state: str, error: str, description: str) -> Onward:
        told = {"error": error, "error_description": description, "iss": self.realm.issuer}
        return Onward(with_parameters(redirect, **told, **({"state": state} if state else {})))

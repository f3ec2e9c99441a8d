"""Passkeys: the key stays in the person's device, and only a signature comes here (WebAuthn 3).

User verification is demanded at registration and at every use, so that a passkey is two factors:
the device, and the finger, face or PIN that unlocks it. A key that can't leave its device counts
as AAL3, a synchronised one as AAL2; no attestation is asked for, so that is the device's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bevan.identity.accounts import Account
from bevan.identity.errors import SignInRefused
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements

LASTS = timedelta(minutes=5)
REFUSED = "That passkey didn't work here. Try again, or use another way to sign in."


@dataclass(frozen=True, slots=True)
class Question:
    """What a page hands to the browser: options as JSON text, and a name to answer under."""

    id: str
    options: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey in its owner's list; `id` is base64url."""

    id: str
    name: str
    bound: bool
    made: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Who showed their passkey, and how strong it is: AAL2 or AAL3."""

    account: str
    kind: str
    level: str


class Passkeys:
    """Ceremonies with the browser's authenticator, and the passkey table."""

    def __init__(self, database: Database, clock: Clock, public_url: str) -> None:
        self._database = database
        self._clock = clock
        self._origin = public_url
        self._host = urlsplit(public_url).hostname or "localhost"
        self._sql = statements("bevan.identity", "passkeys.sql")

    async def ask_new(self, account: Account) -> Question:
        """Options for making a passkey of an account; ones it has already are excluded."""
        known = await self.list(account.id)
        options = generate_registration_options(
            rp_id=self._host,
            rp_name="Bevan",
            user_name=account.email or account.name,
            user_display_name=account.name or account.email,
            user_id=UUID(account.subject).bytes,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known
            ],
        )
        return await self._asked("new", options.challenge, options_to_json(options), account.id)

    async def add(self, account: str, question: str, answer: str, name: str) -> None:
        """Keep the passkey that a browser made. Raises SignInRefused for anything amiss."""
        challenge = await self._challenge("new", question, account)
        try:
            made = verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError):
            raise SignInRefused("The passkey couldn't be made. Try again.") from None
        kept = await self._database.fetchval(
            self._sql["add"], made.credential_id, account, made.credential_public_key,
            made.sign_count, made.credential_device_type is CredentialDeviceType.SINGLE_DEVICE,
            name[:60] or "Passkey", self._clock.now(),
        )  # fmt: skip
        if kept is None:
            raise SignInRefused("This passkey is known already.")

    async def ask(self, account: str | None = None) -> Question:
        """Options for showing a passkey: any one of the device, or one of this account."""
        known = await self.list(account) if account else []
        options = generate_authentication_options(
            rp_id=self._host,
            user_verification=UserVerificationRequirement.REQUIRED,
            allow_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known
            ],
        )
        return await self._asked("show", options.challenge, options_to_json(options), account)

    async def show(self, question: str, answer: str, account: str | None = None) -> Shown:
        """Whose passkey answered. Raises SignInRefused for anything amiss, and for another's.

        `account` is the one that the question was asked of, if it was.
        """
        challenge = await self._challenge("show", question, account)
        try:
            id = parse_authentication_credential_json(answer).raw_id
            row = await self._database.fetchrow(self._sql["find"], id)
            if row is None or (account is not None and row["account"] != account):
                raise SignInRefused(REFUSED)
            shown = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=row["public_key"],
                credential_current_sign_count=row["count"],
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError):
            raise SignInRefused(REFUSED) from None
        noted = await self._database.fetchval(
            self._sql["used"], id, shown.new_sign_count, self._clock.now(), row["count"]
        )
        if noted is None:  # somebody used a copy of this key at the same moment
            raise SignInRefused(REFUSED)
        return Shown(row["account"], row["kind"], "AAL3" if row["bound"] else "AAL2")

    async def list(self, account: str) -> list[Passkey]:
        """An account's passkeys, oldest first."""
        rows = await self._database.fetch(self._sql["list"], account)
        return [Passkey(bytes_to_base64url(row["id"]), *list(row)[1:]) for row in rows]

    async def remove(self, account: str, id: str) -> bool:
        """Remove one; whether it was there."""
        key = base64url_to_bytes(id)
        return await self._database.fetchval(self._sql["remove"], account, key) is not None

    async def remove_all(self, account: str) -> None:
        """Remove every passkey of an account."""
        await self._database.execute(self._sql["remove_all"], account)

    async def sweep(self) -> None:
        """Remove questions nobody answered."""
        await self._database.execute(self._sql["sweep"], self._clock.now())

    async def _asked(
        self, use: str, challenge: bytes, options: str, account: str | None
    ) -> Question:
        id = uuid7()
        await self._database.execute(
            self._sql["ask"], UUID(id), challenge, use, account, self._clock.now() + LASTS
        )
        return Question(id, options)

    async def _challenge(self, use: str, question: str, account: str | None) -> bytes:
        """The question's random bytes, once, if it was asked of this account."""
        try:
            id = UUID(question)
        except ValueError:
            raise SignInRefused(REFUSED) from None
        row = await self._database.fetchrow(self._sql["answered"], id, use, self._clock.now())
        if row is None or row["account"] != account:
            raise SignInRefused("That took too long. Try again.")
        return bytes(row["challenge"])

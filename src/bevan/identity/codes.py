"""One-time codes of six digits, sent to an email address to show that somebody reads it."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from bevan.identity.attempts import CODE_WRONG, CODES_SENT, Attempts
from bevan.identity.errors import SignInRefused
from bevan.identity.mail import Mail
from bevan.identity.secret import digest
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements

LASTS = timedelta(minutes=10)
TRIES = 5
WRONG = "That code isn't right, or it has run out. Check the newest email, or ask for a new code."


class Codes:
    """The one_time_code table and the emails."""

    def __init__(self, database: Database, clock: Clock, mail: Mail, attempts: Attempts) -> None:
        self._database = database
        self._clock = clock
        self._mail = mail
        self._attempts = attempts
        self._sql = statements("bevan.identity", "codes.sql")

    async def send(self, use: str, email: str, *, really: bool = True) -> str:
        """Email a new code; returns the name under which it is answered, which is no secret.

        `really` False makes a name that no code opens and sends nothing: what the caller sees is
        the same. Raises TooOften after five an hour to one address.
        """
        await self._attempts.note(CODES_SENT, email)
        id, code = uuid7(), f"{secrets.randbelow(1_000_000):06}"
        if really:
            until = self._clock.now() + LASTS
            await self._database.execute(
                self._sql["add"], UUID(id), use, email, digest(f"{id}{code}"), until
            )
            await self._mail.send(email, f"{code} is your Bevan code", _text(code))
        return id

    async def answer(self, use: str, id: str, code: str) -> str:
        """The email address that a right code proves; it works once.

        Raises SignInRefused for a wrong, old or used code, and TooOften after too many tries. A
        code ends after five tries, right or wrong.
        """
        try:
            name = UUID(id)
        except ValueError:
            raise SignInRefused(WRONG) from None
        await self._attempts.note(CODE_WRONG, id)
        row = await self._database.fetchrow(
            self._sql["attempt"], name, use, self._clock.now(), TRIES
        )
        given = digest(f"{name}{''.join(code.split())}")
        if row is None or not hmac.compare_digest(row["code"], given):
            raise SignInRefused(WRONG)
        if await self._database.fetchval(self._sql["end"], name) is None:
            raise SignInRefused(WRONG)
        return str(row["email"])

    async def sweep(self) -> None:
        """Remove codes that have run out."""
        await self._database.execute(self._sql["sweep"], self._clock.now())


def _text(code: str) -> str:
    return (
        f"Your code is {code}. It works for 10 minutes.\n\n"
        "Nobody who works for us will ever ask you for it. If you didn't ask for a code, you "
        "can ignore this email: nobody can get in without it.\n"
    )

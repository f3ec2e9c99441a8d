"""Sending email: through an SMTP server by configuration, into a table in a demonstration."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.errors import Unavailable
from bevan.kernel.settings import Settings
from bevan.kernel.sql import statements

_PATIENCE = 20.0


class Mail(Protocol):
    """Takes an email and gets it on its way."""

    async def send(self, recipient: str, subject: str, body: str) -> None:
        """Raises Unavailable when it can't be sent now."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """An email as it was kept."""

    at: datetime
    recipient: str
    subject: str
    body: str


class Outbox:
    """Keeps emails for the demonstration's page of them; nothing leaves the machine."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.identity", "mail.sql")

    async def send(self, recipient: str, subject: str, body: str) -> None:
        """Keep it."""
        await self._database.execute(self._sql["add"], self._clock.now(), recipient, subject, body)

    async def latest(self, most: int = 20) -> list[Letter]:
        """The newest emails first."""
        return [Letter(*row) for row in await self._database.fetch(self._sql["latest"], most)]


class Smtp:
    """Hands emails to an SMTP server, with STARTTLS unless the settings say otherwise."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, recipient: str, subject: str, body: str) -> None:
        """Send it. Raises Unavailable when the server doesn't take it."""
        message = EmailMessage()
        message["From"], message["To"] = self._settings.mail_from or "", recipient
        message["Subject"] = subject
        message.set_content(body)
        try:
            await asyncio.to_thread(self._hand_over, message)
        except (OSError, smtplib.SMTPException):
            raise Unavailable("The email couldn't be sent. Try again in a few minutes.") from None

    def _hand_over(self, message: EmailMessage) -> None:
        given = self._settings
        with smtplib.SMTP(given.smtp_host or "", given.smtp_port, timeout=_PATIENCE) as server:
            if given.smtp_tls:
                server.starttls(context=ssl.create_default_context())
            if given.smtp_user:
                server.login(given.smtp_user, given.smtp_password or "")
            server.send_message(message)


class NoMail:
    """Where nothing is set up: says so instead of losing emails."""

    async def send(self, recipient: str, subject: str, body: str) -> None:
        """Raises Unavailable, always."""
        raise Unavailable("This service can't send email yet. Ask its team.")


def mail(settings: Settings, database: Database, clock: Clock) -> Mail:
    """The way of sending that the settings name."""
    if settings.smtp_host and settings.mail_from:
        return Smtp(settings)
    return Outbox(database, clock) if settings.demo else NoMail()

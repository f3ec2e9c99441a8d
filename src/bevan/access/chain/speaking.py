"""Makes statements: signed, put beside the links and noted in the audit, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bevan.access.chain.shelf import Shelf
from bevan.access.chain.signing import Keyring
from bevan.access.chain.statement import Answerable, Attested, Body, Statement, attest
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.errors import BevanError
from bevan.kernel.identifiers import uuid7
from bevan.record import audit
from bevan.record.interning import Interns
from bevan.record.scope import Actor, Ticket

TYPE = "Statement"
_LEAST = 10


class SayWhy(BevanError):
    """A statement without a name or a reason."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for a statement, with whom, and why."""

    by: Answerable
    reason: str
    second: Answerable | None = None

    def checked(self) -> Answer:
        """Raises `SayWhy` where it names nobody or says nothing."""
        if not self.by.name.strip() or len(self.reason.strip()) < _LEAST:
            raise SayWhy(f"Give a name, and a reason of {_LEAST} characters or more.")
        return self


class Speaker:
    """Makes the statements of one installation. ``clock`` is the machine's."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    async def say(
        self, connection: Connection, answer: Answer, body: Body, lines: bytes = b""
    ) -> Attested:
        """Sign a statement and keep it; `connection` is in a transaction. Raises `SayWhy`."""
        answer = answer.checked()
        said = Statement(
            id=UUID(uuid7()),
            made=self._clock.now(),
            by=answer.by,
            second=answer.second,
            reason=answer.reason.strip(),
            body=body,
            key=self._keyring.newest,
        )
        made = attest(self._keyring, said)
        await Shelf(connection).add(made, lines)
        await connection.execute(audit.insert(), *audit.columns([await self._entry(said)])[:-1])
        return made

    async def _entry(self, said: Statement) -> audit.Entry:
        by = said.by
        actor = Actor("practitioner", by.id, by.name, by.role, "", by.organisation)
        ticket = Ticket(str(said.id), f"Keeping the audit: {said.kind}", actor, said.made)
        agent, purpose = await Interns(self._database).ticket(ticket)
        note, shown, event = audit.NOTE, audit.SHOWN, f"audit-{said.kind}"
        return audit.Entry(
            said.made, agent, purpose, None, 1, None, note, shown, str(said.id), TYPE,
            str(said.id), event, None,
        )  # fmt: skip

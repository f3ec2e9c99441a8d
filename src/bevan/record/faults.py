"""What the database's errors become: never their text, which holds other people's values."""

from __future__ import annotations

import asyncpg
import structlog

from bevan.fhir.outcome import Issue
from bevan.kernel.errors import Unavailable
from bevan.record.errors import Conflict, Invalid, RecordError

DATABASE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What a statement may raise."""

_UNSTORABLE = (
    asyncpg.DataError,
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.ProgramLimitExceededError,
)
_COLLISIONS = (
    asyncpg.UniqueViolationError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
_LOST = (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError)

_log = structlog.get_logger("bevan.record")


def collided(error: BaseException) -> bool:
    """Whether somebody else was first, so that trying again may well succeed."""
    return isinstance(error, _COLLISIONS)


def told(error: Exception) -> Exception:
    """What the caller is told instead of the database's own error."""
    if isinstance(error, _UNSTORABLE):
        text = "It holds a character or a number that can't be stored."
        return Invalid([Issue("error", "value", "", text)])
    if collided(error):
        return Conflict("Somebody else changed this at the same moment. Try again.")
    state = getattr(error, "sqlstate", None) or type(error).__name__
    _log.error("database_refused", state=state)
    if isinstance(error, _LOST) or str(state).startswith(("08", "53", "57")):
        return Unavailable("The database didn't answer. Whether this was written isn't known.")
    return RecordError("The record could not do this.")

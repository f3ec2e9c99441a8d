"""Pseudonyms of a project: HMAC-SHA-256 of an identifier under the project's own key.

A bare hash of a ten-digit number is no pseudonym: all of them are counted through in seconds. The
same person has another pseudonym in each project, and when a project's key is destroyed nobody,
we included, can tell any more whose its pseudonyms are (RFC 2104; UK GDPR recital 26).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bevan.kernel import keys
from bevan.kernel.errors import BevanError, ConfigurationError

_PREFIX = "project-"
_GONE = ".destroyed"
_NAME = re.compile(r"^[a-z][a-z0-9-]{1,40}$")


class NoSuchProject(BevanError):
    """A project that has no key here, or whose key was destroyed."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project's key as it may be told of: never the key itself."""

    name: str
    made: datetime
    destroyed: datetime | None = None


class Projects:
    """The keys of an installation's projects, files in its data folder."""

    def __init__(self, data: Path) -> None:
        """Nothing is read or made yet."""
        self._data = data
        self._folder = data / "keys"

    def create(self, name: str) -> Project:
        """Make a project's key. Raises `ConfigurationError` for a name that was ever used."""
        if not _NAME.match(name):
            raise ConfigurationError("A project's name is lower-case letters, digits and dashes.")
        if self._path(name).exists() or self._gone(name).exists():
            raise ConfigurationError(f"{name} has had a key: every project gets a name of its own.")
        keys.secret(self._data, _PREFIX + name)
        return Project(name, _time(self._path(name)))

    def every(self) -> list[Project]:
        """All projects, destroyed ones too, by name."""
        found = []
        for path in sorted(self._folder.glob(f"{_PREFIX}*")):
            name = path.name.removeprefix(_PREFIX).removesuffix(_GONE)
            ended = path.name.endswith(_GONE)
            made = datetime.fromisoformat(path.read_text("ascii")) if ended else _time(path)
            found.append(Project(name, made, _time(path) if ended else None))
        return found

    def pseudonym(self, name: str, identifier: str) -> str:
        """64 hexadecimal digits that stand for an identifier in this project.

        Raises `NoSuchProject`.
        """
        return Pseudonyms(self._key(name)).of(identifier)

    def pseudonyms(self, name: str) -> Pseudonyms:
        """The project's pseudonyms, for many at once. Raises `NoSuchProject`."""
        return Pseudonyms(self._key(name))

    def destroy(self, name: str) -> Project:
        """Destroy a project's key for good; backups that hold it must be destroyed too."""
        path = self._path(name)
        key = self._key(name)
        made = _time(path)
        self._gone(name).write_text(made.isoformat(), "ascii")
        with path.open("r+b") as file:
            file.write(os.urandom(2 * len(key)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        return Project(name, made, _time(self._gone(name)))

    def _key(self, name: str) -> bytes:
        if not _NAME.match(name) or not self._path(name).exists():
            raise NoSuchProject("There is no such project, or its key was destroyed.")
        return keys.secret(self._data, _PREFIX + name)

    def _path(self, name: str) -> Path:
        return self._folder / (_PREFIX + name)

    def _gone(self, name: str) -> Path:
        return self._folder / (_PREFIX + name + _GONE)


@dataclass(frozen=True, slots=True, repr=False)
class Pseudonyms:
    """Identifiers to pseudonyms under one key, which is never shown."""

    key: bytes

    def of(self, identifier: str) -> str:
        """64 hexadecimal digits; spaces in and around the identifier don't count."""
        text = "".join(identifier.split())
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def _time(path: Path) -> datetime:
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)

"""The installation that a command works on: its settings and its database."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bevan.kernel import settings as settings_of
from bevan.kernel.errors import ConfigurationError
from bevan.kernel.settings import Settings


@dataclass(frozen=True)
class Installation:
    """One installation, as the options and the environment describe it."""

    settings: Settings

    @classmethod
    def of(cls, data: Path | None, **given: Any) -> Installation:
        """The installation in `data`; other settings as `given`, None for not given."""
        return cls(settings_of.load({"data": data, **given}))

    @property
    def embedded(self) -> bool:
        """Whether its PostgreSQL is our own, in the data folder."""
        return self.settings.database_url is None

    @contextmanager
    def database(self) -> Iterator[str]:
        """The DSN of its database, whether a server runs already or not."""
        if self.settings.database_url is not None:
            yield self.settings.database_url
            return
        from bevan.kernel.postgres import Cluster

        chosen = self.settings
        with Cluster(chosen.data, prefer=chosen.postgres, fsync=chosen.fsync) as cluster:
            yield cluster.dsn

    @contextmanager
    def migrated(self, packages: Sequence[str]) -> Iterator[str]:
        """The DSN of its database once every migration was applied."""
        import asyncio

        with self.database() as dsn:
            asyncio.run(_migrate(dsn, packages))
            yield dsn

    def require(self) -> None:
        """Raise `ConfigurationError` where there is no installation yet."""
        if self.embedded and not (self.settings.data / "pg").is_dir():
            raise ConfigurationError(
                f"There is no installation in {self.settings.data}: `bevan up` makes one."
            )


async def _migrate(dsn: str, packages: Sequence[str]) -> None:
    from bevan.kernel.database import connect
    from bevan.kernel.migrations import migrate

    connection = await connect(dsn, patience=60.0)
    try:
        await migrate(connection, packages)
    finally:
        await connection.close()


def operator() -> str:
    """The operating-system user at the command line, whom the audit names."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return f"uid {os.getuid()}"

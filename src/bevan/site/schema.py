"""The packages that own tables, in the order in which their migrations run."""

from __future__ import annotations

from typing import Final

# Lower layers first: a table may refer only to tables of its own layer or below.
PACKAGES: Final = (
    "bevan.kernel",
    "bevan.record",
    "bevan.directory",
    "bevan.people",
    "bevan.registers",
    "bevan.access",
    "bevan.identity",
    "bevan.feeds",
    "bevan.api",
    "bevan.web",
)

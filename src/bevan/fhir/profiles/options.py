"""How strict validation is where R4 leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """``any_extension``: unknown extensions are noted, not refused (modifiers always are).
    ``extension_domains``: beginnings of addresses whose extensions may be unknown all the same.
    """

    any_extension: bool = True
    extension_domains: tuple[str, ...] = ()

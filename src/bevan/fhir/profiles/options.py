"""How strict validation is where R4 leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """``any_extension``: unknown extensions are noted, not refused (modifiers always are).
    ``extension_domains``: beginnings of addresses whose extensions may be unknown all the same.
    ``no_markup``: text that looks like HTML is refused.
    """

    any_extension: bool = True
    extension_domains: tuple[str, ...] = ()
    no_markup: bool = False

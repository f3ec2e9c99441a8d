"""Why a list is short or empty: the facts that must never look alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bevan.apps.care_record.rules.senders import Sender, Senders


@dataclass(frozen=True)
class Absence:
    """What keeps a list from being the whole truth.

    ``none`` is true only when the list is empty, nothing is withheld and every source answered:
    the one case in which a page may say that nothing is recorded.
    """

    none: bool
    withheld: bool
    failed: tuple[Sender, ...]
    late: tuple[Sender, ...]


def absence(
    count: int, withheld: bool, senders: Senders, sources: Iterable[str], now: datetime
) -> Absence:
    """Judges a list of ``count`` entries that came from ``sources``.

    A failed system counts even if it never sent anything about this person: what it holds is
    not known. A silent one is named only where the list relies on it.
    """
    used = (senders.systems[uri] for uri in dict.fromkeys(sources) if uri in senders.systems)
    late = tuple(sender for sender in used if sender.late(now) and not sender.failed)
    failed = senders.failed
    return Absence(count == 0 and not withheld and not failed, withheld, failed, late)

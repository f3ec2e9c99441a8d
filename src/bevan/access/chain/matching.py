"""The entries of a link against what was sealed: which one is changed, removed or added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bevan.access.chain import listing, merkle
from bevan.access.chain.entry import Named
from bevan.access.chain.finding import Finding, added, changed, of_link, removed
from bevan.access.chain.link import Link
from bevan.access.chain.listing import CUT, Line
from bevan.access.chain.sealing import moment


def compared(
    link: Link, named: Sequence[Named], content: bytes | None, kept_from: datetime | None
) -> list[Finding]:
    """What is wrong with the entries of one link.

    ``content`` is the list that was handed over with it, if it is there; without it only the link
    and its times can be named. Entries before ``kept_from`` may be gone.
    """
    if merkle.root([one.leaf for one in named]).hex() == link.root:
        return []
    lines = None if content is None else listing.unpacked(content)
    if content is None or lines is None or listing.digest(content).hex() != link.listing:
        return _without_list(link, named, content, kept_from)
    gone, new = _differences(lines, named)
    gone = [line for line in gone if kept_from is None or moment(line.at) >= kept_from]
    return _told(link, gone, new)


def _without_list(
    link: Link, named: Sequence[Named], content: bytes | None, kept_from: datetime | None
) -> list[Finding]:
    found = []
    if content is not None:
        found.append(of_link("missing list", link, "its list in the second place was changed."))
    disposed = kept_from is not None and link.first is not None and link.first < kept_from
    if not disposed:
        text = f"{len(named)} entries instead of {link.entries}, or other ones; no list says which."
        found.append(of_link("broken seal", link, text))
    return found


def _differences(lines: Sequence[Line], named: Sequence[Named]) -> tuple[list[Line], list[Named]]:
    """(sealed and not there, there and not sealed)."""
    missing = Counter(lines)
    new = []
    for one in named:
        line = Line(one.leaf[:CUT], one.entry.at)
        if missing[line] > 0:
            missing[line] -= 1
        else:
            new.append(one)
    return sorted(missing.elements(), key=lambda line: line.at), new


def _told(link: Link, gone: list[Line], new: list[Named]) -> list[Finding]:
    """An entry that went and one that came at the same time are one that was changed."""
    found = []
    left = []
    for line in gone:
        twin = next((one for one in new if one.entry.at == line.at), None)
        if twin is None and len(gone) == len(new) == 1:
            twin = new[0]
        if twin is None:
            left.append(line)
            continue
        new.remove(twin)
        found.append(changed(link, line, twin))
    return [*found, *(removed(link, line) for line in left), *(added(link, one) for one in new)]

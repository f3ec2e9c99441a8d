"""What was destroyed, in words: the record by type of entry, everything else by what it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

_WORDS = {
    "numbers": "Index entries", "strings": "Index entries", "codes": "Index entries",
    "versions": "Old versions", "mentions": "Mentions in entries of others",
    "links": "Links with organisations", "relationship_origin": "Links with organisations",
    "own_link": "Links with organisations", "restricted_person": "Marks of protection",
    "refusals": "Choices", "choice": "Choices", "claim": "Records opened by a reason",
    "proxy": "Rights to act", "proxy_request": "Rights to act", "look": "Looks",
    "looker": "Looks", "watch_case": "Cases of the worklist", "person_moved": "Merges",
    "person_merge": "Merges", "person_correction": "Corrections", "person_decision": "Decisions",
    "person_closed": "Merges", "person_stated": "Merges", "account": "Account",
    "account_event": "Account's history",
    "session": "Sign-ins", "login_grant": "Sign-ins", "one_time_code": "Letters and codes",
    "outbox": "Letters and codes", "app_grant": "Apps allowed", "app_launch": "Apps allowed",
}  # fmt: skip


def destroyed(removed: Mapping[str, int]) -> list[tuple[str, int]]:
    """Rows by kind in the order of their words; a FHIR type stands as it is called."""
    counted: Counter[str] = Counter()
    for kind, count in removed.items():
        counted[_WORDS.get(kind, kind)] += count
    return sorted(counted.items())

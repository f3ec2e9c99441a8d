"""Conditions on the rows of `idx_str`: normalised texts, and URIs as written."""

from __future__ import annotations

from bevan.fhir.extraction.strings import OVERLAP, normalise
from bevan.record.visibility import Bind

# URIs that no row keeps as text: nearly every resource has them, few distinct.
NOT_STORED = frozenset({"_profile", "_source"})
# The last character there is: no text that starts with a prefix comes after prefix + LAST.
LAST = "\U0010ffff"


def condition(modifier: str, text: str, bind: Bind) -> str:
    """What a row of `idx_str`, alias `s`, must satisfy to be proposed.

    A long text is stored in overlapping pieces, so no more than OVERLAP characters are compared.
    """
    plain = normalise(text)[:OVERLAP]
    if modifier == "contains":
        return f"position({bind(plain, 'text')} in s.val) > 0"
    return _starts(plain, bind)


def below(uri: str, bind: Bind) -> str:
    """The URI itself or one under it."""
    whole = f"{uri.rstrip('/')}/"
    if len(whole) > OVERLAP:
        return _starts(whole[:OVERLAP], bind)
    return f"(s.val = {bind(uri, 'text')} or {_starts(whole, bind)})"


def _starts(prefix: str, bind: Bind) -> str:
    return f"(s.val >= {bind(prefix, 'text')} and s.val < {bind(prefix + LAST, 'text')})"

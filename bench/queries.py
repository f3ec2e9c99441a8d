"""The thirty queries of `queries.json`, with ids and codes of a sample put in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

TABLE = Path(__file__).with_name("queries.json")


def table() -> Mapping[str, Mapping[str, str]]:
    """Queries by their names: bounded ones, and those whose rows grow with the people."""
    found: dict[str, dict[str, str]] = json.loads(TABLE.read_text("utf-8"))
    return found


def filled(query: str, person: str, code: str, nhs: str) -> str:
    """A query about one person and one code; `nhs` is system|number."""
    return query.format(person=person, code=quote(code, safe=""), nhs=quote(nhs, safe=""))

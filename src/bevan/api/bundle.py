"""Batch and transaction (FHIR R4 3.1.0.11)."""

from __future__ import annotations

from typing import Any

from bevan.api.errors import bad_request, insufficient
from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.identity.grants import Grants

_LETTERS = {"POST": "c", "PUT": "u", "PATCH": "u", "DELETE": "d"}


async def bundle(request: Request) -> Reply:
    """POST [base] with a Bundle of type batch or transaction: 200 with its answers."""
    if request.query:
        raise bad_request("A batch or transaction has no parameters.")
    found = request.resource()
    if found.get("resourceType") != "Bundle" or found.get("type") not in ("batch", "transaction"):
        raise bad_request(
            "Only a Bundle of type batch or transaction may be posted here.",
            expression="Bundle.type",
        )
    check_letters(found, request.grants)
    return Reply(200, await request.record.bundle(request.scope, found))


def check_letters(bundle: dict[str, Any], grants: Grants) -> None:
    """Refuse the whole Bundle (403) when the token's letters don't cover an entry's interaction.

    A Scope knows reads and writes only; which kinds of write a token allows is decided here.
    What is malformed passes: the record refuses it with its place.
    """
    if all(grants.allow(letter, None) for letter in "cruds"):
        return
    entries = bundle.get("entry")
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        stated = entry.get("request") if isinstance(entry, dict) else None
        if not isinstance(stated, dict):
            continue
        method, url = str(stated.get("method")), str(stated.get("url"))
        letter, type = _needs(method, url)
        selects = letter in "cud" and ("?" in url or bool(stated.get("ifNoneExist")))
        if not grants.allow(letter, type) or (selects and not grants.allow("s", type)):
            raise insufficient(
                f"The token's scopes don't allow Bundle.entry[{number}] ({method} {type or ''})."
            )


def _needs(method: str, url: str) -> tuple[str, str | None]:
    path, _, query = url.partition("?")
    parts = path.strip("/").split("/")
    type = parts[0] if parts[0] and not parts[0].startswith(("_", "$")) else None
    if method in _LETTERS:
        return _LETTERS[method], type
    searches = len(parts) == 1 or (bool(query) and "_history" not in parts)
    return ("s" if searches and parts[-1] != "_history" else "r"), type


INTERACTION = Interaction("bundle", ("transaction", "batch"), "system", "", bundle, body="json")

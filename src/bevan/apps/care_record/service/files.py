"""The files of a document: kept inside it, or in a Binary beside it."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
from re import fullmatch

from bevan.apps.care_record.rules.concepts import Resource
from bevan.apps.care_record.service.chart import Chart


@dataclass(frozen=True)
class File:
    """One file: its bytes, the media type that its sender stated, and a name."""

    content: bytes
    kind: str
    name: str


def attached(document: Resource, number: int) -> Resource | None:
    """The attachment at this place of a document, counted from 0."""
    content = document.get("content") or []
    found = content[number].get("attachment") if 0 <= number < len(content) else None
    return found if isinstance(found, dict) else None


def held(attachment: Resource) -> str:
    """The id of the Binary that an attachment's address names; "" for an address elsewhere."""
    type, _, id = str(attachment.get("url", "")).partition("/")
    return id if type == "Binary" and fullmatch(r"[A-Za-z0-9.\-]{1,64}", id) else ""


async def opened_file(chart: Chart, document: Resource, number: int) -> File | None:
    """The file at this place of a document; None where there is none or it can't be seen.

    A Binary is read under the reader's own Scope: the document's word isn't enough.
    """
    found = attached(document, number)
    if found is None:
        return None
    name = str(found.get("title") or "document")
    if "data" in found:
        content = _decoded(found["data"])
        return None if content is None else File(content, str(found.get("contentType", "")), name)
    id = held(found)
    binary = await chart.reader.one("Binary", id) if id else None
    content = _decoded((binary or {}).get("data"))
    if binary is None or content is None:
        return None
    return File(content, str(binary.get("contentType", "")), name)


def _decoded(data: object) -> bytes | None:
    try:
        return b64decode(data, validate=True) if isinstance(data, str) else None
    except Error:
        return None

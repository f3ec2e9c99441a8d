"""A letter or document: what it is, its text where it has one, and its files."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from dataclasses import dataclass

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import Resource, words
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.files import held
from bevan.web.app import Link
from bevan.web.components import Fact
from bevan.web.words import long_date


@dataclass(frozen=True)
class Document:
    """The page of a document. ``text`` is None when it holds something other than text.

    ``narrative`` is the sender's own summary as XHTML, to be cleaned when it is drawn; ``files``
    are what can be kept as a file.
    """

    title: str
    facts: tuple[Fact, ...]
    text: str | None
    kind: str
    narrative: str = ""
    files: tuple[Link, ...] = ()


def document(chart: Chart, resource: Resource) -> Document:
    """The first attachment that can be read, with who wrote it and when."""
    authors = ", ".join(a.get("display", "") for a in resource.get("author") or [])
    attachments = [c.get("attachment") or {} for c in resource.get("content") or []]
    texts = (text for one in attachments if (text := _text(one)) is not None)
    facts = (
        Fact("Kind", words(resource.get("type"))),
        Fact("Written", long_date(entries.when(resource)[:10])),
        Fact("By", authors),
        Fact("Held by", chart.senders.name(resource)),
    )
    kinds = ", ".join(str(one.get("contentType", "")) for one in attachments)
    title = resource.get("description") or words(resource.get("type"))
    narrative = str((resource.get("text") or {}).get("div", ""))
    shown = tuple(fact for fact in facts if fact.text)
    return Document(title, shown, next(texts, None), kinds, narrative, _files(chart, resource))


def _files(chart: Chart, resource: Resource) -> tuple[Link, ...]:
    """A link to each attachment that the record itself holds."""
    where = f"/record/{chart.id}/documents/{resource.get('id', '')}/files"
    return tuple(
        Link(f"Save {one.get('title') or 'the file'} ({one.get('contentType', 'unknown kind')})",
             f"{where}/{number}")
        for number, content in enumerate(resource.get("content") or [])
        if (one := content.get("attachment") or {}) and ("data" in one or held(one))
    )  # fmt: skip


def _text(attachment: Resource) -> str | None:
    if not str(attachment.get("contentType", "")).startswith("text/plain"):
        return None
    try:
        return b64decode(attachment.get("data", ""), validate=True).decode()
    except (Error, UnicodeDecodeError):
        return None

"""A letter or document: what it is, and its text where it has one."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from dataclasses import dataclass

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import Resource, words
from bevan.apps.care_record.service.chart import Chart
from bevan.web.components import Fact
from bevan.web.words import long_date


@dataclass(frozen=True)
class Document:
    """The page of a document. ``text`` is None when it holds something other than text."""

    title: str
    facts: tuple[Fact, ...]
    text: str | None
    kind: str


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
    return Document(title, tuple(f for f in facts if f.text), next(texts, None), kinds)


def _text(attachment: Resource) -> str | None:
    if not str(attachment.get("contentType", "")).startswith("text/plain"):
        return None
    try:
        return b64decode(attachment.get("data", ""), validate=True).decode()
    except (Error, UnicodeDecodeError):
        return None

"""About Me: what a person wants everyone who helps them to know, in their own words.

A Composition whose sections are the headings of the Professional Record Standards Body's
About Me standard.
"""

from __future__ import annotations

from html import escape, unescape
from re import sub
from typing import Any

from bevan.apps.care_record.forms.field import Field, Form, Parts, Resource
from bevan.apps.care_record.rules.concepts import words
from bevan.fhir.codes import code

TYPE = "Composition"
NAME = "About Me"
HEADINGS = (
    ("important", "What is most important to me"),
    ("people", "People who are important to me"),
    ("communicate", "How I communicate and how to communicate with me"),
    ("wellness", "My wellness"),
    ("do", "Please do"),
    ("dont", "Please don't"),
    ("support", "How and when to support me"),
    ("worth", "Also worth knowing about me"),
    ("written", "Supported to write this by"),
)


def is_about_me(resource: Resource) -> bool:
    """Whether a Composition is an About Me, by its type or title."""
    named = f"{words(resource.get('type'))} {resource.get('title', '')}".lower()
    return NAME.lower() in named


def fields(resource: Resource | None) -> tuple[Field, ...]:
    """The standard headings, then whatever else the entry brought."""
    own = [(name, label) for name, label, _ in _sections(resource or {}) if name not in _KNOWN]
    return tuple(Field(name, label, "textarea") for name, label in (*HEADINGS, *own))


def parts(resource: Resource) -> Parts:
    """The text under each heading."""
    found = {name: text for name, _, text in _sections(resource)}
    return {name: found.get(name, "") for name in (*_KNOWN, *found)}


def _sections(resource: Resource) -> list[tuple[str, str, str]]:
    made: dict[str, tuple[str, str, str]] = {}
    for index, section in enumerate(resource.get("section") or []):
        title = section.get("title") or words(section.get("code"))
        name = _name(title)
        name = name if name and name not in made else f"section-{index}"
        made[name] = (name, title, _text(section))
    return list(made.values())


def _name(title: str) -> str:
    plain = _plain(title)
    return next((name for name, label in HEADINGS if _plain(label) == plain), "")


def _plain(title: str) -> str:
    return sub(r"[^a-z]", "", title.lower())


def _text(section: Resource) -> str:
    div = (section.get("text") or {}).get("div", "")
    broken = sub(r"(?i)<br\s*/?>|</p>\s*|</li>\s*", "\n", div)
    return unescape(sub(r"<[^>]+>", "", broken)).strip()


def applied(resource: Resource, wanted: Parts) -> dict[str, Any]:
    """The Composition with these texts; untouched sections stay as they were sent."""
    before = {name: text for name, _, text in _sections(resource)}
    given = dict(zip(before, resource.get("section") or [], strict=True))
    labels = dict(HEADINGS)
    sections = []
    for name, text in wanted.items():
        old = given.get(name)
        if old is not None and text == before[name]:
            sections.append(old)
        elif text:
            title = (old or {}).get("title") or labels.get(name, name)
            sections.append({**(old or {}), "title": title, "text": _narrative(text)})
    made = {**resource, "section": sections}
    return made if sections else {k: v for k, v in made.items() if k != "section"}


def _narrative(text: str) -> dict[str, str]:
    lines = "<br/>".join(escape(line, quote=False) for line in text.split("\n"))
    return {
        "status": "additional",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{lines}</p></div>',
    }


def blank(patient: str) -> dict[str, Any]:
    """A new About Me; its author is the person."""
    reference = {"reference": f"Patient/{patient}"}
    return {
        "resourceType": TYPE,
        "status": "final",
        "type": code("section.patient-narrative").concept(NAME),
        "subject": reference,
        "author": [reference],
        "title": NAME,
    }


def faults(wanted: Parts) -> dict[str, str]:
    """An About Me that says nothing is no About Me."""
    return {} if any(wanted.values()) else {"important": "Write something under one heading"}


_KNOWN = tuple(name for name, _ in HEADINGS)
ABOUT_ME = Form("about-me", TYPE, "About Me", "about-me", fields, parts, applied, blank,
                lambda resource: NAME, faults)  # fmt: skip

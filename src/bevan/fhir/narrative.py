"""The XHTML of a narrative: well-formed, basic, and never able to run anything (R4 narrative)."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

XHTML = "http://www.w3.org/1999/xhtml"

# HTML 4.0 chapters 7 to 11 without 9.4, and 15; links and images (R4 narrative).
_ELEMENTS = """
    div span h1 h2 h3 h4 h5 h6 address bdo
    em strong dfn code samp kbd var cite abbr acronym blockquote q sub sup p br pre
    ul ol li dl dt dd
    table caption thead tfoot tbody colgroup col tr th td
    tt i b big small hr
    a img
"""
_ATTRIBUTES = """
    id class title style lang dir
    cite clear width type start value compact
    summary border frame rules cellspacing cellpadding align valign char charoff span bgcolor
    abbr axis headers scope rowspan colspan nowrap height size noshade color
    href name rel rev hreflang charset target shape coords accesskey tabindex
    src alt longdesc hspace vspace
"""
_XML = "http://www.w3.org/XML/1998/namespace"

ELEMENTS: frozenset[str] = frozenset(_ELEMENTS.split())
ATTRIBUTES: frozenset[str] = frozenset(_ATTRIBUTES.split()) | {f"{_XML} lang", f"{_XML} space"}

_PLAIN = re.compile(
    rf'<div xmlns="{XHTML}">(?=[^<>&]*[^<>&\s])[^<>&\0-\x08\x0b\x0c\x0e-\x1f]*</div>'
)
_ACTIVE = re.compile(r"^\s*(?:javascript|vbscript|data:(?!image/))", re.IGNORECASE)
_ACTIVE_STYLE = re.compile(
    r"javascript:|vbscript:|expression\s*\(|@import|-moz-binding", re.IGNORECASE
)
_IGNORED = re.compile(r"[\x00-\x20]+")


class _Fault(Exception):
    pass


def fault(text: Any) -> str:
    """What is wrong with a Narrative's ``div``: a sentence without its content, or nothing."""
    if not isinstance(text, str):
        return "The narrative is not text"
    if _PLAIN.fullmatch(text):
        return ""
    reader = _Reader()
    try:
        return reader.read(text)
    except _Fault as found:
        return str(found)
    except (expat.ExpatError, ValueError, UnicodeError):
        return "The narrative is not well-formed XHTML, or uses a named entity"


def safe(text: Any) -> bool:
    """True when there is no fault."""
    return not fault(text)


class _Reader:
    """One pass of expat over one narrative."""

    def __init__(self) -> None:
        self._depth = 0
        self._content = False

    def read(self, text: str) -> str:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._declaration
        parser.ProcessingInstructionHandler = self._declaration
        parser.Parse(text.encode(), True)
        return "" if self._content else "The narrative has no text and no image (txt-2)"

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if namespace != XHTML:
            raise _Fault("The narrative is not in the XHTML namespace")
        if not self._depth and name != "div":
            raise _Fault("The narrative is not one div")
        if name not in ELEMENTS:
            raise _Fault(f"The narrative may not have the element {name[:20]} (txt-1)")
        for attribute, value in attributes.items():
            _check_attribute(attribute, value)
        self._depth += 1
        self._content = self._content or name == "img"

    def _end(self, _tag: str) -> None:
        self._depth -= 1

    def _text(self, text: str) -> None:
        self._content = self._content or not text.isspace()

    def _declaration(self, *_: Any) -> None:
        raise _Fault("The narrative may not have declarations or instructions")


def _check_attribute(name: str, value: str) -> None:
    if name not in ATTRIBUTES:
        raise _Fault(f"The narrative may not have the attribute {name[:20]} (txt-1)")
    bare = _IGNORED.sub("", value)
    if name in ("href", "src", "cite", "longdesc") and _ACTIVE.match(bare):
        raise _Fault(f"The narrative may not run anything from {name}")
    if name == "style" and _ACTIVE_STYLE.search(bare):
        raise _Fault("The narrative may not run anything from a style")

"""A narrative as it may be drawn: cleaned each time, whatever the record let in.

The record refuses active content when it is written (`bevan.fhir.narrative`); this is the second
lock, for what a future version, another program or a fault may have let in.
"""

from __future__ import annotations

from typing import Any

import nh3
from markupsafe import Markup

# No `style`, `class`, `id` or `name`: a narrative may not look like, cover or address our page.
_TAGS = """
    div span h1 h2 h3 h4 h5 h6 em strong dfn code samp kbd var cite abbr q sub sup p br pre
    blockquote ul ol li dl dt dd table caption thead tfoot tbody colgroup col tr th td
    i b big small hr a
"""
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
}
# Links lead out only over https; images are left out, as loading one tells its owner who reads.
_SCHEMES = {"https"}


def narrative(div: Any) -> Markup:
    """The ``div`` of a Narrative as markup that can run, load and cover nothing; "" for no text."""
    if not isinstance(div, str):
        return Markup("")
    cleaned = nh3.clean(
        div,
        tags=set(_TAGS.split()),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_outward,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return Markup(cleaned)  # noqa: S704 - this is what cleans


def _outward(tag: str, attribute: str, value: str) -> str | None:
    """Links of a narrative lead to another site by its full address, or nowhere."""
    if attribute == "href" and not value.lower().startswith("https://"):
        return None
    return value

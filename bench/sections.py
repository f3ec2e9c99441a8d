"""Sections of the page: each measurement writes its own and leaves the others as they are."""

from __future__ import annotations

import re


def replaced(page: str, title: str, text: str) -> str:
    """The page with this section (`## title`, to the next `##`) anew, or added at its end."""
    section = f"## {title}\n{text.rstrip()}\n"
    found = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.M | re.S)
    if found.search(page):
        return found.sub(lambda _: section + "\n", page, count=1).rstrip() + "\n"
    return f"{page.rstrip()}\n\n{section}"


def kept(page: str, title: str) -> str:
    """The text of a section of the page, "" where it has none."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    return found[1].rstrip() + "\n" if found else ""

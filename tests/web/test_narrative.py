"""A narrative is cleaned whenever it is drawn, whatever it holds; files come as files."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.web.download import UNKNOWN, download, media_type
from bevan.web.environment import environment
from bevan.web.narrative import narrative

SOURCE = Path(__file__).parents[2] / "src" / "bevan"

HARMFUL = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://tracker.example/dot.gif"/>',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></math>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="//evil.example">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="x.svg"></object><embed src="x.svg">',
    '<form action="https://evil.example"><input name="password"><button>Go</button></form>',
    '<div style="position:fixed;inset:0;background:url(https://evil.example)">x</div>',
    '<style>*{background:url("https://evil.example")}</style>',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<div class="bv-patient" id="main">Not the patient you opened</div>',
    '<p onclick="alert(1)" onmouseover=alert(1)>x</p>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<!--><img src=x onerror=alert(1)>-->",
    '<textarea><img title="</textarea><img src onerror=alert(1)>"></textarea>',
)
TAGS = {"a", "b", "br", "div", "em", "h1", "i", "li", "ol", "p", "span", "strong", "table", "tbody",
        "td", "th", "tr", "ul"}  # fmt: skip


class Seen(HTMLParser):
    """Which elements and attributes a browser would make of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")


def harmless(text: str) -> None:
    seen = Seen(text)
    assert not seen.tags & {"script", "img", "svg", "math", "iframe", "object", "embed", "form",
                            "input", "button", "style", "link", "meta", "base"}  # fmt: skip
    assert set(seen.attributes) <= {"href", "rel", "title", "lang", "dir", "start", "colspan",
                                    "rowspan", "headers", "scope"}  # fmt: skip
    assert all(link.startswith("https://") for link in seen.attributes.get("href", ()))


@pytest.mark.parametrize("text", HARMFUL)
def test_nothing_harmful_is_drawn(text: str) -> None:
    harmless(narrative(f'<div xmlns="http://www.w3.org/1999/xhtml">{text}<p>and words</p></div>'))


@given(st.lists(st.sampled_from(HARMFUL) | st.text(), max_size=6).map("".join))
def test_nothing_harmful_is_drawn_however_it_is_mixed(text: str) -> None:
    harmless(narrative(text))


def test_words_tables_and_links_stay() -> None:
    text = (
        "<div><h2>Plan</h2><p>Take <b>two</b></p><table><tr><td colspan=2>72</td></tr></table>"
        '<a href="https://nice.example/ng1">guide</a></div>'
    )
    drawn = narrative(text)
    assert {"h2", "b", "table", "td", "a"} <= Seen(drawn).tags
    assert 'rel="noopener noreferrer nofollow"' in drawn
    assert "Take <b>two</b>" in drawn


@pytest.mark.parametrize("div", [None, 5, {"a": 1}, ["<b>x</b>"], ""])
def test_what_is_no_text_is_nothing(div: object) -> None:
    assert narrative(div) == ""


def test_templates_draw_a_narrative_through_the_cleaner() -> None:
    drawn = environment().from_string("{{ x|narrative }}").render(x=HARMFUL[0] + "<b>y</b>")
    assert drawn == "<b>y</b>"


MARKED = {
    "apps/care_record/presenters/timeline.py",
    "apps/care_record/presenters/vitals.py",
    "web/charts/lanes.py",
    "web/charts/sparkline.py",
    "web/charts/trend.py",
    "web/components.py",
    "web/environment.py",
    "web/narrative.py",
}


def test_only_known_places_make_markup() -> None:
    """Whoever calls text markup takes it out of escaping: each such module is known by name."""
    using = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "Markup" in path.read_text("utf-8")
    }
    assert using <= MARKED


def test_no_template_switches_escaping_off() -> None:
    found = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.jinja")
        if any(word in path.read_text("utf-8") for word in ("|safe", "| safe", "autoescape"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("stated", "sent"),
    [
        ("application/pdf", "application/pdf"),
        ("text/html; charset=utf-8", "text/html"),
        ("text/html\r\nSet-Cookie: x=y", UNKNOWN),
        ("nonsense", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
        (5, UNKNOWN),
    ],
)
def test_media_types(stated: object, sent: str) -> None:
    assert media_type(stated) == sent


@pytest.mark.parametrize(
    "name", ["Letter.pdf", 'a"b\r\nSet-Cookie: x', "../../etc/passwd", "é", ""]
)
def test_a_file_comes_as_a_file(name: str) -> None:
    headers = download(b"<svg onload=alert(1)>", "image/svg+xml", name).headers
    given = headers["content-disposition"]
    assert given.startswith('attachment; filename="')
    assert given.count('"') == 2 and "\n" not in given and "/" not in given.split(";")[1]
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]

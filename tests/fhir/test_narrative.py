"""A narrative can be shown to a person, and can't do anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.narrative import ELEMENTS, XHTML, fault, safe


def div(inner: str) -> str:
    return f'<div xmlns="{XHTML}">{inner}</div>'


@pytest.mark.parametrize(
    "inner",
    [
        "Dot Pemberton",
        "<p>One</p><p>Two &amp; three &#160;</p>",
        '<table class="grid" border="1"><tr><td colspan="2">5.5</td></tr></table>',
        '<a href="https://example.org/x">more</a>',
        '<img src="#picture" alt=""/>',
        '<img src="data:image/png;base64,AAAA" alt="a chart"/>',
        '<p style="color: red" xml:lang="cy">Bore da</p>',
        "<!-- a remark --><b>x</b>",
        "\u00e9\u2019",
    ],
)
def test_basic_text_is_safe(inner: str) -> None:
    assert fault(div(inner)) == ""


def test_a_prefix_for_the_namespace_is_fine() -> None:
    assert safe(f'<h:div xmlns:h="{XHTML}"><h:p>x</h:p></h:div>')


@pytest.mark.parametrize(
    ("inner", "word"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<iframe src='x'/>x", "iframe"),
        ("<form><input/></form>", "form"),
        ("<object/>x", "object"),
        ("<svg/>x", "svg"),
        ("<style>p{}</style>", "style"),
        ("<body>x</body>", "body"),
        ("<ins>x</ins>", "ins"),
        ("<p onclick='x()'>x</p>", "onclick"),
        ("<p onMouseOver='x()'>x</p>", "onMouseOver"),
        ("<a href='javascript:alert(1)'>x</a>", "href"),
        ("<a href=' JaVa&#x9;Script:alert(1)'>x</a>", "href"),
        ("<a href='vbscript:x'>x</a>", "href"),
        ("<a href='data:text/html,x'>x</a>", "href"),
        ("<img src='javascript:x' alt=''/>", "src"),
        ("<p style='background: url(javascript:x)'>x</p>", "style"),
        ("<p style='width: expression (x)'>x</p>", "style"),
        ("<p data-x='1'>x</p>", "data-x"),
    ],
)
def test_what_could_run_or_reach_out_is_refused(inner: str, word: str) -> None:
    assert word in fault(div(inner))


@pytest.mark.parametrize(
    "text",
    [
        "<div>no namespace</div>",
        f'<p xmlns="{XHTML}">not a div</p>',
        f'<div xmlns="{XHTML}">not closed',
        f'<div xmlns="{XHTML}">a &nbsp; b</div>',
        f'<div xmlns="{XHTML}">a & b</div>',
        f'<!DOCTYPE div [<!ENTITY x "y">]><div xmlns="{XHTML}">&x;</div>',
        f'<?xml-stylesheet href="x"?><div xmlns="{XHTML}">x</div>',
        f'<div xmlns="{XHTML}">x</div><div xmlns="{XHTML}">y</div>',
        f'<div xmlns="{XHTML}"><x:p xmlns:x="urn:other">x</x:p></div>',
        f'<div xmlns="{XHTML}">\x01</div>',
        "plain text",
        "",
    ],
)
def test_what_is_not_one_div_of_xhtml_is_refused(text: str) -> None:
    assert fault(text)


@pytest.mark.parametrize(
    "text", [div(""), div("  \n "), div("<p> </p><br/>"), f'<div xmlns="{XHTML}"/>']
)
def test_an_empty_narrative_is_refused(text: str) -> None:
    assert "txt-2" in fault(text)


@pytest.mark.parametrize("value", [None, 1, [], {}, True])
def test_only_text_is_a_narrative(value: Any) -> None:
    assert fault(value)


def test_a_fault_never_repeats_the_text() -> None:
    assert "Pemberton" not in fault(div("<script>Pemberton</script>"))
    assert len(fault(div(f"<{'x' * 500}/>x"))) < 120


@given(
    st.lists(
        st.sampled_from(sorted(ELEMENTS - {"img", "br", "hr", "col"})), min_size=1, max_size=30
    )
)
def test_elements_nest_to_any_depth(names: list[str]) -> None:
    inner = "".join(f"<{name}>" for name in names) + "x"
    inner += "".join(f"</{name}>" for name in reversed(names))
    assert fault(div(inner)) == ""


@given(st.text(max_size=60))
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    assert isinstance(fault(text), str)
    assert isinstance(fault(div(text)), str)

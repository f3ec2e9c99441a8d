"""Content types, `_format`, `_pretty` and Prefer."""

from __future__ import annotations

import pytest

from bevan.api import negotiation
from bevan.api.errors import Refused
from bevan.api.negotiation import Preference


@pytest.mark.parametrize(
    "accept",
    [
        b"",
        b"*/*",
        b"application/fhir+json",
        b"application/json",
        b"application/fhir+json; fhirVersion=4.0",
        b"text/html, application/xhtml+xml, */*;q=0.8",
        b"APPLICATION/JSON",
        b"application/xml;q=0.9, application/json;q=0.1",
    ],
)
def test_json_is_welcome(accept: bytes) -> None:
    assert negotiation.speaks_json(accept)
    negotiation.check_accept(accept, None)


@pytest.mark.parametrize(
    "accept", [b"application/fhir+xml", b"text/html", b"application/json;q=0", b"image/*"]
)
def test_json_is_not_welcome(accept: bytes) -> None:
    with pytest.raises(Refused) as refused:
        negotiation.check_accept(accept, None)
    assert refused.value.status == 406


@pytest.mark.parametrize("format", ["json", "application/json", "application/fhir+json"])
def test_format_wins_over_accept(format: str) -> None:
    assert not negotiation.speaks_json(b"application/fhir+xml")
    negotiation.check_accept(b"application/fhir+xml", format)


@pytest.mark.parametrize("format", ["xml", "application/fhir+xml", "ttl", ""])
def test_another_format_is_refused(format: str) -> None:
    with pytest.raises(Refused) as refused:
        negotiation.check_accept(b"*/*", format)
    assert refused.value.status == 406


@pytest.mark.parametrize(
    "given",
    [
        b"application/fhir+json",
        b"application/json",
        b"application/fhir+json; charset=UTF-8",
        b'application/json;charset="utf-8"',
        b"application/fhir+json; fhirVersion=4.0; charset=utf-8",
    ],
)
def test_a_body_is_json(given: bytes) -> None:
    negotiation.check_json(given)
    with pytest.raises(Refused) as refused:
        negotiation.check_patch(given)
    assert refused.value.status == 415, "and no patch"


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"text/plain",
        b"application/fhir+xml",
        b"json",
        b"application/json; charset=latin-1",
        b"application/json-patch+json",
    ],
)
def test_a_body_is_not_json(given: bytes) -> None:
    with pytest.raises(Refused) as refused:
        negotiation.check_json(given)
    assert refused.value.status == 415


def test_patches_and_forms_have_types_of_their_own() -> None:
    negotiation.check_patch(b"application/json-patch+json")
    negotiation.check_form(b"application/x-www-form-urlencoded; charset=utf-8")
    for check in (negotiation.check_patch, negotiation.check_form):
        with pytest.raises(Refused):
            check(b"application/json")


@pytest.mark.parametrize(
    ("prefer", "read"),
    [
        (b"", Preference()),
        (b"return=minimal", Preference("minimal")),
        (b"return=OperationOutcome", Preference("OperationOutcome")),
        (b"handling=lenient; return=representation", Preference("representation", "lenient")),
        (b'respond-async, handling="strict"', Preference(None, "strict")),
        (b"return=everything, handling=sometimes", Preference()),
    ],
)
def test_preferences(prefer: bytes, read: Preference) -> None:
    assert negotiation.preference(prefer) == read


@pytest.mark.parametrize(
    ("query", "left", "format", "pretty"),
    [
        ("", "", None, False),
        ("a=1&b=2", "a=1&b=2", None, False),
        ("_format=json&a=1", "a=1", "json", False),
        ("a=1&_format=application/fhir+json", "a=1", "application/fhir+json", False),
        ("_format=application%2Ffhir%2Bjson", "", "application/fhir+json", False),
        ("_pretty=true&a=%20", "a=%20", None, True),
        ("_pretty=false", "", None, False),
        ("x_format=1", "x_format=1", None, False),
    ],
)
def test_presentation_is_taken_off_the_query(
    query: str, left: str, format: str | None, pretty: bool
) -> None:
    assert negotiation.take_presentation(query) == (left, format, pretty)


def test_pretty_is_true_or_false() -> None:
    with pytest.raises(Refused):
        negotiation.take_presentation("_pretty=maybe")


def test_prettifying_keeps_every_digit() -> None:
    pretty = negotiation.prettify(b'{"a":72.50,"b":1e2,"c":[1.0]}')
    assert b"72.50" in pretty and b"1e2" in pretty and b"1.0" in pretty and b"\n" in pretty
    assert negotiation.prettify(b"") == b""


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":1,"a":2}', b"\xff", b'{"a": NaN}'])
def test_a_body_that_is_not_json_is_the_callers_fault(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        negotiation.decoded(body)
    assert refused.value.status == 400

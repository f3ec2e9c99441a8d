"""How texts are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.extraction.strings import CHUNK, OVERLAP, normalise, pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Zoë\tO'Brien ", "zoe o'brien"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łukasz", "łukasz"),
        ("ﬁne", "fine"),
        ("e\u0301", "e"),
        ("", ""),
    ],
)
def test_case_accents_and_space_are_forgiven(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_normal_texts_stay_as_they_are(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.integers(0, 3 * CHUNK), st.integers(0, 3 * CHUNK))
def test_every_stretch_up_to_the_overlap_is_in_one_piece(length: int, start: int) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(length))
    wanted = text[start : start + OVERLAP]
    assert any(wanted in piece for piece in pieces(text))

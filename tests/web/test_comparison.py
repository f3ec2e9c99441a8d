from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bevan.web.comparison import Clash, Piece, difference

TEXTS = st.text(alphabet="ab c\n", max_size=30)


def test_shows_what_was_added_and_what_is_gone() -> None:
    assert difference("under 88%.", "under 85% for 30 minutes.") == (
        Piece("same", "under"),
        Piece("same", " "),
        Piece("gone", "88%."),
        Piece("same", " "),
        Piece("added", "85% for 30 minutes."),
    )


def test_whole_replacement_is_not_interleaved() -> None:
    pieces = difference("Mill Lane Surgery.", "Ward team, 01632 960 144.")
    assert [piece.kind for piece in pieces] == ["gone", "added"]


@given(TEXTS, TEXTS)
def test_no_word_of_either_side_is_lost(old: str, new: str) -> None:
    pieces = difference(old, new)
    kept = "".join(piece.text for piece in pieces if piece.kind != "gone")
    before = "".join(piece.text for piece in pieces if piece.kind != "added")
    assert kept.split() == new.split()
    assert before.split() == old.split()


def test_ids_are_safe_in_html() -> None:
    assert Clash("step.0", "If worse", (), ()).id == "part-step-0"

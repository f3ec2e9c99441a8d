"""A test that can't fail is not a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.checks import toothless, unexplained
from tests.architecture.test_house import too_long

TESTS = Path(__file__).parents[1]
HELPER = "def refused(answer):\n    {}\n\n\ndef test_it():\n    refused(1)\n"


def test_no_test_file_is_too_long() -> None:
    assert too_long(TESTS) == []


def test_something_can_fail_in_every_test() -> None:
    assert toothless(TESTS) == []


@pytest.mark.parametrize(
    ("text", "toothed"),
    [
        ("def test_it():\n    print(1)\n", False),
        ("def test_it():\n    assert print(1)\n", True),
        ("def test_it():\n    with pytest.raises(ValueError):\n        print(1)\n", True),
        (HELPER.format("print(answer)"), False),
        (HELPER.format("assert answer"), True),
        ("async def test_it(page):\n    expect(page).to_be()\n", True),
    ],
)
def test_a_test_without_a_check_is_found(tmp_path: Path, text: str, toothed: bool) -> None:
    (tmp_path / "test_it.py").write_text(text)
    assert toothless(tmp_path) == ([] if toothed else ["test_it.py::test_it"])


def test_every_skip_states_its_reason() -> None:
    assert unexplained(TESTS) == []


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("pytest.skip('needs a browser')\n", True),
        ("pytest.skip(reason)\n", False),
        ("pytest.skip()\n", False),
        ("pytest.mark.skipif(here, reason='only there')\n", True),
        ("pytest.mark.skipif(here)\n", False),
        ("pytest.importorskip('boto3')\n", False),
    ],
)
def test_a_skip_without_its_reason_is_found(tmp_path: Path, text: str, stated: bool) -> None:
    (tmp_path / "test_it.py").write_text(text)
    assert unexplained(tmp_path) == ([] if stated else ["test_it.py:1"])

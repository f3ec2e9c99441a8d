"""Hashes of what is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.extraction import Extractor
from bevan.fhir.extraction.hashing import hasher
from bevan.fhir.parameters import Registry
from tests.fhir.extraction.indexed import OBSERVATION


def test_hashes_may_be_cut(registry: Registry) -> None:
    whole, cut = Extractor(registry), Extractor(registry, bits=16)
    assert cut.token("code", "a") == whole.token("code", "a") & 0xFFFF
    assert all(0 <= token < 1 << 16 for token in cut.extract(OBSERVATION).tokens)


@pytest.mark.parametrize("bits", [0, 15, 65])
def test_of_hashes_too_short_or_long_nothing_is_made(bits: int) -> None:
    with pytest.raises(ValueError, match="16 to 64"):
        hasher(bits)


@given(st.text())
def test_hashes_are_signed_64_bit_integers(text: str) -> None:
    assert -(1 << 63) <= hasher()(text) < 1 << 63

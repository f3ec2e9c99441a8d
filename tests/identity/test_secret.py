"""Secrets: none is a password, and none comes from a generator that could be foretold."""

from __future__ import annotations

import re
from pathlib import Path

from bevan.identity.secret import digest, fresh

SOURCE = Path(__file__).parents[2] / "src" / "bevan"


def test_nobody_has_a_password() -> None:
    schema = (SOURCE / "site" / "schema.sql").read_text("utf-8")
    assert not re.search(r"^\s+\w*(password|passphrase|pin)\w* ", schema, re.MULTILINE)
    pages = [page.read_text("utf-8") for page in SOURCE.rglob("*.jinja")]
    assert len(pages) > 50
    assert [page for page in pages if re.search(r"type\W+password", page)] == []


def test_secrets_come_from_the_systems_own_generator() -> None:
    for part in ("identity", "api", "access"):
        for file in (SOURCE / part).rglob("*.py"):
            text = file.read_text("utf-8")
            assert not re.search(r"^\s*(import random|from random)\b", text, re.MULTILINE), file
    made = {fresh() for _ in range(1_000)}
    assert len(made) == 1_000 and all(len(one) >= 43 for one in made)  # 256 bits
    assert len({digest(one) for one in made}) == 1_000

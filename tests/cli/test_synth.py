"""`bevan synth` writes the same region every time."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from pathlib import Path

from tests.cli.conftest import Bevan


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_writes_ndjson_and_counts_it(bevan_alone: Bevan, tmp_path: Path) -> None:
    said = bevan_alone("synth", "--people", "2", "--out", tmp_path / "a", "--json")
    told = json.loads(said.out)
    found = Counter(
        json.loads(line)["resourceType"]
        for file in (tmp_path / "a").iterdir()
        for line in file.read_bytes().splitlines()
    )
    assert dict(found) == told["resources"]
    assert found["Patient"] >= 2 + 12


def test_the_same_numbers_give_the_same_bytes(bevan_alone: Bevan, tmp_path: Path) -> None:
    for name, seed in (("a", "4"), ("b", "4"), ("c", "5")):
        arguments = ("--people", "2", "--seed", seed, "--gzip")
        assert bevan_alone("synth", *arguments, "--out", tmp_path / name).code == 0
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")
    file = next((tmp_path / "a").glob("*.ndjson.gz"))
    assert gzip.decompress(file.read_bytes()).startswith(b'{"resourceType":"')


def test_a_folder_in_use_is_refused(bevan_alone: Bevan, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    said = bevan_alone("synth", "--people", "2", "--out", tmp_path)
    assert said.code == 1
    assert "isn't empty" in said.err

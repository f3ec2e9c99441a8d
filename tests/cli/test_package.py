"""`bevan package`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Bevan
from tests.support.packages import ABOUT, STRICT_PATIENT, packed


def test_a_package_is_added_listed_and_removed(bevan: Bevan, tmp_path: Path) -> None:
    file = tmp_path / "example.tgz"
    file.write_bytes(packed(package=ABOUT, strict=STRICT_PATIENT))
    said = bevan("package", "add", file)
    assert said.code == 0 and "bevan.example|1.2.0 is loaded, with 1 definition" in said.err
    (listed,) = json.loads(bevan("package", "list", "--json").out)
    assert (listed["name"], listed["version"]) == ("bevan.example", "1.2.0")
    assert "bevan.example" in bevan("package", "list").out
    assert bevan("package", "remove", "bevan.example", "1.2.0").code == 0
    again = bevan("package", "remove", "bevan.example", "1.2.0")
    assert again.code == 1 and "No package" in again.err


def test_what_is_no_package_is_refused_in_a_sentence(bevan: Bevan, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a package")
    said = bevan("package", "add", file)
    assert said.code == 1 and "notes.txt can't be loaded. This is not a gzipped tar" in said.err

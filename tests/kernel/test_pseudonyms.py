"""Pseudonyms: stable in a project, different between projects, gone with the key."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest

from bevan.kernel import keys
from bevan.kernel.errors import ConfigurationError
from bevan.kernel.pseudonyms import NoSuchProject, Projects

NUMBER = "9990000018"


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    found = Projects(tmp_path)
    found.create("frailty")
    found.create("flu-2026")
    return found


def test_same_person_same_project_same_pseudonym(projects: Projects, tmp_path: Path) -> None:
    given = projects.pseudonym("frailty", NUMBER)
    assert given == projects.pseudonym("frailty", "999 000 0018")
    assert given == Projects(tmp_path).pseudonyms("frailty").of(NUMBER)
    key = keys.secret(tmp_path, "project-frailty")
    assert given == hmac.new(key, NUMBER.encode(), hashlib.sha256).hexdigest()


def test_same_person_two_projects_two_pseudonyms(projects: Projects) -> None:
    assert projects.pseudonym("frailty", NUMBER) != projects.pseudonym("flu-2026", NUMBER)


def test_it_is_no_bare_hash(projects: Projects) -> None:
    given = projects.pseudonym("frailty", NUMBER)
    for make in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512):
        assert given not in make(NUMBER.encode()).hexdigest()


def test_a_destroyed_key_is_gone_and_its_name_is_spent(projects: Projects, tmp_path: Path) -> None:
    key = (tmp_path / "keys" / "project-frailty").read_text()
    told = projects.destroy("frailty")
    assert told.destroyed is not None
    for asked in (projects.pseudonyms, projects.destroy):
        with pytest.raises(NoSuchProject):
            asked("frailty")
    with pytest.raises(ConfigurationError, match="name of its own"):
        projects.create("frailty")
    assert key not in "".join(p.read_text() for p in (tmp_path / "keys").iterdir())
    states = {project.name: project.destroyed is not None for project in projects.every()}
    assert states == {"frailty": True, "flu-2026": False}


@pytest.mark.parametrize("name", ["", "A", "../keys", "a b", "x" * 50, "é", "-a", "a.destroyed"])
def test_names_that_are_none(projects: Projects, name: str) -> None:
    with pytest.raises(ConfigurationError):
        projects.create(name)
    with pytest.raises(NoSuchProject):
        projects.pseudonym(name, NUMBER)


def test_a_key_is_never_shown(projects: Projects) -> None:
    found = projects.pseudonyms("frailty")
    assert found.key.hex() not in repr(found) and repr(found.key) not in repr(found)
    assert "key" not in str(projects.every()[0])

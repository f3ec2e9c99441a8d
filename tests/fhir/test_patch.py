"""JSON Patch, RFC 6902."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir import json
from bevan.fhir.patch import PatchFailed, equal, json_patch, pointer

PATIENT = {
    "resourceType": "Patient",
    "active": True,
    "name": [{"family": "Pemberton", "given": ["Dot"]}],
    "a/b": 1,
    "m~n": 2,
    "": 3,
}


def op(name: str, path: str, **rest: Any) -> dict[str, Any]:
    return {"op": name, "path": path, **{key.rstrip("_"): value for key, value in rest.items()}}


@pytest.mark.shared
def test_hl7s_cases(shared: Path) -> None:
    cases = json.decode((shared / "data/fhir-patch/json-patch-tests.json").read_bytes())
    assert len(cases) >= 15
    for case in cases:
        if "error" in case:
            with pytest.raises(PatchFailed):
                json_patch(case["doc"], case["patch"])
        else:
            assert json_patch(case["doc"], case["patch"]) == case["expected"], case["comment"]


@pytest.mark.parametrize(
    ("document", "operations", "expected"),
    [
        ({"a": 1}, [op("add", "/b", value=2)], {"a": 1, "b": 2}),
        ({"a": 1}, [op("add", "/a", value=2)], {"a": 2}),
        ({"a": 1}, [op("add", "", value=[1])], [1]),
        ([1, 3], [op("add", "/1", value=2)], [1, 2, 3]),
        ([1], [op("add", "/1", value=2)], [1, 2]),
        ([1], [op("add", "/-", value=2)], [1, 2]),
        ({"a": [1]}, [op("add", "/a/0", value=None)], {"a": [None, 1]}),
        ({"a": 1, "b": 2}, [op("remove", "/a")], {"b": 2}),
        ([1, 2], [op("remove", "/0")], [2]),
        ({"a": 1}, [op("replace", "/a", value=None)], {"a": None}),
        ([1, 2], [op("replace", "/1", value=3)], [1, 3]),
        ({"a": 1}, [op("replace", "", value={})], {}),
        ({"a": {"b": 1}}, [op("move", "/c", from_="/a/b")], {"a": {}, "c": 1}),
        ([1, 2, 3], [op("move", "/0", from_="/2")], [3, 1, 2]),
        ([1, 2, 3], [op("move", "/2", from_="/0")], [2, 3, 1]),
        ({"a": 1}, [op("move", "/a", from_="/a")], {"a": 1}),
        ({"a": [1]}, [op("copy", "/b", from_="/a")], {"a": [1], "b": [1]}),
        ({"a": 1}, [op("copy", "/b", from_="")], {"a": 1, "b": {"a": 1}}),
        ({"a": 1}, [op("test", "/a", value=1)], {"a": 1}),
        ({"a": 1}, [op("test", "", value={"a": 1})], {"a": 1}),
        ({"a": None}, [op("test", "/a", value=None)], {"a": None}),
        ({"a/b": 1}, [op("replace", "/a~1b", value=2)], {"a/b": 2}),
        ({"m~1n": 1}, [op("remove", "/m~01n")], {}),
        ({"": 1}, [op("remove", "/")], {}),
        ({"1": "a"}, [op("remove", "/1")], {}),
        ({}, [], {}),
    ],
)
def test_operations_do_what_the_rfc_says(document: Any, operations: Any, expected: Any) -> None:
    assert json_patch(document, operations) == expected


@pytest.mark.parametrize(
    ("document", "operation", "path"),
    [
        ({}, op("remove", "/a"), "/a"),
        ({}, op("replace", "/a", value=1), "/a"),
        ({}, op("add", "/a/b", value=1), "/a/b"),
        ({"a": 1}, op("add", "/a/b", value=1), "/a/b"),
        ({"a": "text"}, op("remove", "/a/0"), "/a/0"),
        ([1], op("add", "/2", value=1), "/2"),
        ([1], op("add", "/01", value=1), "/01"),
        ([1], op("add", "/-1", value=1), "/-1"),
        ([1], op("add", "/x", value=1), "/x"),
        ([1], op("add", "/\u0661", value=1), "/\u0661"),
        ([1], op("remove", "/-"), "/-"),
        ([1], op("remove", "/1"), "/1"),
        ([1], op("replace", "/-", value=1), "/-"),
        ({}, op("remove", ""), ""),
        ({"a": {"b": 1}}, op("move", "/a/b/c", from_="/a"), "/a/b/c"),
        ({}, op("move", "/b", from_="/a"), "/a"),
        ({}, op("move", "/a", from_="/a"), "/a"),
        ({}, op("copy", "/b", from_="/a"), "/a"),
        ({"a": 1}, op("test", "/a", value=2), "/a"),
        ({}, op("test", "/a", value=1), "/a"),
        ({}, op("add", "a", value=1), "a"),
        ({}, op("add", "/a~2", value=1), "/a~2"),
        ({}, op("add", "/a~", value=1), "/a~"),
        ({}, op("add", "/a"), "/a"),
        ({}, op("move", "/a"), "/a"),
        ({}, op("copy", "/a", from_=1), "/a"),
        ({}, op("delete", "/a"), "/a"),
        ({}, {"path": "/a"}, "/a"),
        ({}, {"op": ["add"], "path": "/a"}, "/a"),
        ({}, {"op": "remove"}, ""),
        ({}, {"op": "remove", "path": 1}, ""),
        ({}, "remove", ""),
    ],
)
def test_what_cannot_be_done_names_the_path(document: Any, operation: Any, path: str) -> None:
    before = deepcopy(document)
    with pytest.raises(PatchFailed) as failed:
        json_patch(document, [operation])
    assert failed.value.path == path
    assert document == before


def test_only_a_failed_test_says_that_it_was_one() -> None:
    with pytest.raises(PatchFailed) as failed:
        json_patch(PATIENT, [op("test", "/active", value=False)])
    assert failed.value.test
    with pytest.raises(PatchFailed) as failed:
        json_patch(PATIENT, [op("remove", "/gender")])
    assert not failed.value.test


@pytest.mark.parametrize("operations", [None, {}, "x", [[]], [None]])
def test_what_is_no_patch_is_refused(operations: Any) -> None:
    with pytest.raises(PatchFailed):
        json_patch(PATIENT, operations)


def test_a_failure_keeps_the_values_to_itself() -> None:
    with pytest.raises(PatchFailed) as failed:
        json_patch(PATIENT, [op("test", "/name/0/family", value="Smith")])
    assert "Pemberton" not in str(failed.value)
    assert "Smith" not in str(failed.value)


def test_one_failure_undoes_all() -> None:
    document = deepcopy(PATIENT)
    with pytest.raises(PatchFailed):
        json_patch(document, [op("remove", "/active"), op("remove", "/active")])
    assert document == PATIENT


def test_the_patch_and_the_document_share_nothing_afterwards() -> None:
    value = {"given": ["Dot"]}
    found = json_patch({"a": 1}, [op("add", "/b", value=value), op("copy", "/c", from_="/b")])
    found["b"]["given"].append("May")
    assert value == {"given": ["Dot"]}
    assert found["c"] == {"given": ["Dot"]}


def test_copies_cannot_fill_the_memory() -> None:
    bomb = [op("copy", "/a/-", from_="/a")] * 64
    with pytest.raises(PatchFailed, match="too large"):
        json_patch({"a": [1, 2, 3]}, bomb)


def test_there_is_an_end_to_operations() -> None:
    with pytest.raises(PatchFailed, match="at most"):
        json_patch({"a": 1}, [op("test", "/a", value=1)] * 10_001)


def test_numbers_keep_their_digits() -> None:
    document = json.decode('{"value":72.50,"other":1e2}')
    found = json_patch(document, json.decode('[{"op":"add","path":"/more","value":0.0010}]'))
    assert json.encode(found) == b'{"value":72.50,"other":1e2,"more":0.0010}'


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("72.50", "72.5", True),
        ("1e2", "100", True),
        ("1", "true", False),
        ("0", "false", False),
        ("[1,[2]]", "[1,[2.0]]", True),
        ('{"a":1,"b":2}', '{"b":2,"a":1}', True),
        ('{"a":null}', "{}", False),
        ('{"a":[true]}', '{"a":[1]}', False),
        ("[]", "{}", False),
        ('"1"', "1", False),
        ("null", "null", True),
        ("null", "0", False),
    ],
)
def test_equality_is_jsons(one: str, other: str, same: bool) -> None:
    assert equal(json.decode(one), json.decode(other)) is same
    assert equal(json.decode(other), json.decode(one)) is same


_names = st.text("ab/~01", max_size=4)
_documents = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=8,
)


@given(_names, _documents, _documents)
def test_what_is_added_is_found_and_can_be_taken_away(name: str, document: Any, value: Any) -> None:
    whole = {"inner": document}
    path = "/" + name.replace("~", "~0").replace("/", "~1")
    assert pointer(path) == (name,)
    added = json_patch(whole, [op("add", path, value=value), op("test", path, value=value)])
    assert equal(added[name], value)
    assert equal(
        json_patch(added, [op("remove", path)]), {k: v for k, v in whole.items() if k != name}
    )


@given(
    _documents,
    st.lists(
        st.fixed_dictionaries(
            {
                "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
                "path": st.text("/ab01~-", max_size=5),
                "from": st.text("/ab01~-", max_size=5),
                "value": _documents,
            }
        ),
        max_size=4,
    ),
)
def test_no_patch_changes_its_input_or_breaks(document: Any, operations: list[Any]) -> None:
    before, patch = deepcopy(document), deepcopy(operations)
    try:
        json_patch(document, operations)
    except PatchFailed as failed:
        assert failed.text
    assert document == before
    assert operations == patch

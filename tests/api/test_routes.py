"""From a method and an address to an interaction."""

from __future__ import annotations

import pytest

from bevan.api.errors import Refused
from bevan.api.registry import BY_NAME
from bevan.api.routes import Route, find, methods, shapes

TYPES = frozenset({"Patient", "Observation"})


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "/metadata", Route("capabilities")),
        ("GET", "", Route("search-system")),
        ("GET", "/", Route("search-system")),
        ("POST", "/", Route("bundle")),
        ("POST", "/_search", Route("search-system")),
        ("GET", "/_history", Route("history-system")),
        ("GET", "/Patient", Route("search-type", "Patient")),
        ("POST", "/Patient", Route("create", "Patient")),
        ("PUT", "/Patient", Route("update", "Patient")),
        ("PATCH", "/Patient", Route("patch", "Patient")),
        ("DELETE", "/Patient", Route("delete", "Patient")),
        ("POST", "/Patient/_search", Route("search-type", "Patient")),
        ("GET", "/Patient/_history", Route("history-type", "Patient")),
        ("GET", "/Patient/1", Route("read", "Patient", "1")),
        ("HEAD", "/Patient/1", Route("read", "Patient", "1")),
        ("GET", "/Patient/1/", Route("read", "Patient", "1")),
        ("PUT", "/Patient/1", Route("update", "Patient", "1")),
        ("PATCH", "/Patient/1", Route("patch", "Patient", "1")),
        ("DELETE", "/Patient/1", Route("delete", "Patient", "1")),
        ("GET", "/Patient/1/_history", Route("history-instance", "Patient", "1")),
        ("GET", "/Patient/1/_history/2", Route("vread", "Patient", "1", "2")),
        (
            "GET",
            "/Patient/1/Observation",
            Route("search-compartment", "Observation", within=("Patient", "1")),
        ),
        ("GET", "/Patient/1/*", Route("search-compartment", within=("Patient", "1"))),
        ("POST", "/Patient/1/*/_search", Route("search-compartment", within=("Patient", "1"))),
    ],
)
def test_an_address_means_an_interaction(method: str, path: str, route: Route) -> None:
    assert find(method, path, TYPES) == route


@pytest.mark.parametrize(
    "path",
    [
        "/Nothing",
        "/Observation/1/Patient",
        "/Patient/1/Nothing",
        "/Patient/1/Observation/2",
        "/Patient/1/*/*",
        "/patient",
        "/Patient/1/2",
        "/Patient/1/_history/2/3",
        "/Patient/$everything",
        "/Patient/1/$everything",
        "/Patient/_nothing",
        "/Patient//1",
        "/Patient/1//_history",
        "/metadata/1",
        "/_history/1",
        "/$export",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_address_that_leads_nowhere(method: str, path: str) -> None:
    with pytest.raises(Refused) as refused:
        find(method, path, TYPES)
    assert refused.value.status == 404


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", "/metadata", b"GET, HEAD"),
        ("POST", "/Patient/1", b"DELETE, GET, HEAD, PATCH, PUT"),
        ("GET", "/Patient/_search", b"POST"),
        ("PUT", "/", b"GET, HEAD, POST"),
        ("DELETE", "/Patient/1/_history/2", b"GET, HEAD"),
        ("TRACE", "/Patient", b"DELETE, GET, HEAD, PATCH, POST, PUT"),
    ],
)
def test_a_method_that_an_address_does_not_have(method: str, path: str, allow: bytes) -> None:
    with pytest.raises(Refused) as refused:
        find(method, path, TYPES)
    assert refused.value.status == 405
    assert dict(refused.value.headers) == {b"allow": allow}


def test_every_route_has_its_interaction_and_every_interaction_its_route() -> None:
    routed = {name for shape in shapes() for name in methods(shape).values()}
    assert routed == set(BY_NAME)

"""Objects are stored under their digest, whole, once; damage is found on reading."""

from __future__ import annotations

import gc
import hashlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from bevan.kernel.errors import ConfigurationError, Unavailable
from bevan.kernel.objects import (
    Bucket,
    DamagedObject,
    Folder,
    NoSuchObject,
    Objects,
    open_objects,
)
from bevan.kernel.settings import Settings
from tests.support.bucket import bucket_service

CONTENT = b"an image" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def s3(endpoint: str, url: str = "s3://images/trust") -> Bucket:
    settings = Settings(objects_url=url, s3_endpoint=endpoint, s3_access_key="a", s3_secret_key="b")
    found = open_objects(settings)
    assert isinstance(found, Bucket)
    return found


@pytest.fixture(params=["folder", "bucket"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Objects]:
    """Both kinds of store, empty."""
    if request.param == "folder":
        yield open_objects(Settings(data=tmp_path))
        return
    pytest.importorskip("boto3", reason="boto3 is an extra: bevan[s3]")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with bucket_service() as (endpoint, _):
        yield s3(endpoint)
        # boto3 leaves its connections to the collector.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


def test_what_is_put_can_be_got(store: Objects) -> None:
    assert store.put(io.BytesIO(CONTENT)) == DIGEST
    assert store.has(DIGEST)
    assert store.get(DIGEST) == CONTENT


def test_the_same_content_is_stored_once(store: Objects) -> None:
    assert store.put(io.BytesIO(CONTENT)) == store.put(io.BytesIO(CONTENT))


def test_nothing_is_something_too(store: Objects) -> None:
    assert store.get(store.put(io.BytesIO(b""))) == b""


def test_what_is_not_there(store: Objects) -> None:
    assert not store.has(DIGEST)
    with pytest.raises(NoSuchObject):
        store.get(DIGEST)
    store.delete(DIGEST)


def test_deleted_is_gone(store: Objects) -> None:
    store.put(io.BytesIO(CONTENT))
    store.delete(DIGEST)
    assert not store.has(DIGEST)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", DIGEST.upper(), DIGEST[:-1]])
def test_only_a_digest_names_an_object(store: Objects, digest: str) -> None:
    for ask in (store.get, store.has, store.delete):
        with pytest.raises(NoSuchObject):
            ask(digest)


def test_damage_in_a_folder_is_found(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    store.put(io.BytesIO(CONTENT))
    (tmp_path / DIGEST[:2] / DIGEST[2:4] / DIGEST).write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(DamagedObject):
        store.get(DIGEST)


def test_damage_in_a_bucket_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("boto3", reason="boto3 is an extra: bevan[s3]")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    with bucket_service() as (endpoint, objects):
        store = s3(endpoint)
        store.put(io.BytesIO(CONTENT))
        (path,) = objects
        assert path == f"/images/trust/{DIGEST}"
        objects[path] = b"other"
        with pytest.raises(DamagedObject):
            store.get(DIGEST)


def test_a_refusing_bucket_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("boto3", reason="boto3 is an extra: bevan[s3]")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    with bucket_service() as (endpoint, _), pytest.raises(Unavailable, match="AccessDenied"):
        s3(endpoint, "s3://images/denied").put(io.BytesIO(CONTENT))


def test_an_interrupted_put_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the line went dead")

    store = Folder(tmp_path)
    with pytest.raises(OSError, match="dead"):
        store.put(Broken())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_lists_what_it_holds(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    digests = [store.put(io.BytesIO(bytes([n]))) for n in range(5)]
    assert list(store.digests()) == sorted(digests)


@pytest.mark.parametrize("url", ["https://x/y", "s3://", "bucket"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="s3://bucket/prefix"):
        open_objects(Settings(objects_url=url))

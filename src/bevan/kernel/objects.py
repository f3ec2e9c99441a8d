"""Large objects (images, attachments) kept under the SHA-256 of their content.

The same bytes are stored once, and bytes that rotted are found when they are read. They live in a
folder, or in an S3 bucket by configuration.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from bevan.kernel.bucket import Prefixed, connected, sync
from bevan.kernel.errors import BevanError

if TYPE_CHECKING:
    from bevan.kernel.settings import Settings

_CHUNK = 1024 * 1024
_DIGEST = re.compile(r"^[0-9a-f]{64}$")


class NoSuchObject(BevanError):
    """Nothing is stored under that digest."""


class DamagedObject(BevanError):
    """What is stored no longer has the digest that it was stored under."""


class Objects(Protocol):
    """A content-addressed store; the digest is 64 lower-case hexadecimal digits."""

    def put(self, content: IO[bytes]) -> str:
        """Store everything that `content` has left to read; returns its digest."""
        ...

    def get(self, digest: str) -> bytes:
        """The bytes stored under `digest`. Raises `NoSuchObject` or `DamagedObject`."""
        ...

    def has(self, digest: str) -> bool:
        """Whether something is stored under `digest`."""
        ...

    def delete(self, digest: str) -> None:
        """Forget what is stored under `digest`, if anything is."""
        ...


class Folder:
    """Objects as files `ab/cd/abcd…` of a folder, written whole or not at all."""

    def __init__(self, root: Path) -> None:
        """Keep objects under `root`, which is made when needed."""
        self._root = root

    def put(self, content: IO[bytes]) -> str:
        """See `Objects.put`; durable when it returns."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(dir=self._root, prefix=".new-")
        fresh = Path(name)
        try:
            with os.fdopen(file, "wb") as target:
                digest = _copy(content, target)
                target.flush()
                os.fsync(target.fileno())
            self._settle(fresh, digest)
        finally:
            fresh.unlink(missing_ok=True)
        return digest

    def get(self, digest: str) -> bytes:
        """See `Objects.get`."""
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise NoSuchObject("There is no such object.") from None
        return _checked(content, digest)

    def has(self, digest: str) -> bool:
        """See `Objects.has`."""
        return self._path(digest).exists()

    def delete(self, digest: str) -> None:
        """See `Objects.delete`."""
        self._path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        """Every digest that something is stored under, in order."""
        for path in sorted(self._root.glob("??/??/*")):
            if _DIGEST.match(path.name):
                yield path.name

    def _path(self, digest: str) -> Path:
        _require(digest)
        return self._root / digest[:2] / digest[2:4] / digest

    def _settle(self, fresh: Path, digest: str) -> None:
        place = self._path(digest)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not place.exists():
            fresh.replace(place)
            sync(place.parent)


class Bucket:
    """Objects in an S3 bucket, under a prefix."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        """Use a boto3 S3 `client`."""
        self._there = Prefixed(client, bucket, prefix, "The object store")

    def put(self, content: IO[bytes]) -> str:
        """See `Objects.put`; the content passes through a temporary file to learn its digest."""
        with tempfile.TemporaryFile() as spool:
            digest = _copy(content, spool)
            spool.seek(0)
            if not self.has(digest):
                self._there.ask("put_object", Key=self._key(digest), Body=spool)
        return digest

    def get(self, digest: str) -> bytes:
        """See `Objects.get`."""
        answer = self._there.ask("get_object", Key=self._key(digest))
        if answer is None:
            raise NoSuchObject("There is no such object.")
        with answer["Body"] as body:
            return _checked(body.read(), digest)

    def has(self, digest: str) -> bool:
        """See `Objects.has`."""
        return self._there.ask("head_object", Key=self._key(digest)) is not None

    def delete(self, digest: str) -> None:
        """See `Objects.delete`."""
        self._there.ask("delete_object", Key=self._key(digest))

    def _key(self, digest: str) -> str:
        _require(digest)
        return f"{self._there.prefix}{digest}"


def open_objects(settings: Settings) -> Folder | Bucket:
    """The store that the settings ask for. Raises `ConfigurationError`."""
    if settings.objects_url is None:
        return Folder(settings.data / "objects")
    return Bucket(
        *connected(settings, settings.objects_url, setting="BEVAN_OBJECTS_URL", what="Objects")
    )


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _checked(content: bytes, digest: str) -> bytes:
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedObject("A stored object is damaged: restore it from a backup.")
    return content


def _require(digest: str) -> None:
    if not _DIGEST.match(digest):
        raise NoSuchObject("There is no such object.")

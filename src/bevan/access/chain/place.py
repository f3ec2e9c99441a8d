"""The second place: where signed links go, out of reach of whoever owns the database.

Best is a folder of another machine, or a bucket with object lock. Nothing there is ever written
over: a file that stands and differs is a finding.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

from bevan.kernel.bucket import Prefixed, connected, sync
from bevan.kernel.errors import BevanError, ConfigurationError
from bevan.kernel.settings import Settings

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,80}")
_SHARD = 6


class StandsAlready(BevanError):
    """The second place holds something else under that name."""


class Place(Protocol):
    """Named files that are written once."""

    name: str

    def put(self, name: str, content: bytes) -> None:
        """Keep `content`; the same again is no harm. Raises `StandsAlready`, `Unavailable`."""
        ...

    def get(self, name: str) -> bytes | None:
        """What is kept under that name; None where nothing is."""
        ...

    def names(self, suffix: str) -> Iterator[str]:
        """The names that end so, in order."""
        ...


class FolderPlace:
    """Files of one folder, each written whole or not at all."""

    def __init__(self, root: Path) -> None:
        """Keep files in `root`, which is made when needed."""
        self.name = "folder"
        self._root = root

    def put(self, name: str, content: bytes) -> None:
        """See `Place.put`; durable when it returns."""
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{token_hex(6)}")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            if path.read_bytes() != content:
                raise StandsAlready(_stands(name)) from None
        finally:
            fresh.unlink()
        sync(path.parent)

    def get(self, name: str) -> bytes | None:
        """See `Place.get`."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def names(self, suffix: str) -> Iterator[str]:
        """See `Place.names`."""
        found = (path.name for path in self._root.glob(f"*/*{suffix}"))
        yield from sorted(name for name in found if _NAME.fullmatch(name))

    def _path(self, name: str) -> Path:
        # A thousand links to a folder: a link a minute is half a million files a year.
        return self._root / _checked(name)[:_SHARD] / name


class BucketPlace:
    """Objects of an S3 bucket, under a prefix."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        """Use a boto3 S3 `client`."""
        self.name = "bucket"
        self._there = Prefixed(client, bucket, prefix, "The second place")

    def put(self, name: str, content: bytes) -> None:
        """See `Place.put`."""
        standing = self.get(name)
        if standing is None:
            self._there.ask("put_object", Key=self._there.prefix + _checked(name), Body=content)
        elif standing != content:
            raise StandsAlready(_stands(name))

    def get(self, name: str) -> bytes | None:
        """See `Place.get`."""
        answer = self._there.ask("get_object", Key=self._there.prefix + _checked(name))
        if answer is None:
            return None
        with answer["Body"] as body:
            content: bytes = body.read()
            return content

    def names(self, suffix: str) -> Iterator[str]:
        """See `Place.names`."""
        found: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = self._there.ask("list_objects_v2", Prefix=self._there.prefix, **more) or {}
            found += [one["Key"][len(self._there.prefix) :] for one in page.get("Contents", ())]
            if not page.get("IsTruncated"):
                break
            more = {"ContinuationToken": page["NextContinuationToken"]}
        yield from sorted(n for n in found if _NAME.fullmatch(n) and n.endswith(suffix))


def open_place(settings: Settings) -> Place:
    """The second place that the settings name. Raises `ConfigurationError`."""
    named = settings.audit_place
    if named is None:
        return FolderPlace(settings.data / "audit")
    if not named.startswith("s3://"):
        return FolderPlace(Path(named))
    return BucketPlace(
        *connected(settings, named, setting="BEVAN_AUDIT_PLACE", what="A second place")
    )


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} can't be the name of a file in the second place.")
    return name


def _stands(name: str) -> str:
    return f"The second place holds another {name}: run `bevan audit verify`."

"""An S3 bucket and a prefix in it, and a folder's name made durable: what every store shares."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bevan.kernel.errors import ConfigurationError, Unavailable

if TYPE_CHECKING:
    from bevan.kernel.settings import Settings

_NONE = frozenset({"404", "NoSuchKey", "NotFound"})


class Prefixed:
    """One bucket under one prefix. `what` names it in sentences, such as "The object store"."""

    def __init__(self, client: Any, bucket: str, prefix: str, what: str) -> None:
        """Use a boto3 S3 `client`."""
        self._client = client
        self._bucket = bucket
        self._what = what
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def ask(self, operation: str, **arguments: Any) -> Any:
        """The answer of one S3 operation; None where there is no such key. Raises `Unavailable`."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, operation)(Bucket=self._bucket, **arguments)
        except ClientError as fault:
            code = str(fault.response.get("Error", {}).get("Code"))
            if code in _NONE:
                return None
            raise Unavailable(f"{self._what} refused: {code}.") from None
        except BotoCoreError as fault:
            raise Unavailable(f"{self._what} failed: {type(fault).__name__}.") from None


def connected(settings: Settings, address: str, *, setting: str, what: str) -> tuple[Any, str, str]:
    """(client, bucket, prefix) for `s3://bucket/prefix`, the value of `setting`.

    Raises `ConfigurationError` for another address, and where the extra `s3` isn't installed.
    """
    url = urlsplit(address)
    if url.scheme != "s3" or not url.netloc:
        raise ConfigurationError(f"{setting} must look like s3://bucket/prefix.")
    with suppress(ModuleNotFoundError):
        import boto3

        client = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint,
            aws_access_key_id=settings.s3_access_key,
            aws_secret_access_key=settings.s3_secret_key,
        )
        return client, url.netloc, url.path
    raise ConfigurationError(f"{what} in S3 needs the extra `s3`: pip install 'bevan[s3]'.")


def sync(folder: Path) -> None:
    """Make durable what was named in a folder."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)

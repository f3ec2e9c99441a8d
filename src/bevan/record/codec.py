"""How content is kept: JSON text as zstd with a dictionary.

PostgreSQL doesn't compress values under about 2 KB, so the record does. ``enc`` says how a row was
packed: 0 plain, 1 zstd, 2 and more zstd with the dictionary of that number in ``content_dict``.
Dictionaries are trained on the synthetic region only and shipped with the package: one made from
records would contain people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files

import zstandard

from bevan.kernel.database import Connection
from bevan.kernel.errors import BevanError
from bevan.kernel.sql import statements

PLAIN, ZSTD = 0, 1
LEVEL = 3
_LARGEST = 1 << 30


class UnknownDictionary(BevanError):
    """Content packed with a dictionary that this process hasn't got yet: learn, then try again."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Content dictionary {number} is missing from the database.")
        self.number = number


class Codec:
    """Packs and unpacks content. Not for use by several threads at once."""

    def __init__(self, dictionaries: Mapping[int, bytes], current: int | None = None) -> None:
        """``dictionaries`` by number; new content uses ``current``, or none."""
        self._packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=False)
        self._unpackers = {ZSTD: zstandard.ZstdDecompressor()}
        self._enc = ZSTD if current is None else current
        for number, raw in dictionaries.items():
            self._add(number, raw, pack=number == current)

    def _add(self, number: int, raw: bytes, *, pack: bool) -> None:
        dictionary = zstandard.ZstdCompressionDict(raw)
        self._unpackers[number] = zstandard.ZstdDecompressor(dict_data=dictionary)
        if pack:
            dictionary.precompute_compress(level=LEVEL)
            self._packer = zstandard.ZstdCompressor(
                level=LEVEL, dict_data=dictionary, write_checksum=False, write_dict_id=False
            )

    def pack(self, content: bytes) -> tuple[int, bytes]:
        """(enc, packed bytes); plain where packing gains nothing."""
        packed = self._packer.compress(content)
        return (self._enc, packed) if len(packed) < len(content) else (PLAIN, content)

    def unpack(self, enc: int, content: bytes) -> bytes:
        """The JSON text. Raises ``UnknownDictionary``."""
        if enc == PLAIN:
            return content
        unpacker = self._unpackers.get(enc)
        if unpacker is None:
            raise UnknownDictionary(enc)
        return unpacker.decompress(content, max_output_size=_LARGEST)

    def knows(self, enc: int) -> bool:
        """Whether content of this encoding can be unpacked."""
        return enc == PLAIN or enc in self._unpackers

    async def learn(self, connection: Connection) -> None:
        """Fetch the dictionaries that a newer version of Bevan has added meanwhile."""
        for number, raw in (await _stored(connection)).items():
            if number not in self._unpackers:
                self._add(number, raw, pack=False)


async def open_codec(connection: Connection, shipped: Mapping[str, bytes] | None = None) -> Codec:
    """The codec over the database's dictionaries, after adding the shipped ones to them.

    ``shipped``: name → dictionary; the last by name packs new content. Default: the package's.
    """
    sql = statements("bevan.record", "codec.sql")
    chosen = sorted((shipped if shipped is not None else shipped_dictionaries()).items())
    digests = [hashlib.sha256(raw).digest() for _, raw in chosen]
    for digest, (_, raw) in zip(digests, chosen, strict=True):
        await connection.execute(sql["add"], digest, raw)
    numbers = {row["digest"]: row["n"] for row in await connection.fetch(sql["numbers"])}
    current = numbers[digests[-1]] if digests else None
    return Codec(await _stored(connection), current)


def shipped_dictionaries() -> dict[str, bytes]:
    """The ``.zdict`` files of this package."""
    folder = files("bevan.record").joinpath("dictionaries")
    if not folder.is_dir():
        return {}
    return {
        entry.name: entry.read_bytes()
        for entry in folder.iterdir()
        if entry.name.endswith(".zdict")
    }


async def _stored(connection: Connection) -> dict[int, bytes]:
    rows = await connection.fetch(statements("bevan.record", "codec.sql")["all"])
    return {row["n"]: row["dict"] for row in rows}

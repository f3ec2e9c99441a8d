"""Train the dictionary with which the record packs content, on the synthetic region only.

    python scripts/train_dictionary.py [--shared ../shared] [--write]

A dictionary made from records would contain people, so nothing but the generator's output is
used. Prints how small it makes content it hasn't seen (other made-up people, and Synthea's where
the shared data is at hand); with --write it replaces `src/bevan/record/dictionaries/0002.zdict`.
"""

from __future__ import annotations

import argparse
import bz2
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import zstandard

from bevan.synthetic.region import named, people_slice

TARGET = Path(__file__).resolve().parents[1] / "src/bevan/record/dictionaries/0002.zdict"
SIZE = 110 * 1024
PEOPLE = 60_000
LEVEL = 3


def training() -> list[bytes]:
    """Resources of the directory, the stories and people spread over a large region."""
    samples = list(named())
    for start in range(0, PEOPLE, PEOPLE // 80):
        samples += people_slice(start, start + 1, people=PEOPLE, seed=7)
    return samples


def unseen() -> list[bytes]:
    """Resources of people of another seed."""
    return list(people_slice(500, 560, people=1000, seed=1))


def synthea(shared: Path) -> Iterator[bytes]:
    """Resources of the Synthea bundles, as minified JSON."""
    for path in sorted((shared / "data/synthea-r4/bundles").glob("*.json.bz2"))[:12]:
        for item in json.loads(bz2.decompress(path.read_bytes())).get("entry", ()):
            text = json.dumps(item["resource"], separators=(",", ":"), ensure_ascii=False)
            yield text.encode()


def report(name: str, resources: list[bytes], dictionary: bytes | None) -> None:
    """Print the mean size before and after, and the ratio."""
    data = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    packer = zstandard.ZstdCompressor(
        level=LEVEL, dict_data=data, write_checksum=False, write_dict_id=False
    )
    plain, packed = sum(map(len, resources)), sum(len(packer.compress(one)) for one in resources)
    how = "with" if dictionary else "without"
    print(
        f"{name:22} {how:7} dictionary: {plain / len(resources):6.0f} B to "
        f"{packed / len(resources):6.0f} B, {plain / packed:5.2f} times"
    )


def main() -> None:
    """Train, report and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    dictionary = zstandard.train_dictionary(SIZE, training(), level=LEVEL).as_bytes()
    print(f"dictionary of {len(dictionary)} B")
    measured = {"synthetic, other people": unseen()}
    others = list(islice(synthea(chosen.shared), 20_000))
    if others:
        measured["Synthea"] = others
    for name, resources in measured.items():
        report(name, resources, None)
        report(name, resources, dictionary)
    if chosen.write:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_bytes(dictionary)


if __name__ == "__main__":
    main()

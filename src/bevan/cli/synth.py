"""`bevan synth`: write the fictional region to files."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

from bevan.cli.options import as_json as json_option
from bevan.cli.output import answer, answer_json, progress_console
from bevan.kernel.errors import BevanError

_SLICE = 200


@click.command()
@click.option("--people", type=click.IntRange(1), required=True, help="How many people.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write to; made if need be.",
)
@click.option("--gzip", "squeeze", is_flag=True, help="Compress the files.")
@json_option
def synth(people: int, seed: int, out: Path, squeeze: bool, as_json: bool) -> None:
    """Write a fictional region as NDJSON, one file a slice of people.

    The same numbers give the same bytes. The files can be taken in with `bevan import`.
    """
    if out.exists() and any(out.iterdir()):
        raise BevanError(f"{out} isn't empty: choose another folder.")
    out.mkdir(parents=True, exist_ok=True)
    counts = write(people, seed, out, squeeze=squeeze)
    if as_json:
        answer_json({"people": people, "seed": seed, "resources": dict(sorted(counts.items()))})
        return
    answer(f"{sum(counts.values()):,} resources of {people:,} people in {out}")


def write(people: int, seed: int, out: Path, *, squeeze: bool = False) -> Counter[str]:
    """Write the region's files; returns how many resources of each type.

    The directory and the people with stories come first, in `000000-named.ndjson`.
    """
    from bevan.synthetic import region

    counts: Counter[str] = Counter()
    suffix = ".ndjson.gz" if squeeze else ".ndjson"
    progress = Progress(
        *Progress.get_default_columns(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=progress_console(),
    )
    with progress:
        task = progress.add_task("Writing people", total=people)
        _file(out / f"000000-named{suffix}", region.named(people, seed), counts)
        for start in range(0, people, _SLICE):
            stop = min(start + _SLICE, people)
            part = region.people_slice(start, stop, people=people, seed=seed)
            _file(out / f"{start:06d}-people{suffix}", part, counts)
            progress.update(task, completed=stop)
    return counts


def _file(path: Path, resources: Iterator[bytes], counts: Counter[str]) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with _opened(fresh, squeeze=path.suffix == ".gz") as target:
        for resource in resources:
            target.write(resource)
            target.write(b"\n")
            counts[_type(resource)] += 1
    fresh.replace(path)


@contextmanager
def _opened(path: Path, *, squeeze: bool) -> Iterator[IO[bytes]]:
    with path.open("wb") as raw:
        if not squeeze:
            yield raw
            return
        # No name and no time in the header: the same region gives the same bytes.
        with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
            yield packed  # type: ignore[misc]


def _type(resource: bytes) -> str:
    """The resource's type; it comes first in what the generator writes."""
    mark = b'"resourceType":"'
    start = resource.find(mark)
    if start < 0:
        return str(json.loads(resource)["resourceType"])
    start += len(mark)
    return resource[start : resource.index(b'"', start)].decode("ascii")

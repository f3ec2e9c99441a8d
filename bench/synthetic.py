"""How fast the synthetic region is made, how large it is, and that its memory stays flat.

    python bench/synthetic.py [--people 1000] [--start 0]

Prints resources and bytes a second of one core's CPU time, the mean size, the median adult, and
the growth of memory between the first and the last tenth of the people.
"""

from __future__ import annotations

import argparse
import resource
import time
from statistics import median

from bevan.synthetic.ground import build
from bevan.synthetic.lives import life
from bevan.synthetic.person import make


def memory() -> float:
    """Most memory used so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Make people one after the other and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0)
    chosen = parser.parse_args()
    region = build(chosen.start + chosen.people)
    life(make(region, chosen.start))
    counts, adults, size, early = [], [], 0, 0.0
    began = time.process_time()
    for index in range(chosen.start, chosen.start + chosen.people):
        person = make(region, index)
        lines = life(person)
        counts.append(len(lines))
        size += sum(map(len, lines))
        if person.traits.age >= 18 and person.who.died is None:
            adults.append(len(lines))
        if len(counts) == max(1, chosen.people // 10):
            early = memory()
    spent = time.process_time() - began
    made = sum(counts)
    print(f"{made:,} resources of {chosen.people:,} people in {spent:.1f} s of CPU time")
    print(f"{made / spent:,.0f} resources/s, {size / spent / 1e6:.0f} MB/s on one core")
    print(
        f"mean {size / made:,.0f} B, mean person {made / chosen.people:.0f} resources, "
        f"median adult {median(adults):.0f}"
    )
    print(f"memory {memory():.0f} MB, {memory() - early:+.1f} MB after the first tenth")


if __name__ == "__main__":
    main()

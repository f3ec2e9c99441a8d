"""`make prove`: run every proof, or the one named, and write its page.

Each page goes to `docs/reference/proof/NAME.md`. Leaves with 1 when something did not hold.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PAGES = PROJECT / "docs" / "reference" / "proof"
PROOFS = (
    "wheel",
    "crash",
    "linkage",
    "matrix",
    "timing",
    "audit",
    "disposal",
    "who-looked",
    "search",
    "growth",
    "validation",
)


def main(names: list[str]) -> int:
    """Run the proofs called `names`, all of them by default."""
    unknown = sorted(set(names) - set(PROOFS))
    if unknown:
        print(f"There is no proof called {', '.join(unknown)}; there are: {', '.join(PROOFS)}.")
        return 2
    return max(one(name) for name in names or PROOFS)


def one(name: str) -> int:
    """Run one proof and write its page."""
    print(f"Proving {name}", flush=True)
    report = importlib.import_module(f"prove.{name.replace('-', '_')}").prove()
    PAGES.mkdir(parents=True, exist_ok=True)
    page = report.page(name)
    (PAGES / f"{name}.md").write_text(page, "utf-8")
    print(page, flush=True)
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    sys.exit(main(sys.argv[1:]))

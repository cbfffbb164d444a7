"""How often do intervals hold a planted truth? Prints the table of docs/method.md.

Run with ``python benchmarks/calibration.py`` (``--worlds 1000 --jobs 2 --only gap``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.calibration.harness import Row, cells, run  # noqa: E402


def one(name: str, worlds: int) -> Row:
    """Run the cell of this name."""
    return run(next(cell for cell in cells() if cell.name == name), worlds)


def line(row: Row) -> str:
    """Return a row of the table."""
    wide = "range" if row.bound else "–" if math.isnan(row.wide) else f"{row.wide:.2f}"
    covers = "–" if not row.answered else f"{row.coverage:.3f}"
    wide = f"at least {row.at_least:.3f}" if row.rate else wide
    verdict = "; ".join(row.faults()) or "holds"
    verdict += f" (known: {row.known})" if row.known else ""
    must = "yes" if row.answerable else "no"
    parts = [row.name, row.figure, must, f"{row.worlds:,}", f"{row.refused:.3f}", f"{row.answered:,}", covers]
    return " | ".join(["", *parts, f"{row.bias:+.4f}", f"{row.width:.3f}", wide, verdict, ""]).strip()


def commit() -> str:
    """Return the commit of the code, with a sign when files differ from it."""
    git = ["git", "-C", str(ROOT)]
    try:
        short = subprocess.run([*git, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return short.stdout.strip() + (" with changes" if changed.stdout.strip() else "")


def main() -> int:
    """Print the table; the exit status is 1 when a cell fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1000, help="answered worlds a cell")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--only", default="", help="part of a cell's name or figure")
    chosen = parser.parse_args()
    names = [cell.name for cell in cells() if chosen.only in f"{cell.name} {cell.figure}"]
    print(f"{dt.date.today().isoformat()}, commit {commit()}, {chosen.worlds:,} answered worlds a cell\n")
    print(
        "| worlds | figure | must be answered | drawn | refused | answered | covers | bias | mean width | of oracle's | verdict |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    failed = 0
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for row in pool.map(one, names, [chosen.worlds] * len(names)):
            failed += bool(row.faults()) != bool(row.known)
            print(line(row), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())

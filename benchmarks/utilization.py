"""How far can what is achievable, the internal best and the value be trusted? Prints all of it.

Run with ``python benchmarks/utilization.py`` (``--worlds 500 --jobs 2``): how the lowest of tied ceilings is read; how often intervals of what is achievable,
of the best quarter, of groups and of the value hold a planted truth, and how often clients without room are told so; mean squared errors of shrunken
figures over raw ones. With 500 worlds it takes about an hour on two cores.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.calibration.squared_errors import ratio_of_best, ratio_of_figures, ratio_of_rates  # noqa: E402

FIGURES = ("utilization: ", "value: ", "best quarter", "of a group")
GROUPS, RELIABILITIES = (6, 12, 30), (0.0, 0.2, 0.5, 0.8)


def squared_errors(worlds: int) -> None:
    """Print mean squared errors over those of the raw figures."""
    print("| groups | reliability | every group | mean of the best quarter |")
    print("|---|---|---|---|")
    for k in GROUPS:
        for reliability in RELIABILITIES:
            every = ratio_of_figures(worlds, k=k, reliability=reliability)
            best = ratio_of_best(worlds, k=k, reliability=reliability)
            print(f"| {k} | {reliability:g} | {every:.2f} | {best:.2f} |", flush=True)
    for spread in (0.0, 0.4):
        print(
            f"| 12, error rates | {spread:g} logits apart | {ratio_of_rates(worlds, spread=spread):.2f} | |", flush=True
        )


def main() -> int:
    """Print all tables; the exit status is 1 when a cell fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=500, help="answered worlds a cell")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    chosen = parser.parse_args()
    print("Mean squared error of shrunken figures over that of raw ones\n", flush=True)
    squared_errors(chosen.worlds)
    print("\nThe lowest of several ceilings\n", flush=True)
    failed = subprocess.run([sys.executable, str(ROOT / "benchmarks" / "lowest_ceiling.py")], check=False).returncode
    for figure in FIGURES:
        print(f"\n{figure}\n", flush=True)
        command = ["--only", figure, "--worlds", str(chosen.worlds), "--jobs", str(chosen.jobs)]
        table = [sys.executable, str(ROOT / "benchmarks" / "calibration.py"), *command]
        failed += subprocess.run(table, check=False).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())

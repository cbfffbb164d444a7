"""Does a pilot hold what its plan promised? Plans from 8 weeks, runs fresh weeks of worlds that the plan does not know, and prints one table.

Run with ``python benchmarks/pilot.py`` (``--worlds 2000 --seed 0 --jobs 2``).
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# one thread a process: these matrices are small
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.calibration.pilot_runs import LENGTHS, Lengthened, Run, lengthened, one_run, stopped  # noqa: E402
from tests.calibration.pilot_worlds import KINDS  # noqa: E402

# length of the pilots that a stop rule watches, and the share of them that it may stop
STOP_WEEKS, STOP_SHARE = 12, 0.05

# pilots from which on planned and seen power must agree within 3 points
ENOUGH = 2000


def runs(kind: str, weeks: int, first: int, count: int) -> list[Run]:
    """Plan and run the pilots of a share of the worlds."""
    begin = first + count * LENGTHS.index(weeks)
    return [one_run(seed, kind, weeks) for seed in range(begin, begin + count)]


def second_looks(kind: str, first: int, count: int) -> list[Lengthened]:
    """Plan pilots for a given effect, and judge their length again while they run."""
    return [lengthened(seed, kind) for seed in range(first, first + count)]


def stops(kind: str, first: int, count: int) -> list[bool]:
    """Set a stop rule from 8 weeks, and see whether it stops a later pilot in which items change nothing."""
    return [stopped(seed, kind, STOP_WEEKS, STOP_SHARE) for seed in range(first, first + count)]


def line(name: str, found: list[Run]) -> str:
    """Return a row of the table."""
    mean = {
        field: float(np.mean([getattr(run, field) for run in found]))
        for field in ("planned", "seen", "false", "holds", "plug_in")
    }
    low, high = np.quantile([run.true_power for run in found], [0.1, 0.9])
    apart, error = abs(mean["seen"] - mean["planned"]), (0.16 / len(found)) ** 0.5
    # a row of few pilots fails only where chance does not explain it; from 2,000 on the promise itself is held
    fails = apart > 0.03 + (0.0 if len(found) >= ENOUGH else 2 * error)
    verdict = "FAILS" if fails else "holds" if apart <= 0.03 else "within chance"
    return (
        f"| {name} | {len(found):,} | {mean['planned']:.3f} | {mean['seen']:.3f} | {100 * (mean['seen'] - mean['planned']):+.1f} | {verdict} | "
        f"{mean['plug_in']:.3f} | {mean['false']:.3f} | {mean['holds']:.3f} | {low:.2f} to {high:.2f} |"
    )


def main() -> int:
    """Print the table; the exit status is 1 when a row fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=2000, help="worlds of all kinds and lengths together")
    parser.add_argument("--seed", type=int, default=0, help="number of the first world")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    chosen = parser.parse_args()
    each = -(-chosen.worlds // (len(KINDS) * len(LENGTHS)))
    print(f"planned from 8 weeks, run on fresh weeks; {each} worlds a kind and length, seed {chosen.seed}\n")
    print("| worlds | pilots | planned power | seen | points apart | | if the variance were known | null rejected (.050) | interval holds (.950) | true power of single plans (80 % of them) |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    found: dict[tuple[str, int], list[Run]] = {}
    with ProcessPoolExecutor(chosen.jobs) as pool:
        asked = [(kind, weeks) for kind in KINDS for weeks in LENGTHS]
        jobs = {key: pool.submit(runs, *key, chosen.seed, each) for key in asked}
        for key, job in jobs.items():
            found[key] = job.result()
    for kind in KINDS:
        print(line(kind, [run for weeks in LENGTHS for run in found[kind, weeks]]))
    for weeks in LENGTHS:
        print(line(f"{weeks} weeks", [run for kind in KINDS for run in found[kind, weeks]]))
    every = [run for part in found.values() for run in part]
    print(line("all", every))
    failed = "FAILS" in line("all", every)
    _further(chosen.seed, max(chosen.worlds // (4 * len(KINDS)), 20), chosen.jobs)
    return int(failed)


def _further(first: int, count: int, jobs: int) -> None:
    """Print what judging the length again makes of single plans, and how often a stop rule stops by chance."""
    with ProcessPoolExecutor(jobs) as pool:
        looks = [pool.submit(second_looks, kind, first, count) for kind in KINDS]
        halts = [pool.submit(stops, kind, first, count) for kind in KINDS]
        seen = [look for job in looks for look in job.result()]
        halted = {kind: float(np.mean(job.result())) for kind, job in zip(KINDS, halts, strict=True)}
    print(
        f"\nplanned for a given effect, {len(seen):,} pilots; the length judged again every two weeks without looking at the arms\n"
    )
    print(
        "| length | weeks (80 % of pilots) | true power, mean | true power (80 % of pilots) | under .70 | seen | null rejected |"
    )
    print("|---|---|---|---|---|---|---|")
    rows = (("as planned", "weeks", "true_power"), ("judged again", "final_weeks", "final_power"))
    for name, weeks, power in rows:
        length, values = (np.array([getattr(look, field) for look in seen], dtype=float) for field in (weeks, power))
        spread = [
            f"{low:g} to {high:g}"
            for low, high in (np.quantile(length, [0.1, 0.9]), np.quantile(values, [0.1, 0.9]).round(2))
        ]
        told = [f"{np.mean([getattr(look, field) for look in seen]):.3f}" for field in ("seen", "false")]
        told = told if name == "judged again" else ["", ""]
        print(
            f"| {name} | {spread[0]} | {values.mean():.3f} | {spread[1]} | {np.mean(values < 0.7):.2f} | {told[0]} | {told[1]} |"
        )
    print(
        f"\na stop rule that may stop {STOP_SHARE:.0%} of pilots of {STOP_WEEKS} weeks in which items change nothing: stops"
    )
    print(
        "; ".join(f"{kind} {share:.1%}" for kind, share in halted.items())
        + f"; all {np.mean(list(halted.values())):.1%}"
    )


if __name__ == "__main__":
    raise SystemExit(main())

"""Union and person x half hour: this package's two engines beside the textbook pandas solution, in one run.

    python benchmarks/intervals.py [--rows 1000000] [--repeats 5]

Prints CPU seconds (median), the ratio to pandas, and whether all answers are equal. Engines alternate, so that a busy machine slows all alike.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis import intervals

SLOT_US = 1_800_000_000
DAY_US = 86_400_000_000


def spells(rows: int, *, seed: int = 1) -> pd.DataFrame:
    """Return overlapping spells, forty a person-day of nine hours, 250 days a person, in no order."""
    rng = np.random.default_rng(seed)
    days = max(rows // 40, 1)
    person, day = np.divmod(np.arange(days).repeat(40)[:rows], 250)
    start = 1_735_700_000_000_000 + day * DAY_US + rng.integers(0, 9 * 3_600_000_000, len(person))
    end = start + rng.exponential(6e8, len(person)).astype(np.int64)
    order = rng.permutation(len(person))
    return pd.DataFrame({"agent": person[order], "start": start[order], "end": end[order]})


def pandas_union(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the union as it is usually written: sort, running maximum per person, count the breaks, group."""
    frame = frame[frame["end"] > frame["start"]].sort_values(["agent", "start"])
    reached = frame.groupby("agent")["end"].cummax().groupby(frame["agent"]).shift()
    island = (reached.isna() | (frame["start"] > reached)).cumsum()
    grouped = frame.groupby(island)
    return pd.DataFrame(
        {"agent": grouped["agent"].first(), "start": grouped["start"].first(), "end": grouped["end"].max()}
    ).reset_index(drop=True)


def pandas_busy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return person x half hour: the union, one row per slot touched, group."""
    union = pandas_union(frame)
    first, last = union["start"] // SLOT_US, (union["end"] - 1) // SLOT_US
    wide = union.loc[union.index.repeat(last - first + 1)]
    slot = wide.groupby(level=0).cumcount() + first.loc[wide.index].to_numpy()
    overlap = np.minimum(wide["end"], (slot + 1) * SLOT_US) - np.maximum(wide["start"], slot * SLOT_US)
    table = pd.DataFrame({"agent": wide["agent"], "slot_start": slot * SLOT_US, "busy_us": overlap})
    return table.groupby(["agent", "slot_start"], as_index=False)["busy_us"].sum()


JOBS: dict[str, dict[str, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "union": {
        "pandas": pandas_union,
        "numpy": lambda frame: intervals.union(frame, engine="numpy"),
        "compiled": lambda frame: intervals.union(frame, engine="compiled"),
    },
    "person x half hour": {
        "pandas": pandas_busy,
        "numpy": lambda frame: intervals.busy(frame, engine="numpy"),
        "compiled": lambda frame: intervals.busy(frame, engine="compiled"),
    },
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    frame = spells(asked.rows)
    begun = time.process_time()
    intervals.warm()
    print(f"{len(frame):,} rows; compiling or loading the kernels once: {time.process_time() - begun:.2f} CPU s")
    for job, engines in JOBS.items():
        seconds: dict[str, list[float]] = {name: [] for name in engines}
        answers = {}
        for _ in range(asked.repeats):
            for name, engine in engines.items():
                begun = time.process_time()
                answers[name] = engine(frame)
                seconds[name].append(time.process_time() - begun)
        peer = statistics.median(seconds["pandas"])
        same = all(answer.equals(answers["numpy"]) for answer in answers.values())
        print(f"{job}: {len(answers['numpy']):,} rows out, all equal: {same}")
        for name, taken in seconds.items():
            middle = statistics.median(taken)
            print(f"  {name:10} {middle:8.3f} CPU s   {peer / middle:6.1f} x pandas")


if __name__ == "__main__":
    main()

"""The half-hour forecast in rolling origin on public data, beside the simple forecasts. Run: python benchmarks/forecast.py."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.measure.forecast import rolling_check  # noqa: E402

# Days on which the bank was closed within the span (federal holidays without data); three more weekdays have no data.
CLOSED = (dt.date(2003, 5, 26), dt.date(2003, 7, 4), dt.date(2003, 9, 1))


def folder() -> Path:
    return Path(os.environ.get("BLENDING_REAL_DATA", ROOT.parent / "shared" / "data"))


def us_bank(path: Path) -> pd.DataFrame:
    """Return half-hourly counts 07:00 to 21:00; the one five-minute count at 21:00 is no half hour."""
    calls = pd.read_parquet(path / "contact-centre" / "us_bank_calls_5min_2003.parquet")
    half = calls["DateTime"].dt.floor("30min")
    placed = pd.DataFrame(
        {
            "day": half.dt.normalize(),
            "slot_of_day_s": half.dt.hour * 3600 + half.dt.minute * 60,
            "offered": calls["Calls"],
        }
    )
    counts = placed.groupby(["day", "slot_of_day_s"], as_index=False)["offered"].sum()
    return counts[counts["slot_of_day_s"] < 21 * 3600]


def main() -> None:
    history = us_bank(folder())
    for origins in (10, 24):
        began = time.perf_counter()
        found = rolling_check(
            history, origins=[dt.date(2003, 10, 20) - dt.timedelta(weeks=k) for k in range(origins)],
            zone="America/New_York", holidays=CLOSED,
        )  # fmt: skip
        print(f"us_bank_calls, {origins} weekly origins, one week ahead, {time.perf_counter() - began:.1f} s")
        print(found.errors.round(3).to_string(index=False))
        print(found.by_hour.round(3).to_string(index=False))


if __name__ == "__main__":
    main()

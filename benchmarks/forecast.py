"""The half-hour forecast in rolling origin on public data, beside the simple forecasts. Run: python benchmarks/forecast.py."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import sys
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.measure.forecast import forecast_slots, rolling_check  # noqa: E402

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


def february(path: Path) -> pd.DataFrame:
    """Return the bank's calls of February 1999 by half hour, with the seconds of service."""
    with gzip.open(path / "contact-centre" / "anonymous_bank_1999-02_calls.txt.gz", "rt", encoding="utf-8") as lines:
        calls = pd.read_csv(lines, sep="\t")
    calls = calls[calls["outcome"].isin(["AGENT", "HANG"])]
    served = calls["outcome"].eq("AGENT")
    rows = pd.DataFrame(
        {
            "day": pd.to_datetime(calls["date"].astype(str).str.zfill(6), format="%y%m%d"),
            "slot_of_day_s": (pd.to_timedelta(calls["vru_exit"]).dt.total_seconds() // 1800 * 1800).astype("int64"),
            "offered": 1.0,
            "answered": served.astype(float),
            "handle_s": calls["ser_time"].where(served, 0).astype(float),
        }
    )
    return rows.groupby(["day", "slot_of_day_s"], as_index=False).sum()


def main() -> None:
    history = us_bank(folder())
    # 31 March is the first Monday with four of every weekday before it: with 30 origins none is left out
    for origins in (10, 30):
        began = time.process_time()
        found = rolling_check(
            history, origins=[dt.date(2003, 10, 20) - dt.timedelta(weeks=k) for k in range(origins)],
            zone="America/New_York", holidays=CLOSED, draws=2000,
        )  # fmt: skip
        spent = time.process_time() - began
        print(f"us_bank_calls, last {origins} Mondays, one week ahead, {spent:.1f} s of one core")
        print(found.errors.round(3).to_string(index=False))
        print(found.by_hour.round(3).to_string(index=False))
    calls = february(folder())
    for measure in ("offered", "handle_s"):
        print(f"\nAnonymous Bank, February 1999, {measure}")
        made = forecast_slots(calls, horizon_days=7, zone="Asia/Jerusalem", measure=measure)
        print(made, made.notes)
        print(made.frame.iloc[18:22].drop(columns=["start", "day"]).round(1).to_string(index=False))
        print(rolling_check(calls, origins=1, zone="Asia/Jerusalem", measure=measure))


if __name__ == "__main__":
    main()

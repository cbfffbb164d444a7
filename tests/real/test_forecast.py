"""The half-hour forecast on public data, in rolling origin: only what was known before each Monday."""

from __future__ import annotations

import datetime as dt
import gzip

import pandas as pd
import pytest

from analysis.measure.forecast import forecast_slots, rolling_check

pytestmark = pytest.mark.real_data

# federal holidays without data; three more weekdays have none for reasons not told
CLOSED = (dt.date(2003, 5, 26), dt.date(2003, 7, 4), dt.date(2003, 9, 1))
LAST_MONDAY = dt.date(2003, 10, 20)


@pytest.fixture(scope="module")
def us_bank(real_data) -> pd.DataFrame:
    """Half-hourly counts 07:00 to 21:00 of the five-minute counts; the single one at 21:00 is no half hour."""
    calls = pd.read_parquet(real_data / "contact-centre" / "us_bank_calls_5min_2003.parquet")
    half = calls["DateTime"].dt.floor("30min")
    slot = half.dt.hour * 3600 + half.dt.minute * 60
    placed = pd.DataFrame({"day": half.dt.normalize(), "slot_of_day_s": slot, "offered": calls["Calls"]})
    counts = placed.groupby(["day", "slot_of_day_s"], as_index=False)["offered"].sum()
    return counts[counts["slot_of_day_s"] < 21 * 3600]


@pytest.fixture(scope="module")
def checked(us_bank):
    """Return the check at every Monday that has four weeks before it: thirty, none left out."""
    mondays = [LAST_MONDAY - dt.timedelta(weeks=k) for k in range(31)]
    # many draws: an hour holds 288 slots, and the noise of the quantiles must not decide over one of them
    return rolling_check(us_bank, origins=mondays, zone="America/New_York", holidays=CLOSED, draws=2000)


def test_every_monday_with_four_weeks_before_it_is_judged(checked):
    assert len(checked.origins) == 30
    assert checked.origins[0] == dt.date(2003, 3, 31)


def test_it_beats_last_week_repeated_and_the_mean_of_eight_weeks(checked):
    error = checked.errors.set_index("method")["absolute_error"]
    assert error["model"] < 0.75 * error["seasonal_naive"]
    assert error["model"] < 0.90 * error["same_slot_mean"]


def test_it_beats_both_in_the_last_ten_weeks_too(us_bank):
    mondays = [LAST_MONDAY - dt.timedelta(weeks=k) for k in range(10)]
    found = rolling_check(us_bank, origins=mondays, zone="America/New_York", holidays=CLOSED)
    error = found.errors.set_index("method")["absolute_error"]
    assert error["model"] < 0.75 * min(error["seasonal_naive"], error["same_slot_mean"])


def test_eighty_of_a_hundred_lie_within_the_interval_overall_and_in_every_hour(checked):
    assert 0.75 <= checked.errors["coverage80"].iloc[0] <= 0.85
    by_hour = checked.by_hour.set_index("hour")["coverage80"]
    assert len(by_hour) == 14
    assert by_hour.between(0.75, 0.85).all(), by_hour.round(3).to_dict()


def test_the_tuesday_after_labor_day_is_foreseen_higher_than_any_tuesday_before(us_bank):
    made = forecast_slots(
        us_bank, horizon_days=5, first_day=dt.date(2003, 9, 1), zone="America/New_York", holidays=CLOSED
    )
    days = made.frame.groupby("day")["value"].sum()
    assert dt.date(2003, 9, 1) not in [day.date() for day in days.index]
    before = us_bank[us_bank["day"].lt("2003-09-01") & us_bank["day"].dt.day_of_week.eq(1)]
    assert days.iloc[0] > 0.95 * before.groupby("day")["offered"].sum().max()


@pytest.fixture(scope="module")
def february(real_data) -> pd.DataFrame:
    """Calls of February 1999 by half hour: offered, answered, and the seconds of service."""
    path = real_data / "contact-centre" / "anonymous_bank_1999-02_calls.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        calls = pd.read_csv(lines, sep="\t")
    calls = calls[calls["outcome"].isin(["AGENT", "HANG"])]
    moment = pd.to_timedelta(calls["vru_exit"])
    slot = (moment.dt.total_seconds() // 1800 * 1800).astype("int64")
    served = calls["outcome"].eq("AGENT")
    return (
        pd.DataFrame(
            {
                "day": pd.to_datetime(calls["date"].astype(str).str.zfill(6), format="%y%m%d"),
                "slot_of_day_s": slot,
                "offered": 1.0,
                "answered": served.astype(float),
                "handle_s": calls["ser_time"].where(served, 0).astype(float),
            }
        )
        .groupby(["day", "slot_of_day_s"], as_index=False)
        .sum()
    )


def test_four_weeks_of_handling_times_give_a_forecast_but_no_check_of_it(february):
    """February 1999 has four of every weekday: enough to forecast, and none left over to see how well."""
    contacts = forecast_slots(february, horizon_days=7, zone="Asia/Jerusalem")
    assert any("pay days are not foreseen" in note for note in contacts.notes)
    made = forecast_slots(february, horizon_days=7, zone="Asia/Jerusalem", measure="handle_s")
    assert made.status == "ok"
    busy = made.frame[made.frame["slot_of_day_s"].between(9 * 3600, 17 * 3600)]
    seconds = february["handle_s"].sum() / february["answered"].sum()
    assert busy["value"].median() == pytest.approx(seconds, rel=0.15)
    assert (busy["high80"] > 1.3 * busy["low80"]).mean() > 0.9
    check = rolling_check(february, origins=1, zone="Asia/Jerusalem", measure="handle_s")
    assert check.rows.empty
    assert "four weeks" in check.reasons[0]

"""Tours are drawn so that no minute, no break and no team is favoured; second observers and person-days are drawn with known chances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.foundation.schema import DataProblem, typed_table
from analysis.measure.sampling import draw_person_days, plan_tours, planned_person_days, second_looks

DAY = {"start_s": 8.5 * 3600, "end_s": 17 * 3600}
METHODS = ("stratified", "random")
LUNCH = (12 * 3600, 12.5 * 3600)


def many(method: str, *, days: int = 3000, rounds: int = 8, **more) -> pd.DataFrame:
    return plan_tours(
        pd.date_range("2026-03-02", periods=days), rounds_per_day=rounds, seed=1, method=method, **DAY | more
    )


def minute_of_day(tours: pd.DataFrame) -> np.ndarray:
    clock = tours["time"].str.split(":", expand=True).astype(int)
    return (clock[0] * 60 + clock[1]).to_numpy()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("spacing_s", [0, 900, 1800])
def test_every_minute_of_the_sampled_time_is_as_likely_as_every_other(method, spacing_s):
    minute = minute_of_day(many(method, spacing_s=spacing_s))
    assert minute.min() == 8 * 60 + 30
    assert minute.max() == 17 * 60 - 1
    # tours of one day repel one another, so counts vary a little less than independent ones: chi-square is on the safe side
    of_day = np.bincount(minute, minlength=1440)[510:1020]
    assert stats.chisquare(of_day).pvalue > 0.001
    assert (
        stats.chisquare(
            np.bincount(minute % 60, minlength=60), np.bincount(np.arange(510, 1020) % 60) * len(minute) / 510
        ).pvalue
        > 0.001
    )
    in_lunch = ((minute >= 720) & (minute < 750)).mean()
    assert in_lunch == pytest.approx(30 / 510, abs=4 * np.sqrt(30 / 510 / len(minute)))


@pytest.mark.parametrize("method", METHODS)
def test_no_interval_and_no_minute_of_the_hour_comes_back(method):
    minute = minute_of_day(many(method, days=400)).reshape(-1, 8)
    steps = np.diff(minute, axis=1)
    assert steps.min() >= 15
    assert np.median(steps.std(axis=1)) > 15
    assert np.bincount(steps.ravel()).max() < 0.06 * steps.size
    hour = minute % 60
    again = (np.diff(hour, axis=1) == 0).mean(), (np.diff(hour, axis=0) == 0).mean()
    assert max(again) < 0.035


@given(
    seed=st.integers(0, 10**6),
    rounds=st.integers(1, 12),
    method=st.sampled_from(METHODS),
    part=st.floats(0, 1),
    routes=st.sampled_from([(), ("A",), ("A", "B", "C")]),
    date=st.sampled_from(["2026-03-02", "2026-03-29", "2026-10-25"]),
)
def test_tours_keep_their_distance_their_day_and_their_part_of_it(seed, rounds, method, part, routes, date):
    most = 510 / rounds / (2 if method == "stratified" else 1)
    gap = int(part * most)
    asked = {"spacing_s": gap * 60, "routes": routes, "zone": "Europe/Amsterdam", "method": method, "seed": seed}
    tours = plan_tours([date], rounds_per_day=rounds, **DAY | asked)
    assert tours.equals(plan_tours([date], rounds_per_day=rounds, **DAY | asked))
    minute = minute_of_day(tours)
    assert (np.diff(minute) >= gap).all()
    assert ((minute >= 510) & (minute < 1020)).all()
    assert len(tours) == rounds
    if method == "stratified":
        assert ((minute - 510) * rounds // 510 <= np.arange(rounds)).all()
        assert ((minute + 1 - 510) * rounds / 510 > np.arange(rounds)).all()


def test_breaks_are_sampled_unless_they_are_left_out_on_purpose():
    without = minute_of_day(many("stratified", days=500, breaks=[LUNCH]))
    assert not ((without >= 720) & (without < 750)).any()
    assert stats.chisquare(np.bincount(without, minlength=1440)[np.r_[510:720, 750:1020]]).pvalue > 0.001


@pytest.mark.parametrize(("date", "length"), [("2026-03-28", 7), ("2026-10-24", 7)])
def test_in_the_night_of_a_clock_change_no_tour_has_a_time_that_is_none_or_two(date, length):
    # 22:00 to 06:00: an hour is missing in spring, and one is shown twice in autumn
    asked = {"start_s": 22 * 3600, "end_s": 30 * 3600, "rounds_per_day": 40, "spacing_s": 0, "zone": "Europe/Amsterdam"}
    found = pd.concat([plan_tours([date], seed=seed, **asked) for seed in range(40)])
    assert set(found["date"]) == {pd.Timestamp(date), pd.Timestamp(date) + pd.Timedelta(days=1)}
    hours = found["time"].str[:2].astype(int)
    assert 2 not in set(hours)
    share = hours.value_counts(normalize=True)
    assert len(share) == length
    assert share.to_numpy() == pytest.approx(1 / length, abs=0.03)


def test_every_team_comes_first_as_often_and_every_tour_passes_all():
    tours = many("stratified", days=40, rounds=6, routes=("A", "B", "C"))
    assert set(tours["start_at"].value_counts()) == {80}
    assert all(sorted(walk.split(" > ")) == ["A", "B", "C"] for walk in tours["route"])
    assert (tours["route"].str[0] == tours["start_at"]).all()
    table = pd.crosstab(tours["stratum"], tours["start_at"])
    assert stats.chi2_contingency(table).pvalue > 0.001
    assert tours["route"].isin(["A > B > C", "B > C > A", "C > A > B"]).mean() == pytest.approx(0.5, abs=0.1)


def test_second_observers_join_enough_tours_over_the_whole_period_by_chance():
    tours = many("stratified", days=20)
    assert tours["second_observer"].sum() == 8
    assert (np.diff(np.flatnonzero(tours["second_observer"])) < 40).all()
    assert many("stratified", days=20, second_tours=15)["second_observer"].sum() == 15
    assert many("stratified", days=1, second_tours=15)["second_observer"].sum() == 8
    joined = np.mean(
        [plan_tours(["2026-03-02"], rounds_per_day=8, seed=seed, **DAY)["second_observer"] for seed in range(400)],
        axis=0,
    )
    assert joined == pytest.approx(1 / 8, abs=0.07)


def test_numbers_of_second_looks_follow_from_what_is_to_be_known():
    # z^2 .9 .1 / .1^2 = 34.57 looks truly in the state; Buderer 1996, equations 1 and 2
    assert second_looks(0.3) == 116
    assert second_looks(0.8) == 173
    assert second_looks(0.3, half_width=0.05) == 461


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"rounds_per_day": 20}, "do not fit"),
        ({"end_s": 8 * 3600}, "after it"),
        ({"breaks": [(50_000, 40_000)]}, "after it begins"),
        ({"rounds_per_day": 0}, "must"),
        ({"method": "fixed"}, "must"),
        ({"days": ["2026-03-02", "2026-03-02"]}, "differ"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(bad, said):
    with pytest.raises(ValueError, match=said):
        plan_tours(**{"days": ["2026-03-02"], "rounds_per_day": 4, "seed": 1} | DAY | bad)


def workforce(people: int = 40, days: int = 20) -> pd.DataFrame:
    dates = pd.bdate_range("2026-03-02", periods=days)
    rows = [(f"p{n:02d}", date, "NSE"[n % 7 // 3]) for n in range(people) for date in dates]
    return pd.DataFrame(rows, columns=["agent", "date", "team"])


def test_every_person_day_has_the_chance_that_is_printed():
    frame = workforce(people=14, days=10).assign(row=np.arange(140))
    drawn = [draw_person_days(frame, n=21, seed=seed) for seed in range(600)]
    assert all((one["inclusion_probability"] == 21 / 140).all() for one in drawn)
    times = np.bincount(np.concatenate([one["row"] for one in drawn]), minlength=140)
    assert times.sum() == 21 * 600
    assert len({tuple(one["row"]) for one in drawn}) > 590
    assert times / 600 == pytest.approx(0.15, abs=0.06)


def test_drawn_days_are_spread_over_teams_and_weekdays_in_proportion():
    drawn = draw_person_days(workforce(), n=80, seed=2)
    assert not drawn.duplicated(["agent", "date"]).any()
    counts, sizes = (one.groupby("team").size() for one in (drawn, workforce()))
    assert (counts - 80 * sizes / 800).abs().max() < 1.001
    assert set(drawn["date"].dt.day_of_week.value_counts()) <= {15, 16, 17}
    assert drawn["date"].is_monotonic_increasing


def test_person_days_come_from_the_plan_without_those_who_are_away():
    def at(text: str) -> pd.Timestamp:
        return pd.Timestamp(text, tz="Europe/Amsterdam").tz_convert("UTC")

    rows = [
        ("a", at("2026-03-02 22:00"), at("2026-03-03 06:00"), "WORK"),
        ("b", at("2026-03-02 08:00"), at("2026-03-02 16:00"), "WORK"),
        ("b", at("2026-03-02 12:00"), at("2026-03-02 12:30"), "BREAK"),
        ("b", at("2026-03-03 08:00"), at("2026-03-03 16:00"), "WORK"),
        ("b", at("2026-03-03 08:00"), at("2026-03-03 16:00"), "ABSENT"),
    ]
    plan = typed_table("schedule", pd.DataFrame(rows, columns=["agent", "start", "end", "state"]))
    moved = [("a", "N", None, "2026-03-01"), ("a", "S", "2026-03-02", None), ("b", "N", None, None)]
    roster = pd.DataFrame(moved, columns=["agent", "team", "valid_from", "valid_to"])
    roster = typed_table(
        "roster", roster.assign(**{name: pd.to_datetime(roster[name]) for name in ("valid_from", "valid_to")})
    )
    found = planned_person_days(plan, roster, zone="Europe/Amsterdam")
    assert found.to_numpy().tolist() == [["a", pd.Timestamp("2026-03-02"), "S"], ["b", pd.Timestamp("2026-03-02"), "N"]]
    with pytest.raises(DataProblem, match="2 rows have no team"):
        draw_person_days(planned_person_days(plan, zone="Europe/Amsterdam"), n=1, seed=1)


def test_a_person_day_that_stands_twice_and_too_many_are_refused():
    frame = workforce(people=2, days=3)
    with pytest.raises(DataProblem, match="twice"):
        draw_person_days(pd.concat([frame, frame]), n=2, seed=1)
    with pytest.raises(ValueError, match="between 1 and the 6"):
        draw_person_days(frame, n=7, seed=1)
    assert len(draw_person_days(frame, n=6, seed=1)) == 6

"""Forecasts by half hour: what they know, what they refuse, and that nothing later than the origin reaches them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analysis.foundation.schema import DataProblem
from analysis.measure.forecast import daily, forecast_slots, rolling_check, whitening
from analysis.measure.forecast.history import History, read_history
from analysis.measure.forecast.profile import fit_profile

ZONE = "Europe/Amsterdam"
SLOTS = 32_400 + 1800 * np.arange(8)


def history(
    weeks: int = 10,
    *,
    per_slot: float = 40.0,
    seed: int = 1,
    factor: np.ndarray | None = None,
    closed: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return weekdays from 5 January 2026 with two peaks a day; `factor` multiplies days."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2026-01-05", periods=5 * weeks, freq="B")
    mood = np.exp(0.05 * rng.standard_normal(len(days))) * (1.0 if factor is None else factor)
    rate = per_slot * np.outer(
        mood * np.tile([1.3, 1.1, 0.9, 0.8, 0.9], weeks), [0.6, 1.2, 1.5, 1.0, 0.7, 1.1, 1.1, 0.8]
    )
    rows = pd.DataFrame(
        {
            "day": np.repeat(days, len(SLOTS)),
            "slot_of_day_s": np.tile(SLOTS, len(days)),
            "offered": rng.poisson(rate).ravel().astype(float),
        }
    )
    return rows[~rows["day"].isin(pd.to_datetime(list(closed)))].reset_index(drop=True)


def of_day(made: pd.DataFrame, day: str) -> float:
    return float(made.loc[made["day"] == day, "value"].sum())


class TestDays:
    def test_levels_agree_with_a_state_space_filter(self, monkeypatch):
        """A drifting level with noise and nothing else: the same law as statsmodels' Kalman filter gives (Harvey 1989, section 4.1)."""
        monkeypatch.setattr(daily, "_LEVEL", 1000.0)
        monkeypatch.setattr(daily, "_WEEKDAY", 0.0)
        rng = np.random.default_rng(3)
        days = np.arange("2026-01-05", "2026-03-02", dtype="M8[D]")
        y = 5 + np.cumsum(0.02 * rng.standard_normal(len(days))) + 0.05 * rng.standard_normal(len(days))
        ahead = days[-1] + np.arange(1, 8)
        parts = daily._Parts.of(days, ahead, ())
        means, covariances = daily._laws(parts, y, np.zeros(len(days)), np.array([[0.05, 1e-9, 0.02, 0.0, 0.0]]))
        model = UnobservedComponents(y, "local level")
        model.ssm.initialize_approximate_diffuse(1e6)
        found = model.smooth([0.05**2, 0.02**2]).get_forecast(7)
        assert means[0] == pytest.approx(found.predicted_mean, abs=1e-4)
        assert np.diag(covariances[0]) == pytest.approx(found.var_pred_mean, rel=1e-3)

    def test_the_day_after_a_holiday_is_learned_from_another(self):
        closed = [dt.date(2026, 2, 2), dt.date(2026, 3, 16)]
        factor = np.ones(50)
        factor[21] = 1.5
        plain = forecast_slots(history(), horizon_days=7, zone=ZONE, holidays=closed[1:])
        learned = forecast_slots(
            history(factor=factor, closed=("2026-02-02",)), horizon_days=7, zone=ZONE, holidays=closed
        )
        assert pd.Timestamp("2026-03-16") not in set(learned.frame["day"])
        assert of_day(learned.frame, "2026-03-17") > 1.2 * of_day(plain.frame, "2026-03-17")

    def test_an_effect_never_seen_widens_the_interval(self):
        """Without a holiday in the past, the day after one is not as certain as any other."""

        def width(**more):
            frame = forecast_slots(history(), horizon_days=7, zone=ZONE, draws=2000, **more).frame
            day = frame[frame["day"] == "2026-03-17"]
            return (day["high80"] - day["low80"]).sum()

        assert width(holidays=[dt.date(2026, 3, 16)]) > 1.5 * width()

    def test_a_breakdown_counts_little_and_is_named(self):
        factor = np.ones(50)
        factor[44] = 0.2
        made = forecast_slots(history(factor=factor), horizon_days=7, zone=ZONE)
        plain = forecast_slots(history(), horizon_days=7, zone=ZONE)
        assert any("1 days unlike all others count little (first: 2026-03-06)" in note for note in made.notes)
        assert of_day(made.frame, "2026-03-20") == pytest.approx(of_day(plain.frame, "2026-03-20"), rel=0.05)

    def test_a_lasting_fall_is_followed(self):
        factor = np.where(np.arange(50) < 30, 1.0, 0.6)
        made = forecast_slots(history(factor=factor), horizon_days=7, zone=ZONE)
        plain = forecast_slots(history(), horizon_days=7, zone=ZONE)
        assert made.frame["value"].sum() == pytest.approx(0.6 * plain.frame["value"].sum(), rel=0.06)
        assert any("another one since 2026-02-1" in note for note in made.notes)

    def test_the_first_days_of_the_month_once_the_history_is_long_enough(self):
        days = pd.date_range("2026-01-05", periods=130, freq="B")
        factor = np.where(days.day <= 3, 1.4, 1.0)
        # 1 to 3 July are the Wednesday to Friday of the next week but one
        made = forecast_slots(history(26, factor=factor), horizon_days=7, zone=ZONE, first_day=dt.date(2026, 7, 1))
        usual = history(26).query("day < '2026-07-01'").groupby("day")["offered"].sum()
        thursdays = usual[usual.index.day_of_week == 3].mean()
        assert of_day(made.frame, "2026-07-02") > 1.2 * thursdays


class TestSlots:
    def test_draws_are_joint_and_the_same_for_the_same_seed(self):
        one, two = (forecast_slots(history(per_slot=200.0), horizon_days=5, zone=ZONE, seed=4) for _ in range(2))
        assert np.array_equal(one.draws, two.draws)
        assert not np.array_equal(
            one.draws, forecast_slots(history(per_slot=200.0), horizon_days=5, zone=ZONE, seed=5).draws
        )
        # slots of a day share its mood: their sum varies more than unrelated slots would
        monday = one.draws[:, : len(SLOTS)]
        assert monday.sum(axis=1).var() > 1.5 * monday.var(axis=0).sum()

    def test_hours_that_the_clock_skips_or_shows_twice(self):
        """24 hours a day: 46 half hours on the spring day, 50 on the autumn day, none higher than its neighbours."""
        days = pd.date_range("2026-02-16", periods=41, freq="D")
        slots = np.arange(0, 86_400, 1800)
        rows = pd.DataFrame({"day": np.repeat(days, 48), "slot_of_day_s": np.tile(slots, 41)})
        rows["offered"] = np.random.default_rng(2).poisson(30, len(rows)).astype(float)
        spring = forecast_slots(rows, horizon_days=3, zone=ZONE).frame
        counts = spring.groupby("day").size()
        assert counts["2026-03-29"] == 46
        assert spring["start"].diff().dropna().eq(pd.Timedelta("30min")).all()
        autumn = rows.assign(day=rows["day"] + (pd.Timestamp("2026-09-20") - days[0]))
        twice = autumn["day"].eq("2026-10-25") & autumn["slot_of_day_s"].isin([7200, 9000])
        read = read_history(autumn.assign(offered=30.0 + 30.0 * twice), zone=ZONE, slot_s=1800)
        assert (read.offered == 30.0).all()

    def test_a_skipped_hour_in_the_past_is_not_silence(self):
        days = pd.date_range("2026-03-09", periods=28, freq="D")
        rows = pd.DataFrame({"day": np.repeat(days, 48), "slot_of_day_s": np.tile(np.arange(0, 86_400, 1800), 28)})
        rows["offered"] = 30.0
        skipped = rows["day"].eq("2026-03-29") & rows["slot_of_day_s"].isin([7200, 9000])
        read = read_history(rows[~skipped], zone=ZONE, slot_s=1800)
        assert np.isnan(read.offered).sum() == 2
        assert fit_profile(read).shares[6][4] == pytest.approx(1 / 48, rel=1e-3)

    def test_slots_closed_of_late_are_not_forecast(self):
        rows = history()
        late = rows["slot_of_day_s"].eq(SLOTS[-1]) & rows["day"].ge("2026-01-19")
        made = forecast_slots(rows.assign(offered=rows["offered"].where(~late, 0.0)), horizon_days=5, zone=ZONE)
        assert SLOTS[-1] not in set(made.frame["slot_of_day_s"])

    @settings(max_examples=15)
    @given(per_slot=st.sampled_from([2.0, 10.0, 500.0]), seed=st.integers(0, 10_000), weeks=st.integers(4, 8))
    def test_bounds_are_in_order_and_never_negative(self, per_slot, seed, weeks):
        frame = forecast_slots(history(weeks, per_slot=per_slot, seed=seed), horizon_days=7, zone=ZONE, draws=200).frame
        bounds = frame[["low95", "low80", "high80", "high95"]].to_numpy()
        assert (np.diff(bounds, axis=1) >= 0).all()
        assert (bounds >= 0).all()
        assert frame["value"].gt(0).all()
        assert frame["value"].between(frame["low95"], frame["high95"] + 1e-9).all()


class TestRefusals:
    def test_a_weekday_seen_too_seldom_is_left_out_and_named(self):
        rows = history()
        saturdays = pd.DataFrame({"day": pd.to_datetime(["2026-02-28", "2026-03-07"])}).merge(
            pd.DataFrame({"slot_of_day_s": SLOTS, "offered": 10.0}), how="cross"
        )
        made = forecast_slots(pd.concat([rows, saturdays]), horizon_days=7, zone=ZONE)
        assert 5 not in set(made.frame["weekday"])
        assert any("Saturday: 2 days" in note for note in made.notes)

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            (history(3), "4 open days"),
            (history(0), "four weeks"),
            (history(10, per_slot=0.5), "contacts a day"),
        ],
    )
    def test_too_little_is_said_in_words(self, rows, words):
        made = forecast_slots(rows, horizon_days=7, zone=ZONE)
        assert made.status == "insufficient"
        assert words in made.reasons[0]
        assert made.frame.empty
        assert repr(made).startswith("no forecast")

    def test_closed_all_along(self):
        made = forecast_slots(history(), horizon_days=2, zone=ZONE)  # a weekend
        assert "closed on every day" in made.reasons[0]

    def test_wrong_arguments_and_wrong_frames(self):
        with pytest.raises(ValueError, match="horizon_days"):
            forecast_slots(history(), horizon_days=0, zone=ZONE)
        with pytest.raises(ValueError, match="draws"):
            forecast_slots(history(), horizon_days=7, zone=ZONE, draws=10)
        with pytest.raises(ValueError, match="origins"):
            rolling_check(history(), origins=0, zone=ZONE)
        with pytest.raises(DataProblem, match="no column offered"):
            forecast_slots(history().drop(columns="offered"), horizon_days=7, zone=ZONE)
        with pytest.raises(DataProblem, match="more than once"):
            forecast_slots(pd.concat([history(), history()]), horizon_days=7, zone=ZONE)


class TestCheck:
    def test_nothing_later_than_the_origin_reaches_a_forecast(self):
        rows = history()
        later = rows["day"].ge("2026-03-02")
        one, two = (
            rolling_check(given, origins=[dt.date(2026, 3, 2)], zone=ZONE, draws=200).rows
            for given in (rows, rows.assign(offered=rows["offered"].where(~later, 2 * rows["offered"] + 1)))
        )
        known = ["value", "low80", "high95", "seasonal_naive", "same_slot_mean"]
        pd.testing.assert_frame_equal(one[known], two[known])
        assert (two["actual"] == 2 * one["actual"] + 1).all()

    def test_simple_forecasts_are_what_they_say(self):
        rows = history()
        found = rolling_check(rows, origins=[dt.date(2026, 3, 9)], zone=ZONE, draws=200).rows.iloc[0]
        mondays = rows[
            rows["slot_of_day_s"].eq(SLOTS[0]) & rows["day"].dt.day_of_week.eq(0) & rows["day"].lt("2026-03-09")
        ]
        assert found["seasonal_naive"] == mondays["offered"].iloc[-1]
        assert found["same_slot_mean"] == mondays["offered"].iloc[-8:].mean()

    def test_without_a_day_before_it_says_why(self):
        found = rolling_check(history(4), origins=2, zone=ZONE)
        assert found.rows.empty
        assert "4 open days" in repr(found)
        assert list(found.errors.columns)[:3] == ["method", "slots", "absolute_error"]


class TestHandlingTime:
    @pytest.fixture
    def handled(self):
        rows = history(per_slot=12.0)
        rng = np.random.default_rng(7)
        count = rows["offered"].to_numpy()
        late = np.where(rows["slot_of_day_s"] >= SLOTS[4], 1.3, 1.0)
        return rows.assign(answered=count, handle_s=300 * late * rng.gamma(np.maximum(count, 1e-9), 1.0))

    def test_level_and_shape_of_the_day(self, handled):
        made = forecast_slots(handled, horizon_days=5, zone=ZONE, measure="handle_s").frame
        late = SLOTS[4]
        for part, known in (
            (made["slot_of_day_s"] < late, handled["slot_of_day_s"] < late),
            (made["slot_of_day_s"] >= late, handled["slot_of_day_s"] >= late),
        ):
            seen = handled.loc[known, "handle_s"].sum() / handled.loc[known, "answered"].sum()
            assert made.loc[part, "value"].mean() == pytest.approx(seen, rel=0.04)

    def test_few_contacts_make_wide_intervals(self, handled):
        made = forecast_slots(handled, horizon_days=5, zone=ZONE, measure="handle_s").frame
        volume = forecast_slots(handled, horizon_days=5, zone=ZONE).frame
        relative = (made["high80"] - made["low80"]) / made["value"]
        # single times are exponential: standard deviation of a mean of n is 1 / sqrt(n)
        assert relative.mean() == pytest.approx((2 * 1.28 / np.sqrt(volume["value"])).mean(), rel=0.25)

    def test_volumes_without_handling_times(self):
        made = forecast_slots(history(), horizon_days=5, zone=ZONE, measure="handle_s")
        assert "handling times of 0 contacts" in made.reasons[0]


def test_the_plain_path_agrees():
    rng = np.random.default_rng(1)
    root = rng.standard_normal((3, 20, 20))
    covariances = root @ root.swapaxes(1, 2) + 20 * np.eye(20)
    data = rng.standard_normal((1, 20, 2))
    for one, other in zip(whitening._library(covariances, data), whitening.whiten(covariances, data)):
        assert one == pytest.approx(other, rel=1e-10, abs=1e-12)
    with pytest.raises(ValueError, match="positive definite"):
        whitening.whiten(-np.eye(2)[None], np.ones((1, 2, 1)))


def test_breakdowns_do_not_widen_ordinary_days():
    """One slot loses 70 % on one day in twenty: moments would put its spread at .16."""
    rng = np.random.default_rng(5)
    days = np.arange("2026-01-05", "2026-07-06", dtype="M8[D]")
    counts = rng.poisson(400, (len(days), 8)).astype(float)
    counts[rng.random(len(days)) < 0.05, 3] *= 0.3
    assert fit_profile(History(days, SLOTS, counts, counts, counts, 1800)).cv[3] < 0.08

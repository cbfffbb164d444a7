"""The best quarter of groups and of people: luck taken out, nobody shown, never mistaken for a ceiling."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.baseline.frames import COLUMNS
from analysis.baseline.people_spread import HALF_HOURS, TENURE, TYPES, people_spread
from analysis.baseline.settings import BaselineSettings
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import BUCKETS
from analysis.foundation.settings import Client, Period
from analysis.measure.shrinkage import best_of_noisy
from analysis.utilization import UtilizationSettings
from analysis.utilization.internal_best import BEST_COLUMNS, internal_best
from tests.baseline.factory import START, at, table, workdays

CC, BO = "contact_centre", "back_office"
ASKED = BaselineSettings()
SETTINGS = UtilizationSettings(draws=400)
CLIENT = Client(name="Acme", time_zone="UTC", period=Period(start=START, end=workdays(60)[-1]))
UNKNOWN = Estimate.missing("not known")
HOUR = 3_600_000_000


def names_of(people):
    return [f"p{number:03d}" for number in range(people)]


def agent_days(shares, *, population=CC, base_h=8):
    """Return the ladder by agent and day from shares of work, days x people; the rest is idle or away."""
    days, people = shares.shape
    columns = {"agent": np.tile(names_of(people), days), "day": np.repeat(pd.to_datetime(workdays(days)), people)}
    frame = pd.DataFrame(columns).assign(PAID=base_h * HOUR, **dict.fromkeys([*BUCKETS, "OUTSIDE_PAID"], 0))
    work = (shares.ravel() * base_h * HOUR).astype("int64")
    frame["HANDLING" if population == CC else "ITEM_WORK"] = work
    frame["IDLE" if population == CC else "AWAY"] = base_h * HOUR - work
    return frame


def spread(shares, *, population=CC, slots=None, tables=None, pools=None, settings=ASKED):
    """Return the row of a population whose shares of work are given, days x people."""
    days = agent_days(shares, population=population)
    people: Any = SimpleNamespace(
        population=population, agent_days=days, days=days, pools=pd.Series(dtype="str") if pools is None else pools
    )
    roster = [{"agent": name, "population": population} for name in names_of(shares.shape[1])]
    given = {"roster": table("roster", roster)} | (tables or {})
    empty = pd.DataFrame(columns=["agent", "day", "weekday", "slot_of_day_s", "handling_agents", "base_agents"])
    found = people_spread(given, people, empty if slots is None else slots, client=CLIENT, settings=settings)
    assert list(found.columns) == list(COLUMNS["people_spread"])
    assert len(found) == 1
    return found.iloc[0]


def planted(people=60, *, days=20, true_sd=0.05, noise_sd=0.05, shock=0.0, seed=1):
    """Return shares of work, days x people, and the true figures; `noise_sd` is that of a person's figure over all days.

    A day lies as far above as below the person's figure, so that no day is cut off at 0 or 1.
    """
    draw = np.random.default_rng(seed)
    true = 0.6 + true_sd * draw.standard_normal(people)
    noise = noise_sd * np.sqrt(days) * draw.choice([-1.0, 1.0], (days, people)) + shock * draw.standard_normal(
        (days, 1)
    )
    return np.clip(true + noise, 0.001, 0.999), true


class TestPeople:
    def test_half_of_the_lead_is_luck_ut10(self):
        """UT10: true and sampling spread .05 about .60; the best quarter reads .690 and is .645 (closed form)."""
        rows, truth = [], []
        for seed in range(25):
            shares, true = planted(seed=seed)
            rows.append(spread(shares))
            best = np.argsort(shares.mean(axis=0))[-15:]
            truth.append(true[best].mean())
        found = pd.DataFrame(rows)
        observed, expected = best_of_noisy(0.6, 0.05, 0.05)
        assert (observed, expected) == pytest.approx((0.6898807878, 0.6449403939), abs=1e-9)
        assert found["top_observed"].mean() == pytest.approx(observed, abs=0.007)
        assert found["top_true"].mean() == pytest.approx(expected, abs=0.007)
        assert found["top_true"].mean() == pytest.approx(np.mean(truth), abs=0.005)
        assert ((found["top_low"] <= truth) & (truth <= found["top_high"])).mean() >= 0.85
        assert found["between_sd"].mean() == pytest.approx(0.05, abs=0.005)
        assert found["error_sd"].mean() == pytest.approx(0.05, abs=0.003)
        assert ((found["between_low"] <= 0.05) & (found["between_high"] >= 0.05)).mean() >= 0.85

    def test_people_who_do_not_differ_have_no_best(self):
        rows = pd.DataFrame([spread(planted(true_sd=0.0, seed=seed)[0]) for seed in range(15)])
        assert rows["top_observed"].mean() > 0.65
        assert ((rows["top_low"] <= 0.6) & (rows["top_high"] >= 0.6)).mean() >= 0.85
        assert (rows["between_low"] == 0).mean() >= 0.85

    def test_what_all_share_on_a_day_is_no_difference_between_them(self):
        calm, _ = planted(days=40, noise_sd=0.02, seed=3)
        rough, _ = planted(days=40, noise_sd=0.02, shock=0.1, seed=3)
        calm, rough = spread(calm), spread(rough)
        assert rough["between_sd"] == pytest.approx(calm["between_sd"], abs=0.004)
        assert rough["error_sd"] == pytest.approx(calm["error_sd"], abs=0.004)
        # but it makes every level uncertain
        assert rough["top_high"] - rough["top_low"] > 2 * (calm["top_high"] - calm["top_low"])

    def test_a_quarter_of_too_few_people_is_not_shown(self):
        row = spread(planted(people=36)[0])
        assert (row["status"], row["reason"]) == (
            "suppressed",
            "the best quarter of the people with 6 days or more would be fewer than 10 people",
        )
        assert pd.isna(row[["agents", "agent_days", "mean", "top_true", "between_sd"]]).all()
        assert spread(planted(people=38)[0])["status"] == "ok"

    def test_no_person_leaves(self):
        shares, _ = planted()
        row = spread(shares)
        people = shares.mean(axis=0)
        numbers = row.drop(["population", "of", "agents", "agent_days", "adjusted_for", "status", "reason"])
        for number in numbers.dropna():
            assert abs(people - number).min() > 1e-9
        assert not any(name in str(value) for value in row for name in names_of(60))
        # who is who does not matter
        order = np.random.default_rng(2).permutation(60)
        other = spread(shares[:, order])
        assert other[numbers.dropna().index].astype(float).to_numpy() == pytest.approx(
            numbers.dropna().astype(float).to_numpy(), abs=1e-9
        )

    def test_people_seen_seldom_or_never_at_work_are_left_out(self):
        shares, _ = planted(people=61)
        shares[:, 0] = 0.0
        row = spread(shares)
        assert (row["agents"], row["agent_days"]) == (60, 1200)
        assert spread(planted(days=5)[0])["status"] == "suppressed"

    def test_hours_without_persons(self):
        people: Any = SimpleNamespace(population=BO, agent_days=None, days=pd.DataFrame(), pools=pd.Series())
        row = people_spread({}, people, pd.DataFrame(), client=CLIENT, settings=ASKED).iloc[0]
        assert (row["status"], row["reason"]) == ("insufficient", "hours are not known by person and day")
        assert "logs miss work" in row["of"]


def half_hours(shares, quiet):
    """Return slots of two shifts of 16 half hours: `quiet` people work the second; work as given, days x people."""
    days, people = shares.shape
    rows = []
    for day, date in enumerate(pd.to_datetime(workdays(days))):
        for number, name in enumerate(names_of(people)):
            start = 28_800 if number >= quiet else 64_800
            slots = start + 1800 * np.arange(16)
            part = {"agent": name, "day": date, "weekday": date.day_of_week, "slot_of_day_s": slots}
            rows.append(pd.DataFrame({**part, "handling_agents": shares[day, number], "base_agents": 1.0}))
    return pd.concat(rows, ignore_index=True)


class TestAdjusted:
    def test_people_on_quiet_shifts_are_not_called_slack(self):
        """Twenty of sixty work evenings when there is less to do; given the half hour all are alike."""
        shares = planted(true_sd=0.0, noise_sd=0.01, days=20, seed=4)[0] - 0.15 * (np.arange(60) < 20)
        row = spread(shares, slots=half_hours(shares, quiet=20))
        assert row["adjusted_for"] == HALF_HOURS
        assert row["between_sd"] > 0.05
        assert row["top_true"] == pytest.approx(0.6, abs=0.02)
        # an average of both shifts: .60 and .45 in two to one
        assert row["adjusted_low"] <= 0.55 <= row["adjusted_high"]
        assert row["adjusted_true"] == pytest.approx(0.55, abs=0.02)

    def test_pools_are_compared_with_themselves(self):
        shares = planted(true_sd=0.0, noise_sd=0.01, days=20, seed=5)[0] - 0.15 * (np.arange(60) < 20)
        pools = pd.Series(np.where(np.arange(60) < 20, "mail", "voice"), index=names_of(60))
        row = spread(shares, slots=half_hours(shares, quiet=0), pools=pools)
        assert row["adjusted_low"] <= 0.55 <= row["adjusted_high"]

    def test_half_hours_that_one_person_works_alone_are_left_out(self):
        shares = planted(days=20, seed=6)[0]
        slots = half_hours(shares, quiet=0)
        alone = slots["agent"].eq("p000")
        with_alone = pd.concat([slots, slots[alone].assign(slot_of_day_s=3600, handling_agents=0.0)], ignore_index=True)
        first, second = (spread(shares, slots=one) for one in (slots, with_alone))
        assert second["adjusted_true"] == pytest.approx(first["adjusted_true"], abs=1e-12)

    def test_types_of_items(self):
        """Clerks who do more of the type whose work is logged fully look better; at the average mix all are alike."""
        draw = np.random.default_rng(7)
        logged = draw.uniform(0.1, 0.9, size=60)
        shares = np.clip(0.4 + 0.3 * logged + 0.03 * draw.standard_normal((20, 60)), 0, 1)
        items = []
        for number, name in enumerate(names_of(60)):
            for item in range(20):
                kind = "claim" if item < round(20 * logged[number]) else "letter"
                day = workdays(20)[item]
                stated = {"item": f"{name}-{item}", "type": kind, "agent": name, "arrived": at(day, 0)}
                items.append({**stated, "started": at(day, 1), "ended": at(day, 30)})
        types = table("item_types", [{"type": kind, "standard_s": 1800.0} for kind in ("claim", "letter")])
        tables = {"work_items": table("work_items", items), "item_types": types}
        row = spread(shares, population=BO, tables=tables)
        assert row["adjusted_for"] == TYPES
        assert row["top_true"] > 0.62
        assert row["adjusted_low"] <= 0.4 + 0.3 * logged.mean() <= row["adjusted_high"]
        assert row["adjusted_high"] < row["top_low"]

    def test_length_of_service(self):
        shares = planted(true_sd=0.0, noise_sd=0.01, days=20, seed=8)[0] - 0.15 * (np.arange(60) < 20)
        first = [START - pd.Timedelta(days=60 + n if n < 20 else 1000 + n) for n in range(60)]
        roster = [
            {"agent": name, "population": BO, "valid_from": pd.Timestamp(day)}
            for name, day in zip(names_of(60), first, strict=True)
        ]
        row = spread(shares, population=BO, tables={"roster": table("roster", roster)})
        assert row["adjusted_for"] == TENURE
        assert row["adjusted_low"] <= 0.55 <= row["adjusted_high"]
        assert row["adjusted_high"] < row["top_low"]


def baseline_of(population=CC, *, shares=None, people=None, quantities=()):
    """Return what internal_best reads of a baseline: days of groups, days x groups, and the spread of people."""
    columns = ["population", "by", "level", "day", *BUCKETS]
    groups = pd.DataFrame(columns=columns)
    if shares is not None:
        groups = agent_days(shares, population=population).rename(columns={"agent": "level"})
        groups = groups.assign(population=population, by="group")[columns]
        groups[list(BUCKETS)] /= HOUR
    row = pd.DataFrame(columns=list(COLUMNS["people_spread"])) if people is None else pd.DataFrame([people])
    attendance = pd.DataFrame([{"population": population, "grade": "A"}])
    found: Any = SimpleNamespace(
        level_days=groups, people_spread=row, attendance=attendance, settings=ASKED, quantities=tuple(quantities)
    )
    return found


class TestInternalBest:
    def test_equal_groups_have_no_best_but_width(self):
        shares, _ = planted(people=8, days=40, true_sd=0.0, noise_sd=0.01, seed=2)
        found, rows = internal_best(baseline_of(shares=shares), CC, achievable=UNKNOWN, settings=SETTINGS)
        assert list(rows.columns) == list(BEST_COLUMNS)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= 0.6 <= found.high
        assert found.high - found.low > 0.005
        assert (found.n, found.n_unit, found.method) == (
            *(8, "groups"),
            "empirical Bayes over groups, true mean of the best-looking quarter",
        )
        assert rows["unit"].tolist() == ["groups", "people"]
        assert rows["status"].tolist() == ["ok", "insufficient"]
        assert rows.loc[0, "observed"] > rows.loc[0, "value"]

    def test_groups_that_differ(self):
        shares = planted(people=8, days=40, true_sd=0.0, noise_sd=0.004, seed=3)[0] + 0.05 * (np.arange(8) - 3.5) / 3.5
        found, _ = internal_best(baseline_of(shares=shares), CC, achievable=UNKNOWN, settings=SETTINGS)
        assert found.low is not None
        assert found.low > 0.62
        assert found.value == pytest.approx(0.6 + 0.05 * 3 / 3.5, abs=0.01)

    def test_five_groups_leave_it_to_people(self):
        shares, _ = planted(people=5, days=40)
        people = spread(planted()[0])
        found, rows = internal_best(
            baseline_of(shares=shares, people=people), CC, achievable=UNKNOWN, settings=SETTINGS
        )
        assert found.n_unit == "people"
        assert found.value == people["top_true"]
        assert rows.loc[0, "reason"] == "only 5 reporting groups can be compared; the best quarter of them needs 6"
        assert rows.loc[1, "observed"] == people["top_observed"]

    def test_refusals_give_both_reasons(self):
        people = spread(planted(people=30)[0])
        found, rows = internal_best(baseline_of(people=people), CC, achievable=UNKNOWN, settings=SETTINGS)
        assert (found.value, found.status) == (None, "suppressed")
        assert found.reasons[0].startswith("only 0 reporting groups")
        assert "fewer than 10 people" in found.reasons[1]
        assert rows["value"].isna().all()
        assert not rows["beyond"].any()
        few = planted(people=8, days=5)[0]
        found, _ = internal_best(baseline_of(shares=few), CC, achievable=UNKNOWN, settings=SETTINGS)
        assert found.status == "insufficient"

    @pytest.mark.parametrize(("achievable", "beyond"), [(0.61, False), (0.72, True)])
    def test_a_target_beyond_anything_seen_is_marked(self, achievable, beyond):
        shares, _ = planted(people=8, days=40, true_sd=0.0, noise_sd=0.01, seed=2)
        target = Estimate(achievable, achievable - 0.02, achievable + 0.02)
        _, rows = internal_best(baseline_of(shares=shares), CC, achievable=target, settings=SETTINGS)
        assert rows["beyond"].tolist() == [beyond, False]
        assert rows.loc[0, "high"] < 0.7

    def test_recorded_work_is_not_set_beside_all_work(self):
        """Logs show .60 of the base, observation and support leave .80: .20 is work that no log shows."""
        shares, _ = planted(people=8, days=40, true_sd=0.0, noise_sd=0.01, seed=2)
        figures = {"utilization": 0.6, "support_share": 0.1, "non_work_share": 0.1}
        known = [
            Quantity(f"baseline.{name}", Estimate(value), "", {"population": BO}) for name, value in figures.items()
        ]
        target = Estimate(0.78, 0.76, 0.8)
        seen = baseline_of(BO, shares=shares, quantities=known)
        blind = baseline_of(BO, shares=shares, quantities=known[:2])
        estimate, rows = internal_best(seen, BO, achievable=target, settings=SETTINGS)
        assert not rows["beyond"].any()
        assert "about 20 points of the base are work that no log shows" in estimate.reasons[0]
        assert rows.loc[0, "estimand"] == "true mean share of recorded work of the quarter of groups that looks best"
        higher = Estimate(0.9, 0.88, 0.92)
        assert internal_best(seen, BO, achievable=higher, settings=SETTINGS)[1].loc[0, "beyond"]
        _, rows = internal_best(blind, BO, achievable=higher, settings=SETTINGS)
        assert not rows["beyond"].any()
        assert "not to be set beside today's utilization" in rows.loc[0, "reason"]

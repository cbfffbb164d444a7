"""Learning curves, the ramp and its checkpoints: by hand, by property, and by simulation."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from analysis import measure_baseline, sampling
from analysis.foundation.estimate import Estimate
from analysis.foundation.settings import Queue
from analysis.utilization import UtilizationSettings, learning
from analysis.utilization.checkpoints import CHECKPOINT_COLUMNS, Plan, seen_in
from analysis.utilization.frames import COLUMNS, frame_of
from analysis.utilization.guards import Guards, Promise, guards_of
from analysis.utilization.ramp import RAMP_COLUMNS, Phases, phases_of, progress, ramp_of
from analysis.utilization.visible import smallest_change, standard_error
from tests.baseline.factory import CLIENT, QUEUE, client_tables

NOW = Estimate(0.61, 0.60, 0.62, n=60, n_unit="days")
THEN = Estimate(0.80, 0.77, 0.82)
NONE = frame_of("levels", [])
QUICK = settings(derandomize=True, deadline=None, max_examples=60)


def climb(
    now=NOW, then=THEN, levels=NONE, *, base=1000.0, guards=None, found=True, population="contact_centre", **asked
):
    return ramp_of(
        population,
        today=now,
        achievable=then,
        base_h_per_week=base,
        levels=levels,
        settings=UtilizationSettings(**asked),
        found=found,
        guards=guards,
    )


def level(
    name, *, by="group", agents=20, today=0.6, value=0.8, low=0.75, hours=100.0, found=True, population="contact_centre"
):
    return {
        "population": population,
        "by": by,
        "level": name,
        "agents": agents,
        "today": today,
        "value": value,
        "low": low,
        "high": value + 0.02,
        "hours_per_week": hours,
        "found": found,
        "status": "ok",
    }


def at(ramp, week, scenario="expected", by="population"):
    return ramp[ramp["week"].eq(week) & ramp["scenario"].eq(scenario) & ramp["by"].eq(by)].iloc[0]


# --- learning curves


def test_wright_ut15():
    """UT15; Heizer & Render, Operations Management, learning-curve coefficients: 80 %, units 10 and 20: .477, 6.315; .381, 10.485."""
    assert learning.exponent(0.8) == pytest.approx(-0.3219280949, abs=1e-9)
    found = learning.unit_time([10, 20, 50, 100], rate=0.8)
    assert found == pytest.approx([0.47650987, 0.3812079, 0.28382708, 0.22706166], abs=1e-6)
    assert learning.cumulative_time([10, 20, 100], rate=0.8) == pytest.approx(
        [6.315373, 10.484943, 32.650811], abs=1e-6
    )
    assert learning.unit_time(10, rate=0.9) == pytest.approx(0.70468805, abs=1e-6)
    assert learning.cumulative_time(10, rate=0.9) == pytest.approx(7.99447855, abs=1e-6)


def test_first_year_of_an_approach_ut16():
    """UT16: from .55 to .80 with a time constant of six months the first year's mean is .692, not .80."""
    assert learning.mean_to(52, start=0.55, end=0.80, time_constant_weeks=26) == pytest.approx(0.692, abs=5e-4)


@pytest.mark.parametrize("rate", [0.3, 0.5, 0.5000001, 0.8, 1.0])
def test_cumulative_times_are_sums(rate):
    n = np.array([1, 63, 64, 65, 5000])
    added = np.cumsum(learning.unit_time(np.arange(1, 5001), rate=rate, first=7, incompressible=0.2))
    assert learning.cumulative_time(n, rate=rate, first=7, incompressible=0.2) == pytest.approx(added[n - 1], rel=1e-12)


def test_what_no_practice_removes_stays():
    assert learning.unit_time(10**9, rate=0.8, first=10, incompressible=0.3) == pytest.approx(3.0, rel=0.01)


@QUICK
@given(st.floats(0.0, 200), st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 100))
def test_mean_and_area_are_integrals(week, start, end, tau):
    curve = {"start": start, "end": end, "time_constant_weeks": tau}
    area, _ = integrate.quad(lambda t: learning.approach(t, **curve) - start, 0, week, epsabs=1e-12, limit=200)
    assert learning.gained_to(week, **curve) == pytest.approx(area, abs=1e-9)
    assert learning.mean_to(week, **curve) * week == pytest.approx(area + start * week, abs=1e-9)


def test_small_weeks_lose_no_digits():
    tiny = learning.gained_to(1e-6, start=0, end=1, time_constant_weeks=10)
    assert tiny == pytest.approx(1e-12 / 20, rel=1e-6, abs=0)
    assert learning.mean_to([0.0, 0.0], start=0.4, end=0.9, time_constant_weeks=3).tolist() == [0.4, 0.4]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: learning.unit_time(0, rate=0.8), "n must"),
        (lambda: learning.unit_time(1, rate=1.2), "rate"),
        (lambda: learning.unit_time(1, rate=0.8, incompressible=1.0), "incompressible"),
        (lambda: learning.cumulative_time(1.5, rate=0.8), "whole"),
        (lambda: learning.approach(-1, start=0, end=1, time_constant_weeks=8), "week"),
        (lambda: learning.mean_to(1, start=0, end=1, time_constant_weeks=0), "time_constant_weeks"),
    ],
)
def test_numbers_out_of_range_are_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()


# --- the ramp


def test_targets_by_hand():
    ramp, _ = climb()
    crawl = 0.25 * (1 - math.exp(-0.5))
    walk = 0.5 - (0.5 - crawl) * math.exp(-1)
    run = 1 - (1 - walk) * math.exp(-14 / 8)
    for week, phase, share in ((4, "crawl", crawl), (12, "walk", walk), (26, "run", run)):
        row = at(ramp, week)
        assert row["phase"] == phase
        assert row["target"] == pytest.approx(0.61 + 0.19 * share)
        assert row["hours_per_week"] == pytest.approx(190 * share)
    area = 0.25 * (4 - 8 * (1 - math.exp(-0.5)))
    assert at(ramp, 4)["hours_to_date"] == pytest.approx(190 * area)


def test_scenarios_go_to_their_ends():
    ramp, _ = climb(ramp_weeks=156, learning_weeks=2)
    ends = {scenario: at(ramp, 156, scenario)["target"] for scenario in ("cautious", "expected", "bold")}
    assert ends == pytest.approx({"cautious": 0.77, "expected": 0.80, "bold": 0.80})
    slow, fast = (at(climb()[0], 4, scenario)["target"] for scenario in ("expected", "bold"))
    assert slow < fast == pytest.approx(0.61 + 0.19 * 0.25 * (1 - math.exp(-0.75)))


@QUICK
@given(
    st.floats(0.3, 0.8),
    st.floats(0.001, 0.19),
    st.floats(0, 0.3),
    st.integers(1, 12),
    st.integers(1, 20),
    st.floats(0.2, 60),
    st.floats(1, 4),
)
def test_no_target_falls_or_leaves_its_bounds(today, way, below, crawl, walk, tau, spread):
    asked = {
        "crawl_weeks": crawl,
        "walk_weeks": walk,
        "ramp_weeks": 40,
        "learning_weeks": tau,
        "learning_range": spread,
    }
    now = Estimate(today, today - 0.01, today + 0.01, n=40, n_unit="days")
    then = Estimate(today + way, today + way - below, today + way + 0.005)
    ramp, _ = climb(now, then, **asked)
    wide = dict(list(ramp.groupby("scenario")))
    for rows in wide.values():
        for column in ("target", "hours_per_week", "hours_to_date"):
            assert (np.diff(rows[column]) >= -1e-12).all()
        assert rows["target"].between(today - 1e-12, today + way).all()
        assert (rows["hours_to_date"] <= rows["hours_per_week"] * rows["week"] + 1e-9).all()
    for lower, upper in (("cautious", "expected"), ("expected", "bold")):
        gap = wide[upper]["hours_to_date"].to_numpy() - wide[lower]["hours_to_date"].to_numpy()
        assert (gap >= -1e-9).all()
    assert wide["cautious"]["target"].max() <= max(today, then.low) + 1e-12


@QUICK
@given(st.integers(1, 10), st.integers(1, 10), st.floats(0.3, 40), st.floats(0, 39))
def test_area_is_the_integral_and_the_curve_has_no_jumps(crawl, walk, tau, week):
    phases = Phases(crawl, walk, 40)
    curve = lambda t: float(progress(t, phases=phases, time_constant_weeks=tau)[0])  # noqa: E731
    breaks = [point for point in phases.starts[1:] if point < week]
    summed, _ = integrate.quad(curve, 0, week, points=breaks or None, epsabs=1e-11, limit=200)
    assert float(progress(week, phases=phases, time_constant_weeks=tau)[1]) == pytest.approx(summed, abs=1e-8)
    for point in phases.starts[1:]:
        assert curve(point - 1e-9) == pytest.approx(curve(point + 1e-9), abs=1e-7)


def test_no_room_is_no_ramp_and_is_said():
    missing = Estimate.missing("the promise cannot be modelled", low=0.6, high=0.9)
    for ramp, checks in (
        climb(found=False),
        climb(then=missing),
        climb(now=missing),
        climb(then=Estimate(0.5, 0.4, 0.6)),
    ):
        assert list(ramp.columns) == list(RAMP_COLUMNS) == list(COLUMNS["ramp"])
        assert list(checks.columns) == list(CHECKPOINT_COLUMNS) == list(COLUMNS["checkpoints"])
        assert ramp.empty and checks.empty  # noqa: PT018
        assert ramp["week"].dtype == "int64" and ramp["target"].dtype == "float64"  # noqa: PT018


def test_room_is_judged_by_both_intervals():
    # .08 lie between; the lower limit of the difference is .08 - sqrt(.05^2 + .04^2) = .016 by Zou & Donner, so .02 are not sure
    now, then = Estimate(0.70, 0.66, 0.74, n=40, n_unit="days"), Estimate(0.78, 0.73, 0.80)
    assert climb(now, then, found=None)[0].empty
    assert len(climb(now, then, found=None, minimum_reclaimable_share=0.015)[0])


def test_groups_reach_for_their_own_value_or_stay():
    levels = frame_of(
        "levels",
        [
            pd.DataFrame(
                [
                    level("able", today=0.60, value=0.75, low=0.70, hours=30.0),
                    level("full", today=0.78, value=0.80, hours=2.0, found=False),
                    level("small", agents=9),
                    level("North", by="site"),
                    level("other", population="back_office"),
                ]
            )
        ],
    )
    ramp, _ = climb(levels=levels, ramp_weeks=156, learning_weeks=1)
    groups = ramp[ramp["by"].eq("group")]
    assert set(groups["level"]) == {"able", "full"}
    ends = groups[groups["week"].eq(156)].set_index(["level", "scenario"])
    assert ends.loc[("able", "expected"), "target"] == pytest.approx(0.75)
    assert ends.loc[("able", "cautious"), "target"] == pytest.approx(0.70)
    assert ends.loc[("able", "expected"), "hours_per_week"] == pytest.approx(30.0)
    assert ends.loc[("able", "cautious"), "hours_per_week"] == pytest.approx(20.0)
    still = groups[groups["level"].eq("full")]
    assert (still["target"] == 0.78).all()
    assert (still[["hours_per_week", "hours_to_date"]] == 0).all().all()


# --- what a checkpoint can see


def test_the_smallest_change_is_found_in_four_of_five_repetitions():
    rng = np.random.default_rng(7)
    today = Estimate(0.6, 0.56, 0.64)
    error, behind, ahead = standard_error(today), 40, 20
    gain = smallest_change(today, behind=behind, ahead=ahead, confidence=0.95)
    before = 0.6 + error * rng.standard_normal(40_000)
    after = 0.6 + gain + error * math.sqrt(behind / ahead) * rng.standard_normal(40_000)
    found = after - before > 1.6448536 * error * math.sqrt(1 + behind / ahead)
    assert found.mean() == pytest.approx(0.80, abs=0.01)
    assert math.isinf(smallest_change(Estimate(0.6), behind=1, ahead=1, confidence=0.95))


def test_looks_give_the_precision_that_the_step_needs():
    today = Estimate(0.70, 0.68, 0.72, n=40, n_unit="days", grade="B")
    plan = Plan("back_office", today, tuple(0.06 * week for week in range(5)), {"crawl": 4})
    seen = seen_in(plan, 4, guards=Guards(looks=4000), settings=UtilizationSettings())
    assert seen.gain == pytest.approx(0.06)
    assert seen.visible
    # 4,000 looks left an error of .0102 where independent ones leave .0072: a design effect of 1.98
    error = standard_error(today)
    deff = error**2 * 4000 / 0.21
    wanted = 0.06 / (1.6448536 + 0.8416212)
    left = math.sqrt(wanted**2 - error**2)
    assert seen.looks == sampling.sample_size(0.70 + wanted, half_width=left, z=1, deff=deff)
    # records need no looks, and a step inside today's own error cannot be seen by any number
    assert (
        seen_in(Plan("", NOW, plan.area, plan.ends), 4, guards=Guards(), settings=UtilizationSettings()).looks is None
    )
    small = Plan("back_office", today, tuple(0.01 * week for week in range(5)), {"crawl": 4})
    assert seen_in(small, 4, guards=Guards(looks=4000), settings=UtilizationSettings()).looks is None


def test_a_phase_lasts_until_its_gain_can_be_seen():
    asked = UtilizationSettings()
    sharp = Estimate(0.61, 0.609, 0.611, n=60, n_unit="days")
    assert phases_of(sharp, 0.8, asked, guards=Guards()) == Phases(4, 8, 26)
    rough = Estimate(0.61, 0.58, 0.64, n=38, n_unit="days")
    longer = phases_of(rough, 0.80, asked, guards=Guards())
    assert longer.crawl == 4
    assert 8 < longer.walk <= 16
    # a week less would not do
    ramp, checks = climb(rough)
    walk = checks[checks["phase"].eq("walk") & checks["measure"].eq("utilization")].iloc[0]
    assert walk["week"] == 4 + longer.walk
    assert f"lasts {longer.walk} weeks instead of 8" in walk["go"]
    assert ramp.loc[ramp["week"].eq(4 + longer.walk), "phase"].eq("walk").all()
    # where twice the weeks do not help, the weeks set stay
    blind = Estimate(0.61, 0.50, 0.72, n=38, n_unit="days")
    assert phases_of(blind, 0.80, asked, guards=Guards()) == Phases(4, 8, 26)


def test_a_checkpoint_that_cannot_see_says_so():
    blind = Estimate(0.61, 0.50, 0.72, n=38, n_unit="days")
    _, checks = climb(blind)
    rules = checks[checks["measure"].eq("utilization")]
    assert rules["go"].str.contains("Not judged here").all()
    assert rules["go"].str.contains("No checkpoint of this ramp can see it").all()
    _, checks = climb(Estimate(0.61), found=True)
    assert checks["go"].str.contains("no interval to set it against").any()


def test_a_slow_run_is_told_from_no_gain():
    _, checks = climb()
    last = checks[checks["week"].eq(26) & checks["measure"].eq("utilization")].iloc[0]
    plan_mean = np.diff(progress([22, 26], phases=Phases(4, 8, 26), time_constant_weeks=8)[1])[0] / 4
    error = standard_error(NOW) * math.sqrt(1 + 60 / 20) * 1.6448536
    enough, least = 0.61 + 0.19 * plan_mean - error, 0.61 + error
    assert f"At least {100 * enough:.1f} %" in last["go"]
    assert f"Below {100 * least:.1f} %" in last["stop"]
    assert "not in persons" in last["stop"]


# --- rules in the client's figures


def test_checkpoints_stand_at_the_ends_and_every_four_weeks_of_run():
    _, checks = climb()
    assert checks["week"].drop_duplicates().tolist() == [4, 12, 16, 20, 24, 26]
    assert checks.drop_duplicates("week")["phase"].tolist() == ["crawl", "walk", "run", "run", "run", "run"]
    assert checks.groupby("week")["measure"].apply(lambda names: "concerns" in set(names)).all()


def test_rules_carry_the_clients_numbers():
    guards = Guards(
        occupancy_cap=0.85,
        occupancy_today=0.7,
        slots=120,
        slots_over=3,
        promises=(Promise("claims", 0.8, 20), Promise("care", 0.8, 20), Promise("chat", 0.9, 60)),
        errors=Estimate(0.02, 0.01, 0.04),
        rework=Estimate(0.03, 0.02, 0.05),
        weeks=8,
        overtime_h=12.0,
        absence=0.137,
    )
    _, checks = climb(guards=guards)
    rules = checks[checks["week"].eq(4)].set_index("measure")
    assert "At most 85 % in every half hour" in rules.loc["occupancy", "go"]
    assert (
        "claims and care: at least 80 % within 20 seconds; chat: at least 90 % within 60 seconds"
        in rules.loc["service level", "go"]
    )
    assert "At most 4 %" in rules.loc["errors", "go"]
    # today's standard error is .03 / 3.92 on 8 weeks, the check looks at 4: beyond chance from .02 + 1.96 * .00765 * sqrt(3) on
    assert rules.loc["errors", "stop"].startswith(
        "Above 4.6 %, more than chance: back to how it was before. From 4 % to 4.6 %: stay"
    )
    assert "Above 5.6 %" in rules.loc["rework", "stop"]
    assert "at most 12 hours a week, the highest of the 8 weeks" in rules.loc["overtime", "go"]
    assert "13.7 %" in rules.loc["absence", "stop"]
    assert "above 85 % in 3 of 120 half hours" in rules.loc["occupancy", "go"]
    assert "back to the step before" in checks[checks["week"].eq(12)].set_index("measure").loc["errors", "stop"]


def test_missing_figures_are_asked_for_and_stop_the_ramp():
    _, checks = climb(population="back_office")
    rules = checks[checks["week"].eq(4)].set_index("measure")
    for measure in ("errors", "due times", "overtime", "absence"):
        assert rules.loc[measure, "go"].startswith("Needed:")
        assert "cannot pass" in rules.loc[measure, "go"]
    assert {"service level", "occupancy"}.isdisjoint(rules.index)


def test_figures_that_must_not_fall_and_uneven_intervals():
    guards = Guards(weeks=8, within_due=Estimate(0.95, 0.94, 0.96), errors=Estimate(0.01, 0.009, 0.03))
    rules = climb(guards=guards, population="back_office")[1].set_index("measure").groupby(level=0).first()
    # .95 - .01 * sqrt(3), and an upper limit that lies beyond .01 + .0105 * sqrt(3) is itself the end
    assert rules.loc["due times", "go"].startswith("At least 94 %")
    assert rules.loc["due times", "stop"].startswith("Below 93.3 %, more than chance")
    assert rules.loc["errors", "stop"] == "Above 3 %, more than chance: back to how it was before."


def test_unchanged_figures_rarely_send_anyone_back():
    """What docs/method/ramp.md says of checks in a client where nothing changed: one in eight stays, one in forty goes back."""
    rng = np.random.default_rng(3)
    today = 0.05 + 0.005 * rng.standard_normal(4000)
    now = 0.05 + 0.005 * math.sqrt(2) * rng.standard_normal(4000)
    limit, harm = today + 1.96 * 0.005, today + 1.96 * 0.005 * math.sqrt(3)
    guards = Guards(weeks=8, errors=Estimate(today[0], today[0] - 1.96 * 0.005, limit[0]))
    rule = climb(guards=guards)[1].set_index("measure")["stop"]["errors"].iloc[0]
    assert f"Above {100 * harm[0]:.1f} %, more than chance" in rule
    assert (now > limit).mean() == pytest.approx(1 / 8, abs=0.02)
    assert (now > harm).mean() == pytest.approx(1 / 40, abs=0.01)


def test_no_overtime_stays_none():
    _, checks = climb(guards=Guards(weeks=8, overtime_h=0.2))
    rule = checks[checks["week"].eq(4)].set_index("measure").loc["overtime"]
    assert rule["go"] == "No time outside paid hours, as in the 8 weeks before."
    assert rule["stop"].startswith("An hour or more")


def test_guards_are_read_from_the_baseline():
    def seen(day, agent):
        late = 30 if (day, agent) == (7, 0) else 0
        return [(0, 300 + day % 4, "HANDLING"), (300 + day % 4, 480, "IDLE"), (480, 480 + late, "HANDLING")][
            : 3 if late else 2
        ]

    tables = client_tables(20, seen)
    client = CLIENT.model_copy(
        update={"period": CLIENT.period.model_copy(update={"end": CLIENT.period.start.replace(day=29)})}
    )
    baseline = measure_baseline(tables, client=client, queues=[QUEUE])
    guards = guards_of(baseline, "contact_centre", queues=[QUEUE, Queue(name="care", max_occupancy=0.8)])
    assert (guards.days, guards.weeks, guards.looks) == (20, 4, None)
    assert guards.occupancy_cap == 0.8
    # busy at first, idle later: ten half hours of each day of the week are above any cap
    assert (guards.slots, guards.slots_over) == (80, 50)
    assert guards.overtime_h == pytest.approx(0.5)
    assert guards.absence is None
    assert guards.errors is None
    # nothing lies outside a time that is taken from sign-on, and weeks of two days are no weeks
    signed_on = dataclasses.replace(baseline, attendance=baseline.attendance.assign(source="sign_on"))
    assert guards_of(signed_on, "contact_centre").overtime_h is None
    short = dataclasses.replace(baseline, days=baseline.days[baseline.days["weekday"].lt(2)])
    assert guards_of(short, "contact_centre").weeks == 0
    uncapped = Queue(name="open", max_occupancy=1.0)
    assert guards_of(baseline, "contact_centre", queues=[uncapped]).occupancy_cap is None
    assert guards_of(baseline, "contact_centre", queues=[uncapped, QUEUE]).occupancy_cap == 0.88
    assert [promise.queue for promise in guards.promises] == ["claims", "care"]


def test_settings_reach_the_ramp():
    plain = climb()[0]
    for change in (
        {"crawl_weeks": 6},
        {"walk_weeks": 5},
        {"learning_weeks": 5.0},
        {"learning_range": 2.0},
        {"ramp_weeks": 30},
    ):
        assert not climb(**change)[0].equals(plain), change

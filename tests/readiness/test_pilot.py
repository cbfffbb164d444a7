"""A pilot drawn by lot: its calendar, its test, what it can see, when it stops, and when it must say that it cannot tell."""

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import pilot
from analysis.foundation.settings import Client, Queue
from analysis.readiness.pilot.assignment import UNITS, calendars_possible, draw_arms, like_calendars
from analysis.readiness.pilot.power import curve, detectable, known_power, planned_power
from analysis.readiness.pilot.randomised import nuisance, randomisation_test
from analysis.readiness.pilot.reestimate import length_of
from analysis.readiness.pilot.stopping import threshold, week_table
from analysis.readiness.pilot.variation import Variation, variation
from analysis.readiness.settings import ReadinessSettings

START = dt.date(2026, 5, 4)
CLIENT = Client(name="Acme", time_zone="Europe/Amsterdam", period={"start": "2026-03-02", "end": "2026-04-26"})


def days_of(drawn, values):
    return drawn.calendar[["day", "half"]].assign(service_level=values)


# --- the calendar ----------------------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=40)
@given(unit=st.sampled_from(UNITS), pairs=st.integers(1, 5), days=st.integers(3, 7), seed=st.integers(0, 10**6))
def test_every_place_of_the_week_is_on_once_in_two_weeks_and_weeks_are_half_on(unit, pairs, days, seed):
    drawn = pilot.assign(2 * pairs, starts_on=START, unit=unit, weekdays=range(days), seed=seed)
    on = drawn.on.reshape(pairs, 2, drawn.positions)
    assert (on.sum(axis=1) == 1).all()
    assert (abs(2 * on.sum(axis=2) - drawn.positions) <= 1).all()


def test_a_longer_pilot_of_the_same_seed_begins_with_the_same_weeks():
    short, long = (pilot.assign(weeks, starts_on=START, seed=5) for weeks in (4, 10))
    assert (long.on[: len(short.on)] == short.on).all()


def test_all_calendars_that_may_be_drawn_are_listed_once():
    every, listed = like_calendars(5, 4, 0, np.random.default_rng(1))
    assert listed
    assert len(np.unique(every, axis=0)) == len(every) == calendars_possible(5, 4) == 400


def test_holidays_leave_the_calendar_and_wash_out_is_left_out_of_the_analysis():
    drawn = pilot.assign(6, starts_on=START, unit="switchback half weeks", holidays=[dt.date(2026, 5, 5)], seed=1)
    assert dt.date(2026, 5, 5) not in drawn.calendar["day"].dt.date.tolist()
    assert drawn.calendar.groupby("week")["washout"].sum().eq(1).all()
    assert "(left out)" in repr(drawn)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"weeks": 3}, "even number"),
        ({"starts_on": dt.date(2026, 5, 5)}, "Monday"),
        ({"unit": "teams"}, "unit must be"),
        ({"weekdays": (0, 1)}, "three weekdays"),
    ],
)
def test_a_calendar_that_cannot_be_drawn_is_refused_in_words(more, words):
    with pytest.raises(ValueError, match=words):
        pilot.assign(**({"weeks": 4, "starts_on": START, "seed": 1} | more))


# --- the test --------------------------------------------------------------------------------------------------------


def test_over_all_calendars_a_null_effect_is_called_one_no_more_often_than_the_level():
    # Fisher 1935, section 21: exact for fixed values, here wildly autocorrelated ones
    values = np.cumsum(np.random.default_rng(3).standard_t(2, 20))
    every, listed = like_calendars(5, 4, 0, np.random.default_rng(1))
    basis = nuisance(np.repeat(np.arange(4), 5), np.tile(np.arange(5), 4))
    p = [randomisation_test(values, one, every, basis, all_listed=listed).p_value for one in every]
    assert 0.04 < np.mean(np.array(p) <= 0.05) <= 0.05


def test_the_interval_holds_exactly_the_effects_that_the_test_keeps():
    draw = np.random.default_rng(4)
    every, listed = like_calendars(5, 4, 0, draw)
    basis = nuisance(np.repeat(np.arange(4), 5), np.tile(np.arange(5), 4))
    on, values = every[123], draw.normal(size=20)
    found = randomisation_test(values, on, every, basis, all_listed=listed)
    step = 1e-6 * (found.high - found.low)
    for effect, kept in (
        (found.low + step, True), (found.high - step, True), (found.low - step, False), (found.high + step, False),
    ):  # fmt: skip
        again = randomisation_test(values - effect * on, on, every, basis, all_listed=listed)
        assert (again.p_value > 0.05) == kept


def test_the_effect_is_that_of_least_squares_on_weeks_places_and_covariates():
    draw = np.random.default_rng(5)
    on = draw_arms(5, 6, 1, draw)[0]
    week, place, alike = np.repeat(np.arange(6), 5), np.tile(np.arange(5), 6), draw.normal(size=(30, 2))
    values = draw.normal(size=30)
    full = np.hstack([np.eye(6)[week], np.eye(5)[place], alike, on[:, None]])
    wanted = np.linalg.lstsq(full, values, rcond=None)[0][-1]
    found = randomisation_test(values, on, draw_arms(5, 6, 50, draw), nuisance(week, place, alike), all_listed=False)
    assert found.effect == pytest.approx(wanted)


def test_weeks_and_weekdays_do_not_move_the_answer():
    drawn = pilot.assign(8, starts_on=START, seed=2)
    draw = np.random.default_rng(6)
    noise = draw.normal(0, 0.01, 40)
    moved = noise + np.repeat(draw.normal(size=8), 5) + np.tile(draw.normal(size=5), 8)
    plain, shifted = (pilot.evaluate_pilot(days_of(drawn, one), drawn).outcomes.iloc[0] for one in (noise, moved))
    assert shifted["effect"] == pytest.approx(plain["effect"])
    assert shifted["p_value"] == pytest.approx(plain["p_value"])


def test_missing_days_are_counted_and_the_order_of_rows_does_not_matter():
    drawn = pilot.assign(8, starts_on=START, seed=2)
    days = days_of(drawn, 0.9 + 0.01 * np.random.default_rng(7).normal(size=40))
    days.loc[[3, 17], "service_level"] = np.nan
    one = pilot.evaluate_pilot(days, drawn).outcomes.iloc[0]
    other = pilot.evaluate_pilot(days.iloc[::-1].drop(index=3), drawn).outcomes.iloc[0]
    assert one["missing_on"] + one["missing_off"] == 2
    assert other[["effect", "low", "high"]].tolist() == pytest.approx(one[["effect", "low", "high"]].tolist())
    assert "2 units without figures left out" in one["sentence"]


@pytest.mark.parametrize(
    ("shift", "margin", "verdict"),
    [
        (-0.05, 0.02, "worse"),
        (-0.05, 0.03, "worse"),
        (0.05, 0.02, "better"),
        (0.0, 0.02, "no worse than the margin"),
        (-0.002, 0.001, "cannot say"),
        (0.0, None, "no change seen"),
    ],
)
def test_the_verdict_follows_the_interval_and_the_margin(shift, margin, verdict):
    drawn = pilot.assign(8, starts_on=START, seed=2)
    noise = np.random.default_rng(2).normal(0, 0.01, 40)
    margins = {} if margin is None else {"service_level": margin}
    found = pilot.evaluate_pilot(days_of(drawn, 0.9 + noise + shift * drawn.on), drawn, margins=margins)
    row = found.outcomes.iloc[0]
    assert row["verdict"] == verdict, (row["low"], row["high"])
    assert row["low"] <= row["effect"] <= row["high"]


def test_a_pilot_that_is_too_short_says_that_it_cannot_tell():
    drawn = pilot.assign(8, starts_on=START, unit="switchback weeks", seed=1)
    row = pilot.evaluate_pilot(days_of(drawn, np.arange(40.0)), drawn).outcomes.iloc[0]
    assert row["status"] == "insufficient"
    assert "16 calendars" in row["reason"]


def test_wrong_days_are_refused_in_words():
    drawn = pilot.assign(4, starts_on=START, seed=1)
    with pytest.raises(ValueError, match="no column 'log_offered'"):
        pilot.evaluate_pilot(days_of(drawn, 0.9), drawn, covariates=["log_offered"])
    with pytest.raises(ValueError, match="stands there twice"):
        pilot.evaluate_pilot(pd.concat([days_of(drawn, 0.9)] * 2), drawn)


# --- teams -----------------------------------------------------------------------------------------------------------


def test_few_teams_are_refused_and_from_twelve_on_welch_judges():
    with pytest.raises(ValueError, match="too few"):
        pilot.assign_teams(list("abcde"), seed=1)
    teams = pilot.assign_teams([f"t{number}" for number in range(14)], seed=1)
    draw = np.random.default_rng(8)
    teams = teams.assign(before=0.8, after=0.8 + 0.02 * draw.normal(size=14) - 0.05 * teams["on"])
    row = pilot.evaluate_teams(teams).outcomes.iloc[0]
    change = (teams["after"] - teams["before"]).to_numpy()
    wanted = stats.ttest_ind(change[teams["on"]], change[~teams["on"]], equal_var=False)
    assert row["p_value"] == pytest.approx(wanted.pvalue)
    assert [row["low"], row["high"]] == pytest.approx(list(wanted.confidence_interval()))


def test_six_to_eleven_teams_are_judged_by_all_draws():
    teams = pd.DataFrame({"team": list("abcdefgh"), "on": [True] * 4 + [False] * 4, "before": 0.0})
    teams["after"] = [1.0, 2, 3, 4, 11, 12, 13, 14]
    row = pilot.evaluate_teams(teams, outcome="items").outcomes.iloc[0]
    means = [
        abs(np.mean(np.delete(teams["after"], part)) - teams["after"].iloc[list(part)].mean())
        for part in itertools.combinations(range(8), 4)
    ]
    assert row["p_value"] == pytest.approx(np.mean(np.array(means) >= 10 - 1e-9)) == pytest.approx(2 / 70)


# --- what it can see -------------------------------------------------------------------------------------------------


def ordinary(within=1.0, freedom=28.0, **more):
    given = {"mean": 0.9, "sd": 1.0, "within": within, "freedom": freedom, "nominal": freedom, "autocorrelation": 0.0}
    return Variation(**(given | {"carried": 0.0, "units": 40, "weeks": 8, "covariates": 0} | more))


def test_power_at_no_effect_is_the_level_and_grows_with_effect_and_length():
    laws = [curve(5, weeks, level=0.05, pilots=2000, seed=1) for weeks in (4, 8, 16)]
    assert all(0.035 < law.power[0] < 0.065 for law in laws)
    assert [planned_power(ordinary(), law, 1.0) for law in laws] == sorted(
        planned_power(ordinary(), law, 1.0) for law in laws
    )
    smallest = [detectable(ordinary(), law, 0.8) for law in laws]
    assert [one[0] for one in smallest] == sorted((one[0] for one in smallest), reverse=True)
    assert all(low < middle < high for middle, low, high in smallest)


def test_the_plan_promises_less_than_one_that_takes_the_variance_seen_for_the_true_one():
    law = curve(5, 8, level=0.05, pilots=2000, seed=1)
    effect = detectable(ordinary(freedom=10), law, 0.8)[0]
    assert planned_power(ordinary(freedom=10), law, effect) == pytest.approx(0.8, abs=0.002)
    assert known_power(law, effect / np.sqrt(law.variance)) > 0.84


def test_too_few_calendars_see_nothing_however_large():
    law = curve(1, 8, level=0.05, pilots=200, seed=1)
    assert detectable(ordinary(), law, 0.8)[0] == np.inf


def test_ordinary_variation_is_that_of_the_residuals_and_forgets_the_scale():
    draw = np.random.default_rng(9)
    week, place = np.repeat(np.arange(8), 5), np.tile(np.arange(5), 8)
    values = draw.normal(size=40) + 3 * np.repeat(draw.normal(size=8), 5) + place
    found, twice = (variation(scale * values, week, place) for scale in (1, 2))
    assert found is not None
    assert twice is not None
    design = np.hstack([np.eye(8)[week], np.eye(5)[place]])
    residual = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    assert found.within == pytest.approx(np.sqrt((residual**2).sum() / 28))
    assert found.freedom <= found.nominal == 28
    assert twice.within == pytest.approx(2 * found.within)
    assert twice.freedom == pytest.approx(found.freedom)
    assert variation(values[:15], week[:15], place[:15]) is None


def test_the_length_is_judged_again_without_the_arms():
    asked = ReadinessSettings(pilot_draws=400)
    lengths = [
        length_of(ordinary(), ordinary(within=within), effect=1.0, positions=5, done=4, settings=asked).weeks
        for within in (0.7, 1.6)
    ]
    assert lengths[0] < lengths[1]


def test_the_length_of_a_running_pilot_follows_from_its_own_days():
    drawn = pilot.assign(6, starts_on=START, seed=1)
    draw = np.random.default_rng(14)
    past = pilot.assign(8, starts_on=dt.date(2026, 3, 2), seed=2)
    parts = [
        one.calendar[["day", "half", "weekday"]].assign(service_level=0.9 + size * draw.normal(size=len(one.calendar)))
        for one, size in ((past, 0.01), (drawn, 0.05))
    ]
    asked = ReadinessSettings(pilot_draws=300)
    calm = pilot.reestimate_weeks(parts[0], parts[0], drawn, effect=0.02, settings=asked)
    wild = pilot.reestimate_weeks(*parts, drawn, effect=0.02, settings=asked)
    assert calm.enough
    assert wild.weeks > calm.weeks
    assert "without looking" in wild.sentence


def test_a_share_pushed_towards_one_half_varies_more_and_costs_power():
    law = curve(5, 8, level=0.05, pilots=2000, seed=1)
    plain, rising = ordinary(within=0.03), ordinary(within=0.03, rise=2.0)
    assert planned_power(rising, law, 0.03) < planned_power(plain, law, 0.03)
    found = detectable(rising, law, 0.8)
    assert planned_power(rising, law, found[0]) == pytest.approx(0.8, abs=0.002)
    assert found[1] < found[0] < found[2]


# --- when it stops ---------------------------------------------------------------------------------------------------


def test_a_stop_rule_lies_at_the_promise_unless_ordinary_days_cross_it_too_often():
    table = 0.9 + 0.03 * np.random.default_rng(10).normal(size=(8, 5))
    easy, hard = (threshold(table, weeks=8, worse=-1, share=0.02, limit=limit) for limit in (0.7, 0.9))
    assert easy.value == 0.7
    assert easy.false_stops <= 0.02
    assert hard.value == hard.ordinary < 0.9
    assert hard.false_stops == pytest.approx(0.02, abs=0.001)


def test_missing_days_take_the_means_of_their_week_and_place():
    table = week_table(np.array([1.0, 2, 3, 4, 5, 6, 7, np.nan]), np.repeat(np.arange(4), 2), np.tile(np.arange(2), 4))
    assert table is not None
    # mean of its week (7) and of its place (4), less that of all days (4)
    assert table[3, 1] == pytest.approx(7.0)
    assert np.isfinite(table).all()


# --- the whole design ------------------------------------------------------------------------------------------------


def volumes(pools=("service",), weeks=8, spread=0.02, seed=1, slots=8):
    draw = np.random.default_rng(seed)
    rows = []
    for queue, week, day in itertools.product(pools, range(weeks), range(5)):
        level = np.clip(0.88 + spread * draw.normal(), 0.05, 0.99)
        for slot in range(slots):
            offered = int(draw.poisson(120))
            start = pd.Timestamp("2026-03-02T08:00", tz="UTC") + pd.Timedelta(days=7 * week + day, hours=slot)
            rows.append((queue, start, 1800.0, offered, int(draw.binomial(offered, level)), 20.0))
    names = ["queue", "start", "length_s", "offered", "answered_within", "within_s"]
    frame = pd.DataFrame(rows, columns=names).assign(abandoned=0.0, short_abandoned=0.0, handle_us=pd.NA)
    frame["handle_us"] = frame["handle_us"].astype("Int64")
    return {"volumes": frame.assign(answered=frame["offered"].astype(float)).astype({"offered": "float64"})}


QUICK = ReadinessSettings(pilot_draws=300)


def test_every_pool_is_a_pilot_of_its_own_and_a_quiet_desk_needs_fewer_weeks():
    quiet = pilot.design_pilot(
        volumes(("claims", "sales"), spread=0.012), None, client=CLIENT,
        queues=[Queue(name="claims", pool="a"), Queue(name="sales", pool="b")], settings=QUICK,
    )  # fmt: skip
    loud = pilot.design_pilot(
        volumes(("claims",), spread=0.03), None, client=CLIENT, queues=[Queue(name="claims")], settings=QUICK
    )
    assert quiet.pilot["pool"].drop_duplicates().tolist() == ["a", "b"]
    row = quiet.pilot[quiet.pilot["outcome"] == "service_level"].iloc[0]
    assert row["status"] == "ok"
    assert row["detectable"] <= QUICK.pilot_service_change
    assert row["weeks"] < loud.pilot["weeks"].iloc[0]
    assert quiet.covariates["a"] == ("log_offered",)
    assert set(quiet.stop_rules["pool"]) == {"a", "b"}
    assert (quiet.stop_rules["false_stops"] <= 0.05).all()


def test_a_desk_too_restless_says_what_could_be_seen_and_what_to_do():
    found = pilot.design_pilot(volumes(spread=0.3), None, client=CLIENT, queues=[Queue(name="service")], settings=QUICK)
    row = found.pilot.iloc[0]
    assert row["status"] == "insufficient"
    assert row["weeks"] == QUICK.pilot_most_weeks
    assert row["detectable"] > QUICK.pilot_service_change
    assert "Either accept" in row["sentence"]


def test_too_few_past_weeks_and_no_contacts_are_said():
    short = pilot.design_pilot(volumes(weeks=3), None, client=CLIENT, queues=[Queue(name="service")], settings=QUICK)
    assert short.pilot["status"].eq("insufficient").all()
    assert "3 weeks" in short.pilot["reason"].iloc[0]
    none = pilot.design_pilot({}, None, client=CLIENT, queues=[Queue(name="service")], settings=QUICK)
    assert none.pilot.empty
    assert none.stop_rules.empty


def test_half_days_split_where_half_of_the_contacts_came_and_leave_out_the_half_hour_after():
    tables = volumes(weeks=5)
    whole = pilot.unit_figures(tables, None, client=CLIENT, queues=[Queue(name="service")])
    halves = pilot.unit_figures(tables, None, client=CLIENT, queues=[Queue(name="service")], halves=True)
    assert len(halves) == 2 * len(whole) == 50
    assert halves["half"].tolist() == ["morning", "afternoon"] * 25
    lost = whole["offered"].sum() - halves["offered"].sum()
    # hours 8 to 15, one interval each: the first of the afternoon is left out
    assert lost == pytest.approx(whole["offered"].sum() / 8, rel=0.05)
    share = tables["volumes"]["answered_within"].sum() / tables["volumes"]["offered"].sum()
    assert np.average(whole["service_level"], weights=whole["offered"]) == pytest.approx(share)


def test_half_days_are_judged_as_they_were_drawn():
    drawn = pilot.assign(4, starts_on=START, unit="switchback half days", seed=3)
    noise = np.random.default_rng(12).normal(0, 0.01, 40)
    row = pilot.evaluate_pilot(days_of(drawn, 0.9 + noise - 0.04 * drawn.on), drawn).outcomes.iloc[0]
    assert (row["units_on"], row["units_off"]) == (20, 20)
    assert row["low"] < -0.04 < row["high"] < 0


def test_what_carries_over_is_not_compared_day_by_day():
    tables = volumes()
    ended = tables["volumes"]["start"]
    for days, status in ((0, "ok"), (2, "insufficient")):
        items = pd.DataFrame({"item": ended.index.astype(str), "type": "letter", "agent": "p", "ended": ended})
        items = items.assign(arrived=ended - pd.Timedelta(days=days) - pd.Timedelta(minutes=5), started=ended)
        late = np.random.default_rng(13).random(len(items)) < 0.2
        items["due"] = ended + pd.to_timedelta(np.where(late, -1, 1), unit="h")
        given = tables | {"work_items": items}
        found = pilot.design_pilot(given, None, client=CLIENT, queues=[Queue(name="service")], settings=QUICK)
        row = found.pilot[found.pilot["outcome"] == "items_in_due"].iloc[0]
        assert row["status"] == status, row["reason"]
        assert ("watched by a stop rule" in row["reason"]) == (days > 0)
        assert "items_in_due" in set(found.stop_rules["outcome"])


def test_the_figures_of_a_pool_of_few_people_stay_out():
    tables = volumes()
    start = tables["volumes"]["start"].repeat(4).reset_index(drop=True)
    spells = pd.DataFrame({"agent": [f"p{number % 4}" for number in range(len(start))], "start": start})
    spells = spells.assign(end=start + pd.Timedelta(minutes=20), population="contact_centre")
    spells["state"] = ["HANDLING" if number % 2 else "IDLE" for number in range(len(start))]
    tables["spells"] = spells
    found = pilot.design_pilot(tables, None, client=CLIENT, queues=[Queue(name="service")], settings=QUICK)
    assert "occupancy" not in set(found.pilot["outcome"]) | set(found.stop_rules["outcome"])
    spells["agent"] = [f"p{number % 12}" for number in range(len(start))]
    found = pilot.design_pilot(tables, None, client=CLIENT, queues=[Queue(name="service")], settings=QUICK)
    assert "occupancy" in set(found.pilot["outcome"])

"""The value of small planted clients whose answer can be worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.engagement.store import load, store
from analysis.foundation.estimate import find
from analysis.foundation.propagation import fieller_ratio, lognormal_product
from analysis.foundation.schema import UsageProblem
from analysis.utilization.ramp import Phases, progress
from analysis.value import Cost, Value, ValueSettings
from tests.value.factory import CLIENT, COSTS, WEEKS, World, roster

SURE = {"uptake_low_share": 1.0, "uptake_high_share": 1.0, "overrun_share": 0.0, "hourly_cost_spread_share": 0.0}
YEAR = ValueSettings(**SURE, overtime_h_per_week=40, vacancies_fte=3, one_off_cost=60_000, running_cost_per_week=1000)
# most answers do not hang on the horizon, and few weeks are quicker to add up
STATED = YEAR.model_copy(update={"horizon_weeks": 4})
SURE |= {"horizon_weeks": 4}
PLAIN = (Cost(grade="clerk", per_hour=40.0), Cost(grade="specialist", per_hour=60.0))
NOISY = {"today_sd": 0.02, "achievable_sd": 0.02, "movable_sd": 10.0}


def hours(value: Value) -> pd.Series:
    return value.balance.set_index("line")["hours_per_week"]


def test_hours_and_money_by_hand():
    """1,000 hours of the base at .55, .75 achievable, 150 item hours moved; 45 a paid hour in the roster's mix, .8 of it base."""
    value = World().value(costs=PLAIN, settings=STATED)
    line = hours(value)
    assert line["freed_in_place"] == pytest.approx(1000 - 550 / 0.75)
    assert line["freed_by_moving"] == pytest.approx(150 / 0.75)
    assert line["vacancies"] == pytest.approx(3 * 40 * 0.8)
    assert line["left"] == pytest.approx(1000 - 400 / 0.75 - 40 - 96)
    money = value.money.set_index("line")["per_week"]
    assert money["overtime"] == pytest.approx(40 * 45 * 1.5)
    assert money["vacancies"] == pytest.approx(3 * 40 * 45)
    assert money["left"] == pytest.approx(line["left"] / 0.8 * 45)
    assert money["cashable"] == pytest.approx(40 * 45 * 1.5 + 3 * 40 * 45 - 1000)
    assert money["combined"] == pytest.approx(money["cashable"] + money["left"])
    assert find(value.quantities, "value.combined_per_week").value == pytest.approx(money["combined"])
    row = value.balance.set_index("line").loc["left"]
    assert (row["fte"], row["rostered_fte"]) == pytest.approx((row["hours_per_week"] / 40, row["hours_per_week"] / 32))


def test_a_client_without_room_is_promised_nothing():
    world = World(found=False, movable_h={})
    value = world.value(settings=STATED)
    assert hours(value)[["freed_in_place", "freed", "left"]].tolist() == [0, 0, 0]
    freed = find(value.quantities, "value.freed_h_per_week")
    assert freed.value is None
    assert "no reclaimable time was found" in freed.reasons[0]
    assert (freed.low, freed.high) == (0, 55)
    money = find(value.quantities, "value.combined_per_week")
    assert money.status == "insufficient"
    assert value.money.empty


def test_without_room_moved_items_count_at_todays_utilization():
    value = World(found=False).value(settings=STATED)
    assert hours(value)["freed_in_place"] == 0
    assert hours(value)["freed_by_moving"] == pytest.approx(150 / 0.55)


def test_modes_are_alternatives():
    best, none = World().value(), World().value(settings=ValueSettings(**SURE, blend_mode="none"))
    assert find(best.quantities, "value.moved_h_per_week").value == 150
    assert find(none.quantities, "value.moved_h_per_week").value == 0
    assert hours(none)["freed_by_moving"] == 0
    blocks = World().value(settings=ValueSettings(**SURE, blend_mode="blocks"))
    assert find(blocks.quantities, "value.moved_h_per_week").value == 100
    assert "not added" in blocks.sentences["moving"]


def test_hours_move_in_the_mode_that_blending_recommends():
    # blocks move 100 hours, between contacts 150
    recommended = World(recommended="blocks").value()
    assert find(recommended.quantities, "value.moved_h_per_week").value == 100
    instead = World(recommended="roster").value()
    assert find(instead.quantities, "value.moved_h_per_week").value == 150


def test_fewer_agents_instead_are_never_added():
    line = hours(World().value())
    assert line["surplus_instead"] == pytest.approx(2.0 * 65)
    assert line["idle_today"] == pytest.approx(line["moved_to_agents"] + line["idle_left"])
    assert line["needed_today"] - line["needed_after"] == pytest.approx(line["freed"])


def test_unknown_items_are_no_figure_and_in_place_stays():
    value = World(movable_h=dict.fromkeys(("blocks", "between_contacts", "interrupt"))).value(settings=STATED)
    moved = find(value.quantities, "value.moved_h_per_week")
    assert moved.value is None
    assert "no agents' states" in moved.reasons[0]
    assert find(value.quantities, "value.freed_h_per_week").value == pytest.approx(1000 - 550 / 0.75)


def test_today_as_a_bound_gives_hours_as_ranges_and_no_money():
    value = World(today=None).value(settings=STATED)
    line = value.balance.set_index("line").loc["freed"]
    assert np.isnan(line["hours_per_week"])
    assert 0 < line["low"] < line["high"]
    freed = find(value.quantities, "value.freed_h_per_week")
    assert freed.status == "insufficient"
    assert (freed.low, freed.high) == (line["low"], line["high"])
    assert "bounds" in freed.reasons[0]
    assert find(value.quantities, "value.cashable_per_week").reasons == freed.reasons
    assert value.money.empty


def test_a_client_without_back_office_or_contact_centre_is_told_so():
    alone = World(populations=("contact_centre",)).value()
    assert "no data of a back office" in alone.sentences["balance"]
    office = World(populations=("back_office",)).value(settings=STATED)
    assert find(office.quantities, "value.moved_h_per_week").value == 0
    assert hours(office)["freed"] == pytest.approx(1000 - 550 / 0.75)
    assert "idle_today" not in hours(office)


def test_without_costs_hours_alone():
    value = World().value(costs=())
    assert find(value.quantities, "value.freed_h_per_week").value == pytest.approx(1000 - 400 / 0.75)
    assert "no [[cost]]" in find(value.quantities, "value.combined_per_week").reasons[0]
    assert [one.code for one in value.findings if one.severity == "ask"] == ["no_costs"]


def test_a_grade_without_a_cost_is_asked_for_by_name_and_hours():
    value = World().value(costs=PLAIN[:1])
    reason = find(value.quantities, "value.cashable_per_week").reasons[0]
    assert "specialist (400 contract hours a week)" in reason
    few = World().value(costs=PLAIN[:1], tables={"roster": roster(specialists=3)})
    assert "specialist (fewer than 10 people)" in find(few.quantities, "value.cashable_per_week").reasons[0]
    others = World().value(costs=(PLAIN[0], Cost(per_hour=60.0)), settings=STATED)
    assert others.money["per_week"].tolist() == World().value(costs=PLAIN, settings=STATED).money["per_week"].tolist()


def test_the_mix_follows_the_days_on_which_a_roster_row_holds():
    moved = roster(clerks=20, specialists=0, agents=0)
    moved["valid_to"] = pd.Timestamp("2026-03-15")
    after = moved.assign(grade="specialist", valid_from=pd.Timestamp("2026-03-16"), valid_to=pd.NaT)
    value = World().value(costs=PLAIN, settings=STATED, tables={"roster": pd.concat([moved, after], ignore_index=True)})
    assert value.money.set_index("line").loc["overtime", "per_week"] == pytest.approx(40 * (40 / 4 + 60 * 3 / 4) * 1.5)


def test_two_rows_for_one_grade_are_refused():
    with pytest.raises(UsageProblem, match="Clerk"):
        World().value(costs=(*PLAIN, Cost(grade="Clerk", per_hour=41)))


def test_money_does_not_hang_on_the_order_of_cost_rows():
    costs = (*COSTS, Cost(grade="trainee", per_hour=28.7))
    people = roster(specialists=17)
    people.loc[:6, "grade"] = "trainee"
    chosen = STATED.model_copy(update={"hourly_cost_spread_share": 0.1})
    first, second = (
        World(**NOISY).value(costs=rows, settings=chosen, tables={"roster": people}) for rows in (costs, costs[::-1])
    )
    for frame in ("money", "distribution", "cumulative", "tornado"):
        pd.testing.assert_frame_equal(getattr(first, frame), getattr(second, frame), check_exact=True)


@pytest.mark.parametrize("grade", ["clerk", "specialist"])
def test_dearer_hours_are_worth_more_and_costs_take_off(grade):
    def combined(*, factor=1.0, **more):
        costs = tuple(
            one.model_copy(update={"per_hour": one.per_hour * factor}) if one.grade == grade else one for one in PLAIN
        )
        value = World(**NOISY).value(costs=costs, settings=STATED.model_copy(update=more))
        return value.distribution.set_index(["of", "quantile"])["value"]

    base = combined()
    assert (combined(factor=1.1) > base).all()
    assert (combined(running_cost_per_week=1500.0) < base).all()


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.9])
def test_correlation_of_today_and_achievable_is_carried(rho):
    """Freed in place is H (1 - u0 / u1); for jointly normal draws Fieller's limits are the exact quantiles of the ratio (UQ01, with rho)."""
    value = World(today_sd=0.02, achievable_sd=0.03, rho=rho, draws=20_000).value()
    ratio = fieller_ratio(0.55, 0.02, 0.75, 0.03, rho=rho)
    row = value.balance.set_index("line").loc["freed_in_place"]
    expected = [1000 * (1 - ratio.high), 1000 * (1 - ratio.value), 1000 * (1 - ratio.low)]
    assert row[["low", "hours_per_week", "high"]].tolist() == pytest.approx(expected, abs=3.0)


def test_a_stated_range_of_cost_is_read_as_10_to_90_percent():
    """One grade: overtime is hours x factor x a cost whose logarithm is a scaled Student t with 3 degrees of freedom: its quantiles are known."""
    sure = STATED.model_copy(update={"money_draws": 40_000})
    cost = Cost(grade="clerk", per_hour=40.0, low=32.0, high=50.0)
    value = World().value(costs=(cost,), settings=sure, tables={"roster": roster(specialists=0)})
    row = value.money.set_index("line").loc["overtime"]
    assert row[["low80", "per_week", "high80"]].tolist() == pytest.approx([32 * 60, 40 * 60, 50 * 60], rel=0.01)
    exact = 60 * 40 * (50 / 40) ** (stats.t.ppf(0.975, 3) / stats.t.ppf(0.9, 3))
    assert exact > lognormal_product([60.0, 40.0], [0.0, np.log(50 / 40) / 1.2815515655], quantile=0.975)
    assert row["high"] == pytest.approx(exact, rel=0.01)


def test_the_simulations_own_error_is_that_of_repeated_simulations():
    runs = [
        World(**NOISY, draws=20_000).value(
            settings=STATED.model_copy(update={"money_seed": seed, "uptake_low_share": 0.5})
        )
        for seed in range(10)
    ]
    medians = [find(run.quantities, "value.combined_per_week").value for run in runs]
    stated = float(runs[0].sentences["precision"].split("EUR ")[1].split(" ")[0])
    assert 0.3 < np.std(medians, ddof=1) / stated < 1.6


def test_net_cash_counts_the_area_under_the_ramp():
    value = World().value(costs=PLAIN, settings=YEAR)
    benefit = value.money.set_index("line").loc["cashable", "per_week"] + 1000
    weeks = np.arange(53)
    expected = benefit * progress(weeks, phases=Phases(4, 8, 26), time_constant_weeks=8.0)[1] - 1000 * weeks - 60_000
    # with the expected pace at its median the median of net cash is that of the expected ramp
    assert value.cumulative["median"].to_numpy() == pytest.approx(expected, abs=300)
    assert value.cumulative["median"].iloc[52] < 52 * (benefit - 1000) - 60_000
    first = int(np.flatnonzero(expected < 0)[-1]) + 1
    assert find(value.quantities, "value.payback_weeks").value == pytest.approx(first, abs=1)


def test_what_never_pays_back_is_said_in_words():
    dear = YEAR.model_copy(update={"one_off_cost": 5e6})
    value = World(**NOISY).value(settings=dear)
    found = find(value.quantities, "value.payback_weeks")
    assert found.value is None
    assert "not within 52 weeks" in found.reasons[0]
    assert find(value.quantities, "value.benefit_probability").value == 0
    assert "does not pay back within 52 weeks" in value.sentences["payback"]


def test_without_cost_there_is_nothing_to_pay_back():
    value = World().value(settings=ValueSettings(**SURE, overtime_h_per_week=40))
    assert "no cost of the change was stated" in find(value.quantities, "value.payback_weeks").reasons[0]
    assert "no_cost_of_the_change" in {one.code for one in value.findings}


def test_a_year_is_named_only_where_volumes_cover_one():
    def ids(days):
        items = pd.DataFrame({"arrived": pd.to_datetime(["2025-01-01", f"{pd.Timestamp('2025-01-01') + pd.Timedelta(days=days):%Y-%m-%d}"], utc=True)})  # fmt: skip
        value = World().value(settings=STATED, tables={"roster": roster(), "work_items": items})
        return {one.id: one.estimate.value for one in value.quantities}

    assert "value.combined_per_year" not in ids(300)
    year = ids(364)
    assert year["value.cashable_per_year"] == pytest.approx(year["value.cashable_per_week"] * 365.25 / 7)


def test_tornado_is_sorted_and_leaves_out_what_does_not_move():
    value = World(**NOISY).value(costs=COSTS, settings=STATED)
    swing = (value.tornado["value_high"] - value.tornado["value_low"]).abs()
    assert swing.is_monotonic_decreasing
    assert set(value.tornado["driver"]) == {"today", "achievable", "movable_h", "hour"}
    by = value.tornado.set_index("driver")
    assert by.loc["today", "value_low"] > by.loc["today", "value_high"]
    assert by.loc["achievable", "value_low"] < by["base"].iloc[0] < by.loc["achievable", "value_high"]


def test_why_blend_is_answered_from_the_numbers():
    enough = World().value(settings=ValueSettings(**SURE, overtime_h_per_week=100)).sentences["why_blend"]
    assert "in place alone fills them" in enough
    short = World().value(settings=ValueSettings(**SURE, vacancies_fte=12)).sentences["why_blend"]
    assert "moving items 115 more" in short  # 12 x 32 hours less 267 in place
    alone = World(found=False).value().sentences["why_blend"]
    assert alone.startswith("In place no reclaimable time was found")


def test_cash_is_said_first_and_capacity_apart():
    said = World().value(costs=PLAIN, settings=STATED).sentences["money"]
    assert said.startswith("Once the ramp is over EUR 7,100 a week may turn into cash, after running cost.")
    assert "EUR 19,000 a week: capacity, not cash" in said
    none = World().value(costs=PLAIN, settings=ValueSettings(**SURE, running_cost_per_week=1000)).sentences["money"]
    assert "so no cash comes of it: EUR -1,000 a week" in none


def test_limits_that_hold_are_told():
    value = World(support=0.25).value()
    assert "support_is_not_freed" in {one.code for one in value.findings}
    assert hours(value)["freed_in_place"] == pytest.approx(200)


def test_a_saved_value_is_read_back(tmp_path):
    for number, world in enumerate((World(**NOISY), World(found=False, movable_h={}), World(today=None))):
        value = world.value(settings=STATED)
        folder = tmp_path / str(number)
        folder.mkdir()
        store(value, folder)
        back = load(Value, folder)
        assert repr(back) == repr(value)
        for field in dataclasses.fields(Value):
            if isinstance(getattr(value, field.name), pd.DataFrame):
                pd.testing.assert_frame_equal(getattr(back, field.name), getattr(value, field.name))


def test_weeks_of_the_planted_client_are_what_the_hours_say():
    assert World().baseline().days["PAID"].sum() / WEEKS == pytest.approx(2500 * 1.25)
    assert CLIENT.full_time_h_per_week == 40

"""What is achievable in sites and groups: by hand, with what is measured by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis import measure_baseline
from analysis.baseline.cells import cells_of
from analysis.baseline.evidence import people_of
from analysis.baseline.frames import COLUMNS
from analysis.baseline.level_days import level_days
from analysis.foundation.estimate import Estimate, find
from analysis.measure.crosswalk import BASE, WORK
from analysis.utilization import UtilizationSettings
from analysis.utilization.answer import answer_of, asked_of, known_ceilings
from analysis.utilization.draws import draws_of
from analysis.utilization.levels import levels_of
from analysis.utilization.limits import Limits, Raw, _allowance, _of_workable
from analysis.utilization.resample import joint_resamples, resample
from analysis.utilization.today import Today, today_of
from tests.baseline.factory import AGENTS, CLIENT, QUEUE, client_tables, roster
from tests.baseline.test_shares import observed
from tests.utilization.days import day_rows, wavy

SETTINGS = UtilizationSettings(draws=2000)
PEOPLE = tuple(f"p{number}" for number in range(26))
COLUMNS_OF_LEVELS = list(COLUMNS["level_days"])


def limits_by_hand(days, *, promise=0.8, spread=0.01, population="contact_centre"):
    """Return an allowance as the settings have it, and a promise that allows so much of workable time."""
    drawn = promise + spread * np.random.default_rng(5).standard_normal(len(days.today_draws))
    queueing = _of_workable(promise, drawn, days, "modelled", "{}")
    none = Raw(None, None, "", None, "assumed", "no cap was stated", "")
    ceilings = {"allowance": _allowance(population, days, SETTINGS, ()), "queueing": queueing, "policy": none}
    return Limits(ceilings, pd.DataFrame(), ())


@dataclasses.dataclass
class Measured:
    """What levels need of a baseline."""

    level_days: pd.DataFrame
    breakdowns: pd.DataFrame = dataclasses.field(
        default_factory=lambda: pd.DataFrame(columns=list(COLUMNS["breakdowns"]))
    )


def level_rows(parts, population="contact_centre"):
    """Return `level_days` from (by, level, agents) -> days."""
    rows = [
        days.assign(population=population, by=by, level=level, agents=agents)
        for (by, level, agents), days in parts.items()
    ]
    return pd.concat(rows, ignore_index=True)[COLUMNS_OF_LEVELS].astype({"agents": "Int64"})


def two_sites(*, south=0.7, names=("North", "South")):
    north = day_rows(40, work=wavy(40, 0.5, seed=1), support=0.1, breaks=0.12, base_h=60)
    other = day_rows(40, work=wavy(40, south, seed=2), support=0.2, breaks=0.12, base_h=40)
    whole = north.copy()
    amounts = [column for column in whole.columns if column not in ("day", "weekday", "week")]
    whole[amounts] = north[amounts] + other[amounts]
    rows = level_rows({("site", names[0], 30): north, ("site", names[1], 20): other, ("group", names[1], 20): other})
    return whole, rows


def answered(
    *, population="contact_centre", promise=0.8, breakdowns=None, rows=None, whole=None, settings=SETTINGS, **more
):
    made = two_sites(**more)
    whole, rows = (made[0] if whole is None else whole), (made[1] if rows is None else rows)
    days = resample(whole, draws=settings.draws, seed=1)
    limits = limits_by_hand(days, promise=promise, population=population)
    measured = Measured(rows.assign(population=population), *(() if breakdowns is None else (breakdowns,)))
    asked = asked_of(population, limits, days=40, settings=settings)
    return levels_of(measured, population, limits, days, asked, weeks=8.0)


def test_by_hand():
    found = answered()
    rows = found.rows.set_index(["by", "level"])
    north = rows.loc[("site", "North")]
    # the promise is the pool's: 80 % of workable time, of the base times 1 - its own support
    assert north["value"] == pytest.approx(0.8 * 0.9, abs=0.002)
    assert rows.loc[("site", "South"), "value"] == pytest.approx(0.8 * 0.8, abs=0.002)
    assert north["binding"] == "queueing"
    assert north["today"] == pytest.approx(0.5, abs=0.01)
    assert north["today_low"] < north["today"] < north["today_high"]
    assert north["hours_per_week"] == pytest.approx((north["value"] - north["today"]) * 60 * 5)
    assert north["hours_low"] < north["hours_per_week"] < north["hours_high"]
    assert north["sentence"].startswith(
        "Site North: 72 % (70 to 74) of paid time less absence and breaks can be work, limited by the promise"
    )
    assert "Of the 300 hours a week, 65 (" in north["sentence"]


def test_no_room_is_said_and_has_no_hours():
    south = answered().rows.set_index(["by", "level"]).loc[("site", "South")]
    # today .7 lies above what lasts
    assert (bool(south["found"]), south["hours_low"], south["hours_high"]) == (False, 0.0, 0.0)
    assert np.isnan(south["hours_per_week"])
    assert south["reason"].startswith("no reclaimable time found")
    assert south["sentence"].endswith("no reclaimable time found.")


def test_hours_are_held_together_for_all_levels_that_differ():
    """Two sites, and a group that is one of them: two distances are looked at."""
    scoped = {tuple(one.scope.values())[1:]: one.estimate for one in answered().quantities if "reclaimable" in one.id}
    assert scoped[("North",)].confidence == pytest.approx(1 - 0.05 / 2)
    levels = {dict(one.scope).get("group") for one in answered().quantities}
    assert levels == {None, "South"}


def test_names_and_the_order_of_rows_do_not_matter():
    whole, rows = two_sites()
    renamed = rows.assign(level=rows["level"].map({"North": "Zeta", "South": "Alpha"}))
    turned = answered(rows=renamed.sample(frac=1, random_state=3).reset_index(drop=True), whole=whole).rows
    numbers = ["today", "value", "low", "high", "hours_per_week", "hours_low", "hours_high"]
    for old, new in (("North", "Zeta"), ("South", "Alpha")):
        first = answered().rows.set_index(["by", "level"]).loc[("site", old), numbers].astype(float)
        second = turned.set_index(["by", "level"]).loc[("site", new), numbers].astype(float)
        np.testing.assert_array_equal(first, second)


def breakdown(value, low, high, share):
    row = {"population": "back_office", "by": "site", "level": "North", "agents": 30, "days": 40, "share": share}
    status = "ok" if value == value else "insufficient"
    columns = {
        "value": value,
        "low": low,
        "high": high,
        "status": status,
        "reason": "" if status == "ok" else "logs alone",
    }
    return row | columns


def test_logs_alone_bound_a_level_of_the_back_office():
    rows = pd.DataFrame([breakdown(np.nan, 0.05, 0.35, "non_work")])
    found = answered(population="back_office", breakdowns=rows).rows.set_index(["by", "level"]).loc[("site", "North")]
    assert np.isnan(found["today"])
    assert (found["today_low"], found["today_high"]) == pytest.approx((0.9 - 0.35, 0.9 - 0.05))
    assert not found["found"]
    # at most from the least of today to the upper limit of what is achievable
    assert found["hours_high"] == pytest.approx((found["high"] - 0.55) * 300)
    assert "known only to lie between 55 % and 85 %" in found["sentence"]


def test_observed_non_work_is_todays_in_a_level_too():
    rows = pd.DataFrame([breakdown(0.3, 0.26, 0.345, "non_work")])
    found = answered(population="back_office", breakdowns=rows).rows.set_index(["by", "level"]).loc[("site", "North")]
    assert found["today"] == pytest.approx(0.9 - 0.3)
    assert found["today_low"] == pytest.approx(0.9 - 0.345, abs=0.006)
    assert found["found"]


def test_without_the_promise_levels_have_an_upper_limit_alone():
    whole, rows = two_sites()
    days = resample(whole, draws=500, seed=1)
    limits = limits_by_hand(days)
    nothing = Raw(None, None, "", None, "modelled", "no volumes were given", "")
    limits = dataclasses.replace(limits, ceilings={**limits.ceilings, "queueing": nothing})
    asked = asked_of("contact_centre", limits, days=40, settings=SETTINGS)
    found = levels_of(Measured(rows), "contact_centre", limits, days, asked, weeks=8.0).rows.iloc[0]
    assert np.isnan(found["value"])
    assert found["high"] == pytest.approx(0.9, abs=0.05)
    assert "no volumes were given" in found["reason"]


def test_room_needs_the_whole_interval_above_the_minimum():
    """Room of .03: found when 1 % counts, not when 2.5 % does, although the point lies above that."""
    days = resample(day_rows(40, work=wavy(40, 0.7, 0.01), support=0.1), draws=2000, seed=1)
    limits, today = (
        limits_by_hand(days, promise=0.73 / 0.9, spread=0.003),
        Today(Estimate(days.today, 0.69, 0.71), days.today_draws),
    )
    found = []
    for minimum in (0.01, 0.025):
        settings = SETTINGS.model_copy(update={"minimum_reclaimable_share": minimum})
        asked = asked_of("contact_centre", limits, days=40, settings=settings)
        found.append(answer_of(known_ceilings(limits), today, asked, base_h_per_week=500.0))
    assert found[1].achievable.value - days.today > 0.026
    assert [one.found for one in found] == [True, False]
    assert found[0].reclaimable.value == pytest.approx((found[0].achievable.value - days.today) * 500)
    assert found[1].reclaimable.reasons == (
        "no reclaimable time found: what is achievable may lie less than 2.5 % of paid time above today",
    )
    assert (found[1].reclaimable.low, found[1].achievable) == (0.0, found[0].achievable)


def client(agents=PEOPLE, population="contact_centre"):
    """Return 26 people in two teams of two sites; the second has more support."""

    def pieces(day, agent):
        end = 300 + day * 7 % 11 + (0 if agent < 13 else 40)
        return [(0, 30 if agent < 13 else 60, "SUPPORT"), (60, end, "HANDLING"), (end, 470, "IDLE")]

    tables = client_tables(10, pieces, agents=agents)
    parts = [roster(agents[:13], population), roster(agents[13:], population).assign(team="two", site="South")]
    return tables | {"roster": pd.concat(parts, ignore_index=True)}


def test_days_of_levels_add_up_to_the_population():
    tables = client()
    baseline = measure_baseline(tables, client=CLIENT, queues=[QUEUE])
    people = people_of(tables, "contact_centre", client=CLIENT, queues=[QUEUE], settings=baseline.settings)
    found = level_days(people, cells_of(tables, people, pd.DataFrame(), baseline.settings))
    assert list(found.columns) == COLUMNS_OF_LEVELS
    sites = found[found["by"].eq("site")]
    assert sites.groupby("level")["agents"].unique().map(list).to_dict() == {"North": [13], "South": [13]}
    whole = baseline.days.set_index("day")[list(BASE)]
    pd.testing.assert_frame_equal(sites.groupby("day")[list(BASE)].sum(), whole, check_names=False)
    shares = baseline.breakdowns
    for level, rows in sites.groupby("level"):
        at = shares["by"].eq("site") & shares["level"].eq(level) & shares["share"].eq("utilization")
        worked = rows[list(WORK)].to_numpy().sum() / rows[list(BASE)].to_numpy().sum()
        assert worked == pytest.approx(shares.loc[at, "value"].item())


def test_levels_of_few_people_at_work_have_no_days():
    """Of the 13 people of the South 5 are there in the period: they have no rows, nor has the North, which would give them away."""
    tables = client()
    gone = set(PEOPLE[18:])
    tables |= {
        name: tables[name][~tables[name]["agent"].isin(gone)].reset_index(drop=True) for name in ("schedule", "spells")
    }
    baseline = measure_baseline(tables, client=CLIENT, queues=[QUEUE])
    people = people_of(tables, "contact_centre", client=CLIENT, queues=[QUEUE], settings=baseline.settings)
    assert baseline.breakdowns.loc[baseline.breakdowns["by"].eq("site"), "status"].eq("suppressed").all()
    assert level_days(people, cells_of(tables, people, pd.DataFrame(), baseline.settings)).empty


def test_joint_draws_carry_how_figures_hang_together():
    tables = client_tables(
        20, lambda day, agent: [(0, 30 + day, "SUPPORT"), (30 + day, 300, "ITEM_WORK")], population="back_office"
    )
    tables["observations"] = observed(20, 0.3, agents=AGENTS)
    baseline = measure_baseline(tables, client=CLIENT)
    rows = baseline.days[baseline.days["population"].eq("back_office")]
    days = joint_resamples({"back_office": rows}, draws=2000, seed=1)["back_office"]
    limits = limits_by_hand(days, population="back_office", promise=0.95)
    today = today_of(baseline, "back_office", days, SETTINGS)
    asked = asked_of("back_office", limits, days=20, settings=SETTINGS)
    answer = answer_of(known_ceilings(limits), today, asked, base_h_per_week=100.0)
    drawn = draws_of(baseline, "back_office", known_ceilings(limits), answer, today, days=days, settings=SETTINGS)
    np.testing.assert_allclose(drawn["today"] + drawn["support"] + drawn["non_work"], 1, atol=1e-9)
    assert drawn["achievable"].median() == pytest.approx(answer.achievable.value)
    assert drawn["base_h_per_week"].mean() == pytest.approx(100, rel=0.01)
    measured = find(baseline.quantities, "baseline.non_work_share", population="back_office")
    low, high = np.quantile(drawn["non_work"], [0.025, 0.975])
    assert (low, high) == pytest.approx((measured.low, measured.high), abs=0.01)
    unknown = dataclasses.replace(answer, achievable=Estimate.missing("the promise is missing"))
    none = draws_of(baseline, "back_office", {}, unknown, Today(answer.today, None), days=days, settings=SETTINGS)
    assert none[["today", "achievable"]].isna().all(axis=None)

"""The planted truth: an expectation over fresh days for the same people, with an honest standard error."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.synthetic.calls import OUTAGE_DAY, OUTAGE_S, expected_calls, simulate_centre
from analysis.synthetic.people import invent_people
from analysis.synthetic.period import simulate_period
from analysis.synthetic.plans import plan_period
from analysis.synthetic.streams import SLOT_S, Calendar
from analysis.synthetic.totals import Totals, period_totals
from analysis.synthetic.truth import planted_truth, ratios

WEEKS = 2


@pytest.fixture(scope="module")
def truth():
    return planted_truth(weeks=WEEKS, periods=40)


def one(ladder, counts=None):
    """Return totals in which every name that a ratio needs stands."""
    parts = dict.fromkeys(
        ("PAID", "ABSENT", "BREAK", "SUPPORT", "OUTAGE", "HANDLING", "IDLE", "AWAY", "UNACCOUNTED", "ITEM_WORK"), 0
    )
    names = [
        f"{what} {queue}" for what in ("offered", "within", "abandoned") for queue in ("claims line", "service line")
    ]
    names += [f"true {state}" for state in ("ITEM_WORK", "WORK", "IDLE", "AWAY", "SUPPORT")] + [
        "items",
        "within due",
        "errors",
    ]
    return Totals(
        {name: {**parts, **ladder} for name in ("contact_centre", "back_office")},
        {**dict.fromkeys(names, 1.0), **(counts or {})},
    )


def test_ratios_and_their_error_by_hand():
    # base 100 - 10 - 10 = 80 in every period; idle 20, 24 | 16, 28: pairs 44 and 44 of 160, so no error; away 4, 4 | 8, 8
    periods = [
        one({"PAID": 100, "ABSENT": 10, "BREAK": 10, "IDLE": idle, "AWAY": away})
        for idle, away in ((20, 4), (24, 4), (16, 8), (28, 8))
    ]
    found = ratios(periods).set_index(["id", "scope"])
    idle = found.loc[("baseline.idle_share", "population=contact_centre")]
    away = found.loc[("baseline.away_share", "population=contact_centre")]
    assert idle["value"] == 88 / 320
    assert idle["standard_error"] == 0
    assert away["value"] == 24 / 320
    # residuals of the pairs: 8 - .075 * 160 = -4 and +4; sqrt(2 / 1 * 32) / 320
    assert away["standard_error"] == pytest.approx(8 / 320)
    assert found.loc[("baseline.shrinkage", "population=contact_centre"), "value"] == 0.2


def test_a_single_period_has_no_error():
    assert ratios([one({"PAID": 100, "HANDLING": 50})])["standard_error"].isna().all()


@pytest.mark.parametrize("periods", [0, 2, 7])
def test_too_few_or_odd_periods_are_refused(periods):
    with pytest.raises(ValueError, match="even number of periods"):
        planted_truth(periods=periods)


def test_the_five_shares_add_to_one(truth):
    shares = ("utilization", "support_share", "idle_share", "away_share", "unaccounted_share")
    for population, count in (("contact_centre", 5), ("back_office", 3)):
        rows = truth[
            truth["id"].isin([f"baseline.{name}" for name in shares]) & (truth["scope"] == f"population={population}")
        ]
        assert len(rows) == count
        assert rows["value"].sum() == pytest.approx(1, abs=1e-12)


def test_what_logs_hide_is_the_unlogged_work_and_the_non_work(truth):
    rows = truth[truth["scope"] == "population=back_office"].set_index("id")["value"]
    assert rows["baseline.unaccounted_share"] == pytest.approx(
        rows["truth.unlogged_work_share"] + rows["baseline.non_work_share"]
    )
    assert rows["baseline.non_work_share"] == pytest.approx(rows["truth.idle_share"] + rows["truth.away_share"])
    assert 0.20 < rows["baseline.non_work_share"] < 0.28


def test_identifiers_are_unique_and_errors_small(truth):
    assert not truth.duplicated(["id", "scope"]).any()
    assert (truth["standard_error"] < 0.006).all()


def test_the_sample_computes_its_truth_when_asked(sample):
    joined = sample.realised.merge(sample.truth, on=["id", "scope"], suffixes=("", "_truth"))
    assert len(joined) == len(sample.truth) == len(sample.realised)
    assert (joined["value"] - joined["value_truth"]).abs().max() < 0.05
    assert sample.truth is sample.truth
    assert list(sample.truth.columns) == ["id", "scope", "value", "standard_error"]


def test_calls_offered_have_their_closed_form_expectation():
    """Mean calls over mirrored periods against the Poisson rate, less what the outage kept away."""
    people, _, _ = invent_people(1)
    calendar = Calendar.of(4)
    rate = expected_calls(calendar).sum(axis=0)
    slots = np.array(
        [
            min(max(OUTAGE_S[1] - start, 0), SLOT_S) - min(max(OUTAGE_S[0] - start, 0), SLOT_S)
            for start in range(8 * 3600, 20 * 3600, SLOT_S)
        ]
    )
    expected = rate.sum() - (rate[OUTAGE_DAY] * slots / SLOT_S).sum()
    found = []
    for period in range(1, 25):
        plan = plan_period(people, calendar, seed=1, period=period)
        found.append(len(simulate_centre(people, calendar, plan, seed=1, period=period).calls))
    pairs = np.array(found).reshape(-1, 2).mean(axis=1)
    error = pairs.std(ddof=1) / np.sqrt(len(pairs))
    assert abs(pairs.mean() - expected) < 3.5 * error
    assert error / expected < 0.003


@pytest.mark.slow
def test_the_truth_agrees_with_a_long_simulation_of_independent_periods(truth):
    """Only the first of each mirrored pair: 200 independent periods, then pair them arbitrarily."""
    centre, office, _ = invent_people(1)
    calendar = Calendar.of(WEEKS)
    sums = []
    for period in range(101, 501, 2):
        one_, two = simulate_period(centre, office, calendar, seed=1, period=period)
        sums.append(period_totals(calendar, one_, two, seed=1, period=period))
    joined = ratios(sums).merge(truth, on=["id", "scope"], suffixes=("", "_truth"))
    z = (joined["value"] - joined["value_truth"]) / np.hypot(joined["standard_error"], joined["standard_error_truth"])
    assert z.abs().max() < 4

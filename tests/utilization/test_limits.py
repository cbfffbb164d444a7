"""What limits a population: the cap and who is above it, parts of a population, items between contacts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import measure_baseline
from analysis.foundation.settings import Queue
from analysis.utilization.caps import above_cap, cap_of
from analysis.utilization.limits import ceilings_at, limits_of
from analysis.utilization.resample import resample
from analysis.utilization.settings import Allowance, UtilizationSettings
from tests.baseline.factory import CLIENT, QUEUE, client_tables

QUICK = UtilizationSettings(draws=300)


def pieces(day, agent):
    """Break 24 of 480 minutes, support 24, handling to the middle of the day and half of what is left."""
    uneven = day * 7 % 11
    return [(0, 24, "BREAK"), (24, 48, "SUPPORT"), (48, 240 + uneven, "HANDLING"), (240 + uneven, 480, "IDLE")]


def measured(*, population="contact_centre", queue=QUEUE, agents=12, seen=pieces):
    tables = client_tables(20, seen, agents=tuple(f"p{n}" for n in range(agents)), population=population)
    return tables, measure_baseline(tables, client=CLIENT, queues=[queue] if population == "contact_centre" else [])


@pytest.fixture(scope="module")
def centre():
    return measured()


def limits(found, population="contact_centre", *, queue=QUEUE, allowances=(), **settings):
    tables, baseline = found
    days = resample(baseline.days, draws=QUICK.draws, seed=1)
    return days, limits_of(
        tables,
        baseline,
        population,
        days=days,
        client=CLIENT,
        queues=[queue],
        settings=QUICK.model_copy(update=settings),
        allowances=allowances,
    )


def test_the_busy_are_told_and_others_are_not(centre):
    _, baseline = centre
    calm = cap_of(baseline, "contact_centre", queues=[QUEUE.model_copy(update={"max_occupancy": 1.0})], settings=QUICK)
    assert above_cap(baseline, "contact_centre", calm) == ()
    cap = cap_of(baseline, "contact_centre", queues=[QUEUE], settings=QUICK)
    (found,) = above_cap(baseline, "contact_centre", cap)
    # 9:00 to 12:00 on five days all twelve only handle; from 8:48 to 9:00 they do too, but 4.8 agents on average are too few to be told
    assert "30 half hours of the week, 180 agent-hours a week, 43 % of the hours on duty" in found.message
    assert "cap of 88 %" in found.message
    assert found.code == "busier_than_the_cap"


def test_a_pool_under_the_smallest_group_is_not_told():
    _, baseline = measured(agents=8)
    cap = cap_of(baseline, "contact_centre", queues=[QUEUE], settings=QUICK)
    assert above_cap(baseline, "contact_centre", cap) == ()


def test_the_lowest_cap_of_a_pool_counts_and_pools_weigh_by_their_hours(centre):
    _, baseline = centre
    duty = baseline.pool_slots
    both = replace(
        baseline, pool_slots=pd.concat([duty, duty.assign(pool="other", workable_agents=duty["workable_agents"] / 3)])
    )
    queues = [
        Queue(name="claims", max_occupancy=0.9),
        Queue(name="help", max_occupancy=0.8),
        Queue(name="desk", pool="other", max_occupancy=0.6),
    ]
    found = cap_of(both, "contact_centre", queues=queues, settings=QUICK)
    assert found.by_pool == {"service": 0.8, "other": 0.6}
    assert found.of_workable == pytest.approx((3 * 0.8 + 0.6) / 4)


def test_the_back_office_has_a_cap_when_one_is_stated():
    found = measured(population="back_office", seen=lambda day, agent: [(0, 240 + day, "ITEM_WORK")])
    _, none = limits(found, "back_office")
    assert none.ceilings["policy"].reason == "no cap on occupancy was stated for the back office"
    assert none.blended is None
    days, some = limits(found, "back_office", item_occupancy_cap=0.85)
    assert some.ceilings["policy"].ceiling.value == pytest.approx(0.85 * (1 - days.support_share))
    assert any(finding.code == "busier_than_the_cap" for finding in some.findings)


def test_allowances_of_the_engagement_reach_the_ceiling_its_table_and_its_sentence(centre):
    meal = Allowance(name="paid meal", low_share=0.05, high_share=0.05)
    days, plain = limits(centre)
    _, found = limits(centre, allowances=[meal])
    assert found.allowances["allowance"].tolist()[-1] == "paid meal"
    raw = found.ceilings["allowance"]
    assert raw.raw == pytest.approx(1 / 1.205)
    assert raw.ceiling.value < plain.ceilings["allowance"].ceiling.value - 0.03
    assert raw.sentence.startswith("Rest and small delays leave 83 % of the attended day (81 to 85 as allowed for); ")
    assert raw.sentence.endswith(f"{100 * raw.ceiling.value:.0f} % of the base.")
    for owed, drawn in (("owed_low", raw.ceiling.high_draws), ("owed_high", raw.ceiling.low_draws)):
        assert 1 - days.support_share - found.allowances[owed].sum() == pytest.approx(np.mean(drawn), abs=1e-9)


def test_breaks_that_give_all_rest_are_told(centre):
    codes = [finding.code for finding in limits(centre)[1].findings]
    assert "breaks_give_all_rest" not in codes

    def long_breaks(day, agent):
        return [(0, 90, "BREAK"), (90, 300 + day % 3, "HANDLING"), (300 + day % 3, 480, "IDLE")]

    (told,) = [one for one in limits(measured(seen=long_breaks))[1].findings if one.code == "breaks_give_all_rest"]
    assert "breaks take 19 % of the attended day" in told.message


def test_a_part_keeps_the_pools_share_of_workable_time_and_converts_with_its_own_support(centre):
    days, found = limits(centre)
    part = replace(
        days,
        support_share=0.2,
        support_draws=np.full(QUICK.draws, 0.2),
        break_share=0.0,
        break_draws=np.zeros(QUICK.draws),
    )
    here = ceilings_at(found, part, population="contact_centre", settings=QUICK)
    assert set(here) == {name for name, raw in found.ceilings.items() if raw.ceiling is not None}
    assert here["policy"].value == pytest.approx(0.88 * 0.8)
    # no breaks and enough support: all rest is owed
    assert here["allowance"].value == pytest.approx(0.8 - 0.115 / 1.155)
    same = ceilings_at(found, days, population="contact_centre", settings=QUICK)
    for name, one in same.items():
        assert one.value == found.ceilings[name].ceiling.value
        assert np.array_equal(one.low_draws, found.ceilings[name].ceiling.low_draws)


def test_every_ceiling_carries_draws_of_workable_time_that_convert_to_it(centre):
    days, found = limits(centre)
    for raw in found.ceilings.values():
        if raw.ceiling is not None:
            assert raw.workable_draws * (1 - days.support_draws) == pytest.approx(raw.ceiling.draws)
            assert raw.of_workable * (1 - days.support_share) == pytest.approx(raw.ceiling.value)

"""Achievable utilization of small clients whose answers can be reasoned out."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis import estimate_utilization, measure_baseline
from analysis.foundation.estimate import find
from analysis.foundation.settings import Queue
from analysis.utilization import UtilizationSettings
from analysis.utilization.frames import COLUMNS
from tests.baseline.factory import AGENTS, CLIENT, QUEUE, at, client_tables, table, workdays
from tests.baseline.test_shares import observed

CC, BO = {"population": "contact_centre"}, {"population": "back_office"}
QUICK = UtilizationSettings(draws=400)
PERIOD = CLIENT.model_copy(update={"period": CLIENT.period.model_copy(update={"end": workdays(20)[-1]})})


def pieces(day, agent):
    """Support 48 of 480 minutes, half the rest handling, the other half waiting; no two weeks are alike."""
    uneven = day * 7 % 11
    return [(0, 48, "SUPPORT"), (48, 264 + uneven, "HANDLING"), (264 + uneven, 480, "IDLE")]


def volumes(days=20, *, offered=20.0, aht_s=300.0, spread=0.0):
    rng = np.random.default_rng(4)
    rows = []
    for day in workdays(days):
        factor = max(0.2, 1 + spread * rng.standard_normal())
        for slot in range(16):
            count = float(rng.poisson(offered * factor))
            rows.append(
                {
                    "queue": "claims",
                    "start": at(day, 30 * slot),
                    "length_s": 1800.0,
                    "offered": count,
                    "answered": count,
                    "abandoned": 0.0,
                    "handle_us": int(count * aht_s * 1e6),
                }
            )
    return table("volumes", rows)


@cache
def centre(*, agents=AGENTS, spread=0.0, queue=QUEUE, seen=pieces, **settings):
    tables = client_tables(20, seen, agents=agents)
    tables["volumes"] = volumes(spread=spread)
    baseline = measure_baseline(tables, client=PERIOD, queues=[queue])
    chosen = QUICK.model_copy(update=settings)
    return baseline, estimate_utilization(tables, baseline, client=PERIOD, queues=[queue], settings=chosen)


def test_a_small_pool_is_told_that_eighty_cannot_be_reached():
    baseline, found = centre()
    queueing = found.ceilings.set_index("ceiling").loc["queueing"]
    # ten agents with an 80/20 promise: .713 of workable time (UT12), some less for the measured spread of the load
    assert 0.66 < queueing["of_workable"] <= 0.7131
    assert queueing["value"] == pytest.approx(queueing["of_workable"] * 0.9)
    assert "80 % cannot be reached by a pool of this size" in queueing["sentence"]
    answer = found.achievable.iloc[0]
    assert answer["binding"] == "queueing"
    assert answer["value"] == pytest.approx(queueing["value"], abs=0.01)
    assert answer["today"] == find(baseline.quantities, "baseline.utilization", **CC).value
    assert "A target of 80 % cannot be reached." in repr(found)


def test_raw_and_converted_figures_stand_side_by_side():
    _, found = centre()
    rows = found.ceilings.set_index("ceiling")
    assert rows.loc["policy", ["raw", "of_workable"]].tolist() == [0.88, 0.88]
    assert rows.loc["policy", "value"] == pytest.approx(0.88 * 0.9)
    assert rows.loc["allowance", "raw"] == pytest.approx(1 / 1.155)
    assert rows.loc["allowance", "raw_of"] == "attended day"
    # no breaks: rest is owed; support of 10 % covers the delay
    assert rows.loc["allowance", "value"] == pytest.approx(0.9 - 0.115 / 1.155)
    assert rows.loc["allowance", "basis"] == "assumed"
    known = rows[rows["value"].notna()]
    assert known["value"].between(known["low"], known["high"]).all()


def test_hours_between_today_and_achievable():
    baseline, found = centre()
    answer = found.achievable.iloc[0]
    hours = find(found.quantities, "utilization.reclaimable_h_per_week", **CC)
    weeks = ((PERIOD.period.end - PERIOD.period.start).days + 1) / 7
    base = baseline.ladder.set_index("bucket").loc["BASE", "hours"]
    assert hours.value == pytest.approx((answer["value"] - answer["today"]) * base / weeks)
    assert hours.low <= hours.value <= hours.high
    assert hours.unit == "hours_per_week"


def test_an_uncertain_load_lowers_the_ceiling():
    calm, wild = (
        centre(spread=spread)[1].ceilings.set_index("ceiling").loc["queueing", "of_workable"] for spread in (0.0, 0.3)
    )
    assert wild < calm - 0.05


def test_every_frame_has_its_columns_and_blending_stands_apart():
    _, found = centre()
    for name, columns in COLUMNS.items():
        assert tuple(getattr(found, name).columns) == columns, name
    apart = found.ceilings[found.ceilings["apart"]]
    assert apart["ceiling"].tolist() == ["queueing_blended"]
    answer = found.achievable.iloc[0]
    # no items, so nothing is said about blending, and the minimum does not wait for it
    assert np.isnan(answer["blended"])
    assert find(found.quantities, "utilization.achievable_blended", **CC).value is None
    assert find(found.quantities, "utilization.achievable", **CC).value == answer["value"]
    assert len(found.draws) == QUICK.draws
    assert found.draws["achievable"].median() == pytest.approx(answer["value"])
    assert set(found.ramp["by"]) == {"population"}


def test_items_between_contacts_raise_what_is_achievable():
    _, found = centre(item_s=120.0)
    answer = found.achievable.iloc[0]
    assert answer["blended"] > answer["value"] + 0.02
    assert answer["blended_low"] < answer["blended"] <= answer["blended_high"]
    assert answer["binding"] == "queueing"
    assert "With other work between contacts it could be" in repr(found)


def test_a_strict_cap_binds():
    _, found = centre(queue=QUEUE.model_copy(update={"max_occupancy": 0.5}))
    answer = found.achievable.iloc[0]
    assert answer["binding"] == "policy"
    assert answer["value"] == pytest.approx(0.45, abs=0.005)
    assert "the client's own cap" in found.sentences["contact_centre"]


def test_no_room_is_no_negative_room():
    def busy(day, agent):
        return [
            (0, 48, "SUPPORT"),
            (48, 460 + day * 7 % 11, "HANDLING"),
            (460 + day * 7 % 11, 480, "IDLE"),
        ]

    _, found = centre(seen=busy)
    hours = find(found.quantities, "utilization.reclaimable_h_per_week", **CC)
    assert (hours.value, hours.low, hours.high) == (None, 0.0, 0.0)
    assert hours.reasons == (
        "no reclaimable time found: what is achievable may lie less than 2 % of paid time above today",
    )
    assert not found.achievable["found"].any()
    assert "no reclaimable time found; today already lies above what can last" in repr(found)


def test_without_volumes_the_others_are_only_an_upper_limit():
    tables = client_tables(20, pieces)
    baseline = measure_baseline(tables, client=PERIOD, queues=[QUEUE])
    found = estimate_utilization(tables, baseline, client=PERIOD, queues=[QUEUE], settings=QUICK)
    estimate = find(found.quantities, "utilization.achievable", **CC)
    assert (estimate.value, estimate.status) == (None, "insufficient")
    assert estimate.high == pytest.approx(0.88 * 0.9, abs=0.005)
    assert find(found.quantities, "utilization.ceiling_queueing", **CC).reasons == (
        "neither volumes nor contacts of the queues were given",
    )


def office(*, rounds):
    tables = client_tables(20, lambda day, agent: [(0, 240 + day, "ITEM_WORK")], population="back_office")
    if rounds:
        tables["observations"] = observed(20, 0.3)
    baseline = measure_baseline(tables, client=PERIOD)
    return baseline, estimate_utilization(tables, baseline, client=PERIOD, settings=QUICK)


def test_the_back_office_of_today_is_what_observers_saw():
    baseline, found = office(rounds=True)
    non_work = find(baseline.quantities, "baseline.non_work_share", **BO).value
    answer = found.achievable.iloc[0]
    assert answer["today"] == pytest.approx(1 - non_work)
    assert answer["today_low"] < answer["today"] < answer["today_high"]
    assert answer["binding"] == "allowance"
    assert "It is not known what due times allow, so the true limit may be lower." in repr(found)


def test_logs_alone_bound_today():
    baseline, found = office(rounds=False)
    answer = found.achievable.iloc[0]
    seen = find(baseline.quantities, "baseline.utilization", **BO).value
    assert np.isnan(answer["today"])
    # what was seen, less the sampling error of the unseen, and at most everything
    assert 0.9 * seen < answer["today_low"] < seen
    assert answer["today_high"] == 1.0
    hours = find(found.quantities, "utilization.reclaimable_h_per_week", **BO)
    assert hours.value is None
    assert hours.low == 0
    assert hours.high > 0


def test_suppressed_people_have_no_figures():
    tables = client_tables(20, pieces, agents=AGENTS[:6])
    baseline = measure_baseline(tables, client=PERIOD, queues=[QUEUE])
    found = estimate_utilization(tables, baseline, client=PERIOD, queues=[QUEUE], settings=QUICK)
    assert {quantity.estimate.value for quantity in found.quantities} == {None}
    assert "6 people are fewer than the 10" in repr(found)


def test_two_runs_are_equal_and_seeds_matter():
    one, two, other = (centre.__wrapped__(seed=seed)[1] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())
    assert not one.to_frame()["low"].equals(other.to_frame()["low"])


def test_results_can_be_stored(tmp_path):
    from analysis.engagement.store import load, store
    from analysis.utilization import Utilization

    _, found = centre()
    store(found, tmp_path)
    again = load(Utilization, tmp_path)
    for name in COLUMNS:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name))
    assert again.quantities == found.quantities


def test_pools_are_weighed_by_their_hours():
    """Two pools of ten, the second with a promise that it keeps at any load: the population lies between."""
    agents = tuple(f"p{number}" for number in range(20))
    tables = client_tables(20, pieces, agents=agents)
    lax = Queue(name="post", pool="post", target=0.2, answer_within_s=3000)
    queues = [QUEUE, lax]
    half = volumes()
    tables["volumes"] = pd.concat([half, half.assign(queue="post")], ignore_index=True)
    tables["skills"] = table(
        "skills", [{"agent": agent, "queue_or_type": "claims" if k < 10 else "post"} for k, agent in enumerate(agents)]
    )
    baseline = measure_baseline(tables, client=PERIOD, queues=queues)
    found = estimate_utilization(tables, baseline, client=PERIOD, queues=queues, settings=QUICK)
    by_pool = found.slots.groupby("pool")["max_occupancy"].mean()
    assert by_pool["post"] > 0.9 > 0.75 > by_pool["service"]
    whole = found.ceilings.set_index("ceiling").loc["queueing", "of_workable"]
    # every weekday occurs four times, so the agents of a half hour are its weight
    assert whole == pytest.approx(np.average(found.slots["max_occupancy"], weights=found.slots["agents"]), abs=1e-9)
    assert found.slots.groupby("pool")["agents"].sum().nunique() == 1


def test_delays_upside_down_are_refused():
    with pytest.raises(ValueError, match="below delay_low_share"):
        UtilizationSettings(delay_low_share=0.1)

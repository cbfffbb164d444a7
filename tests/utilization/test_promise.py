"""How busy a promise to callers lets agents be: settled half hours, whole days, and items between contacts, against simulations and quadrature."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import queueing
from analysis.foundation.settings import Queue
from analysis.utilization.blended_ceiling import BlendedCurves, BlendedDesk
from analysis.utilization.day_ceiling import weekday_ceiling
from analysis.utilization.load_draws import per_agent, volume_draws
from analysis.utilization.occupancy import highest_load, highest_occupancy, relaxation_s
from analysis.utilization.promise_ceiling import promise_ceiling
from analysis.utilization.resample import resample
from analysis.utilization.settings import UtilizationSettings
from tests.baseline.factory import CLIENT, at, table, workdays
from tests.baseline.test_shares import frame_of
from tests.queueing.simulated_day import share_and_error, simulate_days

PROMISE = Queue(name="claims")  # 80 % in 20 s
DAYS = 20


def lognormal(cv, count, seed=None):
    """Return factors with mean 1: equally likely quantiles, or drawn."""
    sigma = np.sqrt(np.log1p(cv**2))
    normal = (
        stats.norm.ppf((np.arange(count) + 0.5) / count)
        if seed is None
        else np.random.default_rng(seed).standard_normal(count)
    )
    return np.exp(sigma * normal - sigma**2 / 2)


# --- load that is uncertain ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("agents", "printed"), [(20, 0.757), (100, 0.844)])
def test_the_consequence_of_uncertain_load_as_it_is_printed(agents, printed):
    """Methods.md, section 00: a spread of .15 lowers n = 20 from .802 to .757 and n = 100 from .924 to .844.

    These figures come out, to the last digit, for the mean load offered per agent, a gamma load, and half hours that count alike. Our ceiling counts
    contacts alike, so that crowded days weigh more, and states the time spent busy: both lower it.
    """
    factors = stats.gamma.ppf((np.arange(20_000) + 0.5) / 20_000, 1 / 0.15**2, scale=0.15**2)

    def largest(weights):
        low, high = 0.3, 1.0
        while high - low > 1e-6:
            share = (low + high) / 2
            loads = agents * share * factors
            below = loads < agents
            level = np.zeros_like(loads)
            level[below] = queueing.service_level(agents, loads[below], aht_s=300, answer_within_s=20)
            low, high = (share, high) if np.average(level, weights=weights) >= 0.8 else (low, share)
        return low

    without = float(queueing.max_occupancy(agents, aht_s=300, target=0.8, answer_within_s=20))
    assert round(without, 3) == {20: 0.802, 100: 0.924}[agents]
    assert round(largest(np.ones_like(factors)), 3) == printed
    load, busy = (found[0, 0] for found in highest_load([agents], load_cv=[0.15], aht_s=300, queue=PROMISE))
    assert load == pytest.approx(largest(factors), abs=0.001)
    assert busy < load < printed - 0.01
    assert busy == highest_occupancy([agents], load_cv=[0.15], aht_s=300, queue=PROMISE)[0, 0]


def test_short_abandons_are_left_out_exactly():
    """With everyone counted short the promise is of the answered; with none, of the offered."""
    call = {"load_cv": [0.0], "aht_s": 300, "patience_s": 60}

    def of(definition, short_s=5.0):
        queue = PROMISE.model_copy(update={"definition": definition, "short_s": short_s})
        return highest_occupancy([12], queue=queue, **call)[0, 0]

    assert of("short abandons out", 0.0) == pytest.approx(of("of offered"), abs=1e-9)
    assert of("short abandons out", 1e5) == pytest.approx(of("of answered"), abs=1e-6)
    assert of("of offered") < of("short abandons out") < of("of answered")


# --- days that do not settle --------------------------------------------------------------------------------------------


def ceiling_of(agents, *, aht_s, slot_s=1800, patience_s=None, cv=0.0, queues=(PROMISE,)):
    """Return what half hours could bear if they lasted, and the weekday's ceiling."""
    busy = agents > 0
    load = np.zeros(len(agents))
    lasting = highest_load(agents[busy], load_cv=[cv], aht_s=aht_s, queue=queues[0], patience_s=patience_s)
    load[busy] = agents[busy] * lasting[0][:, 0]
    shape = {"slot_s": slot_s, "aht_s": aht_s, "patience_s": patience_s}
    return load, weekday_ceiling(agents, load, queues=queues, load_cv=np.array([cv]), **shape)


@pytest.mark.parametrize("patience_s", [None, 150.0])
def test_a_day_that_settles_bears_what_the_formula_says(patience_s):
    agents = np.array([8, 20, 12])
    _, found = ceiling_of(agents, aht_s=60, slot_s=14_400, patience_s=patience_s, cv=0.1)
    assert found.factor[0] == pytest.approx(1.0, abs=0.004)
    lasting = highest_occupancy(agents, load_cv=[0.1], aht_s=60, queue=PROMISE, patience_s=patience_s)[:, 0]
    assert found.busy[:, 0] == pytest.approx(lasting, abs=0.008)


@pytest.mark.parametrize(
    ("patience_s", "cv", "days"), [(120.0, 0.15, 700), pytest.param(None, 0.1, 4000, marks=pytest.mark.slow)]
)
def test_the_promise_is_kept_at_the_ceiling_and_missed_above_it(patience_s, cv, days):
    """The whole day simulated, days of lognormal load, contacts alike: at the ceiling the share is the target within Monte Carlo error."""
    agents, aht_s = np.array([5, 9, 11, 7, 10, 4]), 480
    load, found = ceiling_of(agents, aht_s=aht_s, patience_s=patience_s, cv=cv)
    shape = {"slot_s": 1800, "aht_s": aht_s, "within_s": 20, "patience_s": patience_s}
    factors = lognormal(cv, days, seed=2)
    shares = {}
    for above in (1.0, 1.1):
        calls = found.factor[0] * above * load * 3600 / aht_s
        seen = simulate_days(len(factors), agents, calls, seed=6, factors=factors, **shape)
        shares[above] = share_and_error(seen[:, 1].sum(axis=1), seen[:, 0].sum(axis=1))
        if above == 1.0:
            # where the number of agents has just fallen some finish late; elsewhere busy time is theirs alone
            busy = (seen[:, 4] / (1800 * agents))[:, [0, 1, 2, 4]]
            error = busy.std(axis=0) / np.sqrt(days)
            assert (np.abs(found.busy[[0, 1, 2, 4], 0] - busy.mean(axis=0)) < 3.5 * error + 0.001).all()
    assert shares[1.0][0] == pytest.approx(0.8, abs=3.5 * shares[1.0][1])
    assert shares[1.1][0] < 0.8 - 2 * shares[1.1][1]


def test_the_strictest_promise_of_a_day_counts():
    agents = np.array([6, 8, 8])
    strict = PROMISE.model_copy(update={"target": 0.95})
    load, both = ceiling_of(agents, aht_s=300, queues=(PROMISE, strict))
    shape = {"slot_s": 1800, "aht_s": 300, "patience_s": None, "load_cv": np.array([0.0])}
    assert both.factor == weekday_ceiling(agents, load, queues=(strict,), **shape).factor
    assert both.factor < weekday_ceiling(agents, load, queues=(PROMISE,), **shape).factor


def test_a_pool_that_never_closes_does_not_begin_empty():
    agents = np.full(48, 6)
    _, found = ceiling_of(agents, aht_s=400)
    assert np.ptp(found.busy[:, 0]) < 0.01
    _, closing = ceiling_of(np.append(agents[:-1], 0), aht_s=400)
    assert closing.busy[0, 0] < closing.busy[1, 0] - 0.05


# --- items between contacts ---------------------------------------------------------------------------------------------


def desk(item_s=600.0, patience_s=150.0, **queue):
    return BlendedDesk(290.0, item_s, patience_s, (PROMISE.model_copy(update=queue),))


@pytest.mark.parametrize(("item_s", "patience_s"), [(200.0, None), (900.0, 150.0)])
def test_items_under_a_known_load_are_the_exact_best_threshold(patience_s, item_s):
    agents, load = np.array([4.0, 13, 27, 46]), np.array([1.5, 8.0, 18, 30])
    found = BlendedCurves(agents, desk(item_s, patience_s)).best(load, np.ones(4), load_cv=0.0)
    for number, (n, a) in enumerate(zip(agents.astype(int), load)):
        call = {"arrivals_per_h": a * 3600 / 290, "aht_s": 290, "item_s": item_s, "patience_s": patience_s}
        threshold = queueing.best_threshold(n, target=0.8, **call)
        assert found.kept_free[number] == (n - threshold if threshold else -1)
        assert found.occupancy[number] == pytest.approx(
            queueing.blend(n, threshold=threshold, **call).occupancy, abs=3e-4
        )


def test_one_threshold_serves_whatever_load_the_day_brings():
    """Independent average over 200 equally likely loads: the chosen number kept free keeps the promise, one fewer breaks it."""
    found = BlendedCurves(np.array([20.0]), desk()).best(np.array([13.0]), np.ones(1), load_cv=0.25)
    factors = lognormal(0.25, 200)
    for kept, holds in ((found.kept_free[0], True), (found.kept_free[0] - 1, False)):
        solved = [
            queueing.blend(
                20,
                arrivals_per_h=13 * f * 3600 / 290,
                aht_s=290,
                item_s=600,
                threshold=20 - kept,
                patience_s=150,
            )
            for f in factors
        ]
        level = factors @ [one.service_level for one in solved] / factors.sum()
        assert (level >= 0.8) == holds
        if holds:
            assert found.occupancy[0] == pytest.approx(np.mean([one.occupancy for one in solved]), abs=0.001)
    certain = BlendedCurves(np.array([20.0]), desk()).best(np.array([13.0]), np.ones(1), load_cv=0.0)
    assert certain.kept_free[0] < found.kept_free[0]
    assert certain.occupancy[0] > found.occupancy[0]


def test_half_hours_that_miss_the_promise_get_no_items_and_the_others_make_up_for_them():
    agents, load = np.array([12.0, 12, 12, 12]), np.array([7.0, 7, 7, 13])
    curves = BlendedCurves(agents, desk())
    found = curves.best(load, np.ones(4), load_cv=0.05)
    assert found.kept
    assert found.kept_free[3] == -1
    alone = curves.best(load, np.array([1, 1, 1, 1e-9]), load_cv=0.05)
    assert found.kept_free[0] > alone.kept_free[0]
    missed = curves.best(load, np.array([1e-9, 1e-9, 1e-9, 1]), load_cv=0.05)
    assert not missed.kept
    assert missed.before < missed.target == 0.8
    assert (missed.kept_free == -1).all()
    contacts = queueing.erlang_a(12, 13.0, aht_s=290, patience_s=150, answer_within_s=20).occupancy
    assert missed.occupancy[3] == pytest.approx(contacts, abs=0.01)


def test_the_settled_formula_for_items_holds_on_a_day_that_changes():
    """Items keep agents busy at a level that is reached within a handling time, so half hours settle: the day simulated, item by item."""
    agents, load = np.array([14, 18, 24, 26, 27, 30]), np.array([8.0, 12, 16, 19, 18, 20])
    found = BlendedCurves(agents.astype(float), desk()).best(load, np.ones(6), load_cv=0.1)
    seen = simulate_days(
        200,
        agents,
        load * 3600 / 290,
        seed=4,
        factors=lognormal(0.1, 200, seed=1),
        items=(600.0, agents - found.kept_free),
        slot_s=1800,
        aht_s=290,
        within_s=20,
        patience_s=150,
    )
    busy = (seen[:, 4] + seen[:, 6]).mean(axis=0) / (1800 * agents)
    assert found.occupancy == pytest.approx(busy, abs=0.01)
    level, error = share_and_error(seen[:, 1].sum(axis=1), seen[:, 0].sum(axis=1))
    assert level > 0.8 - 3 * error


# --- a whole pool -------------------------------------------------------------------------------------------------------


def volumes(*, offered, aht_s, spread=0.0, queue="claims"):
    rng = np.random.default_rng(4)
    rows = []
    for day in workdays(DAYS):
        factor = max(0.3, 1 + spread * rng.standard_normal())
        for slot in range(16):
            count = float(rng.poisson(offered * factor))
            rows.append(
                {
                    "queue": queue,
                    "start": at(day, 30 * slot),
                    "length_s": 1800.0,
                    "offered": count,
                    "answered": count,
                    "abandoned": 0.0,
                    "handle_us": int(count * aht_s * 1e6),
                }
            )
    return table("volumes", rows)


def by_day(agents):
    """Return the agents of each working day, one number a day, the same all day."""
    day = np.repeat(workdays(len(agents)), 16)
    slot_s = 28_800 + 1800 * np.tile(np.arange(16), len(agents))
    return pd.DataFrame(
        {
            "pool": "service",
            "day": pd.to_datetime(day),
            "slot_of_day_s": slot_s,
            "workable_agents": np.repeat(agents, 16),
        }
    )


def pool(*, agents=20.0, offered=70.0, aht_s=300.0, spread=0.1, item_s=600.0, queues=(PROMISE,), staff=(), **more):
    """Return the ceiling of a pool with the same agents all week, or with `staff` of them day by day."""
    duty = pd.DataFrame(
        [
            {"pool": "service", "weekday": w, "slot_of_day_s": 28_800 + 1800 * k, "days": 4, "workable_agents": agents}
            for w in range(5)
            for k in range(16)
        ]
    )
    rng = np.random.default_rng(1)
    days = resample(frame_of(0.6 + 0.02 * rng.standard_normal(DAYS), DAYS), draws=400, seed=1)
    tables = {"volumes": volumes(offered=offered, aht_s=aht_s, spread=spread)}
    chosen = UtilizationSettings(draws=400, **more)
    return promise_ceiling(
        tables,
        duty,
        by_day(np.array(staff, dtype=float)),
        client=CLIENT,
        queues=queues,
        days=days,
        settings=chosen,
        item_s=item_s,
    )


def test_nothing_changes_where_every_half_hour_settles():
    found = pool(aht_s=40.0, offered=500.0, item_s=None)
    assert set(found.slots["basis"]) == {"stationary"}
    assert found.unsettled_share == 0.0
    cv = found.load_cv["service"]
    lasting = highest_occupancy([20], load_cv=[cv], aht_s=40, queue=PROMISE)[0, 0]
    assert found.slots["max_occupancy"].to_numpy() == pytest.approx(lasting, abs=0.002)
    assert (relaxation_s(20, lasting, aht_s=40) <= 900).all()


def test_a_promise_of_most_of_a_half_hour_is_judged_by_the_formula():
    """Who waits so long is served by the agents of later half hours; the day is not followed, and says so."""
    found = pool(queues=(PROMISE.model_copy(update={"answer_within_s": 1200.0}),), item_s=None)
    assert set(found.slots["basis"]) == {"stationary"}
    assert found.unsettled_share == 0.0
    assert found.of_workable > pool(item_s=None).of_workable


def test_a_pool_that_does_not_settle_is_followed_and_draws_surround_the_point():
    found = pool()
    assert set(found.slots["basis"]) == {"time-varying"}
    assert found.unsettled_share == 1.0
    first, later = (
        found.slots.loc[found.slots["slot_of_day_s"].eq(k), "max_occupancy"].iloc[0] for k in (28_800, 45_000)
    )
    # the day begins empty, so agents fill up during the first half hour
    assert first < later - 0.1
    assert found.draws.min() < found.of_workable < found.draws.max()
    assert found.blended_draws.min() < found.blended < found.blended_draws.max()
    assert found.blended > 0.85
    assert found.blended_reason == ""
    assert found.slots["max_occupancy_blended"].between(0, 1).all()
    assert list(found.slots.index) == list(range(len(found.slots)))


def test_agents_between_whole_numbers_lie_between_them():
    few, between, many = (pool(agents=n, item_s=None).of_workable for n in (8.0, 8.4, 9.0))
    assert few < between < many


def test_items_of_unknown_length_and_promises_missed_already_are_said_in_words():
    unknown = pool(item_s=None)
    assert unknown.blended is None
    assert unknown.blended_reason == "how long items take is not known"
    assert unknown.slots["max_occupancy_blended"].isna().all()
    missed = pool(agents=12.0)
    assert missed.blended is None
    assert not len(missed.blended_draws)
    assert "missed already without items" in missed.blended_reason
    assert "80 % were promised" in missed.blended_reason
    assert missed.of_workable is not None
    none = pool(queues=())
    assert none.of_workable is none.blended is None
    assert none.blended_reason == none.reason != ""


def test_longer_items_and_impatient_callers_leave_less():
    usual = pool(item_s=200.0)
    assert pool(item_s=1800.0).blended < usual.blended
    # callers who leave count as failures; those who stay are answered sooner
    impatient = pool(patience_s=60.0, item_s=None)
    assert impatient.patience_known
    assert impatient.of_workable > usual.of_workable


def test_volume_draws_follow_the_days_that_are_drawn():
    counts = pd.DataFrame({"day": pd.to_datetime(workdays(DAYS)), "offered": 100.0})
    rng = np.random.default_rng(1)
    days = resample(frame_of(0.6 + 0.02 * rng.standard_normal(DAYS), DAYS), draws=300, seed=1)
    assert volume_draws(counts, days) == pytest.approx(np.ones(300))
    uneven = counts.assign(offered=100.0 + 20 * rng.standard_normal(DAYS))
    drawn = volume_draws(uneven, days)
    assert drawn.mean() == pytest.approx(1.0, abs=0.01)
    # the standard error of a mean of twenty days within weekdays, widened as every figure that hangs on these days
    spread = uneven["offered"] - uneven.groupby(uneven["day"].dt.day_of_week)["offered"].transform("mean")
    expected = spread.std(ddof=0) / uneven["offered"].mean() / np.sqrt(DAYS)
    assert drawn.std() == pytest.approx(days.wider * expected, rel=0.12)
    assert volume_draws(counts.iloc[:0], days).tolist() == [1.0] * 300


class TestStaff:
    """Days on which agents are missing weigh like heavy days."""

    def test_agents_who_differ_by_day_lower_the_ceiling(self):
        steady = pool(spread=0.0, staff=[20.0] * DAYS)
        rng = np.random.default_rng(2)
        uneven = pool(spread=0.0, staff=20 * (1 + 0.15 * rng.standard_normal(DAYS)))
        assert steady.of_workable == pool(spread=0.0).of_workable
        assert steady.load_cv["service"] < 0.03
        assert uneven.load_cv["service"] == pytest.approx(0.15, abs=0.04)
        # as uneven load of the same spread: CV .15 takes six points off twenty agents
        assert uneven.of_workable < steady.of_workable - 0.03

    def test_agents_who_follow_the_load_take_nothing_off(self):
        day = pd.to_datetime(workdays(DAYS))
        heavy = np.where(np.arange(DAYS) // 5 % 2, 1.2, 0.8)
        counts = pd.DataFrame(
            {"day": day, "weekday": day.day_of_week, "slot_of_day_s": 28_800, "offered": 1000 * heavy}
        )
        staff = pd.DataFrame({"day": day, "slot_of_day_s": 28_800, "workable_agents": 10 * heavy})
        assert per_agent(counts, staff)["offered"].to_numpy() == pytest.approx(np.full(DAYS, 1000.0))
        against = staff.assign(workable_agents=10 * (2 - heavy))
        assert per_agent(counts, against)["offered"].to_numpy() == pytest.approx(1000 * (1 + 2 * (heavy - 1)))

    def test_a_half_hour_without_anybody_is_not_a_half_hour_without_a_record(self):
        day = pd.to_datetime(workdays(6))[[0, 5]]
        counts = pd.DataFrame({"day": day, "weekday": 0, "slot_of_day_s": 28_800, "offered": [50.0, 50.0]})
        late = pd.DataFrame({"day": day, "slot_of_day_s": 30_600, "workable_agents": 4.0})
        assert per_agent(counts, late)["offered"].tolist() == [50.0, 50.0]
        one = pd.concat([late, late.iloc[:1].assign(slot_of_day_s=28_800)])
        assert per_agent(counts, one)["offered"].tolist() == [0.0, 100.0]

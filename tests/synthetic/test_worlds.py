"""The quick worlds: tables that add up, and truths that the worlds have on average."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.schema import TABLES
from analysis.synthetic import ladder_world, sampling_world

SHARES = ("utilization", "support", "idle", "away", "unaccounted")


def hours(frame):
    """Return the time in each state."""
    return (frame["end"] - frame["start"]).dt.total_seconds().groupby(frame["state"]).sum()


def realised(world):
    """Return the shares of a contact-centre world from its tables alone."""
    planned, seen = hours(world.tables["schedule"]), hours(world.tables["spells"])
    base = planned.sum() - planned["BREAK"]
    words = {"utilization": "HANDLING", "support": "SUPPORT", "idle": "IDLE", "away": "AWAY"}
    found = {name: seen[word] / base for name, word in words.items()}
    return {**found, "unaccounted": 1 - sum(found.values())}


@pytest.mark.parametrize("population", ["contact_centre", "back_office"])
def test_a_world_is_canonical_and_its_shares_add_to_one(population):
    world = ladder_world(4, population=population, rounds_per_day=2)
    for name, table in world.tables.items():
        assert list(table.columns) == list(TABLES[name]), name
    assert sum(world.truth[name] for name in SHARES) == pytest.approx(1, abs=1e-12)
    assert set(world.tables["roster"]["population"]) == {population}
    assert set(world.tables["schedule"]["state"]) == {"WORK", "BREAK", "SUPPORT"}


def test_nobody_is_in_two_states_and_shifts_are_seven_hours_and_a_break():
    schedule = ladder_world(4).tables["schedule"].sort_values(["agent", "start"])
    follows = schedule["agent"].to_numpy()[1:] == schedule["agent"].to_numpy()[:-1]
    assert (schedule["start"].to_numpy()[1:] >= schedule["end"].to_numpy()[:-1])[follows].all()
    per_day = (schedule["end"] - schedule["start"]).groupby([schedule["agent"], schedule["start"].dt.date]).sum()
    assert set(per_day) == {pd.Timedelta(hours=7, minutes=45)}


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    one, two, three = ladder_world(4), ladder_world(4), ladder_world(5)
    pd.testing.assert_frame_equal(one.tables["spells"], two.tables["spells"])
    assert one.truth == two.truth != three.truth


def test_without_chance_effects_the_tables_show_exactly_the_truth():
    world = ladder_world(4, persons=3, days=10, day_sd=0, person_sd=0, person_day_sd=0, attendance=1)
    # means of the model: .48 + .06 + .06 + .07 leave .33; weekday effects add to nothing over whole weeks
    assert world.truth["utilization"] == pytest.approx(0.48)
    assert world.truth["idle"] == pytest.approx(0.33)
    assert world.truth["non_work"] == pytest.approx(0.39)
    for name, share in realised(world).items():
        assert share == pytest.approx(world.truth[name], abs=1e-8), name


@pytest.mark.parametrize(("days", "autocorrelation"), [(40, 0.0), (7, 0.6)])
def test_realised_shares_differ_from_the_truth_by_chance_alone(days, autocorrelation):
    """Over 100 worlds the mean difference is 0 within its error: the truth is the expectation, also for broken weeks and correlated days."""
    worlds = [ladder_world(seed, persons=6, days=days, autocorrelation=autocorrelation) for seed in range(100)]
    gaps = np.array([[realised(world)[name] - world.truth[name] for name in SHARES] for world in worlds])
    error = gaps.std(axis=0, ddof=1) / np.sqrt(len(worlds))
    assert (error > 0).all()
    assert (np.abs(gaps.mean(axis=0)) < 3.5 * error).all()
    # a truth that is 3 % of itself off would be seen
    truths = np.array([[world.truth[name] for name in SHARES] for world in worlds]).mean(axis=0)
    assert (3.5 * error < 0.03 * truths)[0]


def daily(world):
    spells = world.tables["spells"]
    handled = spells[spells["state"] == "HANDLING"]
    length = (handled["end"] - handled["start"]).dt.total_seconds()
    day = handled["start"].dt.floor("D")
    return length.groupby(day).sum() / handled.groupby(day)["agent"].nunique()


def lag(series):
    weekday = series.index.day_of_week
    rest = series - series.groupby(weekday).transform("mean")
    return np.corrcoef(rest[1:], rest[:-1])[0, 1]


def test_days_are_shared_by_all_persons_and_follow_one_another_when_asked():
    free = [lag(daily(ladder_world(seed, days=60))) for seed in range(12)]
    held = [lag(daily(ladder_world(seed, days=60, autocorrelation=0.8))) for seed in range(12)]
    assert np.mean(held) > 0.4 > np.mean(free)
    still = daily(ladder_world(1, days=60, day_sd=0)).std()
    assert daily(ladder_world(1, days=60)).std() > 2 * still


@pytest.mark.parametrize("population", ["contact_centre", "back_office"])
def test_rounds_see_what_people_do_at_that_moment(population):
    world = ladder_world(4, persons=6, days=10, population=population, rounds_per_day=4)
    looks = world.tables["observations"]
    source = "spells" if population == "contact_centre" else "work_items"
    start, end = ("start", "end") if source == "spells" else ("started", "ended")
    busy = world.tables[source]
    if source == "spells":
        busy = busy[busy["state"] == "HANDLING"]
    joined = looks.merge(busy, on="agent", suffixes=("", "_spell"))
    hit = joined[(joined[start] <= joined["observed_at"]) & (joined["observed_at"] < joined[end])]
    seen = looks[looks["state"].isin(["HANDLING", "ITEM_WORK"])]
    assert len(seen) > 50
    assert sorted(map(tuple, seen[["agent", "observed_at"]].to_numpy())) == sorted(
        map(tuple, hit[["agent", "observed_at"]].to_numpy())
    )
    assert looks["round"].nunique() == 40


def test_rounds_find_the_non_work_that_logs_hide():
    found = []
    for seed in range(60):
        world = ladder_world(seed, population="back_office", rounds_per_day=3)
        looks = world.tables["observations"]
        looks = looks[looks["state"] != "BREAK"]
        found.append(looks["state"].isin(["IDLE", "AWAY"]).mean() - world.truth["non_work"])
    assert abs(np.mean(found)) < 3.5 * np.std(found, ddof=1) / np.sqrt(len(found))
    assert np.std(found) < 0.04


@pytest.mark.parametrize(
    "wrong",
    [{"day_sd": 0.5}, {"population": "nobody"}, {"autocorrelation": 1.0}, {"attendance": 0.0}, {"persons": 0}],
)
def test_a_world_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        ladder_world(1, **wrong)


@pytest.mark.parametrize(("icc", "day_sd"), [(0.0, 0.0), (0.3, 0.0), (0.05, 0.1)])
def test_sampled_rounds_have_their_share_and_their_correlation(icc, day_sd):
    shares, correlations = [], []
    for seed in range(40):
        world = sampling_world(seed, rounds=90, people=20, share=0.3, icc=icc, day_sd=day_sd)
        looks = world.tables["observations"]
        hit = looks["state"] == "IDLE"
        shares.append(hit.mean())
        by_round = hit.groupby(looks["round"]).agg(["sum", "size"])
        ordered = by_round["sum"] * (by_round["sum"] - 1) / (by_round["size"] * (by_round["size"] - 1))
        correlations.append((ordered.mean() - 0.09) / 0.21)
    assert world.truth == {"IDLE": 0.3}
    assert abs(np.mean(shares) - 0.3) < 3.5 * np.std(shares, ddof=1) / np.sqrt(40)
    # E[p^2] = day variance + mean of squared day shares, plus icc * p (1 - p) within the day
    expected = (day_sd**2 + icc * (0.21 - day_sd**2)) / 0.21
    assert np.mean(correlations) == pytest.approx(expected, abs=3.5 * np.std(correlations, ddof=1) / np.sqrt(40))


@pytest.mark.parametrize("wrong", [{"share": 0.02, "day_sd": 0.1}, {"icc": 1.0}])
def test_rounds_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError):
        sampling_world(1, **wrong)

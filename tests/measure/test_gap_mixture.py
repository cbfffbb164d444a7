"""Gaps between records: what a log without idle states can and cannot say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from analysis import gap_mixture
from analysis.measure.gap_mixture import em as kernels
from analysis.measure.gap_mixture import families
from analysis.measure.gap_mixture.combinations import (
    IDLE_FAMILIES,
    NO_IDLE,
    WORK_FAMILIES,
    Combination,
    combinations,
    fit,
)
from analysis.measure.gap_mixture.em import pairs
from analysis.measure.gap_mixture.families import FAMILIES, HIGHEST, LOWEST, log_weights, start_of
from analysis.measure.gap_mixture.grid import Grid


def gaps(seed=1, n=4000, share_of_gaps=0.15, work=(4.1, 0.8), idle_s=900.0):
    rng = np.random.default_rng(seed)
    return rng.lognormal(*work, n) + (rng.random(n) < share_of_gaps) * rng.exponential(idle_s, n)


def days(n, per_day=100):
    return np.arange(n) // per_day


def on_grid(lengths):
    grid = Grid.of(np.asarray(lengths, dtype=float))
    return grid, grid.counts(np.asarray(lengths, dtype=float), np.zeros(len(lengths), int), 1)


def test_the_grid_keeps_the_time_in_gaps():
    lengths = gaps()
    grid, counts = on_grid(lengths)
    assert counts.sum() == pytest.approx(len(lengths))
    assert (counts * grid.nodes).sum() == pytest.approx(lengths.sum(), rel=1e-3)


def test_sums_on_the_grid_keep_their_length():
    nodes = Grid.of(gaps()).nodes
    below, part = pairs(nodes)
    for i, j in ((0, 0), (3, 9), (5, 12)):
        k, share = below[i, j], part[i, j]
        assert (1 - share) * nodes[k] + share * nodes[k + 1] == pytest.approx(nodes[i] + nodes[j])


@pytest.mark.parametrize(
    ("family", "law", "theta"),
    [
        ("exponential", stats.expon(scale=80), [np.log(80), 0]),
        ("gamma", stats.gamma(2.5, scale=40), [np.log(2.5), np.log(40)]),
        ("lognormal", stats.lognorm(0.7, scale=90), [np.log(90), np.log(0.7)]),
        ("weibull", stats.weibull_min(1.4, scale=120), [np.log(1.4), np.log(120)]),
        ("lomax", stats.lomax(3.0, scale=200), [np.log(3.0), np.log(200)]),
    ],
)
def test_families_are_the_textbooks(family, law, theta):
    grid = Grid.of(np.geomspace(1, 4000, 50))
    found = np.empty(len(grid.nodes))
    log_weights(FAMILIES.index(family), grid.nodes, grid.log_width, np.array(theta, dtype=float), found)
    expected = law.pdf(grid.nodes) * np.exp(grid.log_width)
    assert np.exp(found) == pytest.approx(expected / expected.sum(), rel=1e-9)


@pytest.mark.parametrize("combination", combinations(WORK_FAMILIES, (*IDLE_FAMILIES, "gamma", "weibull"), (0.0, 300.0)))
def test_the_likelihood_never_falls(combination):
    for lengths in (gaps(), gaps(2, n=150, idle_s=60)):
        grid, counts = on_grid(lengths)
        for found in fit(grid, counts, combination, longest=len(grid.nodes)):
            assert (np.diff(found.path) >= -1e-9 * abs(found.path[0])).all()


@pytest.mark.parametrize("family", range(5))
def test_no_step_of_a_family_lowers_its_likelihood(family):
    """From anywhere, also from where scoring overshoots."""
    grid = Grid.of(np.geomspace(1, 7200, 50))
    weights = 1000 * stats.norm(4, 0.5).pdf(np.log(grid.nodes))
    low, high = LOWEST[family], HIGHEST[family]
    for begun in (low, high, (low + high) / 2, np.array([low[0], high[1]]), np.array([high[0], low[1]])):
        theta, log_p, trial = begun.copy(), np.empty(len(grid.nodes)), np.empty(len(grid.nodes))
        log_weights(family, grid.nodes, grid.log_width, theta, log_p)
        before = weights @ log_p
        for _ in range(40):
            families.improve(family, grid.nodes, grid.log_width, weights, theta, log_p, trial, low, high)
            after = weights @ log_p
            assert after >= before - 1e-9 * abs(before)
            before = after


def test_the_right_family_finds_what_was_planted():
    """Gamma work and exponential idle time, both fitted as such: .40 of gap time."""
    rng = np.random.default_rng(3)
    n = 20_000
    idle = (rng.random(n) < 0.1) * rng.exponential(900, n)
    work = rng.gamma(2, 67.5, n)
    grid, counts = on_grid(work + idle)
    found = fit(grid, counts, Combination("gamma", "exponential", 0.0), longest=len(grid.nodes))[0]
    assert found.share == pytest.approx(idle.sum() / (idle + work).sum(), abs=0.02)
    assert found.idle_gaps == pytest.approx(0.1, abs=0.02)
    assert found.mean_idle_s == pytest.approx(900, rel=0.1)


@pytest.mark.parametrize(("share", "wrong"), [(0.0, 0.38), (0.31, 0.64), (0.5, 0.67)])
def test_one_wrong_family_is_far_off_and_the_range_is_not(share, wrong):
    """Gap mixtures are not identified by the family: lognormal residue fitted as gamma + exponential turns 0 / .31 / .50 into .38 / .64 / .67."""
    rng = np.random.default_rng(4)
    n = 5000
    work = rng.lognormal(4.1, 1.0, n)
    idle = (rng.random(n) < share / (1 - share) * work.mean() / 600) * rng.exponential(600, n)
    grid, counts = on_grid(work + idle)
    one = fit(grid, counts, Combination("gamma", "exponential", 0.0), longest=len(grid.nodes))[0]
    assert one.share > share + 0.1
    assert one.share == pytest.approx(wrong, abs=0.2)
    found = gap_mixture.fit_gaps(work + idle, day=days(n))
    assert found.low <= share <= found.high


def test_a_threshold_is_no_answer():
    """With a true idle share of one half, the share of time in gaps over x falls by a third of all time as x moves from 8 to 30 minutes."""
    work, idle = stats.gamma(2, scale=150), stats.expon(scale=1200)
    often = 0.25
    mean = work.mean() + often * idle.mean()
    assert often * idle.mean() / mean == pytest.approx(0.5)

    def longer(x):
        def both(length):
            return integrate.quad(lambda s: work.pdf(s) * idle.pdf(length - s), 0, length)[0]

        law = lambda length: (1 - often) * work.pdf(length) + often * both(length)  # noqa: E731
        return 1 - integrate.quad(lambda length: length * law(length), 0, x, limit=200)[0] / mean

    reported = [longer(60.0 * minutes) for minutes in (8, 30)]
    assert reported[0] > 0.5 > reported[1]
    assert reported[0] - reported[1] > 0.3


def test_without_a_statement_the_log_accuses_nobody():
    """Three kinds of unlogged work and no idle time: the families alone would say at least one half; the lower limit is 0."""
    rng = np.random.default_rng(5)
    work = rng.choice([20.0, 120.0, 900.0], 5000, p=[0.6, 0.3, 0.1]) * np.exp(0.4 * rng.standard_normal(5000))
    found = gap_mixture.fit_gaps(work, day=days(5000))
    assert found.low_fit > 0.4
    assert found.low == 0
    assert "not stated" in repr(found)


def test_time_above_the_longest_unlogged_work_is_idle():
    lengths = np.array([60.0] * 60 + [1800.0] * 12)
    found = gap_mixture.fit_gaps(lengths, day=np.tile(np.arange(12), 6), longest_unlogged_s=600)
    exact = 12 * 1200 / lengths.sum()
    assert 0.8 * exact < found.low <= exact
    assert found.high >= found.low
    assert "at most 10 min" in repr(found)


def test_the_range_is_narrower_where_the_gaps_come_in_two_kinds():
    rng = np.random.default_rng(6)
    lengths = rng.wald(90, 90, 5000) + (rng.random(5000) < 0.1) * 900 * np.exp(0.25 * rng.standard_normal(5000))
    found = gap_mixture.fit_gaps(lengths, day=days(5000))
    assert 0.5 <= found.high < 0.75


def test_people_who_wait_for_every_contact():
    found = gap_mixture.fit_gaps(gaps(), day=days(4000), idle_in_every_gap=True)
    assert found.high == 1
    assert "in every gap" in repr(found)


def test_idle_times_that_do_not_count_narrow_the_range():
    lengths = gaps()
    narrow = gap_mixture.fit_gaps(lengths, day=days(4000), minimum_idle_s=(300,))
    assert narrow.high < gap_mixture.fit_gaps(lengths, day=days(4000)).high - 0.1
    assert narrow.high <= lengths[lengths >= 300].sum() / lengths.sum() + 0.05
    assert "under 5 min do not count" in repr(narrow)
    everywhere = gap_mixture.fit_gaps(lengths, day=days(4000), minimum_idle_s=(300,), idle_in_every_gap=True)
    assert narrow.high < everywhere.high < 1


def test_idle_is_the_longer_part():
    """Evenly spread gaps are fitted best with the parts swapped: such fits do not count, however good."""
    frame = gap_mixture.fit_gaps(np.linspace(10, 400, 4000), day=np.arange(4000) % 40).to_frame()
    swapped = frame[frame["note"].str.contains("shorter")]
    assert swapped["worse_fit"].min() < 0.02
    assert not swapped["kept"].any()
    counted = frame[frame["kept"] & frame["idle_family"].ne(NO_IDLE)]
    assert (counted["mean_idle_s"] >= counted["mean_work_s"]).all()


def test_every_combination_has_a_row_and_clearly_worse_ones_do_not_count():
    found = gap_mixture.fit_gaps(gaps(), day=days(4000), minimum_idle_s=(0, 300))
    frame = found.to_frame()
    assert len(frame) == len(combinations(WORK_FAMILIES, IDLE_FAMILIES, (0.0, 300.0)))
    assert not frame.duplicated(["work_family", "idle_family", "minimum_idle_s"]).any()
    assert frame["worse_fit"].min() == pytest.approx(0, abs=1e-6)
    assert (
        frame.loc[frame["worse_fit"] < 0.02, "note"]
        .str.contains("shorter")
        .eq(~frame.loc[frame["worse_fit"] < 0.02, "kept"])
        .all()
    )
    alone = frame[frame["work_family"].eq("exponential") & frame["idle_family"].eq(NO_IDLE)].iloc[0]
    assert alone["worse_fit"] > 0.02
    assert not alone["kept"]


def test_days_that_differ_widen_the_upper_limit():
    rng = np.random.default_rng(7)
    n = 4000
    mood = np.repeat(np.exp(rng.standard_normal(20)), n // 20)
    lengths = rng.lognormal(4, 0.5, n) + (rng.random(n) < 0.1) * rng.lognormal(7, 0.3, n) * mood
    by_day = gap_mixture.fit_gaps(lengths, day=np.repeat(np.arange(20), n // 20))
    shuffled = gap_mixture.fit_gaps(lengths, day=rng.permutation(np.repeat(np.arange(20), n // 20)))
    assert by_day.high - by_day.high_fit > 1.5 * (shuffled.high - shuffled.high_fit)


def test_types_share_one_law_of_idle_time():
    rng = np.random.default_rng(8)
    kind = rng.random(4000) < 0.4
    lengths = np.where(kind, 400.0, 30.0) * np.exp(0.3 * rng.standard_normal(4000))
    told = gap_mixture.fit_gaps(lengths, day=days(4000), item_type=np.where(kind, "b", "a"))
    untold = gap_mixture.fit_gaps(lengths, day=days(4000))
    single = lambda found: found.to_frame().query("work_family == 'lognormal' and idle_family == 'none'").iloc[0]  # noqa: E731
    assert single(told)["kept"]
    assert not single(untold)["kept"]


def test_small_types_are_pooled():
    kind = np.array(["a"] * 3990 + [f"t{number}" for number in range(10)])
    assert gap_mixture.fit_gaps(gaps(), day=days(4000), item_type=kind, draws=5).gaps == 4000


def test_few_gaps_and_few_days_say_so():
    few = gap_mixture.fit_gaps([60.0] * 20)
    assert (few.low, few.high) == (0, 1)
    assert "only 20 gaps" in repr(few)
    short = gap_mixture.fit_gaps(gaps(), day=days(4000, per_day=2000))
    assert (short.low, short.high) == (0, 1)
    assert "sampling error" in repr(short)


def test_an_estimate_has_no_value():
    estimate = gap_mixture.fit_gaps(gaps(), day=days(4000)).estimate()
    assert (estimate.value, estimate.status, estimate.grade) == (None, "insufficient", "C")
    assert estimate.n == 40
    assert repr(estimate).startswith("between 0 % and ")


def test_the_seed_decides():
    first, second = (gap_mixture.fit_gaps(gaps(), day=days(4000), seed=9) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"lengths_s": [-1.0] * 60}, "negative"),
        ({"lengths_s": [1.0] * 60, "day": [1]}, "day must have"),
        ({"lengths_s": [1.0] * 60, "families": ("normal",)}, "no family"),
        ({"lengths_s": [1.0] * 60, "longest_unlogged_s": 0}, "longest_unlogged_s"),
    ],
)
def test_mistakes_are_named(more, word):
    with pytest.raises(ValueError, match=word):
        gap_mixture.fit_gaps(**more)


def test_equal_gaps_do_not_break_it():
    found = gap_mixture.fit_gaps([300.0] * 200, day=np.arange(200) // 10)
    assert 0 <= found.low <= found.high <= 1


def test_person_days_add_to_the_expected_idle_time():
    lengths = gaps()
    frame = pd.DataFrame({"agent": np.tile(["a", "b"], 2000), "day": days(4000), "gap_us": lengths * 1e6})
    found = gap_mixture.fit_gaps(lengths, day=frame["day"])
    x = gap_mixture.idle_by_person_day(frame, found)
    assert len(x) == 80
    share = x["x_us"].sum() / frame["gap_us"].sum()
    nearest = found.to_frame().query("kept")["share"].sub((found.low + found.high) / 2).abs().min()
    assert abs(share - (found.low + found.high) / 2) <= nearest + 0.03


def one_run(lengths):
    grid, counts = on_grid(lengths)
    theta, rest, share = start_of(1, 60.0, 0.8)[None, None, :].copy(), start_of(0, 900.0, 1.0), np.array([0.2])
    work, idle, seen, path = np.zeros_like(counts), np.zeros(len(grid.nodes)), np.zeros_like(counts), np.empty(5)
    limits = np.array([LOWEST[1], HIGHEST[1], LOWEST[0], HIGHEST[0]])
    steps, idle_s = kernels.em(
        counts, grid.nodes, grid.log_width, len(grid.nodes), np.array([1, 0]), 0, grid.nodes, theta,
        np.ones((1, 1)), rest, share, limits, grid.below, grid.part, 1e-9, path, work, idle, seen,
    )  # fmt: skip
    return [steps, idle_s, *path, *theta.ravel(), *share]


def test_the_plain_path_says_the_same(monkeypatch):
    """Machines without a compiler run the same functions uncompiled."""
    compiled = one_run(gaps(n=300))
    for module in (families, kernels):
        for name in ("log_weights", "_scores", "_direction", "improve", "pairs", "expect", "_improve_work", "em"):
            if hasattr(module, name):
                function = getattr(module, name)
                monkeypatch.setattr(module, name, getattr(function, "py_func", function))
    assert one_run(gaps(n=300)) == pytest.approx(compiled, rel=1e-10)

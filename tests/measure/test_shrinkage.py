"""Group figures with the luck taken out: published answers, what shared days do, and widths that never vanish."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from analysis.measure.shrinkage import (
    best_of_noisy,
    differ,
    morris,
    shrink,
    shrink_counts,
    shrink_shares,
    split_errors,
)

HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
# Averages of the rest of the season, same order.
SEASON = np.array(
    [.346, .298, .276, .222, .273, .270, .263, .210, .269, .230, .264, .256, .303, .264, .226, .285, .316, .200]
)  # fmt: skip


class TestBaseball:
    """UT07: Efron & Morris, Data analysis using Stein's estimator, JASA 70 (1975), 311-319: 18 batters, first 45 at bats."""

    x = math.sqrt(45) * np.arcsin(2 * HITS / 45 - 1)
    theta = math.sqrt(45) * np.arcsin(2 * SEASON - 1)

    def test_sum_of_squares_and_shrinkage(self):
        squares = float(((self.x - self.x.mean()) ** 2).sum())
        assert squares == pytest.approx(18.96271981, abs=1e-5)
        pulled, _ = morris(self.x, np.ones(18))
        kept = (pulled[0] - pulled[-1]) / (self.x[0] - self.x[-1])
        assert kept == pytest.approx(0.208974232, abs=1e-5)
        assert kept == pytest.approx(1 - 15 / squares, abs=1e-6)

    def test_first_and_last_batter(self):
        pulled, _ = morris(self.x, np.ones(18))
        averages = (np.sin(pulled / math.sqrt(45)) + 1) / 2
        assert averages[[0, -1]] == pytest.approx([0.290127, 0.2387], abs=1e-4)

    def test_errors_against_the_rest_of_the_season(self):
        pulled, _ = morris(self.x, np.ones(18))
        assert float(((self.x - self.theta) ** 2).sum()) == pytest.approx(17.57068, abs=1e-3)
        assert float(((pulled - self.theta) ** 2).sum()) == pytest.approx(4.998899, abs=1e-3)

    def test_the_posterior_is_as_good_for_these_batters(self):
        """It pulls a little less than the closed form, because it allows for a spread that 18 batters do not show."""
        found = shrink(self.x, np.ones(18))
        assert 0.6 < found.pull.min() < found.pull.max() + 1e-9 < 1 - 0.208974232
        assert float(((found.value - self.theta) ** 2).sum()) < 7
        assert ((found.low < self.theta) & (self.theta < found.high)).sum() >= 17


def test_best_of_noisy_groups_reads_too_high():
    """UT10: mean .6, true and noise spread .05 each, top quarter (closed form)."""
    observed, true = best_of_noisy(0.6, 0.05, 0.05)
    assert observed == pytest.approx(0.6898807878, abs=1e-8)
    assert true == pytest.approx(0.6449403939, abs=1e-8)
    assert (observed - 0.6) / math.hypot(0.05, 0.05) == pytest.approx(1.2711062907, abs=1e-8)
    draw = np.random.default_rng(4)
    true_values = 0.6 + 0.05 * draw.normal(size=400_000)
    seen = true_values + 0.05 * draw.normal(size=400_000)
    best = seen >= np.quantile(seen, 0.75)
    assert (seen[best].mean(), true_values[best].mean()) == pytest.approx((observed, true), abs=5e-4)


class TestShrink:
    def test_equal_figures_never_give_zero_width(self):
        """The variance between groups is estimated as zero; the interval still holds what sampling leaves open."""
        found = shrink(np.full(8, 0.5), np.full(8, 0.05))
        assert found.value == pytest.approx(np.full(8, 0.5))
        assert (found.high - found.low).min() > 2 * 1.96 * 0.05 / math.sqrt(8)

    def test_posterior_by_brute_force(self):
        """Mean and limits of one group from 400,000 weighted draws of the same model."""
        y, se = np.array([0.2, 0.5, 0.4, 0.9, 0.55]), np.array([0.1, 0.2, 0.1, 0.15, 0.3])
        draw = np.random.default_rng(7)
        variance = draw.uniform(0, 3, 400_000)
        weight = 1 / (se[:, None] ** 2 + variance)
        mean = (weight * y[:, None]).sum(0) / weight.sum(0)
        log = 0.5 * (np.log(weight).sum(0) - np.log(weight.sum(0)) - (weight * (y[:, None] - mean) ** 2).sum(0))
        kept = draw.choice(400_000, size=400_000, p=np.exp(log - log.max()) / np.exp(log - log.max()).sum())
        common = mean[kept] + draw.normal(size=400_000) / np.sqrt(weight[:, kept].sum(0))
        pull = (se[3] ** 2 * weight[3])[kept]
        level = (1 - pull) * y[3] + pull * common + np.sqrt(se[3] ** 2 * (1 - pull)) * draw.normal(size=400_000)
        found = shrink(y, se)
        assert found.value[3] == pytest.approx(level.mean(), abs=0.003)
        assert (found.low[3], found.high[3]) == pytest.approx(tuple(np.quantile(level, [0.025, 0.975])), abs=0.01)

    def test_precise_groups_stay_and_vague_ones_move(self):
        found = shrink([0.3, 0.4, 0.5, 0.6, 0.7, 0.8], [0.001, 0.001, 0.001, 0.001, 0.001, 0.5])
        assert found.value[:5] == pytest.approx([0.3, 0.4, 0.5, 0.6, 0.7], abs=1e-3)
        assert found.pull[5] > 0.5
        assert found.value[5] < 0.7

    def test_few_groups_are_answered_in_words(self):
        found = shrink([0.1, 0.2, 0.3], [0.1] * 3)
        assert np.isnan(found.value).all()
        assert found.reason == "only 3 groups can be compared; pulling them together needs at least 4"
        with pytest.raises(ValueError, match="at least 4 groups"):
            morris(np.array([0.1, 0.2, 0.3]), np.full(3, 0.1))

    def test_a_common_error_widens_and_moves_nothing(self):
        y, se = np.array([0.2, 0.5, 0.4, 0.9, 0.55]), np.full(5, 0.1)
        alone, shared = shrink(y, se), shrink(y, se, common_error=0.2)
        assert shared.value == pytest.approx(alone.value)
        assert shared.p_value == alone.p_value
        both = np.hypot((alone.high - alone.low) / 3.92, 0.2)
        assert (shared.high - shared.low) / 3.92 == pytest.approx(both, rel=0.02)

    def test_errors_from_few_days_stretch(self):
        y, se = np.array([0.2, 0.5, 0.4, 0.9, 0.55]), np.full(5, 0.1)
        few, many = shrink(y, se, freedom=5), shrink(y, se)
        assert (few.high - few.low) / (many.high - many.low) == pytest.approx(
            np.full(5, stats.t.ppf(0.975, 5) / stats.norm.ppf(0.975))
        )

    @pytest.mark.parametrize("errors", [[0.1, 0.0, 0.1, 0.1], [0.1, math.nan, 0.1, 0.1], [0.1, 0.1, 0.1]])
    def test_what_is_no_error_is_refused(self, errors):
        with pytest.raises(ValueError):
            shrink([0.1, 0.2, 0.3, 0.4], errors)


def test_welch_by_hand():
    """Two groups: the statistic is the square of Welch's t, its degrees of freedom Satterthwaite's."""
    draw = np.random.default_rng(3)
    a, b = draw.normal(size=12), 0.8 + 2 * draw.normal(size=12)
    errors = np.array([a.std(ddof=1), b.std(ddof=1)]) / math.sqrt(12)
    assert differ(np.array([a.mean(), b.mean()]), errors, freedom=11) == pytest.approx(
        stats.ttest_ind(a, b, equal_var=False).pvalue, rel=1e-9
    )


class TestSharedDays:
    base = np.full((60, 8), 40.0)

    def parts(self, common, own, spread, seed=0):
        draw = np.random.default_rng(seed)
        true = 0.4 + spread * np.linspace(-1, 1, 8)
        noise = common * draw.normal(size=(60, 1)) + own * draw.normal(size=(60, 8))
        return self.base * np.clip(true + noise, 0, 1)

    def test_common_and_own_errors_are_told_apart(self):
        own, common = [], []
        for seed in range(200):
            found = split_errors(self.parts(0.06, 0.04, 0.0, seed), self.base)
            own.append((found.own**2).mean())
            common.append(found.common**2)
        scale = 1 / (0.4 * 0.6) ** 2 / 60
        assert np.mean(own) == pytest.approx(0.04**2 * scale, rel=0.12)
        assert np.mean(common) == pytest.approx(0.06**2 * scale, rel=0.12)

    def test_shared_shocks_do_not_pull_real_differences_together(self):
        """Taken for noise of each group, the shared shocks would swallow a spread that is there."""
        parts = self.parts(0.15, 0.02, 0.02, 1)
        found = split_errors(parts, self.base)
        told = shrink_shares(found)
        total = np.sqrt(found.own**2 + found.common**2)
        mistaken = shrink(special.logit(found.share), total)
        assert told.pull.max() < 0.1
        assert mistaken.pull.min() > 0.3
        assert told.p_value < 1e-6 < 0.05 < mistaken.p_value
        # the level of each group stays as open as the days leave it
        assert (told.high - told.low).min() > 0.05

    def test_a_group_absent_on_some_days(self):
        base = self.base.copy()
        base[::2, 3] = 0
        parts = np.minimum(self.parts(0.05, 0.05, 0.05), base)
        found = split_errors(parts, base)
        assert np.isfinite(found.own).all()
        whole = split_errors(self.parts(0.05, 0.05, 0.05), self.base)
        assert found.own[3] / whole.own[3] == pytest.approx(math.sqrt(2), rel=0.4)

    def test_groups_without_time_or_variation_stay_without_figures(self):
        parts = self.parts(0.05, 0.05, 0.05)
        parts[:, 2] = 0
        found = shrink_shares(split_errors(parts, self.base))
        assert np.isnan(found.value[2])
        assert np.isfinite(np.delete(found.value, 2)).all()

    def test_tables_that_do_not_fit_are_refused(self):
        with pytest.raises(ValueError, match="one shape"):
            split_errors(self.base, self.base[:, :3])
        with pytest.raises(ValueError, match="finite"):
            split_errors(np.full((60, 8), np.nan), self.base)


class TestCounts:
    def test_equal_rates_are_pulled_together_with_width(self):
        found = shrink_counts([5] * 6, [100] * 6)
        assert found.value == pytest.approx(np.full(6, found.value[0]))
        assert (found.high - found.low).min() > 0.03

    def test_no_count_at_all_still_has_an_upper_limit(self):
        found = shrink_counts([0] * 6, [50] * 6)
        assert (found.value > 0).all()
        assert (found.high > 0.005).all()
        assert found.p_value == 1.0

    def test_a_large_group_keeps_its_own_share(self):
        found = shrink_counts([2000, 3, 4, 2, 3, 5], [10_000, 100, 100, 100, 100, 100])
        assert found.value[0] == pytest.approx(0.2, abs=0.005)
        assert found.pull[0] < 0.05 < found.pull[1]

    def test_groups_without_trials_and_too_few_groups(self):
        found = shrink_counts([1, 2, 3, 4, 0], [50, 50, 50, 50, 0])
        assert np.isnan(found.value[4])
        assert shrink_counts([1, 2], [10, 10]).reason.startswith("only 2 groups")
        with pytest.raises(ValueError, match="between 0 and its trials"):
            shrink_counts([11, 1, 1, 1], [10, 10, 10, 10])

"""The true mean of those that look best: by brute force, by hand, and better than raw figures in planted worlds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special, stats

from analysis.measure.shrinkage import best_of_noisy, best_part, split_errors, split_means
from tests.calibration.squared_errors import ratio_of_best, ratio_of_figures, ratio_of_rates

FIGURES = np.array([0.50, 0.55, 0.58, 0.60, 0.62, 0.65, 0.70, 0.75])
ERRORS = np.array([0.03, 0.05, 0.04, 0.06, 0.05, 0.04, 0.05, 0.03])


class TestPosterior:
    def test_by_brute_force(self):
        """A on a fine grid of its square root, the mean integrated out: mean and limits of the best two."""
        root = np.linspace(1e-4, 1.5, 6000)
        between, d = root**2, ERRORS**2
        weight = 1 / (d + between[:, None])
        mean = (weight * FIGURES).sum(axis=1) / weight.sum(axis=1)
        log = 0.5 * (
            np.log(weight).sum(axis=1)
            - np.log(weight.sum(axis=1))
            - (weight * (FIGURES - mean[:, None]) ** 2).sum(axis=1)
        )
        chance = np.exp(log) * 2 * root / (np.exp(np.log(d).mean()) + between)
        chance /= chance.sum()
        pull = d * weight
        centre = ((1 - pull) * FIGURES + pull * mean[:, None])[:, -2:].mean(axis=1)
        # the best two share the uncertain mean
        variance = (d * (1 - pull))[:, -2:].sum(axis=1) / 4 + pull[:, -2:].mean(axis=1) ** 2 / weight.sum(axis=1)
        found = best_part(FIGURES, ERRORS)
        assert (found.count, found.units) == (2, 8)
        assert found.observed == pytest.approx(0.725)
        assert found.value == pytest.approx(chance @ centre, abs=2e-4)
        for limit, level in ((found.low, 0.025), (found.high, 0.975)):
            assert chance @ special.ndtr((limit - centre) / np.sqrt(variance)) == pytest.approx(level, abs=1e-3)

    def test_one_unit_by_quadrature(self):
        """The prior density 1 / (D + A) makes the pull B of equal errors flat in log B: its posterior mean by quadrature."""
        errors = np.full(8, 0.05)
        square = ((FIGURES - FIGURES.mean()) ** 2).sum() / 0.05**2

        def weigh(pull, power):
            return pull ** (power + 3.5 - 1) * np.exp(-pull * square / 2)

        pull = integrate.quad(weigh, 0, 1, args=(1,))[0] / integrate.quad(weigh, 0, 1, args=(0,))[0]
        found = best_part(FIGURES, errors, top=1 / 8)
        assert found.value == pytest.approx(0.75 - pull * (0.75 - FIGURES.mean()), abs=2e-4)

    def test_alike_units_have_width_and_no_spread(self):
        found = best_part([0.6] * 8, ERRORS)
        assert found.value == pytest.approx(0.6)
        assert found.high - found.low > 0.03
        assert found.p_value == pytest.approx(1)
        assert (found.between_sd, found.between_low) == (0, 0)

    @pytest.mark.parametrize(("spread", "alike"), [(1.1, True), (1.4, False)])
    def test_no_lead_is_claimed_that_no_test_sees(self, spread, alike):
        """Thirty normal scores, spread a little more than their errors: below 5 % the lower limit is the posterior's own."""
        scores = stats.norm.ppf((np.arange(30) + 0.5) / 30)
        found = best_part(0.6 + 0.05 * spread * scores, np.full(30, 0.05))
        assert (found.p_value > 0.05) == alike
        reach = 0.6 - stats.norm.ppf(0.975) * 0.05 / np.sqrt(30)
        assert (found.low <= reach + 1e-12) == alike

    def test_errors_that_are_shared_or_estimated_widen(self):
        plain = best_part(FIGURES, ERRORS)
        shared = best_part(FIGURES, ERRORS, common_error=0.1)
        assert (shared.value, shared.between_sd) == (plain.value, plain.between_sd)
        assert shared.high - shared.value == pytest.approx(np.hypot(plain.high - plain.value, 0.1959964), rel=1e-6)
        guessed = best_part(FIGURES, ERRORS, freedom=3)
        assert (guessed.high - guessed.value) / (plain.high - plain.value) == pytest.approx(
            stats.t.ppf(0.975, 6) / stats.norm.ppf(0.975)
        )

    def test_spread_by_hand(self):
        """Equal errors: A = variance of the figures - D; its limits from chi-square (no heavier tails than normal here)."""
        found = best_part(FIGURES, np.full(8, 0.03))
        square = ((FIGURES - FIGURES.mean()) ** 2).sum()
        assert found.between_sd == pytest.approx(np.sqrt(square / 7 - 0.03**2))
        limits = [np.sqrt(square / stats.chi2.ppf(level, 7) - 0.03**2) for level in (0.975, 0.025)]
        assert (found.between_low, found.between_high) == pytest.approx(limits)


class TestMix:
    def test_covariates_that_say_nothing_new_are_left_out(self):
        x = np.linspace(0, 1, 8)
        once = best_part(FIGURES, ERRORS, covariates=x)
        again = best_part(FIGURES, ERRORS, covariates=np.column_stack([np.ones(8), x, 3 - 2 * x, x]))
        assert again == once

    def test_a_mix_that_explains_all_leaves_no_best(self):
        x = np.arange(12.0)
        figures = 0.4 + 0.03 * x + 0.002 * np.cos(7 * x)
        raw, adjusted = best_part(figures, np.full(12, 0.01)), best_part(figures, np.full(12, 0.01), covariates=x)
        assert raw.value > 0.67
        assert adjusted.low <= figures.mean() <= adjusted.high
        assert adjusted.high < 0.6
        assert adjusted.between_sd == 0

    def test_refusals_in_words(self):
        assert best_part([0.5] * 3, [0.1] * 3).reason.startswith("only 3 groups can be compared")
        few = best_part(FIGURES, ERRORS, covariates=np.eye(8)[:, :6])
        assert repr(few) == "no best part: 8 units are too few to allow for 6 things at once"
        with pytest.raises(ValueError, match="two lists of one length"):
            best_part(FIGURES, ERRORS[1:])
        with pytest.raises(ValueError, match="errors above 0"):
            best_part(FIGURES, 0 * ERRORS)
        with pytest.raises(ValueError, match="top must lie"):
            best_part(FIGURES, ERRORS, top=1.0)
        with pytest.raises(ValueError, match="covariates must be finite"):
            best_part(FIGURES, ERRORS, covariates=np.full(8, np.nan))


def test_two_kinds_of_units_lie_in_the_interval():
    """A fifth is truly good: a normal law pulls them in, the interval reaches out to what the figures say without one."""
    draw = np.random.default_rng(3)
    inside, beyond_normal = [], 0
    for _ in range(60):
        true = np.where(draw.random(60) < 0.2, 0.70, 0.58)
        seen = true + 0.03 * draw.normal(size=60)
        found = best_part(seen, np.full(60, 0.03))
        best = true[np.argsort(seen)[-15:]].mean()
        inside.append(found.low <= best <= found.high)
        beyond_normal += best > found.value + (found.value - found.low)
    assert np.mean(inside) >= 0.9
    assert beyond_normal > 0


def test_half_of_a_lead_is_luck_ut10():
    """UT10: 4,000 units with true and sampling spread .05 about .60; the best quarter reads .690 and is .645 (closed form)."""
    draw = np.random.default_rng(9)
    found = best_part(0.6 + 0.05 * draw.normal(size=4000) + 0.05 * draw.normal(size=4000), np.full(4000, 0.05))
    assert (found.observed, found.value) == pytest.approx(best_of_noisy(0.6, 0.05, 0.05), abs=0.004)


class TestBetterThanRaw:
    """Mean squared error over that of the raw figures: a few worlds here, 500 in the slow run."""

    def test_some_worlds(self):
        assert ratio_of_figures(60, k=6, reliability=0.5) < 0.85
        assert ratio_of_rates(40, spread=0.4) < 0.85
        assert ratio_of_best(100, k=12, reliability=0.5) < 0.5

    @pytest.mark.slow
    @pytest.mark.parametrize(("reliability", "largest"), [(0.0, 0.6), (0.2, 0.65), (0.5, 0.8), (0.8, 0.97)])
    @pytest.mark.parametrize("k", [6, 12, 30])
    def test_figures_of_groups(self, k, reliability, largest):
        found = ratio_of_figures(500, k=k, reliability=reliability)
        print(f"{k} groups, reliability {reliability}: mean squared error {found:.2f} of the raw figures'")
        assert found < largest

    @pytest.mark.slow
    @pytest.mark.parametrize(("spread", "largest"), [(0.0, 0.3), (0.4, 0.75)])
    def test_rates_of_groups(self, spread, largest):
        found = ratio_of_rates(500, spread=spread)
        print(f"12 error rates, spread {spread} logits: {found:.2f}")
        assert found < largest

    @pytest.mark.slow
    @pytest.mark.parametrize("reliability", [0.0, 0.2, 0.5, 0.8])
    @pytest.mark.parametrize("k", [6, 12, 30, 60])
    def test_mean_of_those_that_look_best(self, k, reliability):
        found = ratio_of_best(500, k=k, reliability=reliability)
        print(f"best quarter of {k}, reliability {reliability}: {found:.2f}")
        assert found < 0.9


def test_means_have_the_errors_of_shares_on_their_own_scale():
    """The same table by both: the logit's error times p (1 - p) is the share's."""
    draw = np.random.default_rng(4)
    base = draw.uniform(50, 150, size=(40, 5))
    part = base * np.clip(0.4 + 0.05 * draw.normal(size=(40, 1)) + 0.1 * draw.normal(size=(40, 5)), 0, 1)
    strata = np.arange(40) % 5
    logits, plain = split_errors(part, base, strata=strata), split_means(part, base, strata=strata)
    assert plain.share == pytest.approx(logits.share)
    assert plain.own == pytest.approx(logits.own * logits.share * (1 - logits.share), rel=0.05)
    assert plain.common == pytest.approx(logits.common * 0.24, rel=0.1)
    moved = split_means(part - 0.7 * base, base, strata=strata)
    assert moved.share == pytest.approx(plain.share - 0.7)
    assert moved.own == pytest.approx(plain.own)
    with pytest.raises(ValueError, match="not negative"):
        split_means(part, -base)

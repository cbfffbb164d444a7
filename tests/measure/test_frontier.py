"""Frontiers, hulls, quantiles and expectiles against published figures, their own equations, and planted worlds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from statsmodels.datasets import engel

from analysis.measure import frontier
from analysis.measure.frontier.stochastic import _negative


def firms(seed=1, *, units=120, noise=0.15, slack=0.4, slope=0.7):
    """Return log output and log input of units on a line with noise and half-normal slack."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=units)
    u = abs(slack * draw.normal(size=units))
    return 1 + slope * x + noise * draw.normal(size=units) - u, x, u


class TestStochasticFrontier:
    @pytest.fixture(scope="class")
    @staticmethod
    def published(real_data: Path):
        table = pd.read_csv(real_data / "frontier" / "front41_firms.csv")
        return np.log(table["output"]), np.log(table[["capital", "labour"]])

    @pytest.mark.real_data
    def test_frontier_41_ut01(self, published):
        """UT01: FRONTIER 4.1, example EG1 (Coelli 1996), output EG1.OUT as kept in the R package frontier."""
        found = frontier.stochastic_frontier(*published, names=["capital", "labour"])
        assert found.beta == pytest.approx([0.5616, 0.2811, 0.5365], abs=5e-5)
        assert (found.sigma2, found.gamma) == pytest.approx((0.2170, 0.7972), abs=5e-5)
        assert found.loglik == pytest.approx(-17.027229, abs=5e-5)
        assert found.ols_loglik == pytest.approx(-18.446849, abs=5e-5)
        assert found.lr == pytest.approx(2.83924, abs=5e-5)
        assert found.efficiency[:4] == pytest.approx([0.650689, 0.828892, 0.726426, 0.747851], abs=5e-5)
        assert found.mean_efficiency == pytest.approx(0.740568, abs=5e-6)
        # FRONTIER's standard errors come from its search, not from second derivatives
        assert found.se == pytest.approx([0.20262, 0.04764, 0.04525], rel=0.005)
        # beyond 2.706 at 5 % (Kodde & Palm 1986, one restriction)
        assert found.p_value == pytest.approx(0.5 * stats.chi2.sf(2.83924, 1), abs=1e-5)

    @pytest.mark.real_data
    def test_deterministic_frontiers_overstate_slack_on_the_same_firms(self, published):
        y, x = published
        found = frontier.stochastic_frontier(y, x)
        assert found.mean_efficiency_jlms == pytest.approx(0.7325, abs=5e-5)
        assert frontier.corrected_least_squares(y, x).mean_efficiency == pytest.approx(0.454, abs=5e-4)
        hull = frontier.envelopment(np.exp(x), np.exp(y), returns="variable", orientation="output")
        assert (1 / hull.score).mean() == pytest.approx(0.659, abs=5e-4)

    def test_gradient_is_the_slope_of_the_likelihood(self):
        y, x, _ = firms()
        design = np.column_stack([np.ones(len(y)), x])
        for theta in ([1.0, 0.5, -0.7, 0.6], [1.3, 0.7, -1.0, 3.0], [0.5, 0.9, 0.2, -2.0]):
            point = np.array(theta)
            slope = optimize.approx_fprime(point, lambda at: _negative(at, y, design)[0], 1e-6)
            assert _negative(point, y, design)[1] == pytest.approx(slope, rel=1e-4, abs=1e-3)

    def test_planted_slack_is_found_on_average(self):
        found = [frontier.stochastic_frontier(*firms(seed, units=400)[:2]) for seed in range(12)]
        truth = np.mean([np.exp(-firms(seed, units=400)[2]).mean() for seed in range(12)])
        assert not any(one.reason for one in found)
        assert np.mean([one.mean_efficiency for one in found]) == pytest.approx(truth, abs=0.015)
        assert np.mean([one.beta[1] for one in found]) == pytest.approx(0.7, abs=0.01)
        assert all((one.efficiency_jlms < one.efficiency).all() for one in found)
        spread = np.std([one.beta[1] for one in found], ddof=1)
        assert np.mean([one.se[1] for one in found]) == pytest.approx(spread, rel=0.5)

    def test_without_slack_it_is_seldom_claimed(self):
        found = [frontier.stochastic_frontier(*firms(seed, slack=0.0)[:2]) for seed in range(60)]
        wrong_skew = [one for one in found if "no inefficiency identifiable" in one.reason]
        claimed = [one for one in found if not one.reason and one.p_value < 0.05]
        # without slack the skewness is wrong in half of the worlds
        assert 18 <= len(wrong_skew) <= 42
        assert len(claimed) <= 7

    def test_refusals_in_words(self):
        y, x, _ = firms()
        assert repr(frontier.stochastic_frontier(y[:49], x[:49])).startswith("no frontier: 49 units were given")
        mirrored = frontier.stochastic_frontier(-y, x)
        assert "no inefficiency identifiable" in mirrored.reason
        assert np.isfinite(mirrored.ols_loglik)
        assert np.isnan(mirrored.mean_efficiency)
        stopped = frontier.stochastic_frontier(y, x, maximum_steps=1)
        assert "has no maximum that 1 steps find" in stopped.reason
        assert "all units lie on one line" in frontier.stochastic_frontier(x, x).reason

    def test_nobody_is_named_in_what_is_shown(self):
        y, x, _ = firms()
        found = frontier.stochastic_frontier(y, x)
        assert repr(found).startswith("120 units: constant")
        for score in (found.efficiency.max(), found.efficiency.min()):
            assert f"{score:.3f}" not in repr(found)

    @pytest.mark.parametrize(
        ("y", "x", "words"),
        [
            ([1.0, 2.0], [1.0], "as many rows"),
            ([1.0, np.nan, 2.0], [1.0, 2.0, 3.0], "must be finite"),
            ([1.0, 2.0, 4.0], [2.0, 2.0, 2.0], "constant is added"),
        ],
    )
    def test_tables_that_do_not_fit(self, y, x, words):
        with pytest.raises(ValueError, match=words):
            frontier.stochastic_frontier(y, x)

    def test_names_must_fit(self):
        with pytest.raises(ValueError, match="2 names were given for 1 columns"):
            frontier.corrected_least_squares([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], names=["a", "b"])


STORES = ([2, 3, 3, 4, 5, 5, 6, 8], [1, 3, 2, 3, 4, 2, 3, 5])


class TestEnvelopment:
    @pytest.mark.parametrize(
        ("returns", "orientation", "scores"),
        [
            ("constant", "input", [0.5, 1, 2 / 3, 0.75, 0.8, 0.4, 0.5, 0.625]),
            ("variable", "input", [1, 1, 5 / 6, 0.75, 1, 0.5, 0.5, 1]),
            ("variable", "output", [1, 1, 1.5, 7 / 6, 1, 2, 13 / 9, 1]),
        ],
    )
    def test_eight_stores_ut03(self, returns, orientation, scores):
        """UT03: Cooper, Seiford & Tone, Data Envelopment Analysis, table 1.2 (constant returns); variable returns by hand."""
        found = frontier.envelopment(*STORES, returns=returns, orientation=orientation)
        assert found.score == pytest.approx(scores, abs=1e-6)

    def test_each_unit_alone_gives_the_same(self):
        """Two inputs, two outputs: the joint linear program against one program per unit."""
        draw = np.random.default_rng(3)
        x, y = draw.uniform(1, 5, (12, 2)), draw.uniform(1, 5, (12, 2))
        found = frontier.envelopment(x, y, returns="variable")
        for unit in range(12):
            inequality = np.vstack([np.column_stack([-x[unit], x.T]), np.column_stack([np.zeros(2), -y.T])])
            limits = np.concatenate([np.zeros(2), -y[unit]])
            equality = np.concatenate([[0.0], np.ones(12)])[None, :]
            one = optimize.linprog(np.eye(13)[0], inequality, limits, equality, [1.0])
            assert found.score[unit] == pytest.approx(one.fun, abs=1e-9)

    @pytest.mark.parametrize("orientation", ["input", "output"])
    def test_bootstrap_takes_the_bias_out(self, orientation):
        """Cobb-Douglas frontier, known distances: the hull lies inside, the corrected mean is near the truth."""
        draw = np.random.default_rng(1)
        x, distance = draw.uniform(1, 10, (30, 2)), np.exp(-abs(0.35 * draw.normal(size=30)))
        y = np.sqrt(x.prod(axis=1))
        given = (x / distance[:, None], y) if orientation == "input" else (x, y * distance)
        found = frontier.envelopment(*given, returns="variable", orientation=orientation, draws=100)
        true = float((distance if orientation == "input" else 1 / distance).mean())
        assert abs(found.mean_corrected - true) < 0.6 * abs(found.mean_score - true)
        assert ((found.low <= found.corrected) & (found.corrected <= found.high)).all()
        # the truth is never nearer than the hull says
        inside = found.high - found.score if orientation == "input" else found.score - found.low
        assert (inside < 0.02).all()
        assert repr(found).startswith("appendix: 30 units")
        assert repr(found).endswith("noise counts as slack")

    @pytest.mark.parametrize(
        ("x", "y", "more", "words"),
        [
            ([1, 2], [1, 2, 3], {}, "x holds 2 units and y 3"),
            ([1, -2], [1, 2], {}, "x must hold a finite number of 0 or more"),
            ([1, 2], [0, 2], {}, "nothing but zeros in y"),
            ([1, 2], [1, 2], {"draws": 10}, "at least 100 draws"),
            ([1, 2], [1, 2], {"draws": 100}, "fewer than two units lie inside the hull"),
            ([1, 2], [1, 2], {"returns": "rising"}, "returns is"),
        ],
    )
    def test_tables_that_do_not_fit(self, x, y, more, words):
        with pytest.raises(ValueError, match=words):
            frontier.envelopment(x, y, **more)


@pytest.fixture(scope="module")
def food():
    table = pd.DataFrame(engel.load_pandas().data)
    return table["foodexp"].to_numpy(), table["income"].to_numpy()


class TestConditionalQuantile:
    @pytest.mark.parametrize(
        ("tau", "coefficients"),
        [
            (0.1, [110.1415742, 0.4017657593]),
            (0.5, [81.48224742, 0.5601805512]),
            (0.75, [62.39658553, 0.6440141394]),
            (0.9, [67.35087208, 0.6862994804]),
        ],
    )
    def test_engel_ut05(self, food, tau, coefficients):
        """UT05: Engel's food expenditure, R quantreg 5.94 (Koenker & Bassett 1982)."""
        found = frontier.conditional_quantile(*food, tau=tau, draws=20)
        assert found.beta == pytest.approx(coefficients, rel=1e-6)

    def test_many_rows_are_answered_to_three_digits(self, food, monkeypatch):
        monkeypatch.setattr("analysis.measure.frontier.quantiles.MOST_ROWS_EXACT", 100)
        found = frontier.conditional_quantile(*food, tau=0.75, draws=2)
        assert found.beta == pytest.approx([62.39658553, 0.6440141394], rel=1e-3)

    def test_clusters_widen_the_interval(self):
        """Rows of a cluster share half of the variance: whole clusters must be drawn."""
        draw = np.random.default_rng(2)
        shared = np.repeat(draw.normal(size=30), 10)
        y, x = shared + draw.normal(size=300), draw.normal(size=300)
        rows = frontier.conditional_quantile(y, x, tau=0.75, draws=100)
        days = frontier.conditional_quantile(y, x, tau=0.75, clusters=np.repeat(np.arange(30), 10), draws=100)
        assert days.at_mean == rows.at_mean
        assert days.at_mean_high - days.at_mean_low > 1.4 * (rows.at_mean_high - rows.at_mean_low)
        assert repr(days).startswith("quantile 0.75 of 300 units at their average mix")

    @pytest.mark.slow
    def test_interval_holds_the_truth(self):
        """Rows share half of their variance with their cluster: the quantile at the average mix is held."""
        held = []
        for seed in range(200):
            draw = np.random.default_rng([7, seed])
            shared = np.repeat(draw.normal(size=25), 4)
            y = 0.5 * shared + np.sqrt(0.75) * draw.normal(size=100)
            found = frontier.conditional_quantile(
                y, draw.normal(size=100), tau=0.75, clusters=np.repeat(np.arange(25), 4), draws=100
            )
            held.append(found.at_mean_low <= stats.norm.ppf(0.75) <= found.at_mean_high)
        assert np.mean(held) > 0.90

    def test_refusals_in_words(self):
        draw = np.random.default_rng(1)
        y, x = draw.normal(size=(2, 39))
        few = frontier.conditional_quantile(y, x, tau=0.75)
        assert repr(few).startswith("no conditional quantile: 39 units leave fewer than 5 beyond quantile 0.75")
        y, x = draw.normal(size=(2, 60))
        alone = frontier.conditional_quantile(y, x, tau=0.5, clusters=np.repeat(range(3), 20))
        assert np.isfinite(alone.at_mean)
        assert alone.reason == "only 3 clusters; an interval needs at least 6"
        rare = frontier.conditional_quantile(y, np.arange(60) < 1, tau=0.5, draws=40)
        assert "rests on too few clusters" in repr(rare)
        with pytest.raises(ValueError, match="tau must lie between 0 and 1"):
            frontier.conditional_quantile(y, x, tau=1.0)
        with pytest.raises(ValueError, match="3 clusters were given for 60 rows"):
            frontier.conditional_quantile(y, x, tau=0.5, clusters=[1, 2, 3])


class TestExpectile:
    @pytest.mark.parametrize("tau", [0.1, 0.5, 0.75, 0.98])
    def test_defining_equation(self, food, tau):
        """Newey & Powell (1987): weighted residuals are orthogonal to every column."""
        y, x = food
        found = frontier.expectile(y, x, tau=tau)
        rest = y - found.beta[0] - found.beta[1] * x
        weight = np.where(rest > 0, tau, 1 - tau)
        assert (weight * rest).sum() == pytest.approx(0, abs=1e-6)
        assert (weight * rest * x).sum() == pytest.approx(0, abs=1e-3)
        if tau == 0.5:
            assert found.beta == pytest.approx(np.polyfit(x, y, 1)[::-1])

    def test_of_normal_figures(self):
        """The expectile e of N(0, 1) solves (1 - 2 tau) (phi(e) + e Phi(e)) + tau e = 0."""
        figures = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
        e = frontier.expectile(figures, np.empty((20_000, 0)), tau=0.75).at_mean
        assert (1 - 1.5) * (stats.norm.pdf(e) + e * stats.norm.cdf(e)) + 0.75 * e == pytest.approx(0, abs=1e-3)

    def test_no_answer_is_said(self, food):
        with pytest.raises(RuntimeError, match="did not settle"):
            frontier.expectile(*food, tau=0.99, maximum_steps=1)
        with pytest.raises(ValueError, match="tau must lie"):
            frontier.expectile(*food, tau=0.0)

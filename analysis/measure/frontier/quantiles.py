"""Conditional quantiles and expectiles: what units of a given mix reach at best, luck included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.measure.frontier.tables import Floats, least_squares, units_of

# Above so many rows the linear program is slow, and iterated least squares are taken.
MOST_ROWS_EXACT = 5_000
# Fewer rows beyond the quantile than this for each coefficient, and it is not estimated.
FEWEST_BEYOND = 5
_MOST_LOST = 0.05


@dataclass(frozen=True, slots=True)
class ConditionalQuantile:
    """A quantile of y as a line in x.

    Attributes
    ----------
    names, beta, low, high
        Columns, coefficients and their intervals (NaN without clusters).
    tau
        Which quantile.
    at_mean, at_mean_low, at_mean_high
        The quantile at the average of all columns, and its interval.
    units, clusters
        How many rows, of how many clusters.
    reason
        Why there is no line, or no interval; empty otherwise.
    """

    names: tuple[str, ...]
    beta: Floats
    low: Floats
    high: Floats
    tau: float
    at_mean: float
    at_mean_low: float
    at_mean_high: float
    units: int
    clusters: int
    reason: str = ""

    def __repr__(self) -> str:
        """Return the finding as a sentence."""
        if not len(self.beta):
            return f"no conditional quantile: {self.reason}"
        text = f"quantile {self.tau:g} of {self.units} units at their average mix: {self.at_mean:.3f}"
        if math.isnan(self.at_mean_low):
            return f"{text}; no interval: {self.reason}"
        return f"{text} ({self.at_mean_low:.3f} to {self.at_mean_high:.3f})"


def conditional_quantile(
    y: npt.ArrayLike,
    x: npt.ArrayLike,
    *,
    tau: float,
    names: Sequence[str] | None = None,
    clusters: Sequence[object] | None = None,
    draws: int = 500,
    seed: int = 1,
    confidence: float = 0.95,
) -> ConditionalQuantile:
    """Estimate a quantile of y given x, with intervals that resample clusters.

    Parameters
    ----------
    y, x
        One outcome per row; rows x columns, the constant is added.
    tau
        Which quantile, between 0 and 1.
    names
        Names of the columns of `x`.
    clusters
        What rows share (the day, the person); without it every row is its own cluster.
    draws, seed, confidence
        Of the bootstrap.

    Returns
    -------
    ConditionalQuantile
        Without a line, and with the reason, where fewer than 5 rows lie beyond the quantile for each coefficient; without an interval below 6
        clusters, or where resamples leave a column without variation.

    Raises
    ------
    ValueError
        Shapes do not fit, a number is not finite, a column follows from the others, or `tau` lies outside 0 to 1.

    Notes
    -----
    Exact up to 5,000 rows: the linear program min sum tau u + (1 - tau) v, y = x'b + u - v, u, v >= 0 (Koenker & Bassett 1978); above, the
    iterated least squares of statsmodels, right to about 1e-3. Interval: whole clusters are resampled, and the distance of the quantiles
    from the estimate is stretched by sqrt(k / (k - 1)) t / z for k clusters. The quantile of noisy figures lies above the quantile of what
    is true; nothing is shrunken here.

    References
    ----------
    Koenker & Bassett, Econometrica 46 (1978), 33-50. Hagemann, Journal of the American Statistical Association 112 (2017), 446-456.

    Examples
    --------
    >>> x = np.arange(60.0)
    >>> conditional_quantile(2 + 0.5 * x + np.tile([-1.0, 0.0, 1.0], 20), x, tau=0.5).beta.round(6).tolist()
    [2.0, 0.5]
    """
    if not 0 < tau < 1:
        raise ValueError(f"tau must lie between 0 and 1, got {tau}")
    outcome, design, found = units_of(y, x, names)
    units, columns = design.shape
    labels = np.arange(units) if clusters is None else np.unique(np.asarray(clusters, str), return_inverse=True)[1]
    if len(labels) != units:
        raise ValueError(f"{len(labels)} clusters were given for {units} rows")
    count = int(labels.max()) + 1 if units else 0
    if units * min(tau, 1 - tau) < FEWEST_BEYOND * columns:
        words = (
            f"{units} units leave fewer than {FEWEST_BEYOND} beyond quantile {tau:g} for each of {columns} coefficients"
        )
        return ConditionalQuantile(
            found, np.empty(0), np.empty(0), np.empty(0), tau, *(math.nan,) * 3, units, count, words
        )
    beta = _line(outcome, design, tau)
    spread = _spread(outcome, design, labels, tau, draws=draws, seed=seed)
    where = np.vstack([np.eye(columns), design.mean(axis=0)])
    point = where @ beta
    if isinstance(spread, str):
        nothing = np.full(columns, math.nan)
        return ConditionalQuantile(
            found, beta, nothing, nothing, tau, float(point[-1]), math.nan, math.nan, units, count, spread
        )
    tail = (1 - confidence) / 2
    wider = math.sqrt(count / (count - 1)) * float(stats.t.ppf(1 - tail, count - 1) / stats.norm.ppf(1 - tail))
    below, above = np.quantile(spread @ where.T - point, [tail, 1 - tail], axis=0)
    low, high = point + wider * np.minimum(below, 0.0), point + wider * np.maximum(above, 0.0)
    return ConditionalQuantile(
        found, beta, low[:-1], high[:-1], tau, float(point[-1]), float(low[-1]), float(high[-1]), units, count
    )


def _line(y: Floats, design: Floats, tau: float) -> Floats:
    """Return the coefficients of one quantile."""
    if len(y) <= MOST_ROWS_EXACT:
        return _exact(y, design, tau)
    from statsmodels.regression.quantile_regression import QuantReg

    return np.asarray(QuantReg(y, design).fit(q=tau, max_iter=5000).params)


def _exact(y: Floats, design: Floats, tau: float) -> Floats:
    """Return the coefficients of one quantile by linear programming, in the dual: one variable per row, one constraint per column."""
    scale = np.abs(design).max(axis=0)
    found = optimize.linprog(
        -y, A_eq=(design / scale).T, b_eq=(1 - tau) * (design / scale).sum(axis=0), bounds=(0, 1), method="highs"
    )
    if not found.success:
        raise RuntimeError(f"the linear program was not solved: {found.message}")
    return -np.asarray(found.eqlin.marginals) / scale


def _spread(
    y: Floats, design: Floats, labels: npt.NDArray[np.intp], tau: float, *, draws: int, seed: int
) -> Floats | str:
    """Return coefficients of resampled clusters (draws x columns), or why there are none."""
    count = int(labels.max()) + 1
    if count < MINIMUM_CLUSTERS:
        return f"only {count} clusters; an interval needs at least {MINIMUM_CLUSTERS}"
    draw = np.random.default_rng(seed)
    rows = np.split(np.argsort(labels, kind="stable"), np.cumsum(np.bincount(labels))[:-1])
    kept = []
    for _ in range(draws):
        chosen = np.concatenate([rows[at] for at in draw.integers(count, size=count)])
        if np.linalg.matrix_rank(design[chosen]) == design.shape[1]:
            kept.append(_line(y[chosen], design[chosen], tau))
    if len(kept) < (1 - _MOST_LOST) * draws:
        return "resampled clusters leave a column of x without variation: it rests on too few clusters"
    return np.array(kept)


@dataclass(frozen=True, slots=True)
class Expectile:
    """An expectile of y as a line in x.

    Attributes
    ----------
    names, beta
        Columns and coefficients.
    tau
        Which expectile; .5 is the mean.
    at_mean
        The expectile at the average of all columns.
    units
        How many rows.
    """

    names: tuple[str, ...]
    beta: Floats
    tau: float
    at_mean: float
    units: int

    def __repr__(self) -> str:
        """Return the finding as a sentence."""
        return f"expectile {self.tau:g} of {self.units} units at their average mix: {self.at_mean:.3f}"


def expectile(
    y: npt.ArrayLike, x: npt.ArrayLike, *, tau: float, names: Sequence[str] | None = None, maximum_steps: int = 200
) -> Expectile:
    """Estimate an expectile of y given x by least squares with unequal weights.

    Parameters
    ----------
    y, x, names
        As for :func:`conditional_quantile`.
    tau
        Which expectile, between 0 and 1.
    maximum_steps
        Steps before it gives up.

    Returns
    -------
    Expectile

    Raises
    ------
    ValueError
        As for :func:`conditional_quantile`.
    RuntimeError
        The weights do not settle.

    Notes
    -----
    Least asymmetrically weighted squares (Newey & Powell 1987): sum |tau - 1(y < x'b)| (y - x'b) x = 0, by iteration of weighted least
    squares until no row changes sides, which is then exact.

    References
    ----------
    Newey & Powell, Econometrica 55 (1987), 819-847.

    Examples
    --------
    >>> expectile([0.0, 1.0], np.empty((2, 0)), tau=0.8).at_mean
    0.8
    """
    if not 0 < tau < 1:
        raise ValueError(f"tau must lie between 0 and 1, got {tau}")
    outcome, design, found = units_of(y, x, names)
    beta = least_squares(outcome, design)[0]
    above = outcome > design @ beta
    for _ in range(maximum_steps):
        root = np.sqrt(np.where(above, tau, 1 - tau))
        beta = least_squares(outcome * root, design * root[:, None])[0]
        now = outcome > design @ beta
        if (now == above).all():
            return Expectile(found, beta, tau, float(design.mean(axis=0) @ beta), len(outcome))
        above = now
    raise RuntimeError(f"the weights did not settle in {maximum_steps} steps")

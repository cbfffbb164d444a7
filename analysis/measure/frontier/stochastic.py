"""Stochastic production frontier with half-normal inefficiency, and corrected least squares beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from analysis.measure.frontier.tables import Floats, least_squares, units_of

FEWEST_UNITS = 50
_GAMMA_GRID = np.arange(0.05, 1.0, 0.05)
_FLAT = 1e-4


@dataclass(frozen=True, slots=True)
class StochasticFrontier:
    """A frontier with noise about it.

    Attributes
    ----------
    names, beta, se
        Columns of the frontier, coefficients and their standard errors.
    sigma2, sigma2_se
        Variance of noise and inefficiency together, sigma_v^2 + sigma_u^2 (of u before it is cut at 0).
    gamma, gamma_se
        sigma_u^2 / sigma2, 0 to 1.
    loglik, ols_loglik
        Log likelihood, and that of least squares.
    lr, p_value
        2 (loglik - ols_loglik), and its p-value where half of the chance lies at 0 (no inefficiency is the edge of what gamma can be).
    mean_efficiency, mean_efficiency_jlms
        Means of the two efficiencies below.
    efficiency
        E[exp(-u) | e] by unit (Battese & Coelli 1988): for the consultant's eyes, never for print.
    efficiency_jlms
        exp(-E[u | e]) by unit (Jondrow, Lovell, Materov & Schmidt 1982); always below the other.
    units
        How many were compared.
    skewness
        Of the residuals of least squares; inefficiency makes it negative.
    reason
        Why there is no frontier; empty otherwise. Then all that rests on the likelihood is NaN or empty.
    """

    names: tuple[str, ...]
    beta: Floats
    se: Floats
    sigma2: float
    sigma2_se: float
    gamma: float
    gamma_se: float
    loglik: float
    ols_loglik: float
    lr: float
    p_value: float
    mean_efficiency: float
    mean_efficiency_jlms: float
    efficiency: Floats
    efficiency_jlms: Floats
    units: int
    skewness: float
    reason: str = ""

    def __repr__(self) -> str:
        """Return the finding as a sentence; no unit is named or ranked."""
        if self.reason:
            return f"no frontier: {self.reason}"
        shown = ", ".join(f"{name} {value:.3f}" for name, value in zip(self.names, self.beta, strict=True))
        seen = "inefficiency is seen" if self.p_value < 0.05 else "inefficiency is not told from noise"
        return f"{self.units} units: {shown}; {seen} (p = {self.p_value:.3f}), mean efficiency {self.mean_efficiency:.3f} (E[exp(-u)|e])"


def stochastic_frontier(
    y: npt.ArrayLike, x: npt.ArrayLike, *, names: Sequence[str] | None = None, maximum_steps: int = 500
) -> StochasticFrontier:
    """Fit a half-normal stochastic production frontier by maximum likelihood.

    Parameters
    ----------
    y
        Logarithm of output, one per unit.
    x
        Logarithms of inputs and whatever else shifts the frontier, units x columns; the constant is added.
    names
        Names of the columns of `x`.
    maximum_steps
        Steps of the optimiser before it gives up.

    Returns
    -------
    StochasticFrontier
        Without a frontier, and with the reason in words: fewer than 50 units; residuals of least squares that are not skewed to the left, so
        that no inefficiency is identifiable (Waldman 1982: least squares is then the maximum); no convergence.

    Raises
    ------
    ValueError
        Shapes do not fit, a number is not finite, or a column of `x` follows from the others.

    Notes
    -----
    y = x'b + v - u, v normal, u half-normal; e = y - x'b, s^2 = sigma2, l = sqrt(gamma / (1 - gamma)):
    log L = sum [log 2 - log s + log phi(e / s) + log Phi(-e l / s)] (Aigner, Lovell & Schmidt 1977). Start: least squares with the
    intercept raised by the mean of u, on a grid of gamma (Coelli 1996), then BFGS with the gradient in closed form in b, log s and log l;
    standard errors from the information at the maximum. With m = -gamma e and c^2 = gamma (1 - gamma) s^2, u given e is normal (m, c^2) cut at 0:
    E[exp(-u)|e] = exp(-m + c^2 / 2) Phi(m / c - c) / Phi(m / c), E[u|e] = m + c phi(m / c) / Phi(m / c).

    References
    ----------
    Aigner, Lovell & Schmidt, Journal of Econometrics 6 (1977), 21-37. Battese & Coelli, ibid. 38 (1988), 387-399. Jondrow et al., ibid. 19
    (1982), 233-238. Waldman, ibid. 18 (1982), 275-279. Coelli, A guide to FRONTIER version 4.1, 1996. Kodde & Palm, Econometrica 54 (1986),
    1243-1248.

    Examples
    --------
    >>> draw = np.random.default_rng(4)
    >>> x = draw.normal(size=200)
    >>> stochastic_frontier(1 + 0.7 * x + 0.1 * draw.normal(size=200) - abs(0.3 * draw.normal(size=200)), x)
    200 units: constant 0.998, x1 0.688; inefficiency is seen (p = 0.000), mean efficiency 0.803 (E[exp(-u)|e])
    >>> stochastic_frontier([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    no frontier: 3 units were given; a frontier needs at least 50 that are comparable
    """
    outcome, design, found = units_of(y, x, names)
    units = len(outcome)
    if units < FEWEST_UNITS:
        words = f"{units} units were given; a frontier needs at least {FEWEST_UNITS} that are comparable"
        return _none(found, units, math.nan, math.nan, words)
    beta, residual = least_squares(outcome, design)
    variance = float((residual**2).mean())
    if variance <= 1e-20 * max(1.0, float(outcome.var())):
        return _none(found, units, math.nan, math.nan, "all units lie on one line, so there is nothing to tell apart")
    ols_loglik = -0.5 * units * (math.log(2 * math.pi * variance) + 1)
    skewness = float(stats.skew(residual))
    if skewness >= 0:
        words = f"no inefficiency identifiable: the residuals of least squares are not skewed towards low output (skewness {skewness:.2f})"
        return _none(found, units, ols_loglik, skewness, words)
    fit = _maximum(outcome, design, beta, residual, maximum_steps)
    if fit is None:
        words = f"the likelihood has no maximum that {maximum_steps} steps find; fewer columns or more units are needed"
        return _none(found, units, ols_loglik, skewness, words)
    return _frontier(fit, outcome, design, names=found, ols_loglik=ols_loglik, skewness=skewness)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Parameters at the maximum (b, log s, log l), covariance, log likelihood."""

    theta: Floats
    covariance: Floats
    loglik: float


def _none(names: tuple[str, ...], units: int, ols_loglik: float, skewness: float, reason: str) -> StochasticFrontier:
    empty, nan = np.empty(0), math.nan
    return StochasticFrontier(
        names, empty, empty, *(nan,) * 5, ols_loglik, *(nan,) * 4, empty, empty, units, skewness, reason
    )  # fmt: skip


def _negative(theta: Floats, y: Floats, design: Floats) -> tuple[float, Floats]:
    """Return the negative log likelihood and its gradient in b, log s and log l."""
    s, ratio = math.exp(theta[-2]), math.exp(theta[-1])
    e = (y - design @ theta[:-2]) / s
    z = -e * ratio
    log_cdf = special.log_ndtr(z)
    mills = np.exp(-0.5 * z**2 - 0.5 * math.log(2 * math.pi) - log_cdf)
    value = -(len(y) * (math.log(2) - math.log(s) - 0.5 * math.log(2 * math.pi)) - 0.5 * (e**2).sum() + log_cdf.sum())
    slope = e + mills * ratio
    gradient = np.concatenate([
        -(design.T @ slope) / s,
        [len(y) - (e * slope).sum(), -(mills * z).sum()],
    ])  # fmt: skip
    return float(value), gradient


def _maximum(y: Floats, design: Floats, beta: Floats, residual: Floats, steps: int) -> _Fit | None:
    """Return the maximum from the best start on a grid of gamma; None where none is found."""
    variance = float((residual**2).mean())
    starts = []
    for gamma in _GAMMA_GRID:
        sigma2 = variance / (1 - 2 * gamma / math.pi)
        raised = beta.copy()
        raised[0] += math.sqrt(2 * gamma * sigma2 / math.pi)
        starts.append(np.concatenate([raised, [0.5 * math.log(sigma2), 0.5 * math.log(gamma / (1 - gamma))]]))
    start = min(starts, key=lambda theta: _negative(theta, y, design)[0])
    options = {"maxiter": steps, "gtol": 1e-8}
    found = optimize.minimize(_negative, start, args=(y, design), jac=True, method="BFGS", options=options)
    value, gradient = _negative(found.x, y, design)
    if not math.isfinite(value) or np.abs(gradient).max() > _FLAT * len(y):
        return None
    information = _information(found.x, y, design)
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information).min() <= 0:
        return None
    return _Fit(found.x, np.linalg.inv(information), -value)


def _information(theta: Floats, y: Floats, design: Floats) -> Floats:
    """Return minus the second derivatives of the log likelihood, by central differences of its gradient."""
    rows = []
    for at in range(len(theta)):
        step = np.zeros(len(theta))
        step[at] = 1e-5 * max(1.0, abs(theta[at]))
        rows.append((_negative(theta + step, y, design)[1] - _negative(theta - step, y, design)[1]) / (2 * step[at]))
    found = np.array(rows)
    return (found + found.T) / 2


def _frontier(
    fit: _Fit, y: Floats, design: Floats, *, names: tuple[str, ...], ols_loglik: float, skewness: float
) -> StochasticFrontier:
    """Return the frontier with its efficiencies."""
    beta, sigma2 = fit.theta[:-2], math.exp(2 * fit.theta[-2])
    gamma = 1 / (1 + math.exp(-2 * fit.theta[-1]))
    se = np.sqrt(np.diag(fit.covariance))
    efficiency, jlms = _efficiencies(y - design @ beta, sigma2, gamma)
    lr = max(0.0, 2 * (fit.loglik - ols_loglik))
    return StochasticFrontier(
        names=names,
        beta=beta,
        se=se[:-2],
        sigma2=sigma2,
        sigma2_se=2 * sigma2 * float(se[-2]),
        gamma=gamma,
        gamma_se=2 * gamma * (1 - gamma) * float(se[-1]),
        loglik=fit.loglik,
        ols_loglik=ols_loglik,
        lr=lr,
        p_value=float(0.5 * stats.chi2.sf(lr, 1)) if lr > 0 else 1.0,
        mean_efficiency=float(efficiency.mean()),
        mean_efficiency_jlms=float(jlms.mean()),
        efficiency=efficiency,
        efficiency_jlms=jlms,
        units=len(y),
        skewness=skewness,
    )


def _efficiencies(e: Floats, sigma2: float, gamma: float) -> tuple[Floats, Floats]:
    """Return E[exp(-u) | e] and exp(-E[u | e])."""
    m, c = -gamma * e, math.sqrt(gamma * (1 - gamma) * sigma2)
    log_cdf = special.log_ndtr(m / c)
    coelli = np.exp(-m + c**2 / 2 + special.log_ndtr(m / c - c) - log_cdf)
    mills = np.exp(-0.5 * (m / c) ** 2 - 0.5 * math.log(2 * math.pi) - log_cdf)
    return coelli, np.exp(-(m + c * mills))


@dataclass(frozen=True, slots=True)
class CorrectedLeastSquares:
    """A frontier without noise: least squares raised until no unit lies above it.

    Attributes
    ----------
    names, beta
        Columns and coefficients, the constant raised.
    efficiency
        exp(residual - largest residual) by unit.
    mean_efficiency
        Its mean: all noise counts as inefficiency, so it is far too low; for comparison alone.
    """

    names: tuple[str, ...]
    beta: Floats
    efficiency: Floats
    mean_efficiency: float

    def __repr__(self) -> str:
        """Return what it says and what it is worth; no unit is named or ranked."""
        return f"{len(self.efficiency)} units, mean efficiency {self.mean_efficiency:.3f} if there were no noise at all: for comparison alone"


def corrected_least_squares(
    y: npt.ArrayLike, x: npt.ArrayLike, *, names: Sequence[str] | None = None
) -> CorrectedLeastSquares:
    """Raise least squares to the unit that lies highest (Greene 1980): what a frontier says that takes all noise for slack.

    Parameters
    ----------
    y, x, names
        As for :func:`stochastic_frontier`.

    Returns
    -------
    CorrectedLeastSquares

    Raises
    ------
    ValueError
        As for :func:`stochastic_frontier`.

    References
    ----------
    Greene, Journal of Econometrics 13 (1980), 27-56.

    Examples
    --------
    >>> corrected_least_squares([0.0, 1.0, 1.5, 3.0], [0.0, 1.0, 2.0, 3.0])
    4 units, mean efficiency 0.836 if there were no noise at all: for comparison alone
    """
    outcome, design, found = units_of(y, x, names)
    beta, residual = least_squares(outcome, design)
    raised = beta.copy()
    raised[0] += residual.max()
    efficiency = np.exp(residual - residual.max())
    return CorrectedLeastSquares(found, raised, efficiency, float(efficiency.mean()))

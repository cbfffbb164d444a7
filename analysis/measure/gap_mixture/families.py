"""Families of lengths on a grid, and how one is fitted to weights: the maximisation step of the mixture."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.foundation.compiled import kernel

FAMILIES: tuple[str, ...] = ("exponential", "gamma", "lognormal", "weibull", "lomax")
# What a standard family may become before it stands for something else: a spike between two nodes, or a tail without a mean.
LOWEST = np.array([[-7.0, 0.0], [-1.6, -7.0], [-3.0, -1.6], [-1.2, -3.0], [0.1, -1.0]])
HIGHEST = np.array([[14.0, 0.0], [3.0, 14.0], [14.0, 0.9], [2.3, 14.0], [3.0, 15.0]])
_HALVINGS = 8


@kernel
def log_weights(family: int, y: Any, log_width: Any, theta: Any, out: Any) -> None:
    """Fill `out` with the log probability of each node: log density plus log width, normalised over the grid."""
    first, second = theta[0], theta[1]
    top = -1e300
    for k in range(len(y)):
        log_y = math.log(y[k])
        if family == 0:
            value = -y[k] * math.exp(-first)
        elif family == 1:
            value = (math.exp(first) - 1) * log_y - y[k] * math.exp(-second)
        elif family == 2:
            z = (log_y - first) * math.exp(-second)
            value = -0.5 * z * z - log_y
        elif family == 3:
            shape = math.exp(first)
            value = (shape - 1) * log_y - math.exp(min(700.0, shape * (log_y - second)))
        else:
            value = -(math.exp(first) + 1) * math.log1p(y[k] * math.exp(-second))
        out[k] = value + log_width[k]
        top = max(top, out[k])
    total = 0.0
    for k in range(len(y)):
        total += math.exp(out[k] - top)
    shift = top + math.log(total)
    for k in range(len(y)):
        out[k] = max(out[k] - shift, -700.0)


@kernel
def _scores(family: int, value: float, theta: Any) -> tuple[float, float]:
    """Return the derivatives of the log density by both parameters, up to constants."""
    log_y = math.log(value)
    if family == 0:
        return value * math.exp(-theta[0]), 0.0
    if family == 1:
        return math.exp(theta[0]) * log_y, value * math.exp(-theta[1])
    if family == 2:
        z = (log_y - theta[0]) * math.exp(-theta[1])
        return z * math.exp(-theta[1]), z * z
    if family == 3:
        log_z = min(700.0, math.exp(theta[0]) * (log_y - theta[1]))
        z = math.exp(log_z)
        return math.exp(theta[0]) * log_y - z * log_z, math.exp(theta[0]) * z
    ratio = value * math.exp(-theta[1])
    return -math.exp(theta[0]) * math.log1p(ratio), (math.exp(theta[0]) + 1) * ratio / (1 + ratio)


@kernel
def _direction(family: int, y: Any, log_p: Any, weights: Any, theta: Any) -> tuple[float, float]:
    """Return the step of Fisher scoring: inverse covariance of the scores times their mean under the weights."""
    total = weights.sum()
    seen0 = seen1 = mean0 = mean1 = s00 = s01 = s11 = 0.0
    for k in range(len(y)):
        if weights[k] <= 0 and log_p[k] < -60:
            continue
        p = math.exp(log_p[k])
        u, v = _scores(family, y[k], theta)
        seen0 += weights[k] * u / total
        seen1 += weights[k] * v / total
        mean0 += p * u
        mean1 += p * v
        s00 += p * u * u
        s01 += p * u * v
        s11 += p * v * v
    s00 = (s00 - mean0 * mean0) * (1 + 1e-8) + 1e-10
    s11 = (s11 - mean1 * mean1) * (1 + 1e-8) + 1e-10
    s01 -= mean0 * mean1
    g0, g1 = seen0 - mean0, seen1 - mean1
    if family == 0:
        return g0 / s00, 0.0
    determinant = s00 * s11 - s01 * s01
    if determinant <= 1e-9 * s00 * s11:
        return g0 / s00, 0.0
    return (s11 * g0 - s01 * g1) / determinant, (s00 * g1 - s01 * g0) / determinant


@kernel
def improve(
    family: int, y: Any, log_width: Any, weights: Any, theta: Any, log_p: Any, trial: Any, low: Any, high: Any
) -> bool:
    """Take one step that does not lower the weighted log likelihood; `theta` and `log_p` are changed in place.

    Notes
    -----
    Fisher scoring on the discretised family, the step halved until the likelihood does not fall; parameters stay between `low` and `high`.
    """
    if weights.sum() <= 1e-9:
        return False
    before = 0.0
    for k in range(len(y)):
        before += weights[k] * log_p[k]
    step0, step1 = _direction(family, y, log_p, weights, theta)
    longest = max(abs(step0), abs(step1))
    if longest > 1.5:
        step0, step1 = step0 * 1.5 / longest, step1 * 1.5 / longest
    moved = np.empty(2)
    for _ in range(_HALVINGS):
        moved[0] = min(high[0], max(low[0], theta[0] + step0))
        moved[1] = min(high[1], max(low[1], theta[1] + step1))
        log_weights(family, y, log_width, moved, trial)
        after = 0.0
        for k in range(len(y)):
            after += weights[k] * trial[k]
        if after >= before:
            theta[:] = moved
            log_p[:] = trial
            return True
        step0, step1 = step0 / 2, step1 / 2
    return False


def start_of(family: int, mean: float, spread: float) -> np.ndarray:
    """Return parameters whose mean is about `mean` and whose logarithms scatter by about `spread`."""
    log_mean, spread = math.log(max(mean, 1e-3)), min(max(spread, 0.3), 2.0)
    theta = (
        (log_mean, 0.0),
        (-2 * math.log(spread) - 0.2, log_mean + 2 * math.log(spread) + 0.2),
        (log_mean - spread**2 / 2, math.log(spread)),
        (math.log(1.28 / spread), log_mean),
        (math.log(2.5), log_mean + math.log(1.5)),
    )[family]
    return np.clip(np.array(theta, dtype=float), LOWEST[family], HIGHEST[family])

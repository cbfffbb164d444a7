"""How much of the pace of work lies between workers: variance components, never a figure of a person."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem

Array = np.ndarray
# A component's standard deviation below this share of the whole is zero.
_LEAST = 1e-4
_NAMES = ("between workers", "worker by type", "within workers")


@dataclass(frozen=True, slots=True, repr=False)
class WorkerEffects:
    """Components of the variation of item times.

    Attributes
    ----------
    workers, items
        How many stand behind the figures.
    between_sd
        Standard deviation of workers' means, types taken off; with logarithms 0.15 is about 15 % of pace.
    by_type_sd
        Standard deviation of how a worker's types differ beyond that; without a value where the data cannot show it.
    within_sd
        Standard deviation of single items of one worker and type.
    share
        Share of the variation of single items, types taken off, that lies between workers.
    logarithm
        Whether the logarithm of the values was taken.
    """

    workers: int
    items: int
    between_sd: Estimate
    by_type_sd: Estimate
    within_sd: Estimate
    share: Estimate
    logarithm: bool

    def to_frame(self) -> pd.DataFrame:
        """Return one row per component: component, value, low, high, status, reason."""
        parts = (*zip(_NAMES, (self.between_sd, self.by_type_sd, self.within_sd), strict=True), ("share", self.share))
        return pd.DataFrame(
            [(name, one.value, one.low, one.high, one.status, "; ".join(one.reasons)) for name, one in parts],
            columns=["component", "value", "low", "high", "status", "reason"],
        )

    def __repr__(self) -> str:
        """Return the sentence."""
        if self.share.value is None:
            return f"Pace between workers: {self.share}."
        if self.logarithm and self.between_sd.value is not None:
            low, high = (
                math.expm1(end) if end is not None else 0.0 for end in (self.between_sd.low, self.between_sd.high)
            )
            pace = f"; a worker's pace is typically {100 * math.expm1(self.between_sd.value):.0f} % ({100 * low:.0f} to {100 * high:.0f}) off the middle"
        else:
            pace = ""
        return f"{self.share} of the variation of item times lies between {self.workers} workers{pace}."


@dataclass(frozen=True, slots=True)
class _Cells:
    """Items by worker and type: counts and means (workers x types), and the squares within."""

    count: Array
    mean: Array
    within: float
    crossed: bool
    repeated: bool


def worker_effects(
    times: pd.DataFrame,
    *,
    worker: str = "agent",
    type: str = "type",
    value: str = "seconds",
    logarithm: bool = True,
    minimum_workers: int = 10,
    confidence: float = 0.95,
) -> WorkerEffects:
    """Split the variation of item times into between workers, worker by type, and within, by restricted likelihood.

    Parameters
    ----------
    times
        One row per item.
    worker, type, value
        Names of its columns; values above 0 where logarithms are taken.
    logarithm
        Take logarithms: pace multiplies, and item times are skewed.
    minimum_workers
        Fewer workers have no figure; at least 6.
    confidence
        Level of the intervals.

    Returns
    -------
    WorkerEffects
        Components alone. A component that the data cannot show has no value; one at its limit of zero has the interval from zero.

    Raises
    ------
    DataProblem
        A column is missing, or a value is not above 0 although logarithms are taken.

    Notes
    -----
    y = mean of the type + u_worker + v_worker,type + e, all normal. The restricted likelihood depends on items only through the counts, means
    and squares of the cells, so its cost does not grow with the log. Intervals are normal on the scale of logarithms of standard deviations,
    and of the share's logit (Pinheiro & Bates, section 2.4.3); where twice the log likelihood at zero is within the quantile of chi-squared
    with 1 degree of freedom of its largest, the interval starts at zero and ends where the profile likelihood does.

    References
    ----------
    Pinheiro & Bates, Mixed-Effects Models in S and S-PLUS, 2000, chapters 1 and 2.

    Examples
    --------
    >>> times = pd.DataFrame({"agent": list("abcd"), "type": "claim", "seconds": [60.0, 90, 70, 65]})
    >>> worker_effects(times)
    Pace between workers: no figure (insufficient): 4 workers are fewer than the 10 that a figure needs.
    """
    absent = [name for name in (worker, type, value) if name not in times]
    if absent:
        raise DataProblem(
            f"times: there is no column {absent[0]}. Its columns are {', '.join(map(str, times.columns))}."
        )
    rows = times[[worker, type, value]].dropna()
    y = rows[value].to_numpy(dtype="float64")
    if logarithm:
        if (y <= 0).any():
            raise DataProblem(
                f"times: {int((y <= 0).sum())} values are not above 0. Leave items without length out, or take logarithm=False."
            )
        y = np.log(y)
    cells = _cells_of(rows[worker], rows[type], y)
    workers = len(cells.count)
    described: dict[str, Any] = {
        "confidence": confidence,
        "n": workers,
        "n_unit": "workers",
        "basis": "modelled",
        "method": "mixed model by restricted likelihood",
        "unit": "log" if logarithm else "value",
    }
    least = max(minimum_workers, MINIMUM_CLUSTERS)
    words = _refusal(cells, least)
    if words:
        nothing = Estimate.missing(
            words,
            status="suppressed" if workers < least and workers >= MINIMUM_CLUSTERS else "insufficient",
            **described,
        )
        return WorkerEffects(workers, len(rows), nothing, nothing, nothing, nothing, logarithm)
    return WorkerEffects(workers, len(rows), *_components(cells, described, confidence), logarithm)


def _refusal(cells: _Cells, least: int) -> str:
    """Return why no component can be told, or nothing."""
    workers = len(cells.count)
    if workers < least:
        return f"{workers} workers are fewer than the {least} that a figure needs"
    if not cells.repeated and not cells.crossed:
        return "no worker has two items, so what lies within workers cannot be told"
    if cells.within <= 0 and float(np.nanstd(cells.mean)) == 0:
        return "all items took the same time"
    return ""


def _cells_of(worker: pd.Series, of: pd.Series, y: Array) -> _Cells:
    """Reduce items to their cells."""
    who, workers = pd.factorize(worker)
    what, types = pd.factorize(of)
    shape = (len(workers), len(types))
    at = who * max(len(types), 1) + what
    size = shape[0] * shape[1]
    count = np.bincount(at, minlength=size).reshape(shape).astype("float64")
    mean = (np.bincount(at, y, size) / np.maximum(count.ravel(), 1)).reshape(shape)
    within = float(((y - mean.ravel()[at]) ** 2).sum()) if len(y) else 0.0
    done = count > 0
    crossed = int((done.sum(axis=1) > 1).sum()) > 1
    return _Cells(count, mean, within, crossed, bool((count > 1).any()))


def _deviance(variances: Array, cells: _Cells) -> float:
    """Return minus twice the restricted log likelihood, without what does not depend on the components.

    Parameters
    ----------
    variances
        Between workers, worker by type, within.
    """
    between, by_type, within = variances
    done = cells.count > 0
    own = by_type + within / np.where(done, cells.count, 1.0)
    p = np.where(done, 1 / own, 0.0)
    total = p.sum(axis=1)
    k = between / (1 + between * total)
    gram = np.diag(p.sum(axis=0)) - np.einsum("w,wi,wj->ij", k, p, p)
    side = (p * cells.mean).sum(axis=0) - np.einsum("w,w,wi->i", k, (p * cells.mean).sum(axis=1), p)
    means = np.linalg.solve(gram, side)
    rest = np.where(done, cells.mean - means, 0.0)
    square = float((p * rest**2).sum() - (k * (p * rest).sum(axis=1) ** 2).sum())
    logs = float(np.log(own[done]).sum() + np.log1p(between * total).sum()) + float(np.linalg.slogdet(gram)[1])
    inside = float(cells.count.sum() - done.sum())
    return logs + square + inside * math.log(within) + cells.within / within


def _components(cells: _Cells, described: dict[str, Any], confidence: float) -> tuple[Estimate, ...]:
    """Return the three standard deviations and the share between workers."""
    model = _Model(cells, _spread(cells), cells.crossed and cells.repeated)
    best, lowest, settled = model.lowest()
    covariance = model.covariance(best) if settled else None
    if covariance is None:
        words = "the search for the most likely components did not settle; give more items per worker"
        nothing = Estimate.missing(words, status="not_converged", **described)
        return nothing, nothing, nothing, nothing
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    limit = lowest + float(stats.chi2.ppf(confidence, 1))
    found: list[Estimate] = []
    share = model.share(best, min(z * math.sqrt(model.share_variance(best, covariance)), 30.0))
    for at in range(model.free):
        if at < model.free - 1 and model.held(at, math.log(_LEAST), best)[0] <= limit:
            # zero is as likely as not: the interval starts there, and ends where the likelihood does
            end = model.above(at, best, limit)
            low, high = 0.0, math.exp(end)
            if at == 0:
                share = (share[0], 0.0, model.share(np.insert(model.held(0, end, best)[1], 0, end), 0.0)[0])
        else:
            step = z * math.sqrt(float(covariance[at, at]))
            low, high = math.exp(best[at] - step), math.exp(best[at] + step)
        found.append(
            _component(*(model.spread * part for part in (math.exp(best[at]), low, high)), model.spread, described)
        )
    if not model.interaction:
        words = (
            "no worker has two items of a type, so it is part of what lies within"
            if cells.crossed
            else "workers do one type each, so it is part of what lies between them"
        )
        found.insert(1, Estimate.missing(words, **described))
    zero = found[0].value == 0
    value = 0.0 if zero else share[0]
    ends = {"low": min(share[1], value), "high": max(share[2], value)}
    return (*found, Estimate(value, **ends, reasons=found[0].reasons, **{**described, "unit": "share"}))


def _spread(cells: _Cells) -> float:
    """Return the standard deviation of all items around the mean of their type."""
    total = cells.count.sum(axis=0)
    centre = (cells.count * cells.mean).sum(axis=0) / np.maximum(total, 1)
    square = cells.within + float((cells.count * (cells.mean - centre) ** 2).sum())
    return math.sqrt(square / float(total.sum()))


@dataclass(frozen=True, slots=True)
class _Model:
    """The likelihood as a function of logarithms of standard deviations over the spread."""

    cells: _Cells
    spread: float
    interaction: bool

    @property
    def free(self) -> int:
        """How many components there are."""
        return 3 if self.interaction else 2

    def variances(self, logs: Array) -> Array:
        """Return all three variances."""
        parts = np.exp(2 * np.asarray(logs)) * self.spread**2
        return parts if self.interaction else np.array([parts[0], 0.0, parts[1]])

    def criterion(self, logs: Array) -> float:
        """Return minus twice the restricted log likelihood."""
        return _deviance(self.variances(logs), self.cells)

    def lowest(self) -> tuple[Array, float, bool]:
        """Return the most likely components, their criterion, and whether the search settled."""
        starts = [np.full(self.free, math.log(start)) for start in (0.6, 0.2)]
        runs = [_minimised(self.criterion, start) for start in starts]
        best = min(runs, key=lambda run: float(run.fun))
        return best.x, float(best.fun), bool(np.isfinite(best.fun)) and bool(best.success)

    def covariance(self, best: Array) -> Array | None:
        """Return the covariance of the logarithms from the curvature; None where there is no lowest point."""
        inner = best > math.log(_LEAST) + 1e-6
        found = np.zeros((self.free, self.free))
        if inner.any():
            curvature = _curvature(lambda part: self.criterion(_filled(best, inner, part)), best[inner])
            if not np.isfinite(curvature).all() or float(np.linalg.eigvalsh(curvature)[0]) <= 0:
                return None
            found[np.ix_(inner, inner)] = np.linalg.inv(curvature / 2)
        return found

    def held(self, at: int, value: float, best: Array) -> tuple[float, Array]:
        """Return the lowest criterion with one logarithm held, and the others there."""
        run = _minimised(lambda others: self.criterion(np.insert(others, at, value)), np.delete(best, at))
        return float(run.fun), run.x

    def above(self, at: int, best: Array, limit: float) -> float:
        """Return where the profile crosses the limit above its lowest point."""
        start = max(float(best[at]), math.log(_LEAST))
        return float(optimize.brentq(lambda x: self.held(at, x, best)[0] - limit, start, 6.0, xtol=1e-3))

    def share(self, logs: Array, step: float) -> tuple[float, float, float]:
        """Return the share between workers, and the ends of a step either way on the logit scale."""
        parts = self.variances(logs)
        logit = math.log(float(parts[0]) / float(parts[1:].sum()))
        value, low, high = (1 / (1 + math.exp(-part)) for part in (logit, logit - step, logit + step))
        return value, low, high

    def share_variance(self, best: Array, covariance: Array) -> float:
        """Return the variance of the logit of the share between workers."""
        parts = self.variances(best)
        rest = parts[1:] if self.interaction else parts[2:]
        slope = np.concatenate([[2.0], -2 * rest / rest.sum()])
        return float(slope @ covariance @ slope)


def _minimised(criterion: Callable[[Array], float], start: Array) -> optimize.OptimizeResult:
    """Return the run of a search within the components' limits."""
    bounds = [(math.log(_LEAST), 6.0)] * len(start)
    # two or three smooth dimensions: a simplex needs no gradients, and no matrix library that would spread over all cores
    options = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 2000}
    return optimize.minimize(criterion, start, method="Nelder-Mead", bounds=bounds, options=options)


def _filled(best: Array, inner: Array, part: Array) -> Array:
    """Return the best point with some of its parts replaced."""
    full = best.copy()
    full[inner] = part
    return full


def _curvature(criterion: Callable[[Array], float], at: Array, step: float = 1e-3) -> Array:
    """Return second derivatives by central differences."""
    size = len(at)
    moves = np.eye(size) * step
    found = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            ends = [criterion(at + a * moves[i] + b * moves[j]) for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            found[i, j] = found[j, i] = (ends[0] - ends[1] - ends[2] + ends[3]) / (4 * step**2)
    return found


def _component(value: float, low: float, high: float, spread: float, described: dict[str, Any]) -> Estimate:
    """Return a standard deviation, zero where it is at its limit."""
    zero = value <= 2 * _LEAST * spread
    reasons = ("at its limit of zero: only the upper end says something",) if zero else ()
    value = 0.0 if zero else value
    return Estimate(value, min(low, value), max(high, value), reasons=reasons, **described)

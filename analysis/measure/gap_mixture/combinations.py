"""One combination of a work family, an idle family and a minimum idle length, fitted from several starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.measure.gap_mixture.em import em, idle_given
from analysis.measure.gap_mixture.families import FAMILIES, HIGHEST, LOWEST, start_of
from analysis.measure.gap_mixture.grid import Grid

TWO_LOGNORMALS = "two lognormals"
NO_IDLE = "none"
WORK_FAMILIES: tuple[str, ...] = ("exponential", "gamma", "lognormal", "weibull", TWO_LOGNORMALS)
IDLE_FAMILIES: tuple[str, ...] = ("exponential", "lognormal", "lomax")
# Shares of gaps that a start takes for work alone; the last one has idle time in nearly every gap.
STARTS = (0.5, 0.85, 0.02)
ONE_START = (0.7,)
MOST_STEPS = 120
TOLERANCE = 2e-5


@dataclass(frozen=True, slots=True)
class Combination:
    """Names of the two families, and the shortest idle time [s]."""

    work: str
    idle: str
    minimum_idle_s: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What one combination came to.

    Attributes
    ----------
    combination
        What was fitted.
    share
        Idle time / gap time.
    log_chance
        Log probability of each length, by type and node.
    mean_idle_s, mean_work_s
        Mean idle time of a gap that holds some, and mean residue of a gap [s].
    idle_gaps
        Share of gaps that hold idle time.
    converged, at_limit
        Whether EM came to rest, and whether a parameter lies at the limit of what its family may become.
    path
        Log likelihood after each step.
    state
        Parameters, to start again from: theta_work, mix, theta_idle, share.
    """

    combination: Combination
    share: float
    log_chance: Any
    mean_idle_s: float
    mean_work_s: float
    idle_gaps: float
    converged: bool
    at_limit: bool
    path: Any
    state: tuple[Any, Any, Any, Any]


def combinations(work: tuple[str, ...], idle: tuple[str, ...], minimum_idle_s: tuple[float, ...]) -> list[Combination]:
    """Return all combinations; work alone may also have the heaviest of the tails."""
    alone = [Combination(name, NO_IDLE, 0.0) for name in dict.fromkeys((*work, "lomax"))]
    return alone + [Combination(a, b, m) for a in work for b in idle for m in minimum_idle_s]


def fit(grid: Grid, counts: Any, combination: Combination, *, longest: int) -> list[Fit]:
    """Return the fits of a combination from all starts, the most likely first; none where the grid has no room for such idle times.

    Parameters
    ----------
    grid, counts
        Gaps by type and node.
    combination
        What to fit.
    longest
        Number of nodes that unlogged work may reach.
    """
    first = _first(grid, combination)
    if first > len(grid.nodes) - 3:
        return []
    shares = ONE_START if combination.idle == NO_IDLE or combination.minimum_idle_s else STARTS
    starts = [_state(grid, counts, combination, first=first, alone=share) for share in shares]
    fits = [_run(grid, counts, combination, longest=longest, state=each, most=MOST_STEPS) for each in starts]
    return sorted(fits, key=lambda each: -each.path[-1])


def refit(grid: Grid, counts: Any, found: Fit, *, longest: int, most: int) -> Fit:
    """Return the fit to other counts, from where `found` came to rest."""
    return _run(grid, counts, found.combination, longest=longest, state=found.state, most=most)


def _first(grid: Grid, combination: Combination) -> int:
    return int(np.searchsorted(grid.nodes, combination.minimum_idle_s * 0.999))


def _codes(combination: Combination) -> tuple[int, int]:
    work = "lognormal" if combination.work == TWO_LOGNORMALS else combination.work
    return FAMILIES.index(work), -1 if combination.idle == NO_IDLE else FAMILIES.index(combination.idle)


def _moments(nodes: Any, weights: Any) -> tuple[float, float]:
    """Return the mean, and the standard deviation of the logarithm."""
    total = max(float(weights.sum()), 1e-9)
    logs = np.log(nodes)
    centre = float((weights * logs).sum()) / total
    return float((weights * nodes).sum()) / total, float(np.sqrt((weights * (logs - centre) ** 2).sum() / total))


def _state(grid: Grid, counts: Any, combination: Combination, *, first: int, alone: float) -> tuple[Any, Any, Any, Any]:
    """Return a start: the shorter gaps are work, what the longer ones have above the minimum is idle."""
    nodes = grid.nodes
    none, two = combination.idle == NO_IDLE, combination.work == TWO_LOGNORMALS
    work, idle = _codes(combination)
    total = counts.sum(axis=0)
    cut = max(int(np.searchsorted(np.cumsum(total), alone * total.sum())) + 1, first + 1)
    long = np.where(np.arange(len(nodes)) >= min(cut, len(nodes) - 1), total, 0.0)
    theta = []
    for row in counts:
        inside = row if none else np.where(np.arange(len(nodes)) < cut, row, 0.0)
        mean, spread = _moments(nodes, inside if inside.sum() > 0 else total)
        sides = (mean * 0.5, mean * 3) if two else (mean,)
        theta.append([start_of(work, each, spread * (0.7 if two else 1)) for each in sides])
    mean, spread = _moments(np.maximum(nodes - combination.minimum_idle_s, 1.0), long)
    mix = np.tile(np.array([0.7, 0.3]) if two else np.array([1.0]), (len(counts), 1))
    theta_idle = np.zeros(2) if none else start_of(idle, mean, spread)
    return np.array(theta), mix, theta_idle, np.full(len(counts), 0.0 if none else 1 - alone)


def _run(grid: Grid, counts: Any, combination: Combination, *, longest: int, state: Any, most: int) -> Fit:
    """Run EM once."""
    nodes, first = grid.nodes, _first(grid, combination)
    work, idle = _codes(combination)
    theta, mix, theta_idle, share = (each.copy() for each in state)
    limits = np.array([LOWEST[work], HIGHEST[work], LOWEST[max(idle, 0)], HIGHEST[max(idle, 0)]])
    step = nodes[first] - (nodes[first - 1] if first else 0.0)
    offset = np.maximum(nodes[first:] - combination.minimum_idle_s, 0.25 * step)
    path = np.empty(most)
    p_work, p_idle, seen = np.zeros(counts.shape), np.zeros(len(nodes)), np.zeros(counts.shape)
    steps, idle_s = em(
        counts, nodes, grid.log_width, longest, np.array([work, idle]), first, offset, theta, mix, theta_idle, share,
        limits, grid.below, grid.part, TOLERANCE, path, p_work, p_idle, seen,
    )  # fmt: skip
    by_type = counts.sum(axis=1)
    gaps = float(by_type.sum())
    used = [(theta.reshape(-1, 2), limits[:2])] + ([] if idle < 0 else [(theta_idle[None, :], limits[2:])])
    at_limit = any(bool(((at <= ends[0] + 1e-9) | (at >= ends[1] - 1e-9))[:, :1].any()) for at, ends in used)
    return Fit(
        combination,
        float(idle_s) / float((counts * nodes).sum()),
        seen,
        float((p_idle * nodes).sum()) if idle >= 0 else 0.0,
        float(by_type @ (p_work @ nodes)) / gaps,
        float(by_type @ share) / gaps,
        bool(steps < most),
        at_limit,
        path[:steps],
        (theta, mix, theta_idle, share),
    )


def expected_idle(grid: Grid, counts: Any, found: Fit, *, longest: int) -> Any:
    """Return the idle seconds that a fit expects in a gap of each node's length, types as frequent as they were."""
    if found.combination.idle == NO_IDLE:
        return np.zeros(len(grid.nodes))
    first, (work, idle) = _first(grid, found.combination), _codes(found.combination)
    again = _probabilities(grid, found, longest=longest, first=first, codes=(work, idle))
    by_type = [
        idle_given(grid.nodes, p_work, again[1], float(share), grid.below, grid.part)
        for p_work, share in zip(again[0], found.state[3], strict=True)
    ]
    weights = counts + 1e-12
    return (np.array(by_type) * weights).sum(axis=0) / weights.sum(axis=0)


def _probabilities(grid: Grid, found: Fit, *, longest: int, first: int, codes: tuple[int, int]) -> tuple[Any, Any]:
    """Return the probabilities of residues by type, and of idle times."""
    from analysis.measure.gap_mixture.families import log_weights

    theta, mix, theta_idle, _ = found.state
    size = len(grid.nodes)
    work, idle, part = np.zeros((len(theta), size)), np.zeros(size), np.empty(longest)
    for t, kinds in enumerate(theta):
        for p, each in enumerate(kinds):
            log_weights(codes[0], grid.nodes[:longest], grid.log_width[:longest], each, part)
            work[t, :longest] += mix[t, p] * np.exp(part)
    step = grid.nodes[first] - (grid.nodes[first - 1] if first else 0.0)
    offset = np.maximum(grid.nodes[first:] - found.combination.minimum_idle_s, 0.25 * step)
    tail = np.empty(size - first)
    log_weights(codes[1], offset, grid.log_width[first:], theta_idle, tail)
    idle[first:] = np.exp(tail)
    return work, idle

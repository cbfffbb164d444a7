"""EM for gaps = residue of work + now and then idle time, on a grid of lengths."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.foundation.compiled import kernel
from analysis.measure.gap_mixture.families import improve, log_weights

# Chance that a gap of some length has an origin of its own: one freak gap costs a combination no more than 46 in log likelihood. Being a
# fixed part of the mixture it leaves EM what it is.
_FREAK = 1e-20
# Smaller products are not worth adding.
_NOTHING = 1e-23


@kernel
def pairs(nodes: Any) -> tuple[Any, Any]:
    """Return for each sum of two nodes the node below it, and the fraction that belongs to the next; sums beyond the grid get its length."""
    size = len(nodes)
    below, part = np.empty((size, size), np.int64), np.zeros((size, size))
    for i in range(size):
        k = 0
        for j in range(size):
            total = nodes[i] + nodes[j]
            while k + 1 < size and nodes[k + 1] <= total:
                k += 1
            if k + 1 < size:
                below[i, j] = k
                part[i, j] = (total - nodes[k]) / (nodes[k + 1] - nodes[k])
            else:
                below[i, j] = size if total > nodes[size - 1] * 1.0000001 else size - 1
    return below, part


@kernel
def expect(
    counts: Any, work: Any, idle: Any, share: float, below: Any, part: Any, to_work: Any, to_idle: Any, seen: Any
) -> float:
    """Return the log likelihood of one type's counts; set the expected counts of residues, add those of idle times, note the log chances."""
    size = len(counts)
    chance, pull = np.zeros(size + 2), np.zeros(size + 2)
    for i in range(size):
        chance[i] += (1 - share) * work[i]
        if share > 0 and work[i] > _NOTHING:
            for j in range(size):
                mass = share * work[i] * idle[j]
                if mass > _NOTHING:
                    k = below[i, j]
                    chance[k] += mass * (1 - part[i, j])
                    chance[k + 1] += mass * part[i, j]
    found = 0.0
    for k in range(size):
        held = chance[k] + _FREAK
        seen[k] = math.log(held)
        if counts[k] > 0:
            found += counts[k] * seen[k]
            pull[k] = counts[k] / held
    for i in range(size):
        weight = (1 - share) * pull[i]
        if share > 0 and work[i] > _NOTHING:
            for j in range(size):
                mass = share * idle[j]
                if mass * work[i] > _NOTHING:
                    k = below[i, j]
                    drawn = mass * ((1 - part[i, j]) * pull[k] + part[i, j] * pull[k + 1])
                    weight += drawn
                    to_idle[j] += work[i] * drawn
        to_work[i] = work[i] * weight
    return found


@kernel
def idle_given(nodes: Any, work: Any, idle: Any, share: float, below: Any, part: Any) -> Any:
    """Return the expected idle seconds in a gap of each length."""
    size = len(nodes)
    chance, held = np.zeros(size + 2), np.zeros(size + 2)
    for i in range(size):
        chance[i] += (1 - share) * work[i]
        for j in range(size):
            mass, k = share * work[i] * idle[j], below[i, j]
            chance[k] += mass * (1 - part[i, j])
            chance[k + 1] += mass * part[i, j]
            held[k] += mass * (1 - part[i, j]) * min(nodes[j], nodes[k])
            if k + 1 < size:
                held[k + 1] += mass * part[i, j] * min(nodes[j], nodes[k + 1])
    return held[:size] / (chance[:size] + _FREAK)


@kernel
def _improve_work(
    family: int, nodes: Any, log_width: Any, to_work: Any, work: Any, theta: Any, mix: Any, log_parts: Any, limits: Any
) -> None:
    """Take one step for each kind of residue of one type, and set how often each kind occurs."""
    kinds, size = log_parts.shape
    weights, trial = np.empty((kinds, size)), np.empty(size)
    for p in range(kinds):
        for i in range(size):
            weights[p, i] = to_work[i] * mix[p] * math.exp(log_parts[p, i]) / max(work[i], 1e-300)
    total = weights.sum()
    for p in range(kinds):
        if total > 0:
            mix[p] = weights[p].sum() / total
        improve(family, nodes, log_width, weights[p], theta[p], log_parts[p], trial, limits[0], limits[1])


@kernel
def em(
    counts: Any,
    nodes: Any,
    log_width: Any,
    longest: int,
    families: Any,
    first: int,
    offset: Any,
    theta_work: Any,
    mix: Any,
    theta_idle: Any,
    share: Any,
    limits: Any,
    below: Any,
    part: Any,
    tolerance: float,
    path: Any,
    work: Any,
    idle: Any,
    seen: Any,
) -> tuple[int, float]:
    """Run EM from the given start; parameters and results change in place.

    Parameters
    ----------
    counts
        Gaps by type and node.
    nodes, log_width
        Lengths [s] and log widths of the grid.
    longest, first
        Residues use the nodes before `longest`, idle times those from `first` on.
    families
        Codes of the work and the idle family; -1 for no idle time at all.
    offset
        Idle length above its minimum at each node from `first` on [s].
    theta_work, mix, theta_idle, share
        Parameters by type and kind of residue, how often each kind occurs, parameters of the shared idle family, and the share of gaps with
        idle time by type.
    limits
        Lowest and highest parameters of work and idle: 4 x 2.
    below, part
        From :func:`pairs`.
    tolerance
        The rise of the log likelihood per gap at which EM stops.
    path
        Receives the log likelihood of each step; its length is the number of steps at most.
    work, idle, seen
        Receive the probabilities of residues by type and of idle times, and the log chance of each length by type.

    Returns
    -------
    tuple
        Steps, expected idle seconds.
    """
    types, size = counts.shape
    kinds = mix.shape[1]
    log_parts, to_work = np.full((types, kinds, size), -700.0), np.zeros((types, size))
    log_idle, to_idle, trial = np.full(size, -700.0), np.zeros(size), np.empty(size)
    total = counts.sum()
    for t in range(types):
        for p in range(kinds):
            log_weights(families[0], nodes[:longest], log_width[:longest], theta_work[t, p], log_parts[t, p, :longest])
    if families[1] >= 0:
        log_weights(families[1], offset, log_width[first:], theta_idle, log_idle[first:])
    before, steps = -1e300, 0
    for step in range(len(path)):
        steps, found = step + 1, 0.0
        to_idle[:] = 0.0
        idle[:] = 0.0
        for j in range(first, size):
            idle[j] = math.exp(log_idle[j])
        for t in range(types):
            work[t, :] = 0.0
            for p in range(kinds):
                for i in range(longest):
                    work[t, i] += mix[t, p] * math.exp(log_parts[t, p, i])
            held = to_idle.sum()
            found += expect(counts[t], work[t], idle, share[t], below, part, to_work[t], to_idle, seen[t])
            gaps = counts[t].sum()
            if gaps > 0 and families[1] >= 0:
                share[t] = min(1 - 1e-6, max(1e-9, (to_idle.sum() - held) / gaps))
        path[step] = found
        if found - before < tolerance * total or step == len(path) - 1:
            break
        before = found
        for t in range(types):
            _improve_work(
                families[0],
                nodes[:longest],
                log_width[:longest],
                to_work[t, :longest],
                work[t, :longest],
                theta_work[t],
                mix[t],
                log_parts[t, :, :longest],
                limits[:2],
            )
        if families[1] >= 0:
            improve(
                families[1],
                offset,
                log_width[first:],
                to_idle[first:],
                theta_idle,
                log_idle[first:],
                trial[first:],
                limits[2],
                limits[3],
            )
    return steps, (to_idle * nodes).sum()

"""What transaction logs without idle records can say about time not observed working: a range over mixtures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS, bootstrap
from analysis.measure.gap_mixture.combinations import (
    IDLE_FAMILIES,
    NO_IDLE,
    WORK_FAMILIES,
    Fit,
    combinations,
    expected_idle,
    fit,
    refit,
)
from analysis.measure.gap_mixture.grid import Grid
from analysis.measure.gap_mixture.ranges import GapFit, GapRange, words

MINIMUM_IDLE_S: tuple[float, ...] = (0, 60, 120, 300, 600)
# A combination is clearly worse than the best when its deficit in log likelihood per gap surely exceeds this: two laws that differ
# by .02 nats assign no set of gaps chances that differ by more than sqrt(.02 / 2) = .10 (Pinsker), which no histogram shows.
CLEARLY_WORSE = 0.02
# Fewer gaps, or gaps of a type, say nothing about the shape of a law.
MINIMUM_GAPS = 50
MINIMUM_GAPS_OF_TYPE = 200
MOST_TYPES = 4
# A smaller share is that of a combination whose idle part came out empty.
_NO_IDLE_TIME = 1e-3
_REFIT_STEPS = 40


@dataclass(frozen=True, slots=True)
class _Sample:
    """Gaps on the grid: `counts` by day, type and node; `free` by day: seconds that are idle for sure, at most, and in all."""

    grid: Grid
    counts: Any
    free: Any
    longest: int
    gaps: int
    hours: float
    clustered: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    """What was stated, and how the sampling error is drawn."""

    longest_unlogged_s: float | None
    least_idle_s: float
    idle_in_every_gap: bool
    seed: int
    draws: int
    confidence: float


def fit_gaps(
    lengths_s: Sequence[float],
    *,
    day: Sequence[object] | None = None,
    item_type: Sequence[object] | None = None,
    families: Sequence[str] = WORK_FAMILIES,
    idle_families: Sequence[str] = IDLE_FAMILIES,
    minimum_idle_s: Sequence[float] = MINIMUM_IDLE_S,
    longest_unlogged_s: float | None = None,
    idle_in_every_gap: bool = False,
    seed: int = 1,
    draws: int = 40,
    confidence: float = 0.95,
) -> GapRange:
    """Return between which limits the idle share of the time in gaps between records lies.

    Parameters
    ----------
    lengths_s
        Lengths of the gaps [s], already cut to paid time (or learned availability) and without breaks; zeros and missing values are left out.
    day
        Day of each gap; the sampling error is by day. Without days every gap counts as independent.
    item_type
        Type of the item before each gap: unlogged work differs by type, idle time has one law. Types with fewer than 200 gaps are pooled.
    families
        Laws of unlogged work: ``"exponential"``, ``"gamma"``, ``"lognormal"``, ``"weibull"``, ``"two lognormals"`` (two kinds of unlogged work).
    idle_families
        Laws of idle time: ``"exponential"``, ``"gamma"``, ``"lognormal"``, ``"weibull"``, ``"lomax"``.
    minimum_idle_s
        Shortest idle times to try [s]. A single one says that shorter idle times do not count, which narrows the range most.
    longest_unlogged_s
        Longest plausible unlogged work of one item [s], if the consultant states one; time above it is idle whatever the law.
    idle_in_every_gap
        Whether people may be idle in every gap, as those who wait for each contact are: then no law of short gaps is one of work, and the
        upper limit is all gap time.
    seed, draws
        Of the bootstrap over days.
    confidence
        Level of the sampling error.

    Returns
    -------
    GapRange

    Raises
    ------
    ValueError
        A length is negative, lists differ in length, a family has an unknown name, or `longest_unlogged_s` is not above 0.

    Notes
    -----
    Gap = S + B I: S unlogged work, I idle time of at least `minimum_idle_s`, B whether there was any. Which part is idle is not identified
    without the families, so the answer is a range. Upper limit: the largest share of all combinations that are not clearly worse than the
    best, at most the time in gaps of `minimum_idle_s` and more. Lower limit: the time above `longest_unlogged_s`, 0 without a statement, because unlogged work of several kinds looks like work and
    idle time. Both with their sampling error, days resampled. See docs/method/gap_mixture.md.

    References
    ----------
    Dempster, Laird & Rubin, JRSS B 39 (1977), 1-38. Vuong, Econometrica 57 (1989), 307-333. Manski, Partial Identification of Probability
    Distributions, 2003.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> gaps = rng.lognormal(4, 1, 2000) + (rng.random(2000) < 0.1) * rng.exponential(900, 2000)
    >>> found = fit_gaps(gaps, day=np.arange(2000) // 100, draws=20)
    >>> found.estimate().value is None, found.low == 0, found.high < 1
    (True, True, True)
    >>> 0 < fit_gaps(gaps, day=np.arange(2000) // 100, longest_unlogged_s=900, draws=20).low < 0.5
    True
    """
    for names, known in ((families, WORK_FAMILIES), (idle_families, (*IDLE_FAMILIES, "gamma", "weibull"))):
        _known(names, known)
    if longest_unlogged_s is not None and not longest_unlogged_s > 0:
        raise ValueError(f"longest_unlogged_s must be above 0 s, got {longest_unlogged_s}")
    lengths, days, types = _cleaned(lengths_s, day, item_type)
    number = len(np.unique(days)) if len(days) else 0
    if len(lengths) < MINIMUM_GAPS:
        return _trivial(lengths, number, confidence)
    rules = _Rules(longest_unlogged_s, float(min(minimum_idle_s)), idle_in_every_gap, seed, draws, confidence)
    sample = _sampled(lengths, days, types, rules, clustered=day is not None)
    tried = combinations(tuple(families), tuple(idle_families), tuple(float(each) for each in minimum_idle_s))
    totals = sample.counts.sum(axis=0)
    found = [fits for each in tried if (fits := fit(sample.grid, totals, each, longest=sample.longest))]
    return _range(found, sample, rules)


def _known(names: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise ValueError(f"{unknown or 'nothing'} is no family; choose from {', '.join(known)}")


def _cleaned(lengths_s: Sequence[float], day: Any, item_type: Any) -> tuple[Any, Any, Any]:
    """Return lengths above zero with the codes of their days and types, small types pooled."""
    lengths = np.asarray(lengths_s, dtype=float)
    if lengths.ndim != 1 or (lengths < 0).any() or np.isinf(lengths).any():
        raise ValueError("lengths_s must be a list of lengths in seconds, none of them negative or infinite")
    for name, column in (("day", day), ("item_type", item_type)):
        if column is not None and len(column) != len(lengths):
            raise ValueError(f"{name} must have one entry per gap: {len(column)} for {len(lengths)} gaps")
    kept = lengths > 0
    lengths = lengths[kept]
    days = np.arange(len(lengths)) if day is None else pd.factorize(np.asarray(day)[kept], use_na_sentinel=False)[0]
    if item_type is None:
        return lengths, days, np.zeros(len(lengths), int)
    types, names = pd.factorize(np.asarray(item_type)[kept], use_na_sentinel=False)
    count = np.bincount(types, minlength=len(names))
    large = np.argsort(-count, kind="stable")[: MOST_TYPES - 1]
    code = np.full(len(names), MOST_TYPES - 1)
    large = large[count[large] >= MINIMUM_GAPS_OF_TYPE]
    code[large] = np.arange(len(large))
    return lengths, days, np.unique(code[types], return_inverse=True)[1]


def _trivial(lengths: Any, days: int, confidence: float) -> GapRange:
    """Return the whole range: there is too little to say more."""
    said = (f"only {len(lengths)} gaps were seen; a law of gaps needs at least {MINIMUM_GAPS}",)
    return GapRange(0.0, 1.0, 0.0, 1.0, len(lengths), days, float(lengths.sum()) / 3600, confidence, (), said)


def _sampled(lengths: Any, days: Any, types: Any, rules: _Rules, *, clustered: bool) -> _Sample:
    """Return the gaps on a grid; gaps without days are dealt into 200 groups, which sampling error needs no more than."""
    days = days if clustered else days % 200
    grid = Grid.of(lengths)
    rows, kinds = int(days.max()) + 1, int(types.max()) + 1
    counts = grid.counts(lengths, days * kinds + types, rows * kinds).reshape(rows, kinds, -1)
    stated = np.inf if rules.longest_unlogged_s is None else rules.longest_unlogged_s
    longest = int(np.searchsorted(grid.nodes, stated, side="right"))
    # idle for sure: what is longer than any unlogged work, if it counts as idle time; idle at most: gaps that can hold such a time
    surely = np.where(lengths > stated + rules.least_idle_s, lengths - np.minimum(stated, lengths), 0.0)
    at_most = np.where(lengths >= rules.least_idle_s, lengths, 0.0)
    free = np.column_stack([np.bincount(days, each, rows) for each in (surely, at_most, lengths)])
    return _Sample(grid, counts, free, max(longest, 3), len(lengths), float(lengths.sum()) / 3600, clustered)


def _deficits(fits: list[list[Fit]], sample: _Sample) -> list[list[tuple[float, bool]]]:
    """Return for each fit its deficit in log likelihood per gap, and whether it counts.

    Notes
    -----
    Deficit = mean over gaps of (log likelihood of the best - its own). A fit is clearly worse when the lower limit of the one-sided 95 %
    interval, days as clusters, exceeds .02; one whose idle times are shorter than its work has swapped its parts and does not count either.
    """
    best = max((each for group in fits for each in group), key=lambda each: each.path[-1])
    gaps = sample.counts.sum(axis=(1, 2))
    k, total = len(gaps), float(gaps.sum())
    once = float(stats.t.ppf(0.95, max(k - 1, 1)))

    def verdict(each: Fit) -> tuple[float, bool]:
        by_day = (sample.counts * (best.log_chance - each.log_chance)).sum(axis=(1, 2))
        deficit = float(by_day.sum()) / total
        error = float(np.sqrt(k / max(k - 1, 1) * ((by_day - deficit * gaps) ** 2).sum())) / total
        return max(0.0, deficit), deficit - once * error <= CLEARLY_WORSE and not _swapped(each)

    return [[verdict(each) for each in group] for group in fits]


def _swapped(found: Fit) -> bool:
    return found.combination.idle != NO_IDLE and found.mean_idle_s < found.mean_work_s


def _row(group: list[Fit], verdicts: list[tuple[float, bool]]) -> GapFit:
    """Return a combination as a row: its most likely fit that counts, or its most likely one."""
    number = next((n for n, (_, kept) in enumerate(verdicts) if kept), 0)
    best = group[number]
    shares = [min(1.0, each.share) for each, (_, kept) in zip(group, verdicts, strict=True) if kept] or [best.share]
    return GapFit(
        best.combination.work,
        best.combination.idle,
        best.combination.minimum_idle_s,
        min(1.0, best.share),
        min(shares),
        max(shares),
        verdicts[number][0],
        verdicts[number][1],
        best.converged,
        best.idle_gaps,
        best.mean_idle_s,
        best.mean_work_s,
        _oddity(best),
    )


def _oddity(found: Fit) -> str:
    """Return what is odd about a fit."""
    said = []
    if _swapped(found):
        said.append("idle times came out shorter than unlogged work")
    if found.combination.idle != NO_IDLE and found.share < _NO_IDLE_TIME:
        said.append("no idle time was found")
    if found.idle_gaps > 0.999:
        said.append("idle time in every gap")
    if found.at_limit:
        said.append("a parameter lies at its limit")
    if not found.converged:
        said.append("not converged")
    return "; ".join(said)


def _range(fits: list[list[Fit]], sample: _Sample, rules: _Rules) -> GapRange:
    """Return the range with its sampling error."""
    verdicts = _deficits(fits, sample)
    rows = tuple(_row(group, said) for group, said in zip(fits, verdicts, strict=True))
    kept = [
        each
        for group, said in zip(fits, verdicts, strict=True)
        for each, (_, counts) in zip(group, said, strict=True)
        if counts
    ]
    mixed = [each for each in kept if each.share >= _NO_IDLE_TIME]
    lowest, highest = min(kept, key=lambda each: each.share), max(kept, key=lambda each: each.share)
    few = len(sample.counts) < MINIMUM_CLUSTERS
    surely, at_most = _model_free(sample, rules)
    open_above = few or rules.idle_in_every_gap or not mixed
    low, high = surely, at_most if open_above else min(at_most, max(surely, _upper(highest, sample, rules)))
    middle = min(kept, key=lambda each: abs(each.share - (low + high) / 2))
    held = expected_idle(sample.grid, sample.counts.sum(axis=0), middle, longest=sample.longest)
    said = words(
        rows,
        low=low,
        high=high,
        longest_unlogged_s=rules.longest_unlogged_s,
        least_idle_s=rules.least_idle_s,
        idle_in_every_gap=rules.idle_in_every_gap,
    )
    if few:
        said = (*said, f"gaps of {len(sample.counts)} days only: sampling error cannot be judged")
    elif not sample.clustered:
        said = (*said, "no days were given, so gaps count as independent")
    return GapRange(
        low, high, lowest.share, highest.share, sample.gaps, len(sample.counts) if sample.clustered else 0, sample.hours,
        rules.confidence, rows, said, tuple(sample.grid.nodes.tolist()), tuple(held.tolist()),
    )  # fmt: skip


def _model_free(sample: _Sample, rules: _Rules) -> tuple[float, float]:
    """Return the limits that hold whatever the laws, with their sampling error: 0 and 1 with too few days."""
    found = [
        bootstrap(
            sample.free[:, [column, 2]],
            lambda sums: sums[..., 0] / sums[..., 1],
            n_unit="days",
            seed=rules.seed,
            draws=1000,
            confidence=rules.confidence,
        )
        for column in (0, 1)
    ]
    low, high = found[0].low, found[1].high
    return low or 0.0, 1.0 if high is None else high


def _upper(found: Fit, sample: _Sample, rules: _Rules) -> float:
    """Return the share of a fit plus its sampling error: EM again on resampled days, from where it came to rest."""
    k = len(sample.counts)
    weights = np.random.default_rng(rules.seed).multinomial(k, np.full(k, 1 / k), size=rules.draws)
    drawn = np.tensordot(weights, sample.counts, axes=1)
    shares = [refit(sample.grid, each, found, longest=sample.longest, most=_REFIT_STEPS).share for each in drawn]
    error = float(np.std(shares, ddof=1)) * float(np.sqrt(k / (k - 1)))
    return float(np.clip(found.share + float(stats.t.ppf(0.5 + rules.confidence / 2, k - 1)) * error, 0.0, 1.0))

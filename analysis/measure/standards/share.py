"""Earned hours over the hours that people were there for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS, joined_strata
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.foundation.serial import long_run
from analysis.measure.standards.design import Array, Design, Hours, read_design
from analysis.measure.standards.fitted import FittedStandards, fit_design
from analysis.measure.standards.refusals import FOLLOWS

# Periods beyond the number of coefficients that standards need before hours are earned at them.
MINIMUM_TO_EARN = 20
# Wider intervals are given with a warning.
_WIDE = 0.5
_METHOD = "ratio of sums, clusters linearised, t interval on the log scale"
_NOT_A_SHARE_OF_WORK = "pace is in it: people faster than the standard earn more hours than they work"


def earned_share(
    workload: pd.DataFrame | Array,
    standard_s: Mapping[str, float] | Sequence[float] | FittedStandards,
    *,
    base_h: Hours = "paid_h",
    allowance: float = 0.0,
    cluster: str | None = None,
    cross_fit: bool = False,
    confidence: float = 0.95,
    **more: Any,
) -> Estimate:
    """Estimate the hours earned at standard times as a share of the hours available.

    Parameters
    ----------
    workload
        As in :func:`fit_standards`: a canonical table, a wide frame or an array.
    standard_s
        Standard time per item and type [s], or fitted standards.
    base_h
        Column of available hours, or those hours [h].
    allowance
        Share added to every standard time where the standards hold none for personal needs, fatigue and delay.
    cluster
        Column whose rows share shocks; periods otherwise.
    cross_fit
        For standards fitted on these periods: fit them again without each period in turn, and apply them to it.
    confidence
        Level of the interval.
    **more
        Further fields of :class:`Estimate`, such as `grade`.

    Returns
    -------
    Estimate
        May exceed 1. ``"insufficient"`` where standards were fitted on the same periods and `cross_fit` is off, where a type with items has
        no standard time (its `low` is what the other types earn), below 6 clusters, or, at fitted standards, where hours hardly follow volumes
        or periods exceed coefficients by fewer than 20.

    Notes
    -----
    u = sum(earned) / sum(base); z_c = earned_c - u base_c; variance of log u = k / (k - 1) sum z_c^2 / (sum earned)^2 (by
    :func:`analysis.foundation.serial.long_run` where periods have dates and may resemble their neighbours), plus v' C v / (sum
    earned)^2 for fitted standards with covariance C and volumes v. Cross-fitted: jackknife over the periods, each time with standards of its own.
    It is no estimate of the share of time worked: pace is in it.

    References
    ----------
    International Labour Office, Introduction to Work Study, 4th ed. 1992, chapter 23. Efron & Stein, Annals of Statistics 9 (1981), 586-596.

    Examples
    --------
    >>> week = pd.DataFrame({"paid_h": [40.0, 42, 38, 40, 41, 39], "claim": [120, 130, 110, 125, 121, 117]})
    >>> earned_share(week, {"claim": 900})
    75 % (73 to 78)
    """
    if allowance < 0:
        raise ValueError(f"allowance must be 0 or more, got {allowance}")
    design = read_design(workload, hours=base_h, non_volume=False, cluster=cluster)
    described = {"confidence": confidence, "n": design.clusters, "n_unit": "periods", **more}
    if isinstance(standard_s, FittedStandards):
        if cross_fit:
            refit = read_design(workload, hours=base_h, non_volume=standard_s.settings["non_volume"], cluster=cluster)
            return cross_fitted(refit, standard_s.settings, allowance=allowance, **described)
        reason = _silent(standard_s) or _same_periods(design, standard_s)
        if reason:
            return Estimate.missing(reason, basis="modelled", **described)
        described = {"basis": "modelled", **described}
        covariance = standard_s.covariance_s2.reindex(index=design.types, columns=design.types).to_numpy(
            dtype="float64"
        )
        standards = standard_s.standard_s
    else:
        covariance = None
        standards = _by_type(standard_s, design.types)
    known = np.array([standards.get(name, math.nan) for name in design.types])
    return _with(design, known, covariance, allowance=allowance, described=described)


def _types(count: int) -> str:
    """Return how many types lack something, as the start of a sentence."""
    return "one type with items has" if count == 1 else f"{count} types with items have"


def _by_type(standard_s: Mapping[str, float] | Sequence[float], types: Sequence[str]) -> dict[str, float]:
    """Return standard times by type."""
    if isinstance(standard_s, Mapping | pd.Series):
        return {str(name): float(value) for name, value in standard_s.items()}
    given = np.asarray(standard_s, dtype="float64")
    if given.shape != (len(types),):
        raise DataProblem(
            f"standards: {len(types)} types stand against {given.size} standard times. Give one standard time per type."
        )
    return dict(zip(types, given.tolist(), strict=True))


def _with(
    design: Design, known: Array, covariance: Array | None, *, allowance: float, described: dict[str, Any]
) -> Estimate:
    """Return the share at standard times by type, NaN where there is none."""
    done = design.volumes.any(axis=0)
    usable = np.isfinite(known) & (known >= 0 if covariance is not None else known > 0)
    hours = design.volumes[:, usable] @ known[usable] * (1 + allowance) / 3600
    sums = [np.bincount(design.cluster, part, design.clusters) for part in (hours, design.hours)]
    without = [name for name, lost in zip(design.types, done & ~usable, strict=True) if lost]
    if without:
        words = (
            f"{_types(len(without))} no standard time ({', '.join(without[:3])}{', ...' if len(without) > 3 else ''})"
        )
        base = float(sums[1].sum())
        return Estimate.missing(words, low=float(sums[0].sum()) / base if base > 0 else None, **described)
    extra = 0.0
    if covariance is not None:
        total = design.volumes.sum(axis=0) * (1 + allowance) / 3600
        extra = float(total[done] @ covariance[np.ix_(done, done)] @ total[done])
    found = over_base(
        *sums, extra=extra, working_days=design.working_days, reasons=(*design.notes, _NOT_A_SHARE_OF_WORK), **described
    )
    return found if covariance is None else _warned(found)


def over_base(
    earned_h: Array,
    base_h: Array,
    *,
    strata: Sequence[object] | None = None,
    working_days: float | None = None,
    extra: float = 0.0,
    confidence: float = 0.95,
    **more: Any,
) -> Estimate:
    """Estimate earned over available hours from cluster sums, with an interval on the log scale: the share may exceed 1.

    Parameters
    ----------
    earned_h, base_h
        One sum per cluster [h].
    strata
        A label per cluster, such as the weekday; strata of one cluster join the others.
    working_days
        Working days that a cluster holds: clusters are in the order of time and may resemble their neighbours. None where they have no order.
    extra
        Variance of the sum of earned hours that all clusters share [h squared], such as that of fitted standards.
    """
    described = {"method": _METHOD, **more}
    kept = (base_h > 0) | (earned_h > 0)
    earned, base, k = earned_h[kept], base_h[kept], int(kept.sum())
    described |= {"confidence": confidence, "n": k}
    if base.sum() <= 0:
        return Estimate.missing("nothing to divide by: there are no available hours", **_less(described))
    if k < MINIMUM_CLUSTERS:
        unit = described.get("n_unit", "clusters")
        return Estimate.missing(
            f"only {k} {unit} were seen; an interval needs at least {MINIMUM_CLUSTERS}", **_less(described)
        )
    if earned.sum() <= 0:
        return Estimate.missing("no items were finished", status="degenerate", **_less(described))
    share = float(earned.sum() / base.sum())
    labels = (
        np.zeros(k, dtype=np.int64) if strata is None else np.unique(np.asarray(strata)[kept], return_inverse=True)[1]
    )
    sum_error, freedom = _sum_error(earned - share * base, joined_strata(labels), working_days)
    error = math.hypot(sum_error, math.sqrt(extra)) / float(earned.sum())
    if error == 0:
        return Estimate(share, share, share, **described)
    step = float(stats.t.ppf(0.5 + confidence / 2, freedom)) * error
    return Estimate(share, share * math.exp(-step), share * math.exp(step), **described)


def _less(described: dict[str, Any]) -> dict[str, Any]:
    """Return fields without the reasons, which a missing estimate states itself."""
    return {name: value for name, value in described.items() if name != "reasons"}


def _sum_error(residual: Array, strata: Array, working_days: float | None) -> tuple[float, int]:
    """Return the standard error of a sum of residuals by cluster, and its degrees of freedom."""
    if working_days is not None:
        found = long_run(residual, strata, working_days=working_days)
        return found.error, found.freedom
    counts = np.bincount(strata)
    means = np.bincount(strata, residual) / counts
    squares = np.bincount(strata, (residual - means[strata]) ** 2)
    return math.sqrt(float((counts / np.maximum(counts - 1, 1) * squares).sum())), int(counts.sum() - len(counts))


def _silent(fitted: FittedStandards) -> str | None:
    """Return why no hours are earned at standards that hours do not show, else None."""
    periods, coefficients = fitted.periods, fitted.coefficients
    if periods - coefficients < MINIMUM_TO_EARN:
        return (
            f"standards of {coefficients} coefficients from {periods} periods are too rough to earn hours at; "
            f"give at least {coefficients + MINIMUM_TO_EARN} periods"
        )
    if fitted.follows_p <= FOLLOWS:
        return None
    return (
        f"hours hardly follow volumes (p = {fitted.follows_p:.2f}), so no time of an item can be read from them; "
        "time a sample of items, or ask the client for standard times"
    )


def _warned(share: Estimate) -> Estimate:
    """Return an estimate with a warning where the periods say little."""
    if share.value is None or share.low is None or share.high is None or share.high - share.low <= _WIDE:
        return share
    words = f"the interval is wider than {100 * _WIDE:.0f} points: give more periods, or time a sample of items"
    return replace(share, reasons=(words, *share.reasons))


def _same_periods(design: Design, fitted: FittedStandards) -> str | None:
    """Return why fitted standards say nothing about these periods, else None."""
    if not design.labels or not fitted.fitted_on:
        return "rows carry no names, so it cannot be told whether the standards were fitted on these periods; give frames with periods, or cross_fit=True"
    shared = sum(any(_meet(one, other) for other in fitted.fitted_on) for one in design.labels)
    if not shared:
        return None
    rest = fitted.non_volume_h
    part = (
        f"the hours paid less the {rest.value:,.1f} hours a period that go with no volume"
        if rest.value
        else "the hours paid"
    )
    return (
        f"the standards were fitted on {shared} of these {len(design.labels)} periods: by construction the hours they earn are {part}; "
        "take standards from other weeks, or cross_fit=True"
    )


def _meet(one: object, other: object) -> bool:
    """Return whether two periods share a day; names other than dates must be equal."""
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other) == 2:
        return bool(one[0] <= other[1] and other[0] <= one[1])
    return bool(one == other)


def cross_fitted(
    design: Design, settings: Mapping[str, object], *, allowance: float = 0.0, confidence: float = 0.95, **more: Any
) -> Estimate:
    """Estimate the earned share with standards that were fitted without the period they are applied to.

    Parameters
    ----------
    design
        Rows with available hours and non-volume terms.
    settings
        As :class:`FittedStandards` holds them.
    """
    described = {
        "confidence": confidence,
        **more,
        "basis": "modelled",
        "method": "standards fitted without each period in turn, jackknife over periods",
    }
    if not design.non_volume.shape[1]:
        words = "standards without a non-volume term make every period fully used by construction"
        return Estimate.missing(words, **described)
    whole = fit_design(design, settings)
    done = design.volumes.any(axis=0)
    faulty = whole.frame[~whole.frame["status"].eq("ok") & done]
    if len(faulty):
        return Estimate.missing(*_grouped(faulty), **described)
    silent = _silent(whole)
    if silent:
        return Estimate.missing(silent, **described)
    columns = np.column_stack([design.volumes[:, done], design.non_volume])
    earned, without = np.zeros(len(design.hours)), np.zeros(design.clusters)
    for group in range(design.clusters):
        out = design.cluster == group
        b = _non_negative(columns[~out], design.hours[~out])[: int(done.sum())]
        hours = design.volumes[:, done] @ b * (1 + allowance)
        earned[out] = hours[out]
        without[group] = hours[~out].sum() / design.hours[~out].sum()
    k = design.clusters
    share = float(earned.sum() / design.hours.sum())
    moves = (k - 1) / k * (without.mean() - without)
    error, freedom = _sum_error(moves, np.zeros(k, dtype=np.int64), design.working_days)
    step = float(stats.t.ppf(0.5 + confidence / 2, min(freedom, k - columns.shape[1]))) * error
    words = (
        "hours paid that rise with volume count as earned, needed or not; each period was left out of its own standards"
    )
    return _warned(
        Estimate(share, max(0.0, share - step), share + step, reasons=(words, _NOT_A_SHARE_OF_WORK), **described)
    )


def _grouped(faulty: pd.DataFrame) -> list[str]:
    """Return each reason once, with the types that it holds for."""
    by_reason = faulty.groupby("reason", sort=False)["type"].agg(", ".join)
    return [f"{names}: {reason}" for reason, names in by_reason.items()]


def _non_negative(columns: Array, y: Array) -> Array:
    """Return non-negative coefficients, columns brought to one length first."""
    length = np.linalg.norm(columns, axis=0)
    length = np.where(length > 0, length, 1.0)
    return optimize.nnls(columns / length, y)[0] / length

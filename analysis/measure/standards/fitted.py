"""Standard times read from hours and volumes, with what they rest on and what cannot be told from them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.estimate import Estimate
from analysis.measure.standards.design import Array, Design, Hours, read_design
from analysis.measure.standards.refusals import FOLLOWS, MINIMUM_FREEDOM, absorbed, follows, refusals
from analysis.measure.standards.solve import Fit, condition, in_time, inflation, redrawn, solve, textbook

# Above this a column says little that the others do not say (Marquardt 1970; Belsley, Kuh & Welsch 1980).
LARGEST_VIF = 10.0
_ERRORS = {
    "in time": "clusters taken out one at a time, neighbours correlated",
    "robust": "clusters taken out one at a time",
    "bootstrap": "clusters resampled",
    "plain": "one variance for all rows",
}
COLUMNS = ("type", "volume", "standard_s", "low", "high", "vif", "weighted_s", "status", "reason")


@dataclass(frozen=True, slots=True)
class FittedStandards:
    """Standard times that hours and volumes imply.

    Attributes
    ----------
    frame
        type, volume (items in all), standard_s, low, high [s], vif, weighted_s (the same fit with weights 1 / hours expected: a check),
        status, reason.
    non_volume_h
        Hours per period that come whatever the volume, over all teams.
    r_squared
        Share of the variation of hours that the fit follows.
    rss_h2
        Residual sum of squares [h squared].
    follows_p
        How often chance alone would make hours follow volumes as much (joint Wald test); above 5 % no hours are earned at these standards.
    condition
        Condition number of the columns, each brought to one length.
    method
        One phrase that names the computation.
    periods, coefficients
        How many clusters there are, and how many standard times and non-volume terms.
    fitted_on
        The periods (clusters) behind the fit; empty where rows carry no names.
    settings
        What was asked.
    reasons
        What a reader must know about all of them.
    covariance_s2
        Covariance of the standard times without the limit at zero [s squared].
    """

    frame: pd.DataFrame
    non_volume_h: Estimate
    r_squared: float
    rss_h2: float
    follows_p: float
    condition: float
    method: str
    periods: int
    coefficients: int
    fitted_on: tuple[Hashable, ...]
    settings: Mapping[str, object]
    reasons: tuple[str, ...]
    covariance_s2: pd.DataFrame

    @property
    def vif(self) -> dict[str, float]:
        """Variance inflation by type."""
        return dict(zip(self.frame["type"], self.frame["vif"].astype(float), strict=True))

    @property
    def standard_s(self) -> dict[str, float]:
        """Standard time by type, of the types that have one [s]."""
        ok = self.frame[self.frame["status"].eq("ok")]
        return dict(zip(ok["type"], ok["standard_s"].astype(float), strict=True))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per type."""
        return self.frame.copy()

    def __repr__(self) -> str:
        """Return the sentence."""
        told = [
            f"{row.type} {row.standard_s / 60:.1f} min ({row.low / 60:.1f} to {row.high / 60:.1f})"
            if row.status == "ok"
            else f"{row.type} no figure ({row.reason})"
            for row in self.frame.itertuples()
        ]
        rest = f"{self.non_volume_h} hours a period go with no volume" if self.non_volume_h.value is not None else ""
        parts = [", ".join(told), rest, *self.reasons]
        return f"Standard times: {'; '.join(part for part in parts if part)}."


def fit_standards(
    workload: pd.DataFrame | Array,
    *,
    hours: Hours = "paid_h",
    non_volume: bool | str = True,
    cluster: str | None = None,
    weighted: bool = False,
    interval: Literal["robust", "plain", "bootstrap"] = "robust",
    confidence: float = 0.95,
    largest_vif: float = LARGEST_VIF,
    seed: int | None = None,
    draws: int = 2000,
) -> FittedStandards:
    """Fit standard times to hours and volumes, none below zero, with hours that come whatever the volume.

    Parameters
    ----------
    workload
        Canonical `workload` table (team, period_start, period_end, hours, type, volume: hours repeated on each line of a team's period count
        once, a type without a line was not done), or a wide frame (a row per period, a column per type), or an array (periods x types).
    hours
        Column of hours, or the hours of each row [h].
    non_volume
        True: a term per period, of its own for each team. A column's name (``"person_days"``): hours per unit of it. False: none.
    cluster
        Column whose rows share shocks. Without it a table's teams of one period belong together, and a frame's rows stand alone.
    weighted
        Weight squares by 1 / hours expected, for variance that grows with size; else that fit stands in `weighted_s` as a check.
    interval
        ``"robust"``: errors that hold under any variance and, where periods have dates, where neighbours resemble each other, with t; ``"bootstrap"``: whole clusters resampled, which needs a `seed`;
        ``"plain"``: the textbook's errors, which take one variance for all rows, for comparison alone.
    confidence
        Level of the intervals.
    largest_vif
        A type whose variance is inflated more than so often by its likeness to others has no figure.
    seed, draws
        Of the bootstrap.

    Returns
    -------
    FittedStandards
        A type without a figure says why: no items, too few periods with items, a volume that never changes, a volume that goes with another
        type's, hours that do not follow volumes, or a fit that contradicts the limit at zero.

    Raises
    ------
    DataProblem
        A column is missing or a number negative.
    ValueError
        A bootstrap without a seed.

    Notes
    -----
    minimise sum (h_i - a_team(i) - sum_j b_j v_ij)^2 over a, b >= 0 (Lawson & Hanson 1974). Intervals are those of the fit without the limit,
    b -+ t(clusters - coefficients) * se with clusters taken out one at a time (HC3 where each row is a cluster; MacKinnon & White 1985;
    Bell & McCaffrey 2002; for dated periods projected on cosines, :func:`analysis.foundation.serial.long_run`), cut at zero. The normal interval around an estimate at its limit does not hold (Andrews, Econometrica
    68 (2000)); the cut one holds whatever the truth is, zero included.
    What is fitted is the hours that come with one item more. Where staffing does not follow the work this is less than the time an item needs.

    References
    ----------
    Lawson & Hanson, Solving Least Squares Problems, 1974, chapter 23. Belsley, Kuh & Welsch, Regression Diagnostics, 1980.

    Examples
    --------
    >>> volumes = np.array([[120, 80], [100, 60], [140, 90], [90, 110], [130, 70], [110, 85], [125, 40], [95, 70]])
    >>> fit_standards(volumes, hours=volumes @ [0.25, 0.5] + 5).frame["standard_s"].round(3).tolist()
    [900.0, 1800.0]
    """
    if interval == "bootstrap" and seed is None:
        raise ValueError("a bootstrap needs a seed")
    design = read_design(workload, hours=hours, non_volume=non_volume, cluster=cluster)
    settings = {
        "hours": hours if isinstance(hours, str) else "given",
        "non_volume": non_volume,
        "cluster": cluster,
        "weighted": weighted,
        "interval": interval,
        "confidence": confidence,
        "largest_vif": largest_vif,
        "seed": seed,
        "draws": draws,
    }
    return fit_design(design, settings)


def fit_design(design: Design, settings: Mapping[str, object]) -> FittedStandards:
    """Fit rows that are already read; see :func:`fit_standards`."""
    vif = inflation(design.volumes, design.non_volume)
    refused = refusals(design, vif, float(settings["largest_vif"]))
    used = design.volumes.any(axis=0) & ~absorbed(design)
    columns = np.column_stack([design.volumes[:, used], design.non_volume])
    plain = solve(columns, design.hours, design.cluster)
    weights = 1 / np.maximum(columns @ plain.solution, 0.05 * max(float(design.hours.mean()), 1e-9))
    heavy = solve(columns, design.hours, design.cluster, weights=weights)
    fit = heavy if settings["weighted"] else plain
    chance = follows(design, fit, int(used.sum()))
    timed = settings["interval"] == "robust" and design.working_days is not None and fit.freedom >= MINIMUM_FREEDOM
    if timed:
        fit = in_time(fit, design.working_days or 1.0)
    elif settings["interval"] == "plain":
        fit = textbook(fit, columns, design.hours)
    words = f"hours hardly follow volumes (p = {chance:.2f}): people were paid much the same whatever came in"
    low, high = _ends(fit, columns, design, settings)
    place = np.cumsum(used) - 1
    rows = [
        _row(design, j, vif[j], refused.get(j), (fit, heavy, low, high, place[j])) for j in range(len(design.types))
    ]
    return FittedStandards(
        pd.DataFrame(rows, columns=list(COLUMNS)),
        _non_volume(design, fit, columns, (low, high), settings=settings, constant=absorbed(design)),
        _r_squared(design, fit),
        fit.rss,
        chance,
        condition(design.volumes[:, used], design.non_volume),
        f"non-negative least squares{', weighted by 1 / hours expected' if settings['weighted'] else ''}, "
        + _ERRORS["in time" if timed else str(settings["interval"])],
        design.clusters,
        columns.shape[1],
        design.labels,
        dict(settings),
        (*design.notes, words) if chance > FOLLOWS else design.notes,
        _covariance(design, fit, used),
    )


def _ends(fit: Fit, columns: Array, design: Design, settings: Mapping[str, object]) -> tuple[Array, Array]:
    """Return the ends of the intervals of all coefficients, before they are cut at zero."""
    tail = (1 - float(settings["confidence"])) / 2
    t = float(stats.t.ppf(1 - tail, fit.t_freedom))
    if settings["interval"] == "bootstrap":
        values = redrawn(
            columns, design.hours, design.cluster, draws=int(settings["draws"]), seed=int(settings["seed"])
        )
        k = design.clusters
        wider = np.sqrt(k / (k - 1)) * t / float(stats.norm.ppf(1 - tail))
        return tuple(fit.free + wider * (np.quantile(values, q, axis=0) - fit.free) for q in (tail, 1 - tail))
    error = np.sqrt(np.diag(fit.covariance))
    return fit.free - t * error, fit.free + t * error


def _row(
    design: Design, j: int, vif: float, refused: str | None, fits: tuple[Fit, Fit, Array, Array, int]
) -> dict[str, object]:
    """Return a type's line."""
    fit, heavy, low, high, at = fits
    row: dict[str, object] = {"type": design.types[j], "volume": float(design.volumes[:, j].sum()), "vif": float(vif)}
    nothing = dict.fromkeys(("standard_s", "low", "high", "weighted_s"), np.nan)
    if refused is not None:
        return {**row, **nothing, "status": "insufficient", "reason": refused}
    value, ends = float(fit.solution[at]) * 3600, (float(low[at]) * 3600, float(high[at]) * 3600)
    if ends[1] < 0:
        words = f"the fit without a limit is below zero beyond its error ({fit.free[at] * 3600:,.0f} s an item): hours and volumes contradict each other; check whether the hours are those of this work"
        return {**row, **nothing, "status": "degenerate", "reason": words}
    reason = ""
    if value == 0 or fit.free[at] < 0:
        reason = "at its limit of zero: only the upper end says something"
    elif ends[1] - ends[0] > 2 * value:
        reason = "the interval is wider than the figure; time a sample"
    figures = {"standard_s": value, "low": min(value, max(0.0, ends[0])), "high": max(value, ends[1])}
    return {**row, **figures, "weighted_s": float(heavy.solution[at]) * 3600, "status": "ok", "reason": reason}


def _non_volume(
    design: Design,
    fit: Fit,
    columns: Array,
    ends: tuple[Array, Array],
    *,
    settings: Mapping[str, object],
    constant: Array,
) -> Estimate:
    """Return the hours per period that come whatever the volume."""
    described = {
        "unit": "h",
        "n": design.clusters,
        "n_unit": "periods",
        "basis": "modelled",
        "confidence": float(settings["confidence"]),
        "method": "non-volume terms of the fit, summed over teams",
    }
    terms = design.non_volume.shape[1]
    if not terms:
        return Estimate.missing("no non-volume term was asked for", **described)
    if fit.freedom < MINIMUM_FREEDOM:
        return Estimate.missing(f"{design.clusters} periods are too few for so many coefficients", **described)
    weight = np.concatenate([np.zeros(columns.shape[1] - terms), design.non_volume.sum(axis=0) / design.clusters])
    if not _estimable(columns, weight):
        words = "the volumes of some types make up the non-volume term, so it cannot be told from them"
        return Estimate.missing(words, **described)
    value, free = float(weight @ fit.solution), float(weight @ fit.free)
    t = float(stats.t.ppf(0.5 + float(settings["confidence"]) / 2, fit.t_freedom))
    used = np.isfinite(np.diag(fit.covariance))
    error = float(np.sqrt(weight[used] @ fit.covariance[np.ix_(used, used)] @ weight[used]))
    if terms == 1 and settings["interval"] == "bootstrap":
        low, high = (float(end[-1]) * weight[-1] for end in ends)
    else:
        low, high = free - t * error, free + t * error
    held = [name for name, never in zip(design.types, constant, strict=True) if never]
    reasons = (f"it holds the time of {', '.join(held)}, whose volume never changes",) if held else ()
    if high < 0:
        words = "the fit without a limit is below zero beyond its error: hours grow faster than volumes"
        return Estimate.missing(words, status="degenerate", **described)
    if value == 0 or free < 0:
        reasons = (*reasons, "at its limit of zero: only the upper end says something")
    return Estimate(value, min(value, max(0.0, low)), max(value, high), reasons=reasons, **described)


def _estimable(columns: Array, weight: Array) -> bool:
    """Return whether the rows determine this combination of coefficients."""
    length = np.linalg.norm(columns, axis=0)
    length = np.where(length > 0, length, 1.0)
    scaled, wanted = columns / length, weight / length
    found = np.linalg.lstsq(scaled.T, wanted, rcond=1e-9)[0]
    return float(np.abs(scaled.T @ found - wanted).max()) <= 1e-6 * float(np.abs(wanted).max())


def _r_squared(design: Design, fit: Fit) -> float:
    """Return the share of the variation of hours that the fit follows: around the mean where there is a non-volume term."""
    centre = design.hours.mean() if design.non_volume.shape[1] else 0.0
    total = float(((design.hours - centre) ** 2).sum())
    return 1 - fit.rss / total if total > 0 else float("nan")


def _covariance(design: Design, fit: Fit, used: Array) -> pd.DataFrame:
    """Return the covariance of the standard times, missing for types that are not in the fit."""
    size = len(design.types)
    found = np.full((size, size), np.nan)
    at = np.flatnonzero(used)
    found[np.ix_(at, at)] = fit.covariance[: len(at), : len(at)] * 3600**2
    return pd.DataFrame(found, index=list(design.types), columns=list(design.types))

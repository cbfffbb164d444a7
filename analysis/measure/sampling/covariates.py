"""How the share of looks in a state differs by hour, team or day of the week, as population shares."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate, Status
from analysis.foundation.schema import DataProblem
from analysis.measure.sampling.doubles import first_looks
from analysis.measure.sampling.estimates import ClusterKind, cluster_labels, need
from analysis.measure.sampling.hours import local_hours

# A coefficient beyond this is a share under a hundred-thousandth: the fit runs away because a level separates.
_SEPARATED = 12.0
_METHOD = "logistic GEE, {working} working correlation, Mancl-DeRouen errors, marginal prediction"


@dataclass(frozen=True, slots=True)
class CovariateShares:
    """Shares of looks by covariate, from a marginal model.

    Attributes
    ----------
    overall
        Share over all looks as they fell.
    levels
        Covariate and level -> share that all looks would show if they were of that level, the other covariates as they are.
    coefficients
        term, estimate, error (sandwich), bias_reduced_error: on the logit scale; empty where the fit failed.
    working
        Working correlation.
    icc
        Correlation of two looks of a cluster by the working model; None for independence.
    clusters
        How many, and what they are.
    """

    overall: Estimate
    levels: dict[tuple[str, str], Estimate]
    coefficients: pd.DataFrame
    working: Literal["exchangeable", "independence"]
    icc: float | None
    clusters: tuple[int, str]

    def to_frame(self) -> pd.DataFrame:
        """Return the levels as rows: covariate, level, value, low, high, status, reasons."""
        rows = [
            {
                "covariate": name,
                "level": level,
                **{field: getattr(found, field) for field in ("value", "low", "high", "status")},
                "reasons": "; ".join(found.reasons),
            }
            for (name, level), found in self.levels.items()
        ]
        return pd.DataFrame(rows, columns=["covariate", "level", "value", "low", "high", "status", "reasons"])

    def __repr__(self) -> str:
        """Return the overall share and how many levels stand beside it."""
        return f"{self.overall!r} over all looks; {len(self.levels)} levels from {self.clusters[0]} {self.clusters[1]}"


def share_by_covariates(
    observations: pd.DataFrame,
    *,
    state: str | Sequence[str],
    by: Sequence[str] = (),
    cluster: ClusterKind = "round",
    working: Literal["exchangeable", "independence"] = "independence",
    confidence: float = 0.95,
    zone: str = "UTC",
) -> CovariateShares:
    """Estimate the share of looks in a state by covariates, as shares of the population, with clusters respected.

    Parameters
    ----------
    observations
        One row per look, as in :func:`estimate_share`.
    state
        Ladder word, or several that count together.
    by
        Columns of `observations` taken as categories, or ``"hour"`` (hour of the day) and ``"weekday"``. Nobody may be named: ``"agent"`` is refused.
    cluster
        ``"round"``, ``"day"`` or ``"person_day"``.
    working
        Working correlation of the looks of a cluster. ``"independence"`` weighs every look alike and estimates the share of looks;
        ``"exchangeable"`` gives looks of large clusters less weight and estimates a mean between that and the share of clusters.
    confidence
        Level of the intervals.
    zone
        Time zone of hours and days.

    Returns
    -------
    CovariateShares
        Estimates ``"not_converged"`` when the fit ran away, ``"degenerate"`` when a level is all or none in the state (separation),
        ``"insufficient"`` with fewer than 6 clusters, or no more clusters than coefficients and 5.

    Raises
    ------
    DataProblem
        A needed column is absent or has empty cells, or `by` names persons.

    Notes
    -----
    logit P(hit) = x'b fitted by generalised estimating equations; covariance by Mancl & DeRouen, which does not understate itself with few
    clusters. A level's share is the mean of expit(x'b) over all looks with that covariate set to the level; interval by the delta method on
    the logit scale, t with clusters less coefficients degrees of freedom. These are population shares: the intercept of a mixed model would
    be a typical cluster's, which is nearer to 0 or 1.

    References
    ----------
    Liang & Zeger, Biometrika 73 (1986), 13-22. Mancl & DeRouen, Biometrics 57 (2001), 126-134. Graubard & Korn, Biometrics 55 (1999),
    652-659 (predictive margins).

    Examples
    --------
    >>> looks = pd.DataFrame({"round": [r for r in range(12) for _ in range(8)], "team": (["North"] * 4 + ["South"] * 4) * 12,
    ...     "state": (["IDLE"] * 2 + ["WORK"] * 5 + ["IDLE"] + ["WORK", "IDLE"] * 4) * 6})
    >>> share_by_covariates(looks, state="IDLE", by=["team"]).levels["team", "North"].value
    0.5
    """
    need(observations, "state")
    rows = first_looks(observations).looks.reset_index(drop=True)
    covariates = {name: _categories(rows, name, zone) for name in by}
    described: dict[str, Any] = {"confidence": confidence, "grade": "B", "method": _METHOD.format(working=working)}
    if rows.empty:
        return _without(
            "no observation was made", "insufficient", {}, working=working, clusters=(0, "rounds"), described=described
        )
    labels, word = cluster_labels(rows, cluster, zone)
    codes = pd.factorize(labels)[0]
    k = int(codes.max()) + 1
    described |= {"n": k, "n_unit": word}
    hit = rows["state"].isin([state] if isinstance(state, str) else list(state)).to_numpy(dtype=float)
    design = _design(covariates, len(rows))
    trouble = _trouble(hit, covariates, design, clusters=(k, word))
    if trouble:
        return _without(*trouble, covariates, working=working, clusters=(k, word), described=described)
    fit = _fit(hit, design, codes, working)
    if fit is None:
        words = "the model did not converge: too many levels for these looks. Leave covariates out or merge levels."
        return _without(words, "not_converged", covariates, working=working, clusters=(k, word), described=described)
    freedom = k - design.shape[1]
    overall = _margin(design, fit, freedom, described)
    levels = {
        (name, level): _margin(_set_to(design, covariates, name, level), fit, freedom, described)
        for name, column in covariates.items()
        for level in column.cat.categories
    }
    icc = float(fit.model.cov_struct.dep_params) if working == "exchangeable" else None
    return CovariateShares(overall, levels, _coefficients(fit, design), working, icc, (k, word))


def _categories(rows: pd.DataFrame, name: str, zone: str) -> pd.Series:
    """Return a covariate as text categories."""
    if name == "agent":
        raise DataProblem(
            "observations: shares by agent would be figures about persons. Choose team, hour, weekday or another column."
        )
    if name in ("hour", "weekday") and name not in rows:
        need(rows, "observed_at")
        local = rows["observed_at"].dt.tz_convert(zone)
        values = (
            pd.Series(local_hours(rows["observed_at"], zone)).map("{:02d}".format)
            if name == "hour"
            else local.dt.day_name()
        )
    else:
        need(rows, name)
        values = rows[name]
    return pd.Series(values.to_numpy(), index=rows.index).astype("str").astype("category")


def _design(covariates: dict[str, pd.Series], looks: int) -> pd.DataFrame:
    """Return intercept and one column per level but the first of each covariate."""
    columns = {"(intercept)": np.ones(looks)}
    for name, column in covariates.items():
        for level in column.cat.categories[1:]:
            columns[f"{name}: {level}"] = column.eq(level).to_numpy(dtype=float)
    return pd.DataFrame(columns)


def _set_to(design: pd.DataFrame, covariates: dict[str, pd.Series], name: str, level: str) -> pd.DataFrame:
    """Return the design with every look at one level of a covariate."""
    changed = design.copy()
    for other in covariates[name].cat.categories[1:]:
        changed[f"{name}: {other}"] = float(other == level)
    return changed


def _trouble(
    hit: np.ndarray, covariates: dict[str, pd.Series], design: pd.DataFrame, *, clusters: tuple[int, str]
) -> tuple[str, Status] | None:
    """Return why no model can be fitted."""
    k, word = clusters
    terms = design.shape[1]
    needed = terms + MINIMUM_CLUSTERS - 1
    if k < needed:
        return f"only {k} {word} were observed; {terms} coefficients need at least {needed}", "insufficient"
    if hit.min() == hit.max():
        return f"{'all' if hit[0] else 'none'} of the looks: no variation to estimate from", "degenerate"
    for name, column in covariates.items():
        shares = pd.Series(hit).groupby(column.to_numpy()).mean()
        flat = shares[(shares == 0) | (shares == 1)]
        if len(flat):
            words = f"{len(flat)} levels of {name} have the state in all of their looks or in none, so their share has no interval. Merge levels."
            return words, "degenerate"
    if np.linalg.matrix_rank(design.drop_duplicates().to_numpy()) < terms:
        words = f"{' and '.join(covariates)} cannot be told apart: one follows from the others. Leave one out."
        return words, "degenerate"
    return None


def _fit(hit: np.ndarray, design: pd.DataFrame, codes: np.ndarray, working: str) -> Any | None:
    """Return the fitted model with bias-reduced covariance, or None when it did not converge."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, DomainWarning, IterationLimitWarning

    structure = sm.cov_struct.Exchangeable() if working == "exchangeable" else sm.cov_struct.Independence()
    order = np.argsort(codes, kind="stable")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DomainWarning)
        for trouble in (ConvergenceWarning, IterationLimitWarning, RuntimeWarning):
            warnings.simplefilter("error", trouble)
        model: Any = sm.GEE(
            hit[order],
            design.to_numpy()[order],
            groups=codes[order],
            family=sm.families.Binomial(),
            cov_struct=structure,
        )
        try:
            fit: Any = model.fit(cov_type="bias_reduced", maxiter=100)
        except (ConvergenceWarning, IterationLimitWarning, RuntimeWarning, np.linalg.LinAlgError, ValueError):
            return None
    runaway = not np.isfinite(fit.params).all() or np.abs(fit.params).max() > _SEPARATED
    return None if runaway or not np.isfinite(fit.cov_robust_bc).all() else fit


def _margin(design: pd.DataFrame, fit: Any, freedom: int, described: dict[str, Any]) -> Estimate:
    """Return the mean predicted share over the looks of a design, with its interval."""
    x = design.to_numpy()
    share = 1 / (1 + np.exp(-(x @ fit.params)))
    p = float(share.mean())
    gradient = (share * (1 - share)) @ x / len(x)
    error = math.sqrt(float(gradient @ fit.cov_robust_bc @ gradient))
    step = float(stats.t.ppf(0.5 + described["confidence"] / 2, freedom)) * error / (p * (1 - p))
    low, high = (1 / (1 + math.exp(-(math.log(p / (1 - p)) + sign * step))) for sign in (-1, 1))
    return Estimate(p, low, high, **described)


def _coefficients(fit: Any, design: pd.DataFrame) -> pd.DataFrame:
    """Return coefficients with both errors."""
    columns = {
        "term": list(design.columns),
        "estimate": fit.params,
        "error": np.sqrt(np.diag(fit.cov_robust)),
        "bias_reduced_error": np.sqrt(np.diag(fit.cov_robust_bc)),
    }
    return pd.DataFrame(columns)


def _without(
    words: str,
    status: Status,
    covariates: dict[str, pd.Series],
    *,
    working: Literal["exchangeable", "independence"],
    clusters: tuple[int, str],
    described: dict[str, Any],
) -> CovariateShares:
    """Return no shares, with the reason on each."""
    missing = Estimate.missing(words, status=status, **described)
    levels = {(name, level): missing for name, column in covariates.items() for level in column.cat.categories}
    empty = pd.DataFrame({"term": [], "estimate": [], "error": [], "bias_reduced_error": []})
    return CovariateShares(missing, levels, empty, working, None, clusters)

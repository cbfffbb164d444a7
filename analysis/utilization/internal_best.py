"""What the client's own best reach once luck is taken out: evidence of what peers do, not a ceiling."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate, Quantity
from analysis.measure.crosswalk import BASE, WORK
from analysis.measure.shrinkage import BestPart, GroupErrors, best_part, split_means
from analysis.utilization.settings import UtilizationSettings

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

BEST_COLUMNS: tuple[str, ...] = (
    *("population", "unit", "units", "estimand", "observed", "value", "low", "high", "adjusted", "adjusted_low"),
    *("adjusted_high", "adjusted_for", "beyond", "status", "reason"),
)
FEWEST_UNITS = 6
ESTIMAND: dict[str, str] = {
    "contact_centre": "true mean utilization of the quarter of {unit} that looks best",
    "back_office": "true mean share of recorded work of the quarter of {unit} that looks best",
}
_METHOD = "empirical Bayes over {unit}, true mean of the best-looking quarter"
_TOP = 0.25
_NUMBERS = ("observed", "value", "low", "high", "adjusted", "adjusted_low", "adjusted_high")
_LOGS = "recorded work, and logs miss work: not to be set beside today's utilization"
_LIFTED = "recorded work; about {points:.0f} points of the base are work that no log shows, and are counted for all alike where this is set beside what is achievable"


def internal_best(
    baseline: Baseline, population: str, *, achievable: Estimate, settings: UtilizationSettings
) -> tuple[Estimate, pd.DataFrame]:
    """Estimate the true mean utilization of the quarter of reporting groups, or of people, that looks best.

    Parameters
    ----------
    baseline
        Result of :func:`analysis.measure_baseline`; `level_days` and `people_spread` are used.
    population
        ``"contact_centre"`` or ``"back_office"``.
    achievable
        What is achievable, share of the base; a value above everything seen here is marked so.
    settings
        Confidence of the interval over groups; that over people has the baseline's.

    Returns
    -------
    tuple
        The quantity ``utilization.internal_best`` (groups where 6 or more are shown, else people, else why not), and rows with the columns
        ``BEST_COLUMNS``: one for groups, one for people.

    Notes
    -----
    Days of the groups give each group's figure and its error, what all share on a day set apart; :func:`analysis.measure.shrinkage.best_part`
    takes the luck of having been chosen out. The best quarter of noisy figures looks better than it is: with equal true and sampling spread of
    .05 about .60 it reads .690 where its true mean is .645. Persons never enter here: their row is a summary over ten or more.
    In the back office recorded work is compared; `beyond` adds the work that observation sees and logs do not, for all alike.
    """
    lift, words = _unlogged(baseline.quantities, population)
    groups = _of_groups(baseline, population, settings)
    people = _of_people(baseline, population)
    rows = [{**row, "population": population} for row in (groups, people)]
    for row in rows:
        row["estimand"] = ESTIMAND[population].format(unit=row["unit"])
        highest = float(row.pop("highest"))  # type: ignore[arg-type]
        known = row["status"] == "ok" and achievable.value is not None and lift is not None
        row["beyond"] = bool(known and (achievable.value or 0.0) > highest + (lift or 0.0))
        if row["status"] == "ok":
            row["reason"] = words
    frame = pd.DataFrame(rows, columns=list(BEST_COLUMNS))
    frame = frame.astype({"units": "int64", "beyond": "bool", **dict.fromkeys(_NUMBERS, "float64")})
    chosen = rows[0] if rows[0]["status"] == "ok" else rows[1]
    confidence = settings.confidence if chosen is rows[0] else baseline.settings.confidence
    return _quantity(chosen, rows, confidence, _grade(baseline, population)), frame


def _quantity(chosen: dict[str, Any], rows: list[dict[str, Any]], confidence: float, grade: Any) -> Estimate:
    """Return the row that counts as an estimate; without one, the reasons of both."""
    unit = chosen["unit"]
    described: dict[str, Any] = {"confidence": confidence, "n": chosen["units"], "n_unit": unit, "grade": grade}
    described["method"] = _METHOD.format(unit=unit)
    if chosen["status"] != "ok":
        return Estimate.missing(*(row["reason"] for row in rows), status=chosen["status"], **described)
    reasons = (chosen["reason"],) if chosen["reason"] else ()
    low, high = max(0.0, chosen["low"]), min(1.0, chosen["high"])
    return Estimate(chosen["value"], low, high, reasons=reasons, **described)


def _row(unit: str, units: int, status: str, reason: str) -> dict[str, Any]:
    """Return a row without figures."""
    empty = dict.fromkeys(_NUMBERS, math.nan)
    stated = {"unit": unit, "units": units, **empty, "adjusted_for": ""}
    return {**stated, "status": status, "reason": reason, "highest": math.nan}


def _of_groups(baseline: Baseline, population: str, settings: UtilizationSettings) -> dict[str, Any]:
    """Return the best quarter of the groups that may be shown."""
    found = _group_errors(baseline.level_days, population)
    units = 0 if found is None else len(found.share)
    if found is None or units < FEWEST_UNITS:
        word = "group" if units == 1 else "groups"
        words = f"only {units} reporting {word} can be compared; the best quarter of them needs {FEWEST_UNITS}"
        return _row("groups", units, "insufficient", words)
    if not np.isfinite(found.own).all() or not (found.own > 0).all():
        return _row("groups", units, "insufficient", "too few days to see how a group's days differ")

    def best(top: float) -> BestPart:
        return best_part(
            found.share,
            found.own,
            top=top,
            common_error=found.common,
            freedom=found.freedom,
            common_freedom=found.common_freedom,
            confidence=settings.confidence,
        )

    quarter, single = best(_TOP), best(1 / units)
    figures = {name: getattr(quarter, name) for name in ("observed", "value", "low", "high")}
    return {**_row("groups", units, "ok", ""), **figures, "highest": max(quarter.high, single.high)}


def _group_errors(level_days: pd.DataFrame, population: str) -> GroupErrors | None:
    """Return the utilization of groups with its errors, from groups seen on enough days."""
    days = level_days[level_days["population"].eq(population) & level_days["by"].eq("group")]
    days = days.assign(base=days[list(BASE)].sum(axis=1), part=days[list(WORK)].sum(axis=1))
    days = days[days["base"] > 0]
    days = days[days.groupby("level")["day"].transform("nunique") >= MINIMUM_CLUSTERS]
    if days.empty:
        return None
    part, base = (days.pivot_table(index="day", columns="level", values=name).fillna(0.0) for name in ("part", "base"))
    weekday = pd.DatetimeIndex(part.index).day_of_week.to_numpy()
    return split_means(part.to_numpy(), base.to_numpy(), strata=weekday)


def _of_people(baseline: Baseline, population: str) -> dict[str, Any]:
    """Return the best quarter of people as the baseline summed them up."""
    spread = baseline.people_spread
    mine = spread[spread["population"].eq(population)]
    if mine.empty:
        return _row("people", 0, "insufficient", "hours are not known by person and day")
    found = mine.iloc[0]
    units = 0 if pd.isna(found["agents"]) else int(found["agents"])
    empty = _row("people", units, str(found["status"]), str(found["reason"]))
    if found["status"] != "ok":
        return empty
    names = {"observed": "top_observed", "value": "top_true", "low": "top_low", "high": "top_high"}
    names |= {"adjusted": "adjusted_true", "adjusted_low": "adjusted_low", "adjusted_high": "adjusted_high"}
    figures = {ours: float(found[theirs]) for ours, theirs in names.items()}
    stated = {"adjusted_for": str(found["adjusted_for"]), "highest": figures["high"]}
    return {**empty, **figures, **stated}


def _unlogged(quantities: tuple[Quantity, ...], population: str) -> tuple[float | None, str]:
    """Return work that no log shows, as a share of the base, with words for it; None where nobody looked."""
    if population != "back_office":
        return 0.0, ""
    names = ("utilization", "support_share", "non_work_share")
    ids = {f"baseline.{name}": name for name in names}
    known = {
        ids[one.id]: one.estimate.value
        for one in quantities
        if one.id in ids and one.estimate.value is not None and dict(one.scope) == {"population": population}
    }
    if len(known) < len(names):
        return None, _LOGS
    lift = max(0.0, 1 - known["support_share"] - known["non_work_share"] - known["utilization"])
    return lift, _LIFTED.format(points=100 * lift)


def _grade(baseline: Baseline, population: str) -> Any:
    """Return the evidence grade of the population's paid time."""
    grades = baseline.attendance.loc[baseline.attendance["population"].eq(population), "grade"]
    return grades.iloc[0] if len(grades) else "A"

"""What a pilot showed, judged exactly as its calendar was drawn; where it cannot tell, it says so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.typed_frames import COUNT, NUMBER, TEXT, columns, typed_frame
from analysis.readiness.pilot.assignment import Assignment, calendars_possible, like_calendars
from analysis.readiness.pilot.randomised import Tested, nuisance, randomisation_test
from analysis.readiness.pilot.words import amount, figure, outcome_of

RESULT = columns(
    f"{TEXT}: outcome words unit_of_outcome",
    f"{NUMBER}: without with_items effect low high p_value confidence margin",
    f"{COUNT}: units_on units_off missing_on missing_off washout_units",
    f"{TEXT}: verdict status reason sentence",
)
# Fewest units of an arm that are compared.
FEWEST_UNITS = 3
_CALENDARS = 4999


@dataclass(frozen=True, slots=True, repr=False)
class PilotResult:
    """What a pilot showed.

    Attributes
    ----------
    outcomes
        One row per outcome: `outcome`, `words`, `unit_of_outcome`, `without` and `with_items` (means of the units), `effect` (at like week, weekday and covariates) with `low`,
        `high`, `p_value`, `confidence`, `margin` (largest change for the worse that is accepted; NaN without), `units_on`, `units_off`, `missing_on`, `missing_off` (units of the calendar
        without a figure), `washout_units`, `verdict` (better | worse | no worse than the margin | no change seen | changed | cannot say), `status` (ok | insufficient), `reason`, `sentence`.
    """

    outcomes: pd.DataFrame

    def __repr__(self) -> str:
        """Return the sentences."""
        return "\n".join(self.outcomes["sentence"])


@dataclass(frozen=True, slots=True)
class Asked:
    """How one outcome is judged: columns held alike, largest change for the worse that is accepted, and confidence."""

    covariates: tuple[str, ...]
    margin: float
    confidence: float


def evaluate_pilot(
    days: pd.DataFrame,
    assignment: Assignment,
    *,
    outcomes: Sequence[str] = ("service_level",),
    covariates: Sequence[str] = (),
    margins: Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> PilotResult:
    """Tell what items changed, by the randomisation test of the calendar that was drawn.

    Parameters
    ----------
    days
        One row per day (and half day) of one pool: `day`, `half` (with half days), the outcomes and covariates as columns; :func:`unit_figures` makes it.
    assignment
        The calendar as it was drawn with :func:`assign`, not as it was kept: a day on which items did not run although they should have counts as drawn.
    outcomes
        Columns that are judged.
    covariates
        Columns that are held alike; only what no arm can change, such as the volume offered and the hours of agents at work (on contacts or items). They
        are named before the pilot begins.
    margins
        Largest change for the worse that is accepted, by outcome: ``{"service_level": 0.02}``.
    confidence
        Level of the interval; the test's level is 1 - confidence.

    Returns
    -------
    PilotResult

    Raises
    ------
    ValueError
        A column is missing, or a unit stands there twice.

    Notes
    -----
    See :func:`analysis.readiness.pilot.randomised.randomisation_test`. The interval holds a constant effect in (at least) `confidence` of the pilots, whatever the
    autocorrelation of the days. A unit without a figure is left out and counted.

    Examples
    --------
    >>> import datetime as dt
    >>> from analysis.readiness.pilot import assign
    >>> drawn = assign(4, starts_on=dt.date(2026, 5, 4), seed=1)
    >>> days = drawn.calendar[["day", "half"]].assign(service_level=[0.9 - 0.03 * on + 0.001 * (n % 7) for n, on in enumerate(drawn.on)])
    >>> evaluate_pilot(days, drawn, margins={"service_level": 0.02}).outcomes["verdict"].tolist()
    ['worse']
    """
    wanted = [*outcomes, *covariates]
    absent = [name for name in ["day", *wanted] if name not in days]
    if absent:
        raise ValueError(f"the days have no column {absent[0]!r}; they need day, {', '.join(wanted)}")
    placed = _placed(days, assignment, wanted)
    rows = [
        _row(name, placed, assignment, Asked(tuple(covariates), (margins or {}).get(name, math.nan), confidence))
        for name in outcomes
    ]
    return PilotResult(typed_frame(RESULT, rows, name="the result of a pilot"))


def _placed(days: pd.DataFrame, assignment: Assignment, wanted: Sequence[str]) -> pd.DataFrame:
    """Return the randomised units with the means of their days; wash-out is left out, units without a day stay as missing."""
    rows = days.assign(day=pd.to_datetime(days["day"]).astype("datetime64[us]"))
    rows = rows.assign(half=rows.get("half", ""))
    if rows.duplicated(["day", "half"]).any():
        raise ValueError("a day stands there twice: give the rows of one pool alone")
    calendar = assignment.calendar
    merged = calendar.merge(rows[["day", "half", *wanted]], on=["day", "half"], how="left")
    merged.loc[merged["washout"], list(wanted)] = math.nan
    means = merged.groupby("unit", sort=True)[list(wanted)].mean()
    unit = calendar.groupby("unit", sort=True).agg(week=("week", "first"), position=("position", "first"), on=("on", "first"))  # fmt: skip
    return unit.join(means).reset_index()


def _row(name: str, units: pd.DataFrame, assignment: Assignment, asked: Asked) -> dict[str, object]:
    covariates, margin, confidence = asked.covariates, asked.margin, asked.confidence
    known = units[[name, *covariates]].notna().all(axis=1).to_numpy()
    on = units["on"].to_numpy(dtype=bool)
    counts = {
        "units_on": int((known & on).sum()),
        "units_off": int((known & ~on).sum()),
        "missing_on": int((~known & on).sum()),
        "missing_off": int((~known & ~on).sum()),
    }
    words = outcome_of(name)
    seen = units[known]
    row: dict[str, object] = {
        "outcome": name,
        "words": words.words,
        "unit_of_outcome": words.unit,
        "confidence": confidence,
        "margin": margin,
        "washout_units": int(assignment.calendar["washout"].sum()),
        **counts,
    }
    for arm, key in ((False, "without"), (True, "with_items")):
        row[key] = float(seen.loc[seen["on"] == arm, name].mean()) if (seen["on"] == arm).any() else math.nan
    reason, tested = _tested(name, seen, assignment, asked)
    return refused(row, reason) if tested is None else answered(row, tested)


def refused(row: Mapping[str, object], reason: str) -> dict[str, object]:
    """Return the row of an outcome on which the pilot cannot answer."""
    said = f"{_first(str(row['words']))}: the pilot cannot tell, because {reason}."
    return {**row, "verdict": "cannot say", "status": "insufficient", "reason": reason, "sentence": said}


def answered(row: Mapping[str, object], tested: Tested) -> dict[str, object]:
    """Return the row of an outcome with its effect, verdict and sentence."""
    words = outcome_of(str(row["outcome"]))
    found = {"effect": tested.effect, "low": tested.low, "high": tested.high, "p_value": tested.p_value}
    verdict = _verdict(tested, words.better, float(str(row["margin"])))
    sentence = _sentence(row, tested, verdict, words.unit)
    return {**row, **found, "verdict": verdict, "status": "ok", "reason": "", "sentence": sentence}


def _first(words: str) -> str:
    return words[0].upper() + words[1:]


def _tested(name: str, seen: pd.DataFrame, assignment: Assignment, asked: Asked) -> tuple[str, Tested | None]:
    """Return why there is no answer, or the test."""
    level = 1 - asked.confidence
    arms = [int((seen["on"] == arm).sum()) for arm in (False, True)]
    if min(arms) < FEWEST_UNITS:
        return (
            f"only {arms[1]} units with and {arms[0]} without items have figures; {FEWEST_UNITS} of each are needed",
            None,
        )
    possible = calendars_possible(assignment.positions, assignment.weeks)
    if possible * level < 2:
        return f"only {possible} calendars could have been drawn; a longer pilot has more", None
    generator = np.random.default_rng([assignment.seed, 1])
    calendars, listed = like_calendars(assignment.positions, assignment.weeks, _CALENDARS, generator)
    place = seen["unit"].to_numpy()
    given = seen[list(asked.covariates)].to_numpy(dtype=float)
    week, position = seen["week"].to_numpy() - 1, seen["position"].to_numpy()
    basis = nuisance(week, position, given)
    if len(seen) - basis.shape[1] < FEWEST_UNITS:
        return f"{len(seen)} units are too few to hold {basis.shape[1]} things alike", None
    values = seen[name].to_numpy(dtype=float)
    found = randomisation_test(
        values, seen["on"].to_numpy(dtype=bool), calendars[:, place], basis, all_listed=listed, level=level
    )
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return "too many units are missing for the days with and without items to be told apart", None
    return "", found


def _verdict(found: Tested, better: int, margin: float) -> str:
    """Return the answer; with a margin, no worse than it counts even where a small change is seen."""
    low, high = (found.low, found.high) if better >= 0 else (-found.high, -found.low)
    if better == 0:
        return "changed" if low > 0 or high < 0 else "no change seen"
    if low > 0:
        return "better"
    if not math.isnan(margin):
        if low > -margin:
            return "no worse than the margin"
        return "worse" if high < 0 else "cannot say"
    return "worse" if high < 0 else "no change seen"


def _sentence(row: Mapping[str, object], found: Tested, verdict: str, unit: str) -> str:
    counted = f"{row['units_on']} units with and {row['units_off']} without items"
    missing = int(str(row["missing_on"])) + int(str(row["missing_off"]))
    left = f"; {missing} units without figures left out ({row['missing_on']} with items)" if missing else ""
    before = figure(float(str(row["without"])), unit)
    margin = float(str(row["margin"]))
    said = {
        "no worse than the margin": f"no worse than the {amount(margin, unit)} that were agreed"
        if not math.isnan(margin)
        else "",
        "cannot say": "whether it stays within what was agreed cannot be said from so few units",
    }.get(verdict, verdict)
    return (
        f"{_first(str(row['words']))}: {before} without items, changed by {amount(found.effect, unit)} "
        f"({amount(found.low, unit)} to {amount(found.high, unit)}) with items: {said}; {counted}{left}."
    )

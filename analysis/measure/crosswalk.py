"""The published definitions of occupancy, utilization, shrinkage and their kin, side by side on one client's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation import intervals

WORK: tuple[str, ...] = ("HANDLING", "RESERVED", "ITEM_WORK")
WORKABLE: tuple[str, ...] = (*WORK, "IDLE", "AWAY", "UNACCOUNTED")
BASE: tuple[str, ...] = (*WORKABLE, "SUPPORT", "OUTAGE")
ATTENDED: tuple[str, ...] = (*BASE, "BREAK")
PAID: tuple[str, ...] = (*ATTENDED, "ABSENT")
_SIGNED_ON = tuple(part for part in ATTENDED if part != "UNACCOUNTED")
_NAMES = {WORK: "work", WORKABLE: "WORKABLE", BASE: "base", ATTENDED: "ATTENDED", PAID: "PAID"}
_SCHEDULE_ORDER = (
    "ABSENT",
    "BREAK",
    "SUPPORT",
    "OUTAGE",
    "HANDLING",
    "RESERVED",
    "ITEM_WORK",
    "WORK",
    "IDLE",
    "AWAY",
    "OFF",
)
_ON_DUTY = frozenset({"HANDLING", "RESERVED", "ITEM_WORK", "WORK", "IDLE"})
_OFF_DUTY: tuple[tuple[str, ...], ...] = (("ABSENT",), ("BREAK",), ("SUPPORT", "OUTAGE"))

# definition, numerator parts, denominator parts, does it need idle states, source
_OF_TIME: tuple[tuple[str, tuple[str, ...], tuple[str, ...], bool, str], ...] = (
    ("occupancy", WORK, (*WORK, "IDLE"), True, "this report"),
    ("occupancy, contacts only", ("HANDLING", "RESERVED"), ("HANDLING", "RESERVED", "IDLE"), True, "this report"),
    (
        "occupancy, handling against ready",
        ("HANDLING",),
        ("HANDLING", "IDLE"),
        True,
        "COPC and weWFM as quoted by Call Centre Helper",
    ),
    ("occupancy_icmi, all occupied time", (*WORK, "SUPPORT", "OUTAGE", "BREAK"), ATTENDED, False, "ICMI article"),
    (
        "occupancy, handling against logged in",
        ("HANDLING",),
        _SIGNED_ON,
        True,
        "globalwfm; auxiliary states count as logged in",
    ),
    ("utilization U1, workable of paid", WORKABLE, PAID, False, "COPC as quoted on a Call Centre Helper forum"),
    ("utilization U2, workable of attended", WORKABLE, ATTENDED, False, "Immersecx, globalwfm"),
    ("utilization U3, productive of paid", (*WORK, "SUPPORT"), PAID, False, "injixo on Call Centre Helper"),
    ("utilization U4, core work of time at work", ("HANDLING", "ITEM_WORK"), ATTENDED, False, "ActiveOps"),
    ("utilization U5, work of base", WORK, BASE, False, "this report"),
    ("utilization U5 without reserved time", ("HANDLING", "ITEM_WORK"), BASE, False, "this report"),
    (
        "utilization U6, desktop",
        WORK,
        (*WORK, "UNACCOUNTED", "IDLE", "AWAY"),
        False,
        "WorkiQ; time in no category is left out",
    ),
    ("omitted by U6", ("SUPPORT", "OUTAGE", "BREAK"), ATTENDED, False, "WorkiQ; what its ratio leaves out"),
    ("shrinkage", ("ABSENT", "BREAK", "SUPPORT", "OUTAGE"), PAID, False, "this report; weWFM"),
    ("shrinkage with unaccounted", ("ABSENT", "BREAK", "SUPPORT", "OUTAGE", "UNACCOUNTED"), PAID, False, "this report"),
    (
        "shrinkage with away and unaccounted",
        ("ABSENT", "BREAK", "SUPPORT", "OUTAGE", "AWAY", "UNACCOUNTED"),
        PAID,
        False,
        "weWFM; all unavailable paid time",
    ),
    ("shrinkage in office", ("BREAK", "SUPPORT", "OUTAGE"), PAID, False, "Amazon Connect"),
    ("shrinkage out of office", ("ABSENT",), PAID, False, "Amazon Connect"),
    ("availability", (*WORK, "IDLE"), _SIGNED_ON, True, "Five9"),
)
# definition -> parts of the numerator and of the denominator
TIME_DEFINITIONS = {name: (top, bottom) for name, top, bottom, _, _ in _OF_TIME}
_NO_IDLE = "no source of this population records when people are ready without work"
_NO_SHIFTS = "no shifts, sign-ons or paid hours were given"


@dataclass(frozen=True, slots=True)
class Planned:
    """Scheduled time against what was seen in it, in hours.

    Attributes
    ----------
    scheduled_h, in_kind_h
        Paid scheduled time; the part spent in the scheduled kind of state.
    duty_h, on_duty_h
        Time scheduled for work; time seen working or ready, whenever it was.
    unavailable_h
        Scheduled absence, break and support.
    """

    scheduled_h: float
    in_kind_h: float
    duty_h: float
    on_duty_h: float
    unavailable_h: float


@dataclass(frozen=True, slots=True)
class Counted:
    """What counted work and looks add to the definitions; None where the data hold none.

    Attributes
    ----------
    earned_h
        Items finished, times their standard times.
    items_in, items_out
        Items arrived and finished.
    within_due
        Share finished by their due time.
    sampled_work, looks_needed
        Share of looks that found work; looks that would give it a half width of 5 points.
    """

    earned_h: float | None = None
    items_in: float | None = None
    items_out: float | None = None
    within_due: float | None = None
    sampled_work: float | None = None
    looks_needed: int | None = None


def planned_time(pieces: pd.DataFrame, schedule: pd.DataFrame) -> Planned:
    """Compare a schedule with the ladder's pieces.

    Parameters
    ----------
    pieces
        agent, start, end, state: paid time in disjoint pieces.
    schedule
        agent, start, end, state of the same people, paid or not; overlapping entries are allowed (a break inside a shift).

    Returns
    -------
    Planned

    Notes
    -----
    Only scheduled time inside paid time counts. A scheduled break in which nothing was seen counts as taken.
    """
    plan = intervals.exclusive(schedule, order=_SCHEDULE_ORDER)
    plan = intervals.clip(plan[plan["state"] != "OFF"], within=pieces[["agent", "start", "end"]])
    duty = plan["state"].isin(_ON_DUTY)
    on_duty = pieces[pieces["state"].isin(_ON_DUTY)]
    in_kind = _overlap_h(on_duty, plan[duty])
    for states in _OFF_DUTY:
        in_kind += _overlap_h(pieces[pieces["state"].isin(states)], plan[plan["state"].isin(states)])
    unavailable = plan["state"].isin([state for states in _OFF_DUTY for state in states])
    return Planned(_hours(plan), in_kind, _hours(plan[duty]), _hours(on_duty), _hours(plan[unavailable]))


def crosswalk(
    hours: Mapping[str, float] | None,
    *,
    sees_idle: bool,
    planned: Planned | None = None,
    counted: Counted | None = None,
) -> pd.DataFrame:
    """Compute every published definition that the data allow, each with its numerator, denominator and source.

    Parameters
    ----------
    hours
        Hours by part of the time ladder; None when attendance is unknown.
    sees_idle
        Whether a source records ready time without work.
    planned
        The result of :func:`planned_time`; None without a schedule.
    counted
        Counted work and looks.

    Returns
    -------
    DataFrame
        definition, numerator, denominator, value, unit ("share", "h", "items", "looks"), status, reason, source; value is missing unless status is ``"ok"``.

    Examples
    --------
    >>> found = crosswalk({"HANDLING": 60, "IDLE": 20, "BREAK": 10, "SUPPORT": 10}, sees_idle=True).set_index("definition")["value"]
    >>> found[["occupancy", "utilization U3, productive of paid", "shrinkage"]].tolist()
    [0.75, 0.7, 0.2]
    """
    rows = [_of_time(hours, sees_idle, ratio) for ratio in _OF_TIME]
    rows += _of_plan(planned, hours, sees_idle)
    rows += _of_counts(hours, counted or Counted())
    columns = ["definition", "numerator", "denominator", "value", "unit", "status", "reason", "source"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"value": "float64"})


Row = tuple[str, str, str, float | None, str, str, str, str]


def _row(
    name: str,
    top: tuple[str, float | None],
    bottom: tuple[str, float | None],
    source: str,
    *,
    reason: str = "",
    unit: str = "share",
) -> Row:
    """Return a definition's row: its value, or why there is none."""
    if not reason and (top[1] is None or bottom[1] is None):
        reason = "the data do not hold what this definition needs"
    if not reason and not bottom[1]:
        reason = "nothing to divide by: the denominator is zero"
    value = None if reason or top[1] is None or bottom[1] is None else top[1] / bottom[1]
    return name, top[0], bottom[0], value, unit, "insufficient" if reason else "ok", reason, source


def _of_time(
    hours: Mapping[str, float] | None, sees_idle: bool, ratio: tuple[str, tuple[str, ...], tuple[str, ...], bool, str]
) -> Row:
    """Return a definition that divides parts of the ladder."""
    name, top, bottom, needs_idle, source = ratio
    reason = _NO_SHIFTS if hours is None else _NO_IDLE if needs_idle and not sees_idle else ""
    known = hours or {}
    sums = [sum(known.get(part, 0.0) for part in parts) for parts in (top, bottom)]
    return _row(name, (_words(top), sums[0]), (_words(bottom), sums[1]), source, reason=reason)


def _of_plan(planned: Planned | None, hours: Mapping[str, float] | None, sees_idle: bool) -> list[Row]:
    """Return the definitions that need a schedule."""
    reason = "no schedule was given" if planned is None or hours is None else ""
    seen = reason or ("" if sees_idle else _NO_IDLE)
    plan = planned or Planned(0, 0, 0, 0, 0)
    return [
        _row("adherence", ("scheduled time in the scheduled kind of state", plan.in_kind_h), ("scheduled time", plan.scheduled_h), "Amazon Connect, Genesys", reason=seen),
        _row("conformance", ("time working or ready", plan.on_duty_h), ("time scheduled for work", plan.duty_h), "Assembled, Genesys; may exceed 1", reason=seen),
        _row("shrinkage as scheduled", ("scheduled ABSENT + BREAK + SUPPORT", plan.unavailable_h), ("scheduled time", plan.scheduled_h), "weWFM; for staffing", reason=reason),
    ]  # fmt: skip


def _of_counts(hours: Mapping[str, float] | None, counted: Counted) -> list[Row]:
    """Return the definitions that need counted items or looks."""
    known = hours or {}
    item_h, attended = known.get("ITEM_WORK"), sum(known.get(part, 0.0) for part in ATTENDED)
    earned = ("items x standard time", counted.earned_h)
    no_standards = "" if counted.earned_h is not None else "no standard times for the finished items were given"
    no_shifts = no_standards or ("" if hours is not None else _NO_SHIFTS)
    core = known.get("HANDLING", 0.0) + (item_h or 0.0)
    complex_top = None if not item_h or counted.earned_h is None else counted.earned_h / item_h * core
    no_items = "" if counted.items_out is not None else "no items were given"
    no_looks = "" if counted.sampled_work is not None else "no observation rounds were given"
    difference = None if counted.items_in is None or counted.items_out is None else counted.items_in - counted.items_out
    return [
        _row("earned hours", earned, ("1", 1.0), "ActiveOps: standard hours", reason=no_standards, unit="h"),
        _row("productivity", earned, ("ITEM_WORK", item_h), "ActiveOps", reason=no_shifts),
        _row("complex productivity", ("productivity x (HANDLING + ITEM_WORK)", complex_top), ("ATTENDED", attended), "ActiveOps; the product is our reading", reason=no_shifts),
        _row("total productivity", earned, ("ATTENDED", attended), "ActiveOps", reason=no_shifts),
        _row("backlog clear, within due", ("items finished by their due time", counted.within_due), ("items due", 1.0), "ccplanning, Turnella", reason=no_items or ("" if counted.within_due is not None else "no due times were given")),
        _row("backlog clear, items in less items out", ("items arrived - items finished", difference), ("1", 1.0), "ccplanning, Turnella", reason=no_items, unit="items"),
        _row("work sampling, share of looks at work", ("looks that found work", counted.sampled_work), ("looks in the base", 1.0), "Pape 1982; interval by rounds or days", reason=no_looks),
        _row("work sampling, looks for a half width of 5 points", ("z^2 p (1 - p)", counted.looks_needed), ("0.05^2", 1.0), "for planning only", reason=no_looks, unit="looks"),
        _row("standard time", ("observed time x rating x (1 + allowance)", None), ("items", 1.0), "Konz", reason="no rated time study was given", unit="s"),
        _row("effectiveness", ("no agreed formula", None), ("no agreed formula", 1.0), "the word is used for different things", reason="there is no agreed formula"),
    ]  # fmt: skip


def _words(parts: tuple[str, ...]) -> str:
    """Return the ladder's name for a sum of parts, or the sum spelled out."""
    return _NAMES.get(parts, " + ".join(parts))


def _overlap_h(spells: pd.DataFrame, windows: pd.DataFrame) -> float:
    """Return the hours that spells spend inside windows of the same agent."""
    if spells.empty or windows.empty:
        return 0.0
    return _hours(intervals.clip(spells[["agent", "start", "end"]], within=windows[["agent", "start", "end"]]))


def _hours(spells: pd.DataFrame) -> float:
    """Return the summed length of spells."""
    length = (spells["end"] - spells["start"]).to_numpy()
    return float(np.asarray(length, dtype="timedelta64[us]").astype("int64").sum() / 3.6e9) if len(length) else 0.0

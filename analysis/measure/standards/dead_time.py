"""Whether handling time stretches when there is idle time to fill."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.foundation.serial import long_run

Array = np.ndarray
# Below this the arrivals say too little about idle time for a ratio of two noisy slopes (Staiger & Stock 1997).
LEAST_F = 10.0
POINTS = 0.1
CELL_COLUMNS = ("day", "weekday", "slot_of_day_s", "contacts", "handle_s", "idle_s", "available_s")
_KIND = "it shows what goes with quiet moments; were contacts of quiet moments of another kind, it would look the same"


def dead_time_effect(
    handling: pd.DataFrame, *, slots_before: int = 0, confidence: float = 0.95, noun: str = "contacts"
) -> Estimate:
    """Estimate by how much handling time is longer when idle time is 10 points of available time more.

    Parameters
    ----------
    handling
        One row per day and slot: day, weekday, slot_of_day_s, contacts (begun in the slot), handle_s (handling time of those contacts, until
        they end), idle_s and available_s (agents' idle time, and their time able to work, in the slot). A row per day with one slot does as well. Where a column pool tells apart agents who
        serve contacts of another kind, each pool has a mean length and slots of its own, and the effect is common to all.
    slots_before
        Set handling time against the idle time of so many slots before instead of the same slot.
    confidence
        Level of the interval.
    noun
        What is handled.

    Returns
    -------
    Estimate
        Change as a fraction (0.05 = 5 % longer) for 10 points more idle; unit ``"share"``, days as clusters. ``"insufficient"`` below 6 days or
        where idle time hardly moves with arrivals; ``"degenerate"`` where nothing varies.

    Raises
    ------
    DataProblem
        A column is missing, or a number negative.

    Notes
    -----
    Long contacts leave less idle time by arithmetic alone, so a plain regression is biased downwards, in the same slot and, where days
    have a pace of their own, in any slot of the day. Idle time is therefore moved only by what the contacts' own length has no part in: with
    e = - contacts * mean length / available time, b = sum w e~ y / sum w e~ x, where y is the cell's length over the mean, x its idle share, w the
    contacts, and ~ means less the mean of the weekday's slot (two-stage least squares with the load offered as the instrument). The change is
    exp(0.1 b) - 1. The error is the
    jackknife over days, the means of weekday and slot taken anew each time, for days that may resemble their neighbours
    (:func:`analysis.foundation.serial.long_run`).
    It assumes that more arrivals change a contact's length only through the idle time they leave.

    References
    ----------
    Brodsky & Amabile, Journal of Applied Psychology 103 (2018), 496-512. Tan & Netessine, Management Science 60 (2014), 1574-1593.
    Angrist & Pischke, Mostly Harmless Econometrics, 2009, chapter 4. Staiger & Stock, Econometrica 65 (1997), 557-586.

    Examples
    --------
    >>> days = pd.DataFrame({"day": range(3), "weekday": 0, "slot_of_day_s": 0, "contacts": 9, "handle_s": 900, "idle_s": 5, "available_s": 99})
    >>> dead_time_effect(days)
    no figure (insufficient): only 3 days were seen; an interval needs at least 6
    """
    cells = _cells(handling, slots_before)
    described: dict[str, Any] = {
        "confidence": confidence,
        "n_unit": "days",
        "basis": "modelled",
        "method": "mean handling time on idle share, moved by arrivals alone, weekday and slot fixed, days taken out one at a time",
    }
    days = int(cells["day"].nunique())
    described["n"] = days
    if days < MINIMUM_CLUSTERS:
        return Estimate.missing(
            f"only {days} days were seen; an interval needs at least {MINIMUM_CLUSTERS}", **described
        )
    moved = _moved(cells)
    bottom, square = (float((moved.weight * moved.load * part).sum()) for part in (moved.idle, moved.load))
    if square <= 1e-12 * float(moved.weight.sum()) or abs(bottom) <= 1e-12 * square:
        words = f"the load of {noun} or the idle time is the same in all cells"
        return Estimate.missing(words, status="degenerate", **described)
    first = math.sqrt(float((_moves(moved, moved.idle, moved.load) ** 2).sum()))
    if moved.freedom < 1 or (bottom / square) ** 2 < LEAST_F * first**2:
        strength = (bottom / square / first) ** 2 if first > 0 else 0.0
        words = f"idle time hardly moves with arrivals (F = {strength:.1f}, below {LEAST_F:.0f})"
        return Estimate.missing(words, **described)
    slope = float((moved.weight * moved.load * moved.length).sum()) / bottom
    found = long_run(_moves(moved, moved.length, moved.idle), np.zeros(days, dtype=np.int64))
    step = float(stats.t.ppf(0.5 + confidence / 2, min(found.freedom, moved.freedom))) * found.error
    value, low, high = (math.expm1(POINTS * end) for end in (slope, slope - step, slope + step))
    return Estimate(value, low, high, reasons=(_meaning(low, high), _KIND), **described)


def _meaning(low: float, high: float) -> str:
    """Return what the effect means for earned hours."""
    if low > 0:
        return "work fills idle time: standards from such times hold idleness, so slack by earned hours is too small"
    if high < 0:
        return "handling is quicker, not slower, when there is idle time: haste or a queue costs time here, and idle time is not filled"
    return "neither stretching nor its absence is shown: the interval holds zero"


def _cells(handling: pd.DataFrame, slots_before: int) -> pd.DataFrame:
    """Return usable cells with the idle share and the load that bear on their handling time."""
    absent = [name for name in CELL_COLUMNS if name not in handling]
    if absent:
        raise DataProblem(f"handling: there is no column {absent[0]}. A cell has {', '.join(CELL_COLUMNS)}.")
    handling = handling.reset_index(drop=True)
    numbers = handling[list(CELL_COLUMNS[3:])].astype("float64")
    if (numbers < 0).to_numpy().any():
        raise DataProblem(
            f"handling: {int((numbers < 0).any(axis=1).sum())} cells hold numbers below 0. Give seconds and counts of 0 or more."
        )
    pool = handling.get("pool", "all")
    cells = handling[["day", "weekday", "slot_of_day_s"]].join(numbers).assign(pool=pool)
    cells = cells.sort_values(["pool", "day", "slot_of_day_s"])
    seen = cells["available_s"] > 0
    cells["idle_share"] = (cells["idle_s"] / cells["available_s"]).where(seen)
    cells["load"] = (cells["contacts"] / cells["available_s"]).where(seen)
    if slots_before:
        width = cells.groupby(["pool", "day"])["slot_of_day_s"].diff().min()
        earlier = cells.groupby(["pool", "day"])[["idle_share", "load", "slot_of_day_s"]].shift(slots_before)
        near = cells["slot_of_day_s"] - earlier["slot_of_day_s"] == width * slots_before
        cells[["idle_share", "load"]] = earlier[["idle_share", "load"]].where(near)
    return cells[(cells["contacts"] > 0) & cells["idle_share"].notna()]


@dataclass(frozen=True, slots=True)
class _Moved:
    """Cells less the mean of their pool's weekday and slot."""

    length: Array
    idle: Array
    load: Array
    weight: Array
    own: Array  # share of the cell in the mean that was taken off
    day: Array
    freedom: int


def _moved(cells: pd.DataFrame) -> _Moved:
    """Take the means of pool, weekday and slot off lengths, idle shares and loads; cells that stand alone drop out."""
    place = cells.groupby(["pool", "weekday", "slot_of_day_s"]).ngroup().to_numpy()
    cells, place = cells[np.bincount(place)[place] > 1], place[np.bincount(place)[place] > 1]
    weight, handled = cells["contacts"].to_numpy(), cells["handle_s"].to_numpy()
    total = np.bincount(place, weight)
    pool = pd.factorize(cells["pool"])[0]
    mean_s = (np.bincount(pool, handled) / np.maximum(np.bincount(pool, weight), 1e-300))[pool]
    parts = []
    for part in (handled / weight / mean_s, cells["idle_share"].to_numpy(), -cells["load"].to_numpy() * mean_s):
        parts.append(part - (np.bincount(place, weight * part) / total)[place])
    day, names = pd.factorize(cells["day"], sort=True)
    freedom = len(names) - int(cells["weekday"].nunique())
    return _Moved(*parts, weight, weight / total[place], day, freedom)


def _moves(moved: _Moved, y: Array, x: Array) -> Array:
    """Return by how much each day moves sum w e~ y / sum w e~ x, in the order of time: each taken out, the cells' means included."""
    weight = moved.weight * moved.load
    slope = float((weight * y).sum() / (weight * x).sum())
    # without one of its members a cell's sum of products falls by the member's product over 1 - its part in the mean; its root evens the variance
    top = np.bincount(moved.day, weight / np.sqrt(1 - moved.own) * (y - slope * x))
    rest = float((weight * x).sum()) - np.bincount(moved.day, weight / (1 - moved.own) * x)
    change = np.where(rest == 0, 0.0, top / np.where(rest == 0, 1.0, rest))
    return change * math.sqrt((len(change) - 1) / len(change))

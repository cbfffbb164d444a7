"""Whether handling time stretches when there is idle time to fill."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem

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
    exp(0.1 b) - 1. Days within weekdays are clusters: z_d = sum w e~ (y~ - b x~), t(days - weekdays).
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
        "method": "mean handling time on idle share, moved by arrivals alone, weekday and slot fixed, days as clusters",
    }
    days = int(cells["day"].nunique())
    described["n"] = days
    if days < MINIMUM_CLUSTERS:
        return Estimate.missing(
            f"only {days} days were seen; an interval needs at least {MINIMUM_CLUSTERS}", **described
        )
    sums, strata = _sums(cells)
    top, bottom, square = sums.sum(axis=0)
    if square <= 1e-12 * float(cells["contacts"].sum()) or abs(bottom) <= 1e-12 * square:
        return Estimate.missing(
            f"the load of {noun} or the idle time is the same in all cells", status="degenerate", **described
        )
    first, freedom = _variance(sums[:, 1] - bottom / square * sums[:, 2], strata)
    if freedom < 1 or bottom**2 < LEAST_F * first:
        strength = bottom**2 / first if first > 0 else 0.0
        return Estimate.missing(
            f"idle time hardly moves with arrivals (F = {strength:.1f}, below {LEAST_F:.0f})", **described
        )
    slope = top / bottom
    error = math.sqrt(_variance(sums[:, 0] - slope * sums[:, 1], strata)[0]) / abs(bottom)
    step = float(stats.t.ppf(0.5 + confidence / 2, freedom)) * error
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


def _sums(cells: pd.DataFrame) -> tuple[Array, Array]:
    """Return each day's sums of w e y, w e x and w e e, less the means of its weekday's slots, and the days' weekdays."""
    weight, handled = cells["contacts"].to_numpy(), cells["handle_s"].to_numpy()
    place = cells.groupby(["pool", "weekday", "slot_of_day_s"]).ngroup().to_numpy()
    total = np.bincount(place, weight)
    pool = pd.factorize(cells["pool"])[0]
    mean_s = (np.bincount(pool, handled) / np.bincount(pool, weight))[pool]
    parts = []
    for part in (handled / weight / mean_s, cells["idle_share"].to_numpy(), -cells["load"].to_numpy() * mean_s):
        parts.append(part - (np.bincount(place, weight * part) / total)[place])
    y, x, e = parts
    day, names = pd.factorize(cells["day"], sort=True)
    sums = np.column_stack([np.bincount(day, weight * e * part, len(names)) for part in (y, x, e)])
    weekday = np.zeros(len(names), dtype=np.int64)
    weekday[day] = cells["weekday"].to_numpy(dtype="int64")
    return sums, weekday


def _variance(residual: Array, strata: Array) -> tuple[float, int]:
    """Return the variance of a sum over days within weekdays, and its degrees of freedom; a weekday seen once says nothing."""
    codes = np.unique(strata, return_inverse=True)[1]
    counts = np.bincount(codes)
    means = np.bincount(codes, residual) / counts
    squares = np.bincount(codes, (residual - means[codes]) ** 2)
    often = counts > 1
    return float((counts[often] / (counts[often] - 1) * squares[often]).sum()), int((counts[often] - 1).sum())

"""Starts for logs that record completions only: modelled, and no evidence of work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.calendars import local_day
from analysis.foundation.calendars.zones import stamps_of, utc_us
from analysis.foundation.intervals import union
from analysis.foundation.intervals.sets import Packing
from analysis.foundation.intervals.table import Ints, Rows
from analysis.foundation.schema import DataProblem

_NEVER = np.iinfo(np.int64).min
# An agent is taken for a machine when at least half of so many completions or more follow the one before at once.
MACHINE_COMPLETIONS = 30
# why a row has the start that it has, or none
BASES: Mapping[str, str] = {
    "recorded": "the log holds a start",
    "previous completion": "the person completed something else later than this item could have begun",
    "enabled": "the item could not have begun earlier: it arrived, or its previous step ended",
    "shift": "the person's shift, or its part after a break, began",
    "instantaneous": "a machine, or a step without length: it starts when it ends",
    "first of a day": "nothing says when the person's day began",
    "arrived too late": "the item arrived after it was completed",
    "incomplete": "no person or no end",
}
_WITHOUT = ("first of a day", "arrived too late", "incomplete")


@dataclass(frozen=True, slots=True)
class ModelledStarts:
    """Starts that were estimated from completions.

    Attributes
    ----------
    items
        The rows as given, with two columns more: started_modelled (UTC, missing where it cannot be estimated) and start_basis, one of
        :data:`BASES`. The column `started` stays as it is, so nothing that reads evidence can pick up a modelled start.
    counts
        basis, rows, share, meaning: every row of the log in one basis.
    basis
        ``"modelled"``.
    caution
        What such starts can never show, in words.
    """

    items: pd.DataFrame
    counts: pd.DataFrame
    basis: str
    caution: str


def estimate_starts(
    items: pd.DataFrame,
    *,
    zone: str | Mapping[str, str],
    shifts: pd.DataFrame | None = None,
    bots: Collection[str] = (),
    instantaneous: Collection[str] = (),
    machine_gap_s: float | None = 1.0,
) -> ModelledStarts:
    """Estimate when each completed item was begun: when it could be begun and its person was free.

    Parameters
    ----------
    items
        agent, ended (UTC) and, where known, item, type, arrived, started. Rows of one `item` are its steps.
    zone
        Time zone in which a day begins, for all or by agent.
    shifts
        agent, start, end (UTC): paid time without breaks. None: the first completion of a person's day has no start.
    bots
        Agents that are machines: their items start when they end.
    instantaneous
        Types of items that take no time.
    machine_gap_s
        An agent with 30 or more completions, at least half of them within so many seconds of the one before, is taken for a machine.
        None switches the rule off.

    Returns
    -------
    ModelledStarts

    Raises
    ------
    DataProblem
        agent or ended is missing.

    Notes
    -----
    start = max(enabled, previous completion of that person), where enabled is the later of the item's arrival and the end of its previous
    step (Chapela-Campa & Dumas, start time estimation; in their published tests, too, availability is the end of the person's previous
    event, machines are instantaneous, and a person's first event cannot be estimated). Here the previous completion must lie on the same
    local day, or in the same stretch of a shift, which gives the start of its first item.

    **What it cannot show.** The time between completions is filled from one end: with such starts every moment between two completions
    with work at hand looks like work, and idleness is zero by construction. So they are no evidence for the time ladder and no standard
    times are made from them; the lengths are upper limits of the time that was spent.

    Examples
    --------
    >>> at = lambda clock: pd.Timestamp(f"2026-03-02 {clock}", tz="UTC")
    >>> done = pd.DataFrame({"agent": "a", "ended": [at("09:10"), at("09:30"), at("10:30")], "arrived": [at("08:00"), at("08:00"), at("10:00")]})
    >>> found = estimate_starts(done, zone="UTC").items
    >>> found["started_modelled"].dt.strftime("%H:%M").tolist(), found["start_basis"].tolist()
    ([nan, '09:10', '10:00'], ['first of a day', 'previous completion', 'enabled'])
    """
    missing = [name for name in ("agent", "ended") if name not in items]
    if missing:
        raise DataProblem(
            f"work items: no column {' and no column '.join(missing)}. Starts are estimated from agent and ended."
        )
    usable = (items["agent"].notna() & items["ended"].notna()).to_numpy()
    rows = items[usable].reset_index(drop=True)
    ended = utc_us(rows["ended"])
    free, in_shift = _free_since(rows, ended, zone=zone, shifts=shifts)
    enabled = _enabled(rows, ended)
    start = np.maximum(free, enabled)
    basis = np.where(enabled > free, "enabled", np.where(in_shift, "shift", "previous completion")).astype(object)
    basis[free == _NEVER] = "first of a day"
    basis[enabled > ended] = "arrived too late"
    machines = {str(name) for name in bots} | _machines(rows, ended, machine_gap_s)
    at_once = rows["agent"].astype("str").isin(machines).to_numpy()
    if "type" in rows:
        at_once = at_once | rows["type"].isin(list(instantaneous)).to_numpy()
    start[at_once], basis[at_once] = ended[at_once], "instantaneous"
    if "started" in rows:
        held = rows["started"].notna().to_numpy()
        start[held], basis[held] = utc_us(rows["started"][held]), "recorded"
    known = ~np.isin(basis.astype(str), _WITHOUT)
    stamps = stamps_of(np.where(known, start, 0)).where(pd.Series(known))
    return _result(items, usable, stamps, basis)


def _result(items: pd.DataFrame, usable: np.ndarray, stamps: pd.Series, basis: np.ndarray) -> ModelledStarts:
    """Return the rows as given with their starts, and how many have which basis."""
    place = np.flatnonzero(usable)
    modelled = pd.Series(pd.NaT, index=range(len(items)), dtype="datetime64[us, UTC]")
    modelled[place] = stamps.to_numpy()
    named = np.full(len(items), "incomplete", dtype=object)
    named[place] = basis
    frame = items.assign(
        started_modelled=modelled.set_axis(items.index), start_basis=pd.Series(named, index=items.index, dtype="str")
    )
    rows = [int((named == key).sum()) for key in BASES]
    counts = pd.DataFrame({"basis": list(BASES), "rows": rows, "meaning": list(BASES.values())})
    counts.insert(2, "share", counts["rows"] / max(len(items), 1))
    caution = (
        "The starts are modelled: an item is taken to begin when it could begin and its person was free. Between completions everything then "
        "looks like work, so these starts say nothing about idle time and count as evidence of none."
    )
    return ModelledStarts(frame, counts, "modelled", caution)


def _free_since(
    rows: pd.DataFrame, ended: Ints, *, zone: str | Mapping[str, str], shifts: pd.DataFrame | None
) -> tuple[Ints, np.ndarray]:
    """Return since when each row's person was free, and whether that is the start of a shift."""
    person, names = pd.factorize(rows["agent"].astype("str"))
    moments = Rows(person.astype(np.int64), ended, ended)
    begun = np.full(len(rows), _NEVER)
    if shifts is not None and len(shifts):
        begun = _shift_start(rows, ended, shifts)
    place = zone if isinstance(zone, str) else rows["agent"].map(zone)
    packing = Packing.of(max(len(names), 1), [moments])
    keys = packing.keys(moments.person, ended)
    order = np.argsort(keys, kind="stable")
    before = np.searchsorted(keys[order], keys, side="left") - 1
    other = order[np.maximum(before, 0)]
    day = local_day(rows["ended"], place).to_numpy()
    same = (before >= 0) & (moments.person[other] == moments.person)
    same &= np.where(begun > _NEVER, ended[other] >= begun, day[other] == day)
    previous = np.where(same, ended[other], _NEVER)
    return np.maximum(previous, begun), (begun > previous)


def _shift_start(rows: pd.DataFrame, ended: Ints, shifts: pd.DataFrame) -> Ints:
    """Return when the stretch of a shift began in which each row ended, where there is one."""
    stretches = union(shifts.assign(agent=shifts["agent"].astype("str"))[["agent", "start", "end"]])
    names = pd.Index(pd.unique(pd.concat([rows["agent"].astype("str"), stretches["agent"].astype("str")])))
    who, theirs = (names.get_indexer(frame["agent"].astype("str")).astype(np.int64) for frame in (rows, stretches))
    start, end = utc_us(stretches["start"]), utc_us(stretches["end"])
    packing = Packing.of(len(names), [Rows(who, ended, ended), Rows(theirs, start, end)])
    order = np.argsort(packing.keys(theirs, start))
    at = np.searchsorted(packing.keys(theirs, start)[order], packing.keys(who, ended), side="left") - 1
    piece = order[np.maximum(at, 0)]
    inside = (at >= 0) & (theirs[piece] == who) & (end[piece] >= ended)
    return np.where(inside, start[piece], _NEVER)


def _enabled(rows: pd.DataFrame, ended: Ints) -> Ints:
    """Return when each row could have begun, the lowest number where nothing says so."""
    enabled = np.full(len(rows), _NEVER)
    if "arrived" in rows:
        known = rows["arrived"].notna().to_numpy()
        enabled[known] = utc_us(rows["arrived"][known])
    if "item" in rows:
        item = pd.factorize(rows["item"])[0]
        order = np.lexsort((np.arange(len(rows)), ended, item))
        follows = np.concatenate([[False], (item[order][1:] == item[order][:-1]) & (item[order][1:] >= 0)])
        before = np.where(follows, np.roll(ended[order], 1), _NEVER)
        enabled[order] = np.maximum(enabled[order], before)
    return enabled


def _machines(rows: pd.DataFrame, ended: Ints, gap_s: float | None) -> set[str]:
    """Return agents whose completions follow one another faster than people work."""
    if gap_s is None or rows.empty:
        return set()
    frame = pd.DataFrame({"agent": rows["agent"].astype("str").to_numpy(), "ended": ended})
    frame = frame.sort_values(["agent", "ended"], kind="stable")
    fast = frame.groupby("agent", sort=False)["ended"].diff().le(round(gap_s * 1e6))
    grouped = fast.groupby(frame["agent"])
    found = (grouped.size() >= MACHINE_COMPLETIONS) & (grouped.mean() >= 0.5)
    return {str(name) for name in found.index[found.to_numpy()]}

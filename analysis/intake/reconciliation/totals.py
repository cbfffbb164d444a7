"""Totals of one export against another: the same people or queues, the same days, interval by interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation import calendars, intervals
from analysis.foundation.schema import Finding
from analysis.intake.reconciliation import families
from analysis.intake.reconciliation.families import Family, book, family_of
from analysis.intake.reconciliation.origins import HOUR_US, Origin, stamps
from analysis.intake.reconciliation.result import DAY_COLUMNS, TOTAL_COLUMNS
from analysis.intake.words import number_of

# Totals that differ by more than this share are shown.
THRESHOLD = 0.05
# States of which totals are compared, by measure; None = all but signed off.
MEASURES: Mapping[str, tuple[str, ...] | None] = {
    "staffed time": None,
    "handling time": ("HANDLING", "RESERVED"),
    "waiting time": ("IDLE",),
}
# Signed off, or not there at all: no staffed time.
NOT_STAFFED: tuple[str, ...] = ("OFF",)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of two exports by key (person or queue), interval and day.

    `family` is how the totals book time; `persons` is 0 where keys are queues.
    """

    measure: str
    theirs_from: str
    ours_from: str
    scope: str
    unit: str
    by_day: pd.DataFrame
    family: str = ""
    persons: int = 0


def compare_totals(origins: Sequence[Origin], *, minimum: int = 1) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Return totals against totals, by comparison and by day, and what a reader must know.

    Parameters
    ----------
    origins
        Sources with their rows.
    minimum
        Smallest group: no numbers of fewer persons.

    Notes
    -----
    Interval totals stand against agent states and against contacts, volumes of queues against contacts, agent states against contacts. Only
    persons or queues and days that both exports hold are compared. An interval that an export of totals leaves out counts as zero.
    """
    by_table: dict[str, list[Origin]] = {}
    for origin in origins:
        if len(origin.frame):
            by_table.setdefault(origin.table, []).append(origin)
    found: list[Comparison] = []
    for theirs_table, ours_table, compare in _PAIRS:
        for theirs in by_table.get(theirs_table, []):
            for ours in _joined(by_table.get(ours_table, [])):
                found += compare(theirs, ours)
    rows = [_row(comparison, minimum) for comparison in found]
    shown = [comparison for comparison in found if not 0 < comparison.persons < minimum]
    days = [comparison.by_day.assign(**_names(comparison)) for comparison in shown]
    frame = pd.DataFrame(rows, columns=TOTAL_COLUMNS)
    by_day = pd.concat(days, ignore_index=True) if days else pd.DataFrame(columns=DAY_COLUMNS)
    return frame, by_day[list(DAY_COLUMNS)], [*_differences(frame), *_mixed(found)]


def _names(comparison: Comparison) -> dict[str, str]:
    return {name: getattr(comparison, name) for name in ("measure", "theirs_from", "ours_from")}


def _joined(origins: Sequence[Origin]) -> list[Origin]:
    """Return sources of one table as one: what people did may stand in several exports."""
    if len(origins) < 2:
        return list(origins)
    import dataclasses

    label = " + ".join(origin.label for origin in origins)
    frame = pd.concat([origin.frame for origin in origins], ignore_index=True)
    return [dataclasses.replace(origins[0], label=label, frame=frame)]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Totals by key and interval: the intervals in order, and for each total its key, interval and amount."""

    start: np.ndarray
    end: np.ndarray
    key: pd.Series
    at: np.ndarray
    amount: np.ndarray

    @classmethod
    def of(cls, key: pd.Series, start: pd.Series, length_s: pd.Series, amount: np.ndarray) -> _Grid | None:
        """Return the grid, None where intervals overlap."""
        begin, _ = stamps(start)
        length = (length_s.to_numpy(dtype=float) * 1e6).round().astype(np.int64)
        starts, at = np.unique(begin, return_inverse=True)
        ends = np.zeros(len(starts), dtype=np.int64)
        np.maximum.at(ends, at, begin + length)
        if len(starts) > 1 and (ends[:-1] > starts[1:]).any():
            return None
        return cls(starts, ends, key.reset_index(drop=True), at, amount)


def _states_of(origin: Origin, states: tuple[str, ...] | None) -> np.ndarray:
    column = origin.frame["state"]
    return (~column.isin(NOT_STAFFED) if states is None else column.isin(states)).to_numpy()


def _totals_and_spells(theirs: Origin, ours: Origin) -> list[Comparison]:
    """Compare interval totals of states with the states themselves."""
    found = []
    for measure, states in MEASURES.items():
        if states is None and not (_whole(theirs) and _whole(ours)):
            continue
        rows = theirs.frame[_states_of(theirs, states)]
        spells = ours.frame.loc[_states_of(ours, states), ["agent", "start", "end"]]
        if len(rows) and len(spells):
            # handling may be several contacts at once: each state's time counts once
            merged = intervals.union(spells) if states is None else spells
            found += _time_by_interval(measure, theirs, rows, ours, merged)
    return found


def _whole(origin: Origin) -> bool:
    """Return whether a source shows all time on duty; some systems spread it over several reports."""
    held = set(origin.frame["state"].unique())
    return "WORK" in held or {"HANDLING", "IDLE"} <= held


def _totals_and_contacts(theirs: Origin, ours: Origin) -> list[Comparison]:
    """Compare handling in interval totals with the contacts."""
    rows = theirs.frame[_states_of(theirs, MEASURES["handling time"])]
    contacts = contact_spells(ours.frame, "agent")
    return _time_by_interval("handling time", theirs, rows, ours, contacts) if len(rows) and len(contacts) else []


def _time_by_interval(
    measure: str, theirs: Origin, rows: pd.DataFrame, ours: Origin, spells: pd.DataFrame
) -> list[Comparison]:
    """Compare times by person and interval, for the persons and days that both hold."""
    whole = theirs.frame.reset_index(drop=True)
    amount = whole["us"].to_numpy(dtype=np.int64) * np.isin(whole.index, rows.index)
    grid = _Grid.of(whole["agent"], whole["interval_start"], whole["length_s"], amount)
    if grid is None:
        return []
    return _compared_time(measure, theirs, ours, grid=grid, spells=spells, by="agent")


def _compared_time(
    measure: str, theirs: Origin, ours: Origin, *, grid: _Grid, spells: pd.DataFrame, by: str
) -> list[Comparison]:
    """Return the comparison of a grid of times with spells booked on it; empty where they share nothing."""
    day_of = calendars.local_day(grid.start, theirs.zone)
    start, end = stamps(spells["start"])[0], stamps(spells["end"])[0]
    codes, keys = pd.factorize(pd.concat([grid.key, spells[by]], ignore_index=True))
    own, our = codes[: len(grid.key)], codes[len(grid.key) :]
    size = len(grid.start)
    both = _in_both(own * size + grid.at, our, start, grid=grid, day_of=day_of, keys=len(keys))
    totals = np.bincount(own * size + grid.at, grid.amount.astype(float), len(keys) * size)
    booked = {}
    for family in families.FAMILIES:
        row, at, us = book(start, end, grid.start, grid.end, family=family)
        booked[family] = np.bincount(our[row] * size + at, us.astype(float), len(keys) * size)[both]
    if not both.any() or not booked["activity"].any():
        return []
    family = family_of(totals[both], booked)
    days = np.tile(day_of, len(keys))[both]
    near: Family = "activity" if family == "unclear" else family
    frame = pd.DataFrame({"day": days.view("M8[us]"), "theirs": totals[both] / HOUR_US, "ours": booked[near] / HOUR_US})
    people = len(np.unique(np.flatnonzero(both) // size))
    noun = "person" if by == "agent" else "queue"
    return [
        Comparison(
            measure,
            theirs.label,
            ours.label,
            number_of(people, noun),
            "h",
            _summed(frame),
            family,
            people if by == "agent" else 0,
        )
    ]


def _in_both(
    cells: np.ndarray, our: np.ndarray, start: np.ndarray, *, grid: _Grid, day_of: np.ndarray, keys: int
) -> np.ndarray:
    """Return the cells (key x interval) of keys and days that both exports hold."""
    size = len(grid.start)
    number, days = np.unique(day_of, return_inverse=True)
    theirs = np.zeros((keys, len(number)), dtype=bool)
    theirs[cells // size, days[cells % size]] = True
    at = np.searchsorted(grid.start, start, side="right") - 1
    inside = (at >= 0) & (start < grid.end[np.maximum(at, 0)])
    ours = np.zeros_like(theirs)
    ours[our[inside], days[at[inside]]] = True
    return (theirs & ours)[:, days].ravel()


def _summed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return totals by day with their difference."""
    by_day = frame.groupby("day", as_index=False)[["theirs", "ours"]].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        return by_day.assign(difference=by_day["theirs"] / by_day["ours"].where(by_day["ours"] > 0) - 1)


def contact_spells(contacts: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return answered contacts as stretches of handling: from the answer over talk, hold and wrap, else to the end."""
    rows = contacts[contacts["answered_at"].notna() & contacts[by].notna()]
    parts = rows[["talk_us", "hold_us", "wrap_us"]]
    handled = parts.fillna(0).sum(axis=1).to_numpy(dtype=np.int64)
    start, _ = stamps(rows["answered_at"])
    end, ended = stamps(rows["ended_at"])
    wrap = rows["wrap_us"].fillna(0).to_numpy(dtype=np.int64)
    given = parts.notna().any(axis=1).to_numpy()
    stop = np.where(given, start + handled, np.where(ended, end + wrap, start))
    return pd.DataFrame(
        {
            by: rows[by].to_numpy(),
            "start": rows["answered_at"].to_numpy(),
            "end": pd.to_datetime(stop, unit="us", utc=True),
        }
    ).assign(start=pd.to_datetime(start, unit="us", utc=True))


def _volumes_and_contacts(theirs: Origin, ours: Origin) -> list[Comparison]:
    """Compare volumes of queues with the contacts: offered, answered, abandoned, and handling time by interval."""
    frame = theirs.frame.reset_index(drop=True)
    found = []
    for measure, column, moment, abandoned in (
        ("contacts offered", "offered", "offered_at", False),
        ("contacts answered", "answered", "answered_at", False),
        ("contacts abandoned", "abandoned", "offered_at", True),
    ):
        if frame[column].notna().any():
            found += _counted(measure, theirs, ours, column=column, moment=moment, abandoned=abandoned)
    if frame["handle_us"].notna().any():
        amount = frame["handle_us"].fillna(0).to_numpy(dtype=np.int64)
        grid = _Grid.of(frame["queue"], frame["start"], frame["length_s"], amount)
        spells = contact_spells(ours.frame, "queue")
        if grid is not None and len(spells):
            found += _compared_time("handling time", theirs, ours, grid=grid, spells=spells, by="queue")
    return found


def _counted(
    measure: str, theirs: Origin, ours: Origin, *, column: str, moment: str, abandoned: bool
) -> list[Comparison]:
    """Compare counts of contacts by queue and day."""
    volumes = pd.DataFrame(
        {
            "queue": theirs.frame["queue"].to_numpy(),
            "day": _days(theirs.frame["start"], theirs.zone),
            "theirs": theirs.frame[column].fillna(0).to_numpy(),
        }
    )
    rows = ours.frame
    if abandoned:
        rows = rows[rows["abandoned"].fillna(False).astype(bool)]
    rows = rows[rows[moment].notna()]
    seen = pd.DataFrame({"queue": rows["queue"].to_numpy(), "day": _days(rows[moment], theirs.zone), "ours": 1.0})
    offered = pd.DataFrame(
        {"queue": ours.frame["queue"].to_numpy(), "day": _days(ours.frame["offered_at"], theirs.zone)}
    )
    shared = volumes[["queue", "day"]].drop_duplicates().merge(offered.drop_duplicates())
    if shared.empty:
        return []
    keys = ["queue", "day"]
    table = shared.merge(volumes.groupby(keys, as_index=False)["theirs"].sum(), on=keys, how="left")
    table = table.merge(seen.groupby(keys, as_index=False)["ours"].sum(), on=keys, how="left").fillna({"ours": 0.0})
    queues = number_of(int(shared["queue"].nunique()), "queue")
    return [Comparison(measure, theirs.label, ours.label, queues, "contacts", _summed(table))]


def _days(moments: pd.Series, zone: str) -> np.ndarray:
    return calendars.local_day(stamps(moments)[0], zone).view("M8[us]")


def _spells_and_contacts(theirs: Origin, ours: Origin) -> list[Comparison]:
    """Compare handling in agent states with the contacts, by person and day."""
    spells = theirs.frame.loc[_states_of(theirs, ("HANDLING",)), ["agent", "start", "end"]]
    contacts = contact_spells(ours.frame, "agent")
    if spells.empty or contacts.empty:
        return []
    tables = []
    for name, rows in (("theirs", intervals.union(spells)), ("ours", intervals.union(contacts))):
        start, end = stamps(rows["start"])[0], stamps(rows["end"])[0]
        day = calendars.local_day(start, theirs.zone).view("M8[us]")
        table = pd.DataFrame({"agent": rows["agent"].to_numpy(), "day": day, name: (end - start) / HOUR_US})
        tables.append(table.groupby(["agent", "day"], as_index=False)[name].sum())
    both = tables[0].merge(tables[1], on=["agent", "day"])
    if both.empty:
        return []
    people = int(both["agent"].nunique())
    scope = number_of(people, "person")
    return [Comparison("handling time", theirs.label, ours.label, scope, "h", _summed(both), persons=people)]


_PAIRS: tuple[tuple[str, str, Callable[[Origin, Origin], list[Comparison]]], ...] = (
    ("state_totals", "spells", _totals_and_spells),
    ("state_totals", "contacts", _totals_and_contacts),
    ("volumes", "contacts", _volumes_and_contacts),
    ("spells", "contacts", _spells_and_contacts),
)


def _row(comparison: Comparison, minimum: int) -> tuple[object, ...]:
    """Return the summary of a comparison; words alone where too few people stand behind it."""
    days, nan = comparison.by_day, float("nan")
    start = (comparison.measure, comparison.theirs_from, comparison.ours_from, comparison.scope, len(days))
    if 0 < comparison.persons < minimum:
        words = f"{comparison.measure} in {comparison.theirs_from} and {comparison.ours_from}: fewer than {minimum} people, so no totals are shown."
        return *start, nan, nan, comparison.unit, nan, 0, None, nan, comparison.family, "too few people", words
    theirs, ours = float(days["theirs"].sum()), float(days["ours"].sum())
    difference = theirs / ours - 1 if ours else float("nan")
    over = days["difference"].abs() > THRESHOLD
    worst = days.loc[days["difference"].abs().idxmax()] if days["difference"].notna().any() else None
    verdict = "agrees" if abs(difference) <= THRESHOLD else "differs"
    return (
        *(*start, theirs, ours),
        *(comparison.unit, difference, int(over.sum()), None if worst is None else worst["day"]),
        *(float("nan") if worst is None else float(worst["difference"]), comparison.family, verdict),
        _words(comparison, theirs, ours, difference, int(over.sum())),
    )


def _words(comparison: Comparison, theirs: float, ours: float, difference: float, over: int) -> str:
    unit = comparison.unit
    words = (
        f"{comparison.measure} of {comparison.scope} on {number_of(len(comparison.by_day), 'day')}: {theirs:,.0f} {unit} in "
        f"{comparison.theirs_from}, {ours:,.0f} {unit} in {comparison.ours_from} ({difference:+.1%})"
    )
    words += f"; {number_of(over, 'day')} more than {THRESHOLD:.0%} apart" if over else ""
    return words + (f"; {families.WORDS[comparison.family]}" if comparison.family else "") + "."


def _differences(frame: pd.DataFrame) -> list[Finding]:
    """Return a finding for each pair of totals that is further apart than the threshold."""
    found = []
    for row in frame[frame["verdict"] == "differs"].itertuples():
        volumes = row.measure.startswith("contacts") and row.difference < 0
        found.append(
            Finding(
                "volumes_too_low" if volumes else "totals_differ",
                "flag",
                str(row.theirs_from),
                f"{row.words} "
                + (
                    "The volumes lack contacts that were handled: no forecast and no staffing stands on them before this is explained."
                    if volumes
                    else "Ask which contacts, states or channels one of the two leaves out; no ratio may take one part from each."
                ),
            )
        )
    return found


def _mixed(found: Sequence[Comparison]) -> list[Finding]:
    """Return a finding where exports book time over the end of an interval in different ways."""
    known = {item.theirs_from: item.family for item in found if item.family not in ("", "unclear")}
    ways = dict.fromkeys(known.values())
    if len(ways) < 2:
        return []
    parts = [f"{label}: {families.WORDS[family]}" for label, family in known.items()]
    return [
        Finding(
            "mixed_families",
            "flag",
            " + ".join(known),
            f"Interval totals book time in different ways ({'; '.join(parts)}). Within an interval no ratio may mix them; whole days can be compared.",
        )
    ]

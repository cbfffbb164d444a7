"""Who belongs to a population and when, and every trace that a system holds of a person."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.calendars import first_moment
from analysis.foundation.schema import DataProblem

_US = pd.Timedelta(microseconds=1)
# table -> columns that may start and end a trace, in order of preference
_TRACES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "contacts": (("answered_at", "offered_at"), ("ended_at",)),
    "work_items": (("started", "ended"), ("ended",)),
    "observations": (("observed_at",), ()),
}


def table_of(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame | None:
    """Return a canonical table, or None where it is absent or empty."""
    table = tables.get(name)
    return None if table is None or table.empty else table


def zones_of(roster: pd.DataFrame, *, zone: str = "UTC") -> dict[str, str]:
    """Return each agent's time zone from the latest roster row, `zone` where it holds none.

    Examples
    --------
    >>> zones_of(pd.DataFrame({"agent": ["a", "b"], "time_zone": ["Europe/London", None]}), zone="Europe/Paris")
    {'a': 'Europe/London', 'b': 'Europe/Paris'}
    """
    rows = latest(roster)
    zones = rows["time_zone"].fillna(zone) if "time_zone" in rows else pd.Series(zone, index=rows.index)
    return dict(zip(rows["agent"], zones, strict=True))


def latest(roster: pd.DataFrame) -> pd.DataFrame:
    """Return one roster row per agent: the one that starts last, in the roster's order."""
    rows = roster.reset_index(drop=True)
    if "valid_from" in rows:
        rows = rows.sort_values("valid_from", kind="stable", na_position="first")
    return rows.drop_duplicates("agent", keep="last").sort_index()


def membership(
    roster: pd.DataFrame, population: str, *, span: tuple[pd.Timestamp, pd.Timestamp], zone: str = "UTC"
) -> pd.DataFrame:
    """Return when each agent belonged to a population: agent, start, end (UTC), inside a span.

    Parameters
    ----------
    roster
        Canonical roster; `valid_from` and `valid_to` are local dates, both included, empty for open ends.
    population
        ``"contact_centre"`` or ``"back_office"``.
    span
        First and last moment of interest.
    zone
        Zone of agents whose row names none.
    """
    rows = roster[roster["population"].eq(population).fillna(False).astype(bool)]
    zones = rows["time_zone"].fillna(zone) if "time_zone" in rows else pd.Series(zone, index=rows.index)
    bounds = {}
    for name, column, later, limit in (("start", "valid_from", 0, span[0]), ("end", "valid_to", 1, span[1])):
        dates = rows[column] if column in rows else pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
        stamps = pd.Series(limit, index=rows.index, dtype="datetime64[us, UTC]")
        dated = dates.notna()
        stamps[dated] = first_moment(dates[dated] + pd.Timedelta(days=later), zones[dated])
        bounds[name] = stamps.clip(lower=span[0], upper=span[1])
    frame = pd.DataFrame({"agent": rows["agent"], **bounds})
    return frame[frame["start"] < frame["end"]].reset_index(drop=True)


def traces(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return every trace of a person at work: agent, start, end; a moment counts as one microsecond.

    Spells other than ``OFF`` and ``ABSENT``, contacts, work items, observations and interval totals.
    """
    found = [pd.DataFrame({"agent": pd.Series(dtype="str"), **_typed([], [])})]
    spells = table_of(tables, "spells")
    if spells is not None:
        found.append(spells.loc[~spells["state"].isin(["OFF", "ABSENT"]), ["agent", "start", "end"]])
    for name, (begins, ends) in _TRACES.items():
        table = table_of(tables, name)
        if table is None or "agent" not in table:
            continue
        start, end = _first_known(table, begins), _first_known(table, (*ends, *begins))
        known = start.notna() & table["agent"].notna()
        found.append(pd.DataFrame({"agent": table["agent"], "start": start, "end": end.clip(lower=start)})[known])
    sums = table_of(tables, "state_totals")
    if sums is not None:
        seen = sums[~sums["state"].isin(["OFF", "ABSENT"]) & (sums["us"] > 0)]
        length = pd.to_timedelta(seen["length_s"], unit="s")
        found.append(
            pd.DataFrame(
                {"agent": seen["agent"], "start": seen["interval_start"], "end": seen["interval_start"] + length}
            )
        )
    together = pd.concat([part.assign(**_typed(part["start"], part["end"])) for part in found], ignore_index=True)
    return together.assign(end=together["end"].clip(lower=together["start"] + _US))


def of_members(frame: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of the rows that fall into their agent's time in the population."""
    if frame.empty or members.empty:
        return frame.iloc[:0]
    return intervals.clip(frame, within=members)


def span_of(*frames: pd.DataFrame | None) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Return the first start and the last end over frames, None where they hold no rows."""
    filled = [frame for frame in frames if frame is not None and len(frame)]
    if not filled:
        return None
    return min(frame["start"].min() for frame in filled), max(frame["end"].max() for frame in filled)


def roster_of(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the roster, which says who belongs to which population."""
    roster = table_of(tables, "roster")
    if roster is None or "population" not in roster:
        raise DataProblem(
            "roster: no rows that say who belongs to which population. Add a roster with agent and population."
        )
    return roster


def _first_known(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """Return the first of some columns that holds a value, row by row."""
    known = [table[name] for name in columns if name in table]
    if not known:
        return pd.Series(pd.NaT, index=table.index, dtype="datetime64[us, UTC]")
    result = known[0]
    for column in known[1:]:
        result = result.fillna(column)
    return result


def _typed(start: object, end: object) -> dict[str, pd.Series]:
    """Return a pair of columns as UTC microseconds."""
    return {name: pd.Series(column, dtype="datetime64[us, UTC]") for name, column in (("start", start), ("end", end))}

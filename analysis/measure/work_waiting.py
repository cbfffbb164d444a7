"""Gaps with work waiting, and gaps without: what the arrivals of items say about the time between records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.foundation.intervals import union
from analysis.measure.gap_classes import waiting_us

# Items whose arrival and start must be known before anything is said about the rest.
LEAST_KNOWN = 0.8
# Where more arrivals than this equal the start, the column was filled from it and says nothing.
MOST_COPIED = 0.95


def item_waits(items: pd.DataFrame) -> tuple[pd.DataFrame | None, str]:
    """Return when each item waited to be begun, or why that cannot be known.

    Parameters
    ----------
    items
        Canonical work items: type, agent, arrived, started (UTC).

    Returns
    -------
    (DataFrame or None, str)
        agent (who did it in the end), type, start (arrived), end (started); None and a reason in words where fewer than 80 % of the items
        have both stamps, or more than 95 % of the arrivals are the start itself.

    Examples
    --------
    >>> at = lambda clock: pd.Timestamp(f"2026-03-02 {clock}", tz="UTC")
    >>> items = pd.DataFrame({"type": "letter", "agent": "a", "arrived": [at("09:00")], "started": [at("09:30")]})
    >>> item_waits(items)[0][["start", "end"]].iloc[0].dt.strftime("%H:%M").tolist()
    ['09:00', '09:30']
    """
    if "arrived" not in items or "started" not in items or items.empty:
        return None, "the log has no times of arrival and start"
    known = items["arrived"].notna() & items["started"].notna()
    if known.mean() < LEAST_KNOWN:
        return None, f"only {known.mean():.0%} of the items have a time of arrival and of start"
    rows = items[known]
    if (rows["arrived"] == rows["started"]).mean() > MOST_COPIED:
        return (
            None,
            "nearly all items arrive at the moment at which they are begun, so the arrival was filled from the start",
        )
    frame = pd.DataFrame(
        {"agent": rows["agent"], "type": rows["type"], "start": rows["arrived"], "end": rows["started"]}
    )
    return frame[frame["end"] > frame["start"]].reset_index(drop=True), ""


def work_waiting_us(
    gaps: pd.DataFrame,
    waits: pd.DataFrame,
    *,
    types: Mapping[str, frozenset[str]],
    teams: Mapping[str, Any] | None = None,
) -> NDArray[np.float64]:
    """Return for each gap the time in it during which an item that its person could do had arrived and was not begun [us].

    Parameters
    ----------
    gaps
        agent, start, end (UTC).
    waits
        agent, type, start, end, as of :func:`item_waits`.
    types
        Types that each agent can do.
    teams
        Team by agent: an item counts for the team of the person who did it in the end. None, or a team that is missing: for everybody.

    Returns
    -------
    array
        One figure per gap; missing for people whose types are not known.

    Notes
    -----
    An upper limit of the time in which somebody could have worked: an item may have waited for something else than a person. Items that are
    still open when the log ends are in no log of completions, so at the very end of a period too little is found.

    Examples
    --------
    >>> at = lambda minute: pd.Timestamp("2026-03-02", tz="UTC") + pd.Timedelta(minutes=minute)
    >>> gap = pd.DataFrame({"agent": ["a", "b"], "start": [at(0)] * 2, "end": [at(60)] * 2})
    >>> waits = pd.DataFrame({"agent": "a", "type": ["letter", "claim"], "start": [at(10), at(20)], "end": [at(30), at(40)]})
    >>> (work_waiting_us(gap, waits, types={"a": frozenset({"letter", "claim"}), "b": frozenset({"claim"})}) / 60e6).tolist()
    [30.0, 20.0]
    """
    team_of = {str(name): str(team) for name, team in (teams or {}).items() if pd.notna(team)}
    queue, team, kind = _queues(waits, team_of)
    result = np.full(len(gaps), np.nan)
    keys: dict[tuple[str | None, frozenset[str]], list[int]] = {}
    for place, name in enumerate(gaps["agent"]):
        if types.get(name):
            keys.setdefault((team_of.get(name), types[name]), []).append(place)
    for (own_team, own), places in keys.items():
        mine = kind.isin(own)
        if own_team is not None:
            mine &= team.isna() | team.eq(own_team)
        chosen = queue["agent"].isin(np.flatnonzero(mine.to_numpy()))
        result[places] = waiting_us(gaps.iloc[places], queue[chosen])
    return result


def _queues(waits: pd.DataFrame, team_of: Mapping[str, str]) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return when anything waited by queue (team and type; the queue's number as agent), and the team and type of each queue."""
    rows = pd.DataFrame({"team": waits["agent"].map(team_of).astype("str"), "type": waits["type"].astype("str")})
    number = rows.groupby(["team", "type"], dropna=False).ngroup().to_numpy()
    names = rows.assign(number=number).drop_duplicates("number").sort_values("number", ignore_index=True)
    merged = union(pd.DataFrame({"agent": number, "start": waits["start"], "end": waits["end"]}))
    return merged, names["team"], names["type"]


def types_of(items: pd.DataFrame, skills: pd.DataFrame | None) -> dict[str, frozenset[str]]:
    """Return the types of items that each agent can do: as the skills say, else those that the agent did.

    Parameters
    ----------
    items
        agent, type of what was done.
    skills
        Canonical skills (agent, queue_or_type); None without such a table.

    Examples
    --------
    >>> done = pd.DataFrame({"agent": ["a", "b"], "type": ["letter", "claim"]})
    >>> sorted(types_of(done, pd.DataFrame({"agent": ["b", "b"], "queue_or_type": ["letter", "line 1"]})).items())
    [('a', frozenset({'letter'})), ('b', frozenset({'letter'}))]
    """
    done = items[["agent", "type"]].dropna().drop_duplicates()
    found = {str(name): frozenset(part) for name, part in done.groupby("agent")["type"]}
    if skills is not None:
        named = skills[skills["queue_or_type"].isin(set(done["type"]))]
        found.update({str(name): frozenset(part) for name, part in named.groupby("agent")["queue_or_type"]})
    return found

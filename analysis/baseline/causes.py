"""Why time is idle, away or lost to outages, as far as the client's own codes say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.baseline.evidence import People, Tables, local_dates
from analysis.baseline.frames import COLUMNS
from analysis.foundation import intervals
from analysis.measure.crosswalk import BASE
from analysis.measure.groups import too_few
from analysis.measure.records import of_members, table_of

# In the order of the frame. What a code lays on the person is printed as not known: a code is a key that somebody pressed, not a finding about them.
CAUSES: tuple[str, ...] = ("demand", "system", "policy", "unknown")
STATES: tuple[str, ...] = ("IDLE", "AWAY", "OUTAGE")
# Where codes of one state overlap, the cause furthest from the person counts.
_STRONGEST_FIRST = ["system", "policy", "demand", "unknown"]
_US_PER_HOUR = 3.6e9


def cause_split(tables: Tables, people: People, *, minimum: int) -> pd.DataFrame:
    """Return the hours of idle, away and outage by cause.

    Parameters
    ----------
    tables
        Canonical tables; `cause` of spells and of interval totals comes from the client's state map.
    people
        The population.
    minimum
        Smallest number of people behind a figure; a cause of fewer, or of one or two people's hours mostly, is put with the unknown, and so is
        the cause of the fewest people where the unknown would be too small itself.

    Returns
    -------
    pandas.DataFrame
        population, cause (demand, system, policy, unknown), hours, share_of_base: four rows whose hours are those of the ladder's ``IDLE``,
        ``AWAY`` and ``OUTAGE`` to the microsecond; no rows where people's time is not known by person and day.

    Notes
    -----
    Every piece of the ladder is met with the spells of the same state and person; what no such spell covers (breaks that ran over, outages that
    were only planned) and what has no cause, or the person as its cause, is unknown. Interval totals divide each agent-day's time as their own
    hours are divided. The unknown is not a cause by elimination: it says what the codes do not.
    """
    columns = list(COLUMNS["causes"])
    if people.agent_days is None or people.days.empty:
        return pd.DataFrame(columns=columns)
    parts = _of_totals(tables, people) if people.ladder is None else _of_pieces(tables, people)
    few = _with_unknown(parts, minimum)
    us = parts.assign(cause=parts["cause"].where(~parts["cause"].isin(few), "unknown")).groupby("cause")["us"].sum()
    base = float(people.agent_days[list(BASE)].to_numpy().sum())
    sums = us.reindex(CAUSES, fill_value=0).to_numpy(dtype="int64")
    frame = pd.DataFrame({"population": people.population, "cause": list(CAUSES), "hours": sums / _US_PER_HOUR})
    frame["share_of_base"] = sums / base if base > 0 else np.nan
    return frame[columns]


def _with_unknown(parts: pd.DataFrame, minimum: int) -> list[str]:
    """Return the causes that are put with the unknown: those of too few people, and so many more that the unknown has enough itself."""
    there = parts[parts["us"] > 0]
    sizes = there.groupby("cause")["agent"].nunique().sort_values(kind="stable")
    few = [str(cause) for cause in sizes.index if too_few(there.loc[there["cause"].eq(cause), "us"], minimum=minimum)]
    left = [str(cause) for cause in sizes.index if cause not in few and cause != "unknown"]
    while True:
        rest = there[there["cause"].isin([*few, "unknown"])].groupby("agent")["us"].sum()
        if rest.empty or not left or not too_few(rest, minimum=minimum):
            return few
        few.append(left.pop(0))


def _known(cause: pd.Series) -> pd.Series:
    """Return causes as they are printed."""
    return cause.where(cause.isin(CAUSES), "unknown").astype("str")


def _of_pieces(tables: Tables, people: People) -> pd.DataFrame:
    """Return agent, cause, us: the ladder's pieces met with the spells of the same state."""
    pieces = people.ladder.pieces if people.ladder is not None else pd.DataFrame()
    spells = table_of(tables, "spells")
    found = []
    for state in STATES:
        mine = pieces.loc[pieces["state"].eq(state), ["agent", "start", "end"]]
        if mine.empty:
            continue
        total = _lengths(mine.assign(cause="unknown"))
        found.append(total)
        if spells is None or "cause" not in spells:
            continue
        stated = spells.loc[spells["state"].eq(state) & spells["cause"].notna(), ["agent", "start", "end", "cause"]]
        stated = of_members(stated[stated["agent"].isin(set(mine["agent"]))], people.members)
        if stated.empty:
            continue
        told = intervals.exclusive(
            stated.assign(state=_known(stated["cause"])).drop(columns="cause"), order=_STRONGEST_FIRST, within=mine
        )
        by_cause = _lengths(told.rename(columns={"state": "cause"}))
        by_cause = by_cause[by_cause["cause"].ne("unknown")]
        # what is known is taken out of the whole, so that all causes add up to the ladder exactly
        found += [by_cause, by_cause.assign(cause="unknown", us=-by_cause["us"])]
    return _summed(found)


def _lengths(rows: pd.DataFrame) -> pd.DataFrame:
    """Return agent, cause, us of spells, summed."""
    us = (rows["end"] - rows["start"]).astype("timedelta64[us]").astype("int64")
    return pd.DataFrame({"agent": rows["agent"], "cause": rows["cause"].astype("str"), "us": us})


def _of_totals(tables: Tables, people: People) -> pd.DataFrame:
    """Return agent, cause, us: each agent-day's time of a state, divided as the interval totals of that day and state are."""
    totals = table_of(tables, "state_totals")
    days = people.agent_days
    if totals is None or days is None:
        return _summed([])
    known = totals[totals["agent"].isin(set(days["agent"])) & totals["state"].isin(STATES)]
    named = known["cause"] if "cause" in known else pd.Series(pd.NA, index=known.index, dtype="str")
    rows = pd.DataFrame(
        {
            "agent": known["agent"],
            "day": local_dates(known["interval_start"], known["agent"], people),
            "state": known["state"],
            "cause": pd.Categorical(_known(named), categories=list(CAUSES)),
            "us": known["us"].astype("float64"),
        }
    )
    filled = days.melt(id_vars=["agent", "day"], value_vars=list(STATES), var_name="state", value_name="filled")
    wide = rows.pivot_table(
        index=["agent", "day", "state"], columns="cause", values="us", aggfunc="sum", observed=False, fill_value=0.0
    )
    split = filled.merge(wide.reset_index(), on=["agent", "day", "state"], how="left")
    share = split[list(CAUSES)].fillna(0.0).to_numpy(dtype=float)
    sums = share.sum(axis=1, keepdims=True)
    whole = split["filled"].to_numpy(dtype="int64")
    share = np.where(sums > 0, share / np.where(sums > 0, sums, 1.0), np.array(CAUSES) == "unknown")
    ends = np.floor(np.cumsum(share, axis=1) * whole[:, None] + 1e-6).astype("int64")
    ends[:, -1] = whole
    us = np.diff(np.minimum(ends, whole[:, None]), axis=1, prepend=0)
    return _summed(
        [pd.DataFrame({"agent": split["agent"], "cause": cause, "us": us[:, at]}) for at, cause in enumerate(CAUSES)]
    )


def _summed(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return agent, cause, us with one row per agent and cause."""
    if not parts:
        return pd.DataFrame(
            {"agent": pd.Series(dtype="str"), "cause": pd.Series(dtype="str"), "us": pd.Series(dtype="int64")}
        )
    return pd.concat(parts, ignore_index=True).groupby(["agent", "cause"], as_index=False)["us"].sum()

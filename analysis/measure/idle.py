"""Who was on duty in each half hour, and how much of their waiting the promise to callers needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.settings import Queue
from analysis.measure.load import CELL, live_contacts, live_queues, local_slots

ON_DUTY: tuple[str, ...] = ("HANDLING", "RESERVED", "IDLE")
_DAY = ["pool", "day", "weekday", "slot_of_day_s"]


def pool_of_agents(tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue]) -> pd.Series:
    """Return the pool that each agent mostly serves: by contacts handled, else by skills; an agent with neither is not listed.

    Returns
    -------
    Series
        Pool by agent; with one pool alone, every agent of the contact centre's roster belongs to it.
    """
    pools = {queue.name: queue.pool for queue in live_queues(queues)}
    votes = []
    for table, column in (("contacts", "queue"), ("skills", "queue_or_type")):
        frame = tables.get(table)
        if frame is not None and not frame.empty:
            pairs = frame[["agent", column]].dropna()
            votes.append(
                pd.DataFrame({"agent": pairs["agent"], "pool": pairs[column].map(pools), "by": table}).dropna()
            )
    roster = tables.get("roster")
    if len(set(pools.values())) == 1 and roster is not None and not roster.empty:
        agents = roster.loc[roster["population"].eq("contact_centre"), "agent"].dropna()
        votes.append(pd.DataFrame({"agent": agents, "pool": next(iter(pools.values())), "by": "roster"}))
    if not votes:
        return pd.Series(dtype="str", name="pool")
    counts = pd.concat(votes).value_counts(["by", "agent", "pool"]).reset_index()
    order = counts.assign(rank=counts["by"].map({"contacts": 0, "skills": 1, "roster": 2}))
    order = order.sort_values(["agent", "rank", "count", "pool"], ascending=[True, True, False, True])
    return order.drop_duplicates("agent").set_index("agent")["pool"]


def duty_by_slot(pieces: pd.DataFrame, pools: pd.Series, *, zone: str, slot_s: int = 1800) -> pd.DataFrame:
    """Count the agents on duty in every half hour of every day, and how many of them waited.

    Parameters
    ----------
    pieces
        Disjoint pieces of the time ladder: agent, start, end, state.
    pools
        Pool by agent; other agents are left out.
    zone
        IANA zone of the half hours.
    slot_s
        Length of a slot [s].

    Returns
    -------
    DataFrame
        pool, day, weekday, slot_of_day_s, agents (mean number handling, reserved or idle), idle_agents.

    Notes
    -----
    agents = (HANDLING + RESERVED + IDLE time of the pool's agents) / slot; breaks, meetings, time away and items are not on duty for contacts.
    """
    mine = pieces[pieces["agent"].isin(pools.index) & pieces["state"].isin(ON_DUTY)]
    columns = {}
    for name, part in (("agents", mine), ("idle_agents", mine[mine["state"].eq("IDLE")])):
        columns[name] = mean_agents(part, pools, zone=zone, slot_s=slot_s)
    duty = pd.DataFrame(columns)
    return duty.fillna(0.0).reset_index()


def mean_agents(pieces: pd.DataFrame, pools: pd.Series, *, zone: str, slot_s: int = 1800) -> pd.Series:
    """Return the mean number of agents inside the given pieces, by pool, local day and slot."""
    busy = intervals.busy(pieces[["agent", "start", "end"]], slot_s=slot_s)
    placed = local_slots(busy["slot_start"], zone, slot_s).assign(
        pool=busy["agent"].map(pools), agents=busy["busy_us"].astype("float64") / (slot_s * 1e6)
    )
    return placed.groupby(_DAY)["agents"].sum()


def presence_between_contacts(
    tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue], *, longest_gap_s: float
) -> pd.DataFrame:
    """Guess from a call log alone when agents were there: while they handled, and in short gaps in which nobody waited.

    Parameters
    ----------
    tables
        Canonical tables; contacts are used.
    queues
        Queues of the engagement.
    longest_gap_s
        Longest gap between two contacts of an agent that still counts as being there [s].

    Returns
    -------
    DataFrame
        agent, start, end, state (``HANDLING``, ``IDLE``, and ``AWAY`` for gaps in which a contact was waiting).

    Notes
    -----
    A log of contacts shows no presence: wrap-up, absence and breaks look like waiting. What passes here for idle demonstrates the method and is
    never reported as measured idle time.
    """
    contacts = pd.concat([live_contacts(tables, queue) for queue in live_queues(queues)], ignore_index=True)
    done = contacts.dropna(subset=["agent", "answered_at", "ended_at"])
    wrap = pd.to_timedelta(done["wrap_us"].fillna(0).astype("int64"), unit="us")
    handled = intervals.union(
        pd.DataFrame({"agent": done["agent"], "start": done["answered_at"], "end": done["ended_at"] + wrap})
    )
    gaps = intervals.gaps(handled)
    gaps = gaps[(gaps["end"] - gaps["start"]).dt.total_seconds() <= longest_gap_s][["agent", "start", "end"]]
    left = contacts["answered_at"].fillna(contacts["ended_at"])
    queued = contacts[left > contacts["offered_at"]]
    waiting = intervals.union(pd.DataFrame({"start": queued["offered_at"], "end": left[queued.index]}))
    away = intervals.clip(gaps, within=waiting)[["agent", "start", "end"]]
    idle = intervals.gaps(away, within=gaps)[["agent", "start", "end"]]
    parts = [part.assign(state=state) for part, state in ((handled, "HANDLING"), (idle, "IDLE"), (away, "AWAY"))]
    return pd.concat(parts, ignore_index=True).sort_values(["agent", "start"], ignore_index=True)


def mean_duty(duty: pd.DataFrame, load: pd.DataFrame) -> pd.DataFrame:
    """Average duty over the like half hours of the days on which the pool was open; a day without anybody counts as none.

    Parameters
    ----------
    duty
        The result of :func:`duty_by_slot`.
    load
        The result of :func:`analysis.measure.load.expected_load`; its days are the divisor.

    Returns
    -------
    DataFrame
        `load` with agents and idle_agents.
    """
    sums = duty.groupby(CELL)[["agents", "idle_agents"]].sum().reset_index()
    cells = load.merge(sums, on=CELL, how="left")
    for name in ("agents", "idle_agents"):
        cells[name] = cells[name].fillna(0.0) / cells["days"]
    return cells


def idle_by_cause(cells: pd.DataFrame) -> pd.DataFrame:
    """Split waiting into what the promise to callers needs and what staffing adds to it.

    Parameters
    ----------
    cells
        Half hours with load, required_agents, idle_agents; NaN in required_agents means that no number of agents keeps the promise.

    Returns
    -------
    DataFrame
        `cells` with structural_agents and surplus_agents, which add to idle_agents exactly.

    Notes
    -----
    structural = min(idle, max(0, n* - load)); surplus = idle - structural. It describes staffing and does not bound what blending can use.

    Examples
    --------
    >>> cells = pd.DataFrame({"load": [15.0, 15.0], "required_agents": [19.0, 19.0], "idle_agents": [5.0, 3.0]})
    >>> idle_by_cause(cells)[["structural_agents", "surplus_agents"]].to_numpy().tolist()
    [[4.0, 1.0], [3.0, 0.0]]
    """
    needed = (cells["required_agents"] - cells["load"]).fillna(np.inf).clip(lower=0)
    structural = np.minimum(cells["idle_agents"], needed).where(cells["idle_agents"].notna())
    return cells.assign(structural_agents=structural, surplus_agents=cells["idle_agents"] - structural)

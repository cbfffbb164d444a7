"""Who was on duty in each half hour, and how much of their waiting the promise to callers needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.settings import Queue
from analysis.measure.ladder import time_ladder
from analysis.measure.load import CELL, live_contacts, live_queues, local_slots, queue_waits

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
        agent, start, end, state (``HANDLING``, ``IDLE``, and ``AWAY`` for gaps in which a contact was waiting); empty without contacts.

    Notes
    -----
    A log of contacts shows no presence: wrap-up, absence and breaks look like waiting. What passes here for idle demonstrates the method and is
    never reported as measured idle time.
    """
    parts = [part for part in (live_contacts(tables, queue) for queue in live_queues(queues)) if not part.empty]
    if not parts:
        return pd.DataFrame()
    contacts = pd.concat(parts, ignore_index=True)
    done = contacts.dropna(subset=["agent", "answered_at", "ended_at"])
    wrap = pd.to_timedelta(done["wrap_us"].fillna(0).astype("int64"), unit="us")
    if done.empty:
        return pd.DataFrame()
    handled = intervals.union(
        pd.DataFrame({"agent": done["agent"], "start": done["answered_at"], "end": done["ended_at"] + wrap})
    )
    gaps = intervals.gaps(handled)
    gaps = gaps[(gaps["end"] - gaps["start"]).dt.total_seconds() <= longest_gap_s][["agent", "start", "end"]]
    waiting = intervals.union(queue_waits(tables, queues))
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


def signed_on_pieces(
    tables: Mapping[str, pd.DataFrame], pools: pd.Series, queues: Sequence[Queue], *, ring_s: float = 0.0
) -> pd.DataFrame:
    """Return the disjoint pieces of the pools' agents while they were signed on, by the ladder's precedence.

    Parameters
    ----------
    tables
        Canonical tables; state spells, and contacts to know when one was waiting.
    pools
        Pool by agent.
    queues
        Queues of the engagement.
    ring_s
        How long a contact rings at a free agent before it counts as waiting [s].

    Returns
    -------
    DataFrame
        agent, start, end, state; time in which a contact of the pool waited is not idle. Empty where no agent of a pool has spells that show
        waiting.
    """
    spells = tables.get("spells")
    if spells is None or spells.empty:
        return pd.DataFrame()
    mine = spells[spells["agent"].isin(pools.index)]
    if not mine["state"].eq("IDLE").any():
        return pd.DataFrame()
    parts = []
    for pool in sorted(set(pools)):
        seen = mine.loc[mine["agent"].map(pools).eq(pool), ["agent", "start", "end", "state"]]
        signed_on = intervals.union(seen.loc[~seen["state"].isin(("OFF", "ABSENT")), ["agent", "start", "end"]])
        waits = intervals.union(queue_waits(tables, [queue for queue in queues if queue.pool == pool], ring_s=ring_s))
        parts.append(time_ladder(seen, paid=signed_on, waiting=waits if len(waits) else None).pieces)
    return pd.concat(parts, ignore_index=True)


def duty_from_totals(
    tables: Mapping[str, pd.DataFrame], pools: pd.Series, *, zone: str, slot_s: int = 1800
) -> pd.DataFrame:
    """Count the agents on duty per half hour from totals by interval, where no spells exist.

    Returns
    -------
    DataFrame
        As :func:`duty_by_slot`; empty where no totals show waiting or their intervals are longer than the slot.
    """
    totals = tables.get("state_totals")
    if totals is None or totals.empty:
        return pd.DataFrame()
    mine = totals[totals["agent"].isin(pools.index) & totals["state"].isin(ON_DUTY) & totals["length_s"].le(slot_s)]
    if not mine["state"].eq("IDLE").any():
        return pd.DataFrame()
    share = mine["us"].astype("float64") / (slot_s * 1e6)
    placed = local_slots(mine["interval_start"], zone, slot_s).assign(
        pool=mine["agent"].map(pools), agents=share, idle_agents=share.where(mine["state"].eq("IDLE"), 0.0)
    )
    return placed.groupby(_DAY, as_index=False)[["agents", "idle_agents"]].sum()


def surplus_by_cause(cells: pd.DataFrame) -> pd.DataFrame:
    """Split surplus into planned above requirement, volume below forecast and handling time below forecast.

    Parameters
    ----------
    cells
        Half hours with surplus_agents and the agents required at the actual load (required_agents), at the forecast load (required_forecast)
        and at the actual volume with the forecast handling time (required_volume).

    Returns
    -------
    DataFrame
        `cells` with surplus_planned_agents, surplus_volume_agents, surplus_handling_agents: they add to surplus_agents, a part below zero works
        against the others; NaN without a forecast.

    Notes
    -----
    volume = n*(forecast) - n*(actual volume, forecast handling time); handling = n*(actual volume, forecast handling time) - n*(actual);
    planned = surplus - volume - handling.

    Examples
    --------
    >>> cells = pd.DataFrame({"surplus_agents": [5.0], "required_agents": [19.0], "required_forecast": [22.0], "required_volume": [20.0]})
    >>> surplus_by_cause(cells).iloc[0, -3:].tolist()
    [2.0, 2.0, 1.0]
    """
    volume = cells["required_forecast"] - cells["required_volume"]
    handling = cells["required_volume"] - cells["required_agents"]
    return cells.assign(
        surplus_planned_agents=cells["surplus_agents"] - volume - handling,
        surplus_volume_agents=volume,
        surplus_handling_agents=handling,
    )


def fractional_agents(load: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Return the agents that loads need when agents could be split: whole numbers at the largest loads that 1, 2, ... agents carry, straight between.

    Parameters
    ----------
    load
        Loads [erlangs].
    largest
        Largest load that 1, 2, ... agents carry under the promise [erlangs], rising.

    Returns
    -------
    ndarray
        The fewest whole agents are the next whole number; NaN beyond the last load.

    Examples
    --------
    >>> fractional_agents(np.array([0.0, 0.5, 1.0, 1.5]), np.array([0.2, 0.8, 1.4])).round(2)
    array([0.  , 1.5 , 2.33,  nan])
    """
    carried = np.append(0.0, largest)
    return np.interp(load, carried, np.arange(len(carried)), right=np.nan)


def step_reach(place: np.ndarray, error: np.ndarray, *, active: np.ndarray | None = None) -> tuple[float, float]:
    """Return how far below and above its estimate a mean of whole numbers may lie because many half hours sit on one step.

    Parameters
    ----------
    place
        Per half hour: what is needed, in fractions of an agent (:func:`fractional_agents`); the whole number is the next one up. For whole numbers
        rounded down (agents on duty), give minus the number.
    error
        Standard error of each place.
    active
        Half hours in which a step changes the figure; all by default.

    Returns
    -------
    tuple of float
        Agents by which the lower and the upper bound of the mean are to be moved outwards; near 0 where half hours lie all over the steps.

    Notes
    -----
    The mean of whole numbers jumps where loads pass a step. Errors of half hours that lie all over the step average out; where all lie at the same
    place of it they do not: a true place just below a whole number is estimated half below, half above, and resampling days repeats the mistake. With
    j(u) = next whole number - u, the mean of j over the half hours may truly be anything between the means of its smallest and largest value within two
    standard errors. Half hours further apart than three standard errors from the next form groups. In each that range counts in full where the true places
    do not differ, and by exp(-2 pi^2 v) of it where they do, v the variance of places beyond that of errors (three standard errors of it taken off): the
    first Fourier coefficient of j over normally spread places. Where errors are below .3 of a step, the coefficient of the places seen, freed from the
    errors, counts instead if it is larger. The three groups that matter most add up in full, the others as independent ones do.
    Even half hours all over the steps have parts of a step that average to one half only up to chance: one standard error of a mean of uniform parts.

    Examples
    --------
    All half hours near a whole number, and places all over the steps:

    >>> place = 18.98 + np.linspace(-0.2, 0.2, 40)
    >>> [round(float(part), 2) for part in step_reach(place, np.full(40, 0.1))]
    [0.47, 0.5]
    >>> [round(float(part), 2) for part in step_reach(np.linspace(5, 25, 200), np.full(200, 0.1))]
    [0.01, 0.01]
    """
    used = np.isfinite(place) & (np.ones(len(place), bool) if active is None else active)
    if not used.any():
        return 0.0, 0.0
    here, spread = np.asarray(place, dtype=float)[used], 2.0 * np.asarray(error, dtype=float)[used]
    part = np.ceil(here) - here
    low, high = here - spread, here + spread
    crossed = np.ceil(high) > np.ceil(low)
    # j falls from 1 to 0 between whole numbers: within the errors it is smallest at the upper end, or at a whole number that they hold
    smallest = np.where(crossed | (np.ceil(low) == low), 0.0, np.ceil(high) - high)
    largest = np.where(crossed, 1.0, np.ceil(low) - low)
    order = np.argsort(here, kind="stable")
    apart = np.diff(here[order]) > 1.5 * np.sqrt((spread[order][1:] ** 2 + spread[order][:-1] ** 2) / 2.0)
    group = np.empty(len(here), dtype=np.int64)
    group[order] = np.concatenate([[0], np.cumsum(apart)])
    below, above = [], []
    for number in range(int(group.max()) + 1):
        mine = group == number
        weight = _alike(here[mine], spread[mine] / 2.0) * mine.sum() / len(place)
        below.append(weight * float((part - smallest)[mine].mean()))
        above.append(weight * float((largest - part)[mine].mean()))
    # half hours all over the steps: their parts of a step still average to one half only up to chance
    chance = float(np.sqrt(((largest - smallest) ** 2).sum() / 12.0)) / len(place)
    return float(np.hypot(_added(below), chance)), float(np.hypot(_added(above), chance))


def _added(reach: list[float]) -> float:
    """Return the sum of the three largest, and the root of the squares of the others."""
    largest = sorted(reach, reverse=True)
    return sum(largest[:3]) + float(np.sqrt(sum(one**2 for one in largest[3:])))


def _alike(place: np.ndarray, error: np.ndarray) -> float:
    """Return how far the true places lie at the same part of a step: 1 all of them, 0 all over it."""
    noise = float((error**2).mean())
    more = noise * (1.0 + 3.0 * np.sqrt(2.0 / max(len(place) - 1, 1)))
    beyond = max(float(place.var(ddof=1)) - more, 0.0) if len(place) > 1 else 0.0
    found = float(np.exp(-2.0 * np.pi**2 * beyond))
    if noise < 0.3**2:
        seen = abs(complex(np.exp(2j * np.pi * place).mean()))
        found = max(found, min(1.0, seen * float(np.exp(2.0 * np.pi**2 * noise))))
    return found

"""The load that contacts bring, expected per pool and like half hour, with its day-to-day spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.foundation.calendars import local_day, slot_of_day_s, weekday
from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Client, Queue

CELL = ["pool", "weekday", "slot_of_day_s"]
# A half hour with fewer answered contacts in all its days borrows the pool's mean handle time.
MINIMUM_ANSWERED = 10
# A promise of more than an hour is kept by planning, not by agents who stand ready.
LONGEST_PROMISE_S = 3600.0
_SUMS = ["offered", "answered", "abandoned", "handle_s"]
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)

#: Agents and load (arrays of one shape) to two shares of the offered contacts: answered in time, and counted by the promise.
Service = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def live_queues(queues: Sequence[Queue]) -> tuple[Queue, ...]:
    """Return the queues that agents must stand ready for: inbound, promised within an hour.

    Examples
    --------
    >>> [queue.name for queue in live_queues([Queue(name="claims line"), Queue(name="call-backs", direction="out")])]
    ['claims line']
    """
    return tuple(queue for queue in queues if queue.direction == "in" and queue.answer_within_s <= LONGEST_PROMISE_S)


def local_slots(stamps: pd.Series, zone: str, slot_s: int) -> pd.DataFrame:
    """Return the local day (naive midnight), weekday and slot of the day [s] of UTC stamps."""
    return pd.DataFrame(
        {
            "day": local_day(stamps, zone),
            "weekday": weekday(stamps, zone),
            "slot_of_day_s": slot_of_day_s(stamps, zone, slot_s=slot_s),
        },
        index=stamps.index,
    )


def live_contacts(tables: Mapping[str, pd.DataFrame], queue: Queue) -> pd.DataFrame:
    """Return a queue's contacts that cannot be deferred."""
    contacts = tables.get("contacts")
    if contacts is None or contacts.empty:
        return pd.DataFrame()
    deferrable = contacts["deferrable"].fillna(False).astype(bool)
    outbound = contacts["direction"].eq("out").fillna(False).astype(bool)
    return contacts[contacts["queue"].eq(queue.name) & ~deferrable & ~outbound]


def offered_contacts(tables: Mapping[str, pd.DataFrame], queue: Queue) -> pd.DataFrame:
    """Return a queue's live contacts that were answered or abandoned; one that is marked as neither was not offered to an agent."""
    contacts = live_contacts(tables, queue)
    if contacts.empty:
        return contacts
    return contacts[contacts["answered_at"].notna() | contacts["abandoned"].fillna(True).astype(bool)]


def queue_waits(tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue], *, ring_s: float = 0.0) -> pd.DataFrame:
    """Return when contacts that cannot be deferred waited longer than they ring at a free agent.

    Parameters
    ----------
    tables
        Canonical tables; contacts are used.
    queues
        Queues of the engagement.
    ring_s
        How long a contact rings at a free agent before it counts as waiting [s].

    Returns
    -------
    DataFrame
        start, end (UTC), one row per wait; they may overlap.
    """
    parts = [part for part in (live_contacts(tables, queue) for queue in live_queues(queues)) if not part.empty]
    if not parts:
        return pd.DataFrame({side: pd.Series(dtype="datetime64[us, UTC]") for side in ("start", "end")})
    contacts = pd.concat(parts, ignore_index=True)
    start = contacts["offered_at"] + pd.Timedelta(round(1e6 * ring_s), "us")
    frame = pd.DataFrame({"start": start, "end": contacts["answered_at"].fillna(contacts["ended_at"])})
    return frame[frame["end"] > frame["start"]].reset_index(drop=True)


def contact_slots(
    tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue], *, client: Client, slot_s: int = 1800
) -> pd.DataFrame:
    """Count what each queue was offered in every half hour of every open day.

    Parameters
    ----------
    tables
        Canonical tables; interval volumes speak for a queue where they hold it, else its contacts are counted.
    queues
        Queues with their pools.
    client
        Zone and holidays; holidays are like no other day and are left out.
    slot_s
        Length of a slot [s].

    Returns
    -------
    DataFrame
        pool, queue, day (local date), weekday, slot_of_day_s, offered, answered, abandoned, handle_s (NaN: not known): one row per queue,
        open day and slot in which the queue was offered a contact on any such weekday, so that silent half hours count as zero.

    Raises
    ------
    DataProblem
        The intervals of the volumes are longer than the slot.
    """
    frames = [_queue_slots(tables, queue, client, slot_s) for queue in live_queues(queues)]
    frames = [frame for frame in frames if not frame.empty]
    columns = ["pool", "queue", "day", "weekday", "slot_of_day_s", *_SUMS]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def _queue_slots(tables: Mapping[str, pd.DataFrame], queue: Queue, client: Client, slot_s: int) -> pd.DataFrame:
    """Count one queue, with zeros where it was open and silent, divided by the contacts an agent serves at once."""
    volumes, contacts = tables.get("volumes"), offered_contacts(tables, queue)
    volumes = volumes[volumes["queue"].eq(queue.name)] if volumes is not None else pd.DataFrame()
    counts = pd.DataFrame()
    if not volumes.empty:
        counts = _counted_volumes(volumes, client.time_zone, slot_s)
    elif not contacts.empty:
        counts = _counted_contacts(contacts, client.time_zone, slot_s)
    holidays = pd.to_datetime(list(client.holidays))
    counts = counts if counts.empty else counts[~counts["day"].isin(holidays)]
    if counts.empty:
        return counts
    if counts["handle_s"].isna().all() and not contacts.empty:
        counts["handle_s"] = counts["answered"] * handle_times(contacts).mean()
    days = counts[["day", "weekday"]].drop_duplicates()
    kinds = counts.loc[counts["offered"].gt(0), ["weekday", "slot_of_day_s"]].drop_duplicates()
    full = days.merge(kinds, on="weekday").merge(counts, on=["day", "weekday", "slot_of_day_s"], how="left")
    silent = full["offered"].fillna(0).eq(0)
    full.loc[silent, _SUMS] = 0.0
    full["handle_s"] /= queue.concurrency
    return full.assign(pool=queue.pool, queue=queue.name)


def handle_times(contacts: pd.DataFrame) -> pd.Series:
    """Return the seconds an agent was occupied by each answered contact: talk, hold and wrap, else answer to end; NaN if neither is known."""
    parts = contacts[["talk_us", "hold_us", "wrap_us"]].astype("float64")
    logged = parts.sum(axis=1, min_count=1).where(parts["talk_us"].notna())
    span = (contacts["ended_at"] - contacts["answered_at"]).dt.total_seconds() * 1e6
    return logged.fillna(span).where(contacts["answered_at"].notna()) / 1e6


def _counted_volumes(volumes: pd.DataFrame, zone: str, slot_s: int) -> pd.DataFrame:
    longest = float(volumes["length_s"].max())
    if longest > slot_s:
        raise DataProblem(
            f"volumes: the intervals are {longest:.0f} s long, more than the slot of {slot_s} s. "
            "Ask for half-hourly intervals, or set slot_s to the interval's length."
        )
    placed = local_slots(volumes["start"], zone, slot_s).assign(
        offered=volumes["offered"],
        answered=volumes["answered"],
        abandoned=volumes["abandoned"],
        handle_s=volumes["handle_us"].astype("float64") / 1e6,
    )
    placed["answered"] = placed["answered"].fillna(placed["offered"] - placed["abandoned"].fillna(0))
    return placed.groupby(["day", "weekday", "slot_of_day_s"], as_index=False)[_SUMS].sum(min_count=1)


def _counted_contacts(contacts: pd.DataFrame, zone: str, slot_s: int) -> pd.DataFrame:
    answered = contacts["answered_at"].notna()
    placed = local_slots(contacts["offered_at"], zone, slot_s).assign(
        offered=1.0,
        answered=answered.astype("float64"),
        abandoned=(~answered).astype("float64"),
        handle_s=handle_times(contacts),
    )
    counts = placed.groupby(["day", "weekday", "slot_of_day_s"], as_index=False)[_SUMS].sum(min_count=1)
    # half hours of which not every handle time is known are scaled up to their answered contacts
    known = placed["handle_s"].notna().groupby([placed["day"], placed["slot_of_day_s"]]).sum().to_numpy(dtype=float)
    counts["handle_s"] *= np.where(known > 0, counts["answered"] / np.maximum(known, 1), 1.0)
    return counts


def pool_slots(slots: pd.DataFrame) -> pd.DataFrame:
    """Add the queues of a pool: one row per pool, day and slot."""
    return slots.groupby(["pool", "day", "weekday", "slot_of_day_s"], as_index=False)[_SUMS].sum(min_count=1)


def expected_load(slots: pd.DataFrame, *, slot_s: int = 1800) -> pd.DataFrame:
    """Estimate the load that a half hour of this kind brings, and how much it differs from week to week beyond chance.

    Parameters
    ----------
    slots
        The result of :func:`contact_slots`.
    slot_s
        Length of a slot [s].

    Returns
    -------
    DataFrame
        pool, weekday, slot_of_day_s, days, offered_per_h, aht_s, load [erlangs], load_sd [erlangs].

    Notes
    -----
    load = (mean contacts offered over the like half hours) / slot x mean handle time. With s^2 the variance and m the mean of the counts of a
    kind of half hour, the part of the spread that single arrivals do not explain is one coefficient per pool,
    cv^2 = max(0, sum(s^2 - m) / sum(m^2)), and load_sd = cv x load: a kind of half hour alone has too few days for a variance of its own.

    References
    ----------
    Jongbloed & Koole, Managing uncertainty in call centres using Poisson mixtures, Applied Stochastic Models in Business and Industry 17 (2001), 307-318.

    Examples
    --------
    >>> days = pd.date_range("2026-03-02", periods=4, freq="7D")
    >>> slots = pd.DataFrame({"pool": "service", "queue": "claims", "day": days, "weekday": 0, "slot_of_day_s": 32400,
    ...     "offered": [40.0, 60, 50, 50], "answered": [40.0, 60, 50, 50], "abandoned": 0.0, "handle_s": [7200.0, 10800, 9000, 9000]})
    >>> expected_load(slots).loc[0, ["offered_per_h", "aht_s", "load", "load_sd"]].round(2).tolist()
    [100.0, 180.0, 5.0, 0.41]
    """
    pooled = pool_slots(slots)
    cells = pooled.groupby(CELL, as_index=False).agg(
        days=("day", "nunique"),
        mean=("offered", "mean"),
        variance=("offered", "var"),
        answered=("answered", "sum"),
        handle_s=("handle_s", "sum"),
    )
    totals = cells.groupby("pool")[["answered", "handle_s"]].transform("sum")
    own = cells["answered"].ge(MINIMUM_ANSWERED)
    source_s, source_n = (
        cells["handle_s"].where(own, totals["handle_s"]),
        cells["answered"].where(own, totals["answered"]),
    )
    cells["aht_s"] = source_s / source_n.where(source_n.gt(0))
    cells["aht_s"] = cells["aht_s"].where(cells["aht_s"].gt(0))
    cells["offered_per_h"] = cells["mean"] * 3600 / slot_s
    cells["load"] = cells["offered_per_h"] * cells["aht_s"] / 3600
    excess = cells.assign(excess=cells["variance"] - cells["mean"], square=cells["mean"] ** 2).dropna(
        subset=["variance"]
    )
    sums = excess.groupby("pool")[["excess", "square"]].sum()
    cv = np.sqrt((sums["excess"] / sums["square"].where(sums["square"].gt(0))).clip(lower=0)).fillna(0.0)
    cells["load_sd"] = cells["load"] * cells["pool"].map(cv).fillna(0.0)
    return cells[[*CELL, "days", "offered_per_h", "aht_s", "load", "load_sd"]]


def forecast_load(
    tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue], *, client: Client, slot_s: int = 1800
) -> pd.DataFrame:
    """Return what was forecast for like half hours: pool, weekday, slot_of_day_s, forecast_per_h, forecast_aht_s; empty without forecasts.

    Notes
    -----
    The last forecast made for an interval counts. Holidays are left out, as in :func:`contact_slots`.
    """
    columns = [*CELL, "forecast_per_h", "forecast_aht_s"]
    forecasts = tables.get("forecasts")
    pools = {queue.name: queue for queue in live_queues(queues)}
    mine = None if forecasts is None else forecasts[forecasts["queue"].isin(pools) & forecasts["handle_us"].notna()]
    if mine is None or mine.empty or mine["length_s"].max() > slot_s:
        return pd.DataFrame(columns=columns)
    last = mine.sort_values("made_at", kind="stable", na_position="first").drop_duplicates(
        ["queue", "start"], keep="last"
    )
    serves = last["queue"].map({name: queue.concurrency for name, queue in pools.items()})
    placed = local_slots(last["start"], client.time_zone, slot_s).assign(
        pool=last["queue"].map({name: queue.pool for name, queue in pools.items()}),
        offered=last["offered"],
        handle_s=last["handle_us"].astype("float64") / 1e6 / serves,
    )
    placed = placed[~placed["day"].isin(pd.to_datetime(list(client.holidays)))]
    daily = placed.groupby(["day", *CELL], as_index=False)[["offered", "handle_s"]].sum()
    cells = daily.groupby(CELL, as_index=False).agg(offered=("offered", "mean"), handle_s=("handle_s", "mean"))
    cells["forecast_per_h"] = cells["offered"] * 3600 / slot_s
    cells["forecast_aht_s"] = cells["handle_s"] / cells["offered"].where(cells["offered"].gt(0))
    return cells[columns]


def load_nodes(load: np.ndarray, load_sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return seven loads that stand for a lognormal load with this mean and spread (last axis), and their weights.

    Examples
    --------
    >>> nodes, weights = load_nodes(np.array([10.0]), np.array([2.0]))
    >>> bool(abs((nodes * weights).sum() - 10) < 1e-6)
    True
    """
    mean, spread = np.asarray(load, dtype=float)[..., None], np.asarray(load_sd, dtype=float)[..., None]
    variance = np.log1p((spread / np.maximum(mean, 1e-12)) ** 2)
    return mean * np.exp(np.sqrt(variance) * _NODES - variance / 2), _WEIGHTS / _WEIGHTS.sum()


def expected_service(service: Service, agents: np.ndarray, load: np.ndarray, load_sd: np.ndarray) -> np.ndarray:
    """Return the share of contacts answered in time over the load's spread: a sum over contacts, so heavy days weigh more.

    Notes
    -----
    E[A in_time(A)] / E[A counted(A)] for a load A that is lognormal with the given mean and standard deviation.
    """
    nodes, weights = load_nodes(load, load_sd)
    in_time, counted = service(np.broadcast_to(np.asarray(agents)[..., None], nodes.shape), nodes)
    below = (weights * nodes * counted).sum(axis=-1)
    return np.where(below > 0, (weights * nodes * in_time).sum(axis=-1) / np.where(below > 0, below, 1.0), 1.0)


def required_agents(
    service: Service, load: np.ndarray, load_sd: np.ndarray, *, target: float, limit: int = 2000
) -> np.ndarray:
    """Return the fewest agents that keep the promise on average over the load's spread; NaN where `limit` do not.

    Parameters
    ----------
    service
        Agents and load to the shares answered in time and counted by the promise; the first never falls in the agents.
    load, load_sd
        Expected load and its spread [erlangs], one number per half hour.
    target
        Share to be answered in time.
    limit
        Most agents tried.

    Notes
    -----
    n* = min {n : E[A in_time(n, A)] >= target x E[A counted(n, A)]}, found by bisection.

    Examples
    --------
    >>> from scipy.special import pdtr
    >>> enough = lambda n, a: (pdtr(n - 1, a), np.ones_like(a))    # a free agent at once, among infinitely many
    >>> required_agents(enough, np.array([10.0]), np.array([0.0]), target=0.8), required_agents(enough, np.array([10.0]), np.array([3.0]), target=0.8)
    (array([14.]), array([16.]))
    """
    load, load_sd = np.asarray(load, dtype=float), np.asarray(load_sd, dtype=float)
    low = np.zeros(load.shape, dtype=np.int64)
    high = np.clip(np.ceil(load + 3 * np.sqrt(load + load_sd**2)).astype(np.int64), 2, limit)
    short = expected_service(service, high, load, load_sd) < target
    while (short & (high < limit)).any():
        low, high = np.where(short, high, low), np.where(short, np.minimum(2 * high, limit), high)
        short = expected_service(service, high, load, load_sd) < target
    while (high - low > 1).any():
        middle = np.maximum((low + high) // 2, 1)
        kept = expected_service(service, middle, load, load_sd) >= target
        wide = high - low > 1
        low, high = np.where(wide & ~kept, middle, low), np.where(wide & kept, middle, high)
    return np.where(short, np.nan, np.where(load > 0, high, 0).astype(float))


def largest_loads(service: Service, agents: np.ndarray, *, spread: float, target: float) -> np.ndarray:
    """Return the largest expected load at which each number of agents keeps the promise, at a load that differs between days by `spread`.

    Parameters
    ----------
    service
        As for :func:`required_agents`; the share answered in time never rises with the load.
    agents
        Numbers of agents.
    spread
        Coefficient of variation of the load.
    target
        Share to be answered in time.

    Notes
    -----
    The inverse of :func:`required_agents`: n* = min {n : largest load of n >= load}. Bisection to 1 part in 30,000 of the agents.

    Examples
    --------
    >>> from scipy.special import pdtr
    >>> enough = lambda n, a: (pdtr(n - 1, a), np.ones_like(a))
    >>> largest_loads(enough, np.array([13, 14]), spread=0.0, target=0.8).round(2)
    array([ 9.91, 10.79])
    """
    agents = np.asarray(agents)
    low, high = np.zeros(agents.shape), 2.0 * agents + 1.0
    for _ in range(16):
        middle = (low + high) / 2
        kept = expected_service(service, agents, middle, spread * middle) >= target
        low, high = np.where(kept, middle, low), np.where(kept, high, middle)
    return low

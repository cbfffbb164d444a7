"""The items of a client's typical week as a simulated desk takes them, and who is trained for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.settings import RESUME_S, BlendingSettings
from analysis.foundation.calendars import slot_of_day_s, weekday
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.measure.idle import pool_of_agents
from analysis.simulation import Delivery, Group, ItemType, Times

WEEK_S = 7 * 86400
# An empirical law is kept as so many equally likely lengths.
POINTS = 400
# Fewer lengths than this say nothing about the shape of their law, fewer than the first nothing beyond its mean.
FEWEST_SPREAD, FEWEST_SHAPE = 30, 200
# A span of an item's work beyond this many times the mean holds a night or a weekend.
_LONGEST_SPAN = 20.0
# Seconds an agent must be free before an item is in hand, by how items reach agents; assumed where the client states none.
DELIVERY_S = {"push": 2.0, "pull": 10.0, "manual": 30.0}
# Someone who answered so many contacts of a queue can answer it, whatever the list of skills says.
_SHOWN = 5
SUITABLE = ("suitable_blocks", "suitable_between", "suitable_interrupt")


def law_of(lengths: np.ndarray, mean_s: float) -> Times:
    """Return the law of lengths seen, scaled to a mean: their own quantiles, a lognormal law where they are few, exponential where nothing is known.

    Parameters
    ----------
    lengths
        Lengths seen [s]; those that are not above zero are left out.
    mean_s
        Mean that the law shall have [s].

    Examples
    --------
    >>> law_of(np.array([]), 240.0).kind, law_of(np.array([100.0, 300.0] * 20), 240.0).kind
    ('exponential', 'lognormal')
    """
    seen = lengths[np.isfinite(lengths) & (lengths > 0)]
    if len(seen) < FEWEST_SPREAD:
        return Times(mean_s)
    if len(seen) < FEWEST_SHAPE:
        return Times(mean_s, "lognormal", cv=float(seen.std(ddof=1) / seen.mean()))
    grid = np.quantile(seen, (np.arange(POINTS) + 0.5) / POINTS)
    sample = tuple((grid * (mean_s / grid.mean())).tolist())
    return Times(mean_s, "empirical", cv=float(grid.std() / grid.mean()), sample=sample)


@dataclass(frozen=True, slots=True)
class Supply:
    """Items of a week.

    Attributes
    ----------
    types
        Item types that suit at least one mode; agents' lengths, arrivals per half hour of the week.
    suits
        Positions of the types that suit each of ``SUITABLE``, by name.
    within_due
        Share of the client's own items of these types that ended within due; None where the log holds no due moments.
    """

    types: tuple[ItemType, ...]
    suits: Mapping[str, tuple[int, ...]]
    within_due: float | None = None

    def hours_per_week(self, which: Sequence[int] | None = None) -> float:
        """Return the hours that agents need for a week's arrivals of some types; None: of all."""
        chosen = range(len(self.types)) if which is None else which
        return sum(_per_week(self.types[place]) * self.types[place].length.mean_s / 3600 for place in chosen)


def _per_week(item: ItemType) -> float:
    rates = np.asarray(item.arrivals_per_h or (0.0,))
    return float(rates.sum()) * WEEK_S / len(rates) / 3600


def supply(
    tables: Mapping[str, pd.DataFrame],
    inventory: pd.DataFrame,
    open_slots: np.ndarray,
    *,
    client: Client,
    settings: BlendingSettings,
) -> Supply:
    """Return the suitable items of a typical week.

    Parameters
    ----------
    tables
        Canonical tables: item types, work items.
    inventory
        The inventory of the same tables; its means, counts and suitabilities are taken as they are.
    open_slots
        Whether the pool is open in each slot of the week; items without arrival stamps come evenly over these.
    client, settings
        Zone and period; what is asked.
    """
    chosen = inventory[inventory[list(SUITABLE)].astype(bool).any(axis=1)].reset_index(drop=True)
    stated = tables.get("item_types", pd.DataFrame())
    facts = stated.drop_duplicates("type").set_index("type") if len(stated) else pd.DataFrame()
    logged = tables.get("work_items", pd.DataFrame())
    weeks = ((client.period.end - client.period.start).days + 1) / 7
    found = []
    for row in chosen.to_dict("records"):
        mine = logged[logged["type"].eq(row["type"])] if len(logged) else logged
        found.append(_item_type(row, mine, facts, open_slots, weeks=weeks, zone=client.time_zone, settings=settings))
    suits = {name: tuple(np.flatnonzero(chosen[name].astype(bool)).tolist()) for name in SUITABLE}
    return Supply(tuple(found), suits, _within_due(logged, chosen["type"].tolist()))


def _within_due(logged: pd.DataFrame, names: Sequence[str]) -> float | None:
    """Return the share of the finished items of some types that ended by their due moment."""
    if logged.empty or "due" not in logged:
        return None
    dated = logged[logged["type"].isin(names)].dropna(subset=["due", "ended"])
    return float(dated["ended"].le(dated["due"]).mean()) if len(dated) >= FEWEST_SPREAD else None


def _item_type(
    row: Mapping[str, object],
    mine: pd.DataFrame,
    facts: pd.DataFrame,
    open_slots: np.ndarray,
    *,
    weeks: float,
    zone: str,
    settings: BlendingSettings,
) -> ItemType:
    """Return one type of item."""
    name = str(row["type"])
    mean_s = float(row["mean_s"]) * settings.item_time_factor  # pyright: ignore[reportArgumentType]
    spans = (mine["ended"] - mine["started"]).dt.total_seconds().to_numpy() if len(mine) else np.array([])
    spans = spans[spans < _LONGEST_SPAN * float(row["mean_s"])]  # pyright: ignore[reportArgumentType]
    arrived = mine["arrived"].dropna() if len(mine) else pd.Series(dtype="datetime64[us, UTC]")
    per_week = float(row["items"]) / weeks  # pyright: ignore[reportArgumentType]
    backlog, age_s = _backlog(mine, zone)
    resume = _fact(facts, name, "resume_s")
    due_h = _fact(facts, name, "max_wait_h")
    return ItemType(
        name=name,
        length=law_of(spans, mean_s),
        arrivals_per_h=_arrivals(arrived, per_week, open_slots, zone),
        backlog=backlog,
        backlog_age_s=age_s,
        due_after_s=due_h * 3600 if due_h is not None else _due_after_s(mine),
        interruptible=row["interruptible"] is True or row["interruptible"] == True,  # noqa: E712 - NA is not True
        resume_s=settings.resume_s if settings.resume_s is not None else (RESUME_S if resume is None else resume),
    )


def _fact(facts: pd.DataFrame, name: str, column: str) -> float | None:
    """Return what the client states of a type; None where nothing."""
    if name not in facts.index or column not in facts:
        return None
    value = facts.at[name, column]
    return None if pd.isna(value) else float(value)  # pyright: ignore[reportArgumentType]


def _due_after_s(mine: pd.DataFrame) -> float | None:
    """Return the median time from arrival until an item is late, where the log holds it."""
    if mine.empty or "due" not in mine:
        return None
    allowed = (mine["due"] - mine["arrived"]).dt.total_seconds().dropna()
    return float(allowed.median()) if len(allowed) and allowed.median() > 0 else None


def _arrivals(arrived: pd.Series, per_week: float, open_slots: np.ndarray, zone: str) -> tuple[float, ...]:
    """Return items per hour in every slot of the week, as logged, scaled to the items counted; without stamps, evenly over the open slots."""
    slots = len(open_slots)
    slot_s = WEEK_S // slots
    counts = open_slots.astype(float)
    if len(arrived) >= FEWEST_SPREAD:
        place = weekday(arrived, zone) * (86400 // slot_s) + slot_of_day_s(arrived, zone, slot_s=slot_s) // slot_s
        counts = np.bincount(place.to_numpy(dtype=np.int64), minlength=slots).astype(float)
    rates = counts / max(counts.sum(), 1e-12) * per_week * 3600 / slot_s
    return tuple(rates.tolist())


def _backlog(mine: pd.DataFrame, zone: str) -> tuple[int, float]:
    """Return how many items wait when a week begins, and over which age they arrived [s]: means over the Mondays of the log, its first left out.

    Notes
    -----
    Items that arrived evenly over an age A have mean age A / 2.
    """
    dated = mine.dropna(subset=["arrived", "ended"]) if len(mine) else mine
    if dated.empty:
        return 0, 0.0
    first, last = (stamp.tz_convert(zone) for stamp in (dated["arrived"].min(), dated["arrived"].max()))
    mondays = pd.date_range(first.normalize(), last, freq="W-MON", tz=zone)[1:]
    counts, ages = [], []
    for monday in mondays:
        waiting = dated.loc[dated["arrived"].lt(monday) & dated["ended"].gt(monday), "arrived"]
        counts.append(len(waiting))
        ages.append(float((monday - waiting).dt.total_seconds().sum()))
    if not counts or not sum(counts):
        return 0, 0.0
    return round(float(np.mean(counts))), 2 * sum(ages) / sum(counts)


def delivery_of(settings: BlendingSettings) -> Delivery:
    """Return how items reach agents, as set."""
    start_s = DELIVERY_S[settings.delivery] if settings.delivery_s is None else settings.delivery_s
    return Delivery(
        settings.delivery,
        start_s,
        return_s=start_s if settings.delivery == "manual" else 0.0,
        switch_s=settings.switch_s,
    )


@dataclass(frozen=True, slots=True)
class Trained:
    """Groups of agents with the same skills.

    Attributes
    ----------
    groups
        The groups.
    shares
        Share of the pool's agents in each.
    item_share
        Share of the agents that can do at least one of the items.
    known
        Whether the list of skills names an agent of the pool for some item type; else all are taken to be trained.
    """

    groups: tuple[Group, ...]
    shares: tuple[float, ...]
    item_share: float
    known: bool

    def assigned(self, agents: int) -> tuple[int, ...]:
        """Return the group of every agent, spread so evenly that any number of first agents mirrors the shares."""
        shares = np.asarray(self.shares)
        given = np.zeros(len(shares))
        result = []
        for number in range(agents):
            place = int(np.argmax(shares * (number + 1) - given))
            given[place] += 1
            result.append(place)
        return tuple(result)


def trained(
    tables: Mapping[str, pd.DataFrame],
    pool: str,
    *,
    queues: Sequence[Queue],
    names: Sequence[str],
    types: Sequence[ItemType],
) -> Trained:
    """Return who serves what: as the list of skills says and the contacts show; where nothing is listed, everybody everything.

    Parameters
    ----------
    tables
        Canonical tables: skills, contacts, roster.
    pool
        Name of the pool.
    queues
        Every queue of the engagement.
    names
        Queues of the simulated desk, in its order.
    types
        Item types of the simulated desk, in its order.
    """
    everybody = Trained((Group("agents", tuple(range(len(names))), tuple(range(len(types)))),), (1.0,), 1.0, False)
    pools = pool_of_agents(tables, queues)
    agents = pools.index[pools.eq(pool)]
    skills = tables.get("skills", pd.DataFrame())
    if not len(agents) or skills.empty:
        return everybody
    mine = skills[skills["agent"].isin(agents)]
    listed = mine.groupby("agent")["queue_or_type"].agg(set)
    knows_items = mine["queue_or_type"].isin([item.name for item in types]).any()
    shown = _shown(tables)
    kinds: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    for agent in agents:
        can = {*(listed.get(agent) or ()), *shown.get(agent, ())}
        serves = tuple(place for place, name in enumerate(names) if name in can) or tuple(range(len(names)))
        does = tuple(place for place, item in enumerate(types) if not knows_items or item.name in can)
        kinds[serves, does] = kinds.get((serves, does), 0) + 1
    groups = tuple(Group(f"agents {number + 1}", *kind) for number, kind in enumerate(kinds))
    shares = tuple(count / len(agents) for count in kinds.values())
    able = sum(share for group, share in zip(groups, shares, strict=True) if group.items)
    return Trained(groups, shares, able, bool(knows_items))


def _shown(tables: Mapping[str, pd.DataFrame]) -> dict[str, set[str]]:
    """Return the queues that every agent answered more than now and then."""
    contacts = tables.get("contacts", pd.DataFrame())
    if contacts.empty:
        return {}
    counts = contacts.dropna(subset=["agent"]).groupby(["agent", "queue"]).size()
    often = counts[counts >= _SHOWN].reset_index()
    return {str(agent): set(part["queue"]) for agent, part in often.groupby("agent")}


def not_listed(pool: str, people: Trained, supplied: Supply) -> tuple[Finding, ...]:
    """Say what was taken for granted about who can do items."""
    if people.known or not supplied.types:
        return ()
    text = (
        "No agent of the pool is listed as trained for any suitable item type; every simulated figure takes all agents to be trained. "
        "State who is trained in the list of skills."
    )
    return (Finding("training_not_listed", "flag", f"pool {pool}", text),)

"""A client's ordinary days as the units of a pilot: one row per pool and day (or half day), every outcome a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.blending.promise import queue_promise, served
from analysis.blending.settings import BlendingSettings
from analysis.foundation.calendars import local_day
from analysis.measure.load import contact_slots, live_queues, local_slots
from analysis.readiness.pilot.assignment import HALVES

if TYPE_CHECKING:
    from analysis.blending import Blending
    from analysis.foundation.settings import Client, Queue

Tables = Mapping[str, pd.DataFrame]
SLOT_S = 1800
KEY = ["pool", "day", "half"]
#: What is held alike between units; no arm of the pilot can change it.
COVARIATES: tuple[str, ...] = ("log_offered", "log_staff_h")
OUTCOMES: tuple[str, ...] = (
    "service_level", "abandonment", "handling_s", "occupancy", "item_h", "items_done", "items_in_due",
)  # fmt: skip
# figures that speak of people, not of contacts or items
_OF_PEOPLE = ("handling_s", "occupancy", "item_h", "log_staff_h")
_READY = ("HANDLING", "RESERVED", "IDLE")


def unit_figures(
    tables: Tables,
    blending: Blending | None,
    *,
    client: Client,
    queues: Sequence[Queue],
    halves: bool = False,
    minimum_group_agents: int = 10,
) -> pd.DataFrame:
    """Return one row per pool and open day, or half day, with the figures that a pilot would be judged by.

    Parameters
    ----------
    tables
        Canonical tables; contacts or volumes are needed, spells and work_items add outcomes.
    blending
        Its replayed days give the item hours a day; None without.
    client, queues
        Zone and holidays; queues with their pools and promises.
    halves
        Whether a day is split at the half hour that halves its contacts; the half hour after the split is left out, because the queue of the
        morning is still there.
    minimum_group_agents
        Pools with fewer people have no figures about them: handling time, occupancy, item hours and staff are NaN.

    Returns
    -------
    DataFrame
        `pool`, `day` (local), `half`, `weekday`, `offered`, `service_level` (share, each queue by its own definition), `abandonment` (share of offered),
        `handling_s` (per answered contact), `occupancy` (share of ready time busy), `item_h` (item hours the pool would have done, replayed), `items_done` and
        `items_in_due` (all items ended that day; share before their due time), `log_offered`, `log_staff_h` (hours of agents ready for contacts). Unknown is NaN.
    """
    live = live_queues(queues)
    slots = contact_slots(tables, live, client=client, slot_s=SLOT_S)
    if slots.empty:
        return pd.DataFrame(columns=[*KEY, "weekday", "offered", *OUTCOMES, *COVARIATES])
    cut = _middle_s(slots) if halves else 0
    found = _contact_figures(slots, cut).merge(_service(tables, blending, live, client, cut), on=KEY, how="left")
    found = found.merge(_occupancy(tables, live, client, cut), on=KEY, how="left")
    found = found.merge(_items(tables, client, cut), on=["day", "half"], how="left")
    found = found.merge(_replayed(blending, halves=halves), on=KEY, how="left")
    with np.errstate(divide="ignore"):
        found["log_offered"] = np.log(found["offered"].where(found["offered"] > 0))
        found["log_staff_h"] = np.log(found["staff_h"].where(found["staff_h"] > 0))
    small = found["pool"].map(_people(tables, live)).fillna(0).lt(minimum_group_agents)
    found.loc[small, list(_OF_PEOPLE)] = float("nan")
    ordered = found.sort_values(["pool", "day", "half"], key=_morning_first, kind="stable").reset_index(drop=True)
    return ordered[[*KEY, "weekday", "offered", *OUTCOMES, *COVARIATES]]


def _people(tables: Tables, live: Sequence[Queue]) -> pd.Series:
    """Return how many people take the contacts of each pool."""
    contacts, spells = tables.get("contacts"), tables.get("spells")
    pools = {queue.name: queue.pool for queue in live}
    if contacts is not None and not contacts.empty and contacts["agent"].notna().any():
        return contacts["agent"].groupby(contacts["queue"].map(pools)).nunique()
    if spells is None or spells.empty:
        return pd.Series(dtype="float64")
    there = spells[spells["population"].eq("contact_centre")]
    return there["agent"].groupby(_pool_of(tables, live, there["agent"])).nunique()


def _morning_first(column: pd.Series) -> pd.Series:
    return column.eq(HALVES[1]) if column.name == "half" else column


def _middle_s(slots: pd.DataFrame) -> int:
    """Return the slot of the day before which about half of the contacts come [s]."""
    by_slot = slots.groupby("slot_of_day_s")["offered"].sum().sort_index()
    before = by_slot.cumsum() - by_slot
    return int(by_slot.index[int((before / by_slot.sum() - 0.5).abs().to_numpy().argmin())])


def _halved(slot_of_day_s: pd.Series, cut: int) -> pd.Series:
    """Return the half of every slot; missing in the half hour after the split; empty where days are whole."""
    if not cut:
        return pd.Series("", index=slot_of_day_s.index)
    half = pd.Series(np.where(slot_of_day_s < cut, *HALVES), index=slot_of_day_s.index)
    return half.where(~slot_of_day_s.between(cut, cut + SLOT_S - 1))


def _contact_figures(slots: pd.DataFrame, cut: int) -> pd.DataFrame:
    sums = slots.assign(half=_halved(slots["slot_of_day_s"], cut)).dropna(subset="half")
    names = ["offered", "answered", "abandoned", "handle_s"]
    found = sums.groupby([*KEY, "weekday"], as_index=False)[names].sum(min_count=1)
    offered, answered = (found[name].where(found[name] > 0) for name in ("offered", "answered"))
    return found[[*KEY, "weekday", "offered"]].assign(
        abandonment=found["abandoned"] / offered, handling_s=found["handle_s"] / answered
    )


def _service(
    tables: Tables, blending: Blending | None, live: Sequence[Queue], client: Client, cut: int
) -> pd.DataFrame:
    """Return the share answered in time by pool and unit: every queue by its own definition, weighing by its contacts."""
    asked = BlendingSettings() if blending is None else blending.settings
    parts = []
    for half, part in _parts(tables, client, cut):
        for queue in live:
            daily = served(part, queue, queue_promise(queue, asked), client=client, confidence=0.95).daily
            parts.append(daily.assign(pool=queue.pool, half=half))
    sums = pd.concat(parts, ignore_index=True).groupby(KEY, as_index=False)[["in_time", "counted"]].sum()
    level = sums["in_time"] / sums["counted"].where(sums["counted"] > 0)
    return sums[KEY].assign(service_level=level.astype("float64"))


def _parts(tables: Tables, client: Client, cut: int) -> list[tuple[str, Tables]]:
    """Return the contacts and volumes of each half of the days."""
    stamped = {"contacts": "offered_at", "volumes": "start"}
    given = {name: tables[name] for name in stamped if name in tables and not tables[name].empty}
    if not cut:
        return [("", given)]
    halves = {
        name: _halved(local_slots(table[stamped[name]], client.time_zone, SLOT_S)["slot_of_day_s"], cut)
        for name, table in given.items()
    }
    return [(half, {name: table[halves[name].eq(half)] for name, table in given.items()}) for half in HALVES]


def _occupancy(tables: Tables, live: Sequence[Queue], client: Client, cut: int) -> pd.DataFrame:
    """Return the busy share of the time in which agents are ready for contacts, and that time, by pool and unit."""
    spells, empty = tables.get("spells"), pd.DataFrame({name: [] for name in [*KEY, "occupancy", "staff_h"]})
    empty = empty.astype({"pool": "str", "half": "str", "day": "datetime64[us]"})
    if spells is None or spells.empty:
        return empty
    rows = spells[spells["population"].eq("contact_centre") & spells["state"].isin(_READY)]
    rows = rows.assign(pool=_pool_of(tables, live, rows["agent"])).dropna(subset="pool")
    if rows.empty:
        return empty
    placed = local_slots(rows["start"], client.time_zone, SLOT_S)
    hours = (rows["end"] - rows["start"]).dt.total_seconds() / 3600
    rows = rows[["pool", "state"]].assign(day=placed["day"], half=_halved(placed["slot_of_day_s"], cut), hours=hours)
    sums = rows.assign(busy=hours.where(rows["state"].ne("IDLE"), 0.0), idle=hours.where(rows["state"].eq("IDLE"), 0.0))
    sums = sums.dropna(subset="half").groupby(KEY, as_index=False)[["hours", "busy", "idle"]].sum()
    # without idle states the busy time is no share of anything
    occupancy = sums["busy"] / sums["hours"] if sums["idle"].sum() > 0 else float("nan")
    return sums[KEY].assign(occupancy=occupancy, staff_h=sums["hours"])


def _pool_of(tables: Tables, live: Sequence[Queue], agents: pd.Series) -> pd.Series:
    """Return the pool whose contacts an agent takes most; everybody's where there is one pool."""
    pools = {queue.name: queue.pool for queue in live}
    if len(set(pools.values())) == 1:
        return pd.Series(next(iter(pools.values())), index=agents.index)
    contacts = tables.get("contacts")
    if contacts is None or contacts.empty:
        return pd.Series(None, index=agents.index, dtype="str")
    seen = pd.DataFrame({"agent": contacts["agent"], "pool": contacts["queue"].map(pools)}).dropna()
    most = seen.groupby("agent")["pool"].agg(lambda part: part.value_counts().index[0])
    return agents.map(most)


def _items(tables: Tables, client: Client, cut: int) -> pd.DataFrame:
    """Return the items that ended in each unit, and the share of them that ended before they were due."""
    items = tables.get("work_items")
    if items is None or items.empty:
        found = pd.DataFrame({name: [] for name in ["day", "half", "items_done", "items_in_due"]})
        return found.astype({"day": "datetime64[us]", "half": "str"})
    placed = local_slots(items["ended"], client.time_zone, SLOT_S)
    due = (items["ended"] <= items["due"]).astype("float64").where(items["due"].notna())
    rows = pd.DataFrame({"day": placed["day"], "half": _halved(placed["slot_of_day_s"], cut), "due": due})
    sums = rows.dropna(subset="half").groupby(["day", "half"])["due"].agg(["size", "mean"]).reset_index()
    return sums.rename(columns={"size": "items_done", "mean": "items_in_due"}).astype({"items_done": "float64"})


def _replayed(blending: Blending | None, *, halves: bool) -> pd.DataFrame:
    """Return the item hours that the pool would have done on its own days; whole days alone."""
    empty = pd.DataFrame({"pool": [], "day": [], "half": [], "item_h": []})
    days = None if blending is None or halves else blending.replay_days
    if days is None or days.empty:
        return empty.astype({"pool": "str", "day": "datetime64[us]", "half": "str", "item_h": "float64"})
    return days[["pool", "day", "item_h"]].assign(half="")


def life_days(tables: Tables, client: Client) -> float:
    """Return the days that four of five items live at most, from arrival to end, counted in days on which items end; NaN without times."""
    items = tables.get("work_items")
    if items is None or items.empty or not items["arrived"].notna().any():
        return float("nan")
    known = items.dropna(subset=["arrived"])
    open_days = np.sort(local_day(known["ended"], client.time_zone).unique())
    begun, ended = (local_day(known[name], client.time_zone).to_numpy() for name in ("arrived", "ended"))
    passed = np.searchsorted(open_days, ended) - np.searchsorted(open_days, begun)
    return float(np.quantile(passed, 0.8))


def replayed_policy(blending: Blending | None, pool: str) -> str:
    """Return in words the policy under which a pool's own days were replayed: the recommended one; empty where none is."""
    lab = None if blending is None else blending.lab
    if lab is None or lab.empty:
        return ""
    chosen = lab[lab["pool"].eq(pool) & lab["recommended"]]
    return str(chosen["words"].iloc[0]) if len(chosen) else ""

"""Whether there is room: recoverable idle time in posts, promises kept, and occupancy under its cap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.blending.promise import Promise, queue_promise
from analysis.foundation.estimate import Estimate
from analysis.foundation.settings import Queue
from analysis.measure.idle import pool_of_agents
from analysis.measure.load import live_queues, local_slots, offered_contacts
from analysis.readiness.from_data.clustered import by_day, share
from analysis.readiness.from_data.facts import LONGEST_INTERVAL_S, Facts, percent, unsaid
from analysis.readiness.scores import Reading

SLOT_S = 1800
# Fewer contacts than this do not show whether a promise was kept: neighbouring intervals of a day are put together until they hold so many.
FEWEST_CONTACTS = 20
# The busiest half hours are this share of the half hours of the day, by agents at work on contacts.
_BUSIEST = 0.25
_HOURS = ("item_h_per_week", "item_h_low", "item_h_high")
_OTHER_WORK = ("training", "time_off", "roster", "today")


def idle_posts(facts: Facts) -> dict[str, Reading]:
    """Read P1: hours a week that items would really get, in full-time posts.

    Notes
    -----
    Per pool: the policy that the simulation recommends, else the one that keeps promise and cap and moves most; without a simulation the best mode
    of `usable`, its interval in proportion to that of its agents. Pools share days, so their limits are added.
    """
    pools = {**_usable(facts), **_simulated(facts)}
    if not pools:
        return {"posts": unsaid("what idle time could be used was not worked out")}
    rows = tuple(pools.values())
    full_time = facts.client.full_time_h_per_week
    value, low, high = (sum(row[place] for row in rows) / full_time for place in range(3))
    estimate = Estimate(
        value,
        min(low, value),
        max(high, value),
        confidence=facts.blending.settings.confidence,
        unit="fte",
        n=len(rows),
        n_unit="pools",
    )
    posts = "post" if round(value, 1) == 1.0 else "posts"
    return {
        "posts": Reading(estimate, f"Items would get {value:.1f} full-time {posts} of idle time under the best mode.")
    }


def _simulated(facts: Facts) -> dict[str, tuple[float, float, float]]:
    """Return hours a week with limits by pool, from the simulation; nothing is recovered where no policy keeps promise and cap."""
    lab = facts.blending.lab
    found = {}
    for pool, tried in () if lab.empty else lab.groupby("pool", sort=True):
        rows = tried[~tried["policy"].isin(_OTHER_WORK)]
        kept = rows[rows["recommended"]]
        if kept.empty:
            kept = rows[rows["keeps_promise"] & rows["keeps_cap"]].sort_values("item_h_per_week", ascending=False)
        best = [0.0] * 3 if kept.empty else [float(kept.iloc[0][name]) for name in _HOURS]
        if np.isfinite(best).all():
            found[str(pool)] = (max(best[0], 0.0), max(best[1], 0.0), max(best[2], 0.0))
    return found


def _usable(facts: Facts) -> dict[str, tuple[float, float, float]]:
    """Return hours a week with limits by pool, from the best mode."""
    usable = facts.blending.usable
    usable = usable if usable.empty else usable.dropna(subset=["hours_per_week"])
    found = {}
    for pool, rows in () if usable.empty else usable.groupby("pool", sort=True):
        best = rows.sort_values("hours_per_week", ascending=False).iloc[0]
        hours, agents, low, high = (float(best[name]) for name in ("hours_per_week", "agents", "low", "high"))
        known = bool(np.isfinite([agents, low, high]).all()) and agents > 0
        found[str(pool)] = (hours, hours * low / agents, hours * high / agents) if known else (hours,) * 3
    return found


def promise(facts: Facts) -> dict[str, Reading]:
    """Read P2: share of contacts that came in intervals in which the promise was missed, and of busy half hours over the cap on occupancy."""
    queues = _queues(facts)
    return {"missed": _missed(facts, queues), "over_cap": _over_cap(facts, queues)}


def _queues(facts: Facts) -> tuple[Queue, ...]:
    """Return the queues that agents must stand ready for; without an engagement file, those that the blending assessment speaks of."""
    if facts.queues:
        return live_queues(facts.queues)
    rows = facts.blending.service
    rows = rows.drop_duplicates("queue") if not rows.empty else rows
    return tuple(
        Queue(
            name=row.queue,
            pool=row.pool,
            answer_within_s=row.answer_within_s,
            target=row.target,
            definition=row.definition,
        )
        for row in rows.itertuples()
    )


def _missed(facts: Facts, queues: Sequence[Queue]) -> Reading:
    """Return the share of contacts in intervals that missed the promise.

    Notes
    -----
    Intervals weigh by their contacts. One with fewer than 20 contacts is put together with its neighbours of the same queue and day until they
    hold 20: of 3 contacts at a promise of 80 %, one late answer alone would be a miss.
    """
    parts = [_blocks(counts, one) for queue in queues for one, counts in [_counts(facts, queue)] if not counts.empty]
    if not parts:
        return unsaid("no intervals count how many contacts were answered in time")
    blocks = pd.concat(parts)
    found = share(
        by_day(blocks["day"], blocks["counted"] * blocks["missed"], blocks["counted"]), confidence=facts.confidence
    )
    if found.value is None:
        return Reading(found)
    return Reading(found, f"{percent(found.value)} of the contacts came in intervals in which the promise was missed.")


def _blocks(counts: pd.DataFrame, promised: Promise) -> pd.DataFrame:
    """Put neighbouring intervals of a day together until they hold enough contacts, and tell which missed the promise."""
    rows = counts.sort_values("start", kind="stable")
    block = _blocks_of(rows["day"].to_numpy(), rows["counted"].to_numpy(dtype=float))
    blocks = (
        rows.assign(block=block)
        .groupby("block")
        .agg(day=("day", "first"), counted=("counted", "sum"), in_time=("in_time", "sum"))
    )
    return blocks.assign(missed=blocks["in_time"] < promised.target * blocks["counted"] - 1e-9)


def _blocks_of(day: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Return the block of each interval; what is left at the end of a day joins its last block."""
    found, block, held = np.zeros(len(day), dtype=int), 0, 0.0
    opened = 0
    for place in range(len(day)):
        if place and day[place] != day[place - 1]:
            if held < FEWEST_CONTACTS and opened < place and block > 0 and day[opened - 1] == day[place - 1]:
                found[opened:place] = block - 1
            else:
                block += 1
            held, opened = 0.0, place
        elif held >= FEWEST_CONTACTS:
            block, held, opened = block + 1, 0.0, place
        found[place] = block
        held += counted[place]
    if held < FEWEST_CONTACTS and opened > 0 and block > 0 and day[opened - 1] == day[-1]:
        found[opened:] = block - 1
    return found


def _counts(facts: Facts, queue: Queue) -> tuple[Promise, pd.DataFrame]:
    """Return a queue's promise, and start, day, counted and in_time by interval with contacts."""
    promised = queue_promise(queue, facts.blending.settings)
    volumes = facts.table("volumes")
    counts = None if volumes is None else _by_volumes(volumes[volumes["queue"].eq(queue.name)], promised)
    if counts is None:
        counts = _by_contacts(offered_contacts(facts.tables, queue), promised)
    counts = counts[counts["counted"] > 0]
    return promised, counts.assign(day=facts.day(counts["start"]) if len(counts) else pd.Series(dtype="datetime64[us]"))


def _by_volumes(volumes: pd.DataFrame, promised: Promise) -> pd.DataFrame | None:
    """Return counts by interval from the client's own; None where they do not count within the promised time."""
    same = volumes["within_s"].isna() | ((volumes["within_s"] - promised.answer_within_s).abs() < 0.5)
    column = {"of offered": "offered", "of answered": "answered", "short abandons out": "offered"}[promised.definition]
    short = volumes["length_s"] <= LONGEST_INTERVAL_S
    rows = volumes[same & short & volumes["answered_within"].notna() & volumes[column].notna()]
    if rows.empty:
        return None
    counted = rows[column]
    if promised.definition == "short abandons out":
        counted = counted - rows["short_abandoned"].fillna(0.0)
    return pd.DataFrame(
        {"start": rows["start"], "counted": counted, "in_time": np.minimum(rows["answered_within"], counted)}
    )


def _by_contacts(contacts: pd.DataFrame, promised: Promise) -> pd.DataFrame:
    """Return counts by half hour of the clock from the log of contacts."""
    if contacts.empty:
        return pd.DataFrame({"start": pd.Series(dtype="datetime64[us, UTC]"), "counted": 0.0, "in_time": 0.0})
    answered = contacts["answered_at"].notna()
    waited = (contacts["answered_at"].fillna(contacts["ended_at"]) - contacts["offered_at"]).dt.total_seconds()
    counted = pd.Series(True, index=contacts.index)
    if promised.definition == "of answered":
        counted = answered
    elif promised.definition == "short abandons out":
        counted = answered | ~(waited < promised.short_s)
    in_time = answered & (waited <= promised.answer_within_s)
    start = contacts["offered_at"].dt.floor(f"{SLOT_S}s")
    return (
        pd.DataFrame({"start": start, "counted": counted.astype(float), "in_time": in_time.astype(float)})
        .groupby("start", as_index=False)
        .sum()
    )


def _over_cap(facts: Facts, queues: Sequence[Queue]) -> Reading:
    """Return the share of agent time on duty in the busiest half hours that lies in half hours over the cap.

    Notes
    -----
    Occupancy of a half hour: time on contacts over time on contacts and waiting. The busiest half hours are the quarter of the day's half hours with
    most agents on contacts on average, on all days: a day or weekday that was busy by chance is not chosen for it.
    """
    if not queues:
        return unsaid("no queue with a cap on occupancy is known")
    duty = _duty(facts, queues)
    if duty is None:
        return unsaid("no source shows both work on contacts and waiting, so occupancy is not known")
    if few := facts.too_few(facts.spells(), facts.totals()):
        return unsaid(few)
    caps = {queue.pool: queue_promise(queue, facts.blending.settings).max_occupancy for queue in queues}
    for queue in queues:
        caps[queue.pool] = min(caps[queue.pool], queue_promise(queue, facts.blending.settings).max_occupancy)
    busiest = _busiest(duty)
    over = busiest["busy"] > busiest["pool"].map(caps) * busiest["on_duty"] * (1 + 1e-9)
    found = share(by_day(busiest["day"], busiest["on_duty"] * over, busiest["on_duty"]), confidence=facts.confidence)
    if found.value is None:
        return Reading(found)
    text = f"In {percent(found.value)} of the busiest half hours occupancy lay over the cap of {percent(min(caps.values()))}."
    return Reading(found, text)


def _busiest(duty: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the quarter of the half hours of the day that are busiest on average."""
    usual = duty.groupby(["pool", "slot_of_day_s"])["busy"].transform("mean")
    return duty[usual >= usual.groupby(duty["pool"]).transform("quantile", 1 - _BUSIEST)]


def _duty(facts: Facts, queues: Sequence[Queue]) -> pd.DataFrame | None:
    """Return pool, day, weekday, slot_of_day_s, busy and on_duty (mean agents) by half hour with anybody on duty."""
    busy, idle = (facts.time_in(*states, slot_s=SLOT_S) for states in (("HANDLING", "RESERVED"), ("IDLE",)))
    if busy is None or idle is None:
        return None
    names = {queue.pool for queue in queues}
    pools = pool_of_agents(facts.tables, queues)
    if len(names) == 1:
        agents = pd.unique(pd.concat([busy["agent"], idle["agent"]]))
        pools = pd.Series(next(iter(names)), index=agents)
    both = _both([time.assign(pool=time["agent"].map(pools)) for time in (busy, idle)])
    places = local_slots(both["start"], facts.client.time_zone, SLOT_S)
    return pd.concat([both, places], axis=1)


def _both(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return busy and on_duty in mean agents by pool and interval."""
    sums = [part.groupby(["pool", "start", "length_s"])["s"].sum().rename(name) for name, part in zip(("busy", "idle"), parts, strict=True)]  # fmt: skip
    both = pd.concat(sums, axis=1).fillna(0.0).reset_index()
    busy, idle = both["busy"] / both["length_s"], both["idle"] / both["length_s"]
    return both.assign(busy=busy, on_duty=busy + idle)

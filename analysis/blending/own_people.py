"""The client's own people as they were there: stretches in which each agent could take contacts, as the logs show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.own_contacts import uniforms
from analysis.blending.settings import BlendingSettings
from analysis.foundation import intervals
from analysis.foundation.calendars import utc_us
from analysis.foundation.settings import Queue
from analysis.measure.idle import ON_DUTY, pool_of_agents, presence_between_contacts, signed_on_pieces
from analysis.measure.load import live_queues

# A gap this short between two stretches is ringing, wrapping up or a second lost between two clocks: the agent was there.
SHORT_GAP_S = 30.0
# An agent serves a queue that makes up this share of what the agent handled.
SERVES = 0.01
# Below so many contacts what an agent handled does not say what the agent can do.
ENOUGH_HANDLED = 20
LEAVING = 3
_SPELL = ["agent", "start", "end"]


@dataclass(frozen=True, slots=True, eq=False)
class OwnPeople:
    """When a pool's agents were there.

    Attributes
    ----------
    stretches
        agent, start_us, end_us (as seen), leave_us (when the agent began to want to leave: see :func:`own_people`), in order of start.
    pieces
        agent, start, end, state of the time on duty for the pool's contacts, as seen; handling by people whom no state shows as there included.
    shown
        agent, start_us, end_us: the stretches that the states show.
    source
        ``"states"`` (measured), ``"contacts"`` (guessed from a log of contacts), ``"totals"`` or ``"none"`` (no stretches).
    unexplained
        Share of the handling time in the states that no contact of the log explains.
    """

    stretches: pd.DataFrame
    pieces: pd.DataFrame
    shown: pd.DataFrame
    source: str
    unexplained: float


def own_people(
    tables: Mapping[str, pd.DataFrame],
    pool: str,
    queues: Sequence[Queue],
    *,
    settings: BlendingSettings,
    ring_s: float = 0.0,
    seed: int = 1,
) -> OwnPeople:
    """Return when a pool's agents were there for its contacts.

    Parameters
    ----------
    tables
        Canonical tables: state spells, or contacts alone for a guess; skills and roster say who belongs to the pool.
    pool
        The pool.
    queues
        All queues of the engagement.
    settings
        The longest gap that counts as presence where only contacts are known.
    ring_s
        How long a contact rings at a free agent before it counts as waiting [s].
    seed
        Seed of what is drawn.

    Notes
    -----
    Handling, reserved and idle time is presence; breaks, meetings, time away and items are not, nor is time on contacts outside the pool's live
    queues or handling that no logged contact explains (it stays where it was); gaps up to 30 s between stretches are, and so is the handling of the pool's
    contacts by anyone else. An agent who leaves straight after a contact wanted to leave at some moment during it, at any
    with equal chance: leaving is planned without regard to contacts, and a contact in hand is finished first. In a replay the agent takes
    no contact after that moment and finishes what is in hand, as in life.
    """
    live = live_queues(queues)
    agents = pool_of_agents(tables, queues)
    agents = agents[agents.eq(pool)]
    pieces = signed_on_pieces(tables, agents, queues, ring_s=ring_s) if len(agents) else pd.DataFrame()
    source = "states"
    if pieces.empty:
        totals = tables.get("state_totals")
        source = "totals" if totals is not None and len(totals) and totals["state"].eq("IDLE").any() else "contacts"
        mine = [queue for queue in live if queue.pool == pool]
        pieces = presence_between_contacts(tables, mine, longest_gap_s=settings.presence_cut_off_s)
    if pieces.empty or source == "totals":
        none = pd.DataFrame()
        return OwnPeople(none, none, none, source if source == "totals" else "none", 0.0)
    handled = _handled(tables, [queue.name for queue in live if queue.pool == pool])
    on_duty = pieces.loc[pieces["state"].isin(ON_DUTY), [*_SPELL, "state"]]
    elsewhere = _elsewhere(tables, {queue.name for queue in live if queue.pool == pool}, handled)
    unlogged = _unlogged(on_duty, handled) if source == "states" else elsewhere.iloc[:0]
    unexplained = _seconds(unlogged) / max(_seconds(on_duty[on_duty["state"].eq("HANDLING")]), 1.0)
    elsewhere = pd.concat([part for part in (elsewhere, unlogged) if len(part)] or [elsewhere], ignore_index=True)
    if len(elsewhere):
        free = intervals.gaps(elsewhere, within=intervals.union(on_duty[_SPELL]))
        on_duty = intervals.clip(on_duty, within=free[_SPELL])
    shown = _stretches(on_duty)
    on_duty = pd.concat([on_duty, _helping(on_duty, handled)], ignore_index=True)
    stretches = _stretches(on_duty)
    stretches["leave_us"] = _leaving(stretches, handled, seed)
    return OwnPeople(stretches, on_duty, shown, source, unexplained)


def _handled(tables: Mapping[str, pd.DataFrame], queues: Sequence[str]) -> pd.DataFrame:
    """Return the spells in which agents handled contacts of these queues, wrap-up included."""
    contacts = tables.get("contacts")
    if contacts is None or contacts.empty:
        return pd.DataFrame(columns=_SPELL)
    return _spans(contacts[contacts["queue"].isin(queues)])


def _spans(contacts: pd.DataFrame) -> pd.DataFrame:
    done = contacts.dropna(subset=["agent", "answered_at", "ended_at"])
    wrap = pd.to_timedelta(done["wrap_us"].fillna(0).astype("int64"), unit="us")
    spans = pd.DataFrame({"agent": done["agent"], "start": done["answered_at"], "end": done["ended_at"] + wrap})
    return spans[spans["end"] > spans["start"]].reset_index(drop=True)


def _elsewhere(tables: Mapping[str, pd.DataFrame], mine: set[str], handled: pd.DataFrame) -> pd.DataFrame:
    """Return when agents were on contacts that are not the pool's live ones and on none of those."""
    contacts = tables.get("contacts")
    if contacts is None or contacts.empty:
        return pd.DataFrame(columns=_SPELL)
    other = contacts["deferrable"].fillna(False).astype(bool) | contacts["direction"].eq("out").fillna(False)
    spans = _spans(contacts[other.astype(bool) | ~contacts["queue"].isin(mine)])
    if spans.empty:
        return spans
    own = handled[handled["agent"].isin(spans["agent"])]
    return intervals.gaps(own, within=intervals.union(spans))[_SPELL] if len(own) else intervals.union(spans)[_SPELL]


def _stretches(on_duty: pd.DataFrame) -> pd.DataFrame:
    """Join pieces across short gaps; in order of start, then of agent."""
    longer = pd.Timedelta(round(1e6 * SHORT_GAP_S), "us")
    joined = intervals.union(on_duty[_SPELL].assign(end=on_duty["end"] + longer))
    frame = pd.DataFrame(
        {
            "agent": joined["agent"],
            "start_us": utc_us(joined["start"]),
            "end_us": utc_us(joined["end"] - longer),
        }
    )
    return frame.sort_values(["start_us", "agent"], kind="stable", ignore_index=True)


def _leaving(stretches: pd.DataFrame, handled: pd.DataFrame, seed: int) -> np.ndarray:
    """Return from when on each agent took no further contact [us]: the end, or a moment of the contact that the stretch ended with."""
    end = stretches["end_us"].to_numpy()
    if handled.empty or stretches.empty:
        return end.copy()
    last = pd.DataFrame(
        {"agent": handled["agent"], "at_us": utc_us(handled["end"]), "since_us": utc_us(handled["start"])}
    )
    # stamps of two systems may differ by a second
    found = pd.merge_asof(
        stretches.assign(at_us=end + 1_000_000, row=np.arange(len(end))).sort_values("at_us"),
        last.sort_values("at_us"),
        on="at_us",
        by="agent",
        tolerance=2_000_000,
    ).sort_values("row")
    since = found["since_us"].fillna(pd.Series(end, index=found.index)).to_numpy().astype(np.int64)
    since = np.clip(since, stretches["start_us"].to_numpy(), end)
    return end - np.floor(uniforms(seed, LEAVING, len(end)) * (end - since)).astype(np.int64)


def _unlogged(on_duty: pd.DataFrame, handled: pd.DataFrame) -> pd.DataFrame:
    """Return the handling in the states for which the log holds no contact of the agent; shorter than a short gap is the clocks' difference."""
    handling = on_duty.loc[on_duty["state"].eq("HANDLING"), _SPELL]
    if handling.empty or handled.empty:
        return handling
    rest = intervals.gaps(intervals.union(handled), within=intervals.union(handling))[_SPELL]
    return rest[(rest["end"] - rest["start"]).dt.total_seconds() > SHORT_GAP_S]


def _helping(on_duty: pd.DataFrame, handled: pd.DataFrame) -> pd.DataFrame:
    """Return the handling of the pool's contacts outside the time that the states show: people of other pools who helped out."""
    if handled.empty:
        return on_duty.iloc[:0]
    rest = intervals.gaps(intervals.union(on_duty[_SPELL]), within=intervals.union(handled))[_SPELL]
    rest = rest[(rest["end"] - rest["start"]).dt.total_seconds() > SHORT_GAP_S]
    return rest.assign(state="HANDLING")


def _seconds(spells: pd.DataFrame) -> float:
    return float((spells["end"] - spells["start"]).dt.total_seconds().sum()) if len(spells) else 0.0


def served_queues(handled_by: pd.DataFrame, agents: Sequence[str], queues: int) -> list[tuple[int, ...]]:
    """Return the positions of the queues that each agent serves, by what the agent handled.

    Parameters
    ----------
    handled_by
        agent and queue (position) of every answered contact.
    agents
        The agents, in order.
    queues
        Number of queues.
    """
    every = tuple(range(queues))
    counts = pd.crosstab(handled_by["agent"], handled_by["queue"]) if len(handled_by) else pd.DataFrame()
    counts = counts.reindex(index=list(agents), columns=list(every), fill_value=0).to_numpy()
    total = counts.sum(axis=1, keepdims=True)
    serves = (counts >= SERVES * total) | (total < ENOUGH_HANDLED)
    # a queue too small for anyone's hundredth is served by whoever answered it, else by everybody
    left_over = ~serves.any(axis=0)
    serves |= left_over & (counts > 0)
    serves |= ~serves.any(axis=0)
    return [tuple(np.flatnonzero(row).tolist()) for row in serves]

"""The client's own days again, with the same calls and people: what a policy would have changed, day by day, or why nobody can tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.behaviour import TODAY, Base, ranges
from analysis.blending.frames import frame
from analysis.blending.own_days import OwnDays, own_days
from analysis.blending.replay_check import Miss, check_rows, misses, missing_data, why_refused
from analysis.blending.replay_days import MUCH, SUMS, days_of, effect, shown_days, weekly_hours
from analysis.blending.settings import BlendingSettings
from analysis.blending.supply import delivery_of
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.simulation import ItemType, Policy, Run, simulate
from analysis.simulation.run import AGENTS, CONTACTS

FEWEST_PEOPLE = 10
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, repr=False)
class Replayed:
    """A pool's own days replayed.

    Attributes
    ----------
    pool
        The pool.
    holds
        Whether the replay of the days as they were gives what was seen; without that no effect is given.
    check
        One row per measure: `pool`, `measure` (service_level, p_abandon, occupancy), `observed`, `replayed`, `worst_slot` (such as "Mon 09:30"),
        `worst_gap` (replayed less observed there), `tolerance`, `holds`, `sentence`.
    days
        One row per replayed day: `pool`, `day`, `weekday`, `contacts`, `agents` (who were there), `observed`, `replayed`, `blended` (shares answered in time),
        `change` (blended less replayed), `item_h` (hours of items done), `hurt`. Figures of a day with fewer people than the smallest group are NaN.
    slots
        The half hours of the day that would have been hurt most: `pool`, `day`, `slot_of_day_s`, `offered`, `agents`, `observed`, `replayed`, `blended`,
        `items_on` (mean number of agents on items).
    ranges
        What the replay cannot know: `pool`, `factor`, `words`, `low_setting`, `high_setting`, `change_low`, `change_high` (the policy's effect at each).
    change
        The policy's effect on the share answered in time, days as clusters within weekdays.
    item_hours
        Hours of items done per week.
    sentence
        The answer in words.
    findings
        What a reader must know, and what to ask for.
    """

    pool: str
    holds: bool
    check: pd.DataFrame
    days: pd.DataFrame
    slots: pd.DataFrame
    ranges: pd.DataFrame
    change: Estimate
    item_hours: Estimate
    sentence: str
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """Return the sentence for the report."""
        return self.sentence


def replay(
    tables: Mapping[str, pd.DataFrame],
    pool: str,
    items: Sequence[ItemType],
    policy: Policy | None,
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: BlendingSettings,
    ring_s: float = 0.0,
    minimum_group_agents: int = FEWEST_PEOPLE,
    with_ranges: bool = True,
) -> Replayed:
    """Run a pool's own days again, as they were and under a policy.

    Parameters
    ----------
    tables
        Canonical tables: contacts one by one, agents' states one by one, and skills where they are known.
    pool
        Name of the pool.
    items
        Item types, arrivals per hour in every slot of the local week (Monday first) or None for one more always.
    policy
        A policy with one number, or one per slot of the local week; None checks the replay and gives no effect.
    client, queues, settings
        Zone and holidays; every queue of the engagement; what is asked.
    ring_s
        How long a contact rings at a free agent before it counts as waiting, in the ladder of states [s].
    minimum_group_agents
        Smallest group of people that a figure may stand on.
    with_ranges
        Whether what the replay cannot know is varied.

    Returns
    -------
    Replayed
        The check, and the effect where the check holds; otherwise the reasons and what to ask the client for.

    Raises
    ------
    ValueError
        The policy or the items do not fit a week of slots.

    Notes
    -----
    Nothing is drawn but what the logs do not show: how much longer answered contacts would have waited, handling times of contacts nobody
    handled, when in its last contact an agent who left after it wanted to leave, and items. Effect = blended less unblended replay on the same
    streams, service level by each queue's own definition. See docs/method/replay.md.
    """
    own = own_days(tables, pool, client=client, queues=queues, settings=settings, ring_s=ring_s, seed=settings.seed)
    reasons = missing_data(tables, own, smallest=minimum_group_agents, settings=settings)
    if own is None or len(own.agents) < minimum_group_agents:
        return _refused(pool, reasons, ())
    today = simulate(own.desk, own.streams, TODAY)
    found = misses(own, today)
    check = check_rows(pool, found, tolerance=settings.replay_tolerance, why=" ".join(reasons))
    reasons += why_refused(own, today, found, settings.replay_tolerance)
    if reasons:
        return _refused(pool, reasons, check, own=own)
    if policy is None:
        return _checked(pool, check, found, own)
    own = own.with_items(items, delivery=delivery_of(settings), seed=settings.seed, skills=tables.get("skills"))
    base = Base.of(own, own.policy(policy), seed=settings.seed)
    return _replayed(pool, base, check, smallest=minimum_group_agents, settings=settings, with_ranges=with_ranges)


def _replayed(
    pool: str,
    base: Base,
    check: Sequence[Mapping[str, object]],
    *,
    smallest: int,
    settings: BlendingSettings,
    with_ranges: bool,
) -> Replayed:
    """Return the effect of a policy on days that the replay reproduces."""
    own = base.own
    days = days_of(own, base.today, base.blended)
    change = effect(days, confidence=settings.confidence)
    hours = weekly_hours(days, confidence=settings.confidence)
    shown = shown_days(days, smallest)
    worst = shown["change"].idxmin() if shown["change"].notna().any() else None
    slots = () if worst is None else _slots(base, shown.loc[worst, "day"], smallest)
    rows = [{"pool": pool, **row} for row in ranges(base)] if with_ranges else []
    return Replayed(
        pool=pool,
        holds=True,
        check=frame("replay_check", check),
        days=frame("replay_days", shown.assign(pool=pool).drop(columns=list(SUMS))),
        slots=frame("replay_slots", [{"pool": pool, **row} for row in slots]),
        ranges=frame("replay_ranges", rows),
        change=change,
        item_hours=hours,
        sentence=_sentence(pool, base.policy.name, shown, change, hours),
        findings=_left_out(pool, own),
    )


def _slots(base: Base, day: pd.Timestamp, smallest: int) -> list[dict[str, object]]:
    """Return the half hours of a day; those with fewer people than the smallest group without figures of service and work."""
    own, slot_s = base.own, base.own.desk.slot_s
    rows = []
    for at in np.flatnonzero(own.slots["day"].eq(day).to_numpy()):
        offered, agents = float(own.observed[:, at, 0].sum()), int(own.slot_agents[at])
        if not offered and not agents:
            continue
        shown = agents >= smallest
        rows.append(
            {
                "day": day,
                "slot_of_day_s": int(own.slots["slot_of_day_s"].iloc[at]),
                "offered": offered,
                "agents": own.duty[at, 0] / slot_s if shown else math.nan,
                "observed": _share(own.observed[:, at, 2], own.observed[:, at, 1], shown),
                "replayed": _run_share(base.today, at, shown),
                "blended": _run_share(base.blended, at, shown),
                "items_on": base.blended.agents[at, AGENTS.index("item_s")] / slot_s if shown else math.nan,
            }
        )
    return rows


def _run_share(run: Run, at: int, shown: bool) -> float:
    return _share(*(run.contacts[:, at, CONTACTS.index(name)] for name in ("in_time", "counted")), shown)


def _share(top: np.ndarray, base: np.ndarray, shown: bool) -> float:
    return float(top.sum() / base.sum()) if shown and base.sum() > 0 else math.nan


def _sentence(pool: str, policy: str, days: pd.DataFrame, change: Estimate, hours: Estimate) -> str:
    """Return the answer in words."""
    if change.value is None:
        return f"{pool}: {'; '.join(change.reasons)}."
    low, high = (100 * float(bound or 0.0) for bound in (change.low, change.high))
    text = (
        f"{pool}: on the client's own {len(days)} days, with the same calls and people, {policy} would have changed the share answered in time by "
        f"{100 * change.value:+.1f} points ({low:+.1f} to {high:+.1f}) for {hours.value:.0f} hours of items a week"
    )
    hurt = int(days["hurt"].sum())
    if not hurt:
        return f"{text}; no day would have missed a promise that it kept, and none would have lost more than {100 * MUCH:.0f} points."
    worst = days.loc[days["change"].idxmin()]
    return (
        f"{text}; {hurt} of {len(days)} days would have been hurt, most of all {_DAYS[int(worst['weekday'])]} {worst['day']:%d %B %Y} "
        f"({100 * worst['replayed']:.0f} % to {100 * worst['blended']:.0f} %)."
    )


def _refused(
    pool: str, reasons: Sequence[str], check: Sequence[Mapping[str, object]], own: OwnDays | None = None
) -> Replayed:
    """Return that the days cannot be replayed, and why."""
    text = " ".join(reasons)
    none = {"n_unit": "days", "basis": "modelled"}
    asked = Finding("replay_refused", "ask", f"pool {pool}", f"The client's own days cannot be replayed. {text}")
    return Replayed(
        pool=pool,
        holds=False,
        check=frame("replay_check", [{**row, "holds": False} for row in check]),
        days=frame("replay_days"),
        slots=frame("replay_slots"),
        ranges=frame("replay_ranges"),
        change=Estimate.missing(*reasons, **none),
        item_hours=Estimate.missing(*reasons, unit="hours_per_week", **none),
        sentence=f"{pool}: the client's own days cannot be replayed. {text}",
        findings=(asked, *(() if own is None else _left_out(pool, own))),
    )


def _checked(pool: str, check: Sequence[Mapping[str, object]], found: Mapping[str, Miss], own: OwnDays) -> Replayed:
    """Return that the days can be replayed, without an effect."""
    words = "no policy was asked for"
    none = {"n_unit": "days", "basis": "modelled"}
    return Replayed(
        pool=pool,
        holds=True,
        check=frame("replay_check", check),
        days=frame("replay_days"),
        slots=frame("replay_slots"),
        ranges=frame("replay_ranges"),
        change=Estimate.missing(words, **none),
        item_hours=Estimate.missing(words, unit="hours_per_week", **none),
        sentence=(
            f"{pool}: the replay of the client's own {int(own.days['replayed'].sum())} days gives a service level of "
            f"{100 * found['service_level'].replayed:.1f} % where {100 * found['service_level'].observed:.1f} % were seen."
        ),
        findings=_left_out(pool, own),
    )


def _left_out(pool: str, own: OwnDays) -> tuple[Finding, ...]:
    """Say which days are not replayed."""
    out = own.days[~own.days["replayed"]]
    if out.empty:
        return ()
    reasons = out["reason"].value_counts(sort=False)
    words = "; ".join(f"{count} because {reason}" for reason, count in reasons.items())
    text = f"{len(out)} of {len(own.days)} days with contacts are not replayed: {words}."
    return (Finding("replay_days_left_out", "flag", f"pool {pool}", text, len(out)),)

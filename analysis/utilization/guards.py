"""What must not break on the way to a target, as the client's own data state it today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Estimate
from analysis.foundation.settings import Queue

if TYPE_CHECKING:
    from analysis.baseline import Baseline

# Fewer weeks do not tell what a high week is, and a week of fewer days is none.
_FEWEST_WEEKS = 4
_FEWEST_DAYS = 3


@dataclass(frozen=True, slots=True)
class Promise:
    """What a queue is held to: a share answered within so many seconds."""

    queue: str
    target: float
    answer_within_s: float


@dataclass(frozen=True, slots=True)
class Guards:
    """What the client's data say about the things that must not break; None where they say nothing.

    Attributes
    ----------
    days
        Days behind today's utilization.
    looks
        Looks of work sampling behind it; None where systems recorded it.
    occupancy_cap, occupancy_today
        Highest occupancy that the client allows, and what it is today, shares of ready time.
    slots, slots_over
        Half hours of the week with an occupancy, and how many of them lie above the cap today.
    promises
        Of the queues.
    errors, rework, within_due
        Shares of checked or finished items, with their intervals.
    backlog
        Work in hand at the end of a day, hours.
    weeks
        Weeks behind the next two.
    overtime_h
        Hours seen outside paid time in the highest week of the baseline; None too where paid time is not planned by the clock, so that nothing can lie outside it.
    absence
        Share of paid time that people were absent in its highest week; None too where no source tells of absence.
    """

    days: int | None = None
    looks: int | None = None
    occupancy_cap: float | None = None
    occupancy_today: float | None = None
    slots: int = 0
    slots_over: int = 0
    promises: tuple[Promise, ...] = ()
    errors: Estimate | None = None
    rework: Estimate | None = None
    within_due: Estimate | None = None
    backlog: Estimate | None = None
    weeks: int = 0
    overtime_h: float | None = None
    absence: float | None = None


def guards_of(baseline: Baseline, population: str, *, queues: Sequence[Queue] = (), cap: float = 1.0) -> Guards:
    """Return what a baseline and the queues say about the things that must not break.

    Parameters
    ----------
    baseline
        The result of :func:`analysis.measure_baseline`.
    population
        Whose.
    queues
        With their promises and caps; of the contact centre.
    cap
        Cap on occupancy where no queue states one (`item_occupancy_cap`); 1 is none.
    """
    own = {
        quantity.id.removeprefix("baseline."): quantity.estimate
        for quantity in baseline.quantities
        if dict(quantity.scope) == {"population": population}
    }
    mine = queues if population == "contact_centre" else ()
    caps = [queue.max_occupancy for queue in mine] or [cap]
    days = baseline.days[baseline.days["population"].eq(population)]
    weeks = days.groupby("week").agg(
        PAID=("PAID", "sum"), ABSENT=("ABSENT", "sum"), outside=("OUTSIDE_PAID", "sum"), days=("day", "nunique")
    )
    weeks = weeks[weeks["days"].ge(_FEWEST_DAYS) & weeks["PAID"].gt(0)]
    enough = len(weeks) >= _FEWEST_WEEKS
    attendance = baseline.attendance[baseline.attendance["population"].eq(population)]
    by_clock = bool(attendance["source"].eq("schedule").any())
    absent = float((weeks["ABSENT"] / weeks["PAID"]).max()) if enough else 0.0
    slots = baseline.idle_by_slot[baseline.idle_by_slot["population"].eq(population)]
    busy = (slots["handling_agents"] / (slots["handling_agents"] + slots["idle_agents"])).dropna()
    facts = baseline.facts[baseline.facts["population"].eq(population)].set_index("fact")["value"]
    occupancy = own.get("occupancy")
    return Guards(
        days=int(days["day"].nunique()) or None,
        looks=int(facts["looks"]) if "looks" in facts.index else None,
        occupancy_cap=min(caps) if min(caps) < 1 else None,
        occupancy_today=None if occupancy is None else occupancy.value,
        slots=len(busy),
        slots_over=int((busy > min(caps)).sum()),
        promises=tuple(Promise(queue.name, queue.target, queue.answer_within_s) for queue in mine),
        errors=own.get("error_rate"),
        rework=own.get("rework_rate"),
        within_due=own.get("within_due_share"),
        backlog=own.get("backlog_h"),
        weeks=len(weeks),
        overtime_h=float(weeks["outside"].max()) if enough and by_clock else None,
        absence=absent or None,
    )

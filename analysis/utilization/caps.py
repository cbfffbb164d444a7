"""The client's own caps on how busy people may be, and how much of today's work already stands above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.baseline import Baseline
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Queue
from analysis.measure.load import live_queues
from analysis.utilization.settings import UtilizationSettings


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap on occupancy of one population.

    Attributes
    ----------
    of_workable
        Share of workable time, weighted by the pools' workable hours; None where there is none, with `reason`.
    by_pool
        The cap of each pool; the back office is one pool.
    reason
        Why there is none; empty otherwise.
    """

    of_workable: float | None
    by_pool: Mapping[str, float]
    reason: str


def cap_of(baseline: Baseline, population: str, *, queues: Sequence[Queue], settings: UtilizationSettings) -> Cap:
    """Return the highest occupancy that the client allows one population.

    Parameters
    ----------
    baseline
        Its `pool_slots` weigh the pools.
    population
        ``"contact_centre"``: by pool, the lowest ``max_occupancy`` of its queues; ``"back_office"``: ``item_occupancy_cap``, 1 is none.
    queues, settings
        Where the caps are stated.
    """
    if population == "back_office":
        cap = settings.item_occupancy_cap
        if cap >= 1:
            return Cap(None, {}, "no cap on occupancy was stated for the back office")
        return Cap(cap, {"back office": cap}, "")
    caps: dict[str, float] = {}
    for queue in live_queues(queues):
        caps[queue.pool] = min(caps.get(queue.pool, 1.0), queue.max_occupancy)
    if not caps:
        return Cap(None, {}, "no queue states a highest occupancy")
    duty = baseline.pool_slots
    weights = (duty["workable_agents"] * duty["days"]).groupby(duty["pool"]).sum()
    weights = weights[weights.index.isin(list(caps)) & weights.gt(0)]
    if weights.empty:
        return Cap(min(caps.values()), caps, "")
    return Cap(float(np.average([caps[str(pool)] for pool in weights.index], weights=weights)), caps, "")


def above_cap(baseline: Baseline, population: str, cap: Cap) -> tuple[Finding, ...]:
    """Say how much of today's work stands above the cap: people who are busier than the client itself allows.

    Parameters
    ----------
    baseline
        Mean agents at work and able to work by half hour of the week.
    population
        ``"contact_centre"`` or ``"back_office"``.
    cap
        Of :func:`cap_of`.

    Returns
    -------
    tuple of Finding
        One for each pool with such half hours; none otherwise. Half hours with fewer people on duty than the smallest group are left out.

    Notes
    -----
    Occupancy of a half hour of the week = mean agents at work / mean agents able to work, over the days of its weekday. In the back office work
    that no system logs is not seen, so true occupancy may be higher.
    """
    least, slot_h = baseline.settings.minimum_group_agents, baseline.settings.slot_s / 3600
    found = []
    for pool, cells in _on_duty(baseline, population, cap):
        large = cells[cells["workable_agents"] >= least]
        above = large[large["handling_agents"] > cap.by_pool[pool] * large["workable_agents"] * (1 + 1e-9)]
        if above.empty:
            continue
        hours, total = (float(part["workable_agents"].sum()) * slot_h for part in (above, large))
        place = "back office" if population == "back_office" else f"pool {pool}"
        text = (
            f"{place}: people are busier today than the cap of {100 * cap.by_pool[pool]:.0f} % allows in {len(above)} half hours of the week, "
            f"{hours:,.0f} agent-hours a week, {_percent(hours / total)} of the hours on duty; more work there would be work above the cap."
        )
        found.append(Finding("busier_than_the_cap", "flag", f"{place}, cap on occupancy", text))
    return tuple(found)


def _on_duty(baseline: Baseline, population: str, cap: Cap) -> list[tuple[str, pd.DataFrame]]:
    """Return each capped pool with its half hours."""
    if population == "contact_centre":
        return [(str(pool), cells) for pool, cells in baseline.pool_slots.groupby("pool") if pool in cap.by_pool]
    slots = baseline.idle_by_slot
    own = slots[slots["population"].eq(population) & slots["workable_agents"].notna()]
    return [(pool, own) for pool in cap.by_pool]


def _percent(share: float) -> str:
    """Return a share in words that never read as none."""
    return "less than 1 %" if share < 0.005 else f"{100 * share:.0f} %"

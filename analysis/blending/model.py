"""What the model computes for a pool: every policy, the frontier, the schedule, and the figures with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending import frames
from analysis.blending.inventory import suitable_hours
from analysis.blending.policies import (
    NO_ITEMS,
    Options,
    Policy,
    between_contacts,
    blocks,
    frontier_row,
    interrupt,
    schedule_choice,
)
from analysis.blending.pool import Pool, overall, share_in_time
from analysis.blending.result import MODES
from analysis.blending.settings import BlendingSettings
from analysis.blending.steps import over_steps
from analysis.blending.uncertainty import Curves, Means, day_sums, estimated, figures, means
from analysis.foundation.estimate import Basis, Estimate

FRONTIER = [
    *(
        "pool",
        "policy",
        "mode",
        "kept_free_agents",
        "service_level",
        "worst_service_level",
        "worst_slot",
        "item_agents",
    ),
    *("net_agents", "items_per_h", "occupancy", "occupancy_peak", "p_abandon", "contacts_lost_per_week"),
    *("hours_per_week", "feasible", "recommended"),
]
SCHEDULE = [
    *("pool", "weekday", "slot_of_day_s", "agents", "load", "kept_free_agents", "service_level_before"),
    *("service_level_after", "occupancy_before", "occupancy_after", "item_agents"),
]


@dataclass(frozen=True, slots=True)
class Modelled:
    """What the model says of one pool.

    Attributes
    ----------
    policies
        The policy of each mode.
    frontier, schedule
        Frames as in :class:`analysis.blending.result.Blending`, nothing recommended yet.
    estimates
        Figures by name: idle, structural, surplus and the modes in mean agents, ``"<mode> hours"`` in hours per week; empty where idle time was
        not measured.
    before
        Service level today over all half hours.
    options
        The answer for every number kept free.
    slots
        The frame `usable_slots`: the modes per like half hour; their means are those of `estimates`.
    """

    policies: Mapping[str, Policy]
    frontier: pd.DataFrame
    schedule: pd.DataFrame
    estimates: Mapping[str, Estimate]
    before: float
    options: Options
    slots: pd.DataFrame

    def row(self, mode: str) -> pd.Series:
        """Return the frontier's row of a mode's policy."""
        return self.frontier[self.frontier["policy"].eq(self.policies[mode].name)].iloc[0]


def model_pool(pool: Pool, items: pd.DataFrame, settings: BlendingSettings, *, source: str) -> Modelled:
    """Compute every policy of a pool.

    Parameters
    ----------
    pool
        The pool.
    items
        The inventory; it bounds the hours.
    settings
        What is asked.
    source
        How duty is known (see :class:`analysis.blending.assemble.Duty`); where waiting was not measured there is only today, no other policy and
        no estimates.
    """
    measured = source in ("states", "totals")
    options = Options.none(pool) if pool.desk.item_s is None else Options.of(pool, settings.most_kept_free)
    modelled_idle = np.maximum(pool.agents - options.today[4], 0.0)
    waited = pool.cells["idle_agents"].to_numpy() if measured else modelled_idle
    promise = pool.desk.promise
    choice = schedule_choice(options, pool, promise)
    between = between_contacts(options, pool, waited, choice)
    every = [*between, blocks(pool, options, waited), interrupt(pool, options, waited)]
    policies = {"releasable": every[-2], "shareable": between[-1], "interruptible": every[-1]}
    limits = {mode: suitable_hours(items, mode) if len(items) else float("nan") for mode in MODES}
    shown = every if measured else every[:1]
    rows = [
        frontier_row(policy, pool, options, item_s=pool.desk.item_s, limit_h=limits.get(policy.mode, 0.0))
        for policy in shown
    ]
    frontier = pd.DataFrame(rows)[FRONTIER].astype({"kept_free_agents": "Int64"})
    estimates, slots = {}, frames.frame("usable_slots")
    if measured:
        estimates, slots = _estimates(pool, options, choice, policies, settings=settings, limits=limits, source=source)
    return Modelled(
        policies=policies,
        frontier=frontier,
        schedule=_schedule(pool, options, policies["shareable"]) if measured else pd.DataFrame(columns=SCHEDULE),
        estimates=estimates,
        before=overall(options.today),
        options=options,
        slots=slots,
    )


def _schedule(pool: Pool, options: Options, policy: Policy) -> pd.DataFrame:
    """Return the half hours under the policy between contacts."""
    cells, agents = pool.cells, np.maximum(pool.agents, 1e-9)
    kept = pd.Series(policy.by_cell, dtype="Int64")
    frame = pd.DataFrame(
        {
            "pool": pool.name,
            "weekday": cells["weekday"],
            "slot_of_day_s": cells["slot_of_day_s"],
            "agents": cells["agents"],
            "load": cells["load"],
            "kept_free_agents": kept.mask(kept.eq(NO_ITEMS)),
            "service_level_before": share_in_time(options.today),
            "service_level_after": share_in_time(policy.outcome),
            "occupancy_before": options.today[4] / agents,
            "occupancy_after": policy.outcome[4] / agents,
            "item_agents": policy.outcome[3],
        }
    )
    return frame[SCHEDULE]


def basis_of(name: str, source: str) -> Basis:
    """Return whether a figure is measured: idle time always, gap lengths where states are known spell by spell; the rest is modelled."""
    return "measured" if name == "idle" or (name == "interruptible" and source == "states") else "modelled"


def _estimates(
    pool: Pool,
    options: Options,
    choice: np.ndarray,
    policies: Mapping[str, Policy],
    *,
    settings: BlendingSettings,
    limits: Mapping[str, float],
    source: str,
) -> tuple[dict[str, Estimate], pd.DataFrame]:
    """Return the figures with intervals from resampled days, and the modes half hour by half hour."""
    curves = Curves.of(pool, settings, choice, options)
    every = figures(pool, curves, policies)
    results = {}
    for name in ("idle", "structural", "surplus", *MODES):
        basis = basis_of(name, source)
        method = "mean over the open half hours of a week; days resampled"
        results[name] = estimated(pool, every[name], settings, basis=basis, method=method)
    results = over_steps(results, pool, curves)
    for mode in MODES:
        results[f"{mode} hours"] = estimated(
            pool,
            every[f"{mode} hours"],
            settings,
            limit=limits[mode],
            basis="modelled",
            method="queueing model per half hour at promise and cap, bounded by the suitable item hours; days resampled",
        )
    return results, _by_slot(pool, every)


def _by_slot(pool: Pool, every: Mapping[str, Callable[[Means], np.ndarray]]) -> pd.DataFrame:
    """Return the figures in mean agents per like half hour."""
    data = means(day_sums(pool).sum(axis=0), pool)
    rows = pool.cells[["weekday", "slot_of_day_s", "agents"]].assign(pool=pool.name)
    return frames.frame(
        "usable_slots", rows.assign(**{f"{name}_agents": every[name](data) for name in ("idle", *MODES)})
    )

"""What the blending assessment returns, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.blending.settings import BlendingSettings
from analysis.foundation.estimate import Quantity
from analysis.foundation.schema import Finding

if TYPE_CHECKING:
    import pandas as pd

MODES: tuple[str, ...] = ("releasable", "shareable", "interruptible")


@dataclass(frozen=True, slots=True, repr=False)
class Blending:
    """Whether back-office items fit into the idle time of each pool, in which mode, and at which price in service.

    Attributes
    ----------
    idle_by_cause
        One row per pool and like half hour (weekday x time of day), means over the days of that kind:
        `pool`, `weekday` (0 Monday), `slot_of_day_s` [local s since midnight], `days` (days behind the row),
        `agents` (mean number handling, reserved or idle), `load` (expected, erlangs), `load_sd` (of the day-to-day load, erlangs,
        without the chance of single arrivals), `required_agents` (fewest that keep the promise under that spread; NaN when no
        number up to the search limit does), `idle_agents`, `structural_agents`, `surplus_agents` (these two add to `idle_agents`),
        `surplus_planned_agents`, `surplus_volume_agents`, `surplus_handling_agents` (they add to `surplus_agents`: planned above requirement,
        volume below forecast, handling time below forecast; a part may be negative; NaN without forecasts).
        Idle columns are NaN where no source shows idle states.
    usable
        One row per pool and mode, three views of the same idle time that are never added:
        `pool`, `mode` (releasable | shareable | interruptible), `agents` (mean number over the open half hours that the mode could
        use, with suitable items without end), `low`, `high`, `hours_per_week` (what can be moved under the policy recommended for the mode:
        promise and cap on occupancy kept, bounded by the suitable item hours; 0 without room), `basis` (measured | modelled), `sentence`. A missing figure is NaN and the sentence says why.
    frontier
        One row per pool and policy, the first is today (the only one where waiting was not measured): `pool`, `policy`, `mode` (empty for today), `kept_free_agents` (Int64; NA for today, for the schedule
        chosen per half hour and for interruption), `service_level` (modelled share by the queue's definition, all half hours),
        `worst_service_level`, `worst_slot` (such as "Mon 09:30"), `item_agents` (mean number on items), `net_agents` (change in
        busy agents, never above the idle before), `items_per_h`, `occupancy` (all half hours), `occupancy_peak` (highest of the half
        hours in which items are placed; today: of all), `p_abandon`, `contacts_lost_per_week` (more than today), `hours_per_week`
        (of net item time, bounded by the suitable item hours, NaN where no items are known), `feasible` (keeps promise and cap), `recommended` (at most one row per mode).
    schedule
        One row per pool and like half hour under the recommended or, failing that, the best feasible policy between contacts:
        `pool`, `weekday`, `slot_of_day_s`, `agents`, `load`, `kept_free_agents` (Int64; NA = no items in this half hour),
        `service_level_before`, `service_level_after`, `occupancy_before`, `occupancy_after`, `item_agents`.
    recommendation
        One row per pool and mode: `pool`, `mode`, `policy` (empty without room), `verdict` ("room" | "no room" | "cannot say"),
        `sentence`, `reason`.
    service
        One row per pool and queue: `pool`, `queue`, `answer_within_s`, `target`, `measured`, `low`, `high`, `modelled` (of the pool;
        NaN where there is no model), `reported` (volumes' own counts, NaN where absent), `definition`, `contacts`, `status`, `reason`.
    inventory
        One row per item type: `type`, `items` (in the period), `hours_per_week`, `mean_s`, `interruptible`, `regulated`, `off_desk`,
        `suitable_blocks`, `suitable_between`, `suitable_interrupt` (bool), `reason` (why not, in words).
    quantities
        The ``blending.*`` figures, with scope `population`, `pool` and, where it applies, `mode`, `queue` or `policy`.
    findings
        What a reader must know about the data behind them.
    settings
        What was asked.
    """

    idle_by_cause: pd.DataFrame
    usable: pd.DataFrame
    frontier: pd.DataFrame
    schedule: pd.DataFrame
    recommendation: pd.DataFrame
    service: pd.DataFrame
    inventory: pd.DataFrame
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    settings: BlendingSettings

    def __repr__(self) -> str:
        """Return the sentences for the report, one per pool and mode."""
        return "\n".join(self.recommendation["sentence"].drop_duplicates()) or "There is no contact pool to assess."

    def to_frame(self) -> pd.DataFrame:
        """Return the quantities as tidy rows."""
        from analysis.foundation.estimate import tidy

        return tidy(self.quantities)

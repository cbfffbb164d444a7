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
        `suitable_blocks`, `suitable_between`, `suitable_interrupt` (bool), `reason` (why not, in words), `slack_h` (due time less length),
        `help_needed`, `access`, `rank` (1 first), `first` (bool: begin with it), `must_change` (what has to change first, in words).
    lab
        One row per pool and simulated policy, today first; every figure over like weeks, item figures for the item types that suit the policy:
        `pool`, `policy` (today | fill | keep_free | schedule | resume | restart | blocks | rotating | low_load_blocks | trigger | roster | time_off |
        training), `words`, `service_level` with `service_low`, `service_high`; `change` against today on the same contacts with `change_low`,
        `change_high`; `worst_service_level` and `worst_slot` (such as "Mon 09:30"); `occupancy` and `occupancy_worst` (busiest half hour of the typical week
        with items (today: of all open ones), drawn to the mean by the share of its difference that the chance of simulation explains; `p_abandon`; `contacts_lost_per_week` (more than today) with `contacts_lost_low`, `contacts_lost_high`; `net_agents` (change in mean busy agents over the
        open half hours, never above the agents idle before); `item_h_per_week` (work moved on, less the handling time of contacts lost and the time to
        resume) with `item_h_low`, `item_h_high`; `items_per_week` (finished); `within_due_share` and `oldest_h` (of as many of the client's own items as the policy moves, NaN without due times); `switches_per_agent_h`; `paid_h_per_week`;
        `keeps_promise` (the interval lies above the target, or callers lose less than a point beyond doubt and the mean is above it), `keeps_cap` (occupancy with its
        interval, and `occupancy_worst` as printed); `efficient` (no other policy moves more at as much service); `recommended`
        (at most one row a pool); `why` (why it is, or is not, recommended).
    waterfall
        What becomes of all idle time under the policy that is recommended, or that comes nearest to it; one row per pool and step: `pool`, `policy`, `step` (from 0), `key` (all_idle |
        resumption_switching | backlog_trained | held_back | forecast | usable), `hours_per_week` with `low`, `high` (a deduction is negative; the steps before
        usable add to it), `remaining` (after the step), `sentence`.
    flips
        What would be recommended in other circumstances; one row per pool, `factor` (resumption | item_length | load) and `setting` (seconds, or a factor):
        `words`, `today` (the client's own setting), `recommended` (policy, empty: none), `item_h_per_week`, `service_level`, `sentence` (one per factor, on each of its rows).
    ageing
        Whether items age into breach when contacts always come first; one row per pool and policy with and without a trigger: `pool`, `policy`, `moved_h_per_week`
        (work given), `within_due_share` with `low`, `high`, `oldest_h`, `oldest_due_share` (highest age as a share of its due time),
        `verdict` (ages into breach | stays within due | cannot say), `sentence`.
    replay_check
        Whether the client's own days, replayed without items, give what was observed: `pool`, `measure` (service_level | p_abandon | occupancy), `observed`, `replayed`,
        `worst_slot`, `worst_gap`, `tolerance`, `holds`, `sentence`.
    replay_days
        One row per pool and `day` (local date): `weekday`, `contacts`, `agents` (people who were there that day), `observed`, `replayed`, `blended` (service levels), `change` (blended less
        replayed), `item_h`, `hurt` (the promise was kept without items and is missed with them).
    replay_slots
        The half hours of the day that items would have hurt most: `pool`, `day`, `slot_of_day_s`, `offered`, `agents`, `observed`, `replayed`, `blended`, `items_on` (mean
        agents on items).
    replay_ranges
        How far the effect moves with what a replay cannot know: `pool`, `factor`, `words`, `low_setting`, `high_setting`, `change_low`, `change_high`.
    gap_law
        How long agents wait between contacts; one row per pool, `law` (measured | longest_idle | random | last_idle_first) and `length_s`: `survival` (share of gaps
        at least so long) with `survival_low`, `survival_high`; `share_of_time` (of idle time in such gaps) with `time_low`, `time_high`; `usable_share` (of idle time beyond that length in
        each gap) with `usable_low`, `usable_high`; `gaps`, `agent_days` (Int64, measured law).
    usable_slots
        One row per pool and like half hour: `pool`, `weekday`, `slot_of_day_s`, `agents`, `idle_agents`, `releasable_agents`, `shareable_agents`, `interruptible_agents`; means,
        the three modes are views of one time and never added.
    forecast
        Half hours ahead: `pool`, `queue`, `start` (UTC), `weekday`, `slot_of_day_s`, `measure` (offered | handle_s), `value`, `low80`, `high80`, `low95`, `high95`.
    forecast_check
        The forecast held against simple methods on past weeks: `pool`, `queue`, `measure`, `method` (model | seasonal_naive | same_slot_mean), `origins` (Int64), `absolute_error`,
        `relative_to_model`, `coverage80`, `coverage80_worst_hour`, `width80`, `status`, `reason`.
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
    lab: pd.DataFrame
    waterfall: pd.DataFrame
    flips: pd.DataFrame
    ageing: pd.DataFrame
    replay_check: pd.DataFrame
    replay_days: pd.DataFrame
    replay_slots: pd.DataFrame
    replay_ranges: pd.DataFrame
    gap_law: pd.DataFrame
    usable_slots: pd.DataFrame
    forecast: pd.DataFrame
    forecast_check: pd.DataFrame
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

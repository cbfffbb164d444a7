"""The baseline as one frozen result: frames for exhibits, quantities for the record, sentences for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.baseline.settings import BaselineSettings
from analysis.foundation.estimate import Quantity, tidy
from analysis.foundation.schema import Finding

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where paid time goes today, by population.

    Attributes
    ----------
    quantities
        ``baseline.{utilization,support_share,idle_share,away_share,unaccounted_share,non_work_share,occupancy,shrinkage}`` and
        ``baseline.{within_due_share,backlog_h,error_rate}``, each with ``scope = {"population": ...}``. All shares but occupancy and shrinkage
        are of the base (paid time less absence and breaks).
    findings
        What a reader must know about these figures.
    settings
        What was asked.
    sentences
        population -> the sentence for the report; what could not be measured is said in it.
    ladder
        population, bucket, hours, share_of_paid, share_of_base: one row per part of the time ladder, in the ladder's order, and ``PAID``, ``ATTENDED``,
        ``BASE``, ``WORKABLE``, ``OUTSIDE_PAID``. A share is missing when its base is zero or attendance is only a span.
    attendance
        population, source (schedule|sign_on|paid_hours|span), grade, sentence, agents, agent_days, days, paid_h.
    shares
        population, share (utilization|support|outage|idle|away|unaccounted; outage is part of support), value, low, high, status, reason.
    groups
        population, group, site, agents, share, value, low, high, status, reason; groups under the minimum were merged before anything was computed.
    idle_by_slot
        population, weekday (0 = Monday), slot_of_day_s (local seconds since midnight), idle_agents, handling_agents (contacts and items), workable_agents, attended_agents
        (means over the days), days, distinct_agents, span_start_s, span_slots. Neighbouring half hours of fewer distinct people than the minimum are one span
        before anything is averaged: all its rows hold the span's means and distinct people. A stretch that stays too small holds no means, and there is no
        idle mean where no source records idle states.
    pool_slots
        pool, weekday, slot_of_day_s, days, workable_agents, handling_agents (means over the days): the agents behind a pool's staffing; not for print.
    gaps
        population, kind ("waiting": idle states; "between contacts", "between items": span figures), gap_class, gaps, hours, share_of_gap_time,
        contact_waiting_h (missing where no contact times exist), item_waiting_h (time with an item waiting that the person could do; back office, missing
        where the log does not know when items arrive).
    sensitivity
        population, longest_gap_s (missing = all gaps count), label, work_h, span_h, share = work / span without longer gaps; busy days alone.
    gap_survival
        population, kind, length_s, share_of_time_longer, low, high.
    item_lengths
        type, items, median_s, mean_s, p25_s, p75_s, interruptible; items that start and end on one day, types with 10 or more of them.
    crosswalk
        population, definition, numerator, denominator, value, unit ("share", "h" or "items"), status, reason, source.
    sources
        population, source (two_phase|work_sampling|log_bound|gap_range|earned_hours|self_reports|pooled), estimand, value, low, high, n, n_unit, grade,
        status, reason, headline (which source the non-work share is taken from), why (in words): the sources side by side.
    gap_range
        population, kind (as in `gaps`), work_family, idle_family, minimum_idle_s, share (*not observed working in these systems* beyond the work between
        records), worse_fit (log likelihood per gap below the best), kept (whether it counts in the range): one row per combination tried.
    standards
        population, type, volume, standard_s, low, high, basis ("client" or "fitted"), status, reason.
    breakdowns
        population, by (site|weekday|half_hour|tenure|group), level, agents, days, share, value, low, high, shrunken, shrunken_low, shrunken_high (pulled to the
        common mean by how uncertain they are), status, reason; levels under the smallest group hold no figures.
    causes
        population, cause (demand|system|policy|unknown), hours, share_of_base: idle, away and outage by the cause that the state map gives.
    people_spread
        population, of (what is compared), agents, agent_days, mean, between_sd, between_low, between_high (of lasting differences between people), error_sd (of one
        person's figure), top_observed, top_true, top_low, top_high (mean of the quarter of people that looks best: as observed, and as it is to be expected), adjusted_for,
        adjusted_true, adjusted_low, adjusted_high (the same for an average mix of work and tenure), status, reason. No person has a row.
    facts
        population, fact, value, unit.
    days
        population, day (local date), weekday, week (Monday of the week), agents, PAID and one column per part of the ladder, in hours. The clusters behind the intervals; not for print.
    pool_slot_days
        pool, day, slot_of_day_s, workable_agents: the same day by day, without half hours in which nobody was able to work; not for print.
    level_days
        population, by (site|group), level, agents, day, weekday, week, PAID and one column per part of the ladder, in hours; levels that are shown only. Not for print.
    members
        population, by (all|group|site|tenure|weekday|half_hour|slot|pool|pool_slot), level, agent, base_h, utilization_h, support_h, idle_h, away_h, unaccounted_h: who
        stands behind each cell, suppressed ones too, `level` as `groups`, `breakdowns` and `idle_by_slot` name it ("" for all; "weekday slot_of_day_s" for a slot:
        "0 34200", each half hour by itself; pools, "pool weekday slot_of_day_s", where there are several). Slots leave holidays out. Never for print: it names
        people, stays in ``work/`` and is what the attack on the figures is tried with.
    merges
        population, by (group|site|tenure|half_hour), level, parts (in words), agents, reason: what was put together before anything was measured; printed.
    """

    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    settings: BaselineSettings
    sentences: dict[str, str]
    ladder: pd.DataFrame
    attendance: pd.DataFrame
    shares: pd.DataFrame
    groups: pd.DataFrame
    idle_by_slot: pd.DataFrame
    pool_slots: pd.DataFrame
    gaps: pd.DataFrame
    sensitivity: pd.DataFrame
    gap_survival: pd.DataFrame
    item_lengths: pd.DataFrame
    crosswalk: pd.DataFrame
    sources: pd.DataFrame
    gap_range: pd.DataFrame
    standards: pd.DataFrame
    breakdowns: pd.DataFrame
    causes: pd.DataFrame
    people_spread: pd.DataFrame
    facts: pd.DataFrame
    days: pd.DataFrame
    pool_slot_days: pd.DataFrame
    level_days: pd.DataFrame
    members: pd.DataFrame
    merges: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quantity: id, scope, value, low, high, confidence, n, n_unit, unit, status, reasons."""
        return tidy(self.quantities)

    def __repr__(self) -> str:
        """Return the sentences of all populations."""
        return " ".join(self.sentences.values()) or "No population has data to measure."

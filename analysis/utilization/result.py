"""Achievable utilization as one frozen result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Quantity, tidy
from analysis.foundation.schema import Finding
from analysis.utilization.settings import UtilizationSettings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Utilization:
    """What share of the base can be work, what limits it, how far today is from it, and in which steps it can be reached.

    Attributes
    ----------
    quantities
        ``utilization.{ceiling_allowance,ceiling_queueing,ceiling_policy,achievable,internal_best,reclaimable_h_per_week}`` with ``scope = {"population": ...}``;
        in the contact centre ``utilization.{ceiling_queueing_blended,achievable_blended}`` too; ``achievable`` and ``reclaimable_h_per_week`` also with a site or a
        group in the scope. Shares are of the base. Where no room is found ``reclaimable_h_per_week`` has no value, a low of 0 and a high.
    findings
        What a reader must know about these figures.
    settings
        What was asked.
    sentences
        population -> the sentence a manager may quote.
    ceilings
        population, ceiling (allowance|queueing|policy|queueing_blended), apart (whether it is left out of the minimum: with blending is another question), raw and raw_of (as
        its theory states it, and what it is a share of), of_workable, value, low, high (converted: share of base), basis
        (assumed: low and high are a scenario range; modelled: an interval), status, reason, sentence.
    allowances
        population, allowance (words), kind (rest|delay), low_share, high_share (of normal time), source (where the number is from), given_by
        ("break", "support" or ""), owed_low, owed_high (share of base still to give).
    achievable
        population, today, today_low, today_high, value, low, high, blended, blended_low, blended_high (lowest ceiling with blending; missing in the back office), binding
        ("allowance", "queueing", "policy" or a tie such as "allowance or policy"), found (whether reclaimable time was found), minimum (the smallest distance that counts
        as such, share of base), status, reason, sentence.
    levels
        population, by (site|group), level, agents, today, today_low, today_high, value, low, high (achievable), binding, hours_per_week, hours_low, hours_high (between
        the two, at a level corrected for how many levels are looked at), found, status, reason, sentence. Levels under the smallest group have no row.
    quoted
        population, definition, today (by this definition), quoted (the figure that managers quote), of_base (what that figure by this definition would be as
        utilization of the base; missing where more than all of it would be needed), place ("below today", "within reach", "open", "beyond" or ""), reason.
    best
        population, unit (groups|people), units (how many), estimand (words), observed, value, low, high, adjusted, adjusted_low, adjusted_high, adjusted_for, beyond
        (whether what is achievable lies above everything seen here), status, reason.
    ramp
        population, by (population|group), level, scenario (cautious|expected|bold), week (from 1), phase (crawl|walk|run), target (share of base at the end of the
        week), hours_per_week, hours_to_date.
    checkpoints
        population, phase, week, measure, go (what must hold to go on), stop (when to stop).
    draws
        population, draw, today, support, non_work, achievable (shares of base), base_h_per_week: joint draws of all populations; a column is missing where the figure is
        not known. Not for print.
    slots
        pool, weekday (0 = Monday), slot_of_day_s, agents (mean able to take work), load (mean, agents), max_occupancy (highest that keeps the promises of the pool's
        queues; share), max_occupancy_blended (the same with items between contacts), basis ("stationary" or "time-varying").
    """

    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    settings: UtilizationSettings
    sentences: dict[str, str]
    ceilings: pd.DataFrame
    allowances: pd.DataFrame
    achievable: pd.DataFrame
    levels: pd.DataFrame
    quoted: pd.DataFrame
    best: pd.DataFrame
    ramp: pd.DataFrame
    checkpoints: pd.DataFrame
    draws: pd.DataFrame
    slots: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quantity: id, scope, value, low, high, confidence, n, n_unit, unit, status, reasons."""
        return tidy(self.quantities)

    def __repr__(self) -> str:
        """Return the sentences of all populations."""
        return " ".join(self.sentences.values()) or "No population has data to estimate from."

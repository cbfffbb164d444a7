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
    """What share of the base can be work, what limits it, and how far today is from it.

    Attributes
    ----------
    quantities
        ``utilization.{ceiling_allowance,ceiling_queueing,ceiling_policy,achievable,internal_best,reclaimable_h_per_week}`` with ``scope = {"population": ...}``.
        Shares are of the base.
    findings
        What a reader must know about these figures.
    settings
        What was asked.
    sentences
        population -> the sentence a manager may quote.
    ceilings
        population, ceiling (allowance|queueing|policy), raw and raw_of (as its theory states it, and what it is a share of), of_workable, value, low, high (converted: share of base), basis
        (assumed: low and high are a scenario range; modelled: an interval), status, reason, sentence.
    achievable
        population, today, today_low, today_high, value, low, high, binding ("allowance", "queueing", "policy" or a tie such as "allowance or policy"), status, reason, sentence.
    slots
        pool, weekday (0 = Monday), slot_of_day_s, agents (mean able to take work), load (mean, agents), max_occupancy (highest that keeps the promises of the pool's queues; share).
    """

    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    settings: UtilizationSettings
    sentences: dict[str, str]
    ceilings: pd.DataFrame
    achievable: pd.DataFrame
    slots: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quantity: id, scope, value, low, high, confidence, n, n_unit, unit, status, reasons."""
        return tidy(self.quantities)

    def __repr__(self) -> str:
        """Return the sentences of all populations."""
        return " ".join(self.sentences.values()) or "No population has data to estimate from."

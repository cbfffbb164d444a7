"""Readiness as one frozen result: the profile first, then gates, verdicts by mode, changes and how firm they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Quantity, tidy
from analysis.foundation.schema import Finding
from analysis.readiness.settings import ReadinessSettings

if TYPE_CHECKING:
    import pandas as pd

MODES: tuple[str, ...] = ("blocks", "between_contacts", "interrupt")
CLASSES: tuple[str, ...] = ("ready", "ready_with_changes", "not_yet", "cannot_say")


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """The headline: the class of the highest mode that is allowed, or why none is.

    Attributes
    ----------
    verdict
        One of ``ready``, ``ready_with_changes``, ``not_yet``, ``cannot_say``.
    mode
        The mode it speaks of; empty when no mode is allowed.
    headline
        The sentence for page one.
    """

    verdict: str
    mode: str
    headline: str


@dataclass(frozen=True, slots=True, repr=False)
class Readiness:
    """Whether this client can blend, by mode, on what evidence, and after which changes.

    Attributes
    ----------
    criteria
        criterion, domain, name, text (the question), gate (of any mode), auto (can be scored from data), level (0 to 4; NA without an
        answer), low_level, high_level (raters' range, or the rule at the interval's ends), raters (who gave a level), not_known (raters
        who could not say), spread (text), source (data|raters|none), grade (A or C; empty without an answer), evidence (figure and rule, or the kind of answer;
        never a rater's own words), disagreement (text, empty when none).
    verdict
        The headline.
    modes
        mode, verdict, blocking (criteria that keep it from ready, ids joined by commas), sentence; one row a mode.
    gates
        criterion, name, modes (joined by commas), level, needed, state (met|open|stops|unknown), sentence.
    changes
        mode, order, criterion, name, change, from_level (NA = not answered), to_level, effort, owner_role, evidence, unlocks: the smallest set that turns
        the headline's mode into ready, or the next mode into an allowed one.
    acceptability
        mode, verdict, share: over draws of raters and data; not a probability that blending succeeds.
    listening
        theme, times, teams, read_back, agreed: counts only; rare themes are merged.
    quantities, findings, settings
        As in every result.
    """

    criteria: pd.DataFrame
    verdict: Verdict
    modes: pd.DataFrame
    gates: pd.DataFrame
    changes: pd.DataFrame
    acceptability: pd.DataFrame
    listening: pd.DataFrame
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    settings: ReadinessSettings

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quantity: id, scope, value, low, high, confidence, n, n_unit, unit, status, reasons."""
        return tidy(self.quantities)

    def __repr__(self) -> str:
        """Return the headline sentence."""
        return self.verdict.headline

"""What the data say about a criterion: figures with intervals, the levels that the rules give them, and how far raters are from these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.readiness.frames import frame

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.foundation.estimate import Estimate
    from analysis.readiness.criteria import Criterion, LevelRule

_HIGHEST = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure before the rule is applied.

    Attributes
    ----------
    estimate
        The figure with its interval, or why there is none.
    sentence
        What it says, in words; empty where nothing can be said.
    level
        A level that holds without a figure, such as 0 where something was asked for and does not exist.
    """

    estimate: Estimate
    sentence: str = ""
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a criterion, and the levels that its rule gives.

    Attributes
    ----------
    key
        Key of the rule.
    value, low, high, confidence, unit, n, n_unit
        As in :class:`analysis.foundation.estimate.Estimate`.
    level, low_level, high_level
        Level of the figure, and the lowest and highest level that its interval reaches; None where it has none.
    status, reason
        ``"ok"``, or ``"insufficient"`` with why in words.
    sentence
        What the figure says.
    rule
        The rule that was applied.
    """

    key: str
    value: float | None
    low: float | None
    high: float | None
    confidence: float
    unit: str
    n: int
    n_unit: str
    level: int | None
    low_level: int | None
    high_level: int | None
    status: str
    reason: str
    sentence: str
    rule: LevelRule

    def draws(self, generator: np.random.Generator, count: int) -> np.ndarray | None:
        """Return levels of drawn figures; None where there is no level.

        Notes
        -----
        The law is normal on either side of the figure, with the half widths of the interval on each side as that many standard deviations.
        """
        import numpy as np
        from scipy import stats

        if self.level is None:
            return None
        if self.value is None or self.low is None or self.high is None or self.low == self.high:
            return np.full(count, self.level)
        drawn = generator.standard_normal(count)
        steps = drawn / float(stats.norm.ppf(0.5 + self.confidence / 2))
        figures = self.value + np.where(drawn < 0, steps * (self.value - self.low), steps * (self.high - self.value))
        figures = np.clip(figures, 0, 1 if self.unit == "share" else None) if self.low >= 0 else figures
        return self.rule.levels_of(figures)


@dataclass(frozen=True, slots=True)
class Score:
    """What the data say about one criterion: the level is the lowest of its figures'.

    Attributes
    ----------
    criterion
        Id of the criterion.
    figures
        One per rule of the criterion, in its order.
    """

    criterion: str
    figures: tuple[Figure, ...]

    @property
    def level(self) -> int | None:
        """Return the lowest level; None where a figure without a level could lower it."""
        if not self.figures or (self.ceiling > 0 and any(figure.level is None for figure in self.figures)):
            return None
        return self.ceiling

    @property
    def ceiling(self) -> int:
        """Return the highest level that the figures which have one still allow."""
        return min((figure.level for figure in self.figures if figure.level is not None), default=_HIGHEST)

    def range(self) -> tuple[int | None, int | None]:
        """Return the lowest and the highest level that the intervals reach; None twice where there is no level."""
        if self.level is None:
            return None, None
        known = [figure for figure in self.figures if figure.level is not None]
        low = 0 if len(known) < len(self.figures) else min(figure.low_level or 0 for figure in known)
        return low, min(_HIGHEST if figure.high_level is None else figure.high_level for figure in known)

    def draws(self, generator: np.random.Generator, count: int) -> np.ndarray | None:
        """Return levels of `count` draws of the figures; None where there is no level."""
        import numpy as np

        if self.level is None:
            return None
        drawn = [figure.draws(generator, count) for figure in self.figures]
        return np.min([levels for levels in drawn if levels is not None], axis=0)

    def apart(self, rated: int | None) -> int | None:
        """Return how many levels a rating lies beyond what the intervals can explain; None where there is nothing to compare.

        Where the data leave the level open but rule some levels out, a rating above what they allow is apart all the same.
        """
        if rated is None or not any(figure.level is not None for figure in self.figures):
            return None
        low, high = self.range()
        if low is None or high is None:
            known = [figure.high_level for figure in self.figures if figure.high_level is not None]
            low, high = 0, min(known, default=_HIGHEST)
        return max(low - rated, rated - high, 0)

    @property
    def evidence(self) -> str:
        """Return what the figures say, in one text."""
        said = [figure.sentence or figure.reason for figure in self.figures]
        return " ".join(text if text.endswith(".") else f"{text}." for text in said if text)


def scored(criterion: Criterion, readings: Mapping[str, Reading]) -> Score:
    """Apply a criterion's rules to its readings; a rule without a reading stays without a level."""
    return Score(criterion.id, tuple(_figure(rule, readings.get(rule.key)) for rule in criterion.rules))


def _figure(rule: LevelRule, reading: Reading | None) -> Figure:
    """Return one figure with its levels."""
    if reading is None:
        reason = "the kit has no figure of this name to score from data"
        nothing: tuple[Any, ...] = (None, None, None, 0.95, rule.unit, 0, "", None, None, None, "insufficient", reason)
        return Figure(rule.key, *nothing, "", rule)
    estimate = reading.estimate
    low_level, level, high_level = _levels(rule, reading)
    return Figure(
        rule.key,
        *(estimate.value, estimate.low, estimate.high, estimate.confidence, rule.unit, estimate.n, estimate.n_unit),
        *(level, low_level, high_level, "ok" if level is not None else "insufficient"),
        "; ".join(estimate.reasons) if level is None else "",
        reading.sentence,
        rule,
    )


def _levels(rule: LevelRule, reading: Reading) -> tuple[int | None, int | None, int | None]:
    """Return the lowest level that the interval reaches, the figure's own, and the highest."""
    if reading.level is not None:
        return (reading.level,) * 3
    value, low, high = reading.estimate.value, reading.estimate.low, reading.estimate.high
    if value is None:
        return None, None, None
    ends = [end for end in (low, value, high) if end is not None]
    # every step between the ends counts, whatever the order of a rule's levels
    inside = [bound + move for bound in rule.bounds for move in (-1e-8, 0, 1e-8) if min(ends) < bound < max(ends)]
    levels = [rule.level(figure) for figure in (*ends, *inside)]
    return min(levels), rule.level(value), max(levels)


def scores_frame(scores: Mapping[str, Score], rated: Mapping[str, int | None] | Sequence[Any] = ()) -> pd.DataFrame:
    """Return one row per figure of each score.

    Parameters
    ----------
    scores
        Scores by criterion.
    rated
        Median of the raters by criterion; None or absent where nobody rated.

    Returns
    -------
    DataFrame
        Frame ``scores`` of :data:`analysis.readiness.frames.FRAMES`; `apart` is of the criterion, on each of its rows.
    """
    medians = dict(rated)
    rows = [
        {
            "criterion": score.criterion,
            "figure_words": figure.rule.figure,
            "figure": figure.value,
            **{name: getattr(figure, name) for name in ("low", "high", "confidence", "unit", "n", "n_unit")},
            "rule": figure.rule.words(),
            **{name: getattr(figure, name) for name in ("level", "low_level", "high_level")},
            "rated": medians.get(score.criterion),
            "apart": score.apart(medians.get(score.criterion)),
            **{name: getattr(figure, name) for name in ("status", "reason", "sentence")},
        }
        for score in scores.values()
        for figure in score.figures
    ]
    return frame("scores", rows)

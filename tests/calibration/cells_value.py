"""What a change is worth: does the 95 % range of hours and money hold the planted truth when baseline and target come from the same noisy days?

Every world goes through ``estimate_utilization`` and ``balance_value``. Costs turn out by a law that shares no more than three quantiles with what is stated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from analysis.foundation.estimate import Estimate
from tests.calibration.harness import Cell, Trial
from tests.calibration.value_worlds import ValueWorld, Worth, figure, value_world

FIGURES = {
    "freed_h_per_week": "freed",
    "left_h_per_week": "left",
    "cashable_per_week": "cashable",
    "combined_per_week": "combined",
}
_WORDS = {
    "freed_h_per_week": "value: freed hours",
    "left_h_per_week": "value: hours left",
    "cashable_per_week": "value: cashable a week",
    "combined_per_week": "value: combined a week",
}


def worth(seed: int, *, name: str, words: str) -> Trial:
    """One figure of the value."""
    found, truth = _answered(words, seed)
    return Trial(found[name], getattr(truth, FIGURES[name]))


@lru_cache(maxsize=4096)
def _answered(words: str, seed: int) -> tuple[dict[str, Estimate], Worth]:
    """Return the figures of one world, kept for the other figures' cells."""
    made = WORLDS[words](seed)
    found = made.answer()
    return {name: figure(found, name) for name in FIGURES}, made.truth


WORLDS: dict[str, Callable[[int], ValueWorld]] = {
    "overtime takes a part": value_world,
    "vacancies take all": partial(value_world, vacancies_h=500.0),
    "vacancies take about what is freed": partial(value_world, vacancies_h=110.0),
    "share moved is stated as a range": partial(value_world, uptake=(0.5, 0.9)),
    "nothing moves": partial(value_world, movable_h=0.0),
    "support moves little, few looks": partial(value_world, support=0.10, support_cv=0.15, looked_at=15),
    "4 weeks, days correlated .4": partial(value_world, weeks=4, correlation=0.4),
}
_JUDGED = {
    "overtime takes a part": ("freed_h_per_week", "left_h_per_week", "cashable_per_week", "combined_per_week"),
    "vacancies take all": ("cashable_per_week", "combined_per_week"),
    "vacancies take about what is freed": ("cashable_per_week", "combined_per_week"),
}
_OTHERS = ("freed_h_per_week", "combined_per_week")

CELLS = tuple(
    Cell(
        f"change, {words}: {_WORDS[name].removeprefix('value: ')}",
        _WORDS[name],
        partial(worth, name=name, words=words),
    )
    for words in WORLDS
    for name in _JUDGED.get(words, _OTHERS)
)

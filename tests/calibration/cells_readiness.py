"""Do the figures behind the readiness levels cover what is true of the client, and do the levels printed hold the true level?"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial

from analysis.foundation.estimate import Estimate
from analysis.readiness.criteria import read_criteria
from analysis.readiness.from_data import READERS, Facts
from analysis.readiness.scores import scored
from tests.calibration import readiness_worlds as worlds
from tests.calibration.harness import Cell, Trial, said
from tests.calibration.readiness_worlds import Months, Moods

World = Callable[..., "tuple[Facts, float] | Facts"]
STEADY, LASTING, WEEKS = Moods(correlation=0.0), Moods(), Moods(days=60, correlation=0.3, mood="weeks")
SHORT, FEW = Moods(days=20, correlation=0.44), Moods(days=10, correlation=0.0)
CRITERIA = {criterion.id: criterion for criterion in read_criteria()}
# answered in so many worlds of all, a level range must hold the true level
HELD = 0.926


@lru_cache(maxsize=64)
def _long(criterion: str, key: str, world: World, moods: Moods, more: tuple[tuple[str, object], ...]) -> float:
    """Return the figure of a very long period, for worlds that do not state their truth."""
    days = worlds.VERY_LONG if world is worlds.queue_of_items else worlds.LONG
    made = world(1, Months(moods, days).long(), **dict(more))
    value = READERS[criterion](made)[key].estimate.value  # type: ignore[arg-type]
    if value is None:
        raise ValueError("the long run has no figure")
    return value


def figure(
    seed: int, *, of: tuple[str, str], world: World, moods: Moods, levels: bool = False, **more: object
) -> Trial:
    """Read one figure of one world; its truth is the world's own, else the figure of a very long period."""
    criterion, key = of
    made = world(seed, moods, **more)
    found, truth = (
        made if isinstance(made, tuple) else (made, _long(criterion, key, world, moods, tuple(sorted(more.items()))))
    )
    if key == "error":
        truth = worlds.long_error(moods, more["bias"], more.get("volume", 30.0))  # type: ignore[arg-type]
    if key == "bias":
        truth = abs(truth)
    readings = READERS[criterion](found)
    if not levels:
        return Trial(readings[key].estimate, truth)
    score = next(part for part in scored(CRITERIA[criterion], readings).figures if part.key == key)
    if score.low_level is None or score.high_level is None:
        return Trial(Estimate.missing(score.reason), math.nan)
    return said(score.low_level <= score.rule.level(truth) <= score.high_level)


FAR = {"address change": (240.0, 60.0), "policy": (480.0, 40.0), "claim": (1000.0, 30.0), "complaint": (2200.0, 6.0)}
NEAR = {"address change": (240.0, 60.0), "policy": (590.0, 25.0), "claim": (1000.0, 30.0)}
OVER = {"address change": (240.0, 30.0), "policy": (640.0, 25.0), "claim": (1000.0, 30.0)}
_W = worlds
_PARTS: tuple[tuple[str, tuple[str, str], World, dict[str, object]], ...] = (
    ("default codes .25", ("D2", "default_codes"), _W.not_ready, {"default": 0.25}),
    ("default codes .04", ("D2", "default_codes"), _W.not_ready, {"default": 0.04}),
    ("hours missing and too many", ("D3", "apart"), _W.attended, {"missing": 0.05, "outside": 0.02}),
    ("hours hardly apart", ("D3", "apart"), _W.attended, {"missing": 0.006, "outside": 0.003}),
    ("forecast error", ("D5", "error"), _W.forecasts, {"bias": 0.0}),
    ("forecast error, small volumes", ("D5", "error"), _W.forecasts, {"bias": 0.03, "volume": 6.0}),
    ("forecast bias .06", ("D5", "bias"), _W.forecasts, {"bias": 0.06}),
    ("short types, far from the border", ("W1", "short_hours"), _W.lengths, {"means": FAR}),
    ("short types, one just under the border", ("W1", "short_hours"), _W.lengths, {"means": NEAR}),
    ("short types, one just over the border", ("W1", "short_hours"), _W.lengths, {"means": OVER}),
    ("slack of a day", ("W4", "slack_h"), _W.cycles, {"allowed_h": 48.0, "cycle_h": 20.0}),
    ("slack that is small", ("W4", "slack_h"), _W.cycles, {"allowed_h": 24.0, "cycle_h": 19.0}),
    ("queue that often runs dry", ("W5", "waiting_work"), _W.queue_of_items, {"load": 0.85}),
    ("queue that seldom runs dry", ("W5", "waiting_work"), _W.queue_of_items, {"load": 0.97}),
    ("promise missed now and then", ("P2", "missed"), _W.served, {"contacts": 20.0, "level": 2.2}),
    ("promise often missed", ("P2", "missed"), _W.served, {"contacts": 20.0, "level": 1.4}),
    ("promise, three contacts a half hour", ("P2", "missed"), _W.served, {"contacts": 3.0, "level": 2.2}),
    ("promise hardly ever missed", ("P2", "missed"), _W.served, {"contacts": 40.0, "level": 4.0}),
    ("over the cap now and then", ("P2", "over_cap"), _W.busy, {"level": 0.82}),
    ("over the cap seldom", ("P2", "over_cap"), _W.busy, {"level": 0.7}),
)
_MOODS = {
    "8 weeks, days independent": STEADY,
    "8 weeks, days correlated .4": LASTING,
    "12 weeks, a third of the mood lasts all week": WEEKS,
    "4 weeks, days correlated .44": SHORT,
    "2 weeks, days independent": FEW,
}
_TOLD = {
    "default codes .25": (0, 1, 2, 3, 4),
    "default codes .04": (1,),
    "hours missing and too many": (0, 1, 3),
    "hours hardly apart": (1, 3),
    "forecast error": (1, 2, 3),
    "forecast error, small volumes": (1, 3),
    "forecast bias .06": (1, 3),
    "short types, far from the border": (1, 3),
    "short types, one just under the border": (0, 1, 3),
    "short types, one just over the border": (1,),
    "slack of a day": (0, 1, 2, 3),
    "slack that is small": (1,),
    "queue that often runs dry": (0, 1, 2, 3),
    "queue that seldom runs dry": (1, 2),
    "promise missed now and then": (0, 1, 2, 3, 4),
    "promise often missed": (1,),
    "promise, three contacts a half hour": (1, 3),
    "promise hardly ever missed": (1, 3),
    "over the cap now and then": (0, 1, 2, 3),
    "over the cap seldom": (1,),
}


_QUICK = {
    "default codes .25; 8 weeks, days correlated .4": 60,
    "forecast bias .06; 8 weeks, days correlated .4": 60,
}
_RARE_STATES = ("promise hardly ever missed",)
_RARE = "of the twenty days of four weeks none to five are the bad ones, so the interval comes out too narrow too often"
_KNOWN = {
    "queue that seldom runs dry; 12 weeks, a third of the mood lasts all week": "a queue that hardly ever runs dry remembers longer than twelve weeks can show",
    "hours missing and too many; 4 weeks, days correlated .44": _RARE,
    "hours hardly apart; 4 weeks, days correlated .44": _RARE,
}


class _Frozen(dict):
    """A mapping that can be part of a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


def _cells() -> tuple[Cell, ...]:
    made = []
    for words, of, world, more in _PARTS:
        told = {key: _Frozen(value) if isinstance(value, dict) else value for key, value in more.items()}
        for place in _TOLD[words]:
            when, moods = tuple(_MOODS.items())[place]
            draw = partial(figure, of=of, world=world, moods=moods, **told)
            name = f"{words}; {when}"
            # where a state is too rare for the logit interval its limits are exact, and wide by design
            more_of = {"quick": _QUICK.get(name, 0), "known": _KNOWN.get(name, ""), "bound": words in _RARE_STATES}
            made.append(Cell(name, f"readiness {of[0]} {of[1]}", draw, **more_of))
        draw = partial(figure, of=of, world=world, moods=LASTING, levels=True, **told)
        made.append(Cell(f"{words}; level range", f"readiness {of[0]} level", draw, rate=HELD))
    return tuple(made)


CELLS = _cells()

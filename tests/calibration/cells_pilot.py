"""Pilots in worlds that their plan does not know: does the interval hold the effect, is the planned effect seen, is no effect called none?"""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.foundation.estimate import Estimate
from analysis.readiness.pilot.assignment import draw_arms
from tests.calibration.harness import Cell, Trial, said
from tests.calibration.pilot_runs import (
    GAP,
    LENGTHS,
    PAST,
    POWER,
    calendars_of,
    days_of,
    judged,
    one_run,
    stopped,
)
from tests.calibration.pilot_worlds import KINDS, OPEN, world

# the promise of the plan, in points of power
WITHIN = 0.03
# eight weeks hold few moods and few wild weeks: there a rule that may stop one in twenty stops up to one in ten (docs/method/pilot.md)
FEW_SEEN = ("moods of weeks", "calm and wild weeks")


def effect(seed: int, *, kind: str, weeks: int) -> Trial:
    """The interval of a pilot in which items cost two points of service level."""
    made, on = world(seed, kind), draw_arms(OPEN, weeks, 1, np.random.default_rng([9, seed]))[0]
    found = judged(days_of(made, PAST + GAP, weeks, -0.02 * on), on, calendars_of(weeks))
    return Trial(Estimate(found.effect, found.low, found.high), -0.02)


def seen(seed: int, *, kind: str) -> Trial:
    """Whether the effect that a pilot was planned for is seen; lengths in turn."""
    return said(one_run(seed, kind, LENGTHS[seed % len(LENGTHS)]).seen)


def in_turn(seed: int) -> Trial:
    """Whether the planned effect is seen; kinds and lengths in turn."""
    return said(one_run(seed, KINDS[seed % len(KINDS)], LENGTHS[seed // len(KINDS) % len(LENGTHS)]).seen)


def called_none(seed: int, *, kind: str) -> Trial:
    """Whether a pilot without effect is called one; lengths in turn."""
    return said(not one_run(seed, kind, LENGTHS[seed % len(LENGTHS)]).false)


def goes_on(seed: int, *, kind: str) -> Trial:
    """Whether a pilot without effect is left alone by a rule that may stop one in twenty."""
    return said(not stopped(seed, kind, 12, 0.05))


def _cells() -> tuple[Cell, ...]:
    cells = [
        Cell(
            f"a pilot of {weeks} weeks, {kind}",
            "effect of a pilot",
            partial(effect, kind=kind, weeks=weeks),
            quick=60 if (kind, weeks) in {("lasting days", 8), ("calm and wild weeks", 4)} else 0,
        )
        for kind in KINDS
        for weeks in (4, 8)
    ]
    cells.append(Cell("planned from 8 weeks, all kinds in turn", "planned effect seen", in_turn, rate=POWER - WITHIN))
    for kind in KINDS:
        cells += [
            Cell(f"planned from 8 weeks, {kind}", "planned effect seen", partial(seen, kind=kind), rate=POWER - WITHIN),
            Cell(f"no effect, {kind}", "pilot without effect", partial(called_none, kind=kind), rate=0.934),
            Cell(
                f"a stop rule, no effect, {kind}",
                "pilot not stopped",
                partial(goes_on, kind=kind),
                rate=0.90 if kind in FEW_SEEN else 0.93,
            ),
        ]
    return tuple(cells)


CELLS = _cells()

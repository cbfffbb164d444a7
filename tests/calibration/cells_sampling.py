"""Work sampling: rounds of looks at people who share a round's mood and a day's."""

from __future__ import annotations

from functools import partial

from analysis.measure.sampling import estimate_share
from analysis.synthetic.sampling_worlds import sampling_world
from tests.calibration.harness import Cell, Trial


def rounds(seed: int, **world: float) -> Trial:
    """Share of looks from rounds alone."""
    made = sampling_world(seed, **world)
    return Trial(estimate_share(made.tables["observations"], state="IDLE"), made.truth["IDLE"])


CELLS = (
    Cell(
        "20 rounds of 10, correlated .065, share .30",
        "share of looks",
        partial(rounds, rounds=20, people=12, share=0.3, icc=0.065, day_sd=0.0, rounds_per_day=1),
        quick=100,
    ),
)

"""The measured law of idle gaps: do its intervals hold the law of gaps that nothing but a contact ends?"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.measure.gap_law import law_of_gaps
from analysis.measure.idle import duty_by_slot
from tests.calibration.gap_worlds import Desk, Renewal, pieces_of
from tests.calibration.harness import Cell, Trial

World = Renewal | Desk
MANY = 60
FIGURES = {"share of gaps": "survival", "share of idle time": "share_of_time", "usable share": "usable_share"}


@lru_cache(maxsize=32)
def truth(world: World, figure: str, length_s: float) -> float:
    """Return the figure over all gaps of many periods, each as long as it would be if nothing but a contact ended it."""
    draw = np.random.default_rng(12345)
    gaps = np.concatenate([world.draw(draw)[1] for _ in range(MANY)])
    gaps = gaps[np.isfinite(gaps)]
    if figure == "share of gaps":
        return float((gaps > length_s).mean())
    kept = gaps[gaps > length_s] if figure == "share of idle time" else np.maximum(gaps - length_s, 0)
    return float(kept.sum() / gaps.sum())


def one(seed: int, *, world: World, figure: str, length_s: float) -> Trial:
    """Measure one period of a world."""
    draw = np.random.default_rng([31, seed])
    pieces = pieces_of(world.draw(draw)[0])
    pools = pd.Series("service", index=pieces["agent"].unique())
    law, why = law_of_gaps(pieces, duty_by_slot(pieces, pools, zone="UTC"), zone="UTC")
    if law is None:
        return Trial(Estimate.missing(why), 0.0)
    row = law[law["length_s"].eq(length_s)].iloc[0]
    column = FIGURES[figure]
    low, high = {"survival": ("survival_low", "survival_high"), "share_of_time": ("time_low", "time_high")}.get(
        column, ("usable_low", "usable_high")
    )
    if not np.isfinite(row[low]):
        return Trial(Estimate.missing(why or "refused"), 0.0)
    return Trial(Estimate(row[column], row[low], row[high]), truth(world, figure, length_s))


def cell(name: str, world: World, figure: str, length_s: float, quick: int = 0, known: str = "") -> Cell:
    return Cell(
        f"gaps, {name}: {figure} at {length_s:g} s",
        "gap law",
        partial(one, world=world, figure=figure, length_s=length_s),
        quick=quick,
        known=known,
    )


CELLS = [
    cell("evenings quiet, breaks", Renewal(), "share of gaps", 180, quick=25),
    cell("evenings quiet, breaks", Renewal(), "share of idle time", 300),
    cell("evenings quiet, breaks", Renewal(), "usable share", 60),
    cell("heavy tails, many breaks", Renewal(shape=0, stretch_h=0.5), "share of idle time", 300),
    cell("heavy tails, many breaks", Renewal(shape=0, stretch_h=0.5), "usable share", 120),
    cell("moods that last", Renewal(cv=0.3, lasting=0.6), "usable share", 60),
    cell("four weeks", Renewal(days=20), "share of idle time", 300),
    cell("calls in bursts, longest idle first", Desk(), "share of gaps", 120),
    cell("calls in bursts, longest idle first", Desk(), "share of idle time", 300),
    cell("calls in bursts, longest idle first", Desk(), "usable share", 60),
]

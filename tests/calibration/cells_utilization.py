"""The lowest of several ceilings beside today: does its interval hold the truth, are the hours right, and is room claimed where there is none?

Every world goes through ``estimate_utilization``. Unless a cell says otherwise: eight weeks, days correlated .3, rest without a scenario. Steps of a
near tie are standard errors of the ceiling of the promise in the world at hand (``python -m tests.calibration.cells_utilization`` prints them).
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial

from analysis.foundation.estimate import Estimate, find
from analysis.utilization import Utilization
from tests.calibration.harness import Cell, Trial, said
from tests.calibration.utilization_worlds import UtilizationWorld, centre, office

Draw = Callable[[int], UtilizationWorld]
ACHIEVABLE, HOURS, GROUP = (
    "utilization: achievable",
    "utilization: reclaimable hours",
    "utilization: achievable of a group",
)
NOTHING, ROOM = "utilization: nothing to reclaim", "utilization: room is found"
MINIMUM = 0.02
WORDS = "no reclaimable time found"
# standard deviation of (ceiling of the promise - truth), share of the base: python -m tests.calibration.cells_utilization
STEP = {"centre": 0.0048, "office": 0.0088}


def quantity(world: UtilizationWorld, found: Utilization, name: str) -> Estimate:
    """Return one quantity of the world's population."""
    return find(found.quantities, f"utilization.{name}", population=world.population)


def achievable(seed: int, world: Draw) -> Trial:
    """What is achievable in the population."""
    made = world(seed)
    return Trial(quantity(made, made.answer(), "achievable"), made.truth.achievable)


def ceiling(seed: int, world: Draw, name: str, truth: float) -> Trial:
    """One ceiling of a population."""
    made = world(seed)
    return Trial(quantity(made, made.answer(), f"ceiling_{name}"), truth)


def hours(seed: int, world: Draw) -> Trial:
    """Hours a week between today and what is achievable; "none found" is a range from 0."""
    made = world(seed)
    return Trial(quantity(made, made.answer(), "reclaimable_h_per_week"), made.truth.hours_per_week)


def of_group(seed: int, world: Draw, figure: str) -> Trial:
    """One group's figure, each group in turn."""
    made = world(seed)
    name = sorted(made.groups)[seed % len(made.groups)]
    rows = made.answer().levels
    mine = rows[rows["by"].eq("group") & rows["level"].eq(name)]
    if mine.empty:
        return Trial(Estimate.missing("the group is left out"), getattr(made.groups[name], figure))
    row = mine.iloc[0]
    columns = ("hours_per_week", "hours_low", "hours_high") if figure == "hours_per_week" else ("value", "low", "high")
    value, low, high = (float(row[column]) for column in columns)
    if value != value:
        found = (
            Estimate.missing(row["reason"] or "no figure", low=low, high=high)
            if low == low
            else Estimate.missing("no figure")
        )
    else:
        found = Estimate(value, low, high)
    return Trial(found, getattr(made.groups[name], figure))


def nothing(seed: int, world: Draw, *, levels: bool = False) -> Trial:
    """Is it said that no reclaimable time was found, of the population or of every group at once?"""
    made = world(seed)
    found = made.answer()
    if levels:
        rows = found.levels[found.levels["by"].eq("group")]
        if len(rows) != len(made.groups):
            return Trial(Estimate.missing("groups were left out"), 1.0)
        return said(not rows["found"].any())
    room = quantity(made, found, "reclaimable_h_per_week")
    return said(room.value is None and any(WORDS in reason for reason in room.reasons))


def room(seed: int, world: Draw, *, levels: bool = False) -> Trial:
    """Is room found, in the population or in every group?"""
    made = world(seed)
    found = made.answer()
    if levels:
        rows = found.levels[found.levels["by"].eq("group")]
        return said(len(rows) == len(made.groups) and bool(rows["found"].all()))
    return said(quantity(made, found, "reclaimable_h_per_week").value is not None)


def _worlds() -> dict[str, Draw]:
    """Return worlds by what is hard about them."""
    step, late = STEP["centre"], STEP["office"]
    found: dict[str, Draw] = {
        "centre, promise alone lowest": centre,
        "centre, promise and policy equal": partial(centre, policy=0.0),
        "centre, promise and allowance equal": partial(centre, allowance=0.0),
        "centre, all three equal": partial(centre, policy=0.0, allowance=0.0),
        "centre, policy alone lowest": partial(centre, policy=-0.12),
        "centre, allowance alone lowest": partial(centre, allowance=-0.12),
        "centre, policy and allowance equal, promise far": partial(centre, policy=-0.12, allowance=-0.12),
    }
    for number in (0.5, 1, 2):
        found[f"centre, all three {number:g} standard errors apart"] = partial(
            centre, policy=number * step, allowance=2 * number * step
        )
    found |= {
        "centre, allowance 1 standard error below the promise": partial(centre, allowance=-step),
        "centre, all three equal, mood lasts all week": partial(centre, policy=0.0, allowance=0.0, mood="weeks"),
        "centre, all three equal, days correlated .6": partial(centre, policy=0.0, allowance=0.0, correlation=0.6),
        "centre, all three equal, 4 weeks": partial(centre, policy=0.0, allowance=0.0, weeks=4),
        "centre, all three equal, 26 weeks": partial(centre, policy=0.0, allowance=0.0, weeks=26),
        "centre, lognormal handling, promise and policy equal": partial(centre, desk="twelve, lognormal", policy=0.0),
        "centre, load differs .20 by day, all equal": partial(
            centre, desk="twelve, uneven days", policy=0.0, allowance=0.0
        ),
        "centre, load differs by chance alone, all equal": partial(
            centre, desk="twelve, even days", policy=0.0, allowance=0.0
        ),
        "centre of six, nobody hangs up, promise and policy equal": partial(
            centre, desk="six, nobody hangs up", policy=0.0
        ),
        "centre of thirty, lognormal handling, load differs .15, promise and policy equal": partial(
            centre, desk="thirty, lognormal, uneven days", policy=0.0
        ),
        "centre, staff differs by day": partial(centre, desk="twelve, staff differs by day"),
        "office, due in two days": office,
        "office, due times and allowance equal": partial(office, allowance=0.0),
        "office, due the next day, due times and allowance equal": partial(
            office, case="due the next day", allowance=0.0
        ),
        "office, very uneven, due times and allowance equal": partial(
            office, case="due in five days, very uneven", allowance=0.0
        ),
        "office, due times and allowance 1 standard error apart": partial(office, allowance=late),
        "office, due times and allowance equal, days correlated .3": partial(office, allowance=0.0, correlation=0.3),
        "office, allowance alone, breaks just give the rest": partial(office, items=False, rest=0.05),
        "office, allowance alone": partial(office, items=False, rest=0.12),
    }
    return found


WORLDS = _worlds()
_QUICK = {
    "office, allowance alone, breaks just give the rest": 60,
}
_CAREFUL = "too careful: some weeks of arrivals do not tell how heavy days follow one another"
_KNOWN = {
    "centre, staff differs by day": "too careful: forty days of staff of three sizes tell their spread better than resampled days do",
    "office, due in two days": _CAREFUL,
    "office, due times and allowance equal": _CAREFUL,
    "office, due the next day, due times and allowance equal": _CAREFUL,
    "office, very uneven, due times and allowance equal": _CAREFUL,
    "office, due times and allowance equal, days correlated .3": _CAREFUL,
}
_NULL = {
    "centre, promise alone lowest": centre,
    "centre, all three equal": partial(centre, policy=0.0, allowance=0.0),
    "centre, policy alone lowest": partial(centre, policy=-0.12),
    "centre, all three equal, days correlated .6": partial(centre, policy=0.0, allowance=0.0, correlation=0.6),
    "centre, all three equal, 4 weeks": partial(centre, policy=0.0, allowance=0.0, weeks=4),
    "office, due times and allowance equal": partial(office, allowance=0.0),
    "office, allowance alone": partial(office, items=False, rest=0.12),
}
_GROUPED = partial(centre, groups=6, policy=0.0)


def _cells() -> tuple[Cell, ...]:
    cells = [
        Cell(name, ACHIEVABLE, partial(achievable, world=world), quick=_QUICK.get(name, 0), known=_KNOWN.get(name, ""))
        for name, world in WORLDS.items()
    ]
    cells.append(
        Cell(
            "centre, all three about equal, rest within a scenario",
            ACHIEVABLE,
            partial(achievable, world=partial(centre, policy=0.0, allowance=0.0, rest_range=0.02)),
            bound=True,
        )
    )
    cells += [
        Cell(f"{name}, room {size:g}", HOURS, partial(hours, world=partial(world, room=size)), bound=size < 0.1)
        for name, world in (
            ("centre, all three equal", partial(centre, policy=0.0, allowance=0.0)),
            *(
                ("centre, promise alone lowest", centre),
                ("office, due times and allowance equal", partial(office, allowance=0.0)),
            ),
        )
        for size in (0.04, 0.12)
    ]
    cells += [
        Cell(
            f"{number} groups, {words}",
            GROUP,
            partial(of_group, world=partial(world, groups=number), figure="achievable"),
        )
        for number in (6,)
        for words, world in (
            ("promise and policy equal", partial(centre, policy=0.0)),
            ("all three equal", partial(centre, policy=0.0, allowance=0.0)),
        )
    ]
    cells += [
        Cell(
            f"{words}, today {below}",
            NOTHING,
            partial(nothing, world=partial(world, room=size)),
            rate=0.95,
            quick=60 if (words, size) == ("office, allowance alone", 0.0) else 0,
        )
        for words, world in _NULL.items()
        for below, size in (("at the lowest ceiling", 0.0), ("half the minimum below it", MINIMUM / 2))
    ]
    cells += [
        Cell("centre, all three equal, today the minimum below it", NOTHING, partial(nothing, world=partial(centre, policy=0.0, allowance=0.0, room=MINIMUM)), rate=0.95),
        Cell("6 groups, promise and policy equal, today at the lowest ceiling", NOTHING, partial(nothing, world=partial(_GROUPED, room=0.0), levels=True), rate=0.95),
        Cell("6 groups, promise and policy equal, today half the minimum below it", NOTHING, partial(nothing, world=partial(_GROUPED, room=MINIMUM / 2), levels=True), rate=0.95),
        Cell("centre, all three equal, room .12", ROOM, partial(room, world=partial(centre, policy=0.0, allowance=0.0, room=0.12)), rate=0.8),
        Cell("office, due times and allowance equal, room .12", ROOM, partial(room, world=partial(office, allowance=0.0, room=0.12)), rate=0.8),
    ]  # fmt: skip
    return tuple(cells)


CELLS = _cells()


def standard_errors(worlds: int = 400) -> dict[str, float]:
    """Return how far the ceilings of the promise and of due times scatter about the truth, share of the base."""
    found = {}
    for name, world in (("centre", centre), ("office", office)):
        errors = []
        for seed in range(worlds):
            made = world(seed)
            estimate = quantity(made, made.answer(), "ceiling_queueing")
            errors.append((estimate.value or 0.0) - made.truth.achievable)
        found[name] = round(statistics.stdev(errors), 4)
    return found


if __name__ == "__main__":
    print(standard_errors())

"""Shares of time from state logs: correlated days, small shares, few days and people, work that no log shows, and the whole ladder."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from analysis.baseline.bounds import non_work_bound
from analysis.baseline.evidence import people_of
from analysis.baseline.observed import looks_at
from analysis.baseline.period import inside_period
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import clusters_of, five_shares, share_of
from analysis.measure.crosswalk import BASE
from analysis.synthetic.worlds import World, ladder_world
from tests.calibration.harness import Cell, Trial
from tests.calibration.share_worlds import by_week, day_world, shocks

SETTINGS = BaselineSettings()
People = Literal["these_people", "other_people"]


def share(seed: int, *, speaks_for: People = "these_people", weekly: bool = False, **world: object) -> Trial:
    """One share of the base by day, or of sums of weeks."""
    made = day_world(seed, by_person=speaks_for == "other_people", **world)  # type: ignore[arg-type]
    days = by_week(made.days) if weekly else made.days
    found = share_of(
        days,
        ("IDLE",),
        BASE,
        clusters=clusters_of(days, generalise_to=speaks_for),
        confidence=0.95,
        grade="A",
        agent_days=made.agent_days,
    )
    return Trial(found, made.these_people if speaks_for == "these_people" else made.all_people)


def bound(seed: int, *, idle: float, work: float, days: int = 40) -> Trial:
    """What logs alone say: of time that is not logged as work, `idle` is seen to be idle and of the rest `work` is work all the same."""
    made = day_world(seed, share=0.4, days=days, correlation=0.3, state="UNACCOUNTED")
    moved = shocks(np.random.default_rng([seed, 9]), days, 0.3)
    seen = made.days["UNACCOUNTED"] * (
        idle * (1 + 0.3 * moved) if idle <= 0.5 else 1 - (1 - idle) * (1 + 0.3 * moved)
    ).clip(0, 1)
    rows = made.days.assign(IDLE=seen, UNACCOUNTED=made.days["UNACCOUNTED"] - seen)
    found = non_work_bound(rows, ("IDLE", "AWAY"), clusters=clusters_of(rows), confidence=0.95, grade="A")
    return Trial(found, made.these_people * (idle + (1 - idle) * (1 - work)))


def ladder(seed: int, *, figure: str, night: bool = False, cut: bool = False, **more: object) -> Trial:
    """One figure of the whole chain from spells and schedules, or looks, to the estimate."""
    world = ladder_world(seed, persons=12, cycles=2, **more)  # type: ignore[arg-type]
    world = _by_night(world) if night else world
    world = _running_on(world, seed) if cut else world
    population = str(world.tables["roster"]["population"].iloc[0])
    tables = inside_period(world.tables, world.client)
    people = people_of(tables, population, client=world.client, queues=(), settings=SETTINGS)
    if figure == "non_work":
        looks = looks_at(world.tables, people, idle=("IDLE", "AWAY"), client=world.client, settings=SETTINGS)
        if looks is None:
            raise ValueError("a world without rounds says nothing about what rounds see")
        return Trial(looks.non_work, world.truth[figure])
    clusters = clusters_of(people.days)
    found = five_shares(people.days, clusters=clusters, sees=people.sees, confidence=0.95, grade="A")
    return Trial(found[figure], world.truth[figure])


def _by_night(world: World) -> World:
    """Move all shifts to 23:00 in winter and midnight in summer of a zone whose clock changes within the period."""
    moved = {
        name: frame.assign(
            **{column: frame[column] - pd.Timedelta(hours=10) for column in ("start", "end") if column in frame}
        )
        for name, frame in world.tables.items()
    }
    moved["roster"] = moved["roster"].assign(time_zone="Europe/Amsterdam")
    return replace(world, tables=moved, client=world.client.model_copy(update={"time_zone": "Europe/Amsterdam"}))


def _running_on(world: World, seed: int) -> World:
    """Let people sign on before their shift and forget to sign off: an open state lasts for hours, on the last day beyond the period."""
    rng, spells, schedule = np.random.default_rng([seed, 5]), world.tables["spells"], world.tables["schedule"]
    shifts = schedule.groupby(["agent", schedule["start"].dt.normalize()]).agg(
        start=("start", "min"), end=("end", "max")
    )
    shifts = shifts.reset_index(level=0).reset_index(drop=True)
    early = pd.to_timedelta(rng.integers(1, 3600, len(shifts)), unit="s")
    late = pd.to_timedelta(rng.integers(1, 14 * 3600, len(shifts)), unit="s")
    before = shifts.assign(start=shifts["start"] - early, end=shifts["start"], state="AWAY")
    after = shifts.assign(start=shifts["end"], end=shifts["end"] + late, state="IDLE")
    more = pd.concat([before, after])[["agent", "start", "end", "state"]].astype(spells[["start", "end"]].dtypes)
    return replace(world, tables={**world.tables, "spells": pd.concat([spells, more], ignore_index=True)})


def _correlated() -> tuple[Cell, ...]:
    """Days that hand their mood on: what the promise stands or falls with."""
    return tuple(
        Cell(
            f"{weeks} weeks, days correlated {correlation:g}",
            "share of the base",
            partial(share, days=5 * weeks, correlation=correlation),
            quick=60 if (weeks, correlation) == (8, 0.44) else 0,
        )
        for weeks in (8, 12)
        for correlation in (0.0, 0.2, 0.44, 0.6)
    )


CELLS = (
    *_correlated(),
    Cell("12 weeks, a third of the mood lasts all week", "share of the base", partial(share, days=60, correlation=0.3, mood="weeks")),
    Cell("4 weeks, days correlated .44", "share of the base", partial(share, days=20, correlation=0.44)),
    Cell("2 weeks, days independent", "share of the base", partial(share, days=10)),
    Cell("8 days, share .10, days independent", "share of the base", partial(share, days=8, share=0.1, day_cv=0.2)),
    Cell("6 days, days independent", "share of the base", partial(share, days=6)),
    Cell("8 weeks, share .05, some days far worse", "share of the base", partial(share, share=0.05, day_cv=0.3, skewness=2.0), quick=60),
    Cell("8 weeks, share .10, days correlated .3", "share of the base", partial(share, share=0.1, day_cv=0.3, correlation=0.3)),
    Cell("8 weeks, share .50, days correlated .3", "share of the base", partial(share, share=0.5, correlation=0.3)),
    Cell("8 weeks of 10 people who differ much", "share of the base", partial(share, persons=10, person_cv=0.4)),
    Cell("sums of 12 weeks, days correlated .44", "share of the base", partial(share, days=60, correlation=0.44, weekly=True)),
    Cell("12 other people, 8 weeks", "share, other people", partial(share, persons=12, speaks_for="other_people"), quick=60),
    Cell("12 other people who differ little, days correlated .44", "share, other people", partial(share, persons=12, person_cv=0.05, correlation=0.44, speaks_for="other_people")),
    Cell("40 other people, 2 weeks", "share, other people", partial(share, persons=40, days=10, speaks_for="other_people")),
    Cell("all that no log shows is work", "bound of non-work", partial(bound, idle=0.3, work=1.0), bound=True, quick=60),
    Cell("nothing that no log shows is work", "bound of non-work", partial(bound, idle=0.3, work=0.0), bound=True),
    Cell("half of what no log shows is work", "bound of non-work", partial(bound, idle=0.3, work=0.5), bound=True),
    Cell("no log shows who is idle", "bound of non-work", partial(bound, idle=0.0, work=0.0), bound=True),
    Cell("hardly anything is unlogged", "bound of non-work", partial(bound, idle=0.97, work=0.5), bound=True),
    Cell("2 weeks, all that no log shows is work", "bound of non-work", partial(bound, idle=0.3, work=1.0, days=10), bound=True),
    Cell("contact centre", "utilization", partial(ladder, figure="utilization"), quick=20),
    Cell("back office", "unaccounted share", partial(ladder, figure="unaccounted", population="back_office")),
    Cell("contact centre, days move much, correlated .44, 12 weeks", "away share", partial(ladder, figure="away", day_sd=0.08, person_sd=0.0, days=60, autocorrelation=0.44)),
    Cell(
        "contact centre, states cut off by paid time and by the period",
        "idle share",
        partial(ladder, figure="idle", cut=True),
    ),
    Cell("contact centre at night over a clock change, people move and days do not", "idle share", partial(ladder, figure="idle", night=True, day_sd=0.0, person_sd=0.05, person_day_sd=0.06)),
    Cell("back office, 3 rounds of looks a day", "non-work of looks", partial(ladder, figure="non_work", population="back_office", rounds_per_day=3)),
)  # fmt: skip

"""Drawn tours through days that are full of fixed times, and what people say of themselves.

A desk's share without work follows the clock: a pause at noon, a quarter of an hour without work after every full hour, a busy morning; days have luck of
their own, uniform. Tours know nothing of it. People who report are of two kinds: some say none at all, the others' shares are lognormal.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from analysis.measure.sampling import estimate_share, plan_tours
from analysis.measure.self_reports import self_reported_share
from tests.calibration.harness import Cell, Trial

BEGIN, END = 9 * 60, 17 * 60
MINUTE = np.arange(BEGIN, END)
# Share of people without work at each minute: after every full hour the post is awaited, at noon half of the desk pauses for nothing to do.
BY_CLOCK = 0.15 + 0.35 * (MINUTE % 60 < 15) + 0.3 * ((MINUTE >= 720) & (MINUTE < 750)) - 0.05 * (MINUTE < 630)
DAYS = pd.bdate_range("2026-03-02", periods=24)
SILENT, MIDDLE, SPREAD = 0.25, 0.12, 0.6


def walked(seed: int, *, rounds: int, method: str, people: int = 12) -> Trial:
    """Tours drawn for 24 days."""
    tours = plan_tours(DAYS, start_s=60 * BEGIN, end_s=60 * END, rounds_per_day=rounds, seed=seed, method=method)  # pyright: ignore[reportArgumentType]
    rng = np.random.default_rng([seed, rounds, people])
    clock = tours["time"].str.split(":", expand=True).astype(int)
    minute = (clock[0] * 60 + clock[1]).to_numpy()
    luck = np.repeat(rng.uniform(-0.08, 0.08, len(DAYS)), rounds)
    hits = rng.binomial(people, BY_CLOCK[minute - BEGIN] + luck)
    at = pd.to_datetime(tours["date"]) + pd.to_timedelta(minute, unit="min")
    number = np.repeat(np.arange(len(tours)), people)
    state = np.where(np.tile(np.arange(people), len(tours)) < hits[number], "IDLE", "ITEM_WORK")
    looks = pd.DataFrame(
        {
            "round": tours["round"].to_numpy()[number],
            "observed_at": at.dt.tz_localize("UTC").to_numpy()[number],
            "state": state,
        }
    )
    looks["observed_at"] = pd.to_datetime(looks["observed_at"], utc=True)
    return Trial(estimate_share(looks, state="IDLE"), float(BY_CLOCK.mean()))


def reported(seed: int, *, people: int, weeks: int) -> Trial:
    """People who tell their weeks; somebody who tells none tells none in any week."""
    rng = np.random.default_rng([seed, people, weeks])
    own = np.where(
        rng.random(people) < SILENT, 0.0, np.minimum(MIDDLE * np.exp(SPREAD * rng.standard_normal(people)), 1.0)
    )
    paid = rng.choice([20.0, 32.0, 38.0], people)
    told = np.minimum(own[:, None] * rng.uniform(0.5, 1.5, (people, weeks)), 1.0) * paid[:, None]
    agents = [f"p{one}" for one in range(people)]
    rows = pd.DataFrame(
        {"agent": np.repeat(agents, weeks), "paid_h": np.repeat(paid, weeks), "non_work_h": told.ravel()}
    )
    return Trial(self_reported_share(rows, members=agents), TOLD)


def _told() -> float:
    """Return the mean share that is told, by quadrature over both laws."""
    ranks = (np.arange(4000) + 0.5) / 4000
    own = np.minimum(MIDDLE * np.exp(SPREAD * stats.norm.ppf(ranks)), 1.0)
    luck = np.linspace(0.5, 1.5, 401)[:-1] + 0.00125
    return float((1 - SILENT) * np.minimum(own[:, None] * luck, 1.0).mean())


TOLD = _told()

CELLS = (
    Cell("tours by strata past a desk that lives by the clock", "share of looks", partial(walked, rounds=6, method="stratified"), quick=60),
    Cell("tours anywhere past a desk that lives by the clock", "share of looks", partial(walked, rounds=6, method="random")),
    Cell("one tour a day past a desk that lives by the clock", "share of looks", partial(walked, rounds=1, method="random")),
    Cell("self-reports of 80 people over 3 weeks", "self-reported share", partial(reported, people=80, weeks=3), quick=60),
    Cell("self-reports of 30 people", "self-reported share", partial(reported, people=30, weeks=1)),
    Cell("self-reports of 12 people, a quarter of whom tell none", "self-reported share", partial(reported, people=12, weeks=1)),
)  # fmt: skip

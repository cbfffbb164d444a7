"""Quick invented observation rounds whose expected share is exact."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd

from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period
from analysis.synthetic.streams import PERIOD_START
from analysis.synthetic.worlds import World, agent_names, uniform_effects

_SECOND = 1_000_000


def sampling_world(
    seed: int,
    *,
    rounds: int = 60,
    people: int = 12,
    share: float = 0.3,
    icc: float = 0.05,
    day_sd: float = 0.03,
    rounds_per_day: int = 3,
    state: str = "IDLE",
) -> World:
    """Invent observation rounds in which one state has a known expected share.

    Parameters
    ----------
    seed
        Which world.
    rounds, people
        Rounds, and people who may be present at each [count].
    share
        Expected share of looks that find `state`.
    icc
        Correlation of two looks of one round given the day, from 0 up to 1 (not included).
    day_sd
        Standard deviation of the day's share around `share`.
    rounds_per_day
        Rounds that fall on one day and share its effect [count].
    state
        The state whose share is known; all other looks find ``ITEM_WORK``.

    Returns
    -------
    World
        Table observations; the truth under the name of the state.

    Raises
    ------
    ValueError
        The day effects could push the share out of 0 to 1, or `icc` is out of range.

    Notes
    -----
    A day's share is uniform around `share`; a round's share is beta distributed around its day's with a + b = (1 - icc) / icc; looks of a
    round are independent given its share. Each of `people` is present with chance 0.85, independently of all else.

    Examples
    --------
    >>> sampling_world(1, rounds=6, share=0.25).truth
    {'IDLE': 0.25}
    """
    reach = math.sqrt(3) * day_sd
    if share - reach <= 0 or share + reach >= 1 or not 0 <= icc < 1:
        raise ValueError("share plus or minus sqrt(3) * day_sd must lie within 0 to 1, and icc in [0, 1)")
    rng = np.random.default_rng([seed, rounds, people])
    days = -(-rounds // rounds_per_day)
    by_round = share + uniform_effects(rng, day_sd, days)[np.arange(rounds) // rounds_per_day]
    if icc > 0:
        size = (1 - icc) / icc
        by_round = rng.beta(by_round * size, (1 - by_round) * size)
    present = rng.random((rounds, people)) < 0.85
    hit = rng.random((rounds, people)) < by_round[:, None]
    number, person = np.nonzero(present)
    dates = [PERIOD_START + dt.timedelta(days=7 * (day // 5) + day % 5) for day in range(days)]
    at = np.sort(rng.integers(8 * 3600, 17 * 3600, (days, rounds_per_day)), axis=1).ravel()[:rounds] * _SECOND
    stamps = np.array(dates, dtype="datetime64[us]").astype(np.int64)[np.arange(rounds) // rounds_per_day] + at
    frame = pd.DataFrame(
        {
            "round": pd.Index([f"R{one:04d}" for one in range(rounds)], dtype="str").take(number),
            "observed_at": pd.to_datetime(stamps[number], unit="us", utc=True),
            "observer": "observer 1",
            "agent": agent_names(people).take(person),
            "team": "Team A",
            "state": np.where(hit[present], state, "ITEM_WORK"),
        }
    )
    period = Period(start=dates[0], end=dates[-1])
    client = Client(name="Invented world", time_zone="UTC", period=period)
    return World({"observations": typed_table("observations", frame)}, client, {state: share})

"""What the balance starts from: joint draws of both populations, the items that can move, and what was stated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.baseline import Baseline
from analysis.foundation.propagation import Z90
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import BASE, PAID
from analysis.utilization import Utilization
from analysis.value.balance import Situation, Uses
from analysis.value.moving import Moving
from analysis.value.settings import ValueSettings

# every uncertain input has a stream of its own, so changing one setting leaves the other draws as they are
_STREAMS = {"rows": 1, "movable": 2, "uptake": 3, "hour": 4, "running": 5, "one_off": 6, "pace": 7}
# degrees of freedom of what was stated, and the largest score drawn: beyond it nothing printed changes, and no power overflows
_FREEDOM, _FARTHEST = 3, 20.0
_SHARES = ("today", "support", "non_work", "achievable", "base_h_per_week")


@dataclass(frozen=True, slots=True)
class Start:
    """The draws behind the balance.

    Attributes
    ----------
    now
        The situation, one number per draw.
    independent
        How many different joint draws of the populations stand behind it.
    found
        Whether reclaimable time was found in the back office.
    uses
        What can take up freed hours, hours of base.
    base_share
        Hours of the base per paid hour in the back office.
    """

    now: Situation
    independent: int
    found: bool
    uses: Uses
    base_share: float


def scores(name: str, settings: ValueSettings) -> np.ndarray:
    """Return the standard normal scores of one uncertain input, one per draw."""
    return _generator(name, settings).standard_normal(settings.money_draws)


def stated_scores(name: str, settings: ValueSettings) -> np.ndarray:
    """Return scores of an input that somebody stated as a range: heavier tails than normal, the same 10 and 90 % points.

    Notes
    -----
    Student's t with 3 degrees of freedom, scaled. A range of 10 to 90 % says nothing of the tails, and what people state misses more often than they say; so the 95 % range of a stated amount is 1.9 times
    as wide as its 80 % range, and not 1.5 times as a normal law would have it.

    References
    ----------
    Lichtenstein, Fischhoff & Phillips, Calibration of probabilities, in Kahneman, Slovic & Tversky (eds.), Judgment under Uncertainty, 1982.
    """
    drawn = _generator(name, settings).standard_t(_FREEDOM, settings.money_draws)
    return np.clip(drawn * (Z90 / float(stats.t.ppf(0.9, _FREEDOM))), -_FARTHEST, _FARTHEST)


def uptake_draws(settings: ValueSettings) -> np.ndarray:
    """Return the share of the movable hours that is really moved, uniform between what was stated."""
    chance = _generator("uptake", settings).random(settings.money_draws)
    return settings.uptake_low_share + chance * (settings.uptake_high_share - settings.uptake_low_share)


def start_of(
    baseline: Baseline, utilization: Utilization, moving: Moving, *, client: Client, settings: ValueSettings
) -> Start | str:
    """Draw the situation of both populations, or say why there is none.

    Parameters
    ----------
    baseline, utilization
        Results of the stages before; ``utilization.draws`` holds today, support, non-work and achievable utilization of both populations from the same resampled days.
    moving
        Items that can move.
    client, settings
        Full-time hours; what was stated.

    Returns
    -------
    Start or str
        The words say why the back office has no figure of its own.

    Notes
    -----
    Rows of the draws are taken whole, in random order and each as often as any other, so that what goes together in the data (baseline and target come from the same days) goes together in the money.
    """
    rows = joint_rows(utilization.draws, "back_office")
    if rows is None or rows["today"].isna().any():
        return _why_not(utilization)
    picked = _picked(len(rows), settings)
    mine = {name: rows[name].to_numpy(dtype=float)[picked] for name in _SHARES}
    found = is_found(utilization) and not bool(np.isnan(mine["achievable"]).any())
    non_work = np.where(np.isnan(mine["non_work"]), 1 - mine["today"] - mine["support"], mine["non_work"])
    paid = baseline.days[baseline.days["population"].eq("back_office")]
    share = float(paid[list(BASE)].to_numpy(dtype=float).sum() / paid[list(PAID)].to_numpy(dtype=float).sum())
    now = Situation(
        base_h=mine["base_h_per_week"],
        today=mine["today"],
        achievable=mine["achievable"] if found else mine["today"],
        non_work=np.maximum(non_work, 0.0),
        movable_h=moving.at(scores("movable", settings)),
        uptake=uptake_draws(settings),
        agents_idle_h=agents_idle_h(baseline, utilization, client=client, picked=picked),
    )
    uses = Uses(
        settings.overtime_h_per_week,
        settings.outsourced_h_per_week,
        settings.vacancies_fte * client.full_time_h_per_week * share,
    )
    return Start(now, min(len(rows), settings.money_draws), found, uses, share)


def agents_idle_h(
    baseline: Baseline, utilization: Utilization, *, client: Client, picked: np.ndarray | None = None
) -> np.ndarray:
    """Return the hours a week in which agents wait for contacts, per draw; infinite where no source records waiting.

    Notes
    -----
    Draws hold work and support; of the rest, waiting has the share that it has in the period.
    """
    ladder = baseline.ladder[baseline.ladder["population"].eq("contact_centre")].set_index("bucket")["hours"]
    idle = float(ladder.get("IDLE", 0.0))
    size = 1 if picked is None else len(picked)
    if not idle > 0:
        return np.full(size, math.inf)
    rows = joint_rows(utilization.draws, "contact_centre")
    weeks = ((client.period.end - client.period.start).days + 1) / 7
    if picked is None or rows is None or rows[["today", "support"]].isna().to_numpy().any():
        return np.full(size, idle / weeks)
    rest = (1 - rows["today"] - rows["support"]).clip(lower=0.0) * rows["base_h_per_week"]
    not_work = sum(float(ladder.get(part, 0.0)) for part in ("IDLE", "AWAY", "UNACCOUNTED"))
    return rest.to_numpy(dtype=float)[picked % len(rows)] * idle / not_work


def joint_rows(draws: pd.DataFrame, population: str) -> pd.DataFrame | None:
    """Return the draws of one population in their order; None where there are none."""
    mine = draws[draws["population"].eq(population)]
    return None if mine.empty else mine.sort_values("draw", kind="stable").reset_index(drop=True)


def is_found(utilization: Utilization) -> bool:
    """Return whether reclaimable time was found in the back office."""
    mine = utilization.achievable[utilization.achievable["population"].eq("back_office")]
    return bool(len(mine)) and bool(mine["found"].fillna(False).iloc[0])


def _picked(number: int, settings: ValueSettings) -> np.ndarray:
    """Return which joint draw stands behind every draw of money: whole rounds of all of them, each shuffled."""
    generator = _generator("rows", settings)
    rounds = -(-settings.money_draws // number)
    return np.concatenate([generator.permutation(number) for _ in range(rounds)])[: settings.money_draws]


def _generator(name: str, settings: ValueSettings) -> np.random.Generator:
    return np.random.default_rng([settings.money_seed, _STREAMS[name]])


def _why_not(utilization: Utilization) -> str:
    """Say why today's work in the back office has no figure."""
    mine = utilization.achievable[utilization.achievable["population"].eq("back_office")]
    if mine.empty:
        return "no data of a back office were given"
    if pd.notna(mine["today_low"].iloc[0]) and pd.notna(mine["today_high"].iloc[0]):
        return "today's work in the back office is known only within bounds; work sampling would tell"
    return str(mine["reason"].iloc[0]) or "today's work in the back office could not be measured"

"""Pilots between teams or pools that share no queue: some begin with items, others later or not."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.foundation.typed_frames import typed_frame
from analysis.readiness.pilot.evaluation import RESULT, PilotResult, answered, refused
from analysis.readiness.pilot.randomised import Tested, randomisation_test
from analysis.readiness.pilot.words import outcome_of

# From this many teams on a t interval over teams is used; below, all ways of drawing are listed.
ENOUGH_TEAMS = 12
FEWEST_TEAMS = 6


def assign_teams(teams: Sequence[str], *, seed: int) -> pd.DataFrame:
    """Draw by lot which teams begin with items, where no two teams share a queue.

    Parameters
    ----------
    teams
        Names of teams or pools, each with queues of its own.
    seed
        Seed of the draw.

    Returns
    -------
    DataFrame
        `team`, `on`: half of them begin, one fewer of an odd number.

    Raises
    ------
    ValueError
        A name stands there twice, or there are fewer than six teams: with five, no draw could ever show anything at a level of 5 %.

    Examples
    --------
    >>> assign_teams(["a", "b", "c", "d", "e", "f"], seed=1)["on"].sum()
    np.int64(3)
    """
    names = list(teams)
    if len(set(names)) < len(names):
        raise ValueError("a team is named twice")
    if len(names) < FEWEST_TEAMS:
        raise ValueError(
            f"{len(names)} teams are too few to compare teams; at least {FEWEST_TEAMS} with queues of their own are needed: "
            "switch days within each pool instead"
        )
    on = np.zeros(len(names), dtype=bool)
    on[np.random.default_rng(seed).permutation(len(names))[: len(names) // 2]] = True
    return pd.DataFrame({"team": names, "on": on})


def evaluate_teams(
    teams: pd.DataFrame, *, outcome: str = "service_level", margin: float = math.nan, confidence: float = 0.95
) -> PilotResult:
    """Tell what items changed where whole teams were drawn by lot, each team counting as one.

    Parameters
    ----------
    teams
        One row per team: `team`, `on` (as drawn), `before` and `after` (its means before and in the pilot; NaN: missing).
    outcome
        What the figures are.
    margin
        Largest change for the worse that is accepted.
    confidence
        Level of the interval.

    Raises
    ------
    ValueError
        A column is missing.

    Notes
    -----
    The change of each team (after - before) is one number. From 12 teams on: difference of means with Welch's t interval; below, the randomisation
    test over all draws of as many teams.

    References
    ----------
    Donner & Klar, Design and Analysis of Cluster Randomization Trials, 2000, sections 6.2 and 7.2. Welch, Biometrika 34 (1947), 28-35.
    """
    absent = [name for name in ("team", "on", "before", "after") if name not in teams]
    if absent:
        raise ValueError(f"the teams have no column {absent[0]!r}; they need team, on, before, after")
    change = (teams["after"] - teams["before"]).to_numpy(dtype=float)
    on, known = teams["on"].to_numpy(dtype=bool), np.isfinite(change)
    words = outcome_of(outcome)
    row: dict[str, object] = {
        "outcome": outcome,
        "words": words.words,
        "unit_of_outcome": words.unit,
        "confidence": confidence,
        "margin": margin,
        "units_on": int((known & on).sum()),
        "units_off": int((known & ~on).sum()),
        "missing_on": int((~known & on).sum()),
        "missing_off": int((~known & ~on).sum()),
        "washout_units": 0,
        "without": float(teams.loc[known & ~on, "after"].mean()) if (known & ~on).any() else math.nan,
        "with_items": float(teams.loc[known & on, "after"].mean()) if (known & on).any() else math.nan,
    }
    few = min(int((known & on).sum()), int((known & ~on).sum()))
    if few < FEWEST_TEAMS // 2:
        reason = f"only {few} teams of one arm have figures; {FEWEST_TEAMS // 2} of each are needed"
        return PilotResult(typed_frame(RESULT, [refused(row, reason)], name="the result of a pilot"))
    level = 1 - confidence
    if known.sum() >= ENOUGH_TEAMS:
        found = _welch(change[known], on[known], level)
    else:
        found = _listed(change[known], on[known], level)
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        reason = f"{int(known.sum())} teams can be drawn in too few ways for this confidence"
        return PilotResult(typed_frame(RESULT, [refused(row, reason)], name="the result of a pilot"))
    return PilotResult(typed_frame(RESULT, [answered(row, found)], name="the result of a pilot"))


def _welch(change: np.ndarray, on: np.ndarray, level: float) -> Tested:
    """Return the difference of the two arms' means with Welch's t interval."""
    from scipy import stats

    arms = [change[on], change[~on]]
    parts = [float(arm.var(ddof=1)) / len(arm) for arm in arms]
    effect, square = float(arms[0].mean() - arms[1].mean()), sum(parts)
    if square <= 0:
        return Tested(effect, -math.inf, math.inf, 1.0, len(change))
    freedom = square**2 / sum(part**2 / (len(arm) - 1) for part, arm in zip(parts, arms, strict=True))
    error = math.sqrt(square)
    step = float(stats.t.ppf(1 - level / 2, freedom)) * error
    p_value = 2 * float(stats.t.sf(abs(effect) / error, freedom))
    return Tested(effect, effect - step, effect + step, p_value, len(change))


def _listed(change: np.ndarray, on: np.ndarray, level: float) -> Tested:
    """Return the randomisation test over every draw of as many teams."""
    chosen = list(itertools.combinations(range(len(change)), int(on.sum())))
    every = np.zeros((len(chosen), len(change)), dtype=bool)
    for number, part in enumerate(chosen):
        every[number, list(part)] = True
    basis = np.full((len(change), 1), 1 / math.sqrt(len(change)))
    return randomisation_test(change, on, every, basis, all_listed=True, level=level)

"""The attack: everything that is published, against everything that must stay unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.report.disclosure.linear import survivors
from analysis.report.disclosure.published import MEASURES, Published
from analysis.report.disclosure.rules import NEAR_SHARE
from analysis.report.disclosure.sides import Side, sides_of
from analysis.report.disclosure.targets import Targets, by_one_figure, targets_of

COLUMNS = ("population", "side", "kind", "people", "measure", "implied", "recovered", "low", "high")


@dataclass(frozen=True, slots=True)
class Attack:
    """What the attacker tried, and what he found out.

    Attributes
    ----------
    targets
        One row per protected figure: population, side (people|time), kind, people (behind it), measure, implied (a single figure of enough people says
        as much), recovered (all figures together do), low, high (share of the base; where it is recovered). In memory only.
    sides
        What he worked with.
    sets
        The sets of pieces behind the rows, by side.
    """

    targets: pd.DataFrame
    sides: tuple[Side, ...]
    sets: tuple[Targets, ...]

    @property
    def recovered(self) -> int:
        """How many protected figures he recovered."""
        return int(self.targets["recovered"].sum())


def attack(published: Published, truth: pd.DataFrame, *, near: float = NEAR_SHARE) -> Attack:
    """Try to recover every figure of few people from all that is published.

    Parameters
    ----------
    published
        From :func:`analysis.report.disclosure.published_of`.
    truth
        Who has how many hours in which level, as `Baseline.members`.
    near
        A figure is recovered when all that the attacker cannot rule out lies within this many points of it (share of its base). Hours within
        as many per cent of the truth are nearer than that, so they count too.

    Returns
    -------
    Attack

    Notes
    -----
    The attacker knows who is in which group, site and band of tenure, who was there on which weekday and half hour, everybody's hours, and every
    published figure. He does not know how anybody's time divides into the five shares, and finds the least and the most that each set of few
    people can have: two linear programmes per figure. Rounded figures are intervals. What one published figure of enough people says about some of
    them by itself is published with it and no recovery: seven people of a group of twelve that has 4 % of some time cannot have more than 7 %.

    References
    ----------
    Hundepool et al., Statistical Disclosure Control, Wiley 2012, section 4.4. Fischetti & Salazar, Management Science 47 (2001) 1008-1027.
    """
    sides = sides_of(published, truth)
    sets = tuple(targets_of(side, minimum=published.minimum) for side in sides)
    frames = [_tried(side, targets, near, published.minimum) for side, targets in zip(sides, sets, strict=True)]
    known = [frame for frame in frames if len(frame)]
    table = pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=list(COLUMNS))
    return Attack(table.astype({"recovered": "bool", "implied": "bool"}), sides, sets)


def _tried(side: Side, targets: Targets, near: float, minimum: int) -> pd.DataFrame:
    """Return the protected figures of one side, and what became of them."""
    count = len(targets.people)
    if not count:
        return pd.DataFrame(columns=list(COLUMNS))
    distance = np.repeat(near * targets.base_h[:, None], len(MEASURES), axis=1)
    implied = by_one_figure(side, targets, distance, minimum=minimum)
    asked = ~implied.all(axis=1)
    recovered = np.zeros(implied.shape, dtype=bool)
    low, high = np.full(implied.shape, np.nan), np.full(implied.shape, np.nan)
    if asked.any():
        found = survivors(side.system, targets.pieces[asked], np.where(implied, -1.0, distance)[asked])
        recovered[asked], low[asked], high[asked] = found
    many = len(MEASURES)
    return pd.DataFrame(
        {
            "population": side.population,
            "side": side.side,
            "kind": np.repeat(targets.kind, many),
            "people": np.repeat(targets.people, many),
            "measure": np.tile(MEASURES, count),
            "implied": implied.ravel(),
            "recovered": recovered.ravel(),
            "low": (low / targets.base_h[:, None]).ravel(),
            "high": (high / targets.base_h[:, None]).ravel(),
        }
    )

"""The last look before anything is written: every figure by the rules, then all of them together against an attacker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.schema import DisclosureProblem
from analysis.measure.groups import too_few
from analysis.report.disclosure.attack import Attack, attack
from analysis.report.disclosure.published import Cell, Published
from analysis.report.disclosure.remedy import remedy
from analysis.report.disclosure.rules import NEAR_SHARE

NO_PEOPLE = "no figure of this engagement is about persons' measured time, so there was nothing to attack"
ADVICE = (
    "Give the teams concerned one name in the roster's team column, or run again with larger groups: "
    "--set baseline.minimum_group_agents={more}."
)


@dataclass(frozen=True, slots=True)
class Audit:
    """What was tried against the published figures, and what came of it.

    Attributes
    ----------
    cells
        Published figures that were looked at.
    protected
        Figures of fewer people than the smallest group that published sets cut out, and that were attacked.
    implied
        Those of them that a single figure of enough people bounds as near as that: nothing to protect, and nobody's alone.
    recovered
        Those that an attacker got within 10 points of; an audit with any is never returned.
    targets
        population, side (people|time), kind (suppressed|rest|crossing|difference|class), figures, implied, recovered: counts alone.
    sentence
        The same in words.
    withheld
        (population, breakdown) of what was left out because the attack succeeded with it.
    """

    cells: int
    protected: int
    implied: int
    recovered: int
    targets: pd.DataFrame
    sentence: str
    withheld: tuple[tuple[str, str], ...] = ()


def audit(
    published: Published,
    truth: pd.DataFrame,
    *,
    found: Attack | None = None,
    withheld: tuple[tuple[str, str], ...] = (),
) -> Audit:
    """Look at every published figure by itself, then let the attacker try all of them together.

    Parameters
    ----------
    published
        From :func:`analysis.report.disclosure.published_of`.
    truth
        Who has how many hours in which level, as `Baseline.members`.
    found
        The attack on just these figures, if it was made before.
    withheld
        (population, breakdown) of what was left out for it.

    Returns
    -------
    Audit

    Raises
    ------
    DisclosureProblem
        A figure stands on too few people, one or two people hold most of it, or a figure of few people can be had from the others. The message
        says which published groups to put together, never a person and never a value.
    """
    told = [cell for cell in published.cells if cell.value is not None]
    if not told:
        return Audit(0, 0, 0, 0, _counted(None), NO_PEOPLE)
    _each_by_itself(published, truth)
    found = found or attack(published, truth)
    if found.recovered:
        raise DisclosureProblem(remedy(published, truth, found))
    protected, implied = len(found.targets), int(found.targets["implied"].sum())
    near = f"{100 * NEAR_SHARE:.0f} points"
    sentence = (
        f"{len(told):,} published figures were held together against {protected - implied:,} figures of fewer than {published.minimum} people: "
        f"none can be had within {near}."
    )
    return Audit(len(told), protected, implied, 0, _counted(found), sentence, withheld)


def _counted(found: Attack | None) -> pd.DataFrame:
    """Return how many figures of each kind were attacked."""
    keys = ["population", "side", "kind"]
    if found is None or found.targets.empty:
        return pd.DataFrame(columns=[*keys, "figures", "implied", "recovered"])
    counted = found.targets.groupby(keys, sort=True).agg(
        figures=("measure", "size"), implied=("implied", "sum"), recovered=("recovered", "sum")
    )
    return counted.reset_index()


def _each_by_itself(published: Published, truth: pd.DataFrame) -> None:
    """Refuse figures of too few people, and figures that one or two people hold most of."""
    held, few = [], 0
    place = {agent: at for at, agent in enumerate(published.agents)}
    person = truth["agent"].map(place).to_numpy(dtype="int64")
    level, keys = pd.factorize(pd.MultiIndex.from_frame(truth[["population", "by", "level"]]))
    hours = np.zeros((len(keys), len(place)))
    np.add.at(hours, (level, person), truth["base_h"].to_numpy(dtype=float))
    row_of = {key: row for row, key in enumerate(keys)}
    for cell in _parts(published):
        rows = [row_of[key] for part in cell.parts if (key := (cell.population, cell.by, part)) in row_of]
        together = hours[rows].sum(axis=0)
        if np.count_nonzero(together) < published.minimum:
            few += 1
        elif too_few(together, minimum=published.minimum):
            held.append(f"{cell.by.replace('_', ' ')} {cell.level} of {cell.population.replace('_', ' ')}")
    if few:
        raise DisclosureProblem(
            f"disclosure audit: {few} published parts of a population hold fewer than {published.minimum} people. Nothing was written. "
            "Run the baseline stage again; if it stays, report it as a fault of the kit."
        )
    if held:
        raise DisclosureProblem(
            f"disclosure audit: one or two people hold most of the hours of {len(held)} published parts, such as {held[0]}. Nothing was written. "
            + ADVICE.format(more=published.minimum + 5)
        )


def _parts(published: Published) -> list[Cell]:
    """Return one published figure of each part."""
    found: dict[tuple[str, str, tuple[str, ...]], Cell] = {}
    for cell in published.cells:
        if cell.value is not None:
            found.setdefault((cell.population, cell.by, cell.parts), cell)
    return list(found.values())

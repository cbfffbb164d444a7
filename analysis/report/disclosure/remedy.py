"""What to do when figures of few people follow from what is to be published: the fewest published parts to put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import combinations

import pandas as pd

from analysis.report.disclosure.attack import Attack, attack
from analysis.report.disclosure.published import MEASURES, Cell, Published

# Pairs of groups that are tried at most, the smallest groups first.
_MOST_TRIED = 60
_HOURS = ["base_h", *(f"{measure}_h" for measure in MEASURES)]


def remedy(published: Published, truth: pd.DataFrame, found: Attack) -> str:
    """Return what is wrong and what to do next, in words; groups and half hours are named, people and values never.

    Parameters
    ----------
    published, truth
        What was attacked.
    found
        An attack that recovered something.
    """
    lost = found.targets[found.targets["recovered"]]
    count = f"{len(lost)} of {len(found.targets)} figures of fewer than {published.minimum} people"
    words = [f"disclosure audit: {count} follow from the published figures. Nothing was written."]
    for (population, side), _ in lost.groupby(["population", "side"]):
        words.append(_of_side(published, truth, str(population), str(side)))
    return " ".join(words)


def _of_side(published: Published, truth: pd.DataFrame, population: str, side: str) -> str:
    """Return what to do about one side of a population."""
    named = population.replace("_", " ").capitalize()
    larger = f"--set baseline.minimum_group_agents={_next_minimum(published, population)}"
    if side == "time":
        return f"{named}: run again with longer stretches of the day (--set baseline.slot_s=3600) or larger groups ({larger})."
    merges = groups_to_merge(published, truth, population)
    if not merges:
        return f"{named}: run again with larger groups ({larger})."
    listed = " and ".join(f'"{first}" with "{second}"' for first, second in merges)
    return f"{named}: put together {listed} by giving their teams one name in the roster's team column, or run again with larger groups ({larger})."


def _next_minimum(published: Published, population: str) -> int:
    """Return the smallest group that puts the smallest published part together with another."""
    sizes = [
        len(cell.members)
        for cell in published.cells
        if cell.value is not None and cell.population == population and cell.by in ("group", "site", "tenure")
    ]
    return max([published.minimum, *(sizes and [min(sizes)])]) + 1


def groups_to_merge(published: Published, truth: pd.DataFrame, population: str) -> tuple[tuple[str, str], ...]:
    """Return the fewest pairs of reporting groups that make the attack fail when put together; none if none do.

    Parameters
    ----------
    published, truth
        What was attacked.
    population
        Where it succeeded.
    """
    mine = truth[truth["population"].eq(population)]
    cells = [cell for cell in published.cells if cell.population == population]
    tried: list[tuple[tuple[str, str], int]] = []
    for pair in _pairs(mine):
        merged = together(published, cells, mine, (pair,))
        left = attack(*merged)
        lost = int(left.targets.loc[left.targets["side"].eq("people"), "recovered"].sum())
        if not lost:
            return (pair,)
        tried.append((pair, lost))
    tried.sort(key=lambda one: one[1])
    for pairs in combinations([pair for pair, _ in tried[:6]], 2):
        if len({name for pair in pairs for name in pair}) == 4:
            left = attack(*together(published, cells, mine, pairs))
            if not left.targets.loc[left.targets["side"].eq("people"), "recovered"].any():
                return pairs
    return ()


def _pairs(mine: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield pairs of groups, those of one site and the smallest first."""
    groups = mine[mine["by"].eq("group")]
    sizes = groups.groupby("level")["agent"].nunique()
    site = mine[mine["by"].eq("site")].drop_duplicates("agent").set_index("agent")["level"]
    of = groups.drop_duplicates("level").set_index("level")["agent"].map(site)
    names = sorted(sizes.index)
    every = sorted(
        combinations(names, 2),
        key=lambda pair: (of.get(pair[0]) != of.get(pair[1]), int(sizes[pair[0]] + sizes[pair[1]]), pair),
    )
    yield from every[:_MOST_TRIED]


def together(
    published: Published, cells: Sequence[Cell], mine: pd.DataFrame, pairs: Sequence[tuple[str, str]]
) -> tuple[Published, pd.DataFrame]:
    """Return what would be published, and the truth, with pairs of groups put together.

    Parameters
    ----------
    published, cells
        What is published now, and its cells of the population.
    mine
        The truth of the population.
    pairs
        Names of groups.
    """
    place = {agent: at for at, agent in enumerate(published.agents)}
    names = {name: f"{first} + {second}" for first, second in pairs for name in (first, second)}
    is_group = mine["by"].eq("group") & mine["level"].isin(names)
    new = mine.assign(level=mine["level"].mask(is_group, mine["level"].map(names)))
    kept = [cell for cell in cells if cell.by != "group" or cell.level not in names]
    pattern = {cell.measure: cell for cell in cells if cell.by == "group" and cell.level in names}
    for name in dict.fromkeys(names.values()):
        rows = new[new["by"].eq("group") & new["level"].eq(name)]
        sums = rows[_HOURS].sum()
        members = rows["agent"].map(place).sort_values().to_numpy()
        for measure, cell in pattern.items():
            value = float(sums[f"{measure}_h"] / sums["base_h"])
            kept.append(
                dataclasses.replace(
                    cell,
                    level=name,
                    value=value,
                    members=members,
                    unit_h=float(sums["base_h"]),
                    half_width=cell.half_width,
                )
            )
    return Published(published.agents, tuple(kept), published.minimum), new

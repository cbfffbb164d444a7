"""Linked tables: what can be had about few people by adding and subtracting figures, and the least that must be hidden to prevent it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import combinations, count

import numpy as np
import numpy.typing as npt

Node = Hashable
Edges = Mapping[tuple[Node, Node], frozenset[str]]
# Up to so many nodes every cut is tried; beyond it a bound that errs on the side of hiding decides.
_TRIED = 14
_EXACT_STEPS = 12
# Branches that are looked at before the best set so far is taken.
_MOST_NODES = 5_000


def small_cuts(edges: Edges, *, minimum: int) -> list[frozenset[Node]]:
    """Return sets of cells whose sums differ by somebody, but by fewer people than the minimum; empty exactly where there is none.

    Parameters
    ----------
    edges
        (cell of one partition, cell of another) -> the people in both; every person lies in one cell of each, or in several at different times.
    minimum
        Smallest number of people that a difference may be about.

    Returns
    -------
    list of frozenset
        Cells of both partitions: the sum over those of the first less the sum over those of the second is about 1 to minimum - 1 people.
        Where there are such sets, those of one cell each are among them and one at least is returned; not all others are.

    Notes
    -----
    What can be had from sums over two partitions is f(cell) - g(cell'), a potential on the nodes of a graph whose edges are the people in both cells.
    The people whom it is about are those on edges between different potentials. Of all potentials one with two values is about the fewest, so the
    question is whether the graph has a cut of 1 to minimum - 1 people. Edges of the minimum or more are never cut. A person on several edges
    counts once: minimum cuts by Stoer & Wagner use his share 1 / edges, which bounds the count from below; a cut that the bound does not clear is
    looked at itself, all cuts of up to 14 nodes are tried, and beyond that the bound decides.

    References
    ----------
    Stoer & Wagner, A simple min-cut algorithm, Journal of the ACM 44 (1997), 585-591. docs/method/disclosure.md.

    Examples
    --------
    >>> team = {("North", "new"): frozenset("abc"), ("South", "new"): frozenset("d"), ("South", "old"): frozenset("efg")}
    >>> sorted(sorted(side) for side in small_cuts(team, minimum=2))
    [['North', 'new'], ['South', 'old']]
    >>> small_cuts(team | {("South", "new"): frozenset("dh")}, minimum=2)
    []
    """
    joined = _contracted(edges, minimum)
    found: list[frozenset[Node]] = []
    for part in _components(joined):
        mine = {pair: people for pair, people in joined.items() if pair[0] in part}
        nodes = sorted(part, key=lambda node: sorted(map(str, node)))
        alone = [node for node in nodes if _cut_people(mine, {node}) < minimum]
        least = None if alone else _least_of(mine, nodes, minimum)
        found += alone if least is None else [frozenset(node for group in least for node in group)]
    return found


Joined = dict[tuple[frozenset[Node], frozenset[Node]], frozenset[str]]


def _contracted(edges: Edges, minimum: int) -> Joined:
    """Return the graph with both ends of every edge of the minimum or more put together, parallel edges too."""
    nodes: dict[Node, frozenset[Node]] = {node: frozenset([node]) for pair in edges for node in pair}
    current: Joined = {(nodes[a], nodes[b]): people for (a, b), people in edges.items() if people}
    while True:
        large = next((pair for pair, people in current.items() if len(people) >= minimum), None)
        if large is None:
            return current
        one = large[0] | large[1]
        sums: Joined = {}
        for (a, b), people in current.items():
            ends = [one if end in large else end for end in (a, b)]
            if ends[0] == ends[1]:
                continue
            pair = (ends[0], ends[1]) if (ends[1], ends[0]) not in sums else (ends[1], ends[0])
            sums[pair] = sums.get(pair, frozenset()) | people
        current = sums


def _components(edges: Joined) -> list[set[frozenset[Node]]]:
    """Return the connected parts of the graph that have an edge."""
    parts: list[set[frozenset[Node]]] = []
    for pair in edges:
        touched = [part for part in parts if part & set(pair)]
        parts = [part for part in parts if not part & set(pair)] + [set(pair).union(*touched)]
    return parts


def _least_of(edges: Joined, nodes: Sequence[frozenset[Node]], minimum: int) -> list[frozenset[Node]] | None:
    """Return one side of a cut of too few people, None where every cut has enough."""
    index = {node: at for at, node in enumerate(nodes)}
    counts: dict[str, int] = {}
    for people in edges.values():
        for person in people:
            counts[person] = counts.get(person, 0) + 1
    weight = np.zeros((len(nodes), len(nodes)))
    for (a, b), people in edges.items():
        weight[index[a], index[b]] += (share := sum(1 / counts[person] for person in people))
        weight[index[b], index[a]] += share
    bound, side = minimum_cut(weight)
    if bound >= minimum - 1e-9:
        return None
    if _cut_people(edges, {nodes[at] for at in side}) < minimum:
        return [nodes[at] for at in side]
    if len(nodes) > _TRIED:
        return [nodes[at] for at in side]
    for size in range(1, len(nodes) // 2 + 1):
        for chosen in combinations(nodes, size):
            if _cut_people(edges, set(chosen)) < minimum:
                return list(chosen)
    return None


def _cut_people(edges: Joined, side: set[frozenset[Node]]) -> int:
    """Return how many people lie on edges out of a side."""
    crossing = [people for (a, b), people in edges.items() if (a in side) != (b in side)]
    return len(frozenset().union(*crossing))


def minimum_cut(weight: npt.NDArray[np.float64]) -> tuple[float, list[int]]:
    """Return the least weight that parts a graph in two, and one of its sides.

    Parameters
    ----------
    weight
        Symmetric weights, nodes x nodes; two nodes at least.

    References
    ----------
    Stoer & Wagner 1997.

    Examples
    --------
    >>> minimum_cut(np.array([[0.0, 3, 0], [3, 0, 1], [0, 1, 0]]))
    (1.0, [2])
    """
    weight = weight.astype(float).copy()
    groups = [[at] for at in range(len(weight))]
    alive = np.ones(len(weight), dtype=bool)
    best, side = np.inf, groups[0]
    for left in range(len(weight), 1, -1):
        before = last = int(np.argmax(alive))
        outside, reach = alive.copy(), weight[last].copy()
        outside[last] = False
        for _ in range(left - 1):
            before, last = last, int(np.argmax(np.where(outside, reach, -np.inf)))
            outside[last] = False
            reach += weight[last]
        cut = float(weight[last, alive].sum())
        if cut < best:
            best, side = cut, sorted(groups[last])
        groups[before] = groups[before] + groups[last]
        weight[before] += weight[last]
        weight[:, before] = weight[before]
        weight[before, before] = 0.0
        alive[last] = False
        weight[last], weight[:, last] = 0.0, 0.0
    return float(best), side


def least_hidden(
    cost: Mapping[Hashable, float],
    forced: Iterable[Hashable],
    conflicts: Callable[[frozenset[Hashable]], Sequence[frozenset[Hashable]]],
) -> frozenset[Hashable]:
    """Return the cheapest set of cells that holds the forced ones and leaves no conflict.

    Parameters
    ----------
    cost
        Cell -> what hiding it loses, such as its people; the order breaks ties.
    forced
        Cells that must be hidden.
    conflicts
        Hidden cells -> sets of cells that must not all be shown, empty where none is left; each holds a cell of `cost` that is not hidden.

    Notes
    -----
    Hitting sets on demand: the least set that hits all conflicts seen so far is tried, and what conflicts are left join them. A conflict holds
    whatever else is hidden, so the first set without conflicts is the cheapest of all. Each step is a branch and bound. Where 12
    steps do not end it (many weekdays and half hours alike), the cheapest cell of each further conflict is hidden too, and then every cell that
    need not be hidden is shown again, the dearest first.

    Examples
    --------
    >>> cells = {"a": 12, "b": 14, "c": 40}
    >>> pairs = [frozenset("ab"), frozenset("bc")]
    >>> sorted(least_hidden(cells, [], lambda hidden: [pair for pair in pairs if not pair & hidden]))
    ['b']
    """
    hidden = must = frozenset(forced)
    place = {cell: at for at, cell in enumerate(cost)}
    seen: list[frozenset[Hashable]] = []
    for step in count():
        found = [frozenset(cell for cell in one if cell in cost and cell not in hidden) for one in conflicts(hidden)]
        if not any(found):
            break
        seen += [one for one in found if one]
        if step < _EXACT_STEPS:
            hidden = must | _hitting(cost, seen)
            continue
        for one in found:
            if one and not one & hidden:
                hidden |= {min(one, key=lambda cell: (cost[cell], place[cell]))}
    if step <= _EXACT_STEPS:
        return hidden
    for cell in sorted(hidden - must, key=lambda cell: (-cost[cell], place[cell])):
        hidden = hidden if conflicts(hidden - {cell}) else hidden - {cell}
    return hidden


def _hitting(cost: Mapping[Hashable, float], sets: Sequence[frozenset[Hashable]]) -> frozenset[Hashable]:
    """Return the cheapest set with a member in each of the sets; of equal ones that of the first members.

    Branch and bound on the set with the fewest members left; what the rest costs at least is the sum over disjoint sets of their cheapest member.
    """
    order = {cell: (cost[cell], at) for at, cell in enumerate(cost)}
    needed = [one for one in dict.fromkeys(sets) if not any(other < one for other in sets)]
    where = {cell: frozenset(at for at, one in enumerate(needed) if cell in one) for one in needed for cell in one}
    kept: dict[Hashable, frozenset[int]] = {}
    for cell in sorted(where, key=lambda cell: order[cell]):
        # whatever a dearer cell hits, a cheaper one hits too
        if not any(where[cell] <= mine for mine in kept.values()):
            kept[cell] = where[cell]
    members = {at: [cell for cell in kept if at in kept[cell]] for at in range(len(needed))}
    best = _greedy(kept, cost, len(needed))
    least, nodes = sum(cost[cell] for cell in best), count()
    stack: list[tuple[float, tuple[Hashable, ...], frozenset[Hashable]]] = [(0.0, (), frozenset())]
    while stack and next(nodes) < _MOST_NODES:
        spent, chosen, barred = stack.pop()
        hit = frozenset().union(*(kept[cell] for cell in chosen))
        left = {at: [cell for cell in members[at] if cell not in barred] for at in range(len(needed)) if at not in hit}
        if not left:
            if spent < least:
                best, least = frozenset(chosen), spent
            continue
        if spent + _at_least(left, cost) >= least:
            continue
        branch = left[min(left, key=lambda at: (len(left[at]), at))]
        stack += [
            (spent + cost[cell], (*chosen, cell), barred | frozenset(branch[:at])) for at, cell in enumerate(branch)
        ][::-1]
    return best


def _greedy(kept: Mapping[Hashable, frozenset[int]], cost: Mapping[Hashable, float], sets: int) -> frozenset[Hashable]:
    """Return a set that hits all, by the most sets hit for the cost at each step."""
    found, left = [], frozenset(range(sets))
    while left:
        found.append(max(kept, key=lambda cell: len(kept[cell] & left) / max(cost[cell], 1e-9)))
        left -= kept[found[-1]]
    return frozenset(found)


def _at_least(left: Mapping[int, Sequence[Hashable]], cost: Mapping[Hashable, float]) -> float:
    """Return what it costs at least to hit these sets: infinite where one has nobody left."""
    total, used = 0.0, set()
    for cells in sorted(left.values(), key=len):
        if not cells:
            return float("inf")
        if used.isdisjoint(cells):
            total += min(cost[cell] for cell in cells)
            used |= set(cells)
    return total

"""Linked tables: cuts of few people against all cuts, and the least that hides them against all choices."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measure.linked import least_hidden, small_cuts

MINIMUM = 4


def people_between(edges, side):
    crossing = [people for (a, b), people in edges.items() if (a in side) != (b in side)]
    return len(frozenset().union(*crossing))


def subsets(cells):
    return chain.from_iterable(combinations(cells, size) for size in range(1, len(cells) + 1))


@st.composite
def partitions(draw):
    """People in a cell of each of two partitions; some of them pass into another cell of the second."""
    rows = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 9)), min_size=4, max_size=40))
    edges: dict[tuple[str, str], set[str]] = {}
    for person, (first, second, passes) in enumerate(rows):
        for at in {second, (second + 1) % 4 if passes == 0 else second}:
            edges.setdefault((f"g{first}", f"t{at}"), set()).add(f"p{person}")
    return {pair: frozenset(people) for pair, people in edges.items()}


@settings(max_examples=150)
@given(edges=partitions())
def test_a_cut_of_few_is_found_exactly_where_there_is_one(edges):
    nodes = sorted({node for pair in edges for node in pair})
    there = any(0 < people_between(edges, set(side)) < MINIMUM for side in subsets(nodes))
    found = small_cuts(edges, minimum=MINIMUM)
    assert bool(found) == there
    assert all(0 < people_between(edges, side) < MINIMUM for side in found)


def test_two_groups_that_together_are_nearly_a_band():
    """Neither group by itself, nor the band, is near another sum: only both groups less the band are about two people."""
    edges = {
        ("A", "new"): frozenset(f"a{n}" for n in range(9)),
        ("B", "new"): frozenset(f"b{n}" for n in range(9)),
        ("C", "new"): frozenset(("c0", "c1")),
        ("C", "old"): frozenset(f"c{n}" for n in range(2, 11)),
        ("D", "old"): frozenset(f"d{n}" for n in range(9)),
    }
    for side in small_cuts(edges, minimum=8):
        assert set(side) in ({"A", "B", "new"}, {"C", "D", "old"})
        assert people_between(edges, side) == 2
    assert small_cuts(edges, minimum=2) == []
    # a cut that no single cell makes
    spread = {
        (a, b): frozenset(f"{a}{b}{n}" for n in range(size))
        for a, b, size in [("A", "x", 3), ("A", "y", 3), ("B", "x", 3), ("B", "y", 3), ("B", "z", 2), ("C", "z", 3),
                           ("C", "w", 3), ("D", "z", 3), ("D", "w", 3)]
    }  # fmt: skip
    (side,) = small_cuts(spread, minimum=4)
    assert people_between(spread, side) == 2
    assert set(side) in ({"A", "B", "x", "y"}, {"C", "D", "z", "w"})


@settings(max_examples=80)
@given(
    cost=st.lists(st.integers(1, 30), min_size=2, max_size=7),
    conflicts=st.lists(st.frozensets(st.integers(0, 6), min_size=1), max_size=8),
    forced=st.frozensets(st.integers(0, 6), max_size=2),
)
def test_nothing_cheaper_would_do(cost, conflicts, forced):
    cells = {f"c{at}": float(people) for at, people in enumerate(cost)}
    sets = [frozenset(f"c{at % len(cost)}" for at in one) for one in conflicts]
    must = frozenset(f"c{at % len(cost)}" for at in forced)
    hidden = least_hidden(cells, must, lambda now: [one for one in sets if not one & now])
    assert must <= hidden
    assert all(one & hidden for one in sets)
    rest = sorted(set(cells) - must)
    enough = [
        sum(cells[cell] for cell in chosen)
        for chosen in chain([()], subsets(rest))
        if all(one & (must | set(chosen)) for one in sets)
    ]
    assert sum(cells[cell] for cell in hidden - must) == min(enough)

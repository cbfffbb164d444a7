"""Profiles made at random, for property tests."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from analysis.readiness import read_criteria
from analysis.readiness.result import MODES
from analysis.readiness.types import TypeLevel, Types
from analysis.readiness.verdict import Profile


class Named(tuple):
    """The criteria, with a short name where a failing example is printed."""

    def __repr__(self) -> str:
        return "CRITERIA"


CRITERIA = Named(read_criteria())
IDS = [criterion.id for criterion in CRITERIA]
BY_ID = {criterion.id: criterion for criterion in CRITERIA}
BY_TYPE = [criterion.id for criterion in CRITERIA if criterion.by_type]
GATES = {mode: {c.id for c in CRITERIA if mode in c.gates or mode in c.least} for mode in MODES}
ALONE = [name for name in IDS if name not in BY_TYPE]
level = st.integers(0, 4)
FEW = settings(max_examples=35)
maybe = st.one_of(st.none(), level)


@st.composite
def some_types(draw, answers=maybe):
    """Return one to four item types, some judged apart, the others sharing a level."""
    number = draw(st.integers(1, 4))
    hours = draw(st.lists(st.sampled_from([5.0, 20.0, 40.0, 60.0]), min_size=number, max_size=number))
    levels = {}
    for name in BY_TYPE:
        shared = draw(answers)
        apart = draw(st.lists(st.one_of(st.just("shared"), answers), min_size=number, max_size=number))
        levels[name] = tuple(TypeLevel(shared) if one == "shared" else TypeLevel(one, apart=True) for one in apart)
    names = tuple("abcd"[:number])
    return Types(names, tuple(hours), draw(st.sampled_from([0.0, 30.0, 60.0, 100.0])), levels)


@st.composite
def some_profiles(draw, answers=maybe, low=6, types=None):
    """Return a profile in which at most `low` criteria, besides those judged by type, are not at level 4."""
    picked = draw(st.lists(st.sampled_from(ALONE), max_size=low, unique=True))
    levels = {**dict.fromkeys(IDS, 4), **{name: draw(answers) for name in picked}}
    found = draw(some_types(answers) if types is None else types)
    from_types = set(BY_TYPE)
    if draw(st.booleans()):
        from_types.discard("W1")
        levels["W1"] = draw(level)  # scored from data
    levels |= {name: found.level(name) for name in from_types}
    lowest = {name: draw(st.integers(0, levels[name])) for name in ("D1", "P2") if levels[name] is not None}
    return Profile(CRITERIA, levels, lowest, found, frozenset(from_types))

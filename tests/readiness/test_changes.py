"""The smallest set of changes is truly smallest, and says what it unlocks only where that is known."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.readiness.changes import Change, after, cheapest_mode, efforts, smallest
from analysis.readiness.result import MODES
from analysis.readiness.types import TypeLevel, Types
from analysis.readiness.verdict import ALLOWED, Profile, verdict_of
from tests.readiness.profiles import BY_ID, BY_TYPE, CRITERIA, FEW, IDS, some_profiles

REACHED = {"ready": ("ready",), "allowed": ALLOWED}


def wanted(profile, mode, goal):
    """Return the smallest set, which exists."""
    found = smallest(profile, mode, goal)
    assert found is not None
    return found


def weight(changes):
    counts = efforts(changes)
    return len(changes), counts["high"], counts["medium"]


def universe(profile, mode):
    """Return every change that could help: whole criteria, item types that were not judged apart together, those that were one by one."""
    found = []
    for criterion in CRITERIA:
        name, level, needed = criterion.id, profile.levels[criterion.id], criterion.needed(mode)
        doubt = profile.unsure(criterion, mode)
        if name not in profile.from_types and (level is None or level < needed or doubt):
            sure = level is None or level < needed
            found.append(Change(criterion, "", level, needed, name in {g.id for g in profile.gates(mode)}, sure))
        if name in BY_TYPE:
            mine = profile.types.levels[name]
            low = [one.level is None or one.level < needed for one in mine]
            if (name in profile.from_types or profile.levels[name] >= needed) and any(
                is_low and not one.apart for is_low, one in zip(low, mine, strict=True)
            ):
                found.append(Change(criterion, "", None, needed, gate=True))
            found += [
                Change(criterion, type_name, one.level, needed, gate=True)
                for type_name, one, is_low in zip(profile.types.names, mine, low, strict=True)
                if is_low and one.apart
            ]
    return found


@FEW
@given(some_profiles(low=3), st.sampled_from(MODES), st.sampled_from(["ready", "allowed"]))
def test_no_smaller_set_reaches_the_goal(profile, mode, goal):
    changes, every = smallest(profile, mode, goal), universe(profile, mode)
    if changes is None:
        assert verdict_of(after(profile, every), mode) not in REACHED[goal]
        return
    assert verdict_of(after(profile, changes), mode) in REACHED[goal]
    for size in range(min(len(changes), 5)):
        for some in itertools.combinations(every, size):
            assert verdict_of(after(profile, some), mode) not in REACHED[goal]
    if len(changes) <= 4:  # of the sets of this size none needs less effort
        reach = [
            some
            for some in itertools.combinations(every, len(changes))
            if verdict_of(after(profile, some), mode) in REACHED[goal]
        ]
        lightest = min((weight(some) for some in reach), default=weight(changes))
        assert weight(changes) <= lightest


@FEW
@given(some_profiles(low=8), st.sampled_from(MODES), st.sampled_from(["ready", "allowed"]))
def test_every_change_of_the_set_is_needed(profile, mode, goal):
    changes = smallest(profile, mode, goal) or ()
    for change in changes:
        rest = [one for one in changes if one is not change]
        assert verdict_of(after(profile, rest), mode) not in REACHED[goal]


@FEW
@given(some_profiles(low=8), st.sampled_from(MODES))
def test_gates_come_first_then_the_least_effort(profile, mode):
    changes = smallest(profile, mode, "ready") or ()
    keys = [(not one.gate, ("low", "medium", "high").index(one.effort)) for one in changes]
    assert keys == sorted(keys)


def profile_with(levels, hours, minimum=38.0, **more):
    """Return a profile that is good apart from what item types, judged apart, have on W2."""
    names = tuple(f"type {place}" for place in range(len(hours)))
    good = (TypeLevel(4, apart=True),) * len(hours)
    types = Types(names, tuple(hours), minimum, {"W1": good, "W2": tuple(TypeLevel(one, apart=True) for one in levels), "C1": good})  # fmt: skip
    found = {**dict.fromkeys(IDS, 4), **more}
    found |= {name: types.level(name) for name in ("W2", "C1")}
    return Profile(CRITERIA, found, {}, types, frozenset({"W2", "C1"}))


def test_one_large_type_is_raised_rather_than_two_small_ones():
    profile = profile_with([0, 1, 0, 2], [20.0, 20.0, 50.0, 30.0])
    assert [(one.criterion.id, one.type, one.from_level, one.to_level) for one in wanted(profile, "interrupt", "ready")] == [("W2", "type 2", 0, 3)]  # fmt: skip
    assert verdict_of(profile, "interrupt") == "ready_with_changes"  # types 1 and 3 together hold enough, at level 1
    assert smallest(profile, "interrupt", "allowed") == ()


def test_of_equal_sets_the_types_that_stand_first_are_raised():
    changes = wanted(profile_with([0, 0, 0, 0], [20.0, 15.0, 20.0, 25.0]), "between_contacts", "ready")
    assert [one.type for one in changes] == ["type 0", "type 2"]  # 0 with 1 would hold 35 hours
    assert smallest(profile_with([0, 0], [20.0, 15.0]), "between_contacts", "ready") is None


def test_types_that_were_not_judged_apart_are_one_change():
    shared = Types(("a", "b"), (20.0, 30.0), 38.0, {name: (TypeLevel(2), TypeLevel(2)) for name in BY_TYPE})
    levels = {**dict.fromkeys(IDS, 4), **dict.fromkeys(BY_TYPE, 2)}
    changes = wanted(Profile(CRITERIA, levels, {}, shared, frozenset(BY_TYPE)), "blocks", "ready")
    assert [(one.criterion.id, one.type, one.from_level, one.to_level) for one in changes] == [("C1", "", 2, 4)]


def test_a_criterion_that_data_score_is_one_change_with_its_types():
    shared = Types(("a",), (50.0,), 38.0, {name: (TypeLevel(2 if name == "W1" else 4),) for name in BY_TYPE})
    levels = {**dict.fromkeys(IDS, 4), "W1": 2}  # the share of short hours, by data
    changes = wanted(Profile(CRITERIA, levels, {}, shared, frozenset({"W2", "C1"})), "interrupt", "ready")
    assert [(one.criterion.id, one.type) for one in changes] == [("W1", "")]


def test_a_gate_in_doubt_needs_surety_and_no_more():
    profile = Profile(CRITERIA, dict.fromkeys(IDS, 4), {"P2": 0})
    changes = wanted(profile, "blocks", "ready")
    assert [(one.criterion.id, one.sure, one.effort) for one in changes] == [("P2", False, "low")]
    assert smallest(profile, "blocks", "allowed") == ()


def test_the_cheapest_mode_is_the_one_with_the_fewest_and_lightest_changes():
    def made(*names):
        return tuple(Change(BY_ID[name], "", 0, 1, gate=True) for name in names)

    assert cheapest_mode({"blocks": made("M1", "C2"), "between_contacts": made("T1"), "interrupt": made("T1")}) == "between_contacts"  # fmt: skip
    assert cheapest_mode({"blocks": made("P2"), "between_contacts": made("W2")}) == "between_contacts"  # less effort
    assert cheapest_mode({"blocks": None}) == ""


@pytest.mark.parametrize("goal", ["ready", "allowed"])
def test_many_types_are_no_burden(goal):
    hours = [1.0 + place % 7 for place in range(60)]
    changes = wanted(profile_with([0] * 60, hours, minimum=90.0), "interrupt", goal)
    assert len(changes) == 14  # eight types of 7 hours and six of 6

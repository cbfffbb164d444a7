"""Item types: whose word counts for a type, which level types with enough hours reach, and what is left out."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given

from analysis.readiness.raters import Ratings
from analysis.readiness.types import TypeLevel, Types, types_of
from analysis.readiness.verdict import Profile, types_failed, types_in, types_state, verdict_of
from tests.readiness.profiles import BY_TYPE, CRITERIA, FEW, IDS, some_types


def inventory(**columns):
    rows = {"type": ["letter", "loan"], "hours_per_week": [50.0, 90.0], "mean_s": [300.0, 1500.0], "rank": [1, 2]}
    flags = {"interruptible": [True, False], "regulated": [False, True], "access": [True, None]}
    return pd.DataFrame(rows | flags | columns).astype(dict.fromkeys(flags, "boolean"))


def judged(ratings=None, measured=None, items=None, minimum=38.0):
    items = inventory() if items is None else items
    found = types_of(CRITERIA, ratings or {}, items, measured or {}, short_item_s=600.0, minimum=minimum)
    assert found is not None
    return found


def levels(types, criterion):
    return [(one.level, one.source) for one in types.levels[criterion]]


def test_flags_can_leave_a_type_out_and_prove_no_more_than_was_stated():
    types = judged()
    assert levels(types, "W1") == [(4, "item types"), (0, "item types")]
    assert levels(types, "W2") == [(2, "item types"), (0, "item types")]
    assert levels(types, "C1") == [(2, "item types"), (0, "item types")]
    assert {one.grade for one in types.levels["C1"]} == {"C"}


def test_raters_of_all_types_speak_for_those_that_no_flag_leaves_out():
    types = judged({"C1": Ratings((4,), bases=("document",)), "W2": Ratings((1, 3, 3))})
    assert levels(types, "C1") == [(4, "raters"), (0, "item types")]
    assert levels(types, "W2") == [(3, "raters"), (0, "item types")]
    assert [one.apart for one in types.levels["C1"]] == [False, True]


def test_raters_of_a_type_overrule_its_flag_but_not_its_measured_length():
    own = {"loan": Ratings((4,), bases=("document",))}
    types = judged({"C1": Ratings(types=own), "W1": Ratings(types=own)}, {"letter": 300.0, "loan": 900.0})
    assert levels(types, "C1")[1] == (4, "raters")
    assert levels(types, "W1") == [(4, "data"), (2, "raters")]  # in steps, as far as raters can say of a long type
    assert levels(judged(measured={"letter": 700.0, "loan": 900.0}), "W1") == [(2, "item types"), (0, "data")]


def test_a_type_of_which_nobody_spoke_has_no_level():
    types = judged(items=inventory(interruptible=[None, None]))
    assert levels(types, "W2") == [(None, "none"), (None, "none")]
    assert types.level("W2") is None


def test_an_assumption_about_a_type_does_not_count():
    types = judged({"W2": Ratings(types={"letter": Ratings(assumed=(4,))})})
    assert levels(types, "W2")[0] == (2, "item types")


def test_without_hours_no_type_can_be_judged():
    items = inventory(hours_per_week=[float("nan")] * 2)
    assert types_of(CRITERIA, {}, items, {}, short_item_s=600.0, minimum=38.0) is None
    assert types_of(CRITERIA, {}, items.head(0), {}, short_item_s=600.0, minimum=38.0) is None


@FEW
@given(some_types())
def test_the_level_is_the_highest_that_types_with_enough_hours_reach(types):
    for name, own in types.levels.items():
        held = {level: sum(h for h, one in zip(types.hours, own, strict=True) if one.level is not None and one.level >= level) for level in range(5)}  # fmt: skip
        reached = [level for level, hours in held.items() if hours > 0 and hours >= types.minimum]
        unanswered = sum(h for h, one in zip(types.hours, own, strict=True) if one.level is None)
        could = held[0] + unanswered
        expected = max(reached) if reached else None if could > 0 and could >= types.minimum else 0
        assert types.level(name) == expected


@FEW
@given(some_types())
def test_the_order_of_types_does_not_matter(types):
    for order in itertools.permutations(range(len(types.names))):
        turned = Types(
            tuple(types.names[place] for place in order),
            tuple(types.hours[place] for place in order),
            types.minimum,
            {name: tuple(own[place] for place in order) for name, own in types.levels.items()},
        )
        assert {name: turned.level(name) for name in BY_TYPE} == {name: types.level(name) for name in BY_TYPE}


def profile_of(**own):
    """Return a profile good in all but the levels given by criterion, of two types of 50 and 90 hours."""
    given = {"W1": (4, 4), "W2": (4, 4), "C1": (4, 4)} | own
    levels = {name: tuple(TypeLevel(level, apart=True) for level in pair) for name, pair in given.items()}
    types = Types(("letter", "loan"), (50.0, 90.0), 38.0, levels)
    found = {**dict.fromkeys(IDS, 4), **{name: types.level(name) for name in BY_TYPE}}
    return Profile(CRITERIA, found, {}, types, frozenset(BY_TYPE))


def test_a_type_that_fails_is_left_out_and_not_the_client():
    profile = profile_of(W2=(4, 0))
    assert verdict_of(profile, "interrupt") == "ready"
    assert types_in(profile, "interrupt") == (True, False)
    assert types_in(profile, "blocks") == (True, True)  # blocks do not need items that can be left


def test_gates_that_different_types_pass_do_not_add_up():
    profile = profile_of(W2=(4, 0), C1=(0, 4))  # one may be left at any moment, the other is cleared
    assert [profile.levels[name] for name in BY_TYPE] == [4, 4, 4]
    assert types_state(profile, "interrupt") == "stops"
    assert verdict_of(profile, "interrupt") == "not_yet"
    assert verdict_of(profile, "blocks") == "ready"


def test_a_type_is_left_out_where_it_fails_and_only_waits_where_it_is_low():
    profile = profile_of(W2=(4, 2))
    assert types_in(profile, "interrupt") == (True, True)
    assert types_in(profile, "interrupt", "ready") == (True, False)
    assert types_failed(profile, "interrupt") == (False, False)
    assert types_failed(profile_of(W2=(4, None)), "interrupt") == (False, False)
    assert types_in(profile_of(W2=(4, None)), "interrupt") == (True, False)


@pytest.mark.parametrize(("pair", "verdict"), [((None, 4), "ready"), ((None, 0), "cannot_say"), ((0, 0), "not_yet")])
def test_types_without_an_answer_matter_only_where_the_others_do_not_hold_enough(pair, verdict):
    assert verdict_of(profile_of(W2=pair), "between_contacts") == verdict

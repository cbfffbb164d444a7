"""The verdict follows the written rule, whatever the levels."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.readiness import verdict as rules
from analysis.readiness.changes import Change, after
from analysis.readiness.result import MODES
from analysis.readiness.verdict import Profile, verdict_of
from tests.readiness.profiles import ALONE, BY_ID, CRITERIA, FEW, GATES, IDS, some_profiles

some_modes = st.sampled_from(MODES)
ORDER = ["not_yet", "cannot_say", "ready_with_changes", "ready"]


def said(mode, **levels):
    return verdict_of(Profile(CRITERIA, {**dict.fromkeys(IDS, 4), **levels}), mode)


def test_gates_are_those_of_the_catalogue():
    everywhere = {"D1", "P2", "M1", "C1", "C2"}
    assert GATES["blocks"] == everywhere
    assert GATES["between_contacts"] == everywhere | {"W1", "W2", "T1"}
    assert GATES["interrupt"] == everywhere | {"W1", "W2", "T1"}


@FEW
@given(some_profiles(), some_modes)
def test_a_gate_at_zero_or_without_an_answer_or_in_doubt_is_never_ready(profile, mode):
    verdict, levels = verdict_of(profile, mode), [profile.levels[name] for name in GATES[mode]]
    if None in levels:
        assert verdict == "cannot_say"
    elif 0 in levels:
        assert verdict in ("not_yet", "cannot_say")
    doubts = [name for name, low in profile.lowest.items() if name in GATES[mode] and BY_ID[name].stops(mode, low)]
    if None in levels or 0 in levels or doubts:
        assert verdict != "ready"


@FEW
@given(st.fixed_dictionaries({name: st.one_of(st.none(), st.integers(0, 4)) for name in IDS}), some_modes)
def test_the_rule_is_that_of_the_catalogue(levels, mode):
    """Written out once more from the catalogue, for levels without item types."""
    gates = {name: levels[name] for name in GATES[mode]}
    routing = {"between_contacts": 2, "interrupt": 1}.get(mode, 0)
    if None in gates.values():
        expected = "cannot_say"
    elif any(level == 0 for level in gates.values()) or gates.get("T1", 4) < routing:
        expected = "not_yet"
    else:
        needed = dict.fromkeys(gates, 3) | {"C1": 4, "C2": 4}
        if mode == "between_contacts":
            needed["T1"] = 2
        good = all(levels[name] is not None and levels[name] >= needed.get(name, 2) for name in IDS)
        expected = "ready" if good else "ready_with_changes"
    assert verdict_of(Profile(CRITERIA, levels), mode) == expected


@FEW
@given(some_profiles(st.integers(0, 4)), some_modes, st.sampled_from(ALONE))
def test_raising_a_level_never_makes_the_verdict_worse(profile, mode, name):
    change = Change(BY_ID[name], "", profile.levels[name], min(4, profile.levels[name] + 1), gate=False)
    raised = after(profile, [change])
    assert ORDER.index(verdict_of(raised, mode)) >= ORDER.index(verdict_of(profile, mode))


@FEW
@given(some_profiles(st.integers(0, 4)), some_modes, st.data())
def test_raising_an_item_type_never_makes_the_verdict_worse(profile, mode, data):
    name, place = data.draw(st.sampled_from(sorted(profile.types.levels))), 0
    level = profile.types.levels[name][place].level
    types = profile.types.raised(name, min(4, level + 1), place)
    levels = {**profile.levels, **{one: types.level(one) for one in profile.from_types}}
    raised = dataclasses.replace(profile, types=types, levels=levels)
    assert ORDER.index(verdict_of(raised, mode)) >= ORDER.index(verdict_of(profile, mode))


def test_between_contacts_needs_routing_at_two_and_interrupt_needs_it_as_a_gate():
    # a level under 2 keeps blocks from ready, but does not stop them
    assert [said(mode, T1=1) for mode in MODES] == ["ready_with_changes", "not_yet", "ready_with_changes"]
    assert [said(mode, T1=2) for mode in MODES] == ["ready", "ready", "ready_with_changes"]


@pytest.mark.parametrize("level", [None, 0, 1])
def test_an_ordinary_criterion_that_is_low_or_unanswered_keeps_from_ready(level):
    assert said("blocks", T2=level) == "ready_with_changes"


def test_a_gate_whose_interval_reaches_a_stopping_level_is_not_ready():
    levels = dict.fromkeys(IDS, 4)
    assert verdict_of(Profile(CRITERIA, levels, {"P2": 2}), "blocks") == "ready"
    assert verdict_of(Profile(CRITERIA, levels, {"P2": 0}), "blocks") == "ready_with_changes"
    assert verdict_of(Profile(CRITERIA, levels, {"T2": 0}), "blocks") == "ready"  # no gate


@FEW
@given(some_profiles(), some_modes)
def test_the_order_of_the_criteria_does_not_matter(profile, mode):
    turned = dataclasses.replace(profile, criteria=profile.criteria[::-1])
    assert verdict_of(turned, mode) == verdict_of(profile, mode)


@FEW
@given(some_profiles(st.integers(1, 4), low=2), some_modes)
def test_the_types_left_in_are_enough_whenever_a_mode_is_allowed(profile, mode):
    verdict = verdict_of(profile, mode)
    if verdict not in rules.ALLOWED:
        return
    goal = "ready" if verdict == "ready" else "allowed"
    left, failed = rules.types_in(profile, mode, goal), rules.types_failed(profile, mode)
    assert not any(stays and out for stays, out in zip(left, failed, strict=True))
    assert profile.types.enough(sum(h for h, stays in zip(profile.types.hours, left, strict=True) if stays))


def test_headline_is_the_highest_allowed_mode():
    assert rules.headline_mode({"blocks": "not_yet", "between_contacts": "cannot_say", "interrupt": "not_yet"}) == ""
    assert rules.headline_mode(dict.fromkeys(MODES, "ready")) == "interrupt"

"""The verdict follows the written rule, whatever the levels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem, UsageProblem
from analysis.readiness import read_criteria
from analysis.readiness import verdict as rules
from analysis.readiness.listening import themes
from analysis.readiness.raters import Ratings, collect
from analysis.readiness.result import MODES

CRITERIA = read_criteria()
IDS = [criterion.id for criterion in CRITERIA]
GATES = {mode: {c.id for c in CRITERIA if mode in c.gates or mode in c.least} for mode in MODES}
some_levels = st.fixed_dictionaries({name: st.one_of(st.none(), st.integers(0, 4)) for name in IDS})
good_levels = st.fixed_dictionaries({name: st.integers(2, 4) for name in IDS})


def test_gates_are_those_of_the_catalogue():
    everywhere = {"D1", "P2", "M1", "C1", "C2"}
    assert GATES["blocks"] == everywhere
    assert GATES["between_contacts"] == everywhere | {"W1", "W2", "T1"}
    assert GATES["interrupt"] == everywhere | {"W1", "W2", "T1"}


@given(some_levels, st.sampled_from(MODES))
def test_a_gate_at_zero_or_without_an_answer_is_never_ready(levels, mode):
    verdict = rules.verdict_of(CRITERIA, levels, mode)
    gates = [levels[name] for name in GATES[mode]]
    if None in gates:
        assert verdict == "cannot_say"
    elif 0 in gates:
        assert verdict == "not_yet"
    else:
        assert verdict != "cannot_say"


@given(good_levels, st.sampled_from(MODES), st.sampled_from(IDS))
def test_raising_a_level_never_makes_the_verdict_worse(levels, mode, name):
    order = ["not_yet", "ready_with_changes", "ready"]
    before = rules.verdict_of(CRITERIA, levels, mode)
    after = rules.verdict_of(CRITERIA, {**levels, name: min(4, levels[name] + 1)}, mode)
    assert order.index(after) >= order.index(before)


def test_between_contacts_needs_routing_at_two_and_interrupt_needs_it_as_a_gate():
    levels = dict.fromkeys(IDS, 4)
    assert [rules.verdict_of(CRITERIA, {**levels, "T1": 1}, mode) for mode in MODES] == [
        "ready_with_changes",  # a level under 2 keeps blocks from ready, but does not stop them
        "not_yet",
        "ready_with_changes",
    ]
    assert [rules.verdict_of(CRITERIA, {**levels, "T1": 2}, mode) for mode in MODES] == [
        "ready",
        "ready",
        "ready_with_changes",
    ]


@given(good_levels, st.sampled_from(MODES), st.randoms(use_true_random=False))
def test_the_change_set_is_the_smallest(levels, mode, random):
    """Brute force over subsets of at most six blockers: no smaller subset reaches ready, and the set itself does."""
    for name in random.sample(IDS, len(IDS) - 6):
        levels[name] = 4
    changes = rules.changes_to_ready(CRITERIA, levels, mode)
    if not changes:
        assert rules.verdict_of(CRITERIA, levels, mode) == "ready"
        return
    reached = {**levels, **{change.criterion.id: change.to_level for change in changes}}
    assert rules.verdict_of(CRITERIA, reached, mode) == "ready"
    names = [name for name in IDS if levels[name] < 4]
    for size in range(len(changes)):
        for subset in itertools.combinations(names, size):
            assert rules.verdict_of(CRITERIA, {**levels, **dict.fromkeys(subset, 4)}, mode) != "ready"


@given(some_levels, st.sampled_from(MODES))
def test_the_change_set_towards_allowed_is_enough(levels, mode):
    changes = rules.changes_to_allowed(CRITERIA, levels, mode)
    reached = {**levels, **{change.criterion.id: change.to_level for change in changes}}
    assert rules.verdict_of(CRITERIA, reached, mode) in rules.ALLOWED
    for change in changes:
        for not_enough in (levels[change.criterion.id], change.to_level - 1):
            lacking = {**reached, change.criterion.id: not_enough}
            assert rules.verdict_of(CRITERIA, lacking, mode) not in rules.ALLOWED


@given(some_levels, st.sampled_from(MODES))
def test_acceptability_of_fixed_levels_is_the_verdict(levels, mode):
    draws = {name: None if level is None else np.full(3, level) for name, level in levels.items()}
    shares = rules.acceptability(CRITERIA, draws, mode)
    assert shares[rules.verdict_of(CRITERIA, levels, mode)] == 1.0
    assert sum(shares.values()) == 1.0


@pytest.mark.parametrize("level", [None, 0, 1])
def test_an_ordinary_criterion_that_is_low_or_unanswered_keeps_from_ready(level):
    levels = {**dict.fromkeys(IDS, 4), "T2": level}
    assert rules.verdict_of(CRITERIA, levels, "blocks") == "ready_with_changes"
    assert [change.criterion.id for change in rules.changes_to_ready(CRITERIA, levels, "blocks")] == ["T2"]


def test_headline_is_the_highest_allowed_mode():
    assert rules.headline_mode({"blocks": "not_yet", "between_contacts": "cannot_say", "interrupt": "not_yet"}) == ""
    assert rules.headline_mode(dict.fromkeys(MODES, "ready")) == "interrupt"


@given(st.lists(st.integers(0, 4), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_median_is_a_level_somebody_gave_and_ignores_order(levels, random):
    shuffled = random.sample(levels, len(levels))
    assert Ratings(tuple(sorted(shuffled))).median == Ratings(tuple(sorted(levels))).median
    assert Ratings(tuple(sorted(levels))).median in levels


def test_even_counts_take_the_more_cautious_level():
    assert Ratings((1, 2, 3, 4)).median == 2


def answers(rows):
    import pandas as pd

    from analysis.foundation.schema import typed_table

    frame = pd.DataFrame(rows, columns=["criterion", "rater", "role", "rating"])
    return typed_table("answers", frame.assign(evidence="seen"))


def test_answers_are_gathered_with_those_who_could_not_say():
    found = collect(answers([("T1", "a", "x", 3.0), ("T1", "b", "y", None), ("T1", "c", "y", 1.0)]), IDS)
    assert (found["T1"].levels, found["T1"].not_known) == ((1, 3), 1)
    assert found["T1"].spread() == "1 to 3, 2 raters, 1 could not say"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("T1", "a", "x", 3.0), ("T99", "a", "x", 2.0)], "1 rows name a criterion .* row 2"),
        ([("T1", "a", "x", 2.5)], "1 ratings are not one of 0, 1, 2, 3, 4 .* row 1"),
        ([("T1", "a", "x", 2.0), ("T1", "a", "x", 3.0)], "1 rows repeat a rater's answer .* row 2"),
    ],
)
def test_wrong_answers_are_refused_in_words(rows, words):
    with pytest.raises(DataProblem, match=words):
        collect(answers(rows), IDS)


def test_rare_themes_are_merged_and_never_shown_alone():
    import pandas as pd

    notes = pd.DataFrame(
        {
            "theme": ["breaks"] * 4 + ["pay", "desk", "noise"] + [None],
            "team": ["a", "b", "a", "b", "c", "c", "c", "c"],
            "read_back_on": pd.to_datetime(["2026-03-04"] * 2 + [None] * 6),
            "agreed": [True, False, None, None, None, None, None, None],
        }
    )
    assert themes(notes).to_dict("records") == [
        {"theme": "breaks", "times": 4, "teams": 2, "read_back": 2, "agreed": 1},
        {"theme": "other themes", "times": 4, "teams": 1, "read_back": 0, "agreed": 0},
    ]
    assert themes(notes.iloc[4:6]).empty


def test_a_broken_questionnaire_is_refused_with_criterion_and_key(tmp_path):
    text = """[[criterion]]
id = "T1"
domain = "technology"
name = "Routing"
question = "?"
levels = { 0 = "no", 2 = "some", 4 = "all" }
effort = "huge"
owner_role = "x"
change = "x"
evidence = "x"
"""
    file = tmp_path / "readiness.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"readiness.toml: criterion 1 \(T1\), key effort"):
        read_criteria(file)
    file.write_text((text * 2).replace("huge", "low"), encoding="utf-8")
    with pytest.raises(UsageProblem, match="1 ids stand more than once"):
        read_criteria(file)
    file.write_text("x = ", encoding="utf-8")
    with pytest.raises(UsageProblem, match="not readable as TOML"):
        read_criteria(file)

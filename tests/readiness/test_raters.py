"""What raters said becomes levels with evidence: the same whoever they are called and in whatever order they stand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem
from analysis.readiness.raters import GRADES, Ratings, collect

IDS = ("T1", "W2", "C1")
COLUMNS = ["criterion", "rater", "role", "rating", "basis", "type"]


def answers(*rows):
    return pd.DataFrame([(*row, *("", "")[: 6 - len(row)]) for row in rows], columns=COLUMNS)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from("abcdef"),
        st.sampled_from(["planner", "IT lead", "works council"]),
        st.sampled_from([None, 0.0, 1.0, 2.0, 3.0, 4.0]),
        st.sampled_from(["", *GRADES]),
        st.sampled_from(["", "claim", "letter"]),
    ),
    unique_by=lambda row: (row[0], row[1], row[5]),
    min_size=1,
    max_size=30,
)


@given(ROWS, st.permutations("abcdef"), st.randoms(use_true_random=False))
def test_labels_of_raters_and_order_of_rows_change_nothing(rows, names, random):
    other = dict(zip("abcdef", names, strict=True))
    moved = [(row[0], f"R{other[row[1]]}", *row[2:]) for row in random.sample(rows, len(rows))]
    assert collect(answers(*rows), IDS) == collect(answers(*moved), IDS)


@given(ROWS)
def test_every_rating_is_somewhere(rows):
    found = collect(answers(*rows), IDS)
    for name, ratings in found.items():
        mine = [row for row in rows if row[0] == name]
        parts = [ratings, *ratings.types.values()]
        levels = sorted(level for part in parts for level in (*part.levels, *part.assumed))
        assert levels == sorted(int(row[3]) for row in mine if row[3] is not None)
        silent = {row[1] for row in mine} - {row[1] for row in mine if row[3] is not None}
        assert ratings.not_known == len(silent)
        assert ratings.raters == len({row[1] for row in mine if row[3] is not None and row[4] != "assumed"})
        assert list(ratings.levels) == sorted(ratings.levels)


def test_the_level_is_the_more_cautious_middle_and_assumptions_do_not_move_it():
    rows = [("T1", "a", "x", 2.0, "document"), ("T1", "b", "y", 3.0), ("T1", "c", "y", 4.0, "assumed")]
    found = collect(answers(*rows, ("T1", "d", "z", None)), IDS)["T1"]
    assert (found.median, found.grade, found.assumed, found.raters, found.roles) == (2, "C", (4,), 2, 2)
    assert found.spread() == "2 to 3, 2 raters, 1 only assumed, 1 could not say"


def test_assumptions_alone_are_shown_and_give_no_level():
    found = collect(answers(("T1", "a", "x", 4.0, "assumed"), ("T1", "b", "x", 4.0, "assumed")), IDS)["T1"]
    assert (found.median, found.grade, found.raters) == (None, "D", 0)
    assert found.spread() == "no level that counts, 2 only assumed"


def test_types_are_judged_apart():
    rows = [
        ("W2", "a", "x", 0.0, "observed", "claim"),
        ("W2", "b", "y", 2.0, "observed", "claim"),
        ("W2", "a", "x", 4.0, "observed", "letter"),
    ]
    found = collect(answers(*rows), IDS)["W2"]
    assert {name: (part.median, part.grade) for name, part in found.types.items()} == {
        "claim": (0, "B"),
        "letter": (4, "B"),
    }
    assert (found.levels, found.raters, found.roles, found.spread()) == ((), 2, 2, "by item type, 2 raters")


@pytest.mark.parametrize(
    ("levels", "words"),
    [((), "nobody was asked"), ((3,), "3, 1 rater"), ((3, 3), "all 3, 2 raters"), ((0, 3), "0 to 3, 2 raters")],
)
def test_spread_in_words(levels, words):
    assert Ratings(levels).spread() == words


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("T1", "a", "x", 3.0, "guess")], "1 rows rest on something else than system, .* row 1"),
        ([("W2", "a", "x", 3.0, "", "claim"), ("W2", "a ", "y", 3.0, "", "claim")], "1 rows repeat .* row 2"),
    ],
)
def test_wrong_answers_are_refused_in_words(rows, words):
    with pytest.raises(DataProblem, match=words):
        collect(answers(*rows), IDS)


def test_nothing_was_answered():
    assert collect(None, IDS) == collect(answers(), IDS) == {}

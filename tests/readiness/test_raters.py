"""What raters said becomes levels with evidence: the same whoever they are called and in whatever order they stand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem
from analysis.readiness import ReadinessSettings, read_criteria
from analysis.readiness.raters import GRADES, Ratings, agreement_frame, collect, rater_findings

CRITERIA = read_criteria()
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


@settings(max_examples=40)
@given(ROWS, st.permutations("abcdef"), st.randoms(use_true_random=False))
def test_labels_of_raters_and_order_of_rows_change_nothing(rows, names, random):
    other = dict(zip("abcdef", names, strict=True))
    moved = [(row[0], f"R{other[row[1]]}", *row[2:]) for row in random.sample(rows, len(rows))]
    assert collect(answers(*rows), IDS) == collect(answers(*moved), IDS)


@settings(max_examples=40)
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
    [((), "nobody was asked"), ((3,), "1 rater"), ((3, 3), "all 3, 2 raters"), ((0, 3), "0 to 3, 2 raters")],
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


def many(ratings):
    """Return answers of raters (columns) to as many criteria as there are rows; None: not asked."""
    return answers(
        *(
            (criterion.id, f"r{place}", f"role {place}", float(level))
            for criterion, row in zip(CRITERIA, ratings, strict=False)
            for place, level in enumerate(row)
            if level is not None
        )
    )


def test_agreement_names_its_variants_and_spreads_come_first_where_raters_disagree():
    apart = many([(0, 4, None), (4, 1, 2), (2, None, 2), (3, 0, None), (1, 3, 2), (0, 3, 4), (4, 2, None), (1, 1, 4)])
    found = agreement_frame(apart, CRITERIA, ReadinessSettings())
    assert found["measure"].tolist() == ["krippendorff_alpha", "gwet_ac2", "percent"]
    assert found["variant"].tolist()[:2] == ["Krippendorff's own ordinal metric", "Gwet's ordinal weights"]
    assert found[["criteria", "raters"]].drop_duplicates().to_numpy().tolist() == [[8, 3]]
    assert found["sentence"].iloc[0].startswith("Raters disagree: Krippendorff's alpha is -0.")
    assert "nothing is summed up" in found["sentence"].iloc[0]
    codes = [one.code for one in rater_findings({}, found, CRITERIA, ReadinessSettings())]
    assert codes == ["raters_disagree"]


def test_agreement_leaves_out_what_was_assumed_and_single_item_types():
    said = many([(2, 2), (3, 3), (1, 2), (4, 4), (0, 1), (2, 3), (3, 4), (1, 2), (0, 0), (4, 3)])
    more = answers(("T1", "r9", "x", 0.0, "assumed"), ("W2", "r9", "x", 0.0, "said", "claim"))
    one, two = (agreement_frame(table, CRITERIA, ReadinessSettings()) for table in (said, pd.concat([said, more])))
    pd.testing.assert_frame_equal(one, two)
    assert one["sentence"].iloc[0].startswith("Raters agree")


def test_without_two_raters_agreement_cannot_be_said():
    found = agreement_frame(many([(2, None), (None, 3)]), CRITERIA, ReadinessSettings())
    assert found["status"].tolist() == ["insufficient"]
    assert "no criterion was rated by two" in found["sentence"].item()
    assert agreement_frame(None, CRITERIA, ReadinessSettings()).empty


def test_one_voice_is_a_finding_unless_the_data_decide():
    known = [criterion.id for criterion in CRITERIA]
    table = many([(2, 3), (None, 3), (4, None)])
    ratings, found = collect(table, known), agreement_frame(table, CRITERIA, ReadinessSettings())
    (one,) = rater_findings(ratings, found, CRITERIA, ReadinessSettings(), scored=[known[2]])
    assert one.code == "few_raters"
    assert one.message.startswith(f"1 criterion rests on one rater ({known[1]}).")

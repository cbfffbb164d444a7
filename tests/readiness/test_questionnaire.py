"""The questionnaire: the catalogue as it stands, levels at their bounds, and every mistake of an edited copy in one message."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.schema import UsageProblem
from analysis.readiness import read_questionnaire
from analysis.readiness.criterion import LevelRule

KIT = read_questionnaire()
BY_ID = {criterion.id: criterion for criterion in KIT.criteria}
EVERY_MODE = ("blocks", "between_contacts", "interrupt")


@pytest.fixture(scope="module")
def text(root):
    return (root / "templates" / "questionnaires" / "readiness.toml").read_text(encoding="utf-8")


@pytest.fixture
def edited(tmp_path, text):
    """Read a copy of the kit's file in which one criterion, or the whole, was edited."""

    def read(before: str, after: str, *, criterion: str = ""):
        start = text.index(f'id = "{criterion}"') if criterion else 0
        end = text.find("\n[[criterion]]\n", start) if criterion else -1
        part = text[start : end if end > 0 else None]
        assert before in part
        file = tmp_path / "questionnaire.toml"
        file.write_text(text[:start] + part.replace(before, after, 1) + text[start + len(part) :], encoding="utf-8")
        return read_questionnaire(file)

    return read


def test_the_catalogue_has_its_criteria_gates_and_marks():
    assert [criterion.id for criterion in KIT.criteria] == [
        *(f"T{n}" for n in range(1, 6)),
        *(f"D{n}" for n in range(1, 7)),
        *(f"W{n}" for n in range(1, 8)),
        *(f"P{n}" for n in range(1, 6)),
        *(f"M{n}" for n in range(1, 7)),
        *(f"C{n}" for n in range(1, 5)),
        *(f"K{n}" for n in range(1, 5)),
    ]
    gates = {criterion.id: set(criterion.gates) for criterion in KIT.criteria if criterion.is_gate}
    between = {"between_contacts", "interrupt"}
    assert gates == {
        "T1": {"interrupt"},
        **dict.fromkeys(("W1", "W2"), between),
        **{name: set(EVERY_MODE) for name in ("D1", "P2", "M1", "C1", "C2")},
    }
    assert BY_ID["T1"].least == {"between_contacts": 2}
    assert [criterion.id for criterion in KIT.criteria if criterion.legal] == ["C1", "C2"]
    assert [criterion.id for criterion in KIT.criteria if criterion.by_type] == ["W1", "W2", "C1"]
    assert [c.id for c in KIT.criteria if c.data] == ["D1", "D2", "D3", "D4", "D5", "W1", "W4", "W5", "P1", "P2"]
    assert KIT.words == "kit's questionnaire, version 2"


def test_every_number_in_the_questionnaire_is_marked_as_provisional():
    for criterion in KIT.criteria:
        numbers = any(sign.isdigit() for level in criterion.levels.values() for sign in level)
        assert criterion.provisional == numbers or criterion.rules, criterion.id
        assert all(rule.provisional or rule.source for rule in criterion.rules), criterion.id
        assert not criterion.rules or criterion.provisional, criterion.id


def test_two_roles_at_least_are_asked_for_every_criterion_and_every_role_is_asked():
    assert all(len(set(criterion.roles)) >= 2 for criterion in KIT.criteria)
    asked = {role for criterion in KIT.criteria for role in criterion.roles}
    assert asked == {role.name for role in KIT.roles}


# The catalogue's own words: "< 4 wk or > 20 %", "4-8 wk, 5-20 %", "> 40 %", "< 15 %", "> 10 % off", "< 3 %", ">= 2 days", "> 3 FTE" and so on.
AT_THE_BOUNDS = {
    ("D1", "weeks"): {3.9: 0, 4: 2, 7.9: 2, 8: 4},
    ("D1", "unaccounted"): {0.05: 4, 0.051: 2, 0.20: 2, 0.201: 0},
    ("D2", "default_codes"): {0.149: 4, 0.15: 2, 0.40: 2, 0.401: 0},
    ("D3", "apart"): {0.029: 4, 0.03: 2, 0.10: 2, 0.101: 0},
    ("D4", "timed_types"): {0.0: 0, 0.01: 2, 0.99: 2, 1.0: 4},
    ("D5", "error"): {0.099: 4, 0.10: 3, 0.15: 3, 0.151: 2},
    ("D5", "bias"): {0.05: 4, 0.051: 3},
    ("W1", "short_hours"): {0.099: 0, 0.10: 2, 0.30: 2, 0.301: 4},
    ("W4", "slack_h"): {3.9: 0, 4: 1, 24: 2, 47.9: 2, 48: 4},
    ("W5", "waiting_work"): {0.49: 0, 0.50: 2, 0.90: 2, 0.901: 4},
    ("P1", "posts"): {0.9: 0, 1: 2, 3: 2, 3.01: 4},
    ("P2", "missed"): {0.1 + 0.1: 4, 0.201: 2, 0.40: 2, 0.401: 0},
    ("P2", "over_cap"): {0.20: 4, 0.201: 2, 1.0: 2},
}


def test_a_figure_at_a_bound_has_the_level_of_the_catalogue():
    rules = {(criterion.id, rule.key): rule for criterion in KIT.criteria for rule in criterion.rules}
    assert set(rules) == set(AT_THE_BOUNDS)
    for key, expected in AT_THE_BOUNDS.items():
        assert {figure: rules[key].level(figure) for figure in expected} == expected, key
        assert rules[key].levels_of(np.array(list(expected))).tolist() == list(expected.values()), key
    with pytest.raises(ValueError, match="not a number"):
        rules["D1", "weeks"].level(float("nan"))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    bounds=st.lists(st.integers(0, 40), min_size=1, max_size=4, unique=True).map(sorted),
    below=st.lists(st.booleans(), min_size=4, max_size=4),
    figures=st.lists(st.integers(-2, 84).map(lambda n: n / 2), min_size=1, max_size=20),
)
def test_one_figure_and_many_get_the_same_levels_which_never_skip_a_step(bounds, below, figures):
    levels = (0, 1, 2, 3, 4)[: len(bounds) + 1]
    rule = LevelRule(
        key="x", figure="x", unit="h", bounds=tuple(bounds), levels=levels, upper=tuple(below[: len(bounds)])
    )
    figures = sorted(figures)
    one = [rule.level(figure) for figure in figures]
    assert rule.levels_of(np.array(figures)).tolist() == one == sorted(one)


D2 = "bounds = [0.15, 0.4]"
WRONG = [
    ("T1", "legal = false", "legel = false", "criterion T1, key legel: there is no such key. Did you mean legal?"),
    ("T1", 'effort = "high"\n', "", "criterion T1, key effort: is missing. Take it over"),
    ("T1", '["interrupt"]', '["interupt"]', 'criterion T1, key gates no. 1: "interupt" is not allowed. Did you mean interrupt'),
    ("T1", "{ 0 = ", '{ 1 = "x", 0 = ', "criterion T1, key levels: describe exactly the levels 0, 2 and 4"),
    ("T1", "contacts = 2", "contacts = 5", "criterion T1, key least: the level that a mode needs is a whole number from 1 to 4"),
    ("T1", '"technology"', '"tech"', 'criterion T1, key domain: "tech" is not allowed. Known are: technology'),
    ("T1", "legal = false", 'legal = "perhaps"', 'criterion T1, key legal: "perhaps" must be true or false'),
    ("T1", '"IT lead"', '"IT leads"', 'criterion T1, key roles: there is no [[role]] "IT leads". Did you mean IT lead?'),
    ("T1", '"said"]', '"said", "assumed"]', 'criterion T1, key accepts no. 5: "assumed" is not allowed'),
    ("T1", '["system", "observed", "document", "said"]', '["seen"]', 'criterion T1, key accepts no. 1: "seen" is not allowed'),
    ("T1", "Can one", "Can\\u0007 one", "criterion T1, key question: holds a line break or a sign that cannot be printed"),
    ("T2", "legal = false", "legal = true", "criterion T2, key legal: only a gate can be legal"),
    ("T2", "data = false", "data = true", "criterion T2, key data: the kit has no figure for it"),
    ("T2", "by_type = false", 'by_type = false\ntype_question = "x"', "criterion T2, key by_type: there are texts for one item type"),
    ("W2", "step of {type}", "step", "criterion W2, key type_change: write {type} where the item type is to stand"),
    ("D2", D2, "bounds = [0.4, 0.15]", "criterion D2, key rules no. 1, bounds: bounds must ascend"),
    ("D2", D2, "bounds = [15, 40]", "criterion D2, key rules no. 1, bounds: a share is a fraction from 0 to 1; write 0.05 for 5 %"),
    ("D2", "[4, 2, 0]", "[4, 2]", "criterion D2, key rules no. 1, levels: 2 bounds make 3 steps, and 2 levels are given"),
    ("D2", "[false, true]", "[false]", "criterion D2, key rules no. 1, upper: give one value, or one for each of the 2 bounds"),
    ("D2", '"default_codes"', '"default_code"', 'key rules no. 1, key: there is no figure "default_code" for this criterion. Did'),
    ("D2", 'unit = "share"', 'unit = "h"', 'criterion D2, key rules no. 1, unit: the figure is in "share", not in "h"'),
    ("K4", 'id = "K4"', 'id = "K3"', "criterion K3, key id: 2 criteria have this id"),
    ("K4", 'id = "K4"', 'id = "pilot"', 'criterion pilot, key id: "pilot" is no id. Write a capital letter'),
    ("", "version = 2", "version = 1", "version: the file began as version 1, and this kit asks by version 2"),
    ("", "version = 2", "version = 2\nverson = 2", "verson: there is no such key. Did you mean version?"),
    ("", 'name = "HR partner"', 'name = "HR/partner"', "role HR/partner, key name: is the name of a sheet too"),
    ("", 'name = "HR partner"', 'name = "HR"', 'criteria D3, P4, M4, C3, key roles: there is no [[role]] "HR partner"'),
    ("", 'name = "Access"', "name = Access", "Text stands in double quotes"),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "before", "after", "said"), WRONG)
def test_a_mistake_gives_one_message_with_file_criterion_key_and_remedy(edited, criterion, before, after, said):
    with pytest.raises(UsageProblem) as caught:
        edited(before, after, criterion=criterion)
    message = str(caught.value)
    assert message.startswith("questionnaire.toml: ")
    assert said in message
    assert "\n" not in message
    assert "pydantic" not in message


def test_several_mistakes_are_told_at_once(edited, text):
    with pytest.raises(UsageProblem, match="2 mistakes") as caught:
        edited('effort = "medium"', 'effort = "middle"\nefort = "low"')
    assert str(caught.value).count("\n") == 2


CHANGED = [
    ("T1", 'question = "Can', 'question = "How can', "edited: 1 criterion changed (T1)"),
    ("T2", 'question = "Does', 'question = "Do', "edited: 1 criterion changed (T2)"),
    ("P2", 'gates = ["blocks", "between_contacts", "interrupt"]', "gates = []", "edited: 1 gate taken away (P2)"),
    ("M1", 'gates = ["blocks", "between_contacts", "interrupt"]', 'gates = ["blocks"]', "edited: 1 gate loosened (M1)"),
    ("T1", "least = { between_contacts = 2 }\n", "", "edited: 1 gate loosened (T1)"),
    ("C2", "legal = true", "legal = false", "edited: 1 gate loosened (C2)"),
    ("P2", "data = true", "data = false", "edited: 1 gate loosened (P2)"),
    ("D1", "bounds = [0.05, 0.2]", "bounds = [0.1, 0.2]", "edited: 1 gate loosened (D1)"),
    ("D1", "bounds = [0.05, 0.2]", "bounds = [0.03, 0.2]", "edited: 1 criterion changed (D1)"),
    ("K4", 'id = "K4"', 'id = "K9"', "edited: 1 criterion added (K9), 1 criterion left out (K4)"),
    ("", 'who = "compliance', 'who = "law, compliance', "edited: other roles asked"),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "before", "after", "said"), CHANGED)
def test_an_edited_questionnaire_says_how_it_differs(edited, criterion, before, after, said):
    questionnaire = edited(before, after, criterion=criterion)
    assert questionnaire.own
    assert questionnaire.words.endswith(said)
    assert questionnaire.words.startswith("questionnaire.toml, version 2 edited: ")


def test_a_copy_that_was_not_edited_is_the_kits_whatever_its_line_ends(tmp_path, text):
    for content in (text, "\ufeff" + text, text.replace("\n", "\r\n")):
        file = tmp_path / "questionnaire.toml"
        file.write_bytes(content.encode("utf-8"))
        questionnaire = read_questionnaire(file)
        assert not questionnaire.own
        assert questionnaire.words == "questionnaire.toml, version 2, as the kit's"
        assert questionnaire.criteria == KIT.criteria
    with pytest.raises(UsageProblem, match="engage answers NAME --questionnaire"):
        read_questionnaire(tmp_path / "other.toml")

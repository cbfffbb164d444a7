"""The assessment through its public door: verdict, frames, sentences and findings that fit together."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd
import pytest

from analysis.foundation.assets import assets
from analysis.foundation.schema import typed_table
from analysis.readiness import ReadinessSettings, assess_readiness
from analysis.readiness.criteria import read_questionnaire
from analysis.readiness.frames import FRAMES
from analysis.readiness.questionnaire import Edits
from analysis.readiness.result import MODES, Readiness
from tests.readiness.profiles import BY_ID, CRITERIA, IDS
from tests.report import factory

BLENDING, BASELINE, UTILIZATION, CLIENT = (
    factory.blending(),
    factory.baseline(),
    factory.utilization(),
    factory.client(),
)
# the data of the factory are those of no client: raters alone decide here, and item types by their flags
RATED = [criterion.model_copy(update={"data": False}) for criterion in CRITERIA]


def ratings(levels=None, *, raters=2, types=(), basis="document"):
    """Return answers in which every criterion has a 4 from every rater, but for the levels given (None: nobody answers)."""
    rows = [
        (name, f"R{rater}", "planner", float(level), basis, "")
        for name, level in ({**dict.fromkeys(IDS, 4), **(levels or {})}).items()
        if level is not None
        for rater in range(raters)
    ]
    rows += [(name, "R9", "owner", float(level), basis, kind) for name, kind, level in types]
    columns = ["criterion", "rater", "role", "rating", "basis", "type"]
    return typed_table("answers", pd.DataFrame(rows, columns=columns))


def assessed(levels=None, *, blending=BLENDING, criteria=RATED, **more) -> Readiness:
    asked = {name: more.pop(name) for name in ("raters", "types", "basis") if name in more}
    return assess_readiness(
        {"answers": ratings(levels, **asked)}, BASELINE, UTILIZATION, blending, client=CLIENT, criteria=criteria, **more
    )


@pytest.fixture(scope="module")
def good():
    return assessed()


def with_room(verdict, reason="the promise is missed already"):
    rows = BLENDING.recommendation.assign(verdict=verdict, reason=reason)
    return dataclasses.replace(BLENDING, recommendation=rows)


def row(frame, **keys):
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_all_good_is_ready_for_the_highest_mode_with_room(good):
    assert (good.verdict.verdict, good.verdict.mode) == ("ready", "between_contacts")
    assert good.verdict.headline.startswith("Ready for items between contacts: room for 365 ")
    assert (
        "For items with interruption there is no room." in good.verdict.headline
    )  # interruption passes the gates, and blending rejects it
    assert row(good.modes, mode="interrupt")[["verdict", "room", "hours_per_week"]].tolist() == [
        "ready",
        "no room",
        0.0,
    ]
    assert good.changes.empty
    assert good.change_sets.empty


@pytest.mark.parametrize("gate", ["C1", "C2", "P2"])
def test_a_gate_at_zero_is_not_yet_and_the_headline_says_why(gate):
    found = assessed({gate: 0})
    assert found.verdict.verdict == "not_yet"
    assert BY_ID[gate].name.lower() in found.verdict.headline
    assert row(found.gates, criterion=gate)["state"] == "stops"
    assert set(found.change_sets["goal"]) == {"ready", "allowed"}


def test_a_gate_without_an_answer_that_counts_cannot_be_said_and_the_headline_says_whom_to_ask():
    gate = "M1"
    found = assessed({gate: None})
    assert found.verdict.verdict == "cannot_say"
    assert BY_ID[gate].name.lower() in found.verdict.headline
    assert BY_ID[gate].roles[0] in found.verdict.headline
    assert row(found.gates, criterion=gate)["state"] == "unknown"
    assert set(found.modes["verdict"]) == {"cannot_say"}


def test_a_missing_answer_comes_before_a_gate_that_stops_and_both_are_named():
    found = assessed({"M1": None, "C2": 0})
    assert found.verdict.verdict == "cannot_say"
    assert "no answer that counts on one owner" in found.verdict.headline
    assert "monitoring of work stops every mode" in found.verdict.headline


def test_what_was_only_assumed_does_not_answer_a_gate():
    found = assessed(basis="assumed")
    assert found.verdict.verdict == "cannot_say"
    gate = row(found.gates, criterion="M1")
    assert (gate["state"], gate["grade"]) == ("unknown", "D")
    assert "only assumed" in gate["sentence"]


def test_no_room_anywhere_is_not_yet_whatever_people_say():
    found = assessed(blending=with_room("no room"))
    assert (found.verdict.verdict, found.verdict.mode) == ("not_yet", "")
    assert "the promise is missed already" in found.verdict.headline
    assert (found.modes["hours_per_week"] == 0).all()
    assert set(found.modes["verdict"]) == {"ready"}  # the rule itself


def test_room_that_is_not_known_cannot_be_said():
    found = assessed(blending=with_room("cannot say", "too few days"))
    assert found.verdict.verdict == "cannot_say"
    assert "too few days" in found.verdict.headline
    assert found.modes["hours_per_week"].isna().all()


def test_the_headline_says_when_the_simulated_weeks_recommend_another_way():
    lab = BLENDING.lab.assign(recommended=BLENDING.lab["policy"].eq("blocks"))
    assert lab["recommended"].sum() == 1
    assert "recommend another way: items in blocks (ready)" in assessed(blending=dataclasses.replace(BLENDING, lab=lab)).verdict.headline  # fmt: skip
    lab = BLENDING.lab.assign(recommended=BLENDING.lab["policy"].eq("roster"))
    assert lab["recommended"].sum() == 1
    assert "Fewer agents on the roster" in assessed(blending=dataclasses.replace(BLENDING, lab=lab)).verdict.headline


def test_types_that_fail_are_left_out_and_hours_that_counted_them_become_a_range(good):
    items = BLENDING.inventory
    counted = items[items["suitable_between"].astype(bool)].sort_values("hours_per_week")
    gone, most = str(counted["type"].iloc[0]), counted["hours_per_week"].sum()
    found = assessed(types=[("W2", gone, 0)])
    mode = row(found.modes, mode="between_contacts")
    assert pd.isna(mode["hours_per_week"])
    rest = most - counted["hours_per_week"].iloc[0]
    before = row(good.modes, mode="between_contacts")
    assert mode["hours_low"] == pytest.approx(before["hours_low"] * rest / most)
    assert mode["hours_high"] == pytest.approx(min(before["hours_high"], rest))
    assert row(found.types, type=gone, criterion="W2")["left_out"] == "between_contacts, interrupt"
    codes = {finding.code for finding in found.findings}
    assert {"readiness_types_left_out", "readiness_types_counted"} <= codes


def test_hours_of_types_that_are_not_ready_yet_are_no_part_of_what_is_ready():
    items = BLENDING.inventory
    kind = str(items.loc[items["suitable_between"].astype(bool), "type"].iloc[0])
    found = assessed(types=[("W2", kind, 2)])
    assert found.verdict.verdict == "ready"
    assert "of the 365 hours a week that blending finds" in found.verdict.headline
    assert row(found.types, type=kind, criterion="W2")["open_in"] == "between_contacts, interrupt"
    assert row(found.types, type=kind, criterion="W2")["left_out"] == ""
    assert row(found.modes, mode="between_contacts")["hours_per_week"] == 365.0  # nothing stops the type


def test_too_few_hours_of_item_types_stop_every_mode_and_no_change_helps():
    found = assessed(settings=ReadinessSettings(minimum_type_h_per_week=5000.0))
    assert found.verdict.verdict == "not_yet"
    assert found.change_sets.empty
    assert "all item types together hold" in row(found.gates, criterion="C1")["sentence"]
    assert row(found.modes, mode="blocks")["blocking"] == "W1, W2, C1"
    assert "small number of item hours stops every mode" in found.verdict.headline


def test_changes_are_named_with_owner_effort_evidence_and_what_they_unlock():
    found = assessed({"M1": 2, "T3": 1, "K4": 1})
    mine = found.changes[found.changes["mode"] == "between_contacts"]
    assert mine["criterion"].tolist() == ["M1", "K4", "T3"]  # the gate, then the least effort
    assert mine["order"].tolist() == [1, 2, 3]
    assert (mine[["change", "owner_role", "evidence", "unlocks"]] != "").to_numpy().all()
    assert mine["unlocks"].str.len().max() <= 40
    sets = row(found.change_sets, mode="between_contacts", goal="ready")
    assert sets[["changes", "low_effort", "medium_effort", "high_effort"]].tolist() == [3, 1, 2, 0]
    assert sets["hours_per_week"] == row(found.modes, mode="between_contacts")["hours_per_week"]
    assert pd.isna(sets["value_per_week"])  # no balance was given
    assert "13" not in found.verdict.headline
    assert "3 changes (1 of them a gate)" in found.verdict.headline


def test_names_and_order_of_raters_and_the_order_of_criteria_change_no_frame():
    answers = ratings({"M1": 3}, raters=3)
    answers.loc[answers["criterion"].eq("K4"), "rating"] = [1.0, 3.0, 4.0]
    turned = answers.assign(rater=answers["rater"].map({"R0": "z", "R1": "a", "R2": "k"})).iloc[::-1].reset_index(drop=True)  # fmt: skip
    made = [
        assess_readiness({"answers": table}, BASELINE, UTILIZATION, BLENDING, client=CLIENT, criteria=criteria)
        for table, criteria in ((answers, RATED), (turned, RATED), (answers, RATED[::-1]))
    ]
    for name in ("criteria", "modes", "gates", "changes", "change_sets", "acceptability", "sensitivity", "types"):
        pd.testing.assert_frame_equal(getattr(made[0], name), getattr(made[1], name))
    assert [one.verdict.headline for one in made] == [made[0].verdict.headline] * 3
    pd.testing.assert_frame_equal(made[0].acceptability, made[2].acceptability)


def test_every_frame_has_its_declared_columns_and_no_level_has_decimals(good):
    for name, kinds in FRAMES.items():
        frame = getattr(good, name)
        assert {column: str(kind) for column, kind in frame.dtypes.items()} == dict(kinds), name
        assert isinstance(frame.index, pd.RangeIndex)
    for name in ("criteria", "gates", "types"):
        assert {str(getattr(good, name)[column].dtype) for column in getattr(good, name) if column.endswith("level")} == {"Int64"}  # fmt: skip


def test_one_rating_alone_is_never_shown_beside_the_data():
    found = assessed(raters=1, criteria=CRITERIA)
    assert found.scores["rated"].isna().all()
    assert not found.criteria["disagreement"].str.contains(r"raters say \d").any()


def test_shares_of_the_classes_add_up_and_carry_their_error(good):
    sums = good.acceptability.groupby("mode")["share"].sum()
    assert sums.tolist() == pytest.approx([1.0] * len(MODES))
    assert good.acceptability["error"].between(0, 0.03).all()
    few = assessed(settings=ReadinessSettings(draws=200)).acceptability
    assert few["error"].max() > good.acceptability["error"].max()


def test_an_edited_questionnaire_is_a_finding_and_weaker_gates_stand_in_the_headline(tmp_path):
    kit = (assets() / "templates" / "questionnaires" / "readiness.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    head, _, rest = kit.partition('id = "M1"')
    own.write_text(head + 'id = "M1"' + re.sub(r"(?m)^gates = .*$", "gates = []", rest, count=1), encoding="utf-8")
    asked = read_questionnaire(own)
    found = assess_readiness({"answers": ratings()}, BASELINE, UTILIZATION, BLENDING, client=CLIENT, questionnaire=asked)  # fmt: skip
    assert found.questionnaire == asked.words
    assert found.verdict.headline.endswith("Judged by an edited questionnaire, with weaker gates: M1.")
    assert any(finding.code == "readiness_questionnaire_edited" for finding in found.findings)


def test_ratings_of_criteria_that_the_questionnaire_leaves_out_are_counted_and_taken_away():
    kept = tuple(criterion for criterion in CRITERIA if criterion.id != "K3")
    asked = dataclasses.replace(read_questionnaire(), own=True, criteria=kept, edits=Edits(left_out=("K3",)))
    found = assess_readiness({"answers": ratings()}, BASELINE, UTILIZATION, BLENDING, client=CLIENT, questionnaire=asked)  # fmt: skip
    assert "K3" not in set(found.criteria["criterion"])
    assert next(one for one in found.findings if one.code == "readiness_not_asked").rows == 2


def test_ratings_of_unknown_types_are_a_question():
    found = assessed(types=[("W2", "no such type", 4)])
    finding = next(one for one in found.findings if one.code == "readiness_types_unknown")
    assert "no such type" not in finding.message

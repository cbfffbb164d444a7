"""Figures of too few people, and pseudonyms, stop the report before anything is written."""

from __future__ import annotations

import dataclasses

import pytest

from analysis.foundation.schema import DisclosureProblem, Finding
from analysis.report import build_report
from analysis.report.disclosure import check_groups, without_few


def changed(baseline, frame: str, column: str, value):
    table = getattr(baseline, frame).copy()
    table.loc[table.index[0], column] = value
    return dataclasses.replace(baseline, **{frame: table})


@pytest.mark.parametrize(
    ("frame", "column", "what"),
    [
        ("groups", "agents", "groups"),
        ("idle_by_slot", "distinct_agents", "half hours"),
        ("attendance", "agents", "populations"),
    ],
)
def test_a_figure_of_nine_people_is_refused_and_nobody_is_named(material, frame, column, what):
    check_groups(changed(material["baseline"], frame, column, 10))
    with pytest.raises(DisclosureProblem, match=f"figures of {what} stand on fewer than 10 people") as caught:
        check_groups(changed(material["baseline"], frame, column, 9))
    assert "North" not in str(caught.value)
    assert caught.value.exit_status == 4


def test_a_suppressed_group_may_be_small(material):
    small = changed(changed(material["baseline"], "groups", "agents", 9), "groups", "value", float("nan"))
    check_groups(small)


def test_the_engagements_own_smallest_size_counts(material):
    baseline = changed(material["baseline"], "groups", "agents", 7)
    loose = baseline.settings.model_copy(update={"minimum_group_agents": 5})
    check_groups(dataclasses.replace(baseline, settings=loose))


def test_a_pseudonym_anywhere_stops_the_report(material, tmp_path):
    leak = Finding("leak", "flag", "somewhere", "agent p0123456789ab waits", 1)
    intake = dataclasses.replace(material["intake"], findings=(leak,))
    with pytest.raises(DisclosureProblem, match="holds 1 pseudonyms"):
        build_report(**{**material, "intake": intake}, out=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("frame", "what"), [("replay_days", "replayed days"), ("replay_slots", "replayed half hours")])
def test_a_replayed_day_or_half_hour_of_nine_people_is_refused(material, frame, what):
    blending, baseline = material["blending"], material["baseline"]
    check_groups(baseline, material["utilization"], blending)
    few = changed(blending, frame, "agents", 9)
    with pytest.raises(DisclosureProblem, match=f"blending: 1 figures of {what} stand on fewer than 10 people"):
        check_groups(baseline, None, few)
    for column in ("observed", "replayed", "blended", "change", "item_h", "items_on"):
        if column in getattr(few, frame):
            few = changed(few, frame, column, float("nan"))
    check_groups(baseline, None, few)


@pytest.mark.parametrize("frame", ["idle_by_cause", "usable_slots"])
def test_half_hours_that_few_people_ever_worked_lose_their_figures(material, frame):
    blending, baseline = material["blending"], material["baseline"]
    slots = baseline.idle_by_slot.copy()
    slots.loc[(slots["weekday"] == 0) & (slots["slot_of_day_s"] == 34_200), "distinct_agents"] = 9
    # enough people, but without means: hidden for the sake of others
    slots.loc[(slots["weekday"] == 0) & (slots["slot_of_day_s"] == 36_000), "attended_agents"] = float("nan")
    hidden = getattr(without_few(blending, dataclasses.replace(baseline, idle_by_slot=slots)), frame)
    at = (hidden["weekday"] == 0) & (hidden["slot_of_day_s"] == 34_200)
    assert at.sum() == 1
    assert hidden.loc[at, "idle_agents"].isna().all()
    assert hidden.loc[(hidden["weekday"] == 0) & (hidden["slot_of_day_s"] == 36_000), "idle_agents"].isna().all()
    assert hidden.loc[(hidden["weekday"] == 1) & (hidden["slot_of_day_s"] == 34_200), "idle_agents"].notna().all()
    nothing_hidden = dataclasses.replace(baseline, idle_by_slot=slots.assign(distinct_agents=40, attended_agents=20.0))
    assert without_few(blending, nothing_hidden) is blending


@pytest.mark.parametrize("frame", ["replay_days", "replay_slots"])
def test_replayed_figures_of_few_people_are_taken_out_before_the_last_look(material, frame):
    few = changed(material["blending"], frame, "agents", 9)
    shown = without_few(few, material["baseline"])
    check_groups(material["baseline"], None, shown)
    assert getattr(shown, frame)["blended"].isna().iloc[0]
    assert getattr(shown, frame)["blended"].notna().iloc[1]

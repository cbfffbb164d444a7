"""Figures of too few people, and pseudonyms, stop the report before anything is written."""

from __future__ import annotations

import dataclasses

import pytest

from analysis.foundation.schema import DisclosureProblem, Finding
from analysis.report import build_report
from analysis.report.disclosure import check_groups


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

"""When nothing can be measured, the report says so in sentences and stays whole."""

from __future__ import annotations

import json

import pytest

from analysis import build_report
from tests.report import documents
from tests.report.conftest import words_of


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    """Return the report of a client who sent a roster and nothing else."""
    out = tmp_path_factory.mktemp("nothing")
    build_report(**documents.nothing(), out=out)
    return out


def test_every_question_is_answered_with_a_sentence(nothing):
    text = " ".join(words_of(nothing / "assessment.pdf"))
    for sentence in (
        "No population has data from which its time at work can be divided",
        "Without a utilization today there is nothing to set ceilings against",
        "The lengths of gaps cannot be shown",
        "Whether items fit into the waiting cannot be said",
        "It would take agent states as single spells",
        "cannot say",
    ):
        assert sentence in text


def test_no_empty_chart_is_drawn(nothing):
    assert sorted(path.stem for path in (nothing / "figures").glob("*.svg")) == ["readiness_profile", "sources"]


def test_the_results_hold_no_invented_number(nothing):
    results = json.loads((nothing / "results.json").read_text(encoding="utf-8"))
    assert results["verdict"]["class"] == "cannot_say"
    assert results["verdict"]["ready_acceptability"] is None
    measured = [quantity for quantity in results["quantities"] if quantity["basis"] != "assumed"]
    assert all(quantity["value"] is None and quantity["reasons"] for quantity in measured)

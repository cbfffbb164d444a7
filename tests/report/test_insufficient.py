"""When nothing can be measured, the report says so in sentences and stays whole."""

from __future__ import annotations

import dataclasses
import json

import pandas as pd
import pytest

from analysis import assess_blending, build_report, estimate_utilization, measure_baseline
from analysis.foundation.schema import typed_table
from analysis.readiness import assess_readiness
from tests.report import factory, factory_people
from tests.report.conftest import words_of


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    """Return the report of a client who sent a roster and nothing else."""
    people = {
        "agent": [f"p{place:012x}" for place in range(24)],
        "population": ["contact_centre"] * 12 + ["back_office"] * 12,
    }
    tables = {"roster": typed_table("roster", pd.DataFrame(people))}
    client, queues = factory.client(), factory.queues()
    baseline = measure_baseline(tables, client=client, queues=queues)
    blending = assess_blending(tables, baseline, client=client, queues=queues)
    utilization = estimate_utilization(tables, baseline, client=client, queues=queues)
    readiness = assess_readiness(tables, baseline, utilization, blending, client=client)
    intake = factory_people.intake()
    intake = dataclasses.replace(
        intake, files=intake.files[intake.files["table"] == "roster"], findings=(), states=intake.states.head(0)
    )
    out = tmp_path_factory.mktemp("nothing")
    build_report(
        client=client, queues=queues, intake=intake, baseline=baseline, utilization=utilization, blending=blending,
        readiness=readiness, run={"run_id": "0"}, out=out,
    )  # fmt: skip
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

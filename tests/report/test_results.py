"""results.json: its form, its sources, and what it refuses."""

from __future__ import annotations

import dataclasses
import json

import pandas as pd
import pytest

from analysis.foundation.estimate import Estimate, Quantity
from analysis.report.context import Context
from analysis.report.exhibits.theme import Theme
from analysis.report.results import results_record, results_text
from analysis.report.run import Run


def context(material, **changed) -> Context:
    parts = {**material, **changed}
    return Context(**{**parts, "run": Run.of(parts["run"])}, theme=Theme())


def test_its_form_is_the_contract(built):
    results = json.loads((built / "results.json").read_text(encoding="utf-8"))
    assert list(results) == ["schema", "client", "period", "quantities", "verdict", "intake"]
    assert (results["schema"], results["client"]) == (1, "Meridian Mutual")
    assert results["period"] == ["2026-03-02", "2026-04-26"]
    keys = {
        "id", "scope", "value", "low", "high", "confidence", "unit", "n", "n_unit", "definition", "basis", "grade", "method",
        "status", "reasons", "source",
    }  # fmt: skip
    for quantity in results["quantities"]:
        assert set(quantity) == keys
        assert (quantity["value"] is None) == (quantity["status"] != "ok")
        stage = quantity["id"].partition(".")[0]
        # the value is computed where readiness is
        assert quantity["source"]["stage"] == {"value": "readiness"}.get(stage, stage)
        assert len(quantity["source"]["inputs"][0]) == 64
    assert {"class", "modes", "ready_acceptability", "gates", "changes"} <= set(results["verdict"])
    assert set(results["verdict"]["modes"]) == {"blocks", "between_contacts", "interrupt"}


def test_a_figure_without_a_value_keeps_its_bounds_and_reasons(material):
    found = [
        quantity
        for quantity in results_record(context(material))["quantities"]
        if quantity["id"] == "baseline.non_work_share" and quantity["scope"] == {"population": "contact_centre"}
    ]
    assert (found[0]["value"], found[0]["low"], found[0]["status"]) == (None, 0.052, "insufficient")
    assert found[0]["reasons"] == ["no source sees what the unaccounted time holds"]


def test_every_row_of_every_file_has_one_fate(material):
    for file in results_record(context(material))["intake"]:
        rows = file["rows"]
        counted = sum(rows[part] for part in ("header", "banner", "blank", "total", "duplicate", "used"))
        assert rows["physical"] == counted + sum(rows["excluded"].values()) + sum(rows["rejected"].values())


def test_two_figures_of_one_name_and_scope_are_refused(material):
    baseline = material["baseline"]
    twice = dataclasses.replace(baseline, quantities=(*baseline.quantities, baseline.quantities[0]))
    with pytest.raises(ValueError, match=r"two quantities are called baseline\.utilization"):
        results_record(context(material, baseline=twice))


def test_no_number_that_json_does_not_know_gets_in(material):
    readiness = material["readiness"]
    gates = readiness.gates.assign(needed=float("inf"))
    with pytest.raises(ValueError, match=r"not JSON compliant|Out of range"):
        results_text(context(material, readiness=dataclasses.replace(readiness, gates=gates)))
    absent = readiness.gates.assign(needed=pd.array([pd.NA] * len(readiness.gates), dtype="Int64"))
    assert '"needed": null' in results_text(context(material, readiness=dataclasses.replace(readiness, gates=absent)))


def test_a_new_figure_is_carried_with_the_files_behind_it(material):
    added = Quantity("blending.new_agents", Estimate(1.0, unit="agents"), "new", {"pool": "service"})
    blending = material["blending"]
    record = results_record(context(material, blending=dataclasses.replace(blending, quantities=(added,))))
    found = next(quantity for quantity in record["quantities"] if quantity["id"] == "blending.new_agents")
    expected = {
        "stage": "blending",
        "function": "assess_blending",
        "inputs": sorted(set(material["run"]["sources"]["blending"])),
    }
    assert found["source"] == expected

"""Two public exports through intake and baseline: the published figures in the published reading, and what a true clock changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis import (
    assess_blending,
    assess_readiness,
    balance_value,
    estimate_utilization,
    measure_baseline,
    read_sources,
)
from analysis.engagement import load_engagement

pytestmark = pytest.mark.real_data
EXPORTS = ("contact-centre/anonymous_bank_1999-02_calls.txt.gz", "event-logs/bpic2012_w_start_end.csv.gz")


def stated_in(name, real_data, folder):
    """Return one of the engagement files beside this test, with its exports in place."""
    for export in EXPORTS:
        (folder / "data" / export).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(real_data / export, folder / "data" / export)
    file = folder / "engagement.toml"
    shutil.copyfile(Path(__file__).with_name(name), file)
    return load_engagement(file)


def measured(name, real_data, folder):
    """Return intake and baseline of one of the engagement files beside this test."""
    stated = stated_in(name, real_data, folder)
    intake = read_sources(stated.source, client=stated.client, root=folder, key=b"k" * 32)
    return intake, measure_baseline(intake.tables, client=stated.client, queues=stated.queue)


def facts(baseline, population):
    rows = baseline.facts[baseline.facts["population"] == population]
    return rows.set_index("fact")["value"]


def hours(baseline, population):
    return baseline.gaps.loc[baseline.gaps["population"] == population, "hours"].round(1).tolist()


def test_every_row_of_both_exports_has_a_fate(real_data, tmp_path):
    intake, _ = measured("engagement.toml", real_data, tmp_path)
    files = intake.files.set_index("file")
    assert files["physical"].tolist() == [33_345, 59_303]
    assert files["used"].tolist() == [33_344, 52_967]
    assert files["excluded"].tolist() == ["{}", '{"agent": 6335}']
    assert set(files["rejected"]) == {"{}"}


def test_published_figures_in_the_published_reading(real_data, tmp_path):
    """Figures of an independent computation with plain numpy: docs/decisions.md, 'Two published figures rest on a clock'."""
    _, found = measured("as_published.toml", real_data, tmp_path)
    calls, items = facts(found, "contact_centre"), facts(found, "back_office")
    assert calls[["contacts_handled", "agent_days"]].tolist() == [26_671, 361]
    assert calls[["work_h", "span_h", "sum_of_durations_h"]].round(1).tolist() == [1305.2, 3165.7, 1316.3]
    assert round(calls["work_over_span"], 4) == 0.4123
    assert hours(found, "contact_centre") == [67.7, 271.1, 379.6, 246.8, 151.3, 744.0]
    assert items[["records_timed", "agent_days"]].tolist() == [52_967, 2_070]
    assert items[["gross_h", "merged_h", "work_h", "span_h"]].round().tolist() == [10_876, 9_720, 5_494, 11_510]
    assert round(items["work_over_span"], 3) == 0.477
    # no item has a time of arrival, so nothing is said about work that waited
    assert "gap_time_without_work_h" not in items.index
    assert items["gap_time_outside_usual_hours_h"] > 0


def test_a_true_clock_takes_550_hours_of_midnight_out_of_the_span(real_data, tmp_path):
    """Fifty answered calls carry 0:00:00 as start of service; read as midnight they stretch the span of 46 agent-days."""
    _, found = measured("engagement.toml", real_data, tmp_path)
    calls, items = facts(found, "contact_centre"), facts(found, "back_office")
    assert calls[["contacts_handled", "agent_days"]].tolist() == [26_671, 361]
    assert calls[["work_h", "sum_of_durations_h"]].round(1).tolist() == [1305.2, 1316.3]
    assert calls["span_h"] == pytest.approx(2574.0, abs=0.05)
    assert calls["work_over_span"] == pytest.approx(0.5071, abs=5e-5)
    gaps = found.gaps[found.gaps["population"] == "contact_centre"]
    assert gaps["hours"].round(1).tolist() == [67.9, 271.8, 380.0, 246.7, 151.2, 151.2]
    # four steps run over the night in which the clock went back an hour
    assert items[["gross_h", "merged_h"]].round().tolist() == [10_880, 9_724]
    # no shifts: nothing is divided by paid time
    shares = [q for q in found.quantities if q.id.endswith("_share") and "due" not in q.id]
    assert shares
    assert {q.estimate.status for q in shares} == {"insufficient"}


def test_without_a_shift_or_an_answer_the_verdict_cannot_be_said_and_says_what_is_missing(real_data, tmp_path):
    stated = stated_in("engagement.toml", real_data, tmp_path)
    tables = read_sources(stated.source, client=stated.client, root=tmp_path, key=b"k" * 32).tables
    asked = {"client": stated.client, "queues": stated.queue}
    baseline = measure_baseline(tables, **asked)
    found = (
        tables,
        baseline,
        estimate_utilization(tables, baseline, **asked),
        assess_blending(tables, baseline, **asked),
    )
    value = balance_value(*found, client=stated.client)
    readiness = assess_readiness(*found, **asked, value=value)
    assert readiness.verdict.verdict == "cannot_say"
    assert "agent-state data" in readiness.verdict.headline
    scored = readiness.scores.set_index("criterion")
    assert scored.loc["D1", "level"].dropna().tolist() == [0]
    # half of the callers wait longer than 20 seconds: the promise of 80 % is missed in nearly every interval
    assert scored.loc["P2", "level"].dropna().tolist() == [0]
    assert readiness.modes["hours_per_week"].fillna(0).eq(0).all()
    assert set(readiness.plan["phase"]) == {"instead"}

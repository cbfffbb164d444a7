"""What every exhibit must say, held against the sample's own report as well as the hand-made ones."""

from __future__ import annotations

import pytest

from analysis.report.blocks import Chapter
from analysis.report.material import chapters_of
from tests.report import documents
from tests.report.test_content import (
    test_every_exhibit_says_how_many_stand_behind_it,
    test_every_exhibit_says_what_it_counts,
    test_every_headline_states_a_number_or_why_none,
    test_every_source_line_names_files_or_results_with_their_period,
)

__all__ = [
    "test_every_exhibit_says_how_many_stand_behind_it",
    "test_every_exhibit_says_what_it_counts",
    "test_every_headline_states_a_number_or_why_none",
    "test_every_source_line_names_files_or_results_with_their_period",
]


@pytest.fixture(scope="module")
def chapters(sample_run) -> list[Chapter]:
    """Return the chapters of the sample's report, made again from what its stages saved."""
    from analysis.engagement import records
    from analysis.engagement.load import load_engagement
    from analysis.engagement.report import run_facts
    from analysis.engagement.stage import read_results
    from analysis.engagement.stages import CHAIN, stage_spec

    folder = sample_run.workspace / "engagements" / "sample"
    engagement = load_engagement(folder / "engagement.toml")
    found = {spec.name: records.current(folder / "work", spec.name) for spec in CHAIN[:-1]}
    results: dict[str, object] = {"client": engagement.client, "queues": engagement.queue}
    for name, record in found.items():
        results |= read_results(stage_spec(name), record.folder)
    results["run"] = run_facts(found, {name: record.components() for name, record in found.items()}, [])
    return chapters_of(documents.context(results))


def test_every_file_of_the_client_is_named_by_an_exhibit(chapters):
    from analysis.report.chapters.lineage import drawn_from

    drawn = drawn_from(chapters)
    given = ("spells", "contacts", "volumes", "forecasts", "work_items", "observations", "self_reports", "quality")
    given += ("roster", "schedule", "skills", "item_types", "workload", "answers", "listening", "expectations")
    assert [table for table in given if table not in drawn] == []

"""What every exhibit of every report must say: a finding with numbers, its source, how many stand behind it, its definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.report.blocks import Chapter, Exhibit, Source, numbered
from analysis.report.chapters import data, glossary, method, settings, traps
from analysis.report.material import chapters_of
from tests.report import documents

# a number in figures or in words
NUMBER = re.compile(
    r"\d|\b(?:no|none|one|two|three|four|five|six|seven|eight|nine|ten|half|every|all)\b", re.IGNORECASE
)
# what a source line may begin with: tables of the client or results of stages
NAMED = re.compile(r"Source: \S")


def exhibits(chapters: list[Chapter]) -> Iterator[tuple[str, Exhibit]]:
    """Yield every exhibit with the words that find it."""
    for chapter in chapters:
        for part in chapter.parts:
            if isinstance(part, Exhibit):
                yield f"{chapter.question} | {part.headline[:70]}", part


@pytest.fixture(scope="module", params=sorted(documents.EVERY))
def chapters(request: pytest.FixtureRequest) -> list[Chapter]:
    """Return the chapters of one kind of report."""
    made: Callable[[], Any] = documents.EVERY[request.param]
    return chapters_of(made())


def source_of(exhibit: Exhibit) -> Source:
    return exhibit.source if isinstance(exhibit.source, Source) else Source(exhibit.source)


def test_every_headline_states_a_number_or_why_none(chapters):
    found = list(exhibits(chapters))
    assert found
    assert [where for where, one in found if not NUMBER.search(one.headline) and not one.unnumbered] == []


def test_every_source_line_names_files_or_results_with_their_period(chapters):
    wrong = [
        where
        for where, one in exhibits(chapters)
        if not NAMED.match(source_of(one).files) or not re.search(r"\d{4}", source_of(one).files)
    ]
    assert wrong == []


def test_every_exhibit_says_how_many_stand_behind_it(chapters):
    wrong = [
        (where, source_of(one).n)
        for where, one in exhibits(chapters)
        if not re.search(r"(\d|\bone\b).*[a-z]", source_of(one).n)
    ]
    assert wrong == []


def test_every_exhibit_says_what_it_counts(chapters):
    assert [where for where, one in exhibits(chapters) if not source_of(one).definition.endswith((".", ")"))] == []


# ------------------------------------------------------------------------------------------------ the appendices


@pytest.fixture(scope="module")
def full() -> Any:
    """Return the context of the hand-made insurer."""
    return documents.EVERY["full"]()


def test_who_set_a_setting_is_told(full):
    run = replace(full.run, overrides=[("blending.resume_s", 30.0)])
    blending = replace(full.blending, settings=full.blending.settings.model_copy(update={"resume_s": 30.0}))
    utilization = replace(full.utilization, settings=full.utilization.settings.model_copy(update={"cut_off_h": 17.0}))
    found = settings.chosen(replace(full, run=run, blending=blending, utilization=utilization))
    by = {one.name: (one.value, one.default, one.by) for one in found}
    assert by["blending.resume_s"] == ("30", "none", "run")
    assert by["utilization.cut_off_h"] == ("17", "24", "file")
    assert by["baseline.confidence"] == ("0.95", "0.95", "default")
    chapter = settings.chapter(replace(full, run=run, blending=blending, utilization=utilization))
    shown = {row[0]: row[3].text for row in chapter.parts[0].rows}
    assert (shown["blending.resume_s"], shown["utilization.cut_off_h"]) == ("this run", "engagement file")


def test_only_methods_that_were_used_are_told(full):
    used, unused = set(method.names(full)), set(method.names(documents.EVERY["nothing"]()))
    assert {"ladder", "looks", "queueing", "policies", "value", "agreement"} <= used
    assert unused < used
    assert not {"looks", "queueing", "policies", "forecast", "value"} & unused
    catalogue = {key.partition(".")[0] for key in full.words.section("method")}
    assert set(method.USED) <= catalogue


def test_the_front_tells_the_weightiest_findings_and_the_appendix_all(full):
    front = next(part for _, part in exhibits([data.chapter(full)]) if "things were found" in part.headline)
    rows = [row for _, part in exhibits([traps.chapter(full)]) for row in part.rows if len(row) == len(front.rows[0])]
    assert len(front.rows) <= data.MOST_FINDINGS
    assert set(map(str, front.rows)) <= set(map(str, rows))
    alike = {(one.severity, one.code if one.severity != "rejected" else "", one.where) for one in full.findings}
    assert len(rows) == len(alike)


def test_traps_are_told_by_outcome(full):
    known = [
        ("status.csv", "vendor", "unit", "Are durations in seconds?", True, 0, 0, ""),
        ("status.csv", "vendor", "locked", "Is Idle a locked screen?", True, 12, 3_600_000_000, "12 rows are locked screens."),
        ("status.csv", "vendor", "gone", "Is the last state missing?", False, 0, 0, ""),
    ]  # fmt: skip
    frame = pd.DataFrame(
        known, columns=["source", "adapter", "code", "question", "tested", "rows", "moved_us", "words"]
    )
    log = traps.chapter(replace(full, reconciliation=replace(full.reconciliation, traps=frame))).parts[0]
    assert [row[2].text for row in log.rows] == ["found", "passed", "not testable"]
    assert log.headline == "Of 3 known traps of these formats, 1 passed, 1 found something and 1 could not be tested"


def test_the_glossary_holds_every_word_of_the_ladder_and_every_grade(full):
    terms = {note.term.lower() for note in glossary.chapter(full).parts[0].items}
    assert {text.lower() for text in full.words.section("state").values()} <= terms
    assert {f"grade {letter}".lower() for letter in "ABCD"} <= terms
    assert {"interval", "counted", "time at work", "waiting", "structural", "surplus", "promise"} <= terms


def test_answers_stand_behind_readiness_alone(full):
    from analysis.engagement.stages import CHAIN, SAID
    from analysis.report import context

    assert context.SAID == SAID
    assert set(context.COUNTS_ALONE) == {spec.name for spec in CHAIN if spec.counts_alone}


def headers_that_repeat(part, found):
    """Collect the labels of every table that may run over a page."""
    if isinstance(part, dict):
        if "columns" in part and "rows" in part and (part.get("breakable") or part.get("kind") == "list"):
            found.append(" ".join(column["label"] for column in part["columns"]).split())
        for value in part.values():
            headers_that_repeat(value, found)
    elif isinstance(part, list | tuple):
        for value in part:
            headers_that_repeat(value, found)
    return found


def test_repeated_headers_are_labels_and_no_sentences(chapters):
    """A reader of tags takes a repeated row of eight words, four of them in small letters, for prose that was left out."""
    found = headers_that_repeat(numbered(chapters), [])
    assert found
    assert [words for words in found if len(words) >= 8 and sum(word[:1].islower() for word in words) >= 4] == []

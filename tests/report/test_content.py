"""What every exhibit of every report must say: a finding with numbers, its source, how many stand behind it, its definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analysis.report.blocks import Chapter, Exhibit, Source
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

"""The two pages on listening, and the chapter of the assessment: what they say, and what they never say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import itertools
from types import SimpleNamespace

import pandas as pd
import pikepdf
import pytest

from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import DisclosureProblem, typed_table
from analysis.readiness.listening import listen, read_guide
from analysis.report.chapters import heard as chapter
from analysis.report.exhibits import themes_heard, voices
from analysis.report.exhibits.theme import Theme
from analysis.report.listening import build_listening
from tests.report.conftest import words_of

GUIDE = read_guide()
DAY = pd.Timestamp("2026-03-02")
MEASURED = SimpleNamespace(
    quantities=[
        Quantity("baseline.non_work_share", Estimate(0.23, 0.20, 0.27, grade="B"), "", {"population": "back_office"}),
        Quantity("baseline.idle_share", Estimate(0.31, 0.27, 0.35), "", {"population": "contact_centre"}),
    ],
    settings=SimpleNamespace(minimum_group_agents=10),
)


def table(name, rows):
    return typed_table(name, pd.DataFrame(list(rows)))


def world(*, themes=None, times=4, answers=2, baseline=None):
    """Return what was heard: so many themes and answers, every question guessed by five leaders."""
    voices_of = itertools.cycle((("agent", "North"), ("clerk", "Claims")))
    notes = [
        {"heard_on": DAY, "role": role, "team": team, "theme": theme.name, "read_back_on": DAY + pd.Timedelta(days=3), "agreed": True}
        for theme in GUIDE.themes[:themes]
        for role, team in itertools.islice(voices_of, times)
    ]  # fmt: skip
    guesses = [
        {"rater": f"x{n}", "role": "manager", "population": population, "quantity": one.question, "guess": 0.06 + 0.04 * n, "stated_on": DAY}
        for one in GUIDE.expectations
        for population in one.populations
        for n in range(5)
    ]  # fmt: skip
    changed = [{"theme": "planning", "changed": ("Working " * 25)[:198], "owner_role": "head of customer service and operation", "changed_on": DAY}] * answers  # fmt: skip
    planned = [{"role": role.name, "people": 120, "planned_on": DAY} for role in GUIDE.roles]
    rows = {"listening": notes, "expectations": guesses, "responses": changed, "to_hear": planned}
    return listen({name: table(name, part) for name, part in rows.items() if part}, baseline=baseline)


def pages(heard, paper="a4", client="Acme Mutual", period=None):
    return build_listening(heard, GUIDE, client=client, run="0123456789ab", paper=paper, period=period).pdf


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_fullest_log_still_takes_two_pages(paper):
    told = words_of(pages(world(answers=9, baseline=MEASURED), paper, client="A very long name of a client " * 6))
    assert len(told) == 2
    assert "are not shown here" in told[0]
    assert "Team leaders" in told[1]
    assert "Rules of listening" in told[1]


def test_the_pages_say_what_was_heard_and_never_who_or_where():
    first, second = words_of(pages(world(themes=5, baseline=MEASURED)))
    for words in (
        "Of 20 notes, 4 are on planning",
        "3 days",
        "all read back",
        "What changed because of what was heard: 2 answers",
    ):
        assert words in first
    assert "5 of 7 roles have not been heard yet" in second
    assert "5 to 20 %, middle 15 % 23 % (20 to 27)" in second.replace("\u00a0", " ")
    assert "guessed too low" in second
    assert not {"North", "Claims"} & set((first + second).split())


def test_a_log_without_notes_shows_what_else_was_written_down_on_two_pages():
    told = words_of(
        pages(world(times=0, answers=3, baseline=MEASURED), "letter", client="A very long name of a client " * 6)
    )
    assert len(told) == 2
    assert "Leaders guessed 2 of 2 figures too low" in told[0]
    assert "What changed because of what was heard: 3 answers" in told[0]
    assert "120 people on the list, planned for 2 March 2026" in told[1].replace("\u00a0", " ")


def test_an_empty_log_says_how_to_begin_and_asks_the_questions():
    first, second = words_of(pages(listen({}), period=(dt.date(2026, 3, 2), dt.date(2026, 4, 26))))
    assert "2 March to 26 April 2026" in first.replace("\u00a0", " ")
    assert "Too little was written down so far" in first
    assert "First steps" in first
    assert all(" ".join(one.ask.split()) in first for one in GUIDE.expectations)
    asked = [line for role in GUIDE.roles for line in role.questions]
    assert all(line in second for line in [*GUIDE.opening, *asked, *GUIDE.closing])


def test_the_same_content_gives_the_same_tagged_pages():
    heard = world(themes=3, answers=0)
    one = pages(heard)
    assert one == pages(heard)
    with pikepdf.open(io.BytesIO(one)) as document:
        assert document.Root.MarkInfo.Marked
        assert "Acme Mutual" in document.open_metadata()["dc:title"]
    assert "Nothing is recorded that changed" in words_of(one)[0]


def test_a_pseudonym_stops_the_pages():
    with pytest.raises(DisclosureProblem, match=r"listening.pdf: holds 2 pseudonyms"):
        pages(listen({}), client="p0123456789ab")


@pytest.mark.parametrize(
    ("frame", "column", "what"),
    [
        ("listening", "times", "themes"),
        ("listening", "escalations", "escalations"),
        ("heard", "notes", "roles"),
        ("expectations", "people", "guesses"),
    ],
)
def test_a_count_that_could_be_one_persons_stops_the_pages(frame, column, what):
    heard = world(themes=3)
    small = getattr(heard, frame).copy()
    small.loc[0, column] = 1
    with pytest.raises(DisclosureProblem, match=f"1 counts of {what} could be of one person"):
        pages(dataclasses.replace(heard, **{frame: small}))


def test_more_themes_than_a_chart_holds_are_put_together_without_losing_a_note():
    heard = world()
    frame = voices.rows(heard)
    assert len(frame) == voices.MOST_THEMES + 1
    assert frame["times"].sum() == len(GUIDE.themes) * 4
    assert themes_heard(heard).patches
    assert "Other themes: 40 notes, all read back" in voices.alt_text(heard)
    assert voices.headline(heard).startswith("Of 68 notes, 4 are on budget")
    assert voices.missing(listen({}))
    with pytest.raises(ValueError, match="too few notes"):
        themes_heard(listen({}))


def test_the_chapter_opens_with_the_answer_and_says_what_is_missing():
    words = Theme().words
    assert "Nothing is recorded that changed" in chapter.answer(words, world(themes=3, answers=0))
    assert "All were read back" in chapter.answer(words, world(themes=3))
    nothing = listen({})
    assert "is missing from this assessment" in chapter.answer(words, nothing)
    assert chapter.themes(Theme(), nothing).headline.startswith("What people said cannot be told")
    assert chapter.expected(words, nothing) == []

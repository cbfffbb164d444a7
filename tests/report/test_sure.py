"""How sure the baseline is: every sentence says what the frames hold, and no more."""

import dataclasses

import pytest

from analysis.report.chapters import sure
from analysis.report.context import Context
from analysis.report.exhibits.theme import Theme

BO, CC = "back_office", "contact_centre"


@pytest.fixture
def context(material):
    def make(**changes):
        baseline = dataclasses.replace(material["baseline"], **changes)
        return Context(**{**material, "baseline": baseline}, theme=Theme())

    return make


def answers(chapter):
    """Return the five answers by question, of contact centre and back office."""
    table = next(part for part in chapter.parts if "questions about the figure of non-work, answered" in part.headline)
    return {row[0].text: [str(cell).replace("\u00a0", " ") for cell in row[1:]] for row in table.rows}


def test_five_questions_are_answered_from_the_sources(context):
    found = answers(sure.chapter(context()))
    assert list(found) == [
        "How much?",
        "How sure?",
        "Compared with what?",
        "By which definition?",
        "What could not be seen?",
    ]
    centre, office = found["How sure?"]
    assert "It is a range, not a figure" in centre
    assert "210 observed person-days" in office
    assert "3,412 looks" in office
    assert "found 93 % of the non-work and took 2 % of other time for it. The figure is corrected for that." in office
    assert "52 % of the time at work was seen as work" in office
    assert "earned hours 45 % (43 to 47)" in found["Compared with what?"][1]
    assert "Published figures, 7 to 50 %, stand beside it" in found["Compared with what?"][1]
    assert "In 73 % of the time between records work was waiting" in found["What could not be seen?"][1]


def test_observers_who_could_not_correct_or_were_not_tested_are_told_so(context, material):
    facts, sources = material["baseline"].facts, material["baseline"].sources
    looked = sources["source"].eq("work_sampling")
    same = sources.assign(value=sources["value"].mask(looked, 0.27))
    assert "too little to correct the figure by" in answers(sure.chapter(context(sources=same)))["How sure?"][1]
    alone = facts[~facts["fact"].str.startswith("observer_")]
    assert "How often observers err was not tested." in answers(sure.chapter(context(facts=alone)))["How sure?"][1]


def test_the_reason_stands_beside_every_source(context):
    chapter = sure.chapter(context())
    table = next(part for part in chapter.parts if "is taken from" in part.headline)
    assert table.headline.startswith("Back office: the figure, 27\u00a0% (23\u00a0to\u00a032)")
    assert table.headline.endswith("is taken from logs and looks joined, one of 6 sources")
    assert [row[0].text for row in table.rows if row[0].strong] == ["Logs and looks joined"]
    assert all(row[3] for row in table.rows)
    assert "The back office's figure is taken from logs and looks joined." in chapter.answer

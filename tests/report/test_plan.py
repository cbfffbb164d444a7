"""How to start and what to hand out: every row of the plan reaches the page, the two pages are two pages, whatever the texts."""

from __future__ import annotations

import dataclasses

import pikepdf
import pytest

from analysis.report import material as built_of
from analysis.report.chapters import plan, risks
from analysis.report.communication import build_communication
from analysis.report.words import load_words
from tests.report.conftest import words_of
from tests.report.test_results import context

W = load_words()


def said(chapter) -> str:
    """Return every text of a chapter."""
    texts = [chapter.question, chapter.answer]
    for part in chapter.parts:
        texts += [getattr(part, "headline", ""), str(getattr(part, "source", "")), getattr(part, "text", "")]
        texts += [cell if isinstance(cell, str) else cell.text for row in getattr(part, "rows", ()) for cell in row]
        texts += [f"{note.term} {note.text}" for note in getattr(part, "items", ())]
    return " ".join(texts)


@pytest.fixture(scope="module")
def handed(material, tmp_path_factory):
    """Return the two pages of the insurer."""
    out = tmp_path_factory.mktemp("pages")
    build_communication(client=material["client"], readiness=material["readiness"], run=material["run"], out=out)
    return out / "communication.pdf"


def test_every_step_rule_day_figure_and_risk_is_printed(material):
    readiness = material["readiness"]
    text = said(plan.chapter(context(material)))
    frame = readiness.plan
    assert len(frame[frame["kind"] == "do"])
    for row in frame.itertuples():
        # what has to change, with owner and evidence, stands in the chapter on readiness
        assert row.criterion or str(row.text) in text
        assert row.criterion in text
    for column in ("what", "who", "why"):
        assert all(str(one) in text for one in readiness.calendar[column])
    assert all(str(words) in text for words in readiness.kpis["words"])
    guarded = said(risks.chapter(context(material)))
    for column in ("risk", "why", "guard", "owner_role"):
        assert all(str(one) in guarded for one in readiness.risks[column])


def test_both_chapters_stand_before_the_method_and_after_readiness():
    order = [chapter.__module__.split(".")[-1] for chapter in (*built_of.CHAPTERS, *built_of.LAST)]
    assert order.index("ready") < order.index("plan") < order.index("risks") < order.index("method")


def test_a_tree_lists_drivers_below_what_they_drive(material):
    rows = [(row["kpi"], depth) for row, depth in plan._tree(material["readiness"].kpis)]
    at = {name: place for place, (name, _) in enumerate(rows)}
    depths = dict(rows)
    for row in material["readiness"].kpis.itertuples():
        if row.role == "driver" and row.parent:
            assert at[row.kpi] > at[row.parent]
            assert depths[row.kpi] == depths[row.parent] + 1


def test_the_pages_are_two_tagged_and_the_same_bytes_again(material, handed, tmp_path):
    pages = words_of(handed)
    assert len(pages) == 2
    assert W("communication.audience.managers") in pages[0]
    assert W("communication.audience.staff") in pages[1]
    for row in material["readiness"].messages.itertuples():
        assert " ".join(str(row.text).split()).replace("\u00a0", " ")[:60] in pages[row.audience == "staff"].replace("\u00a0", " ")  # fmt: skip
    with pikepdf.open(handed) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.docinfo["/Title"] == f"{W('communication.title')} · {material['client'].name}"
    again = tmp_path / "again"
    build_communication(client=material["client"], readiness=material["readiness"], run=material["run"], out=again)
    assert (again / "communication.pdf").read_bytes() == handed.read_bytes()


def test_pages_stay_two_however_long_the_texts_are(material, tmp_path):
    readiness = material["readiness"]
    long = (
        readiness.messages["text"]
        + " And a line of more words that a consultant wrote without thinking of the page." * 4
    )
    wordy = dataclasses.replace(readiness, messages=readiness.messages.assign(text=long.where(readiness.messages["topic"] != "page", readiness.messages["text"])))  # fmt: skip
    build_communication(client=material["client"], readiness=wordy, out=tmp_path, paper="letter")
    assert len(words_of(tmp_path / "communication.pdf")) == 2


@pytest.mark.parametrize(("level", "told"), [(None, True), (1, True), (2, False), (4, False)])
def test_the_pages_say_that_they_may_not_be_handed_out_before_leaders_spoke(material, level, told):
    from analysis.report.communication import _page

    criteria = material["readiness"].criteria.copy()
    criteria["level"] = criteria["level"].where(criteria["criterion"] != "K1", level)
    readiness = dataclasses.replace(material["readiness"], criteria=criteria)
    for audience in ("managers", "staff"):
        assert bool(_page(W, material["client"], readiness, audience)["notice"]) is told

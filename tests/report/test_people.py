"""The page on people: everything that it has to say, on one sheet, with figures counted from the results."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pandas as pd
import pytest

from analysis.report.blocks import Facts, Terms
from analysis.report.chapters import people, risks
from analysis.report.context import Context
from analysis.report.disclosure import Audit
from analysis.report.exhibits.theme import Theme
from analysis.report.run import Run
from tests.report.conftest import words_of

QUESTION = "What protects the people behind these figures?"


def context(
    material: dict[str, Any], *, baseline: dict[str, Any] | None = None, run: dict[str, Any] | None = None, **more: Any
) -> Context:
    parts = dict(material)
    parts["baseline"] = dataclasses.replace(parts["baseline"], **(baseline or {}))
    parts["run"] = Run.of({**parts["run"], **(run or {})})
    return Context(**parts, theme=Theme(), **more)


def audited(**counts: Any) -> Audit:
    return Audit(
        **{"cells": 700, "protected": 90, "implied": 0, "recovered": 0, **counts}, targets=pd.DataFrame(), sentence=""
    )


def said(c: Context) -> str:
    """Return all words of the page."""
    chapter = people.chapter(c)
    texts = [chapter.question, chapter.answer]
    for part in chapter.parts:
        if isinstance(part, Facts):
            texts += [f"{fact.value} {fact.text}" for fact in part.items]
        elif isinstance(part, Terms):
            texts += [f"{note.term} {note.text}" for note in part.items]
        else:
            texts += [part.headline, str(part.source), *(" ".join(map(str, row)) for row in part.rows)]
    return " ".join(texts).replace("\u00a0", " ")


def test_it_says_all_that_it_has_to(material):
    text = said(context(material, audit=audited(), run={"retention_days": 60}))
    files = material["intake"].files
    for word in (
        "No figure stands on fewer than 10 people",
        "all 700 published figures",
        "none of 90 figures of fewer people",
        "2 March to 26 April 2026",
        f"Of {files['physical'].sum():,} rows {files['used'].sum():,} were used",
        "Each report is held against all earlier ones",
        "must not be used to judge, rank, pay or warn anybody",
        "data protection impact assessment",
        "representatives of the workforce",
        "not legal advice",
        "at the latest 60 days after its start",
    ):
        assert word in text, word


def test_counts_are_those_of_the_frames(material):
    baseline = material["baseline"]
    found = people.cuts(context(material)).set_index(["population", "by"])
    groups = baseline.groups[baseline.groups["population"] == "contact_centre"]
    assert found.loc[("contact_centre", "group"), "shown"] == groups.loc[groups["value"].notna(), "group"].nunique()
    slots = baseline.idle_by_slot
    few = slots[slots["attended_agents"].isna()].groupby(["weekday", "span_start_s"]).ngroups
    assert few > 0
    assert found.loc[("contact_centre", "slot"), "left_out"] == few
    hidden = baseline.groups.assign(value=float("nan"), low=float("nan"), high=float("nan"), status="suppressed")
    after = people.cuts(context(material, baseline={"groups": hidden})).set_index(["population", "by"])
    assert after.loc[("contact_centre", "group"), ["shown", "left_out"]].tolist() == [0, groups["group"].nunique()]


def test_what_was_put_together_is_named_until_the_page_is_full(material):
    merges = material["baseline"].merges
    text = said(context(material))
    for row in merges.itertuples():
        assert f"{row.level} from {row.parts} ({row.agents} people)" in text
    many = pd.concat([merges.assign(level=merges["level"] + f" {at}") for at in range(20)], ignore_index=True)
    text = said(context(material, baseline={"merges": many}))
    shown = len(re.findall(r"\(\d+ people\)", text))
    assert 0 < shown < len(many)
    assert f"{len(many) - shown} more in tables.xlsx" in text
    assert "Nothing had to be put together" in said(context(material, baseline={"merges": merges.head(0)}))


def test_a_smaller_group_needs_its_reason_in_print(material):
    settings = material["baseline"].settings.model_copy(update={"minimum_group_agents": 6})
    text = said(
        context(material, baseline={"settings": settings}, run={"small_group_reason": "The site has eight people."})
    )
    assert "fewer than 6 people" in text
    assert "Fewer than 10 because: The site has eight people." in text


@pytest.mark.parametrize(
    ("audit", "words"),
    [
        (audited(protected=0), "found none of fewer people"),
        (
            audited(protected=12, implied=12),
            "12 more are bounded that near by a single figure of 10 or more",
        ),
        (audited(cells=0, protected=0), "None is about a part of a population"),
    ],
)
def test_an_attack_with_nothing_to_find_is_not_called_a_success(material, audit, words):
    text = said(context(material, audit=audit))
    assert words in text
    assert "brought none of" not in text


def test_what_the_attack_succeeded_with_is_named_as_left_out(material):
    text = said(context(material, audit=audited(withheld=(("back_office", "tenure"),))))
    assert "Left out as a whole, because the attack succeeded with it: length of service of the back office." in text
    assert "Left out as a whole" not in said(context(material, audit=audited()))


def test_what_holds_for_people_is_said_once(material):
    c = context(material, audit=audited())
    other = " ".join(str(part.rows) + part.headline for part in risks.chapter(c).parts)
    terms = next(part for part in people.chapter(c).parts if isinstance(part, Terms))
    assert len({note.term for note in terms.items}) == len(people.TERMS)
    assert not [note.term for note in terms.items if note.text in other]


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_it_is_one_sheet(paper, built, material, tmp_path):
    pdf = built / "assessment.pdf"
    if paper == "letter":
        from analysis.report import build_report

        build_report(**material, out=tmp_path, paper="letter", only="pdf")
        pdf = tmp_path / "assessment.pdf"
    pages = words_of(pdf)
    (at,) = [place for place, page in enumerate(pages) if QUESTION in page and "Not for appraisal" in page]
    assert "team that cannot go on stops the phase" in pages[at]
    assert "What could go wrong?" not in pages[at]

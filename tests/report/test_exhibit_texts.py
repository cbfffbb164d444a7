"""Every exhibit as it is printed: no text outside its figure or over another, whatever a client's names are; and as a notebook calls it."""

from __future__ import annotations

import dataclasses
import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme
from analysis.report.material import material as said
from analysis.report.paper import paper_named
from tests.report import documents
from tests.report.drawn_texts import boxes, faults, of_report
from tests.report.hostile_names import LENGTH, hostile
from tests.report.public_exhibits import drawable, public

PUBLIC = public()
# drawn in no chapter: the balance of hours stands on page two in another form
NOT_IN_THE_REPORT = {"capacity_balance"}


@pytest.fixture(scope="module")
def results(material):
    return drawable(material)


def printed(drawings, paper="a4") -> dict[str, list[str]]:
    """Return the faults of every chart of a report, drawn at the size at which it is printed."""
    sheet = paper_named(paper)
    return {
        drawing.name: faults(
            of_report(
                drawing.draw,
                width_mm=sheet.columns_mm(drawing.columns),
                height_mm=drawing.height_mm,
                margins_mm=drawing.margins_mm,
            )
        )
        for drawing in drawings
    }


def some(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.fixture(scope="module")
def long_names():
    context = documents.context(hostile(documents.full()))
    return context, said(context)


def test_no_text_of_a_report_with_long_and_odd_names_is_clipped_or_covered(long_names):
    _, spoken = long_names
    found = printed(spoken.drawings)
    assert len(found) > 25
    assert some(found) == {}


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("document", sorted(documents.EVERY))
def test_no_text_of_any_report_is_clipped_or_covered_on_either_paper(document, paper):
    assert some(printed(said(documents.EVERY[document]()).drawings, paper)) == {}


def test_the_check_sees_a_clipped_and_a_covered_text():
    with mpl.rc_context(Theme().settings()):
        figure = Figure(figsize=(2, 1), dpi=72)
        ax = style.inside(figure, (2, 2, 2, 2))
        ax.set_axis_off()
        ax.text(0.1, 0.5, "under")
        ax.text(0.12, 0.52, "over")
        ax.text(0.9, 0.1, "far out of the figure")
    wrong = faults(figure)
    assert [one.split(":")[0] for one in wrong] == ["outside", "over each other"]


def test_hostile_names_reach_the_charts(long_names):
    context, spoken = long_names
    names = set(context.baseline.item_lengths["type"])
    assert all(len(name) == LENGTH for name in names)
    drawing = next(one for one in spoken.drawings if one.name == "gap_survival")
    figure = of_report(drawing.draw, width_mm=166, height_mm=drawing.height_mm, margins_mm=drawing.margins_mm)
    assert sum(box.text.endswith("…") for box in boxes(figure)) >= len(names)


def test_a_chart_in_words_begins_with_its_finding_and_goes_on_with_numbers(long_names):
    _, spoken = long_names
    parts = [part for chapter in spoken.record["chapters"] for part in chapter["parts"]]
    figures = [part for part in parts if part["kind"] == "figure"]
    assert len(figures) > 20
    for part in figures:
        assert part["alt"].startswith(part["headline"]), part["headline"]
        rest = part["alt"].removeprefix(part["headline"])
        assert re.search(r"\d", rest), part["headline"]
        assert rest.endswith(".")


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_notebook_draws_it_without_arguments_beyond_the_result(name, results):
    from matplotlib import pyplot as plt

    one = PUBLIC[name]
    try:
        axes = one.draw(results[one.stage])
        assert isinstance(axes, Axes)
        figure = axes.get_figure(root=True)
        assert figure is plt.gcf()
        assert isinstance(figure, Figure)
        assert faults(figure) == []
    finally:
        plt.close("all")
    with mpl.rc_context(Theme().settings()):
        given = style.inside(Figure(figsize=(166 / 25.4, 4), dpi=72), (40, 40, 6, 8))
        assert one.draw(results[one.stage], ax=given).get_figure(root=True) is given.get_figure(root=True)


def test_every_public_exhibit_is_used_in_a_deliverable(root):
    texts = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((root / "analysis" / "report").rglob("*.py"))
        if path.parent.name != "exhibits"
    )
    unused = {name for name in PUBLIC if not re.search(rf"\.{name}\b", texts)}
    assert unused == NOT_IN_THE_REPORT


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_its_finding_and_its_words_hold_numbers(name, results):
    one = PUBLIC[name]
    headline, alt = one.module.headline(results[one.stage]), one.module.alt_text(results[one.stage])
    assert re.search(r"\d", headline)
    assert re.search(r"\d", alt)
    assert alt.endswith(".")


@pytest.mark.parametrize("groups", [0, 2, 24])
def test_a_funnel_of_few_or_many_groups(groups, material):
    from analysis.report.exhibits import funnels
    from tests.report import factory_groups

    baseline = material["baseline"]
    first = baseline.groups[baseline.groups["group"] == "Team North 1"]
    rng = np.random.default_rng(5)
    rows = [
        first.assign(
            group=f"Team {place:02d} with a name that is far too long for its dot",
            agents=10 + place,
            value=first["value"] * (1 + 0.02 * rng.normal()),
        )
        for place in range(groups)
    ]
    frame = pd.concat(rows, ignore_index=True) if rows else first.head(0)
    many = dataclasses.replace(
        baseline, groups=frame, level_days=factory_groups.level_days(frame) if groups else baseline.level_days
    )
    if groups < funnels.FEWEST_GROUPS:
        assert "fewer than three groups" in funnels.missing(many)
        return
    found = funnels.placed(many)
    assert found is not None
    assert found.funnel.over >= 1
    assert "of 24 contact-centre groups" in funnels.headline(many)
    figure = of_report(
        lambda ax: funnels.funnel(many, ax=ax), width_mm=166, height_mm=funnels.HEIGHT_MM, margins_mm=funnels.MARGINS_MM
    )
    assert faults(figure) == []

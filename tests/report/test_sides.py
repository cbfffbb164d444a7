"""The sources side by side: every source is drawn, the headline is marked, what is published stands apart."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.baseline.frames import COLUMNS
from analysis.report.exhibits import sides, style

NONE = np.nan


def sources(*rows):
    """Return a baseline with these sources: name, value, low, high, n, grade, headline."""
    names = ("source", "value", "low", "high", "n", "grade", "headline")
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows]).assign(
        population="back_office", n_unit="days", status="ok", reason="rounds on only 4 days", estimand="", why=""
    )
    return SimpleNamespace(sources=frame[list(COLUMNS["sources"])])


MEASURED = sources(
    ("self_reports", 0.09, 0.06, 0.13, 31, "C", False),
    ("two_phase", 0.27, 0.23, 0.32, 64, "B", True),
    ("log_bound", NONE, 0.08, 0.55, 40, "A", False),
    ("work_sampling", NONE, NONE, NONE, 4, "B", False),
)
LOGS = sources(
    ("log_bound", NONE, 0.08, 0.93, 40, "A", True),
    ("earned_hours", -0.05, -0.1, 0.02, 40, "C", False),
)


def texts(baseline):
    figure = Figure(figsize=(166 / 25.4, sides.height_mm(baseline) / 25.4))
    ax = sides.sources_side_by_side(baseline, ax=style.inside(figure, sides.MARGINS_MM))
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(("baseline", "count"), [(MEASURED, 4), (LOGS, 2)])
def test_every_source_and_every_published_claim_is_drawn_with_the_numbers_of_its_alt_text(baseline, count):
    shown = texts(baseline)
    numbers = set(re.findall(r"\d+", " ".join(shown)))
    assert len(sides.rows(baseline)) == count
    assert set(re.findall(r"\d+", sides.alt_text(baseline))) <= numbers
    assert shown.count("the report's figure") == 1


def test_measurement_stands_first_whatever_the_order_of_the_frame():
    assert sides.rows(MEASURED)["source"].tolist() == ["two_phase", "work_sampling", "log_bound", "self_reports"]


def test_a_source_without_a_figure_says_why():
    assert any("only 4 days" in text for text in texts(MEASURED))


def test_the_headline_names_the_figure_and_its_source_or_says_that_nothing_measured_it():
    assert sides.headline(MEASURED).startswith("Non-work in the back office is 27\u00a0% (23\u00a0to\u00a032)")
    assert "cannot say where" in sides.headline(LOGS)


def test_a_population_without_sources_is_missing():
    assert sides.missing(MEASURED, population="contact_centre")
    with pytest.raises(ValueError, match="No source"):
        sides.sources_side_by_side(MEASURED, population="contact_centre")

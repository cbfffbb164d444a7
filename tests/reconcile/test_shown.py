"""What is shown of a reconciliation: lines to print, a tidy frame, and the calendar as a chart."""

from __future__ import annotations

import dataclasses
import re

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from analysis.intake import reconcile, reconciliation_lines
from analysis.report.exhibits import days, style
from analysis.report.exhibits.theme import Theme

HEAD = "item,type,agent,started,ended\n"


def log(*, without: str = "2026-03-11", until: str = "2026-04-24", people: int = 12) -> str:
    """Return a log of items on weekdays with a hole."""
    lines = []
    for day in pd.date_range("2026-03-02", until):
        if day.weekday() < 5 and f"{day:%Y-%m-%d}" != without:
            lines += [
                f"i{day:%m%d}{number}{hour},claim,clerk{number},{day:%Y-%m-%d} {hour:02d}:00:00,{day:%Y-%m-%d} {hour:02d}:20:00"
                for number in range(people)
                for hour in (9, 11, 14)
            ]
    return HEAD + "\n".join(lines) + "\n"


@pytest.fixture
def found(desk):
    read = desk.read(
        {"files": [desk.put("items.csv", log())], "table": "work_items"},
        {
            "files": [desk.put("few.csv", log(without="", until="2026-04-10", people=3).replace("i0", "f0"))],
            "table": "work_items",
        },
    )
    return reconcile(read, client=desk.client)


def test_lines_are_few_and_name_nobody(found):
    lines = reconciliation_lines(found)
    text = "\n".join(lines)
    assert "counted twice: 6 of 6 counts of rows and time agree" in lines
    assert "days: data/items.csv: 39 days with rows of 56; 1 missing" in lines
    assert "days: data/few.csv: 30 days with rows of 56; 10 outside" in lines
    assert "days: clocks change on 2026-03-29: days of 23 or 25 hours" in lines
    assert "clerk" not in text
    assert not re.search(r"\bp[0-9a-f]{12}\b", text)


def test_the_time_line_adds_up(found):
    line = next(line for line in reconciliation_lines(found) if line.startswith("time:"))
    left, right = line.removesuffix(", to the microsecond").split("=")
    left, right = (
        sum(float(text.replace(",", "")) for text in re.findall(r"(-? ?\d[\d,.]*) h", part.replace("- ", "-")))
        for part in (left, right)
    )
    assert left == pytest.approx(right)
    assert left > 0


def test_every_statement_is_a_row_of_the_frame(found):
    frame = found.to_frame()
    assert list(frame.columns) == ["part", "where", "what", "verdict", "words"]
    assert set(frame["part"]) == {"second count", "fact", "finding"}
    assert frame["words"].str.len().gt(0).all()


def cells_of(axes: Axes) -> list[tuple[str, float]]:
    """Return colour and height of every box of the chart, those of its legend included."""
    boxes = [(to_hex(patch.get_facecolor()), patch.get_height()) for patch in axes.patches]
    for drawn_together in axes.collections:
        shapes = zip(drawn_together.get_facecolor(), drawn_together.get_paths(), strict=True)
        boxes += [(to_hex(face), path.get_extents().height) for face, path in shapes]
    return boxes


def drawn(found, path=None) -> Axes:
    with mpl.rc_context(Theme().settings()):
        figure = Figure(figsize=(166 / 25.4, days.height_mm(found) / 25.4), dpi=72)
        axes = days.data_calendar(
            found, ax=style.inside(figure, (days.NAME_MM, days.WORDS_MM, days.TOP_MM, days.FOOT_MM))
        )
        if path is not None:
            style.save(figure, path)
        return axes


def test_the_chart_says_what_is_missing_and_marks_it(found):
    assert days.headline(found).replace("\u00a0", " ") == (
        "Day by day, 2 sources show 1 day without a row and 10 days outside their rows; clocks change on 29 March"
    )
    axes = drawn(found)
    assert isinstance(axes, Axes)
    colours = [colour for colour, _ in cells_of(axes)]
    # the missing day and its entry in the legend
    assert colours.count(style.WARNING.lower()) == 2
    # three people are too few for a level: their days are there, and no more
    assert colours.count(days.PRESENT.lower()) == 30 + 1
    texts = " ".join(text.get_text() for text in axes.texts)
    for part in ("items.csv", "rows on 39 of 56 days", "1 missing", "10 outside", "23\u00a0h"):
        assert part in texts
    assert "39 of 56" in days.alt_text(found)


def test_equal_data_give_equal_charts(found, tmp_path):
    for name in ("one.svg", "two.svg"):
        drawn(found, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_labels_stay_inside_the_figure(found):
    axes = drawn(found)
    figure = axes.get_figure()
    figure.draw_without_rendering()
    frame = figure.bbox
    for text in axes.texts:
        box = text.get_window_extent()
        assert box.x0 >= frame.x0 - 1, text.get_text()
        assert box.x1 <= frame.x1 + 1, text.get_text()
        assert box.y0 >= frame.y0 - 1, text.get_text()
        assert box.y1 <= frame.y1 + 1, text.get_text()


def test_a_year_is_drawn_by_week(found):
    frame = found.calendar[found.calendar["source"] == "data/items.csv"].head(1)
    year = pd.date_range("2026-01-01", "2026-12-31")
    marks = ["missing" if day.day_of_year == 40 else "" for day in year]
    whole = pd.concat([frame] * len(year), ignore_index=True).assign(
        day=year, mark=marks, rows=5, level=1.0, length_h=24.0
    )
    axes = drawn(dataclasses.replace(found, calendar=whole))
    cells = [colour for colour, height in cells_of(axes) if height == pytest.approx(0.66)]
    assert len(cells) == 53
    assert cells.count(style.WARNING.lower()) == 1


def test_without_days_there_is_a_sentence(found):
    nothing = dataclasses.replace(found, calendar=found.calendar.head(0))
    assert days.missing(nothing).startswith("No source holds rows that belong to a day")
    with pytest.raises(ValueError, match="No source holds rows"):
        days.data_calendar(nothing)

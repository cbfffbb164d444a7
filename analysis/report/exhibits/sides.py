"""The sources of non-work side by side: what each says, how sure it is, and which one the report takes its figure from."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.baseline.published import EVIDENCE, Published
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

DEFAULT = "back_office"
ORDER = ("two_phase", "work_sampling", "log_bound", "pooled", "gap_range", "earned_hours", "self_reports")
# published figures that are shares of time; at most seven, in the order in which they are read
PUBLISHED = (
    "half",
    "white_collar",
    "web_panel_2005",
    "web_panel_2006",
    "office_team",
    "diaries_2003",
    "diaries_2013",
)
SOURCE_MM, PUBLISHED_MM, BETWEEN_MM, HEAD_MM, FOOT_MM = 8.4, 4.6, 8.0, 6.0, 6.0
MARGINS_MM = (54.0, 58.0, HEAD_MM, FOOT_MM)
_RANGE = "#C9D2DA"
_FIGURE_MM, _GRADE_MM, _COUNT_MM = 3.0, 28.0, 38.0


def rows(baseline: Baseline, population: str = DEFAULT) -> pd.DataFrame:
    """Return the sources of a population, measurement first."""
    frame = baseline.sources[baseline.sources["population"] == population]
    place = {name: number for number, name in enumerate(ORDER)}
    return frame.sort_values("source", key=lambda names: names.map(place), kind="stable").reset_index(drop=True)


def published() -> list[Published]:
    """Return the published figures that are drawn."""
    by_key = {one.key: one for one in EVIDENCE}
    return [by_key[key] for key in PUBLISHED]


def height_mm(baseline: Baseline, population: str = DEFAULT) -> float:
    """Return how high the exhibit is [mm], margins included."""
    body = SOURCE_MM * len(rows(baseline, population)) + BETWEEN_MM + PUBLISHED_MM * len(PUBLISHED)
    return body + HEAD_MM + FOOT_MM


def missing(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    frame = rows(baseline, population)
    return "" if frame[["value", "low", "high"]].notna().any(axis=None) else (theme or Theme()).words("missing.sides")


def headline(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    frame = rows(baseline, population)
    subject, speaking = words(f"sides.subject.{population}"), _speaking(frame)
    chosen = frame[frame["headline"].astype(bool)]
    several = words.some("sides.sources", len(speaking))
    if len(chosen) and pd.notna(chosen["value"].iloc[0]):
        row = chosen.iloc[0]
        figure = n.interval(row["value"], row["low"], row["high"])
        source = words(f"sides.of.{row['source']}")
        return words("sides.headline.value", subject=subject, figure=figure, source=source, sources=several)
    if len(chosen) and chosen[["low", "high"]].notna().all(axis=None):
        row = chosen.iloc[0]
        bounds = n.bounds(row["low"], row["high"], sign=True, word="and")
        return words("sides.headline.bound", subject=subject, bounds=bounds, sources=several)
    return words("sides.headline.none", subject=subject, sources=several)


def _speaking(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the sources that have a figure or a bound."""
    return frame[frame[["value", "low", "high"]].notna().any(axis=1) & (frame["source"] != "pooled")]


def definition(*, theme: Theme | None = None) -> str:
    """Return what the line below the exhibit must say about its figures."""
    return (theme or Theme()).words("sides.definition")


def alt_text(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for row in rows(baseline, population).itertuples():
        key = "sides.alt.headline" if row.headline else "sides.alt.source"
        said = _figure(row, theme or Theme()) or words("sides.no_figure")
        parts.append(words(key, source=words(f"sides.name.{row.source}"), figure=said, grade=row.grade))
    outside = [
        words(
            "sides.alt.published",
            claim=words(f"sides.published.{one.key}"),
            year=one.year,
            figure=_claim(one, theme or Theme()),
        )
        for one in published()
    ]
    return " ".join([*parts, words("sides.alt.outside", claims=words.listed(outside))])


def _figure(row: Any, theme: Theme) -> str:
    """Return a source's figure or its ends as text."""
    n = theme.words.n
    if pd.notna(row.value):
        return n.interval(row.value, row.low, row.high)
    if pd.notna(row.low) and pd.notna(row.high):
        return n.bounds(row.low, row.high, sign=True)
    return ""


def _reason(text: object) -> str:
    """Return the first part of a reason, without the names of settings."""
    return re.sub(r" \([a-z_]+\)", "", str(text).partition(";")[0])


def _claim(one: Published, theme: Theme) -> str:
    """Return a published figure as text."""
    words = theme.words
    if one.share is None:
        return words("sides.up_to", share=words.n.share(one.high or 0.0))
    return words.n.share(one.share) if one.high is None else words.n.bounds(one.share, one.high, sign=True)


@exhibit
def sources_side_by_side(
    baseline: Baseline, *, population: str = DEFAULT, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw every source of non-work as a point with its interval, ranges as bars, published claims apart below a rule.

    Parameters
    ----------
    baseline
        The measured baseline.
    population
        ``"contact_centre"`` or ``"back_office"``.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the base, from 0; vertical axis in millimetres from the top.

    Raises
    ------
    ValueError
        No source says anything.
    """
    theme = theme or Theme()
    frame = rows(baseline, population)
    if missing(baseline, population=population):
        raise ValueError(missing(baseline, population=population, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(baseline, population), margins_mm=MARGINS_MM)
    below = SOURCE_MM * len(frame) + BETWEEN_MM
    end = _end(frame)
    ax.set(xlim=(0, end), ylim=(below + PUBLISHED_MM * len(PUBLISHED), 0))
    _columns(ax, theme)
    _headline_band(ax, frame, theme)
    for place, row in enumerate(frame.itertuples()):
        _source(ax, row, SOURCE_MM * (place + 0.5), theme)
    _rule(ax, below, theme)
    for place, one in enumerate(published()):
        _published(ax, one, below + PUBLISHED_MM * (place + 0.5), theme)
    ticks = [tick / 10 for tick in range(0, 11, 1 if end <= 0.6 else 2) if tick / 10 <= end]
    style.quiet(ax, bottom=True, x=True)
    ax.set_xticks(ticks, [theme.words.n.share(tick) if tick else "0" for tick in ticks])
    return ax


def _end(frame: pd.DataFrame) -> float:
    """Return where the axis ends: the largest number, rounded up to a tenth."""
    claims = [one.high or one.share or 0.0 for one in published()]
    largest = max([*frame[["value", "high"]].max(), *claims], key=lambda number: -1 if math.isnan(number) else number)
    return min(1.0, math.ceil(10 * largest + 0.2) / 10)


def _right(ax: Axes, millimetres: float) -> float:
    """Return a place right of the axes, in widths of the axes."""
    return 1 + style.MM * millimetres / style.size_pt(ax)[0]


def _left(ax: Axes) -> float:
    return -style.MM * (MARGINS_MM[0] - 1) / style.size_pt(ax)[0]


def _columns(ax: Axes, theme: Theme) -> None:
    """Name the columns above the first row."""
    words = theme.words
    places = {
        "source": _left(ax),
        "share": 0.0,
        "figure": _right(ax, _FIGURE_MM),
        "grade": _right(ax, _GRADE_MM),
        "n": _right(ax, _COUNT_MM),
    }
    for key, x in places.items():
        style.beside(ax, x, -1.2, words(f"sides.column.{key}"), va="bottom")


def _headline_band(ax: Axes, frame: pd.DataFrame, theme: Theme) -> None:
    """Draw the headline through all rows, so that every source is read against it."""
    chosen = frame[frame["headline"].astype(bool)]
    if chosen.empty or chosen[["value", "low", "high"]].isna().any(axis=None):
        return
    row, foot = chosen.iloc[0], SOURCE_MM * len(frame)
    ax.fill_betweenx([0, foot], max(row["low"], 0.0), row["high"], color=style.PANEL, lw=0, zorder=0)
    ax.plot([row["value"]] * 2, [0, foot], color=theme.accent, lw=0.75, ls=(0, (2, 2)), zorder=1)


def _source(ax: Axes, row: Any, y: float, theme: Theme) -> None:
    """Draw one source: its name, point or range, figure, grade and number behind it."""
    words, chosen = theme.words, bool(row.headline)
    colour, weight = (theme.accent, 600) if chosen else (theme.ink, 400)
    line = {"color": colour, "weight": weight}
    room = style.MM * (MARGINS_MM[0] - 3)
    name = style.fitted(words(f"sides.name.{row.source}"), style.LABEL, room)
    style.beside(ax, _left(ax), y - 1.4, name, size=style.LABEL, **line)
    note = words("sides.chosen") if chosen else words(f"sides.note.{row.source}")
    style.beside(ax, _left(ax), y + 1.6, style.fitted(note, style.SMALL, room))
    ax.axhline(
        y + SOURCE_MM / 2, xmin=_left(ax), xmax=_right(ax, 57), color=style.RULE, lw=style.HAIR * 0.6, clip_on=False
    )
    text = _figure(row, theme)
    if not text:
        width = style.size_pt(ax)[0] + style.MM * 56
        ax.text(0.004, y, style.fitted(f"{words('sides.no_figure')}: {_reason(row.reason)}", style.SMALL, width), size=style.SMALL,
                color=style.MUTED, va="center_baseline", zorder=4,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})  # fmt: skip
    elif pd.notna(row.value):
        end = ax.get_xlim()[1]
        low, value, high = (min(max(number, 0.0), end) for number in (row.low, row.value, row.high))
        ax.plot([low, high], [y, y], color=colour, lw=2.0 if chosen else 1.3, solid_capstyle="butt")
        ax.plot([value], [y], "o", ms=6.0 if chosen else 4.6, mfc=colour if chosen else "white", mec=colour, mew=1.1,
                clip_on=False, zorder=3)  # fmt: skip
    else:
        ax.barh(
            y, row.high - row.low, left=row.low, height=2.6, color=_RANGE, edgecolor=colour, lw=1.1 if chosen else 0.5
        )
    style.beside(ax, _right(ax, _FIGURE_MM), y, text, size=style.LABEL, **line)
    if text:
        style.beside(ax, _right(ax, _GRADE_MM), y, row.grade, size=style.LABEL, **line)
        if row.n:
            behind = f"{words.n.count(row.n)} {str(row.n_unit).removeprefix('observed ')}"
            style.beside(ax, _right(ax, _COUNT_MM), y, style.fitted(behind, style.SMALL, style.MM * 19))


def _rule(ax: Axes, below: float, theme: Theme) -> None:
    """Part what is published from what was measured here."""
    y = below - BETWEEN_MM + 2.6
    ax.axhline(y, xmin=_left(ax), xmax=_right(ax, 57), color=style.MUTED, lw=0.75, clip_on=False)
    style.beside(ax, _left(ax), y + 2.9, theme.words("sides.outside"), weight=600)


def _published(ax: Axes, one: Published, y: float, theme: Theme) -> None:
    """Draw one published claim in muted ink."""
    words, muted = theme.words, style.MUTED
    room = style.MM * (MARGINS_MM[0] - 3)
    style.beside(ax, _left(ax), y, style.fitted(words(f"sides.published.{one.key}"), style.SMALL, room))
    if one.share is None:
        ax.plot([0, one.high], [y, y], color=muted, lw=0.75, ls=(0, (1, 2)))
        ax.plot([one.high], [y], "|", ms=6, color=muted, mew=1.1)
    else:
        if one.high is not None:
            ax.plot([one.share, one.high], [y, y], color=muted, lw=0.9)
        ax.plot([one.share], [y], "D", ms=3.2, mfc="white", mec=muted, mew=0.9)
    style.beside(ax, _right(ax, _FIGURE_MM), y, _claim(one, theme))
    style.beside(ax, _right(ax, _GRADE_MM), y, one.grade)
    style.beside(ax, _right(ax, _COUNT_MM), y, one.year)

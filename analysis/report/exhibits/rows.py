"""What was read: the rows of every file by what became of them."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

# Rows that carry no record: they are part of the count and of no judgement.
FURNITURE = ("header", "banner", "blank", "total")
LEAST_NAME_MM, MOST_NAME_MM = 48.0, 72.0
FATES = ("used", "furniture", "duplicate", "excluded", "rejected")
COLOURS = {
    "used": style.MEANINGS["utilization"][0],
    "furniture": style.MEANINGS["unaccounted"][0],
    "duplicate": style.MEANINGS["support"][0],
    "excluded": style.MEANINGS["idle"][0],
    "rejected": style.WARNING,
}


def reasons(cell: Any) -> dict[str, int]:
    """Return the counts by reason that a file's row holds as JSON text or as a mapping."""
    counts = json.loads(cell) if isinstance(cell, str) and cell else cell or {}
    return {str(reason): int(count) for reason, count in counts.items()}


def fates(intake: Any) -> pd.DataFrame:
    """Return one row per file, all sheets that were read of it together: its rows by fate; the fates add to the physical rows."""
    frame = intake.files
    parts = pd.DataFrame(
        {
            "file": frame["file"],
            "physical": frame["physical"],
            "used": frame["used"],
            "furniture": frame[list(FURNITURE)].sum(axis=1),
            "duplicate": frame["duplicate"],
            "excluded": [sum(reasons(cell).values()) for cell in frame["excluded"]],
            "rejected": [sum(reasons(cell).values()) for cell in frame["rejected"]],
        }
    )
    return parts.groupby("file", sort=False).sum().reset_index()


def name_mm(intake: Any) -> float:
    """Return the width [mm] that the files' names need, within what the page can give."""
    names = [str(name).removeprefix("data/") for name in intake.files["file"]]
    widest = max((style.text_width_pt(name, style.LABEL) for name in names), default=0.0) / style.MM
    return min(max(widest + 4, LEAST_NAME_MM), MOST_NAME_MM)


def missing(intake: Any, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(intake.files) else (theme or Theme()).words("missing.sources")


def headline(intake: Any, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    sums = fates(intake).drop(columns="file").sum()
    return words(
        "sources.headline",
        physical=words.n.count(sums["physical"]),
        files=words.some("sources.files", intake.files["file"].nunique()),
        used=words.n.count(sums["used"]),
        rejected=words.n.count(sums["rejected"]),
    )


def alt_text(intake: Any, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for row in fates(intake).to_dict("records"):
        counts = [f"{words(f'fate.{fate}')} {words.n.count(row[fate])}" for fate in FATES if row[fate]]
        parts.append(
            words("sources.alt", file=row["file"], physical=words.n.count(row["physical"]), counts=", ".join(counts))
        )
    return " ".join(parts)


@exhibit
def sources(intake: Any, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw one bar a file: how much of it was used, and beside it what became of the other rows.

    Parameters
    ----------
    intake
        What was read in.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the file's rows; one row a file.

    Raises
    ------
    ValueError
        No file was read.
    """
    theme = theme or Theme()
    if missing(intake):
        raise ValueError(missing(intake, theme=theme))
    frame = fates(intake)
    ax = style.axes(ax, width_mm=166, height_mm=5.4 * len(frame) + 6, margins_mm=(name_mm(intake), 74, 5, 1))
    ax.set(xlim=(0, 1), ylim=(len(frame) - 0.5, -0.5))
    right = 1 + style.MM * 3 / style.size_pt(ax)[0]
    for place, row in enumerate(frame.to_dict("records")):
        _bar(ax, row, place)
        _beside(ax, row, place, (name_mm(intake), right), theme)
    width = style.size_pt(ax)[0]
    columns = {
        "file": -style.MM * (name_mm(intake) - 1) / width,
        "share": 0.0,
        "rows": right,
        "rest": right + style.MM * 16 / width,
    }
    for key, x in columns.items():
        style.beside(ax, x, -0.75, theme.words(f"sources.column.{key}"), va="bottom")
    ax.set_axis_off()
    return ax


def _bar(ax: Axes, row: dict[str, Any], place: int) -> None:
    """Draw the fates of a file's rows one after the other."""
    left = 0.0
    for fate in FATES:
        share = row[fate] / max(row["physical"], 1)
        edge = 0.4 if share > 0.01 else 0
        if share:
            style.box(ax, (left, place - 0.31), (share, 0.62), facecolor=COLOURS[fate], edgecolor="white", lw=edge)
        left += share


def _beside(ax: Axes, row: dict[str, Any], place: int, columns: tuple[float, float], theme: Theme) -> None:
    """Write the file's name left of its bar, its rows and the fates of the unused ones right of it."""
    name, right = columns
    n, width, ink = theme.words.n, style.size_pt(ax)[0], {"size": style.LABEL, "color": theme.ink}
    text = style.fitted(str(row["file"]).removeprefix("data/"), style.LABEL, style.MM * (name - 3))
    style.beside(ax, -style.MM * (name - 1) / width, place, text, **ink)
    style.beside(ax, right + style.MM * 13 / width, place, n.count(row["physical"]), ha="right", **ink)
    x = right + style.MM * 16 / width
    for fate in FATES[2:]:
        if row[fate]:
            text = f"{n.count(row[fate])} {theme.words(f'fate.{fate}')}"
            style.beside(ax, x, place, text, color=style.WARNING if fate == "rejected" else style.MUTED)
            x += (style.text_width_pt(text, style.SMALL) + 7) / width

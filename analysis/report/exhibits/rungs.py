"""The change ladder: which changes lead from today to ready, one rung a change, gates first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.readiness.result import Readiness

ROW_MM, TOP_MM, FOOT_MM = 5.0, 5.0, 6.5
MARGINS_MM = (0.2, 0.2, 0.2, 0.2)
# where names end, and where steps lie, in shares of the width
NAMES, STEPS, EFFORT = 0.50, (0.52, 0.88), 0.90
# effort from low to high, monotone in lightness so that it reads in grey
SHADES = {"low": "#BFD3E6", "medium": "#6A97BF", "high": "#1F4E79"}
EFFORTS = ("low", "medium", "high")


def goal(readiness: Readiness) -> tuple[str, str]:
    """Return mode and goal of the ladder: the headline's mode to ready, else the cheapest mode to one that is allowed."""
    frame = readiness.change_sets
    mode = readiness.verdict.mode
    wanted = frame[(frame["mode"] == mode) & (frame["goal"] == "ready")] if mode else frame[frame["goal"] == "allowed"]
    if wanted.empty:
        return "", ""
    ranked = wanted.sort_values(["changes", "high_effort", "medium_effort"], kind="stable")
    return str(ranked["mode"].iloc[0]), str(ranked["goal"].iloc[0])


def steps(readiness: Readiness) -> pd.DataFrame:
    """Return the changes of the ladder in their order."""
    mode, to = goal(readiness)
    frame = readiness.changes
    return frame[(frame["mode"] == mode) & (frame["goal"] == to)].sort_values("order", kind="stable")


def height_mm(readiness: Readiness) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return TOP_MM + ROW_MM * len(steps(readiness)) + FOOT_MM + MARGINS_MM[2] + MARGINS_MM[3]


def missing(readiness: Readiness, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    drawn = len(steps(readiness)) and readiness.verdict.verdict != "cannot_say"
    return "" if drawn else (theme or Theme()).words("missing.rungs")


def by_effort(frame: pd.DataFrame, words: Words) -> str:
    """Return how many changes take how much effort, in words."""
    counts = frame["effort"].value_counts()
    parts = [
        words("rungs.of_effort", n=words.n.count(int(counts[effort])), effort=words(f"effort.{effort}"))
        for effort in EFFORTS
        if effort in counts
    ]
    return words.listed(parts)


def headline(readiness: Readiness, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    frame, (mode, to) = steps(readiness), goal(readiness)
    return words(
        f"rungs.headline.{to}",
        changes=words.some("rungs.changes", len(frame)),
        mode=words(f"mode.{mode}").lower(),
        effort=by_effort(frame, words),
    )


def alt_text(readiness: Readiness, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = [
        words("rungs.alt.step", criterion=row.criterion, name=row.title, effort=words(f"effort.{row.effort}"))
        for row in steps(readiness).rename(columns={"name": "title"}).itertuples()
    ]
    return words("rungs.alt.all", steps="; ".join(parts), end=_end(readiness, words))


def _end(readiness: Readiness, words: Words) -> str:
    """Return what stands at the end of the ladder: the class, the mode, and the hours that it unlocks where they are known."""
    mode, to = goal(readiness)
    frame = readiness.change_sets
    row = frame[(frame["mode"] == mode) & (frame["goal"] == to)].iloc[0]
    text = words(f"rungs.end.{to}", mode=words(f"mode.{mode}").lower())
    known = row[["hours_per_week", "hours_low", "hours_high"]].notna()
    if known["hours_per_week"]:
        hours = words.n.interval(row["hours_per_week"], row["hours_low"], row["hours_high"], "hours_per_week")
    elif known["hours_low"] and known["hours_high"]:
        hours = words.n.bounds(row["hours_low"], row["hours_high"], "hours_per_week")
    else:
        return text
    return words("rungs.end.hours", end=text, hours=hours)


@exhibit
def change_ladder(readiness: Readiness, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw the smallest set of changes as a staircase from today to the class that it reaches.

    Parameters
    ----------
    readiness
        The readiness assessment.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        In points from the top left; one row a change, gates marked, shaded by effort.

    Raises
    ------
    ValueError
        No change is needed, or none would do.
    """
    theme = theme or Theme()
    if missing(readiness):
        raise ValueError(missing(readiness, theme=theme))
    frame = steps(readiness)
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=height_mm(readiness), margins_mm=MARGINS_MM))
    top, row_pt = TOP_MM * style.MM, ROW_MM * style.MM
    scale = Scale(0, len(frame), STEPS[0] * sheet.width, STEPS[1] * sheet.width)
    gates = set(readiness.gates["criterion"])
    sheet.say(scale(0), top / 2, theme.words("rungs.today"))
    sheet.say(EFFORT * sheet.width, top / 2, theme.words("ready.column.effort"))
    for place, row in enumerate(frame.rename(columns={"name": "title"}).itertuples()):
        _rung(sheet, row, (place, top + place * row_pt, row_pt), scale, gate=row.criterion in gates, theme=theme)
    foot = top + len(frame) * row_pt
    sheet.line((scale(0), scale(len(frame))), (foot, foot), style.MUTED)
    sheet.say(
        scale(len(frame)),
        foot + FOOT_MM * style.MM / 2,
        _end(readiness, theme.words),
        ha="right",
        size=style.VALUE,
        color=theme.accent,
        weight=600,
    )
    return sheet.ax


def _rung(sheet: Sheet, row: Any, at: tuple[int, float, float], scale: Scale, *, gate: bool, theme: Theme) -> None:
    """Draw one change: its criterion, its levels, its step and its effort."""
    (place, y, high), words = at, theme.words
    middle = y + high / 2
    sheet.line((0, sheet.width), (y, y), style.RULE, lw=style.HAIR * 0.6)
    weight = 600 if gate else 400
    sheet.say(0, middle, row.criterion, weight=weight, color=theme.ink)
    start = words("rungs.none") if pd.isna(row.from_level) else str(row.from_level)
    levels = words("ready.levels", start=start, end=str(row.to_level))
    name = f"{row.title}: {row.type}" if row.type else row.title
    sheet.fitted(22, middle, name, NAMES * sheet.width - 64, color=theme.ink if gate else style.MUTED, weight=weight)
    sheet.say(NAMES * sheet.width, middle, levels, ha="right")
    left, right = scale(place), scale(place + 1)
    sheet.box(left, y + 1.2, (right - left, high - 2.4), SHADES[row.effort], zorder=2)
    sheet.line((right, right), (middle, y + high + 1.2), style.MUTED, zorder=1)
    sheet.say(EFFORT * sheet.width, middle, words(f"effort.{row.effort}"))

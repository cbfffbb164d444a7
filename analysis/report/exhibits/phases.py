"""The phases of the plan on a line of weeks: preparation, then crawl, walk and run, with what each must have moved at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.readiness.result import Readiness

ROW_MM, FOOT_MM = 7.0, 8.5
MARGINS_MM = (0.2, 0.2, 0.2, 0.2)
PHASES = ("crawl", "walk", "run")
# weeks before the go, as the calendar has them
BEFORE = 2
# where names end and weeks begin, in shares of the width
NAMES = 0.27
MOST_TICKS = 10
# work deepens with the phase: light to dark, apart in grey too
SHADES = {"crawl": "#BFD3E6", "walk": "#6A97BF", "run": "#1F4E79"}


def spans(readiness: Readiness) -> pd.DataFrame:
    """Return one row a phase that is part of the plan: `phase`, `week_from`, `week_to`, `entries` (open before it, the go left out)."""
    frame = readiness.plan
    rows = []
    for phase in PHASES:
        part = frame[frame["phase"] == phase]
        done = part[part["kind"] == "do"]
        if len(done):
            entries = int(((part["kind"] == "entry") & (part["criterion"] != "")).sum())
            rows.append((phase, int(done["week_from"].min()), int(done["week_to"].max()), entries))
    return pd.DataFrame(rows, columns=["phase", "week_from", "week_to", "entries"])


def height_mm(readiness: Readiness) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return ROW_MM * (len(spans(readiness)) + 1) + FOOT_MM + MARGINS_MM[2] + MARGINS_MM[3]


def missing(readiness: Readiness, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(spans(readiness)) else (theme or Theme()).words("missing.phases")


def headline(readiness: Readiness, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words, frame = (theme or Theme()).words, spans(readiness)
    phases = words.some("plan.phases", len(frame))
    last = words.n.count(int(frame["week_to"].max()))
    return words("plan.headline.phases", phases=f"{phases[:1].upper()}{phases[1:]}", weeks=last)


def alt_text(readiness: Readiness, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = [
        words(
            "phases.alt",
            phase=words(f"plan.phase.{row.phase}"),
            weeks=words("plan.weeks", start=row.week_from, end=row.week_to),
            entries=words.some("phases.open", row.entries),  # type: ignore[arg-type]
        )
        for row in spans(readiness).itertuples()
    ]
    return words("phases.alt_all", phases="; ".join(parts))


@exhibit
def plan_phases(readiness: Readiness, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw preparation and phases on a line of weeks from the go.

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
        In points from the top left; one row a phase.

    Raises
    ------
    ValueError
        The plan holds no phase of blending.
    """
    theme = theme or Theme()
    if missing(readiness):
        raise ValueError(missing(readiness, theme=theme))
    frame, words = spans(readiness), theme.words
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=height_mm(readiness), margins_mm=MARGINS_MM))
    last = int(frame["week_to"].max())
    scale = Scale(-BEFORE, last, NAMES * sheet.width, sheet.width - 6)
    row_pt = ROW_MM * style.MM
    foot = (len(frame) + 1) * row_pt
    for tick, label in scale.ticks(MOST_TICKS, words.n.count):
        sheet.line((tick, tick), (0, foot), style.RULE, lw=style.HAIR * 0.6, zorder=0)
        sheet.say(tick, foot + 6, label, ha="center")
    sheet.line((scale(0), scale(0)), (0, foot), theme.accent, lw=1.2, zorder=3)
    sheet.say(scale(0) + 3, row_pt / 2, words("phases.go"), color=theme.accent, weight=600)
    sheet.say(sheet.width, foot + 16, words("phases.axis"), ha="right")
    sheet.say(0, row_pt / 2, words("phases.before"), color=theme.ink, weight=600)
    sheet.box(scale(-BEFORE), row_pt * 0.22, (scale(0) - scale(-BEFORE), row_pt * 0.56), style.RULE, zorder=2)
    for place, row in enumerate(frame.itertuples(), start=1):
        _phase(sheet, row, (place * row_pt, row_pt), scale, theme)
    return sheet.ax


def _phase(sheet: Sheet, row, at: tuple[float, float], scale: Scale, theme: Theme) -> None:
    """Draw one phase: its name, its weeks, and what is open before it."""
    (y, high), words = at, theme.words
    middle = y + high / 2
    sheet.line((0, sheet.width), (y, y), style.RULE, lw=style.HAIR * 0.6)
    sheet.say(0, middle, words(f"plan.phase.{row.phase}"), color=theme.ink, weight=600)
    left, right = scale(row.week_from - 1), scale(row.week_to)
    sheet.box(left, y + high * 0.22, (right - left, high * 0.56), SHADES[row.phase], zorder=2)
    text = words("plan.weeks", start=row.week_from, end=row.week_to)
    if row.entries:
        text = words("phases.label", weeks=text, n=words.n.count(row.entries))
    wide = style.text_width_pt(text, style.SMALL) + 8
    if wide < right - left:
        sheet.say(left + 4, middle, text, color="white" if row.phase == "run" else theme.ink, zorder=4)
        return
    clear = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    place, side = (right + 4, "left") if right + wide < sheet.width else (left - 4, "right")
    sheet.say(place, middle, text, ha=side, color=theme.ink, zorder=4, bbox=clear)

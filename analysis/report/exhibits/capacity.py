"""The capacity balance: back-office hours needed today and after, what frees the difference, and what takes it up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.value.result import Value

# block -> its whole, its parts in order, and its own remainder; a part is drawn where it is taken from the whole
NEEDED = ("needed_today", "freed_in_place", "freed_by_moving", "needed_after")
TAKEN_UP = ("overtime", "outsourced", "vacancies", "left")
WAITING = ("idle_today", "moved_to_agents", "idle_left", "surplus_instead")
BLOCKS = {"needed": NEEDED, "taken_up": TAKEN_UP, "waiting": WAITING}
WHOLES = ("needed_today", "needed_after", "idle_today")
SHOWN_AT_ZERO = ("needed_after", "left")
CASHABLE = ("overtime", "outsourced", "vacancies")
# fewer hours than this are none
LEAST_H = 0.5
ROW_MM, BETWEEN_ROWS = 4.9, 0.5
MARGINS_MM = (53.0, 57.0, 0.5, 0.5)
FTE_MM = 56.0
_FREED, _PALE = 0.59, "#F7E6BE"


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the balance: where its bar begins and ends [hours a week] and the range of its length."""

    block: str
    line: str
    start: float
    end: float
    hours: float
    low: float
    high: float
    fte: float
    joined: bool


def bars(value: Value) -> list[Bar]:
    """Return the lines of the balance as bars; parts of a whole lie where they are taken from it, lines without hours are left out."""
    frame = value.balance
    if frame.empty:
        return []
    known = frame[frame["hours_per_week"].notna()].drop_duplicates("line").set_index("line", drop=False)
    if not set(WHOLES) & set(known.index):
        # an alternative alone is no balance
        return []
    found: list[Bar] = []
    for block, names in BLOCKS.items():
        at = _hours_of("idle_today" if block == "waiting" else "needed_today", known)
        for name in names:
            hours = _hours_of(name, known)
            if name not in known.index or (hours < LEAST_H and name not in SHOWN_AT_ZERO):
                continue
            if name == "surplus_instead":
                # an alternative: it is taken from the whole once more, and never added
                at = _hours_of("idle_today", known)
            start, end = (0.0, hours) if name in WHOLES else (max(at - hours, 0.0), at)
            joined = bool(found) and found[-1].block == block and name not in {*WHOLES, "surplus_instead"}
            found.append(Bar(block, name, start, end, hours, *_range(known.loc[name]), joined))
            at = at if name in WHOLES else start
    return found


def _hours_of(line: str, known: pd.DataFrame) -> float:
    return float(known.at[line, "hours_per_week"]) if line in known.index else 0.0  # type: ignore[reportArgumentType]


def _range(row: Any) -> tuple[float, float, float]:
    low, high, fte = (float("nan") if pd.isna(row[name]) else float(row[name]) for name in ("low", "high", "fte"))
    return low, high, fte


def height_mm(value: Value) -> float:
    """Return how high the exhibit is [mm], margins included."""
    found = bars(value)
    blocks = len({bar.block for bar in found})
    return ROW_MM * (len(found) + blocks + BETWEEN_ROWS * max(blocks - 1, 0)) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(value: Value, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if bars(value):
        return ""
    return value.sentences.get("balance") or (theme or Theme()).words("missing.balance")


def headline(value: Value, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    by = {bar.line: bar for bar in bars(value)}
    if "needed_today" not in by:
        moved = by.get("moved_to_agents") or by.get("idle_today")
        hours = words.n.hours(moved.hours) if moved else ""
        return words("balance.headline.waiting" if "moved_to_agents" in by else "balance.headline.idle", hours=hours)
    freed = [words(f"balance.headline.{name}", hours=words.n.hours(by[name].hours))
             for name in ("freed_in_place", "freed_by_moving") if name in by]  # fmt: skip
    used = sum(by[name].hours for name in CASHABLE if name in by)
    needed = words.n.hours(by["needed_today"].hours)
    if not freed:
        return words("balance.headline.none", needed=needed)
    key = "balance.headline.used" if used >= LEAST_H else "balance.headline.freed"
    left = words.n.hours(by["left"].hours) if "left" in by else "0"
    return words(key, needed=needed, freed=words.listed(freed), used=words.n.hours(used), left=left)


def alt_text(value: Value, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = [
        words("balance.alt", line=words(f"balance.line.{bar.line}"), hours=_hours(bar, words)) for bar in bars(value)
    ]
    return words("balance.alt_all", parts="; ".join(parts))


def _hours(bar: Bar, words: Words) -> str:
    return words.n.interval(bar.hours, bar.low, bar.high, "hours_per_week")


@exhibit
def capacity_balance(value: Value, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw the hours needed today and after the change, what frees hours between them, and what takes the freed hours up.

    Parameters
    ----------
    value
        What the change is worth.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: hours of the base a week, from 0; one row a line of the balance.

    Raises
    ------
    ValueError
        There are no hours to balance.
    """
    theme = theme or Theme()
    found = bars(value)
    if not found:
        raise ValueError(missing(value, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(value), margins_mm=MARGINS_MM)
    most = max(bar.high if not math.isnan(bar.high) and bar.start == 0 else bar.end for bar in found)
    rows = (height_mm(value) - MARGINS_MM[2] - MARGINS_MM[3]) / ROW_MM
    ax.set(xlim=(0, most), ylim=(rows - 0.5, -0.5))
    width, words = style.size_pt(ax)[0], theme.words
    style.beside(ax, 1 + style.MM * 3 / width, 0, words("balance.column.hours"))
    style.beside(ax, 1 + style.MM * FTE_MM / width, 0, words("balance.column.fte"), ha="right")
    place, last = 0.0, ""
    for bar in found:
        if bar.block != last:
            place += BETWEEN_ROWS if last else 0
            style.beside(ax, -style.MM * 52 / width, place, words(f"balance.block.{bar.block}"), size=style.VALUE,
                         weight=600, color=theme.ink)  # fmt: skip
            place, last = place + 1, bar.block
        _row(ax, bar, place, theme)
        place += 1
    ax.set_axis_off()
    return ax


def _colours(bar: Bar, theme: Theme) -> tuple[str, str]:
    """Return the fill and the edge of a bar."""
    if bar.line in {"needed_today", "needed_after"}:
        return style.MEANINGS["utilization"][0], "none"
    if bar.line in {"freed_in_place", "freed_by_moving"}:
        return theme.tint(_FREED), "none"
    if bar.line in CASHABLE or bar.line == "moved_to_agents":
        return theme.accent, "none"
    if bar.line == "surplus_instead":
        return "white", style.MUTED
    return (style.MEANINGS["idle"][0] if bar.line == "idle_today" else _PALE), "none"


def _row(ax: Axes, bar: Bar, place: float, theme: Theme) -> None:
    """Draw one line: its name, its bar with the range at the moving end, its hours and full-time equivalents."""
    words, width = theme.words, style.size_pt(ax)[0]
    whole = bar.line in WHOLES
    ink = {"size": style.LABEL, "color": theme.ink, "weight": 600 if whole else 400}
    style.beside(ax, -style.MM * 52 / width, place, words(f"balance.line.{bar.line}"), **ink)
    fill, edge = _colours(bar, theme)
    dash = (0, (2, 1.5)) if bar.line == "surplus_instead" else "-"
    ax.barh(
        place, bar.end - bar.start, left=bar.start, height=0.66, color=fill, edgecolor=edge, lw=0.8, ls=dash, zorder=2
    )
    if bar.joined:
        ax.plot([bar.end] * 2, [place - 1, place + 0.33], color=style.RULE, lw=style.HAIR, zorder=1)
    if not math.isnan(bar.low) and not math.isnan(bar.high):
        # the range of a part is drawn at the end to which it reaches
        ends = (bar.low, bar.high) if whole else (max(bar.end - bar.high, 0.0), bar.end - bar.low)
        ax.plot(ends, [place, place], color=theme.ink, lw=1.1, zorder=3, solid_capstyle="butt", clip_on=False)
    style.beside(ax, 1 + style.MM * 3 / width, place, _hours(bar, words), **ink)
    if not math.isnan(bar.fte):
        style.beside(ax, 1 + style.MM * FTE_MM / width, place, words.n.agents(bar.fte), ha="right", size=style.LABEL)

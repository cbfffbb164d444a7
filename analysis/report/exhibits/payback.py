"""Net cash week by week: what was paid once, what is cashed since, and when the two are even."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.value.result import Value

HEIGHT_MM, MARGINS_MM = 38.0, (16.0, 2.0, 2.0, 9.0)
# the accent, thinned so far
_WIDE, _NARROW = 0.11, 0.26


def rows(value: Value) -> pd.DataFrame:
    """Return the weeks with their net cash."""
    frame = value.cumulative
    return frame if frame.empty else frame.dropna(subset=["median"]).sort_values("week", kind="stable")


def even(value: Value) -> int | None:
    """Return the first week from which the median net cash is no longer below zero; None when that never happens."""
    frame = rows(value)
    if frame.empty or not (frame["median"] < 0).any():
        return None
    below = frame.loc[frame["median"] < 0, "week"].max()
    after = frame.loc[frame["week"] > below, "week"]
    return int(after.min()) if len(after) else None


def payback(value: Value) -> int | None:
    """Return the week from which cash is even: the result's own figure, else the first week in which its median is."""
    for quantity in value.quantities:
        if quantity.id == "value.payback_weeks" and quantity.estimate.value is not None:
            return round(quantity.estimate.value)
    return even(value)


def missing(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if len(rows(value)) > 1:
        return ""
    return value.sentences.get("payback") or (theme or Theme()).words("missing.cumulative_cash")


def headline(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    frame, week = rows(value), payback(value)
    last = frame.iloc[-1]
    amount = words.n.money_interval(last["median"], last["low"], last["high"], currency)
    paid = bool((frame["median"] < 0).any())
    key = "always" if not paid else "never" if week is None else "even"
    blanks = {"week": words.n.count(week or 0), "last": words.n.count(last["week"]), "amount": amount}
    return words(f"cumulative.headline.{key}", **blanks)


def alt_text(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    frame = rows(value)
    steps = frame.iloc[[0, len(frame) // 2, -1]]
    parts = [
        words("cumulative.alt.week", week=words.n.count(row.week), amount=words.n.money(row.median, currency))
        for row in steps.drop_duplicates("week").itertuples()
    ]
    return words("cumulative.alt.all", parts=words.listed(parts))


@exhibit
def cumulative_cash(value: Value, *, currency: str = "", ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw net cash after so many weeks: the median with its 80 % and 95 % bands, and the line at zero.

    Parameters
    ----------
    value
        What the change is worth.
    currency
        ISO 4217 code before amounts; empty for amounts alone.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Week, and net cash since the start.

    Raises
    ------
    ValueError
        Net cash is not known.
    """
    theme = theme or Theme()
    if missing(value):
        raise ValueError(missing(value, theme=theme))
    words, frame = theme.words, rows(value)
    ax = style.axes(ax, width_mm=166, height_mm=HEIGHT_MM, margins_mm=MARGINS_MM)
    weeks = frame["week"].to_numpy(dtype=float)
    for low, high, colour in (("low", "high", theme.tint(_WIDE)), ("low80", "high80", theme.tint(_NARROW))):
        ax.fill_between(weeks, frame[low].to_numpy(dtype=float), frame[high].to_numpy(dtype=float), color=colour, lw=0)
    ax.plot(weeks, frame["median"].to_numpy(dtype=float), color=theme.accent, lw=1.8)
    ax.axhline(0, color=theme.ink, lw=0.8)
    ax.set_xlim(0, weeks[-1])
    style.quiet(ax, x=True, y=True)
    ticks = style.round_ticks(*ax.get_ylim(), 4)
    ax.set_yticks(ticks)
    ax.set_yticklabels([words.n.stated_amount(tick) for tick in ticks])
    step = next((step for step in (4, 8, 13, 26, 52) if weeks[-1] / step <= 8), 104)
    marks = list(range(0, int(weeks[-1]) + 1, step))
    ax.set_xticks(marks)
    ax.set_xticklabels([words.n.count(mark) for mark in marks])
    ax.set_xlabel(words("cumulative.weeks"))
    week = payback(value)
    if week is not None and (frame["median"] < 0).any():
        ax.plot([week], [0], "o", ms=5, mfc="white", mec=theme.accent, mew=1.2, zorder=5)
        text = words("cumulative.even", week=words.n.count(week))
        ax.annotate(text, (week, 0), (6, -6), textcoords="offset points", size=style.SMALL, weight=600,
                    color=theme.accent, va="top")  # fmt: skip
    return ax

"""What the value hangs on: each driver moved by itself from its low to its high setting, widest first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.value.result import Value

MOST_DRIVERS = 8
ROW_MM = 5.3
MARGINS_MM = (63.0, 38.0, 9.0, 6.5)
# the high setting is in the accent, thinned so far
_LOW, _HIGH = "#A9B4BF", 0.59
# units of the drivers' settings; all others are amounts of money
SHARES, HOURS = ("today", "achievable", "uptake"), ("base_h", "movable_h")


def rows(value: Value) -> pd.DataFrame:
    """Return the drivers that move the value, widest first."""
    frame = value.tornado
    if frame.empty:
        return frame
    known = frame.dropna(subset=["value_low", "value_high", "base"])
    width = (known["value_high"] - known["value_low"]).abs()
    return known.loc[width[width > 0].sort_values(ascending=False, kind="stable").index].head(MOST_DRIVERS)


def height_mm(value: Value) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return ROW_MM * len(rows(value)) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if len(rows(value)):
        return ""
    return value.sentences.get("money") or (theme or Theme()).words("missing.tornado")


def headline(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    row = next(rows(value).itertuples())
    low, high = sorted((float(row.value_low), float(row.value_high)))  # type: ignore[reportArgumentType]
    key = "tornado.headline.sign" if low < 0 < high else "tornado.headline.most"
    money = words.n.money
    driver = f"tornado.in_sentence.{row.driver}"
    name = words(driver) if driver in words else _first_low(_name(row, words))
    return words(key, driver=name, low=money(low, currency), high=money(high, currency))


def _first_low(text: str) -> str:
    """Return a name for the middle of a sentence: its first letter small, unless the word is all capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def alt_text(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    frame = rows(value)
    parts = [
        words(
            "tornado.alt.driver",
            driver=_name(row, words),
            low=words.n.amount(row.value_low),
            high=words.n.amount(row.value_high),
        )
        for row in frame.itertuples()
    ]
    base = words.n.money(float(frame["base"].iloc[0]), currency)
    return words("tornado.alt.all", base=base, parts="; ".join(parts))


def setting(driver: str, number: float, words: Words) -> str:
    """Return a driver's setting in its own unit."""
    if math.isnan(number):
        return ""
    if driver in SHARES:
        return words.n.share(number)
    return words("tornado.hours", hours=words.n.hours(number)) if driver in HOURS else words.n.stated_amount(number)


def _name(row: Any, words: Words) -> str:
    """Return a driver's name as it begins a line."""
    key = f"tornado.driver.{row.driver}"
    text = words(key) if key in words else str(row.words)
    return text[:1].upper() + text[1:]


@exhibit
def tornado(value: Value, *, currency: str = "", ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw, for each driver, the value a week at its low and its high setting, all others at their middle.

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
        Horizontal axis: value a week; one row a driver.

    Raises
    ------
    ValueError
        There is no value to vary.
    """
    theme = theme or Theme()
    frame = rows(value)
    if frame.empty:
        raise ValueError(missing(value, theme=theme))
    words = theme.words
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(value), margins_mm=MARGINS_MM)
    base = float(frame["base"].iloc[0])
    ends = [base, *frame["value_low"].astype(float), *frame["value_high"].astype(float)]
    room = 0.16 * (max(ends) - min(ends))
    ax.set(xlim=(min(ends) - room, max(ends) + room), ylim=(len(frame) - 0.5, -0.5))
    for place, row in enumerate(frame.itertuples()):
        _row(ax, row, place, base, theme)
    ax.plot([base, base], [-0.55, len(frame) - 0.5], color=theme.ink, lw=0.9, zorder=4, clip_on=False)
    text = words("tornado.base", value=words.n.money(base, currency))
    ax.text(base, -0.75, text, size=style.SMALL, weight=600, ha="center", va="bottom")
    _scale(ax, frame, currency, theme)
    return ax


def _scale(ax: Axes, frame: pd.DataFrame, currency: str, theme: Theme) -> None:
    """Draw the axis of money, the line at zero where it is inside, and the heads of the columns."""
    words, width = theme.words, style.size_pt(ax)[0]
    style.quiet(ax)
    low, high = ax.get_xlim()
    ticks = style.round_ticks(low, high, 4)
    ax.set_xticks(ticks)
    ax.set_xticklabels([words.n.stated_amount(tick) for tick in ticks])
    ax.spines["bottom"].set_visible(True)
    if low < 0 < high:
        ax.axvline(0, color=style.WARNING, lw=0.8, ls=(0, (2, 2)), zorder=1)
    unit = words("tornado.axis", currency=currency or words("tornado.currency"))
    style.beside(ax, -style.MM * 62 / width, len(frame) - 0.5 + 0.5, unit, va="top")
    style.beside(ax, 1 + style.MM * 2 / width, -0.75, words("tornado.column.range"), va="bottom")


def _row(ax: Axes, row: Any, place: int, base: float, theme: Theme) -> None:
    """Draw one driver: its name, the two bars from the middle with their settings, and the two values."""
    words, width = theme.words, style.size_pt(ax)[0]
    ink = {"size": style.LABEL, "color": theme.ink}
    style.beside(ax, -style.MM * 62 / width, place, style.fitted(_name(row, words), style.LABEL, style.MM * 60), **ink)
    pad = 3 * (ax.get_xlim()[1] - ax.get_xlim()[0]) / width
    for end, at, colour in (
        (row.value_low, row.low_setting, _LOW),
        (row.value_high, row.high_setting, theme.tint(_HIGH)),
    ):
        ax.barh(place, end - base, left=base, height=0.6, color=colour, zorder=2)
        side, x = ("right", end - pad) if end < base else ("left", end + pad)
        text = setting(str(row.driver), float("nan") if pd.isna(at) else float(at), words)
        ax.text(x, place, text, size=style.SMALL, color=style.MUTED, ha=side, va="center_baseline", clip_on=False)
    low, high = sorted((float(row.value_low), float(row.value_high)))
    text = f"{words.n.amount(low)} {words('number.to')} {words.n.amount(high)}"
    style.beside(ax, 1 + style.MM * 2 / width, place, text, **ink)

"""What the change is worth a week, line by line: what is cashable, what it costs, and apart from that what is capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.value.result import Value

# in the order in which they add up: the first four to what is cashable, that and the capacity to all
LINES = ("overtime", "outsourced", "vacancies", "running_cost", "cashable", "left", "combined")
SUMS = ("cashable", "combined")
# amounts smaller than this are none
LEAST = 0.5
ROW_MM = 4.9
MARGINS_MM = (46.0, 74.0, 5.0, 6.5)
# right of the chart [mm]: the right ends of the median, the 80 % and the 95 % range
MIDDLE_MM, NARROW_MM, WIDE_MM = 20.0, 46.0, 73.0
# what turns into cash is in the accent, thinned so far
_WIDE, _NARROW = 0.26, 0.59
_SHADES = {"capacity": ("#F7E6BE", "#EBBB4E"), "cost": ("#E7CBC6", "#C97F74"),
           "sum": ("#C9D2DA", "#8E9BA8")}  # fmt: skip


def rows(value: Value) -> pd.DataFrame:
    """Return the lines of money that are not nought, in the order in which they add up."""
    frame = value.money
    if frame.empty:
        return frame
    known = frame.dropna(subset=["per_week"]).drop_duplicates("line").set_index("line", drop=False)
    shown = [name for name in LINES if name in known.index]
    ordered = known.loc[shown]
    return ordered[ordered["line"].isin(SUMS) | (ordered["per_week"].abs() >= LEAST)]


def height_mm(value: Value) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return ROW_MM * len(rows(value)) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if len(rows(value)):
        return ""
    return value.sentences.get("money") or (theme or Theme()).words("missing.value_range")


def headline(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    amounts = {row.line: words.n.money(float(row.per_week), currency) for row in rows(value).itertuples()}  # type: ignore[reportArgumentType]
    if "cashable" in amounts and "left" in amounts:
        return words("value_range.headline.both", cashable=amounts["cashable"], left=amounts["left"])
    if "cashable" in amounts:
        return words("value_range.headline.cashable", cashable=amounts["cashable"])
    return words("value_range.headline.capacity", left=amounts.get("left") or amounts.get("combined") or "")


def alt_text(value: Value, *, currency: str = "", theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for row in rows(value).itertuples():
        line, middle = words(f"value_range.line.{row.line}"), words.n.money(float(row.per_week), currency)  # type: ignore[reportArgumentType]
        narrow = _bounds(row, "low80", "high80", words)
        key = "value_range.alt.line" if narrow else "value_range.alt.stated"
        parts.append(words(key, line=line, middle=middle, narrow=narrow, wide=_bounds(row, "low", "high", words)))
    return " ".join(parts)


def _bounds(row: Any, low: str, high: str, words: Words) -> str:
    """Return a range in words; empty where there is none."""
    ends = getattr(row, low), getattr(row, high)
    if pd.isna(ends[0]) or pd.isna(ends[1]) or ends[0] == ends[1]:
        return ""
    return words.n.bounds(float(ends[0]), float(ends[1]), "currency")


@exhibit
def value_range(value: Value, *, currency: str = "", ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw every line of money a week: its median, and the ranges that hold in 80 and in 95 of 100 draws.

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
        Horizontal axis: currency a week, with zero on it; one row a line.

    Raises
    ------
    ValueError
        The value in money is not known.
    """
    theme = theme or Theme()
    frame = rows(value)
    if frame.empty:
        raise ValueError(missing(value, theme=theme))
    words = theme.words
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(value), margins_mm=MARGINS_MM)
    ends = frame[["per_week", "low", "high"]].to_numpy(dtype=float)
    known = [0.0, *ends[~pd.isna(ends)]]
    pad = 0.02 * (max(known) - min(known)) or 1.0
    ax.set(xlim=(min(known) - (pad if min(known) < 0 else 0), max(known) + pad), ylim=(len(frame) - 0.5, -0.5))
    width = style.size_pt(ax)[0]
    heads = (("middle", MIDDLE_MM), ("narrow", NARROW_MM), ("wide", WIDE_MM))
    for key, mm in heads:
        text = words(f"value_range.column.{key}", currency=currency or words("tornado.currency"))
        style.beside(ax, 1 + style.MM * mm / width, -0.62, text, ha="right", va="bottom")
    for place, row in enumerate(frame.itertuples()):
        _row(ax, row, place, theme)
    ax.axvline(0, color=style.MUTED, lw=0.8, zorder=5)
    style.quiet(ax)
    ticks = style.round_ticks(*ax.get_xlim(), 4)
    ax.set_xticks(ticks)
    ax.set_xticklabels([words.n.stated_amount(tick) for tick in ticks])
    ax.spines["bottom"].set_visible(True)
    return ax


def _row(ax: Axes, row: Any, place: int, theme: Theme) -> None:
    """Draw one line: its name, its ranges with the median, and its figures."""
    words, width, total = theme.words, style.size_pt(ax)[0], row.line in SUMS
    colour = theme.accent if row.line == "cashable" else theme.ink
    ink = {"size": style.LABEL, "color": colour, "weight": 600 if total else 400}
    if total:
        ax.axhline(place - 0.5, xmin=-style.MM * MARGINS_MM[0] / width, xmax=1 + style.MM * MARGINS_MM[1] / width, color=style.RULE,
                   lw=style.HAIR, clip_on=False, zorder=0)  # fmt: skip
    style.beside(ax, -style.MM * 45 / width, place, words(f"value_range.line.{row.line}"), **ink)
    cash = row.line == "cashable" or row.kind == "cashable"
    wide, narrow = (theme.tint(_WIDE), theme.tint(_NARROW)) if cash else _SHADES[str(row.kind)]
    for low, high, shade in ((row.low, row.high, wide), (row.low80, row.high80, narrow)):
        if pd.notna(low) and pd.notna(high):
            ax.barh(place, high - low, left=low, height=0.5, color=shade, zorder=2)
    ax.plot([row.per_week] * 2, [place - 0.34, place + 0.34], color=colour, lw=1.6, zorder=4, solid_capstyle="butt")
    texts = (
        words.n.amount(float(row.per_week)),
        _bounds(row, "low80", "high80", words),
        _bounds(row, "low", "high", words),
    )
    for text, mm in zip(texts, (MIDDLE_MM, NARROW_MM, WIDE_MM), strict=True):
        style.beside(ax, 1 + style.MM * mm / width, place, text or words("value_range.stated"), ha="right", **ink)

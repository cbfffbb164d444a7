"""Idle minutes are not blendable minutes: what is taken from all idle time, step by step, until what is usable is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import lab, style
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending

WHOLES = ("all_idle", "usable")
ROW_MM, FOOT_MM = 8.2, 0.5
MARGINS_MM = (0.2, 0.2, 0.2, 0.2)
# where names end, bars lie and figures begin, in shares of the width
NAMES, BARS, FIGURES = 0.40, (0.42, 0.80), 0.82
TAKEN, GIVEN = "#E0B9A8", 0.59
# of fewer hours than this a step is none
LEAST_H = 0.05


def steps(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the steps of a pool in their order, of the first pool by default."""
    frame = blending.waterfall.dropna(subset=["hours_per_week"])
    known = list(frame["pool"].drop_duplicates())
    return frame[frame["pool"] == (pool or known[0])].sort_values("step", kind="stable") if known else frame


def policy(blending: Blending, pool: str | None, words: Words) -> str:
    """Return what the policy of the steps is called."""
    key = str(steps(blending, pool)["policy"].iloc[0])
    frame = lab.policies(blending, pool)
    row = next(frame[frame["policy"] == key].itertuples(), None)
    return lab.named(row, words) if row is not None else words(f"policy.{key}")


def height_mm(blending: Blending, pool: str | None = None) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return ROW_MM * len(steps(blending, pool)) + FOOT_MM + MARGINS_MM[2] + MARGINS_MM[3]


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    frame = steps(blending, pool)
    return "" if set(WHOLES) <= set(frame["key"]) else (theme or Theme()).words("missing.deductions")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    frame = steps(blending, pool).set_index("key")
    idle, usable = (float(frame.at[key, "hours_per_week"]) for key in WHOLES)  # type: ignore[reportArgumentType]
    taken = frame.loc[~frame.index.isin(WHOLES), "hours_per_week"].sort_values(kind="stable")
    figures = {"idle": n.hours(idle), "usable": n.hours(usable)}
    if taken.empty or taken.iloc[0] >= -LEAST_H:
        return words("waterfall.headline.all", **figures)
    most = words(f"waterfall.takes.{taken.index[0]}", hours=n.hours(-taken.iloc[0]))
    return words("waterfall.headline.some", **figures, most=most)


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = [
        words("waterfall.alt.step", step=words(f"waterfall.step.{row.key}"), hours=_figure(row, words))
        for row in steps(blending, pool).itertuples()
    ]
    return words("waterfall.alt.all", parts="; ".join(parts))


def _figure(row: Any, words: Words) -> str:
    """Return the hours of a step with its sign and interval."""
    n = words.n
    if row.key in WHOLES:
        return n.interval(row.hours_per_week, row.low, row.high, "hours_per_week")
    if abs(row.hours_per_week) < LEAST_H:
        return "0"
    text = _signed(row.hours_per_week, words)
    if text == "0":
        text = words("waterfall.small")
    if pd.isna(row.low) or pd.isna(row.high) or row.low == row.high:
        return text
    ends = sorted((float(row.low), float(row.high)), key=float if row.low < 0 < row.high else abs)
    spelled = [_signed(end, words) for end in ends]
    if (ends[0] < 0) == (ends[1] < 0) == (row.hours_per_week < 0):
        spelled = [_signed(abs(end), words).removeprefix("+") for end in ends]
    if set(spelled) == {"0"}:
        return text
    return words("waterfall.interval", value=text, low=spelled[0], high=spelled[1])


def _signed(hours: float, words: Words) -> str:
    """Return hours to 5 with their sign; what rounds to none is 0."""
    if round(hours / 5) == 0:
        return "0"
    return (words("number.minus") if hours < 0 else "+") + words.n.hours(abs(hours))


@exhibit
def waterfall(
    blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw what is taken from all idle time, and what is given back, until what the policy can use is left.

    Parameters
    ----------
    blending
        The blending assessment.
    pool
        Which pool; the first by default.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        In points from the top left; one row a step, its bar from what was left before to what is left after, hours a week.

    Raises
    ------
    ValueError
        No policy was taken apart.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    frame = steps(blending, pool)
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=height_mm(blending, pool), margins_mm=MARGINS_MM))
    row_pt = sheet.height / (len(frame) + FOOT_MM / ROW_MM)
    reach = [0.0, *frame["remaining"], *frame.loc[frame["key"].isin(WHOLES), "high"].dropna()]
    scale = Scale(min(reach), max(reach), BARS[0] * sheet.width, BARS[1] * sheet.width)
    sheet.line((scale(0.0),) * 2, (0, row_pt * len(frame)), style.MUTED, zorder=4)
    before = 0.0
    for place, row in enumerate(frame.itertuples()):
        _step(sheet, row, (place * row_pt, row_pt, before), scale, theme)
        before = float(row.remaining)  # type: ignore[reportArgumentType]
    return sheet.ax


def _step(sheet: Sheet, row: Any, at: tuple[float, float, float], scale: Scale, theme: Theme) -> None:
    """Draw one step: its name and what it means, its bar tied to the one above, its hours."""
    (y, high, before), words, whole = at, theme.words, row.key in WHOLES
    middle = y + high / 2
    start, end = (0.0, float(row.hours_per_week)) if whole else (before, float(row.remaining))
    if row.key == "all_idle":
        colour = style.MEANINGS["idle"][0]
    else:
        colour = theme.accent if row.key == "usable" else TAKEN if row.hours_per_week < 0 else theme.tint(GIVEN)
    thick = min(0.52 * high, 13.0)
    left, right = sorted((scale(start), scale(end)))
    sheet.box(left, middle - thick / 2, (max(right - left, 0.8), thick), colour, zorder=2)
    if row.key != "all_idle":
        sheet.line((scale(before),) * 2, (y - high / 2 + thick / 2, middle + thick / 2), style.MUTED, zorder=1)
    if pd.notna(row.low) and pd.notna(row.high):
        # the range of a step is drawn at the end to which it reaches
        ends = (row.low, row.high) if whole else (before + row.low, before + row.high)
        sheet.line([scale(edge) for edge in ends], (middle,) * 2, theme.ink, lw=1.1, zorder=3)
    ink = theme.accent if row.key == "usable" else theme.ink
    form = {"size": style.VALUE, "color": ink, "weight": 600 if whole else 400}
    room = NAMES * sheet.width
    sheet.fitted(0, middle - 4.6, words(f"waterfall.step.{row.key}"), room, **form)
    sheet.fitted(0, middle + 4.8, words(f"waterfall.means.{row.key}"), room)
    sheet.say(FIGURES * sheet.width, middle, _figure(row, words), **form)

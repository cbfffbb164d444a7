"""What utilization is achievable: today, the ceilings above it, and which of them binds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.utilization.result import Utilization

# how much of the accent stands in what can be reached
REACHABLE = 0.26
LINE_MM, BELOW_MM = 5.2, 4.2
MARGINS_MM = (38.0, 30.0, 0.5, 6.5)
# today's bar takes as much room as this many ceilings
BAR_LINES = 1.4


def rows(utilization: Utilization) -> pd.DataFrame:
    """Return the populations of which today's utilization is known, in the report's order."""
    frame = utilization.achievable[utilization.achievable["today"].notna()].set_index("population", drop=False)
    return frame.loc[[name for name in POPULATIONS if name in frame.index]]


def missing(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(rows(utilization)) else (theme or Theme()).words("missing.utilization")


def headline(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    parts = []
    for row in rows(utilization).itertuples():
        reached = pd.notna(row.value)
        key = "unknown"
        if reached:
            key = "stay" if row.value <= row.today else "reach" if row.found else "unsure"
        parts.append(
            words(
                f"ceilings.headline.{key}",
                population=words(f"ceilings.subject.{row.population}"),
                today=words.n.share(row.today),
                value=words.n.share(row.value) if reached else "",
            )
        )
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def alt_text(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for row in rows(utilization).itertuples():
        limits = [
            words(
                "ceilings.alt.apart" if _apart(limit) else "ceilings.alt.ceiling",
                name=words(f"ceiling.{limit.ceiling}.{limit.population}"),
                value=words.n.share(limit.value),
            )
            for limit in _ceilings(utilization, row.population).itertuples()
            if pd.notna(limit.value)
        ]
        parts.append(
            words(
                "ceilings.alt.population",
                population=words(f"population.{row.population}"),
                today=words.n.share(row.today),
                limits=words.listed(limits) or words("ceilings.none"),
            )
        )
    return " ".join(parts)


def _ceilings(utilization: Utilization, population: str) -> pd.DataFrame:
    """Return the ceilings of a population; one that stands apart from the minimum is shown where it has a figure, last."""
    frame = utilization.ceilings[utilization.ceilings["population"] == population]
    if "apart" not in frame:
        return frame
    apart = frame["apart"].astype(bool)
    return pd.concat([frame[~apart], frame[apart & frame["value"].notna()]])


def _apart(limit: Any) -> bool:
    """Return whether a ceiling answers another question and is left out of the minimum."""
    return bool(getattr(limit, "apart", False))


def height_mm(utilization: Utilization) -> float:
    """Return how high the exhibit is [mm], margins included."""
    shown = [len(_ceilings(utilization, name)) for name in rows(utilization)["population"]]
    return sum(LINE_MM * (count + BAR_LINES) + BELOW_MM for count in shown) + MARGINS_MM[2] + MARGINS_MM[3]


@exhibit
def ceilings(
    utilization: Utilization, *, ax: Axes | None = None, compact: bool = False, theme: Theme | None = None
) -> Axes:
    """Draw today's utilization of each population against its ceilings; what is reachable stands in the accent.

    Parameters
    ----------
    utilization
        The estimated utilization.
    ax
        Axes to draw in; without them a figure is made.
    compact
        Draw the small form of the first page: the ceilings as marks on one bar.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the base, 0 to 1.

    Raises
    ------
    ValueError
        No population has a utilization today.
    """
    theme = theme or Theme()
    known = rows(utilization)
    if known.empty:
        raise ValueError(missing(utilization, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(utilization), margins_mm=MARGINS_MM)
    ax.set(xlim=(0, 1), ylim=(0, style.size_pt(ax)[1]))
    width, height = style.size_pt(ax)
    needs = [1.0 if compact else len(_ceilings(utilization, name)) + BAR_LINES for name in known["population"]]
    below = 0.0 if compact else style.MM * BELOW_MM
    top = height
    # page one speaks of the back office first
    known = known.iloc[::-1] if compact else known
    for row, need in zip(known.itertuples(), needs, strict=True):
        step = (height - below * len(needs)) * need / sum(needs) + below
        (_compact if compact else _full)(ax, utilization, row, (top, step, width), theme)
        top -= step
    style.quiet(ax)
    if not compact:
        ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
        ax.set_xticklabels([theme.words.n.share(tick) if tick else "0" for tick in ax.get_xticks()])
        ax.spines["bottom"].set_visible(True)
        ax.spines["bottom"].set_bounds(0, 1)
    return ax


def _bar(ax: Axes, row: object, middle: float, bar: float, theme: Theme) -> None:
    """Draw today's bar and, behind it, the part that can be reached."""
    ax.barh(middle, 1, height=bar, color=style.PANEL)
    if pd.notna(row.value) and row.value > row.today and row.found:
        ax.barh(middle, row.value - row.today, left=row.today, height=bar, color=theme.tint(REACHABLE))
        ax.plot([row.value] * 2, [middle - bar / 2, middle + bar / 2], color=theme.accent, lw=2, solid_capstyle="butt")
    colour, on = style.MEANINGS["utilization"]
    ax.barh(middle, row.today, height=bar, color=colour)
    text = theme.words("ceilings.today", share=theme.words.n.share(row.today))
    ax.text(0.012, middle - 0.3, text, size=style.VALUE, weight=600, color=on, va="center_baseline")


def _compact(ax: Axes, utilization: Utilization, row: Any, room: tuple[float, float, float], theme: Theme) -> None:
    """Draw one population as a bar: today, what can be reached and what binds it, and the utilization that is quoted."""
    (top, _, width), words, bar = room, theme.words, 15.0
    middle = top - 13 - bar / 2
    foot = middle - bar / 2
    ax.text(0, top - 2, words(f"population.{row.population}"), size=style.VALUE, weight=600, va="top")
    _bar(ax, row, middle, bar, theme)
    quoted = utilization.settings.reference_share
    marks = [(quoted, words("ceilings.quoted", share=words.n.share(quoted)), style.MUTED)]
    if pd.notna(row.value):
        text = words("ceilings.achievable", share=words.n.share(row.value))
        ax.text(1, top - 2.5, text, size=style.SMALL + 0.5, weight=600, color=theme.accent, ha="right", va="top")
        names = [f"ceiling_short.{name}.{row.population}" for name in str(row.binding).split(" or ")]
        limit = f" {words('number.or')} ".join(words(name) for name in names if name in words)
        marks += [(float(row.value), limit, theme.accent)] if limit else []
    marks.sort(key=lambda mark: mark[0])
    widths = [style.text_width_pt(name, style.SMALL) / width for _, name, _ in marks]
    placed = style.spread([at for at, _, _ in marks], widths, low=0, high=1, gap=8 / width)
    for (at, name, colour), place in zip(marks, placed, strict=True):
        if colour == style.MUTED:
            ax.plot([at] * 2, [middle + bar / 2 + 2, foot], color=theme.ink, lw=0.9, ls=(0, (2, 1.5)))
        ax.plot([at, at, place], [foot, foot - 1.5, foot - 5], color=colour, lw=style.HAIR)
        ax.text(place, foot - 5.5, name, size=style.SMALL, color=colour, ha="center", va="top")


def _full(ax: Axes, utilization: Utilization, row: object, room: tuple[float, float, float], theme: Theme) -> None:
    """Draw one population as a bar and, under it, one line a ceiling with its interval."""
    (top, step, width), words = room, theme.words
    limits = _ceilings(utilization, row.population)
    line = (step - style.MM * BELOW_MM) / (len(limits) + BAR_LINES)
    middle, bar = top - 0.6 * line, min(line * 1.05, 16.0)
    _label(ax, words(f"population.{row.population}"), middle, width, weight=600, colour=theme.ink)
    _bar(ax, row, middle, bar, theme)
    if pd.notna(row.value):
        foot = middle - line * (sum(not _apart(limit) for limit in limits.itertuples()) + 0.5)
        ax.plot([row.value] * 2, [middle, foot], color=theme.accent, lw=0.75, ls=(0, (2, 2)), zorder=1)
    for place, limit in enumerate(limits.itertuples(), start=1):
        y, binds = middle - place * line - 3, limit.ceiling in str(row.binding).split(" or ")
        colour = theme.accent if binds else style.MUTED
        _label(
            ax,
            words(f"ceiling.{limit.ceiling}.{limit.population}"),
            y,
            width,
            weight=600 if binds else 400,
            colour=colour,
        )
        ax.plot([0, 1], [y - line / 2, y - line / 2], color=style.RULE, lw=style.HAIR * 0.6)
        if pd.isna(limit.value):
            ax.text(0.012, y, limit.reason, size=style.SMALL, color=style.MUTED, va="center_baseline")
            continue
        dash = (0, (2.5, 1.5)) if _apart(limit) else "-"
        ax.plot(
            [limit.low, limit.high], [y, y], color=colour, lw=1.5, ls=dash, solid_capstyle="butt", dash_capstyle="butt"
        )
        face = "white" if limit.basis == "assumed" or _apart(limit) else colour
        ax.plot(
            [limit.value],
            [y],
            "D" if _apart(limit) else "o",
            ms=4.4 if _apart(limit) else 5,
            mfc=face,
            mec=colour,
            mew=1.1,
        )
        text = words.n.interval(limit.value, limit.low, limit.high)
        ax.text(limit.high + 6 / width, y, text, size=style.LABEL, color=colour, va="center_baseline",
                weight=600 if binds else 400, clip_on=False)  # fmt: skip


def _label(ax: Axes, text: str, y: float, width: float, *, weight: int, colour: str) -> None:
    """Write the name of a line left of the axis."""
    ax.text(-style.MM * 37 / width, y, text, size=style.LABEL + 0.5 * (weight == 600), weight=weight, color=colour,
            va="center_baseline")  # fmt: skip

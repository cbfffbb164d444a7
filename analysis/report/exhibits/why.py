"""Why time is idle, away or lost: hours by the cause that the client's own codes give, one bar a population."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

# Waiting for demand, support's colour for systems, the company's rules in ink, the unknown as what is unaccounted.
COLOURS = {
    "demand": style.MEANINGS["idle"],
    "system": style.MEANINGS["support"],
    "policy": (style.MUTED, "#FFFFFF"),
    "unknown": style.MEANINGS["unaccounted"],
}
LEAST_WIDTH_PT = 18.0


def causes(baseline: Baseline) -> dict[str, pd.Series]:
    """Return population -> hours by cause, of the populations whose codes name any cause at all."""
    found = {}
    for name in POPULATIONS if len(baseline.causes) else ():
        mine = baseline.causes[baseline.causes["population"].eq(name)].set_index("cause")["hours"]
        hours = mine.reindex(list(COLOURS)).fillna(0.0)
        if float(hours.drop("unknown").sum()) > 0:
            found[name] = hours
    return found


def missing(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if causes(baseline) else (theme or Theme()).words("missing.why")


def headline(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence: what the codes give as causes, and how much they leave open."""
    words = (theme or Theme()).words
    parts = []
    for name, hours in causes(baseline).items():
        total, known = float(hours.sum()), hours.drop("unknown")
        figures = {
            "population": words(f"population.{name}").lower(),
            "cause": words(f"why.cause.{known.idxmax()}"),
            "share": words.n.share(float(known.max()) / total),
            "open": words.n.share(float(hours["unknown"]) / total),
        }
        parts.append(words("why.headline", **figures))
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def alt_text(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for name, hours in causes(baseline).items():
        shown = [
            f"{words(f'why.cause.{cause}')} {words.n.hours(float(some))}" for cause, some in hours.items() if some > 0
        ]
        parts.append(words("why.alt", population=words(f"population.{name}"), causes=words.listed(shown)))
    return " ".join(parts)


@exhibit
def time_by_cause(baseline: Baseline, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw one bar a population: hours of idle, away and outage by the cause that the codes give.

    Parameters
    ----------
    baseline
        The measured baseline.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the idle, away and outage hours of the population, 0 to 1.

    Raises
    ------
    ValueError
        No code of any population names a cause.
    """
    theme = theme or Theme()
    known = causes(baseline)
    if not known:
        raise ValueError(missing(baseline, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=22 * len(known), margins_mm=(1, 1, 1, 1))
    height = style.size_pt(ax)[1]
    ax.set(xlim=(0, 1), ylim=(0, height))
    for place, (name, hours) in enumerate(known.items()):
        top = height * (1 - place / len(known))
        ax.text(0, top - 2, theme.words(f"population.{name}"), size=style.VALUE, weight=600, va="top")
        total = theme.words("why.behind", hours=theme.words.n.hours(float(hours.sum())))
        ax.text(1, top - 2.5, total, size=style.SMALL, color=style.MUTED, ha="right", va="top")
        _bar(ax, hours / float(hours.sum()), top - 34, theme)
    ax.set_axis_off()
    return ax


def _bar(ax: Axes, shares: pd.Series, foot: float, theme: Theme) -> None:
    """Draw one bar with its numbers, and name its parts below."""
    width, left, thick = style.size_pt(ax)[0], 0.0, 19.0
    names, centres = [], []
    for cause, share in shares[shares > 0].items():
        colour, on = COLOURS[str(cause)]
        ax.barh(foot + thick / 2, share, height=thick, left=left, color=colour, edgecolor="white", linewidth=0.75)
        points = theme.words.n.points(share) if left else theme.words.n.share(share)
        tight = share * width <= LEAST_WIDTH_PT
        if not tight:
            ax.text(left + share / 2, foot + thick / 2 - 0.3, points, size=style.VALUE + 0.5, weight=600, color=on,
                    ha="center", va="center_baseline")  # fmt: skip
        label = theme.words(f"why.cause.{cause}")
        names.append(f"{label} {theme.words.n.points(share)}" if tight else label)
        centres.append(left + share / 2)
        left += share
    widths = [style.text_width_pt(name, style.SMALL) / width for name in names]
    placed = style.spread(centres, widths, low=0, high=1, gap=6 / width)
    for name, centre, x, label in zip(names, centres, placed, widths, strict=True):
        if abs(centre - x) > label / 2:
            end = x + (label / 2 - 2 / width) * (1 if centre > x else -1)
            ax.plot([centre, end], [foot - 2, foot - 6], color=style.MUTED, lw=style.HAIR, solid_capstyle="butt")
        ax.text(x, foot - 6, name, size=style.SMALL, color=style.MUTED, ha="center", va="top")

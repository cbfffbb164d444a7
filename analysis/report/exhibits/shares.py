"""Where the time at work goes: five shares that add to the whole, by population."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS, SHARES
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline


def rows(baseline: Baseline) -> dict[str, pd.Series]:
    """Return population -> its shares by name, for populations whose five shares are all known."""
    frame = baseline.shares.pivot(index="population", columns="share", values="value")
    known = [name for name in POPULATIONS if name in frame.index and frame.loc[name, list(SHARES)].notna().all()]
    return {name: frame.loc[name] for name in known}


def missing(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if rows(baseline):
        return ""
    reasons = [text for text in baseline.shares["reason"] if text]
    return reasons[0] if reasons else (theme or Theme()).words("missing.baseline")


def headline(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    known = rows(baseline)
    if len(known) == len(POPULATIONS):
        first, second = (words.n.share(known[name]["utilization"]) for name in POPULATIONS)
        return words(
            "shares.headline.both",
            contact_centre=first,
            back_office=second,
            waiting=words.n.share(known[POPULATIONS[0]]["idle"]),
        )
    name, values = next(iter(known.items()))
    figures = {share: words.n.share(values[share]) for share in SHARES}
    return words(f"shares.headline.{name}", **figures)


def alt_text(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for name, values in rows(baseline).items():
        shares = [f"{words(f'share.{share}.{name}')} {words.n.share(values[share])}" for share in SHARES]
        parts.append(words("shares.alt", population=words(f"population.{name}"), shares=words.listed(shares)))
    return " ".join(parts)


@exhibit
def ladder_shares(
    baseline: Baseline, *, ax: Axes | None = None, compact: bool = False, theme: Theme | None = None
) -> Axes:
    """Draw one bar a population, its five shares of the time at work labelled in place.

    Parameters
    ----------
    baseline
        The measured baseline.
    ax
        Axes to draw in; without them a figure is made.
    compact
        Draw the small form of the first page.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the base, 0 to 1.

    Raises
    ------
    ValueError
        No population has all five shares.
    """
    theme = theme or Theme()
    known = rows(baseline)
    if not known:
        raise ValueError(missing(baseline, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=22 * len(known), margins_mm=(1, 1, 1, 1))
    width, height = style.size_pt(ax)
    step, bar = height / len(known), 15.0 if compact else 19.0
    for place, (name, values) in enumerate(known.items()):
        top = height - place * step
        base = top - (13 if compact else 15) - bar
        _title(ax, baseline, name, top, theme)
        left, centres = 0.0, []
        for share in SHARES:
            colour, on = style.MEANINGS[share]
            value = float(values[share])
            ax.barh(base + bar / 2, value, height=bar, left=left, color=colour, edgecolor="white", linewidth=0.75)
            if share == "support" and values.get("outage", 0) > 0:
                _hatch(ax, left + value - float(values["outage"]), float(values["outage"]), base, bar)
            if value * width > 16:
                points = theme.words.n.points(value) if left else theme.words.n.share(value)
                ax.text(left + value / 2, base + bar / 2 - 0.3, points, size=style.VALUE + 0.5, weight=600, color=on,
                        ha="center", va="center_baseline")  # fmt: skip
            centres.append(left + value / 2)
            left += value
        _names(
            ax,
            values,
            centres,
            base - (1 if compact else 2),
            (f"share_short.{{}}.{name}" if compact else f"share.{{}}.{name}"),
            theme,
        )
    ax.set(xlim=(0, 1), ylim=(0, height))
    ax.set_axis_off()
    return ax


def _title(ax: Axes, baseline: Baseline, population: str, top: float, theme: Theme) -> None:
    """Write the population above its bar, with the agents and hours behind it at the right."""
    words = theme.words
    ax.text(0, top - 2, words(f"population.{population}"), size=style.VALUE, weight=600, va="top")
    seen = baseline.attendance[baseline.attendance["population"] == population]
    if len(seen):
        row = seen.iloc[0]
        behind = words("shares.behind", agents=words.n.count(row["agents"]), hours=words.n.hours(row["paid_h"]))
        ax.text(1, top - 2.5, behind, size=style.SMALL, color=style.MUTED, ha="right", va="top")


def _hatch(ax: Axes, left: float, width: float, base: float, bar: float) -> None:
    ax.barh(base + bar / 2, width, height=bar, left=left, facecolor="none", edgecolor="white", hatch="//////", lw=0)


def _names(ax: Axes, values: pd.Series, centres: list[float], base: float, key: str, theme: Theme) -> None:
    """Name every segment below it; a name that had to move is tied to its segment by a hair line."""
    width = style.size_pt(ax)[0]
    names = [theme.words(key.format(share)) for share in SHARES]
    small = [value * width <= 16 for value in (float(values[share]) for share in SHARES)]
    names = [
        f"{name} {theme.words.n.points(float(values[share]))}" if tight else name
        for name, share, tight in zip(names, SHARES, small, strict=True)
    ]
    widths = [style.text_width_pt(name, style.SMALL) / width for name in names]
    placed = style.spread(centres, widths, low=0, high=1, gap=6 / width)
    for name, centre, place, label in zip(names, centres, placed, widths, strict=True):
        if abs(centre - place) > label / 2:
            foot = place + (label / 2 - 2 / width) * (1 if centre > place else -1)
            ax.plot([centre, foot], [base, base - 4], color=style.MUTED, lw=style.HAIR, solid_capstyle="butt")
        ax.text(place, base - 4, name, size=style.SMALL, color=style.MUTED, ha="center", va="top")

"""What logs without shifts show: work on record and the gaps between records, from the first record of a day to the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

# gaps from short to long: what no source explains is grey
GAPS = ("#EBEEF1", "#DDE2E7", "#CDD4DB", "#BCC5CE", "#AAB5C0", "#97A4B1")
LEAST_WIDTH_PT = 15.0


@dataclass(frozen=True, slots=True)
class Bar:
    """Hours of one population from the first to the last record of its days: work, then gaps from short to long."""

    population: str
    work_h: float
    span_h: float
    gaps: tuple[tuple[str, float], ...]


def bars(baseline: Baseline, populations: tuple[str, ...] = POPULATIONS) -> list[Bar]:
    """Return one bar for each population whose logs can be divided."""
    found = []
    for name in POPULATIONS:
        frame = baseline.sensitivity[baseline.sensitivity["population"] == name].dropna(subset=["work_h", "span_h"])
        if name not in populations or frame.empty:
            continue
        order = frame.sort_values("longest_gap_s", na_position="last", kind="stable")
        limits = [*order["longest_gap_s"], float("nan")]
        hours = order["span_h"].diff().fillna(order["span_h"].iloc[0] - order["work_h"].iloc[0])
        starts = [float("nan"), *limits]
        gaps = tuple((_key(low, high), hour) for low, high, hour in zip(starts, limits, hours, strict=False))
        found.append(Bar(name, float(order["work_h"].iloc[-1]), float(order["span_h"].iloc[-1]), gaps))
    return found


def _key(low: float, high: float) -> str:
    """Return a class of gaps by its bounds in whole minutes."""
    return "-".join("" if pd.isna(bound) else f"{bound / 60:.0f}" for bound in (low, high))


def missing(baseline: Baseline, *, populations: tuple[str, ...] = POPULATIONS, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if bars(baseline, populations) else (theme or Theme()).words("missing.spans")


def said(baseline: Baseline, *, populations: tuple[str, ...] = POPULATIONS, theme: Theme | None = None) -> list[str]:
    """Return the hours of work of each population, with its agent-days where they are known."""
    words, facts = (theme or Theme()).words, baseline.facts
    days = facts[facts["fact"] == "agent_days"].set_index("population")["value"]
    return [
        words(f"spans.said.{bar.population}", hours=words.n.hours(bar.work_h), days=words.n.count(days[bar.population]))
        if bar.population in days.index
        else words(f"spans.said_alone.{bar.population}", hours=words.n.hours(bar.work_h))
        for bar in bars(baseline, populations)
    ]


def headline(baseline: Baseline, *, populations: tuple[str, ...] = POPULATIONS, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    parts = said(baseline, populations=populations, theme=theme)
    return words.some("spans.headline", len(parts), parts=words.listed(parts))


def alt_text(baseline: Baseline, *, populations: tuple[str, ...] = POPULATIONS, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    n = words.n
    return " ".join(
        words(
            "spans.alt",
            population=words(f"population.{bar.population}"),
            span=n.hours(bar.span_h),
            work=n.share(bar.work_h / bar.span_h),
            gaps=words.listed([f"{_name(key, theme)} {n.share(hours / bar.span_h)}" for key, hours in bar.gaps]),
        )
        for bar in bars(baseline, populations)
    )


def _name(key: str, theme: Theme | None) -> str:
    """Return a class of gaps in words: up to 1 min, 1 to 5 min, over 60 min."""
    words = (theme or Theme()).words
    low, high = key.split("-")
    return words(f"spans.gap.{'first' if not low else 'last' if not high else 'inner'}", low=low, high=high)


@exhibit
def work_and_gaps(
    baseline: Baseline,
    *,
    ax: Axes | None = None,
    populations: tuple[str, ...] = POPULATIONS,
    compact: bool = False,
    theme: Theme | None = None,
) -> Axes:
    """Draw one bar a population: work on record, and the gaps between records by their length.

    Parameters
    ----------
    baseline
        The measured baseline.
    ax
        Axes to draw in; without them a figure is made.
    populations
        Those to draw.
    compact
        Draw the small form of the first page.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the time from the first to the last record of a day, 0 to 1.

    Raises
    ------
    ValueError
        No population has such logs.
    """
    theme = theme or Theme()
    known = bars(baseline, populations)
    if not known:
        raise ValueError(missing(baseline, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=22 * len(known), margins_mm=(1, 1, 1, 1))
    height = style.size_pt(ax)[1]
    ax.set(xlim=(0, 1), ylim=(0, height))
    for place, bar in enumerate(known):
        top = height * (1 - place / len(known))
        words = theme.words
        ax.text(0, top - 2, words(f"population.{bar.population}"), size=style.VALUE, weight=600, va="top")
        span = words("spans.span_short" if compact else "spans.span", hours=words.n.hours(bar.span_h))
        ax.text(1, top - 2.5, span, size=style.SMALL, color=style.MUTED, ha="right", va="top")
        _bar(ax, bar, top - 32, theme, compact=compact)
    ax.set_axis_off()
    return ax


def _bar(ax: Axes, bar: Bar, foot: float, theme: Theme, *, compact: bool) -> None:
    """Draw the parts of one bar, their shares inside and their names below."""
    colour, on = style.MEANINGS["utilization"]
    work = theme.words(f"spans.work.{bar.population}")
    parts = [(work, bar.work_h, colour, on)]
    parts += [(_name(key, theme), hours, shade, theme.ink) for (key, hours), shade in zip(bar.gaps, GAPS, strict=False)]
    width, left, middle = style.size_pt(ax)[0], 0.0, foot + 8.5
    names, centres = [], []
    for name, hours, shade, text in parts:
        share = hours / bar.span_h
        ax.barh(middle, share, height=17, left=left, color=shade, edgecolor="white", linewidth=0.75)
        inside = share * width > LEAST_WIDTH_PT
        points = theme.words.n.points(share) if left else theme.words.n.share(share)
        if inside:
            ax.text(left + share / 2, middle - 0.3, points, size=style.VALUE + 0.5, weight=600, color=text,
                    ha="center", va="center_baseline")  # fmt: skip
        names.append(name if inside else f"{name}: {points}")
        centres.append(left + share / 2)
        left += share
    if compact:
        names, centres = [work, theme.words("spans.gaps")], [centres[0], (bar.work_h / bar.span_h + 1) / 2]
    widths = [style.text_width_pt(name, style.SMALL) / width for name in names]
    placed = style.spread(centres, widths, low=0, high=1, gap=6 / width)
    for name, place in zip(names, placed, strict=True):
        ax.text(place, foot - 4, name, size=style.SMALL, color=style.MUTED, ha="center", va="top")

"""Which gaps decide a ratio of work to span: class by class from the longest, with the time in which work was waiting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS
from analysis.measure.gap_classes import GAP_CLASSES
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

HOUR_S = 3600.0
# places of the columns beside the chart, in widths of the axes
NAME_X, GAPS_X, BAR_X, HOURS_X, WAITED_X = -0.447, 1.2, 1.25, 1.74, 1.83
# width of the axes for which these columns were chosen
OWN_MM = 62.0
MARGINS_MM = (28.0, 76.0, 1.0, 9.5)
BAR_WIDTH = 0.34
GREY, DARK = "#CDD4DB", "#5B6875"
ROW_MM, HEAD_MM = 4.8, 10.6
WAITING = {"contact_centre": "contact_waiting_h", "back_office": "item_waiting_h"}


@dataclass(frozen=True, slots=True)
class Step:
    """One class of gaps: work over span with it and without it, and what it holds; lengths in seconds, missing counts as NaN."""

    low_s: float
    high_s: float
    counted: float
    left_out: float
    hours: float
    gaps: float
    waited_h: float


def steps(baseline: Baseline, population: str) -> list[Step]:
    """Return the classes of gaps of one population from the longest to the shortest; none where its logs cannot be divided."""
    frame = baseline.sensitivity[baseline.sensitivity["population"] == population].dropna(subset=["work_h", "span_h"])
    frame = frame[frame["span_h"] > 0].sort_values("longest_gap_s", ascending=False, na_position="first", kind="stable")
    if frame.empty:
        return []
    highs = [math.inf if pd.isna(limit) else float(limit) for limit in frame["longest_gap_s"]]
    spans, work = [*frame["span_h"], frame["work_h"].iloc[0]], float(frame["work_h"].iloc[0])
    return [
        Step(low, high, work / before, work / after, *_held(baseline, population, low, high, before - after))
        for low, high, before, after in zip([*highs[1:], 0.0], highs, spans[:-1], spans[1:], strict=True)
        if work > 0
    ]


def _held(baseline: Baseline, population: str, low: float, high: float, hours: float) -> tuple[float, float, float]:
    """Return hours, number of gaps and hours in which work waited; the last two missing where gaps are not those between records."""
    frame = baseline.gaps[baseline.gaps["population"].eq(population) & baseline.gaps["kind"].str.startswith("between")]
    limits = dict(GAP_CLASSES)
    rows = frame[[low < limits.get(name, math.nan) <= high for name in frame["gap_class"]]]
    # a class that few people have holds no figures: what it holds together with its neighbours is known from the spans
    if rows.empty or rows["hours"].isna().any():
        return hours, math.nan, math.nan
    column = WAITING[population]
    waited_h = float(rows[column].sum(min_count=1)) if column in rows else math.nan
    return float(rows["hours"].sum()), float(rows["gaps"].sum()), waited_h


def known(baseline: Baseline, populations: tuple[str, ...] = POPULATIONS) -> dict[str, list[Step]]:
    """Return the steps of each population that has any."""
    found = {name: steps(baseline, name) for name in POPULATIONS if name in populations}
    return {name: rows for name, rows in found.items() if rows}


def waited(rows: list[Step], *, longest_s: float = HOUR_S) -> float:
    """Return the share of the time in gaps up to a length in which work was waiting; NaN where that is not known."""
    short = [row for row in rows if row.high_s <= longest_s]
    hours = sum(row.hours for row in short)
    return sum(row.waited_h for row in short) / hours if hours > 0 else math.nan


def height_mm(baseline: Baseline, populations: tuple[str, ...] = POPULATIONS) -> float:
    """Return the height that the chart needs in a report."""
    return (
        sum(HEAD_MM + ROW_MM * (len(rows) + 1) for rows in known(baseline, populations).values())
        + MARGINS_MM[2]
        + MARGINS_MM[3]
    )


def missing(baseline: Baseline, *, populations: tuple[str, ...] = POPULATIONS, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if known(baseline, populations) else (theme or Theme()).words("missing.spans")


def headline(baseline: Baseline, *, populations: tuple[str, ...] = POPULATIONS, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    found = known(baseline, populations)
    parts = [
        words(
            f"longest_gap.headline.{'some' if math.isnan(rows[0].gaps) else 'counted'}",
            gaps=n.count(rows[0].gaps) if not math.isnan(rows[0].gaps) else "",
            low=n.share(rows[0].counted),
            high=n.share(rows[0].left_out),
            population=words(f"ceilings.subject.{name}"),
        )
        for name, rows in found.items()
    ]
    limit = n.length(min(rows[0].low_s for rows in found.values()))
    text = words("longest_gap.headline.all", limit=limit, parts=words.listed(parts))
    tails = [
        words(f"longest_gap.waited.{name}", share=n.share(share), limit=n.length(HOUR_S))
        for name, rows in found.items()
        if not math.isnan(share := waited(rows))
    ]
    return words("longest_gap.headline.tail", text=text, tails=words.listed(tails)) if tails else text


def alt_text(baseline: Baseline, *, populations: tuple[str, ...] = POPULATIONS, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    return " ".join(
        words(
            "longest_gap.alt.row",
            population=words(f"population.{name}"),
            all=n.share(rows[0].counted),
            steps=words.listed(
                [
                    words(
                        "longest_gap.alt.step",
                        name=_name(row, theme),
                        share=n.share(row.left_out),
                        hours=n.hours(row.hours),
                    )
                    for row in rows
                ]
            ),
        )
        for name, rows in known(baseline, populations).items()
    )


def _name(row: Step, theme: Theme | None) -> str:
    """Return a class of gaps in words."""
    words = (theme or Theme()).words
    low, high = (f"{bound / 60:.0f}" if math.isfinite(bound) else "" for bound in (row.low_s, row.high_s))
    form = "last" if not high else "first" if row.low_s == 0 else "inner"
    return words(f"longest_gap.class.{form}", low=low, high=high)


@exhibit
def gap_limits(
    baseline: Baseline,
    *,
    ax: Axes | None = None,
    populations: tuple[str, ...] = POPULATIONS,
    theme: Theme | None = None,
) -> Axes:
    """Draw how work over span rises as classes of gaps are left out, from the longest, and what each class holds.

    Parameters
    ----------
    baseline
        The measured baseline.
    ax
        Axes to draw in; without them a figure is made.
    populations
        Those to draw.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: work over span, 0 to 1; beside it the gaps of each class, their hours, and the hours in which work was waiting.

    Raises
    ------
    ValueError
        No population has such logs.
    """
    theme = theme or Theme()
    found = known(baseline, populations)
    if not found:
        raise ValueError(missing(baseline, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(baseline, populations), margins_mm=MARGINS_MM)
    rows = sum(HEAD_MM / ROW_MM + len(part) + 1 for part in found.values())
    ax.set(xlim=(0, 1), ylim=(-rows, 0))
    top = 0.0
    for name, part in found.items():
        _panel(ax, name, part, top, theme)
        top -= HEAD_MM / ROW_MM + len(part) + 1
    n = theme.words.n
    ticks = (0, 0.25, 0.5, 0.75, 1.0)
    ax.set_xticks(ticks, [n.share(tick) if tick else "0" for tick in ticks])
    ax.set_xlabel(theme.words("longest_gap.axis"))
    style.quiet(ax, x=True)
    return ax


def _panel(ax: Axes, name: str, rows: list[Step], top: float, theme: Theme) -> None:
    """Draw one population: its name and columns, work with all gaps counted, then a step for each class."""
    words, across = theme.words, ax.get_yaxis_transform()
    head = top - 1.6
    lines = (0, 0.25, 0.5, 0.75, 1.0)
    ax.vlines(lines, top - HEAD_MM / ROW_MM - len(rows) - 1, head - 0.5, color=style.RULE, lw=style.HAIR, zorder=0)
    ax.text(
        style.aside(ax, NAME_X, OWN_MM),
        top - 0.8,
        words(f"population.{name}"),
        transform=across,
        size=style.VALUE,
        weight=600,
        va="center",
    )
    some = any(not math.isnan(row.waited_h) for row in rows)
    columns = [(GAPS_X, "gaps", "right"), (BAR_X, "hours", "left")]
    columns += [(WAITED_X, f"waited.{name}", "left")] if some else []
    for x, key, side in columns:
        if key != "gaps" or not math.isnan(rows[0].gaps):
            style.beside(ax, style.aside(ax, x, OWN_MM), head, words(f"longest_gap.column.{key}"), ha=side)
    y = top - HEAD_MM / ROW_MM - 0.5
    colour, on = style.MEANINGS["utilization"]
    first = rows[0].counted
    style.box(ax, (0, y - 0.36), (first, 0.72), facecolor=colour, lw=0)
    ax.text(
        first / 2,
        y - 0.02,
        words.n.share(first),
        size=style.VALUE,
        weight=600,
        color=on,
        ha="center",
        va="center_baseline",
    )
    style.beside(ax, style.aside(ax, NAME_X, OWN_MM), y, words("longest_gap.all"), size=style.LABEL, color=theme.ink)
    longest = max(row.hours for row in rows)
    for row in rows:
        y -= 1
        _step(ax, row, y, longest, theme)


def _step(ax: Axes, row: Step, y: float, longest: float, theme: Theme) -> None:
    """Draw one class of gaps: the points that it moves, and beside it gaps, hours and the part in which work waited."""
    n, across = theme.words.n, ax.get_yaxis_transform()
    style.box(ax, (row.counted, y - 0.36), (row.left_out - row.counted, 0.72), facecolor=GREY, lw=0)
    style.line(ax, [row.counted] * 2, [y - 0.36, y + 1.36], color=style.MUTED, lw=style.HAIR)
    label, left = n.share(row.left_out), row.left_out > 0.86
    place, side = (row.counted - 0.015, "right") if left else (row.left_out + 0.015, "left")
    ax.text(place, y - 0.02, label, size=style.VALUE, ha=side, va="center_baseline")
    style.beside(ax, style.aside(ax, NAME_X, OWN_MM), y, _name(row, theme), size=style.LABEL, color=theme.ink)
    if not math.isnan(row.gaps):
        style.beside(
            ax, style.aside(ax, GAPS_X, OWN_MM), y, n.count(row.gaps), size=style.LABEL, color=theme.ink, ha="right"
        )
    held = [(row.hours, GREY)] + ([] if math.isnan(row.waited_h) else [(row.waited_h, DARK)])
    for hours, shade in held:
        size = BAR_WIDTH * hours / longest * OWN_MM * style.MM / style.size_pt(ax)[0] if longest else 0.0
        corner = style.aside(ax, BAR_X, OWN_MM), y - 0.3
        style.box(ax, corner, (size, 0.6), transform=across, facecolor=shade, lw=0, clip_on=False)
    style.beside(
        ax, style.aside(ax, HOURS_X, OWN_MM), y, n.hours(row.hours), size=style.LABEL, color=theme.ink, ha="right"
    )
    if not math.isnan(row.waited_h) and row.hours > 0:
        text = theme.words("longest_gap.part", share=n.share(row.waited_h / row.hours), hours=n.hours(row.waited_h))
        style.beside(ax, style.aside(ax, WAITED_X, OWN_MM), y, text, size=style.LABEL, color=theme.ink)

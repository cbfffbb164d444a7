"""Are the gaps long enough: the share of waiting time in gaps longer than a length, with the items' lengths below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

# where gaps are read from: waiting where states show it, else the time between records, which is not idle time
READ_FROM = (
    ("contact_centre", "waiting"),
    ("contact_centre", "between contacts"),
    ("back_office", "between items"),
)
MOST_TYPES = 7
CURVE = "#8A5A0C"
# columns of the table beside the items, in widths of the axes
NAME_X, MEDIAN_X, SHARE_X = -0.34, 1.035, 1.17
TICKS_S = (15, 30, 60, 120, 300, 600, 1800, 3600)


def read_from(baseline: Baseline) -> tuple[str, str]:
    """Return the population and the kind of gap that the exhibit shows."""
    known = baseline.gap_survival[["population", "kind"]].drop_duplicates().itertuples(index=False, name=None)
    present = set(known)
    return next((found for found in READ_FROM if found in present), READ_FROM[0])


def time_of(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return what the time in these gaps is called."""
    return (theme or Theme()).words(f"gaps.time.{read_from(baseline)[1].replace(' ', '_')}")


def curve(baseline: Baseline) -> pd.DataFrame:
    """Return the survival of the time in gaps over gap length, from zero upwards."""
    frame = baseline.gap_survival
    population, kind = read_from(baseline)
    chosen = frame[(frame["population"] == population) & (frame["kind"] == kind) & (frame["length_s"] > 0)]
    return chosen.dropna(subset="share_of_time_longer").sort_values("length_s")


def longer_than(baseline: Baseline, length_s: float) -> float:
    """Return the share of waiting time that lies in gaps longer than a length [s], read off the curve."""
    frame = curve(baseline)
    return float(np.interp(np.log(length_s), np.log(frame["length_s"]), frame["share_of_time_longer"]))


def items(baseline: Baseline) -> pd.DataFrame:
    """Return the item types with the most items, shortest first, with the share of waiting time in longer gaps."""
    kept = baseline.item_lengths.sort_values("items", ascending=False, kind="stable").head(MOST_TYPES)
    kept = kept[kept["median_s"] > 0].sort_values("median_s", kind="stable")
    return kept.assign(share_longer=[longer_than(baseline, length) for length in kept["median_s"]])


def missing(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(curve(baseline)) > 1 else (theme or Theme()).words("missing.gaps")


def headline(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    known = items(baseline)
    if known.empty:
        return words("gaps.headline.alone", share=n.share(longer_than(baseline, 300)), time=time_of(baseline))
    short, long = known.iloc[0], known.iloc[-1]
    return words(
        "gaps.headline.items",
        time=time_of(baseline),
        short=short["type"],
        short_share=n.share(short["share_longer"]),
        long=long["type"],
        long_share=n.share(long["share_longer"]),
    )


def alt_text(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    points = [
        words("gaps.alt.point", length=n.length(length), share=n.share(longer_than(baseline, length)))
        for length in (60, 300, 900)
    ]
    types = [
        words(
            "gaps.alt.item",
            type=row.type,
            length=n.length(row.median_s),
            share=n.share(row.share_longer),
            time=time_of(baseline),
        )
        for row in items(baseline).itertuples()
    ]
    return " ".join([words("gaps.alt.curve", points=words.listed(points), time=time_of(baseline)), *types])


@exhibit
def gap_survival(baseline: Baseline, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw the share of waiting time in gaps longer than each length, and below it the lengths of the items.

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
        Horizontal axis: length [s], logarithmic; vertical axis: share of waiting time, 0 to 1.

    Raises
    ------
    ValueError
        No gaps were measured.
    """
    theme = theme or Theme()
    if missing(baseline):
        raise ValueError(missing(baseline, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=82, margins_mm=(36, 38, 3, 8))
    known, frame = items(baseline), curve(baseline)
    lane = min(15.0, 0.5 * style.size_pt(ax)[1] / max(len(known), 1)) / style.size_pt(ax)[1]
    head = 0.1 if len(known) else 0.0
    foot = head + len(known) * lane  # share of the axes' height below the curve
    scale = 1.0 / (1.0 - foot)
    ax.fill_between(frame["length_s"], frame["low"], frame["high"], color=style.MEANINGS["idle"][0], alpha=0.35, lw=0)
    ax.plot(frame["length_s"], frame["share_of_time_longer"], color=CURVE, lw=1.6)
    longest = max(TICKS_S[-1], float(known["p75_s"].max()) if len(known) else 0.0)
    shortest = min(TICKS_S[0], float(known["p25_s"].min()) if len(known) else TICKS_S[0])
    ax.set(xscale="log", xlim=(shortest, longest), ylim=(-foot * scale, 1.0))
    _grid(ax, theme)
    for place, row in enumerate(known.itertuples()):
        _item(ax, row, -(head + (place + 0.5) * lane) * scale, theme)
    if len(known):
        for x, key in ((NAME_X, "items"), (MEDIAN_X, "median"), (SHARE_X, "longer")):
            ax.text(x, -0.055 * scale, theme.words(f"gaps.column.{key}"), transform=ax.get_yaxis_transform(),
                    size=style.SMALL, color=style.MUTED, va="center")  # fmt: skip
    return ax


def _grid(ax: Axes, theme: Theme) -> None:
    n = theme.words.n
    for level in (0.25, 0.5, 0.75, 1.0):
        ax.axhline(level, color=style.RULE, lw=style.HAIR, zorder=0)
    ax.axhline(0, color=style.MUTED, lw=style.HAIR)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1.0], [n.share(level) if level else "0" for level in (0, 0.25, 0.5, 0.75, 1.0)])
    ax.set_xticks(TICKS_S, [n.length(tick) for tick in TICKS_S])
    ax.minorticks_off()
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_visible(False)
    for tick in TICKS_S:
        ax.axvline(tick, color=style.RULE, lw=style.HAIR * 0.6, zorder=0)


def _item(ax: Axes, row: Any, y: float, theme: Theme) -> None:
    """Draw the middle half of an item type's lengths with its median, tied to the curve above."""
    n, across = theme.words.n, ax.get_yaxis_transform()
    stops = pd.notna(row.interruptible) and bool(row.interruptible)
    colour = style.MEANINGS["utilization"][0] if stops else style.MEANINGS["support"][0]
    ax.plot([row.median_s] * 2, [y, row.share_longer], color=style.MUTED, lw=style.HAIR, ls=(0, (1, 2)), zorder=1)
    ax.plot([row.median_s], [row.share_longer], "o", ms=3.2, color=CURVE)
    ax.plot([row.p25_s, row.p75_s], [y, y], color=colour, lw=4, solid_capstyle="butt")
    ax.plot([row.median_s], [y], "o", ms=4.5, mfc="white", mec=colour, mew=1.1)
    cells = (
        (NAME_X, style.fitted(str(row.type), style.LABEL, -NAME_X * style.size_pt(ax)[0] - 6)),
        (MEDIAN_X, n.length(row.median_s)),
        (SHARE_X, n.share(row.share_longer)),
    )
    for x, text in cells:
        ax.text(x, y, text, transform=across, size=style.LABEL, va="center_baseline")

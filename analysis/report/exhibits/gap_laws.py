"""How long agents wait between contacts: measured, and as three ways of routing would make it, with the items' lengths below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending

MEASURED, ROUTINGS = "measured", ("longest_idle", "random", "last_idle_first")
LOOKS = {"longest_idle": (0, (5, 1.5)), "random": (0, (2, 1.2)), "last_idle_first": (0, (0.8, 1.4))}
CURVE = "#8A5A0C"
MOST_TYPES = 7
# columns beside the items, in widths of the axes
# columns beside the chart, in widths of axes of the report's own
NAME_X, MEAN_X, SHARE_X, USE_X = -0.34, 1.035, 1.19, 1.32
OWN_MM = 88.0
TICKS_S = (5, 15, 30, 60, 120, 300, 600, 1800, 3600)
MARGINS_MM = (36.0, 42.0, 8.0, 7.0)
# a share below this is told as below it
LEAST = 0.01
LANE_MM, CURVE_MM, HEAD_MM = 3.6, 22.0, 5.5


def curve(blending: Blending, law: str = MEASURED, pool: str | None = None) -> pd.DataFrame:
    """Return a law of the gaps of a pool, of the first pool by default, from short to long."""
    frame = blending.gap_law
    known = list(frame.loc[(frame["law"] == MEASURED) & frame["survival"].notna(), "pool"].drop_duplicates())
    if not known:
        return frame.head(0)
    mine = frame[(frame["pool"] == (pool or known[0])) & (frame["law"] == law) & (frame["length_s"] > 0)]
    return mine.dropna(subset=["survival"]).sort_values("length_s", kind="stable")


def read(frame: pd.DataFrame, length_s: float, column: str = "survival") -> float:
    """Return a share at a length [s], read off a law; NaN beyond its longest length."""
    known = frame.dropna(subset=[column])
    if known.empty or length_s > known["length_s"].max():
        return float("nan")
    return float(np.interp(np.log(length_s), np.log(known["length_s"]), known[column]))


def items(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the item types with the most hours, shortest first, with the share of gaps that outlast them and of idle time usable."""
    measured = curve(blending, pool=pool)
    kept = blending.inventory[blending.inventory["mean_s"] > 0]
    kept = kept.sort_values("hours_per_week", ascending=False, kind="stable").head(MOST_TYPES)
    kept = kept.sort_values("mean_s", kind="stable")
    return kept.assign(
        outlasts=[read(measured, length) for length in kept["mean_s"]],
        usable=[read(measured, length, "share_of_time") for length in kept["mean_s"]],
    )


def _share(row: Any, column: str, measured: pd.DataFrame, words: Words, key: str = "under") -> str:
    """Return a share of gaps or time beyond an item's length; of items longer than any length looked at, what it is below."""
    value = row[column] if isinstance(row, pd.Series) else getattr(row, column)
    if pd.notna(value):
        return words.n.share(value)
    last = measured[{"outlasts": "survival", "usable": "share_of_time"}[column]].dropna()
    return words(f"gap_laws.{key}", share=words.n.share(max(float(last.iloc[-1]), LEAST))) if len(last) else "–"


def nearest(blending: Blending, pool: str | None = None) -> tuple[str, float] | None:
    """Return the way of routing whose law lies nearest to the measured one, and how far apart they are at most."""
    measured = curve(blending, pool=pool)
    far = {}
    for law in ROUTINGS:
        other = curve(blending, law, pool)
        if len(other) > 1 and len(measured) > 1:
            gaps = [abs(read(other, length) - value) for length, value in measured[["length_s", "survival"]].to_numpy()]
            far[law] = float(max(gaps))
    return min(far.items(), key=lambda pair: pair[1]) if far else None


def height_mm(blending: Blending, pool: str | None = None) -> float:
    """Return how high the exhibit is [mm], margins included."""
    known = len(items(blending, pool))
    return CURVE_MM + (HEAD_MM + LANE_MM * known if known else 0) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(curve(blending, pool=pool)) > 1 else (theme or Theme()).words("missing.gap_laws")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    known, measured = items(blending, pool), curve(blending, pool=pool)
    middle = float(np.exp(np.interp(-0.5, -measured["survival"], np.log(measured["length_s"]))))
    half = words("gap_laws.headline.half", length=n.length(middle))
    if known.empty:
        return half
    short, long = known.iloc[0], known.iloc[-1]
    parts = [
        words(
            "gap_laws.headline.item",
            type=row["type"],
            length=n.length(row["mean_s"]),
            share=_share(row, "outlasts", measured, words),
        )
        for row in ([short] if len(known) == 1 else [short, long])
    ]
    return words("gap_laws.headline.items", half=half, parts=words.listed(parts))


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    laws = []
    for law in (MEASURED, *ROUTINGS):
        frame = curve(blending, law, pool)
        if len(frame) < 2:
            continue
        points = [
            words("gap_laws.alt.point", length=n.length(length), share=n.share(read(frame, length)))
            for length in (60, 300, 900)
            if length <= frame["length_s"].max()
        ]
        laws.append(words("gap_laws.alt.law", law=words(f"gap_laws.law.{law}"), points=words.listed(points)))
    types = [
        words(
            "gap_laws.headline.item",
            type=row.type,
            length=n.length(row.mean_s),
            share=_share(row, "outlasts", curve(blending, pool=pool), words),
        )
        for row in items(blending, pool).itertuples()
    ]
    return words("gap_laws.alt.all", laws="; ".join(laws), types="; ".join(types))


@exhibit
def gap_law(blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw the share of gaps longer than each length, measured and under three ways of routing, and the items' mean lengths below.

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
        Horizontal axis: length [s], logarithmic; vertical axis: share of gaps, 0 to 1.

    Raises
    ------
    ValueError
        No gaps were measured.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    high = height_mm(blending, pool)
    ax = style.axes(ax, width_mm=166, height_mm=high, margins_mm=MARGINS_MM)
    known, measured = items(blending, pool), curve(blending, pool=pool)
    inner = high - MARGINS_MM[2] - MARGINS_MM[3]
    scale = inner / CURVE_MM  # heights of the curve's part in the axes
    lane, head = LANE_MM / CURVE_MM, HEAD_MM / CURVE_MM
    low, top = (
        measured["survival_low"].fillna(measured["survival"]),
        measured["survival_high"].fillna(measured["survival"]),
    )
    ax.fill_between(measured["length_s"], low, top, color=style.MEANINGS["idle"][0], alpha=0.4, lw=0)
    for law in ROUTINGS:
        other = curve(blending, law, pool)
        ax.plot(other["length_s"], other["survival"], color=style.MUTED, lw=0.9, ls=LOOKS[law])
    ax.plot(measured["length_s"], measured["survival"], color=CURVE, lw=1.7)
    ends = [TICKS_S[1], TICKS_S[-1], *known["mean_s"]]
    ax.set(xscale="log", xlim=(min(ends), max(ends) * 1.05), ylim=(1.0 - scale, 1.0))
    _grid(ax, theme)
    for place, row in enumerate(known.itertuples()):
        _item(ax, row, -(head + (place + 0.5) * lane), measured, theme)
    if len(known):
        for x, key in ((NAME_X, "items"), (MEAN_X, "mean"), (SHARE_X, "outlasts"), (USE_X, "usable")):
            style.beside(ax, style.aside(ax, x, OWN_MM), -head * 0.62, theme.words(f"gap_laws.column.{key}"))
    _key(ax, blending, pool, theme)
    return ax


def _grid(ax: Axes, theme: Theme) -> None:
    n, levels = theme.words.n, (0.25, 0.5, 0.75, 1.0)
    for level in levels:
        ax.axhline(level, color=style.RULE, lw=style.HAIR, zorder=0)
    ax.axhline(0, color=style.MUTED, lw=style.HAIR)
    ax.set_yticks([0, *levels], ["0", *(n.share(level) for level in levels)])
    low, high = ax.get_xlim()
    ticks = [tick for tick in TICKS_S if low <= tick <= high]
    ax.set_xticks(ticks, [n.length(tick) for tick in ticks])
    ax.minorticks_off()
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_visible(False)
    for tick in ticks:
        ax.axvline(tick, color=style.RULE, lw=style.HAIR * 0.6, zorder=0)


def _item(ax: Axes, row: Any, y: float, measured: pd.DataFrame, theme: Theme) -> None:
    """Draw an item type's mean length, tied to the measured law above, with its figures beside."""
    n = theme.words.n
    fits = bool(row.suitable_between) or bool(row.suitable_interrupt)
    colour = style.MEANINGS["utilization"][0] if fits else style.MEANINGS["support"][0]
    ends = [y, row.outlasts if pd.notna(row.outlasts) else 0.0]
    ax.plot([row.mean_s] * 2, ends, color=style.MUTED, lw=style.HAIR, ls=(0, (1, 2)), zorder=1)
    if pd.notna(row.outlasts):
        ax.plot([row.mean_s], [row.outlasts], "o", ms=3.2, color=CURVE)
    ax.plot([row.mean_s], [y], "o", ms=4.5, mfc=colour if fits else "white", mec=colour, mew=1.1)
    name = style.fitted(str(row.type), style.LABEL, -NAME_X * OWN_MM * style.MM - 8)
    gaps, time = (_share(row, column, measured, theme.words, "below") for column in ("outlasts", "usable"))
    for x, text in ((NAME_X, name), (MEAN_X, n.length(row.mean_s)), (SHARE_X, gaps), (USE_X, time)):
        style.beside(ax, style.aside(ax, x, OWN_MM), y, text, size=style.LABEL, color=theme.ink)


def _key(ax: Axes, blending: Blending, pool: str | None, theme: Theme) -> None:
    """Name the laws once, above the chart."""
    width, height = style.size_pt(ax)
    words, left, y = theme.words, NAME_X * OWN_MM * style.MM, 1 + 12 / height
    for law in (MEASURED, *ROUTINGS):
        if len(curve(blending, law, pool)) < 2:
            continue
        form = {"color": CURVE, "lw": 1.7} if law == MEASURED else {"color": style.MUTED, "lw": 0.9, "ls": LOOKS[law]}
        ax.plot([left / width, (left + 16) / width], [y, y], transform=ax.transAxes, clip_on=False, **form)
        text = words(f"gap_laws.law.{law}")
        ax.text((left + 19) / width, y, text, size=style.LABEL, transform=ax.transAxes, va="center_baseline")
        left += 19 + style.text_width_pt(text, style.LABEL) + 12

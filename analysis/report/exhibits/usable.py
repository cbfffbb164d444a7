"""How much of the waiting each way of blending could use: three views of the same time, never added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.blending.result import Blending


def _rows(blending: Blending, pool: str | None) -> pd.DataFrame:
    frame = blending.usable
    known = list(frame.loc[frame["agents"].notna(), "pool"].drop_duplicates())
    return frame[frame["pool"] == (pool or known[0])] if known else frame.head(0)


def _room(blending: Blending, row: Any) -> str:
    found = blending.recommendation
    chosen = found[(found["pool"] == row.pool) & (found["mode"] == row.mode)]
    return str(chosen["verdict"].iloc[0]) if len(chosen) else ""


def _idle(blending: Blending, pool: str) -> float | None:
    """Return the mean number of idle agents of a pool, where it is known."""
    known = [
        quantity.estimate.value
        for quantity in blending.quantities
        if quantity.id == "blending.idle_agents" and quantity.scope.get("pool") == pool
    ]
    return known[0] if known else None


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    frame = _rows(blending, pool)
    return "" if frame["agents"].notna().any() else (theme or Theme()).words("missing.usable")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    frame = _rows(blending, pool)
    known = frame[frame["agents"].notna()]
    parts = [words(f"usable.headline.{row.mode}", agents=words.n.agents(row.agents)) for row in known.itertuples()]
    return words("usable.headline.all", parts=words.listed(parts))


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for row in _rows(blending, pool).itertuples():
        label = words(f"mode.{row.mode}")
        parts.append(f"{label}: {_figure(row, theme or Theme()) if pd.notna(row.agents) else row.sentence}.")
    return " ".join(parts)


def _figure(row: Any, theme: Theme) -> str:
    n = theme.words.n
    agents = n.interval(row.agents, row.low, row.high, "agents")
    if pd.isna(row.hours_per_week):
        return theme.words("usable.agents", agents=agents)
    return theme.words("usable.row", agents=agents, hours=n.hours(row.hours_per_week))


@exhibit
def usable_by_mode(
    blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw, for each way of blending, how many waiting agents it could use on average.

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
        Horizontal axis: agents at the same time; one row a mode.

    Raises
    ------
    ValueError
        No mode has a figure.
    """
    theme = theme or Theme()
    frame = _rows(blending, pool)
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=14 * len(frame), margins_mm=(46, 58, 1, 1))
    idle = _idle(blending, frame["pool"].iloc[0])
    most = max(float(frame["high"].max()), idle or 0.0)
    ax.set(xlim=(0, most), ylim=(len(frame) - 0.5, -0.5 - (0.35 if idle else 0)))
    height = style.size_pt(ax)[1]
    bar = min(14.0 / height * len(frame), 0.6)
    for place, row in enumerate(frame.itertuples()):
        _row(ax, row, (place, bar), _room(blending, row), theme)
        if idle:
            ax.barh(place, idle, height=bar, color=style.MEANINGS["idle"][0], alpha=0.35, zorder=1)
    if idle:
        text = theme.words("usable.idle", agents=theme.words.n.agents(idle))
        ax.text(idle, -0.5 - 0.05, text, size=style.SMALL, color=style.MUTED, ha="right", va="bottom")
    ax.set_axis_off()
    return ax


def _row(ax: Axes, row: Any, at: tuple[int, float], verdict: str, theme: Theme) -> None:
    """Draw one mode: its name and meaning, its bar with the interval, its figures."""
    (place, bar), width, words = at, style.size_pt(ax)[0], theme.words
    left, right = -style.MM * 43 / width, 1 + style.MM * 3 / width
    over, under = {"y": place - 0.04, "va": "bottom"}, {"y": place + 0.06, "va": "top"}
    room = verdict == "room"
    style.beside(ax, left, text=words(f"mode.{row.mode}"), size=style.VALUE, weight=600, color=theme.ink, **over)
    style.beside(ax, left, text=words(f"mode_means.{row.mode}"), **under)
    if pd.isna(row.agents):
        style.beside(ax, right, place, words("usable.none"), size=style.LABEL)
        return
    ax.barh(place, row.agents, height=bar, color=theme.accent if room else style.MUTED, zorder=2)
    if pd.notna(row.low) and pd.notna(row.high):
        ax.plot([row.low, row.high], [place, place], color=theme.ink, lw=1.2, zorder=3, solid_capstyle="butt")
    weight = 600 if room else 400
    style.beside(ax, right, text=_figure(row, theme), size=style.VALUE, weight=weight, color=theme.ink, **over)
    if verdict:
        note = words(f"usable.verdict.{verdict.replace(' ', '_')}")
        style.beside(ax, right, text=note, color=theme.accent if room else style.WARNING, **under)

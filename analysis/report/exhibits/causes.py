"""Why people wait: the agents that the promise needs in reserve, and those rostered above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.blending.result import Blending

NEEDED, ABOVE = "#C48A1E", "#F3D58E"


def pools(blending: Blending) -> list[str]:
    """Return the pools of which idle time by cause is known."""
    frame = blending.idle_by_cause
    return list(frame.loc[frame["structural_agents"].notna(), "pool"].drop_duplicates())


def _rows(blending: Blending, pool: str | None) -> pd.DataFrame:
    known = pools(blending)
    if not known:
        return blending.idle_by_cause.head(0)
    frame = blending.idle_by_cause
    chosen = frame[(frame["pool"] == (pool or known[0])) & frame["structural_agents"].notna()]
    return chosen.sort_values(["weekday", "slot_of_day_s"], kind="stable")


def _means(frame: pd.DataFrame) -> tuple[float, float]:
    """Return the mean agents needed in reserve and above it, over the half hours of the week."""
    return float(frame["structural_agents"].mean()), float(frame["surplus_agents"].mean())


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(_rows(blending, pool)) else (theme or Theme()).words("missing.causes")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    needed, above = _means(_rows(blending, pool))
    key = "causes.headline.needed" if needed >= above else "causes.headline.above"
    figures = {"needed": words.n.agents(needed), "above": words.n.agents(above)}
    return words(key, idle=words.n.agents(needed + above), **figures)


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    frame = _rows(blending, pool)
    days = []
    for weekday, part in frame.groupby("weekday"):
        needed, above = _means(part)
        days.append(
            words("causes.alt.day", weekday=n.weekday(int(weekday)), needed=n.agents(needed), above=n.agents(above))
        )  # type: ignore[arg-type]
    return words("causes.alt.all", days="; ".join(days))


@exhibit
def idle_by_cause(
    blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw the idle agents of every half hour of the week, split into needed reserve and surplus.

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
        Horizontal axis: hours, the weekdays side by side; vertical axis: agents.

    Raises
    ------
    ValueError
        No source shows idle states, or no number of agents keeps the promise.
    """
    theme = theme or Theme()
    frame = _rows(blending, pool)
    if frame.empty:
        raise ValueError(missing(blending, pool=pool, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=52, margins_mm=(8, 1, 8, 10))
    first, last = frame["slot_of_day_s"].min() / 3600, frame["slot_of_day_s"].max() / 3600 + 0.5
    span, starts = last - first + 1.2, []
    for place, (weekday, part) in enumerate(frame.groupby("weekday")):
        start = place * span - first
        starts.append((start, int(weekday)))  # type: ignore[arg-type]
        for block in _runs(part):
            hours = np.append(block["slot_of_day_s"], block["slot_of_day_s"].iloc[-1] + 1800) / 3600 + start
            needed = np.append(block["structural_agents"], block["structural_agents"].iloc[-1])
            total = needed + np.append(block["surplus_agents"], block["surplus_agents"].iloc[-1])
            ax.fill_between(hours, 0, needed, step="post", color=NEEDED, lw=0)
            ax.fill_between(hours, needed, total, step="post", color=ABOVE, lw=0)
            ax.step(hours, total, where="post", color="#8A5A0C", lw=0.75)
    _axis(ax, starts, (first, last), theme)
    _key(ax, frame, theme)
    return ax


def _runs(part: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the stretches of half hours without a hole."""
    breaks = (part["slot_of_day_s"].diff().fillna(1800) > 1800).cumsum()
    return [block for _, block in part.groupby(breaks)]


def _axis(ax: Axes, starts: list[tuple[float, int]], hours: tuple[float, float], theme: Theme) -> None:
    first, last = hours
    n = theme.words.n
    ax.set(xlim=(0, starts[-1][0] + last + 0.1), ylim=(0, None))
    ax.margins(y=0.05)
    style.quiet(ax, x=True, y=True)
    marks = [
        (start + hour, n.clock(3600 * hour)) for start, _ in starts for hour in (9, 13, 17) if first <= hour <= last
    ]
    ax.set_xticks([mark for mark, _ in marks], [text[:2] for _, text in marks], size=style.SMALL)
    for start, weekday in starts:
        ax.text(start + (first + last) / 2, -0.17, n.weekday(weekday, short=True), size=style.LABEL, weight=600,
                ha="center", va="top", transform=ax.get_xaxis_transform())  # fmt: skip
        ax.plot([start + first, start + last], [0, 0], color=style.MUTED, lw=style.HAIR, clip_on=False)
    ax.yaxis.get_major_locator().set_params(nbins=4, integer=True)  # type: ignore[attr-defined]
    ax.grid(axis="y")
    ax.tick_params(length=0, pad=2)


def _key(ax: Axes, frame: pd.DataFrame, theme: Theme) -> None:
    """Name the two parts once, above the chart, each with its mean."""
    width, height = style.size_pt(ax)
    left = 0.0
    for colour, key, mean in zip((NEEDED, ABOVE), ("needed", "above"), _means(frame), strict=True):
        text = theme.words(f"causes.key.{key}", agents=theme.words.n.agents(mean))
        ax.plot([left + 3.5 / width], [1 + 11 / height], "s", ms=7, color=colour, transform=ax.transAxes, clip_on=False)
        ax.text(
            left + 11 / width, 1 + 11 / height, text, size=style.LABEL, transform=ax.transAxes, va="center_baseline"
        )
        left += (11 + style.text_width_pt(text, style.LABEL) + 18) / width

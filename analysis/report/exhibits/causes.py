"""Why people wait: the agents that the promise needs in reserve, and those rostered above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style, week
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
    span = week.week_of(frame)
    for weekday, part in frame.groupby("weekday"):
        day = int(weekday)  # type: ignore[reportArgumentType]
        for block in week.runs(part):
            hours, needed = span.hours(block, day), week.held(block["structural_agents"])
            total = needed + week.held(block["surplus_agents"])
            ax.fill_between(hours, 0, needed, step="post", color=NEEDED, lw=0)
            ax.fill_between(hours, needed, total, step="post", color=ABOVE, lw=0)
            ax.step(hours, total, where="post", color="#8A5A0C", lw=0.75)
    week.draw_axis(ax, span, theme)
    week.draw_key(ax, _key(frame, theme))
    return ax


def _key(frame: pd.DataFrame, theme: Theme) -> list[tuple[str, str, str]]:
    """Return the two parts with their means."""
    named = zip((NEEDED, ABOVE), ("needed", "above"), _means(frame), strict=True)
    return [
        ("s", colour, theme.words(f"causes.key.{key}", agents=theme.words.n.agents(mean)))
        for colour, key, mean in named
    ]

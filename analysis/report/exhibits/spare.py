"""When blending could use the waiting: idle agents by weekday and half hour, and how many of them each mode could use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import lab, style, week
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending

MODES = ("releasable", "shareable", "interruptible")
# what could be used is in the accent, thinned so far
IDLE, USED = "#F7E6BE", 0.59
LINES = {"releasable": (style.INK, "-"), "shareable": (style.INK, "--"), "interruptible": (style.INK, ":")}
MARGINS_MM = (5.5, 0.5, 8.0, 9.0)
HEIGHT_MM = 40.0


def rows(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the half hours of a pool of which the waiting is known, of the first pool by default."""
    frame = blending.usable_slots
    known = list(frame.loc[frame["idle_agents"].notna(), "pool"].drop_duplicates())
    if not known:
        return frame.head(0)
    return frame[frame["pool"] == (pool or known[0])].sort_values(["weekday", "slot_of_day_s"], kind="stable")


def shown(blending: Blending, pool: str | None, mode: str) -> str:
    """Return the mode that is filled: the one asked for, else that of the recommended policy, else the first with figures."""
    frame = rows(blending, pool)
    best = lab.chosen(lab.policies(blending, pool))
    wanted = (mode, lab.MODES.get(best.policy, "") if best is not None else "", "shareable", *MODES)
    return next((one for one in wanted if one in MODES and frame[f"{one}_agents"].notna().any()), "")


def missing(blending: Blending, *, pool: str | None = None, mode: str = "", theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    frame = rows(blending, pool)
    known = len(frame) and frame["idle_agents"].notna().any() and shown(blending, pool, mode)
    return "" if known else (theme or Theme()).words("missing.spare")


def headline(blending: Blending, *, pool: str | None = None, mode: str = "", theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    frame, mode = rows(blending, pool), shown(blending, pool, mode)
    usable = frame[f"{mode}_agents"]
    best, least = frame.loc[usable.idxmax()], frame.loc[usable.idxmin()]
    return words(
        "spare.headline",
        idle=n.agents(frame["idle_agents"].mean()),
        usable=n.agents(usable.mean()),
        mode=words(f"mode.{mode}").lower(),
        least=n.agents(usable.min()),
        worst=_at(least, words),
        most=n.agents(usable.max()),
        best=_at(best, words),
    )


def _at(row: pd.Series, words: Words) -> str:
    return words(
        "spare.at", weekday=words.n.weekday(row["weekday"], short=True), clock=words.n.clock(row["slot_of_day_s"])
    )


def alt_text(blending: Blending, *, pool: str | None = None, mode: str = "", theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    frame, mode = rows(blending, pool), shown(blending, pool, mode)
    days = [
        words(
            "spare.alt.day",
            weekday=words.n.weekday(int(day)),  # type: ignore[reportArgumentType]
            idle=words.n.agents(part["idle_agents"].mean()),
            usable=words.n.agents(part[f"{mode}_agents"].mean()),
        )
        for day, part in frame.groupby("weekday")
        if part["idle_agents"].notna().any()
    ]
    return words("spare.alt.all", mode=words(f"mode.{mode}").lower(), days="; ".join(days))


@exhibit
def usable_slots(
    blending: Blending,
    *,
    pool: str | None = None,
    mode: str = "",
    ax: Axes | None = None,
    theme: Theme | None = None,
) -> Axes:
    """Draw the agents who wait in every half hour of the week, and how many of them each mode could use.

    Parameters
    ----------
    blending
        The blending assessment.
    pool
        Which pool; the first by default.
    mode
        Which mode is filled; that of the recommended policy by default. The others are lines.
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
        The waiting by half hour is not known.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool, mode=mode):
        raise ValueError(missing(blending, pool=pool, mode=mode, theme=theme))
    frame, mode = rows(blending, pool), shown(blending, pool, mode)
    ax = style.axes(ax, width_mm=166, height_mm=HEIGHT_MM, margins_mm=MARGINS_MM)
    span = week.week_of(frame)
    others = [one for one in MODES if one != mode and frame[f"{one}_agents"].notna().any()]
    for weekday, part in frame.groupby("weekday"):
        day = int(weekday)  # type: ignore[reportArgumentType]
        for block in week.runs(part, "idle_agents"):
            ax.fill_between(span.hours(block, day), 0, week.held(block["idle_agents"]), step="post", color=IDLE, lw=0)
        for block in week.runs(part, f"{mode}_agents"):
            at, height = span.hours(block, day), week.held(block[f"{mode}_agents"])
            ax.fill_between(at, 0, height, step="post", color=theme.tint(USED), lw=0)
        for one in others:
            for block in week.runs(part, f"{one}_agents"):
                at, height = span.hours(block, day), week.held(block[f"{one}_agents"])
                ax.step(at, height, where="post", color=LINES[one][0], ls=LINES[one][1], lw=0.9)
    week.draw_axis(ax, span, theme)
    week.draw_key(ax, _key(frame, mode, others, theme))
    return ax


def _key(frame: pd.DataFrame, mode: str, others: list[str], theme: Theme) -> list[tuple[str, str, str]]:
    n = (words := theme.words).n
    entries = [("s", IDLE, words("spare.key.idle", agents=n.agents(frame["idle_agents"].mean())))]
    for one in (mode, *others):
        text = words(
            "spare.key.mode", mode=words(f"mode.{one}").lower(), agents=n.agents(frame[f"{one}_agents"].mean())
        )
        entries.append(("s", theme.tint(USED), text) if one == mode else (LINES[one][1], LINES[one][0], text))
    return entries

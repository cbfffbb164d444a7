"""The price of blending: how many agents could work on items under each policy, and what becomes of the promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.labels import Room
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.blending.result import Blending


# how far below the lowest promise the chart reaches, share; policies that fall deeper are not drawn
DEPTH = 0.10
# room for a label above the highest point
ABOVE_PT = 17.0


def _rows(blending: Blending, pool: str | None) -> pd.DataFrame:
    frame = blending.frontier.dropna(subset=["service_level", "item_agents"])
    known = list(frame["pool"].drop_duplicates())
    return frame[frame["pool"] == (pool or known[0])].reset_index(drop=True) if known else frame


def promises(blending: Blending, pool: str) -> list[float]:
    """Return the targets of the pool's queues, each once."""
    frame = blending.service
    return sorted({float(target) for target in frame.loc[frame["pool"] == pool, "target"].dropna()})


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(_rows(blending, pool)) > 1 else (theme or Theme()).words("missing.frontier")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    frame = _rows(blending, pool)
    today = n.share(frame["service_level"].iloc[0])
    parts = [
        words(
            "frontier.headline.part" if place else "frontier.headline.first",
            mode=words(f"mode.{row.mode}").lower(),
            agents=n.agents(row.item_agents),
            after=n.share(row.service_level),
        )
        for place, row in enumerate(frame[frame["recommended"]].itertuples())
    ]
    if not parts:
        return words("frontier.headline.none", today=today)
    return words("frontier.headline.room", today=today, parts=words.listed(parts))


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    frame = _rows(blending, pool)
    points = [
        words(
            "frontier.alt.point", policy=row.policy, agents=n.agents(row.item_agents), share=n.share(row.service_level)
        )
        for row in frame.itertuples()
    ]
    targets = words.listed([n.share(target) for target in promises(blending, frame["pool"].iloc[0])])
    return words("frontier.alt.all", targets=targets, points="; ".join(points))


@exhibit
def frontier(
    blending: Blending,
    *,
    pool: str | None = None,
    ax: Axes | None = None,
    compact: bool = False,
    mode: str = "",
    theme: Theme | None = None,
) -> Axes:
    """Draw every policy as a point: agents on items against the share of contacts answered in time.

    Parameters
    ----------
    blending
        The blending assessment.
    pool
        Which pool; the first by default.
    ax
        Axes to draw in; without them a figure is made.
    compact
        Draw the small form of the first page.
    mode
        Name only what is recommended for this mode; all of them by default.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: agents on items; vertical axis: service level, 0 to 1.

    Raises
    ------
    ValueError
        Fewer than two policies could be modelled.
    """
    theme = theme or Theme()
    frame = _rows(blending, pool)
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=74, margins_mm=(12, 4, 4, 12))
    targets = promises(blending, frame["pool"].iloc[0])
    low = max(min([float(frame["service_level"].iloc[0]), *targets]) - DEPTH, 0.0)
    frame = frame[frame["service_level"] >= low]
    top = max([float(frame["service_level"].max()), *targets])
    high = top + (top - low) * ABOVE_PT / (style.size_pt(ax)[1] - ABOVE_PT)
    reach = max(float(frame["item_agents"].max()), 0.1)
    ax.set(xlim=(-0.03 * reach, reach * 1.07), ylim=(low, high))
    path = frame[frame["kept_free_agents"].notna() | (frame.index == 0)].sort_values("item_agents", kind="stable")
    ax.plot(path["item_agents"], path["service_level"], color=style.MUTED, lw=0.75, zorder=2)
    for row in frame.itertuples():
        _point(ax, row, first=row.Index == 0, quiet=bool(mode) and row.mode != mode, theme=theme)
    room = _room(ax, frame, path, targets)
    _promise(ax, targets, room, theme)
    _labels(ax, frame, room, theme, only=mode if compact else "")
    _axis(ax, theme, compact=compact)
    return ax


def _at(ax: Axes, x: float, y: float) -> tuple[float, float]:
    """Return where a point lies on the axes, in points."""
    (left, right), (low, high), (width, height) = ax.get_xlim(), ax.get_ylim(), style.size_pt(ax)
    return (x - left) / (right - left) * width, (y - low) / (high - low) * height


def _room(ax: Axes, frame: pd.DataFrame, path: pd.DataFrame, targets: list[float]) -> Room:
    """Return the axes' room with points, curve and promises taken."""
    room = Room(*style.size_pt(ax))
    for row in frame.itertuples():
        room.mark(*_at(ax, row.item_agents, row.service_level), 5 if row.recommended or row.Index == 0 else 3)
    room.line([_at(ax, row.item_agents, row.service_level) for row in path.itertuples()])
    for target in targets:
        foot = _at(ax, 0, target)[1]
        room.line([(0, foot), (room.width, foot)])
    return room


def _promise(ax: Axes, targets: list[float], room: Room, theme: Theme) -> None:
    """Draw each promise as a line; below the lowest lies what may not be done."""
    (left, _), (low, _) = ax.get_xlim(), ax.get_ylim()
    if targets:
        ax.axhspan(low, targets[0], color="#FAF0EE", lw=0, zorder=0)
    for target in targets:
        ax.axhline(target, color=style.WARNING, lw=0.75, zorder=1)
        text = theme.words("frontier.promise", share=theme.words.n.share(target))
        foot = _at(ax, left, target)[1] - 10
        ax.text(0, foot / room.height, text, size=style.SMALL, color=style.WARNING, va="bottom", transform=ax.transAxes)
        room.taken.append((0, foot, style.text_width_pt(text, style.SMALL), foot + 8))


def _point(ax: Axes, row: Any, *, first: bool, quiet: bool, theme: Theme) -> None:
    if row.recommended:
        face, edge, size = ("white", theme.accent, 5.0) if quiet else (theme.accent, theme.accent, 8.0)
    elif first:
        face, edge, size = theme.ink, theme.ink, 7.0
    elif row.feasible:
        face, edge, size = style.MEANINGS["utilization"][0], style.MEANINGS["utilization"][0], 4.5
    else:
        face, edge, size = "white", style.WARNING, 4.5
    marker = "o" if first or pd.notna(row.kept_free_agents) or row.recommended else "D"
    ax.plot(
        [row.item_agents], [row.service_level], marker, ms=size, mfc=face, mec=edge, mew=1.0, zorder=4, clip_on=False
    )


def _labels(ax: Axes, frame: pd.DataFrame, room: Room, theme: Theme, *, only: str) -> None:
    """Name what is recommended and today first, then as many of the other policies as find room."""
    n = (words := theme.words).n
    chosen = frame["recommended"] & ((frame["mode"] == only) | (only == ""))
    named = frame[chosen | (frame.index == 0)].sort_values("item_agents", ascending=False, kind="stable")
    for row in named.itertuples():
        share = n.share(row.service_level)
        if row.Index == 0:
            text, colour = words("frontier.label", policy=words("frontier.today"), share=share), theme.ink
        else:
            numbers = words("frontier.chosen", agents=n.agents(row.item_agents), share=share)
            text = words("frontier.label", policy=words(f"mode.{row.mode}").lower(), share=numbers)
            colour = theme.accent
        _write(ax, row, text, room, (style.LABEL if only else style.VALUE, 600, colour))
    if not only:
        for row in frame[~frame.index.isin(named.index)].itertuples():
            text = str(row.policy) if pd.isna(row.kept_free_agents) else n.count(row.kept_free_agents)
            _write(ax, row, text, room, (style.SMALL, 400, style.MUTED), free_only=True)


def _write(ax: Axes, row: Any, text: str, room: Room, form: tuple[float, int, str], *, free_only: bool = False) -> None:
    """Write a label near its point where there is room."""
    size, weight, colour = form
    long = style.text_width_pt(text, size, weight)
    spot = room.place(_at(ax, row.item_agents, row.service_level), (long, size * 1.2), free_only=free_only)
    if spot is not None:
        ax.text(spot[0] / room.width, (spot[1] + 1.5) / room.height, text, size=size, weight=weight, color=colour,
                transform=ax.transAxes, zorder=5)  # fmt: skip


def _axis(ax: Axes, theme: Theme, *, compact: bool) -> None:
    n = theme.words.n
    ax.locator_params(axis="y", nbins=3 if compact else 5)
    ax.locator_params(axis="x", nbins=5 if compact else 8, integer=True)
    low, high = ax.get_ylim()
    levels = [level for level in ax.get_yticks() if low <= level <= min(high, 1.0)]
    ax.set_yticks(levels, [n.share(level) for level in levels])
    marks = [mark for mark in ax.get_xticks() if ax.get_xlim()[0] <= mark <= ax.get_xlim()[1]]
    ax.set_xticks(marks, [n.count(mark) for mark in marks])
    ax.grid(axis="y")
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_color(style.MUTED)
    ax.set_xlabel(theme.words("frontier.x"), labelpad=2 if compact else 4, loc="right" if compact else "center")
    ax.tick_params(length=0, pad=2)
    for x, side, key in ((0, "left", "y"),) if compact else ((0, "left", "y"), (1, "right", "key")):
        ax.text(x, 1 + (3 if compact else 5) / style.size_pt(ax)[1], theme.words(f"frontier.{key}"), size=style.SMALL,
                color=style.MUTED, ha=side, va="bottom", transform=ax.transAxes)  # fmt: skip

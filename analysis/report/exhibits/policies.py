"""The price of blending: how many agents could work on items under each policy, and what becomes of the promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.blending.result import Blending


# how far below the lowest promise the chart reaches, share; policies that fall deeper are not drawn
DEPTH = 0.10


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
    today, chosen = frame.iloc[0], frame[frame["recommended"]]
    if chosen.empty:
        return words("frontier.headline.none", today=n.share(today["service_level"]))
    row = chosen.iloc[0]
    return words(
        "frontier.headline.room",
        agents=n.agents(row["item_agents"]),
        today=n.share(today["service_level"]),
        after=n.share(row["service_level"]),
    )


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
        Draw the small form of the first page, which names only today and what is recommended.
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
    high = min(1.0, max([float(frame["service_level"].max()), *targets]) + 0.03)
    reach = max(float(frame["item_agents"].max()), 0.1)
    ax.set(xlim=(-0.03 * reach, reach * 1.07), ylim=(low, high))
    _promise(ax, targets, theme)
    path = frame[frame["kept_free_agents"].notna() | (frame.index == 0)].sort_values("item_agents", kind="stable")
    ax.plot(path["item_agents"], path["service_level"], color=style.MUTED, lw=0.75, zorder=2)
    for row in frame.itertuples():
        _point(ax, row, first=row.Index == 0, theme=theme)
    _labels(ax, frame, theme, compact=compact)
    _axis(ax, theme, compact=compact)
    return ax


def _promise(ax: Axes, targets: list[float], theme: Theme) -> None:
    """Draw each promise as a line; below the lowest lies what may not be done."""
    (left, _), (low, high) = ax.get_xlim(), ax.get_ylim()
    point = (high - low) / style.size_pt(ax)[1]
    if targets:
        ax.axhspan(low, targets[0], color="#FAF0EE", lw=0, zorder=0)
    for target in targets:
        ax.axhline(target, color=style.WARNING, lw=0.75, zorder=1)
        text = theme.words("frontier.promise", share=theme.words.n.share(target))
        ax.text(left, target - 2.5 * point, text, size=style.SMALL, color=style.WARNING, va="top")


def _point(ax: Axes, row: Any, *, first: bool, theme: Theme) -> None:
    if row.recommended:
        face, edge, size = theme.accent, theme.accent, 8.0
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


def _labels(ax: Axes, frame: pd.DataFrame, theme: Theme, *, compact: bool) -> None:
    """Name today and what is recommended below the curve, the other policies above it."""
    n = (words := theme.words).n
    width, height = style.size_pt(ax)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for row in frame.itertuples():
        x, y = (row.item_agents - left) / (right - left) * width, (row.service_level - low) / (high - low) * height
        if row.Index == 0:
            text = words("frontier.label", policy=words("frontier.today"), share=n.share(row.service_level))
            at = {"x": (x - 3.5) / width, "y": (y - 7) / height, "va": "top"}
            ax.text(s=text, size=style.VALUE, weight=600, color=theme.ink, transform=ax.transAxes, **at)
        elif row.recommended:
            numbers = words("frontier.chosen", agents=n.agents(row.item_agents), share=n.share(row.service_level))
            text = f"{row.policy}\n{numbers}" if not compact else numbers
            at = {"x": (x - 7) / width, "y": (y - (1 if compact else 2)) / height, "ha": "right", "va": "top"}
            ax.text(s=text, size=style.VALUE, weight=600, color=theme.accent, transform=ax.transAxes, zorder=5,
                    linespacing=1.35, bbox={"fc": "white", "ec": "none", "pad": 1.0}, **at)  # fmt: skip
        elif not compact:
            text = str(row.policy) if pd.isna(row.kept_free_agents) else n.count(row.kept_free_agents)
            over = pd.isna(row.kept_free_agents)
            at = {"x": (x + (0 if over else 3)) / width, "y": (y + 5) / height, "ha": "center" if over else "left"}
            ax.text(s=text, size=style.SMALL, color=style.MUTED, transform=ax.transAxes, **at)


def _axis(ax: Axes, theme: Theme, *, compact: bool) -> None:
    n = theme.words.n
    ax.locator_params(axis="y", nbins=3 if compact else 5)
    ax.locator_params(axis="x", nbins=5 if compact else 8, integer=True)
    low, high = ax.get_ylim()
    levels = [level for level in ax.get_yticks() if low <= level <= high]
    ax.set_yticks(levels, [n.share(level) for level in levels])
    marks = [mark for mark in ax.get_xticks() if ax.get_xlim()[0] <= mark <= ax.get_xlim()[1]]
    ax.set_xticks(marks, [n.count(mark) for mark in marks])
    ax.grid(axis="y")
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_color(style.MUTED)
    ax.set_xlabel(theme.words("frontier.x"), labelpad=2 if compact else 4, loc="right" if compact else "center")
    ax.tick_params(length=0, pad=2)
    if not compact:
        for x, side, key in ((0, "left", "y"), (1, "right", "key")):
            ax.text(x, 1 + 5 / style.size_pt(ax)[1], theme.words(f"frontier.{key}"), size=style.SMALL, color=style.MUTED,
                    ha=side, va="bottom", transform=ax.transAxes)  # fmt: skip

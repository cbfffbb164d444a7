"""The price of blending: how many agents could work on items under each policy, and what becomes of the promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import lab, style
from analysis.report.exhibits.labels import Room
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending


# how far below the lowest promise the chart reaches, share; policies that fall deeper are not drawn
DEPTH = 0.10
# room for a label above the highest point
ABOVE_PT = 17.0
# labels keep this distance
APART_PT = 5.0
SIMULATED, MODELLED = "hours", "agents"
_PALE = "#9FB4C8"


def points(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the policies of a pool as points, today first.

    Parameters
    ----------
    blending
        The blending assessment.
    pool
        Which pool; the first by default.

    Returns
    -------
    DataFrame
        `key`, `unit` (hours a week where the policies were simulated, else agents on items), `x`, `x_low`, `x_high`, `y` (service level), `y_low`,
        `y_high`, `mode`, `name` (short, for the chart), `words`, `feasible`, `recommended`, `path` (on the line).
    """
    simulated = lab.policies(blending, pool)
    simulated = simulated[~simulated["policy"].isin(lab.INSTEAD) & simulated["item_h_per_week"].notna()]
    if len(simulated) > 1:
        return _simulated(simulated)
    frame = blending.frontier.dropna(subset=["service_level", "item_agents"])
    known = list(frame["pool"].drop_duplicates())
    return _modelled(frame[frame["pool"] == (pool or known[0])].reset_index(drop=True) if known else frame)


def _simulated(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(_after=frame["policy"] != lab.TODAY).sort_values("_after", kind="stable")
    frame = frame.reset_index(drop=True)
    named = {
        "key": frame["policy"], "unit": SIMULATED, "pool": frame["pool"], "x": frame["item_h_per_week"], "x_low": frame["item_h_low"],
        "x_high": frame["item_h_high"], "y": frame["service_level"], "y_low": frame["service_low"],
        "y_high": frame["service_high"], "mode": frame["policy"].map(lab.MODES).fillna(""), "name": frame["policy"],
        "words": frame["words"], "feasible": frame["keeps_promise"] & frame["keeps_cap"],
        "recommended": frame["recommended"], "path": frame["efficient"] | (frame["policy"] == lab.TODAY),
    }  # fmt: skip
    return pd.DataFrame(named)


def _modelled(frame: pd.DataFrame) -> pd.DataFrame:
    kept = frame["kept_free_agents"].astype("float64") if len(frame) else pd.Series(dtype="float64")
    missing_ = pd.Series(float("nan"), index=frame.index)
    named = {
        "key": frame["policy"], "unit": MODELLED, "pool": frame["pool"], "x": frame["item_agents"], "x_low": missing_, "x_high": missing_,
        "y": frame["service_level"], "y_low": missing_, "y_high": missing_, "mode": frame["mode"],
        "name": [f"{number:.0f}" if pd.notna(number) else "" for number in kept], "words": frame["policy"],
        "feasible": frame["feasible"], "recommended": frame["recommended"],
        "path": kept.notna() | (frame.index == 0),
    }  # fmt: skip
    return pd.DataFrame(named)


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(points(blending, pool)) > 1 else (theme or Theme()).words("missing.frontier")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    frame = points(blending, pool)
    today, best = n.share(frame["y"].iloc[0]), frame[frame["recommended"]]
    if best.empty:
        return words("frontier.headline.none", today=today)
    if frame["unit"].iloc[0] == SIMULATED:
        row = next(best.itertuples())
        key = "frontier.headline.free" if n.share(row.y) == today else "frontier.headline.price"
        return words(key, hours=n.hours(row.x), after=n.share(row.y), today=today)
    parts = [
        words(
            "frontier.headline.part" if place else "frontier.headline.first",
            mode=words(f"mode.{row.mode}").lower(),
            agents=n.agents(row.x),
            after=n.share(row.y),
        )
        for place, row in enumerate(best.itertuples())
    ]
    return words("frontier.headline.room", today=today, parts=words.listed(parts))


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    frame = points(blending, pool)
    unit = frame["unit"].iloc[0]
    parts = [
        words(
            f"frontier.alt.{unit}",
            policy=_named(row, words),
            much=_much(row.x, unit, words),
            share=words.n.share(row.y),
        )
        for row in frame.itertuples()
    ]
    targets = words.listed([words.n.share(target) for target in lab.promises(blending, frame["pool"].iloc[0])])
    return words(f"frontier.alt.all_{unit}", targets=targets, points="; ".join(parts))


def _named(row: Any, words: Words) -> str:
    key = f"policy.{row.key}"
    return words(key) if row.unit == SIMULATED and key in words else str(row.words)


def _much(number: float, unit: str, words: Words) -> str:
    return words.n.hours(number) if unit == SIMULATED else words.n.agents(number)


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
    """Draw every policy as a point: what it moves against the share of contacts answered in time.

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
        Horizontal axis: net item hours a week, or agents on items where the policies were not simulated; vertical
        axis: service level, 0 to 1. The line joins the policies that no other one beats.

    Raises
    ------
    ValueError
        Fewer than two policies could be modelled.
    """
    theme = theme or Theme()
    frame = points(blending, pool)
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=74, margins_mm=(12, 4, 7, 12))
    targets = lab.promises(blending, frame["pool"].iloc[0])
    low = max(min([float(frame["y"].iloc[0]), *targets]) - DEPTH, 0.0)
    frame = frame[frame["y"] >= low]
    top = max([float(frame["y"].max()), *frame["y_high"].dropna(), *targets])
    high = top + (top - low) * ABOVE_PT / (style.size_pt(ax)[1] - ABOVE_PT)
    reach = max(float(frame["x"].max()), 0.0 if compact else float(frame["x_high"].fillna(0).max()), 0.1)
    ax.set(xlim=(-0.03 * reach, reach * 1.07), ylim=(low, high))
    path = frame[frame["path"]].sort_values("x", kind="stable")
    ax.plot(path["x"], path["y"], color=style.MUTED, lw=0.75, zorder=2)
    if compact:
        _small(ax, frame, targets, theme, mode)
        return ax
    for row in frame.itertuples():
        _point(ax, row, first=row.Index == 0, quiet=bool(mode) and row.mode != mode, theme=theme)
        if row.Index != 0:
            _spread(ax, row, theme)
    room = _room(ax, frame, path, targets)
    _promise(ax, targets, room, theme)
    _labels(ax, frame, room, theme)
    _axis(ax, theme, unit=str(frame["unit"].iloc[0]), compact=compact)
    return ax


def _small(ax: Axes, frame: pd.DataFrame, targets: list[float], theme: Theme, mode: str) -> None:
    """Draw the form of the first page: today and what is recommended are named above their points, all others are pale dots."""
    words, (width, height) = theme.words, style.size_pt(ax)
    best = frame[frame["recommended"] & ((frame["mode"] == mode) | (mode == ""))]
    named = [
        (0, words("frontier.label", policy=words("frontier.today"), share=words.n.share(frame["y"].iloc[0])), theme.ink)
    ]
    for row in best.head(1).itertuples():
        numbers = words(
            f"frontier.chosen.{row.unit}", much=_much(row.x, str(row.unit), words), share=words.n.share(row.y)
        )
        named.append((int(row.Index), numbers, theme.accent))
    for row in frame[~frame.index.isin([place for place, _, _ in named])].itertuples():
        face = _PALE if row.feasible else "white"
        ax.plot([row.x], [row.y], "o", ms=3.4, mfc=face, mec=_PALE, mew=0.8, zorder=3, clip_on=False)
    room = Room(width, height)
    _promise(ax, targets, room, theme)
    spots = [_at(ax, frame.at[place, "x"], frame.at[place, "y"]) for place, _, _ in named]
    wide = [style.text_width_pt(text, style.LABEL, 600) for _, text, _ in named]
    middles = style.spread([spot[0] for spot in spots], wide, low=0, high=width, gap=8)
    for (place, text, colour), middle in zip(named, middles, strict=True):
        x, y = frame.at[place, "x"], frame.at[place, "y"]
        size = 8.0 if place else 7.0
        ax.plot([x], [y], "o", ms=size, mfc=colour, mec=colour, zorder=4, clip_on=False)
        ax.text(middle / width, (_at(ax, x, y)[1] + 8) / height, text, size=style.LABEL, weight=600, color=colour,
                ha="center", va="bottom", transform=ax.transAxes, zorder=5)  # fmt: skip
    _axis(ax, theme, unit=str(frame["unit"].iloc[0]), compact=True)


def _at(ax: Axes, x: float, y: float) -> tuple[float, float]:
    """Return where a point lies on the axes, in points."""
    (left, right), (low, high), (width, height) = ax.get_xlim(), ax.get_ylim(), style.size_pt(ax)
    return (x - left) / (right - left) * width, (y - low) / (high - low) * height


def _room(ax: Axes, frame: pd.DataFrame, path: pd.DataFrame, targets: list[float]) -> Room:
    """Return the axes' room with points, curve and promises taken."""
    room = Room(*style.size_pt(ax))
    for row in frame.itertuples():
        room.mark(*_at(ax, row.x, row.y), 5 if row.recommended or row.Index == 0 else 3)
    room.line([_at(ax, row.x, row.y) for row in path.itertuples()])
    for row in frame.dropna(subset=["x_low", "x_high", "y_low", "y_high"]).itertuples():
        room.line([_at(ax, row.x_low, row.y), _at(ax, row.x_high, row.y)])
        room.line([_at(ax, row.x, row.y_low), _at(ax, row.x, row.y_high)])
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
    marker = "o" if first or row.path or row.recommended else "D"
    ax.plot([row.x], [row.y], marker, ms=size, mfc=face, mec=edge, mew=1.0, zorder=4, clip_on=False)


def _edge(row: Any, theme: Theme) -> str:
    return theme.accent if row.recommended else style.MEANINGS["utilization"][0] if row.feasible else style.WARNING


def _spread(ax: Axes, row: Any, theme: Theme) -> None:
    """Draw the intervals of a simulated policy."""
    if pd.notna(row.y_low) and pd.notna(row.y_high):
        ax.plot([row.x] * 2, [row.y_low, row.y_high], color=_edge(row, theme), lw=0.8, zorder=3)
    if pd.notna(row.x_low) and pd.notna(row.x_high):
        ax.plot([row.x_low, row.x_high], [row.y] * 2, color=_edge(row, theme), lw=0.8, zorder=3)


def _labels(ax: Axes, frame: pd.DataFrame, room: Room, theme: Theme) -> None:
    """Name what is recommended and today first, then as many of the other policies as find room."""
    n = (words := theme.words).n
    named = frame[frame["recommended"] | (frame.index == 0)].sort_values("x", ascending=False, kind="stable")
    for row in named.itertuples():
        share = n.share(row.y)
        if row.Index == 0:
            text, colour = words("frontier.label", policy=words("frontier.today"), share=share), theme.ink
        else:
            numbers = words(f"frontier.chosen.{row.unit}", much=_much(row.x, row.unit, words), share=share)
            what = _named(row, words) if row.unit == SIMULATED else words(f"mode.{row.mode}").lower()
            text = words("frontier.label", policy=what, share=numbers)
            colour = theme.accent
        _write(ax, row, text, room, (style.VALUE, 600, colour))
    for row in frame[~frame.index.isin(named.index)].itertuples():
        text = str(row.name) if row.unit == MODELLED and row.name else _named(row, words)
        _write(ax, row, text, room, (style.SMALL, 400, style.MUTED), free_only=True)


def _write(ax: Axes, row: Any, text: str, room: Room, form: tuple[float, int, str], *, free_only: bool = False) -> None:
    """Write a label near its point where there is room."""
    size, weight, colour = form
    long = style.text_width_pt(text, size, weight)
    spot = room.place(_at(ax, row.x, row.y), (long + APART_PT, size * 1.2), free_only=free_only)
    if spot is not None:
        ax.text((spot[0] + APART_PT / 2) / room.width, (spot[1] + 1.5) / room.height, text, size=size, weight=weight, color=colour,
                transform=ax.transAxes, zorder=5)  # fmt: skip


def _axis(ax: Axes, theme: Theme, *, unit: str, compact: bool) -> None:
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
    ax.set_xlabel(theme.words(f"frontier.x.{unit}"), labelpad=2 if compact else 4, loc="right" if compact else "center")
    ax.tick_params(length=0, pad=2)
    for x, side, key in ((0, "left", "y"),) if compact else ((0, "left", "y"), (1, "right", f"key.{unit}")):
        ax.text(x, 1 + (3 if compact else 5) / style.size_pt(ax)[1], theme.words(f"frontier.{key}"), size=style.SMALL,
                color=style.MUTED, ha=side, va="bottom", transform=ax.transAxes)  # fmt: skip

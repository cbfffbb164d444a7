"""Where and when the time goes: shares by site, tenure, weekday or group, with the luck taken out of what can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.baseline.words import SHARES, WITHIN_CHANCE
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

DEFAULT = "contact_centre"
BLOCKS = ("site", "tenure", "weekday")
MOST_LEVELS = 24
_GAP_ROWS = 1.35
ROW_MM = 4.7
MARGINS_MM = (46.0, 1.0, 9.0, 6.0)


def rows(baseline: Baseline, population: str = DEFAULT, by: Sequence[str] = BLOCKS) -> pd.DataFrame:
    """Return the levels that are shown, one row a level and share, in the order of the blocks."""
    frame = baseline.breakdowns
    if frame.empty:
        return frame
    mine = frame[frame["population"].eq(population) & frame["share"].isin(SHARES) & frame["by"].isin(list(by))]
    shown = mine[mine["agents"].ge(baseline.settings.minimum_group_agents).fillna(False).astype(bool)]
    blocks = [shown[shown["by"].eq(name)] for name in by]
    return pd.concat([block for block in blocks if block["value"].notna().any()] or [shown.head(0)])


def height_mm(baseline: Baseline, population: str = DEFAULT, by: Sequence[str] = BLOCKS) -> float:
    """Return how high the exhibit is [mm], margins included."""
    names, _ = _places(rows(baseline, population, by))
    return ROW_MM * (float(names["place"].max()) + 1) + 15


def missing(
    baseline: Baseline,
    *,
    population: str = DEFAULT,
    by: Sequence[str] = BLOCKS,
    theme: Theme | None = None,
) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(rows(baseline, population, by)) else (theme or Theme()).words("missing.breakdowns")


def headline(
    baseline: Baseline,
    *,
    population: str = DEFAULT,
    by: Sequence[str] = BLOCKS,
    theme: Theme | None = None,
) -> str:
    """Return the finding as one sentence: a range only where it is more than chance."""
    words = (theme or Theme()).words
    frame = rows(baseline, population, by)
    work = frame[frame["share"].eq("utilization") & frame["value"].notna()]
    apart, alike = [], []
    for name, block in work.groupby("by", sort=False):
        if len(block) < 2:
            continue
        what = words(f"breakdowns.by.{name}")
        if block["reason"].str.contains(WITHIN_CHANCE, regex=False).any():
            alike.append(what)
        else:
            figure = _best(block)
            spread = words.n.bounds(float(figure.min()), float(figure.max()), sign=True)
            apart.append(words("breakdowns.headline.range", what=what, spread=spread))
    kind = words(f"breakdowns.work.{population}")
    if apart and alike:
        return words("breakdowns.headline.both", work=kind, apart=words.listed(apart), alike=words.listed(alike))
    if apart:
        return words("breakdowns.headline.apart", work=kind, apart=words.listed(apart))
    if alike:
        return words("breakdowns.headline.alike", work=kind, alike=words.listed(alike))
    return words("breakdowns.headline.none")


def _best(block: pd.DataFrame) -> pd.Series:
    """Return shrunken figures where there are any, else the raw ones."""
    return block["shrunken"].fillna(block["value"])


def alt_text(
    baseline: Baseline,
    *,
    population: str = DEFAULT,
    by: Sequence[str] = BLOCKS,
    theme: Theme | None = None,
) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    parts = []
    for (_, level), part in rows(baseline, population, by).groupby(["by", "level"], sort=False):
        known = part[part["value"].notna()]
        shares = [
            f"{words(f'share_short.{share}.{population}')} {n.part_share(figure)}"
            for share, figure in zip(known["share"], _best(known), strict=True)
        ]
        parts.append(words("breakdowns.alt", level=level, shares=words.listed(shares) or words("breakdowns.nothing")))
    return " ".join(parts)


@exhibit
def shares_by_level(
    baseline: Baseline,
    *,
    population: str = DEFAULT,
    by: Sequence[str] = BLOCKS,
    ax: Axes | None = None,
    theme: Theme | None = None,
) -> Axes:
    """Draw the shares of every level, one panel a share: shrunken interval strong, raw one light.

    Parameters
    ----------
    baseline
        The measured baseline.
    population
        ``"contact_centre"`` or ``"back_office"``.
    by
        What to break down by, one block each: site, tenure, weekday, group.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        One row a level; panels side by side, each from 0 to its own end.

    Raises
    ------
    ValueError
        No level is large enough.
    """
    theme = theme or Theme()
    frame = rows(baseline, population, by)
    if frame.empty:
        raise ValueError(missing(baseline, population=population, by=by, theme=theme))
    names, heads = _places(frame)
    last = float(names["place"].max())
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(baseline, population, by), margins_mm=MARGINS_MM)
    width = style.size_pt(ax)[0]
    ax.set(xlim=(0, width), ylim=(last + 0.6, -0.5))
    for head, place in heads:
        ax.text(-style.MM * 45, place, theme.words(f"breakdowns.block.{head}"), size=style.LABEL, weight=600,
                va="center_baseline")  # fmt: skip
    for name in names.itertuples():
        _name(ax, name, theme)
    gap = 12.0
    shown = [share for share in SHARES if frame.loc[frame["share"] == share, "value"].notna().any()]
    panel = (width - gap * (len(shown) - 1)) / len(shown)
    for place, share in enumerate(shown):
        part = frame[frame["share"] == share].merge(names, on=["by", "level"], suffixes=("", "_"))
        _panel(ax, part, (place * (panel + gap), panel), _whole(baseline, population, share), theme)
    _key(ax, last + 0.75, theme.words.n.share(baseline.settings.confidence), frame, theme)
    ax.set_axis_off()
    return ax


def _places(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, float]]]:
    """Return the levels with their place from the top, and the place of each block's heading."""
    names = frame[["by", "level", "agents"]].drop_duplicates(["by", "level"]).head(MOST_LEVELS)
    place, heads, places = 0.0, [], []
    for block in names["by"].unique():
        heads.append((str(block), place))
        for _ in range(int(names["by"].eq(block).sum())):
            place += 1
            places.append(place)
        place += _GAP_ROWS
    return names.assign(place=places), heads


def _whole(baseline: Baseline, population: str, share: str) -> float:
    frame = baseline.shares
    found = frame[(frame["population"] == population) & (frame["share"] == share)]["value"]
    return float(found.iloc[0]) if len(found) else float("nan")


def _name(ax: Axes, name: Any, theme: Theme) -> None:
    """Write a level's name and size left of the panels."""
    ax.axhline(name.place + 0.5, xmin=-0.6, color=style.RULE, lw=style.HAIR * 0.6, clip_on=False)
    text = style.fitted(str(name.level), style.LABEL, style.MM * 34)
    ax.text(-style.MM * 45, name.place, text, size=style.LABEL, va="center_baseline")
    size = theme.words.n.count(name.agents)
    ax.text(-style.MM * 3.5, name.place, size, size=style.SMALL, color=style.MUTED, ha="right", va="center_baseline")


def _panel(ax: Axes, part: pd.DataFrame, room: tuple[float, float], whole: float, theme: Theme) -> None:
    """Draw one share: the population as a dotted line, the levels as points with their intervals and numbers."""
    (left, panel), n = room, theme.words.n
    share, population = str(part["share"].iloc[0]), str(part["population"].iloc[0])
    end = max(float(part[["high", "shrunken_high"]].max().max()), 0.0 if pd.isna(whole) else whole, 0.05)
    scale = (panel - 17) / end
    colour = style.MEANINGS[share][0] if share != "unaccounted" else style.MUTED
    foot = ax.get_ylim()[0] - 0.1
    name = theme.words(f"share_short.{share}.{population}")
    ax.text(left, -0.72, name, size=style.LABEL, weight=600, va="bottom")
    style.line(ax, [left, left], [0.5, foot], color=style.RULE, lw=style.HAIR)
    if pd.notna(whole):
        ax.text(left + panel, -0.72, n.points(whole), size=style.LABEL, weight=600, ha="right", va="bottom")
        x = left + whole * scale
        style.line(ax, [x, x], [0.5, foot], color=style.MUTED, lw=style.HAIR, ls=(0, (2, 2)))
    for row in part.itertuples():
        _level(ax, row, (left, scale, panel), colour, theme)


def _level(ax: Axes, row: Any, room: tuple[float, float, float], colour: str, theme: Theme) -> None:
    """Draw one level of one share."""
    left, scale, panel = room
    if pd.isna(row.value):
        ax.text(left + panel, row.place, "–", size=style.SMALL, color=style.MUTED, ha="right", va="center_baseline")
        return
    pulled = pd.notna(row.shrunken)
    middle, low, high = (
        (row.shrunken, row.shrunken_low, row.shrunken_high) if pulled else (row.value, row.low, row.high)
    )
    if pulled:
        y = row.place + 0.24
        style.line(ax, [left + row.low * scale, left + row.high * scale], [y, y], color=colour, lw=0.7, alpha=0.55)
        style.line(
            ax,
            [left + row.value * scale],
            [y],
            marker="o",
            ls="None",
            ms=2.6,
            mfc="white",
            mec=colour,
            mew=0.6,
            alpha=0.8,
        )
    y = row.place - (0.08 if pulled else 0.0)
    style.line(ax, [left + low * scale, left + high * scale], [y, y], color=colour, lw=1.6, solid_capstyle="butt")
    style.line(ax, [left + middle * scale], [y], marker="o", ls="None", ms=4.0, color=colour)
    text = style.part_points(theme.words.n, middle)
    ax.text(left + panel, row.place, text, size=style.SMALL, ha="right", va="center_baseline")


def _key(ax: Axes, foot: float, confidence: str, frame: pd.DataFrame, theme: Theme) -> None:
    """Say once what the lines are."""
    key = "pulled" if frame["shrunken"].notna().any() else "raw"
    text = theme.words(f"breakdowns.key.{key}", confidence=confidence)
    ax.text(-style.MM * 45, foot, text, size=style.SMALL, color=style.MUTED, va="top")

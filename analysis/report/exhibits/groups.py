"""How far the groups lie apart: each share by group with its interval, against the whole population."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import SHARES
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

DEFAULT = "contact_centre"
MOST_GROUPS = 24


def rows(baseline: Baseline, population: str = DEFAULT) -> pd.DataFrame:
    """Return the groups of a population that are large enough, in the order of their site and name."""
    frame = baseline.groups
    kept = frame[(frame["population"] == population) & (frame["agents"] >= baseline.settings.minimum_group_agents)]
    merged = kept["group"].astype("str").str.startswith("Merged")
    return kept.assign(_last=merged).sort_values(["_last", "site", "group"], kind="stable").drop(columns="_last")


def missing(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if rows(baseline, population)["value"].notna().any():
        return ""
    return (theme or Theme()).words("missing.groups")


def headline(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    frame = rows(baseline, population)
    work = frame[(frame["share"] == "utilization") & frame["value"].notna()]["value"]
    if len(work) < 2:
        return words("groups.headline.one", n=n.count(frame["group"].nunique()))
    spread = n.bounds(float(work.min()), float(work.max()), sign=True)
    smallest = n.count(baseline.settings.minimum_group_agents)
    return words(f"groups.headline.{population}", n=n.count(len(work)), smallest=smallest, spread=spread)


def alt_text(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    parts = []
    for (_, group), part in rows(baseline, population).groupby(["site", "group"], sort=False, dropna=False):
        shares = [
            f"{words(f'share_short.{row.share}.{population}')} {n.part_share(row.value)}"
            for row in part.itertuples()
            if row.share in SHARES and pd.notna(row.value)
        ]
        parts.append(words("groups.alt", group=group, shares=words.listed(shares)))
    return " ".join(parts)


@exhibit
def group_shares(
    baseline: Baseline, *, population: str = DEFAULT, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw the five shares of every group as points with intervals, one panel a share.

    Parameters
    ----------
    baseline
        The measured baseline.
    population
        ``"contact_centre"`` or ``"back_office"``.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        One row a group; panels side by side, each from 0 to its own end.

    Raises
    ------
    ValueError
        No group is large enough.
    """
    theme = theme or Theme()
    frame = rows(baseline, population)
    if missing(baseline, population=population):
        raise ValueError(missing(baseline, population=population, theme=theme))
    names = frame[["site", "group", "agents"]].drop_duplicates(["site", "group"]).head(MOST_GROUPS)
    ax = style.axes(ax, width_mm=166, height_mm=6 * len(names) + 9, margins_mm=(46, 1, 9, 1))
    width = style.size_pt(ax)[0]
    ax.set(xlim=(0, width), ylim=(len(names) - 0.5, -0.5))
    for place, name in enumerate(names.itertuples()):
        _name(ax, name, place, theme)
    gap = 12.0
    shown = [share for share in SHARES if frame.loc[frame["share"] == share, "value"].notna().any()]
    panel = (width - gap * (len(shown) - 1)) / len(shown)
    for place, share in enumerate(shown):
        part = frame[frame["share"] == share].merge(names.reset_index(drop=True).reset_index(), on=["site", "group"])
        _panel(ax, part, (place * (panel + gap), panel), _whole(baseline, population, share), theme)
    ax.set_axis_off()
    return ax


def _whole(baseline: Baseline, population: str, share: str) -> float:
    frame = baseline.shares
    found = frame[(frame["population"] == population) & (frame["share"] == share)]["value"]
    return float(found.iloc[0]) if len(found) else float("nan")


def _name(ax: Axes, name: Any, place: int, theme: Theme) -> None:
    """Write a group's name and size left of the panels."""
    ax.axhline(place + 0.5, xmin=-0.6, color=style.RULE, lw=style.HAIR * 0.6, clip_on=False)
    ax.text(
        -style.MM * 45,
        place,
        style.fitted(str(name.group), style.LABEL, style.MM * 33),
        size=style.LABEL,
        va="center_baseline",
    )
    text = theme.words.n.count(name.agents)
    ax.text(-style.MM * 3.5, place, text, size=style.SMALL, color=style.MUTED, ha="right", va="center_baseline")


def _panel(ax: Axes, part: pd.DataFrame, room: tuple[float, float], whole: float, theme: Theme) -> None:
    """Draw one share: the population as a line, the groups as points with intervals and numbers."""
    (left, panel), n = room, theme.words.n
    share, population = str(part["share"].iloc[0]), str(part["population"].iloc[0])
    scale = (panel - 17) / max(float(part["high"].max()), whole, 0.05)
    colour = style.MEANINGS[share][0] if share != "unaccounted" else style.MUTED
    name = theme.words(f"share_short.{share}.{population}")
    ax.text(left, -0.72, name, size=style.LABEL, weight=600, va="bottom")
    if pd.notna(whole):
        ax.text(left + panel, -0.72, n.points(whole), size=style.LABEL, weight=600, ha="right", va="bottom")
    style.line(ax, [left, left], [-0.5, ax.get_ylim()[0]], color=style.RULE, lw=style.HAIR)
    if pd.notna(whole):
        x = left + whole * scale
        style.line(ax, [x, x], [-0.5, ax.get_ylim()[0]], color=style.MUTED, lw=style.HAIR, ls=(0, (2, 2)))
    for row in part.itertuples():
        if pd.isna(row.value):
            ax.text(left + panel, row.index, "–", size=style.SMALL, color=style.MUTED, ha="right", va="center_baseline")
            continue
        style.line(
            ax,
            [left + row.low * scale, left + row.high * scale],
            [row.index] * 2,
            color=colour,
            lw=1.4,
            solid_capstyle="butt",
        )
        style.line(ax, [left + row.value * scale], [row.index], marker="o", ls="None", ms=4.2, color=colour)
        ax.text(
            left + panel, row.index, style.part_points(n, row.value), size=style.SMALL, ha="right", va="center_baseline"
        )

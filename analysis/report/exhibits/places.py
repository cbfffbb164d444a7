"""What each site and group could reach: today and the achievable share side by side, in the order of their names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.utilization.result import Utilization

BY = ("site", "group")
REACHABLE, BOUND = 0.26, "#B9C9DA"
# levels of one population that are drawn; the rest stand in the workbook
MOST_LEVELS = 24
ROW_MM, BETWEEN_ROWS = 4.6, 0.45
MARGINS_MM = (47.0, 66.0, 5.0, 6.0)
# right of the chart [mm]: the right ends of today and achievable, the left end of the hours
TODAY_MM, REACH_MM, HOURS_MM = 17.0, 33.0, 37.0


def rows(utilization: Utilization, population: str = "") -> pd.DataFrame:
    """Return the sites and groups with a figure: by population, sites first, in the order of their names, never of their figures."""
    frame = _known(utilization, population)
    if frame.empty:
        return frame
    merged = frame["level"].astype("str").str.startswith("Merged")
    keys = frame.assign(
        _population=frame["population"].map(POPULATIONS.index), _by=frame["by"].map(BY.index), _last=merged
    )
    ordered = frame.loc[keys.sort_values(["_population", "_by", "_last", "level"], kind="stable").index]
    return ordered[ordered.groupby("population", sort=False).cumcount() < MOST_LEVELS]


def _known(utilization: Utilization, population: str) -> pd.DataFrame:
    frame = utilization.levels
    if frame.empty:
        return frame
    known = (
        frame[["today", "today_high"]].notna().any(axis=1)
        & frame["by"].isin(BY)
        & frame["population"].isin(POPULATIONS)
    )
    return frame[known & (frame["population"] == population)] if population else frame[known]


def left_out(utilization: Utilization, population: str = "") -> int:
    """Return how many levels with a figure are not drawn for want of room."""
    return len(_known(utilization, population)) - len(rows(utilization, population))


def _places(frame: pd.DataFrame) -> tuple[list[float], list[tuple[str, str, float]], float]:
    """Return the place of every row, the headings (population, by what, place) and the height, all counted in rows."""
    at: list[float] = []
    heads: list[tuple[str, str, float]] = []
    place = -1.0
    for row in frame.itertuples():
        block = (str(row.population), str(row.by))
        if not heads or heads[-1][:2] != block:
            place += 1 + (BETWEEN_ROWS if heads else 0)
            heads.append((*block, place))
        place += 1
        at.append(place)
    return at, heads, place + 1


def height_mm(utilization: Utilization, population: str = "") -> float:
    """Return how high the exhibit is [mm], margins included."""
    return ROW_MM * _places(rows(utilization, population))[2] + MARGINS_MM[2] + MARGINS_MM[3]


def missing(utilization: Utilization, *, population: str = "", theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(rows(utilization, population)) else (theme or Theme()).words("missing.levels")


def headline(utilization: Utilization, *, population: str = "", theme: Theme | None = None) -> str:
    """Return where reclaimable time was found and where not, as one sentence."""
    words = (theme or Theme()).words
    frame = _known(utilization, population)
    known = frame[frame["value"].notna() & frame["today"].notna()] if len(frame) else frame
    bounded = [words(f"ceilings.subject.{name}") for name in POPULATIONS
               if len(frame) and _bounded(frame[frame["population"] == name])]  # fmt: skip
    open_ = words("levels.headline.bounded", populations=words.listed(bounded)) if bounded else ""
    if known.empty:
        text = open_ or words("levels.headline.unknown")
        return text[:1].upper() + text[1:]
    parts = [words("levels.headline.where", parts=words.listed(_counted(known[known["population"] == name], words)),
                   population=words(f"ceilings.subject.{name}"))
             for name in POPULATIONS if known["population"].eq(name).any()]  # fmt: skip
    key = "levels.headline.found" if known["found"].astype(bool).any() else "levels.headline.none"
    text = words(key, parts=words.listed(parts))
    return words("levels.headline.both", found=text, bounded=open_) if open_ else text


def _counted(known: pd.DataFrame, words: Words) -> list[str]:
    """Return at how many sites and groups reclaimable time was found."""
    parts = []
    for by in BY:
        found = known.loc[known["by"] == by, "found"].astype(bool)
        if len(found):
            every = words.some(f"levels.of.{by}", len(found))
            parts.append(words("levels.headline.part", found=words.n.count(found.sum()), all=every))
    return parts


def _bounded(frame: pd.DataFrame) -> bool:
    """Return whether today is known for no level of a population but as a bound."""
    return bool(len(frame)) and bool(frame["today"].isna().all())


def alt_text(utilization: Utilization, *, population: str = "", theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for row in rows(utilization, population).itertuples():
        today = _today(row, words)
        if pd.isna(row.value):
            parts.append(words("levels.alt.unknown", level=row.level, today=today))
            continue
        value, hours = words.n.part_share(row.value), _hours(row, words)
        parts.append(words("levels.alt.level", level=row.level, today=today, value=value, hours=hours))
    return " ".join(parts)


def _today(row: Any, words: Words) -> str:
    """Return today's share, or the bounds between which it lies."""
    return (
        words.n.part_share(row.today)
        if pd.notna(row.today)
        else words.n.bounds(row.today_low, row.today_high, sign=True)
    )


def _hours(row: Any, words: Words) -> str:
    """Return the hours a week that lie between in a sentence, or that none were found."""
    return words("levels.hours", hours=_beside(row, words)) if row.found else _beside(row, words)


@exhibit
def levels(
    utilization: Utilization, *, population: str = "", ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw today's and the achievable utilization of every site and group, with the hours between them.

    Parameters
    ----------
    utilization
        The estimated utilization.
    population
        ``"contact_centre"`` or ``"back_office"``; empty for both.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the base; one row a site or group.

    Raises
    ------
    ValueError
        No site or group has a figure.
    """
    theme = theme or Theme()
    frame = rows(utilization, population)
    if frame.empty:
        raise ValueError(missing(utilization, population=population, theme=theme))
    at, heads, height = _places(frame)
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(utilization, population), margins_mm=MARGINS_MM)
    ends = frame[["today", "today_low", "today_high", "value", "low", "high"]].to_numpy(dtype=float)
    low, high = style.ends(float(np.nanmin(ends)), float(np.nanmax(ends)))
    ax.set(xlim=(low, high), ylim=(height - 0.5, -0.5))
    _heads(ax, heads, theme)
    for row, place in zip(frame.itertuples(), at, strict=True):
        _row(ax, row, place, theme)
    style.quiet(ax)
    style.share_ticks(ax, theme.words.n.share)
    return ax


def _heads(ax: Axes, heads: list[tuple[str, str, float]], theme: Theme) -> None:
    """Write the headings of the blocks and of the columns beside the chart."""
    words, width = theme.words, style.size_pt(ax)[0]
    for population, by, place in heads:
        text = words("levels.head", population=words(f"population.{population}"), by=words(f"levels.by.{by}"))
        style.beside(ax, -style.MM * 46 / width, place, text, size=style.VALUE, weight=600, color=theme.ink)
    top = heads[0][2]
    for key, mm, side in (
        ("people", -(MARGINS_MM[0] + 3.5), "right"), ("today", TODAY_MM, "right"), ("reach", REACH_MM, "right"),
        ("hours", HOURS_MM, "left"),
    ):  # fmt: skip
        x = 1 + style.MM * mm / width if mm > 0 else -style.MM * 3.5 / width
        style.beside(ax, x, top, words(f"levels.column.{key}"), ha=side)


def _row(ax: Axes, row: Any, place: float, theme: Theme) -> None:
    """Draw one level: its name and size, today and what can be reached, and the figures beside them."""
    words, width, ink = theme.words, style.size_pt(ax)[0], {"size": style.LABEL, "color": theme.ink}
    ax.axhline(place + 0.5, xmin=-style.MM * 47 / width, xmax=1 + style.MM * MARGINS_MM[1] / width, color=style.RULE,
               lw=style.HAIR * 0.6, clip_on=False, zorder=0)  # fmt: skip
    name = style.fitted(str(row.level), style.LABEL, style.MM * 34)
    style.beside(ax, -style.MM * 46 / width, place, name, **ink)
    style.beside(ax, -style.MM * 3.5 / width, place, words.n.count(row.agents), ha="right")
    found, known = bool(row.found), pd.notna(row.value)
    blue, green = style.MEANINGS["utilization"][0], theme.accent if found else style.MUTED
    if known and found:
        ax.barh(place, row.value - row.today, left=row.today, height=0.62, color=theme.tint(REACHABLE), zorder=1)
    if pd.isna(row.today):
        ax.barh(place - 0.13, row.today_high - row.today_low, left=row.today_low, height=0.2, color=BOUND, zorder=1)
    marks = [(row.today, row.today_low, row.today_high, blue, -0.13)] if pd.notna(row.today) else []
    marks += [(row.value, row.low, row.high, green, 0.13)] if known else []
    for value, low, high, colour, shift in marks:
        if pd.notna(low) and pd.notna(high):
            style.line(ax, [low, high], [place + shift] * 2, color=colour, lw=1.3, solid_capstyle="butt", zorder=2)
        style.line(
            ax,
            [value],
            [place + shift],
            marker="o",
            ls="None",
            ms=3.6,
            mfc=colour if shift < 0 or found else "white",
            mec=colour,
            zorder=3,
        )
    right = [(TODAY_MM, "right", _today(row, words), theme.ink if pd.notna(row.today) else style.MUTED, 400)]
    if known:
        right += [(REACH_MM, "right", words.n.part_share(row.value), green, 600 if found else 400)]
    text = (
        _beside(row, words)
        if known
        else style.fitted(str(row.reason), style.SMALL, style.MM * (MARGINS_MM[1] - HOURS_MM))
    )
    right += [(HOURS_MM, "left", text, theme.ink if found else style.MUTED, 400)]
    for mm, side, text, colour, weight in right:
        style.beside(ax, 1 + style.MM * mm / width, place, text, ha=side, color=colour, weight=weight)


def _beside(row: Any, words: Words) -> str:
    """Return the hours between today and what can be reached without their unit, a bound of them, or that none were found."""
    low, high = (math.nan if pd.isna(bound) else float(bound) for bound in (row.hours_low, row.hours_high))
    if row.found:
        return words.n.interval(row.hours_per_week, low, high, "hours_per_week")
    if pd.isna(row.today) and not math.isnan(high):
        return words("levels.at_most", hours=words.n.hours(high))
    return words("levels.none")

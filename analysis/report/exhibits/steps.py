"""The ramp: from today towards the achievable share in weekly steps, with what is cautious and what is bold beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from analysis.foundation.schema import POPULATIONS
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.utilization.result import Utilization

PHASES = ("crawl", "walk", "run")
# more groups than this have no line of their own
MOST_GROUPS = 4
BAND, PHASE_FILL = 0.26, {"crawl": "#F4F6F8", "walk": "#FFFFFF", "run": "#F4F6F8"}
GAP_PT, LEFT_PT, RIGHT_PT = 12.0, 27.0, 78.0
HEIGHT_MM, MARGINS_MM = 44.0, (0.5, 0.5, 9.0, 9.0)
# the expected target has arrived when it is within this share of the achievable one
ARRIVED = 0.01


def rows(utilization: Utilization, population: str, *, by: str = "population") -> pd.DataFrame:
    """Return the weekly targets of a population, or of its groups in the order of their names."""
    frame = utilization.ramp
    if frame.empty:
        return frame
    mine = frame[(frame["population"] == population) & (frame["by"] == by) & frame["target"].notna()]
    return mine.sort_values(["level", "scenario", "week"], kind="stable")


def shown(utilization: Utilization) -> list[str]:
    """Return the populations that have a ramp, in the report's order."""
    expected = [rows(utilization, name) for name in POPULATIONS]
    return [
        name
        for name, frame in zip(POPULATIONS, expected, strict=True)
        if len(frame) and (frame["scenario"] == "expected").any()
    ]


def arrival(utilization: Utilization, population: str) -> int | None:
    """Return the first week in which the expected target is within one point of the achievable share; None when it is never.

    The week is that of the ramp as it is drawn: what lies beyond its last week is not told.
    """
    frame = rows(utilization, population)
    goal = _goal(utilization, population)
    if frame.empty or pd.isna(goal):
        return None
    expected = frame[(frame["scenario"] == "expected") & (frame["target"] >= goal - ARRIVED)]
    return int(expected["week"].min()) if len(expected) else None


def reached(utilization: Utilization, population: str) -> tuple[float, int] | None:
    """Return the expected target and its week: where it arrives, else at the end of the ramp; None without a ramp."""
    if population not in shown(utilization):
        return None
    expected = _scenario(utilization, population, "expected")
    week = arrival(utilization, population) or int(expected["week"].to_numpy().max())
    return _at(expected, week), week


def _at(expected: pd.DataFrame, week: float) -> float:
    return float(expected.loc[expected["week"] == week, "target"].iloc[0])


def missing(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if shown(utilization) else (theme or Theme()).words("missing.ramp")


def headline(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    parts = []
    for name in shown(utilization):
        expected = _scenario(utilization, name, "expected")
        week, target = arrival(utilization, name), float(expected["target"].iloc[-1])
        last = float(expected["week"].max())
        way = (target - _today(utilization, name)) / (_goal(utilization, name) - _today(utilization, name))
        parts.append(
            words(
                "ramp.headline.on_the_way" if week is None else "ramp.headline.arrives",
                population=words(f"ceilings.subject.{name}"),
                target=words.n.share(_at(expected, week or last)),
                week=words.n.count(week or last),
                share=words.n.share(way),
            )
        )
    return words("ramp.headline.all", parts="; ".join(parts))


def alt_text(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for name in shown(utilization):
        expected = _scenario(utilization, name, "expected")
        ends = expected.groupby("phase", sort=False).tail(1)
        steps = [
            words(
                "ramp.alt.step", phase=words(f"ramp.phase.{row.phase}"), week=row.week, target=words.n.share(row.target)
            )
            for row in ends.itertuples()
        ]
        parts.append(
            words(
                "ramp.alt.population",
                population=words(f"population.{name}"),
                today=words.n.share(_today(utilization, name)),
                steps=words.listed(steps),
            )
        )
    return " ".join(parts)


def _today(utilization: Utilization, population: str) -> float:
    return float(utilization.achievable.set_index("population")["today"].get(population, float("nan")))


def _goal(utilization: Utilization, population: str) -> float:
    return float(utilization.achievable.set_index("population")["value"].get(population, math.nan))  # type: ignore[reportArgumentType]


def _scenario(utilization: Utilization, population: str, scenario: str) -> pd.DataFrame:
    frame = rows(utilization, population)
    return frame[frame["scenario"] == scenario]


def groups(utilization: Utilization, population: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the expected targets of the groups that have a line of their own; none where they are too many to be told apart."""
    frame = rows(utilization, population, by="group")
    if frame.empty:
        return []
    parts = [(str(level), part) for level, part in frame[frame["scenario"] == "expected"].groupby("level", sort=True)]
    return parts if len(parts) <= MOST_GROUPS else []


@exhibit
def ramp(utilization: Utilization, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw the expected weekly target of each population with its band from cautious to bold, and the phases behind it.

    Parameters
    ----------
    utilization
        The estimated utilization.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Panels side by side, one a population: week, and share of the base; in points.

    Raises
    ------
    ValueError
        No population has a ramp.
    """
    theme = theme or Theme()
    names = shown(utilization)
    if not names:
        raise ValueError(missing(utilization, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=HEIGHT_MM, margins_mm=MARGINS_MM)
    width, height = style.size_pt(ax)
    ax.set(xlim=(0, width), ylim=(0, height))
    room = (width - GAP_PT * (len(names) - 1)) / len(names)
    low, high = _ends(utilization, names)
    for place, name in enumerate(names):
        panel = _Panel(place * (room + GAP_PT) + LEFT_PT, room - LEFT_PT - RIGHT_PT, height, low, high)
        _draw(ax, utilization, name, panel, theme)
    ax.set_axis_off()
    return ax


def _ends(utilization: Utilization, names: list[str]) -> tuple[float, float]:
    """Return the ends of the shares that all panels share."""
    numbers: list[float] = []
    for name in names:
        numbers += [_today(utilization, name), *rows(utilization, name)["target"]]
        numbers += [target for _, part in groups(utilization, name) for target in part["target"]]
        numbers.append(_goal(utilization, name))
    known = [number for number in numbers if pd.notna(number)]
    return style.ends(min(known), max(known))


class _Panel:
    """Where weeks and shares of one population lie, in points."""

    def __init__(self, left: float, width: float, height: float, low: float, high: float) -> None:
        self.left, self.width, self.height, self.low, self.high = left, width, height, low, high
        self.weeks = 1.0

    def x(self, week: float) -> float:
        return self.left + self.width * week / self.weeks

    def y(self, share: float) -> float:
        return self.height * (share - self.low) / (self.high - self.low)

    def line(self, start: float, frame: pd.DataFrame) -> list[tuple[float, float]]:
        """Return a line from the start through the targets of a frame, week by week."""
        weeks, targets = [0.0, *map(float, frame["week"])], [start, *map(float, frame["target"])]
        return [
            (self.x(week), self.y(target))
            for week, target in zip(weeks, targets, strict=True)
            if not math.isnan(target)
        ]


def _draw(ax: Axes, utilization: Utilization, name: str, panel: _Panel, theme: Theme) -> None:
    """Draw one population: phases, band, groups, the expected line and the labels at its end."""
    expected = _scenario(utilization, name, "expected")
    panel.weeks = float(expected["week"].max())
    _furniture(ax, name, expected, panel, theme)
    today = _today(utilization, name)
    start = float(expected["target"].iloc[0]) if pd.isna(today) else today
    cautious, bold = (panel.line(start, _scenario(utilization, name, which)) for which in ("cautious", "bold"))
    if len(cautious) > 1 and len(bold) > 1:
        ax.add_patch(
            Polygon([*bold, *cautious[::-1]], closed=True, facecolor=theme.tint(BAND), edgecolor="none", zorder=1)
        )
    goal = _goal(utilization, name)
    if pd.notna(goal):
        ends = [panel.x(0), panel.x(panel.weeks)]
        ax.plot(ends, [panel.y(goal)] * 2, color=theme.accent, lw=0.9, ls=(0, (2, 2)), zorder=2)
    line = panel.line(start, expected)
    ax.plot(*zip(*line, strict=True), color=theme.accent, lw=1.8, zorder=4, solid_capstyle="butt")
    ax.plot(*line[0], "o", ms=4.5, color=style.MEANINGS["utilization"][0], zorder=5, clip_on=False)
    labels = [(line[-1][1], _end_label(theme.words, expected), theme.accent, 600)]
    for level, part in groups(utilization, name):
        its = panel.line(_level_today(utilization, name, level), part)
        ax.plot(*zip(*its, strict=True), color=style.MUTED, lw=0.8, zorder=3)
        labels.append((its[-1][1], style.fitted(level, style.SMALL, RIGHT_PT - 7), style.MUTED, 400))
    _labels(ax, labels, panel)


def _level_today(utilization: Utilization, population: str, level: str) -> float:
    """Return today's utilization of a group; missing where it has none."""
    frame = utilization.levels
    if frame.empty:
        return float("nan")
    mine = frame[(frame["population"] == population) & (frame["by"] == "group") & (frame["level"] == level)]
    return float(mine["today"].iloc[0]) if len(mine) else float("nan")


def _end_label(words: Words, expected: pd.DataFrame) -> str:
    return words("ramp.end", target=words.n.share(expected["target"].iloc[-1]))


def _labels(ax: Axes, labels: list[tuple[float, str, str, int]], panel: _Panel) -> None:
    """Write the labels at the ends of the lines, apart from one another."""
    labels.sort(key=lambda label: label[0])
    heights = [style.SMALL * 1.15] * len(labels)
    placed = style.spread([label[0] for label in labels], heights, low=0, high=panel.height, gap=0.5)
    x = panel.x(panel.weeks)
    for (wanted, text, colour, weight), y in zip(labels, placed, strict=True):
        ax.plot([x + 1, x + 4.5], [wanted, y], color=colour, lw=style.HAIR, clip_on=False)
        ax.text(x + 6, y, text, size=style.SMALL, weight=weight, color=colour, va="center_baseline", clip_on=False)


def _furniture(ax: Axes, name: str, expected: pd.DataFrame, panel: _Panel, theme: Theme) -> None:
    """Draw phases, scale and weeks of one panel."""
    words = theme.words
    ax.text(
        panel.left - LEFT_PT, panel.height + 14, words(f"population.{name}"), size=style.VALUE, weight=600, va="bottom"
    )
    before = 0.0
    for phase in PHASES:
        part = expected[expected["phase"] == phase]
        if part.empty:
            continue
        end = float(part["week"].max())
        left, right = panel.x(before), panel.x(end)
        ax.add_patch(
            Rectangle((left, 0), right - left, panel.height, facecolor=PHASE_FILL[phase], edgecolor="none", zorder=0)
        )
        text = words(f"ramp.phase.{phase}")
        ax.text(
            (left + right) / 2, panel.height + 2.5, text, size=style.SMALL, color=style.MUTED, ha="center", va="bottom"
        )
        ax.text(right, -3, words.n.count(end), size=style.LABEL, color=style.MUTED, ha="center", va="top")
        before = end
    ax.text(panel.x(0), -3, "0", size=style.LABEL, color=style.MUTED, ha="center", va="top")
    ax.text(
        panel.x(panel.weeks / 2), -13, words("ramp.weeks"), size=style.LABEL, color=style.MUTED, ha="center", va="top"
    )
    low, high = round(100 * panel.low), round(100 * panel.high)
    step = next((step for step in (5, 10, 20) if (high - low) / step <= style.MOST_TICKS), 25)
    for point in range(low, high + 1):
        if point % step:
            continue
        y = panel.y(point / 100)
        ax.plot([panel.left, panel.x(panel.weeks)], [y, y], color=style.RULE, lw=style.HAIR * 0.6, zorder=0.5)
        ax.text(
            panel.left - 4,
            y,
            words.n.share(point / 100),
            size=style.LABEL,
            color=style.MUTED,
            ha="right",
            va="center_baseline",
        )

"""The internal best: the observed top quarter against its true mean, luck taken out, between today and what is achievable."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
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

UNITS = ("groups", "people")
ROW_MM, HEAD_ROWS, BETWEEN_ROWS = 4.5, 1.25, 0.6
MARGINS_MM = (62.0, 30.0, 1.0, 6.0)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the internal best: what it is, and its value with an interval where there is one."""

    kind: str
    text: str
    value: float
    low: float = math.nan
    high: float = math.nan


def rows(utilization: Utilization) -> pd.DataFrame:
    """Return the comparisons, by population, groups before people; those that could not be made carry their reason."""
    frame = utilization.best
    if frame.empty:
        return frame
    shown = frame[frame["population"].isin(POPULATIONS) & frame["unit"].isin(UNITS)]
    keys = shown.assign(_p=shown["population"].map(POPULATIONS.index), _u=shown["unit"].map(UNITS.index))
    return shown.loc[keys.sort_values(["_p", "_u"], kind="stable").index]


def _drawn(utilization: Utilization) -> pd.DataFrame:
    """Return the comparisons with a figure."""
    frame = rows(utilization)
    return frame if frame.empty else frame[frame["value"].notna()]


def without(utilization: Utilization) -> list[str]:
    """Return why other comparisons of the populations that are drawn have no figure."""
    frame, drawn = rows(utilization), _drawn(utilization)
    if drawn.empty:
        return []
    left = frame[frame["value"].isna() & frame["population"].isin(drawn["population"]) & frame["reason"].ne("")]
    return list(dict.fromkeys(map(str, left["reason"])))


def lines(row: Any, words: Words) -> list[Line]:
    """Return the figures of one comparison: as counted, luck taken out, and for the like where that is known."""
    if pd.isna(row.value):
        return []
    found = [Line("observed", words(f"best.observed.{row.unit}", n=words.n.count(row.units)), float(row.observed))]
    found.append(Line("true", words("best.true"), float(row.value), float(row.low), float(row.high)))
    if pd.notna(row.adjusted) and str(row.adjusted_for or ""):
        text = words("best.adjusted", what=row.adjusted_for)
        found.append(Line("adjusted", text, float(row.adjusted), float(row.adjusted_low), float(row.adjusted_high)))
    return [line for line in found if not math.isnan(line.value)]


def _height(utilization: Utilization, words: Words) -> float:
    """Return the height of the chart, counted in rows."""
    frame, height = _drawn(utilization), 0.0
    for place, (_, part) in enumerate(frame.groupby("population", sort=False)):
        height += HEAD_ROWS + (BETWEEN_ROWS if place else 0)
        height += sum(len(lines(row, words)) for row in part.itertuples())
    return height


def height_mm(utilization: Utilization, *, theme: Theme | None = None) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return ROW_MM * _height(utilization, (theme or Theme()).words) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(
    utilization: Utilization, *, recorded: Mapping[str, float] | None = None, theme: Theme | None = None
) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if len(_drawn(utilization)):
        return ""
    words, frame = (theme or Theme()).words, rows(utilization)
    reasons = list(dict.fromkeys(str(reason) for reason in frame["reason"] if reason)) if len(frame) else []
    return words("missing.best_because", reason="; ".join(reasons)) if reasons else words("missing.best")


def headline(
    utilization: Utilization, *, recorded: Mapping[str, float] | None = None, theme: Theme | None = None
) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    frame = _drawn(utilization)
    parts: dict[str, list[str]] = {}
    for row in frame.drop_duplicates("population").itertuples():
        said = words(
            f"best.headline.{row.unit}",
            population=words(f"ceilings.subject.{row.population}"),
            observed=words.n.share(float(row.observed)),  # type: ignore[reportArgumentType]
            value=words.n.interval(float(row.value), float(row.low), float(row.high)),  # type: ignore[reportArgumentType]
        )
        parts.setdefault(str(row.unit), []).append(said)
    return "; ".join(words(f"best.headline.all.{unit}", parts=", ".join(said)) for unit, said in parts.items())


def alt_text(
    utilization: Utilization, *, recorded: Mapping[str, float] | None = None, theme: Theme | None = None
) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for row in _drawn(utilization).itertuples():
        figures = [f"{line.text} {_figure(line, words)}" for line in lines(row, words)]
        parts.append(words("best.alt", population=words(f"population.{row.population}"), figures=words.listed(figures)))
    return " ".join(parts)


def _figure(line: Line, words: Words) -> str:
    return words.n.interval(line.value, line.low, line.high)


@exhibit
def internal_best(
    utilization: Utilization,
    *,
    recorded: Mapping[str, float] | None = None,
    ax: Axes | None = None,
    theme: Theme | None = None,
) -> Axes:
    """Draw the top quarter as counted, its true mean, and the same for the like, against today and the achievable share.

    Parameters
    ----------
    utilization
        The estimated utilization.
    recorded
        population -> what logs alone show of today's utilization. Where recorded work is compared, today and the achievable share are drawn as logs
        would show them, and without this not at all: logs miss work.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the base; one row a figure. No mark stands for a person or for a single group.

    Raises
    ------
    ValueError
        No population has an internal best.
    """
    theme = theme or Theme()
    frame = _drawn(utilization)
    if frame.empty:
        raise ValueError(missing(utilization, theme=theme))
    words = theme.words
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(utilization, theme=theme), margins_mm=MARGINS_MM)
    known = _lines(utilization, frame, recorded or {})
    low, high = _ends(frame, known)
    height = _height(utilization, words)
    ax.set(xlim=(low, high), ylim=(height - 0.5, -0.5))
    place = 0.0
    for population, part in frame.groupby("population", sort=False):
        rooms = sum(len(lines(row, words)) for row in part.itertuples())
        room = (place, place + HEAD_ROWS + rooms - 0.6)
        kind = "recorded" if as_recorded(part, str(population)) else "line"
        _references(ax, known, (str(population), kind), room, theme)
        place += HEAD_ROWS
        for row in part.itertuples():
            place = _comparison(ax, row, place, theme)
        place += BETWEEN_ROWS
    style.quiet(ax)
    style.share_ticks(ax, words.n.share)
    return ax


def as_recorded(frame: pd.DataFrame, population: str) -> bool:
    """Return whether a population's comparison is of recorded work, which is less than its utilization: its rows then say so."""
    mine = frame[(frame["population"] == population) & frame["value"].notna()]
    return bool(mine["reason"].astype("str").ne("").any())


def _lines(utilization: Utilization, frame: pd.DataFrame, recorded: Mapping[str, float]) -> pd.DataFrame:
    """Return today and the achievable share on the scale of what is compared; what cannot be put on it is left out."""
    known = utilization.achievable.set_index("population")[["today", "value"]].astype("float64")
    for name in known.index:
        if as_recorded(frame, str(name)):
            seen = recorded.get(str(name), math.nan)
            known.loc[name] = [seen, seen + known.at[name, "value"] - known.at[name, "today"]]
    return known


def _ends(frame: pd.DataFrame, known: pd.DataFrame) -> tuple[float, float]:
    names = ["observed", "value", "low", "high", "adjusted", "adjusted_low", "adjusted_high"]
    numbers = [frame[names].to_numpy(dtype=float).ravel()]
    numbers += [known.reindex(frame["population"].unique()).to_numpy(dtype=float).ravel()]
    every = np.concatenate(numbers)
    return style.ends(float(np.nanmin(every)), float(np.nanmax(every)))


def _references(ax: Axes, known: pd.DataFrame, at: tuple[str, str], room: tuple[float, float], theme: Theme) -> None:
    """Name the population and draw today and the achievable share as lines through its rows."""
    (population, kind), words, (top, foot), width = at, theme.words, room, style.size_pt(ax)[0]
    style.beside(ax, -style.MM * 61 / width, top, words(f"population.{population}"), size=style.VALUE, weight=600,
                 color=theme.ink)  # fmt: skip
    if population not in known.index:
        return
    low, high = ax.get_xlim()
    marks = [
        (float(known.loc[population, name]), words(f"best.{kind}.{name}"), colour, dash)  # type: ignore[reportArgumentType]
        for name, colour, dash in (
            ("today", style.MEANINGS["utilization"][0], "-"),
            ("value", theme.accent, (0, (2, 2))),
        )
        if pd.notna(known.loc[population, name])
    ]
    marks.sort(key=lambda mark: mark[0])
    texts = [f"{text} {words.n.share(value)}" for value, text, _, _ in marks]
    scale = (high - low) / width
    widths = [style.text_width_pt(text, style.SMALL, 600) * scale for text in texts]
    centres = style.spread(
        [mark[0] for mark in marks], widths, low=low, high=high + style.MM * 28 * scale, gap=8 * scale
    )
    for (value, _, colour, dash), text, centre in zip(marks, texts, centres, strict=True):
        ax.plot([value] * 2, [top + 0.55, foot], color=colour, lw=1.0, ls=dash, zorder=1)
        ax.text(centre, top, text, size=style.SMALL, weight=600, color=colour, ha="center", va="center_baseline")


def _comparison(ax: Axes, row: Any, place: float, theme: Theme) -> float:
    """Draw the figures of one comparison; return the next place."""
    words, width = theme.words, style.size_pt(ax)[0]
    left, right = -style.MM * 61 / width, 1 + style.MM * 3 / width
    for line in lines(row, words):
        strong = line.kind == "true"
        colour = style.MUTED if line.kind == "observed" else theme.ink
        style.beside(ax, left, place, style.fitted(line.text, style.LABEL, style.MM * 60), size=style.LABEL,
                     color=colour, weight=600 if strong else 400)  # fmt: skip
        ax.axhline(place, color=style.RULE, lw=style.HAIR * 0.6, zorder=0)
        if not math.isnan(line.low) and not math.isnan(line.high):
            ax.plot([line.low, line.high], [place, place], color=colour, lw=1.6, solid_capstyle="butt", zorder=2)
        face = "white" if line.kind == "observed" else colour
        shape = "D" if line.kind == "adjusted" else "o"
        ax.plot([line.value], [place], shape, ms=4.4 if shape == "D" else 5.2, mfc=face, mec=colour, mew=1.1, zorder=3)
        style.beside(
            ax, right, place, _figure(line, words), size=style.LABEL, color=colour, weight=600 if strong else 400
        )
        place += 1
    return place

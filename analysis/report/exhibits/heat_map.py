"""When people wait: the mean number of idle agents by weekday and half hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

DEFAULT = "contact_centre"
# narrower cells hold no legible number
LEAST_CELL_PT = 9.0
# where fewer wait at any time there is nothing to show
LEAST_AGENTS = 0.05


def table(baseline: Baseline, population: str = DEFAULT) -> pd.DataFrame:
    """Return weekday x slot of the day -> mean idle agents; cells of too few agents are NaN."""
    frame = baseline.idle_by_slot
    return frame[frame["population"] == population].pivot(
        index="weekday", columns="slot_of_day_s", values="idle_agents"
    )


def missing(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if (table(baseline, population) >= LEAST_AGENTS).to_numpy().any():
        return ""
    return (theme or Theme()).words("missing.heat_map")


def _facts(baseline: Baseline, population: str) -> tuple[float, float, int, float, float]:
    """Return mean and highest idle agents, weekday and slot of the highest, share of cells that hold half of the waiting."""
    cells = table(baseline, population).stack().dropna()
    ordered = np.sort(cells.to_numpy())[::-1]
    half = int(np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)) + 1
    weekday, slot = cells.idxmax()
    return float(cells.mean()), float(cells.max()), int(weekday), float(slot), half / len(cells)


def headline(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    mean, most, weekday, slot, half = _facts(baseline, population)
    return words(
        "heat_map.headline",
        mean=n.agents(mean),
        most=n.agents(most),
        weekday=n.weekday(weekday),
        clock=n.clock(slot),
        half=n.share(half),
    )


def alt_text(baseline: Baseline, *, population: str = DEFAULT, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    grid = table(baseline, population)
    days = [
        words("heat_map.alt.day", weekday=n.weekday(int(day)), mean=n.agents(mean))
        for day, mean in grid.mean(axis=1).dropna().items()
    ]
    slots = grid.columns
    step = float(slots[1] - slots[0]) if len(slots) > 1 else 1800.0
    span = (n.clock(slots[0]), n.clock(slots[-1] + step))
    return words("heat_map.alt.all", start=span[0], end=span[1], days=words.listed(days))


@exhibit
def idle_heat_map(
    baseline: Baseline, *, population: str = DEFAULT, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw the mean number of agents who wait, one cell a weekday and half hour, each with its number.

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
        Rows: weekdays; columns: slots of the day. Cells with too few agents to be shown are hatched.

    Raises
    ------
    ValueError
        No cell may be shown.
    """
    import seaborn as sns

    theme = theme or Theme()
    grid = table(baseline, population)
    if missing(baseline, population=population):
        raise ValueError(missing(baseline, population=population, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=14 + 6.5 * len(grid), margins_mm=(10, 12, 6, 8))
    ramp = LinearSegmentedColormap.from_list("waiting", style.WAITING_RAMP)
    top = float(np.nanmax(grid.to_numpy()))
    sns.heatmap(
        grid, ax=ax, cmap=ramp, vmin=0, vmax=max(top, 1.0) * 1.25, cbar=False, linewidths=0.75, linecolor="white"
    )
    _numbers(ax, baseline, grid, population)
    _labels(ax, grid, theme)
    return ax


def _numbers(ax: Axes, baseline: Baseline, grid: pd.DataFrame, population: str) -> None:
    """Write every cell's number; hatch the open cells whose number may not be shown."""
    frame = baseline.idle_by_slot
    opened = frame[(frame["population"] == population) & (frame["days"] > 0)]
    cells = set(zip(opened["weekday"], opened["slot_of_day_s"], strict=True))
    top, cell = float(np.nanmax(grid.to_numpy())), style.size_pt(ax)[0] / len(grid.columns)
    form = "{:.0f}" if top >= 3 else "{:.1f}"
    for y, (weekday, row) in enumerate(grid.iterrows()):
        for x, (slot, value) in enumerate(row.items()):
            if pd.isna(value):
                if (weekday, slot) in cells:
                    hidden = Rectangle((x, y), 1, 1, facecolor=style.PANEL, edgecolor=style.RULE, hatch="////", lw=0)
                    ax.add_patch(hidden)
            elif cell >= LEAST_CELL_PT:
                colour = "white" if value > 0.85 * top else style.INK
                size = min(style.SMALL, cell * 0.55)
                ax.text(x + 0.5, y + 0.5, form.format(value), size=size, color=colour, ha="center", va="center")


def _labels(ax: Axes, grid: pd.DataFrame, theme: Theme) -> None:
    """Name the weekdays at the left, the hours on top, and the mean of each day at the right."""
    n = theme.words.n
    hours = [(place, slot) for place, slot in enumerate(grid.columns) if slot % 3600 == 0]
    ax.xaxis.tick_top()
    ax.set_xticks([place for place, _ in hours], [n.clock(slot) for _, slot in hours], rotation=0, size=style.SMALL)
    ax.set_yticks(
        np.arange(len(grid)) + 0.5,
        [n.weekday(int(day), short=True) for day in grid.index],
        rotation=0,
        size=style.LABEL,
    )
    ax.tick_params(length=0, pad=2)
    ax.set(xlabel="", ylabel="")
    for y, mean in enumerate(grid.mean(axis=1)):
        text = n.agents(mean) if pd.notna(mean) else ""
        ax.text(len(grid.columns) + 0.35, y + 0.5, text, size=style.LABEL, weight=600, va="center")
    ax.text(
        len(grid.columns) + 0.35, -0.12, theme.words("heat_map.mean"), size=style.SMALL, color=style.MUTED, va="bottom"
    )

"""When people wait: the mean number of idle agents by weekday and half hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
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
# the darkest colour is kept for more than was seen, so that dark cells still bear their numbers
HEADROOM = 1.25


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
    theme = theme or Theme()
    grid = table(baseline, population)
    if missing(baseline, population=population):
        raise ValueError(missing(baseline, population=population, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=14 + 6.5 * len(grid), margins_mm=(10, 12, 6, 8))
    top = max(float(np.nanmax(grid.to_numpy())), 1.0)
    found = cells(baseline, population)
    _boxes(ax, found, grid, top)
    ax.set(xlim=(0, len(grid.columns)), ylim=(len(grid), 0))
    _numbers(ax, found[found["value"].notna()], float(np.nanmax(grid.to_numpy())), theme)
    _labels(ax, grid, theme)
    return ax


def cells(baseline: Baseline, population: str = DEFAULT) -> pd.DataFrame:
    """Return one row a cell: its row, first column, number of half hours and mean idle agents; NaN in open cells of too few agents.

    Half hours that were put together because few agents stand behind each are one cell.
    """
    frame, grid = baseline.idle_by_slot, table(baseline, population)
    known = frame[(frame["population"] == population) & (frame["days"] > 0)]
    rows, columns = ({name: place for place, name in enumerate(axis)} for axis in (grid.index, grid.columns))
    found = pd.DataFrame(
        {
            "y": known["weekday"].map(rows),
            "x": known["slot_of_day_s"].map(columns),
            "slots": known.get("span_slots", pd.Series(1, index=known.index)),
            "span": known.get("span_start_s", known["slot_of_day_s"]),
            "value": known["idle_agents"],
        }
    )
    hidden = found["value"].isna()
    found.loc[hidden, ["slots", "span"]] = np.column_stack([np.ones(hidden.sum()), known.loc[hidden, "slot_of_day_s"]])
    return found.sort_values(["y", "x"], kind="stable").drop_duplicates(["y", "span"]).reset_index(drop=True)


def merged(baseline: Baseline, population: str = DEFAULT) -> int:
    """Return how many cells stand for several half hours."""
    return int((cells(baseline, population)["slots"] > 1).sum())


def _boxes(ax: Axes, found: pd.DataFrame, grid: pd.DataFrame, top: float) -> None:
    """Fill every cell by its number, one box for half hours put together; hatch the open ones whose number may not be shown."""
    import seaborn as sns

    ramp = LinearSegmentedColormap.from_list("waiting", style.WAITING_RAMP)
    sns.heatmap(
        grid, ax=ax, cmap=ramp, vmin=0, vmax=top * HEADROOM, cbar=False, linewidths=0.75, linecolor="white",
        xticklabels=False, yticklabels=False,
    )  # fmt: skip
    ax.set(xlabel="", ylabel="")
    spans, hidden = found[found["value"].notna() & found["slots"].gt(1)], found[found["value"].isna()]
    boxes = [Rectangle((row.x, row.y), row.slots, 1) for row in spans.itertuples()]
    colours = ramp(spans["value"].to_numpy() / (top * HEADROOM))
    ax.add_collection(PatchCollection(boxes, facecolor=colours, edgecolor="white", lw=0.75))
    empty = [Rectangle((row.x, row.y), 1, 1) for row in hidden.itertuples()]
    ax.add_collection(PatchCollection(empty, facecolor=style.PANEL, edgecolor=style.RULE, hatch="////", lw=0))


def _numbers(ax: Axes, shown: pd.DataFrame, top: float, theme: Theme) -> None:
    """Write every cell's number, as large as the narrowest cell allows."""
    cell = style.size_pt(ax)[0] / ax.get_xlim()[1]
    spelled = theme.words.n.count if top >= 3 else theme.words.n.tenth
    if cell < LEAST_CELL_PT:
        return
    size = min(style.SMALL, cell * 0.55)
    for row in shown.itertuples():
        colour = "white" if row.value > 0.85 * top else style.INK  # type: ignore[operator]
        x, y = row.x + row.slots / 2, row.y + 0.5  # type: ignore[operator]
        ax.text(x, y, spelled(row.value), size=size, color=colour, ha="center", va="center")


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
    for spine in ax.spines.values():
        spine.set_visible(False)
    for y, mean in enumerate(grid.mean(axis=1)):
        text = n.agents(mean) if pd.notna(mean) else ""
        ax.text(len(grid.columns) + 0.35, y + 0.5, text, size=style.LABEL, weight=600, va="center")
    ax.text(
        len(grid.columns) + 0.35, -0.12, theme.words("heat_map.mean"), size=style.SMALL, color=style.MUTED, va="bottom"
    )

"""What each source holds on each day: levels, holes, cut edges, and days on which clocks change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Rectangle

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.intake.reconciliation import Reconciliation

# Longer periods are shown week by week, so that a cell stays wide enough to see.
MOST_DAYS = 120
NAME_MM, WORDS_MM, TOP_MM, FOOT_MM, STRIP_MM = 40.0, 45.0, 9.0, 7.5, 5.9
# From nothing to one and a half times what like days hold, monotone in lightness so that it reads in grey.
RAMP = LinearSegmentedColormap.from_list("level", ("#E4ECF3", "#8FB2D1", "#2F6699", "#123A5F"))
TOP_LEVEL = 1.5
PRESENT = "#B9C7D4"
REST = style.PANEL
# Marks in the order in which one of them stands for a week.
WORST = ("missing", "outside", "partial", "thin", "", "holiday", "closed")


def missing(reconciliation: Reconciliation, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(reconciliation.calendar) else (theme or Theme()).words("missing.days")


def counts(reconciliation: Reconciliation) -> pd.DataFrame:
    """Return for each source its days, those with rows, and how many carry each mark."""
    frame = reconciliation.calendar
    grouped = frame.assign(held=frame["rows"] > 0).groupby("source", sort=False)
    table = pd.DataFrame({"days": grouped.size(), "held": grouped["held"].sum()})
    for mark in ("missing", "outside", "partial", "thin"):
        table[mark] = grouped["mark"].agg(lambda marks, name=mark: int((marks == name).sum()))
    return table.reset_index()


def headline(reconciliation: Reconciliation, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    table = counts(reconciliation)
    sums = table[["missing", "outside", "partial", "thin"]].sum()
    parts = [words.some(f"days.{mark}", int(sums[mark])) for mark in sums.index if sums[mark]]
    changes = [words.n.day(day, year=False) for day in clock_days(reconciliation)]
    rest = f"; {words('days.clocks', days=words.listed(changes[:2]))}" if changes else ""
    sources = words.some("days.sources", len(table))
    if not parts:
        return words("days.whole", sources=sources) + rest
    return words("days.headline", sources=sources, parts=words.listed(parts)) + rest


def alt_text(reconciliation: Reconciliation, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    told = []
    for row in counts(reconciliation).to_dict("records"):
        odd = [words.some(f"days.{mark}", row[mark]) for mark in ("missing", "outside", "partial", "thin") if row[mark]]
        text = words("days.alt", source=row["source"], held=words.n.count(row["held"]), days=words.n.count(row["days"]))
        told.append(text + (f"; {', '.join(odd)}" if odd else "") + ".")
    return " ".join(told)


def clock_days(reconciliation: Reconciliation) -> list[Any]:
    """Return the days that are not 24 hours long."""
    frame = reconciliation.calendar
    return sorted({day.date() for day in frame.loc[frame["length_h"] != 24, "day"]})


def height_mm(reconciliation: Reconciliation) -> float:
    """Return the height of the figure [mm]."""
    return TOP_MM + FOOT_MM + STRIP_MM * reconciliation.calendar["source"].nunique()


@exhibit
def data_calendar(reconciliation: Reconciliation, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw one strip a source, one cell a day: how much it holds against like weekdays, and which days are missing, cut or thin.

    Parameters
    ----------
    reconciliation
        The data held against themselves.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Rows: sources; horizontal axis: days of each source's period (weeks where it is long).

    Raises
    ------
    ValueError
        No source holds rows that belong to a day.
    """
    theme = theme or Theme()
    if missing(reconciliation):
        raise ValueError(missing(reconciliation, theme=theme))
    sources = [(str(name), days) for name, days in reconciliation.calendar.groupby("source", sort=False)]
    ax = style.axes(
        ax, width_mm=166, height_mm=height_mm(reconciliation), margins_mm=(NAME_MM, WORDS_MM, TOP_MM, FOOT_MM)
    )
    ax.set(xlim=(0, 1), ylim=(len(sources) - 0.5, -0.5))
    ax.set_axis_off()
    common = len({(days["day"].iloc[0], days["day"].iloc[-1]) for _, days in sources}) == 1
    table = counts(reconciliation).set_index("source")
    for place, (name, days) in enumerate(sources):
        _strip(ax, _cells(days), place)
        _beside(ax, name, days, table.loc[name], place, common=common, theme=theme)
    if common:
        _dates(ax, sources[0][1], theme)
    _legend(ax, _shown(reconciliation), theme)
    return ax


def _cells(days: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of a strip: level, mark and whether rows are there; by week where days would be too narrow."""
    frame = days.assign(held=days["rows"] > 0, odd=days["length_h"] != 24)
    if len(days) <= MOST_DAYS:
        return frame[["level", "mark", "held", "odd"]]
    week = np.arange(len(frame)) // 7
    rank = frame["mark"].map(WORST.index)
    grouped = frame.assign(rank=rank).groupby(week)
    worst = grouped["rank"].min().map(lambda at: WORST[at])
    return pd.DataFrame(
        {"level": grouped["level"].mean(), "mark": worst, "held": grouped["held"].any(), "odd": grouped["odd"].any()}
    )


def _strip(ax: Axes, cells: pd.DataFrame, place: int) -> None:
    """Draw the cells of one source."""
    step = 1 / len(cells)
    gap = min(0.12 * step, 0.0015)
    boxes, faces, edges = [], [], []
    for at, cell in enumerate(cells.itertuples()):
        corner, wide, high = (at * step, place - 0.33), step - gap, 0.66
        boxes.append(Rectangle(corner, wide, high))
        faces.append(_face(cell))
        edges.append(style.WARNING if cell.mark == "outside" else "none")
        if cell.mark in ("partial", "thin"):
            boxes.append(Rectangle((corner[0], corner[1] + 0.8 * high), wide, 0.2 * high))
            faces.append(style.WARNING)
            edges.append("none")
    ax.add_collection(PatchCollection(boxes, facecolors=faces, edgecolors=edges, lw=0.5), autolim=False)


def _face(cell: Any) -> Any:
    """Return the colour of a cell: missing, outside its rows, at rest, there, or by its level."""
    if cell.mark in ("missing", "outside"):
        return style.WARNING if cell.mark == "missing" else "white"
    if not cell.held:
        return REST
    return PRESENT if pd.isna(cell.level) else RAMP(min(cell.level / TOP_LEVEL, 1.0))


def _beside(ax: Axes, name: str, days: pd.DataFrame, row: pd.Series, place: int, *, common: bool, theme: Theme) -> None:
    """Write the source left of its strip, and right of it how many days it holds and what is odd."""
    words, width = theme.words, style.size_pt(ax)[0]
    left, right = -style.MM * (NAME_MM - 1) / width, 1 + style.MM * 3 / width
    period = "" if common else words.n.period(days["day"].iloc[0].date(), days["day"].iloc[-1].date())
    held = words("days.held", held=words.n.count(row["held"]), days=words.n.count(row["days"]))
    marks = [mark for mark in ("missing", "outside", "partial", "thin") if row[mark]]
    odd = ", ".join(words(f"days.short.{mark}", n=words.n.count(row[mark])) for mark in marks)
    name = style.fitted(_short(name), style.LABEL, style.MM * (NAME_MM - 3))
    for x, first, second, size, colour in (
        (left, name, period.replace("\u00a0", " "), style.LABEL, style.MUTED),
        (right, held, odd, style.SMALL, style.WARNING),
    ):
        shifts = (-0.22, 0.23) if second else (0.0, 0.0)
        style.beside(ax, x, place + shifts[0], first, size=size, color=theme.ink)
        if second:
            style.beside(ax, x, place + shifts[1], second, color=colour)


def _short(name: str) -> str:
    """Return the names of a source's files without their folders."""
    return re.sub(r"[^ ]*/", "", name)


def _dates(ax: Axes, days: pd.DataFrame, theme: Theme) -> None:
    """Name the first day of each month above the strips, and mark the days on which clocks change."""
    n, count, width = theme.words.n, len(days), style.size_pt(ax)[0]
    firsts = [0, *(at for at, day in enumerate(days["day"]) if day.day == 1 and at > 0)]
    last = -1e9
    for at in firsts:
        x = at / count
        text = n.day(days["day"].iloc[at].date(), year=False)
        if x * width > last:
            ax.text(x, -0.68, text, size=style.SMALL, color=style.MUTED, va="bottom")
            last = x * width + style.text_width_pt(text, style.SMALL) + 6
    for at in np.flatnonzero(days["length_h"].to_numpy() != 24):
        x, hours = (at + 0.5) / count, days["length_h"].iloc[at]
        ax.plot([x, x], [-0.62, -0.42], color=theme.accent, lw=1.2, solid_capstyle="butt", clip_on=False)
        ax.text(
            x,
            -1.02,
            theme.words.n.short(hours) + theme.words("number.hour"),
            size=style.SMALL,
            color=theme.accent,
            ha="center",
            va="bottom",
        )


def _shown(reconciliation: Reconciliation) -> set[str]:
    """Return the marks that the legend must explain."""
    frame = reconciliation.calendar
    found = {"half", "like", "more"} | ({"cut"} if frame["mark"].isin(["partial", "thin"]).any() else set())
    found |= {mark for mark in ("missing", "outside") if (frame["mark"] == mark).any()}
    found |= {"rest"} if frame["mark"].isin(["closed", "holiday"]).any() else set()
    return found | ({"present"} if (frame["level"].isna() & (frame["rows"] > 0)).any() else set())


def _legend(ax: Axes, shown: set[str], theme: Theme) -> None:
    """Explain colours and marks below the strips."""
    words, width = theme.words, style.size_pt(ax)[0]
    strip = style.size_pt(ax)[1] / abs(np.diff(ax.get_ylim())[0])
    low = ax.get_ylim()[0] + 0.62
    box, x = 7 / width, -style.MM * (NAME_MM - 1) / width
    marks = (
        ("half", RAMP(0.5 / TOP_LEVEL)), ("like", RAMP(1 / TOP_LEVEL)), ("more", RAMP(1.0)), ("present", PRESENT), ("rest", REST),
        ("missing", style.WARNING), ("outside", "white"), ("cut", RAMP(0.3 / TOP_LEVEL)),
    )  # fmt: skip
    for key, colour in (mark for mark in marks if mark[0] in shown):
        high = 6 / strip
        edge = style.WARNING if key == "outside" else "none"
        ax.add_patch(
            Rectangle(
                (x, low - high / 2),
                box,
                high,
                facecolor=to_rgb(colour) if isinstance(colour, str) else colour,
                edgecolor=edge,
                lw=0.5,
                clip_on=False,
            )
        )
        if key == "cut":
            ax.add_patch(
                Rectangle((x, low + 0.3 * high), box, 0.2 * high, facecolor=style.WARNING, lw=0, clip_on=False)
            )
        text = words(f"days.legend.{key}")
        ax.text(x + box + 3 / width, low, text, size=style.SMALL, color=style.MUTED, va="center_baseline")
        x += box + (style.text_width_pt(text, style.SMALL) + 11) / width

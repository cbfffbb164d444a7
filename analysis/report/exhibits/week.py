"""A week on one axis: weekdays side by side, half hours from left to right, holes left open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme

SLOT_S = 1800
# hours between two weekdays
BETWEEN_H = 1.2
HOURS = (9, 13, 17)
# hours that are named where a day is open around the clock
ALL_HOURS = (6, 12, 18)
OPEN_H = 16


@dataclass(frozen=True, slots=True)
class Week:
    """Where the weekdays of a frame lie on the axis.

    Attributes
    ----------
    first, last
        First and last open hour of any day.
    starts
        Weekday -> hours to add to an hour of that day.
    """

    first: float
    last: float
    starts: dict[int, float]

    def hours(self, part: pd.DataFrame, weekday: int) -> np.ndarray:
        """Return where the half hours of a stretch begin on the axis, and where the last one ends."""
        slots = part["slot_of_day_s"].to_numpy(dtype="float64")
        return np.append(slots, slots[-1] + SLOT_S) / 3600 + self.starts[weekday]


def week_of(frame: pd.DataFrame) -> Week:
    """Return the axis of a frame with `weekday` and `slot_of_day_s`."""
    first, last = frame["slot_of_day_s"].min() / 3600, frame["slot_of_day_s"].max() / 3600 + SLOT_S / 3600
    days = sorted(int(day) for day in frame["weekday"].unique())
    return Week(first, last, {day: place * (last - first + BETWEEN_H) - first for place, day in enumerate(days)})


def runs(part: pd.DataFrame, *columns: str) -> list[pd.DataFrame]:
    """Return the stretches of half hours without a hole, or without a missing number in `columns`."""
    known = part.dropna(subset=list(columns)) if columns else part
    breaks = (known["slot_of_day_s"].diff().fillna(SLOT_S) > SLOT_S).cumsum()
    return [block for _, block in known.groupby(breaks)]


def held(values: pd.Series) -> np.ndarray:
    """Return the values of a stretch with the last one held to its end."""
    numbers = values.to_numpy(dtype="float64")
    return np.append(numbers, numbers[-1])


def draw_axis(ax: Axes, week: Week, theme: Theme, *, below_mm: float = 6.0) -> None:
    """Name hours and weekdays below the axes, and mark a few heights."""
    n, ends = theme.words.n, week.last - week.first
    ax.set(xlim=(0, max(week.starts.values()) + week.last + 0.1), ylim=(0, None))
    ax.margins(y=0.05)
    style.quiet(ax, x=True, y=True)
    named = [hour for hour in (ALL_HOURS if ends > OPEN_H else HOURS) if week.first <= hour <= week.last]
    marks = [(start + hour, n.clock(3600 * hour)[:2]) for start in week.starts.values() for hour in named]
    ax.set_xticks([mark for mark, _ in marks], [text for _, text in marks], size=style.SMALL)
    foot = -below_mm * style.MM / style.size_pt(ax)[1]
    for weekday, start in week.starts.items():
        ax.text(start + (week.first + week.last) / 2, foot, n.weekday(weekday, short=True), size=style.LABEL, weight=600,
                ha="center", va="center_baseline", transform=ax.get_xaxis_transform())  # fmt: skip
        ax.plot([start + week.first, start + week.last], [0, 0], color=style.MUTED, lw=style.HAIR, clip_on=False)
    ax.yaxis.get_major_locator().set_params(nbins=4, integer=True)  # type: ignore[attr-defined]
    ax.grid(axis="y")
    ax.tick_params(length=0, pad=2)


def draw_key(ax: Axes, entries: list[tuple[str, str, str]]) -> None:
    """Name what is drawn, once, above the axes: marker (``s`` box, ``-`` line), colour, text."""
    width, height = style.size_pt(ax)
    texts = [style.text_width_pt(text, style.LABEL) for _, _, text in entries]
    gap = min(18.0, max((width - sum(texts) - 13 * len(entries)) / max(len(entries) - 1, 1), 4.0))
    left, y = 0.0, 1 + 11 / height
    for (kind, colour, text), long in zip(entries, texts, strict=True):
        if kind == "s":
            ax.plot([(left + 3.5) / width], [y], "s", ms=7, color=colour, transform=ax.transAxes, clip_on=False)
        else:
            ax.plot([left / width, (left + 9) / width], [y, y], kind, color=colour, lw=1.4, transform=ax.transAxes,
                    clip_on=False)  # fmt: skip
        ax.text((left + 12) / width, y, text, size=style.LABEL, transform=ax.transAxes, va="center_baseline")
        left += 13 + long + gap

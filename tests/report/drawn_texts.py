"""What a chart writes and where: texts outside their figure or over each other, measured with the renderer."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme

# a letter may reach this far out of the figure or into its neighbour [pt]: side bearings and accents
SLACK_PT = 1.0
# of a line's height this much is room above and below its letters
AIR = 0.16


@dataclass(frozen=True)
class Box:
    """A text with the room that its line takes in a figure [pt]."""

    text: str
    left: float
    foot: float
    right: float
    top: float
    air: float

    def over(self, other: Box) -> bool:
        """Return whether two texts lie over each other by more than a hair."""
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top - self.air, other.top - other.air) - max(self.foot + self.air, other.foot + other.air)
        return across > SLACK_PT and up > SLACK_PT


def boxes(figure: Figure) -> list[Box]:
    """Return every text that a figure shows."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    found = []
    for text in figure.findobj(Text):
        if not (text.get_visible() and text.get_text().strip()):
            continue
        if not _shown(text, figure):
            continue
        box = text.get_window_extent(renderer)
        scale = 72 / figure.dpi
        air = AIR * box.height * scale if not text.get_rotation() else 0.0
        found.append(Box(text.get_text(), box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale, air))
    return found


def _shown(text: Text, figure: Figure) -> bool:
    """Return whether a label of an axis is drawn: axes that are off draw none, and ticks of an earlier scale stay undrawn in store."""
    axes = text.axes
    if axes is None:
        return text in figure.texts
    if text in axes.texts:
        return True
    named = [axes.xaxis.label, axes.yaxis.label]
    drawn = [
        label
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis._update_ticks()
        for label in (tick.label1, tick.label2)
    ]
    return axes.axison and any(text is label for label in (*named, *drawn))


def faults(figure: Figure) -> list[str]:
    """Return the texts that leave the figure, and the pairs that lie over each other."""
    shown = boxes(figure)
    width, height = figure.get_figwidth() * 72, figure.get_figheight() * 72
    outside = [
        f"outside: {box.text!r} ({box.left:.0f} to {box.right:.0f} of {width:.0f}, {box.foot:.0f} to {box.top:.0f} of {height:.0f})"
        for box in shown
        if box.left < -SLACK_PT or box.right > width + SLACK_PT or box.foot < -SLACK_PT or box.top > height + SLACK_PT
    ]
    over = [
        f"over each other: {one.text!r} and {two.text!r}"
        for one, two in itertools.combinations(shown, 2)
        if one.over(two)
    ]
    return [*outside, *over]


def of_report(
    draw: Callable[[Axes], Axes], *, width_mm: float, height_mm: float, margins_mm: tuple[float, float, float, float]
) -> Figure:
    """Draw a chart at the size at which the report prints it."""
    with mpl.rc_context(Theme().settings()):
        figure = Figure(figsize=(width_mm / 25.4, height_mm / 25.4), dpi=72)
        draw(style.inside(figure, margins_mm))
        boxes(figure)
    return figure

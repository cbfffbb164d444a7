"""A drawing area in points, from the top left: what charts that are half table are laid out on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes

from analysis.report.exhibits import style


class Sheet:
    """Axes whose units are points, x to the right and y downwards.

    Parameters
    ----------
    ax
        Axes to lay out; their own axis is taken away.
    """

    def __init__(self, ax: Axes) -> None:
        self.ax = ax
        self.width, self.height = style.size_pt(ax)
        ax.set(xlim=(0, self.width), ylim=(self.height, 0))
        ax.set_axis_off()

    def say(self, x: float, y: float, text: str, **more: Any) -> None:
        """Write a text, small and muted unless told otherwise."""
        form = {"size": style.SMALL, "color": style.MUTED, "va": "center_baseline", **more}
        self.ax.text(x, y, text, **form)

    def fitted(self, x: float, y: float, text: str, room: float, **more: Any) -> None:
        """Write a client's text, shortened to `room` points."""
        self.say(x, y, style.fitted(text, float(more.get("size", style.SMALL)), room), **more)

    def box(self, x: float, y: float, size: tuple[float, float], colour: str, **more: Any) -> None:
        """Fill a box of width and height from its top left corner."""
        form = {"facecolor": colour, "edgecolor": "none", "lw": 0, **more}
        style.box(self.ax, (x, y), size, **form)

    def line(self, xs: Sequence[float], ys: Sequence[float], colour: str = style.RULE, **more: Any) -> None:
        """Draw a line through points, hair-thin unless told otherwise."""
        style.line(self.ax, xs, ys, **{"color": colour, "lw": style.HAIR, "solid_capstyle": "butt", **more})

    def dot(self, x: float, y: float, colour: str, *, size: float = 5.0, face: str = "", marker: str = "o") -> None:
        """Draw a mark; `face` fills it with another colour than its edge."""
        form = {"marker": marker, "ms": size, "mfc": face or colour, "mec": colour, "mew": 1.0}
        style.line(self.ax, [x], [y], color=colour, ls="None", zorder=5, clip_on=False, **form)


class Scale:
    """Where numbers lie between two points of a sheet.

    Examples
    --------
    >>> scale = Scale(0.5, 1.0, 100, 200)
    >>> scale(0.75), scale(0.1)
    (150.0, 100.0)
    """

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, number: float) -> float:
        """Return the place of a number, held at the ends of the scale."""
        share = (number - self.low) / (self.high - self.low) if self.high > self.low else 0.0
        return self.start + (self.end - self.start) * min(max(share, 0.0), 1.0)

    def holds(self, number: float) -> bool:
        """Return whether a number lies on the scale."""
        return self.low <= number <= self.high

    def ticks(self, most: int, spelled: Callable[[float], str]) -> list[tuple[float, str]]:
        """Return places and labels of round numbers, at most so many."""
        return [(self(tick), spelled(tick)) for tick in style.round_ticks(self.low, self.high, most)]

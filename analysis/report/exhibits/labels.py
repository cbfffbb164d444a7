"""Where a label can stand: beside its point, away from the marks, the lines and the labels that are there already."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

# directions in the order in which they are tried: below left, above right, below right, above left, left, right, below, above
DIRECTIONS = ((-1, -1), (1, 1), (1, -1), (-1, 1), (-1, 0), (1, 0), (0, -1), (0, 1))
DISTANCES_PT = (5.0, 9.0, 15.0, 24.0)


@dataclass(slots=True)
class Room:
    """A drawing area in points and the boxes that are taken: left, foot, right, top.

    Examples
    --------
    >>> room = Room(100, 100)
    >>> room.place((50, 50), (20, 8))
    (25.0, 37.0)
    >>> room.place((50, 50), (20, 8))
    (55.0, 55.0)
    """

    width: float
    height: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def mark(self, x: float, y: float, radius: float) -> None:
        """Take the room of a mark."""
        self.taken.append((x - radius, y - radius, x + radius, y + radius))

    def line(self, points: Sequence[tuple[float, float]], step: float = 4.0) -> None:
        """Take the room of a line through these points."""
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            steps = max(int(max(abs(x1 - x0), abs(y1 - y0)) / step), 1)
            for place in range(steps + 1):
                part = place / steps
                self.mark(x0 + part * (x1 - x0), y0 + part * (y1 - y0), 1.0)

    def place(
        self, point: tuple[float, float], size: tuple[float, float], *, free_only: bool = False
    ) -> tuple[float, float] | None:
        """Return the left foot of a label near a point and take its room; None if `free_only` and nothing is free."""
        best, least = None, float("inf")
        for rank, distance in enumerate(DISTANCES_PT[:2] if free_only else DISTANCES_PT):
            for order, direction in enumerate(DIRECTIONS):
                box = self._box(point, size, direction, distance)
                cost = self._cost(box) * 100 + rank * 10 + order * 0.1
                if cost < least:
                    best, least = box, cost
            if least < (rank + 1) * 10:
                break
        if best is None or (free_only and least >= 100):
            return None
        self.taken.append(best)
        return best[0], best[1]

    def _box(
        self, point: tuple[float, float], size: tuple[float, float], direction: tuple[int, int], distance: float
    ) -> tuple[float, float, float, float]:
        (x, y), (width, height), (across, up) = point, size, direction
        left = x + across * distance - (width if across < 0 else width / 2 if across == 0 else 0)
        foot = y + up * distance - (height if up < 0 else height / 2 if up == 0 else 0)
        return left, foot, left + width, foot + height

    def _cost(self, box: tuple[float, float, float, float]) -> float:
        """Return how much of a box lies on what is taken or outside, in square points and more for outside."""
        left, foot, right, top = box
        outside = max(-left, 0) + max(-foot, 0) + max(right - self.width, 0) + max(top - self.height, 0)
        cost = outside * 20
        for other_left, other_foot, other_right, other_top in self.taken:
            across = min(right, other_right) - max(left, other_left)
            up = min(top, other_top) - max(foot, other_foot)
            if across > 0 and up > 0:
                cost += across * up
        return cost

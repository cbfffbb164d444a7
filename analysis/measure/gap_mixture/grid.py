"""Gaps counted on a grid of lengths, by day and type of item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.measure.gap_mixture.em import pairs

# Neighbouring lengths differ by this factor: fine against the width of any family, and 30 nodes reach from a second to an hour.
RATIO = 1.3


@dataclass(frozen=True, slots=True)
class Grid:
    """Lengths on which gaps are counted.

    Attributes
    ----------
    nodes, log_width
        Lengths [s], a constant factor apart, and the logarithms of the stretches they stand for.
    below, part
        Where the sum of two lengths lies: see :func:`analysis.measure.gap_mixture.em.pairs`.
    """

    nodes: Any
    log_width: Any
    below: Any
    part: Any

    @classmethod
    def of(cls, lengths_s: Any) -> Grid:
        """Return the grid for these gaps: from their two smallest thousandths, at least a second, to the longest."""
        longest = float(max(lengths_s.max(), 4.0))
        shortest = min(max(1.0, float(np.quantile(lengths_s, 0.002))), longest / RATIO**4)
        count = int(np.ceil(np.log(longest / shortest) / np.log(RATIO))) + 1
        nodes = longest * RATIO ** (np.arange(count) - (count - 1.0))
        width = np.gradient(nodes)
        return cls(nodes, np.log(width), *pairs(nodes))

    def counts(self, lengths_s: Any, row: Any, rows: int) -> Any:
        """Return gaps by row and node; a gap between two nodes is shared so that its length is kept."""
        size = len(self.nodes)
        clipped = np.clip(lengths_s, self.nodes[0], self.nodes[-1])
        k = np.clip(np.searchsorted(self.nodes, clipped, side="right") - 1, 0, size - 2)
        part = (clipped - self.nodes[k]) / (self.nodes[k + 1] - self.nodes[k])
        flat = np.bincount(row * size + k, 1 - part, rows * size) + np.bincount(row * size + k + 1, part, rows * size)
        return flat.reshape(rows, size)

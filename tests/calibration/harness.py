"""Cells of the calibration suite: worlds with planted truth, and how often the figure's interval holds it.

A cell is judged on answered worlds. Above the band a wide interval could buy coverage, so its width is compared with the one that an oracle would
print who knows how far the figure really scatters: 2 * z * standard deviation of (figure - truth) over the answered worlds.
"""

from __future__ import annotations

import importlib
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scipy import stats

from analysis.foundation.estimate import Estimate

# 99.9 % binomial band of 1,000 answered worlds around .95; Bonferroni over the cells widens nothing (known answers, UQ06).
LOW, HIGH = 0.926, 0.971
WIDEST = 1.3
MOST_REFUSED = 0.05
CONFIDENCE = 0.95
# Worlds from which on the share of wanted answers itself must reach its rate.
ENOUGH = 500


@dataclass(frozen=True, slots=True)
class Trial:
    """What one world said, and what was true of it."""

    estimate: Estimate
    truth: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of world and one figure.

    Attributes
    ----------
    name
        Unique, in words: what is hard about these worlds.
    figure
        Which figure is judged (``"utilization"``, ``"share of looks"``, ``"gap range"``).
    draw
        World number to trial; the generator is not the estimator's model.
    answerable
        Whether the figure must be given: at most 5 % of the worlds may be refused.
    bound
        The figure is a range without a value: it must hold the truth, and is not judged for being wide.
    quick
        Worlds in the default run; 0 leaves the cell to the slow one.
    known
        What is wrong with the figure in these worlds, where it is known and not mended: the table shows it, and the test fails once it is gone.
    rate
        Above 0: not an interval but an answer is judged (:func:`said`), and at least this share of the worlds must give the wanted one.
    """

    name: str
    figure: str
    draw: Callable[[int], Trial]
    answerable: bool = True
    bound: bool = False
    quick: int = 0
    known: str = ""
    rate: float = 0.0


def said(wanted: bool) -> Trial:
    """Return whether a world gave the wanted answer, for cells with a `rate`."""
    answer = float(wanted)
    return Trial(Estimate(answer, answer, answer), 1.0)


@dataclass(frozen=True, slots=True)
class Row:
    """What a cell came to."""

    name: str
    figure: str
    answerable: bool
    bound: bool
    worlds: int
    answered: int
    covered: int
    bias: float
    width: float
    oracle_width: float
    known: str = ""
    rate: float = 0.0

    @property
    def coverage(self) -> float:
        return self.covered / self.answered if self.answered else float("nan")

    @property
    def refused(self) -> float:
        return 1 - self.answered / self.worlds

    @property
    def wide(self) -> float:
        """Mean width over the oracle's."""
        return self.width / self.oracle_width if self.oracle_width else float("nan")

    def _band(self) -> tuple[float, float]:
        """Return the 99.9 % binomial band of this many answered worlds; its lower end may be reached."""
        low, high = stats.binom.ppf([0.0005, 0.9995], self.answered, CONFIDENCE) / self.answered
        return low - 1e-12, high

    @property
    def at_least(self) -> float:
        """Lower 95 % limit of the share of wanted answers (Clopper & Pearson, one-sided)."""
        return float(stats.beta.ppf(0.05, self.covered, self.answered - self.covered + 1)) if self.covered else 0.0

    def _too_seldom(self) -> list[str]:
        """Return whether wanted answers are too rare: the share itself from 500 worlds on, below that what chance (.1 %) cannot explain."""
        few = self.answered < ENOUGH and stats.binom.cdf(self.covered, self.answered, self.rate) > 0.001
        if not self.answered or few or self.coverage >= self.rate:
            return []
        return [f"the wanted answer in {self.coverage:.3f}, less than {self.rate:g}"]

    def faults(self) -> list[str]:
        """Return what is wrong with the cell, in words; the band fits the number of answered worlds."""
        found = self._too_seldom() if self.rate else []
        if self.answered and not self.rate:
            low, high = (LOW, HIGH) if self.answered == 1000 else self._band()
            if self.coverage <= low:
                found.append(f"covers {self.coverage:.3f}, not above {low:.3f}")
            if not self.bound and self.coverage > high and self.wide > WIDEST:
                found.append(f"covers {self.coverage:.3f} at {self.wide:.2f} times the width of an oracle's")
        if self.answerable and self.refused > MOST_REFUSED:
            found.append(f"refuses {self.refused:.3f} of worlds that must be answered")
        return found


def run(cell: Cell, answered: int, *, most: int | None = None) -> Row:
    """Draw worlds until so many were answered, or `most` were drawn (three times as many where nothing else is said)."""
    limit = most or 3 * answered
    inside, errors, widths, worlds = 0, [], [], 0
    while len(widths) < answered and worlds < limit:
        trial = cell.draw(worlds)
        worlds += 1
        found = trial.estimate
        if found.low is None or found.high is None or (found.value is None and not cell.bound):
            continue
        inside += found.low <= trial.truth <= found.high
        widths.append(found.high - found.low)
        errors.append((found.low + found.high) / 2 - trial.truth if found.value is None else found.value - trial.truth)
    scatter = statistics.stdev(errors) if len(errors) > 1 else float("nan")
    z = float(stats.norm.ppf(0.5 + CONFIDENCE / 2))
    return Row(
        cell.name,
        cell.figure,
        cell.answerable,
        cell.bound,
        worlds,
        len(widths),
        inside,
        statistics.fmean(errors) if errors else float("nan"),
        statistics.fmean(widths) if widths else float("nan"),
        2 * z * scatter,
        cell.known,
        cell.rate,
    )


def cells() -> Iterator[Cell]:
    """Return the cells of all modules beside this one whose name begins with ``cells_``."""
    for path in sorted(Path(__file__).parent.glob("cells_*.py")):
        yield from importlib.import_module(f"tests.calibration.{path.stem}").CELLS

"""Which interval for a group's true figure? Prints the coverage of the candidates in docs/method/breakdowns.md.

Run with ``python benchmarks/shrinkage.py`` (``--worlds 1500``).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.measure.shrinkage import morris, shrink
from tests.calibration.cells_shrinkage import EFFECTS

DAYS, STRATA, Z = 40, 5, float(stats.norm.ppf(0.975))
Limits = tuple[np.ndarray, np.ndarray]


def plug_in(values: np.ndarray, errors: np.ndarray) -> Limits:
    """Return limits that take the estimated spread for known, as textbooks' first example does."""
    d = errors**2
    between = max(0.0, float(np.var(values, ddof=1) - d.mean()))
    mean = float(np.average(values, weights=1 / (d + between)))
    pull = d / (d + between)
    middle, half = (1 - pull) * values + pull * mean, Z * np.sqrt(d * (1 - pull))
    return middle - half, middle + half


def closed_form(values: np.ndarray, errors: np.ndarray) -> Limits:
    """Return Morris's limits."""
    middle, error = morris(values, errors)
    return middle - Z * error, middle + Z * error


def posterior(freedom: float) -> Callable[[np.ndarray, np.ndarray], Limits]:
    """Return a candidate with a flat prior on the variance between groups."""

    def limits(values: np.ndarray, errors: np.ndarray) -> Limits:
        found = shrink(values, errors, freedom=freedom)
        return found.low, found.high

    return limits


CANDIDATES = {
    "plug-in": plug_in,
    "Morris": closed_form,
    "flat A": posterior(math.inf),
    "flat A, t": posterior(DAYS - STRATA),
}
ROWS = (
    (6, 0.5, "normal"),
    (12, 0.5, "normal"),
    (30, 0.5, "normal"),
    (30, 0.2, "normal"),
    (12, 0.5, "two kinds"),
    (30, 0.5, "skewed"),
)


def world(seed: int, k: int, reliability: float, effects: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return observed figures, standard errors estimated from the days, and true figures."""
    draw = np.random.default_rng([k, round(10 * reliability), seed])
    errors = np.exp(draw.uniform(-0.55, 0.55, size=k))
    true = math.sqrt(reliability / (1 - reliability)) * EFFECTS[effects](draw, k)
    freedom = DAYS - STRATA
    return true + errors * draw.normal(size=k), errors * np.sqrt(draw.chisquare(freedom, size=k) / freedom), true


def main() -> None:
    """Print one line a kind of world, for any group and for the one that looks best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1500)
    worlds = parser.parse_args().worlds
    print("| groups, reliability, effects | group | " + " | ".join(CANDIDATES) + " |")
    print("|---|---|" + "---|" * len(CANDIDATES))
    for k, reliability, effects in ROWS:
        held = {name: np.zeros(2) for name in CANDIDATES}
        for seed in range(worlds):
            seen, errors, true = world(seed, k, reliability, effects)
            chosen = np.array([seed % k, int(np.argmax(seen))])
            for name, limits in CANDIDATES.items():
                low, high = limits(seen, errors)
                held[name] += (low[chosen] <= true[chosen]) & (true[chosen] <= high[chosen])
        for place, which in enumerate(("any", "looks best")):
            figures = " | ".join(f"{held[name][place] / worlds:.3f}" for name in CANDIDATES)
            print(f"| {k}, {reliability}, {effects} | {which} | {figures} |", flush=True)


if __name__ == "__main__":
    main()

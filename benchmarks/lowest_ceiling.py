"""How the lowest of several ceilings is best read: prints the tables of docs/method/utilization.md, bias and coverage of the candidates.

Run with ``python benchmarks/lowest_ceiling.py`` (``--worlds 4000``). Errors are normal and their spread known, so nothing but the minimum is judged.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import optimize, stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.utilization.lowest import Ceiling, lowest

SD, DRAWS, TRUTH, CONFIDENCE = 0.02, 1500, 0.8, 0.95
WORLDS: tuple[tuple[str, tuple[float, ...], tuple[float, ...], float], ...] = (
    *((f"2, {apart:g} apart", (0, apart), (1, 1), 0.0) for apart in (0, 0.5, 1, 2, 4)),
    *((f"2, {apart:g} apart, correlated .8", (0, apart), (1, 1), 0.8) for apart in (0, 1)),
    *((f"3, {apart:g} apart", (0, apart, apart), (1, 1, 1), 0.0) for apart in (0, 0.5, 1, 2, 4)),
    *((f"3, {apart:g} apart, correlated .8", (0, apart, apart), (1, 1, 1), 0.8) for apart in (0, 1)),
    ("3 equal, spreads 1, 2 and 4", (0, 0, 0), (0.5, 1, 2), 0.0),
)


class Seen(NamedTuple):
    """What candidates say of one world: points, and limits."""

    kit: float
    plain: float
    half_median: float
    limits: tuple[float, float]
    bonferroni: tuple[float, float]
    percentile: tuple[float, float]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=4000)
    worlds = parser.parse_args().worlds
    print("| ceilings | bias: minimum | half-median | kit | covers: percentile | [a / 2, a / 2J] | kit | width, kit |")
    print("|---|---|---|---|---|---|---|---|")
    for number, (name, apart, spreads, correlation) in enumerate(WORLDS):
        rng = np.random.default_rng(number)
        truths, errors = TRUTH + SD * np.array(apart), SD * np.array(spreads)
        root = np.linalg.cholesky(np.full((len(apart),) * 2, correlation) + (1 - correlation) * np.eye(len(apart)))
        found = [
            seen(truths + errors * (root @ rng.standard_normal(len(apart))), errors, root, rng) for _ in range(worlds)
        ]
        bias = [
            (np.median([getattr(one, kind) for one in found]) - TRUTH) / SD for kind in ("plain", "half_median", "kit")
        ]
        covers = [np.mean([low <= TRUTH <= high for low, high in (getattr(one, kind) for one in found)])
                  for kind in ("percentile", "bonferroni", "limits")]  # fmt: skip
        width = np.mean([high - low for low, high in (one.limits for one in found)]) / SD
        cells = [*(f"{one:+.2f}" for one in bias), *(f"{one:.3f}".removeprefix("0") for one in covers), f"{width:.2f}"]
        print(f"| {name} | {' | '.join(cells)} |")
    print()
    ties()


def ties() -> None:
    """Print how exact ties are covered at any correlation, and what tails fitted to the correlation would gain."""
    rng, error = np.random.default_rng(1), 1 - CONFIDENCE
    print("| equal ceilings | correlation | covers | fitted upper tail | a / J | width with it |")
    print("|---|---|---|---|---|---|")
    for number, correlation in ((2, 0.5), (2, 0.9), (3, 0.0), (3, 0.5), (3, 0.9)):
        root = np.linalg.cholesky(np.full((number,) * 2, correlation) + (1 - correlation) * np.eye(number))
        z = rng.standard_normal((1_000_000, number)) @ root.T
        highest, lowest_ = (np.sort(stats.norm.sf(one)) for one in (z.max(axis=1), z.min(axis=1)))

        def missed(above: float, highest: np.ndarray = highest, lowest_: np.ndarray = lowest_) -> float:
            """Return the share of misses on both sides when one ceiling misses above with this chance."""
            return float((np.searchsorted(highest, above) + np.searchsorted(lowest_, error - above)) / len(highest))

        share = error / number
        fitted = float(optimize.brentq(lambda above, missed=missed: missed(above) - error, 1e-4, 0.8 * error))
        wide = [stats.norm.isf(above) + stats.norm.isf(error - above) for above in (fitted, share)]
        print(
            f"| {number} | {correlation:g} | {1 - missed(share):.3f} | {fitted:.4f} | {share:.4f} | {wide[0] / wide[1]:.3f} |"
        )


def seen(points: np.ndarray, errors: np.ndarray, root: np.ndarray, rng: np.random.Generator) -> Seen:
    """Return what each candidate says of points with these standard errors."""
    drawn = points + errors * (rng.standard_normal((DRAWS, len(points))) @ root.T)
    named = {str(at): Ceiling(float(x), one, one, one) for at, (x, one) in enumerate(zip(points, drawn.T, strict=True))}
    found = lowest(named, confidence=CONFIDENCE)
    tail = (1 - CONFIDENCE) / 2
    z, wide = float(stats.norm.isf(tail)), float(stats.norm.isf(tail / len(points)))
    low, high = np.quantile(drawn.min(axis=1), [tail, 1 - tail])
    return Seen(
        found.value,
        float(points.min()),
        half_median_unbiased(points, drawn),
        (found.low, found.high),
        (float((points - z * errors).min()), float((points + wide * errors).min())),
        (float(low), float(high)),
    )


def half_median_unbiased(points: np.ndarray, drawn: np.ndarray) -> float:
    """Return the point of Chernozhukov, Lee & Rosen 2013: never read low, but high where ceilings stand apart."""
    spread = drawn.std(axis=0)
    scaled = (drawn - points) / spread
    cut = float(np.quantile(scaled.max(axis=1), 1 - 0.1 / np.log(len(drawn))))
    near = points <= (points + cut * spread).min() + 2 * cut * spread
    return float((points[near] + np.median(scaled[:, near].max(axis=1)) * spread[near]).min())


if __name__ == "__main__":
    main()

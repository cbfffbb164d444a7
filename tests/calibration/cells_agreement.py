"""How far raters agree: does the interval hold what these raters would come to on endless criteria?

Criteria have a hidden level; each rater sees it with a leniency, a scatter with heavy tails and own limits between levels, is asked of some criteria
only, and sometimes does not know. No coefficient of agreement assumes any of it. The truth is the coefficient on many thousand criteria.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from analysis.foundation.estimate import Estimate
from analysis.measure import agreement
from tests.calibration.harness import Cell, Trial, said

LEVELS = (0, 1, 2, 3, 4)
MANY = 4000
HIDDEN = {
    "of all kinds": lambda draw, size: draw.normal(size=size),
    "mostly low": lambda draw, size: -0.8 + 0.8 * draw.standard_t(4, size=size),
    "of two kinds": lambda draw, size: np.where(draw.random(size) < 0.7, -0.3, 1.5) + 0.4 * draw.normal(size=size),
    "much alike": lambda draw, size: 0.5 + 0.25 * draw.normal(size=size),
}
ASKED = {
    "alpha": agreement.krippendorff_alpha,
    "AC1": partial(agreement.gwet_ac, weights="identity"),
    "AC2": partial(agreement.gwet_ac, weights="ordinal"),
    "AC2 quadratic": partial(agreement.gwet_ac, weights="quadratic"),
    "Fleiss' kappa": partial(agreement.fleiss_kappa, weights="ordinal"),
    "Conger's kappa": partial(agreement.conger_kappa, weights="ordinal"),
    "pairs within a level": partial(agreement.percent_agreement, within=1),
}


def rated(
    draw: np.random.Generator, sizes: tuple[int, ...], *, raters: int, asked: int, noise: float, kind: str, lean: float
) -> list[np.ndarray]:
    """Return ratings (criteria x raters, NaN where not asked or not known) of the same raters, once for each size."""
    leniency, scatter = lean * draw.normal(size=raters), noise * np.exp(0.3 * draw.normal(size=raters))
    limits = np.sort(np.array([-1.2, -0.3, 0.4, 1.3]) + 0.2 * draw.normal(size=(raters, 4)), axis=1)
    tables = []
    for size in sizes:
        seen = HIDDEN[kind](draw, size)[:, None] + leniency
        seen = seen + scatter * draw.standard_t(5, size=(size, raters)) / math.sqrt(5 / 3)
        table = (seen[:, :, None] > limits).sum(axis=2).astype(float)
        if asked < raters:
            count = 2 + draw.binomial(asked - 2, 0.5, size=size)
            table[np.argsort(np.argsort(draw.random((size, raters)), axis=1), axis=1) >= count[:, None]] = math.nan
        table[draw.random((size, raters)) < 0.04] = math.nan
        tables.append(table)
    return tables


def world(
    seed: int,
    *,
    figure: str,
    criteria: int,
    raters: int,
    asked: int,
    noise: float = 0.6,
    kind: str = "of all kinds",
    lean: float = 0.5,
) -> Trial:
    """One client's raters and criteria, and the figure asked for."""
    draw = np.random.default_rng([31, criteria, raters, asked, round(100 * noise), seed])
    few, many = rated(draw, (criteria, MANY), raters=raters, asked=asked, noise=noise, kind=kind, lean=lean)
    more: dict[str, Any] = {"categories": LEVELS}
    truth = ASKED[figure](many, **more).value
    return Trial(ASKED[figure](few, **more).estimate, math.nan if truth is None else truth)


def refuses(seed: int, *, criteria: int, noise: float, words: str) -> Trial:
    """Too few criteria, or hardly a difference: the interval is refused, and says why."""
    draw = np.random.default_rng([32, criteria, seed])
    table = rated(draw, (criteria,), raters=3, asked=3, noise=noise, kind="of two kinds", lean=0.0)[0]
    if noise == 0:  # whole agreement but for one criterion
        table = np.repeat(table[:, :1], 3, axis=1)
        table = np.where(np.isnan(table), 2.0, table)
        table[0, 0] = 3 if table[0, 0] == 4 else table[0, 0] + 1
    found = agreement.krippendorff_alpha(table, categories=LEVELS).estimate
    return said(found.low is None and words in "; ".join(found.reasons))


def judged(seed: int, *, form: str, targets: int, judges: int) -> Trial:
    """Measurements by judges who were drawn anew and lean, of targets that differ evenly, with scatter from a uniform law."""
    draw = np.random.default_rng([33, targets, judges, seed])
    between, lean, rest = 1.0, 0.25, 0.5
    level = math.sqrt(12 * between) * (draw.random((targets, 1)) - 0.5)
    table = level + math.sqrt(12 * rest) * (draw.random((targets, judges)) - 0.5)
    if form != "icc31":
        table = table + math.sqrt(lean) * draw.normal(size=judges)
    found: Estimate = getattr(agreement.icc(table), form)
    return Trial(found, between / (between + rest + (lean if form == "icc21" else 0.0)))


def _cells() -> tuple[Cell, ...]:
    places = (
        ("37 criteria, 6 raters, 2 or 3 asked", {"criteria": 37, "raters": 6, "asked": 3}),
        ("37 criteria of two kinds, 6 raters, 2 or 3 asked", {"criteria": 37, "raters": 6, "asked": 3, "kind": "of two kinds"}),
        ("37 criteria much alike, 6 raters, 2 to 4 asked", {"criteria": 37, "raters": 6, "asked": 4, "kind": "much alike"}),
        ("37 criteria, 4 raters, all asked", {"criteria": 37, "raters": 4, "asked": 4}),
        ("20 criteria, 3 raters who agree nearly", {"criteria": 20, "raters": 3, "asked": 3, "noise": 0.05, "kind": "of two kinds"}),
        ("14 criteria mostly low, 6 raters, 2 to 4 asked", {"criteria": 14, "raters": 6, "asked": 4, "kind": "mostly low"}),
        ("10 criteria, 2 raters", {"criteria": 10, "raters": 2, "asked": 2}),
    )  # fmt: skip
    usual = ("alpha", "AC2", "pairs within a level")
    cells = [
        Cell(
            place,
            figure,
            partial(world, figure=figure, **given),
            answerable="nearly" not in place,
            quick=60 if (figure, given["criteria"]) == ("alpha", 10) else 0,
        )
        for figure in usual
        for place, given in places
    ]
    cells += [
        Cell(place, figure, partial(world, figure=figure, **given))
        for figure in ("AC1", "AC2 quadratic")
        for place, given in (places[0], places[5])
    ]
    cells += [
        Cell(place, figure, partial(world, figure=figure, **given))
        for figure in ("Fleiss' kappa", "Conger's kappa")  # refused below 30 criteria
        for place, given in (places[0], places[2])
    ]
    cells += [
        Cell(
            "5 criteria, 3 raters: refused for too few",
            "refusal",
            partial(refuses, criteria=5, noise=0.6, words="an interval needs at least 6"),
            rate=1.0,
            quick=10,
        ),
        Cell(
            "20 criteria, 3 raters who differ on one: no interval",
            "refusal",
            partial(refuses, criteria=20, noise=0.0, words="only one of 20 units shows a difference"),
            rate=1.0,
            quick=10,
        ),
    ]
    cells += [
        Cell(f"{targets} targets, {judges} judges", form, partial(judged, form=form, targets=targets, judges=judges))
        for form, targets, judges in (("icc31", 12, 4), ("icc31", 30, 3), ("icc21", 30, 6))
    ]
    named = [f"agreement of raters: {cell.figure}, {cell.name}" for cell in cells]
    return tuple(_renamed(cell, name) for cell, name in zip(cells, named, strict=True))


def _renamed(cell: Cell, name: str) -> Cell:
    return Cell(name, cell.figure, cell.draw, cell.answerable, quick=cell.quick, rate=cell.rate)


CELLS = _cells()

"""Chapter 2: one data set under every published definition."""

from __future__ import annotations

import pandas as pd

from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Part, Text
from analysis.report.context import Context


def chapter(c: Context) -> Chapter:
    """Return the chapter on definitions."""
    words, frame = c.words, c.baseline.crosswalk
    shares = frame[(frame["unit"] == "share") & frame["value"].notna()]
    parts: list[Part] = [Text(words("definitions.base"))]
    if len(frame):
        parts.append(_table(c, frame, shares))
    return Chapter(words("definitions.topic"), words("definitions.question"), _answer(c, shares), parts)


def _ours(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the definitions of utilization and occupancy: those that are quoted as one number."""
    return shares[~shares["definition"].str.contains("shrinkage|adherence", case=False)]


def _answer(c: Context, shares: pd.DataFrame) -> str:
    spread = [
        c.words(
            "definitions.spread",
            population=c.words(f"ceilings.subject.{population}"),
            bounds=c.n.bounds(float(part["value"].min()), float(part["value"].max()), sign=True),
        )
        for population, part in _ours(shares).groupby("population", sort=False)
        if len(part) > 1
    ]
    return c.words("definitions.answer", spread=c.words.listed(spread)) if spread else c.words("definitions.alone")


def _table(c: Context, frame: pd.DataFrame, shares: pd.DataFrame) -> Exhibit:
    """Return every definition with its numerator, denominator and value in each population."""
    words, populations = c.words, list(frame["population"].drop_duplicates())
    keys = ["definition", "numerator", "denominator", "source"]
    rows = []
    for (definition, numerator, denominator, source), part in frame.groupby(keys, sort=False, dropna=False):
        values = {row.population: _value(c, row) for row in part.itertuples()}
        over = words("definitions.over", numerator=numerator, denominator=denominator)
        rows.append(
            [definition, over, *(values.get(name, "–") for name in populations), Cell(str(source), tone="muted")]
        )
    return Exhibit(
        words("definitions.headline", n=c.n.count(len(rows))),
        c.source("spells", "work_items", "schedule", definition=words("definitions.source")),
        columns=(
            Column(words("definitions.column.name"), width=3),
            Column(words("definitions.column.over"), width=3.4),
            *(Column(words(f"population.{name}"), "right") for name in populations),
            Column(words("definitions.column.source"), width=2.4),
        ),
        rows=rows,
        breakable=True,
    )


def _value(c: Context, row: object) -> str | Cell:
    if pd.isna(row.value):  # type: ignore[attr-defined]
        return Cell(c.words("definitions.none"), tone="muted")
    unit = "hours" if row.unit == "h" else row.unit  # type: ignore[attr-defined]
    return Cell(c.n.figure(float(row.value), unit), strong=True)  # type: ignore[attr-defined]

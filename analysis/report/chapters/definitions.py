"""Chapter 2: one data set under every published definition."""

from __future__ import annotations

import pandas as pd

from analysis.report.blocks import Absent, Cell, Chapter, Column, Exhibit, Part, Text
from analysis.report.context import Context
from analysis.report.exhibits import crosswalks, descents
from analysis.report.exhibits.crosswalks import spelled

# definitions of these kinds are quoted as one number
QUOTED = ("utilization", "occupancy")
# those that managers meet most, in the order of the page; others of the quoted kinds follow while there is room
COMMON = (
    "utilization u5, work of base",
    "utilization u5, work of base, unrecorded work counted",
    "utilization u1, workable of paid",
    "utilization u2, workable of attended",
    "utilization u3, productive of paid",
    "utilization u4, core work of time at work",
    "utilization u6, desktop",
    "occupancy",
    "occupancy, handling against logged in",
    "shrinkage",
)
MOST = 9
TABLES = ("spells", "state_totals", "work_items", "schedule")


def chapter(c: Context) -> Chapter:
    """Return the chapter on definitions."""
    words, frame = c.words, c.baseline.crosswalk
    shares = frame[(frame["unit"] == "share") & frame["value"].notna()]
    parts: list[Part] = [Text(words("definitions.base"))]
    if not descents.missing(c.baseline):
        parts.append(_descent(c))
    if not crosswalks.missing(c.utilization):
        parts.append(_chart(c))
    if len(_shown(frame)):
        parts.append(_table(c, frame))
    elif len(frame):
        parts.append(
            Absent(
                words("definitions.none_shown", n=c.n.count(frame["definition"].nunique())), words("definitions.need")
            )
        )
    return Chapter(words("definitions.topic"), words("definitions.question"), _answer(c, shares), parts)


def _quoted(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the definitions of utilization and occupancy: those that are quoted as one number."""
    return shares[shares["definition"].str.lower().str.startswith(QUOTED)]


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the definitions for the page: those in common use that have a number here, most quoted first."""
    known = frame.loc[frame["value"].notna(), "definition"].unique()
    kept = frame[frame["definition"].isin(known) & (frame["unit"] == "share")]
    order = kept["definition"].str.lower().map(rank)
    kept = kept.assign(_order=order)[order <= len(COMMON)].sort_values("_order", kind="stable")
    return kept[kept["definition"].isin(list(kept["definition"].drop_duplicates())[:MOST])]


def rank(name: str) -> int:
    """Return how early a definition stands."""
    if name in COMMON:
        return COMMON.index(name)
    return len(COMMON) if name.startswith(QUOTED) else len(COMMON) + 1


def _answer(c: Context, shares: pd.DataFrame) -> str:
    spread = [
        c.words(
            "definitions.spread",
            population=c.words(f"ceilings.subject.{population}"),
            bounds=c.n.bounds(float(part["value"].min()), float(part["value"].max()), sign=True),
        )
        for population, part in _quoted(shares).groupby("population", sort=False)
        if len(part) > 1
    ]
    return c.words("definitions.answer", spread=c.words.listed(spread)) if spread else c.words("definitions.alone")


def _behind(c: Context) -> str:
    """Return how many stand behind the figures of all populations."""
    return c.words.listed([text for name in c.populations() if (text := c.behind(name))])


def _descent(c: Context) -> Exhibit | Absent:
    """Return how paid hours become the time at work and work: the definitions as one chain."""
    return c.drawn(
        descents,
        descents.ladder_waterfall,
        c.baseline,
        name="ladder_waterfall",
        height_mm=descents.height_mm(c.baseline),
        margins_mm=descents.MARGINS_MM,
        source=c.source(*TABLES, n=_behind(c), definition=c.words("descent.source")),
    )


def _chart(c: Context) -> Exhibit | Absent:
    """Return both populations under every definition, and what the quoted share would ask under each."""
    share = c.n.share(float(c.utilization.quoted["quoted"].iloc[0]))
    return c.drawn(
        crosswalks,
        crosswalks.definition_crosswalk,
        c.utilization,
        name="definition_crosswalk",
        height_mm=crosswalks.height_mm(c.utilization),
        margins_mm=crosswalks.MARGINS_MM,
        source=c.source(*TABLES, n=_behind(c), definition=c.words("crosswalk.source", share=share)),
    )


def _table(c: Context, frame: pd.DataFrame) -> Exhibit:
    """Return every definition with its numerator, denominator and value in each population."""
    words, populations = c.words, c.populations()
    left = frame["definition"].nunique()
    frame = _shown(frame)
    left -= frame["definition"].nunique()
    keys = ["definition", "numerator", "denominator", "source"]
    rows = []
    for (definition, numerator, denominator, source), part in frame.groupby(keys, sort=False, dropna=False):
        values = {row.population: _value(c, row) for row in part.itertuples()}
        over = words("definitions.over", numerator=c.prose(str(numerator)), denominator=c.prose(str(denominator)))
        rows.append(
            [
                spelled(str(definition)),
                over,
                *(values.get(name, "–") for name in populations),
                Cell(str(source), tone="muted"),
            ]
        )
    return Exhibit(
        words("definitions.headline", n=c.n.count(len(rows))),
        c.source(
            *TABLES,
            n=_behind(c),
            definition=" ".join(
                [words("definitions.source"), words("definitions.more", n=c.n.count(left)) if left else ""]
            ),
        ),
        columns=(
            Column(words("definitions.column.name"), width=3.2),
            Column(words("definitions.column.over"), width=4.4),
            *(Column(words(f"population.{name}"), "right", 1.5) for name in populations),
            Column(words("definitions.column.source"), width=2.6),
        ),
        rows=rows,
    )


def _value(c: Context, row: object) -> str | Cell:
    if pd.isna(row.value):  # type: ignore[attr-defined]
        return Cell(c.words("definitions.none"), tone="muted")
    unit = "hours" if row.unit == "h" else row.unit  # type: ignore[attr-defined]
    return Cell(c.n.figure(float(row.value), unit), strong=True)  # type: ignore[attr-defined]

"""The data held against themselves: days, hours by fate, exports against each other, paid hours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.intake.reconciliation import Reconciliation
from analysis.intake.reconciliation.totals import THRESHOLD
from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Part, Source
from analysis.report.context import Context
from analysis.report.exhibits import days

# What holds amounts that another export may state too, then the sides of the account of time that have a column.
TABLES = ("spells", "state_totals", "contacts", "volumes", "work_items", "workload", "schedule", "roster")
SIDES = ("stated", "moved", "used", "duplicate", "total", "excluded", "rejected")


def chapter(c: Context) -> Chapter:
    """Return the appendix that proves the data."""
    words, found = c.words, c.reconciliation
    if found is None:
        return Chapter(words("reconciled.topic"), words("reconciled.question"), words("missing.days"))
    calendar = c.drawn(
        days,
        days.data_calendar,
        found,
        name="data_calendar",
        height_mm=days.height_mm(found),
        margins_mm=(days.NAME_MM, days.WORDS_MM, days.TOP_MM, days.FOOT_MM),
        source=_held(c, found).saying(words("reconciled.days")),
    )
    tables = (_time(c, found), _totals(c, found), _paid(c, found), _overlaps(c, found))
    parts: list[Part] = [calendar, *(table for table in tables if table is not None)]
    return Chapter(words("reconciled.topic"), words("reconciled.question"), _answer(c, found), parts)


def _answer(c: Context, found: Reconciliation) -> str:
    """Return how many counts and totals agree, and whether days are missing."""
    shown = _shown(found)
    missing = int((found.calendar["mark"] == "missing").sum())
    return c.words(
        "reconciled.answer",
        agree=c.n.count(found.counts["agrees"].sum()),
        counts=c.n.count(len(found.counts)),
        totals=c.words("reconciled.answer_totals", **_agreeing(c, shown)) if len(shown) else "",
        missing=c.words("reconciled.answer_missing", days=c.words.some("days.missing", missing)) if missing else "",
    )


def _shown(found: Reconciliation) -> pd.DataFrame:
    """Return the totals behind which enough people stand."""
    return found.totals[found.totals["verdict"] != "too few people"]


def _agreeing(c: Context, shown: pd.DataFrame) -> dict[str, str]:
    agree = int((shown["verdict"] == "agrees").sum())
    return {"agree": c.n.count(agree), "n": c.n.count(len(shown)), "threshold": c.n.share(THRESHOLD)}


def _time(c: Context, found: Reconciliation) -> Exhibit | None:
    """Return the hours of each source by fate."""
    if not found.hours("stated"):
        return None
    words, rows = c.words, []
    used = found.time.groupby("side")["hours"].sum()
    few = False
    for source in found.sources.itertuples():
        mine = found.time[(found.time["source"] == source.source) & (found.time["table"] == source.table)]
        sides = mine.groupby("side")["hours"].sum()
        if not sides.get("stated", 0.0):
            continue
        hidden = pd.isna(source.stated_h)
        few = few or hidden
        cells = ["–" if hidden else _hours(c, sides.get(side, 0.0)) for side in SIDES]
        rows.append((_name(source.source), *cells))
    smallest = c.baseline.settings.minimum_group_agents
    note = words("reconciled.time.few", n=c.n.count(smallest)) if few else ""
    return Exhibit(
        words("reconciled.time.headline", stated=c.n.hours(used["stated"]), used=c.n.hours(used["used"])),
        _held(c, found).saying(words("reconciled.time.source", few=note).strip()),
        columns=(
            Column(words("reconciled.time.column.source"), width=2.6),
            *(Column(words(f"reconciled.time.column.{side}"), "right", 1) for side in SIDES),
        ),
        rows=rows,
    )


def _hours(c: Context, hours: float) -> str:
    told = c.n.hours(abs(hours)) if hours else "–"
    return f"\u2212{told}" if hours <= -2.5 else told


def _held(c: Context, found: Reconciliation) -> Source:
    """Return what an exhibit about all sources rests on."""
    source = c.source(results=("intake",), n=c.words.some("reconciled.n_sources", len(found.sources)))
    return replace(source, tables=tuple(dict.fromkeys(found.sources["table"])))


def _person_weeks(c: Context, frame: pd.DataFrame) -> str:
    known = frame["person_weeks"].dropna()
    return c.words.some("reconciled.n_weeks", int(known.sum()))


def _name(text: str) -> str:
    return str(text).replace("data/", "")


def _difference(c: Context, share: float) -> str:
    """Return a difference with its sign, to a tenth of a point; none where it rounds to nothing."""
    points = round(100 * share, 1)
    sign = "" if not points else "+" if points > 0 else c.words("number.minus")
    return sign + c.n.tenth(abs(points)) + c.words("number.percent")


def _totals(c: Context, found: Reconciliation) -> Exhibit | None:
    """Return totals of one export against another."""
    words, frame = c.words, found.totals
    if frame.empty:
        return None
    rows = []
    for row in frame.itertuples():
        few = row.verdict == "too few people"
        apart = "–" if few else _difference(c, row.difference)
        rows.append(
            (
                str(row.measure),
                _name(row.theirs_from),
                _name(row.ours_from),
                words("reconciled.totals.few") if few else str(row.scope),
                Cell(apart, tone="warning" if row.verdict == "differs" else "plain", strong=row.verdict == "differs"),
                "–" if few else c.n.count(row.days_over),
                words(f"reconciled.family.{row.family}") if row.family else "–",
            )
        )
    return Exhibit(
        words("reconciled.totals.headline", **_agreeing(c, _shown(found))),
        c.source(*TABLES).counted(
            words.some("reconciled.n_totals", len(frame)),
            words("reconciled.totals.source", threshold=c.n.share(THRESHOLD)),
        ),
        columns=(
            Column(words("reconciled.totals.column.measure"), width=2.6),
            Column(words("reconciled.totals.column.theirs"), width=2.6),
            Column(words("reconciled.totals.column.ours"), width=1.9),
            Column(words("reconciled.totals.column.scope"), width=1.5),
            Column(words("reconciled.totals.column.difference"), "right", 1.2),
            Column(words("reconciled.totals.column.days"), "right", 1),
            Column(words("reconciled.totals.column.family"), width=2),
        ),
        rows=rows,
    )


def _paid(c: Context, found: Reconciliation) -> Exhibit | None:
    """Return paid hours against logged hours, by population."""
    words, frame = c.words, found.paid
    if frame.empty:
        return None
    names = ("population", "paid_from", "logged_from", "weeks", "paid", "logged", "share", "above", "without")
    return Exhibit(
        _paid_headline(c, frame),
        c.source(*TABLES).counted(_person_weeks(c, frame), words("reconciled.paid.source")),
        columns=[
            Column(words(f"reconciled.paid.column.{name}"), "left" if at < 3 else "right", 1.6 if at < 3 else 1)
            for at, name in enumerate(names)
        ],
        rows=[_paid_row(c, row) for row in frame.itertuples()],
    )


def _paid_headline(c: Context, frame: pd.DataFrame) -> str:
    """Return the shares of paid hours that the exports show; where no log can be held against them, what the schedule holds."""
    words, known = c.words, frame[frame["share"].notna()]
    seen = known[known["logged_from"] == "exports"]
    told = seen if len(seen) else known[known["paid_from"] == known["paid_from"].iloc[0]] if len(known) else known
    if told.empty:
        return words("reconciled.paid.hidden")
    parts = [
        words(
            "reconciled.paid.part", share=c.n.share(row.share), population=words(f"population.{row.population}").lower()
        )
        for row in told.itertuples()
    ]
    verb = words(f"reconciled.paid.{'seen' if len(seen) else 'planned'}", shares=words.listed(parts))
    return words(
        "reconciled.paid.headline", paid_from=words(f"reconciled.paid_from.{told['paid_from'].iloc[0]}"), parts=verb
    )


def _paid_row(c: Context, row: Any) -> tuple[str, ...]:
    words = c.words
    start = (
        words(f"population.{row.population}"),
        words(f"reconciled.paid_from.{row.paid_from}"),
        words(f"reconciled.logged_from.{row.logged_from}"),
    )
    if pd.isna(row.share):
        return *start, words("reconciled.paid.few"), "–", "–", "–", "–", "–"
    numbers = (c.n.count(row.person_weeks), c.n.hours(row.paid_h), c.n.hours(row.logged_h), c.n.share(row.share))
    return *start, *numbers, c.n.count(row.above_paid), c.n.count(row.without_log)


def _overlaps(c: Context, found: Reconciliation) -> Exhibit | None:
    """Return sources that show the same people at the same time."""
    words, frame = c.words, found.overlaps.dropna(subset=["hours"])
    if frame.empty:
        return None
    names = ("source", "other", "people", "hours", "share")
    return Exhibit(
        words("reconciled.overlaps.headline", n=words.some("reconciled.overlaps.pairs", len(frame))),
        c.source(*TABLES).counted(words.some("reconciled.n_pairs", len(frame)), words("reconciled.overlaps.source")),
        columns=[
            Column(words(f"reconciled.overlaps.column.{name}"), "left" if at < 2 else "right", 3 if at < 2 else 1)
            for at, name in enumerate(names)
        ],
        rows=[
            (
                _name(row.source),
                _name(row.other),
                c.n.count(row.persons),
                c.n.hours(row.hours),
                c.n.share(row.share_agreeing),
            )
            for row in frame.itertuples()
        ],
    )

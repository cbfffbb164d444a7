"""Chapter 6: the utilization that can be reached, what limits it, and what that makes of the 80 % that is quoted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.report.blocks import Absent, Cell, Chapter, Column, Exhibit, Fact, Facts, Part
from analysis.report.context import Context, bounded, without_because
from analysis.report.exhibits import limits

# today's utilization is the baseline's when they differ by less than this share; else observers added to it
SAME = 0.0005


def sentence(c: Context, row: Any) -> str:
    """Return how much of a population's time is work, what could be, and what binds, with intervals."""
    whose = c.words(f"achievable.of.{row.population}")
    measured = c.estimate("baseline.utilization", population=row.population)
    by_logs = measured is not None and measured.value is not None and abs(measured.value - row.today) < SAME
    grade = measured.grade if measured is not None and by_logs else "B"
    today = bounded(c.n, row, value="today", low="today_low", high="today_high", grade=grade)
    if not today:
        return c.words("achievable.no_today", population=whose)
    how = "" if by_logs else c.words("achievable.observed")
    found = c.estimate("utilization.achievable", population=row.population)
    value = bounded(c.n, row, grade=found.grade if found is not None else "")
    if not value:
        return c.words("achievable.unknown", population=whose, today=today, how=how)
    names = [f"ceiling.{name}.{row.population}" for name in str(row.binding).split(" or ")]
    limit = f" {c.words('number.or')} ".join(c.words(name) for name in names if name in c.words)
    key = "achievable.reach" if row.value > row.today else "achievable.stay"
    return c.words(key, population=whose, today=today, how=how, value=value, limit=limit)


def chapter(c: Context) -> Chapter:
    """Return the chapter that estimates."""
    words = c.words
    rows = limits.rows(c.utilization)
    answer = " ".join(sentence(c, row) for row in rows.itertuples()) or words("achievable.unanswered")
    parts: list[Part] = [
        c.drawn(
            limits,
            limits.ceilings,
            c.utilization,
            name="ceilings",
            height_mm=29.5 * max(len(rows), 1) + 6,
            margins_mm=(38, 30, 0.5, 6.5),
            source=c.source("spells", "contacts", "work_items", "schedule", definition=words("achievable.definition")),
        )
    ]
    if c.utilization.ceilings["value"].notna().any():
        parts.append(_table(c))
    else:
        parts.append(Absent(f"{_reference(c)}.", words("achievable.quoted.need")))
    facts = _reclaimable(c)
    if facts:
        parts.append(facts)
    return Chapter(words("achievable.topic"), words("achievable.question"), answer, parts)


def _reclaimable(c: Context) -> Facts | None:
    items = []
    for name in c.populations():
        figure = c.figure("utilization.reclaimable_h_per_week", population=name)
        if figure:
            head, _, bounds = figure.partition(" (")
            text = c.words("achievable.hours", population=c.words(f"population.{name}"), bounds=bounds.replace(")", ""))
            items.append(Fact(c.words("achievable.hours_head", hours=head), text, tone="accent"))
    return Facts(items) if items else None


def _reference(c: Context) -> str:
    """Return what the data say about the utilization that managers quote as a good target."""
    quoted = c.utilization.settings.reference_share
    parts = []
    for row in c.utilization.achievable.dropna(subset="value").itertuples():
        low, high = (row.value if pd.isna(bound) else bound for bound in (row.low, row.high))
        place = "above" if quoted > high else "below" if quoted < low else "inside"
        parts.append(c.words(f"achievable.quoted.{place}", population=c.words(f"ceilings.subject.{row.population}")))
    if not parts:
        return c.words("achievable.quoted.untested", share=c.n.share(quoted))
    return c.words("achievable.quoted.headline", share=c.n.share(quoted), parts=c.words.listed(parts))


def _table(c: Context) -> Exhibit:
    """Return each ceiling in words, with what it allows of workable time and of the base."""
    words = c.words
    rows = []
    for row in c.utilization.ceilings.itertuples():
        known = pd.notna(row.value)
        rows.append(
            (
                words(f"population.{row.population}"),
                words(f"ceiling.{row.ceiling}.{row.population}"),
                row.sentence if known else without_because(row.reason),
                bounded(c.n, row) or Cell(words("status.none"), tone="muted"),
            )
        )
    return Exhibit(
        _reference(c),
        words("achievable.table_source"),
        columns=(
            Column(words("achievable.column.population"), width=2),
            Column(words("achievable.column.ceiling"), width=2.9),
            Column(words("achievable.column.sentence"), width=7),
            Column(words("achievable.column.base"), "right", 2),
        ),
        rows=rows,
    )

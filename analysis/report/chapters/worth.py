"""What the freed hours are worth: where they go, what of them reaches the books, and what that hangs on."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis.report.blocks import Absent, Cell, Chapter, Column, Exhibit, Note, Part, Tone
from analysis.report.context import Context
from analysis.report.exhibits import capacity, drivers, outcomes, payback
from analysis.report.numbers import mark


def money(c: Context, name: str) -> str:
    """Return a figure of the value in money with its interval and grade; empty when there is none."""
    found = c.estimate(f"value.{name}")
    if found is None or found.value is None:
        return ""
    low, high = (math.nan if bound is None else bound for bound in (found.low, found.high))
    return c.n.money_interval(found.value, low, high, c.client.currency) + mark(found.grade)


def hours(c: Context, name: str) -> str:
    """Return a figure of the balance in hours a week with its interval and grade; empty when there is none."""
    found = c.estimate(f"value.{name}_h_per_week")
    return c.n.estimate(found) if found is not None and found.value is not None else ""


def sentence(c: Context) -> str:
    """Return what is freed and what it is worth, cashable apart from capacity; what is not known is said."""
    words = c.words
    freed, combined, cashable = hours(c, "freed"), money(c, "combined_per_week"), money(c, "cashable_per_week")
    parts = [words("worth.freed", hours=freed)] if freed else []
    if combined and cashable:
        parts.append(words("worth.money", combined=combined, cashable=cashable))
    elif c.value is not None and freed:
        parts.append(c.value.sentences.get("money", ""))
    return " ".join(part for part in parts if part)


def chapter(c: Context) -> Chapter:
    """Return the chapter on what it is worth."""
    words = c.words
    if c.value is None:
        parts: list[Part] = [Absent(words("missing.balance"), c.need(capacity))]
        return Chapter(words("worth.topic"), words("worth.question"), words("worth.unknown"), parts)
    answer = " ".join(part for part in (sentence(c), _payback(c)) if part)
    answer = answer or c.value.sentences.get("balance", "") or words("worth.unknown")
    parts = [_balance(c), _range(c), _tornado(c), _cash(c), *_targets(c)]
    return Chapter(words("worth.topic"), words("worth.question"), answer, parts)


def _payback(c: Context) -> str:
    """Return when the change pays back in cash and how likely that is."""
    weeks, chance = c.estimate("value.payback_weeks"), c.estimate("value.benefit_probability")
    if c.value is None or chance is None or chance.value is None:
        return ""
    within, likely = c.n.count(c.value.settings.horizon_weeks), c.n.chance(chance.value)
    if weeks is None or weeks.value is None:
        return c.words("worth.chance", chance=likely, weeks=within)
    return c.words("worth.payback", week=c.n.estimate(weeks, grade=False), chance=likely, weeks=within)


def _precision(c: Context) -> str:
    return "" if c.value is None else c.value.sentences.get("precision", "")


def _balance(c: Context) -> Part:
    """Return the capacity balance with why blending is worth it though the back office has slack of its own."""
    said = {} if c.value is None else c.value.sentences
    notes = [
        Note(c.words(f"worth.note.{key}"), said[key]) for key in ("why_blend", "alternatives", "fte") if said.get(key)
    ]
    return c.drawn(
        capacity, capacity.capacity_balance, c.value, name="capacity_balance", height_mm=capacity.height_mm(c.value),
        margins_mm=capacity.MARGINS_MM, source=c.source("work_items", "spells", "contacts", "schedule", definition=c.words("worth.balance_definition")),
        notes=notes,
    )  # fmt: skip


def _range(c: Context) -> Part:
    return c.drawn(
        outcomes, outcomes.value_range, c.value, currency=c.client.currency, name="value_range",
        height_mm=outcomes.height_mm(c.value), margins_mm=outcomes.MARGINS_MM,
        source=f"{c.words('worth.range_definition')} {_precision(c)}".strip(),
    )  # fmt: skip


def _tornado(c: Context) -> Part:
    return c.drawn(
        drivers, drivers.tornado, c.value, currency=c.client.currency, name="tornado",
        height_mm=drivers.height_mm(c.value), margins_mm=drivers.MARGINS_MM,
        source=c.words("worth.tornado_definition"),
    )  # fmt: skip


def _cash(c: Context) -> Part:
    """Return net cash week by week, with what the change costs."""
    cost = ""
    if c.value is not None:
        once, weekly = (
            c.n.money(amount, c.client.currency)
            for amount in (c.value.settings.one_off_cost, c.value.settings.running_cost_per_week)
        )
        cost = c.words("worth.cost", once=once, weekly=weekly)
    return c.drawn(
        payback, payback.cumulative_cash, c.value, currency=c.client.currency, name="cumulative_cash",
        height_mm=payback.HEIGHT_MM, margins_mm=payback.MARGINS_MM,
        source=f"{c.words('worth.cash_definition')} {cost}".strip(),
    )  # fmt: skip


def _targets(c: Context) -> list[Part]:
    """Return what may be said to teams as first steps, and what is not said and why."""
    words, frame = c.words, c.value.targets if c.value is not None else pd.DataFrame()
    if frame.empty:
        return []
    said = int(frame["publish"].astype(bool).sum())
    key = "targets.headline.some" if said else "targets.headline.none"
    return [
        Exhibit(
            words(key, n=words.some("targets.count", said), all=words.n.count(len(frame))),
            words("targets.source"),
            columns=(
                Column(words("targets.column.measure"), width=2.6),
                Column(words("targets.column.today"), "right", 2.2),
                Column(words("targets.column.step"), "right", 1.3),
                Column(words("targets.column.week"), "right", 0.9),
                Column(words("targets.column.why"), width=5.0),
            ),
            rows=[_target(c, row) for row in frame.itertuples()],
        )
    ]


def _target(c: Context, row: Any) -> list[Cell]:
    words, n, unit = c.words, c.n, str(row.unit)
    measure = words(
        "targets.of", measure=words(f"targets.measure.{row.measure}"), population=words(f"population.{row.population}")
    )
    tone: Tone = "plain" if row.publish else "muted"
    low, high = (math.nan if pd.isna(bound) else float(bound) for bound in (row.today_low, row.today_high))
    today = "–" if pd.isna(row.today) else n.interval(float(row.today), low, high, unit)
    step = "–" if not row.publish or pd.isna(row.first_step) else n.figure(float(row.first_step), unit)
    week = "–" if not row.publish or pd.isna(row.by_week) else n.count(row.by_week)
    named = measure if unit in {"share", ""} else words("targets.unit", measure=measure, unit=unit)
    why = str(row.reason) if row.publish else words("targets.not_said", why=row.why_not)
    return [Cell(text, tone=tone) for text in (named, today, step, week, why)]

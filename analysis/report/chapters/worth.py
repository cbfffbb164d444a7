"""What the freed hours are worth: where they go, what of them reaches the books, and what that hangs on."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis.report.blocks import Absent, Cell, Chapter, Column, Exhibit, Note, Part, Source, Terms
from analysis.report.chapters import decisions
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
    answer = sentence(c) or c.value.sentences.get("balance", "") or words("worth.unknown")
    why = capacity.missing(c.value, theme=c.theme)
    parts = [Absent(why, c.need(capacity)), *_instead(c)] if why else [_range(c), *_instead(c), _tornado(c), _cash(c)]
    parts += _targets(c)
    return Chapter(words("worth.topic"), words("worth.question"), answer, parts)


def _payback(c: Context) -> str:
    """Return when the change pays back in cash and how likely that is, as the value says it."""
    return "" if c.value is None else c.value.sentences.get("payback", "")


def _precision(c: Context) -> str:
    return "" if c.value is None else c.value.sentences.get("precision", "")


def _instead(c: Context) -> list[Part]:
    """Return why blending is worth it though the back office has slack of its own, and what else the waiting could give."""
    said = {} if c.value is None else c.value.sentences
    notes = []
    if said.get("why_blend"):
        # its first sentence is the question
        question, mark_, rest = said["why_blend"].partition("? ")
        notes.append(Note(f"{question}?", rest) if mark_ else Note(c.words("worth.note.why"), said["why_blend"]))
    if said.get("alternatives"):
        notes.append(Note(c.words("worth.note.alternatives"), said["alternatives"]))
    if notes and said.get("fte"):
        notes.append(Note(c.words("worth.note.fte"), said["fte"]))
    return [Terms(notes)] if notes else []


def _draws(c: Context, key: str) -> Source:
    """Return what rests on the joint draws: how many there are and what is drawn from them."""
    draws = c.value.settings.money_draws if c.value is not None else 0
    return c.source(results=("value",), n=c.words("worth.n.draws", n=c.n.count(draws)), definition=c.words(key))


def _range(c: Context) -> Part:
    return c.drawn(
        outcomes, outcomes.value_range, c.value, currency=c.client.currency, name="value_range",
        height_mm=outcomes.height_mm(c.value), margins_mm=outcomes.MARGINS_MM,
        source=_draws(c, "worth.range_definition").saying(_precision(c)),
    )  # fmt: skip


def _tornado(c: Context) -> Part:
    return c.drawn(
        drivers, drivers.tornado, c.value, currency=c.client.currency, name="tornado",
        height_mm=drivers.height_mm(c.value), margins_mm=drivers.MARGINS_MM,
        source=_draws(c, "worth.tornado_definition"),
    )  # fmt: skip


def _cash(c: Context) -> Part:
    """Return net cash week by week, with what the change costs."""
    stated = decisions.stated(c)
    cost = c.words("worth.cost", cost=stated) if stated else ""
    return c.drawn(
        payback, payback.cumulative_cash, c.value, currency=c.client.currency, name="cumulative_cash",
        height_mm=payback.HEIGHT_MM, margins_mm=payback.MARGINS_MM,
        source=_draws(c, "worth.cash_definition").saying(_payback(c), cost),
    )  # fmt: skip


def _targets(c: Context) -> list[Part]:
    """Return what may be said to teams as first steps; what is not said yet stands with the reason."""
    words, frame = c.words, c.value.targets if c.value is not None else pd.DataFrame()
    if frame.empty:
        return []
    said = int(frame["publish"].astype(bool).sum())
    held = frame.loc[~frame["publish"].astype(bool), "why_not"].astype("str")
    # what holds back every target is said once
    shortest = min(held, key=len, default="")
    common = shortest if len(held) > 1 and held.str.endswith(shortest).all() else ""
    headline = words(
        "targets.headline.some" if said else "targets.headline.none", n=c.n.count(said), all=c.n.count(len(frame))
    )
    return [
        Exhibit(
            headline,
            c.source(
                results=("value",), n=words.some("worth.n.steps", len(frame)), definition=words("targets.source")
            ).saying(common),
            columns=(
                Column(words("targets.column.population"), width=1.8),
                Column(words("targets.column.measure"), width=1.7),
                Column(words("targets.column.today"), "right", 2.5),
                Column(words("targets.column.step"), "right", 1.1),
                Column(words("targets.column.week"), "right", 0.9),
                Column(words("targets.column.why"), width=6.8),
            ),
            rows=_named_once([_target(c, row, common) for row in frame.itertuples()]),
            dense=True,
        )
    ]


# first steps that are kept rather than reached: not below, or not above
_BOUND = {"service_level": "≥\u00a0", "turnaround": "≥\u00a0", "errors": "≤\u00a0"}


def _named_once(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Return rows in which a first cell that repeats the one above is left empty."""
    return [
        [Cell("" if place and row[0].text == rows[place - 1][0].text else row[0].text, strong=True), *row[1:]]
        for place, row in enumerate(rows)
    ]


def _target(c: Context, row: Any, common: str) -> list[Cell]:
    """Return one target: today with its interval, the first step, its week and the reason."""
    words, spell = c.words, c.n.fine_share if row.unit == "share" else c.n.plain_number
    low, high = row.today_low, row.today_high
    today = "–" if pd.isna(row.today) else spell(float(row.today))
    if pd.notna(row.today) and pd.notna(low) and pd.notna(high) and low != high:
        ends = [spell(float(end)).removesuffix(words("number.percent")) for end in (low, high)]
        today = words("targets.interval", value=today, low=ends[0], high=ends[1])
    step = "–" if pd.isna(row.first_step) else f"{_BOUND.get(str(row.measure), '')}{spell(float(row.first_step))}"
    week = "–" if pd.isna(row.by_week) else c.n.count(row.by_week)
    measure = words(f"targets.measure.{row.measure}")
    named = measure if row.unit in {"share", ""} else words("targets.unit", measure=measure, unit=row.unit)
    own = str(row.why_not).removesuffix(common).strip() if not row.publish else ""
    why = " ".join(part for part in (str(row.reason), own) if part)
    cells = (words(f"population.{row.population}"), named, today, step, week, why)
    return [Cell(text, tone="plain" if row.publish or pd.notna(row.first_step) else "muted") for text in cells]

"""Page one and page two: the verdict with its three answers, what to decide, what stays open, and how to read the rest."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from analysis.foundation.estimate import Quantity
from analysis.foundation.schema import SHARES
from analysis.report.blocks import Cell, Column, Drawing, table_record
from analysis.report.chapters import achievable, blend, logs, measure, worth
from analysis.report.context import Context
from analysis.report.exhibits import limits, policies, rungs, shares, spans, style

# height of the small charts: with both populations, and with one
HEIGHT_MM, ONE_MM = 33.0, 19.0
COLUMNS = 7
MOST_UNSEEN = 3
# room for an answer on the page of questions
MOST_SIGNS = 200


def drawings(c: Context) -> list[Drawing]:
    """Return the small charts of page one that can be drawn."""
    return [row["drawing"] for row in _rows(c) if row["drawing"] is not None]


def first_page(c: Context) -> dict[str, Any]:
    """Return page one for the template."""
    rows = [
        {key: value for key, value in row.items() if key != "drawing"}
        | {"file": f"{row['drawing'].name}.svg" if row["drawing"] else ""}
        for row in _rows(c)
    ]
    return {
        "period": c.period,
        "verdict": c.readiness.verdict.headline,
        "rows": rows,
        "decisions": {"title": c.words("first.decisions"), **_decisions(c)},
        "open": [
            {"title": c.words("first.unseen"), "text": _unseen(c)},
            {"title": c.words("first.people"), "text": _people(c)},
        ],
    }


def _rows(c: Context) -> list[dict[str, Any]]:
    """Return the three rows: measure, estimate, assess."""
    estimated = [achievable.sentence(c, row) for row in limits.rows(c.utilization).itertuples()]
    beside = " ".join(part for part in (achievable.quoted(c), worth.in_short(c)) if part) if estimated else ""
    assessed = [blend.sentence(c), _gates(c)]
    measured = [measure.non_work(c, name) for name in c.populations()]
    drawn = (shares, shares.ladder_shares, c.baseline)
    if shares.missing(c.baseline) and logs.unmeasured(c):
        drawn = (spans, spans.work_and_gaps, c.baseline)
    return [
        _row(c, "measure", measured, drawn, (0.2, 0.2, 0.2, 0.2)),
        _row(c, "estimate", estimated, (limits, limits.ceilings, c.utilization), (0.2, 0.4, 0.2, 0.2))
        | {"beside": beside},
        _row(
            c,
            "assess",
            assessed,
            (policies, policies.frontier, c.blending),
            (8.5, 1, 5, 8),
            mode=blend.spoken_mode(c),
            pool=blend.spoken_pool(c),
        ),
    ]


def _row(
    c: Context, name: str, answers: list[str], chart: tuple[Any, Any, Any], margins: tuple, **more: Any
) -> dict[str, Any]:
    """Return one row: its question, its answers, and its chart (module, function, result) where it can be drawn."""
    module, draw, result = chart
    scope = {key: value for key, value in more.items() if key == "pool"}
    why = module.missing(result, theme=c.theme, **scope)
    drawing = None
    if not why:
        drawing = Drawing(
            f"first_{name}",
            lambda ax: draw(result, ax=ax, theme=c.theme, compact=True, **more),
            ONE_MM if name != "assess" and len(c.measured()) == 1 else HEIGHT_MM,
            margins,
            COLUMNS,
        )
    why = why and c.words(f"first.{name}.unanswered")
    return {
        "topic": c.words(f"first.{name}.topic"),
        "question": c.words(f"first.{name}.question"),
        "answers": [answer for answer in answers if answer] or [why],
        "alt": module.alt_text(result, theme=c.theme, **scope) if not why else "",
        "absent": c.need(module) if why else "",
        "drawing": drawing,
    }


def _gates(c: Context) -> str:
    """Return how many gates are met, and which of them stop a mode or have no answer."""
    frame = c.readiness.gates
    if frame.empty:
        return ""
    parts = [c.words("first.gates", met=int((frame["state"] == "met").sum()), all=len(frame))]
    for state in ("stops", "unknown"):
        names = [
            f"{row['name'].lower()} ({row['criterion']})" for row in frame[frame["state"] == state].to_dict("records")
        ]
        parts += [c.words.some(f"first.gates_{state}", len(names), names=c.words.listed(names))] if names else []
    return " ".join(parts)


def _decisions(c: Context) -> dict[str, Any]:
    """Return three decisions: the first changes that readiness asks for, then what any pilot needs, or what can be done while none is allowed."""
    words, changes = c.words, rungs.steps(c.readiness).head(3)
    rows = [
        [
            Cell(row["change"], strong=True),
            row["owner_role"],
            words("first.level", start=_from(row["from_level"]), end=row["to_level"]),
            words(f"effort.{row['effort']}"),
            row["unlocks"],
        ]
        for row in changes.to_dict("records")
    ]
    allowed = c.readiness.verdict.verdict in ("ready", "ready_with_changes")
    for place in range(3 - len(rows)):
        # where no mode is allowed nobody is asked to prepare a pilot
        key = f"first.{'standing' if allowed else 'waiting'}.{place + 1}"
        cells = [words(f"{key}.{part}") for part in ("owner", "by", "effort", "unlocks")]
        rows.append([Cell(words(f"{key}.change"), strong=True), *cells])
    columns = [
        Column(words("first.column.decision"), width=4.5),
        Column(words("first.column.owner"), width=2.2),
        Column(words("first.column.level"), width=1.1),
        Column(words("first.column.effort"), width=1),
        Column(words("first.column.unlocks"), width=2.8),
    ]
    if not any(str(getattr(row[-1], "text", row[-1]) or "").strip() for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return table_record(columns, rows)


def _from(level: Any) -> str:
    return "–" if pd.isna(level) else str(level)


def _unseen(c: Context) -> str:
    """Return what could not be seen, shortest way: unaccounted time, figures that are missing, files that do not serve."""
    parts = []
    for population in c.populations():
        figure = c.figure("baseline.unaccounted_share", population=population)
        if figure:
            parts.append(
                c.words("first.unaccounted", population=c.words(f"ceilings.subject.{population}"), share=figure)
            )
    text = c.words("first.unaccounted_all", parts=c.words.listed(parts)) if parts else ""
    missing = [
        _figure(c, quantity)
        for _, quantity in c.quantities
        if quantity.estimate.status != "ok" and quantity.estimate.low is None  # a bound is said where it stands
    ]
    missing = [name for name in missing if name]
    missing = list(dict.fromkeys(missing))
    if missing:
        shown = missing[:MOST_UNSEEN]
        more = len(missing) - len(shown)
        listed = (
            c.words.listed(shown)
            if not more
            else c.words("first.and_more", shown=", ".join(shown), more=c.n.count(more))
        )
        text = f"{text} {c.words('first.no_figure', what=listed)}".strip()
    edited = [finding.message for finding in c.readiness.findings if finding.code == "readiness_questionnaire_edited"]
    return " ".join([text or c.words("first.all_seen"), *edited])


def _figure(c: Context, quantity: Quantity) -> str:
    """Return the name of a figure and its population in words; empty when page one does not speak of it."""
    key, population = f"figure.{quantity.id}", quantity.scope.get("population", "")
    if key not in c.words:
        return ""
    if {"site", "group"} & set(quantity.scope):
        return ""
    name = c.words(key)
    return c.words(f"figure_of.{population}", what=name) if population and "pool" not in quantity.scope else name


def _people(c: Context) -> str:
    """Return what happens to people and freed time, as far as it has been said."""
    frame = c.readiness.criteria
    level = frame.loc[frame["criterion"] == "K1", "level"]
    known = len(level) and str(level.iloc[0]) != "<NA>"
    said = c.words(f"first.said.{int(level.iloc[0])}") if known else c.words("first.said.unknown")
    return f"{c.words('first.freed')} {said}"


def contents(c: Context, answers: list[str]) -> dict[str, Any]:
    """Return page two for the template: how to read the report, and what it is for."""
    words = c.words
    meanings = [
        {"colour": style.MEANINGS[share][0], "sign": "", "text": words(f"share_means.{share}")} for share in SHARES
    ]
    grades = [{"colour": "", "sign": grade, "text": words(f"grade.{grade}")} for grade in "ABCD"]
    reading = [
        {"colour": "", "sign": "", "text": words(f"reading.{key}")} for key in ("interval", "rounding", "exhibits")
    ]
    small = c.baseline.settings.minimum_group_agents
    about = [
        {
            "title": words(f"about.{key}.title"),
            "text": words(f"about.{key}.text", group=c.n.count(small), period=c.period),
        }
        for key in ("purpose", "privacy", "use")
    ]
    if c.run.small_group_reason:
        about[1]["text"] += " " + words("about.small_groups", reason=c.run.small_group_reason)
    return {
        "title": words("contents.title"),
        "answers": [in_short(answer) for answer in answers],
        "key": [
            {"title": words("contents.colours"), "items": meanings},
            {"title": words("contents.grades"), "items": grades},
            {"title": words("contents.reading"), "items": reading},
        ],
        "about": about,
    }


def in_short(answer: str, most: int = MOST_SIGNS) -> str:
    """Return the first sentences of an answer that fit the page of questions, one at least.

    Examples
    --------
    >>> in_short("Ready with changes. The first: one owner.", most=30)
    'Ready with changes.'
    """
    sentences = re.split(r"(?<=[.?!]) (?=[A-Z0-9])", answer)
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + 1 + len(sentence) > most:
            break
        kept = f"{kept} {sentence}"
    return kept

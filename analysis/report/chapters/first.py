"""Page one: the verdict with its three answers, what to decide and what stays open; page three: how to read the rest."""

from __future__ import annotations

import re
from typing import Any

from analysis.foundation.estimate import Quantity
from analysis.foundation.schema import SHARES
from analysis.report.blocks import Drawing
from analysis.report.chapters import answers, blend, decisions, logs
from analysis.report.context import Context
from analysis.report.exhibits import limits, policies, rungs, shares, spans, style

# height of the small charts: with both populations, and with one
HEIGHT_MM, ONE_MM = 32.0, 18.0
# the charts take this many of the twelve columns, the answers the rest
COLUMNS = 5
MOST_UNSEEN = 3
# room for an answer on the page of questions
MOST_SIGNS = 130


def drawings(c: Context) -> list[Drawing]:
    """Return the small charts of page one that can be drawn."""
    return [row["drawing"] for row in _rows(c) if row["drawing"] is not None]


def first_page(c: Context) -> dict[str, Any]:
    """Return page one for the template.

    Parameters
    ----------
    c
        The results of all stages, and the words to tell them with.

    Returns
    -------
    dict
        `period`, `verdict` (its first sentence, the heading) and `rest` (what else it says), `rows` (measure, estimate, assess: question,
        answers, chart or what it would take), `decisions` (title, table, note), `open` (what could not be seen, people and freed time).
    """
    rows = [
        {key: value for key, value in row.items() if key != "drawing"}
        | {"file": f"{row['drawing'].name}.svg" if row["drawing"] else ""}
        for row in _rows(c)
    ]
    verdict, rest = _verdict(c)
    return {
        "period": c.period,
        "verdict": verdict,
        "rest": rest,
        "rows": rows,
        "decisions": {"title": c.words("first.decisions"), **decisions.table(c)},
        "open": [
            {"title": c.words("first.unseen"), "text": _unseen(c)},
            {"title": c.words("first.people"), "text": _people(c)},
        ],
    }


def _verdict(c: Context) -> tuple[str, str]:
    """Return the verdict's first sentence, and the others; the sentence that names the first change alone is left to the answer that dates it."""
    heading, *others = re.split(r"(?<=[.?!]) (?=[A-Z0-9])", c.readiness.verdict.headline)
    found = rungs.steps(c.readiness)
    told = str(found["change"].iloc[0]).casefold() if len(found) else ""
    return heading, " ".join(part for part in others if not told or f"first: {told}" not in part.casefold())


def _rows(c: Context) -> list[dict[str, Any]]:
    """Return the three rows: measure, estimate, assess."""
    drawn = (shares, shares.ladder_shares, c.baseline)
    if shares.missing(c.baseline) and logs.unmeasured(c):
        drawn = (spans, spans.work_and_gaps, c.baseline)
    frontier = (policies, policies.frontier, c.blending)
    spoken = {"mode": blend.spoken_mode(c), "pool": blend.spoken_pool(c)}
    return [
        _row(c, "measure", answers.measured(c), drawn, (0.2, 0.2, 0.2, 0.2)),
        _row(c, "estimate", answers.estimated(c), (limits, limits.ceilings, c.utilization), (0.2, 0.4, 0.2, 0.2)),
        _row(c, "assess", answers.assessed(c), frontier, (8.5, 1, 4, 8), **spoken),
    ]


def _row(
    c: Context, name: str, said: list[str], chart: tuple[Any, Any, Any], margins: tuple, **more: Any
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
        "answers": [answer for answer in said if answer] or [why],
        "alt": module.alt_text(result, theme=c.theme, **scope) if not why else "",
        "absent": c.need(module) if why else "",
        "drawing": drawing,
    }


def _unseen(c: Context) -> str:
    """Return what could not be seen, shortest way: unaccounted time, figures that are missing, files that do not serve."""
    parts = []
    for population in reversed(c.populations()):
        figure = c.figure("baseline.unaccounted_share", population=population)
        if figure:
            parts.append(
                c.words("first.unaccounted", population=c.words(f"ceilings.subject.{population}"), share=figure)
            )
    text = c.words("first.unaccounted_all", parts=c.words.listed(parts)) if parts else ""
    if any(part.key == shares.SEEN_WORK for part in shares.segments(c.baseline).get("back_office", ())):
        text = f"{text} {c.words('first.observed')}".strip()
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
    return f"{c.words('first.freed_time')} {said}"


def contents(c: Context, said: list[str]) -> dict[str, Any]:
    """Return page three for the template: how to read the report, and what it is for."""
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
        "answers": [in_short(answer) for answer in said],
        "appendices": words("contents.appendices"),
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

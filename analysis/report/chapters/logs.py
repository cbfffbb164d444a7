"""Part of chapter 3: what logs show of people whose paid time is not known, named for what it is."""

from __future__ import annotations

import math

from analysis.report.blocks import Absent, Cell, Column, Exhibit, Fact, Facts, Part
from analysis.report.context import Context
from analysis.report.exhibits import spans

# facts of the table, in its order
ROWS = (
    "agent_days",
    "work_h",
    "sum_of_durations_h",
    "span_h",
    "work_over_span",
    "gross_h",
    "merged_h",
)
MOST_FACTS = 4


def unmeasured(c: Context) -> tuple[str, ...]:
    """Return the populations that have logs but no share of the time at work."""
    measured = c.measured()
    with_facts = set(c.baseline.facts["population"])
    return tuple(name for name in c.populations() if name not in measured and name in with_facts)


def lower_bound(c: Context, population: str) -> str:
    """Return the work on record of one population as a sentence; empty without logs."""
    if population not in unmeasured(c):
        return ""
    parts = spans.said(c.baseline, populations=(population,), theme=c.theme)
    return c.words("logs.lower_bound", parts=parts[0]) if parts else ""


def parts(c: Context) -> list[Part]:
    """Return what the logs show, and what they cannot tell."""
    names, words = unmeasured(c), c.words
    if not names:
        return []
    tables = ("contacts", "spells", "work_items")
    found: list[Part] = []
    if not spans.missing(c.baseline, populations=names):
        found.append(
            c.drawn(
                spans,
                spans.work_and_gaps,
                c.baseline,
                populations=names,
                name="work_and_gaps",
                height_mm=20.5 * len(spans.bars(c.baseline, names)),
                margins_mm=(0.3, 0.3, 0.3, 0.3),
                source=c.source(*tables, definition=words("spans.definition")),
            )
        )
    facts = _facts(c)
    if facts:
        found.append(facts)
    return [*found, _table(c, names, tables), Absent(words("logs.cannot"), words("logs.need"))]


def _facts(c: Context) -> Facts | None:
    """Return what the contact log says of customers' waits, in large type."""
    n, words = c.n, c.words
    items = []
    handled, all_contacts = c.fact("contact_centre", "contacts_handled"), c.fact("contact_centre", "contacts")
    if all_contacts > 0 and not math.isnan(handled):
        text = words("logs.facts.handled", handled=n.count(handled), all=n.count(all_contacts))
        items.append(Fact(n.share(handled / all_contacts), text))
    for fact, unit in (("queued_share", "share"), ("mean_wait_of_queued_s", "s")):
        value = c.fact("contact_centre", fact)
        if not math.isnan(value):
            items.append(Fact(n.figure(value, unit), words(f"logs.facts.{fact}")))
    for row in c.blending.service.dropna(subset="measured").itertuples():
        text = words("logs.facts.service", within=n.length(row.answer_within_s), target=n.share(row.target))
        items.append(Fact(n.share(row.measured), text, "warning" if row.measured < row.target else "plain"))
    return Facts(items[:MOST_FACTS]) if len(items) > 1 else None


def _table(c: Context, names: tuple[str, ...], tables: tuple[str, ...]) -> Exhibit:
    """Return the facts of the logs, each with what it is."""
    words, rows = c.words, []
    units = dict(zip(c.baseline.facts["fact"], c.baseline.facts["unit"], strict=True))
    for fact in ROWS:
        values = [c.fact(name, fact) for name in names]
        if not all(math.isnan(value) for value in values):
            cells = [
                Cell("–", tone="muted") if math.isnan(value) else c.n.figure(value, units[fact]) for value in values
            ]
            rows.append((words(f"logs.row.{fact}"), *cells, Cell(words(f"logs.means.{fact}"), tone="muted")))
    ratios = [c.n.share(ratio) for name in names if not math.isnan(ratio := c.fact(name, "work_over_span"))]
    headline = words("logs.headline", ratios=words.listed(ratios)) if ratios else words("logs.headline_plain")
    return Exhibit(
        headline,
        c.source(*tables),
        columns=(
            Column(words("logs.column.fact"), width=3),
            *(Column(words(f"population.{name}"), "right", 1.5) for name in names),
            Column(words("logs.column.means"), width=5.4),
        ),
        rows=rows,
    )

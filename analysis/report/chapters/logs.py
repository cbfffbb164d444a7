"""Part of chapter 3: what logs show of people whose paid time is not known, named for what it is."""

from __future__ import annotations

import math

from analysis.foundation.schema import POPULATIONS
from analysis.report.blocks import Absent, Cell, Column, Exhibit, Fact, Facts, Note, Part
from analysis.report.context import Context
from analysis.report.exhibits import longest_gap, spans

# facts of the table, in its order
ROWS = (
    "agent_days",
    "work_h",
    "sum_of_durations_h",
    "span_h",
    "work_over_span",
    "gross_h",
    "merged_h",
    "gap_time_outside_usual_hours_h",
    "completions",
    "modelled_steps",
    "modelled_h",
)
MOST_FACTS = 4
# gap time by whose question it is: fact, words
WORK_IN_GAPS = (
    ("gap_time_with_work_waiting_h", "with_work"),
    ("gap_time_without_work_h", "without_work"),
    ("gap_time_of_unknown_types_h", "unknown"),
)


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
        c.source(*tables, definition=words("logs.definition")),
        columns=(
            Column(words("logs.column.fact"), width=3),
            *(Column(words(f"population.{name}"), "right", 1.5) for name in names),
            Column(words("logs.column.means"), width=5.4),
        ),
        rows=rows,
    )


def deciding_gaps(c: Context) -> list[Part]:
    """Return which gaps decide the ratio of work to span, and in how much of their time work was waiting."""
    words = c.words
    if longest_gap.missing(c.baseline):
        return []
    notes = [Note(words("longest_gap.note"), words("longest_gap.note_text"))]
    shares = [longest_gap.waited(rows, longest_s=60) for rows in longest_gap.known(c.baseline).values()]
    for share in shares:
        if not math.isnan(share):
            first = words("longest_gap.waited_first", share=c.n.share(share))
            notes.append(Note(words("longest_gap.waited_note"), f"{words('longest_gap.waited_text')} {first}"))
            break
    gross, merged = c.fact("back_office", "gross_h"), c.fact("back_office", "merged_h")
    if not math.isnan(gross) and "back_office" in unmeasured(c):
        text = words("longest_gap.lower", hours=c.n.hours(gross), merged=c.n.hours(merged))
        notes.append(Note(words("longest_gap.lower_note"), text))
    return [
        c.drawn(
            longest_gap,
            longest_gap.gap_limits,
            c.baseline,
            name="longest_gap",
            height_mm=longest_gap.height_mm(c.baseline),
            margins_mm=longest_gap.MARGINS_MM,
            source=c.source("contacts", "work_items", definition=words("longest_gap.definition")),
            notes=tuple(notes),
        )
    ]


def work_in_gaps(c: Context) -> list[Part]:
    """Return how much gap time had work waiting and how much had none: two questions for two owners."""
    words, n = c.words, c.n
    parts: list[Part] = []
    for population in POPULATIONS:
        known = [(key, c.fact(population, fact)) for fact, key in WORK_IN_GAPS]
        known = [(key, hours) for key, hours in known if not math.isnan(hours)]
        total = sum(hours for _, hours in known)
        if total <= 0:
            continue
        kinds = c.baseline.gaps.loc[c.baseline.gaps["population"] == population, "kind"]
        gaps = words(f"work_in_gaps.gaps.{kinds.iloc[0].replace(' ', '_')}")
        rows = [
            (
                words(f"work_in_gaps.row.{key}"),
                n.hours(hours),
                Cell(n.share(hours / total), bar=hours / total, colour="#5B6875" if key == "with_work" else "#CDD4DB"),
                Cell(words(f"work_in_gaps.row_means.{key}"), tone="muted"),
            )
            for key, hours in known
        ]
        parts.append(
            Exhibit(
                words("work_in_gaps.headline", share=n.share(known[0][1] / total)),
                c.source("work_items", definition=words("work_in_gaps.definition", gaps=gaps)),
                columns=(
                    Column(words("work_in_gaps.part"), width=2.6),
                    Column(words("work_in_gaps.hours"), "right", 1.2),
                    Column(words("work_in_gaps.share"), "right", 2.4),
                    Column(words("work_in_gaps.means"), width=5.4),
                ),
                rows=rows,
                notes=(Note(words("work_in_gaps.note"), words("work_in_gaps.note_text")),),
            )
        )
    return parts

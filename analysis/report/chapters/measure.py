"""Chapter 3: where the time at work goes, by population."""

from __future__ import annotations

import pandas as pd

from analysis.foundation.schema import SHARES
from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Fact, Facts, Part
from analysis.report.chapters import logs
from analysis.report.context import Context, bounded, without_because
from analysis.report.exhibits import shares
from analysis.report.numbers import mark

# what managers know, set beside the five shares
BESIDE = ("non_work_share", "occupancy", "shrinkage", "within_due_share", "backlog_h", "error_rate", "rework_rate")
# tables that the shares rest on
SOURCES = ("spells", "state_totals", "work_items", "observations", "schedule")
FACTS = ("non_work_share", "occupancy", "shrinkage", "within_due_share", "backlog_h", "error_rate")


def non_work(c: Context, population: str) -> str:
    """Return how much of a population's time is not work, as a sentence; the contact centre's waiting stands apart."""
    estimate = c.estimate("baseline.non_work_share", population=population)
    figure = c.n.estimate(estimate) if estimate is not None else ""
    if not figure:
        return f"{c.words(f'measure.unknown.{population}')} {logs.lower_bound(c, population)}".strip()
    waiting = c.figure("baseline.idle_share", population=population)
    known = estimate is not None and estimate.value is not None
    key = f"measure.{'known' if known else 'bound'}.{population}"
    if population == "contact_centre" and not waiting:
        return c.words("measure.away", share=figure)
    return c.words(key, share=figure, waiting=waiting)


def chapter(c: Context) -> Chapter:
    """Return the chapter that measures."""
    words = c.words
    populations = c.measured()
    behind = words.listed([text for name in populations if (text := c.behind(name))])
    parts: list[Part] = [] if logs.unmeasured(c) and shares.missing(c.baseline) else [_ladder(c, behind)]
    facts = _facts(c)
    if facts:
        parts.append(facts)
    if populations:
        parts.append(_table(c, populations))
    parts += logs.parts(c)
    answer = " ".join(non_work(c, name) for name in c.populations()) or words("missing.baseline")
    return Chapter(words("measure.topic"), words("measure.question"), answer, parts)


def _ladder(c: Context, behind: str) -> Part:
    """Return the shares of the time at work as a chart."""
    return c.drawn(
        shares,
        shares.ladder_shares,
        c.baseline,
        name="ladder_shares",
        height_mm=20.5 * max(len(shares.segments(c.baseline)), 1),
        margins_mm=(0.3, 0.3, 0.3, 0.3),
        source=c.source(
            *SOURCES,
            n=behind,
            definition=c.words("measure.base"),
        ),
    )


def _facts(c: Context) -> Facts | None:
    """Return up to four measures that managers know, in large type."""
    items = []
    for name in FACTS:
        for population in c.populations():
            figure = c.figure(f"baseline.{name}", population=population)
            if figure and len(items) < 4 and not (name == "non_work_share" and population == "contact_centre"):
                head, _, bounds = figure.partition(" (")
                text = c.words(f"fact.{name}", population=c.words(f"population.{population}"))
                items.append(Fact(head, f"{text}, {bounds.replace(')', '')}" if bounds else text))
    return Facts(items) if len(items) > 1 else None


def _table(c: Context, populations: list[str]) -> Exhibit:
    """Return the shares with their intervals, and beside them what is known apart from them."""
    words, frame = c.words, c.baseline.shares
    rows: list[list[str | Cell]] = []
    for share in (*SHARES, "outage"):
        row: list[str | Cell] = [words(f"share_means.{share}")]
        for name in populations:
            row += _share(c, frame[(frame["population"] == name) & (frame["share"] == share)], name, share)
        if share in SHARES or any(isinstance(cell, str) for cell in row[1:]):
            rows.append(row)
    for name in BESIDE:
        found = [c.estimate(f"baseline.{name}", population=population) for population in populations]
        if any(estimate is not None for estimate in found):
            cells = [_quantity(c, f"baseline.{name}", population) for population in populations]
            rows.append([words(f"measure.row.{name}"), *cells])
    return Exhibit(
        _headline(c, populations),
        c.source(
            *SOURCES,
            n=words.listed([text for name in populations if (text := c.behind(name))]),
            definition=words("measure.table_source", level=c.n.share(c.baseline.settings.confidence)),
        ).saying(*_unsure(c, populations)),
        columns=(
            Column(words("measure.column.share"), width=5),
            *(Column(words(f"population.{name}"), "right", 3) for name in populations),
        ),
        rows=rows,
    )


def _unsure(c: Context, populations: list[str]) -> list[str]:
    """Return why a share has no figure or none without bounds; what has one reason is said once."""
    words, reasons = c.words, dict[tuple[str, str], list[str]]()
    for population in populations:
        for name in ("non_work_share", "idle_share", "away_share"):
            found = c.estimate(f"baseline.{name}", population=population)
            if found is not None and found.reasons:
                reasons.setdefault((population, found.reasons[0]), []).append(words(f"measure.row.{name}"))
    return [
        words(
            "measure.why",
            what=words.listed(named),
            population=words(f"population.{population}"),
            reason=without_because(reason),
        )
        for (population, reason), named in reasons.items()
    ]


def _headline(c: Context, populations: list[str]) -> str:
    parts = []
    for name in populations:
        unseen = c.figure("baseline.unaccounted_share", population=name)
        if unseen:
            parts.append(c.words("measure.unseen", share=unseen, population=c.words(f"ceilings.subject.{name}")))
    return c.words("measure.table_headline", parts=c.words.listed(parts)) if parts else c.words("measure.table_plain")


def _share(c: Context, rows: pd.DataFrame, population: str, share: str) -> list[Cell | str]:
    if rows.empty:
        return [Cell("–", tone="muted")]
    row = rows.iloc[0]
    name = share if share == "utilization" else f"{share}_share"
    found = c.estimate(f"baseline.{name}", population=population)
    text = bounded(c.n, row)
    if not text:
        return [Cell(c.words("status.none"), tone="muted")]
    return [text + mark(found.grade if found is not None else "")]


def _quantity(c: Context, name: str, population: str) -> Cell | str:
    return c.figure(name, population=population) or Cell(c.words("status.none"), tone="muted")

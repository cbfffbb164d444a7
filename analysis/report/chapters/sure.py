"""Chapter 4: how sure the figure is, what stands against it, and what could not be seen."""

from __future__ import annotations

import math

import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Part
from analysis.report.chapters import earned
from analysis.report.context import Context, bounded, without_because
from analysis.report.exhibits import sides
from analysis.report.numbers import mark

NON_WORK = "baseline.non_work_share"
TABLES = ("spells", "work_items", "observations", "workload", "self_reports", "schedule")


def chapter(c: Context) -> Chapter:
    """Return the chapter that says why the figure may be believed, and how far."""
    words = c.words
    populations = c.measured()
    parts: list[Part] = []
    if populations:
        parts.append(_five_answers(c, populations))
    for name in c.populations():
        if len(_speaking(c, name)) > 1:
            parts.append(_sides(c, name))
        if len(_speaking(c, name)) > 1 or name not in populations:
            parts.append(_why(c, name))
    parts += earned.parts(c)
    return Chapter(words("sure.topic"), words("sure.question"), _answer(c), parts)


def _speaking(c: Context, population: str) -> pd.DataFrame:
    """Return the sources of a population that have a figure or a range."""
    frame = c.baseline.sources
    return frame[(frame["population"] == population) & frame[["value", "low", "high"]].notna().any(axis=1)]


def _named(c: Context, source: str) -> str:
    """Return a source in the middle of a sentence."""
    key = f"sides.of.{source}"
    name = c.words(key if key in c.words else f"sides.name.{source}")
    return f"{name[:1].lower()}{name[1:]}"


def _headline(c: Context, population: str) -> pd.Series | None:
    """Return the source that a population's headline is taken from."""
    frame = c.baseline.sources
    rows = frame[(frame["population"] == population) & frame["headline"].astype(bool)]
    return None if rows.empty else rows.iloc[0]


def _answer(c: Context) -> str:
    """Return which source carries the figure of each population."""
    words, parts = c.words, []
    for name in c.populations():
        row = _headline(c, name)
        if row is None:
            continue
        key = "point" if pd.notna(row["value"]) else "bound"
        source = _named(c, row["source"])
        parts.append(words(f"sure.answer.{key}", population=words(f"sure.of.{name}"), source=source))
    return " ".join(parts) or words("sure.answer.none")


def _five_answers(c: Context, populations: list[str]) -> Exhibit:
    """Return the questions that a careful reader asks of the figure, each with its answer by population."""
    words = c.words
    questions = {
        "much": _how_much,
        "sure": _how_sure,
        "compared": _compared,
        "definition": _definition,
        "unseen": _unseen,
    }
    rows = [
        [Cell(words(f"sure.ask.{key}"), strong=True), *(answer(c, name) for name in populations)]
        for key, answer in questions.items()
    ]
    return Exhibit(
        words("sure.five", n=c.n.count(len(rows)), unseen=_unseen_headline(c, populations)),
        c.source(
            *TABLES,
            n=words.listed([text for name in populations if (text := c.behind(name))]),
            definition=words("sure.five_source", level=c.n.share(c.baseline.settings.confidence)),
        ),
        columns=(
            Column(words("sure.column.question"), width=2.1),
            *(Column(words(f"population.{name}"), width=5) for name in populations),
        ),
        rows=rows,
    )


def _unseen_headline(c: Context, populations: list[str]) -> str:
    """Return how much of the time at work no system saw, by population."""
    parts = [
        c.words(
            "sure.unseen_in", share=c.n.estimate(found, grade=False), population=c.words(f"ceilings.subject.{name}")
        )
        for name in populations
        if (found := c.estimate("baseline.unaccounted_share", population=name)) is not None and found.value is not None
    ]
    return c.words("sure.unseen_headline", parts=c.words.listed(parts)) if parts else c.words("sure.unseen_unknown")


def _said(c: Context, headline: pd.Series | None) -> str:
    """Return the figure or range of the source that carries a population's figure."""
    if headline is None:
        return ""
    return _figure(c, headline) or c.words("status.none")


def _how_much(c: Context, population: str) -> str:
    """Return the figure, with hours a week."""
    words = c.words
    figure = c.figure(NON_WORK, population=population)
    if not figure:
        return words("sure.no_figure")
    base = c.fact(population, "base_h_per_week")
    found = c.estimate(NON_WORK, population=population)
    text = words(
        f"sure.much.{population}", share=figure, waiting=c.figure("baseline.idle_share", population=population)
    )
    if math.isnan(base) or found is None or found.low is None or found.high is None:
        return text
    hours = c.n.bounds(found.low * base, found.high * base, "h")
    return f"{text} {words('sure.hours', hours=hours, base=c.n.hours(base))}"


def _how_sure(c: Context, population: str) -> str:
    """Return what the interval rests on, and the share of the period itself."""
    words = c.words
    found, row = c.estimate(NON_WORK, population=population), _headline(c, population)
    if found is None or row is None:
        return words("sure.no_figure")
    source = _named(c, row["source"])
    rests = words(
        "sure.rests", source=source, n=c.n.count(row["n"]), unit=c.prose(str(row["n_unit"])), grade=mark(found.grade)
    )
    period = c.fact(population, "realised_utilization")
    realised = "" if math.isnan(period) else words("sure.realised", share=c.n.share(period))
    kind = words("sure.interval" if found.value is not None else "sure.range")
    return " ".join(text for text in (rests, _looks(c, population, str(row["source"])), kind, realised) if text)


def _looks(c: Context, population: str, source: str) -> str:
    """Return how many looks stand behind an observed figure, and how far the observers could be trusted."""
    looks = c.fact(population, "looks")
    if source not in ("work_sampling", "two_phase") or math.isnan(looks):
        return ""
    text = c.words("sure.looks", looks=c.n.count(looks))
    seen, true = (c.fact(population, f"observer_{name}") for name in ("sensitivity", "specificity"))
    if math.isnan(seen) or math.isnan(true):
        return f"{text} {c.words('sure.observers_unknown')}"
    pairs = c.n.count(c.fact(population, "observer_pairs"))
    told = c.words("sure.observers", pairs=pairs, seen=c.n.share(seen), mistaken=c.n.share(1 - true))
    return f"{text} {told} {c.words('sure.corrected' if _corrected(c, population) else 'sure.uncorrected')}"


def _corrected(c: Context, population: str) -> bool:
    """Return whether observers' errors were taken out of what they saw."""
    frame = c.baseline.sources
    rows = frame[(frame["population"] == population) & (frame["source"] == "work_sampling")]
    return not rows.empty and bool(abs(rows["value"].iloc[0] - c.fact(population, "non_work_as_seen")) > 0)


def _compared(c: Context, population: str) -> str:
    """Return what other sources say of the same people."""
    words, frame = c.words, c.baseline.sources
    rows = frame[(frame["population"] == population) & ~frame["headline"].astype(bool)]
    parts = [
        words("sure.says", source=_named(c, row.source), figure=figure)
        for row in rows.itertuples()
        if (figure := _figure(c, row))
    ]
    beside = words("sure.published", range=_claims(c)) if population == "back_office" else ""
    if not parts:
        return f"{words('sure.no_other')} {beside}".strip()
    return f"{words('sure.others', parts=words.listed(parts))} {beside}".strip()


def _claims(c: Context) -> str:
    """Return from where to where the published figures of the chart reach."""
    ends = [share for one in sides.published() for share in (one.share, one.high) if share is not None]
    return c.n.bounds(min(ends), max(ends), sign=True)


def _figure(c: Context, row: object) -> str:
    """Return a source's figure or bounds in words."""
    text = bounded(c.n, row, grade=str(row.grade))
    if text or pd.isna(row.low) or pd.isna(row.high):
        return text
    return c.n.estimate(Estimate.missing("a bound", low=float(row.low), high=float(row.high), grade=row.grade))


def _definition(c: Context, population: str) -> str:
    """Return numerator and denominator of the figure in words."""
    return c.words(f"sure.definition.{population}")


def _unseen(c: Context, population: str) -> str:
    """Return the time that no system saw, and what the log knows of it."""
    words = c.words
    found = c.estimate("baseline.unaccounted_share", population=population)
    parts = []
    if found is not None and found.value is not None:
        base = c.fact(population, "base_h_per_week")
        low, high = (math.nan if bound is None else bound * base for bound in (found.low, found.high))
        hours = "–" if math.isnan(base) else c.n.interval(found.value * base, low, high, "hours_per_week")
        share = c.n.estimate(found)
        parts.append(words("sure.unseen", share=share, hours=hours))
    waiting, nothing = (c.fact(population, f"gap_time_{name}_h") for name in ("with_work_waiting", "without_work"))
    if waiting + nothing > 0:
        parts.append(words("sure.work_waiting", share=c.n.share(waiting / (waiting + nothing))))
    return " ".join(parts) or words("sure.no_figure")


def _sides(c: Context, population: str) -> Part:
    """Return the sources side by side as a chart."""
    return c.drawn(
        sides,
        sides.sources_side_by_side,
        c.baseline,
        population=population,
        name=f"sources_{population}",
        height_mm=sides.height_mm(c.baseline, population=population),
        margins_mm=sides.MARGINS_MM,
        source=c.source(
            *TABLES,
            n=c.behind(population),
            definition=sides.definition(theme=c.theme),
        ),
    )


def _why(c: Context, population: str) -> Exhibit:
    """Return which source the headline uses and why, and why not the others."""
    words, frame = c.words, c.baseline.sources
    rows = []
    for row in frame[frame["population"] == population].itertuples():
        name = words(f"sides.name.{row.source}")
        figure = _figure(c, row) or Cell(words("status.none"), tone="muted")
        kind = f"sides.note.{row.source}"
        if row.source == "gap_range" and population not in c.measured():
            kind = "sure.gaps_of_records"
        rows.append([Cell(name, strong=bool(row.headline)), words(kind), figure, without_because(row.why)])
    headline = _headline(c, population)
    key = "sure.why" if headline is not None else "sure.why_none"
    source = "" if headline is None else _named(c, headline["source"])
    return Exhibit(
        words(
            key,
            population=words(f"population.{population}"),
            source=source,
            said=_said(c, headline),
            n=c.n.count(len(rows)),
        ),
        c.source(*TABLES, n=words.some("sure.n_sources", len(rows)), definition=words("sure.why_source")),
        columns=tuple(
            Column(words(f"sure.column.{name}"), width=width)
            for name, width in (("source", 2), ("estimand", 2.8), ("figure", 2.3), ("why", 5))
        ),
        rows=rows,
    )

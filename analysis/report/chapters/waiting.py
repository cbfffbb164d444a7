"""Chapters 4 and 5: when people wait, and whether the gaps are long enough for the items."""

from __future__ import annotations

import pandas as pd

from analysis.report.blocks import Absent, Cell, Chapter, Column, Exhibit, Note, Part
from analysis.report.chapters import logs
from analysis.report.context import Context
from analysis.report.exhibits import gaps as gap_exhibit
from analysis.report.exhibits import heat_map, why

# a part of the day
PART_S = 7200


def when(c: Context) -> Chapter:
    """Return the chapter on waiting by weekday and half hour."""
    words = c.words
    populations = [name for name in c.populations() if not heat_map.missing(c.baseline, population=name)]
    parts: list[Part] = [_heat_map(c, name) for name in populations or ["contact_centre"]]
    if not why.missing(c.baseline, theme=c.theme):
        parts.append(_causes(c))
    parts += _parts_of_day(c)
    waiting = c.figure("baseline.idle_share", population="contact_centre")
    answer = words("when.answer", share=waiting) if waiting else words("when.unknown")
    return Chapter(words("when.topic"), words("when.question"), answer, parts)


def _heat_map(c: Context, population: str) -> Part:
    words = c.words
    rows = max(len(heat_map.table(c.baseline, population)), 1)
    frame = c.baseline.idle_by_slot
    part = frame[frame["population"] == population]
    hidden = int(part["idle_agents"].isna().sum())
    definition = words("when.definition", n=c.n.count(c.baseline.settings.minimum_group_agents))
    suppressed = words.some("when.hidden", hidden) if hidden else words("when.all_shown")
    merged = heat_map.merged(c.baseline, population)
    if merged:
        suppressed += f" {words.some('when.merged', merged)}"
    return c.drawn(
        heat_map,
        heat_map.idle_heat_map,
        c.baseline,
        population=population,
        name=f"idle_heat_map_{population}",
        height_mm=8 + 6.0 * rows,
        margins_mm=(9, 10, 6, 0.5),
        source=c.source("spells", "schedule", n=c.behind(population), definition=f"{definition} {suppressed}"),
    )


def _parts_of_day(c: Context) -> list[Exhibit]:
    """Return the waiting by part of the day: where in the day a planner would look first."""
    words, n, frame = c.words, c.n, c.baseline.idle_by_slot
    shown = frame[(frame["population"] == "contact_centre") & frame["idle_agents"].notna()]
    if shown.empty:
        return []
    slot_h = c.baseline.settings.slot_s / 3600
    parts = shown.assign(start=shown["slot_of_day_s"] // PART_S * PART_S).groupby("start")
    table = parts[["idle_agents", "workable_agents"]].sum().assign(mean=parts["idle_agents"].mean())
    table["share"] = table["idle_agents"] / table["idle_agents"].sum()
    most = table["share"].idxmax()
    span = {start: words("when.parts.span", start=n.clock(start), end=n.clock(start + PART_S)) for start in table.index}
    labels = ("agents", "hours", "idle")
    return [
        Exhibit(
            words("when.parts.headline", share=n.share(table.loc[most, "share"]), span=span[most]),
            c.source("spells", "schedule", n=c.behind("contact_centre"), definition=words("when.parts.definition")),
            columns=(
                Column(words("when.parts.part"), width=2.4),
                *(Column(words(f"when.parts.{label}"), "right", 1.7) for label in labels),
                Column(words("when.parts.share"), "right", 4.2),
            ),
            rows=[
                (
                    words("when.parts.from_to", start=n.clock(row.Index), end=n.clock(row.Index + PART_S)),
                    n.agents(row.mean),
                    n.hours(row.idle_agents * slot_h),
                    n.share(row.idle_agents / row.workable_agents) if row.workable_agents > 0 else "–",
                    Cell(n.share(row.share), bar=float(row.share), colour="#EBBB4E"),
                )
                for row in table.itertuples()
            ],
        )
    ]


def _causes(c: Context) -> Exhibit | Absent:
    """Return hours idle, away or lost by the cause that the client's codes give."""
    return c.drawn(
        why,
        why.time_by_cause,
        c.baseline,
        name="time_by_cause",
        height_mm=18.5 * max(len(why.causes(c.baseline)), 1),
        margins_mm=(0.3, 0.3, 0.3, 0.3),
        source=c.source(
            "spells",
            "state_totals",
            n=c.words.listed([text for name in why.causes(c.baseline) if (text := c.behind(name))]),
            definition=c.words("differ.causes"),
        ),
    )


def gaps(c: Context) -> Chapter:
    """Return the chapter on the lengths of gaps."""
    words = c.words
    waiting = gap_exhibit.read_from(c.baseline)[1] == "waiting"
    stated = bool(c.baseline.item_lengths["interruptible"].notna().any())
    parts: list[Part] = [
        c.drawn(
            gap_exhibit,
            gap_exhibit.gap_survival,
            c.baseline,
            name="gap_survival",
            height_mm=52 + 5.4 * len(c.baseline.item_lengths.head(gap_exhibit.MOST_TYPES)),
            margins_mm=(34, 38, 2.5, 7),
            source=c.source(
                "spells",
                "contacts",
                "work_items",
                n=c.behind("contact_centre"),
                definition=words("gaps.definition" if waiting else "gaps.definition_between"),
            ),
            notes=(
                Note(words("gaps.read.title"), words("gaps.read.text", time=gap_exhibit.time_of(c.baseline))),
                Note(
                    words("gaps.stop.title" if stated else "gaps.stop.title_unstated"),
                    words("gaps.stop.text" if stated else "gaps.stop.unstated"),
                ),
            ),
        ),
        *(_classes(c) if waiting else []),
        *logs.deciding_gaps(c),
        *logs.work_in_gaps(c),
    ]
    known = not gap_exhibit.missing(c.baseline)
    answer = (
        words(
            "gaps.answer" if waiting else "gaps.answer_between",
            share=c.n.share(gap_exhibit.longer_than(c.baseline, 300)),
            time=gap_exhibit.time_of(c.baseline),
        )
        if known
        else words("missing.gaps")
    )
    return Chapter(words("gaps.topic"), words("gaps.question"), answer, parts)


def _classes(c: Context) -> list[Exhibit]:
    """Return the stretches of waiting that the chart shows by class of length."""
    words, frame = c.words, c.baseline.gaps
    population, kind = gap_exhibit.read_from(c.baseline)
    rows = frame[(frame["population"] == population) & (frame["kind"] == kind)]
    if rows["gaps"].isna().all():
        return []
    return [
        Exhibit(
            words(
                "gaps.classes.headline",
                gaps=c.n.share(rows["gaps"].iloc[:2].sum() / max(rows["gaps"].sum(), 1)),
                hours=c.n.share(rows["share_of_gap_time"].iloc[2:].sum()),
                time=gap_exhibit.time_of(c.baseline),
            ),
            c.source(
                "spells",
                "contacts",
                n=words("gaps.count", n=c.n.count(rows["gaps"].sum())),
                definition=words("gaps.classes.definition"),
            ),
            columns=(
                Column(words("gaps.classes.length"), width=2),
                Column(words("gaps.classes.gaps"), "right", 1.6),
                Column(words("gaps.classes.hours"), "right", 1.6),
                Column(words("gaps.classes.share", time=gap_exhibit.time_of(c.baseline)), "right", 4),
                Column(words("gaps.classes.contact"), "right", 2.4),
            ),
            rows=[
                (
                    words(f"gap_class.{place}"),
                    c.n.count(row.gaps),
                    c.n.hours(row.hours),
                    Cell(
                        c.n.share(row.share_of_gap_time),
                        bar=float(row.share_of_gap_time),
                        colour="#EBBB4E",
                    ),
                    c.n.hours(row.contact_waiting_h) if pd.notna(row.contact_waiting_h) else "–",
                )
                for place, row in enumerate(rows.itertuples())
                # classes that few people have hold no figures
                if pd.notna(row.gaps)
            ],
            notes=(Note(words("gaps.classes.note"), words("gaps.classes.note_text")),),
            columns_used=9,
        )
    ]

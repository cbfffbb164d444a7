"""Chapter 8: whether the client is ready, by mode; gates, levels, and the smallest set of changes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Listing, Part
from analysis.report.context import Context
from analysis.report.exhibits import profile

TONES = {"ready": "accent", "ready_with_changes": "accent", "not_yet": "warning", "cannot_say": "warning"}
STATES = {"met": "accent", "open": "plain", "stops": "warning", "unknown": "warning"}
MOST_CHANGES = 10


def chapter(c: Context) -> Chapter:
    """Return the chapter that assesses readiness."""
    words = c.words
    rows = [sum(len(frame) + 2 for _, frame in column) for column in profile.columns(c.readiness)]
    parts: list[Part] = [
        _modes(c),
        _gates(c),
        *_changes(c),
        c.drawn(
            profile,
            profile.readiness_profile,
            c.readiness,
            name="readiness_profile",
            height_mm=4.5 * max(rows, default=1),
            margins_mm=(0.3, 0.5, 0.3, 0.3),
            source=words("ready.profile_source"),
        ),
        *_listening(c),
    ]
    return Chapter(words("ready.topic"), words("ready.question"), _answer(c), parts)


def _answer(c: Context) -> str:
    return f"{c.readiness.verdict.headline} {_acceptability(c)}".strip()


def _acceptability(c: Context) -> str:
    """Return how firm the verdict of the headline's mode is."""
    frame, mode = c.readiness.acceptability, c.readiness.verdict.mode
    rows = frame[(frame["mode"] == mode) & (frame["verdict"].isin(["ready", "ready_with_changes"]))]
    if not mode or rows.empty:
        return ""
    return c.words("ready.acceptability", share=c.n.share(rows["share"].sum()), mode=c.words(f"mode.{mode}").lower())


def _modes(c: Context) -> Exhibit:
    words, frame = c.words, c.readiness.modes
    allowed = [
        words(f"mode.{row.mode}").lower()
        for row in frame.itertuples()
        if row.verdict in ("ready", "ready_with_changes")
    ]
    return Exhibit(
        words("ready.allowed", modes=words.listed(allowed)) if allowed else words("ready.none_allowed"),
        words("ready.modes_source"),
        columns=(
            Column(words("ready.column.mode"), width=2),
            Column(words("ready.column.verdict"), width=2),
            Column(words("ready.column.sentence"), width=6),
        ),
        rows=[
            (
                words(f"mode.{row.mode}"),
                Cell(words(f"verdict.{row.verdict}"), tone=TONES[row.verdict], strong=True),  # type: ignore[arg-type]
                row.sentence,
            )
            for row in frame.itertuples()
        ],
    )


def _gates(c: Context) -> Exhibit:
    words, frame = c.words, c.readiness.gates
    met = int((frame["state"] == "met").sum())
    names = [
        str(row.name_)
        for row in frame.rename(columns={"name": "name_"}).itertuples()
        if row.state in ("stops", "unknown")
    ]
    key = "ready.gates.stopped" if names else "ready.gates.open"
    return Exhibit(
        words(key, met=met, all=len(frame), names=words.listed([name.lower() for name in names])),
        words("ready.gates_source"),
        columns=(
            Column("", width=0),
            Column(words("ready.column.gate"), width=3),
            Column(words("ready.column.modes"), width=3.2),
            Column(words("ready.column.level"), width=1.7),
            Column(words("ready.column.needed"), "right", 1),
            Column(words("ready.column.state"), width=1.4),
        ),
        rows=[
            (
                row["criterion"],
                row["name"],
                Cell(_modes_of(c, str(row["modes"])), tone="muted"),
                _level(c, row["level"], "warning" if row["state"] == "stops" else "plain"),
                str(row["needed"]),
                Cell(words(f"gate.{row['state']}"), tone=STATES[row["state"]], strong=True),  # type: ignore[arg-type]
            )
            for row in frame.to_dict("records")
        ],
    )


def _modes_of(c: Context, modes: str) -> str:
    names = [mode.strip() for mode in modes.split(",")]
    if len(names) == len(c.readiness.modes):
        return c.words("ready.all_modes")
    return ", ".join(c.words(f"mode_short.{name}") for name in names)


def _level(c: Context, level: object, tone: str = "plain") -> Cell:
    """Return a level as dots, or the words that there is none."""
    if pd.isna(level):  # type: ignore[call-overload]
        return Cell(c.words("profile.unknown"), tone="warning")
    return Cell(level=int(level), tone=tone)  # type: ignore[arg-type, call-overload]


def _changes(c: Context) -> list[Exhibit]:
    words, frame = c.words, c.readiness.changes
    if frame.empty:
        return []
    shown = frame.sort_values("order", kind="stable").head(MOST_CHANGES)
    return [
        Exhibit(
            words.some("ready.changes", len(frame)),
            words("ready.changes_source")
            + (
                words("ready.changes_more", n=c.n.count(len(frame) - MOST_CHANGES)) if len(frame) > MOST_CHANGES else ""
            ),
            columns=(
                Column("", width=0),
                Column(words("ready.column.change"), width=5),
                Column(words("ready.column.levels"), width=1.3),
                Column(words("ready.column.effort"), width=1.6),
                Column(words("ready.column.owner"), width=2.4),
                Column(words("ready.column.evidence"), width=3.6),
            ),
            rows=[
                (
                    row["criterion"],
                    row["change"],
                    words(
                        "ready.levels",
                        start="–" if pd.isna(row["from_level"]) else row["from_level"],
                        end=row["to_level"],
                    ),
                    words(f"effort.{row['effort']}"),
                    row["owner_role"],
                    Cell(str(row["evidence"] or ""), tone="muted"),
                )
                for row in shown.to_dict("records")
            ],
        )
    ]


def _listening(c: Context) -> list[Exhibit]:
    words, frame = c.words, c.readiness.listening
    if frame.empty:
        return []
    times = frame["times"].sum()
    return [
        Exhibit(
            words(
                "listening.headline",
                n=c.n.count(times),
                themes=words.some("listening.themes", len(frame)),
                read=c.n.count(frame["read_back"].sum()),
            ),
            words("listening.source"),
            columns=(
                Column(words("listening.column.theme"), width=4),
                *(
                    Column(words(f"listening.column.{name}"), "right", 1.2)
                    for name in ("times", "teams", "read_back", "agreed")
                ),
            ),
            rows=[
                (row.theme, *(c.n.count(getattr(row, name)) for name in ("times", "teams", "read_back", "agreed")))
                for row in frame.itertuples()
            ],
            columns_used=12,
        )
    ]


def criteria(c: Context) -> Listing:
    """Return the full table of criteria, one part a domain, for the appendix."""
    words = c.words
    rows: list[tuple[str | Cell, ...]] = []
    for domain, frame in profile.domains(c.readiness):
        rows.append(("", Cell(words(f"domain.{domain}"), strong=True), "", "", "", ""))
        rows += [_criterion(c, row) for row in frame.to_dict("records")]
    columns = (
        Column("", width=0),
        Column(words("ready.column.question"), width=5.6),
        Column(words("ready.column.level"), width=1.6),
        Column(words("ready.column.spread"), width=1.9),
        Column(words("ready.column.source"), width=1.3),
        Column(words("ready.column.evidence"), width=3.4),
    )
    return Listing(columns, rows)


def _criterion(c: Context, row: dict[str, Any]) -> tuple[str | Cell, ...]:
    """Return one criterion's row; evidence is spelled where data speak, disagreement where there is some."""
    apart = str(row["disagreement"] or "")
    evidence = str(row["evidence"] or "") if row["source"] == "data" else ""
    return (
        Cell(row["criterion"], strong=bool(row["gate"])),
        row["text"],
        _level(c, row["level"]),
        Cell(str(row["spread"] or ""), tone="muted"),
        c.words("ready.evidence", source=c.words(f"answered_by.{row['source']}"), grade=row["grade"]),
        Cell("; ".join(text for text in (evidence, apart) if text), tone="warning" if apart else "muted"),
    )

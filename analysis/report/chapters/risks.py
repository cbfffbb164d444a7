"""What could go wrong, and who is protected: risks that this assessment raises, and what holds for people."""

from __future__ import annotations

import pandas as pd

from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Note, Part, Subhead, Terms
from analysis.report.context import Context

KINDS = ("people", "data protection", "service", "work", "value")
TONES = {"in place": "accent", "open": "plain", "unknown": "warning"}
TERMS = ("purpose", "monitoring", "stored", "people", "limits", "voice")


def chapter(c: Context) -> Chapter:
    """Return the chapter on risks, with the statement for the people whose work was measured."""
    words = c.words
    parts: list[Part] = [*_risks(c), Subhead(words("risks.statement.title")), _statement(c)]
    return Chapter(words("risks.topic"), words("risks.question"), _answer(c), parts)


def _answer(c: Context) -> str:
    words, frame = c.words, c.readiness.risks
    counts = frame["state"].value_counts()
    if frame.empty:
        return words("risks.none")
    states = {"in place": "placed", "open": "open", "unknown": "unknown"}
    guards = [words.some(f"risks.{key}", int(counts[state])) for state, key in states.items() if state in counts]
    return words("risks.answer", risks=words.some("risks.raised", len(frame)), guards=words.listed(guards))


def _risks(c: Context) -> list[Exhibit]:
    """Return the risks by kind, each with what raises it here, its guard, its owner and the guard's state."""
    words, frame = c.words, c.readiness.risks
    if frame.empty:
        return []
    rows: list[tuple[str | Cell, ...]] = []
    kinds = []
    for kind in KINDS:
        part = frame[frame["kind"] == kind]
        if part.empty:
            continue
        named = words(f"risks.kind.{kind}")
        kinds.append(words("risks.of_kind", n=words.n.count(len(part)), kind=named))
        rows.append((Cell(words("risks.group", kind=named), tone="muted"), "", "", "", ""))
        for row in part.itertuples():
            rows.append(
                (
                    Cell(str(row.risk), strong=True),
                    str(row.why),
                    str(row.guard),
                    str(row.owner_role),
                    Cell(words(f"risks.state.{row.state}"), tone=TONES[str(row.state)], strong=True),  # type: ignore[arg-type]
                )
            )
    return [
        Exhibit(
            words("risks.headline", risks=words.some("risks.raised", len(frame)), kinds=words.listed(kinds)),
            words("risks.source"),
            columns=(
                Column(words("risks.column.risk"), width=2.7),
                Column(words("risks.column.why"), width=4.0),
                Column(words("risks.column.guard"), width=4.2),
                Column(words("risks.column.owner"), width=2.1),
                Column(words("risks.column.state"), width=1.3),
            ),
            rows=rows,
            dense=True,
        )
    ]


def _statement(c: Context) -> Terms:
    """Return what holds for people: purpose, duties, storage, freed time, limits, objecting."""
    words = c.words
    said = {
        "monitoring": words("risks.said.monitoring", level=_level(c, "C2")),
        "stored": words("risks.said.stored", smallest=words.n.count(c.baseline.settings.minimum_group_agents)),
        "people": _freed(c),
    }
    return Terms([Note(words(f"risks.term.{name}"), said.get(name) or words(f"risks.said.{name}")) for name in TERMS])


def _level(c: Context, criterion: str) -> str:
    level = _known(c, criterion)
    return c.words("risks.level.unknown") if level is None else c.words("risks.level.known", level=level)


def _known(c: Context, criterion: str) -> int | None:
    frame = c.readiness.criteria
    level = frame.loc[frame["criterion"] == criterion, "level"]
    return None if level.empty or pd.isna(level.iloc[0]) else int(level.iloc[0])


def _freed(c: Context) -> str:
    """Return what happens to people and freed time, as far as leaders have said it."""
    level = _known(c, "K1")
    said = c.words("first.said.unknown") if level is None else c.words(f"first.said.{level}")
    return f"{c.words('first.freed')} {said}"

"""What could go wrong: risks that this assessment raises, each with its guard, its owner and the guard's state."""

from __future__ import annotations

from analysis.report.blocks import Cell, Chapter, Column, Exhibit
from analysis.report.context import Context

KINDS = ("people", "data protection", "service", "work", "value")
TONES = {"in place": "accent", "open": "plain", "unknown": "warning"}


def chapter(c: Context) -> Chapter:
    """Return the chapter on risks; what holds for people has a page of its own."""
    words = c.words
    return Chapter(words("risks.topic"), words("risks.question"), _answer(c), _risks(c))


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
            c.source(
                "answers",
                results=("baseline", "blending", "readiness"),
                n=words.some("risks.n", len(frame)),
                definition=words("risks.source"),
            ),
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

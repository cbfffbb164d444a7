"""Chapter 8: whether the client is ready, by mode; gates, levels, and the smallest set of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.readiness.result import MODES
from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Part
from analysis.report.chapters import firm
from analysis.report.context import Context
from analysis.report.exhibits import profile, rungs
from analysis.report.numbers import FINE_BELOW

TONES = {"ready": "accent", "ready_with_changes": "accent", "not_yet": "warning", "cannot_say": "warning"}
STATES = {"met": "accent", "open": "plain", "stops": "warning", "unknown": "warning"}


def chapter(c: Context) -> Chapter:
    """Return the chapter that assesses readiness."""
    words = c.words
    rows = [sum(len(frame) + 2 for _, frame in column) for column in profile.columns(c.readiness)]
    parts: list[Part] = [
        _modes(c),
        _gates(c),
        c.drawn(
            profile,
            profile.readiness_profile,
            c.readiness,
            name="readiness_profile",
            height_mm=4.5 * max(rows, default=1),
            margins_mm=(0.3, 0.5, 0.3, 0.3),
            source=firm.judged(c).saying(words("ready.profile_source")),
        ),
        *_ladder(c),
        *_changes(c),
        *_scores(c),
        *_types(c),
        *firm.parts(c),
    ]
    return Chapter(words("ready.topic"), words("ready.question"), _answer(c), parts)


def _answer(c: Context) -> str:
    return f"{c.readiness.verdict.headline} {acceptability(c)}".strip()


def acceptability(c: Context) -> str:
    """Return how far the class of the headline holds over weightings, raters and draws of the data; empty without a mode."""
    frame, mode = c.readiness.acceptability, c.readiness.verdict.mode
    rows = frame[(frame["mode"] == mode) & (frame["verdict"] == "ready")]
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
        words("ready.allowed", n=c.n.count(len(allowed)), all=c.n.count(len(frame)), modes=words.listed(allowed))
        if allowed
        else words("ready.none_allowed", all=c.n.count(len(frame))),
        firm.judged(c, "blending").saying(
            words("ready.modes_source"), words("ready.asked", questionnaire=c.readiness.questionnaire)
        ),
        columns=(
            Column(words("ready.column.mode"), width=2),
            Column(words("ready.column.verdict"), width=2),
            Column(words("ready.column.hours"), "right", width=1.6),
            Column(words("ready.column.sentence"), width=5.4),
        ),
        rows=[
            (
                words(f"mode.{row.mode}"),
                Cell(words(f"verdict.{row.verdict}"), tone=TONES[row.verdict], strong=True),  # type: ignore[arg-type]
                _hours(c, row.hours_per_week, row.hours_low, row.hours_high),
                row.sentence,
            )
            for row in frame.itertuples()
        ],
    )


def _hours(c: Context, value: Any, low: Any, high: Any) -> str:
    """Return hours a week with their interval, or their bounds alone; a dash where they are not known."""
    if pd.notna(value):
        return c.n.interval(value, low, high, "hours_per_week")
    return c.n.bounds(low, high, "hours_per_week") if pd.notna(low) and pd.notna(high) else "–"


def _gates(c: Context) -> Exhibit:
    words, frame = c.words, c.readiness.gates
    counts = frame["state"].value_counts()
    parts = [words("ready.gates.met", met=int(counts.get("met", 0)), all=len(frame))]
    parts += [
        words.some(f"ready.gates.{state}", int(counts[state])) for state in ("stops", "unknown") if state in counts
    ]
    if len(parts) == 1:
        parts.append(words("ready.gates.none_stops"))
    return Exhibit(
        "; ".join(parts),
        firm.judged(c, "baseline", "blending").counted(
            words.some("ready.n_gates", len(frame)), words("ready.gates_source")
        ),
        columns=(
            Column(words("ready.column.criterion"), width=0),
            Column(words("ready.column.gate"), width=3),
            Column(words("ready.column.modes"), width=3.2),
            Column(words("ready.column.level"), width=1.7),
            Column(words("ready.column.needed"), "right", 1),
            Column(words("ready.column.source"), width=1.3),
            Column(words("ready.column.state"), width=1.2),
        ),
        rows=[
            (
                row["criterion"],
                row["name"],
                Cell(_modes_of(c, str(row["modes"])), tone="muted"),
                level_of(c, row["level"], "warning" if row["state"] == "stops" else "plain"),
                str(row["needed"]),
                Cell(_behind(c, row), tone="muted"),
                Cell(words(f"gate.{row['state']}"), tone=STATES[row["state"]], strong=True),  # type: ignore[arg-type]
            )
            for row in frame.to_dict("records")
        ],
    )


def _behind(c: Context, row: Mapping[str, Any]) -> str:
    """Return who or what gave a level, with the grade of the evidence."""
    return c.words(
        "ready.evidence", source=c.words(f"answered_by.{row['source'] or 'none'}"), grade=row["grade"]
    ).strip()


def _modes_of(c: Context, modes: str) -> str:
    names = [mode.strip() for mode in modes.split(",")]
    if len(names) == len(c.readiness.modes):
        return c.words("ready.all_modes")
    return ", ".join(c.words(f"mode_short.{name}") for name in names)


def level_of(c: Context, level: object, tone: str = "plain") -> Cell:
    """Return a level as dots, or the words that there is none."""
    if pd.isna(level):  # type: ignore[call-overload]
        return Cell(c.words("profile.unknown"), tone="warning")
    return Cell(level=int(level), tone=tone)  # type: ignore[arg-type, call-overload]


def _ladder(c: Context) -> list[Part]:
    if rungs.missing(c.readiness):
        return []
    return [
        c.drawn(
            rungs,
            rungs.change_ladder,
            c.readiness,
            name="change_ladder",
            height_mm=rungs.height_mm(c.readiness),
            margins_mm=rungs.MARGINS_MM,
            source=firm.judged(c, "blending").counted(_changes_n(c), c.words("rungs.source")),
        )
    ]


def _changes(c: Context) -> list[Exhibit]:
    words, frame = c.words, rungs.steps(c.readiness)
    if frame.empty:
        return []
    return [
        Exhibit(
            words.some("ready.changes", len(frame)),
            firm.judged(c, "blending").counted(_changes_n(c), _whole(c), words("ready.changes_source")),
            columns=(
                Column(words("ready.column.criterion"), width=0),
                Column(words("ready.column.change"), width=4.6),
                Column(words("ready.column.owner"), width=2.2),
                Column(words("ready.column.evidence"), width=3.6),
                Column(words("ready.column.unlocks"), width=2.4),
            ),
            rows=[
                (
                    row["criterion"],
                    row["change"],
                    row["owner_role"],
                    Cell(str(row["evidence"] or "–"), tone="muted"),
                    Cell(str(row["unlocks"] or "–"), tone="muted"),
                )
                for row in frame.to_dict("records")
            ],
        )
    ]


def _named(c: Context, criterion: str) -> str:
    """Return a criterion's code with its name in words."""
    frame = c.readiness.criteria
    names = dict(zip(frame["criterion"], frame["name"], strict=True)) if len(frame) else {}
    return words_of(criterion, str(names.get(criterion, "")))


def words_of(code: str, name: str) -> str:
    """Return a code and its name.

    Examples
    --------
    >>> words_of("D2", "Reason codes")
    'D2 reason codes'
    """
    return f"{code} {name[:1].lower()}{name[1:]}".strip()


def _whole(c: Context) -> str:
    """Return what the whole set of changes takes and opens, in hours and in money where it is known."""
    (mode, to), frame = rungs.goal(c.readiness), c.readiness.change_sets
    return str(frame.loc[(frame["mode"] == mode) & (frame["goal"] == to), "sentence"].iloc[0])


def _scores(c: Context) -> list[Exhibit]:
    """Return what the data say about each criterion that they can score, beside what raters said."""
    words, frame = c.words, c.readiness.scores
    if frame.empty:
        return []
    most = c.readiness.settings.disagreement_levels
    apart = frame.loc[frame["apart"].fillna(0) >= most, "criterion"].drop_duplicates()
    scored = frame.loc[frame["status"] == "ok", "criterion"].nunique()
    key = "ready.scores.apart" if len(apart) else "ready.scores.agree"
    return [
        Exhibit(
            words(
                key,
                n=c.n.count(scored),
                all=c.n.count(frame["criterion"].nunique()),
                names=words.listed([_named(c, name) for name in apart]),
            ),
            c.source("answers", results=("baseline", "blending")).counted(
                words.some("ready.n_figures", len(frame)), words("ready.scores_source")
            ),
            columns=(
                Column(words("ready.column.criterion"), width=0),
                Column(words("ready.column.data"), width=4.6),
                Column(words("ready.column.interval"), "right", 1.5),
                Column(words("ready.column.rule"), width=3.2),
                Column(words("ready.column.level"), width=1.5),
                Column(words("ready.column.rated"), "right", 1.1),
            ),
            rows=[
                (
                    row["criterion"],
                    row["sentence"] or row["reason"],
                    _within(c, row),
                    Cell(row["rule"], tone="muted"),
                    level_of(c, row["level"]),
                    Cell(
                        "–" if pd.isna(row["rated"]) else str(row["rated"]),
                        tone="warning" if row["criterion"] in set(apart) else "plain",
                    ),
                )
                for row in frame.to_dict("records")
            ],
        )
    ]


def _within(c: Context, row: dict[str, Any]) -> str:
    """Return the interval of a figure that scores a criterion; counted ones say so, a missing one is a dash."""
    low, high = row["low"], row["high"]
    if pd.isna(low) or pd.isna(high):
        return "–"
    if low == high:
        return c.words("ready.counted")
    if row["unit"] == "share" and high < FINE_BELOW:
        return f"{c.n.fine_share(low)} {c.words('number.to')} {c.n.fine_share(high)}"
    return c.n.bounds(low, high, row["unit"], sign=True)


def _types(c: Context) -> list[Exhibit]:
    """Return which item types are left out of a mode, and which are not ready yet, for criteria that are judged type by type."""
    words, frame = c.words, c.readiness.types
    if frame.empty:
        return []
    ids = list(frame["criterion"].drop_duplicates())
    types = frame.drop_duplicates("type").sort_values("hours_per_week", ascending=False, kind="stable")
    rows, left = [], []
    for row in types.itertuples():
        own = frame[frame["type"] == row.type].set_index("criterion")
        out = _in_any(own["left_out"])
        left += [str(row.type)] if out else []
        levels = [level_of(c, own.at[name, "level"]) if name in own.index else "–" for name in ids]
        still = [mode for mode in _in_any(own["open_in"]) if mode not in out]
        rows.append(
            (
                row.type,
                c.n.hours(row.hours_per_week),
                *levels,
                Cell(_modes_of(c, ", ".join(out)) if out else "–", tone="warning" if out else "muted"),
                Cell(_modes_of(c, ", ".join(still)) if still else "–", tone="muted"),
            )
        )
    key = "ready.types.out" if left else "ready.types.none"
    return [
        Exhibit(
            words(key, n=c.n.count(len(left)), all=c.n.count(len(types)), names=words.listed(left)),
            c.source("answers", "item_types", "work_items").counted(
                words.some("ready.n_types", len(types)),
                words("ready.types_source", hours=c.n.short(c.readiness.settings.minimum_type_h_per_week)),
            ),
            columns=(
                Column(words("ready.column.type"), width=3),
                Column(words("ready.column.hours"), "right", 1.4),
                *(Column(_named(c, name), width=1.8) for name in ids),
                Column(words("ready.column.left_out"), width=2.2),
                Column(words("ready.column.open_in"), width=2.2),
            ),
            rows=rows,
        )
    ]


def _in_any(cells: pd.Series) -> list[str]:
    """Return the modes that any of the cells names, in the modes' order."""
    named = {mode for cell in cells for mode in str(cell).split(", ")}
    return [mode for mode in MODES if mode in named]


def _changes_n(c: Context) -> str:
    return c.words.some("ready.n_changes", len(rungs.steps(c.readiness)))

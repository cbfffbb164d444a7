"""What people said, whether it was read back, what came of it, and what leaders had expected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.report.blocks import Absent, Cell, Chapter, Column, Drawing, Exhibit, Note, Part
from analysis.report.context import Context
from analysis.report.exhibits import voices
from analysis.report.exhibits.theme import Theme
from analysis.report.numbers import mark
from analysis.report.words import Words

SIDES = ("right", "high", "low")
STATES = {"heard": "accent", "too few to tell": "plain", "not heard": "warning"}
MOST_RESPONSES, MOST_EXPECTED, MOST_LISTED = 6, 9, 3


def chapter(c: Context) -> Chapter:
    """Return the chapter on what was heard."""
    result, theme, words = c.readiness, c.theme, c.words
    parts = [
        *_sourced(c, [themes(theme, result)], "listening", n=words.some("voices.notes", _times(result))),
        *_sourced(c, changed(words, result), "responses", n=words.some("heard.n_answers", len(result.responses))),
        *_sourced(c, expected(words, result), "expectations", n=words.some("heard.n_guesses", _guesses(result))),
        *_sourced(c, hearing(words, result), "listening", "to_hear", n=words.some("voices.notes", _times(result))),
    ]
    return Chapter(words("heard.topic"), words("heard.question"), answer(words, result), parts)


def _sourced(c: Context, parts: Sequence[Part], *tables: str, n: str) -> list[Part]:
    """Return exhibits with the tables that they rest on and how many stand behind them; their text becomes the definition."""
    source = c.source(*tables, results=("readiness",))
    return [
        replace(part, source=source.counted(n, str(part.source))) if isinstance(part, Exhibit) else part
        for part in parts
    ]


def _times(result: Any) -> int:
    """Return how many notes were taken."""
    total = voices.over_all(result)
    return 0 if total is None else int(total["times"])


def _guesses(result: Any) -> int:
    frame = result.expectations
    return int(frame["people"].sum()) if len(frame) else 0


def answer(words: Words, result: Any) -> str:
    """Return what was heard, read back and raised in a sentence or two."""
    total = voices.over_all(result)
    if total is None:
        return words("heard.nothing")
    said = [_notes(words, total), _read_back(words, total)]
    raised = total["escalations"]
    said.append(words("heard.raised_few") if pd.isna(raised) else words.some("heard.raised", raised) if raised else "")
    changes = int(total["changed"])
    said.append(words.some("heard.changes", changes) if changes else words("heard.no_change"))
    return " ".join(part for part in said if part)


def _notes(words: Words, total: Any) -> str:
    notes = words.some("voices.notes", total["times"])
    if total["teams"] > 1:
        return words("heard.notes_teams", notes=notes, teams=words.some("voices.teams", total["teams"]))
    return words("heard.notes", notes=notes)


def _read_back(words: Words, total: Any) -> str:
    """Return how many notes were read back, how long that took, and how often it was agreed."""
    days, read = total["days_to_read_back"], total["read_back"]
    took = "" if math.isnan(days) else words("heard.took", days=words.some("heard.days", round(days)))
    if pd.isna(read):
        said = words("heard.read.most", took=took)
    elif read == total["times"]:
        said = words("heard.read.all", took=took)
    else:
        left = words.n.count(total["times"] - read)
        said = words("heard.read.some" if read else "heard.read.none", n=words.n.count(read), left=left, took=took)
    if pd.isna(total["agreed"]) or not total["agreed"]:
        return said
    return f"{said} {words('heard.agreed', n=words.n.count(total['agreed']))}"


def themes(theme: Theme, result: Any) -> Part:
    """Return the themes as an exhibit, or why there are none."""
    why = voices.missing(result, theme=theme)
    if why:
        return Absent(why, theme.words("absent.need", what=theme.words("need.voices")))
    return Exhibit(
        voices.headline(result, theme=theme),
        theme.words("heard.source"),
        Drawing(
            "themes_heard",
            lambda ax: voices.themes_heard(result, ax=ax, theme=theme),
            voices.height_mm(result),
            voices.MARGINS_MM,
        ),
        voices.alt_text(result, theme=theme),
    )


def changed(words: Words, result: Any, most: int = MOST_RESPONSES, *, left: str = "more") -> list[Part]:
    """Return what was changed because of it, as it was written for print; what is left out is in the workbook, or left."""
    frame = result.responses
    if frame.empty:
        return []
    source = words("heard.changed_source")
    if len(frame) > most:
        source = f"{source} {words(f'heard.changed_{left}', n=words.n.count(len(frame) - most))}"
    rows = [
        (_upper(row.theme), row.changed, row.owner_role, _day(words, row.changed_on))
        for row in frame.head(most).itertuples()
    ]
    columns = (
        Column(words("heard.column.theme"), width=2),
        Column(words("heard.column.changed"), width=5.4),
        Column(words("heard.column.owner"), width=2.4),
        Column(words("heard.column.on"), width=1.9),
    )
    return [Exhibit(words.some("heard.changed", len(frame)), source, columns=columns, rows=rows)]


def expected(words: Words, result: Any, most: int = MOST_EXPECTED, *, left: str = "more") -> list[Part]:
    """Return what leaders guessed, beside what was measured once it was; what is left out is in the workbook, or left."""
    frame, beyond = result.expectations.head(most), len(result.expectations) - most
    if frame.empty:
        return []
    known = bool(frame["low"].notna().any())
    rows = [_compared(words, row) if known else _recorded(words, row) for row in frame.itertuples()]
    source = words("heard.expected_source") + (words("heard.expected_late") if frame["late"].any() else "")
    if beyond > 0:
        source = f"{source} {words(f'heard.changed_{left}', n=words.n.count(beyond))}"
    first = (Column(words("heard.column.guessed_what"), width=4), Column(words("heard.column.people"), "right", 0.9))
    names = (("guess", 2.9), ("measured", 2.2), ("lesson", 2)) if known else (("range", 3.5), ("middle", 3.5))
    columns = (*first, *(Column(words(f"heard.column.{name}"), width=width) for name, width in names))
    found = set(frame.apply(side, axis=1))
    notes = [Note("", words(f"heard.teach.{name}")) for name in SIDES if name in found]
    head = expected_headline(words, frame)
    return [Exhibit(head, source, columns=columns, rows=rows, notes=notes, dense=len(frame) > 5)]


def _recorded(words: Words, row: Any) -> tuple[str | Cell, ...]:
    """Return a guess before there is a figure."""
    return (*_guessed(words, row), _range(words, row) or "–", words.n.figure(row.guess, row.unit))


def _range(words: Words, row: Any) -> str:
    """Return the range of the guesses; empty where too few people guessed to show one."""
    return "" if math.isnan(row.guess_low) else words.n.bounds(row.guess_low, row.guess_high, row.unit, sign=True)


def _told(words: Words, row: Any) -> str:
    """Return the guess in the middle, after the range where there is one."""
    middle, bounds = words.n.figure(row.guess, row.unit), _range(words, row)
    return words("heard.guess", bounds=bounds, middle=middle) if bounds else words("heard.guess_alone", middle=middle)


def _guessed(words: Words, row: Any) -> tuple[str, str]:
    star = words("heard.late_sign") if row.late else ""
    return f"{_upper(_what(words, row))}{star}", words.n.count(row.people)


def expected_headline(words: Words, frame: pd.DataFrame) -> str:
    """Return how the guesses compare with what was measured, in one sentence."""
    known = frame[frame["low"].notna()]
    if known.empty:
        return words("heard.expected.open", n=words.n.count(len(frame)))
    if len(known) == 1:
        row = next(known.itertuples())
        return words(
            "heard.expected.one",
            what=_what(words, row),
            guess=_told(words, row),
            measured=_measured(words, row),
        )
    counts = known.apply(side, axis=1).value_counts()
    parts = [
        words(
            f"heard.expected.{'further' if place else 'first'}",
            n=words.n.count(counts[name]),
            all=words.n.count(len(known)),
            side=words(f"heard.side.{name}"),
        )
        for place, name in enumerate(name for name in SIDES if name in counts)
    ]
    return words("heard.expected.many", parts=words.listed(parts))


def side(row: Any) -> str:
    """Return whether the guess in the middle lies below, within or above what was measured; empty before it was."""
    if math.isnan(row.low) or math.isnan(row.high):
        return ""
    return "low" if row.guess < row.low else "high" if row.guess > row.high else "right"


def _compared(words: Words, row: Any) -> tuple[str | Cell, ...]:
    """Return a guess beside its figure."""
    found = side(row)
    return (
        *_guessed(words, row),
        _told(words, row),
        _measured(words, row) if found else Cell(words("heard.not_yet"), tone="muted"),
        Cell(words(f"heard.lesson.{found}"), strong=True) if found else "–",
    )


def _what(words: Words, row: Any) -> str:
    return f"{row.words}, {words(f'population.{row.population}').lower()}"


def _measured(words: Words, row: Any) -> str:
    if math.isnan(row.measured):
        return words.n.bounds(row.low, row.high, row.unit, sign=True) + mark(row.grade)
    return words.n.interval(row.measured, row.low, row.high, row.unit, grade=row.grade)


def hearing(words: Words, result: Any) -> list[Part]:
    """Return who was heard, and who was not."""
    frame = result.heard
    if frame.empty:
        return []
    rows = [hearing_row(words, row) for row in frame.itertuples()]
    columns = (
        Column(words("heard.column.role"), width=3),
        Column(words("heard.column.state"), width=2),
        Column(words("heard.column.told"), width=5),
    )
    return [
        Exhibit(hearing_headline(words, frame), words("heard.hearing_source"), columns=columns, rows=rows, dense=True)
    ]


def hearing_row(words: Words, row: Any) -> tuple[str | Cell, ...]:
    """Return a role, its state, and what is known of it."""
    state = Cell(words(f"heard.state.{row.state}"), tone=STATES[row.state], strong=True)  # type: ignore[arg-type]
    return _upper(row.role), state, told(words, row)


def hearing_headline(words: Words, frame: pd.DataFrame) -> str:
    """Return who has not been heard yet, in one sentence."""
    roles = frame[frame["kind"] == "role"]
    silent = [str(row.role) for row in roles.itertuples() if row.state == "not heard"]
    few = [str(row.role) for row in roles.itertuples() if row.state == "too few to tell"]
    every = words.n.count(len(roles))
    if not silent and not few:
        return words("heard.hearing.all", all=every)
    if not silent:
        return words("heard.hearing.few", few=words.listed(few), all=every)
    if len(silent) > MOST_LISTED:
        return words("heard.hearing.many", n=words.n.count(len(silent)), all=every)
    return words("heard.hearing.silent", silent=words.listed(silent), all=every)


def told(words: Words, row: Any) -> str:
    """Return what is known of how far a role was heard, without the role's name."""
    if row.kind == "teams":
        return words("heard.told.teams", heard=words.n.count(row.teams), n=words.n.count(row.to_hear))
    parts = []
    if row.state == "heard" and pd.notna(row.notes):
        parts.append(words.some("voices.notes", row.notes))
    if pd.notna(row.teams) and row.teams > 1:
        parts.append(words.some("voices.teams", row.teams))
    if row.state != "heard" and pd.notna(row.to_hear) and row.to_hear:
        parts.append(words.some("heard.told.people", row.to_hear))
    if pd.notna(row.planned_on):
        parts.append(words("heard.told.planned", day=words.n.day(row.planned_on)))
    return ", ".join(parts) or "–"


def _day(words: Words, day: Any) -> str:
    return "–" if pd.isna(day) else words.n.day(day)


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"

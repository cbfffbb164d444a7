"""Tables that people fill in by hand: rows prepared and not answered, words of lists, and text that is never kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.schema import GIVEN, TABLES, UNQUOTED
from analysis.intake import mapping
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.numerals import parse_flags, parse_numbers
from analysis.intake.casting.stamps import parse_stamps
from analysis.intake.settings import ColumnSource
from analysis.intake.words import number_of
from analysis.intake.written.guesses import GUESSED, guessed
from analysis.intake.written.spelling import (
    NOT_KNOWN,
    basis_of,
    criterion_of,
    kind_of,
    level_of,
    one_spelling,
    read_cells,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.casting.local_time import Column

Origins = dict[str, ColumnSource]

# table -> our columns of which one must hold something, or the row was prepared and not answered
ANSWER: Mapping[str, tuple[str, ...]] = {
    "answers": ("rating",),
    "listening": ("concern", "theme", "heard_on"),
    "expectations": GUESSED,
    "to_hear": ("role", "team", "people", "planned_on"),
    "responses": ("changed",),
}
# Columns in which words that differ by capitals alone are one.
_ONE_WORD: Mapping[str, tuple[str, ...]] = {
    "answers": ("role", "rater", "type"),
    "listening": ("role", "team", "theme"),
    "expectations": ("role", "rater", "quantity"),
    "to_hear": ("role", "team"),
    "responses": ("theme", "owner_role"),
}
_TIDY = "written:"


def is_written(batch: Batch) -> bool:
    """Return whether a source fills one of these tables."""
    return batch.source.target in ANSWER


def unanswered(batch: Batch, origins: Mapping[str, ColumnSource]) -> NDArray[np.bool_]:
    """Return the rows that were prepared for an answer and hold none."""
    names = [name for name in ANSWER[batch.source.target] if name in origins]
    empty = np.ones(len(batch.rows), dtype=bool)
    for name in names:
        empty &= (mapping.text_of(batch, origins[name]) == "").to_numpy(dtype=bool)
    return empty & bool(names)


def tidied(batch: Batch, origins: Mapping[str, ColumnSource]) -> Origins:
    """Return where our columns come from once their cells are read as meant; what cannot be meant rejects its row.

    Parameters
    ----------
    batch
        Rows of a source; the columns that are read so are added to its cells.
    origins
        Where our columns come from in the file.
    """
    table = batch.source.target
    texts = {name: mapping.text_of(batch, origin) for name, origin in origins.items()}
    if table == "answers":
        _ratings(batch, texts)
    elif table == "listening":
        _notes(batch, texts)
    elif table == "expectations":
        quantity = texts.get("quantity", pd.Series("", index=batch.cells.index, dtype=TEXT))
        texts |= guessed(batch, {name: texts[name] for name in GUESSED if name in texts}, quantity)
    _dates_and_flags(batch, texts)
    for name in _ONE_WORD[table]:
        if name in texts:
            texts[name] = one_spelling(batch, name, texts[name])
    for name in UNQUOTED.get(table, ()):
        if name in texts:
            texts[name] = texts[name].where(texts[name] == "", GIVEN).astype(TEXT)
    for name, text in texts.items():
        batch.cells[_TIDY + name] = text
    true = {name: origin.true for name, origin in origins.items()}
    return {name: ColumnSource(column=_TIDY + name, true=true.get(name)) for name in texts}


def _dates_and_flags(batch: Batch, texts: Mapping[str, pd.Series]) -> None:
    """Reject rows whose cells hold no date, no number of people, or neither yes nor no; the reason names the column."""
    source = batch.source
    for name, kind in TABLES[source.target].items():
        if name not in texts:
            continue
        if kind == "date":
            stamps = parse_stamps(texts[name], order=source.date_order, near_year=0, serials=source.serial_dates)
            batch.reject(stamps.bad & stamps.given, f"bad_{name}")
        elif kind == "flag" and source.columns.get(name, ColumnSource(column=name)).true is None:
            batch.reject(parse_flags(texts[name])[2], f"bad_{name}")
        elif name == "people":
            found = parse_numbers(texts[name], decimal=source.decimal, typed=all(raw.typed for raw in batch.files))
            batch.reject(found.bad, "bad_people")


def _ratings(batch: Batch, texts: dict[str, pd.Series]) -> None:
    """Read criteria, levels and what they rest on."""
    every = np.ones(len(batch.rows), dtype=bool)
    rated = every
    if "rating" in texts:
        _without_rating(batch, texts)
        texts["rating"] = read_cells(batch, "rating", texts["rating"], level_of, usual=NOT_KNOWN, among=every)
        rated = (texts["rating"] != "").to_numpy(dtype=bool)
    for name, read, among in (("criterion", criterion_of, every), ("basis", basis_of, rated)):
        if name in texts:
            usual = frozenset({"in the system", "in a document"}) if name == "basis" else frozenset()
            texts[name] = read_cells(batch, name, texts[name], read, usual=usual, among=among)


def _without_rating(batch: Batch, texts: Mapping[str, pd.Series]) -> None:
    """Tell rows with evidence and no rating: most often the rating was forgotten."""
    text = texts.get("evidence")
    if text is None:
        return
    forgotten = ((text != "") & (texts["rating"] == "")).to_numpy(dtype=bool)
    count = int(forgotten.sum())
    if count:
        words = f"{number_of(count, 'row')} with evidence and no rating (first: {batch.place(forgotten)}); left out. Choose a level, or not known."
        batch.note("evidence_without_rating", "flag", words, count)


def _notes(batch: Batch, texts: dict[str, pd.Series]) -> None:
    """Read the kinds of notes; a note must say something, at least its theme."""
    every = np.ones(len(batch.rows), dtype=bool)
    nothing = pd.Series("", index=batch.cells.index, dtype=TEXT)
    texts["kind"] = read_cells(batch, "kind", texts.get("kind", nothing), kind_of, usual=frozenset(), among=every)
    said = [texts[name] != "" for name in ("concern", "theme") if name in texts]
    batch.reject(~np.any(said, axis=0) if said else every, "missing_concern")


def settled(batch: Batch, columns: Mapping[str, Column]) -> None:
    """Let every rater speak once about a criterion and type, and tell marks that stand under several roles.

    Parameters
    ----------
    batch
        Rows of a source, checked.
    columns
        Our columns, typed.

    Raises
    ------
    DataProblem
        One mark gives different ratings in two files: most often it stands for two persons.
    """
    if "people" in columns:
        people = columns["people"]
        batch.reject(people.given & ((people.array < 0) | (people.array % 1 != 0)), "bad_people")
    if batch.source.target != "answers":
        return
    rows = np.flatnonzero(batch.fates.open)
    names = ("criterion", "rater", "type", "role", "rating", "basis")
    frame = pd.DataFrame({name: _values(columns[name], rows) for name in names if name in columns}, index=rows)
    key = [name for name in ("criterion", "rater", "type") if name in frame]
    same = [name for name in ("rating", "basis") if name in frame]
    _once(batch, frame, key, same)
    left = frame[batch.fates.open[rows]]
    roles = left.groupby("rater")["role"].nunique() if "role" in left else pd.Series(dtype="int64")
    hit = np.zeros(len(batch.rows), dtype=bool)
    hit[left.index[left["rater"].isin(roles.index[roles > 1])]] = True
    if hit.any():
        words = (
            f"{number_of(int((roles > 1).sum()), 'rater mark')} standing under several roles (first: {batch.place(hit)}); each counts as one person. "
            "If they are different people, give each a mark of his own."
        )
        batch.note("rater_in_several_roles", "flag", words, int(hit.sum()))


def _values(column: Column, rows: NDArray[np.intp]) -> pd.Series:
    if column.kind == "text":
        return column.text.iloc[rows].astype(object).set_axis(rows)
    values = np.where(column.given, column.array, np.nan)[rows]
    return pd.Series(values, index=rows).astype(object).fillna("").map(str)


def _once(batch: Batch, frame: pd.DataFrame, key: list[str], same: list[str]) -> None:
    """Leave out ratings that a rater gave twice alike, reject those that contradict each other."""
    again = frame[frame.duplicated(subset=key, keep=False)]
    if again.empty:
        return
    kinds = again.groupby(key, dropna=False)[same].transform("nunique").max(axis=1) if same else 1
    differs = again.index[kinds > 1]
    apart, alike = np.zeros(len(batch.rows), dtype=bool), np.zeros(len(batch.rows), dtype=bool)
    apart[differs] = True
    places = np.array([raw.place for raw in batch.files], dtype=object)[batch.file_of]
    over = again.loc[differs].assign(place=places[differs]).groupby(key, dropna=False)["place"].nunique()
    if (over > 1).any():
        raise batch.ask(
            f"{batch.file_at(apart)}: {number_of(int((over > 1).sum()), 'rating')} under one rater mark in several files with different levels "
            f"(first: {batch.place(apart)}). Most often several people filled in the rows of one mark. Give every rater a mark of his own in the "
            "column Rater, or take the older file out of files."
        )
    batch.reject(apart, "rater_repeats")
    alike[again.index[again.duplicated(subset=key) & ~again.index.isin(differs)]] = True
    batch.fates.give(alike, "excluded", "repeated_rating")


def tell_nothing(batch: Batch) -> None:
    """Note that nothing was written down yet, where no row of a source says anything."""
    counts = batch.fates.count(np.ones(len(batch.rows), dtype=bool))
    silent = {("blank", ""), ("header", ""), ("excluded", "not_answered")}
    if not set(counts) - silent and not any(raw.faults for raw in batch.files):
        several = {raw.place for raw in batch.files} if len(batch.files) > 1 else {raw.file for raw in batch.files}
        names = ", ".join(sorted(several)[:3]) + (" ..." if len(several) > 3 else "")
        batch.note("nothing_written_yet", "flag", f"{names}: nothing was written down yet.", 0)


def said(table: str, frame: pd.DataFrame, not_answered: int) -> str:
    """Return in one line what was written down; counts alone.

    Parameters
    ----------
    table
        One of these tables.
    frame
        Its rows used.
    not_answered
        Rows that were prepared and hold no answer.
    """
    open_rows = f", {number_of(not_answered, 'row')} not answered" if not_answered else ""
    return _LINES[table](frame) + open_rows


def _answers(frame: pd.DataFrame) -> str:
    unknown = int(frame["rating"].isna().sum()) if "rating" in frame else len(frame)
    raters, roles = frame["rater"].nunique(), frame["role"].nunique()
    line = f"{number_of(len(frame), 'answer')} by {number_of(raters, 'rater')} in {number_of(roles, 'role')}"
    return line + (f", {unknown:,} of them not known" if unknown else "")


def _guesses(frame: pd.DataFrame) -> str:
    people = number_of(frame["rater"].nunique(), "person", "people")
    return f"{number_of(len(frame), 'guess', 'guesses')} by {people}"


def _listened(frame: pd.DataFrame) -> str:
    back = int(frame["read_back_on"].notna().sum()) if "read_back_on" in frame else 0
    return f"{number_of(len(frame), 'note')}, {back:,} of them read back"


# table -> what its rows say, in one line
_LINES: Mapping[str, Callable[[pd.DataFrame], str]] = {
    "answers": _answers,
    "listening": _listened,
    "expectations": _guesses,
    "to_hear": lambda frame: f"{number_of(len(frame), 'group')} to hear",
    "responses": lambda frame: f"{number_of(len(frame), 'change')} told",
}

"""Which identifiers are one person: what the client states, what capitals hide, and what is asked because a guess would join or part people."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.batch import TEXT, Batch
from analysis.intake.checking.odd_states import OFF_DUTY, stamps_us
from analysis.intake.opening.files import is_there
from analysis.intake.opening.raw import plain
from analysis.intake.persons.people import PERSONS, Pseudonyms
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.casting.local_time import Column
    from analysis.intake.settings import Source

FIELDS: tuple[str, ...] = ("identifier", "person")
# When a person's row begins and ends: two identifiers that are busy at once in one table are two persons.
LIVED: Mapping[str, tuple[str, str]] = {
    "spells": ("start", "end"),
    "schedule": ("start", "end"),
    "state_totals": ("interval_start", ""),
    "contacts": ("answered_at", "ended_at"),
    "work_items": ("started", "ended"),
    "roster": ("valid_from", "valid_to"),
}
_FIRST, _LAST = -(2**62), 2**62


class HasRows(Protocol):
    """What is looked at of the rows of a source."""

    batch: Batch
    frame: pd.DataFrame


def load_identities(source: Source, root: Path) -> dict[str, str]:
    """Return which identifier stands for which person, as the client states it; identifiers without the differences that nobody sees.

    Parameters
    ----------
    source
        The source; `identities` names the file.
    root
        The engagement folder.

    Raises
    ------
    DataProblem
        The file is missing, is no such table, or names two persons for one identifier.
    """
    name = source.identities
    if name is None:
        return {}
    path = root / name
    if not is_there(path):
        raise DataProblem(f"identities: {name} is not in the engagement folder. Put it there, or correct identities.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataProblem(f"{name}: the list of identifiers is not UTF-8 text. Save it as CSV UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.split("\n", 1)[0] else ",")
    if [plain(field) for field in reader.fieldnames or ()] != list(FIELDS):
        raise DataProblem(
            f"{name}: the list of identifiers must have the header {','.join(FIELDS)} and no other column. Correct its first line."
        )
    found: dict[str, str] = {}
    for line, row in enumerate(reader, start=2):
        identifier, person = (plain(row[field] or "") for field in FIELDS)
        if not identifier and not person:
            continue
        if not identifier or not person:
            raise DataProblem(
                f"{name}: line {line}: both identifier and person must be filled. Fill the empty cell, or take the line out."
            )
        if found.setdefault(identifier, person) != person:
            raise DataProblem(
                f"{name}: line {line}: this identifier stands twice with different persons. Keep one line."
            )
    return found


def as_persons(batch: Batch, columns: Mapping[str, Column], stated: Mapping[str, str]) -> None:
    """Put persons in the place of their identifiers, as the client states them, counted.

    Parameters
    ----------
    batch
        Rows of a source.
    columns
        Our columns, typed; those of persons are changed.
    stated
        Identifier to person.
    """
    if not stated:
        return
    changed: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    for name in PERSONS:
        if name in columns:
            codes, names = pd.factorize(columns[name].text)
            persons = [stated.get(plain(str(one)), str(one)) for one in names]
            other = np.array([person != str(one) for person, one in zip(persons, names, strict=True)] + [False])
            changed |= other[codes] & columns[name].given
            text = pd.array([*persons, ""], dtype=TEXT).take(codes)
            columns[name].values = pd.Series(text, index=columns[name].text.index)
    changed &= batch.fates.open
    if changed.any():
        batch.note(
            "identities",
            "fixed",
            f"{number_of(int(changed.sum()), 'row')} under another identifier of the same person (first: {batch.place(changed)}), as {batch.source.identities} says.",
            int(changed.sum()),
        )


def join_capitals(parts: Sequence[HasRows], names: Pseudonyms, settled: frozenset[str]) -> list[Finding]:
    """Join agents whose identifiers differ by capitals alone, unless two of them are busy at once; return what was joined.

    Parameters
    ----------
    parts
        Rows of all sources, under pseudonyms; their agents are changed.
    names
        The pseudonyms given; those joined to another are forgotten.
    settled
        Identifiers about which the client has spoken: they are left alone.
    """
    pairs = rows = 0
    for group in _alike(names.taken, str.casefold, settled, domains=("agent",)):
        if _at_once(parts, group):
            continue
        kept, *others = group
        pairs += len(others)
        for part in parts:
            if "agent" in part.frame:
                hit = part.frame["agent"].isin(others)
                if hit.any():
                    rows += int(hit.sum())
                    part.frame["agent"] = part.frame["agent"].mask(hit, kept)
        for alias in others:
            del names.taken[alias]
    if not pairs:
        return []
    message = (
        f"identifiers: {number_of(pairs, 'identifier')} that differ from another one by capitals alone and are never busy at the same time; "
        f"{number_of(rows, 'row')} of them count as the same person. If they are two persons, list both in identities."
    )
    return [Finding("identifier_case", "fixed", "identifiers", message, pairs)]


def ask_about_zeros(parts: Sequence[HasRows], names: Pseudonyms, settled: frozenset[str]) -> Iterator[DataProblem]:
    """Yield the question about identifiers of which one export seems to have lost the zeros in front.

    Parameters
    ----------
    parts, names, settled
        As in :func:`join_capitals`.
    """
    places: dict[str, set[str]] = defaultdict(set)
    groups = list(_alike(names.taken, _without_zeros, settled, domains=("agent",)))
    wanted = {alias for group in groups for alias in group}
    for part in parts:
        if "agent" not in part.frame or not wanted:
            continue
        at = np.flatnonzero(part.frame["agent"].isin(wanted).to_numpy())
        files = part.batch.file_of[part.frame.index.to_numpy()[at]]
        seen = pd.DataFrame({"alias": part.frame["agent"].to_numpy()[at], "file": files}).drop_duplicates()
        for alias, file in seen.itertuples(index=False):
            places[alias].add(part.batch.files[file].file)
    apart = [group for group in groups if not set.intersection(*(places[alias] for alias in group))]
    if apart:
        one, other = (sorted(places[alias])[0] for alias in apart[0][:2])
        count = sum(map(len, apart))
        yield DataProblem(
            f"identifiers: {number_of(count, 'identifier')} that differ only by zeros in front or an ending .0, and no file holds both forms "
            f"(first: {one} and {other}), as when an export lost zeros: about {number_of(len(apart), 'person', 'persons')} would count twice. "
            'Export identifiers as text, or list them in a CSV with the columns identifier,person and name it by identities = "..." in the [[source]]; '
            "identifiers of different persons are listed as themselves."
        )


def note_variants(names: Pseudonyms, settled: frozenset[str]) -> list[Finding]:
    """Return a finding when identifiers that count as different persons differ only by zeros in front, capitals, blanks or an ending ``.0``."""
    groups = list(_alike(names.taken, lambda one: re.sub(r"\s+", "", _without_zeros(one.casefold())), settled))
    if not groups:
        return []
    count = sum(map(len, groups))
    message = (
        f"identifiers: {number_of(count, 'identifier')} that differ only by zeros in front, capitals, blanks or an ending .0 "
        f"(about {number_of(len(groups), 'person', 'persons')}); they count as different persons. Make the exports agree, "
        "most often by exporting the identifier as text, or state in identities which are one person."
    )
    return [Finding("identifier_variants", "flag", "identifiers", message, count)]


def _without_zeros(identifier: str) -> str:
    """Return an identifier without what is lost where it passes for a number."""
    bare = identifier.removesuffix(".0").lstrip("0")
    return bare if re.fullmatch(r"[\w.-]+", bare) else identifier


def _alike(
    taken: Mapping[str, tuple[str, str]],
    loose: object,
    settled: frozenset[str],
    *,
    domains: Iterable[str] = tuple(PERSONS.values()),
) -> Iterator[list[str]]:
    """Yield the pseudonyms whose identifiers become one by a loose reading, in the order in which they were first seen."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for alias, (domain, identifier) in taken.items():
        if domain in domains and identifier not in settled:
            found[domain, loose(identifier)].append(alias)  # type: ignore[operator]
    yield from (group for group in found.values() if len(group) > 1)


def _at_once(parts: Sequence[HasRows], aliases: Sequence[str]) -> bool:
    """Return whether two of the persons are busy at once in rows of one table, or stand on the roster for one day."""
    for table, (first, last) in LIVED.items():
        found = [_lived(part.frame, first, last, aliases) for part in parts if part.batch.source.target == table]
        rows = pd.concat(found).sort_values("start", kind="stable") if found else pd.DataFrame()
        for alias in aliases if len(rows) else ():
            own = (rows["alias"] == alias).to_numpy()
            others = np.maximum.accumulate(np.where(own, _FIRST, rows["end"].to_numpy()))
            before = np.append(_FIRST, others[:-1])
            if (own & (before > rows["start"].to_numpy())).any():
                return True
    return False


def _lived(frame: pd.DataFrame, first: str, last: str, aliases: Sequence[str]) -> pd.DataFrame:
    """Return the stretches of some persons in the rows of a source [us]; without bounds on a roster that names none."""
    rows = frame[frame["agent"].isin(aliases)] if "agent" in frame else frame.iloc[:0]
    if "state" in rows:
        rows = rows[~rows["state"].isin(OFF_DUTY)]
    bounds = []
    for name, default in ((first, _FIRST), (last, _LAST)):
        if name in rows:
            given = rows[name].notna().to_numpy()
            stamps = rows[name] if rows[name].dt.tz is not None else rows[name].dt.tz_localize("UTC")
            bounds.append(np.where(given, stamps_us(stamps), default))
        else:
            bounds.append(np.full(len(rows), default))
    if "length_s" in rows and not last:
        bounds[1] = bounds[0] + (rows["length_s"].to_numpy() * 1_000_000).astype(np.int64)
    elif first not in ("valid_from",):
        known = np.array([name in rows for name in (first, last)]).all()
        kept = rows[[first, last]].notna().all(axis=1).to_numpy() if known else np.zeros(len(rows), dtype=bool)
        rows, bounds = rows[kept], [bound[kept] for bound in bounds]
    return pd.DataFrame({"alias": rows["agent"].to_numpy(), "start": bounds[0], "end": bounds[1]})

"""How well the head of a file fits one known format: names of columns, needed columns, contents, state codes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from analysis.foundation.assets import assets
from analysis.foundation.schema import REQUIRED, TABLES
from analysis.intake.adapters.format import Format
from analysis.intake.opening.raw import plain
from analysis.intake.recognise.names import EXACT, RENAMED, SPELLING, alike, fits, key, shown
from analysis.intake.recognise.peek import Peek
from analysis.intake.recognise.profile import Profile
from analysis.intake.recognise.words import ROLES
from analysis.intake.settings import DURATION_TABLES, TOTALS_TABLE

LEAST = 0.5
# Share of a column's cells that must be state codes of a format before translated names count.
KNOWN_CODES = 0.5

Hits = list[tuple[str, str, float]]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a file fits a format.

    Attributes
    ----------
    confidence
        From 0 to 1, as :class:`Guess` explains it.
    evidence, names, exact
        What spoke for it in words, the names by which it is known, and whether all are as the vendor writes them.
    columns, totals
        What must be stated in the source, as the file names it differently.
    used
        The file's columns that fill ours.
    missing
        Our needed columns that nothing fills.
    explained
        How many of the file's columns the format knows.
    """

    confidence: float
    evidence: tuple[str, ...]
    names: tuple[str, ...]
    exact: bool
    columns: Mapping[str, Any]
    totals: Mapping[str, str]
    used: frozenset[str]
    missing: tuple[str, ...]
    explained: int


def fitted(
    name: str, form: Format, head: Peek, looked: Sequence[Profile], seen: Mapping[str, Counter[str]]
) -> Fit | None:
    """Return how well the head of a file fits a format; None where too little of it is there.

    Parameters
    ----------
    name, form
        The format.
    head, looked
        The file's head, and what its columns look like.
    seen
        Values of the columns that could hold codes, as :func:`codes_seen` counts them.
    """
    if not form.signature:
        return None
    header = [one.name for one in looked if one.name]
    matches = [_matched(group, header) for group in form.signature]
    hits = max(matches, key=lambda group: (_score(group), len(group)))
    codes = False
    if _score(hits) < SPELLING and head.kind != "json":
        translated = _translated(name, form, header, seen)
        hits, codes = (translated, True) if translated and _score(translated) > _score(hits) else (hits, False)
    if _score(hits) < LEAST or sum(points > 0 for _, _, points in hits) < min(2, len(hits)):
        return None
    named_so = {there: wanted for wanted, there, points in hits if there and points < SPELLING} if codes else {}
    columns, origin = _origins(form, [named_so.get(one, one) for one in header])
    columns, origin = _by_their_names(columns, origin, {wanted: there for there, wanted in named_so.items()})
    used = {one for names in origin.values() for one in names}
    totals, wide = _totals(form, header, taken=used)
    missing = [] if head.kind == "json" else _missing(form, origin, wide)
    odd = _odd(str(form.table), origin, looked)
    rests = [rest.names for rest in form.rests.values()]
    known = {plain(other) for group in (*form.signature, *rests, form.also) for other in group}
    said = [*_evidence(hits, odd), *(["state codes of this export"] if codes else [])]
    return Fit(
        confidence=_score(hits) * (0.7 if missing else 1.0) * (0.5 if odd else 1.0),
        evidence=tuple(said),
        names=tuple(there for _, there, _ in hits if there),
        exact=all(points >= EXACT for _, _, points in hits if points),
        columns=columns,
        totals=totals,
        used=frozenset(used),
        missing=tuple(missing),
        explained=len({*used, *wide.values(), *(known & set(header))}),
    )


def _score(hits: Hits) -> float:
    return sum(points for _, _, points in hits) / len(hits)


def codes_seen(head: Peek, looked: Sequence[Profile]) -> dict[str, Counter[str]]:
    """Return how often each value stands in the columns that could hold codes."""
    pairs = zip(looked, head.columns, strict=True)
    return {
        one.name: Counter(plain(cell).casefold() for cell in cells if cell)
        for one, cells in pairs
        if one.name and one.few and one.kind == "text"
    }


def _share(values: Counter[str], known: frozenset[str]) -> float:
    return sum(count for value, count in values.items() if value in known) / max(1, values.total())


def _translated(name: str, form: Format, header: Sequence[str], seen: Mapping[str, Counter[str]]) -> Hits | None:
    """Return the names of a signature with columns that mean the same, where the state codes of the file are the format's own."""
    known = _codes_of(name)
    if not known or not any(_share(values, known) >= KNOWN_CODES for values in seen.values()):
        return None
    best: Hits | None = None
    for group in form.signature:
        hits = []
        free = list(header)
        for wanted, there, points in _matched(group, header):
            other = there or _meaning(wanted, free) or ""
            free = [one for one in free if one != other]
            hits.append((wanted, other, points or (RENAMED if other else 0.0)))
        best = hits if best is None or _score(hits) > _score(best) else best
    return best


def _meaning(wanted: str, header: Sequence[str]) -> str | None:
    """Return the column whose name means what another one means, in any of our languages."""
    groups = [words for table in ROLES.values() for words in table.values() if key(wanted) in words]
    ranked = [(max((fits(one, words) for words in groups), default=0.0), one) for one in header]
    best, column = max(ranked, default=(0.0, ""))
    return column if best > 0.7 else None


@cache
def _codes_of(adapter: str) -> frozenset[str]:
    """Return the state codes that a format's own state map knows."""
    path = assets() / "templates" / "state_maps" / f"{adapter}.csv"
    if not path.is_file():
        return frozenset()
    with path.open(encoding="utf-8", newline="") as stream:
        return frozenset(plain(row["state_raw"] or "").casefold() for row in csv.DictReader(stream))


def _by_their_names(
    columns: Mapping[str, Any], origin: Mapping[str, tuple[str, ...]], theirs: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """Return origins under the file's own names where they were found by meaning; those are stated in the source."""
    own = {ours: tuple(theirs.get(name, name) for name in names) for ours, names in origin.items()}
    stated = dict(columns)
    for ours, names in own.items():
        if names != origin[ours]:
            stated[ours] = names[0] if len(names) == 1 else list(names)
    return stated, own


def _matched(wanted: Sequence[str], header: Sequence[str]) -> list[tuple[str, str, float]]:
    """Return each wanted name with the column most like it and how alike they are; a column serves once."""
    free, found = list(dict.fromkeys(header)), []
    for name in sorted(wanted, key=lambda one: plain(one) not in header):
        best = max(free, key=lambda other: alike(name, other), default="")
        points = alike(name, best) if best else 0.0
        if points:
            free.remove(best)
        found.append((name, best if points else "", points))
    return found


def _origins(form: Format, header: Sequence[str]) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """Return our columns that must be named in the source, and the file's columns of each of ours."""
    stated: dict[str, Any] = {}
    origin: dict[str, tuple[str, ...]] = {}
    ways = {ours: [(one,) if isinstance(one, str) else one for one in names] for ours, names in form.defaults.items()}
    for near in (SPELLING, RENAMED):
        for ours, choices in ways.items():
            taken = {name for names in origin.values() for name in names}
            there = None if ours in origin else _near(choices, header, taken=taken, least=near)
            if there:
                origin[ours] = there
                wanted = [tuple(map(plain, names)) for names in choices]
                if there not in wanted or _first(wanted, header) != there:
                    stated[ours] = there[0] if len(there) == 1 else list(there)
    known = {*TABLES.get(str(form.table), {}), *(("duration",) if form.table in DURATION_TABLES else ())}
    return {ours: names for ours, names in stated.items() if ours in known}, origin


def _first(wanted: Sequence[tuple[str, ...]], header: Sequence[str]) -> tuple[str, ...] | None:
    """Return the first choice that stands in a header, as intake takes it."""
    return next((names for names in wanted if all(name in header for name in names)), None)


def _near(
    choices: Sequence[Sequence[str]], header: Sequence[str], *, taken: set[str], least: float
) -> tuple[str, ...] | None:
    """Return the columns of the first choice that is alike enough; a column taken for another of ours serves again only where it is exact."""
    for names in choices:
        if all(plain(name) in header for name in names):
            return tuple(map(plain, names))
        free = [one for one in header if one not in taken]
        found = [max(((alike(name, one), one) for one in free), default=(0.0, "")) for name in names]
        if found and min(points for points, _ in found) >= least:
            return tuple(one for _, one in found)
    return None


def _totals(form: Format, header: Sequence[str], *, taken: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return all columns of time per state if one of them is named differently (they are stated as a whole), and those found."""
    found: dict[str, str] = {}
    for code, names in form.totals.items():
        there = next((plain(name) for name in names if plain(name) in header), None)
        if there is None:
            free = [one for one in header if one not in taken and one not in found.values()]
            there = next(
                (one for one in free if max((alike(name, one) for name in names), default=0.0) >= SPELLING), None
            )
        if there:
            found[code] = there
    named = all(name in map(plain, form.totals[code]) for code, name in found.items())
    return ({} if named else found), found


def _missing(form: Format, origin: Mapping[str, tuple[str, ...]], wide: Mapping[str, str]) -> list[str]:
    """Return our needed columns that nothing in the file fills."""
    table = str(form.table)
    start, end = DURATION_TABLES.get(table, ("", ""))
    absent = []
    for name in REQUIRED.get(table, ()):
        derived = name == end and ({"duration", start} <= origin.keys() or form.finish is not None)
        total = table == TOTALS_TABLE and wide and name in ("state", "us")
        length = name == "length_s" and form.length_s is not None
        if not (name in origin or name in form.fills or name in form.constants or derived or total or length):
            absent.append(name)
    return absent


def _odd(table: str, origin: Mapping[str, tuple[str, ...]], looked: Sequence[Profile]) -> list[str]:
    """Return the columns of times whose cells hold no digit at all."""
    kinds = TABLES.get(table, {})
    by_name = {one.name: one for one in looked}
    return [
        name
        for ours, names in origin.items()
        for name in names
        if kinds.get(ours) in ("time", "date", "us", "number") and name in by_name and by_name[name].wordy
    ]


def _evidence(hits: Sequence[tuple[str, str, float]], odd: Sequence[str]) -> list[str]:
    """Return what spoke for a format, in words."""
    said = []
    for least, most, words in (
        (EXACT, 9, "columns"),
        (SPELLING, EXACT, "in another spelling"),
        (RENAMED, SPELLING, "nearly"),
    ):
        names = [shown(there) for _, there, points in hits if least <= points < most]
        if names:
            said.append(f"{words} {', '.join(names)}")
    absent = [name for name, _, points in hits if not points]
    said += [f"absent {', '.join(absent)}"] if absent else []
    return said + [f"{shown(name)} does not hold times or numbers" for name in odd]

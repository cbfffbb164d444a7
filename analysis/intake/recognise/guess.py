"""Which known format a file is of: by the names in its header and by what stands in its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis.foundation.schema import TABLES, DataProblem
from analysis.intake.adapters import adapter_names, format_of
from analysis.intake.adapters.format import Format
from analysis.intake.recognise.block import block_text, pattern_of
from analysis.intake.recognise.formats import LEAST, Fit, codes_seen, fitted
from analysis.intake.recognise.peek import Peek, peek
from analysis.intake.recognise.profile import Profile, profiles
from analysis.intake.recognise.shapes import BY_SHAPE, shaped

CONFIDENT = 0.75
# (from, words): how sure a confidence is in words.
_WORDS: tuple[tuple[float, str], ...] = ((0.95, "certain"), (CONFIDENT, "very likely"), (LEAST, "possible"))
# Tables that hold people's time, so that the source must say whose.
PEOPLE_TABLES: frozenset[str] = frozenset({"spells", "state_totals", "contacts", "work_items", "schedule"})


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file seems to be.

    Attributes
    ----------
    file, sheet
        The file, and the sheet where a workbook has several with content.
    adapter, title, table
        The format, its name in words, and the canonical table that it fills.
    confidence
        Share of the evidence that is there, from 0 to 1: 1 when all names by which the format is known stand in the file as its vendor
        writes them, with every column that it needs and cells that hold what they must. A name in another spelling counts 0.9, a nearly
        equal one 0.6, as does a translated one where the state codes are the format's own, an absent one 0; a needed column that is absent takes off 0.3 of the whole, cells that do not fit 0.5. Where the header
        cannot tell and only the shape of the cells speaks for it, 0.8. It is no probability.
    evidence
        What spoke for it: names of columns, contents.
    missing
        Our columns that it needs and the file does not seem to have.
    questions
        What the consultant should look at before accepting.
    columns
        Our columns whose name in the file differs from the vendor's.
    totals
        State codes whose column in the file is named differently.
    explained
        How many of the file's columns the format knows.
    names
        The names by which the format was known.
    files
        Pattern for ``files``.
    population
        Whose time it holds, as proposed.
    stated
        Further keys of the source, as the consultant answered.
    """

    file: str
    adapter: str
    title: str
    table: str
    confidence: float
    evidence: tuple[str, ...]
    missing: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    columns: Mapping[str, Any] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    explained: int = 0
    names: tuple[str, ...] = ()
    files: str = ""
    population: str | None = None
    sheet: str | None = None
    stated: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """How sure it is, in words: certain, very likely, possible."""
        return next(word for least, word in _WORDS if self.confidence >= least)

    def source_block(self) -> str:
        """Return the ``[[source]]`` block that reads the file, as text for the engagement file."""
        stated = {"files": [self.files or self.file], "adapter": self.adapter}
        stated |= {"population": self.population} if self.population else {}
        stated |= {"sheet": self.sheet} if self.sheet else {}
        stated |= self.stated
        return block_text(stated, columns=self.columns, totals=self.totals)

    def answered(self, answers: Mapping[str, str]) -> Guess:
        """Return the guess with what the consultant said about its clock, dates, units, signs and people."""
        keys = ("time_zone", "date_order", "duration_unit", "decimal")
        population = answers.get("population", self.population) if self.table in PEOPLE_TABLES else None
        stated = {name: answers[name] for name in keys if name in answers}
        return replace(self, stated=stated, population=None if population == "roster" else population)

    def __repr__(self) -> str:
        """Return what the file seems to be, in a sentence."""
        where = f"{self.file}, sheet {self.sheet}" if self.sheet else self.file
        return f"{where}: {self.words} ({self.confidence:.2f}) {self.title}, fills {self.table}"


def recognise(path: str | Path, root: str | Path | None = None) -> list[Guess]:
    """Return what a file may be, the likeliest first; empty where no known format fits.

    Parameters
    ----------
    path
        The file.
    root
        The engagement folder; by default the nearest folder above that holds ``engagement.toml``, else the file's own.

    Raises
    ------
    DataProblem
        The file is nothing that intake reads.
    """
    base, file = place_of(path, root)
    found = sorted((guess for head in peek(file, base / file) for guess in guesses(head)), key=_rank)
    books: set[str] = set()
    return [guess for guess in found if not _again(guess, books)]


def _again(guess: Guess, books: set[str]) -> bool:
    """Return whether a format that reads all sheets of a workbook was guessed before, from another sheet."""
    if format_of(guess.adapter).open_all is None:
        return False
    before = guess.adapter in books
    books.add(guess.adapter)
    return before


def place_of(path: str | Path, root: str | Path | None) -> tuple[Path, str]:
    """Return the engagement folder and the file's path in it.

    Raises
    ------
    DataProblem
        The file lies elsewhere.
    """
    there = Path(path).resolve()
    if root is None:
        root = next((one for one in there.parents if (one / "engagement.toml").is_file()), there.parent)
    base = Path(root).resolve()
    there = there if there.is_relative_to(base) else (base / path).resolve()
    if not there.is_relative_to(base):
        raise DataProblem(f"{Path(path).name}: the file leads out of the engagement folder. Copy it into data/.")
    return base, there.relative_to(base).as_posix()


def guesses(head: Peek) -> list[Guess]:
    """Return the formats that the head of a file may be of, the likeliest first."""
    if head.kind == "xes":
        form = format_of("xes")
        said = ("the file is an XES event log",)
        return [_named(Guess(head.file, "xes", form.title, "work_items", 1.0, said, population="back_office"))]
    looked = profiles(head)
    seen = {} if head.kind == "json" else codes_seen(head, looked)
    fits = ((name, fitted(name, format_of(name), head, looked, seen)) for name in adapter_names())
    found = [_guess(name, fit, head, looked) for name, fit in fits]
    by_name = [guess for guess in found if guess is not None]
    sure = {guess.adapter for guess in by_name if guess.confidence >= BY_SHAPE}
    by_shape = [_by_shape(name, words, head, looked) for name, words in shaped(head, looked) if name not in sure]
    again = {guess.adapter for guess in by_shape}
    return sorted([*by_shape, *(guess for guess in by_name if guess.adapter not in again)], key=_rank)


def _by_shape(name: str, words: str, head: Peek, looked: Sequence[Profile]) -> Guess:
    """Return a format that the shape of a file's cells speaks for."""
    form, known = format_of(name), sum(bool(one.name) for one in looked)
    guess = Guess(
        head.file,
        name,
        form.title,
        str(form.table),
        BY_SHAPE,
        (words,),
        explained=known,
        sheet=head.sheet,
        population=_population(form),
    )
    return _named(guess)


def sure_of(found: Sequence[Guess]) -> list[Guess]:
    """Return the guesses that can be offered: one that is sure enough and ahead of the others, or several that fill different tables from one export.

    Parameters
    ----------
    found
        The guesses about one table of a file, the likeliest first.
    """
    if not found or found[0].confidence < CONFIDENT or found[0].missing:
        return []
    first = found[0]
    twins = [one for one in found[1:] if _is_twin(first, one)]
    level = [one for one in found[1:] if first.confidence - one.confidence < 0.1 and one.explained >= first.explained]
    if len({one.table for one in (first, *twins)}) == 1 + len(twins) and all(one in twins for one in level):
        return [first, *twins]
    return [] if level else [first]


def of_whole_books(heads: Sequence[Peek]) -> list[Peek]:
    """Return the tables of a file to look at, where a format reads all sheets of a workbook that it knows: one of them stands for all.

    Parameters
    ----------
    heads
        The tables of one file. Where such a format is sure of one, those that nothing is sure of (guides, lists of words) are left out.
    """
    if len(heads) < 2:
        return list(heads)
    sure = [(head, {one.adapter for one in sure_of(guesses(head))}) for head in heads]
    books = {name for _, names in sure for name in names if format_of(name).open_all is not None}
    if not books:
        return list(heads)
    chosen, seen = [], set()
    for head, names in sure:
        if names and not names & seen:
            chosen.append(replace(head, sheet=None) if names & books else head)
            seen |= names & books
    return chosen


def _is_twin(first: Guess, other: Guess) -> bool:
    """Return whether one export of a vendor is read as two formats, as it fills two tables: by the same names, equally sure.

    So are formats of which each reads its own sheets of one workbook.
    """
    if all(format_of(one.adapter).open_all is not None for one in (first, other)):
        return first.confidence - other.confidence < 0.02
    vendors = {format_of(one.adapter).vendor for one in (first, other)}
    nested = set(first.names) <= set(other.names) or set(other.names) <= set(first.names)
    return len(vendors) == 1 and "" not in vendors and nested and first.confidence - other.confidence < 0.02


def _rank(guess: Guess) -> tuple[str, float, int, str]:
    return (guess.sheet or "", -round(guess.confidence, 2), -guess.explained, guess.adapter)


def _guess(name: str, fit: Fit | None, head: Peek, looked: Sequence[Profile]) -> Guess | None:
    """Return the guess that a file is of one format; None where too little of it is there."""
    if fit is None or fit.confidence < LEAST:
        return None
    form = format_of(name)
    guess = Guess(
        file=head.file,
        adapter=name,
        title=form.title,
        table=str(form.table),
        confidence=round(fit.confidence, 3),
        evidence=fit.evidence,
        missing=fit.missing,
        questions=tuple(_questions(form, fit, looked)),
        columns=fit.columns,
        totals=fit.totals,
        explained=fit.explained,
        names=fit.names,
        population=_population(form),
        sheet=None if form.open_all is not None else head.sheet,
    )
    return _named(guess)


def _named(guess: Guess) -> Guess:
    return replace(guess, files=pattern_of(guess.file))


def _questions(form: Format, fit: Fit, looked: Sequence[Profile]) -> list[str]:
    """Return what a consultant should look at before accepting."""
    asked = []
    if form.table in PEOPLE_TABLES and _population(form) is None:
        asked.append(
            'Whose time is it? Add population = "contact_centre" or "back_office" to the block, unless the roster tells.'
        )
    if not fit.exact:
        asked.append(
            "Some columns are not named as the vendor names them. Is it this export, or one that looks like it?"
        )
    by_name = {one.name: one for one in looked}
    stamps = [by_name[name] for name in sorted(fit.used) if name in by_name and by_name[name].is_stamp]
    timed = "time" in TABLES.get(str(form.table), {}).values()
    if stamps and timed and form.time_zone is None and not any(one.aware for one in stamps):
        asked.append(
            "Its times carry no zone. They are read as the client's; set time_zone in the block if the export shows another."
        )
    if form.date_order is None and stamps and all(one.unclear for one in stamps):
        asked.append('Its dates can be read day-first or month-first. Set date_order = "dmy" or "mdy" in the block.')
    return asked


def _population(form: Format) -> str | None:
    """Return whose time a vendor's export shows, as proposed: work items belong to the back office, platforms' logs to the contact centre."""
    if form.table not in PEOPLE_TABLES or not form.vendor:
        return None
    return "back_office" if form.table == "work_items" else "contact_centre"

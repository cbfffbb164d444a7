"""Which known format a file is of: by the names in its header and by what stands in its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.foundation.schema import REQUIRED, TABLES, DataProblem
from analysis.intake.adapters import adapter_names, format_of
from analysis.intake.adapters.format import Format
from analysis.intake.raw import plain
from analysis.intake.recognise.block import block_text, pattern_of
from analysis.intake.recognise.names import EXACT, RENAMED, SPELLING, alike, shown
from analysis.intake.recognise.peek import Peek, peek
from analysis.intake.recognise.profile import Profile, profiles
from analysis.intake.recognise.shapes import BY_SHAPE, shaped
from analysis.intake.settings import DURATION_TABLES, TOTALS_TABLE

LEAST = 0.5
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
        equal one 0.6, an absent one 0; a needed column that is absent takes off 0.3 of the whole, cells that do not fit 0.5. Where the header
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

    @property
    def words(self) -> str:
        """How sure it is, in words: certain, very likely, possible."""
        return next(word for least, word in _WORDS if self.confidence >= least)

    def source_block(self) -> str:
        """Return the ``[[source]]`` block that reads the file, as text for the engagement file."""
        stated = {"files": [self.files or self.file], "adapter": self.adapter}
        stated |= {"population": self.population} if self.population else {}
        stated |= {"sheet": self.sheet} if self.sheet else {}
        return block_text(stated, columns=self.columns, totals=self.totals)

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
    found = [guess for head in peek(file, base / file) for guess in guesses(head)]
    return sorted(found, key=_rank)


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
    found = [_guess(name, format_of(name), head, looked) for name in adapter_names()]
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


def _is_twin(first: Guess, other: Guess) -> bool:
    """Return whether one export of a vendor is read as two formats, as it fills two tables: by the same names, equally sure."""
    vendors = {format_of(one.adapter).vendor for one in (first, other)}
    nested = set(first.names) <= set(other.names) or set(other.names) <= set(first.names)
    return len(vendors) == 1 and "" not in vendors and nested and first.confidence - other.confidence < 0.02


def _rank(guess: Guess) -> tuple[str, float, int, str]:
    return (guess.sheet or "", -round(guess.confidence, 2), -guess.explained, guess.adapter)


def _guess(name: str, form: Format, head: Peek, looked: Sequence[Profile]) -> Guess | None:
    """Return how well one format fits; None where too little of it is there."""
    if not form.signature:
        return None
    header = [one.name for one in looked if one.name]
    matches = [_matched(group, header) for group in form.signature]
    hits = max(matches, key=lambda group: (sum(points for _, _, points in group) / len(group), len(group)))
    score = sum(points for _, _, points in hits) / len(hits)
    if score < LEAST or sum(points > 0 for _, _, points in hits) < min(2, len(hits)):
        return None
    columns, origin = _origins(form, header)
    used = {name for names in origin.values() for name in names}
    totals, wide = _totals(form, header, taken=used)
    missing = [] if head.kind == "json" else _missing(form, origin, wide)
    odd = _odd(str(form.table), origin, looked)
    confidence = score * (0.7 if missing else 1.0) * (0.5 if odd else 1.0)
    if confidence < LEAST:
        return None
    rests = [rest.names for rest in form.rests.values()]
    known = {plain(other) for group in (*form.signature, *rests, form.also) for other in group}
    explained = len({*used, *wide.values(), *(known & set(header))})
    guess = Guess(
        file=head.file,
        adapter=name,
        title=form.title,
        table=str(form.table),
        confidence=round(confidence, 3),
        evidence=tuple(_evidence(hits, odd)),
        missing=tuple(missing),
        questions=tuple(_questions(form, hits, origin, looked)),
        columns=columns,
        totals=totals,
        explained=explained,
        names=tuple(there for _, there, _ in hits if there),
        population=_population(form),
        sheet=head.sheet,
    )
    return _named(guess)


def _named(guess: Guess) -> Guess:
    from dataclasses import replace

    return replace(guess, files=pattern_of(guess.file))


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


def _questions(
    form: Format,
    hits: Sequence[tuple[str, str, float]],
    origin: Mapping[str, tuple[str, ...]],
    looked: Sequence[Profile],
) -> list[str]:
    """Return what a consultant should look at before accepting."""
    asked = []
    if any(0 < points < EXACT for _, _, points in hits):
        asked.append(
            "Some columns are not named as the vendor names them. Is it this export, or one that looks like it?"
        )
    by_name = {one.name: one for one in looked}
    used = [by_name[name] for names in origin.values() for name in names if name in by_name]
    stamps = [one for one in used if one.is_stamp]
    if stamps and form.time_zone is None and not any(one.aware for one in stamps):
        asked.append(
            "Its times carry no zone. They are read as the client's; set time_zone in the block if the export shows another."
        )
    if form.date_order is None and stamps and all(one.unclear for one in stamps):
        asked.append('Its dates can be read day-first or month-first. Set date_order = "dmy" or "mdy" in the block.')
    return asked


def _population(form: Format) -> str | None:
    """Return whose time a format shows, as proposed: work items belong to the back office, platforms' logs to the contact centre."""
    if form.table not in PEOPLE_TABLES or not form.table:
        return None
    return "back_office" if form.table == "work_items" else "contact_centre"

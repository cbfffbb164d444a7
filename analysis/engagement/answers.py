"""Writes the workbooks in which answers and what was heard are collected, and copies the questionnaire for editing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engagement.files import write_bytes
from analysis.engagement.keys import questionnaire_file, questionnaire_hash
from analysis.engagement.load import load_engagement
from analysis.engagement.privacy import CLOSED_FILE, pseudonym_key
from analysis.engagement.sample import ensure_sample
from analysis.engagement.workspace import Folder
from analysis.foundation.assets import assets
from analysis.foundation.schema import KitError, UsageProblem
from analysis.intake.answer_books import (
    BY_TYPE,
    HOW_TO,
    LISTENING_HEADERS,
    READINESS_HEADER,
    TYPE_HEADER,
    Row,
    Word,
    listening_book,
    readiness_book,
)

if TYPE_CHECKING:
    from analysis.engagement.model import Engagement
    from analysis.readiness.criteria import Criterion, Questionnaire

RATERS, MOST_RATERS, MOST_TYPES = 2, 12, 60
READINESS_FILE, LISTENING_FILE, QUESTIONNAIRE_FILE = "readiness.xlsx", "listening.xlsx", "questionnaire.toml"


@dataclass(frozen=True, slots=True)
class AnswersWish:
    """What a consultant asks for.

    Attributes
    ----------
    raters
        People of each role that rows are prepared for.
    types
        Item types that rows are prepared for; without any, those of the engagement's list of item types, else one row for all types.
    questionnaire
        Whether the questionnaire is copied for editing, and nothing else is done.
    overwrite
        Whether a file goes in which something was written.
    """

    raters: int = RATERS
    types: tuple[str, ...] = ()
    questionnaire: bool = False
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class AnswersMade:
    """What was written.

    Attributes
    ----------
    files
        Names relative to the engagement's folder.
    steps
        What was done and what comes next, one sentence each.
    """

    files: tuple[str, ...]
    steps: tuple[str, ...]


def readiness_workbook(questionnaire: Questionnaire, *, raters: int = RATERS, types: Sequence[str] = ()) -> bytes:
    """Return the workbook of ratings for a questionnaire.

    Parameters
    ----------
    questionnaire
        Its roles become sheets, its criteria rows.
    raters
        People of each role.
    types
        Item types that rows are prepared for on the sheet by item type.

    Returns
    -------
    bytes
        An XLSX file, the same for the same questionnaire, raters and types.
    """
    marks = _marks(questionnaire, raters)
    asked = {
        role.name: [
            _row(criterion, rater=mark)
            for mark in marks[role.name]
            for criterion in questionnaire.criteria
            if role.name in criterion.roles and not criterion.by_type
        ]
        for role in questionnaire.roles
    }
    by_type = [
        _row(criterion, rater=mark, type=one, role=role.name)
        for one in types or ("",)
        for role in questionnaire.roles
        for mark in marks[role.name]
        for criterion in questionnaire.criteria
        if criterion.by_type and role.name in criterion.roles
    ]
    who = {role.name: role.who for role in questionnaire.roles}
    return readiness_book(asked, by_type, roles=who, questionnaire=_capital(questionnaire.words))


def _marks(questionnaire: Questionnaire, raters: int) -> dict[str, list[str]]:
    """Return the marks of the raters of each role, numbered through: R1 is the same person on every sheet."""
    return {
        role.name: [f"R{place * raters + number}" for number in range(1, raters + 1)]
        for place, role in enumerate(questionnaire.roles)
    }


def _row(criterion: Criterion, **more: str) -> Row:
    """Return the row that asks for a criterion; for one item type it may be put in other words."""
    # without a type the row asks about all of them together
    one = bool(more.get("type"))
    question = criterion.type_question if one and criterion.type_question else criterion.question
    levels = criterion.type_levels if one and criterion.type_levels else criterion.levels
    return Row(
        criterion=criterion.id,
        question=f"{question}\nLook at: {criterion.look_at}",
        levels=(levels["0"], levels["2"], levels["4"]),
        gate=criterion.is_gate,
        **more,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def listening_workbook() -> bytes:
    """Return the workbook of what was heard, with the themes and the questions of the guide."""
    from analysis.readiness.listening import read_guide

    guide = read_guide()
    return listening_book(
        themes=[Word(one.name, one.about) for one in guide.themes],
        questions=[Word(one.question, one.ask) for one in guide.expectations],
        roles=[one.name for one in guide.roles],
    )


def first_answers() -> dict[str, bytes]:
    """Return the two workbooks of a new engagement by file name."""
    from analysis.readiness.criteria import read_questionnaire

    return {READINESS_FILE: readiness_workbook(read_questionnaire()), LISTENING_FILE: listening_workbook()}


def prepare_answers(folder: Folder, wish: AnswersWish) -> AnswersMade:
    """Write the workbooks of an engagement again, or copy the questionnaire for editing.

    Parameters
    ----------
    folder
        The engagement's folders.
    wish
        What is asked for.

    Raises
    ------
    UsageProblem
        A number or a type that cannot be, a questionnaire that does not follow the schema, or a file in which something was written.
    KitError
        The engagement is closed.
    """
    if (folder.root / CLOSED_FILE).exists():
        raise KitError(f"The engagement {folder.slug} is closed. Make a new one with: engage new NAME")
    if folder.slug == "sample":
        ensure_sample(folder)
    if wish.questionnaire:
        return _copy_questionnaire(folder, overwrite=wish.overwrite)
    if not 1 <= wish.raters <= MOST_RATERS:
        raise UsageProblem(f"--raters {wish.raters}: prepare rows for 1 to {MOST_RATERS} people of each role.")
    questionnaire = _questionnaire(folder)
    types, notes = _types(folder, wish.types or _prepared_types(folder))
    lost = _lost(folder, overwrite=wish.overwrite)
    write_bytes(
        folder.root / "answers" / READINESS_FILE, readiness_workbook(questionnaire, raters=wish.raters, types=types)
    )
    files = [f"answers/{READINESS_FILE}"]
    if not (folder.root / "answers" / LISTENING_FILE).exists():
        write_bytes(folder.root / "answers" / LISTENING_FILE, listening_workbook())
        files.append(f"answers/{LISTENING_FILE}")
    people = "1 person" if wish.raters == 1 else f"{wish.raters} people"
    kinds = f"; by item type: {', '.join(types)}" if types else ""
    steps = (
        f"Wrote {' and '.join(files)} ({questionnaire.words}): {len(questionnaire.roles)} roles, {people} each{kinds}.",
        *([f"Gone with the file that was there: {lost}."] if lost else []),
        *notes,
        f"The first sheet says how to fill it in. Then: engage check {folder.slug}",
    )
    return AnswersMade(tuple(files), steps)


def checked_questionnaire(engagement: Engagement, folder: Folder) -> Questionnaire:
    """Return the questionnaire of an engagement, so that a mistake in it is said before anything is computed.

    Raises
    ------
    UsageProblem
        There is no such file, it lies outside the engagement's folder, or it does not follow the schema.
    """
    from analysis.readiness.criteria import read_questionnaire

    questionnaire_hash(engagement, folder)
    return read_questionnaire(questionnaire_file(engagement.readiness.questionnaire, folder.root))


def _copy_questionnaire(folder: Folder, *, overwrite: bool) -> AnswersMade:
    """Copy the kit's questionnaire into the engagement's folder."""
    target = folder.root / QUESTIONNAIRE_FILE
    kits = (assets() / "templates" / "questionnaires" / "readiness.toml").read_bytes()
    if target.exists() and target.read_bytes() != kits and not overwrite:
        raise UsageProblem(
            f"{QUESTIONNAIRE_FILE}: is there already and was edited. Work on that one, or give --overwrite to begin again from the kit's."
        )
    write_bytes(target, kits)
    steps = (
        f"Copied the kit's questionnaire to engagements/{folder.slug}/{QUESTIONNAIRE_FILE}.",
        "Write this line into engagement.toml under [readiness], in place of the one there:",
        f'  questionnaire = "{QUESTIONNAIRE_FILE}"',
        f"Edit the copy, then write the workbook after it: engage answers {folder.slug}",
        "The report says that the questionnaire was edited, and names every gate that was taken away or loosened.",
    )
    return AnswersMade((QUESTIONNAIRE_FILE,), steps)


def _questionnaire(folder: Folder) -> Questionnaire:
    """Return the questionnaire that the engagement file names; the file may still lack what a run needs."""
    from analysis.readiness.criteria import read_questionnaire

    try:
        stated: Any = tomllib.loads(folder.file.read_bytes().decode("utf-8-sig"))
        named = stated.get("readiness", {}).get("questionnaire", "")
    except (OSError, ValueError, AttributeError):
        # it says what is wrong with the file
        named = load_engagement(folder.file).readiness.questionnaire
    return read_questionnaire(questionnaire_file(str(named), folder.root))


def _types(folder: Folder, given: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the item types that rows are prepared for, and what is to be said about them."""
    types = tuple(dict.fromkeys(text.strip() for text in given))
    if any(not text or not text.isprintable() or len(text) > 100 for text in types):
        raise UsageProblem(
            '--types: a type is empty, too long or holds signs that cannot be printed. Write them like --types "Address change" "Claim".'
        )
    notes: list[str] = []
    if not types:
        types, notes = _listed_types(folder)
    if len(types) > MOST_TYPES:
        raise UsageProblem(
            f"--types: {len(types)} types make a sheet that nobody fills in. Name those with most hours, at most {MOST_TYPES}."
        )
    if not types:
        notes.append(
            f"No item types are known yet: the sheet {BY_TYPE} asks about all of them together. Prepare rows for each with --types once they are known."
        )
    return types, notes


def _prepared_types(folder: Folder) -> tuple[str, ...]:
    """Return the types for which the workbook that is there was prepared."""
    file = folder.root / "answers" / READINESS_FILE
    if not file.exists():
        return ()
    with _opened(file) as book:
        rows = book[BY_TYPE].iter_rows(values_only=True) if BY_TYPE in book.sheetnames else iter(())
        header = list(next(rows, ()))
        if "Type" not in header:
            return ()
        place = header.index("Type")
        return tuple(dict.fromkeys(str(row[place]).strip() for row in rows if row[place] not in (None, "")))


def _listed_types(folder: Folder) -> tuple[tuple[str, ...], list[str]]:
    """Return the types of the engagement's list of item types, where one can be read."""
    from analysis.intake import read_sources

    try:
        engagement = load_engagement(folder.file)
    except KitError:
        return (), []  # not filled in yet: check and run say what is missing, here nothing depends on it
    sources = [source for source in engagement.source if source.target == "item_types"]
    if not sources:
        return (), []
    try:
        tables = read_sources(sources, client=engagement.client, root=folder.root, key=pseudonym_key(folder)).tables
    except KitError as error:
        return (), [f"The list of item types could not be read: {str(error).splitlines()[0]}"]
    return tuple(dict.fromkeys(map(str, tables["item_types"]["type"].dropna()))), []


def _lost(folder: Folder, *, overwrite: bool) -> str:
    """Return what is written in the workbook of ratings that would go; refuse where nobody said that it may."""
    file = folder.root / "answers" / READINESS_FILE
    written = written_in(file) if file.exists() else {}
    if not written:
        return ""
    total = sum(written.values())
    said = (
        f"{total} {'row' if total == 1 else 'rows'} ({', '.join(f'{name} {count}' for name, count in written.items())})"
    )
    if not overwrite:
        raise UsageProblem(
            f"answers/{READINESS_FILE}: holds answers in {said}. Keep them: rename the file to readiness-1.xlsx, which is read as well, "
            "or give --overwrite to throw them away."
        )
    return f"answers in {said}"


def written_in(file: Path) -> dict[str, int]:
    """Return by sheet how many rows of a workbook of answers somebody has written into.

    Parameters
    ----------
    file
        ``readiness.xlsx`` or ``listening.xlsx``, as they are or renamed.

    Raises
    ------
    UsageProblem
        The file cannot be read as a workbook.
    """
    with _opened(file) as book:
        counts = {sheet.title: _written(sheet) for sheet in book.worksheets if sheet.title != HOW_TO}
    return {name: count for name, count in counts.items() if count}


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """Open a workbook for reading, and let it go afterwards."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises what its parts raise: zipfile, xml, key errors
        raise UsageProblem(
            f"answers/{file.name}: cannot be read as a workbook ({type(error).__name__}). Close other programs that use it, or move it away."
        ) from error
    try:
        yield book
    finally:
        book.close()


def _written(sheet: Any) -> int:
    """Return how many rows of a sheet hold more than what the kit writes into an empty one."""
    rows = sheet.iter_rows(values_only=True)
    header = [str(cell or "") for cell in next(rows, ())]
    known = {*READINESS_HEADER, *TYPE_HEADER}
    prefilled = {"Criterion", "Question", "Level 0", "Level 2", "Level 4", "Type", "Rater", "Role"}
    heard = header[: len(LISTENING_HEADERS.get(sheet.title, ()))] == list(LISTENING_HEADERS.get(sheet.title, ("-",)))
    asked = not heard and set(header) & known
    return sum(
        any(
            cell not in (None, "") and not (asked and name in prefilled)
            for name, cell in zip(header, row, strict=False)
        )
        for row in rows
    )

"""The two workbooks in which answers and what was heard are written down: their sheets, headers and words, and how they are laid out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.intake._book_layout import Column, Layout, book, page

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HOW_TO = "how to"
BY_TYPE = "by item type"
READINESS_HEADER: tuple[str, ...] = (
    *("Criterion", "Question", "Level 0", "Level 2", "Level 4", "Rater", "Rating", "Seen", "Evidence"),
)
TYPE_HEADER: tuple[str, ...] = (
    *("Criterion", "Question", "Level 0", "Level 2", "Level 4", "Type", "Rater", "Role", "Rating", "Seen", "Evidence"),
)
NOT_KNOWN = "not known"
RATINGS: tuple[str, ...] = ("0", "1", "2", "3", "4", NOT_KNOWN)
#: What a rating rests on, as the sheets say it and as the tables hold it; the strongest first.
SEEN: Mapping[str, str] = {
    "in the system": "system",
    "observed": "observed",
    "in a document": "document",
    "said": "said",
    "assumed": "assumed",
}
KINDS: tuple[str, ...] = ("concern", "idea", "escalation", "complaint")
POPULATIONS: tuple[str, ...] = ("contact centre", "back office")
LISTENING_HEADERS: Mapping[str, tuple[str, ...]] = {
    "Concerns": ("Heard on", "Role", "Team", "Kind", "Concern", "Theme", "Asks", "Read back on", "Agreed"),
    "Expectations": ("Stated on", "Rater", "Role", "Population", "Question", "Guess", "Low", "High"),
    "To hear": ("Role", "Team", "People", "Planned on"),
    "What changed": ("Theme", "Changed", "Owner role", "Changed on"),
}
#: Formats that read these workbooks; the rest of an engagement's sources are the client's data.
ADAPTERS: tuple[str, ...] = ("kit_readiness", "kit_concerns", "kit_expectations", "kit_to_hear", "kit_changed")
# rows that are prepared below what is prefilled on a sheet that may grow
ROWS = 1_000
GATE = "Gate: "


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the workbook of ratings: the question, and what has been answered so far.

    Attributes
    ----------
    criterion, question, levels
        Id, the question with what to look at, and what levels 0, 2 and 4 look like.
    gate
        Whether a 0 rules out a way of working.
    rater, rating, seen, evidence
        Mark of the rater; the rating, of :data:`RATINGS`; what it rests on, of :data:`SEEN`; what was looked at.
    type, role
        Item type and role, on the sheet by item type alone.
    """

    criterion: str
    question: str
    levels: tuple[str, str, str]
    gate: bool = False
    rater: str = ""
    rating: str = ""
    seen: str = ""
    evidence: str = ""
    type: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One of the words that a list offers, and what it means."""

    word: str
    means: str


_TEXTS: Mapping[str, Column] = {
    "Criterion": Column(
        9, "Short name of the question. A coloured one is a gate: a 0 there rules out a way of working."
    ),
    "Question": Column(42, "What is asked, and what to look at before you rate."),
    "Level 0": Column(19, "What a 0 looks like; 1 lies between this and level 2."),
    "Level 2": Column(19, "What a 2 looks like; 3 lies between this and level 4."),
    "Level 4": Column(21, "What a 4 looks like."),
}
_RATER = Column(
    7,
    "A mark for the person, such as R1. Never a name.",
    {
        "validate": "length",
        "criteria": "<=",
        "value": 8,
        "error_type": "warning",
        "error_message": "Write a mark such as R1, never a name.",
    },
)
_RATING = Column(
    10,
    "0 to 4 as it is today, not as it is planned; or not known. An empty cell means that nobody answered yet.",
    words=RATINGS,
)
_SEEN = Column(
    14,
    "What the rating rests on: seen in the system, observed, read in a document, said by somebody, or assumed. Empty counts as said.",
    words=tuple(SEEN),
)
_EVIDENCE = Column(32, "What was looked at, in a few words, without names. It stays in this file and is never printed.")
_ASKED: Mapping[str, Column] = {**_TEXTS, "Rater": _RATER, "Rating": _RATING, "Seen": _SEEN, "Evidence": _EVIDENCE}
_BY_TYPE: Mapping[str, Column] = {
    **_TEXTS,
    "Type": Column(18, "Item type, spelled as in the export of items. Empty: the answer holds for all types."),
    "Rater": _RATER,
    "Role": Column(16, "Role of the rater; the list holds the sheets of this workbook.", words=()),
    "Rating": _RATING,
    "Seen": _SEEN,
    "Evidence": _EVIDENCE,
}
_READINESS_WORDS: tuple[tuple[str, str], ...] = (
    ("What it is for", "To find out what stands in the way of doing back-office items in the contact centre's waiting time, and what would have to change. The questions are about systems, rules and work. Nobody is graded."),
    ("Who fills it in", "Every role has a sheet; the list below says who can speak for it. Rows are prepared for {raters} of each role; they should not agree beforehand. Sit down with each of them alone and write here, or give each a copy of this file and put the copies beside it, named readiness-R1.xlsx, readiness-R2.xlsx and so on: all of them are read. Write each answer in one file only."),
    ("Rater", "R1 is one person, whoever it is; R2 another. Keep the list of who is who somewhere else, and write no names here. For more people of each role, before anything is written: engage answers NAME --raters 3."),
    ("Rating", "Choose the level that you could show to a stranger today. Levels 0, 2 and 4 are described in each row; 1 and 3 lie between them. A level that is only planned does not count yet."),
    (NOT_KNOWN, "An honest answer, and better than a guess: choose it where you cannot say. It is counted as such. Where nobody in the house can say, level 0 often describes just that. A cell left empty means that the question was not put yet."),
    ("Gates", "Rows that begin with \"Gate\". A 0 there rules out one or more ways of working, whatever else is good; without an answer that counts, the report says that it cannot say."),
    (BY_TYPE, "Length, interruption and clearance are judged for each item type, because a type that fails is left out and the others remain. Rows without a type ask about all of them together. Once the types are known, engage answers NAME --types \"Address change\" \"Claim\" prepares rows for each; spell them as the export of items does."),
    ("From data", "Some questions are scored from the client's data as well. Answer them nonetheless: where the data and the people differ, that is worth a talk."),
    ("Evidence", "Name the report, the screen, the day of the demonstration. It is for you: the kit notes that something was given and keeps none of the words."),
    ("What is printed", "One level for each question, how many answered, and how far they lie apart where there are enough of them. Never who gave which rating, never a role with its rating, and none of the words written here."),
    ("What is kept", "This file stays in the engagement's folder; the results hold a pseudonym for each mark. engage close NAME deletes both the file and the key."),
)  # fmt: skip
_SEEN_WORDS: Mapping[str, str] = {
    "in the system": "you saw it in the system or in its export",
    "observed": "you stood beside the work and saw it",
    "in a document": "you read it in a document that is in force",
    "said": "somebody told you",
    "assumed": "nobody looked: it is shown as such, and decides nothing",
}
_LISTENING_WORDS: tuple[tuple[str, str], ...] = (
    ("What it is for", "To write down what people say before there are figures, to read it back to them, and to show what was changed because of it. It can be used from the first day, without any data: engage report NAME --only listening."),
    ("To hear", "Begin here: which roles and teams are to be heard, how many people, and when. The report says who has not been heard yet."),
    ("Expectations", "Ask leaders for their guess before anybody has seen a figure, with the least and the most that they think possible. Shares as 25 %. Fewer than three guesses of a question are not shown."),
    ("Concerns", "One row a concern, an idea, an escalation or a complaint: in the words of whoever said it, with your theme for it. Read it back to them and write the day on which you did, and whether they agreed."),
    ("What changed", "One row for whatever was changed because of what was heard. The sentence in the column Changed is printed as it stands: write it so that everybody may read it."),
    ("Who said it", "Write no names. Role and team are enough, and the team only if it has ten people or more."),
    ("What is printed", "Themes with their number, from three notes on; who was heard and who was not; guesses beside what was measured; what changed. Never the words of a concern, of a wish or of a person. Only the column Changed is printed."),
    ("What is kept", "This file stays in the engagement's folder. The results hold themes, kinds, dates, roles and teams, but not the words. engage close NAME deletes the file."),
)  # fmt: skip


def readiness_book(
    asked: Mapping[str, Sequence[Row]], by_type: Sequence[Row], *, roles: Mapping[str, str], questionnaire: str
) -> bytes:
    """Return the workbook of ratings.

    Parameters
    ----------
    asked
        Rows by role; every role becomes a sheet.
    by_type
        Rows of the sheet by item type.
    roles
        Who can speak for each role, in words.
    questionnaire
        Name and version of the questionnaire, as the first sheet says them.

    Returns
    -------
    bytes
        An XLSX file without macros, the same for the same rows.

    Examples
    --------
    >>> row = Row("T1", "Can it?", ("no", "partly", "yes"), rater="R1")
    >>> readiness_book({"IT lead": [row]}, [], roles={"IT lead": "IT"}, questionnaire="version 2")[:2]
    b'PK'
    """
    with book("readiness") as out:
        layout = Layout(out)
        first = page(out, HOW_TO, grid=False)
        for role, rows in asked.items():
            sheet = page(out, role)
            layout.head(sheet, _ASKED)
            _rows(layout, sheet, rows, _ASKED)
            layout.fields(sheet, _ASKED, last=len(rows))
            layout.unsaid(sheet, "G", "H", last=len(rows))
            sheet.autofilter(0, 0, max(1, len(rows)), len(READINESS_HEADER) - 1)
            layout.guard(sheet)
        sheet = page(out, BY_TYPE)
        columns = {**_BY_TYPE, "Role": Column(16, _BY_TYPE["Role"].note, words=tuple(asked))}
        layout.head(sheet, columns)
        _rows(layout, sheet, by_type, columns)
        last = max(ROWS, len(by_type))
        layout.fields(sheet, columns, last=last)
        layout.unsaid(sheet, "I", "J", last=last)
        _readiness_words(layout, first, asked, by_type, roles=roles, questionnaire=questionnaire)
    return out.content


def _rows(layout: Layout, sheet: Worksheet, rows: Sequence[Row], columns: Mapping[str, Column]) -> None:
    """Write rows below the header; a line parts one rater from the next."""
    before = itertools.chain([None], rows)
    for number, (row, last) in enumerate(zip(rows, before, strict=False), start=1):
        cells: dict[str, str | int] = {
            "Criterion": row.criterion,
            "Question": f"{GATE}{row.question}" if row.gate else row.question,
            "Level 0": row.levels[0],
            "Level 2": row.levels[1],
            "Level 4": row.levels[2],
            "Type": row.type,
            "Rater": row.rater,
            "Role": row.role,
            # a number, so that the list of levels knows it
            "Rating": int(row.rating) if row.rating in RATINGS[:-1] else row.rating,
            "Seen": row.seen,
            "Evidence": row.evidence,
        }
        new = last is not None and (last.rater, last.type) != (row.rater, row.type)
        shown = [(column, cells[name]) for name, column in columns.items()]
        layout.row(sheet, number, shown, texts=len(_TEXTS), gate=row.gate, parted=new)


def _readiness_words(
    layout: Layout,
    sheet: Worksheet,
    asked: Mapping[str, Sequence[Row]],
    by_type: Sequence[Row],
    *,
    roles: Mapping[str, str],
    questionnaire: str,
) -> None:
    """Write the first sheet: how to, who, and how far one has come."""
    at = layout.title(sheet, "Readiness: how to fill in this workbook", questionnaire)
    most = max((len({row.rater for row in rows}) for rows in asked.values()), default=0)
    for head, words in _READINESS_WORDS:
        at = layout.words(sheet, at, head, words.format(raters="1 person" if most == 1 else f"{most} people"))
    at = layout.table(sheet, at, ("Seen", "what it means"), [(word, means) for word, means in _SEEN_WORDS.items()])
    lines: list[Sequence[Any]] = [
        (role, roles.get(role, ""), *_progress(role, rows, "G", len(rows))) for role, rows in asked.items()
    ]
    kinds = ", ".join(sorted({row.criterion for row in by_type}))
    what = f"whoever knows the item types ({kinds})" if kinds else "whoever knows the item types"
    lines.append((BY_TYPE, what, *_progress(BY_TYPE, by_type, "I", max(ROWS, len(by_type)))))
    layout.table(sheet, at, ("Sheet", "who", "rows", "answered"), lines)


def _progress(name: str, rows: Sequence[Row], column: str, last: int) -> tuple[int, tuple[str, int]]:
    """Return the number of rows, and the formula that counts the answered ones with its value."""
    return len(rows), (f"=COUNTA('{name}'!{column}2:{column}{last + 1})", sum(bool(row.rating) for row in rows))


def listening_book(
    *,
    themes: Sequence[Word],
    questions: Sequence[Word],
    roles: Sequence[str],
    rows: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> bytes:
    """Return the workbook of what was heard.

    Parameters
    ----------
    themes, questions
        Words of the lists, with what they mean: themes of concerns, and what leaders are asked to guess.
    roles
        Roles that the lists offer; others are let through after a warning.
    rows
        By sheet, what is written down already, in the order of :data:`LISTENING_HEADERS`; dates as dates.

    Returns
    -------
    bytes
        An XLSX file without macros, the same for the same rows.

    Examples
    --------
    >>> listening_book(themes=[Word("trust", "")], questions=[Word("share", "")], roles=["planners"])[:2]
    b'PK'
    """
    with book("listening") as out:
        layout = Layout(out)
        first = page(out, HOW_TO, grid=False)
        at = layout.title(first, "Listening: how to fill in this workbook", "")
        for head, words in _LISTENING_WORDS:
            at = layout.words(first, at, head, words)
        lists: dict[str, str] = {}
        for name, listed in (("Theme", themes), ("Question", questions)):
            lists[name] = f"='{HOW_TO}'!$A${at + 3}:$A${at + 2 + len(listed)}"
            at = layout.table(first, at, (name, "what it means"), [(one.word, one.means) for one in listed])
        for name, header in LISTENING_HEADERS.items():
            sheet = page(out, name)
            columns = {head: _heard(head, lists, roles) for head in header}
            layout.head(sheet, columns)
            written = (rows or {}).get(name, ())
            for number in range(1, max(len(written), 40) + 1):
                values = written[number - 1] if number <= len(written) else [""] * len(header)
                layout.row(sheet, number, list(zip(columns.values(), values, strict=True)), texts=0)
            layout.fields(sheet, columns, last=ROWS)
    return out.content


def _heard(header: str, lists: Mapping[str, str], roles: Sequence[str]) -> Column:
    """Return what a column of the workbook of listening holds."""
    if header in lists:
        wide = 22 if header == "Theme" else 52
        note = (
            "The theme of the list on the first sheet that fits best."
            if header == "Theme"
            else "One of the list on the first sheet."
        )
        return Column(wide, note, listed=lists[header], strict=False)
    if header == "Role":
        return Column(26, "Role of whoever said it, never a name.", words=tuple(roles), strict=False)
    return _LISTENED[header]


_SHARE = "As 25 %, or a number in the unit that the question names."
_LEAST = {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "Write a number, such as 25 or 25 %."}
_LISTENED: Mapping[str, Column] = {
    "Heard on": Column(12, "The day on which it was said.", date=True),
    "Team": Column(22, "Only if the team has ten people or more; else leave it empty."),
    "Kind": Column(13, "Empty counts as a concern.", words=KINDS),
    "Concern": Column(48, "In their words. It stays in this file and is never printed."),
    "Asks": Column(34, "What they ask for. It stays in this file and is never printed."),
    "Read back on": Column(13, "The day on which you read it back. What was not read back does not count as heard.", date=True),
    "Agreed": Column(10, "Whether they agreed to your wording.", words=("yes", "no")),
    "Stated on": Column(12, "The day of the guess; it has to lie before the day on which figures were shown.", date=True),
    "Rater": _RATER,
    "Population": Column(16, "Whom the guess is about.", words=POPULATIONS),
    "Guess": Column(10, _SHARE, _LEAST),
    "Low": Column(10, f"The least that they think possible. {_SHARE}", _LEAST),
    "High": Column(10, f"The most that they think possible. {_SHARE}", _LEAST),
    "People": Column(10, "How many people are to be heard.", {**_LEAST, "validate": "integer", "error_message": "Write a whole number."}),
    "Planned on": Column(12, "The day on which it is planned.", date=True),
    "Changed": Column(70, "What was changed, in a sentence that everybody may read: it is printed as it stands."),
    "Owner role": Column(26, "The role that did it or will do it."),
    "Changed on": Column(12, "The day on which it was changed; empty while it is only promised.", date=True),
}  # fmt: skip

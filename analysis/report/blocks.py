"""What a page is made of: exhibits, tables, sentences; each becomes one plain record for the template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Tone = Literal["plain", "muted", "accent", "warning"]
Align = Literal["left", "right", "center"]
# a table of more rows may run over the end of a page
LONGEST_WHOLE = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell that is more than plain text.

    Attributes
    ----------
    text
        What it says.
    tone, strong
        Its colour by meaning, and whether it is semibold.
    level
        A level from 0 to 4, drawn as dots.
    bar, colour
        A share from 0 to 1, drawn as a bar before the text.
    """

    text: str = ""
    tone: Tone = "plain"
    strong: bool = False
    level: int | None = None
    bar: float | None = None
    colour: str = ""

    def record(self) -> dict[str, Any]:
        """Return the cell for the template."""
        record: dict[str, Any] = {"text": self.text, "tone": self.tone, "strong": self.strong}
        if self.level is not None:
            record["level"] = self.level
        if self.bar is not None:
            record |= {"bar": min(max(self.bar, 0.0), 1.0), "colour": self.colour}
        return record


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: its label, its side, and its share of the free width (0 takes what its texts need)."""

    label: str
    align: Align = "left"
    width: float = 0.0

    def record(self) -> dict[str, Any]:
        """Return the column for the template."""
        label = self.label[:1].upper() + self.label[1:]
        return {"label": label, "align": self.align, "width": self.width}


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside an exhibit: what it is about, and what it says."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart of the report: its file, its size and the function that draws it.

    Attributes
    ----------
    name
        File name without its ending.
    draw
        Draws into given axes.
    height_mm, margins_mm
        Height of the figure and the margins of its axes: left, right, top, foot [mm].
    columns
        How many of the twelve columns it takes.
    """

    name: str
    draw: Callable[[Axes], Axes]
    height_mm: float
    margins_mm: tuple[float, float, float, float] = (1, 1, 1, 1)
    columns: int = 12


@dataclass(frozen=True, slots=True)
class Source:
    """What an exhibit rests on.

    Attributes
    ----------
    files
        The tables or results it is drawn from, and their period: "Source: agent states; 2 March to 26 April 2026."
    n
        How many stand behind it, with their unit.
    definition
        What is counted or computed, over what, and what was put together or left out.
    tables
        The canonical tables among them.

    Examples
    --------
    >>> print(Source("Source: calls; May 2026.", "120 calls", "Share of offered.").saying("Interval calls only."))
    Source: calls; May 2026. Share of offered. Interval calls only.
    """

    files: str
    n: str = ""
    definition: str = ""
    tables: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the line below the exhibit; how many stand behind it is set at its rule."""
        return " ".join(part for part in (self.files, self.definition) if part)

    def saying(self, *more: str) -> Source:
        """Return the same source with more sentences of definition."""
        return replace(self, definition=" ".join(part for part in (self.definition, *more) if part))

    def counted(self, n: str, *more: str) -> Source:
        """Return the same source with how many stand behind it, and more sentences of definition."""
        return replace(self.saying(*more), n=n)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A finding with its proof: a chart or a table, the sentence above it, and what it rests on below.

    Attributes
    ----------
    headline
        A sentence that states the finding with its numbers.
    source
        What it rests on; a plain text stands for files and definition in one.
    drawing, alt, columns, rows, notes, columns_used, dense
        The chart with its alternative text, or the table; remarks beside it and its looks.
    topic
        Which question of the chapter it answers, set beside its number.
    unnumbered
        Why the headline states no number; empty where it does.
    """

    headline: str
    source: Source | str = ""
    drawing: Drawing | None = None
    alt: str = ""
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[str | Cell]] = ()
    notes: Sequence[Note] = ()
    columns_used: int = 12
    dense: bool = False
    topic: str = ""
    unnumbered: str = ""

    def record(self) -> dict[str, Any]:
        """Return the exhibit for the template, without its number."""
        source = self.source if isinstance(self.source, Source) else Source(self.source)
        record: dict[str, Any] = {
            "headline": self.headline,
            "source": source.files,
            "n": source.n,
            "definition": source.definition,
            "notes": [{"term": note.term, "text": note.text} for note in self.notes],
            "columns-used": self.columns_used,
            "breakable": len(self.rows) > LONGEST_WHOLE,
            "dense": self.dense,
            "topic": self.topic,
        }
        if self.drawing is not None:
            return record | {"kind": "figure", "file": f"{self.drawing.name}.svg", "alt": self.alt}
        return record | {"kind": "table", **table_record(self.columns, self.rows)}


def table_record(columns: Sequence[Column], rows: Sequence[Sequence[str | Cell]]) -> dict[str, Any]:
    """Return columns and rows for the template."""
    cells = [[cell if isinstance(cell, str) else cell.record() for cell in row] for row in rows]
    return {"columns": [column.record() for column in columns], "rows": cells}


@dataclass(frozen=True, slots=True)
class Absent:
    """A finding that could not be made: what cannot be shown, and what it would take."""

    headline: str
    text: str

    def record(self) -> dict[str, Any]:
        """Return the two sentences for the template."""
        return {"term": self.headline, "text": self.text}


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str

    def record(self) -> dict[str, Any]:
        """Return the paragraph for the template."""
        return {"kind": "text", "text": self.text}


@dataclass(frozen=True, slots=True)
class Subhead:
    """A heading inside a chapter."""

    text: str

    def record(self) -> dict[str, Any]:
        """Return the heading for the template."""
        return {"kind": "subhead", "text": self.text}


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure in large type with the words that explain it."""

    value: str
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Facts:
    """Up to four figures side by side."""

    items: Sequence[Fact]

    def record(self) -> dict[str, Any]:
        """Return the figures for the template."""
        items = [{"value": fact.value, "text": fact.text, "tone": fact.tone} for fact in self.items]
        return {"kind": "facts", "items": items}


@dataclass(frozen=True, slots=True)
class Terms:
    """Words and what they mean, in one column or, for short ones, in two."""

    items: Sequence[Note]
    double: bool = False

    def record(self) -> dict[str, Any]:
        """Return the words for the template."""
        items = [{"term": note.term, "text": note.text} for note in self.items]
        return {"kind": "terms", "items": items, "double": self.double}


@dataclass(frozen=True, slots=True)
class Listing:
    """A table without a headline, under a subhead."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Cell]]

    def record(self) -> dict[str, Any]:
        """Return the table for the template."""
        return {"kind": "list", **table_record(self.columns, self.rows)}


Part = Exhibit | Absent | Text | Subhead | Facts | Terms | Listing


@dataclass(frozen=True, slots=True)
class Chapter:
    """A question, its answer in a sentence or two, and the parts that prove it.

    Attributes
    ----------
    topic, question, answer, parts
        What it is about, what it asks and answers, and the proof.
    own_page
        Whether it stands on a page of its own.
    appendix
        Whether it is one: the contents name its question alone.
    """

    topic: str
    question: str
    answer: str
    parts: Sequence[Part] = field(default_factory=tuple)
    own_page: bool = False
    appendix: bool = False


def numbered(chapters: Sequence[Chapter]) -> list[dict[str, Any]]:
    """Return the chapters for the template, chapters and exhibits numbered in their order.

    Examples
    --------
    >>> chapter = Chapter("Measure", "How much?", "Much.", (Exhibit("It is much."), Absent("Why is not known.", "Ask.")))
    >>> [part.get("number") for part in numbered([chapter])[0]["parts"]]
    ['1', None]
    """
    records, exhibits = [], 0
    for place, chapter in enumerate(chapters, start=1):
        parts = []
        absent = [part for part in chapter.parts if isinstance(part, Absent)]
        for part in chapter.parts:
            if isinstance(part, Absent):
                # one block a chapter says all that cannot be shown
                if part is absent[0]:
                    parts.append({"kind": "absent", "items": [one.record() for one in dict.fromkeys(absent)]})
                continue
            record = part.record()
            if isinstance(part, Exhibit):
                exhibits += 1
                record["number"] = str(exhibits)
            parts.append(record)
        opening = {
            "topic": chapter.topic,
            "question": chapter.question,
            "answer": chapter.answer,
            "own-page": chapter.own_page,
        }
        records.append({"number": str(place), **opening, "parts": parts})
    return records

"""Two pages on listening, from the first day on: what was heard, what came of it, who was not heard, what was expected."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.blocks import Absent, Cell, Column, Drawing, Exhibit, Fact, Facts, Part
from analysis.report.brand import load_brand
from analysis.report.chapters import heard as chapter
from analysis.report.disclosure import check_heard, check_texts
from analysis.report.exhibits import voices
from analysis.report.exhibits.theme import Theme
from analysis.report.figures import draw_figures
from analysis.report.furniture import furniture
from analysis.report.paper import Paper, paper_named
from analysis.report.typeset import typeset
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.readiness.listening.guide import Guide, Role
    from analysis.readiness.listening.result import Heard

TEMPLATE = "listening.typ"
FILE = "listening.pdf"
# what the second page holds on the smaller paper
MOST_EXPECTED, MANY_OPEN, MOST_EARLY = 8, 5, 1
# the first page without its themes and answers; a line of an answer, its row, and the signs that a line holds at least
FIRST_MM, LINE_MM, ROW_MM, SIGNS, OWNER_SIGNS = 118.0, 3.9, 3.1, 42, 16
# questions beside a role that was not heard yet: more where fewer roles are left
QUESTIONS = {1: 3, 2: 3, 3: 2, 4: 2}


@dataclass(frozen=True, slots=True, repr=False)
class Listening:
    """The two pages, and what their first line says.

    Attributes
    ----------
    pdf
        The document.
    headline
        What the first page states.
    """

    pdf: bytes
    headline: str

    def __repr__(self) -> str:
        """Return the headline."""
        return self.headline


def build_listening(
    heard: Heard,
    guide: Guide,
    *,
    client: str,
    run: str,
    period: tuple[dt.date, dt.date] | None = None,
    brand: Path | None = None,
    paper: str = "a4",
) -> Listening:
    """Set the two pages on what was heard; where nothing was, they say how to begin and hold the questions.

    Parameters
    ----------
    heard
        What :func:`analysis.readiness.listening.listen` returned.
    guide
        Whom to ask what.
    client
        Name of the client as printed.
    run
        Short identifier of what the pages were made of.
    period
        First and last day of the assessment; None before they are known.
    brand
        A ``brand.toml``; by default the kit's own.
    paper
        ``"a4"`` or ``"letter"``.

    Returns
    -------
    Listening
        A tagged PDF (PDF/UA-1) of two pages, the same bytes for the same content.

    Raises
    ------
    UsageProblem
        The brand file or the paper is wrong.
    DisclosureProblem
        A text holds a pseudonym, or a count could be of one person.
    PageError
        The pages could not be set without a warning.
    """
    check_heard(heard)
    chosen, sheet = load_brand(brand), paper_named(paper)
    theme = Theme.of(chosen)
    words = theme.words
    first, second, drawings = _begun(theme, heard, guide, sheet) if _spoken(heard) else _blank(words, heard, guide)
    record = {
        **furniture(words, title=words("voices.title"), client=client, run=run, brand=chosen, paper=sheet),
        "first": {"period": words.n.period(*period) if period else "", **first},
        "second": second,
    }
    check_texts({FILE: json.dumps(record, ensure_ascii=False)})
    with tempfile.TemporaryDirectory(prefix="listening-") as name:
        figures = Path(name) / "figures"
        draw_figures(drawings, figures, paper=sheet, theme=theme)
        pdf = typeset(record, figures, brand=chosen, main=TEMPLATE)
    return Listening(pdf, first["headline"])


def _spoken(heard: Heard) -> bool:
    """Tell whether so much was written down that there is something to show."""
    return voices.over_all(heard) is not None


def _begun(
    theme: Theme, heard: Heard, guide: Guide, paper: Paper
) -> tuple[dict[str, Any], dict[str, Any], list[Drawing]]:
    """Return both pages once people were heard."""
    words = theme.words
    shown = chapter.themes(theme, heard)
    answers = chapter.changed(words, heard, _fitting(heard, paper), left="left") or [
        Absent(words("heard.no_change"), words("voices.no_change_needed"))
    ]
    first = {
        "headline": f"{voices.headline(heard, theme=theme)}.",
        "text": "",
        "parts": _records([_facts(words, heard), _retold(shown, words("voices.page.themes")), *answers]),
    }
    open_ = _open_roles(words, heard, guide)
    second = {
        "headline": chapter.hearing_headline(words, heard.heard) + ".",
        "text": "",
        "parts": [
            *_records(
                [*open_, *chapter.expected(words, heard, _most_expected(heard), left="left")], start=2 + len(answers)
            ),
            *_rules(words, guide),
        ],
    }
    return first, second, [shown.drawing] if isinstance(shown, Exhibit) and shown.drawing else []


def _fitting(heard: Heard, paper: Paper) -> int:
    """Return how many answers fit below the themes on the first page."""
    room = paper.height_mm - paper.top_mm - paper.foot_mm - FIRST_MM - voices.height_mm(heard)
    lines = [
        max(math.ceil(len(row.changed) / SIGNS), math.ceil(len(row.owner_role) / OWNER_SIGNS), 1)
        for row in heard.responses.itertuples()
    ]
    heights = itertools.accumulate(LINE_MM * count + ROW_MM for count in lines)
    return max(sum(height <= room for height in heights), 1)


def _most_expected(heard: Heard) -> int:
    """Return how many guesses fit below the roles on the second page."""
    return MOST_EXPECTED - max(int((heard.heard["state"] != "heard").sum()) - MANY_OPEN, 0)


def _facts(words: Words, heard: Heard) -> Part:
    """Return how many notes, how far they were read back, how long that took, and how many were raised."""
    total = voices.over_all(heard)
    if total is None:
        return Facts(())
    count, teams = words.n.count, total["teams"]
    notes = words("voices.fact.notes", teams=words.some("voices.teams", teams)) if teams > 1 else words("voices.fact.notes_one")  # fmt: skip
    left = 0 if pd.isna(total["read_back"]) else int(total["times"] - total["read_back"])
    agreed = words("voices.fact.left", left=count(left)) if left else words("voices.fact.read")
    if pd.notna(total["agreed"]) and total["agreed"]:
        agreed = words("voices.fact.agreed", read=agreed, n=count(total["agreed"]))
    items = [
        Fact(count(total["times"]), notes),
        Fact(words("voices.fact.nearly_all") if pd.isna(total["read_back"]) else count(total["read_back"]), agreed),
        Fact(
            words("voices.fact.few") if pd.isna(total["escalations"]) else count(total["escalations"]),
            words("voices.fact.raised"),
        ),
    ]
    days = total["days_to_read_back"]
    if not math.isnan(days):
        items.insert(2, Fact(words.some("heard.days", round(days)), words("voices.fact.days")))
    return Facts(items)


def _retold(part: Part, headline: str) -> Part:
    """Return the exhibit of themes under a headline of its own: the page's already says what it says."""
    if not isinstance(part, Exhibit):
        return part
    return Exhibit(headline, part.source, part.drawing, part.alt)


def _blank(words: Words, heard: Heard, guide: Guide) -> tuple[dict[str, Any], dict[str, Any], list[Drawing]]:
    """Return both pages where nothing can be shown yet: how to begin, and the questions."""
    expected: list[Part] = chapter.expected(words, heard, MOST_EXPECTED, left="left") or [_asked(words, guide)]
    # the printed guide holds the rules as well
    answers = chapter.changed(words, heard, MOST_EARLY, left="left")
    first = {
        "headline": words("voices.blank.headline"),
        "text": words("voices.blank.text"),
        "parts": [
            _head(words("voices.page.first")),
            _lines(guide.first, numbered=True),
            *_records([*expected, *answers]),
            *([] if answers else _rules(words, guide)),
        ],
    }
    second = {
        "headline": words("voices.blank.questions"),
        "text": "",
        "parts": [{"kind": "questions", "columns": _columns(words, heard, guide)}],
    }
    return first, second, []


def _asked(words: Words, guide: Guide) -> Part:
    """Return what leaders are asked to guess."""
    rows = [
        (one.ask, words.listed([words(f"population.{name}").lower() for name in one.populations]))
        for one in guide.expectations
    ]
    columns = (Column(words("voices.column.ask"), width=7), Column(words("voices.column.of"), width=2.4))
    return Exhibit(words("voices.page.asked"), words("voices.page.asked_source"), columns=columns, rows=rows)


def _open_roles(words: Words, heard: Heard, guide: Guide) -> list[Part]:
    """Return who was heard and who was not, with the questions that those who were not are asked first."""
    frame = heard.heard
    open_ = int((frame["state"] != "heard").sum())
    asked = QUESTIONS.get(open_, 1)
    by_name = {role.name: role for role in guide.roles}
    rows = [_open_row(words, row, by_name.get(str(row.role)), asked) for row in frame.itertuples()]
    columns = (
        Column(words("heard.column.role"), width=2.5),
        Column(words("heard.column.state"), width=1.5),
        Column(words("heard.column.told"), width=3),
        Column(words("voices.column.first"), width=4.8),
    )
    return [
        Exhibit(words("voices.page.open"), words("heard.hearing_source"), columns=columns, rows=rows, dense=True)
    ] if rows else []  # fmt: skip


def _open_row(words: Words, row: Any, role: Role | None, asked: int) -> tuple[str | Cell, ...]:
    questions = " ".join(role.questions[:asked]) if role is not None and row.state != "heard" else ""
    return (*chapter.hearing_row(words, row), Cell(questions, tone="muted"))


def _rules(words: Words, guide: Guide) -> list[dict[str, Any]]:
    return [_head(words("voices.page.rules")), _lines(guide.rules, double=True, size=8.0)]


def _head(text: str) -> dict[str, Any]:
    return {"kind": "head", "text": text}


def _lines(items: Sequence[str], *, numbered: bool = False, double: bool = False, size: float = 9.0) -> dict[str, Any]:
    return {"kind": "lines", "items": list(items), "numbered": numbered, "double": double, "size": size}


def _columns(words: Words, heard: Heard, guide: Guide) -> list[list[dict[str, Any]]]:
    """Divide the questions into two columns of nearly the same length, in order."""
    known = {str(row.role): chapter.told(words, row) for row in heard.heard.itertuples() if row.kind == "role"}
    blocks = [
        {"name": words("voices.opening"), "planned": "", "questions": list(guide.opening)},
        *(
            {
                "name": f"{role.name[:1].upper()}{role.name[1:]}",
                "planned": known.get(role.name, ""),
                "questions": list(role.questions),
            }
            for role in guide.roles
        ),
        {"name": words("voices.closing"), "planned": "", "questions": list(guide.closing)},
    ]
    sizes = [2 + sum(1 + len(line) // 60 for line in block["questions"]) for block in blocks]
    cut = min(range(len(blocks) + 1), key=lambda place: max(sum(sizes[:place]), sum(sizes[place:])))
    return [blocks[:cut], blocks[cut:]]


def _records(parts: Sequence[Part], start: int = 1) -> list[dict[str, Any]]:
    """Return parts for the template, exhibits numbered from `start`."""
    records, number = [], start
    for part in parts:
        if isinstance(part, Absent):
            records.append({"kind": "absent", "items": [part.record()]})
            continue
        record = part.record()
        if isinstance(part, Exhibit):
            record |= {"number": str(number), "breakable": False}
            number += 1
        records.append(record)
    return records

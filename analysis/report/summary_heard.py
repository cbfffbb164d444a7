"""The last page of the summary for staff: what people said, what came of it, what comes next, and rights."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pandas as pd

from analysis.readiness.plan.texts import banned_word
from analysis.report.blocks import Cell, Column, table_record
from analysis.report.context import Context
from analysis.report.exhibits import voices
from analysis.report.summary_pages import Block, banned_words, row_of, way_of

# themes and answers that the page holds, and the most words of a sentence that was written for print
MOST_THEMES, MOST_CHANGED, MOST_WORDS = 6, 3, 30
THEME_COLOUR, OTHER_COLOUR = "#33465A", "#8493A2"


def heard(c: Context) -> dict[str, Any]:
    """Return the page on what people said, what comes next, rights and five words."""
    words, way = c.words, way_of(c)
    total = voices.over_all(c.readiness)
    blocks: list[Block] = []
    if total is not None:
        blocks.append(_themes(c))
        blocks.append({"kind": "rows", "items": [{"term": words("summary.heard.changed"), "text": _changed(c)}]})
    rows = [
        {"term": words("summary.next.term"), "text": words(f"summary.next.{way}")},
        *(row_of(words, f"rights.{name}") for name in ("ask", "see", "object")),
    ]
    how = [] if total is not None else [row_of(words, f"heard.how.{name}") for name in ("ask", "back")]
    blocks.append({"kind": "rows", "items": [*how, *rows]})
    return {"title": words("summary.heard.title"), "lead": _notes(c, total), "blocks": blocks}


def _notes(c: Context, total: pd.Series | None) -> str:
    """Return how many notes there are, and how many were read back."""
    if total is None:
        return c.words("summary.heard.nothing")
    count = c.n.count(total["times"])
    if pd.isna(total["read_back"]) or pd.isna(total["teams"]) or total["teams"] < 2:
        return c.words("summary.heard.notes_few", n=count)
    teams = c.words.some("voices.teams", total["teams"])
    return c.words("summary.heard.notes", n=count, teams=teams, read_back=c.n.count(total["read_back"]))


def _themes(c: Context) -> Block:
    """Return the themes as a table: counts alone, the largest first, others put together."""
    words, frame = c.words, shown_themes(c)
    most = int(frame["times"].max())
    rows = [
        (
            _upper(words("voices.other") if row.kind == "merged" else str(row.theme)),
            Cell(
                c.n.count(row.times),
                bar=row.times / most,
                colour=OTHER_COLOUR if row.kind == "merged" else THEME_COLOUR,
            ),
            _read(c, row),
        )
        for row in frame.itertuples()
    ]
    columns = (
        Column(words("summary.heard.column.theme"), width=3),
        Column(words("summary.heard.column.notes"), width=4),
        Column(words("summary.heard.column.read"), "right", 1.6),
    )
    return {"kind": "table", "headline": words("summary.exhibit_two"), **table_record(columns, rows)}


def shown_themes(c: Context) -> pd.DataFrame:
    """Return the largest themes and the rest as one; a theme whose name may not stand here goes to the rest."""
    banned = banned_words(c.words)
    frame = voices.rows(_renamed(c.readiness, banned))
    named, merged = frame[frame["kind"] == "theme"], frame[frame["kind"] == "merged"]
    rest = pd.concat([named.iloc[MOST_THEMES:], merged])
    if rest.empty:
        return named
    together = {
        "kind": "merged",
        "theme": "",
        "times": int(rest["times"].sum()),
        "read_back": rest["read_back"].sum(skipna=False),
    }
    columns = ["kind", "theme", "times", "read_back"]
    both = pd.DataFrame([*named.head(MOST_THEMES)[columns].to_dict("records"), together], columns=columns)
    return both.astype({"times": "Int64", "read_back": "Int64"})


def _renamed(readiness: Any, banned: tuple[str, ...]) -> Any:
    """Return readiness with themes that may not be named counted among the others."""
    frame = readiness.listening
    hidden = (frame["kind"] == "theme") & frame["theme"].map(lambda name: bool(banned_word(str(name), banned)))
    if not hidden.any():
        return readiness
    return dataclasses.replace(readiness, listening=frame.assign(kind=frame["kind"].mask(hidden, "merged")))


def _read(c: Context, row: Any) -> str:
    """Return how many notes of a theme were read back."""
    key = "summary.heard.read"
    if pd.isna(row.read_back):
        return c.words(f"{key}.most")
    if row.read_back == row.times:
        return c.words(f"{key}.all")
    return c.words(f"{key}.some", n=c.n.count(row.read_back)) if row.read_back else c.words(f"{key}.none")


def _changed(c: Context) -> str:
    """Return what was changed because of what people said, as it was written for print."""
    frame, words = c.readiness.responses, c.words
    if frame.empty:
        return words("summary.heard.unchanged")
    banned = banned_words(words)
    told = [
        words("summary.heard.listed", theme=_upper(str(row.theme)), changed=str(row.changed).strip().rstrip("."))
        for row in frame.itertuples()
    ]
    shown = [text for text in told if not banned_word(text, banned) and _longest(text) <= MOST_WORDS][:MOST_CHANGED]
    left = len(told) - len(shown)
    return " ".join([*shown, words.some("summary.left_out", left)] if left else shown)


def _longest(text: str) -> int:
    """Return the number of words of the longest sentence of a text."""
    return max((len(part.split()) for part in re.split(r"(?<=[.!?:])\s", text)), default=0)


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"

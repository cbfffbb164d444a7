"""Questions that no fault of an export raises: files that are not there, lists and maps of the engagement that are wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl

from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Client, Period
from analysis.intake import Source, read_sources

ROWS = "agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\nb,2026-03-02 09:30,2026-03-02 10:15,HANDLING\n"
MAP = "state_raw,ladder_bucket,paid,planned,legitimate_allowance,cause,interruptible,counts_toward_shrinkage\n"
HALVES = "".join(f"q,2026-03-02 {9 + i // 2:02d}:{i % 2 * 30:02d},30,5\n" for i in range(24))

RATINGS = {"files": ["data/[ab].*"], "table": "answers", "adapter": "kit_readiness"}
RATED = [("Criterion", "Rater", "Rating", "Seen"), ("T1", "R1", 3, "said")]
UNRATED = [("Criterion", "Question", "Rater", "Score", "Seen", "Evidence"), ("T1", "Can it?", "R1", 3, "said", "")]


def sheets(pages: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Return a workbook with rows by sheet."""
    stream, book = BytesIO(), openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in pages.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(stream)
    return stream.getvalue()


Question = tuple[dict[str, Any], Mapping[str, str | bytes]]

# Title: (keys of the source beside files and table, further files in data/).
QUESTIONS: dict[str, Question] = {
    "no file of that name": ({"files": ["data/spels.csv"]}, {}),
    "exclude names no column": ({"exclude": {"login": ["x"]}}, {}),
    "state map that is not there": ({"state_map": "data/map.csv"}, {}),
    "state map without its columns": ({"state_map": "data/map.csv"}, {"map.csv": "code,bucket\n"}),
    "state map with an unknown bucket": ({"state_map": "data/map.csv"}, {"map.csv": MAP + "IDLE,RESTING,,,,,,\n"}),
    "state map with an unknown cause": ({"state_map": "data/map.csv"}, {"map.csv": MAP + "IDLE,IDLE,,,,weather,,\n"}),
    "state map with a code twice": ({"state_map": "data/map.csv"}, {"map.csv": MAP + "a,IDLE,,,,,,\nA,AWAY,,,,,,\n"}),
    "state map with a wrong flag": ({"state_map": "data/map.csv"}, {"map.csv": MAP + "IDLE,IDLE,often,,,,,\n"}),
    "identities that are not there": ({"identities": "data/who.csv"}, {}),
    "identities without their columns": ({"identities": "data/who.csv"}, {"who.csv": "a,b\n"}),
    "identities with an empty cell": ({"identities": "data/who.csv"}, {"who.csv": "identifier,person\na,\n"}),
    "identities with two persons": ({"identities": "data/who.csv"}, {"who.csv": "identifier,person\na,b\na,c\n"}),
    "versions in a column that has none": (
        {"latest_by": "note"},
        {"spells.csv": ROWS.replace("\n", ",\n").replace("state,", "state,note")},
    ),
    "versions that are no versions": ({"latest_by": "state"}, {}),
    "clock of twelve hours as stated": ({"clock_hours": 12}, {}),
    "lengths of intervals in minutes": (
        {"table": "volumes"},
        {"spells.csv": "queue,start,length_s,offered\n" + HALVES},
    ),
    "the same file twice": ({"files": ["data/spells.csv"], "again": True}, {}),
    "ratings in a table without roles": (RATINGS, {"a.csv": "Criterion,Rater,Rating\nT1,R1,3\n"}),
    "a sheet of ratings without a name of its own": (RATINGS, {"a.xlsx": sheets({"Sheet1": RATED})}),
    "a sheet of ratings that lacks a column": (RATINGS, {"a.xlsx": sheets({"IT lead": RATED, "agents": UNRATED})}),
    "a workbook without any sheet of ratings": (RATINGS, {"a.xlsx": sheets({"notes": [("who", "what"), ("a", "b")]})}),
    "one mark for two raters": (
        RATINGS,
        {"a.xlsx": sheets({"IT lead": RATED}), "b.xlsx": sheets({"IT lead": [RATED[0], ("T1", "R1", 0, "")]})},
    ),
}


def ask(question: Question) -> str:
    """Return the words with which a source is refused."""
    keys, files = dict(question[0]), question[1]
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "data").mkdir()
        for name, content in {"spells.csv": ROWS, **files}.items():
            (root / "data" / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        period = Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
        client = Client(name="Test", time_zone="Europe/Amsterdam", period=period)
        times = 2 if keys.pop("again", False) else 1
        sources = [Source(**{"files": ["data/spells.csv"], "table": "spells", **keys})] * times
        try:
            read_sources(sources, client=client, root=root, key=bytes(range(32)))
        except DataProblem as problem:
            return str(problem)
    raise AssertionError("read without a question")

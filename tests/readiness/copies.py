"""Copies of the sample whose workbook of ratings was edited as a consultant would: cells of the sheets, nothing else."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from analysis.foundation.settings import Client
from analysis.intake import read_sources
from analysis.intake.answer_books import HOW_TO
from analysis.intake.settings import Source

#: What an edit makes of a rating: criterion and the cell's value (None: not answered) to the new value.
Edit = Callable[[str, Any], Any]
ANSWERS = Path("answers") / "readiness.xlsx"
GATE = "C2"


def all_good(criterion: str, rating: Any) -> Any:
    """Everything that was rated is as good as it can be."""
    return rating if rating is None else 4


def gate_failed(criterion: str, rating: Any) -> Any:
    """Those who were asked say that a gate is not there at all."""
    return 0 if criterion == GATE and rating is not None else rating


def gate_unanswered(criterion: str, rating: Any) -> Any:
    """Nobody could say how a gate stands."""
    return "not known" if criterion == GATE and rating is not None else rating


def edit_ratings(book: Path, edit: Edit) -> None:
    """Change the ratings of a workbook in place."""
    opened = openpyxl.load_workbook(book)
    for page in opened:
        if page.title == HOW_TO:
            continue
        header = [cell.value for cell in page[1]]
        at = header.index("Rating")
        for row in page.iter_rows(min_row=2):
            if row[0].value:
                row[at].value = edit(str(row[0].value), row[at].value)
    opened.save(book)


def edit_due_times(file: Path, later: pd.Timedelta) -> None:
    """Move the due time of every item in the export."""
    head, *lines = file.read_text(encoding="utf-8").split("\n")
    at = head.split(",").index("Due")
    for place, line in enumerate(lines):
        cells = line.split(",")
        if len(cells) > at:
            cells[at] = str(pd.Timestamp(cells[at]) + later)
            lines[place] = ",".join(cells)
    file.write_text("\n".join([head, *lines]), encoding="utf-8", newline="\n")


def read_answers(folder: Path) -> Any:
    """Return the table of ratings of a copy."""
    stated = tomllib.loads((folder / "engagement.toml").read_text(encoding="utf-8"))
    sources = [Source(**source) for source in stated["source"] if source["adapter"] == "kit_readiness"]
    client = Client(**stated["client"])
    return read_sources(sources, client=client, root=folder, key=bytes(range(32))).tables["answers"]

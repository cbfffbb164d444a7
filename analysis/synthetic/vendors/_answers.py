"""What the generators of the two workbooks that people fill in share."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.foundation.schema import GIVEN
from analysis.intake.answer_books import Row, Word, listening_book, readiness_book
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

THEMES: tuple[str, ...] = ("trust", "systems", "workload")
QUESTION = "share of attended time without work"
LEVELS: tuple[str, str, str] = ("nobody", "some", "everybody")
# Rows that a sheet of listening is prepared with; those that stay empty are blank.
PREPARED = 40


def day(world: VendorWorld, after: int) -> dt.date:
    """Return a day of the client's period."""
    return world.client.period.start + dt.timedelta(days=after)


def listening_export(
    world: VendorWorld,
    folder: Path,
    adapter: str,
    rows: Sequence[Sequence[Any]],
    *,
    truth: pd.DataFrame,
    fates: Mapping[str, int],
) -> Export:
    """Write the workbook of listening with rows on the sheet that an adapter reads.

    Parameters
    ----------
    world, folder
        The client, and the engagement folder.
    adapter
        One of the four adapters.
    rows
        What is written on its sheet, in the order of its columns.
    truth
        Rows of the canonical table.
    fates
        What becomes of the rows, header and blank ones left out.
    """
    sheet = {
        "kit_concerns": "Concerns",
        "kit_expectations": "Expectations",
        "kit_to_hear": "To hear",
        "kit_changed": "What changed",
    }[adapter]
    others = {"Concerns": [[day(world, 1), "planners", "", "", "the words of somebody", THEMES[0], "", "", ""]]}
    content = listening_book(
        themes=[Word(theme, "") for theme in THEMES],
        questions=[Word(QUESTION, "")],
        roles=["planners", "team leaders"],
        rows={**others, sheet: rows},
    )
    (folder / "data" / "listening.xlsx").write_bytes(content)
    ledger = Counter({"header": 1, "blank": PREPARED - len(rows), **fates})
    return Export({"files": ["data/listening.xlsx"], "adapter": adapter}, truth.reset_index(drop=True), ledger)


def readiness_export(folder: Path, asked: Mapping[str, Sequence[Row]], by_type: Sequence[Row]) -> Export:
    """Write the workbook of ratings and return it with what it says."""
    content = readiness_book(asked, by_type, roles={}, questionnaire="version 2")
    (folder / "data" / "readiness.xlsx").write_bytes(content)
    rows = [(role, row) for role, some in asked.items() for row in some] + [(row.role, row) for row in by_type]
    words = {"in the system": "system", "in a document": "document"}
    said = [
        {
            "criterion": row.criterion,
            "rater": row.rater,
            "role": role,
            "rating": float(row.rating) if row.rating.isdigit() else None,
            "evidence": GIVEN if row.evidence else None,
            "basis": words.get(row.seen, row.seen) or None,
            "type": row.type or None,
        }
        for role, row in rows
        if row.rating
    ]
    ledger = Counter({"header": len(asked) + 1, "used": len(said), "excluded:not_answered": len(rows) - len(said)})
    return Export({"files": ["data/readiness.xlsx"], "adapter": "kit_readiness"}, pd.DataFrame(said), ledger)

"""The verdict per source: what it holds, what it is good for, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.intake.reconciliation.origins import Origin
from analysis.intake.reconciliation.result import SOURCE_COLUMNS

if TYPE_CHECKING:
    from analysis.intake.result import Intake


def sources_of(intake: Intake, origins: Sequence[Origin], time: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Return one row per source with its verdict; files that fill no table of facts stand for themselves.

    Parameters
    ----------
    intake
        What was read.
    origins
        Sources with their rows.
    time
        Where the time of each file went.
    minimum
        Smallest group: no hours of a source with fewer persons.
    """
    left = intake.files
    groups = []
    for origin in origins:
        mine = left["file"].isin(origin.files) & (left["table"] == origin.table)
        groups.append((origin.label, left[mine], _persons(origin)))
        left = left[~mine]
    groups += [(str(record.file), left[left.index == record.Index], 0) for record in left.itertuples()]
    rows = [_row(label, files, time, persons, minimum) for label, files, persons in groups if len(files)]
    return pd.DataFrame(rows, columns=SOURCE_COLUMNS)


def _persons(origin: Origin) -> int:
    return 0 if origin.agents is None else int(origin.agents.nunique())


def _row(label: str, files: pd.DataFrame, time: pd.DataFrame, persons: int, minimum: int) -> tuple[object, ...]:
    first = files.iloc[0]
    mine = time[(time["source"] == label) & (time["table"] == first["table"])]
    sides = [sum(int(us) for us in mine.loc[mine["side"] == side, "us"]) / 3.6e9 for side in ("stated", "used")]
    sides = [float("nan")] * 2 if 0 < persons < minimum else sides
    words = ["; ".join(_once(files[column])) for column in ("good_for", "not_good_for")]
    population = "" if pd.isna(first["population"]) else str(first["population"])
    return (
        *(label, str(first["adapter"]), str(first["table"]), population, len(files), persons),
        *(int(files["physical"].sum()), int(files["used"].sum()), *sides, *words),
    )


def _once(texts: pd.Series) -> list[str]:
    """Return the parts of verdicts, each once, in their order."""
    parts = [part for text in texts.fillna("") for part in str(text).split("; ") if part]
    return list(dict.fromkeys(parts))

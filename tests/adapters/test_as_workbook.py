"""An export that somebody opened and saved as a workbook, with typed dates, times and numbers, says the same to the microsecond."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.intake import Source, read_sources
from analysis.intake.adapters import adapter_names, format_of
from analysis.synthetic.vendors import write_export

NAMES = [name for name in adapter_names() if name not in ("generic", "xes")]
STAMPS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y")
# Our columns whose cells a careful person keeps as text.
TEXTS = ("agent", "observer", "contact", "item", "queue", "round", "team", "rater", "criterion", "queue_or_type")


def typed(cell: str) -> object:
    """Return a cell as a workbook holds it: a number, a length of time, a date, else text."""
    if re.fullmatch(r"-?\d{1,9}(\.\d+)?", cell):
        return float(cell) if "." in cell else int(cell)
    clock = re.fullmatch(r"(\d+):(\d\d):(\d\d)", cell)
    if clock:
        hours, minutes, seconds = map(int, clock.groups())
        return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    for form in STAMPS:
        try:
            return dt.datetime.strptime(cell, form)
        except ValueError:
            continue
    return cell or None


def save_as_workbook(path: Path, keep: set[str]) -> None:
    """Replace a table of text by a workbook with typed cells."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    head = max(rows, key=len)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    for row in rows:
        sheet.append([cell or None if name in keep else typed(cell) for name, cell in zip(head, row, strict=False)])
    book.save(path.with_suffix(".xlsx"))
    path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("adapter", NAMES)
def test_a_workbook_says_the_same(tmp_path, adapter):
    export, client = write_export(adapter, tmp_path)
    files = [tmp_path / name for pattern in export.source["files"] for name in sorted(tmp_path.glob(pattern))]
    if any(path.suffix != ".csv" for path in files):
        return
    text = read_sources([Source(**export.source)], client=client, root=tmp_path, key=bytes(32))
    ways = [way for ours in TEXTS for way in format_of(adapter).defaults.get(ours, ())]
    for path in files:
        save_as_workbook(path, {name for way in ways for name in ([way] if isinstance(way, str) else way)})
    source = {**export.source, "files": [name.replace(".csv", ".xlsx") for name in export.source["files"]]}
    book = read_sources([Source(**source)], client=client, root=tmp_path, key=bytes(32))
    for name, table in text.tables.items():
        columns = [column for column in table if column not in ("source", "source_row")]
        found, truth = (one[columns].sort_values(columns, ignore_index=True) for one in (book.tables[name], table))
        pd.testing.assert_frame_equal(found, truth)

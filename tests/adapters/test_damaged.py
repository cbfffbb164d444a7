"""Whatever stands in a cell of an export, intake reads it, asks, or refuses: it never breaks off, and every row keeps a fate."""

from __future__ import annotations

import csv
import io
import random

import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import Source, read_sources
from analysis.intake.adapters import adapter_names
from analysis.synthetic.vendors import write_export

NAMES = [name for name in adapter_names() if name not in ("generic", "xes")]
JUNK = (
    *("", " ", "abc", "None", "NaN", "inf", "∞", "'", "=1+1", "x" * 500, "\U0001f600", "１２", "0x10"),
    *(
        "0",
        "-0",
        "-5",
        "1.5",
        "1,234",
        "1e400",
        "1e300",
        "1e-300",
        "-60000",
        "99999999999999999999",
        "9223372036854775807",
    ),
    *("24:00", "25:61", "2026-13-45", "2026-03-29 02:30:00", "1969-12-31 23:59:59"),
)


def damaged(rng: random.Random, text: str) -> str:
    """Return a table with junk in some cells, in a whole column, or without a column."""
    head, *body = csv.reader(io.StringIO(text))
    way, column, junk = rng.randrange(3), rng.randrange(len(head)), rng.choice(JUNK)
    if way < 2:
        body = body[: rng.choice((1, 2, 60))]
    for row in body:
        if way == 0 and rng.random() < 0.5 and row:
            row[rng.randrange(len(row))] = rng.choice(JUNK)
        elif way == 1 and column < len(row):
            row[column] = junk
    if way == 2:
        head, *body = ([cell for at, cell in enumerate(row) if at != column] for row in (head, *body))
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([head, *body])
    return stream.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("adapter", NAMES)
def test_no_cell_breaks_the_reading_off(tmp_path_factory, adapter):
    for seed in range(8):
        rng, folder = random.Random(f"{adapter} {seed}"), tmp_path_factory.mktemp(adapter)
        export, client = write_export(adapter, folder, season=rng.choice(("spring", "autumn")))
        tables = sorted(folder.glob("data/*.csv"))
        if not tables:
            return
        for path in tables:
            path.write_text(damaged(rng, path.read_text(encoding="utf-8-sig")), encoding="utf-8", newline="")
        try:
            intake = read_sources([Source(**export.source)], client=client, root=folder, key=bytes(32))
        except DataProblem:
            continue
        assert intake.files["physical"].sum() > 0

"""Two exports that overlap, as clients pull them week by week, say the same as one: every row counts once, and states run on across files."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.intake import Source, read_sources
from analysis.intake.adapters import adapter_names
from analysis.synthetic.vendors import write_export

NAMES = [name for name in adapter_names() if name not in ("generic", "xes")]
OVERLAP = 25


@pytest.mark.slow
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("adapter", NAMES)
def test_two_overlapping_exports_are_one(tmp_path, adapter, order):
    export, client = write_export(adapter, tmp_path, season="autumn")
    files = [path for pattern in export.source["files"] for path in sorted(tmp_path.glob(pattern))]
    if len(files) > 1 or files[0].suffix != ".csv":
        return
    lines = files[0].read_text(encoding="utf-8-sig").splitlines()
    if lines[0].count(",") < max(line.count(",") for line in lines[:10]):
        return  # a banner stands above the header
    whole = read_sources([Source(**export.source)], client=client, root=tmp_path, key=bytes(32))
    head, *body = lines
    middle = len(body) // 2
    parts = [body[: middle + OVERLAP], body[middle - OVERLAP :]]
    for name, rows in zip(("part_1", "part_2"), parts[::order], strict=True):
        (tmp_path / "data" / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8", newline="")
    files[0].unlink()
    both = read_sources(
        [Source(**{**export.source, "files": ["data/part_*.csv"]})], client=client, root=tmp_path, key=bytes(32)
    )
    for name, table in whole.tables.items():
        columns = [column for column in table if column not in ("source", "source_row")]
        found, truth = (one[columns].sort_values(columns, ignore_index=True) for one in (both.tables[name], table))
        pd.testing.assert_frame_equal(found, truth)

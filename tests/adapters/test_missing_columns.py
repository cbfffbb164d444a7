"""An export that lacks any one of its columns is read as far as it goes or asked about; it never ends in a fault of the program."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import Source, read_sources
from analysis.intake.adapters import adapter_names
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))
NAMES = [name for name in adapter_names() if name not in ("generic", "xes")]


def names_in(value: Any) -> set[str]:
    """Return all keys of a JSON value."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values())) if value else set()
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


def without(value: Any, key: str) -> Any:
    """Return a JSON value without one key, wherever it stands."""
    if isinstance(value, dict):
        return {name: without(inner, key) for name, inner in value.items() if name != key}
    return [without(one, key) for one in value] if isinstance(value, list) else value


def variants(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of each column of a file, and the file without it."""
    text = path.read_text(encoding="utf-8-sig")
    if text.lstrip().startswith(("{", "[")):
        records = [json.loads(line) for line in text.splitlines()] if "\n{" in text.strip() else [json.loads(text)]
        for key in sorted(names_in(records)):
            yield key, "\n".join(json.dumps(without(one, key)) for one in records)
        return
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    width = max(map(len, rows))
    top = next(at for at, row in enumerate(rows) if len(row) == width and all(row))
    for position, name in enumerate(rows[top]):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator, lineterminator="\n").writerows(
            row[:position] + row[position + 1 :] if len(row) > position and at >= top else row
            for at, row in enumerate(rows)
        )
        yield name, out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("adapter", NAMES)
def test_one_column_less_is_no_fault(tmp_path, adapter):
    export, client = write_export(adapter, tmp_path)
    first = sorted(path for pattern in export.source["files"] for path in tmp_path.glob(pattern))[0]
    if first.read_bytes()[:2] == b"PK":
        pytest.skip("a workbook")
    source = Source(**{**export.source, "files": [first.relative_to(tmp_path).as_posix()]})
    read = 0
    for _, text in variants(first):
        first.write_text(text, encoding="utf-8", newline="\n")
        with contextlib.suppress(DataProblem):
            read_sources([source], client=client, root=tmp_path, key=KEY)
        read += 1
    assert read > 2

"""Which function answers which published or independently computed row, and that a test holds it there."""

import csv
import pkgutil
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
with (ROOT / "tests" / "reference" / "baseline.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
WANTED = {
    *("WS01", "WS03", "WS06", "WS09", "WS10", "WS13", "WS15a", "WS15c", "WS17", "MC01"),
    *("LOG01", "LOG05", "LOG06", "TR01", "WT01"),
}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['id']} {row['function'].rpartition('.')[2]}" for row in ROWS])
def test_the_function_and_its_test_exist(row):
    assert pkgutil.resolve_name(row["function"]) is not None
    path, _, test = row["test"].partition("::")
    assert re.search(rf"^(?:def|class) {test}\b", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert row["source"]


def test_no_row_of_the_baseline_is_left_out():
    assert {row["id"] for row in ROWS} >= WANTED

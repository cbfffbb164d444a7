"""Which function answers which published or independently computed row, and that a test holds it there."""

import csv
import pkgutil
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("baseline", "utilization", "readiness")
ROWS = [
    row
    for name in FILES
    for row in csv.DictReader((ROOT / "tests" / "reference" / f"{name}.csv").read_text(encoding="utf-8").splitlines())
]
WANTED = {
    *("WS01", "WS03", "WS06", "WS09", "WS10", "WS13", "WS15a", "WS15c", "WS17", "MC01"),
    *("LOG01", "LOG05", "LOG06", "TR01", "WT01"),
    *("UT01", "UT03", "UT05", "UT07", "UT10", "UT11", "UT12", "UT15", "UQ01", "UQ03", "UQ06"),
    *("RR01", "RR02", "RR04"),
}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['id']} {row['function'].rpartition('.')[2]}" for row in ROWS])
def test_the_function_and_its_test_exist(row):
    assert pkgutil.resolve_name(row["function"]) is not None
    path, *names = row["test"].split("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    for name in names:
        assert re.search(rf"^ *(?:def|class) {name}\b", text, re.MULTILINE)
    assert row["source"]


def test_no_row_is_left_out():
    assert {row["id"] for row in ROWS} >= WANTED

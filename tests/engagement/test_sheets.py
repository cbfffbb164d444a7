"""The empty sheets: headers that intake knows, cells that are checked, and what is typed into them is read back."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

from analysis.engagement.creation import close_engagement, new_engagement
from analysis.engagement.sheets import PLANNED, ROWS, RULES, SEEN, sheet_headers, sheet_workbook
from analysis.foundation.settings import Client, Period
from analysis.intake import Source, pseudonym, read_sources

KEY = bytes(range(32))
CLIENT = Client(
    name="Test", time_zone="Europe/Amsterdam", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
)
# What somebody types into the first row of each sheet, by header.
DAY = dt.datetime(2026, 3, 4)
TYPED = {
    "work_sampling": ("R1", DAY, dt.time(10, 42), "o", "007", "N", None, "Waiting for work", "no", None),
    "time_and_motion": (
        DAY,
        "o",
        "007",
        "Working on an item",
        dt.time(10, 42, 10),
        None,
        dt.timedelta(minutes=5, seconds=45),
        0,
        "x",
    ),
    "timed_items": (DAY, "o", "007", "C-1", "claim", dt.time(10, 42, 10), dt.time(11, 1, 55), None, 0, None),
    "weekly_workload": ("N", "2026-W10", 152.5, "claim", 120, None),
    "self_reports": ("007", "N", "2026-W10", 32, 4.5, None),
    "roster": ("007", "N", "Utrecht", "Europe/Amsterdam", 36, "senior", "back office", DAY, None),
    "schedule": ("007", DAY, dt.time(22, 30), dt.time(6, 0), "Shift", "yes", None),
    "forecast": ("line", dt.datetime(2026, 3, 4, 10, 30), 1800, 41.5, 307, 9, DAY),
    "quality": ("N", "2026-W10", "claim", 48, 3, 2, 0, None),
    "skills": ("007", "line", 3, DAY, None, None),
    "volumes": ("line", dt.datetime(2026, 3, 4, 10, 30), 1800, 43, 41, 36, 20, 2, 1, 12587),
    "item_types": ("claim", 1110, "no", 60, 72, "yes", "no", "yes", "no", "two signatures"),
}


def opened(name: str):
    return openpyxl.load_workbook(io.BytesIO(sheet_workbook(name))).active


@pytest.fixture(scope="module")
def state_words(root):
    def words(name: str) -> set[str]:
        return set(pd.read_csv(root / "templates" / "state_maps" / f"{name}.csv")["state_raw"])

    return words


@pytest.mark.parametrize("name", sorted(sheet_headers()))
def test_a_sheet_is_empty_checked_and_the_same_every_time(name):
    sheet = opened(name)
    assert [cell.value for cell in sheet[1]] == sheet_headers()[name]
    assert sheet.max_row == 1
    assert all(cell.comment is not None for cell in sheet[1])
    assert len(sheet.data_validations.dataValidation) == len(sheet_headers()[name])
    assert all(str(one.sqref).endswith(str(ROWS + 1)) for one in sheet.data_validations.dataValidation)
    assert sheet_workbook(name) == sheet_workbook(name)


def test_codes_of_persons_are_text_so_that_zeros_in_front_stay():
    sheet = opened("roster")
    assert sheet["A1"].value == "Agent ID"
    assert sheet.column_dimensions["A"].number_format == "@"


def test_every_rule_is_used_and_every_offered_word_has_a_meaning(state_words):
    assert set(RULES) == {header for headers in sheet_headers().values() for header in headers}
    assert set(SEEN) <= state_words("kit_work_sampling") & state_words("kit_time_and_motion")
    assert set(PLANNED) <= state_words("kit_schedule")
    assert all(len(",".join(rule.words)) <= 255 for rule in RULES.values())


@pytest.mark.parametrize("name", sorted(sheet_headers()))
def test_what_is_typed_into_a_sheet_is_read(name, tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(sheet_workbook(name)))
    for position, value in enumerate(TYPED[name], start=1):
        book.active.cell(2, position).value = value
    (tmp_path / "data").mkdir()
    book.save(tmp_path / "data" / "sheet.xlsx")
    source = Source(files=["data/sheet.xlsx"], adapter=f"kit_{name}", population="back_office")
    intake = read_sources([source], client=CLIENT, root=tmp_path, key=KEY)
    assert intake.files[["header", "used"]].iloc[0].tolist() == [1, 1]
    if "Agent ID" in sheet_headers()[name]:
        assert pseudonym("007", key=KEY) in set(intake.tables["roster"]["agent"])


def test_a_new_engagement_has_the_sheets_and_closing_it_takes_them_away(tmp_path):
    folder = new_engagement("acme", home=tmp_path)
    assert {path.stem for path in (folder.root / "sheets").iterdir()} == set(sheet_headers())
    close_engagement(folder)
    assert not (folder.root / "sheets").exists()

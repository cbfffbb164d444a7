"""Headers of two rows, names that stand twice, signs for the end of a text, and last lines that may be cut off."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from tests.intake.test_faults import CLEAN, HEADER, OTHER, ROW, codes, reasons

TWO_ROWS = ",,Stretch,,Status,Talk,,Hold,\n,agent,start,end,state,Count,Time,Count,Time\n"
NAMED = {"start": "Stretch / start", "end": "Stretch / end", "state": "Status / state"}


def wide(row: str, more: str = ",1,2,3,4") -> str:
    return "," + row.rstrip("\n") + more + "\n"


def test_a_header_of_two_rows_is_read_by_the_names_of_both(desk):
    content = "Report\n" + TWO_ROWS + wide(ROW) + TWO_ROWS + wide(OTHER)
    intake = desk.spells(content, columns={"agent": "agent", **NAMED})
    assert intake.files.loc[0, ["header", "banner", "used"]].tolist() == [4, 1, 2]
    assert "two_row_header" in codes(intake)
    assert intake.tables["spells"]["state"].tolist() == ["IDLE", "HANDLING"]


def test_a_header_of_two_rows_is_read_by_the_lower_one_where_its_names_are_enough(desk):
    intake = desk.spells(TWO_ROWS + wide(ROW) + wide(OTHER))
    assert intake.files.loc[0, ["header", "banner", "used"]].tolist() == [1, 1, 2]
    assert "repeated_column_names" in codes(intake)


def test_a_name_under_two_headings_is_refused_unless_both_are_named(desk):
    source = {"table": "spells", "duration_unit": "s", "files": [desk.put("s.csv", TWO_ROWS + wide(ROW) + wide(OTHER))]}
    with pytest.raises(DataProblem, match=r"1 column name found twice in the header .first: 'Time'.* \"Talk / Time\""):
        desk.read({**source, "columns": {"duration": "Time"}})
    columns = {"agent": "agent", **NAMED, "duration": "Hold / Time"}
    assert "duration_disagrees" in codes(desk.read({**source, "columns": columns}))


def test_a_header_of_two_rows_in_a_workbook(desk):
    lines = (TWO_ROWS + wide(ROW) + wide(OTHER)).splitlines()
    frame = pd.DataFrame([line.split(",") for line in lines]).replace("", None)
    frame.to_excel(desk.root / "data" / "s.xlsx", index=False, header=False)
    intake = desk.read({"files": ["data/s.xlsx"], "table": "spells", "columns": {"agent": "agent", **NAMED}})
    assert intake.files.loc[0, ["header", "banner", "used"]].tolist() == [2, 0, 2]


def test_a_name_twice_that_nobody_uses_is_told(desk):
    content = "".join(line + end + "\n" for line, end in zip(CLEAN.splitlines(), (",x,x", ",1,2", ",3,4"), strict=True))
    intake = desk.spells(content)
    assert intake.files.loc[0, "used"] == 2
    assert [f.severity for f in intake.findings if f.code == "repeated_column_names"] == ["flag"]


@pytest.mark.parametrize("ending", ["\x1a", "\x1a\x1a\x1a"])
def test_the_sign_for_the_end_of_a_text_is_no_row(make_desk, ending):
    plain = make_desk().spells(CLEAN)
    intake = make_desk().spells(CLEAN + ending)
    pd.testing.assert_frame_equal(intake.tables["spells"], plain.tables["spells"])
    assert intake.files.loc[0, "physical"] == 3
    assert "end_mark" in codes(intake)


def test_a_row_with_the_sign_for_the_end_of_a_text_is_rejected_with_its_time(desk):
    intake = desk.spells(HEADER + ROW.replace("a,", "a\x1a,") + OTHER)
    assert reasons(intake) == {"control_character": 1}
    assert intake.rejects["row"].tolist() == [2]
    assert '"rejected_us": {"control_character": 1800000000}' in intake.files.loc[0, "time_us"]


@pytest.mark.parametrize("cells", [1, 2, 3])
def test_a_last_line_that_breaks_off_before_its_last_cells_is_rejected(desk, cells):
    intake = desk.spells(CLEAN + ",".join(ROW.split(",")[:cells]))
    assert reasons(intake) == {"cut_off_last_row": 1}
    assert "no_line_end" not in codes(intake)


def test_a_last_line_without_its_end_is_kept_and_told(desk):
    intake = desk.spells(CLEAN.rstrip("\n"))
    assert intake.files.loc[0, "used"] == 2
    assert [f.severity for f in intake.findings if f.code == "no_line_end"] == ["flag"]
    assert "no_line_end" not in codes(desk.spells(CLEAN, "whole.csv"))

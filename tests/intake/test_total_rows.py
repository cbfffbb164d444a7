"""Totals are dropped and counted, and then say whether their rows are all there."""

from __future__ import annotations

import pytest

HEADER = "queue,start,length_s,offered,handle_us\n"


def volumes(desk, *rows: str, **more: object):
    content = HEADER.replace("handle_us", "AHT sum") + "".join(f"{row}\n" for row in rows)
    columns = {"handle_us": "AHT sum"}
    return desk.read(
        {"files": [desk.put("v.csv", content)], "table": "volumes", "duration_unit": "s", "columns": columns, **more}
    )


def told(intake) -> list[tuple[str, int | None, int | None]]:
    return [(f.code, f.rows, f.moved_us) for f in intake.findings if f.code.startswith("total_")]


ROWS = [f"q{i % 2},2026-03-02 {9 + i // 2:02d}:{i % 2 * 30:02d},1800,{3 + i},{100 * i + 50}.5" for i in range(8)]
OFFERED, SECONDS = sum(3 + i for i in range(8)), sum(100 * i + 50.5 for i in range(8))


def test_a_grand_total_below_or_above_its_rows_agrees(make_desk):
    total = f"Grand total,,,{OFFERED},{SECONDS}"
    for rows in ([*ROWS, total], [total, *ROWS]):
        intake = volumes(make_desk(), *rows)
        assert intake.files.loc[0, ["total", "used"]].tolist() == [1, 8]
        assert told(intake) == [("total_agrees", 1, None)]


def test_subtotals_and_a_grand_total_agree(desk):
    halves = [
        f"Total q,,,{sum(3 + i for i in part)},{sum(100 * i + 50.5 for i in part)}" for part in (range(4), range(4, 8))
    ]
    intake = volumes(desk, *ROWS[:4], halves[0], *ROWS[4:], halves[1], f"Grand total,,,{OFFERED},{SECONDS}")
    assert told(intake) == [("total_agrees", 3, None)]


def test_a_missing_row_shows_in_the_total(desk):
    intake = volumes(desk, *ROWS[:5], *ROWS[6:], f"Total,,,{OFFERED},{SECONDS}")
    assert told(intake) == [("total_disagrees", 1, 550_500_000), ("total_disagrees", 1, None)]
    words = [f.message for f in intake.findings if f.code == "total_disagrees"]
    assert "the total in row 9 says 0:09:10 h more of 'AHT sum' than the rows hold" in words[0]
    assert "says 8 more of 'offered'" in words[1]


def test_rows_left_out_still_belong_to_the_total(desk):
    intake = volumes(desk, *ROWS, f"Total,,,{OFFERED},{SECONDS}", exclude={"queue": ["q1"]})
    assert told(intake) == [("total_agrees", 1, None)]


def test_an_average_in_a_row_of_totals_is_no_sum(desk):
    assert told(volumes(desk, *ROWS, f"Total,,,{OFFERED / 8},")) == []


@pytest.mark.parametrize("off", [0.5, 2.0])
def test_rounded_rows_agree_with_a_total_rounded_once(desk, off):
    rows = [f"q,2026-03-02 {9 + i // 2:02d}:{i % 2 * 30:02d},1800,1,{round(100.3 * (i + 1))}" for i in range(8)]
    assert told(volumes(desk, *rows, f"Total,,,8,{sum(100.3 * (i + 1) for i in range(8)) + off:.0f}")) == [
        ("total_agrees", 1, None)
    ]

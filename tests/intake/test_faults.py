"""Every fault of real exports has one fate: mended and counted, rejected with its reason, refused, or asked about."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import pickle

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import pseudonym

KEY = bytes(range(32))
HEADER = "agent,start,end,state\n"
ROW = "a,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
OTHER = "b,2026-03-02 09:30,2026-03-02 10:15,HANDLING\n"
CLEAN = HEADER + ROW + OTHER


def codes(intake) -> set[str]:
    return {finding.code for finding in intake.findings}


def reasons(intake, fate: str = "rejected") -> dict[str, int]:
    return json.loads(intake.files.loc[0, fate])


def seconds(intake) -> list[float]:
    spells = intake.tables["spells"]
    return (spells["end"] - spells["start"]).dt.total_seconds().tolist()


# --- encodings, separators, layout ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        CLEAN.encode("utf-8-sig"),
        CLEAN.encode("utf-16"),
        CLEAN.encode("utf-16-be").replace(b"", b"", 0),
        CLEAN.replace("\n", "\r\n").encode(),
        CLEAN.replace("\n", "\r").encode(),
        CLEAN.replace(",", ";").encode(),
        CLEAN.replace(",", "\t").encode(),
        CLEAN.replace(",", "|").encode(),
        ("sep=;\n" + CLEAN.replace(",", ";")).encode(),
        gzip.compress(CLEAN.encode()),
        ("Monthly report, page 1\nprinted for you\n" + CLEAN).encode(),
        CLEAN.rstrip("\n").encode(),
        CLEAN.replace("agent,", "agent,,").replace("a,", "a,,").replace("b,", "b,,").encode(),
        "\n".join(line + ",," for line in CLEAN.splitlines()).encode(),
    ],
    ids=[
        "bom",
        "utf16",
        "utf16be",
        "crlf",
        "cr",
        "semicolon",
        "tab",
        "bar",
        "sep",
        "gzip",
        "banner",
        "no end",
        "unnamed",
        "trailing",
    ],
)
def test_the_same_rows_in_any_dress_give_the_same_table(make_desk, content):
    if content.startswith(b"\0a"):
        content = b"\xfe\xff" + content
    plain = make_desk().spells(CLEAN).tables["spells"].drop(columns="source_row")
    found = make_desk().spells(content).tables["spells"].drop(columns="source_row")
    pd.testing.assert_frame_equal(found, plain)


def test_windows_text_is_recognised_and_told(desk):
    intake = desk.spells(CLEAN.replace("a,2026", "José,2026").encode("cp1252"))
    assert "encoding" in codes(intake)
    assert intake.tables["spells"]["agent"].iloc[0] == pseudonym("José", key=KEY)


def test_composed_and_decomposed_letters_are_one_person(desk):
    intake = desk.spells(HEADER + ROW.replace("a,", "José,") + OTHER.replace("b,", "Jose\u0301\u00a0,"))
    assert intake.tables["spells"]["agent"].nunique() == 1


def test_mixed_encodings_are_refused_with_the_place(desk):
    content = CLEAN.replace("a,2026", "José,2026").encode() + CLEAN.splitlines()[2].replace("b", "José").encode(
        "cp1252"
    )
    with pytest.raises(DataProblem, match=r"mixes encodings \(first byte that is not UTF-8: 11\d, line 4\)"):
        desk.spells(content)


def test_nul_bytes_are_refused_with_the_place(desk):
    with pytest.raises(DataProblem, match=r"1 NUL byte.*line 2.*utf-16"):
        desk.spells(CLEAN.replace("a,2026", "a\0,2026"))


def test_an_unclosed_quote_is_refused_with_its_line(desk):
    with pytest.raises(DataProblem, match="a quote opens in line 3 and does not close"):
        desk.spells(CLEAN.replace("b,2026", '"b,2026'))
    with pytest.raises(DataProblem, match="a quote opens in line 2 and does not close"):
        desk.spells(HEADER + ROW.replace("a,", '"a,') + OTHER + OTHER.replace("b,", '"b",'))


def test_a_quote_within_a_cell_is_no_quote(desk):
    content = (
        HEADER.replace("\n", ",note\n") + ROW.replace("\n", ',5" screen\n') + OTHER.replace("\n", ',"two\nlines"\n')
    )
    intake = desk.spells(content)
    assert intake.files.loc[0, ["physical", "used"]].tolist() == [3, 2]


def test_an_empty_file_and_one_with_a_header_alone_are_refused(desk):
    with pytest.raises(DataProblem, match="the file is empty"):
        desk.spells("")
    with pytest.raises(DataProblem, match="no row below the header"):
        desk.spells(HEADER)


def test_a_header_alone_beside_other_files_is_told(desk):
    desk.put("s1.csv", HEADER), desk.put("s2.csv", CLEAN)
    intake = desk.read({"files": ["data/s*.csv"], "table": "spells"})
    assert intake.files["used"].tolist() == [0, 2]
    assert intake.files.loc[0, "good_for"].startswith("nothing")
    assert "no_rows" in codes(intake)


def test_a_column_name_twice_is_refused(desk):
    with pytest.raises(DataProblem, match=r"1 column name found twice in the header .first: 'start'"):
        desk.spells("agent,start,start,end,state\na,1,2,3,IDLE\n")


def test_a_cut_gzip_is_refused(desk):
    with pytest.raises(DataProblem, match="damaged or was cut off"):
        desk.spells(gzip.compress(CLEAN.encode() * 50)[:-20], "s.csv.gz")


def test_a_gzip_bomb_is_refused(desk):
    with pytest.raises(DataProblem, match="unpacks to more than"):
        desk.spells(gzip.compress(HEADER.encode() + bytes(b"a" * 40 + b"\n") * (5 << 19)), "s.csv.gz")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pickle.dumps({"a": 1}), "Python pickle, which can run code"),
        (pickle.dumps([1], protocol=2), "Python pickle"),
        (b"SQLite format 3\0" + bytes(100), "a database"),
        (lzma.compress(b"RDX3\nX\n" + bytes(100)), "an R data file, which is not opened"),
        (bz2.compress(b"RDX2\nX\n" + bytes(100)), "an R data file, which is not opened"),
        (lzma.compress(b"agent,start"), "an xz file; unpack it first"),
        (b"BZh9 cut", "a bzip2 file; unpack it first"),
        (bytes(8) + b"DUCK" + bytes(100), "a database"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"<?xml version='1.0'?><rows><row agent='a'/></rows>", "an XML file that is no event log"),
        (b'{"agent": 1}', "JSON"),
        (gzip.compress(gzip.compress(b"agent", mtime=0), mtime=0), "archive within an archive"),
        (b"PK\x03\x04 not really", "damaged or was cut off"),
        (bytes(range(256)) * 20, "neither text nor a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old .xls workbook"),
    ],
)
def test_content_that_is_no_table_is_refused_whatever_its_name(desk, content, words):
    with pytest.raises(DataProblem, match=words):
        desk.spells(content, "spells.csv")


def test_a_zip_archive_that_points_outside_is_refused(desk):
    import io
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../spells.csv", CLEAN)
    with pytest.raises(DataProblem, match=r"file 1 in it has a name that points outside"):
        desk.spells(stream.getvalue(), "spells.csv")


# --- rows ---------------------------------------------------------------------------------------------------------------


def test_subtotals_do_not_become_people(desk):
    content = CLEAN + "Total a,,,0.5\nTotaal:,2026-03-02 09:00,2026-03-02 10:15,IDLE\nSumme;\n"
    intake = desk.spells(content)
    assert intake.files.loc[0, ["total", "used"]].tolist() == [2, 2]
    assert reasons(intake) == {"short_row": 1}


def test_a_person_or_queue_whose_name_begins_with_total_stays(desk):
    intake = desk.spells(CLEAN + ROW.replace("a,", "Total Care,"))
    assert intake.files.loc[0, ["total", "used"]].tolist() == [0, 3]


def test_overlapping_exports_count_once(desk):
    desk.put("s1.csv", CLEAN), desk.put("s2.csv", HEADER + OTHER + ROW.replace("a,", "c,"))
    intake = desk.read({"files": ["data/s1.csv", "data/s*.csv"], "table": "spells"})
    assert intake.files["file"].tolist() == ["data/s1.csv", "data/s2.csv"]
    assert intake.files["duplicate"].tolist() == [0, 1]
    assert len(intake.tables["spells"]) == 3


def test_equal_looks_at_unnamed_people_are_several_people(desk):
    look = "r1,2026-03-02 09:00,WORK\n"
    desk.put("o1.csv", "round,observed_at,state\n" + look * 3)
    desk.put("o2.csv", "round,observed_at,state\n" + look * 2 + look.replace("r1", "r2"))
    intake = desk.read({"files": ["data/o*.csv"], "table": "observations"})
    assert len(intake.tables["observations"]) == 4


def test_different_values_under_one_key_are_rejected_both(desk):
    content = "queue,start,length_s,offered\nq,2026-03-02 09:00,1800,5\nq,2026-03-02 09:00,1800,6\nq,2026-03-02 09:30,1800,6\n"
    intake = desk.read({"files": [desk.put("v.csv", content)], "table": "volumes"})
    assert reasons(intake) == {"contradicting_rows": 2}


def test_one_file_in_two_sources_is_refused(desk):
    name = desk.put("s.csv", CLEAN)
    with pytest.raises(DataProblem, match="number 1 and again in number 2"):
        desk.read({"files": [name], "table": "spells"}, {"files": ["data/*.csv"], "table": "spells"})


def test_a_late_change_of_type_rejects_that_row_alone(desk):
    rows = "".join(f"q,2026-03-{2 + i // 1440:02d} {i // 60 % 24:02d}:{i % 60:02d},60,{i}\n" for i in range(5000))
    content = "queue,start,length_s,offered\n" + rows.replace(",4321\n", ",many\n")
    intake = desk.read({"files": [desk.put("v.csv", content)], "table": "volumes"})
    assert reasons(intake) == {"bad_number": 1}
    assert intake.rejects["row"].tolist() == [4323]


@pytest.mark.parametrize("word", ["#N/A", "#VALUE!", "-", "n/a"])
def test_words_for_nothing_in_numbers_are_rejected_unless_declared(make_desk, word):
    content = f"queue,start,length_s,offered\nq,2026-03-02 09:00,1800,{word}\nq,2026-03-02 09:30,1800,4\n"
    desk = make_desk()
    source = {"files": [desk.put("v.csv", content)], "table": "volumes"}
    assert reasons(desk.read(source)) == {"bad_number": 1}
    assert reasons(desk.read({**source, "missing": [word]})) == {"missing_offered": 1}


# --- stamps -------------------------------------------------------------------------------------------------------------


def spells_of(desk, *stamps: tuple[str, str], **more):
    rows = "".join(f'a{i},"{start}","{end}",IDLE\n' for i, (start, end) in enumerate(stamps))
    return desk.spells(HEADER + rows, **more)


def test_dates_whose_order_nothing_shows_are_a_question(desk):
    stamps = [("02/03/2026 09:00", "02/03/2026 09:30"), ("03/04/2026 09:00", "03/04/2026 10:00")]
    with pytest.raises(
        DataProblem,
        match=r"data/spells.csv: 2 rows with a date that can be read day-first or month-first .* Set date_order",
    ) as caught:
        spells_of(desk, *stamps)
    assert caught.value.exit_status == 3
    intake = spells_of(desk, *stamps, date_order="dmy")
    assert intake.tables["spells"]["start"].dt.strftime("%d %b").tolist() == ["02 Mar", "03 Apr"]


def test_one_date_beyond_the_twelfth_shows_the_order_of_all(desk):
    intake = spells_of(desk, ("02.03.2026 09:00", "02.03.2026 09:30"), ("31.03.2026 09:00", "31.03.2026 10:00"))
    assert intake.tables["spells"]["start"].dt.strftime("%d %b").tolist() == ["02 Mar", "31 Mar"]


def test_dates_in_both_orders_are_refused(desk):
    with pytest.raises(DataProblem, match=r"dates mix day-first .* and month-first"):
        spells_of(desk, ("31/03/2026 09:00", "31/03/2026 10:00"), ("03/31/2026 09:00", "03/31/2026 10:00"))


def test_forms_of_stamps(desk):
    stamps = [
        ("2026-03-02T09:00:00.5", "2026-03-02 09:00:01,25"),
        ("Mon, 2 Mar 2026 09:00", "2 maart 2026 21:00"),
        ("Mar 2, 2026 9:00 PM", "20260303 00:15"),
        ("2026/3/2 09:00", "2026-03-02 24:00"),
        ("2026-03-02T09:00:00Z", "2026-03-02T11:00:00+01:00"),
        ("2026-03-02T09:00:00+0100", "2026-03-02 09:00:00 -05:00"),
    ]
    intake = spells_of(desk, *stamps)
    assert seconds(intake) == [0.75, 12 * 3600.0, 3 * 3600 + 900.0, 15 * 3600.0, 3600.0, 6 * 3600.0]
    assert "hour_24" in codes(intake)


def test_stamps_that_are_none_are_rejected(desk):
    stamps = [
        ("2026-02-30 09:00", "2026-03-02 10:00"),
        ("2026-03-02 09:61", "2026-03-02 10:00"),
        ("45382.5", "2026-03-02 10:00"),
    ]
    stamps += [
        ("2026-03-02 25:00", "2026-03-03 10:00"),
        ("2026-13-01", "2026-03-03 10:00"),
        ("2026-03-02 13:00 pm", "2026-03-03 10:00"),
    ]
    assert reasons(spells_of(desk, *stamps, ("2026-03-02 09:00", "2026-03-02 10:00"))) == {"bad_stamp": 6}


def test_two_digit_years_are_read_near_the_period(desk):
    intake = spells_of(desk, ("31-03-26 09:00", "31-03-26 10:00"), ("31-03-69 09:00", "31-03-69 10:00"))
    assert intake.tables["spells"]["start"].dt.year.tolist() == [2026]
    assert reasons(intake) == {"implausible_date": 1}


def test_stamps_that_nobody_lived_through_are_rejected_and_others_outside_the_period_left_out(desk):
    stamps = [
        ("1899-12-31 09:00", "1899-12-31 10:00"),
        ("1970-01-01", "1970-01-01 01:00"),
        ("2099-01-01", "2099-01-02"),
        ("2025-01-01", "2025-01-02"),
    ]
    intake = spells_of(desk, *stamps, ("2026-03-02 09:00", "2026-03-02 10:00"))
    assert reasons(intake) == {"implausible_date": 3}
    assert reasons(intake, "excluded") == {"outside_period": 1}


def test_spells_over_the_edge_of_the_period_stay_and_are_told(desk):
    intake = spells_of(desk, ("2026-03-01 23:00", "2026-03-02 01:00"), ("2026-04-26 23:00", "2026-04-27 00:00"))
    assert seconds(intake) == [7200.0, 3600.0]
    assert [finding.rows for finding in intake.findings if finding.code == "over_the_edge"] == [1]


def test_people_under_clocks_that_differ_need_a_zone(desk):
    roster = desk.put("r.csv", "agent,time_zone\na,Europe/Amsterdam\nb,Europe/Lisbon\nc,Mars/Olympus\n")
    spells = {"files": [desk.put("s.csv", CLEAN)], "table": "spells"}
    with pytest.raises(DataProblem, match=r"data/s.csv: its stamps carry no time zone.*Set time_zone"):
        desk.read({"files": [roster], "table": "roster"}, spells)
    intake = desk.read({"files": [roster], "table": "roster"}, {**spells, "time_zone": "Europe/Lisbon"})
    assert intake.tables["spells"]["start"].iloc[0] == pd.Timestamp("2026-03-02 09:00", tz="UTC")
    assert reasons(intake) == {"bad_time_zone": 1}


# --- clock changes (Amsterdam: 29 March 2026 and 25 October 2026) -------------------------------------------------------

AUTUMN = {"period": {"start": "2026-10-19", "end": "2026-11-01"}}


def test_a_time_that_clocks_skipped_is_rejected(desk):
    assert reasons(spells_of(desk, ("2026-03-29 02:30", "2026-03-29 04:00"))) == {"dst_nonexistent": 1}


def test_a_state_over_the_lost_hour_is_an_hour_shorter(desk):
    assert seconds(spells_of(desk, ("2026-03-29 01:00", "2026-03-29 04:00"))) == [7200.0]


def test_a_doubled_hour_that_nothing_tells_apart_is_rejected(desk):
    assert reasons(spells_of(desk, ("2026-10-25 02:10", "2026-10-25 02:40"), **AUTUMN)) == {"dst_ambiguous": 1}


def test_a_doubled_hour_is_told_apart_by_the_order_of_a_persons_rows(desk):
    rows = ["01:30,02:40", "02:40,02:50", "02:50,02:10", "02:10,02:55", "02:55,03:30"]
    content = HEADER + "".join(
        "a," + ",".join(f"2026-10-25 {time}" for time in row.split(",")) + ",IDLE\n" for row in rows
    )
    intake = desk.spells(content, **AUTUMN)
    assert seconds(intake) == [70 * 60.0, 600.0, 20 * 60.0, 45 * 60.0, 35 * 60.0]
    assert sum(seconds(intake)) == 3 * 3600  # 01:30 to 03:30 on the wall


def test_a_doubled_hour_is_told_apart_by_the_duration(desk):
    content = "agent,start,end,duration,state\na,2026-10-25 02:30,2026-10-25 03:30,2:00:00,IDLE\nb,2026-10-25 02:30,2026-10-25 03:30,1:00:00,IDLE\n"
    assert seconds(desk.spells(content, **AUTUMN)) == [7200.0, 3600.0]


def test_a_deadline_in_the_lost_hour_is_moved_not_rejected(desk):
    content = "item,type,ended,due\n1,t,2026-03-20 10:00,2026-03-29 02:30\n"
    items = desk.read({"files": [desk.put("w.csv", content)], "table": "work_items"}).tables["work_items"]
    assert items["due"].tolist() == [pd.Timestamp("2026-03-29 01:30", tz="UTC")]


# --- numbers and durations ----------------------------------------------------------------------------------------------


def handle(desk, *cells: str, **more):
    rows = "".join(f"q;2026-03-02 {9 + i:02d}:00;1800;{cell}\n" for i, cell in enumerate(cells))
    content = "queue;start;length_s;offered\n" + rows
    return desk.read({"files": [desk.put("v.csv", content)], "table": "volumes", **more})


def test_decimal_commas_and_thousands_signs(make_desk):
    cases = {
        ("1,5", "2,25"): [1.5, 2.25],
        ("1.234,5", "7"): [1234.5, 7.0],
        ("1,234.5", "1,234"): [1234.5, 1234.0],
        ("1 234", "1\u00a0234,5"): [1234.0, 1234.5],
        ("1'234'567", "2"): [1_234_567.0, 2.0],
        ("1,234,567", "1,000"): [1_234_567.0, 1000.0],
        ("0.250", "1.000"): [0.25, 1.0],
        ("1E3", "-2"): [1000.0, -2.0],
    }
    for cells, numbers in cases.items():
        assert handle(make_desk(), *cells).tables["volumes"]["offered"].tolist() == numbers, cells


def test_a_thousandfold_doubt_is_a_question(make_desk):
    for cells in (("1,234", "5"), ("1.234", "5"), ("1.5", "1,5")):
        with pytest.raises(DataProblem, match=r"that can be read in two ways, a thousand times apart .*Set decimal"):
            handle(make_desk(), *cells)
    assert handle(make_desk(), "1,234", "5", decimal=",").tables["volumes"]["offered"].tolist() == [1.234, 5.0]
    assert handle(make_desk(), "1,234", "5", decimal=".").tables["volumes"]["offered"].tolist() == [1234.0, 5.0]


def timeline(desk, *durations: str, **more):
    rows = "".join(f"a;Idle;2026-03-{2 + i:02d} 09:00;{cell}\n" for i, cell in enumerate(durations))
    content = "Agent;Status;Start Time;Duration\n" + rows
    return desk.read({"files": [desk.put("t.csv", content)], "adapter": "genesys_status_timeline", **more})


def test_durations_in_every_unit(make_desk):
    assert seconds(timeline(make_desk(), "90", "0,5", duration_unit="s")) == [90.0, 0.5]
    assert seconds(timeline(make_desk(), "90", duration_unit="min")) == [5400.0]
    assert seconds(timeline(make_desk(), "1.5", duration_unit="h")) == [5400.0]
    assert seconds(timeline(make_desk(), "1500", duration_unit="ms")) == [1.5]
    assert seconds(timeline(make_desk(), "0:01:30", "25:00:00", "1 day, 01:00:00")) == [90.0, 90_000.0, 90_000.0]


def test_durations_without_a_unit_are_a_question(desk):
    with pytest.raises(
        DataProblem, match=r"data/t.csv: 1 cell for duration written as plain numbers .*Set duration_unit"
    ):
        timeline(desk, "90", "0:01:30")


def test_durations_that_are_none_or_negative_are_rejected(desk):
    intake = timeline(desk, "90", "soon", "-5", "0:01:30", duration_unit="s")
    assert reasons(intake) == {"bad_duration": 2, "negative_duration": 1}


def test_an_end_beats_a_duration_that_disagrees(desk):
    content = "agent,start,end,duration,state\na,2026-03-02 09:00,2026-03-02 10:00,0:30:00,IDLE\n"
    intake = desk.spells(content)
    assert seconds(intake) == [3600.0]
    assert [(f.rows, f.moved_us) for f in intake.findings if f.code == "duration_disagrees"] == [(1, 1_800_000_000)]


def test_times_without_a_date_of_their_own_run_over_midnight(desk):
    content = "agent,day,from,to,state\na,2026-03-02,22:00,06:00,WORK\nb,2026-03-02,08:00,16:00,WORK\n"
    intake = desk.read(
        {
            "files": [desk.put("s.csv", content)],
            "table": "schedule",
            "columns": {"start": ["day", "from"], "end": ["day", "to"]},
        }
    )
    schedule = intake.tables["schedule"]
    assert ((schedule["end"] - schedule["start"]).dt.total_seconds() == 8 * 3600).all()
    assert [finding.rows for finding in intake.findings if finding.code == "over_midnight"] == [1]
    assert schedule["paid"].tolist() == [True, True]  # from the state map


# --- people and states --------------------------------------------------------------------------------------------------


def test_identifiers_are_text_whatever_they_look_like(desk):
    names = ["007", "7", "NA", "1E5", "100000", "10861.0", "true", "2026-03-02", "null", "-"]
    content = HEADER + "".join(ROW.replace("a,", f"{name},") for name in names)
    intake = desk.spells(content)
    assert intake.tables["spells"]["agent"].tolist() == [pseudonym(name, key=KEY) for name in names]
    assert [finding.rows for finding in intake.findings if finding.code == "identifier_variants"] == [2]


def test_persons_outside_the_roster_are_kept_and_told(desk):
    roster = {
        "files": [desk.put("r.csv", "agent,team,population\na,North,contact_centre\nz,North,back_office\n")],
        "table": "roster",
    }
    intake = desk.read(roster, {"files": [desk.put("s.csv", CLEAN)], "table": "spells", "population": "back_office"})
    found = intake.tables["roster"].set_index("agent")
    assert found["team"].isna().to_dict() == {
        pseudonym("a", key=KEY): False,
        pseudonym("z", key=KEY): False,
        pseudonym("b", key=KEY): True,
    }
    assert found.loc[pseudonym("b", key=KEY), "population"] == "back_office"
    assert intake.tables["spells"]["population"].tolist() == ["contact_centre", "back_office"]
    assert {"not_on_roster", "on_roster_only"} <= codes(intake)


def test_population_follows_the_roster_by_date(desk):
    roster = "agent,population,valid_from,valid_to\na,contact_centre,,2026-03-31\na,back_office,2026-04-01,\n"
    rows = HEADER + "a,2026-03-31 23:30,2026-03-31 23:40,IDLE\na,2026-04-01 00:10,2026-04-01 00:20,IDLE\n"
    intake = desk.read(
        {"files": [desk.put("r.csv", roster)], "table": "roster"},
        {"files": [desk.put("s.csv", rows)], "table": "spells"},
    )
    assert intake.tables["spells"]["population"].tolist() == ["contact_centre", "back_office"]


def test_a_roster_with_two_entries_for_a_day_is_refused(desk):
    roster = "agent,team,valid_from,valid_to\na,North,2026-01-01,2026-04-01\na,South,2026-04-01,\n"
    with pytest.raises(
        DataProblem,
        match=r"data/r.csv: roster: 1 row overlapping an earlier row of the same person \(1 person; first: data/r.csv, row 3\)",
    ):
        desk.read({"files": [desk.put("r.csv", roster)], "table": "roster"})


def test_states_match_whatever_their_case_and_blanks(desk):
    assert desk.spells(CLEAN.replace("IDLE", " idle ")).tables["spells"]["state"].tolist() == ["IDLE", "HANDLING"]


def test_a_state_map_of_ones_own(desk):
    header = "state_raw,ladder_bucket,paid,planned,legitimate_allowance,cause,interruptible,counts_toward_shrinkage\n"
    desk.put(
        "map.csv",
        header
        + "Wachten,IDLE,true,false,false,demand,true,false\nGesprek,HANDLING,true,false,false,demand,false,false\n",
    )
    content = CLEAN.replace("IDLE", "Wachten").replace("HANDLING", "gesprek")
    intake = desk.spells(content, state_map="data/map.csv")
    assert intake.tables["spells"]["state"].tolist() == ["IDLE", "HANDLING"]
    assert intake.tables["spells"]["state_raw"].tolist() == ["Wachten", "gesprek"]
    desk.put("map.csv", header + "Wachten,RESTING,true,false,false,demand,true,false\n")
    with pytest.raises(DataProblem, match=r"data/map.csv: line 2: ladder_bucket must be one of"):
        desk.spells(content, state_map="data/map.csv")


def test_overlapping_and_long_states_are_told(desk):
    content = (
        HEADER
        + ROW
        + OTHER.replace("b,", "a,")
        + "a,2026-03-02 09:10,2026-03-02 09:50,AWAY\na,2026-03-04 00:00,2026-03-05 00:00,IDLE\n"
    )
    content += "a,2026-03-02 08:00,2026-03-02 18:00,WORK\n"
    found = {finding.code: (finding.rows, finding.moved_us) for finding in desk.spells(content).findings}
    assert found["overlapping_states"] == (2, 40 * 60_000_000)
    assert found["long_states"] == (1, 86_400_000_000)


def test_an_export_cut_off_at_a_tools_limit_is_told(desk):
    rows = "".join(f"p{i},2026-03-03 09:00,2026-03-03 09:01,IDLE\n" for i in range(10_000))
    assert [f.rows for f in desk.spells(HEADER + rows).findings if f.code == "row_limit"] == [10_000]


def test_populations_may_be_written_as_people_write_them(desk):
    roster = "agent,population\na,Contact Center\nb,back-office\nc,Elsewhere\nd,\n"
    intake = desk.read({"files": [desk.put("r.csv", roster)], "table": "roster", "population": "back_office"})
    assert intake.tables["roster"]["population"].tolist() == ["contact_centre", "back_office", "back_office"]
    assert reasons(intake) == {"bad_population": 1}


def test_rows_that_do_not_add_up_refuse_the_file(desk, monkeypatch):
    from analysis.intake.opening import text

    class Wrong(text.Records):
        def feed(self, block, *, final):
            self.count += final
            return super().feed(block, final=final)

    monkeypatch.setattr(text, "Records", Wrong)
    with pytest.raises(DataProblem, match=r"4 physical rows but 3 rows accounted for; the file is not read"):
        desk.spells(CLEAN)


def test_states_that_fill_more_than_their_interval_are_rejected_together(desk):
    rows = [
        "a,2026-03-02 09:00,IDLE,900",
        "a,2026-03-02 09:00,HANDLING,901",
        "a,2026-03-02 09:30,IDLE,1800",
        "b,2026-03-02 09:00,IDLE,1802",
        "b,2026-03-02 09:30,AWAY,10",
    ]
    content = "agent,interval_start,state,seconds\n" + "".join(f"{row}\n" for row in rows)
    source = {
        "files": [desk.put("t.csv", content)],
        "table": "state_totals",
        "duration_unit": "s",
        "columns": {"us": "seconds", "length_s": {"value": 1800}},
    }
    intake = desk.read(source)
    assert reasons(intake) == {"more_than_interval": 1}
    assert intake.tables["state_totals"]["us"].tolist() == [900_000_000, 901_000_000, 1_800_000_000, 10_000_000]
    assert intake.states.set_index("state_raw")["hours"].round(4).to_dict() == {
        "AWAY": 0.0028,
        "HANDLING": 0.2503,
        "IDLE": 0.75,
    }


def test_a_clock_of_twelve_hours_is_a_question(desk):
    rows = "".join(f"p{i},2026-03-03 {1 + i % 12:02d}:00,2026-03-03 {1 + i % 12:02d}:10,IDLE\n" for i in range(60))
    with pytest.raises(DataProblem, match=r"data/spells.csv: none of its 120 times .* set clock_hours = 24"):
        desk.spells(HEADER + rows)
    assert len(desk.spells(HEADER + rows, clock_hours=24).tables["spells"]) == 60
    assert len(desk.spells(HEADER + rows + ROW.replace("09:30", "13:30"), "other.csv").tables["spells"]) == 61
    with pytest.raises(DataProblem, match="without am or pm, which cannot be told apart"):
        desk.spells(CLEAN, "third.csv", clock_hours=12)

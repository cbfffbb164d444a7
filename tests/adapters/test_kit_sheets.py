"""The kit's own sheets: what they forgive, what they ask, and the traps of sheets that people fill in."""

from __future__ import annotations

import datetime as dt
import io
import tomllib

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Client, Period
from analysis.intake import Source, pseudonym, read_sources
from analysis.intake.adapters import adapter_names, format_of
from analysis.intake.adapters._kit import NOTES, known_names, monday_of
from analysis.synthetic import office_exports, write_sample
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))
# sheets of the two workbooks of answers, which the kit writes itself: tests/adapters/test_kit_answers.py
BOOKS = {"kit_readiness", "kit_concerns", "kit_expectations", "kit_to_hear", "kit_changed"}
SHEETS = [name for name in adapter_names() if name.startswith("kit_") and name not in BOOKS]
WIDE = ("kit_weekly_workload", "kit_skills")


def rounds(*rows: str, header: str = "Round,Date,Time,Observer,Agent ID,Team,People,State") -> str:
    return "\n".join([header, *rows]) + "\n"


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="Europe/Amsterdam").tz_convert("UTC")


def test_every_sheet_has_an_empty_one_to_fill_in_and_reads_all_its_columns(root):
    empty = {path.stem: path.read_text(encoding="utf-8") for path in (root / "templates" / "sheets").glob("*.csv")}
    assert {f"kit_{name}" for name in empty} == set(SHEETS)
    for name, text in empty.items():
        header, *rows = text.splitlines()
        assert not rows
        form = format_of(f"kit_{name}")
        known = known_names(form.also, *form.defaults.values()) | set(NOTES)
        assert set(header.split(",")) <= known
        assert any(set(group) <= set(header.split(",")) for group in form.signature)


def test_no_header_of_an_empty_sheet_is_that_of_two_formats(root):
    for path in (root / "templates" / "sheets").glob("*.csv"):
        header = set(path.read_text(encoding="utf-8").split("\n")[0].split(","))
        hits = [name for name in SHEETS if any(set(group) <= header for group in format_of(name).signature)]
        assert hits == [f"kit_{path.stem}"]


@pytest.mark.parametrize("adapter", [*SHEETS, *sorted(BOOKS)])
def test_traps_find_nothing_in_a_clean_sheet(tmp_path, adapter):
    export, client = write_export(adapter, tmp_path)
    intake = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY)
    assert intake.traps["rows"].sum() == 0


@pytest.mark.parametrize("header", [office_exports.SCHEDULE_HEADER, office_exports.WORKLOAD_HEADER.replace(";", ","), office_exports.ROUNDS_HEADER,
    office_exports.QUALITY_HEADER, office_exports.TYPES_HEADER, ",".join(office_exports.ROSTER_HEADER)])  # fmt: skip
def test_headers_of_the_sample_client_are_known_to_one_sheet(header):
    names = set(header.split(","))
    hits = [name for name in SHEETS if any(set(group) <= names for group in format_of(name).signature)]
    assert len(hits) == 1
    form = format_of(hits[0])
    assert names - {"Name"} <= known_names(form.also, *form.defaults.values())


@pytest.mark.slow
def test_sheets_of_the_sample_client_are_read_without_a_mapping(tmp_path):
    write_sample(tmp_path)
    names = {
        "kit_weekly_workload": "workload_weekly.csv",
        "kit_work_sampling": "observation_rounds.csv",
        "kit_roster": "roster.xlsx",
        "kit_quality": "quality.csv",
        "kit_skills": "skills.csv",
        "kit_item_types": "item_types.csv",
    }
    more = {"kit_roster": {"sheet": "Roster"}}
    sources = [Source(files=[f"data/{file}"], adapter=name, **more.get(name, {})) for name, file in names.items()]
    sources.append(Source(files=["data/schedule.csv"], adapter="kit_schedule"))
    client = Client(**tomllib.loads((tmp_path / "engagement.toml").read_text(encoding="utf-8"))["client"])
    intake = read_sources(sources, client=client, root=tmp_path, key=KEY)
    assert (intake.files["used"] > 0).all()
    assert not intake.files["rejected"].str.contains("bad_").any()


class TestHeaders:
    @pytest.mark.parametrize(
        "header", ["agent_id,TEAM,contract hours", "Person,Group,Hours Per Week", "LOGIN,team,Contract h"]
    )
    def test_capitals_blanks_and_usual_other_words_make_no_difference(self, exports, header):
        intake = exports.read("kit_roster", f"{header}\n007,North,36\n")
        assert intake.tables["roster"][["team", "contract_h"]].to_dict("records") == [
            {"team": "North", "contract_h": 36.0}
        ]

    def test_a_header_with_another_unit_is_not_taken_for_it(self, exports):
        with pytest.raises(DataProblem, match="length_s"):
            exports.read(
                "kit_volumes", "Queue,Interval start,Interval length (min),Offered\nline,2026-03-02 09:00,30,5\n"
            )


class TestWeeks:
    @pytest.mark.parametrize("text", ["2026-W10", "2026W10", "2026 week 10", "W10 2026", "wk 10/2026", "KW 10 2026"])
    def test_usual_ways_to_write_a_week(self, text):
        assert monday_of(text) == dt.date(2026, 3, 2)

    @pytest.mark.parametrize("text", ["10", "week 10", "2025-W53", "2026-W00", "2026-10", "03-2026", ""])
    def test_what_is_no_week_is_none(self, text):
        assert monday_of(text) is None

    def test_a_week_runs_from_monday_to_sunday(self, exports):
        table = exports.read("kit_weekly_workload", "Team,Week,Paid hours,Type,Volume\nN,2026-W10,80,a,5\n").tables[
            "workload"
        ]
        assert table[["period_start", "period_end"]].iloc[0].tolist() == [
            pd.Timestamp("2026-03-02"),
            pd.Timestamp("2026-03-08"),
        ]

    def test_a_first_day_of_a_week_has_its_last_day_six_later(self, exports):
        table = exports.read(
            "kit_weekly_workload", "Team,Week start,Paid hours,Type,Volume\nN,2-3-2026,80,a,5\nN,30-3-2026,80,a,5\n"
        )
        assert table.tables["workload"]["period_end"].tolist() == [
            pd.Timestamp("2026-03-08"),
            pd.Timestamp("2026-04-05"),
        ]

    def test_a_first_day_of_a_period_needs_its_last(self, exports):
        with pytest.raises(DataProblem, match="Period end"):
            exports.read("kit_weekly_workload", "Team,Period start,Type,Volume\nN,2026-03-02,a,5\n")

    def test_without_any_week_it_asks(self, exports):
        with pytest.raises(DataProblem, match="Week"):
            exports.read("kit_weekly_workload", "Team,Type,Volume\nN,a,5\n")

    def test_a_number_without_a_year_is_no_week(self, exports):
        intake = exports.read("kit_weekly_workload", "Team,Week,Type,Volume\nN,10,a,5\nN,2026-W10,a,5\n")
        assert intake.rejects["reason"].tolist() == ["bad_week"]


class TestColumnPerType:
    def test_each_physical_row_is_one_row_in_the_accounts(self, exports):
        intake = exports.read(
            "kit_weekly_workload", "Team,Week,Paid hours,letters,claims\nN,2026-W10,80,7,\nS,2026-W10,76,0,12\n"
        )
        table = intake.tables["workload"].sort_values(["team", "type"])
        assert table[["team", "type", "volume"]].to_numpy().tolist() == [
            ["N", "letters", 7.0],
            ["S", "claims", 12.0],
            ["S", "letters", 0.0],
        ]
        assert intake.files[["physical", "used"]].iloc[0].tolist() == [3, 2]

    def test_a_team_without_any_volume_keeps_its_paid_hours(self, exports):
        table = exports.read(
            "kit_weekly_workload", "Team,Week,Paid hours,letters\nN,2026-W10,80,\nS,2026-W10,76,3\n"
        ).tables["workload"]
        assert table["paid_h"].tolist() == [80.0, 76.0]
        assert table["type"].isna().tolist() == [True, False]

    @pytest.mark.parametrize("adapter", WIDE)
    def test_a_column_of_words_is_asked_about(self, exports, adapter):
        first = "Team,Week" if adapter == "kit_weekly_workload" else "Agent ID,Team"
        with pytest.raises(DataProblem, match="name it Note"):
            exports.read(adapter, f"{first},letters,Opinion\nN,2026-W10,3,good\n")

    @pytest.mark.parametrize("header", ["letters,", "letters,letters"])
    def test_a_column_without_a_name_of_its_own_is_asked_about(self, exports, header):
        with pytest.raises(DataProblem, match=r"name|twice"):
            exports.read("kit_weekly_workload", f"Team,Week,Paid hours,{header}\nN,2026-W10,80,3,4\n")

    def test_a_total_that_is_not_the_sum_is_told_and_never_a_type(self, exports):
        intake = exports.read(
            "kit_weekly_workload", "Team,Week,letters,claims,Total\nN,2026-W10,3,4,7\nS,2026-W10,3,4,9\n"
        )
        assert exports.trap(intake, "total_column")["rows"] == 1
        assert set(intake.tables["workload"]["type"]) == {"letters", "claims"}

    def test_numbers_that_can_be_read_in_two_ways_are_asked_about(self, exports):
        with pytest.raises(DataProblem, match="decimal"):
            exports.read("kit_weekly_workload", 'Team,Week,letters\nN,2026-W10,"1,234"\n')

    def test_a_column_by_which_rows_are_left_out_is_no_type(self, exports):
        text = "Team,Week,letters,Region\nN,2026-W10,3,north\nS,2026-W10,4,south\n"
        table = exports.read("kit_weekly_workload", text, exclude={"Region": ["south"]}).tables["workload"]
        assert table[["team", "type", "volume"]].to_numpy().tolist() == [["N", "letters", 3.0]]

    def test_negative_volumes_are_rejected(self, exports):
        intake = exports.read("kit_weekly_workload", "Team,Week,letters\nN,2026-W10,-3\nS,2026-W10,3\n")
        assert intake.rejects["reason"].tolist() == ["negative_volume"]

    def test_rows_left_out_overlap_nothing(self, exports):
        text = "Team,Period start,Period end,Type,Volume\nN,2026-03-02,2026-03-29,a,many\nN,2026-03-09,2026-03-15,a,5\n"
        assert exports.trap(exports.read("kit_weekly_workload", text), "overlapping_periods")["rows"] == 0

    def test_weeks_beside_their_month_are_told(self, exports):
        text = "Team,Period start,Period end,Type,Volume\nN,2026-03-02,2026-03-08,a,5\nN,2026-03-09,2026-03-15,a,5\nN,2026-03-01,2026-03-31,a,20\n"
        assert exports.trap(exports.read("kit_weekly_workload", text), "overlapping_periods")["rows"] == 2

    def test_people_without_skills_are_left_out_and_counted(self, exports):
        intake = exports.read("kit_skills", "Agent ID,claims line\n007,x\n008,no\n")
        assert intake.tables["skills"]["level"].isna().tolist() == [True]
        assert '"no_skill": 1' in intake.files["excluded"].iloc[0]

    def test_one_skill_at_two_levels_is_told(self, exports):
        intake = exports.read("kit_skills", "Agent ID,Skill,Level\n007,claims,3\n007,claims,4\n008,claims,1\n")
        assert exports.trap(intake, "several_levels")["rows"] == 2


class TestWorkSampling:
    def test_equal_looks_at_unnamed_people_are_several_people(self, exports):
        one = "R1,2026-03-02,09:00,o,,N,,Waiting for work"
        named = "R1,2026-03-02,09:00,o,007,N,,Waiting for work"
        intake = exports.read("kit_work_sampling", rounds(one, one, one, named, named))
        assert len(intake.tables["observations"]) == 4
        assert intake.files["duplicate"].sum() == 1

    def test_a_row_may_count_people_and_stays_one_row_in_the_accounts(self, exports):
        intake = exports.read(
            "kit_work_sampling", rounds("R1,2026-03-02,09:00,o,,N,4,Break", "R1,2026-03-02,09:00,o,,N,0,Meeting")
        )
        assert intake.tables["observations"]["state"].tolist() == ["BREAK"] * 4
        assert intake.files[["physical", "used"]].iloc[0].tolist() == [3, 1]
        assert '"nobody_seen": 1' in intake.files["excluded"].iloc[0]

    @pytest.mark.parametrize(
        ("agent", "people", "reason"),
        [
            ("", "2.5", "bad_number_of_people"),
            ("", "-1", "bad_number_of_people"),
            ("007", "2", "several_people_under_one_name"),
        ],
    )
    def test_impossible_numbers_of_people(self, exports, agent, people, reason):
        intake = exports.read(
            "kit_work_sampling",
            rounds(f"R1,2026-03-02,09:00,o,{agent},N,{people},Break", "R1,2026-03-02,09:00,o,,N,2,Break"),
        )
        assert intake.rejects["reason"].tolist() == [reason]

    def test_labels_that_start_again_every_day_are_rounds_of_their_own(self, exports):
        rows = [
            f"{label},2026-03-0{day},{9 + 5 * label}:0{minute},o,00{minute},N,,Break"
            for day in (2, 3)
            for label in (0, 1)
            for minute in (1, 2)
        ]
        intake = exports.read("kit_work_sampling", rounds(*rows))
        assert intake.tables["observations"].groupby("round").size().tolist() == [2, 2, 2, 2]
        found = exports.trap(intake, "repeated_round_labels")
        assert (found["rows"], found["moved_us"]) == (8, 0)

    def test_rounds_at_fixed_times_are_told(self, exports):
        days = pd.date_range("2026-03-02", periods=14)
        fixed = [f"R{day.day},{day:%Y-%m-%d},10:02,o,007,N,,Break" for day in days]
        drawn = [f"R{day.day},{day:%Y-%m-%d},{8 + day.day % 8}:{7 * day.day % 60:02d},o,007,N,,Break" for day in days]
        assert exports.trap(exports.read("kit_work_sampling", rounds(*fixed)), "regular_rounds")["rows"] == 14
        assert exports.trap(exports.read("kit_work_sampling", rounds(*drawn)), "regular_rounds")["rows"] == 0
        assert not exports.trap(exports.read("kit_work_sampling", rounds(*fixed[:5])), "regular_rounds")["tested"]

    def test_long_rounds_and_second_looks_are_told(self, exports):
        intake = exports.read(
            "kit_work_sampling", rounds("R1,2026-03-02,09:00,o,007,N,,Break", "R1,2026-03-02,10:30,o,007,N,,Meeting")
        )
        assert exports.trap(intake, "long_rounds")["rows"] == 2
        assert exports.trap(intake, "seen_twice")["rows"] == 2

    def test_a_second_observer_in_the_round_is_no_mistake(self, exports):
        header = "Round,Date,Time,Observer,Agent ID,Team,State,Reference look"
        first = ["R1,2026-03-02,09:00,o,007,N,Break,", "R1,2026-03-02,09:01,o,008,N,Meeting,no"]
        second = ["R1,2026-03-02,09:01,p,007,N,Break,yes", "R1,2026-03-02,09:01,p,008,N,Waiting for work,YES"]
        intake = exports.read("kit_work_sampling", rounds(*first, *second, header=header))
        table = intake.tables["observations"]
        assert table["reference"].tolist() == [False, False, True, True]
        assert not intake.traps["rows"].any()
        own = [row.replace(",p,", ",o,") for row in second]
        told = exports.read("kit_work_sampling", rounds(*first, *own, header=header))
        assert exports.trap(told, "odd_references")["rows"] == 2
        lone = [row.replace("R1", "R2") for row in second]
        told = exports.read("kit_work_sampling", rounds(*first, *lone, header=header))
        assert exports.trap(told, "odd_references")["rows"] == 2
        again = exports.read(
            "kit_work_sampling", rounds(*first, *second, first[0].replace("09:00", "09:04"), header=header)
        )
        assert exports.trap(again, "seen_twice")["rows"] == 2
        unsigned = [row.replace(",o,", ",,").replace(",p,", ",,") for row in (*first, *second)]
        nobody = exports.read("kit_work_sampling", rounds(*unsigned, header=header))
        assert exports.trap(nobody, "seen_twice")["rows"] == 0

    def test_a_sheet_without_second_looks_says_nothing_of_them(self, exports):
        intake = exports.read("kit_work_sampling", rounds("R1,2026-03-02,09:00,o,007,N,,Break"))
        assert intake.tables["observations"]["reference"].isna().all()
        assert not exports.trap(intake, "odd_references")["tested"]

    def test_rows_that_nobody_filled_in_are_left_out_and_counted(self, exports):
        prepared = "R1,2026-03-02,09:00,,,N,,"
        intake = exports.read("kit_work_sampling", rounds("R1,2026-03-02,09:00,o,,N,,Break", prepared, prepared))
        assert '"not_filled_in": 2' in intake.files["excluded"].iloc[0]
        assert not intake.rejects["reason"].tolist()
        forgotten = exports.read(
            "kit_work_sampling", rounds("R1,2026-03-02,09:00,o,,N,,Break", "R1,2026-03-02,09:00,o,,N,2,")
        )
        assert forgotten.rejects["reason"].tolist() == ["missing_state"]

    def test_a_word_that_is_not_in_the_map_is_asked_about(self, exports):
        with pytest.raises(DataProblem, match="Juggling"):
            exports.read("kit_work_sampling", rounds("R1,2026-03-02,09:00,o,007,N,,Juggling"))

    def test_filled_in_a_spreadsheet_with_real_dates_and_times(self, exports):
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet("Rounds")
            sheet.write_row(0, 0, ["Round", "Date", "Time", "Observer", "State", "People"])
            sheet.write(1, 0, 1)
            sheet.write_datetime(1, 1, dt.datetime(2026, 3, 2), book.add_format({"num_format": "dd/mm/yyyy"}))
            sheet.write_datetime(1, 2, dt.time(9, 5), book.add_format({"num_format": "hh:mm"}))
            sheet.write_row(1, 3, ["o", "Break", 3])
        table = exports.read("kit_work_sampling", content.getvalue(), name="rounds.xlsx").tables["observations"]
        assert table["observed_at"].tolist() == [at("2026-03-02 09:05")] * 3


class TestTally:
    HEADER = "Round,Date,Time,Observer,Team,On a call,Waiting for a contact,Break,Total,Note\n"

    def test_a_column_per_state_counts_people(self, exports):
        intake = exports.read(
            "kit_work_sampling",
            self.HEADER + "R1,2026-03-02,09:00,o,N,3,2,,5,quiet\nR1,2026-03-02,09:02,o,S,1,0,1,2,\n",
        )
        looks = intake.tables["observations"]
        assert looks.groupby(["team", "state"]).size().to_dict() == {
            ("N", "HANDLING"): 3,
            ("N", "IDLE"): 2,
            ("S", "BREAK"): 1,
            ("S", "HANDLING"): 1,
        }
        assert looks["agent"].isna().all()
        assert intake.files[["physical", "used"]].iloc[0].tolist() == [3, 2]

    def test_a_state_without_a_meaning_is_asked_about(self, exports):
        with pytest.raises(DataProblem, match="Juggling"):
            exports.read("kit_work_sampling", "Round,Date,Time,Observer,Team,Juggling\nR1,2026-03-02,09:00,o,N,3\n")

    def test_nobody_seen_and_halves_of_people(self, exports):
        intake = exports.read(
            "kit_work_sampling",
            self.HEADER
            + "R1,2026-03-02,09:00,o,N,0,,0,,\nR1,2026-03-02,09:00,o,S,1.5,,,,\nR1,2026-03-02,09:00,o,T,1,,,,\n",
        )
        assert '"nobody_seen": 1' in intake.files["excluded"].iloc[0]
        assert intake.rejects["reason"].tolist() == ["bad_number_of_people"]

    def test_a_second_observer_who_counts_is_no_mistake(self, exports):
        header = self.HEADER.replace("Total", "Reference look")
        rows = "R1,2026-03-02,09:00,o,N,3,2,,,\nR1,2026-03-02,09:00,p,N,2,3,,yes,\nR2,2026-03-02,11:00,,N,,,,,\n"
        intake = exports.read("kit_work_sampling", header + rows)
        assert intake.tables["observations"]["reference"].tolist() == [False] * 5 + [True] * 5
        assert not intake.traps["rows"].any()
        assert '"not_filled_in": 1' in intake.files["excluded"].iloc[0]

    def test_a_team_counted_twice_is_told(self, exports):
        intake = exports.read(
            "kit_work_sampling", self.HEADER + "R1,2026-03-02,09:00,o,N,3,2,,5,\nR1,2026-03-02,09:00,o,N,2,3,,5,\n"
        )
        assert exports.trap(intake, "counted_twice")["rows"] == 2

    def test_without_any_state_it_asks(self, exports):
        with pytest.raises(DataProblem, match="column State"):
            exports.read("kit_work_sampling", "Round,Date,Time,Observer,Team\nR1,2026-03-02,09:00,o,N\n")


class TestTwoFormsOfOneSheet:
    """A column per type, or per state, says the same as a row for each."""

    @settings(max_examples=12)
    @given(cells=st.lists(st.tuples(*[st.none() | st.integers(0, 99)] * 3), min_size=1, max_size=5))
    def test_workload_wide_and_long(self, tmp_path_factory, cells):
        kinds = ("letters", "claims", "calls")
        head = [f"T{at},2026-W10,80" for at in range(len(cells))]
        wide = "Team,Week,Paid hours,letters,claims,calls\n" + "".join(
            f"{start},{','.join('' if one is None else str(one) for one in row)}\n"
            for start, row in zip(head, cells, strict=True)
        )
        rows = [
            f"{start},{kind},{one}\n"
            for start, row in zip(head, cells, strict=True)
            for kind, one in zip(kinds, row, strict=True)
            if one is not None
        ]
        rows += [f"{start},,\n" for start, row in zip(head, cells, strict=True) if set(row) == {None}]
        long = "Team,Week,Paid hours,Type,Volume\n" + "".join(rows)
        tables = [self.read(tmp_path_factory, "kit_weekly_workload", text)["workload"] for text in (wide, long)]
        order = ["team", "type"]
        pd.testing.assert_frame_equal(*(table.sort_values(order, ignore_index=True) for table in tables))

    @settings(max_examples=12)
    @given(cells=st.lists(st.tuples(*[st.integers(0, 4)] * 3).filter(any), min_size=1, max_size=4))
    def test_looks_tallied_and_one_by_one(self, tmp_path_factory, cells):
        states = ("On a call", "Break", "Meeting")
        head = [f"R{at},2026-03-02,09:0{at},o,N" for at in range(len(cells))]
        tally = "Round,Date,Time,Observer,Team,On a call,Break,Meeting\n" + "".join(
            f"{start},{','.join(map(str, row))}\n" for start, row in zip(head, cells, strict=True)
        )
        rows = [
            f"{start},{state}\n"
            for start, row in zip(head, cells, strict=True)
            for state, one in zip(states, row, strict=True)
            for _ in range(one)
        ]
        long = "Round,Date,Time,Observer,Team,State\n" + "".join(rows)
        tables = [self.read(tmp_path_factory, "kit_work_sampling", text)["observations"] for text in (tally, long)]
        order = ["round", "state"]
        pd.testing.assert_frame_equal(*(table.sort_values(order, ignore_index=True) for table in tables))

    @staticmethod
    def read(factory, adapter: str, text: str) -> dict[str, pd.DataFrame]:
        folder = factory.mktemp("engagement")
        (folder / "data").mkdir()
        (folder / "data" / "sheet.csv").write_text(text, encoding="utf-8", newline="\n")
        period = Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
        client = Client(name="Test", time_zone="Europe/Amsterdam", period=period)
        return read_sources(
            [Source(files=["data/sheet.csv"], adapter=adapter)], client=client, root=folder, key=KEY
        ).tables


class TestSelfReports:
    HEADER = "Agent ID,Team,Week,Own paid hours,Own hours without work\n"

    def test_everybody_who_reports_is_on_the_roster_under_a_pseudonym(self, exports):
        intake = exports.read("kit_self_reports", self.HEADER + "007,N,2026-W10,32,4.5\n")
        row = intake.tables["self_reports"].iloc[0]
        assert row["agent"] == pseudonym("007", key=KEY)
        assert (row["paid_h"], row["non_work_h"], row["period_end"]) == (32.0, 4.5, pd.Timestamp("2026-03-08"))
        assert intake.tables["roster"]["agent"].tolist() == [row["agent"]]
        assert "not everybody answers" in intake.files["not_good_for"].iloc[0]

    def test_hours_that_cannot_be_and_two_answers_of_one_person_are_rejected(self, exports):
        rows = [
            "007,N,2026-W10,32,33",
            "008,N,2026-W10,-1,0",
            "009,N,2026-W10,32,-1",
            "010,N,2026-W10,32,3",
            "010,N,2026-W10,32,4",
        ]
        intake = exports.read("kit_self_reports", self.HEADER + "\n".join([*rows, "011,N,2026-W10,0,0"]))
        reasons = intake.rejects["reason"].tolist()
        assert reasons == [
            "more_than_paid",
            "negative_hours",
            "negative_hours",
            "contradicting_rows",
            "contradicting_rows",
        ]
        assert intake.files["used"].tolist() == [1]

    def test_months_and_answers_by_order_are_told(self, exports):
        header = "Agent ID,Period start,Period end,Paid hours,Hours without work\n"
        rows = "007,2026-03-02,2026-03-08,140,20\n008,2026-03-02,2026-03-29,140,20\n008,2026-03-09,2026-03-15,36,4\n"
        intake = exports.read("kit_self_reports", header + rows)
        assert exports.trap(intake, "long_own_weeks")["rows"] == 1
        assert exports.trap(intake, "overlapping_reports")["rows"] == 1
        assert not exports.trap(intake, "equal_answers")["tested"]
        alike = "".join(f"{n:03d},N,2026-W10,{30 + n},{(30 + n) * (0.1 if n % 3 else 0.01 * n)}\n" for n in range(12))
        assert exports.trap(exports.read("kit_self_reports", self.HEADER + alike), "equal_answers")["rows"] == 8
        own = "".join(f"{n:03d},N,2026-W10,{30 + n},{n % 4 + n / 10}\n" for n in range(12))
        assert exports.trap(exports.read("kit_self_reports", self.HEADER + own), "equal_answers")["rows"] == 0


class TestStopwatch:
    HEADER = "Date,Observer,Agent ID,Activity,Start time,End time,Duration (h:mm:ss),Interruptions\n"

    def test_rows_over_midnight_end_on_the_next_day(self, exports):
        intake = exports.read("kit_time_and_motion", self.HEADER + "2026-03-02,o,007,Processing,23:58:10,00:03:40,,\n")
        assert intake.tables["spells"]["end"].tolist() == [at("2026-03-03 00:03:40")]

    @pytest.mark.parametrize("duration", ["0:06:00", "1:06:00"])
    def test_in_the_hour_that_clocks_show_twice_the_duration_decides(self, exports, duration):
        exports.client = exports.client.model_copy(
            update={"period": exports.client.period.model_copy(update={"end": dt.date(2026, 11, 1)})}
        )
        intake = exports.read(
            "kit_time_and_motion", self.HEADER + f"2026-10-25,o,007,Processing,01:57:00,02:03:00,{duration},\n"
        )
        spell = intake.tables["spells"].iloc[0]
        assert spell["end"] - spell["start"] == pd.Timedelta(duration)

    def test_an_end_before_its_start_because_the_clock_went_back_is_no_next_day(self, exports):
        exports.client = exports.client.model_copy(
            update={"period": exports.client.period.model_copy(update={"end": dt.date(2026, 11, 1)})}
        )
        intake = exports.read(
            "kit_time_and_motion", self.HEADER + "2026-10-25,o,007,Processing,02:59:00,02:04:00,0:05:00,\n"
        )
        spell = intake.tables["spells"].iloc[0]
        assert spell["end"] - spell["start"] == pd.Timedelta(minutes=5)

    def test_a_diary_is_told_from_a_stopwatch(self, exports):
        starts = pd.date_range("2026-03-02 09:00", periods=25, freq="10min")
        diary = [
            f"{one:%Y-%m-%d},o,007,Processing,{one:%H:%M:%S},{one + pd.Timedelta(minutes=10):%H:%M:%S},,"
            for one in starts
        ]
        watch = [
            f"{one:%Y-%m-%d},o,007,Processing,{one + pd.Timedelta(seconds=at_):%H:%M:%S},{one + pd.Timedelta(seconds=500):%H:%M:%S},,"
            for at_, one in enumerate(starts)
        ]
        assert (
            exports.trap(exports.read("kit_time_and_motion", self.HEADER + "\n".join(diary)), "rounded_times")["rows"]
            == 25
        )
        assert (
            exports.trap(exports.read("kit_time_and_motion", self.HEADER + "\n".join(watch)), "rounded_times")["rows"]
            == 0
        )

    def test_interruptions_inside_and_two_people_at_once_are_told(self, exports):
        rows = "2026-03-02,o,007,Processing,09:00:10,09:10:20,,2\n2026-03-02,o,008,Processing,09:05:10,09:07:20,,0\n"
        intake = exports.read("kit_time_and_motion", self.HEADER + rows)
        assert exports.trap(intake, "interruptions_inside")["rows"] == 1
        assert exports.trap(intake, "two_at_once")["rows"] == 1


class TestTimedItems:
    HEADER = "Date,Agent ID,Item,Type,Start time,End time,Interruptions\n"

    def test_items_that_were_interrupted_are_told(self, exports):
        intake = exports.read(
            "kit_timed_items",
            self.HEADER + "2026-03-02,007,C1,claim,09:00:10,09:14:00,1\n2026-03-02,007,C2,claim,09:15:00,09:30:00,\n",
        )
        assert exports.trap(intake, "items_interrupted")["rows"] == 1
        assert len(intake.tables["work_items"]) == 2

    def test_estimated_items_are_told(self, exports):
        rows = [f"2026-03-02,007,C{at},claim,{9 + at // 6}:{at % 6}0,{9 + at // 6}:{at % 6}5,\n" for at in range(24)]
        assert exports.trap(exports.read("kit_timed_items", self.HEADER + "".join(rows)), "items_rounded")["rows"] == 24


class TestPlansAndVolumes:
    def test_two_versions_of_a_plan_are_told(self, exports):
        text = "Agent ID,Date,Start time,End time,Kind,Paid\n007,2026-03-02,08:00,16:00,Shift,yes\n007,2026-03-02,09:00,17:00,Shift,yes\n007,2026-03-02,12:00,12:30,Lunch,no\n"
        assert exports.trap(exports.read("kit_schedule", text), "overlapping_schedule")["rows"] == 1

    def test_rows_that_do_not_say_whether_they_are_paid_are_told(self, exports):
        intake = exports.read(
            "kit_schedule", "Agent ID,Start,End,Kind\n007,2026-03-02 08:00,2026-03-02 16:00,Unpaid leave\n"
        )
        assert exports.trap(intake, "paid_unsaid")["rows"] == 1
        assert intake.tables["schedule"]["paid"].tolist() == [False]

    def test_parts_beyond_their_whole_and_odd_handling_times_are_told(self, exports):
        header = "Queue,Date,Interval,Interval length (s),Offered,Answered,Abandoned,Total handle time (s)\n"
        intake = exports.read(
            "kit_volumes",
            header
            + "a,2026-03-02,09:00,0:30:00,5,5,1,900\na,2026-03-02,09:30,1800,5,4,1,3\na,2026-03-02,10:00,1800,5,4,1,800\n",
        )
        assert exports.trap(intake, "more_than_offered")["rows"] == 1
        assert exports.trap(intake, "odd_handling_time")["rows"] == 1
        assert intake.tables["volumes"]["length_s"].tolist() == [1800.0] * 3

    def test_a_mean_handling_time_is_multiplied_by_the_contacts(self, exports):
        header = "Queue,Interval start,Interval length (s),Forecast offered,Forecast AHT (s),Made on\n"
        intake = exports.read(
            "kit_forecast",
            header + "a,2026-03-02 09:00,1800,10.5,300,2026-03-02 10:00\na,2026-03-02 09:30,1800,10,,2026-02-02\n",
        )
        assert intake.tables["forecasts"]["handle_us"].tolist() == [3_150_000_000, pd.NA]
        assert exports.trap(intake, "made_late")["rows"] == 1

    @pytest.mark.parametrize(("adapter", "text", "code"), [
        ("kit_quality", "Team,Week,Checked,Errors\nN,2026-W10,10,11\nS,2026-W10,10,9\n", "more_than_checked"),
        ("kit_roster", "Agent ID,Contract hours\n007,160\n008,38\n", "long_weeks"),
        ("kit_item_types", "Type,Standard time (s)\na,4\nb,240\n", "standard_in_minutes"),
    ])  # fmt: skip
    def test_what_people_often_count_in_another_way_is_told(self, exports, adapter, text, code):
        assert exports.trap(exports.read(adapter, text), code)["rows"] == 1


def test_names_of_traps_tell_sheets_apart():
    codes = [trap.code for name in SHEETS for trap in format_of(name).traps]
    assert len(codes) == len(np.unique(codes))

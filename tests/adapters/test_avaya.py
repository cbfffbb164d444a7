"""Avaya CMS: one person's half-hour over two skills, added up as CMS means it; what is wrong with it is told."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Period

COLUMNS = [
    *[
        "ROW_DATE",
        "STARTTIME",
        "INTRVL",
        "ACD",
        "SPLIT",
        "LOGID",
        "TI_STAFFTIME",
        "I_ACDTIME",
        "I_ACWTIME",
        "I_DA_ACDTIME",
        "I_DA_ACWTIME",
        "I_RINGTIME",
    ]
]
COLUMNS += [
    *[
        "TI_AVAILTIME",
        "TI_OTHERTIME",
        "TI_AUXTIME",
        "TI_AUXTIME0",
        "TI_AUXTIME1",
        "INTRNOTIFIES",
        "REJECTEDINTRS",
        "INCOMPLETE",
    ]
]
# The terms of the identity that CMS states, over two skills: 1800 = (400 + 60 + 30 + 10 + 20) + (200 + 40 + 10) + 700 + 30 + 300.
MAIN = {"SPLIT": "1400", "TI_STAFFTIME": 1800, "I_ACDTIME": 400, "I_ACWTIME": 60, "I_DA_ACDTIME": 30} | {
    "I_DA_ACWTIME": 10,
    "I_RINGTIME": 20,
    "TI_AVAILTIME": 700,
    "TI_OTHERTIME": 30,
    "TI_AUXTIME": 300,
}
SIDE = {"SPLIT": "1410", "I_ACDTIME": 200, "I_ACWTIME": 40, "I_RINGTIME": 10}
PLACE = {"ROW_DATE": "2026-03-03", "STARTTIME": "800", "INTRVL": "30", "ACD": "1", "LOGID": "00731"}


def table(*rows: dict, columns: list[str] = COLUMNS) -> str:
    """Return rows as CMS exports them; what a row does not name is 0."""
    cells = [[str((PLACE | row).get(name, 0)) for name in columns] for row in rows]
    return "\n".join(map(",".join, [columns, *cells])) + "\n"


def hours(intake) -> dict:
    """Return the seconds of each state."""
    totals = intake.tables["state_totals"]
    return (totals.groupby("state")["us"].sum() // 1_000_000).to_dict()


def test_states_add_up_to_staffed_time_over_skills(exports):
    intake = exports.read("avaya_hagent", table(MAIN, SIDE))
    assert hours(intake) == {"HANDLING": 740, "RESERVED": 30, "IDLE": 700, "WORK": 30, "AWAY": 300}
    assert sum(hours(intake).values()) == 1800
    assert intake.tables["state_totals"]["length_s"].unique() == [1800.0]
    found = exports.trap(intake, "staffed_identity")
    assert found["tested"]
    assert found["rows"] == 0


@pytest.mark.parametrize(
    "item", ["I_ACDTIME", "I_ACWTIME", "I_DA_ACDTIME", "I_DA_ACWTIME", "I_RINGTIME", "TI_AVAILTIME"]
)
def test_staffed_identity_tells_by_how_much_it_fails(exports, item):
    other = MAIN | {"LOGID": "007"}
    less = {name: value for name, value in other.items() if name != item}
    intake = exports.read("avaya_hagent", table(MAIN, SIDE, less, SIDE | {"LOGID": "007"}))
    found = exports.trap(intake, "staffed_identity")
    assert found["rows"] == 2
    assert f"1 interval of a person (first: data/export, row 4): {MAIN[item]} s staffed without" in found["words"]


def test_a_missing_skill_shows_as_staffed_time_without_a_state(exports):
    found = exports.trap(exports.read("avaya_hagent", table(MAIN)), "staffed_identity")
    assert "250 s staffed without a state in 1" in found["words"]


def test_aux_and_its_reasons_count_once(exports):
    row = MAIN | {"TI_AUXTIME0": 100, "TI_AUXTIME1": 150}
    with pytest.raises(DataProblem, match="TI_AUXTIME1") as asked:
        exports.read("avaya_hagent", table(row, SIDE))
    assert "1 state code without a meaning" in str(asked.value)
    lines = ("state_raw,ladder_bucket,paid,planned,legitimate_allowance,cause,interruptible,counts_toward_shrinkage",)
    lines += tuple(f"{name},IDLE,true,false,false,demand,true,false" for name in COLUMNS[7:14])
    lines += ("TI_AUXTIME0,AWAY,,,,,,", "TI_AUXTIME,AWAY,,,,,,", "TI_AUXTIME1,BREAK,,,,,,")
    (exports.root / "map.csv").write_text("\n".join(lines), encoding="utf-8")
    intake = exports.read("avaya_hagent", table(row, SIDE), state_map="map.csv")
    assert hours(intake) == {"IDLE": 1500, "AWAY": 150, "BREAK": 150}
    found = exports.trap(intake, "aux_without_reason")
    assert found["rows"] == 1
    assert "0.04 h of AUX without a reason" in found["words"]


def test_incomplete_intervals_are_left_out_and_told(exports):
    intake = exports.read("avaya_hagent", table(MAIN, SIDE, MAIN | {"STARTTIME": "0830", "INCOMPLETE": 1}))
    assert sum(hours(intake).values()) == 1800
    assert intake.files["excluded"].tolist() == ['{"incomplete": 1}']
    assert exports.trap(intake, "incomplete_intervals")["rows"] == 1
    assert exports.trap(intake, "staffed_identity")["rows"] == 0


def test_offers_to_people_in_aux_are_told_as_evidence(exports):
    clean = exports.trap(exports.read("avaya_hagent", table(MAIN, SIDE)), "interruptible_aux")
    assert (clean["tested"], clean["rows"]) == (True, 0)
    found = exports.trap(
        exports.read("avaya_hagent", table(MAIN | {"INTRNOTIFIES": 3, "REJECTEDINTRS": 1}, SIDE)), "interruptible_aux"
    )
    assert found["rows"] == 1
    assert "3 times in 1 row, 1 of them turned down" in found["words"]
    absent = table(MAIN, SIDE, columns=[name for name in COLUMNS if name != "INTRNOTIFIES"])
    assert not exports.trap(exports.read("avaya_hagent", absent), "interruptible_aux")["tested"]


def test_person_times_repeated_on_each_skill_are_told(exports):
    small = {name: value / 4 if isinstance(value, int) else value for name, value in MAIN.items()}
    intake = exports.read("avaya_hagent", table(small, small | {"SPLIT": "1410", "I_ACDTIME": 7}))
    assert exports.trap(intake, "person_time_on_several_skills")["rows"] == 2


def test_one_login_on_two_switches_is_told(exports):
    intake = exports.read("avaya_hagent", table(MAIN, SIDE, MAIN | {"STARTTIME": "900", "ACD": "2"}))
    assert exports.trap(intake, "login_on_two_switches")["rows"] == 3


@pytest.mark.parametrize(
    ("start", "shown"), [("800", "07:00"), ("0800", "07:00"), ("08:00", "07:00"), ("0", "23:00"), ("30.0", "23:30")]
)
def test_hours_and_minutes_written_as_one_number(exports, start, shown):
    intake = exports.read("avaya_hagent", table(MAIN | {"STARTTIME": start}, SIDE | {"STARTTIME": start}))
    assert intake.tables["state_totals"]["interval_start"].dt.strftime("%H:%M").unique().tolist() == [shown]


def started(utc: str, **more) -> dict:
    """Return what a row of a release with STARTTIME_UTC adds."""
    return {"STARTTIME_UTC": int(pd.Timestamp(utc, tz="UTC").timestamp()), **more}


def starts(intake) -> list[str]:
    """Return the moments at which intervals start, in UTC."""
    return sorted(intake.tables["state_totals"]["interval_start"].dt.strftime("%m-%d %H:%M").unique())


@pytest.mark.parametrize(("utc", "rows"), [("2026-03-03 07:00", 0), ("2026-03-03 13:00", 2)])
def test_the_start_in_utc_settles_the_clock_of_the_switch(exports, utc, rows):
    text = table(MAIN | started(utc), SIDE | started(utc), columns=[*COLUMNS, "STARTTIME_UTC"])
    intake = exports.read("avaya_hagent", text)
    assert starts(intake) == [utc[5:]]
    found = exports.trap(intake, "switch_clock")
    assert found["rows"] == rows
    assert (
        not rows or "2 rows whose STARTTIME_UTC shows a switch on another clock than Europe/Amsterdam" in found["words"]
    )


def test_a_start_in_utc_that_fits_no_clock_is_told_and_not_used(exports):
    text = table(MAIN | started("2026-03-03 07:07"), columns=[*COLUMNS, "STARTTIME_UTC"])
    intake = exports.read("avaya_hagent", text)
    assert starts(intake) == ["03-03 07:00"]
    assert "1 row whose STARTTIME_UTC fits no clock" in exports.trap(intake, "switch_clock")["words"]


def test_the_start_in_utc_tells_a_doubled_hour_apart(exports):
    exports.client = exports.client.model_copy(update={"period": Period(start="2026-10-20", end="2026-10-30")})
    late, early = (
        MAIN | {"ROW_DATE": "10/25/2026", "STARTTIME": "200"} | started(f"2026-10-25 0{hour}:00") for hour in (1, 0)
    )
    assert starts(exports.read("avaya_hagent", table(late, early, columns=[*COLUMNS, "STARTTIME_UTC"]))) == [
        "10-25 00:00",
        "10-25 01:00",
    ]
    blind = exports.read("avaya_hagent", table(late))
    assert blind.rejects["reason"].tolist() == ["dst_ambiguous"]


def test_small_letters_of_a_copy_are_the_same_table(exports):
    text = table(MAIN, SIDE)
    header, rest = text.split("\n", 1)
    assert hours(exports.read("avaya_hagent", header.lower() + "\n" + rest)) == hours(
        exports.read("avaya_hagent", text)
    )

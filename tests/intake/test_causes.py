"""The cause that a state map gives to a code stands beside the state in every row of states."""

from __future__ import annotations

HEADER = "state_raw,ladder_bucket,paid,planned,legitimate_allowance,cause,interruptible,counts_toward_shrinkage\n"
LINES = (
    "Ready,IDLE,true,false,false,demand,true,false\n"
    "Reset,AWAY,true,false,false,system,false,true\n"
    "Other,AWAY,true,false,false,,false,true\n"
    "Talk,HANDLING,true,false,false,demand,false,false\n"
)
SPELLS = "agent,start,end,state\n" + "".join(
    f"a,2026-03-02 {hour:02d}:00,2026-03-02 {hour + 1:02d}:00,{state}\n"
    for hour, state in enumerate(("Ready", "reset", "Other", "Talk"), start=9)
)


def test_spells_carry_the_cause_of_their_code(desk):
    desk.put("map.csv", HEADER + LINES)
    spells = desk.spells(SPELLS, state_map="data/map.csv").tables["spells"]
    assert spells["state"].tolist() == ["IDLE", "AWAY", "AWAY", "HANDLING"]
    assert spells["cause"].fillna("none given").tolist() == ["demand", "system", "none given", "demand"]


def test_a_code_with_two_causes_has_an_unknown_one(desk):
    desk.put("map.csv", HEADER + LINES + "RESET,AWAY,true,false,false,policy,false,true\n")
    assert desk.spells(SPELLS, state_map="data/map.csv").tables["spells"]["cause"].iloc[1] == "unknown"


def test_totals_of_one_column_per_state_carry_causes(desk):
    desk.put("map.csv", HEADER + LINES)
    file = desk.put("totals.csv", "agent,interval_start,length_s,r,x\na,2026-03-02 09:00,1800,600,300\n")
    source = {
        "files": [file],
        "table": "state_totals",
        "totals": {"Ready": "r", "Reset": "x"},
        "duration_unit": "s",
        "state_map": "data/map.csv",
    }
    totals = desk.read(source).tables["state_totals"]
    assert dict(zip(totals["cause"], totals["us"], strict=True)) == {"demand": 600_000_000, "system": 300_000_000}


def test_other_tables_have_no_causes(desk):
    desk.put("map.csv", HEADER + LINES)
    schedule = desk.read({"files": [desk.put("s.csv", SPELLS)], "table": "schedule", "state_map": "data/map.csv"})
    assert "cause" not in schedule.tables["schedule"]

"""The published definitions by hand, on one day of one agent and on hours that fit on a screen."""

import pandas as pd
import pytest

from analysis.measure.crosswalk import Counted, crosswalk, planned_time

# 100 paid hours
HOURS = {
    "ABSENT": 10, "BREAK": 10, "SUPPORT": 8, "OUTAGE": 2, "HANDLING": 30, "RESERVED": 2, "ITEM_WORK": 8, "AWAY": 5, "IDLE": 15, "UNACCOUNTED": 10,
}  # fmt: skip


def values(**more):
    frame = crosswalk(HOURS, sees_idle=True, **more)
    assert frame["definition"].is_unique
    assert frame["value"].notna().eq(frame["status"].eq("ok")).all()
    assert frame["reason"].eq("").eq(frame["status"].eq("ok")).all()
    return frame.set_index("definition")


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("occupancy", 40 / 55),
        ("occupancy, contacts only", 32 / 47),
        ("occupancy, handling against ready", 30 / 45),
        ("occupancy_icmi, all occupied time", 60 / 90),
        ("occupancy, handling against logged in", 30 / 80),
        ("utilization U1, workable of paid", 70 / 100),
        ("utilization U2, workable of attended", 70 / 90),
        ("utilization U3, productive of paid", 48 / 100),
        ("utilization U4, core work of time at work", 38 / 90),
        ("utilization U5, work of base", 40 / 80),
        ("utilization U5 without reserved time", 38 / 80),
        ("utilization U6, desktop", 40 / 70),
        ("omitted by U6", 20 / 90),
        ("shrinkage", 30 / 100),
        ("shrinkage with unaccounted", 40 / 100),
        ("shrinkage with away and unaccounted", 45 / 100),
        ("shrinkage in office", 20 / 100),
        ("shrinkage out of office", 10 / 100),
        ("availability", 55 / 80),
    ],
)
def test_each_ratio_of_time(definition, expected):
    assert values().loc[definition, "value"] == pytest.approx(expected)


def test_u1_is_one_less_shrinkage():
    found = values()["value"]
    assert found["utilization U1, workable of paid"] + found["shrinkage"] == pytest.approx(1)


def test_counted_definitions():
    counted = Counted(earned_h=6, items_in=120, items_out=110, within_due=0.9, sampled_work=0.6, looks_needed=369)
    found = values(counted=counted)["value"]
    assert found["productivity"] == pytest.approx(6 / 8)
    assert found["complex productivity"] == pytest.approx(6 / 8 * 38 / 90)
    assert found["total productivity"] == pytest.approx(6 / 90)
    assert found["backlog clear, items in less items out"] == 10
    assert found["backlog clear, within due"] == pytest.approx(0.9)


def test_what_is_missing_is_said():
    found = crosswalk(None, sees_idle=False).set_index("definition")
    assert found["value"].isna().all()
    assert "no shifts" in found.loc["utilization U5, work of base", "reason"]
    assert "agreed formula" in found.loc["effectiveness", "reason"]
    blind = crosswalk(HOURS, sees_idle=False).set_index("definition")
    assert "ready without work" in blind.loc["occupancy", "reason"]
    assert blind.loc["shrinkage", "value"] == pytest.approx(0.3)
    empty = crosswalk({}, sees_idle=True).set_index("definition")
    assert "zero" in empty.loc["shrinkage", "reason"]


def test_a_schedule_against_a_day():
    """On duty 8 to 12 with a break from 10 to 10:30; ready from 8 to 9:45, on break to 10:15, handling to 12."""

    def frame(*rows):
        columns = [("a", f"2026-03-02 {start}", f"2026-03-02 {end}", state) for start, end, state in rows]
        spells = pd.DataFrame(columns, columns=["agent", "start", "end", "state"])
        return spells.assign(
            **{side: pd.to_datetime(spells[side], utc=True).astype("datetime64[us, UTC]") for side in ("start", "end")}
        )

    schedule = frame(("08:00", "12:00", "WORK"), ("10:00", "10:30", "BREAK"))
    pieces = frame(("08:00", "09:45", "IDLE"), ("09:45", "10:15", "BREAK"), ("10:15", "12:00", "HANDLING"))
    plan = planned_time(pieces, schedule)
    assert (plan.scheduled_h, plan.duty_h, plan.unavailable_h) == (4.0, 3.5, 0.5)
    assert plan.in_kind_h == pytest.approx(1.75 + 0.25 + 1.5)
    assert plan.on_duty_h == pytest.approx(3.5)
    found = crosswalk({"HANDLING": 1.75, "IDLE": 1.75, "BREAK": 0.5}, sees_idle=True, planned=plan).set_index(
        "definition"
    )["value"]
    assert found["adherence"] == pytest.approx(3.5 / 4)
    assert found["conformance"] == pytest.approx(1)
    assert found["shrinkage as scheduled"] == pytest.approx(0.125)

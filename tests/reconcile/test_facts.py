"""Facts about each source against planted habits: robots, dates in disguise, default codes, round numbers, another clock."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.intake.reconciliation.clocks import pause_hint, pause_hour
from analysis.intake.reconciliation.facts import facts_of

from .conftest import origin, utc

NO_STATES = pd.DataFrame(columns=["source", "state_raw", "state", "spells", "hours"])
HOUR_US = 3_600_000_000


def items(count: int = 2_000, people: int = 20, seed: int = 0, zone: str = "Europe/Amsterdam") -> pd.DataFrame:
    """Return items of a desk by day with a pause at noon by its own clock."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2026-03-02") + pd.to_timedelta(rng.integers(0, 26, count), unit="D")
    hour = rng.choice(
        [8, 9, 10, 11, 12, 13, 14, 15, 16], count, p=[0.09, 0.13, 0.14, 0.13, 0.05, 0.12, 0.13, 0.12, 0.09]
    )
    ended = (
        (day + pd.to_timedelta(hour * 3600 + rng.integers(0, 3600, count), unit="s"))
        .tz_localize(zone)
        .tz_convert("UTC")
    )
    frame = pd.DataFrame({"agent": [f"p{number:02d}" for number in rng.integers(0, people, count)], "ended": ended})
    frame["started"] = frame["ended"] - pd.to_timedelta(rng.integers(30, 1200, count), unit="s")
    return frame.assign(item=[f"i{number}" for number in range(count)], type="claim").astype(
        {"ended": "datetime64[us, UTC]", "started": "datetime64[us, UTC]"}
    )


def facts(
    frame: pd.DataFrame, table: str = "work_items", states: pd.DataFrame = NO_STATES, **more
) -> tuple[dict, list[str]]:
    rows, findings = facts_of([origin(table, frame, **more)], states)
    return rows.set_index("fact")[["count", "of"]].T.to_dict("list"), [item.code for item in findings]


@pytest.mark.parametrize("seed", range(10))
def test_an_ordinary_desk_raises_no_question(seed):
    _, questions = facts(items(seed=seed))
    assert questions == []


def test_rows_without_start_length_or_person_are_counted():
    frame = items(200)
    frame.loc[:9, "started"] = pd.NaT
    frame.loc[10:14, "started"] = frame.loc[10:14, "ended"]
    frame.loc[20:22, "agent"] = None
    found, _ = facts(frame)
    assert found["without_start"] == [10, 200]
    assert found["zero_length"] == [5, 190]
    assert found["without_person"] == [3, 200]


def test_work_over_midnight_and_before_the_last_ended_is_counted():
    rows = [("a", "2026-03-02 22:50", "2026-03-02 23:10"), ("a", "2026-03-02 23:05", "2026-03-02 23:20")]
    rows += [("a", "2026-03-02 22:00", "2026-03-02 23:00"), ("b", "2026-03-02 23:05", "2026-03-02 23:06")]
    frame = pd.DataFrame(rows, columns=["agent", "started", "ended"])
    frame = frame.assign(started=frame["started"].map(utc), ended=frame["ended"].map(utc), item="i", type="t")
    found, _ = facts(frame)
    # by Amsterdam's clock midnight is at 23:00; what ends on its stroke does not cross it
    assert found["over_midnight"] == [1, 4]
    assert found["overlapping"] == [2, 4]


def test_a_user_that_never_sleeps_and_a_job_of_the_night_are_found():
    desk = items()
    when = pd.date_range("2026-03-02", periods=2_400, freq="17min", tz="UTC")
    never = pd.DataFrame({"agent": "robot", "ended": when, "started": when, "item": "r", "type": "t"})
    night = pd.date_range("2026-03-02 00:05", periods=26, freq="D", tz="UTC").repeat(10)
    job = pd.DataFrame({"agent": "job", "ended": night, "started": night, "item": "n", "type": "t"})
    frame = pd.concat([desk, never, job], ignore_index=True)
    found, questions = facts(frame.astype({"ended": "datetime64[us, UTC]", "started": "datetime64[us, UTC]"}))
    assert found["round_the_clock"] == [2_400, len(frame)]
    assert found["one_hour_bursts"] == [260, len(frame)]
    assert "one_hour_bursts" in questions


def test_a_user_that_works_on_every_day_is_found_and_people_on_shifts_are_not():
    rng = np.random.default_rng(3)
    online = pd.Timestamp("2026-03-02", tz="UTC") + pd.to_timedelta(rng.integers(0, 50 * 24, 4_000), unit="h")
    shifts = []
    for person in range(6):
        # a week of early, late and night shifts in turn, five days a week
        for day in range(49):
            if day % 7 < 5:
                first = (6, 14, 22)[(day // 7 + person) % 3]
                at = pd.Timestamp("2026-03-02", tz="UTC") + pd.Timedelta(days=day, hours=first)
                shifts += [(f"p{person}", at + pd.Timedelta(minutes=15 * place)) for place in range(32)]
    frame = pd.concat(
        [pd.DataFrame({"agent": "web", "ended": online}), pd.DataFrame(shifts, columns=["agent", "ended"])]
    )
    # the web is busiest by day: no hour holds a fair share of the night
    frame = frame[(frame["agent"] != "web") | (frame["ended"].dt.hour > 5) | (rng.uniform(size=len(frame)) < 0.1)]
    frame = frame.astype({"ended": "datetime64[us, UTC]"}).assign(started=frame["ended"], item="i", type="t")
    found, _ = facts(frame.astype({"started": "datetime64[us, UTC]"}).reset_index(drop=True), zone="UTC")
    assert found["round_the_clock"][0] == int((frame["agent"] == "web").sum())


def test_a_quiet_user_that_is_there_on_every_day_is_found():
    rng = np.random.default_rng(5)
    day = np.repeat(np.arange(50), 12)
    online = utc("2026-03-02") + pd.to_timedelta(day * 24 + rng.integers(0, 24, len(day)), unit="h")
    clerk = utc("2026-03-02") + pd.to_timedelta(day * 24 + rng.integers(8, 17, len(day)), unit="h")
    parts = [pd.DataFrame({"agent": name, "ended": when}) for name, when in (("web", online), ("clerk", clerk))]
    frame = pd.concat(parts, ignore_index=True).assign(item="i", type="t").astype({"ended": "datetime64[us, UTC]"})
    found, _ = facts(frame.assign(started=frame["ended"]), zone="UTC")
    assert found["round_the_clock"] == [600, 1_200]


def test_many_names_that_are_hardly_ever_seen_are_a_question():
    frame = items(600)
    frame.loc[:199, "agent"] = [f"student{number}" for number in range(200)]
    found, questions = facts(frame)
    assert found["rarely_seen"][1] == 220
    assert "rarely_seen" in questions


def test_dates_in_disguise_are_found_at_any_time_of_day():
    frame = items(1_000)
    day = frame["ended"].dt.tz_convert("Europe/Amsterdam").dt.normalize() + pd.Timedelta("1h6min40s")
    frame["ended"] = day.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    frame["started"] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    _, questions = facts(frame)
    assert questions == ["date_only"]


def test_durations_that_people_wrote_down_are_found_and_stamps_by_the_minute_are_not():
    frame = items(400)
    rng = np.random.default_rng(1)
    written = frame.assign(started=frame["ended"] - pd.to_timedelta(rng.choice([15, 30, 60, 90], 400), unit="min"))
    assert "round_numbers" in facts(written)[1]
    by_minute = frame.assign(started=frame["ended"] - pd.to_timedelta(rng.integers(5, 60, 400), unit="min"))
    assert "round_numbers" not in facts(by_minute)[1]


def test_a_default_code_that_holds_most_time_off_the_queue_is_a_question():
    frame = pd.DataFrame(
        {"agent": ["a"], "start": [utc("2026-03-02 09:00")], "end": [utc("2026-03-02 10:00")], "state": ["AWAY"]}
    )
    rows = [
        ("data/spells.csv", "Not Ready", "AWAY", 9, 60.0),
        ("data/spells.csv", "Lunch", "BREAK", 9, 40.0),
        ("other", "Other", "AWAY", 1, 900.0),
    ]
    states = pd.DataFrame(rows, columns=NO_STATES.columns)
    found, questions = facts(frame, "spells", states)
    assert (found["default_code"], questions) == ([60, 100], ["default_code"])
    few, _ = facts_of([origin("spells", frame)], states, minimum=10)
    assert "default_code" not in set(few["fact"])
    states.loc[0, "hours"] = 30.0
    assert facts(frame, "spells", states)[1] == []


class TestClock:
    def test_the_pause_of_a_desk_lies_at_noon(self):
        ended = items()["ended"].dt.tz_convert("Europe/Amsterdam")
        us = (ended.dt.hour * 3600 + ended.dt.minute * 60).to_numpy().astype("int64") * 1_000_000
        assert pause_hour(us) == 12
        assert pause_hint(us, 1.0) is None

    def test_stamps_in_utc_that_are_read_as_local_time_raise_a_question(self):
        # the desk pauses at noon; its UTC stamps, an hour behind in winter, were read as wall-clock time
        frame = items(zone="UTC")
        shifted = {name: frame[name] - pd.Timedelta(hours=1) - pd.Timedelta(hours=1) for name in ("started", "ended")}
        _, findings = facts_of([origin("work_items", frame.assign(**shifted))], NO_STATES)
        hint = next(item for item in findings if item.code == "clock_hint")
        assert 'time_zone = "UTC"' in hint.message
        assert hint.message.count("?") == 1
        assert "a pause proves nothing" in hint.message

    def test_a_shop_five_hours_off_raises_a_question_without_an_answer(self):
        frame = items()
        shifted = {name: frame[name] + pd.Timedelta(hours=5) for name in ("started", "ended")}
        _, findings = facts_of([origin("work_items", frame.assign(**shifted))], NO_STATES)
        hint = next(item for item in findings if item.code == "clock_hint")
        assert "17:00 to 18:00" in hint.message
        assert "UTC" not in hint.message

    @pytest.mark.parametrize("seed", range(10))
    def test_a_desk_without_a_pause_and_one_around_the_clock_say_nothing(self, seed):
        rng = np.random.default_rng(seed)
        flat = rng.integers(8 * 3600, 18 * 3600, 5_000) * 1_000_000
        always = rng.integers(0, 86_400, 5_000) * 1_000_000
        assert pause_hint(flat, 1.0) is None
        assert pause_hint(always, 1.0) is None

    def test_the_change_of_shifts_is_not_taken_for_the_pause(self):
        # a desk from 9 to 21 with a slight pause at 13 and a deep dip when the day shift leaves, as a loan office showed
        by_hour = {
            9: 5269,
            10: 6187,
            11: 6119,
            12: 5296,
            13: 4009,
            14: 5257,
            15: 5540,
            16: 5233,
            17: 2849,
            18: 3791,
            19: 4084,
            20: 4319,
        }
        us = np.repeat(np.array(list(by_hour)), list(by_hour.values())) * HOUR_US
        assert pause_hour(us) == 13
        assert pause_hint(us, 1.0) is None

    def test_few_rows_are_not_judged(self):
        assert pause_hour(np.arange(999) * HOUR_US % (10 * HOUR_US)) is None

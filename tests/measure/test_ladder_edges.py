"""Spells that paid time, midnights, a clock change or the end of the export cut: nothing is lost, to the microsecond."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation.schema import BUCKETS
from analysis.measure import time_ladder

HOUR = 3_600_000_000
AMSTERDAM, NEW_YORK = "Europe/Amsterdam", "America/New_York"


def stamp(text: str, zone: str = AMSTERDAM) -> pd.Timestamp:
    return pd.Timestamp(text).tz_localize(zone).tz_convert("UTC").as_unit("us")


def spells(*rows: tuple[str, str, str], zone: str = AMSTERDAM, agent: str = "a") -> pd.DataFrame:
    """Return rows of local start, local end, state."""
    made = [{"agent": agent, "start": stamp(a, zone), "end": stamp(b, zone), "state": word} for a, b, word in rows]
    return pd.DataFrame(made)


def per_day(evidence: pd.DataFrame, paid: pd.DataFrame, zones: str | dict[str, str]) -> dict[str, dict[str, int]]:
    """Return microseconds above 0 by local day; checks that buckets add up."""
    days = time_ladder(evidence, paid=paid[["agent", "start", "end"]], zones=zones).by_agent_day
    assert (days[list(BUCKETS)].sum(axis=1) == days["PAID"]).all()
    return {
        row["day"].strftime("%m-%d"): {name: us for name, us in row.drop(["agent", "day"]).items() if us}
        for _, row in days.iterrows()
    }


def test_a_spell_longer_than_paid_time_is_cut_on_both_sides():
    seen = spells(("2026-03-03 07:59:59.999999", "2026-03-03 16:00:00.000001", "IDLE"))
    found = per_day(seen, spells(("2026-03-03 08:00", "2026-03-03 16:00", "WORK")), AMSTERDAM)
    assert found == {"03-03": {"PAID": 8 * HOUR, "IDLE": 8 * HOUR, "OUTSIDE_PAID": 2}}


def test_a_spell_over_an_unpaid_pause_counts_on_both_sides_of_it():
    seen = spells(("2026-03-03 08:00", "2026-03-03 16:30", "ITEM_WORK"))
    shift = spells(("2026-03-03 08:00", "2026-03-03 12:00", "WORK"), ("2026-03-03 12:30", "2026-03-03 16:30", "WORK"))
    found = per_day(seen, shift, AMSTERDAM)
    assert found == {"03-03": {"PAID": 8 * HOUR, "ITEM_WORK": 8 * HOUR, "OUTSIDE_PAID": HOUR // 2}}


@pytest.mark.parametrize(
    ("zone", "evening", "morning", "before", "after"),
    [
        (AMSTERDAM, "2026-03-28", "2026-03-29", 2, 5),  # spring: 02:00 becomes 03:00
        (AMSTERDAM, "2026-10-24", "2026-10-25", 2, 7),  # autumn: 03:00 becomes 02:00
        (NEW_YORK, "2026-03-07", "2026-03-08", 2, 5),
        (NEW_YORK, "2026-10-31", "2026-11-01", 2, 7),
    ],
)
def test_a_night_shift_over_a_clock_change_has_its_real_length(zone, evening, morning, before, after):
    shift = spells((f"{evening} 22:00", f"{morning} 06:00", "WORK"), zone=zone)
    seen = spells((f"{evening} 22:00", f"{morning} 00:30", "HANDLING"), zone=zone)
    found = per_day(seen, shift, zone)
    assert found == {
        evening[5:]: {"PAID": before * HOUR, "HANDLING": 2 * HOUR},
        morning[5:]: {
            "PAID": after * HOUR,
            "HANDLING": HOUR // 2,
            "UNACCOUNTED": after * HOUR - HOUR // 2,
        },
    }


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_paid_day_round_the_clock_is_as_long_as_the_day(day, hours):
    until = (pd.Timestamp(day) + pd.Timedelta(days=1)).strftime("%Y-%m-%d")
    whole = spells((day, until, "IDLE"))
    assert per_day(whole, whole, AMSTERDAM) == {day[5:]: {"PAID": hours * HOUR, "IDLE": hours * HOUR}}


def test_the_doubled_hour_is_counted_twice_and_only_where_the_clock_doubles():
    """00:30 UTC to 01:30 UTC on 25 October is 02:30 to 02:30 in Amsterdam, and an hour of the evening before in New York."""
    utc = pd.DataFrame(
        {
            "agent": ["a", "b"],
            "start": [pd.Timestamp("2026-10-25 00:30", tz="UTC").as_unit("us")] * 2,
            "end": [pd.Timestamp("2026-10-25 01:30", tz="UTC").as_unit("us")] * 2,
            "state": ["AWAY", "AWAY"],
        }
    )
    days = time_ladder(utc, paid=utc[["agent", "start", "end"]], zones={"a": AMSTERDAM, "b": NEW_YORK}).by_agent_day
    assert days.set_index("agent")["AWAY"].to_dict() == {"a": HOUR, "b": HOUR}
    assert days.set_index("agent")["day"].dt.day.to_dict() == {"a": 25, "b": 24}


def test_a_last_state_that_lasts_beyond_everything_ends_with_paid_time():
    """An export closes what was open at its last moment, or a later row does: either way paid time is the limit."""
    seen = spells(
        ("2026-03-03 08:00", "2026-03-03 15:00", "HANDLING"), ("2026-03-03 15:00", "2026-03-09 23:00", "IDLE")
    )
    found = per_day(seen, spells(("2026-03-03 08:00", "2026-03-03 16:00", "WORK")), AMSTERDAM)
    assert found["03-03"] == {"PAID": 8 * HOUR, "HANDLING": 7 * HOUR, "IDLE": HOUR, "OUTSIDE_PAID": 8 * HOUR}
    assert {name for day, parts in found.items() if day != "03-03" for name in parts} == {"OUTSIDE_PAID"}
    assert sum(parts.get("OUTSIDE_PAID", 0) for parts in found.values()) == 8 * HOUR + 5 * 24 * HOUR + 23 * HOUR


moments = st.integers(0, 4 * 24 * HOUR)


@given(
    st.sampled_from(["2026-03-27", "2026-10-23"]),
    st.sampled_from([AMSTERDAM, NEW_YORK, "Australia/Lord_Howe", "UTC"]),
    st.lists(st.tuples(moments, st.integers(1, 30 * HOUR), st.sampled_from(["IDLE", "AWAY", "HANDLING"])), max_size=8),
    st.lists(st.tuples(moments, st.integers(1, 12 * HOUR)), min_size=1, max_size=4),
)
def test_nothing_is_lost_around_a_clock_change(begin, zone, seen, paid):
    """Paid time by day adds to paid time by the clock; what is seen adds to what is counted inside and outside of it."""
    zero = pd.Timestamp(begin, tz="UTC")

    def at(us):
        return (zero + pd.Timedelta(microseconds=us)).as_unit("us")

    evidence = pd.DataFrame(
        [{"agent": "a", "start": at(start), "end": at(start + length), "state": word} for start, length, word in seen],
        columns=["agent", "start", "end", "state"],
    ).astype({"agent": "str", "state": "str", "start": "datetime64[us, UTC]", "end": "datetime64[us, UTC]"})
    windows = pd.DataFrame([{"agent": "a", "start": at(start), "end": at(start + length)} for start, length in paid])
    days = time_ladder(evidence, paid=windows, zones=zone).by_agent_day

    def covered(rows):
        edges, total, reach = sorted((row[0], row[0] + row[1]) for row in rows), 0, 0
        for start, end in edges:
            total += max(0, end - max(start, reach))
            reach = max(reach, end)
        return total

    assert days["PAID"].sum() == covered(paid)
    assert (days[list(BUCKETS)].sum(axis=1) == days["PAID"]).all()
    known = days[["IDLE", "AWAY", "HANDLING", "OUTSIDE_PAID"]].to_numpy().sum()
    assert known == covered([row[:2] for row in seen])
    local = days["day"].dt.tz_localize(zone)
    lengths = ((days["day"] + pd.Timedelta(days=1)).dt.tz_localize(zone) - local) // pd.Timedelta(microseconds=1)
    assert (days["PAID"] <= lengths).all()

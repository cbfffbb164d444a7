"""Interval algebra against arithmetic by hand and against a grid that looks at every tick."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import intervals
from analysis.foundation.schema import DataProblem

ENGINES = ("compiled", "numpy")
ORDER = ("HANDLING", "AWAY", "IDLE")

LONG = 60
spell = st.tuples(st.sampled_from("abc"), st.integers(0, LONG), st.integers(0, 20), st.sampled_from(ORDER))
spells = st.lists(spell, max_size=25)


def framed(rows: list[tuple[str, int, int, str]]) -> pd.DataFrame:
    """Return (agent, start, length, state) as spells."""
    return pd.DataFrame(
        {
            "agent": pd.Series([row[0] for row in rows], dtype="str"),
            "start": np.array([row[1] for row in rows], dtype=np.int64),
            "end": np.array([row[1] + row[2] for row in rows], dtype=np.int64),
            "state": pd.Series([row[3] for row in rows], dtype="str"),
        }
    )


def ticks(frame: pd.DataFrame) -> set[tuple[str, int]]:
    """Return every (agent, tick) that a frame covers: the slow truth."""
    return {
        (agent, tick)
        for agent, start, end in zip(frame["agent"], frame["start"], frame["end"], strict=True)
        for tick in range(start, end)
    }


def stretches(covered: set[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Return covered ticks as (agent, start, end), touching ticks joined."""
    found: list[tuple[str, int, int]] = []
    for agent, tick in sorted(covered):
        if found and found[-1][0] == agent and found[-1][2] == tick:
            found[-1] = (agent, found[-1][1], tick + 1)
        else:
            found.append((agent, tick, tick + 1))
    return found


def rows_of(frame: pd.DataFrame, *columns: str) -> list[tuple]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


# -- by hand and from published figures


def test_log01_union_gaps_and_nonwork():
    """LOG01 of known_answers.csv (closed form, computed by hand): a shift 0-480 with a break 180-210."""
    events = [
        (0, 20),
        (15, 40),
        (40, 55),
        (70, 95),
        (90, 92),
        (120, 170),
        (210, 240),
        (300, 330),
        (330, 361),
        (400, 440),
        (455, 480),
    ]
    available = intervals.gaps([(180, 210)], within=[(0, 480)])
    busy = intervals.union(events)
    gaps = intervals.gaps(events, within=available)
    assert sum(end - start for start, end in events) == 293
    assert (busy["end"] - busy["start"]).sum() == 286
    assert available["gap_us"].sum() == 450
    assert gaps["gap_us"].tolist() == [15, 25, 10, 60, 39, 15]
    lost = gaps["gap_us"].sum()
    assert lost == 164
    assert lost / 450 == pytest.approx(0.3644444444, abs=1e-10)
    for least, share in ((15, 0.9390243902), (30, 0.6036585366)):
        assert gaps.loc[gaps["gap_us"] >= least, "gap_us"].sum() / lost == pytest.approx(share, abs=1e-10)


def test_log02_overlapping_items_share_time_equally():
    """LOG02: three items at once for 11 ticks are 11/3 each, the odd ticks to the largest remainders; the sum is the union's time."""
    assert intervals.attribute([(0, 30), (10, 20), (10, 20), (40, 45), (50, 50)]).tolist() == [24, 3, 3, 5, 0]
    assert intervals.attribute([(0, 30), (10, 21), (10, 21), (40, 45), (50, 50)]).tolist() == [23, 4, 3, 5, 0]
    assert intervals.attribute([(0, 60), (30, 90)]).tolist() == [45, 45]


def test_log03_time_shares_follow_elapsed_time_when_the_clock_changes():
    """LOG03: 01:30 to 03:30 local is three hours in the night in which the clock goes back, one when it goes forward."""
    for night, hours in (("2026-10-25", 3), ("2026-03-29", 1), ("2026-06-14", 2)):
        stamps = [pd.Timestamp(f"{night} {clock}").tz_localize("Europe/Amsterdam") for clock in ("01:30", "03:30")]
        spell = pd.DataFrame({"agent": "a", "start": [stamps[0]] * 2, "end": [stamps[1]] * 2})
        assert intervals.attribute(spell).tolist() == [hours * 1_800_000_000] * 2


def test_a_contact_across_three_half_hours():
    """05:23-06:15 is 7, 30 and 15 minutes of its half hours (Amazon Connect administrator guide, historical metrics)."""
    contact = pd.DataFrame(
        {"start": pd.to_datetime(["2026-03-02T05:23Z"]), "end": pd.to_datetime(["2026-03-02T06:15Z"])}
    )
    busy = intervals.busy(contact, slot_s=1800)
    assert busy["slot_start"].dt.strftime("%H:%M").tolist() == ["05:00", "05:30", "06:00"]
    assert (busy["busy_us"] // 60_000_000).tolist() == [7, 30, 15]


def test_touching_spells_join_and_empty_ones_vanish():
    assert rows_of(intervals.union([(5, 9), (0, 5), (12, 12), (20, 21), (9, 9)]), "start", "end") == [(0, 9), (20, 21)]


def test_windows_without_agent_hold_for_everybody():
    found = intervals.gaps(framed([("a", 0, 10, "IDLE"), ("b", 5, 5, "IDLE")]), within=[(0, 12)])
    assert rows_of(found, "agent", "start", "end") == [("a", 10, 12), ("b", 0, 5), ("b", 10, 12)]


def test_gaps_without_windows_lie_between_first_and_last():
    found = intervals.gaps(framed([("a", 0, 2, ""), ("a", 5, 1, ""), ("b", 9, 1, "")]))
    assert rows_of(found, "agent", "start", "end", "gap_us") == [("a", 2, 5, 3)]


def test_clip_keeps_rows_apart_and_their_columns():
    given_rows = framed([("a", 0, 10, "IDLE"), ("a", 0, 10, "AWAY"), ("b", 0, 10, "IDLE")])
    windows = pd.DataFrame({"agent": ["a", "a"], "start": [2, 8], "end": [4, 30]})
    found = intervals.clip(given_rows, within=windows)
    assert rows_of(found, "agent", "start", "end", "state") == [
        ("a", 2, 4, "IDLE"), ("a", 8, 10, "IDLE"), ("a", 2, 4, "AWAY"), ("a", 8, 10, "AWAY"),
    ]  # fmt: skip


def test_shares_follow_the_input_index():
    frame = framed([("b", 0, 4, ""), ("a", 0, 4, ""), ("b", 2, 4, "")]).set_index(pd.Index([7, 3, 9]))
    assert intervals.attribute(frame).to_dict() == {7: 3, 3: 4, 9: 3}


# -- every tick counted


@given(spells)
def test_union_equals_the_grid(rows):
    truth = stretches(ticks(framed(rows)))
    for engine in ENGINES:
        assert rows_of(intervals.union(framed(rows), engine=engine), "agent", "start", "end") == truth


@given(spells, st.integers(1, 25))
def test_busy_equals_the_grid(rows, slot):
    truth: dict[tuple[str, int], int] = {}
    for agent, tick in ticks(framed(rows)):
        truth[agent, tick // slot * slot] = truth.get((agent, tick // slot * slot), 0) + 1
    for engine in ENGINES:
        found = intervals.busy(framed(rows), slot_s=slot, ticks_per_s=1, engine=engine)
        assert rows_of(found, "agent", "slot_start", "busy_us") == [(*key, truth[key]) for key in sorted(truth)]


@given(spells, spells)
def test_gaps_and_clip_equal_the_grid(rows, windows):
    inside, covered = ticks(framed(windows)), ticks(framed(rows))
    for engine in ENGINES:
        found = intervals.gaps(framed(rows), within=framed(windows), engine=engine)
        assert rows_of(found, "agent", "start", "end") == stretches(inside - covered)
        assert (found["gap_us"] == found["end"] - found["start"]).all()
        clipped = intervals.clip(framed(rows), within=framed(windows), engine=engine)
        assert ticks(clipped) == inside & covered
        assert (clipped["start"] < clipped["end"]).all()
        assert len(ticks(clipped)) <= (clipped["end"] - clipped["start"]).sum()


@given(spells, spells)
def test_precedence_equals_the_grid(rows, windows):
    frame, inside = framed(rows), ticks(framed(windows))
    truth = {}
    for state in reversed(ORDER):
        truth.update(dict.fromkeys(ticks(frame[frame["state"] == state]), state))
    for engine in ENGINES:
        for within, expected in ((None, truth), (framed(windows), {key: truth[key] for key in truth if key in inside})):
            found = intervals.exclusive(frame, order=ORDER, within=within, engine=engine)
            assert {
                key: state for _, row in found.iterrows() for state in [row["state"]] for key in ticks(row.to_frame().T)
            } == expected
            assert (found["end"] - found["start"]).sum() == len(expected)
            assert rows_of(found, "agent", "start") == sorted(rows_of(found, "agent", "start"))


@given(spells, st.integers(3, 25))
def test_totals_equal_the_grid(rows, slot):
    frame = framed(rows)
    truth: dict[tuple, int] = {}
    for state in ORDER:
        for agent, tick in ticks(frame[frame["state"] == state]):
            key = (agent, tick // slot * slot, state)
            truth[key] = truth.get(key, 0) + 1
    for engine in ENGINES:
        found = intervals.totals(frame, slot_s=slot, ticks_per_s=1, engine=engine)
        assert rows_of(found, "agent", "slot_start", "state", "us") == [(*key, truth[key]) for key in sorted(truth)]
        whole = intervals.totals(frame, slot_s=None, engine=engine)
        assert whole.groupby("state")["us"].sum().to_dict() == found.groupby("state")["us"].sum().to_dict()


@given(spells, st.randoms(use_true_random=False))
def test_shares_add_to_the_union_in_any_order(rows, chance):
    frame = framed(rows)
    union = intervals.union(frame)
    truth = (union["end"] - union["start"]).groupby(union["agent"]).sum()
    found = intervals.attribute(frame)
    sums = found.groupby(frame["agent"]).sum()
    assert sums[sums > 0].to_dict() == truth.to_dict()
    exact = exact_shares(frame)
    assert all(abs(share - ticks) < 1 for share, ticks in zip(exact, found, strict=True))
    order = chance.sample(range(len(rows)), len(rows))
    again = intervals.attribute(frame.iloc[order])
    keys = ["agent", "start", "end"]
    pairs = [
        frame.assign(us=one)[[*keys, "us"]].sort_values([*keys, "us"]).to_numpy().tolist() for one in (found, again)
    ]
    assert pairs[0] == pairs[1]


def exact_shares(frame):
    """Return every row's share as a fraction, tick by tick."""
    held = [range(start, end) for start, end in zip(frame["start"], frame["end"], strict=True)]
    rows = list(zip(frame["agent"], held, strict=True))
    return [
        sum(Fraction(1, sum(other == agent and tick in more for other, more in rows)) for tick in own)
        for agent, own in rows
    ]


def test_shares_of_many_people_and_years_stay_exact():
    """Ten thousand spells of 300 people over 30 years, deep overlaps: sums equal the union to the microsecond."""
    rng = np.random.default_rng(5)
    start = pd.Timestamp("1996-01-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 30 * 365 * 86_400_000_000, 10_000), unit="us"
    )
    frame = pd.DataFrame({"agent": rng.integers(0, 300, 10_000), "start": start})
    frame["end"] = frame["start"] + pd.to_timedelta(rng.integers(0, 400 * 86_400_000_000, 10_000), unit="us")
    union = intervals.union(frame)
    truth = ((union["end"] - union["start"]) // pd.Timedelta(1, "us")).groupby(union["agent"]).sum()
    assert intervals.attribute(frame).groupby(frame["agent"]).sum().to_dict() == truth.to_dict()


# -- what must not change the answer


@given(
    spells,
    st.randoms(use_true_random=False),
    st.sampled_from([{"a": "z", "b": "m", "c": "k"}, {"a": 3, "b": 1, "c": 2}]),
)
def test_order_names_and_splits_change_nothing(rows, random, names):
    frame = framed(rows)
    before = rows_of(intervals.exclusive(frame, order=ORDER), "agent", "start", "end", "state")
    changed = []
    for agent, start, length, state in rows:
        cut = random.randint(0, length)
        changed += [(agent, start, cut, state), (agent, start + cut, length - cut, state)]
    random.shuffle(changed)
    other = framed(changed)
    other["agent"] = other["agent"].map(names)
    after = rows_of(intervals.exclusive(other, order=ORDER), "agent", "start", "end", "state")
    assert sorted((names[agent], *rest) for agent, *rest in before) == after


@given(spells, st.sampled_from([2**30, 2**44, 2**56]), st.sampled_from([0, -(2**62), 2**61 + 7]))
def test_unit_and_origin_change_nothing(rows, scale, origin):
    """At 2**56 ticks a moment no longer fits beside the person, so ranks stand in."""
    frame = framed(rows)
    far = frame.assign(start=frame["start"] * scale + origin, end=frame["end"] * scale + origin)
    before = intervals.exclusive(frame, order=ORDER)
    for engine in ENGINES:
        after = intervals.exclusive(far, order=ORDER, engine=engine)
        assert rows_of(after, "agent", "state") == rows_of(before, "agent", "state")
        assert ((after["start"] - origin) // scale == before["start"]).all()
        assert ((after["end"] - origin) // scale == before["end"]).all()


def test_more_people_than_sixteen_bits():
    people, years = 70_000, 10
    start = np.arange(people, dtype=np.int64) % 97
    frame = pd.DataFrame({"agent": np.arange(people), "start": start, "end": start + 5})
    # two spells ten years apart make the span too long for the person and the moment in one number
    far = frame.assign(
        start=frame["start"] + years * 366 * 86_400 * 10**6, end=frame["end"] + years * 366 * 86_400 * 10**6
    )
    found = intervals.union(pd.concat([far, frame, frame]), engine="numpy")
    assert len(found) == 2 * people
    assert (found["agent"] == np.repeat(np.arange(people), 2)).all()
    assert (found["end"] - found["start"] == 5).all()
    compiled = intervals.union(pd.concat([far, frame, frame]), engine="compiled")
    pd.testing.assert_frame_equal(found, compiled)


# -- types in, types out


@pytest.mark.parametrize(
    "dtype",
    ["datetime64[us, UTC]", "datetime64[s, Europe/Amsterdam]", "datetime64[ns, UTC]", "datetime64[ms]", "int64"],
)
def test_stamps_keep_their_type(dtype):
    stamps = pd.Series([0, 3600, 1800, 5400])
    typed = stamps if dtype == "int64" else pd.to_datetime(stamps, unit="s", utc="," in dtype).astype(dtype)
    frame = pd.DataFrame({"agent": ["a", "a"], "start": typed[[0, 2]].to_numpy(), "end": typed[[1, 3]].to_numpy()})
    frame = (
        frame.astype({"start": typed.dtype, "end": typed.dtype})
        if "," not in dtype
        else frame.assign(start=typed[[0, 2]].reset_index(drop=True), end=typed[[1, 3]].reset_index(drop=True))
    )
    union = intervals.union(frame)
    assert union.dtypes["start"] == union.dtypes["end"] == typed.dtype
    assert (union["start"].iloc[0], union["end"].iloc[0]) == (typed[0], typed[3])
    assert intervals.gaps(frame, within=frame).dtypes["start"] == typed.dtype


def test_no_rows_give_no_rows():
    empty = framed([])
    assert intervals.union(empty).empty
    assert intervals.union([]).empty
    assert intervals.busy(empty).columns.tolist() == ["agent", "slot_start", "busy_us"]
    assert intervals.exclusive(empty, order=ORDER).empty
    assert intervals.totals(empty).empty
    assert intervals.attribute([]).empty
    assert intervals.clip(framed([("a", 0, 5, "IDLE")]), within=empty).empty
    assert intervals.gaps(empty, within=framed([("a", 0, 5, "IDLE")]))["gap_us"].tolist() == [5]
    for engine in ENGINES:
        assert intervals.union(empty, engine=engine).empty


# -- refused in words


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ([(0, 5), (9, 8)], r"1 spells end before they start \(first: row 2\)"),
        (pd.DataFrame({"start": [0, None], "end": [1, 2]}), r"1 spells have no start \(first: row 2\)"),
        (pd.DataFrame({"start": [0.5], "end": [1.0]}), "neither times nor whole numbers"),
        (pd.DataFrame({"start": ["8:00"], "end": ["9:00"]}), "neither times nor whole numbers"),
        (pd.DataFrame({"start": [0]}), "no column end"),
        (
            pd.DataFrame({"agent": ["a", None], "start": [0, 0], "end": [1, 1]}),
            r"1 spells have no agent \(first: row 2\)",
        ),
        ([(-(2**63), 2**63 - 1)], "too far apart"),
        (pd.DataFrame({"start": [0], "end": pd.to_datetime(["2026-03-02"])}), "different types"),
        (
            pd.DataFrame({"start": pd.to_datetime([1], unit="ns"), "end": pd.to_datetime([9], unit="ns")}),
            "finer than a microsecond",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(frame, words):
    with pytest.raises(DataProblem, match=words):
        intervals.union(frame)


def test_inputs_of_different_kinds_are_refused():
    named = framed([("a", 0, 5, "IDLE")])
    with pytest.raises(DataProblem, match="no column agent"):
        intervals.gaps([(0, 5)], within=named)
    times = pd.DataFrame({"start": pd.to_datetime(["2026-03-02T08:00Z"]), "end": pd.to_datetime(["2026-03-02T09:00Z"])})
    with pytest.raises(DataProblem, match="different types"):
        intervals.gaps(named, within=times)
    with pytest.raises(DataProblem, match="1 spells are in a state that the order does not name"):
        intervals.exclusive(named, order=["HANDLING"])
    with pytest.raises(DataProblem, match="no column state"):
        intervals.exclusive(named.drop(columns="state"), order=ORDER)
    with pytest.raises(ValueError, match="slot_s"):
        intervals.busy(named, slot_s=0)
    with pytest.raises(ValueError, match="slot_s"):
        intervals.busy(named, slot_s=0.5, ticks_per_s=1)
    with pytest.raises(ValueError, match="engine"):
        intervals.union(named, engine="fortran")  # type: ignore[arg-type]


# -- cost


def test_a_small_table_compiles_nothing():
    code = "import sys; from analysis import intervals; intervals.busy([(0, 5)]); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

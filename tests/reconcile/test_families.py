"""How totals book a contact over the end of an interval: the published vector, and worlds in which one way was planted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation import intervals
from analysis.intake.reconciliation.families import FAMILIES, book, family_of

MINUTE = 60_000_000
EDGES = np.arange(5 * 60, 7 * 60, 30) * MINUTE


def booked(family: str) -> list[int]:
    start, end = np.array([(5 * 60 + 23) * MINUTE]), np.array([(6 * 60 + 15) * MINUTE])
    _, at, us = book(start, end, EDGES, EDGES + 30 * MINUTE, family=family)
    return np.bincount(at, us, len(EDGES)).astype(int).tolist()


def test_a_contact_from_5_23_to_6_15_by_activity_and_by_record():
    assert booked("activity") == [7 * MINUTE, 30 * MINUTE, 15 * MINUTE, 0]
    assert booked("record_end") == [0, 0, 52 * MINUTE, 0]
    assert booked("record_start") == [52 * MINUTE, 0, 0, 0]


def test_by_activity_is_what_the_intervals_of_the_foundation_give():
    found = intervals.busy([((5 * 60 + 23) * MINUTE, (6 * 60 + 15) * MINUTE)], slot_s=1800)
    assert found["busy_us"].tolist() == [7 * MINUTE, 30 * MINUTE, 15 * MINUTE]


def test_a_contact_that_ends_on_the_stroke_ended_in_the_interval_before():
    _, at, us = book(np.array([EDGES[0]]), np.array([EDGES[1]]), EDGES, EDGES + 30 * MINUTE, family="record_end")
    assert (at.tolist(), us.tolist()) == ([0], [30 * MINUTE])


@given(st.lists(st.tuples(st.integers(0, 7199), st.integers(0, 5000)), max_size=30))
def test_every_way_books_all_time_of_spells_inside(pairs):
    start = np.array([a for a, _ in pairs], dtype=np.int64)
    end = np.array([min(a + length, 7200) for a, length in pairs], dtype=np.int64)
    edges = np.arange(0, 7200, 1800)
    for family in FAMILIES:
        row, at, us = book(start, end, edges, edges + 1800, family=family)
        assert us.sum() == (end - start).sum()
        assert (us > 0).all()
        assert ((at >= 0) & (at < 4)).all()
        assert np.array_equal(np.bincount(row, us, len(start)), end - start)


@pytest.mark.parametrize("seed", range(20))
def test_the_planted_way_is_found_under_rounding_and_missing_calls(seed):
    rng = np.random.default_rng(seed)
    start = np.sort(rng.integers(0, 8 * 3600, 400)) * 1_000_000
    end = start + rng.gamma(2, 150, 400).astype(np.int64) * 1_000_000
    edges = np.arange(0, 9 * 3600, 1800) * 1_000_000
    by = {}
    for family in FAMILIES:
        _, at, us = book(start, end, edges, edges + 1800 * 1_000_000, family=family)
        by[family] = np.bincount(at, us, len(edges)).astype(float)
    for planted in FAMILIES:
        # the system rounds each interval to the second and lacks one percent of the time
        theirs = np.round(by[planted] / 1e6 * rng.uniform(0.98, 1.0, len(edges))) * 1e6
        assert family_of(theirs, by) == planted


def test_totals_that_follow_no_way_are_not_guessed():
    by = {
        "activity": np.array([7.0, 30, 15]),
        "record_end": np.array([0.0, 0, 52]),
        "record_start": np.array([52.0, 0, 0]),
    }
    assert family_of(np.array([17.0, 18, 17]), by) == "unclear"
    assert family_of(np.zeros(3), by) == "unclear"
    same = dict.fromkeys(by, np.array([5.0, 5, 5]))
    assert family_of(np.array([5.0, 5, 5]), same) == "unclear"

"""What a quoted target would be here by each definition: every figure solved by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.estimate import Estimate
from analysis.measure.crosswalk import ATTENDED, BASE, PAID, WORK, WORKABLE, crosswalk
from analysis.utilization import UtilizationSettings
from analysis.utilization.answer import Answer
from analysis.utilization.quoted import quoted_of, share_of_base

# of 100 hours of base: 60 work, 25 free, 15 support; 10 of breaks and 10 of absence
HOURS = {
    "HANDLING": 50.0,
    "RESERVED": 4.0,
    "ITEM_WORK": 6.0,
    "IDLE": 20.0,
    "AWAY": 5.0,
    "SUPPORT": 15.0,
    "BREAK": 10.0,
    "ABSENT": 10.0,
}


@dataclasses.dataclass
class Measured:
    """What the cross-walk needs of a baseline."""

    ladder: pd.DataFrame
    crosswalk: pd.DataFrame


def measured(hours=HOURS, *, sees_idle=True):
    ladder = pd.DataFrame({"population": "contact_centre", "bucket": list(hours), "hours": list(hours.values())})
    return Measured(ladder, crosswalk(hours, sees_idle=sees_idle).assign(population="contact_centre"))


def answer(today=0.6, low=0.68, high=0.74):
    seen = (
        Estimate.missing("logs alone", low=0.3, high=0.8)
        if today is None
        else Estimate(today, today - 0.02, today + 0.02)
    )
    reach = Estimate((low + high) / 2, low, high)
    return Answer(seen, reach, Estimate.missing("not asked"), True, ("queueing",), (), 100.0, 40)


def quoted(hours=HOURS, *, sees_idle=True, reference=0.8, **more):
    settings = UtilizationSettings(reference_share=reference)
    found = quoted_of(measured(hours, sees_idle=sees_idle), "contact_centre", answer(**more), settings)
    return found.set_index("definition")


@pytest.mark.parametrize(
    ("numerator", "denominator", "hours"),
    [
        # occupancy: (60 + x) / (80 + x / 5) = .8, because 4 of 5 hours of new work come from idle time
        (WORK, (*WORK, "IDLE"), 60 + (64 - 60) / (1 - 0.8 * 0.2)),
        (WORK, BASE, 80.0),
        # core work: 14 of 15 hours of work are not reserved: (56 + 14/15 x) / 110 = .8
        (("HANDLING", "ITEM_WORK"), ATTENDED, 60 + (88 - 56) * 60 / 56),
        # with support: (75 + x) / 120 = .8
        ((*WORK, "SUPPORT"), PAID, 60 + 21),
        # all occupied time: (85 + x) / 110 = .8
        ((*WORK, "SUPPORT", "OUTAGE", "BREAK"), ATTENDED, 60 + 3),
        # available: (80 + x / 5) / (110 - 10 + 10) = .8
        ((*WORK, "IDLE"), ATTENDED, 60 + 8 * 5),
    ],
)
def test_solved_by_hand(numerator, denominator, hours):
    assert share_of_base(HOURS, numerator, denominator, quoted=0.8) == pytest.approx(hours / 100)


def test_what_is_quoted_as_today_is_today():
    """The quoted share that a definition has today gives today's utilization."""
    walk = measured().crosswalk.set_index("definition")["value"]
    for name in ("occupancy", "utilization U3, productive of paid", "utilization U6, desktop", "availability"):
        assert quoted(reference=walk[name]).loc[name, "of_base"] == pytest.approx(0.6)


def test_waiting_counted_like_work_says_nothing():
    assert np.isnan(share_of_base(HOURS, WORKABLE, PAID, quoted=0.8))
    row = quoted().loc["utilization U1, workable of paid"]
    assert row["place"] == ""
    assert row["reason"] == "counts waiting like work, so the share says nothing about how much is worked"


def test_places_against_today_and_what_is_achievable():
    rows = quoted()
    assert rows.loc["occupancy", ["place", "reason"]].tolist() == ["within reach", ""]  # .648
    assert rows.loc["utilization U5, work of base", "place"] == "beyond"  # .80
    assert rows.loc["occupancy_icmi, all occupied time", "place"] == "within reach"  # .63
    assert quoted(reference=0.7).loc["occupancy_icmi, all occupied time", "place"] == "below today"
    assert quoted(high=0.85).loc["utilization U5, work of base", "place"] == "open"
    too_much = rows.loc["utilization U4, core work of time at work"]
    assert (too_much["place"], too_much["reason"]) == (
        "beyond",
        "would need more than all the time that is not meetings or outages",
    )
    assert quoted(reference=0.97).loc["utilization U3, productive of paid", ["of_base", "place"]].isna().tolist() == [
        True,
        False,
    ]


def test_definitions_without_work_above_the_line_are_left_out():
    assert not [name for name in quoted().index if name.startswith(("shrinkage", "omitted", "adherence", "earned"))]


def test_what_cannot_be_computed_says_why():
    row = quoted(sees_idle=False).loc["occupancy"]
    assert np.isnan(row["today"])
    assert np.isnan(row["of_base"])
    assert row["reason"].startswith("no source of this population records when people are ready")


def test_work_that_systems_miss_stays_missed():
    """Of 30 unaccounted hours 20 are work: .8 by the systems is 60 + 20 more seen, and the 20 unseen, of 100: all of it."""
    hours = {"ITEM_WORK": 60.0, "UNACCOUNTED": 30.0, "SUPPORT": 10.0}
    assert share_of_base(hours, WORK, BASE, quoted=0.65, unseen_h=20.0) == pytest.approx(0.85)
    row = quoted(hours, sees_idle=False, today=0.8, low=0.86, high=0.88, reference=0.65).loc[
        "utilization U5, work of base"
    ]
    assert (row["of_base"], row["place"]) == (pytest.approx(0.85), "within reach")
    assert row["reason"] == "by what systems record, and they miss work that is 20 % of the base"
    # free time is 20 idle and 10 unaccounted: of new work 2 of 3 hours come from idle, (50 + x) / (70 + x / 3) = .8
    some_idle = {"ITEM_WORK": 50.0, "IDLE": 20.0, "UNACCOUNTED": 30.0}
    occupied = share_of_base(some_idle, WORK, (*WORK, "IDLE"), quoted=0.8, unseen_h=20.0)
    assert occupied == pytest.approx((70 + 6 / (1 - 0.8 / 3)) / 100)
    all_work = quoted(hours, sees_idle=False, today=0.8, low=0.86, high=0.88, reference=0.65).loc[
        "utilization U5, work of base, unrecorded work counted"
    ]
    assert all_work[["today", "of_base", "place"]].tolist() == [0.8, 0.65, "below today"]
    assert not [name for name in quoted().index if name.endswith("unrecorded work counted")]


def test_with_a_bound_on_today_only_what_is_surely_beyond_is_placed():
    hours = {"ITEM_WORK": 50.0, "UNACCOUNTED": 40.0, "SUPPORT": 10.0}
    rows = quoted(hours, sees_idle=False, today=None)
    assert rows.loc["utilization U5, work of base", "place"] == "beyond"
    row = quoted(hours, sees_idle=False, today=None, reference=0.6).loc["utilization U5, work of base"]
    assert (row["place"], row["of_base"]) == ("", pytest.approx(0.6))
    assert row["reason"] == "counts work that systems record; what they miss is not known"

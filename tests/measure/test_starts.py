"""Starts estimated from completions: each rule by hand, and what they must never become."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.measure.ladder import time_ladder
from analysis.measure.starts import BASES, estimate_starts


def at(clock, day="2026-03-02"):
    return pd.Timestamp(f"{day} {clock}", tz="UTC").as_unit("us")


def done(*rows, columns=("item", "type", "agent", "arrived", "ended")):
    frame = pd.DataFrame(list(rows), columns=list(columns))
    stamps = [name for name in ("arrived", "ended", "started") if name in frame]
    return frame.astype(dict.fromkeys(stamps, "datetime64[us, UTC]"))


def clocks(found):
    return found.items["started_modelled"].dt.strftime("%d %H:%M").tolist()


def test_start_is_the_later_of_enabling_and_the_persons_previous_completion():
    """The rules of Chapela-Campa & Dumas' published tests: previous event of the person, case's previous event, first event unknown."""
    items = done(
        (1, "A", "x", None, at("09:30")),
        (1, "B", "y", None, at("10:00")),  # y's first of the day
        (2, "A", "x", at("09:40"), at("09:50")),  # arrived after x was free
        (2, "B", "y", None, at("10:15")),  # y was busy until 10:00, the item's step A ended 09:50
        (1, "C", "x", None, at("11:00")),  # its step B ended 10:00, x was free from 09:50
    )
    found = estimate_starts(items, zone="UTC")
    assert clocks(found)[2:] == ["02 09:40", "02 10:00", "02 10:00"]
    assert found.items["started_modelled"].isna().tolist() == [True, True, False, False, False]
    assert found.items["start_basis"].tolist() == [
        "first of a day", "first of a day", "enabled", "previous completion", "enabled",
    ]  # fmt: skip


def test_a_known_shift_gives_the_first_start_and_the_one_after_a_break():
    items = done((1, "A", "x", None, at("09:30")), (2, "A", "x", None, at("11:50")), (3, "A", "x", None, at("13:20")))
    shifts = pd.DataFrame({"agent": "x", "start": [at("09:00"), at("12:30")], "end": [at("12:00"), at("17:00")]})
    found = estimate_starts(items, zone="UTC", shifts=shifts)
    assert clocks(found) == ["02 09:00", "02 09:30", "02 12:30"]
    assert found.items["start_basis"].tolist() == ["shift", "previous completion", "shift"]


def test_a_shift_over_midnight_keeps_the_previous_completion_and_a_new_day_does_not():
    items = done((1, "A", "x", None, at("23:50")), (2, "A", "x", None, at("00:20", "2026-03-03")))
    shift = pd.DataFrame({"agent": ["x"], "start": [at("22:00")], "end": [at("06:00", "2026-03-03")]})
    assert clocks(estimate_starts(items, zone="UTC", shifts=shift)) == ["02 22:00", "02 23:50"]
    assert estimate_starts(items, zone="UTC").items["started_modelled"].isna().all()
    # in another zone both are on one date
    assert clocks(estimate_starts(items, zone={"x": "Asia/Tokyo"}))[1] == "02 23:50"


def test_machines_and_steps_without_length_start_when_they_end():
    rows = [(n, "A", "robot", None, at("09:00") + pd.Timedelta(milliseconds=300 * n)) for n in range(40)]
    rows += [(n, "stamp", "x", None, at("10:00") + pd.Timedelta(minutes=n)) for n in range(3)]
    found = estimate_starts(done(*rows), zone="UTC", instantaneous=["stamp"])
    assert set(found.items["start_basis"]) == {"instantaneous"}
    assert (found.items["started_modelled"] == found.items["ended"]).all()
    named = estimate_starts(done(*rows), zone="UTC", bots=["robot"], machine_gap_s=None)
    assert named.items["start_basis"].tolist()[:40] == ["instantaneous"] * 40
    slow = done(*[(n, "A", "x", None, at("09:00") + pd.Timedelta(minutes=n)) for n in range(40)])
    assert "instantaneous" not in set(estimate_starts(slow, zone="UTC").items["start_basis"])


def test_every_row_has_one_basis_and_a_recorded_start_stays():
    items = done(
        (1, "A", "x", None, at("09:30"), at("09:05")),
        (2, "A", "x", at("12:00"), at("10:00"), None),
        (3, "A", None, None, at("11:00"), None),
        columns=("item", "type", "agent", "arrived", "ended", "started"),
    ).set_index(pd.Index([7, 5, 3]))
    found = estimate_starts(items, zone="UTC")
    assert found.items.index.tolist() == [7, 5, 3]
    assert found.items["start_basis"].tolist() == ["recorded", "arrived too late", "incomplete"]
    assert found.counts["rows"].sum() == 3
    assert found.counts["basis"].tolist() == list(BASES)
    with pytest.raises(DataProblem, match="no column ended"):
        estimate_starts(items.drop(columns="ended"), zone="UTC")


def test_modelled_starts_fill_all_time_and_are_no_evidence():
    """Half of the time is idle, yet modelled starts leave no gap: that is why the column is not called started."""
    ends = [at("09:00") + pd.Timedelta(minutes=20 * n) for n in range(20)]
    items = done(*[(n, "A", "x", at("00:00"), end) for n, end in enumerate(ends)])
    found = estimate_starts(items, zone="UTC")
    length = found.items["ended"] - found.items["started_modelled"]
    assert length.dropna().unique().tolist() == [pd.Timedelta(minutes=20)]
    assert found.basis == "modelled"
    assert "looks like work" in found.caution
    assert "started" not in found.items
    with pytest.raises((DataProblem, KeyError), match="start"):
        time_ladder(found.items.assign(state="ITEM_WORK"), paid=found.items, zones={"x": "UTC"})


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(3)
    rows = [
        (int(rng.integers(5)), "A", f"p{rng.integers(3)}", None, at("08:00") + pd.Timedelta(minutes=int(minute)))
        for minute in rng.permutation(600)[:60]
    ]
    items = done(*rows)
    there = estimate_starts(items, zone="UTC").items.sort_values("ended")["started_modelled"].tolist()
    again = estimate_starts(items.sample(frac=1, random_state=1), zone="UTC").items.sort_values("ended")
    assert [str(stamp) for stamp in again["started_modelled"]] == [str(stamp) for stamp in there]

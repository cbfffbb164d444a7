"""Totals of one export against another: planted agreement, planted differences, planted ways of booking."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.intake.reconciliation.families import book
from analysis.intake.reconciliation.totals import compare_totals

from .conftest import origin, utc

PEOPLE = [f"p{number:02d}" for number in range(12)]
DAYS = ["2026-03-02", "2026-03-03", "2026-03-04"]


def spells(people=PEOPLE, days=DAYS, seed: int = 0) -> pd.DataFrame:
    """Return people who wait and handle in turn from 8 to 12 UTC."""
    rng, rows = np.random.default_rng(seed), []
    for day in days:
        for agent in people:
            at, stop, state = utc(f"{day} 08:00"), utc(f"{day} 12:00"), "IDLE"
            while at < stop:
                end = min(at + pd.Timedelta(seconds=int(rng.integers(60, 900))), stop)
                rows.append((agent, at, end, state))
                at, state = end, "HANDLING" if state == "IDLE" else "IDLE"
    return pd.DataFrame(rows, columns=["agent", "start", "end", "state"])


def totals(rows: pd.DataFrame, family: str = "activity", slot_s: int = 1800) -> pd.DataFrame:
    """Return what a system that books so reports by person and half hour."""
    parts = []
    for (agent, state), own in rows.groupby(["agent", "state"]):
        start, end = (own[name].astype("datetime64[us, UTC]").astype("int64").to_numpy() for name in ("start", "end"))
        slot = slot_s * 1_000_000
        edges = np.arange(start.min() // slot, end.max() // slot + 1) * slot
        _, at, us = book(start, end, edges, edges + slot, family=family)
        held = np.bincount(at, us, len(edges)).astype(np.int64)
        kept = held > 0
        stamps = pd.to_datetime(edges[kept], unit="us", utc=True)
        parts.append(pd.DataFrame({"agent": agent, "state": state, "interval_start": stamps, "us": held[kept]}))
    return pd.concat(parts, ignore_index=True).assign(length_s=float(slot_s))


def compared(theirs: pd.DataFrame, ours: pd.DataFrame, **more) -> pd.DataFrame:
    frame, _, _ = compare_totals([origin("state_totals", theirs), origin("spells", ours)], **more)
    return frame.set_index("measure")


def test_totals_of_the_same_states_agree_to_the_microsecond():
    rows = spells()
    found = compared(totals(rows), rows)
    assert found["difference"].abs().max() < 1e-12
    assert set(found["verdict"]) == {"agrees"}
    assert found.loc["staffed time", "ours"] == pytest.approx(12 * 3 * 4)
    assert found.loc["handling time", "family"] == "activity"


@pytest.mark.parametrize("family", ["record_end", "record_start"])
def test_totals_by_record_are_told_apart_from_totals_by_activity(family):
    rows = spells()
    found = compared(totals(rows, family), rows)
    assert found.loc["handling time", "family"] == family
    assert "whole time is booked" in found.loc["handling time", "words"]
    assert found.loc["handling time", "difference"] == pytest.approx(0)


def test_a_state_that_the_totals_lack_is_found_and_said_with_its_day():
    rows, short = spells(), totals(spells())
    hit = (short["state"] == "HANDLING") & (short["interval_start"].dt.strftime("%Y-%m-%d") == DAYS[1])
    short.loc[hit, "us"] = (short.loc[hit, "us"] * 0.7).astype("int64")
    frame, by_day, findings = compare_totals([origin("state_totals", short), origin("spells", rows)])
    row = frame.set_index("measure").loc["handling time"]
    assert (row["verdict"], row["days_over"]) == ("differs", 1)
    assert str(row["worst_day"])[:10] == DAYS[1]
    assert row["worst_difference"] == pytest.approx(-0.3, abs=1e-6)
    day = by_day[(by_day["measure"] == "handling time") & (by_day["day"] == pd.Timestamp(DAYS[1]))]
    assert day["difference"].item() == pytest.approx(-0.3, abs=1e-6)
    assert [item.code for item in findings] == ["totals_differ"]


def test_staffed_time_is_compared_only_where_both_show_all_of_it():
    rows = spells()
    found = compared(totals(rows[rows["state"] == "IDLE"]), rows)
    assert found.index.tolist() == ["waiting time"]
    assert found.loc["waiting time", "difference"] == pytest.approx(0)


def test_a_difference_below_the_threshold_is_no_finding():
    rows, short = spells(), totals(spells())
    short["us"] = (short["us"] * 0.96).astype("int64")
    frame, _, findings = compare_totals([origin("state_totals", short), origin("spells", rows)])
    assert set(frame["verdict"]) == {"agrees"}
    assert findings == []


def test_only_people_and_days_of_both_are_compared():
    rows = spells()
    theirs = totals(rows[rows["agent"] != "p00"])
    found = compared(theirs, rows[~rows["start"].dt.strftime("%Y-%m-%d").eq(DAYS[2])])
    assert found.loc["staffed time", "ours"] == pytest.approx(11 * 2 * 4)
    assert found.loc["staffed time", "scope"] == "11 persons"
    assert found["difference"].abs().max() < 1e-12


def test_fewer_people_than_the_smallest_group_have_no_totals():
    rows = spells(PEOPLE[:9])
    frame, by_day, findings = compare_totals([origin("state_totals", totals(rows)), origin("spells", rows)], minimum=10)
    assert set(frame["verdict"]) == {"too few people"}
    assert frame[["theirs", "ours", "difference"]].isna().all(axis=None)
    assert by_day.empty
    assert findings == []
    assert not frame["words"].str.contains("9").any()


def contacts(count: int = 300, seed: int = 1, people=PEOPLE) -> pd.DataFrame:
    """Return answered contacts of one queue, some of them over the end of a half hour."""
    rng = np.random.default_rng(seed)
    second = np.sort(rng.integers(8 * 3600, 16 * 3600, count))
    offered = pd.to_datetime(DAYS[0], utc=True) + pd.to_timedelta(second, unit="s")
    talk = rng.integers(60, 1500, count)
    return pd.DataFrame(
        {
            "contact": [f"c{number}" for number in range(count)],
            "queue": "claims",
            "offered_at": offered,
            "answered_at": offered,
            "ended_at": offered + pd.to_timedelta(talk, unit="s"),
            "abandoned": False,
            "agent": rng.choice(people, count),
            "talk_us": talk * 1_000_000,
            "hold_us": 0,
            "wrap_us": 30_000_000,
        }
    )


def volumes(rows: pd.DataFrame, *, by: str = "offered_at", kept: float = 1.0) -> pd.DataFrame:
    """Return half-hourly volumes of contacts, their time booked where they were offered or ended."""
    handled = rows["talk_us"] + rows["wrap_us"]
    end = rows["answered_at"] + pd.to_timedelta(handled - 1, unit="us")
    slot = (rows["offered_at"] if by == "offered_at" else end).dt.floor("30min")
    count = rows.groupby(rows["offered_at"].dt.floor("30min")).size()
    time = handled.groupby(slot).sum()
    index = count.index.union(time.index)
    offered = (count.reindex(index, fill_value=0) * kept).round()
    return pd.DataFrame(
        {
            "queue": "claims",
            "start": index,
            "length_s": 1800.0,
            "offered": offered.to_numpy(dtype=float),
            "answered": offered.to_numpy(dtype=float),
            "handle_us": time.reindex(index, fill_value=0).to_numpy(),
        }
    )


@pytest.mark.parametrize(("by", "family"), [("offered_at", "record_start"), ("ended", "record_end")])
def test_volumes_of_contacts_agree_and_show_how_they_book(by, family):
    rows = contacts()
    frame, _, findings = compare_totals([origin("volumes", volumes(rows, by=by)), origin("contacts", rows)])
    found = frame.set_index("measure")
    assert found.loc["contacts offered", ["theirs", "ours"]].tolist() == [300, 300]
    assert found.loc["handling time", "family"] == family
    assert set(found["verdict"]) == {"agrees"}
    assert findings == []


def test_volumes_below_the_contacts_handled_forbid_a_forecast():
    rows = contacts()
    _, _, findings = compare_totals([origin("volumes", volumes(rows, kept=0.8)), origin("contacts", rows)])
    low = [item for item in findings if item.code == "volumes_too_low"]
    assert len(low) == 2
    assert "no forecast" in low[0].message


def test_exports_that_book_differently_are_named_together():
    rows, calls = spells(), contacts()
    parts = [origin("state_totals", totals(rows)), origin("spells", rows)]
    parts += [origin("volumes", volumes(calls, by="ended")), origin("contacts", calls)]
    _, _, findings = compare_totals(parts)
    mixed = [item for item in findings if item.code == "mixed_families"]
    assert len(mixed) == 1
    assert "data/state_totals.csv" in mixed[0].where
    assert "data/volumes.csv" in mixed[0].where


def test_talk_and_states_of_the_same_people_are_held_against_each_other():
    calls = contacts(120, people=PEOPLE[:12])
    end = calls["answered_at"] + pd.to_timedelta(calls["talk_us"] + calls["wrap_us"], unit="us")
    states = calls.assign(start=calls["answered_at"], end=end, state="HANDLING")[["agent", "start", "end", "state"]]
    frame, _, _ = compare_totals([origin("spells", states), origin("contacts", calls)])
    assert frame["difference"].abs().max() == pytest.approx(0)
    states["end"] -= (states["end"] - states["start"]) * 0.2
    _, _, findings = compare_totals([origin("spells", states), origin("contacts", calls)])
    assert [item.code for item in findings] == ["totals_differ"]


def test_intervals_that_overlap_are_not_compared():
    rows = spells()
    theirs = pd.concat([totals(rows), totals(rows, slot_s=3600)])
    assert compared(theirs, rows).empty

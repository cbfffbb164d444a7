"""Records without idle states: which share of paid time their gaps leave open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.baseline.evidence import people_of
from analysis.baseline.frames import COLUMNS
from analysis.baseline.records import records_of
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.unobserved import open_gaps, typed_gaps, unobserved_range
from analysis.foundation.schema import typed_table
from tests.baseline import factory

SETTINGS = BaselineSettings()


def items(days=10, *, seed=1, idle_s=900.0, idle_share=0.1, length_s=300.0):
    """Return items of ten people who begin at the start of their shift: work of five minutes, a minute unlogged, now and then idle."""
    rng = np.random.default_rng(seed)
    rows = []
    for date in factory.workdays(days):
        for agent in factory.AGENTS:
            second = 0.0
            while True:
                second += rng.lognormal(4, 0.5) + (rng.random() < idle_share) * rng.exponential(idle_s)
                if second + length_s > 8 * 3600:
                    break
                begun = factory.at(date, second / 60)
                rows.append((agent, begun, begun + pd.Timedelta(seconds=length_s)))
                second += length_s
    frame = pd.DataFrame(rows, columns=["agent", "started", "ended"])
    frame["started"], frame["ended"] = frame["started"].dt.round("us"), frame["ended"].dt.round("us")
    return typed_table("work_items", frame.assign(item=np.arange(len(frame)).astype(str), type="claim"))


def measured(tables, population="back_office", **more):
    people = people_of(tables, population, client=factory.CLIENT, queues=(), settings=SETTINGS)
    found = records_of(tables, people, queues=(), settings=SETTINGS)
    return people, found.spans, unobserved_range(people, found.spans, settings=SETTINGS, **more)


def office(days=10, *, pieces=lambda n, k: (), planned=(factory.SHIFT,), **more):
    tables = factory.client_tables(days, pieces, population="back_office", planned=planned)
    return {**tables, "work_items": items(days, **more)}


def test_a_back_office_with_shifts_gets_a_share_of_the_base():
    people, spans, (frame, estimate) = measured(office())
    assert list(frame) == list(COLUMNS["gap_range"])
    assert set(frame["kind"]) == {"between items"}
    assert (estimate.value, estimate.status, estimate.grade) == (None, "insufficient", "C")
    base = 8 * 10 * 10
    gap_h = open_gaps(people, spans)["gap_us"].sum() / 3.6e9
    outside = people.days["UNACCOUNTED"].sum() - gap_h
    assert estimate.low == 0
    assert 0.15 < estimate.high <= (gap_h + outside) / base
    assert frame["share"].max() <= gap_h / base
    assert "paid time less absence and breaks" in estimate.method


def test_a_stated_longest_work_raises_the_lower_limit():
    _, _, (_, without) = measured(office())
    _, _, (_, stated) = measured(office(), longest_unlogged_s=600.0)
    assert without.low == 0 < stated.low < stated.high
    assert stated.grade == "D"


def test_breaks_and_meetings_are_no_possible_idleness():
    planned = ((0, 240, "WORK"), (240, 300, "BREAK"), (300, 480, "WORK"))
    tables = office(planned=planned)
    people, spans, _ = measured(tables)
    left = open_gaps(people, spans)
    assert left["gap_us"].sum() < spans.gaps["gap_us"].sum()
    noon, one = 12 * 60, 13 * 60
    begun, over = (left[side].dt.hour * 60 + left[side].dt.minute for side in ("start", "end"))
    assert not (begun.ge(noon) & over.lt(one)).any()


def test_time_seen_away_counts_at_both_limits():
    people, _, (_, estimate) = measured(office(pieces=lambda n, k: ((470, 480, "AWAY"),)))
    away = float(people.days["AWAY"].sum())
    assert away > 0
    assert estimate.low == pytest.approx(away / (8 * 10 * 10))


def test_a_log_with_idle_states_needs_no_mixture():
    _, _, (frame, estimate) = measured(office(pieces=lambda n, k: ((0, 10, "IDLE"),)))
    assert frame.empty
    assert list(frame) == list(COLUMNS["gap_range"])
    assert estimate is None


def test_without_paid_time_it_is_a_share_of_records_and_gaps():
    tables = {key: table for key, table in office().items() if key != "schedule"}
    _, spans, (frame, estimate) = measured(tables)
    gaps = spans.gaps["gap_us"].sum()
    assert estimate.high <= gaps / (gaps + spans.days["work_us"].sum()) + 1e-9
    assert "paid time is not known" in estimate.method
    assert len(frame)


def test_fewer_than_ten_people_have_no_range():
    tables = office()
    tables["work_items"] = tables["work_items"][tables["work_items"]["agent"].isin(factory.AGENTS[:9])]
    _, _, (frame, estimate) = measured(tables)
    assert frame.empty
    assert (estimate.status, estimate.low, estimate.high) == ("suppressed", None, None)


def test_time_while_a_contact_waits_is_no_possible_idleness():
    people, spans, _ = measured(office())
    day = factory.workdays(1)[0]
    waits = pd.DataFrame({"start": [factory.at(day, 60)], "end": [factory.at(day, 180)]})
    whole, less = open_gaps(people, spans), open_gaps(people, spans, waits=waits)
    assert less["gap_us"].sum() < whole["gap_us"].sum()
    inside = lambda gaps: gaps[gaps["start"].ge(factory.at(day, 60)) & gaps["end"].le(factory.at(day, 180))]  # noqa: E731
    assert len(inside(whole))
    assert inside(less).empty


def test_gaps_carry_the_type_of_the_item_before():
    _, spans, _ = measured(office(days=6))
    rows = items(6).rename(columns={"started": "start", "ended": "end"})
    rows["type"] = np.where(np.arange(len(rows)) % 2, "odd", "even")
    typed = typed_gaps(spans, rows)
    assert len(typed.gaps) == len(spans.gaps)
    assert set(typed.gaps["type"]) == {"odd", "even"}


def test_a_contact_centre_may_be_idle_in_every_gap():
    roster = factory.client_tables(10, lambda n, k: ())
    calls = items().rename(columns={"started": "answered_at", "ended": "ended_at", "item": "contact"})
    calls = calls.drop(columns=["type"]).assign(queue="claims", offered_at=calls["answered_at"], abandoned=False)
    wanted = ["contact", "queue", "offered_at", "answered_at", "ended_at", "abandoned", "agent"]
    tables = {**roster, "contacts": typed_table("contacts", calls[wanted])}
    people, _, (frame, estimate) = measured(tables, "contact_centre")
    assert set(frame["kind"]) == {"between contacts"}
    open_h = people.days["UNACCOUNTED"].sum()
    assert estimate.high == pytest.approx(open_h / (8 * 10 * 10))
    assert any("told apart" in words for words in estimate.reasons)

"""Load with its spread, agents on duty, and idle by cause."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import queueing
from analysis.foundation.schema import DataProblem, typed_table
from analysis.foundation.settings import Client, Period, Queue
from analysis.measure.idle import (
    duty_by_slot,
    duty_from_totals,
    idle_by_cause,
    pool_of_agents,
    presence_between_contacts,
    signed_on_pieces,
    surplus_by_cause,
)
from analysis.measure.load import (
    contact_slots,
    expected_load,
    expected_service,
    forecast_load,
    largest_loads,
    load_nodes,
    required_agents,
)

ZONE = "Europe/Amsterdam"
CLIENT = Client(
    name="A",
    time_zone=ZONE,
    period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 12)),
    holidays=(dt.date(2026, 4, 6),),
)
CLAIMS = Queue(name="claims")


def at(text: str) -> pd.Timestamp:
    """Return a moment of local time."""
    return pd.Timestamp(text).tz_localize(ZONE).tz_convert("UTC")


def volumes(rows: list[tuple[str, float, float]], queue: str = "claims") -> pd.DataFrame:
    """Return half-hour volumes from (local start, offered, mean handle seconds)."""
    frame = pd.DataFrame(
        {
            "queue": queue,
            "start": [at(start) for start, _, _ in rows],
            "length_s": 1800.0,
            "offered": [offered for _, offered, _ in rows],
            "answered": [offered for _, offered, _ in rows],
            "abandoned": 0.0,
            "handle_us": [round(1e6 * offered * handle) for _, offered, handle in rows],
        }
    )
    return typed_table("volumes", frame)


def erlang_a(patience_s: float = 180.0):
    """Return the shares answered in 20 s of offered contacts as a function of agents and load."""

    def service(agents: np.ndarray, load: np.ndarray):
        cases = [
            queueing.erlang_a(int(n), float(a), aht_s=240, patience_s=patience_s, answer_within_s=20).service_level
            for n, a in zip(np.ravel(agents), np.ravel(load), strict=True)
        ]
        return np.reshape(cases, np.shape(load)), np.ones(np.shape(load))

    return service


class TestLoad:
    def test_half_hours_of_a_kind_are_pooled_over_weeks_by_the_clock_on_the_wall(self):
        # Mondays at 09:00 before and after the clock change of 29 March: the same half hour; Easter Monday is left out
        table = volumes([("2026-03-23 09:00", 40, 180), ("2026-03-30 09:00", 60, 180), ("2026-04-06 09:00", 5, 180)])
        slots = contact_slots({"volumes": table}, [CLAIMS], client=CLIENT)
        load = expected_load(slots)
        assert load[["weekday", "slot_of_day_s", "days"]].to_numpy().tolist() == [[0, 9 * 3600, 2]]
        # 50 calls a half hour x 180 s / 1800 s = 5 erlangs
        assert load["load"].tolist() == [5.0]

    def test_silent_half_hours_of_open_days_count_as_zero(self):
        table = volumes([("2026-03-02 09:00", 10, 180), ("2026-03-02 09:30", 10, 180), ("2026-03-09 09:00", 10, 180)])
        load = expected_load(contact_slots({"volumes": table}, [CLAIMS], client=CLIENT))
        assert load.set_index("slot_of_day_s")["offered_per_h"].to_dict() == {9 * 3600: 20.0, 9.5 * 3600: 10.0}

    def test_contacts_and_their_counts_by_interval_give_the_same_load(self):
        rng = np.random.default_rng(3)
        offered = at("2026-03-02 09:00") + pd.to_timedelta(np.sort(rng.integers(0, 3600, 200)), unit="s")
        handle = rng.integers(60, 600, 200)
        contacts = typed_table(
            "contacts",
            pd.DataFrame(
                {
                    "contact": np.arange(200).astype(str),
                    "queue": "claims",
                    "offered_at": offered,
                    "answered_at": offered,
                    "ended_at": offered + pd.to_timedelta(handle, unit="s"),
                    "agent": "a",
                }
            ),
        )
        half_hour = contacts["offered_at"].dt.floor("30min")
        sums = pd.Series(handle).groupby(half_hour).agg(["size", "mean"])
        table = volumes([(f"2026-03-02 09:{m:02d}", n, s) for m, (n, s) in zip((0, 30), sums.to_numpy(), strict=True)])
        from_contacts, from_volumes = (
            expected_load(contact_slots(tables, [CLAIMS], client=CLIENT))
            for tables in ({"contacts": contacts}, {"volumes": table})
        )
        pd.testing.assert_frame_equal(from_contacts, from_volumes, rtol=1e-6)

    def test_an_agent_who_serves_three_chats_at_once_carries_a_third_of_the_load_for_each(self):
        table = volumes([("2026-03-02 09:00", 30, 600)])
        one, three = (
            expected_load(contact_slots({"volumes": table}, [Queue(name="claims", concurrency=n)], client=CLIENT))
            for n in (1, 3)
        )
        assert one["load"].iloc[0] == pytest.approx(3 * three["load"].iloc[0])

    def test_deferrable_and_outbound_contacts_are_no_live_load(self):
        moments = pd.Series([at("2026-03-02 09:00")] * 3)
        contacts = typed_table(
            "contacts",
            pd.DataFrame(
                {
                    "contact": ["1", "2", "3"],
                    "queue": "claims",
                    "direction": ["in", "out", "in"],
                    "deferrable": [False, False, True],
                    "offered_at": moments,
                    "answered_at": moments,
                    "ended_at": moments + pd.Timedelta(minutes=3),
                }
            ),
        )
        slots = contact_slots({"contacts": contacts}, [CLAIMS], client=CLIENT)
        assert slots["offered"].sum() == 1

    def test_intervals_longer_than_the_slot_are_refused_with_what_to_do(self):
        table = volumes([("2026-03-02 09:00", 40, 180)]).assign(length_s=3600.0)
        with pytest.raises(DataProblem, match=r"3600 s long.*set slot_s"):
            contact_slots({"volumes": table}, [CLAIMS], client=CLIENT)

    @pytest.mark.parametrize("cv", [0.0, 0.15, 0.3])
    def test_the_spread_is_that_of_the_days_without_the_chance_of_single_arrivals(self, cv):
        rng = np.random.default_rng(11)
        days = pd.date_range("2026-01-05", periods=400, freq="B")
        effect = rng.gamma(1 / cv**2, cv**2, len(days)) if cv else np.ones(len(days))
        grid = pd.MultiIndex.from_product([days, np.arange(9, 12, 0.5) * 3600], names=["day", "slot_of_day_s"])
        slots = grid.to_frame(index=False).assign(pool="p", queue="q", abandoned=0.0)
        slots["weekday"] = slots["day"].dt.day_of_week
        slots["offered"] = rng.poisson(50 * np.repeat(effect, 6)).astype(float)
        slots["answered"], slots["handle_s"] = slots["offered"], 180.0 * slots["offered"]
        load = expected_load(slots)
        assert (load["load_sd"] / load["load"]).mean() == pytest.approx(cv, abs=0.03)

    def test_the_nodes_carry_mean_and_spread(self):
        nodes, weights = load_nodes(np.array([5.0, 40.0]), np.array([1.0, 6.0]))
        mean = (nodes * weights).sum(axis=1)
        assert mean == pytest.approx([5.0, 40.0], rel=1e-6)
        assert np.sqrt((nodes**2 * weights).sum(axis=1) - mean**2) == pytest.approx([1.0, 6.0], rel=1e-4)

    def test_the_last_forecast_made_counts(self):
        frame = pd.DataFrame(
            {
                "queue": "claims",
                "start": [at("2026-03-02 09:00")] * 2,
                "length_s": 1800.0,
                "offered": [100.0, 50.0],
                "handle_us": [100 * 200_000_000, 50 * 180_000_000],
                "made_at": [at("2026-02-01 00:00"), at("2026-02-20 00:00")],
            }
        )
        found = forecast_load({"forecasts": typed_table("forecasts", frame)}, [CLAIMS], client=CLIENT)
        assert found[["forecast_per_h", "forecast_aht_s"]].to_numpy().tolist() == [[100.0, 180.0]]


class TestRequired:
    def test_without_spread_it_is_the_staffing_function(self):
        loads = np.array([0.4, 3.0, 11.0, 24.0])
        found = required_agents(erlang_a(), loads, np.zeros(4), target=0.8)
        expected = queueing.agents_required(loads, aht_s=240, target=0.8, answer_within_s=20, patience_s=180)
        assert found.tolist() == expected.tolist()

    @settings(max_examples=40)
    @given(load=st.floats(0.5, 30), cv=st.floats(0, 0.4), target=st.floats(0.5, 0.95))
    def test_it_is_the_fewest_that_keep_the_promise_under_the_spread(self, load, cv, target):
        a, sd = np.array([load]), np.array([cv * load])
        fewest = required_agents(erlang_a(), a, sd, target=target)
        assert expected_service(erlang_a(), fewest.astype(int), a, sd)[0] >= target
        if fewest[0] > 1:
            assert expected_service(erlang_a(), fewest.astype(int) - 1, a, sd)[0] < target

    def test_spread_needs_more_agents(self):
        calm, rough = (required_agents(erlang_a(), np.array([20.0]), np.array([sd]), target=0.8)[0] for sd in (0, 5))
        assert rough > calm

    def test_no_number_within_the_limit_is_no_number(self):
        assert np.isnan(required_agents(erlang_a(), np.array([50.0]), np.array([0.0]), target=0.9, limit=40)[0])


class TestLargest:
    @settings(max_examples=20)
    @given(load=st.floats(0.5, 25), cv=st.sampled_from([0.0, 0.1, 0.3]))
    def test_it_is_the_inverse_of_the_fewest_agents(self, load, cv):
        numbers = np.arange(1, 70)
        largest = largest_loads(erlang_a(), numbers, spread=cv, target=0.8)
        fewest = required_agents(erlang_a(), np.array([load]), np.array([cv * load]), target=0.8)[0]
        assert np.searchsorted(largest, load - 0.01) + 1 <= fewest <= np.searchsorted(largest, load + 0.01) + 1


class TestDuty:
    def test_agents_are_time_handling_reserved_or_idle_over_the_slot(self):
        rows = [
            ("a", "09:00", "09:20", "HANDLING"),
            ("a", "09:20", "09:30", "IDLE"),
            ("b", "09:00", "09:15", "BREAK"),
            ("b", "09:15", "09:30", "RESERVED"),
            ("x", "09:00", "09:30", "IDLE"),
        ]
        pieces = pd.DataFrame(
            [(who, at(f"2026-03-30 {start}"), at(f"2026-03-30 {end}"), state) for who, start, end, state in rows],
            columns=["agent", "start", "end", "state"],
        )
        duty = duty_by_slot(pieces, pd.Series({"a": "p", "b": "p"}), zone=ZONE)
        assert duty[["weekday", "slot_of_day_s"]].to_numpy().tolist() == [[0, 9 * 3600]]
        # (20 + 10 + 15) / 30 agents on duty, 10 / 30 of them waiting; x belongs to no pool, the break is not duty
        assert duty["agents"].iloc[0] == pytest.approx(1.5)
        assert duty["idle_agents"].iloc[0] == pytest.approx(1 / 3)

    def test_totals_by_interval_tell_the_same_as_the_spells_they_sum(self):
        totals = pd.DataFrame(
            {
                "agent": ["a", "a", "b"],
                "interval_start": [at("2026-03-30 09:00")] * 3,
                "length_s": 1800.0,
                "state": ["HANDLING", "IDLE", "RESERVED"],
                "us": [1_200_000_000, 600_000_000, 900_000_000],
            }
        )
        duty = duty_from_totals(
            {"state_totals": typed_table("state_totals", totals)}, pd.Series({"a": "p", "b": "p"}), zone=ZONE
        )
        assert duty["agents"].iloc[0] == pytest.approx(1.5)
        assert duty["idle_agents"].iloc[0] == pytest.approx(1 / 3)

    def test_an_agent_belongs_to_the_pool_of_most_of_the_contacts_answered(self):
        moment = at("2026-03-02 09:00")
        contacts = pd.DataFrame(
            {
                "contact": list("1234"),
                "queue": ["q1", "q2", "q2", "q1"],
                "agent": ["a", "a", "a", "b"],
                "offered_at": moment,
            }
        )
        skills = pd.DataFrame({"agent": ["c", "b"], "queue_or_type": ["q2", "q2"]})
        tables = {"contacts": typed_table("contacts", contacts), "skills": typed_table("skills", skills)}
        found = pool_of_agents(tables, [Queue(name="q1", pool="one"), Queue(name="q2", pool="two")])
        assert found.to_dict() == {"a": "two", "b": "one", "c": "two"}


class TestCallLog:
    def contacts(self) -> pd.DataFrame:
        rows = [  # agent, offered, answered, ended: a gap of 5 min in which a caller waits 2 min, then one of 40 min
            ("a", "09:00:00", "09:00:00", "09:05:00"),
            (None, "09:06:00", None, "09:08:00"),
            ("a", "09:10:00", "09:10:00", "09:12:00"),
            ("a", "09:52:00", "09:52:00", "09:55:00"),
        ]
        stamped = [(who, *(at(f"2026-03-02 {x}") if x else pd.NaT for x in times)) for who, *times in rows]
        frame = pd.DataFrame(stamped, columns=["agent", "offered_at", "answered_at", "ended_at"])
        return typed_table("contacts", frame.assign(contact=list("1234"), queue="claims"))

    def test_time_with_a_caller_waiting_is_never_idle_and_long_gaps_are_no_presence(self):
        pieces = presence_between_contacts({"contacts": self.contacts()}, [CLAIMS], longest_gap_s=900)
        minutes = (pieces["end"] - pieces["start"]).dt.total_seconds() / 60
        assert minutes.groupby(pieces["state"]).sum().to_dict() == {"AWAY": 2.0, "HANDLING": 10.0, "IDLE": 3.0}

    def test_states_of_idle_give_way_to_a_waiting_caller_who_does_not_just_ring(self):
        spells = pd.DataFrame(
            {"agent": "a", "start": [at("2026-03-02 09:05")], "end": [at("2026-03-02 09:10")], "state": ["IDLE"]}
        )
        tables = {"contacts": self.contacts(), "spells": typed_table("spells", spells)}
        pieces = signed_on_pieces(tables, pd.Series({"a": "service"}), [CLAIMS], ring_s=10)
        idle = pieces[pieces["state"].eq("IDLE")]
        # 5 minutes less the wait from 09:06:10 to 09:08
        assert (idle["end"] - idle["start"]).dt.total_seconds().sum() == 300 - 110

    def test_no_contacts_no_presence(self):
        assert presence_between_contacts({}, [CLAIMS], longest_gap_s=900).empty


class TestCause:
    @given(
        idle=st.floats(0, 50),
        load=st.floats(0, 50),
        required=st.one_of(st.integers(0, 80).map(float), st.just(float("nan"))),
    )
    def test_structural_and_surplus_are_all_of_idle(self, idle, load, required):
        cells = pd.DataFrame({"idle_agents": [idle], "load": [load], "required_agents": [required]})
        split = idle_by_cause(cells).iloc[0]
        assert split["structural_agents"] + split["surplus_agents"] == idle
        assert split["structural_agents"] >= 0
        assert split["surplus_agents"] >= 0
        if np.isnan(required):
            assert split["surplus_agents"] == 0

    @given(surplus=st.floats(0, 20), counts=st.tuples(*[st.integers(1, 40)] * 3))
    def test_the_causes_of_surplus_add_up(self, surplus, counts):
        names = ["required_agents", "required_forecast", "required_volume"]
        cells = pd.DataFrame(
            {"surplus_agents": [surplus], **{n: [float(c)] for n, c in zip(names, counts, strict=True)}}
        )
        parts = surplus_by_cause(cells).iloc[0, -3:]
        assert parts.sum() == pytest.approx(surplus, abs=1e-9)

"""Idle, away and outage by the cause that the client's codes give: never lost, never blame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.baseline.causes import CAUSES, cause_split
from analysis.baseline.evidence import people_of
from analysis.baseline.service import error_rate, rework_rate
from analysis.baseline.settings import BaselineSettings
from tests.baseline.factory import AGENTS, CLIENT, at, client_tables, roster, table, workdays

LADDER = ["IDLE", "AWAY", "OUTAGE"]
ASKED = BaselineSettings()


def gathered(tables, population="contact_centre"):
    return people_of(tables, population, client=CLIENT, queues=(), settings=ASKED)


def split(tables, *, minimum=10):
    people = gathered(tables)
    found = cause_split(tables, people, minimum=minimum)
    assert list(found["cause"]) == list(CAUSES)
    assert found["hours"].sum() == pytest.approx(people.days[LADDER].to_numpy().sum(), abs=1e-12)
    us = people.agent_days[LADDER].to_numpy().sum()
    assert round(found["hours"].sum() * 3.6e9) == us
    return found.set_index("cause")["hours"]


def seen(pieces, *, days=2, agents=AGENTS):
    """Return tables in which everybody does `pieces`: from minute, to minute, state, cause."""
    tables = client_tables(days, lambda day, agent: [piece[:3] for piece in pieces], agents=agents)
    cause = [piece[3] for _ in range(days) for _ in agents for piece in pieces]
    tables["spells"] = tables["spells"].assign(cause=pd.Series(cause, dtype="str"))
    return tables


def test_causes_by_hand():
    hours = split(
        seen(
            [
                (0, 60, "IDLE", "demand"),
                (60, 90, "AWAY", "policy"),
                (90, 150, "OUTAGE", "system"),
                (150, 480, "HANDLING", "demand"),
            ]
        )
    )
    assert hours.to_dict() == pytest.approx({"demand": 20, "system": 20, "policy": 10, "unknown": 0})


def test_a_person_is_never_the_cause():
    hours = split(seen([(0, 60, "AWAY", "person"), (60, 90, "AWAY", None), (90, 480, "HANDLING", "demand")]))
    assert hours["unknown"] == pytest.approx(30)
    assert "person" not in hours


def test_time_that_another_state_wins_has_no_cause_here():
    """Handling wins over idle: only the idle hour that is left has a cause."""
    hours = split(seen([(0, 120, "IDLE", "demand"), (60, 480, "HANDLING", "demand")]))
    assert hours["demand"] == pytest.approx(20)


def test_codes_that_overlap_count_once_and_away_from_the_person():
    hours = split(seen([(0, 60, "AWAY", "policy"), (30, 90, "AWAY", "person"), (90, 480, "HANDLING", None)]))
    assert hours.to_dict() == pytest.approx({"demand": 0, "system": 0, "policy": 20, "unknown": 10})


def test_spells_beyond_paid_time_do_not_count():
    hours = split(seen([(-60, 60, "IDLE", "demand"), (60, 480, "HANDLING", None)]))
    assert hours["demand"] == pytest.approx(20)


def test_without_causes_all_is_unknown():
    tables = client_tables(2, lambda day, agent: [(0, 60, "IDLE"), (60, 480, "HANDLING")])
    hours = split(tables)
    assert hours.to_dict() == pytest.approx({"demand": 0, "system": 0, "policy": 0, "unknown": 20})


def test_a_cause_of_few_people_is_put_with_the_unknown():
    tables = seen([(0, 60, "AWAY", "policy"), (60, 90, "AWAY", None), (90, 480, "HANDLING", None)])
    few = tables["spells"]["agent"].isin(AGENTS[:3]) & tables["spells"]["cause"].eq("policy")
    tables["spells"].loc[few, "cause"] = "system"
    hours = split(tables, minimum=7)
    assert hours.to_dict() == pytest.approx({"demand": 0, "system": 0, "policy": 14, "unknown": 6 + 10})


def test_an_unknown_of_few_people_takes_the_smallest_cause_in():
    """Three people's code alone would stand there under another name, and the rest of the ladder's hours would be theirs."""
    tables = seen([(0, 60, "AWAY", "policy"), (60, 480, "HANDLING", None)])
    few = tables["spells"]["agent"].isin(AGENTS[:3]) & tables["spells"]["state"].eq("AWAY")
    tables["spells"].loc[few, "cause"] = "system"
    hours = split(tables, minimum=7)
    assert hours.to_dict() == pytest.approx({"demand": 0, "system": 0, "policy": 0, "unknown": 20})


def test_interval_totals_are_divided_by_their_own_causes():
    """Totals that hold more than the paid hours are cut to fit; their causes are cut alike, to the microsecond."""
    draw = np.random.default_rng(5)
    rows = [
        {"agent": agent, "interval_start": at(day, 30 * slot), "length_s": 1800, "state": state, "cause": cause, "us": int(draw.integers(1, 900_000_000))}
        for day in workdays(3)
        for agent in AGENTS
        for slot in range(16)
        for state, cause in (("IDLE", "demand"), ("AWAY", "policy"), ("AWAY", "person"), ("HANDLING", "demand"))
    ]  # fmt: skip
    tables = client_tables(3, lambda day, agent: []) | {"state_totals": table("state_totals", rows)}
    assert gathered(tables).ladder is None
    hours = split(tables)
    frame = pd.DataFrame(rows)
    away = frame[frame["state"].eq("AWAY")].groupby("cause")["us"].sum()
    assert hours["policy"] / (hours["policy"] + hours["unknown"]) == pytest.approx(
        away["policy"] / away.sum(), abs=0.01
    )


def test_without_time_by_person_and_day_there_are_no_rows():
    tables = {"roster": roster()}
    assert cause_split(tables, gathered(tables), minimum=10).empty


class TestQuality:
    weeks = pd.date_range("2026-01-05", periods=8, freq="7D")

    def people(self, **columns):
        rows = [
            {
                "team": "one",
                "period_start": week,
                "checked": 50,
                **{name: values[n] for name, values in columns.items()},
            }
            for n, week in enumerate(self.weeks)
        ]
        tables = client_tables(10, lambda day, agent: [(0, 240, "ITEM_WORK")], population="back_office")
        tables["quality"] = table("quality", rows)
        return tables, people_of(tables, "back_office", client=CLIENT, queues=(), settings=ASKED)

    def test_rework_by_hand(self):
        tables, people = self.people(reworked=[3, 4, 5, 6, 5, 4, 3, 2])
        found = rework_rate(tables, people, confidence=0.95)
        assert found.value == pytest.approx(32 / 400)
        assert found.low < 0.08 < found.high
        assert (found.n, found.n_unit) == (8, "periods")

    def test_each_figure_answers_for_its_own_data(self):
        tables, people = self.people(errors=[1, 2, 3, 2, 1, 2, 3, 2])
        assert error_rate(tables, people, confidence=0.95, draws=300, seed=1).value == pytest.approx(0.04)
        found = rework_rate(tables, people, confidence=0.95)
        assert found.reasons == ("the quality checks of this population hold no count of items done again",)
        none = rework_rate({"roster": tables["roster"]}, people, confidence=0.95)
        assert none.reasons == ("no quality checks were given",)

    def test_more_rework_than_checks_is_asked_about(self):
        tables, people = self.people(reworked=[3, 4, 60, 6, 5, 4, 3, 2])
        found = rework_rate(tables, people, confidence=0.95)
        assert found.value is None
        assert "1 of 8 periods have more reworked than checked items" in found.reasons[0]

"""Observation rounds of a population: double and reference looks, observers' mistakes, hours, and being watched."""

import numpy as np
import pandas as pd
import pytest

from analysis.baseline.evidence import people_of
from analysis.baseline.observed import looks_at
from analysis.baseline.settings import BaselineSettings
from tests.baseline.factory import AGENTS, CLIENT, at, client_tables, table, workdays


def rounds(days=10, *, hours=(1.0, 3.2, 6.1), idle=3):
    """Return three rounds a day of all people, some of them idle, one more on every third day."""
    return [
        {
            "round": f"r{n}-{tour}",
            "observed_at": at(day, 60 * hour),
            "observer": "one",
            "agent": agent,
            "team": "one",
            "state": "IDLE" if (k + n) % 10 < idle + (n % 3 == 0) else "ITEM_WORK",
            "reference": False,
        }
        for n, day in enumerate(workdays(days))
        for tour, hour in enumerate(hours)
        for k, agent in enumerate(AGENTS)
    ]


def seen(looks, **more):
    tables = client_tables(10, lambda day, agent: [(0, 240 + day, "ITEM_WORK")], population="back_office")
    tables["observations"] = table("observations", looks)
    settings = BaselineSettings(**more)
    people = people_of(tables, "back_office", client=CLIENT, queues=(), settings=settings)
    return looks_at(tables, people, idle=("IDLE", "AWAY"), client=CLIENT, settings=settings)


def codes(found):
    return {finding.code for finding in found.findings}


def test_looks_taken_twice_change_no_share():
    looks = rounds()
    plain = seen(looks)
    again = [{**row, "observer": "two", "observed_at": row["observed_at"] + pd.Timedelta("1min")} for row in looks[:80]]
    checks = [{**row, "observer": "chief", "reference": True} for row in looks[:20]]
    more = seen(looks + again + checks)
    assert (more.non_work, more.looks, more.days) == (plain.non_work, 300, 10)
    assert more.agreement.percent.value == 1
    assert plain.agreement is None
    assert {"double_looks", "observer_agreement"} <= codes(more)
    assert more.non_work == more.uncorrected
    assert "too few to correct" in more.accuracy.reason
    assert "no reference look" in plain.accuracy.reason


def test_observers_mistakes_are_corrected_and_the_figure_as_seen_stays():
    looks = rounds()
    rng = np.random.default_rng(2)
    checks = []
    for row in looks[::2]:
        truth = row["state"] if rng.random() < 0.85 else {"IDLE": "ITEM_WORK", "ITEM_WORK": "IDLE"}[row["state"]]
        checks.append({**row, "observer": "chief", "reference": True, "state": truth})
    found = seen(looks + checks)
    accuracy = found.accuracy
    youden = accuracy.sensitivity + accuracy.specificity - 1
    assert found.uncorrected.value == pytest.approx(seen(looks).non_work.value)
    assert found.non_work.value == pytest.approx((found.uncorrected.value + accuracy.specificity - 1) / youden)
    assert found.non_work.high - found.non_work.low > found.uncorrected.high - found.uncorrected.low
    assert "Lang-Reiczigel" in found.non_work.method
    assert any("was corrected" in finding.message for finding in found.findings)


def test_rounds_at_other_hours_are_weighted_by_the_hours_worked():
    morning = [{**row, "round": f"m{row['round']}"} for row in rounds(hours=(0.2, 0.4, 0.6, 0.8), idle=1)]
    spread = rounds(hours=tuple(number + 0.5 for number in range(1, 8)), idle=5)
    found = seen(morning + spread)
    assert found.reweighted
    assert "reweighted_looks" in codes(found)
    plain = np.mean([row["state"] == "IDLE" for row in morning + spread])
    assert found.non_work.value > plain
    assert not seen(spread + rounds(hours=(0.5,))).reweighted


def test_hours_nobody_looked_at_are_told():
    found = seen(rounds(hours=(0.2, 0.4, 0.6)))
    assert not found.reweighted
    assert "unobserved_hours" in codes(found)


def test_every_study_says_what_being_watched_may_do():
    found = seen(rounds())
    assert "under observation" in found.reactivity.sentence
    assert "reactivity" in codes(found)


def test_only_breaks_seen_is_no_observation_of_the_base():
    assert seen([{**row, "state": "BREAK"} for row in rounds()]) is None


def test_nothing_in_the_result_is_about_one_person():
    found = seen(rounds())
    assert not any(agent in repr(found) for agent in AGENTS)

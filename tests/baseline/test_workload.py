"""Counted work of a population: the client's standard times, fitted ones, and dead time from contacts and states."""

import numpy as np
import pandas as pd
import pytest

from analysis.baseline.counts import population_crosswalk
from analysis.baseline.evidence import people_of
from analysis.baseline.frames import COLUMNS
from analysis.baseline.service import items_of
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.workload import workload_of
from analysis.foundation.estimate import Estimate
from tests.baseline.factory import CLIENT, QUEUE, at, client_tables, roster, rows, table, workdays

SETTINGS = BaselineSettings()
STANDARD_S = {"letter": 600.0, "claim": 1800.0}


def people_and_items(tables, population="back_office", queues=()):
    people = people_of(tables, population, client=CLIENT, queues=queues, settings=SETTINGS)
    return people, items_of(tables, people)


def measured(tables, population="back_office", queues=()):
    people, items = people_and_items(tables, population, queues)
    return workload_of(tables, people, items, client=CLIENT, settings=SETTINGS)


def office(days=30, *, fixed=False, seed=1):
    """Return a back office whose shifts are as long as the day's work asks for, or always eight hours; 20 clerks."""
    rng = np.random.default_rng(seed)
    clerks = tuple(f"c{number}" for number in range(20))
    schedule, items = [], []
    for n, day in enumerate(workdays(days)):
        volumes = {"letter": int(rng.integers(100, 300)), "claim": int(rng.integers(20, 90))}
        work_h = sum(volumes[name] * STANDARD_S[name] / 3600 for name in volumes)
        minutes = 480 if fixed else round(60 * (work_h + 40 + rng.normal(0, 2)) / len(clerks))
        for agent in clerks:
            schedule += rows(day, agent, [(0, minutes, "WORK")])
        for name, volume in volumes.items():
            for k in range(volume):
                agent, start = clerks[k % 20], at(day, k // 20 * 5)
                items.append({"item": f"{name}{n}-{k}", "type": name, "agent": agent, "started": start, "ended": start + pd.Timedelta(minutes=4)})  # fmt: skip
    return {
        "roster": roster(clerks, "back_office"),
        "schedule": table("schedule", [{**row, "paid": True} for row in schedule]),
        "work_items": table("work_items", items),
    }


def types(**standards):
    return table("item_types", [{"type": name, "standard_s": value} for name, value in standards.items()])


@pytest.fixture(scope="module")
def flexible():
    return office()


def test_the_clients_standard_times_come_first(flexible):
    tables = flexible | {"item_types": types(**STANDARD_S)}
    found = measured(tables)
    volumes = tables["work_items"]["type"].value_counts()
    worth = sum(volumes[name] * seconds for name, seconds in STANDARD_S.items()) / 3600
    people, items = people_and_items(tables)
    assert found.basis == "client"
    assert found.earned_h == pytest.approx(worth)
    assert found.earned.value == pytest.approx(worth / people.days["PAID"].sum())
    assert (found.earned.grade, found.earned.basis, found.earned.n_unit) == ("C", "judged", "days")
    assert list(found.standards.columns) == list(COLUMNS["standards"])
    assert found.standards["volume"].sum() == len(items)
    assert set(found.facts["fact"]) == {"items_finished", "earned_h"}
    assert "no share of time worked" in found.estimand
    frame = population_crosswalk(tables, people, items=items, due=Estimate.missing("none"), looks=None)
    assert any(frame["value"].dropna().round(6) == round(worth / people.days["PAID"].sum(), 6))


def test_a_type_without_a_standard_leaves_a_lower_limit(flexible):
    found = measured(flexible | {"item_types": types(letter=600.0, claim=0.0)})
    assert found.earned.value is None
    assert 0 < found.earned.low < 1
    assert found.earned_h is None
    assert found.standards.set_index("type").loc["claim", "reason"].startswith("the client gave no standard time")


def test_without_standards_they_are_fitted_to_days(flexible):
    found = measured(flexible)
    assert found.basis == "fitted"
    told = found.standards.set_index("type")
    for name, seconds in STANDARD_S.items():
        assert told.loc[name, "low"] < seconds < told.loc[name, "high"]
    people, _ = people_and_items(flexible)
    assert found.earned.low < 1 - 40 * 30 / people.days["PAID"].sum() < found.earned.high
    assert found.earned.basis == "modelled"
    assert found.findings[0].code == "standards_fitted"
    assert "fitted without each period" in found.estimand


def test_a_fixed_staff_shows_no_times():
    found = measured(office(fixed=True))
    assert found.earned.value is None
    assert any("follow" in reason for reason in found.earned.reasons)


def test_where_days_say_nothing_the_workload_table_may():
    tables = office(10, fixed=True)
    rng = np.random.default_rng(2)
    lines = []
    for week in range(40):
        start = pd.Timestamp("2025-06-02") + pd.Timedelta(days=7 * week)
        volumes = {"letter": float(rng.integers(500, 1500)), "claim": float(rng.integers(100, 450))}
        paid = sum(volumes[name] * STANDARD_S[name] / 3600 for name in volumes) + 100 + rng.normal(0, 8)
        lines += [{"team": "one", "period_start": start, "period_end": start + pd.Timedelta(days=6), "paid_h": paid, "type": name, "volume": volume} for name, volume in volumes.items()]  # fmt: skip
    found = measured(tables | {"workload": table("workload", lines)})
    assert found.basis == "fitted"
    assert "paid hours, breaks and absence included" in found.estimand
    assert found.earned.low < found.earned.value < found.earned.high


def test_items_of_days_without_paid_time_are_told(flexible):
    days = flexible["schedule"]["start"].dt.normalize()
    later = flexible["schedule"][days > days.min()]
    found = measured(flexible | {"schedule": later, "item_types": types(**STANDARD_S)})
    assert [finding.code for finding in found.findings] == ["items_without_paid_time"]
    assert "on 1 days without paid time" in found.findings[0].message


def test_nothing_to_count():
    found = measured(client_tables(5, lambda n, k: [(0, 480, "IDLE")], population="back_office"))
    assert found.basis == "none"
    assert found.earned.value is None
    assert found.standards.empty
    assert "elapsed time" in found.dead_time.reasons[0]


def centre(days, *, stretch, seed=1):
    """Return a contact centre of ten whose contacts last longer in half hours with few of them."""
    rng = np.random.default_rng(seed)
    contacts, spells = [], []
    agents = tuple(f"p{number}" for number in range(10))
    for day in workdays(days):
        for slot in range(16):
            offered = int(rng.integers(3, 10))
            shared = rng.permutation(10)[:offered]
            length = 900 + stretch * 1800 * (1 - offered / 10) * 0.5
            for place, agent in enumerate(agents):
                begin = at(day, 30 * slot)
                if place in shared:
                    end = begin + pd.Timedelta(seconds=min(1790, round(length * rng.gamma(16, 1 / 16))))
                    contacts.append({"contact": f"{day}{slot}{agent}", "queue": "claims", "offered_at": begin, "answered_at": begin, "ended_at": end, "agent": agent})  # fmt: skip
                    spells.append({"agent": agent, "start": begin, "end": end, "state": "HANDLING"})
                    begin = end
                spells.append({"agent": agent, "start": begin, "end": at(day, 30 * slot + 30), "state": "IDLE"})
    tables = client_tables(days, lambda n, k: [], population="contact_centre")
    return tables | {
        "contacts": table("contacts", contacts),
        "spells": table("spells", [{**row, "population": "contact_centre"} for row in spells]),
    }


def test_dead_time_of_a_centre():
    found = measured(centre(12, stretch=1.0), "contact_centre", (QUEUE,))
    assert "contacts have no standard times" in found.earned.reasons[0]
    assert found.dead_time.low > 0
    assert found.dead_time.grade == "A"
    assert [finding.code for finding in found.findings] == ["dead_time"]
    flat = measured(centre(12, stretch=0.0, seed=3), "contact_centre", (QUEUE,))
    assert flat.dead_time.low < 0 < flat.dead_time.high
    assert flat.findings == ()


def test_a_centre_without_idle_states():
    found = measured(client_tables(8, lambda n, k: [(0, 100, "HANDLING")]), "contact_centre", (QUEUE,))
    assert "idle states" in found.dead_time.reasons[0]

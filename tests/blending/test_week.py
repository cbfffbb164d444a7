"""The typical week as a simulated desk: the client's own days, less the chance of single arrivals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.blending import BlendingSettings, assemble
from analysis.blending.inventory import inventory
from analysis.blending.supply import law_of, not_listed, trained
from analysis.blending.uncertainty import coefficient
from analysis.blending.week import facts_of, shifts_of, week_of, weeks, weeks_of
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Queue
from analysis.simulation import draw_streams, simulate
from analysis.simulation.policy import Policy

ASKED = BlendingSettings(draws=200, most_kept_free=8)


def arguments(world, tables=None, queues=None, **asked):
    """Return what :func:`facts_of` takes for a world."""
    settings = ASKED.model_copy(update=asked)
    given, known = tables or world.tables, queues or world.queues
    items = inventory(given, None, client=world.client, settings=settings)
    pool = assemble.pools(given, items, client=world.client, queues=known, settings=settings, ring_s=0.0)[0][0]
    return (pool, items, given), {"client": world.client, "queues": known, "settings": settings}


def facts(world, tables=None, queues=None, **asked):
    """Return the facts of a world's pool."""
    args, named = arguments(world, tables, queues, **asked)
    return facts_of(*args, **named)


@pytest.fixture(scope="module")
def known(centre):
    """Return the facts of twelve agents who are open for twenty hours a week."""
    return facts(centre())


class TestWeek:
    def test_contacts_are_those_of_the_mean_week(self, known, centre):
        weekly = len(centre().tables["contacts"]) / 4
        assert sum(known.queues[0].arrivals_per_h) / 2 == pytest.approx(weekly)
        rates = [sum(desk.queues[0].arrivals_per_h) / 2 for desk in weeks(known, 40, seed=3)]
        assert np.mean(rates) == pytest.approx(weekly, rel=0.01)

    def test_every_day_of_the_client_is_used_equally_often(self, known):
        drawn = weeks(known, 8, seed=3)
        assert {len(days) for days in known.days} == {0, 4}
        monday = sorted(tuple(np.round(np.array(desk.queues[0].arrivals_per_h[:48]), 9)) for desk in drawn)
        assert monday[::2] == monday[1::2]

    def test_nobody_is_there_and_nobody_calls_outside_opening_hours(self, known):
        desk = weeks(known, 1, seed=1)[0]
        open_ = known.open_slots
        assert open_.sum() == 5 * 8
        assert not np.any(np.array(desk.queues[0].arrivals_per_h)[~open_])
        starts = {int(shift.start_s // 1800) for shift in desk.shifts}
        assert all(open_[slot] for slot in starts)

    def test_simulated_time_on_duty_is_the_time_measured(self, known):
        measured = float(known.pool.agents.sum()) * known.pool.slot_h
        spent = []
        for number, desk in enumerate(weeks(known, 12, seed=5)):
            run = simulate(desk, draw_streams(desk, seed=9, replication=number), Policy("none"))
            spent.append(run.agents[:, 0].sum() / 3600)
        assert np.mean(spent) == pytest.approx(measured, rel=0.004)

    def test_simulated_service_is_the_service_measured(self, known, centre):
        contacts = centre().tables["contacts"]
        waited = (contacts["answered_at"] - contacts["offered_at"]).dt.total_seconds()
        totals = np.zeros(2)
        for number, desk in enumerate(weeks(known, 20, seed=5)):
            run = simulate(desk, draw_streams(desk, seed=9, replication=number), Policy("none"))
            totals += run.contacts.sum(axis=(0, 1))[[2, 3]]
        assert totals[0] / totals[1] == pytest.approx((waited <= 20).mean(), abs=0.02)

    def test_busy_days_keep_their_spread_without_chance(self, centre):
        world = centre(weeks=8)
        contacts = world.tables["contacts"]
        day = contacts["offered_at"].dt.day_of_year
        # every third day loses a third of its contacts
        kept = contacts[(day % 3 != 0) | (np.arange(len(contacts)) % 3 != 0)]
        found = facts(world, {**world.tables, "contacts": kept})
        open_ = found.load[found.load > 0]
        assert open_.std() == pytest.approx(coefficient(found.pool), rel=0.15)
        assert open_.std() > 0.1

    def test_calm_days_are_alike(self, known):
        assert known.load[known.load > 0].std() <= coefficient(known.pool) * 1.3 + 1e-9

    def test_the_same_seed_gives_the_same_week(self, centre):
        args, named = arguments(centre())
        assert weeks_of(*args, **named, draws=2, seed=4) == weeks_of(*args, **named, draws=2, seed=4)
        assert weeks_of(*args, **named, draws=2, seed=4) != weeks_of(*args, **named, draws=2, seed=5)
        assert week_of(*args, **named).slots == 336

    def test_deferrable_contacts_and_slow_queues_come_after_the_live_ones(self, centre):
        world = centre()
        contacts = world.tables["contacts"]
        answered = contacts[contacts["answered_at"].notna()]
        mail = answered.iloc[:200].assign(queue="mail", contact=lambda frame: "m" + frame["contact"])
        later = answered.iloc[200:300].assign(deferrable=True, contact=lambda frame: "d" + frame["contact"])
        tables = {
            **world.tables,
            "contacts": typed_table("contacts", pd.concat([contacts, mail, later], ignore_index=True)),
        }
        queues = [*world.queues, Queue(name="mail", channel="email", answer_within_s=14400)]
        found = facts(world, tables, queues)
        assert [(queue.name, queue.rank) for queue in found.queues] == [
            ("claims line", 0),
            ("mail", 1),
            ("claims line, deferrable", 1),
        ]
        assert sum(found.queues[1].arrivals_per_h) / 2 == pytest.approx(200 / 4)
        assert all(queue.answer_within_s >= 3600 for queue in found.queues[1:])


class TestShifts:
    def test_counts_become_stretches_of_whole_agents(self):
        counts = np.array([0, 2, 3, 3, 1, 0, 2])
        shifts = shifts_of(counts, 1800.0)
        there = [sum(shift.start_s <= 1800 * slot < shift.end_s for shift in shifts) for slot in range(len(counts))]
        assert there == counts.tolist()

    def test_leaving_early_takes_the_same_off_every_stretch(self):
        plain, early = shifts_of(np.array([1, 2]), 1800.0), shifts_of(np.array([1, 2]), 1800.0, 100.0)
        assert [one.end_s - two.end_s for one, two in zip(plain, early, strict=True)] == [100.0, 100.0]


class TestSupply:
    def test_items_are_the_clients_with_their_own_hours(self, known):
        by_name = {item.name: item for item in known.items.types}
        # 2,000 of each type a week; the regulated assessment is left out
        assert set(by_name) == {"address change", "scanning", "reply"}
        assert known.items.hours_per_week(known.items.suits["suitable_between"]) == pytest.approx(100, rel=0.01)
        assert by_name["address change"].resume_s == 20.0
        assert by_name["address change"].interruptible
        assert not by_name["reply"].interruptible

    def test_agents_may_need_longer_than_clerks(self, centre):
        slow = facts(centre(), item_time_factor=1.5)
        assert slow.items.types[0].length.mean_s == pytest.approx(1.5 * 180)

    def test_a_law_keeps_the_mean_asked_and_the_shape_seen(self):
        seen = np.random.default_rng(1).gamma(4.0, 50.0, 4000)
        law = law_of(seen, 300.0)
        assert law.kind == "empirical"
        assert np.mean(law.sample) == pytest.approx(300.0)
        assert law.cv == pytest.approx(0.5, abs=0.03)
        assert law_of(seen[:50], 300.0).kind == "lognormal"
        assert law_of(seen[:5], 300.0).kind == "exponential"

    def test_items_without_arrival_stamps_come_while_the_pool_is_open(self, known):
        rates = np.array(known.items.types[0].arrivals_per_h)
        assert not rates[~known.open_slots].any()

    def test_arrivals_and_backlog_are_those_of_the_log(self, centre):
        world = centre()
        # one item every hour arrives at :10 and is finished 60 h later
        arrived = pd.date_range("2026-06-01 00:10", "2026-06-28", freq="h", tz="UTC")
        log = pd.DataFrame({"item": [str(n) for n in range(len(arrived))], "type": "address change"})
        log = log.assign(arrived=arrived, ended=arrived + pd.Timedelta(hours=60))
        item = facts(world, {**world.tables, "work_items": typed_table("work_items", log)}).items.types[0]
        assert item.backlog == 60
        assert item.backlog_age_s == pytest.approx(60 * 3600, rel=0.03)
        rates = np.array(item.arrivals_per_h)
        assert rates[1::2].max() == 0.0
        assert rates[::2].min() > 0.0


class TestPeople:
    def test_without_a_list_everybody_is_taken_to_be_trained_and_that_is_said(self, known):
        assert [finding.code for finding in not_listed("service", known.people, known.items)] == ["training_not_listed"]
        assert known.people.item_share == 1.0

    def test_the_list_of_skills_says_who_is_trained(self, centre):
        world = centre()
        skills = pd.DataFrame({"agent": [f"a{n}" for n in range(3)], "queue_or_type": "address change", "level": 3.0})
        found = facts(world, {**world.tables, "skills": typed_table("skills", skills)})
        assert found.people.item_share == pytest.approx(0.25)
        assert not_listed("service", found.people, found.items) == ()
        groups = [found.people.groups[place] for place in found.people.assigned(12)]
        assert sum(bool(group.items) for group in groups) == 3
        # any first agents mirror the shares
        assert sum(bool(group.items) for group in groups[:8]) == 2

    def test_an_agent_who_answered_a_queue_can_answer_it(self, centre):
        world = centre()
        skills = pd.DataFrame({"agent": ["a0"], "queue_or_type": ["another line"], "level": 3.0})
        tables = {**world.tables, "skills": typed_table("skills", skills)}
        people = trained(tables, "service", queues=world.queues, names=["claims line", "another line"], types=())
        assert {group.queues for group in people.groups} == {(0,), (0, 1)}

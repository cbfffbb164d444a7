"""One sample client for all tests of this folder."""

from __future__ import annotations

import pytest

from analysis.synthetic.back_office import simulate_office
from analysis.synthetic.calls import simulate_centre
from analysis.synthetic.people import invent_people
from analysis.synthetic.plans import plan_period
from analysis.synthetic.sample import write_sample
from analysis.synthetic.streams import Calendar


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def people():
    return invent_people(1)


@pytest.fixture(scope="session")
def calendar():
    return Calendar.of(8)


@pytest.fixture(scope="session")
def centre(people, calendar):
    plan = plan_period(people[0], calendar, seed=1, period=0)
    return simulate_centre(people[0], calendar, plan, seed=1, period=0)


@pytest.fixture(scope="session")
def office(people, calendar):
    plan = plan_period(people[1], calendar, seed=1, period=0)
    return simulate_office(people[1], calendar, plan, seed=1, period=0)

"""One sample client for all tests of this folder."""

from __future__ import annotations

import pytest

from analysis.synthetic.people import invent_people
from analysis.synthetic.period import simulate_period
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
def period(people, calendar):
    return simulate_period(people[0], people[1], calendar, seed=1, period=0)


@pytest.fixture(scope="session")
def centre(period):
    return period[0]


@pytest.fixture(scope="session")
def office(period):
    return period[1]

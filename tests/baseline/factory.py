"""A small client by hand: ten agents, shifts of eight hours from 08:00, states by the minute."""

import datetime as dt

import pandas as pd

from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period, Queue

START = dt.date(2026, 3, 2)  # a Monday
AGENTS = tuple(f"p{number}" for number in range(10))
CLIENT = Client(name="Acme", time_zone="UTC", period=Period(start=START, end=START + dt.timedelta(days=13)))
QUEUE = Queue(name="claims")
SHIFT = (0, 480, "WORK")


def workdays(number):
    """Return that many working days from the first Monday."""
    return [START + dt.timedelta(days=7 * (n // 5) + n % 5) for n in range(number)]


def at(day, minute):
    return pd.Timestamp(day, tz="UTC").as_unit("us") + pd.Timedelta(minutes=480 + minute)


def table(name, rows):
    return typed_table(name, pd.DataFrame(rows))


def rows(day, agent, pieces):
    return [{"agent": agent, "start": at(day, a), "end": at(day, b), "state": word} for a, b, word in pieces]


def roster(agents=AGENTS, population="contact_centre", team="one", **more):
    return table(
        "roster",
        [{"agent": agent, "population": population, "team": team, "site": "North", **more} for agent in agents],
    )


def client_tables(days, pieces, *, agents=AGENTS, population="contact_centre", planned=(SHIFT,)):
    """Return roster, schedule and spells; `pieces(day number, agent number)` gives what an agent is seen doing."""
    dates = workdays(days)
    schedule = [row for day in dates for agent in agents for row in rows(day, agent, planned)]
    spells = [
        row for n, day in enumerate(dates) for k, agent in enumerate(agents) for row in rows(day, agent, pieces(n, k))
    ]
    found = {
        "roster": roster(agents, population),
        "schedule": table("schedule", [{**row, "paid": True} for row in schedule]),
    }
    if spells:
        found["spells"] = table("spells", [{**row, "population": population} for row in spells])
    return found

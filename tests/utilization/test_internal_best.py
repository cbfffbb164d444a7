"""The best quarter of groups and of people: luck taken out, nobody shown, never mistaken for a ceiling."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.baseline.evidence import people_of
from analysis.baseline.frames import COLUMNS
from analysis.baseline.people_spread import HALF_HOURS, TENURE, TYPES, people_spread
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.slots import slot_table
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import BUCKETS
from analysis.foundation.settings import Client, Period
from analysis.measure.shrinkage import best_of_noisy
from analysis.utilization import UtilizationSettings
from analysis.utilization.internal_best import BEST_COLUMNS, internal_best
from tests.baseline.factory import START, table

ASKED = BaselineSettings()
SETTINGS = UtilizationSettings(draws=400)
CC, BO = "contact_centre", "back_office"
UNKNOWN = Estimate.missing("not known")


def client_of(days):
    return Client(name="Acme", time_zone="UTC", period=Period(start=START, end=START + dt.timedelta(days=days)))


def stamp(day, minute):
    return pd.Timestamp(day, tz="UTC").as_unit("us") + pd.to_timedelta(minute, unit="m").as_unit("us")


def workdays(number):
    return [START + dt.timedelta(days=7 * (n // 5) + n % 5) for n in range(number)]


def tables_of(work_minutes, *, population=CC, shift=(480, 960), extra=None):
    """Return tables of people whose work starts with the shift; minutes of work are days x people, `shift` per person."""
    days, agents = work_minutes.shape
    names = [f"p{number:03d}" for number in range(agents)]
    shifts = [shift(number) if callable(shift) else shift for number in range(agents)]
    plan, seen = [], []
    state = "HANDLING" if population == CC else "ITEM_WORK"
    for at, day in enumerate(workdays(days)):
        for name, (start, end), minutes in zip(names, shifts, work_minutes[at], strict=True):
            row = {"agent": name, "start": stamp(day, start), "end": stamp(day, end)}
            plan.append({**row, "state": "WORK", "paid": True})
            seen.append({**row, "end": stamp(day, start + minutes), "state": state, "population": population})
            rest = "IDLE" if population == CC else "AWAY"
            seen.append({**row, "start": stamp(day, start + minutes), "state": rest, "population": population})
    roster = [{"agent": name, "population": population, "team": "one", "site": "N"} for name in names]
    roster = [{**row, **({} if extra is None else extra(number))} for number, row in enumerate(roster)]
    return {"roster": table("roster", roster), "schedule": table("schedule", plan), "spells": table("spells", seen)}


def spread(tables, *, population=CC, days=20):
    client = client_of(7 * ((days + 4) // 5))
    people = people_of(tables, population, client=client, queues=(), settings=ASKED)
    slots = slot_table(people, client=client, slot_s=1800)
    return people_spread(tables, people, slots, client=client, settings=ASKED)


def planted(people, *, days=20, true_sd=0.05, noise_sd=0.05, shock=0.0, seed=1):
    """Return work minutes of a shift of 480, days x people: the noise of a person's mean over all days is `noise_sd`."""
    draw = np.random.default_rng(seed)
    true = 0.6 + true_sd * draw.standard_normal(people)
    noise = noise_sd * np.sqrt(days) * draw.standard_normal((days, people)) + shock * draw.standard_normal((days, 1))
    return np.clip(480 * (true + noise), 1, 479), true

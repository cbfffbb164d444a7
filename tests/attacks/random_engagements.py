"""Random engagements: teams of odd sizes and names, sites, tenure, part-time and night people, shares that may be 0 or 1.

What is published of them is decided by the baseline's own functions; every figure that they allow is published, whether or not days suffice for an interval.
"""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd

from analysis.baseline.cells import cells_of
from analysis.baseline.evidence import People
from analysis.baseline.members import members_of
from analysis.baseline.result import Baseline
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.slots import idle_by_slot
from analysis.foundation.schema import BUCKETS, typed_table
from analysis.measure.attendance import Attendance
from analysis.report.disclosure.published import MEASURES

START = dt.date(2026, 3, 2)  # a Monday
NAMES = (
    "Claims",
    "Süd & West",
    'Team "Q"',
    "=SUM(A1)",
    "<b>",
    "後方支援",
    "O'Neil",
    "-",
    "A/B",
    "Team  two",
    "#1",
    "a" * 80,
)
SITES = ("North", "South", "", "Ost")
POPULATION = "contact_centre"
DAYS = 10
# of the slot table, in the order of the measures
COLUMNS = ("handling_agents", "support_agents", "idle_agents", "away_agents", "unaccounted_agents")
OF_BUCKET = dict(zip(MEASURES, ("HANDLING", "SUPPORT", "IDLE", "AWAY", "UNACCOUNTED"), strict=True))
SEES = frozenset(OF_BUCKET.values()) - {"UNACCOUNTED"}


def engagement(seed, *, minimum=10, small=False):
    """Return the baseline of a random contact centre, as far as it says anything about parts of the people.

    Two to eight teams at one to four sites, most of them of 1 to 14 people, some of 10 to 40; full-time and part-time, early and late, night teams and single
    night people; first days from a month to four years ago; ten days in two weeks. One person in eight does one thing alone.
    """
    generator = np.random.default_rng(seed)
    slot_s = 1800 if seed % 4 == 0 and not small else 3600
    settings = BaselineSettings(minimum_group_agents=minimum, slot_s=slot_s)
    roster, slots = _people(generator, slot_s, small=small)
    empty = {field.name: pd.DataFrame() for field in dataclasses.fields(Baseline)}
    said = {"quantities": (), "findings": (), "settings": settings, "sentences": {}}
    if len(roster) < minimum:
        # the baseline says nothing about such a population
        return Baseline(**{**empty, **said})
    people = _as_people(roster, slots, slot_s)
    tables = {"roster": typed_table("roster", roster)}
    cells = cells_of(tables, people, slots, settings)
    members = members_of(people, slots, cells, slot_s=slot_s)
    shown = lambda by, level: level not in cells.hidden.get(by, frozenset())  # noqa: E731
    frames = {
        "ladder": ladder(members),
        "breakdowns": breakdowns(members, shown),
        "idle_by_slot": idle_by_slot(slots, people, cells.spans),
        "members": members,
    }
    return Baseline(**{**empty, **frames, **said})


def ladder(members):
    """Return the hours of the whole population."""
    whole = members[members["by"].eq("all")]
    hours = [(POPULATION, bucket, whole[f"{measure}_h"].sum()) for measure, bucket in OF_BUCKET.items()]
    return pd.DataFrame(hours, columns=["population", "bucket", "hours"])


def breakdowns(members, shown):
    """Return the shares of every level that may be shown."""
    hours = [f"{measure}_h" for measure in MEASURES]
    levels = members[members["by"].isin(["group", "site", "tenure", "weekday", "half_hour"])]
    sums = levels.groupby(["population", "by", "level"], sort=False)[["base_h", *hours]].sum()
    sums[hours] = sums[hours].div(sums["base_h"], axis=0)
    sums = sums.rename(columns=dict(zip(hours, MEASURES, strict=True))).drop(columns="base_h")
    long = sums.rename_axis(columns="share").stack().rename("value").reset_index()
    known = np.array([shown(by, level) for by, level in zip(long["by"], long["level"], strict=True)])
    return long.assign(value=long["value"].where(known), status=np.where(known, "ok", "suppressed"))


def _people(generator, slot_s, *, small):
    """Return the roster, and everybody's half hours as the baseline's slot table has them."""
    sites = SITES[: generator.integers(1, 5)]
    names = generator.permutation(NAMES)[: generator.integers(2, 5 if small else 9)]
    roster, parts = [], []
    for name in names:
        size = int(generator.integers(1, 15)) if generator.random() < 0.6 else int(generator.integers(10, 41))
        site, night = str(generator.choice(sites)), generator.random() < 0.15
        for _ in range(size):
            agent = f"p{len(roster):012x}"
            first = START - dt.timedelta(days=int(generator.choice([-7, 30, 300, 1500]) + generator.integers(0, 60)))
            roster.append(
                {"agent": agent, "population": POPULATION, "team": str(name), "site": site, "valid_from": first}
            )
            parts.append(_slots(agent, generator, night, slot_s, small=small))
    return pd.DataFrame(roster), _slot_table(parts)


def _slot_table(parts):
    """Return everybody's slots as :func:`analysis.baseline.slots.slot_table` has them."""
    agent, day, slot, shares = (
        np.concatenate([part[name] for part in parts]) for name in ("agent", "day", "slot", "shares")
    )
    frame = pd.DataFrame(
        {
            "agent": pd.Series(agent, dtype="str"),
            "day": pd.Timestamp(START).as_unit("us") + pd.to_timedelta(day, unit="D"),
            "weekday": (day % 7).astype("int32"),
            "slot_of_day_s": slot,
            "base_agents": 1.0,
            "attended_agents": 1.0,
            "workable_agents": 1.0 - shares[:, 1],
        }
    )
    return frame.assign(**{name: shares[:, at] for at, name in enumerate(COLUMNS)})


def _slots(agent, generator, night, slot_s, *, small):
    """Return one person's slots: agent, day, second of the day, and the five shares of each."""
    per_h = 3600 // slot_s
    length = per_h * int(generator.choice([4] if small else [8, 8, 8, 4, 6]))
    start = per_h * (
        22 if night or generator.random() < 0.02 else int(generator.choice([8, 12] if small else [7, 8, 9, 10, 13]))
    )
    weekdays = generator.permutation(5 if small else 7)[: generator.integers(1, 7)]
    days = [day for day in range(5 if small else DAYS) if day % 7 in weekdays and generator.random() < 0.95] or [0]
    day = np.repeat(days, length)
    slot = np.tile(np.arange(start, start + length), len(days))
    day, slot = day + slot // (24 * per_h), slot % (24 * per_h)
    shares = _shares(generator, len(day))
    return {"agent": np.full(len(day), agent, dtype=object), "day": day, "slot": slot * slot_s, "shares": shares}


def _shares(generator, count):
    """Return a person's five shares in so many half hours: around the person's own, or one alone."""
    if generator.random() < 0.125:
        return np.tile(np.eye(5)[generator.integers(0, 5)], (count, 1))
    own = generator.dirichlet(np.array([6.0, 1.0, 3.0, 1.0, 1.0]) * generator.choice([0.3, 1.0, 3.0]))
    return generator.dirichlet(np.maximum(own, 1e-3) * 8, size=count)


def _as_people(roster, slots, slot_s):
    """Return the population as the ladder would have it."""
    sums = slots.groupby(["agent", "day"])[list(COLUMNS)].sum() * slot_s * 1e6
    days = pd.DataFrame(0, index=sums.index, columns=["PAID", *BUCKETS, "OUTSIDE_PAID"], dtype="int64")
    for column, bucket in zip(COLUMNS, OF_BUCKET.values(), strict=True):
        days[bucket] = sums[column].round().astype("int64")
    days["PAID"] = days[list(BUCKETS)].sum(axis=1)
    nothing = pd.DataFrame()
    attendance = Attendance(POPULATION, nothing, "schedule", "A", "", nothing, nothing, len(roster))
    return People(
        POPULATION, nothing, {}, attendance, None, days.reset_index(), nothing, nothing, SEES, pd.Series(dtype="str"), len(roster),
    )  # fmt: skip

"""How many people are idle, at work and there in each half hour of the week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.baseline.evidence import People
from analysis.foundation.calendars import local_day, slot_of_day_s, utc_us, weekday
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import ATTENDED, BASE, WORK, WORKABLE

_CELL = ["weekday", "slot_of_day_s"]
_MEANS = {"idle_agents": ("IDLE",), "handling_agents": WORK, "workable_agents": WORKABLE, "attended_agents": ATTENDED}
# For the breakdown by half hour; not averaged here.
_PARTS = {
    "base_agents": BASE,
    "support_agents": ("SUPPORT", "OUTAGE"),
    "away_agents": ("AWAY",),
    "unaccounted_agents": ("UNACCOUNTED",),
}
IDLE_COLUMNS = ("population", *_CELL, *_MEANS, "days", "distinct_agents", "span_start_s", "span_slots")
POOL_COLUMNS = ("pool", *_CELL, "days", "workable_agents", "handling_agents")


def slot_table(people: People, *, client: Client, slot_s: int) -> pd.DataFrame:
    """Return each agent's time per slot with the client's local day, weekday and slot of the day; holidays left out."""
    if people.ladder is None:
        return pd.DataFrame(columns=["agent", "day", *_CELL, *_MEANS, *_PARTS])
    rows = people.ladder.by_slot(slot_s)
    stamps, place = np.unique(utc_us(rows["slot_start"]), return_inverse=True)
    zone = client.time_zone
    places = {
        "day": pd.Series(local_day(stamps, zone).view("M8[us]")),
        "weekday": pd.Series(weekday(stamps, zone)),
        "slot_of_day_s": pd.Series(slot_of_day_s(stamps, zone, slot_s=slot_s)),
    }
    frame = pd.DataFrame({"agent": rows["agent"], **{name: part.to_numpy()[place] for name, part in places.items()}})
    for name, states in {**_MEANS, **_PARTS}.items():
        frame[name] = rows[list(states)].to_numpy().sum(axis=1) / (slot_s * 1e6)
    return frame[~frame["day"].isin(pd.to_datetime(list(client.holidays)))]


def idle_by_slot(slots: pd.DataFrame, people: People, spans: pd.DataFrame) -> pd.DataFrame:
    """Average a population over the days of each weekday, span by span; spans of too few people hold no means.

    Parameters
    ----------
    slots
        From :func:`slot_table`.
    people
        The population.
    spans
        From :func:`analysis.baseline.spans.spans_of`.

    Notes
    -----
    Every half hour of a span holds the mean of the span, so sums over half hours stay what they are. Without a source of idle states there is no
    idle mean. Means are over all days on which anybody of the population was there, so a half hour in which nobody works on some days counts those
    as zero.
    """
    there = slots[slots["attended_agents"] > 0]
    days = there.groupby("weekday")["day"].nunique()
    names, span = list(_MEANS), ["weekday", "span_start_s"]
    sums = there.merge(spans[[*_CELL, "span_start_s"]]).groupby(span)[names].sum().reset_index()
    cells = spans.merge(sums, on=span, how="left")
    cells["days"] = cells["weekday"].map(days).astype("int64")
    cells[names] = cells[names].div(cells["days"] * cells["span_slots"], axis=0)
    cells.loc[~cells["shown"].astype(bool), names] = np.nan
    if "IDLE" not in people.sees:
        cells["idle_agents"] = np.nan
    return cells.assign(population=people.population)[list(IDLE_COLUMNS)]


def pool_slots(slots: pd.DataFrame, pools: pd.Series) -> pd.DataFrame:
    """Average the agents able to take work, and those at work, by pool."""
    there = slots[slots["attended_agents"] > 0].assign(pool=slots["agent"].map(pools)).dropna(subset=["pool"])
    days = there.groupby(["pool", "weekday"])["day"].nunique().rename("days")
    means = ["workable_agents", "handling_agents"]
    cells = there.groupby(["pool", *_CELL])[means].sum().reset_index().merge(days.reset_index(), on=["pool", "weekday"])
    cells[means] = cells[means].div(cells["days"], axis=0)
    return cells[list(POOL_COLUMNS)]


def pool_slot_days(slots: pd.DataFrame, pools: pd.Series) -> pd.DataFrame:
    """Count the agents able to take work by pool, day and half hour."""
    there = slots[slots["workable_agents"] > 0].assign(pool=slots["agent"].map(pools)).dropna(subset=["pool"])
    return there.groupby(["pool", "day", "slot_of_day_s"])["workable_agents"].sum().reset_index()

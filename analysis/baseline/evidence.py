"""What the tables say about one population: who belongs to it, when they were paid, and the time ladder of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.baseline.coarse import agent_days_from_totals, weeks_from_paid_hours
from analysis.baseline.settings import BaselineSettings
from analysis.foundation import intervals
from analysis.foundation.calendars import local_day
from analysis.foundation.schema import BUCKETS, EXTRA_STATES, Finding
from analysis.foundation.settings import Client, Queue
from analysis.measure.attendance import Attendance, paid_time
from analysis.measure.idle import pool_of_agents
from analysis.measure.ladder import Ladder, time_ladder
from analysis.measure.load import queue_waits
from analysis.measure.records import membership, of_members, roster_of, span_of, table_of, traces, zones_of

Tables = Mapping[str, pd.DataFrame]
_SPELL = ["agent", "start", "end"]
_SEEN = [*_SPELL, "state"]


@dataclass(frozen=True, slots=True)
class People:
    """One population as the tables show it.

    Attributes
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    members
        agent, start, end: when each agent belonged to it.
    zones
        Time zone by agent.
    attendance
        Paid time and where it comes from.
    ladder
        The time ladder with its pieces; None where states or paid time have no clock times.
    agent_days
        Microseconds by agent and local day; None where paid time is known as sums or not at all.
    days
        Hours by local day (or by period of paid hours); empty where paid time is not known.
    schedule
        Planned time of the members; empty without a schedule.
    sees
        Ladder words that some source of this population records or plans.
    pools
        Pool by agent of the contact centre; empty for the back office.
    agents
        People with any trace or paid time.
    """

    population: str
    members: pd.DataFrame
    zones: dict[str, str]
    attendance: Attendance
    ladder: Ladder | None
    agent_days: pd.DataFrame | None
    days: pd.DataFrame
    schedule: pd.DataFrame
    sees: frozenset[str]
    pools: pd.Series
    agents: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What attendance and the ladder's rules leave to be known."""
        found = list(self.attendance.findings)
        moved = self.ladder.moved if self.ladder is not None else pd.DataFrame(columns=["rule", "state", "rows", "us"])
        for row in moved[moved["us"] > 0].itertuples():
            hours = int(row.us) / 3.6e9
            text = f"{self.population}: {row.rule} moved {hours:,.1f} hours of {row.state} in {row.rows} rows."
            found.append(Finding("ladder_rule", "fixed", f"ladder, {row.rule}", text, int(row.rows), int(row.us)))
        return tuple(found)


def people_of(
    tables: Tables, population: str, *, client: Client, queues: Sequence[Queue], settings: BaselineSettings
) -> People:
    """Gather one population's members, paid time and ladder."""
    attendance = paid_time(tables, population, zone=client.time_zone)
    roster = roster_of(tables)
    seen = traces(tables)
    span = span_of(seen, attendance.paid)
    members = _nobody() if span is None else membership(roster, population, span=span, zone=client.time_zone)
    zones = zones_of(roster, zone=client.time_zone)
    evidence = _evidence(tables, members)
    schedule = table_of(tables, "schedule")
    planned = _nothing() if schedule is None else of_members(schedule, members)[_SEEN]
    centre = population == "contact_centre"
    pools = pool_of_agents(tables, queues) if centre else pd.Series(dtype="str")
    pools = pools[pools.index.isin(members["agent"])]
    # a log of sign-ons says when people were there, not what they did: interval totals beside it still count
    totals = _totals(tables, members) if _sign_on_alone(tables, members) else None
    ladder, agent_days, days = None, None, _no_hours()
    if attendance.source in ("schedule", "sign_on") and len(attendance.paid):
        if totals is not None:
            absent = planned[planned["state"].eq("ABSENT")]
            planned_only = time_ladder(_nothing(), paid=attendance.paid, scheduled=absent, zones=zones)
            agent_days = agent_days_from_totals(planned_only, totals, zones)
        else:
            ladder = _ladder(
                tables,
                evidence,
                planned=planned,
                paid=attendance.paid,
                pools=pools,
                zones=zones,
                queues=queues,
                settings=settings,
            )
            agent_days = ladder.by_agent_day
        days = day_hours(agent_days)
    elif attendance.source == "paid_hours":
        days = weeks_from_paid_hours(attendance, evidence, zones)
    stated = [evidence, planned] if totals is None else [evidence, planned, totals]
    sees = frozenset(str(word) for frame in stated for word in frame["state"].unique())
    agents = len({*of_members(seen, members)["agent"].unique(), *attendance.paid["agent"].unique()})
    return People(population, members, zones, attendance, ladder, agent_days, days, planned, sees, pools, agents)


def _sign_on_alone(tables: Tables, members: pd.DataFrame) -> bool:
    """Return whether the members' spells show nothing but that people were signed on, or there are none."""
    spells = table_of(tables, "spells")
    return (
        spells is None or not (spells["agent"].isin(set(members["agent"])) & ~spells["state"].isin(EXTRA_STATES)).any()
    )


def _totals(tables: Tables, members: pd.DataFrame) -> pd.DataFrame | None:
    """Return interval totals of the members, None where there are none."""
    totals = table_of(tables, "state_totals")
    if totals is None:
        return None
    mine = totals[totals["agent"].isin(set(members["agent"]))]
    return mine if len(mine) else None


def _evidence(tables: Tables, members: pd.DataFrame) -> pd.DataFrame:
    """Return measured states: spells; contacts and items of people whose spells do not show such work themselves."""
    spells = table_of(tables, "spells")
    parts = [_nothing() if spells is None else of_members(spells[_SEEN], members)]
    shown = parts[0]
    for state, records in (("HANDLING", handled_contacts(tables)), ("ITEM_WORK", timed_items(tables))):
        own = set(shown.loc[shown["state"].eq(state), "agent"])
        mine = of_members(records[_SPELL], members)
        parts.append(mine[~mine["agent"].isin(own)].assign(state=state))
    return pd.concat([part.astype({"agent": "str", "state": "str"}) for part in parts], ignore_index=True)


def handled_contacts(tables: Tables) -> pd.DataFrame:
    """Return contacts that an agent handled: agent, start, end (with wrap-up), queue."""
    contacts = table_of(tables, "contacts")
    if contacts is None:
        return _nothing().rename(columns={"state": "queue"})
    rows = contacts[contacts["agent"].notna() & contacts["answered_at"].notna() & contacts["ended_at"].notna()]
    rows = rows[rows["ended_at"] >= rows["answered_at"]]
    worked = rows[["talk_us", "hold_us", "wrap_us"]].fillna(0).sum(axis=1).astype("int64")
    logged = rows["answered_at"] + pd.to_timedelta(worked, unit="us").astype("timedelta64[us]")
    end = rows["ended_at"].where(rows["ended_at"] >= logged, logged)
    frame = pd.DataFrame({"agent": rows["agent"], "start": rows["answered_at"], "end": end, "queue": rows["queue"]})
    return frame.reset_index(drop=True)


def timed_items(tables: Tables) -> pd.DataFrame:
    """Return items with a person, a start and an end: agent, start, end, type."""
    items = table_of(tables, "work_items")
    if items is None:
        return _nothing().rename(columns={"state": "type"})
    rows = items[items["agent"].notna() & items["started"].notna() & items["ended"].notna()]
    frame = pd.DataFrame({"agent": rows["agent"], "start": rows["started"], "end": rows["ended"], "type": rows["type"]})
    return frame[frame["end"] >= frame["start"]].reset_index(drop=True)


def begun_by_members(records: pd.DataFrame, people: People) -> pd.DataFrame:
    """Return whole records that people began while they belonged to the population, those without length too."""
    spans = people.members.rename(columns={"start": "_from", "end": "_to"})
    joined = records.merge(spans, on="agent", how="inner")
    mine = joined[(joined["start"] >= joined["_from"]) & (joined["start"] <= joined["_to"])]
    return mine.drop(columns=["_from", "_to"]).reset_index(drop=True)


def _ladder(
    tables: Tables,
    evidence: pd.DataFrame,
    *,
    planned: pd.DataFrame,
    paid: pd.DataFrame,
    pools: pd.Series,
    zones: Mapping[str, str],
    queues: Sequence[Queue],
    settings: BaselineSettings,
) -> Ladder:
    """Return the ladder; a contact that waits in a pool keeps its agents from counting as idle."""
    names = sorted(set(pools)) or [None]
    parts = []
    for name in names:
        served = [queue for queue in queues if queue.pool == name]
        waiting = intervals.union(queue_waits(tables, served, ring_s=settings.ring_s))
        theirs = [
            frame if len(names) == 1 else _in_pool(frame, pools, name, names[0]) for frame in (evidence, planned, paid)
        ]
        parts.append(
            time_ladder(
                theirs[0],
                paid=theirs[2],
                scheduled=theirs[1] if len(theirs[1]) else None,
                waiting=waiting if len(waiting) else None,
                break_entitlement_s=settings.break_entitlement_s,
                zones=zones,
            )
        )
    if len(parts) == 1:
        return parts[0]
    together = [
        pd.concat([getattr(part, name) for part in parts], ignore_index=True) for name in ("by_agent_day", "pieces")
    ]
    moved = pd.concat([part.moved for part in parts]).groupby(["rule", "state"], as_index=False, sort=False).sum()
    return Ladder(together[0], together[1], moved)


def _in_pool(frame: pd.DataFrame, pools: pd.Series, name: str | None, first: str | None) -> pd.DataFrame:
    """Return the rows of a pool's agents; agents of no pool go with the first."""
    return frame[frame["agent"].map(pools).fillna(first).eq(name)]


def day_hours(agent_days: pd.DataFrame) -> pd.DataFrame:
    """Return hours per local day: day, weekday, week (Monday), agents, PAID, each bucket, OUTSIDE_PAID."""
    sums = agent_days.groupby("day")[["PAID", *BUCKETS, "OUTSIDE_PAID"]].sum() / 3.6e9
    agents = agent_days[agent_days["PAID"] > 0].groupby("day")["agent"].nunique()
    sums.insert(0, "agents", agents.reindex(sums.index).fillna(0).astype("int64"))
    days = sums.reset_index()
    weekday = days["day"].dt.day_of_week.astype("int64")
    days.insert(1, "weekday", weekday)
    days.insert(2, "week", days["day"] - pd.to_timedelta(weekday, unit="D"))
    return days


def _no_hours() -> pd.DataFrame:
    """Return hours of no day."""
    return day_hours(
        pd.DataFrame(
            {
                "agent": [],
                "day": pd.Series(dtype="datetime64[us]"),
                **{name: pd.Series(dtype="int64") for name in ("PAID", *BUCKETS, "OUTSIDE_PAID")},
            }
        )
    )


def local_dates(stamps: pd.Series, agents: pd.Series, people: People) -> pd.Series:
    """Return the local date of stamps, each in the zone of its agent."""
    return local_day(stamps, agents.map(people.zones))


def _nothing() -> pd.DataFrame:
    """Return no spells."""
    times = {side: pd.Series(dtype="datetime64[us, UTC]") for side in ("start", "end")}
    return pd.DataFrame({"agent": pd.Series(dtype="str"), **times, "state": pd.Series(dtype="str")})


def _nobody() -> pd.DataFrame:
    """Return no memberships."""
    return _nothing()[_SPELL]

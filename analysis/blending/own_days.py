"""The client's own days as a desk and streams: the same calls, people and moments, ready to be run again under any policy."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.own_contacts import OwnContacts, own_contacts
from analysis.blending.own_people import OwnPeople, own_people, served_queues
from analysis.blending.promise import Promise, queue_promise
from analysis.blending.settings import BlendingSettings
from analysis.foundation import intervals
from analysis.foundation.calendars import first_moment, local_day, utc_us
from analysis.foundation.settings import Client, Queue
from analysis.measure.load import live_queues, local_slots
from analysis.simulation import ContactQueue, Delivery, Desk, Group, ItemType, Policy, Shift, Streams, Times
from analysis.simulation.streams import draw_streams, given_streams

# The last so many days are replayed: enough for an interval, and nearest to today.
MOST_DAYS = 60
# A day is replayed when at least this share of its answered contacts was taken by an agent whom the states show as there.
EXPLAINED = 0.9
DAY_S = 86400
WEEK_S = 7 * DAY_S
# columns of the observed contacts, and of the observed time
CONTACTS = ("offered", "counted", "in_time", "abandoned")
DUTY = ("on_duty_s", "contact_s")
US = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class OwnDays:
    """A pool's own days, one after the other on one clock that runs from the first midnight.

    Attributes
    ----------
    desk, streams
        What came and who was there, for :func:`analysis.simulation.simulate`; no items yet (see :meth:`with_items`).
    slots
        Per slot of the horizon: start (UTC), day (local), weekday, slot_of_day_s.
    days
        Per local day with contacts: day, weekday, contacts, agents, replayed (bool), reason (why not).
    observed
        Array (queue, slot, ``CONTACTS``): what the log says, by each queue's own definition, contacts by the slot in which they were offered.
    duty
        Array (slot, ``DUTY``): seconds that agents were there for contacts, and on contacts, by the states.
    slot_agents
        Per slot how many different agents were there.
    contacts, people
        What the streams were made of.
    agents
        The people by number; they stay inside and reach no result.
    queues, promises
        The queues by position, and what each is held to.
    """

    desk: Desk
    streams: Streams
    slots: pd.DataFrame
    days: pd.DataFrame
    observed: np.ndarray
    duty: np.ndarray
    slot_agents: np.ndarray
    contacts: OwnContacts
    people: OwnPeople
    agents: tuple[str, ...]
    queues: tuple[Queue, ...]
    promises: tuple[Promise, ...]

    def per_slot(self, weekly: Sequence[int] | np.ndarray) -> tuple[int, ...]:
        """Return a setting given per slot of the local week, Monday first, for every slot of the horizon."""
        week = round(WEEK_S / self.desk.slot_s)
        if len(weekly) != week:
            raise ValueError(f"a policy for a week of {week} slots is needed, got {len(weekly)} slots")
        place = (self.slots["weekday"] * DAY_S + self.slots["slot_of_day_s"]) // round(self.desk.slot_s)
        return tuple(np.asarray(weekly)[place.to_numpy()].tolist())

    def policy(self, weekly: Policy) -> Policy:
        """Return a policy for a local week as one for the horizon; what is one number stays one number.

        Raises
        ------
        ValueError
            A schedule does not have one entry per slot of a week.
        """
        names = ("kept_free", "ring_fenced", "off", "sent_home_above")
        given = {name: getattr(weekly, name) for name in names}
        return dataclasses.replace(
            weekly, **{name: self.per_slot(value) for name, value in given.items() if isinstance(value, tuple)}
        )

    def with_items(
        self, items: Sequence[ItemType], *, delivery: Delivery, seed: int, skills: pd.DataFrame | None = None
    ) -> OwnDays:
        """Return the same days with item types; their arrivals per hour are given per slot of the local week, or None for one more always.

        Parameters
        ----------
        items
            Item types.
        delivery
            How items reach agents.
        seed
            Seed of what is drawn of the items; contacts and people stay as they are.
        skills
            The canonical table; where it lists an item type for anyone of the pool, agents do what it lists for them, else everybody everything.
        """
        week = round(WEEK_S / self.desk.slot_s)
        placed = tuple(
            dataclasses.replace(item, arrivals_per_h=self.per_slot(item.arrivals_per_h))
            if item.arrivals_per_h is not None and len(item.arrivals_per_h) == week
            else item
            for item in items
        )
        does = _trained(self.agents, [item.name for item in items], skills)
        serves = [self.desk.groups[group].queues for group in self.desk.agent_group]
        kinds = sorted(set(zip(serves, does, strict=True)))
        desk = dataclasses.replace(
            self.desk,
            items=placed,
            groups=tuple(Group(f"group {at + 1}", *kind) for at, kind in enumerate(kinds)),
            agent_group=tuple(kinds.index(kind) for kind in zip(serves, does, strict=True)),
            delivery=delivery,
        )
        drawn = draw_streams(desk, seed=seed, replication=0)
        names = ("item_arrived_s", "item_type", "item_length_s", "item_due_s", "agent_group")
        streams = dataclasses.replace(self.streams, **{name: getattr(drawn, name) for name in names})
        return dataclasses.replace(self, desk=desk, streams=streams)


def _trained(agents: Sequence[str], names: Sequence[str], skills: pd.DataFrame | None) -> list[tuple[int, ...]]:
    """Return the positions of the item types that each agent does."""
    every = tuple(range(len(names)))
    listed = None if skills is None else skills[skills["agent"].isin(agents) & skills["queue_or_type"].isin(names)]
    if listed is None or listed.empty:
        return [every] * len(agents)
    can = listed.groupby("agent")["queue_or_type"].agg(set)
    return [tuple(at for at in every if names[at] in can.get(agent, ())) for agent in agents]


def own_days(
    tables: Mapping[str, pd.DataFrame],
    pool: str,
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: BlendingSettings,
    ring_s: float = 0.0,
    seed: int = 1,
) -> OwnDays | None:
    """Build the days of a pool from the client's tables; None where contacts or people are not known one by one.

    Parameters
    ----------
    tables
        Canonical tables: contacts, and state spells (or contacts alone for a guess of presence).
    pool
        The pool.
    client
        Zone and holidays; holidays are not replayed.
    queues
        Queues of the engagement.
    settings
        Slot, promise and, for a guess of presence, the longest gap.
    ring_s
        How long a contact rings at a free agent before it counts as waiting, for the state ladder [s].
    seed
        Seed of what is drawn: see :func:`own_contacts` and :func:`own_people`.

    Notes
    -----
    Days run on one clock, so that a night shift, an item or a contact goes on across midnight; a day on which the clock changes has 46 or 50 half
    hours. Contacts and stretches keep the day on which they began. Days on which fewer than 90 % of the answered contacts were taken by
    an agent who was there are left out, with everything on them, and listed.
    """
    mine = tuple(queue for queue in live_queues(queues) if queue.pool == pool)
    contacts = own_contacts(tables, mine, zone=client.time_zone, seed=seed) if mine else None
    if contacts is None:
        return None
    people = own_people(tables, pool, queues, settings=settings, ring_s=ring_s, seed=seed)
    if people.stretches.empty:
        return None
    stretches = people.stretches.assign(day=_day_of(people.stretches["start_us"], client.time_zone))
    days = _days(contacts.frame, stretches, people.shown, client)
    kept = days.loc[days["replayed"], "day"]
    if kept.empty:
        return None
    came = contacts.frame[contacts.frame["day"].isin(kept)].reset_index(drop=True)
    there = stretches[stretches["day"].isin(kept)].reset_index(drop=True)
    slots, begin_us = _horizon(kept, client.time_zone, settings.slot_s)
    agents = sorted(set(there["agent"]))
    promises = tuple(queue_promise(queue, settings) for queue in mine)
    serves = served_queues(came.loc[came["answered"], ["agent", "queue"]], agents, len(mine))
    desk = Desk(
        slot_s=float(settings.slot_s),
        slots=len(slots),
        queues=_queues(mine, promises, contacts.ring_s, len(slots)),
        groups=tuple(Group(f"group {at + 1}", kind) for at, kind in enumerate(sorted(set(serves)))),
        agent_group=tuple(sorted(set(serves)).index(kind) for kind in serves),
        shifts=_shifts(there, agents, begin_us),
        slots_per_day=round(DAY_S / settings.slot_s),
    )
    pieces = _on_days(people.pieces, kept, client.time_zone)
    return OwnDays(
        desk=desk,
        streams=given_streams(
            desk,
            offered_s=(came["offered_us"].to_numpy() - begin_us) / US,
            queue=came["queue"].to_numpy(dtype=np.int64),
            handle_s=came["handle_s"].to_numpy(),
            patience_s=came["patience_s"].to_numpy(),
        ),
        agents=tuple(agents),
        slots=slots,
        days=days,
        observed=_observed(came, promises, begin_us, len(slots), settings.slot_s),
        duty=_duty(pieces, begin_us, len(slots), settings.slot_s),
        slot_agents=_slot_agents(there, begin_us, len(slots), settings.slot_s),
        contacts=dataclasses.replace(contacts, frame=came),
        people=dataclasses.replace(people, stretches=there, pieces=pieces),
        queues=mine,
        promises=promises,
    )


def _day_of(us: pd.Series, zone: str) -> np.ndarray:
    """Return the local dates of UTC microseconds, as local midnights."""
    return local_day(us.to_numpy(), zone).view("M8[us]")


def _on_days(pieces: pd.DataFrame, kept: pd.Series, zone: str) -> pd.DataFrame:
    return pieces[local_day(pieces["start"], zone).isin(kept)].reset_index(drop=True)


def _days(contacts: pd.DataFrame, stretches: pd.DataFrame, shown: pd.DataFrame, client: Client) -> pd.DataFrame:
    """List the days with contacts and say which can be replayed."""
    days = contacts.groupby("day").size().rename("contacts").reset_index()
    days["weekday"] = days["day"].dt.day_of_week
    days["agents"] = days["day"].map(stretches.groupby("day")["agent"].nunique()).fillna(0).astype("int64")
    explained = days["day"].map(_explained(contacts, shown)).fillna(1.0)
    recent = days["day"].isin(days["day"].sort_values().iloc[-MOST_DAYS:])
    reasons = (
        (days["day"].isin(pd.to_datetime(list(client.holidays))), "a holiday"),
        (days["agents"].eq(0), "nobody was there"),
        (explained < EXPLAINED, "the states show too few of those who answered as there"),
        (~recent, f"before the last {MOST_DAYS} days"),
    )
    days["reason"] = [next((words for holds, words in reasons if holds.iloc[row]), "") for row in range(len(days))]
    days["replayed"] = days["reason"].eq("")
    return days[["day", "weekday", "contacts", "agents", "replayed", "reason"]]


def _explained(contacts: pd.DataFrame, stretches: pd.DataFrame) -> pd.Series:
    """Return per day the share of answered contacts whose agent was there at the answer."""
    done = contacts[contacts["answered"] & contacts["agent"].notna()]
    answered_us = done["offered_us"] + (done["wait_s"] * US).round().astype("int64")
    joined = pd.merge_asof(
        pd.DataFrame({"agent": done["agent"], "us": answered_us, "day": done["day"]}).sort_values("us"),
        stretches[["agent", "start_us", "end_us"]].assign(us=stretches["start_us"] - US).sort_values("us"),
        on="us",
        by="agent",
    )
    there = joined["end_us"].fillna(-1) + US >= joined["us"]
    return there.groupby(joined["day"]).mean()


def _horizon(kept: pd.Series, zone: str, slot_s: int) -> tuple[pd.DataFrame, int]:
    """Return the slots from the first midnight of the days to the last, and the first midnight [us]."""
    ends = first_moment(pd.Series([kept.min(), kept.max() + pd.Timedelta(days=1)]), zone)
    begin_us, end_us = utc_us(ends).tolist()
    count = -(-(end_us - begin_us) // (slot_s * US))
    start = pd.Series(pd.to_datetime(begin_us + np.arange(count) * slot_s * US, unit="us", utc=True))
    start = start.astype("datetime64[us, UTC]")
    return pd.DataFrame({"start": start, **local_slots(start, zone, slot_s).to_dict("series")}), begin_us


def _queues(
    queues: Sequence[Queue], promises: Sequence[Promise], ring_s: float, slots: int
) -> tuple[ContactQueue, ...]:
    """Return the queues of the desk; time to ring is not waiting in a queue, so the promises shrink by it."""
    return tuple(
        ContactQueue(
            name=queue.name,
            arrivals_per_h=(0.0,) * slots,
            handling=Times(1.0, "constant"),
            answer_within_s=max(promise.answer_within_s - ring_s, 0.0),
            target=promise.target,
            definition=promise.definition,
            short_s=max(promise.short_s - ring_s, 0.0),
            channel=queue.channel,
            rank=int(queue.channel in {"email", "message"}),
            concurrency=queue.concurrency,
        )
        for queue, promise in zip(queues, promises, strict=True)
    )


def _shifts(there: pd.DataFrame, agents: Sequence[str], begin_us: int) -> tuple[Shift, ...]:
    number = pd.Index(agents).get_indexer(pd.Index(there["agent"])).tolist()
    start, end = (((there[name] - begin_us) / US).tolist() for name in ("start_us", "leave_us"))
    return tuple(Shift(*parts) for parts in zip(number, start, end, strict=True))


def _observed(came: pd.DataFrame, promises: Sequence[Promise], begin_us: int, slots: int, slot_s: int) -> np.ndarray:
    """Count the logged contacts by queue and slot, as each queue's definition has it."""
    place = ((came["offered_us"].to_numpy() - begin_us) // (slot_s * US)).astype(np.int64)
    queue, waits, answered = (came[name].to_numpy() for name in ("queue", "wait_s", "answered"))
    found = np.zeros((len(promises), slots, len(CONTACTS)))
    for at, promise in enumerate(promises):
        mine = queue == at
        counted = {
            "of offered": np.ones(len(came), dtype=bool),
            "of answered": answered,
            "short abandons out": answered | ~(waits < promise.short_s),
        }[promise.definition]
        in_time = answered & (waits <= promise.answer_within_s)
        for column, holds in enumerate((mine, mine & counted, mine & in_time, mine & ~answered)):
            found[at, :, column] = np.bincount(place[holds], minlength=slots)[:slots]
    return found


def _duty(pieces: pd.DataFrame, begin_us: int, slots: int, slot_s: int) -> np.ndarray:
    """Return the time there and on contacts per slot [s]."""
    found = np.zeros((slots, len(DUTY)))
    spells = pd.DataFrame(
        {"agent": pieces["agent"], "start": utc_us(pieces["start"]) - begin_us, "end": utc_us(pieces["end"]) - begin_us}
    )
    for column, part in enumerate((spells, spells[~pieces["state"].eq("IDLE")])):
        busy = intervals.busy(part, slot_s=slot_s, ticks_per_s=US)
        place = (busy["slot_start"].to_numpy() // (slot_s * US)).astype(np.int64)
        time = np.bincount(np.clip(place, 0, slots - 1), weights=busy["busy_us"].to_numpy() / US, minlength=slots)
        found[:, column] = time
    return found


def _slot_agents(there: pd.DataFrame, begin_us: int, slots: int, slot_s: int) -> np.ndarray:
    """Count the different agents there per slot."""
    spells = pd.DataFrame(
        {"agent": there["agent"], "start": there["start_us"] - begin_us, "end": there["end_us"] - begin_us}
    )
    busy = intervals.busy(spells, slot_s=slot_s, ticks_per_s=US)
    place = np.clip(busy["slot_start"].to_numpy() // (slot_s * US), 0, slots - 1).astype(np.int64)
    return np.bincount(place, minlength=slots)[:slots]

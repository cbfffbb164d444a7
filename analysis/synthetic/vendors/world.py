"""Six agents over six days around a clock change: what truly happened, to the second, before any system exports it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analysis.foundation.settings import Client, Period

Season = Literal["spring", "autumn"]
ZONE = "Europe/Amsterdam"
SECOND_US = 1_000_000
# What an agent can truly be doing, and the part of the time ladder that it belongs to.
KINDS: Mapping[str, str] = {
    "talk": "HANDLING",
    "hold": "HANDLING",
    "wrap": "HANDLING",
    "ring": "RESERVED",
    "unanswered": "AWAY",
    "idle": "IDLE",
    "break": "BREAK",
    "meal": "BREAK",
    "meeting": "SUPPORT",
    "training": "SUPPORT",
    "personal": "AWAY",
    "system": "OUTAGE",
}
# Identifiers that careless readers damage: zeros in front, a number with an exponent, a word for nothing, letters with marks.
AGENTS: tuple[tuple[str, str], ...] = (
    ("00731", "José Ågren"),
    ("1E5", "Ida Brandt"),
    ("NA", "Nora Adams"),
    ("10861", "Wim de Vries"),
    ("007", "Zoë O'Neil"),
    ("a-17", "Lee, Sam"),
)
QUEUES: tuple[str, ...] = ("claims line", "policy service")
_FIRST_DAYS: Mapping[Season, dt.date] = {"spring": dt.date(2026, 3, 26), "autumn": dt.date(2026, 10, 22)}
_DAYS = 6
_SHIFT_S = 7 * 3600
_PLANNED: tuple[tuple[str, int, int], ...] = (  # kind, earliest second of the shift, length
    ("break", 6_000, 900),
    ("meal", 12_000, 1_800),
    ("meeting", 17_000, 1_500),
    ("personal", 20_000, 300),
)


@dataclass(frozen=True, slots=True)
class VendorWorld:
    """What truly happened.

    Attributes
    ----------
    client
        Zone and period.
    stretches
        One row per stretch: agent, name, start and end (UTC, whole seconds), kind (of `KINDS`), contact (empty outside contacts), queue.
        The stretches of a shift follow one another without gap or overlap; between shifts an agent is signed off.
    contacts
        One row per contact: contact, queue, offered_at, answered_at, ended_at (end of talk), wrapped_at, abandoned, agent, talk_us,
        hold_us, wrap_us, ring_us.
    shifts
        One row per shift: agent, name, start, end.
    """

    client: Client
    stretches: pd.DataFrame
    contacts: pd.DataFrame
    shifts: pd.DataFrame

    def local(self, stamps: pd.Series) -> pd.Series:
        """Return stamps as the client's wall clock shows them, without a zone."""
        return stamps.dt.tz_convert(ZONE).dt.tz_localize(None)


def vendor_world(*, seed: int = 1, season: Season = "spring") -> VendorWorld:
    """Return the world that every vendor's export is made from.

    Parameters
    ----------
    seed
        Of all that is random.
    season
        Which clock change lies in the period; one agent works through that night.

    Examples
    --------
    >>> world = vendor_world()
    >>> sorted(world.stretches["kind"].unique())[:4], world.stretches["agent"].nunique()
    (['break', 'hold', 'idle', 'meal'], 6)
    """
    rng = np.random.default_rng(np.random.SeedSequence([20261121, seed]))
    first = _FIRST_DAYS[season]
    rows: list[tuple[object, ...]] = []
    shifts = []
    for position, (agent, name) in enumerate(AGENTS):
        for day in range(_DAYS):
            date = first + dt.timedelta(days=day)
            night = position == len(AGENTS) - 1
            if date.weekday() == 6 or (date.weekday() == 5 and not night):
                continue
            begin = _moment(date, 22 if night else 8 + position % 3) + int(rng.integers(0, 240))
            shift = _shift(rng, begin, key=f"{position}{day}", night=night)
            rows += [(agent, name, *stretch) for stretch in shift]
            shifts.append((agent, name, begin, shift[-1][1]))
    stretches = pd.DataFrame(rows, columns=["agent", "name", "start", "end", "kind", "contact", "queue"])
    turns = pd.DataFrame(shifts, columns=["agent", "name", "start", "end"])
    for frame in (stretches, turns):
        for column in ("start", "end"):
            frame[column] = _utc(frame[column])
    period = Period(start=first, end=first + dt.timedelta(days=_DAYS - 1 + 1))
    client = Client(name="Vendor world", time_zone=ZONE, period=period)
    return VendorWorld(client, stretches, _contacts(stretches, rng), turns)


def _utc(seconds: pd.Series) -> pd.Series:
    return pd.to_datetime(seconds.astype("int64"), unit="s", utc=True).astype("datetime64[us, UTC]")


def _moment(date: dt.date, hour: int) -> int:
    """Return the second since 1970 at which the client's clock shows an hour of a day."""
    return int(dt.datetime(date.year, date.month, date.day, hour, tzinfo=ZoneInfo(ZONE)).timestamp())


def _shift(rng: np.random.Generator, begin: int, *, key: str, night: bool) -> list[tuple[int, int, str, str, str]]:
    """Return the stretches of one shift: start, end, kind, contact, queue."""
    stretches: list[tuple[int, int, str, str, str]] = []
    now, stop, number = begin, begin + _SHIFT_S, 0
    planned = list(_PLANNED)

    def add(kind: str, length: int, contact: str = "", queue: str = "") -> None:
        nonlocal now
        stretches.append((now, now + length, kind, contact, queue))
        now += length

    while now < stop:
        if planned and now >= begin + planned[0][1]:
            kind, _, length = planned.pop(0)
            add("training" if kind == "meeting" and rng.random() < 0.3 else kind, length)
            continue
        add("idle", int(rng.integers(5, 700 if night else 300)))
        if rng.random() < 0.04:
            add("system", int(rng.integers(60, 400)))
            continue
        contact, queue = f"c{key}{number:03d}", QUEUES[int(rng.integers(0, len(QUEUES)))]
        number += 1
        if rng.random() < 0.05:
            add("unanswered", int(rng.integers(12, 20)), contact, queue)
            continue
        add("ring", int(rng.integers(2, 12)), contact, queue)
        add("talk", int(rng.integers(40, 600)), contact, queue)
        if rng.random() < 0.25:
            add("hold", int(rng.integers(10, 120)), contact, queue)
            add("talk", int(rng.integers(20, 300)), contact, queue)
        add("wrap", int(rng.integers(5, 120)), contact, queue)
    return stretches


def _contacts(stretches: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the contacts behind the stretches, and a few that nobody answered."""
    own = stretches[(stretches["contact"] != "") & (stretches["kind"] != "unanswered")]
    length = (own["end"] - own["start"]) // pd.Timedelta(microseconds=1)
    sums = {f"{kind}_us": length.where(own["kind"] == kind, 0) for kind in ("talk", "hold", "wrap", "ring")}
    talk = own["kind"].isin(["talk", "hold"])
    frame = own.assign(
        **sums, answered_at=own["start"].where(talk), ended_at=own["end"].where(talk), offered_at=own["start"]
    )
    contacts = frame.groupby("contact", sort=True).agg(
        queue=("queue", "first"),
        offered_at=("offered_at", "min"),
        answered_at=("answered_at", "min"),
        ended_at=("ended_at", "max"),
        wrapped_at=("end", "max"),
        agent=("agent", "first"),
        **{name: (name, "sum") for name in sums},
    )
    contacts = contacts.reset_index()
    contacts["offered_at"] -= pd.to_timedelta(rng.integers(0, 40, len(contacts)), unit="s").astype("timedelta64[us]")
    lost = contacts.sample(n=len(contacts) // 12, random_state=int(rng.integers(1 << 31))).sort_index()
    wait = pd.to_timedelta(rng.integers(3, 90, len(lost)), unit="s").astype("timedelta64[us]")
    missed = pd.DataFrame(
        {
            "contact": "x" + lost["contact"],
            "queue": lost["queue"],
            "offered_at": lost["offered_at"],
            "ended_at": lost["offered_at"] + wait,
        }
    )
    both = pd.concat([contacts.assign(abandoned=False), missed.assign(abandoned=True)], ignore_index=True)
    for name in sums:
        both[name] = both[name].astype("Int64")
    return both

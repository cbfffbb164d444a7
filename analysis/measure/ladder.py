"""The time ladder: every paid moment of every person in exactly one bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.intervals import sets
from analysis.foundation.intervals.sets import NOTHING, Engine, Keys, Packing
from analysis.foundation.intervals.slots import slices, slot_ticks
from analysis.foundation.intervals.table import Ints, Labels, Rows, read
from analysis.foundation.schema import BUCKETS, DataProblem
from analysis.measure.breaks import Entitlement, buckets_of, joined, limited
from analysis.measure.person_days import PersonDays, added_up
from analysis.measure.precedence import Spread, ranked

_MOVED = {"rule": "str", "state": "str", "rows": "int64", "us": "int64"}


@dataclass(frozen=True, slots=True, repr=False)
class Ladder:
    """Paid time by bucket, exact to the microsecond.

    Attributes
    ----------
    by_agent_day
        agent, day (local date in the agent's zone), ``PAID``, each bucket, ``OUTSIDE_PAID``: int64 microseconds; the buckets add to ``PAID``.
    pieces
        agent, start, end, state: the paid time of each agent in disjoint, consecutive pieces.
    moved
        rule, state, rows, us: what each rule did with how many rows and how much time.
    """

    by_agent_day: pd.DataFrame
    pieces: pd.DataFrame
    moved: pd.DataFrame

    def by_slot(self, slot_s: float = 1800) -> pd.DataFrame:
        """Return the microseconds of each bucket per agent and slot.

        Parameters
        ----------
        slot_s
            Length of a slot [s]; slots start at whole multiples since 1970 in UTC.

        Returns
        -------
        pandas.DataFrame
            agent, slot_start (UTC), ``PAID``, each bucket; only slots with paid time.
        """
        rows, labels = read(pieces=self.pieces)
        row, number, time = slices(rows["pieces"], slot_ticks(slot_s, 1_000_000))
        person = rows["pieces"].person[row]
        new = np.ones(len(row), dtype=bool)
        new[1:] = (person[1:] != person[:-1]) | (number[1:] != number[:-1])
        table = np.zeros((int(new.sum()), len(BUCKETS)), dtype=np.int64)
        bucket = pd.Index(BUCKETS).get_indexer(pd.Index(self.pieces["state"]))
        np.add.at(table, (np.cumsum(new) - 1, bucket[row]), time)
        named = {} if labels.agents is None else {"agent": labels.names(person[new])}
        slot_start = labels.stamps(number[new] * slot_ticks(slot_s, 1_000_000))
        columns = {name: table[:, at] for at, name in enumerate(BUCKETS)}
        return pd.DataFrame({**named, "slot_start": slot_start, "PAID": table.sum(axis=1), **columns})

    def __repr__(self) -> str:
        """Return the sentence for the report."""
        totals = self.by_agent_day[["PAID", *BUCKETS]].sum()
        paid = int(totals["PAID"])
        if not paid:
            return "no paid time"
        parts = ", ".join(f"{bucket} {totals[bucket] / paid:.1%}" for bucket in BUCKETS if totals[bucket])
        return (
            f"{paid / 3.6e9:,.1f} paid hours of {self.by_agent_day['agent'].nunique()} agents "
            f"on {len(self.by_agent_day)} agent-days: {parts}"
        )


def time_ladder(
    evidence: pd.DataFrame,
    *,
    paid: pd.DataFrame,
    scheduled: pd.DataFrame | None = None,
    waiting: pd.DataFrame | None = None,
    break_entitlement_s: float | None = None,
    zones: str | Mapping[str, str] | None = None,
    engine: Engine | None = None,
) -> Ladder:
    """Sort every paid moment of every person into one bucket, the strongest evidence first.

    Parameters
    ----------
    evidence
        What was measured: agent, start, end, state; states are the ladder's buckets, ``WORK`` (at work on something no system logs) and ``OFF``
        (signed off). Spells may overlap, reach beyond paid time and come in any order.
    paid
        Paid time: agent, start, end.
    scheduled
        What was planned: agent, start, end, state. ``ABSENT``, ``BREAK``, ``SUPPORT`` and ``OUTAGE`` count where nothing was measured; other
        planned states are attendance alone and stay unaccounted for where nothing was measured.
    waiting
        When a contact waited that any of these agents could take: start, end. Such time is never ``IDLE``, it stays unaccounted for.
    break_entitlement_s
        Paid break per agent and day [s]; None takes the schedule's, and no limit on days for which the schedule plans no break.
    zones
        IANA zone of every agent, or one for all; UTC if not given. A day is a local date.
    engine
        As in :func:`analysis.foundation.intervals.union`.

    Returns
    -------
    Ladder
        Agent-days, pieces, and what each rule moved.

    Raises
    ------
    DataProblem
        A state is unknown, a spell runs backwards, or an agent has no zone.

    Notes
    -----
    Order: measured ``HANDLING``, ``RESERVED``, ``ABSENT``, ``BREAK``, ``SUPPORT``, ``OUTAGE``, ``ITEM_WORK``, ``AWAY``, ``IDLE``; planned
    ``ABSENT``, ``BREAK``, ``SUPPORT``, ``OUTAGE``; ``UNACCOUNTED``. The time of class k is the union of classes 1 to k less the union of
    classes 1 to k - 1, inside paid time. Measured break beyond the entitlement becomes ``AWAY``, each day in time order; a planned break
    outside paid time that was worked through adds to it; planned, unmeasured break fills what is left of it. ``OUTSIDE_PAID`` is time seen in
    any state but ``ABSENT``, ``BREAK`` and ``OFF`` outside paid time.

    Examples
    --------
    >>> seen = pd.DataFrame({"agent": "a", "start": [0, 50], "end": [60, 90], "state": ["IDLE", "HANDLING"]})
    >>> ladder = time_ladder(seen, paid=pd.DataFrame({"agent": ["a"], "start": [0], "end": [100]}))
    >>> ladder.by_agent_day[["PAID", "HANDLING", "IDLE", "UNACCOUNTED"]].iloc[0].tolist()
    [100, 40, 50, 10]
    """
    inputs = _checked(evidence, paid, scheduled)
    rows, labels = read(**inputs)
    engine = sets.chosen(engine, len(evidence))
    waits = _waits(waiting, paid)
    packing = Packing.of(labels.people, [*rows.values(), waits])
    measured = Spread.of(rows["evidence"], evidence["state"], packing, engine, "evidence")
    planned = Spread.of(rows["scheduled"], inputs["scheduled"]["state"], packing, engine, "schedule")
    windows = sets.merged(packing.pack(rows["paid"]), engine)
    waited = sets.shared(measured.merged.get("IDLE", NOTHING), waits, packing)
    found = ranked(measured, planned, windows=windows, waited=waited, packing=packing, engine=engine)
    days = PersonDays.of(pd.Index([]) if labels.agents is None else labels.agents, zones)
    pieces, moved = packing.unpack(found.pieces), list(found.moved)
    if scheduled is None and break_entitlement_s is None:
        pieces, bucket = joined(pieces, buckets_of(found.number))
    else:
        entitlement = _entitlement(
            break_entitlement_s, planned.merged.get("BREAK", NOTHING), windows, found.outside, packing
        )
        pieces, bucket, more = limited(pieces, found.number, entitlement, days)
        moved += more
    return Ladder(
        by_agent_day=_by_agent_day(pieces, bucket, windows, found.outside, packing=packing, days=days, labels=labels),
        pieces=labels.frame(pieces, state=pd.Series(pd.Index(BUCKETS, dtype="str").take(bucket))),
        moved=pd.DataFrame(moved, columns=list(_MOVED)).astype(_MOVED),
    )


def _checked(evidence: pd.DataFrame, paid: pd.DataFrame, scheduled: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Return the inputs under their names, absent ones empty; refuse what lacks a column or a zone."""
    inputs = {"paid": paid, "evidence": evidence, "scheduled": evidence.iloc[:0] if scheduled is None else scheduled}
    for name, frame in inputs.items():
        missing = [column for column in ("agent", "state")[: 1 if name == "paid" else 2] if column not in frame]
        if missing:
            raise DataProblem(f"{name}: no column {' and no column '.join(missing)}. The ladder needs it.")
        if "start" in frame and frame["start"].dtype.kind == "M" and getattr(frame["start"].dtype, "tz", None) is None:
            raise DataProblem(f"{name}: stamps without a zone. Resolve them with calendars.resolve first.")
    return inputs


def _waits(waiting: pd.DataFrame | None, paid: pd.DataFrame) -> Rows:
    """Return when any contact waited, as rows of nobody in particular."""
    if waiting is None:
        return read(paid=paid.iloc[:0])[0]["paid"]
    columns = ["start", "end"]
    # read beside paid time, so that stamps of another kind are refused
    return read(waiting=intervals.union(waiting[columns]), paid=paid[columns])[0]["waiting"]


def _entitlement(
    entitled_s: float | None, planned: Keys, windows: Keys, outside: Keys, packing: Packing
) -> Entitlement:
    """Return the paid break per person-day, from the setting or the plan."""
    return Entitlement(
        us=None if entitled_s is None else round(entitled_s * 1e6),
        planned=packing.unpack(planned),
        planned_inside=packing.unpack(sets.common(planned, windows)),
        worked_through=packing.unpack(sets.common(planned, outside)),
    )


def _by_agent_day(
    pieces: Rows, bucket: Ints, windows: Keys, outside: Keys, *, packing: Packing, days: PersonDays, labels: Labels
) -> pd.DataFrame:
    """Return paid time, buckets and time outside per person and local day."""
    parts, whole, beyond = (days.cut(rows) for rows in (pieces, packing.unpack(windows), packing.unpack(outside)))
    keys = np.unique(np.concatenate([whole.key, beyond.key]))
    table = np.zeros((len(keys), len(BUCKETS)), dtype=np.int64)
    np.add.at(table, (np.searchsorted(keys, parts.key), bucket[parts.row]), parts.length)
    agents = pd.Series(dtype="str") if labels.agents is None else labels.names(days.person(keys))
    return pd.DataFrame(
        {
            "agent": agents,
            "day": days.date(keys),
            "PAID": added_up(keys, whole),
            **{name: table[:, at] for at, name in enumerate(BUCKETS)},
            "OUTSIDE_PAID": added_up(keys, beyond),
        }
    )

"""What logs of contacts and items show by themselves: counts, spans, gaps, and how long items take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.baseline.evidence import (
    People,
    Tables,
    begun_by_members,
    handled_contacts,
    local_dates,
    timed_items,
)
from analysis.baseline.settings import BaselineSettings
from analysis.foundation.intervals import union
from analysis.foundation.settings import Queue
from analysis.measure.gap_classes import Spans, classify, sensitivity, spans, survival
from analysis.measure.load import queue_waits
from analysis.measure.records import table_of

ITEM_COLUMNS = ("type", "items", "median_s", "mean_s", "p25_s", "p75_s", "interruptible")
# Fewer items of a type say nothing about its length.
MINIMUM_ITEMS = 10
_RECORD = {"contact_centre": "contacts", "back_office": "items"}


@dataclass(frozen=True, slots=True)
class Records:
    """Span figures of one population.

    Attributes
    ----------
    gaps, sensitivity, gap_survival, facts
        As in :class:`analysis.baseline.Baseline`.
    spans
        The days that count, with the gaps inside.
    """

    gaps: pd.DataFrame
    sensitivity: pd.DataFrame
    gap_survival: pd.DataFrame
    facts: pd.DataFrame
    spans: Spans


def records_of(tables: Tables, people: People, *, queues: Sequence[Queue], settings: BaselineSettings) -> Records:
    """Return what a population's own records show.

    Notes
    -----
    Gaps are the idle states of paid time where the log holds such states (``kind`` "waiting"), else the stretches between records within a
    day ("between contacts", "between items"). Work over span uses records alone and days with enough of them.
    """
    centre = people.population == "contact_centre"
    own = begun_by_members((handled_contacts if centre else timed_items)(tables), people)[["agent", "start", "end"]]
    least = settings.busy_day_contacts if centre else settings.busy_day_items
    found = spans(own, zone=_zones(people, own), least=least)
    gaps, kind = found.gaps, f"between {_RECORD[people.population]}"
    if people.ladder is not None and "IDLE" in people.sees:
        gaps, kind = _idle_states(people, people.ladder.pieces), "waiting"
    waits = queue_waits(tables, queues)
    classes = classify(gaps, waits=waits if centre and len(waits) else None)
    curve = survival(gaps, seed=settings.seed, draws=settings.draws, confidence=settings.confidence)
    if gaps.empty:
        classes, curve = classes.iloc[:0], curve.iloc[:0]
    labelled = {"population": people.population, "kind": kind}
    table = sensitivity(found)
    return Records(
        classes.assign(**labelled)[["population", "kind", *classes.columns]],
        (table if len(found.days) else table.iloc[:0]).assign(population=people.population)[
            ["population", *table.columns]
        ],
        curve.assign(**labelled)[["population", "kind", *curve.columns]],
        _facts(tables, people, own, found, queues=queues),
        found,
    )


def _zones(people: People, records: pd.DataFrame) -> Mapping[str, str] | str:
    """Return one zone where all agents share it: by far the quicker way."""
    zones = {people.zones[agent] for agent in records["agent"].unique()}
    return zones.pop() if len(zones) == 1 else people.zones if zones else "UTC"


def _idle_states(people: People, pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the idle pieces of paid time."""
    idle = pieces.loc[pieces["state"].eq("IDLE"), ["agent", "start", "end"]].reset_index(drop=True)
    length = (idle["end"] - idle["start"]).to_numpy(dtype="timedelta64[us]").astype("int64")
    return idle.assign(day=local_dates(idle["start"], idle["agent"], people), gap_us=length)


def _facts(tables: Tables, people: People, own: pd.DataFrame, found: Spans, *, queues: Sequence[Queue]) -> pd.DataFrame:
    """Return counts and sums without sampling error: they are facts of the period."""
    rows: list[tuple[str, float, str]] = []
    if people.population == "contact_centre":
        rows += _contact_facts(tables, people)
    hours = {name: float(found.days[name].sum()) / 3.6e9 for name in ("work_us", "sum_us", "span_us")}
    length = (own["end"] - own["start"]).to_numpy(dtype="timedelta64[us]").astype("int64")
    if len(own):
        merged = union(own)
        merged_h = (
            float((merged["end"] - merged["start"]).to_numpy(dtype="timedelta64[us]").astype("int64").sum()) / 3.6e9
        )
        rows += [
            ("records_timed", float(len(own)), "count"),
            ("gross_h", float(length.sum()) / 3.6e9, "h"),
            ("merged_h", merged_h, "h"),
            ("records_over_midnight", float(found.left_out), "count"),
            ("agent_days", float(len(found.days)), "agent-days"),
            ("work_h", hours["work_us"], "h"),
            ("sum_of_durations_h", hours["sum_us"], "h"),
            ("span_h", hours["span_us"], "h"),
        ]
    if hours["span_us"] > 0:
        rows.append(("work_over_span", hours["work_us"] / hours["span_us"], "share"))
    frame = pd.DataFrame(rows, columns=["fact", "value", "unit"])
    frame.insert(0, "population", people.population)
    return frame.astype({"population": "str", "fact": "str", "unit": "str", "value": "float64"})


def _contact_facts(tables: Tables, people: People) -> list[tuple[str, float, str]]:
    """Return counts of contacts and of their waits; a contact that was answered at once did not queue."""
    contacts = table_of(tables, "contacts")
    if contacts is None:
        return []
    left = contacts["answered_at"].fillna(contacts["ended_at"])
    mine = set(people.members["agent"].unique())
    wait = (left - contacts["offered_at"]).dt.total_seconds()
    queued = wait > 0
    rows = [
        ("contacts", float(len(contacts)), "count"),
        ("contacts_handled", float((contacts["answered_at"].notna() & contacts["agent"].isin(mine)).sum()), "count"),
        ("contacts_answered", float(contacts["answered_at"].notna().sum()), "count"),
        ("queued_share", float(queued.mean()), "share"),
    ]
    if queued.any():
        rows.append(("mean_wait_of_queued_s", float(wait[queued].mean()), "s"))
    return rows


def item_lengths(tables: Tables, people: People) -> pd.DataFrame:
    """Return how long items of each type take, from items that start and end on one local day.

    Notes
    -----
    An item that stays open over night was put aside, so its length is not its work. Types with fewer than 10 such items are left out.
    """
    own = begun_by_members(timed_items(tables), people)
    if own.empty:
        return pd.DataFrame(columns=list(ITEM_COLUMNS))
    same = local_dates(own["start"], own["agent"], people) == local_dates(own["end"], own["agent"], people)
    length = (own["end"] - own["start"]).dt.total_seconds()[same]
    grouped = length.groupby(own.loc[same, "type"])
    frame = grouped.agg(items="size", median_s="median", mean_s="mean").reset_index()
    for name, share in (("p25_s", 0.25), ("p75_s", 0.75)):
        frame[name] = grouped.quantile(share).to_numpy()
    types = table_of(tables, "item_types")
    flags = {} if types is None else dict(zip(types["type"], types["interruptible"], strict=True))
    frame["interruptible"] = pd.array([flags.get(name, pd.NA) for name in frame["type"]], dtype="boolean")
    return frame[frame["items"] >= MINIMUM_ITEMS].reset_index(drop=True)[list(ITEM_COLUMNS)]


def standard_seconds(tables: Tables, seen: pd.DataFrame) -> dict[str, float]:
    """Return seconds per item and type: the client's standard, else the mean that was seen (:func:`item_lengths`)."""
    found = dict(zip(seen["type"], seen["mean_s"].astype(float), strict=True))
    types = table_of(tables, "item_types")
    if types is not None and "standard_s" in types:
        known = types[types["standard_s"].fillna(0) > 0]
        found.update(zip(known["type"], known["standard_s"].astype(float), strict=True))
    return {name: float(seconds) for name, seconds in found.items() if np.isfinite(seconds)}

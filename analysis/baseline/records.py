"""What logs of contacts and items show by themselves: counts, spans, gaps, and how long items take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
from analysis.baseline.gap_people import classes_shown, limits_shown, runs_of, tail_shown
from analysis.baseline.settings import BaselineSettings
from analysis.foundation.intervals import attribute, union
from analysis.foundation.settings import Queue
from analysis.measure.availability import clip_to_availability, learn_availability
from analysis.measure.gap_classes import Spans, classify, sensitivity, spans, survival
from analysis.measure.groups import MINIMUM_AGENTS, too_few
from analysis.measure.load import queue_waits
from analysis.measure.records import latest, roster_of, table_of
from analysis.measure.work_waiting import item_waits, types_of, work_waiting_us

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
        The days that count, with the gaps inside; where paid time has no clock times, gap_us holds the time alone in which people are usually
        at work (:func:`usual_hours`).
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
    work = None if centre or gaps.empty else work_in_gaps(tables, people, gaps)[0]
    classes = classify(gaps, waits=waits if centre and len(waits) else None, work_waiting=work)
    curve = survival(gaps, seed=settings.seed, draws=settings.draws, confidence=settings.confidence)
    if gaps.empty:
        classes, curve = classes.iloc[:0], curve.iloc[:0]
    usual, cut = found, []
    if people.ladder is None and len(found.gaps):
        usual = usual_hours(found, own, people, minimum=settings.minimum_group_agents)
        off = float(found.gaps["gap_us"].sum() - usual.gaps["gap_us"].sum()) / 3.6e9
        cut = [_fact_frame(people, [("gap_time_outside_usual_hours_h", off, "h")])]
    labelled = {"population": people.population, "kind": kind}
    minimum = settings.minimum_group_agents
    classes = classes_shown(classes, runs_of(gaps, minimum=minimum))
    curve = tail_shown(curve, gaps, minimum=minimum)
    table = limits_shown(sensitivity(found), runs_of(found.gaps, minimum=minimum))
    return Records(
        classes.assign(**labelled)[["population", "kind", *classes.columns]],
        (table if len(found.days) else table.iloc[:0]).assign(population=people.population)[
            ["population", *table.columns]
        ],
        curve.assign(**labelled)[["population", "kind", *curve.columns]],
        pd.concat([_facts(tables, people, own, found), _gap_facts(people, gaps, work), *cut], ignore_index=True),
        usual,
    )


def usual_hours(found: Spans, records: pd.DataFrame, people: People, *, minimum: int) -> Spans:
    """Return spans whose gaps hold the time alone in which people are usually at work, learned from their own records.

    Parameters
    ----------
    found
        Of :func:`analysis.measure.gap_classes.spans`.
    records
        agent, start, end: what the calendars are learned from.
    people
        Whose zones count.
    minimum
        People behind a calendar that is lent to others.
    """
    learned = learn_availability(records, zone=_zones(people, records), minimum_agents=minimum)
    return replace(found, gaps=clip_to_availability(found.gaps, learned).drop(columns="clipped_us"))


def _zones(people: People, records: pd.DataFrame) -> Mapping[str, str] | str:
    """Return one zone where all agents share it: by far the quicker way."""
    zones = {people.zones[agent] for agent in records["agent"].unique()}
    return zones.pop() if len(zones) == 1 else people.zones if zones else "UTC"


def _idle_states(people: People, pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the idle pieces of paid time."""
    idle = pieces.loc[pieces["state"].eq("IDLE"), ["agent", "start", "end"]].reset_index(drop=True)
    length = (idle["end"] - idle["start"]).to_numpy(dtype="timedelta64[us]").astype("int64")
    return idle.assign(day=local_dates(idle["start"], idle["agent"], people), gap_us=length)


def work_in_gaps(tables: Tables, people: People, gaps: pd.DataFrame) -> tuple[np.ndarray | None, str]:
    """Return for each gap the time with an item waiting that its person could do [us], or None and why that is not known.

    Notes
    -----
    An item waits from its arrival to its start. A person could do the types that the skills name, else those that the person did; and the
    items that somebody of the same team did in the end.
    """
    items = table_of(tables, "work_items")
    if items is None:
        return None, "there are no items"
    mine = items[items["agent"].isin(set(people.members["agent"]))]
    waits, reason = item_waits(mine)
    if waits is None:
        return None, reason
    rows = latest(roster_of(tables))
    teams = dict(zip(rows["agent"], rows["team"], strict=True)) if "team" in rows else None
    return work_waiting_us(gaps, waits, types=types_of(mine, table_of(tables, "skills")), teams=teams), ""


def _gap_facts(people: People, gaps: pd.DataFrame, work: np.ndarray | None) -> pd.DataFrame:
    """Return gap time with work waiting and without, where the log knows when items arrive."""
    rows: list[tuple[str, float, str]] = []
    if work is not None:
        length = gaps["gap_us"].to_numpy(dtype=float)
        known = np.isfinite(work)
        rows = [
            ("gap_time_with_work_waiting_h", float(work[known].sum()) / 3.6e9, "h"),
            ("gap_time_without_work_h", float((length - work)[known].sum()) / 3.6e9, "h"),
        ]
        if not known.all():
            rows.append(("gap_time_of_unknown_types_h", float(length[~known].sum()) / 3.6e9, "h"))
    return _fact_frame(people, rows)


def _fact_frame(people: People, rows: list[tuple[str, float, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["fact", "value", "unit"])
    frame.insert(0, "population", people.population)
    return frame.astype({"population": "str", "fact": "str", "unit": "str", "value": "float64"})


def _facts(tables: Tables, people: People, own: pd.DataFrame, found: Spans) -> pd.DataFrame:
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
    return _fact_frame(people, rows)


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


def item_lengths(tables: Tables, people: People, *, minimum: int = MINIMUM_AGENTS) -> pd.DataFrame:
    """Return how long items of each type take, from items that start and end on one local day.

    Parameters
    ----------
    tables
        Canonical tables.
    people
        The population.
    minimum
        Smallest number of people whose items a length may be about.

    Notes
    -----
    Items that one person has open at the same time share that time equally (:func:`analysis.foundation.intervals.attribute`), so lengths add to
    the time that was worked and no hour counts twice. An item that stays open over night was put aside, so its length is not its work, and it
    takes no share of others. Types with fewer than 10 items are left out. Types that too few people do (:func:`analysis.measure.groups.too_few`)
    are put together, with the type of the fewest people if need be, and each holds the lengths of all of them; the count of items stays its own.
    Without enough people in all there are no lengths.
    """
    own = begun_by_members(timed_items(tables), people)
    if own.empty:
        return pd.DataFrame(columns=list(ITEM_COLUMNS))
    same = local_dates(own["start"], own["agent"], people) == local_dates(own["end"], own["agent"], people)
    own = own[same]
    own = own.assign(length_s=attribute(own) / 1e6)
    counts = own.groupby("type").size()
    own = own[own["type"].isin(counts.index[counts >= MINIMUM_ITEMS])]
    together = types_together(own, minimum=minimum)
    if together is None:
        return pd.DataFrame(columns=list(ITEM_COLUMNS))
    own = own.assign(of=own["type"].where(~own["type"].isin(together), "\0together"))
    grouped = own.groupby("of")["length_s"]
    lengths = grouped.agg(median_s="median", mean_s="mean")
    for name, share in (("p25_s", 0.25), ("p75_s", 0.75)):
        lengths[name] = grouped.quantile(share)
    frame = own.groupby("type").agg(items=("type", "size"), of=("of", "first")).reset_index()
    frame = frame.merge(lengths.reset_index(), on="of", how="left")
    types = table_of(tables, "item_types")
    flags = {} if types is None else dict(zip(types["type"], types["interruptible"], strict=True))
    frame["interruptible"] = pd.array([flags.get(name, pd.NA) for name in frame["type"]], dtype="boolean")
    return frame[list(ITEM_COLUMNS)]


def types_together(items: pd.DataFrame, *, minimum: int) -> frozenset[str] | None:
    """Return the types of items whose lengths are shown as one, since too few people do each; None where no lengths may be shown.

    Parameters
    ----------
    items
        agent, type, length_s.
    minimum
        Smallest number of people.

    Examples
    --------
    >>> rows = [(who, kind) for kind, people in (("letter", "abcdef"), ("claim", "abc"), ("refund", "ab")) for who in people]
    >>> items = pd.DataFrame(rows, columns=["agent", "type"]).assign(length_s=60.0)
    >>> sorted(types_together(items, minimum=3)), types_together(items, minimum=7)
    (['claim', 'refund'], None)
    """
    hours = items.groupby(["type", "agent"])["length_s"].sum()
    small = {str(name): too_few(part, minimum=minimum) for name, part in hours.groupby(level="type")}
    together = {name for name, few in small.items() if few}
    sizes = hours.groupby(level="type").size().sort_values(kind="stable")
    left = [str(name) for name in sizes.index if name not in together]
    while together:
        mine = hours[hours.index.get_level_values("type").isin(together)].groupby(level="agent").sum()
        if not too_few(mine, minimum=minimum):
            break
        if not left:
            return None
        together.add(left.pop(0))
    return frozenset(together)


def standard_seconds(tables: Tables, seen: pd.DataFrame) -> dict[str, float]:
    """Return seconds per item and type: the client's standard, else the mean that was seen (:func:`item_lengths`)."""
    found = dict(zip(seen["type"], seen["mean_s"].astype(float), strict=True))
    types = table_of(tables, "item_types")
    if types is not None and "standard_s" in types:
        known = types[types["standard_s"].fillna(0) > 0]
        found.update(zip(known["type"], known["standard_s"].astype(float), strict=True))
    return {name: float(seconds) for name, seconds in found.items() if np.isfinite(seconds)}

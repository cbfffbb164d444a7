"""What the back office's items allow: whether they are timed, short, have slack, and wait when agents do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.readiness.from_data.clustered import by_day, median, positive_ratio, share
from analysis.readiness.from_data.facts import CENTRE, Facts, numbered, percent, unsaid
from analysis.readiness.scores import Reading

_MODES = ["suitable_blocks", "suitable_between", "suitable_interrupt"]
# Items at the edges of the log: those still open when it ends are not in it, so what arrives within this quantile of the cycle of its end is left out.
_EDGE = 0.95
_CELL_S = 300


def _types(facts: Facts) -> list[str]:
    """Return the item types that any table names."""
    named = [facts.table(name) for name in ("item_types", "work_items", "workload")]
    return sorted({str(kind) for frame in named if frame is not None for kind in frame["type"].dropna().unique()})


def _lengths(facts: Facts, items: pd.DataFrame) -> pd.Series:
    """Return the lengths [s] of items that start and end on one local day; NaN for the others, whose time holds nights or has no start."""
    length = (items["ended"] - items["started"]).dt.total_seconds()
    timed = items[length > 0]
    same = facts.day(timed["started"]).eq(facts.day(timed["ended"]))
    return length.where(same.reindex(items.index, fill_value=False))


def item_times(facts: Facts) -> dict[str, Reading]:
    """Read D4: of the timed items wanted (so many of each type), the share that exists; a type counts no more than that."""
    types, wanted = _types(facts), facts.settings.timed_items_per_type
    if not types:
        return {"timed_types": unsaid("no item types are known")}
    items = facts.table("work_items")
    counts = pd.Series(0, index=types)
    if items is not None:
        counts = _lengths(facts, items).notna().groupby(items["type"]).sum().reindex(types, fill_value=0)
    value = float(np.minimum(counts, wanted).sum() / (wanted * len(types)))
    estimate = Estimate(value, value, value, confidence=facts.confidence, n=len(types), n_unit="item types")
    enough = int((counts >= wanted).sum())
    text = f"{enough} of {numbered(len(types), 'item type')} have {wanted} or more items timed from start to end."
    return {"timed_types": Reading(estimate, text)}


def short_items(facts: Facts) -> dict[str, Reading]:
    """Read W1: share of the item hours in types whose mean length is short.

    Notes
    -----
    Each type's mean has its own interval over days. The figure counts a type by its mean; the interval reaches from the share of the types that are
    short beyond doubt to the share of those that may be, each with its own limits, so a type near the border moves it.
    """
    hours = _type_hours(facts)
    if hours is None:
        return {"short_hours": unsaid("no item type has both a volume and a length")}
    days, lengths, unit = hours
    limit = facts.settings.short_item_s
    mean = lengths["mean_s"] <= limit
    ends = {"low": lengths["high_s"] <= limit, "high": lengths["low_s"] <= limit}
    value = _in_types(days, mean, unit, facts.confidence)
    found = {
        name: value if ends[name].equals(mean) else _in_types(days, ends[name], unit, facts.confidence)
        for name in ("low", "high")
    }
    if value.value is None:
        return {"short_hours": Reading(value)}
    low, high = (found[name] for name in ("low", "high"))
    estimate = Estimate(
        value.value,
        min(value.value, value.low or 0.0, low.low or 0.0),
        max(value.value, high.high or 0.0, value.high or 0.0),
        confidence=facts.confidence,
        n=value.n,
        n_unit=unit,
    )
    unclear = int((ends["high"] & ~ends["low"]).sum())
    text = f"{percent(value.value)} of the item hours lie in types of at most {limit / 60:.0f} minutes on average."
    more = f" {numbered(unclear, 'type')} may lie on either side of it." if unclear else ""
    return {"short_hours": Reading(estimate, text + more)}


def _in_types(days: pd.DataFrame, short: pd.Series, unit: str, confidence: float) -> Estimate:
    """Estimate the share of hours in the types marked."""
    marked = days["type"].map(short).astype("float64")
    sums = by_day(days["day"], days["hours"] * marked, days["hours"])
    return share(sums, confidence=confidence, n_unit=unit, working_days=1.0 if unit == "days" else 5.0)


def _type_hours(facts: Facts) -> tuple[pd.DataFrame, pd.DataFrame, str] | None:
    """Return hours by day and type, mean lengths by type with their limits, and what a day's row is."""
    items = facts.table("work_items")
    logged = None if items is None else _logged_hours(facts, items)
    return _stated_hours(facts) if logged is None else logged


def _stated_lengths(facts: Facts) -> pd.Series:
    types = facts.table("item_types")
    if types is None:
        return pd.Series(dtype="float64")
    return types.dropna(subset=["standard_s"]).drop_duplicates("type").set_index("type")["standard_s"]


def _logged_hours(facts: Facts, items: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str] | None:
    """Return hours and lengths from the log: timed items, scaled to all items of their type; untimed types by the client's standard."""
    items = items[items["ended"].notna()]
    if items.empty:
        return None
    length, stated = _lengths(facts, items), _stated_lengths(facts)
    # an item counts on the day it ended
    frame = pd.DataFrame(
        {"day": facts.day(items["ended"]), "type": items["type"], "length": length, "timed": length.notna()}
    )
    sums = frame.groupby(["type", "day"], as_index=False).agg(
        items=("timed", "size"), timed=("timed", "sum"), s=("length", "sum")
    )
    totals = sums.groupby("type")[["items", "timed", "s"]].sum()
    rows = []
    for kind, total in totals.iterrows():
        if total["timed"] > 0:
            own = sums[sums["type"].eq(kind)]
            mean = positive_ratio(own.assign(top=own["s"], base=own["timed"]), confidence=facts.confidence)
            # without an interval a type may lie on either side
            low, high = (0.0, np.inf) if mean.value is None else (mean.low, mean.high)
            rows.append((kind, total["s"] / total["timed"], low, high, total["items"] / total["timed"]))
        elif kind in stated.index:
            rows.append((kind, *(float(stated[kind]),) * 3, np.nan))
    if not rows:
        return None
    lengths = pd.DataFrame(rows, columns=["type", "mean_s", "low_s", "high_s", "scale"]).set_index("type")
    sums = sums[sums["type"].isin(lengths.index)]
    scale, mean = sums["type"].map(lengths["scale"]), sums["type"].map(lengths["mean_s"])
    sums = sums.assign(hours=np.where(scale.notna(), sums["s"] * scale, sums["items"] * mean) / 3600)
    return sums[["day", "type", "hours"]], lengths, "days"


def _stated_hours(facts: Facts) -> tuple[pd.DataFrame, pd.DataFrame, str] | None:
    """Return hours by period from the volumes of a workload list and the client's own lengths."""
    workload, stated = facts.table("workload"), _stated_lengths(facts)
    if workload is None or stated.empty:
        return None
    rows = workload[workload["type"].isin(stated.index)].dropna(subset=["volume"])
    if rows.empty:
        return None
    hours = rows["volume"] * rows["type"].map(stated) / 3600
    days = pd.DataFrame({"day": rows["period_start"], "type": rows["type"], "hours": hours})
    return days, pd.DataFrame(dict.fromkeys(("mean_s", "low_s", "high_s"), stated)), "weeks"


def slack(facts: Facts) -> dict[str, Reading]:
    """Read W4: median over items of the hours that are left when they are done.

    Notes
    -----
    Only items that arrived after the log begins and early enough before it ends count, so that slow items are neither over- nor underrepresented.
    An open item cannot be done earlier than the log's end: its slack is at most due less that moment.
    """
    items = facts.table("work_items")
    if items is None:
        return {"slack_h": unsaid("no items were given")}
    items = items.assign(due=_due(facts, items))
    known = items.dropna(subset=["arrived", "due"])
    if known.empty:
        return {"slack_h": unsaid("no item has both an arrival and a due time")}
    ends = known["ended"].dropna()
    if ends.empty:
        return {"slack_h": unsaid("no item with a due time was finished")}
    first, last = ends.min(), ends.max()
    edge = (known["ended"] - known["arrived"]).dropna().quantile(_EDGE)
    whole = known[known["arrived"].between(first.floor("D"), last - edge)]
    if whole.empty:
        return {"slack_h": unsaid("items take about as long as the log, so their usual completion cannot be seen")}
    left = (whole["due"] - whole["ended"]).dt.total_seconds() / 3600
    most = (whole["due"] - whole["ended"].fillna(last)).dt.total_seconds() / 3600
    found = median(facts.day(whole["arrived"]), left.fillna(-np.inf), confidence=facts.confidence, highest=most)
    if found.value is None:
        return {"slack_h": Reading(found)}
    part = len(known) / len(items)
    text = (
        f"The median item is done {abs(found.value):.0f} hours {'before' if found.value >= 0 else 'after'} it is due."
    )
    more = f" {percent(part)} of the items have a due time." if part < 0.995 else ""
    return {"slack_h": Reading(found, text + more)}


def _due(facts: Facts, items: pd.DataFrame) -> pd.Series:
    """Return due times; where none is logged, arrival and the longest wait that the client states for the type."""
    types = facts.table("item_types")
    if types is None:
        return items["due"]
    wait = items["type"].map(types.drop_duplicates("type").set_index("type")["max_wait_h"]).astype("float64")
    return items["due"].fillna(items["arrived"] + pd.to_timedelta(wait * 3600, unit="s").astype("timedelta64[us]"))


def backlog(facts: Facts) -> dict[str, Reading]:
    """Read W5: share of the idle agent-hours in which at least one suitable item per idle agent waits.

    Notes
    -----
    Looked at in cells of five minutes: idle agents are the mean over the cell, items those that have arrived and not begun in its middle. The edges of
    the log are left out, since items still open at its end are not in it.
    """
    items, inventory = facts.table("work_items"), facts.blending.inventory
    if items is None:
        return {"waiting_work": unsaid("no items were given")}
    suitable = inventory.loc[inventory[_MODES].any(axis=1), "type"] if not inventory.empty else []
    if len(suitable) == 0:
        reason = "no item type is suitable for any mode, so nothing can wait for agents"
        return {"waiting_work": Reading(Estimate.missing(reason), f"{reason[0].upper()}{reason[1:]}.", level=0)}
    begun = items["started"].fillna(items["ended"])
    queued = pd.DataFrame({"arrived": items["arrived"], "begun": begun})[items["type"].isin(suitable)].dropna()
    if queued.empty:
        return {"waiting_work": unsaid("no suitable item has an arrival and a start")}
    idle = idle_cells(facts)
    if idle is None:
        return {"waiting_work": unsaid("no source shows when ten or more agents wait")}
    edge = (queued["begun"] - queued["arrived"]).quantile(_EDGE)
    inside = idle["cell"].between(queued["begun"].min(), queued["begun"].max() - edge)
    if not inside.any():
        return {
            "waiting_work": unsaid("items wait about as long as the log, or agents were not seen waiting while it ran")
        }
    return {"waiting_work": _waiting_work(facts, idle[inside], queued)}


def _waiting_work(facts: Facts, idle: pd.DataFrame, queued: pd.DataFrame) -> Reading:
    """Return the share of idle time in which enough items wait."""
    middle = idle["cell"].astype("int64").to_numpy() + (idle["length_s"].to_numpy() * 5e5).astype("int64")
    arrived, begun = (np.sort(queued[name].astype("int64").to_numpy()) for name in ("arrived", "begun"))
    waiting = np.searchsorted(arrived, middle, side="right") - np.searchsorted(begun, middle, side="right")
    agents = idle["agents"].to_numpy()
    sums = by_day(facts.day(idle["cell"]), agents * (waiting >= agents), agents)
    # a backlog is handed on from day to day, so a week is one look where it never ran dry
    found = share(sums, confidence=facts.confidence, rows_per_look=5)
    if found.value is None:
        return Reading(found)
    text = f"In {percent(found.value)} of waiting hours there is at least one suitable item for each waiting agent."
    return Reading(found, text)


def idle_cells(facts: Facts) -> pd.DataFrame | None:
    """Return cell (UTC start), length_s and the mean number of idle agents in it; None where no source shows idle states of enough people.

    Notes
    -----
    From states where they are logged; else from the baseline's means by like half hour, on every day with time of the contact centre.
    """
    time = None if facts.too_few(facts.spells(), facts.totals()) else facts.time_in("IDLE", slot_s=_CELL_S)
    if time is None:
        return _usual_idle(facts)
    cells = time.groupby(["start", "length_s"], as_index=False)["s"].sum()
    cells = cells.assign(cell=cells["start"].astype("datetime64[us, UTC]"), agents=cells["s"] / cells["length_s"])
    return cells[["cell", "length_s", "agents"]]


def _usual_idle(facts: Facts) -> pd.DataFrame | None:
    """Return idle cells from the baseline's means by like half hour."""
    usual, days = facts.baseline.idle_by_slot, facts.baseline.days
    if usual.empty or days.empty:
        return None
    usual = usual[usual["population"].eq(CENTRE) & usual["idle_agents"].gt(0)]
    days = days.loc[days["population"].eq(CENTRE), ["day", "weekday"]]
    cells = days.merge(usual[["weekday", "slot_of_day_s", "idle_agents"]], on="weekday")
    local = cells["day"] + pd.to_timedelta(cells["slot_of_day_s"], unit="s")
    stamp = local.dt.tz_localize(facts.client.time_zone, nonexistent="shift_forward", ambiguous="NaT")
    cells = cells.assign(cell=stamp.dt.tz_convert("UTC").astype("datetime64[us, UTC]")).dropna(subset=["cell"])
    if cells.empty:
        return None
    slot_s = float(facts.baseline.settings.slot_s)
    return pd.DataFrame({"cell": cells["cell"], "length_s": slot_s, "agents": cells["idle_agents"]})

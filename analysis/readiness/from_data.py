"""The criteria that the client's data can score; None where they cannot, so that raters decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.clusters import bootstrap, ratio
from analysis.foundation.estimate import Estimate
from analysis.readiness import scores
from analysis.readiness.scores import Score

if TYPE_CHECKING:
    import pandas as pd

    from analysis.baseline import Baseline
    from analysis.blending import Blending
    from analysis.foundation.settings import Client
    from analysis.readiness.settings import ReadinessSettings


@dataclass(frozen=True, slots=True)
class Facts:
    """What the scores are made from."""

    tables: Mapping[str, pd.DataFrame]
    baseline: Baseline
    blending: Blending
    client: Client
    settings: ReadinessSettings

    def table(self, name: str) -> pd.DataFrame | None:
        """Return a canonical table, or None when it is absent or empty."""
        frame = self.tables.get(name)
        return None if frame is None or frame.empty else frame

    def day(self, stamps: pd.Series) -> pd.Series:
        """Return the local dates of UTC stamps in the client's zone."""
        return stamps.dt.tz_convert(self.client.time_zone).dt.date


def _scored(estimate: Estimate, figure: float, rule: scores.Rule, evidence: str) -> Score:
    return Score(figure, rule, evidence, low=estimate.low, high=estimate.high)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def agent_states(facts: Facts) -> Score:
    """Score D1: weeks of agent states, and the share of paid time that they leave unaccounted."""
    spells = facts.table("spells")
    spells = None if spells is None else spells[spells["population"] == "contact_centre"]
    if spells is None or spells.empty:
        return Score(1.0, scores.UNACCOUNTED, "no agent states were given", highest=0)
    days = facts.day(spells["start"])
    weeks = ((days.max() - days.min()).days + 1) / 7
    highest = (
        0 if weeks < 4 else 2 if weeks < 7.5 else 4
    )  # eight weeks that lack a public holiday at an edge still count
    shares = facts.baseline.shares
    row = shares[
        (shares["population"] == "contact_centre") & (shares["share"] == "unaccounted") & (shares["status"] == "ok")
    ]
    if row.empty:
        return Score(
            1.0,
            scores.UNACCOUNTED,
            f"{weeks:.0f} weeks of agent states, but no paid time to compare them with",
            highest=0,
        )
    value, low, high = (float(row.iloc[0][name]) for name in ("value", "low", "high"))
    text = f"{weeks:.0f} weeks of agent states; {_percent(value)} of the base unaccounted"
    return Score(value, scores.UNACCOUNTED, text, low=low, high=high, highest=highest)


def reason_codes(facts: Facts) -> Score | None:
    """Score D2: share of not-ready time under codes that give no legitimate reason."""
    spells = facts.table("spells")
    if spells is None:
        return None
    aside = spells[
        spells["state"].isin(["AWAY", "BREAK", "SUPPORT", "OUTAGE"]) & (spells["population"] == "contact_centre")
    ]
    if aside.empty:
        return None
    hours = (aside["end"] - aside["start"]).dt.total_seconds() / 3600
    by_day = hours.groupby([facts.day(aside["start"]), aside["state"] == "AWAY"]).sum().unstack(fill_value=0.0)
    away = by_day[True] if True in by_day else by_day[False] * 0.0
    estimate = ratio(away.to_numpy(), by_day.sum(axis=1).to_numpy(), n_unit="days")
    share = float(away.sum() / by_day.to_numpy().sum())
    return _scored(
        estimate,
        share,
        scores.DEFAULT_CODES,
        f"{_percent(share)} of not-ready time stands under codes without a reason",
    )


def reconciliation(facts: Facts) -> Score | None:
    """Score D3: hours signed on against hours scheduled or paid."""
    attendance = facts.baseline.attendance
    known = attendance[
        (attendance["population"] == "contact_centre") & attendance["source"].isin(["schedule", "paid_hours"])
    ]
    ladder = facts.baseline.ladder
    hours = ladder[ladder["population"] == "contact_centre"].set_index("bucket")["hours"]
    if known.empty or not hours.get("ATTENDED", 0.0) > 0:
        return None
    apart = abs(hours.get("OUTSIDE_PAID", 0.0) - hours.get("UNACCOUNTED", 0.0)) / hours["ATTENDED"]
    return Score(float(apart), scores.APART, f"hours signed on and hours scheduled are {100 * apart:.1f} % apart")


def item_times(facts: Facts) -> Score | None:
    """Score D4: share of item types with enough timed items."""
    items = facts.table("work_items")
    if items is None:
        return None
    timed = items["started"].notna() & items["ended"].notna()
    counts = timed.groupby(items["type"]).sum()
    enough = int((counts >= facts.settings.timed_items_per_type).sum())
    text = f"{enough} of {len(counts)} item types have {facts.settings.timed_items_per_type} or more items timed from start to end"
    return Score(enough / len(counts), scores.TIMED_TYPES, text)


def forecast_error(facts: Facts) -> Score | None:
    """Score D5: absolute error of the client's forecast over the volume that came, by queue and interval."""
    forecasts, volumes = facts.table("forecasts"), facts.table("volumes")
    if forecasts is None or volumes is None:
        return None
    latest = forecasts.sort_values("made_at", na_position="first", kind="stable").drop_duplicates(
        ["queue", "start"], keep="last"
    )
    both = volumes.merge(latest, on=["queue", "start"], suffixes=("", "_forecast")).dropna(
        subset=["offered", "offered_forecast"]
    )
    if both.empty or not both["offered"].sum() > 0:
        return None
    miss = both["offered_forecast"] - both["offered"]
    table = miss.abs().to_frame("error").assign(came=both["offered"], bias=miss)
    by_day = table.groupby(facts.day(both["start"])).sum().to_numpy()
    estimate = bootstrap(
        by_day, lambda sums: sums[..., 0] / sums[..., 1], n_unit="days", seed=facts.settings.seed, unit="share"
    )
    error, bias = by_day[:, 0].sum() / by_day[:, 1].sum(), by_day[:, 2].sum() / by_day[:, 1].sum()
    text = f"the forecast misses the volume by {_percent(error)} of it by interval, with a bias of {100 * bias:+.0f} %"
    highest = 4 if abs(bias) < 0.05 else 2
    return Score(float(error), scores.FORECAST_ERROR, text, low=estimate.low, high=estimate.high, highest=highest)


def short_items(facts: Facts) -> Score | None:
    """Score W1: share of the timed hours in item types whose mean length is short."""
    items = facts.table("work_items")
    items = None if items is None else items.dropna(subset=["started", "ended"])
    if items is None or items.empty:
        return None
    length_s = (items["ended"] - items["started"]).dt.total_seconds()
    short = length_s.groupby(items["type"]).transform("mean") <= facts.settings.short_item_s
    by_day = length_s.groupby([facts.day(items["started"]), short]).sum().unstack(fill_value=0.0)
    brief = by_day[True] if True in by_day else by_day[False] * 0.0
    estimate = ratio(brief.to_numpy(), by_day.sum(axis=1).to_numpy(), n_unit="days")
    share = float(brief.sum() / by_day.to_numpy().sum())
    text = f"{_percent(share)} of the timed item hours lie in types of at most {facts.settings.short_item_s / 60:.0f} minutes"
    return _scored(estimate, share, scores.SHORT_HOURS, text)


def slack(facts: Facts) -> Score | None:
    """Score W4: the median item's time from arrival to due, less the median time from arrival to completion."""
    items = facts.table("work_items")
    items = None if items is None else items.dropna(subset=["arrived", "due", "ended"])
    if items is None or items.empty:
        return None
    allowed, taken = (items["due"] - items["arrived"]).median(), (items["ended"] - items["arrived"]).median()
    hours = (allowed - taken).total_seconds() / 3600
    return Score(hours, scores.SLACK_H, f"{hours:.0f} hours between usual completion and due, at the median")


def backlog(facts: Facts) -> Score | None:
    """Score W5: share of the contact centre's open intervals in which at least as many items wait as agents are idle on average."""
    import numpy as np

    items, volumes = facts.table("work_items"), facts.table("volumes")
    slots = facts.baseline.idle_by_slot
    idle = slots.loc[slots["population"] == "contact_centre", "idle_agents"].mean()
    items = None if items is None else items.dropna(subset=["arrived", "started"])
    if items is None or items.empty or volumes is None or not idle > 0:
        return None
    moments = volumes["start"].drop_duplicates().sort_values()
    inside = (moments >= items["arrived"].min()) & (moments <= items["started"].max())
    moments = moments[inside]
    if moments.empty:
        return None
    stamps = moments.astype("int64").to_numpy()
    arrived, started = (np.sort(items[name].astype("int64").to_numpy()) for name in ("arrived", "started"))
    waiting = np.searchsorted(arrived, stamps, side="right") - np.searchsorted(started, stamps, side="right")
    enough = (waiting >= idle).astype(float)
    by_day = (
        moments.to_frame("start").assign(enough=enough, all=1.0).groupby(facts.day(moments))[["enough", "all"]].sum()
    )
    estimate = ratio(by_day["enough"].to_numpy(), by_day["all"].to_numpy(), n_unit="days")
    share = float(enough.mean())
    text = f"in {_percent(share)} of the open intervals at least {idle:.0f} items, one per idle agent, were waiting"
    return _scored(estimate, share, scores.BACKLOG, text)


def idle_posts(facts: Facts) -> Score | None:
    """Score P1: the hours that the best mode could use, in full-time posts."""
    hours = facts.blending.usable.dropna(subset=["hours_per_week"]).groupby("pool")["hours_per_week"].max()
    if hours.empty:
        return None
    posts = float(hours.sum()) / facts.client.full_time_h_per_week
    return Score(posts, scores.IDLE_POSTS, f"the best mode could use {posts:.1f} full-time posts of idle time")


def promise(facts: Facts) -> Score | None:
    """Score P2: share of intervals with contacts in which the promise was missed."""
    import pandas as pd

    missed = []
    for row in facts.blending.service.itertuples():
        counts = _answered_in_time(facts, str(row.queue), float(row.answer_within_s))
        if counts is not None:
            missed.append(counts.assign(missed=(counts["within"] < row.target * counts["offered"]).astype(float)))
    if not missed:
        return None
    intervals = pd.concat(missed)
    by_day = intervals.assign(all=1.0).groupby("day")[["missed", "all"]].sum()
    estimate = ratio(by_day["missed"].to_numpy(), by_day["all"].to_numpy(), n_unit="days")
    share = float(intervals["missed"].mean())
    return _scored(
        estimate, share, scores.MISSED, f"the promise was missed in {_percent(share)} of the intervals with contacts"
    )


def _answered_in_time(facts: Facts, queue: str, within_s: float) -> pd.DataFrame | None:
    """Return day, offered and answered in time by interval of one queue, from the volumes, else from the contacts."""
    volumes, contacts = facts.table("volumes"), facts.table("contacts")
    if volumes is not None:
        rows = volumes[(volumes["queue"] == queue) & (volumes["offered"] > 0) & volumes["answered_within"].notna()]
        rows = rows[rows["within_s"].isna() | (rows["within_s"] == within_s)]
        if not rows.empty:
            return rows.assign(day=facts.day(rows["start"]), within=rows["answered_within"])[
                ["day", "offered", "within"]
            ]
    if contacts is None:
        return None
    rows = contacts[contacts["queue"] == queue]
    if rows.empty:
        return None
    quick = ((rows["answered_at"] - rows["offered_at"]).dt.total_seconds() <= within_s).astype(float)
    slot = rows["offered_at"].dt.floor("30min")
    counts = quick.groupby(slot).agg(offered="size", within="sum").reset_index(names="start")
    return counts.assign(day=facts.day(counts["start"]))[["day", "offered", "within"]]


SCORES: Mapping[str, Callable[[Facts], Score | None]] = {
    "D1": agent_states,
    "D2": reason_codes,
    "D3": reconciliation,
    "D4": item_times,
    "D5": forecast_error,
    "W1": short_items,
    "W4": slack,
    "W5": backlog,
    "P1": idle_posts,
    "P2": promise,
}

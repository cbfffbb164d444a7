"""How long agents really wait between contacts, beside what three ways of routing would make of the same load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import queueing
from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.settings import Client, Queue
from analysis.measure.gap_spells import Spells
from analysis.measure.gap_survival import MEASURES, Counts, estimates
from analysis.measure.idle import duty_by_slot, pool_of_agents, signed_on_pieces
from analysis.measure.load import contact_slots, expected_load, load_nodes, local_slots

LENGTHS_S: tuple[int, ...] = (15, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800)
MEASURED = "measured"
COLUMNS: tuple[str, ...] = (
    "pool",
    "law",
    "length_s",
    "survival",
    "survival_low",
    "survival_high",
    "share_of_time",
    "time_low",
    "time_high",
    "usable_share",
    "usable_low",
    "usable_high",
    "gaps",
    "agent_days",
)
_BOUNDS = {
    "survival": ("survival_low", "survival_high"),
    "share_of_time": ("time_low", "time_high"),
    "usable_share": ("usable_low", "usable_high"),
}
_NAMES = {"longest_idle": "longest idle first", "random": "any idle agent alike", "last_idle_first": "last idle first"}
# Kinds of half hours, from busy to quiet, and the contacts that must have ended gaps of each.
_MOST_KINDS, _GAPS_PER_KIND = 4, 400
_FEWEST_ENDED = 100
# Loads are rounded to this share of the agents before the closed forms are taken.
_LOAD_STEP = 0.02


@dataclass(frozen=True, slots=True)
class MeasuredGaps:
    """The law of idle gaps of every pool.

    Attributes
    ----------
    frame
        pool, law (``measured`` or a routing), length_s; survival (share of gaps longer), share_of_time (share of idle time in gaps longer), usable_share
        (share of idle time left when each gap first costs that long), each measured one with low and high; gaps, agent_days. NaN where not known.
    nearest
        By pool: the routing whose law lies nearest to the measured one.
    sentences
        By pool: what was found, in words; or why nothing was.
    reasons
        By pool: why its gaps are not measured.
    """

    frame: pd.DataFrame
    nearest: dict[str, str]
    sentences: dict[str, str]
    reasons: dict[str, str]


def measured_gaps(
    tables: Mapping[str, pd.DataFrame],
    queues: Sequence[Queue],
    *,
    client: Client,
    slot_s: int = 1800,
    ring_s: float = 0.0,
    confidence: float = 0.95,
    minimum_agents: int = 10,
    pieces: pd.DataFrame | None = None,
) -> MeasuredGaps:
    """Measure the law of idle gaps of every pool and set the closed forms of three routings beside it.

    Parameters
    ----------
    tables
        Canonical tables; state spells, contacts or volumes, skills and roster.
    queues
        Queues of the engagement.
    client
        Zone and holidays.
    slot_s
        Length of a slot [s].
    ring_s
        How long a contact rings at a free agent before it counts as waiting [s].
    confidence
        Level of the intervals.
    minimum_agents
        Pools with fewer agents who waited are not shown.
    pieces
        The result of :func:`analysis.measure.idle.signed_on_pieces`, where it is at hand.

    Returns
    -------
    MeasuredGaps
        A pool without single spells of waiting has no measured law, and says why: interval totals hold no gaps, a log of contacts no waiting.

    Notes
    -----
    A gap runs from the moment an agent is free until a contact comes. Breaks, meetings, sign-off and work of another kind cut it off: its length is then
    known only to be longer (Kaplan & Meier 1958, with delayed entry after a contact that waited elsewhere). Half hours are sorted into up to four kinds
    by how quiet they are, because quiet hours have long gaps and may have other reasons to cut them off; kinds are averaged by the gaps that begin in them.
    Shares of time follow from the law: share_of_time(x) = (x S(x) + integral of S from x) / mean, usable_share(r) = integral of S from r / mean; adding up
    the lengths seen instead would miss what the cut-off gaps still had before them. Intervals take days as clusters (:func:`gap_survival.estimates`).

    The closed forms (:func:`analysis.queueing.idle_gaps`) are taken for every half hour's numbers of agents and expected load with its spread, survival
    averaged by gaps, shares of time by idle time.

    References
    ----------
    Kaplan & Meier, Journal of the American Statistical Association 53 (1958), 457-481. Cox, Renewal Theory, 1962, chapter 5 (length bias).
    """
    pools = pool_of_agents(tables, queues)
    if pieces is None:
        pieces = signed_on_pieces(tables, pools, queues, ring_s=ring_s)
    names = list(dict.fromkeys(queue.pool for queue in queues))
    if pieces.empty:
        return _without(names, _why_none(tables))
    slots = contact_slots(tables, queues, client=client, slot_s=slot_s)
    duty = duty_by_slot(pieces, pools, zone=client.time_zone, slot_s=slot_s)
    rows, nearest, sentences, reasons = [], {}, {}, {}
    for name in names:
        mine = pieces[pieces["agent"].map(pools).eq(name)]
        here = duty[duty["pool"].eq(name)]
        law, why = law_of_gaps(
            mine, here, zone=client.time_zone, slot_s=slot_s, confidence=confidence, minimum_agents=minimum_agents
        )
        if law is None:
            sentences[name] = reasons[name] = why
            continue
        own = law.assign(pool=name, law=MEASURED)
        loads = slots[slots["pool"].eq(name)]
        forms = (
            routing_laws(expected_load(loads, slot_s=slot_s), duty[duty["pool"].eq(name)]) if len(loads) else _none()
        )
        rows += [own, forms.assign(pool=name)]
        nearest[name], sentences[name] = _nearest(own, forms)
    frame = pd.concat(rows, ignore_index=True) if rows else _none()
    kept = frame.reindex(columns=list(COLUMNS)).astype({"gaps": "int64", "agent_days": "int64"})
    return MeasuredGaps(kept, {k: v for k, v in nearest.items() if v}, sentences, reasons)


def _none() -> pd.DataFrame:
    kinds = {name: "str" if name in ("pool", "law") else "float64" for name in COLUMNS}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _without(names: Sequence[str], why: str) -> MeasuredGaps:
    frame = _none().astype({"gaps": "int64", "agent_days": "int64"})
    return MeasuredGaps(frame, {}, dict.fromkeys(names, why), dict.fromkeys(names, why))


def _why_none(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return why no gap is known, and what to ask for."""
    totals = tables.get("state_totals")
    if totals is not None and len(totals):
        return (
            "The agents' states are given as totals per interval: they say how much agents waited, not in what lengths. Ask for the state log, spell by "
            "spell."
        )
    return (
        "No source shows when agents waited. Between two contacts of an agent lie waiting, wrap-up, breaks and absence alike, so the lengths of waits "
        "cannot be told from a log of contacts. Ask for the agents' state log."
    )


def law_of_gaps(
    pieces: pd.DataFrame,
    duty: pd.DataFrame,
    *,
    zone: str,
    slot_s: int = 1800,
    confidence: float = 0.95,
    minimum_agents: int = 10,
) -> tuple[pd.DataFrame | None, str]:
    """Return the measured law of one pool's gaps, or the words why there is none.

    Parameters
    ----------
    pieces
        Disjoint pieces of the pool's agents: agent, start, end, state.
    duty
        Their numbers by day and half hour, as :func:`analysis.measure.idle.duty_by_slot` gives them.
    zone
        IANA zone of days and half hours.
    slot_s, confidence, minimum_agents
        As in :func:`measured_gaps`.

    Returns
    -------
    tuple
        Frame with length_s, the measures with low and high, gaps, agent_days; and why parts of it are missing. None and why where all is.
    """
    spells = Spells.of(pieces)
    ended, agents = int(spells.ended.sum()), len(np.unique(spells.agent))
    if agents < minimum_agents:
        return (
            None,
            f"Only {agents} agents of the pool were seen waiting; figures of fewer than {minimum_agents} people are not shown.",
        )
    if ended < _FEWEST_ENDED:
        return (
            None,
            f"Only {ended} gaps were ended by a contact; the law of their lengths needs at least {_FEWEST_ENDED}.",
        )
    placed = local_slots(spells.start, zone, slot_s)
    day, days = pd.factorize(placed["day"], sort=True)
    if len(days) < MINIMUM_CLUSTERS:
        return None, f"Gaps were seen on {len(days)} days only; an interval needs at least {MINIMUM_CLUSTERS}."
    kind = _kinds(placed, duty, spells)
    counts = Counts.of((spells.from_s, spells.to_s), spells.ended, spells.first, day=day, kind=kind)
    lengths = np.array(LENGTHS_S)
    found = estimates(counts, lengths, labels=pd.DatetimeIndex(days).day_of_week.to_numpy(), confidence=confidence)
    columns: dict[str, object] = {"length_s": lengths.astype(float)}
    for measure in MEASURES:
        low, high = _BOUNDS[measure]
        columns |= {
            measure: _numbers(found[measure], "value"),
            low: _numbers(found[measure], "low"),
            high: _numbers(found[measure], "high"),
        }
    agent_days = len(pd.DataFrame({"agent": spells.agent, "day": day}).drop_duplicates())
    refused = {
        reason
        for measure in MEASURES
        for one in found[measure]
        for reason in one.reasons
        if one.status == "insufficient"
    }
    return pd.DataFrame(columns).assign(gaps=int(spells.first.sum()), agent_days=agent_days), "; ".join(sorted(refused))


def _numbers(found: Sequence[object], name: str) -> list[float]:
    return [float("nan") if getattr(one, name) is None else float(getattr(one, name)) for one in found]


def _kinds(placed: pd.DataFrame, duty: pd.DataFrame, spells: Spells) -> np.ndarray:
    """Return for every stretch the kind of half hour in which its gap began: up to four, from busy to quiet, equal in gaps."""
    sums = duty.groupby(["weekday", "slot_of_day_s"])[["idle_agents", "agents"]].sum()
    quiet = (sums["idle_agents"] / sums["agents"].where(sums["agents"].gt(0))).fillna(1.0)
    here = pd.MultiIndex.from_frame(placed[["weekday", "slot_of_day_s"]])
    value = quiet.reindex(here).fillna(1.0).to_numpy()
    # later stretches belong to the gap that they go on with
    gap = np.cumsum(spells.first) - 1
    value = value[np.flatnonzero(spells.first)][gap]
    kinds = int(min(_MOST_KINDS, max(1, spells.ended.sum() // _GAPS_PER_KIND)))
    edges = np.quantile(value[spells.first], np.arange(1, kinds) / kinds)
    found = np.searchsorted(np.unique(edges), value, side="left")
    return np.unique(found, return_inverse=True)[1]


def routing_laws(load: pd.DataFrame, duty: pd.DataFrame, lengths_s: Sequence[float] = LENGTHS_S) -> pd.DataFrame:
    """Return the laws of gaps that three routings would make of a pool's agents and load.

    Parameters
    ----------
    load
        Half hours of one pool, as :func:`analysis.measure.load.expected_load` gives them: weekday, slot_of_day_s, days, load, load_sd, aht_s.
    duty
        Agents on duty by day and half hour, as :func:`analysis.measure.idle.duty_by_slot` gives them.
    lengths_s
        Lengths [s].

    Returns
    -------
    DataFrame
        law, length_s, survival, share_of_time, usable_share, gaps and agent_days (0).

    Notes
    -----
    A day's mean number of agents between two whole ones counts as some of each; the load is lognormal with its spread (seven nodes). A case in which the
    load is not below the agents has no gaps. Survival is averaged by gaps per hour, shares of time by idle agents. Loads are taken on a grid of 2 % of the agents,
    and the handling time is the pool's mean: it stretches all gaps alike, and differs little between half hours.
    """
    cases = _cases(load, duty)
    lengths = np.asarray(lengths_s, dtype=float)
    rows = []
    for routing in queueing.ROUTINGS:
        survived, left, longer, gaps, idle = (
            np.zeros(len(lengths)),
            np.zeros(len(lengths)),
            np.zeros(len(lengths)),
            0.0,
            0.0,
        )
        for agents, per_h, aht_s, weight in cases.itertuples(index=False):
            one = queueing.idle_gaps(int(agents), arrivals_per_h=per_h, aht_s=aht_s, routing=routing)
            here, in_longer, usable = one.curves(lengths)
            survived += weight * one.gaps_per_h * here
            left += weight * one.idle_agents * usable
            longer += weight * one.idle_agents * in_longer
            gaps += weight * one.gaps_per_h
            idle += weight * one.idle_agents
        if gaps > 0:
            rows.append(
                pd.DataFrame(
                    {
                        "law": routing,
                        "length_s": lengths,
                        "survival": survived / gaps,
                        "share_of_time": longer / idle,
                        "usable_share": left / idle,
                        "gaps": 0,
                        "agent_days": 0,
                    }
                )
            )
    return pd.concat(rows, ignore_index=True) if rows else _none().drop(columns="pool")


def _cases(load: pd.DataFrame, duty: pd.DataFrame) -> pd.DataFrame:
    """Return agents, contacts per hour, handling time and weight of every case: numbers of agents x loads, alike ones together."""
    keys = ["weekday", "slot_of_day_s"]
    joined = duty[duty["agents"] > 0].merge(load[[*keys, "load", "load_sd", "aht_s"]], on=keys)
    joined = joined[joined["load"].gt(0) & joined["aht_s"].gt(0)]
    whole = np.floor(joined["agents"].to_numpy())
    part = joined["agents"].to_numpy() - whole
    nodes, weights = load_nodes(joined["load"].to_numpy(), joined["load_sd"].to_numpy())
    agents = np.stack([whole, whole + 1])[:, :, None]
    share = np.stack([1 - part, part])[:, :, None] * weights
    # a load between two of the grid counts as some of each
    steps = nodes / np.maximum(agents, 1) / _LOAD_STEP
    below = np.floor(steps)
    place, part_of = np.stack([below, below + 1]), np.stack([below + 1 - steps, steps - below])
    contact_s = float(np.average(joined["aht_s"], weights=joined["load"])) if len(joined) else 1.0
    shape = place.shape
    frame = pd.DataFrame(
        {
            "agents": np.broadcast_to(agents, shape).ravel(),
            # nearly no load: gaps without end would swamp the mean, so the lowest load is a quarter of a step
            "ratio": np.maximum(place, 0.25).ravel() * _LOAD_STEP,
            "weight": (part_of * share).ravel(),
        }
    )
    kept = frame[(frame["ratio"] < 1) & (frame["agents"] >= 1) & (frame["weight"] > 1e-9)]
    kept = kept.groupby(["agents", "ratio"], as_index=False)["weight"].sum()
    per_h = kept["agents"] * kept["ratio"] * 3600 / contact_s
    return pd.DataFrame({"agents": kept["agents"], "per_h": per_h, "aht_s": contact_s, "weight": kept["weight"]})


def _nearest(measured: pd.DataFrame, forms: pd.DataFrame) -> tuple[str, str]:
    """Return the routing whose law lies nearest to the measured one, and the sentence."""
    if forms.empty:
        return "", "Gaps were measured; the pool's load is not known, so no routing can be set beside them."
    seen = measured.set_index("length_s")
    far = {}
    for law, rows in forms.groupby("law", sort=False):
        other = rows.set_index("length_s")["survival"].reindex(seen.index)
        far[str(law)] = float((other - seen["survival"]).abs().max())
    order = sorted(far, key=lambda law: far[law])
    best = order[0]
    other = forms[forms["law"].eq(best)].set_index("length_s")["survival"].reindex(seen.index)
    outside = (other < seen["survival_low"]) | (other > seen["survival_high"])
    at = float((other - seen["survival"]).abs().idxmax())
    words = (
        f"The measured gaps lie nearest to routing by {_NAMES[best]}: at {at:g} s, where they differ most, {seen.loc[at, 'survival']:.0%} of gaps are longer "
        f"and {other.loc[at]:.0%} would be."
    )
    if outside.any():
        words += " The difference is more than chance: pauses, skills and the way contacts come within the half hour are not in the formulas, so the measured law counts."
    return best, words

"""One policy on simulated weeks: the figures of the frame `lab`, their intervals, and whether promise and cap are kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis import simulation
from analysis.blending.candidates import MODE_OF
from analysis.blending.policies import DAYS
from analysis.blending.week import Facts, weeks
from analysis.foundation.estimate import Estimate
from analysis.simulation import Comparison, Desk, Policy

TODAY = Policy("today")
# A figure is held against the cap as it is printed, in whole percent.
_AS_PRINTED = 0.005
# Half hours with fewer contacts on average are not named as the worst.
_FEWEST_OFFERED = 3.0
# A half hour is one in which a policy places items when agents are so much busier than today.
_BUSIER = 0.01
_NO_INTERVAL = (
    "the highest of many half hours, drawn to their mean by what chance explains; its own uncertainty is not computed"
)
# A policy that costs callers less than this beyond doubt leaves the promise as it is today.
_UNTOUCHED = 0.01


@dataclass(frozen=True, slots=True)
class Tried:
    """One policy as simulated.

    Attributes
    ----------
    key, words, policy
        As in the frame `lab`; the rule itself.
    figures
        Numbers of the frame `lab` by column.
    weekly_item_h
        Net item hours of every simulated week.
    keeps_promise, keeps_cap
        Whether it keeps both.
    sure
        Probability that the promise is kept in the long run, data and simulation considered.
    in_time
        Whether its items end within due as often as asked.
    share
        Part of what it can do that it is given, so that items are not late.
    """

    key: str
    words: str
    policy: Policy
    figures: Mapping[str, float]
    weekly_item_h: np.ndarray
    worst_slot: str
    keeps_promise: bool
    keeps_cap: bool
    sure: float
    in_time: bool = True
    share: float = 1.0

    @property
    def item_h(self) -> float:
        """Net item hours per week."""
        return self.figures["item_h_per_week"]

    @property
    def surely_moves(self) -> bool:
        """Whether it moves items beyond doubt."""
        return self.figures["item_h_low"] > 0

    @property
    def untouched(self) -> bool:
        """Whether callers are answered as today beyond doubt."""
        return self.figures["change_low"] > -_UNTOUCHED

    def estimate(self, name: str, *, unit: str, confidence: float, freedom: int) -> Estimate:
        """Return a figure of the frame as an estimate, with its interval where it has one."""
        stem = {"service_level": "service", "item_h_per_week": "item_h"}.get(name, name)
        low, high = (self.figures.get(f"{stem}_{side}") for side in ("low", "high"))
        reasons = () if low is not None else (_NO_INTERVAL,)
        floor = 0.0 if name == "item_h_per_week" else -math.inf
        return Estimate(
            max(self.figures[name], floor),
            None if low is None else max(low, floor),
            None if high is None else max(high, floor),
            unit=unit,
            basis="modelled",
            grade="B",
            confidence=confidence,
            n=freedom,
            n_unit="days",
            method="simulated weeks made of the client's own days; days as clusters",
            reasons=reasons,
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """A pool's simulated weeks.

    Attributes
    ----------
    facts
        What the weeks are made of.
    desks
        The weeks.
    seed
        Seed of contacts and items.
    behind
        Different weeks that an interval reckons with; 0: those of the bench. A setting is chosen on few weeks as if on as many as are printed.
    """

    facts: Facts
    desks: tuple[Desk, ...]
    seed: int
    behind: int = 0

    @classmethod
    def of(cls, facts: Facts, count: int, *, seed: int, load: float = 1.0) -> Bench:
        """Return a bench with so many weeks."""
        return cls(facts, tuple(weeks(facts, count, seed=seed, load=load)), seed)

    def run(self, policies: Sequence[Policy], *, rounds: int = 2) -> Comparison:
        """Return policies on the same weeks, today first, each week so many times."""
        count = max(rounds, 2) * len(self.desks)
        return simulation.compare(
            self.desks,
            [TODAY, *policies],
            precision=1.0,
            seed=self.seed,
            confidence=self.facts.settings.confidence,
            least=count,
            most=count,
            control=False,
        )

    def precise(self, policies: Sequence[Policy], *, precision: float, most: int) -> Comparison:
        """Return policies on the same weeks, each week as often as the simulation's part of every change in service asks, at most `most` in all."""
        found = self.run(policies)
        level = found.values[:, :, found.measures.index("service_level")]
        change = (level[1:] - level[:1]).reshape(len(policies), 2, len(self.desks))
        noise = change.var(axis=1, ddof=1).mean(axis=1).max(initial=0.0)
        quantile = float(stats.t.ppf(0.5 + self.facts.settings.confidence / 2, len(self.desks)))
        rounds = min(math.ceil(quantile**2 * noise / precision**2 / len(self.desks)), most // len(self.desks))
        return self.run(policies, rounds=rounds) if rounds > 2 else found


@dataclass(frozen=True, slots=True)
class _View:
    """One policy of a comparison, week by week."""

    bench: Bench
    found: Comparison
    name: str

    @property
    def place(self) -> int:
        return self.found.policies.index(self.name)

    def weekly(self, measure: str, place: int | None = None) -> np.ndarray:
        """Return a measure of every simulated week."""
        row = self.place if place is None else place
        return self.found.values[row, :, self.found.measures.index(measure)]

    def half(self, series: np.ndarray) -> float:
        """Return the half-width of the interval of a weekly mean."""
        bench, work = self.bench, self.weekly("occupancy", 0) * self.weekly("paid_h", 0)
        return half_width(series, bench.facts, len(bench.desks), work=work, behind=bench.behind)

    def around(self, stem: str, series: np.ndarray, *, most: float = math.inf) -> dict[str, float]:
        """Return a weekly mean with the ends of its interval as columns."""
        mean, half = float(series.mean()), self.half(series)
        value = "item_h_per_week" if stem == "item_h" else f"{stem}_per_week"
        return {value: min(mean, most), f"{stem}_low": min(mean - half, most), f"{stem}_high": min(mean + half, most)}


def judged(bench: Bench, found: Comparison, key: str, words: str, policy: Policy) -> Tried:
    """Return one policy of a comparison with the frame's figures, and whether it keeps promise and cap."""
    facts, view = bench.facts, _View(bench, found, policy.name)
    promise = facts.pool.desk.promise
    net_h = _net_hours(view, key)
    busiest = _busiest(found, view.place, facts)
    worst = _worst_slot(found.slots[view.place])
    service = _service(view)
    figures = {
        **service,
        "worst_service_level": float(found.slots[view.place][worst, 0]) if worst >= 0 else float("nan"),
        "occupancy_worst": busiest,
        **view.around("contacts_lost", view.weekly("contacts_lost")),
        # a backlog that waits at the start can be worked off once, not every week
        **view.around("item_h", net_h, most=facts.items.hours_per_week(policy.only) if key in MODE_OF else math.inf),
        **_work(view),
    }
    level, error = service["service_level"], view.half(view.weekly("service_level"))
    untouched = service["change_low"] > -_UNTOUCHED
    sure_cap = view.half(view.weekly("occupancy")) if view.place else 0.0
    above = view.place > 0 and busiest > promise.max_occupancy + _AS_PRINTED
    return Tried(
        key=key,
        words=words,
        policy=policy,
        figures=figures,
        weekly_item_h=net_h,
        worst_slot=slot_of_week(worst, facts) if worst >= 0 else "",
        keeps_promise=level >= promise.target and (service["service_low"] >= promise.target or untouched),
        keeps_cap=figures["occupancy"] + sure_cap <= promise.max_occupancy and not above,
        sure=_sure(level - promise.target, error, facts),
    )


def _net_hours(view: _View, key: str) -> np.ndarray:
    """Return the item hours of every week: the change in busy time less what is lost to resuming and switching; none for policies without items."""
    if key not in MODE_OF and key != "training":
        return np.zeros(view.found.values.shape[1])
    return view.weekly("net_agents") * view.bench.desks[0].horizon_s / 3600 - view.weekly("lost_h")


def _service(view: _View) -> dict[str, float]:
    """Return service level and its change against today."""
    level = view.found.value(view.name, "service_level")[0]
    change = view.found.difference(view.name, "service_level")[0]
    weekly = view.weekly("service_level")
    low, high = _share_limits(level, view.half(weekly))
    half = view.half(weekly - view.weekly("service_level", 0))
    return {
        "service_level": level,
        "service_low": low,
        "service_high": high,
        "change": change,
        "change_low": change - half,
        "change_high": change + half,
    }


def _work(view: _View) -> dict[str, float]:
    """Return what agents do: busy, on items, changing between the two, paid."""
    facts = view.bench.facts
    per_open = view.bench.desks[0].horizon_s / 3600 / (float(facts.open_slots.sum()) * facts.pool.slot_h)
    result = {name: view.found.value(view.name, name)[0] for name in ("occupancy", "p_abandon", "switches_per_agent_h")}
    result |= {name: float(view.weekly(name).mean()) * per_open for name in ("net_agents", "item_agents")}
    for name, scale in (("occupancy", 1.0), ("net_agents", per_open), ("item_agents", per_open)):
        half = view.half(view.weekly(name)) * scale
        result |= {f"{name}_low": result[name] - half, f"{name}_high": result[name] + half}
    return result | {
        "items_per_week": float(view.weekly("finished").mean()),
        "paid_h_per_week": float(view.weekly("paid_h").mean()),
    }


def half_width(
    series: np.ndarray, facts: Facts, desks: int, *, work: np.ndarray | None = None, behind: int = 0
) -> float:
    """Return the half-width of the interval of a weekly mean: the chance of the client's own days, of its contacts, and of the simulation.

    Parameters
    ----------
    series
        The figure of every simulated week; week r is made of the days of desk r modulo `desks`.
    facts
        What the weeks are made of.
    desks
        Different weeks.
    work
        Hours of contacts in every simulated week; without it all chance inside a week counts as the data's.
    behind
        Different weeks to reckon with instead.

    Notes
    -----
    A week is made of one day per weekday, each drawn from n like days. The variance between desks, less chance, is that of days drawn anew: a mean over n days has V / n.
    Chance inside a week is the simulation's, V_e / weeks, but for what the week's work explains of it (regression): how much work comes is known
    from n weeks alone. t with the days less the weekdays as degrees of freedom.
    """
    if len(series) < 2 or facts.freedom < 1:
        return 0.0
    rounds = len(series) // desks
    if rounds < 2:
        days, known, chance = float(series.var(ddof=1)), 0.0, 0.0
    else:
        layout = series[: rounds * desks].reshape(rounds, desks)
        inside = layout - layout.mean(axis=0)
        chance = float((inside**2).sum()) / (desks * (rounds - 1))
        known = chance if work is None else _explained(inside, work[: rounds * desks].reshape(rounds, desks))
        days = max(float(layout.mean(axis=0).var(ddof=1)) - chance / rounds, 0.0) if desks > 1 else 0.0
    weeks_ = behind or desks
    variance = (days + known) / facts.days_per_weekday + days / weeks_ + chance / (weeks_ * max(rounds, 1))
    return float(stats.t.ppf(0.5 + facts.settings.confidence / 2, facts.freedom)) * math.sqrt(variance)


def _explained(inside: np.ndarray, work: np.ndarray) -> float:
    """Return the variance inside desks that the week's work explains."""
    moved = work - work.mean(axis=0)
    square = float((moved**2).sum())
    if square <= 0:
        return 0.0
    return float((moved * inside).sum()) ** 2 / square / (inside.shape[1] * (inside.shape[0] - 1))


def _share_limits(share: float, half: float) -> tuple[float, float]:
    """Return the ends of an interval around a share on the logit scale."""
    if not 0 < share < 1:
        return share, share
    reach, centre = half / (share * (1 - share)), math.log(share / (1 - share))
    return tuple(float(end) for end in stats.logistic.cdf([centre - reach, centre + reach]))  # pyright: ignore[reportReturnType]


def _sure(above: float, half: float, facts: Facts) -> float:
    """Return the probability that a figure lies above what is asked, given its distance and half-width."""
    if half <= 0 or facts.freedom < 1:
        return float(above >= 0)
    scale = half / float(stats.t.ppf(0.5 + facts.settings.confidence / 2, facts.freedom))
    return float(stats.t.cdf(above / scale, facts.freedom))


def _worst_slot(slots: np.ndarray) -> int:
    """Return the half hour with the lowest service level among those with contacts; -1 without any."""
    level = np.where(slots[:, 2] >= _FEWEST_OFFERED, slots[:, 0], np.inf)
    return int(level.argmin()) if np.isfinite(level).any() else -1


def _busiest(found: Comparison, place: int, facts: Facts) -> float:
    """Return the occupancy of the busiest half hour in which a policy places items (today: of all); NaN where it places none.

    Notes
    -----
    The highest of many means found by simulation lies too high: each is drawn to the mean of the half hours by the share of their variance that chance
    explains, s_e^2 / s^2 (James & Stein 1961). s_e is the error that more weeks would shrink; half hours share it.
    """
    here = facts.open_slots & np.isfinite(found.slots[place, :, 1])
    if place:
        here &= found.slots[place, :, 1] > found.slots[0, :, 1] + _BUSIER
    if not here.any():
        return float("nan")
    occupancy, weights = found.slots[place, here, 1], found.slots[place, here, 4]
    # with several desks the error is that of one week drawn anew; that of the mean of K weeks is smaller by K + 1
    error = float(np.median(found.slot_errors[place, here, 1] ** 2)) / (found.desks + 1)
    spread = float(occupancy.var()) if len(occupancy) > 1 else 0.0
    kept = max(0.0, 1 - error / spread) if spread > 0 else 0.0
    centre = float(np.average(occupancy, weights=weights))
    return float((centre + kept * (occupancy - centre)).max())


def slot_of_week(place: int, facts: Facts) -> str:
    """Return a slot of the week such as "Mon 09:30"."""
    day, slot = divmod(place, facts.per_day)
    minutes = slot * facts.pool.slot_s // 60
    return f"{DAYS[day]} {minutes // 60:02d}:{minutes % 60:02d}"

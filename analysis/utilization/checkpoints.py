"""Checkpoints of the ramp: what must hold to go on, and when to stop, in the client's own figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.foundation.estimate import Estimate
from analysis.measure.sampling import design_effect, sample_size
from analysis.measure.sampling.sizes import DEFAULT_ICC
from analysis.utilization.guards import Guards
from analysis.utilization.rules import EVERY_WEEKS, Check, guarded, percent, points
from analysis.utilization.settings import UtilizationSettings
from analysis.utilization.visible import quantiles, standard_error

CHECKPOINT_COLUMNS = ("population", "phase", "week", "measure", "go", "stop")
WORKING_DAYS = 5
_LOOKS_A_ROUND = 10
_WHY_ENOUGH = {False: "above today by more than chance", True: "not below the plan by more than chance"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a checkpoint has to know about a population's expected ramp.

    Attributes
    ----------
    population
        Whose.
    today
        Share of the base.
    area
        Planned gain summed since the start, by week from 0 [share x weeks].
    ends
        Last week of each phase.
    """

    population: str
    today: Estimate
    area: tuple[float, ...]
    ends: Mapping[str, int]

    def window(self, week: int) -> int:
        """Return the week after which the look at a checkpoint begins: the phase's first, and no more than four back."""
        return max([week - EVERY_WEEKS, *(end for end in (0, *self.ends.values()) if end < week)])

    def gain(self, week: int) -> float:
        """Return the mean gain planned for the weeks that a checkpoint looks at."""
        since = self.window(week)
        return (self.area[week] - self.area[since]) / (week - since)


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether a checkpoint can see what the plan says.

    Attributes
    ----------
    days
        Working days that it looks at.
    gain
        Planned mean gain over them, share.
    least
        Smallest gain that can be told from chance in so many days; infinite where today has no interval.
    above_today
        Share from which on the figure of these days lies above today's by more than chance.
    as_planned
        Share from which on it does not lie below the plan by more than chance.
    looks
        Looks of work sampling that it takes; None where systems record all time or no number does.
    visible
        Whether `gain` reaches `least`.
    """

    days: int
    gain: float
    least: float
    above_today: float
    as_planned: float
    looks: int | None
    visible: bool


def seen_in(plan: Plan, week: int, *, guards: Guards, settings: UtilizationSettings) -> Seen:
    """Return whether the gain planned for the weeks before a checkpoint can be told from chance.

    Parameters
    ----------
    plan
        The expected ramp.
    week
        The checkpoint's.
    guards
        Days and looks behind today's figure.
    settings
        Its `confidence`.

    Notes
    -----
    Today's standard error s0 rests on n0 days, so the figure of n1 days like these has s0 sqrt(n0 / n1), and the difference s0 sqrt(1 + n0 / n1). A gain
    is visible if a one-sided test at `confidence` finds it in 80 % of repetitions: gain >= (z_confidence + z_0.8) s0 sqrt(1 + n0 / n1). Looks are those of
    :func:`analysis.sampling.sample_size` for the precision that is left once today's own error is taken off, with the design effect that today's
    study shows (its variance over that of as many independent looks).

    Examples
    --------
    >>> plan = Plan("back_office", Estimate(0.70, 0.68, 0.72, n=40, n_unit="days", grade="B"), (0, 0.01, 0.03, 0.06, 0.10), {"crawl": 4})
    >>> seen = seen_in(plan, 4, guards=Guards(looks=4000), settings=UtilizationSettings())
    >>> round(seen.gain, 3), round(seen.least, 3), seen.visible
    (0.025, 0.044, False)
    """
    today, share = plan.today, float(plan.today.value or 0)
    days = WORKING_DAYS * (week - plan.window(week))
    behind = today.n if today.n_unit == "days" and today.n else guards.days or days
    z, power = quantiles(settings.confidence)
    apart = standard_error(today) * math.sqrt(1 + behind / days)
    gain = plan.gain(week)
    visible = math.isfinite(apart) and gain >= (z + power) * apart
    looks = _looks(share, standard_error(today), gain / (z + power), guards.looks) if today.grade != "A" else None
    return Seen(days, gain, (z + power) * apart, share + z * apart, share + gain - z * apart, looks, visible)


def checkpoints_of(plan: Plan, *, guards: Guards, settings: UtilizationSettings) -> list[tuple[object, ...]]:
    """Return the rows of the frame `checkpoints`: one per checkpoint and measure.

    Parameters
    ----------
    plan
        The expected ramp.
    guards
        The client's figures.
    settings
        The weeks set, and `confidence`.
    """
    first = next((week for week in _weeks(plan) if seen_in(plan, week, guards=guards, settings=settings).visible), None)
    rows: list[tuple[object, ...]] = []
    for week in _weeks(plan):
        phase = next(name for name, end in plan.ends.items() if week <= end)
        seen = seen_in(plan, week, guards=guards, settings=settings)
        check = Check(_back(plan, week), week - plan.window(week), settings.confidence)
        rules = {
            "utilization": _utilization(plan, week, seen, first, settings),
            **guarded(plan.population, guards, check),
        }
        rows += [(plan.population, phase, week, measure, go, stop) for measure, (go, stop) in rules.items()]
    return rows


def _weeks(plan: Plan) -> list[int]:
    """Return the weeks of the checkpoints: the ends of crawl and walk, every four weeks of run, and the last one."""
    crawl, walk, last = (plan.ends[name] for name in ("crawl", "walk", "run"))
    return [crawl, walk, *range(walk + EVERY_WEEKS, last, EVERY_WEEKS), last]


def _looks(share: float, error: float, wanted: float, looks: int | None) -> int | None:
    """Return how many looks bring the error of a difference down to what is wanted; None where today's own error is above it."""
    left = wanted**2 - error**2
    expected = share + wanted
    if not left > 0 or not 0 < expected < 1:
        return None
    seen = design_effect(_LOOKS_A_ROUND, DEFAULT_ICC) if looks is None else error**2 * looks / (share * (1 - share))
    return sample_size(expected, half_width=math.sqrt(left), z=1.0, deff=max(1.0, seen))


def _utilization(
    plan: Plan, week: int, seen: Seen, first: int | None, settings: UtilizationSettings
) -> tuple[str, str]:
    """Return the rules on the target itself."""
    today, since = float(plan.today.value or 0), plan.window(week)
    span = f"over weeks {since + 1} to {week}" if week - since > 1 else f"in week {week}"
    planned = f"Planned {span}: {percent(today + seen.gain)}, today {percent(today)}."
    if not seen.visible:
        why = (
            "today's figure has no interval to set it against"
            if math.isinf(seen.least)
            else f"{seen.days} days show no gain below {points(seen.least)}, and {points(seen.gain)} are planned"
        )
        when = (
            f"It is first judged in week {first}."
            if first
            else "No checkpoint of this ramp can see it; judge by the hours freed."
        )
        return f"{planned} Not judged here: {why}. {when}", "Not by this figure; the other rules hold."
    looks = (
        f" That takes at least {seen.looks:,} looks, about {math.ceil(seen.looks / seen.days):,} a working day."
        if seen.looks
        else ""
    )
    least, enough = seen.above_today, max(seen.above_today, seen.as_planned)
    go = f"{planned} At least {percent(enough)}: {_WHY_ENOUGH[enough > least]}.{looks}{_longer(plan, week, settings)}"
    slow = (
        f"From {percent(least)} to {percent(enough)}: it works, but more slowly than planned; stay at this step and draw the ramp anew. "
        if enough > least
        else ""
    )
    return go, (
        f"{slow}Below {percent(least)}: stay for another {EVERY_WEEKS} weeks. Below it again: {_back(plan, week)}, and look for the "
        "cause in work, systems and planning, not in persons."
    )


def _back(plan: Plan, week: int) -> str:
    """Say where a stop leads."""
    return "back to how it was before" if week <= plan.ends["crawl"] else "back to the step before"


def _longer(plan: Plan, week: int, settings: UtilizationSettings) -> str:
    """Say that a phase was lengthened until its gain can be seen."""
    lengths = {"crawl": plan.ends["crawl"], "walk": plan.ends["walk"] - plan.ends["crawl"]}
    for phase, asked in (("crawl", settings.crawl_weeks), ("walk", settings.walk_weeks)):
        if plan.ends[phase] == week and lengths[phase] > asked:
            return f" The {phase} lasts {lengths[phase]} weeks instead of {asked}: in fewer the gain could not be told from chance."
    return ""

"""Rules on what must not break on the way: when to go on, when to stay, when to go back, in the client's own figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.foundation.estimate import Estimate
from analysis.utilization.guards import Guards, Promise
from analysis.utilization.visible import quantiles, standard_error

# Run is looked at every so many weeks, and no look takes in more than so many.
EVERY_WEEKS = 4
# A concern waits no longer than so many working days.
_ANSWERED_DAYS = 5
_AGAIN = "in two weeks running"
_NOT_YET = "Not before these figures are there."
_CHECKS = "quality checks by team and week (items checked, errors, reworked), begun before the first step"
_DUE = "items that have a due time, with arrival and end"
_PAYROLL = {
    "overtime": "hours worked beyond paid ones, by week, from at least four weeks before the start",
    "absence": "hours of leave and sickness, by week, from at least four weeks before the start",
}
Rule = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """One checkpoint as its rules need it.

    Attributes
    ----------
    back
        Where a stop leads, in words.
    weeks
        Weeks that it looks at.
    confidence
        Level of the test that tells harm from chance.
    """

    back: str
    weeks: int
    confidence: float


def guarded(population: str, guards: Guards, check: Check) -> dict[str, Rule]:
    """Return the rules of a checkpoint other than that on utilization: measure -> (go on, stop).

    Parameters
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    guards
        The client's figures; where one is missing the rule says what is needed.
    check
        The checkpoint.

    Examples
    --------
    >>> rules = guarded("back_office", Guards(), Check("back", 4, 0.95))
    >>> list(rules), rules["errors"][1]
    (['due times', 'errors', 'overtime', 'absence', 'concerns'], 'Not before these figures are there.')
    """
    rules = (
        {} if guards.occupancy_cap is None else {"occupancy": _occupancy(guards, percent(guards.occupancy_cap), check)}
    )
    if population == "contact_centre":
        rules["service level"] = _promised(guards.promises, check)
    else:
        rules["due times"] = _bounded(
            guards.within_due, "of the items done by their due time", _DUE, guards, check, above=True
        )
        if guards.backlog is not None and guards.backlog.high is not None:
            rules["work in hand"] = _bounded(
                guards.backlog, "at the end of a day on average", "", guards, check, said=_hours
            )
    rules["errors"] = _bounded(guards.errors, "of checked items with an error", _CHECKS, guards, check)
    if guards.rework is not None and guards.rework.value is not None:
        rules["rework"] = _bounded(guards.rework, "of checked items done again", _CHECKS, guards, check)
    return {**rules, **_people(guards)}


def percent(share: float | None) -> str:
    """Return a share as per cent, with a decimal unless it is a whole number.

    Examples
    --------
    >>> percent(0.8), percent(0.0383)
    ('80 %', '3.8 %')
    """
    number = round(100 * float(share or 0), 1)
    return f"{number:.0f} %" if number == round(number) else f"{number:.1f} %"


def points(share: float) -> str:
    """Return a difference of shares in points.

    Examples
    --------
    >>> points(0.0187)
    '1.9 points'
    """
    return f"{100 * share:.1f} points"


def _hours(number: float | None) -> str:
    """Return hours of work."""
    return f"{number or 0:,.0f} hours"


def _occupancy(guards: Guards, cap: str, check: Check) -> Rule:
    """Return the rules on occupancy: single half hours of single weeks differ by chance, so four weeks are averaged."""
    over = f", above {cap} in {guards.slots_over} of {guards.slots} half hours" if guards.slots else ""
    today = f" (today {percent(guards.occupancy_today)} overall{over})" if guards.occupancy_today is not None else ""
    return (
        f"At most {cap} in every half hour of the week, each averaged over {EVERY_WEEKS} weeks{today}.",
        f"A half hour above {cap} on that average: take the items out of it at once. More than one half hour in twenty: {check.back}.",
    )


def _promised(promises: Sequence[Promise], check: Check) -> Rule:
    """Return the rules on the promises of the queues, alike ones together."""
    if not promises:
        words = "Needed: the promise of each queue. Without it this check cannot pass."
        return words, "Not before the promises are stated."
    alike: dict[tuple[float, float], list[str]] = {}
    for promise in promises:
        alike.setdefault((promise.target, promise.answer_within_s), []).append(promise.queue)
    said = "; ".join(
        f"{' and '.join(names)}: at least {percent(target)} within {within:g} seconds"
        for (target, within), names in alike.items()
    )
    return f"{said}, over the weeks since the last checkpoint.", f"A queue below its promise {_AGAIN}: {check.back}."


def _bounded(
    known: Estimate | None,
    words: str,
    needed: str,
    guards: Guards,
    check: Check,
    *,
    above: bool = False,
    said: Callable[[float | None], str] = percent,
) -> Rule:
    """Return the rules on a figure that must not get worse: inside today's interval go on, beyond chance go back, between the two stay.

    The figure of n1 weeks lies beyond chance where it is worse than today's by z s0 sqrt(1 + n0 / n1).
    """
    limit = None if known is None else known.low if above else known.high
    if known is None or known.value is None or limit is None:
        return f"Needed: {needed}. Without them this check cannot pass.", _NOT_YET
    behind = guards.weeks or check.weeks
    apart = quantiles((1 + check.confidence) / 2)[0] * standard_error(known) * math.sqrt(1 + behind / check.weeks)
    # the limit of an uneven interval may lie further out
    harm = min(known.value - apart, limit) if above else max(known.value + apart, limit)
    bound, far = said(limit), said(max(harm, 0.0))
    side, worse, which = ("At least", "Below", "lower") if above else ("At most", "Above", "upper")
    often = " As many checks a week as before." if needed == _CHECKS else ""
    go = f"{side} {bound} {words} since the last checkpoint (today {said(known.value)}; {bound} is its {which} limit).{often}"
    stay = f" From {far} to {bound}" if above else f" From {bound} to {far}"
    between = (
        f"{stay}: stay at this step for another {EVERY_WEEKS} weeks, and go back if it is no better then."
        if far != bound
        else ""
    )
    return go, f"{worse} {far}, more than chance: {check.back}.{between}"


def _people(guards: Guards) -> dict[str, Rule]:
    """Return the rules on strain and on what people say."""
    rules = {
        name: (f"Needed: {what}. Without them this check cannot pass.", _NOT_YET) for name, what in _PAYROLL.items()
    }
    before = f"the highest of the {guards.weeks} weeks before"
    if guards.overtime_h is not None:
        most = f"{guards.overtime_h:,.0f} hours"
        rules["overtime"] = (
            (f"Time seen outside paid hours: at most {most} a week, {before}.", f"Above {most} {_AGAIN}.")
            if round(guards.overtime_h)
            else (f"No time outside paid hours, as in the {guards.weeks} weeks before.", f"An hour or more {_AGAIN}.")
        )
    if guards.absence is not None:
        most = percent(guards.absence)
        rules["absence"] = (
            f"Leave and sickness: at most {most} of paid time in a week, {before}; holidays apart.",
            f"Above {most} {_AGAIN} without leave that explains it: ask the teams before anything else.",
        )
    rules["concerns"] = (
        "Every team was asked in these weeks, and what it said was read back to it.",
        f"A team says that it cannot go on like this, or a concern stays without an answer for {_ANSWERED_DAYS} working days.",
    )
    return rules

"""Sentences that a manager may quote about achievable utilization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Estimate
from analysis.utilization.settings import UtilizationSettings

if TYPE_CHECKING:
    from analysis.utilization.answer import Answer

NAMES = {"contact_centre": "contact centre", "back_office": "back office"}
LIMITS = {
    "allowance": "people's need for rest and small delays",
    "queueing": "the promise to callers",
    "policy": "the client's own cap on occupancy",
}
BACK_OFFICE_LIMITS = {**LIMITS, "queueing": "due times and uneven volumes"}
NOTHING = "no reclaimable time found"
BEYOND = "Nothing measured here so far is as high."
_UNKNOWN = {
    "allowance": "what people need",
    "contact_centre": "what the promise to callers allows",
    "back_office": "what due times allow",
}
# Fewer hours round to none.
_LEAST_H = 2.5


def limits(population: str, binding: Sequence[str]) -> str:
    """Return the binding ceilings in words."""
    words = LIMITS if population == "contact_centre" else BACK_OFFICE_LIMITS
    return " or ".join(words[name] for name in binding)


def hours(number: float) -> str:
    """Return hours to the nearest 5, as the report prints them."""
    return f"{5 * round(number / 5):,.0f}"


def nothing_found(minimum: float) -> str:
    """Return why no reclaimable time is claimed; `minimum` is the smallest distance that counts, a share.

    Examples
    --------
    >>> nothing_found(0.02)
    'no reclaimable time found: what is achievable may lie less than 2 % of paid time above today'
    """
    near = f"less than {100 * minimum:g} % of paid time above" if minimum > 0 else "no higher than"
    return f"{NOTHING}: what is achievable may lie {near} today"


def achievable_sentence(
    population: str,
    answer: Answer,
    *,
    blended: Estimate | None,
    beyond: bool,
    settings: UtilizationSettings,
) -> str:
    """Return one population's sentence: what can be work, what is today, what limits it, and how a quoted target compares.

    Parameters
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    answer
        What is achievable, today and between.
    blended
        What is achievable with other work between contacts; None where it is not asked.
    beyond
        Whether what is achievable lies above everything measured here.
    settings
        The quoted target, and the smallest distance that counts.
    """
    name = NAMES[population].capitalize()
    if answer.achievable.value is None:
        return f"{name}: what utilization is achievable cannot be said: {'; '.join(answer.achievable.reasons)}."
    unknown = [_UNKNOWN[population if name == "queueing" else name] for name in answer.missing]
    without = f" It is not known {' nor '.join(unknown)}, so the true limit may be lower." if unknown else ""
    first = (
        f"{name}: {answer.achievable!r} of paid time less absence and breaks can be work; the limit is "
        f"{limits(population, answer.binding)}.{without}"
    )
    more = (
        f"With other work between contacts it could be {blended!r}."
        if blended is not None and blended.value is not None
        else ""
    )
    target = target_words(answer.achievable, settings.reference_share)
    said = (first, BEYOND if beyond else "", _today_words(answer, settings), target, more)
    return " ".join(part for part in said if part)


def level_sentence(population: str, by: str, level: str, answer: Answer) -> str:
    """Return the sentence of a site or a group.

    Parameters
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    by
        ``"site"`` or ``"group"``.
    level
        Its name.
    answer
        What is achievable, today and between.
    """
    name = f"Site {level}" if by == "site" else level
    if answer.achievable.value is None:
        return f"{name}: what utilization is achievable cannot be said: {'; '.join(answer.achievable.reasons)}."
    can = f"{name}: {answer.achievable!r} of paid time less absence and breaks can be work, limited by {limits(population, answer.binding)}"
    if answer.today.value is None:
        if answer.today.low is None or answer.today.high is None:
            return f"{can}; today's share is not known."
        return f"{can}; today's share is known only to lie {bounds(answer.today)}."
    if answer.reclaimable.value is None:
        return f"{can}; today it is {answer.today!r}: {NOTHING}."
    return f"{can}; today it is {answer.today!r}. {_hours_words(answer)}"


def _today_words(answer: Answer, settings: UtilizationSettings) -> str:
    """Return today's share and the hours between it and what is achievable."""
    today, room = answer.today, answer.reclaimable
    if today.value is None:
        if today.low is None or today.high is None:
            return f"Today's share is not known: {'; '.join(today.reasons)}."
        between = f"Today it lies {bounds(today)}: {'; '.join(today.reasons)}."
        if room.low is None or room.high is None:
            return between
        least = f"{hours(room.low)} to " if room.low >= _LEAST_H else "at most "
        return f"{between} Of the {hours(answer.base_h_per_week)} hours a week, {least}{hours(room.high)} lie between today and there."
    if room.value is None:
        if today.low is not None and answer.achievable.high is not None and today.low > answer.achievable.high:
            return f"Today it is {today!r}: {NOTHING}; today already lies above what can last."
        minimum = settings.minimum_reclaimable_share
        near = f"the two may be less than {100 * minimum:g} points apart" if minimum > 0 else "the two may be equal"
        return f"Today it is {today!r}: {NOTHING}, because {near}."
    return f"Today it is {today!r}. {_hours_words(answer)}"


def _hours_words(answer: Answer) -> str:
    """Return the hours between today and what is achievable, of all hours."""
    room = answer.reclaimable
    span = f"{hours(room.low or 0)} to {hours(room.high or 0)}"
    return f"Of the {hours(answer.base_h_per_week)} hours a week, {hours(room.value or 0)} ({span}) lie between today and there."


def bounds(share: Estimate) -> str:
    """Return a bound in words.

    Examples
    --------
    >>> bounds(Estimate.missing("logs alone", low=0.49, high=0.92))
    'between 49 % and 92 %'
    """
    return f"between {100 * (share.low or 0):.0f} % and {100 * (1.0 if share.high is None else share.high):.0f} %"


def target_words(achievable: Estimate, reference: float) -> str:
    """Say how a quoted target compares with what is achievable.

    Examples
    --------
    >>> target_words(Estimate(0.7, 0.66, 0.74), 0.8)
    'A target of 80 % cannot be reached.'
    """
    quoted = f"{100 * reference:.0f} %"
    if achievable.low is None or achievable.high is None:
        return ""
    if achievable.high < reference:
        return f"A target of {quoted} cannot be reached."
    if achievable.low >= reference:
        return f"A target of {quoted} is within reach."
    return f"Whether {quoted} can be reached is open: it lies inside the interval."


def small_pool_words(mean_agents: float, of_workable: float, reference: float) -> str:
    """Say that a pool is too small for a quoted target; empty where it is not.

    Examples
    --------
    >>> small_pool_words(5.0, 0.59, 0.8)
    'With 5.0 agents on duty on average, the promise allows 59 % of workable time at most, so 80 % cannot be reached by a pool of this size.'
    """
    if of_workable >= reference:
        return ""
    return (
        f"With {mean_agents:.1f} agents on duty on average, the promise allows {100 * of_workable:.0f} % of workable time at most, "
        f"so {100 * reference:.0f} % cannot be reached by a pool of this size."
    )

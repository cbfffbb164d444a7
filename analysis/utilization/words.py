"""Sentences that a manager may quote about achievable utilization."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.foundation.estimate import Estimate

NAMES = {"contact_centre": "contact centre", "back_office": "back office"}
LIMITS = {
    "allowance": "people's need for rest and small delays",
    "queueing": "the promise to callers",
    "policy": "the client's own cap on occupancy",
}
BACK_OFFICE_LIMITS = {**LIMITS, "queueing": "due times and uneven volumes"}


def limits(population: str, binding: Sequence[str]) -> str:
    """Return the binding ceilings in words."""
    words = LIMITS if population == "contact_centre" else BACK_OFFICE_LIMITS
    return " or ".join(words[name] for name in binding)


def hours(number: float) -> str:
    """Return hours to the nearest 5, as the report prints them."""
    return f"{5 * round(number / 5):,.0f}"


def achievable_sentence(
    population: str,
    today: Estimate,
    achievable: Estimate,
    reclaimable: Estimate,
    *,
    binding: Sequence[str],
    reference: float,
    missing: Sequence[str],
) -> str:
    """Return one population's sentence: what can be work, what is today, what limits it, and how a quoted target compares.

    Parameters
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    today, achievable, reclaimable
        Shares of the base; hours a week.
    binding
        The ceilings that bind.
    reference
        A target that is quoted, as a share.
    missing
        Ceilings that could not be estimated.
    """
    name = NAMES[population].capitalize()
    if achievable.value is None:
        return f"{name}: what utilization is achievable cannot be said: {'; '.join(achievable.reasons)}."
    limit = limits(population, binding)
    without = f" {_listed(missing)} could not be estimated, so the true limit may be lower." if missing else ""
    first = f"{name}: {achievable!r} of paid time less absence and breaks can be work; the limit is {limit}.{without}"
    return " ".join([first, _today_words(today, reclaimable), target_words(achievable, reference)])


def _today_words(today: Estimate, reclaimable: Estimate) -> str:
    """Return today's share and the hours between it and what is achievable."""
    if today.value is None or reclaimable.value is None:
        room = (
            f" Between {hours(reclaimable.low or 0)} and {hours(reclaimable.high or 0)} hours a week lie between today and there."
            if reclaimable.high
            else ""
        )
        return f"Today it is {today!r}.{room}"
    if reclaimable.value <= 0:
        return f"Today it is {today!r}: there is no room above it."
    span = f"{hours(reclaimable.low or 0)} to {hours(reclaimable.high or 0)}"
    return f"Today it is {today!r}; {hours(reclaimable.value)} hours a week ({span}) lie in between."


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


def _listed(names: Sequence[str]) -> str:
    """Return ceilings as words joined by and, with a capital."""
    text = " and ".join(f"the {name} ceiling" for name in names)
    return text[:1].upper() + text[1:]

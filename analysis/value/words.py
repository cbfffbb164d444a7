"""Sentences about the balance of hours and about money."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from analysis.value.balance import Balance
from analysis.value.money import Amounts
from analysis.value.moving import MODE_WORDS, Moving
from analysis.value.settings import ValueSettings

USES = {"overtime": "overtime", "outsourced": "hours bought outside", "vacancies": "open vacancies"}
CAPACITY = "capacity, not cash"


def hours(number: float) -> str:
    """Return hours as the report prints them: whole below 20, else to the nearest 5.

    Examples
    --------
    >>> hours(12.4), hours(423.0)
    ('12', '425')
    """
    return f"{number:,.0f}" if abs(number) < 20 else f"{5 * round(number / 5):,.0f}"


def amount(number: float) -> str:
    """Return an amount to two significant digits, without its currency.

    Examples
    --------
    >>> amount(12345.0), amount(-52.26)
    ('12,000', '-52')
    """
    rounded = 0.0 if number == 0 else round(number * (1 + 1e-9), 1 - math.floor(math.log10(abs(number))))
    return f"{rounded:,.{0 if rounded == round(rounded) else 2}f}"


def ranged(draws: np.ndarray, *, spell: Callable[[float], str] = hours, before: str = "") -> str:
    """Return the median of draws with its 95 % range, the currency before the median alone."""
    low, middle, high = (spell(float(number)) for number in np.quantile(draws, [0.025, 0.5, 0.975]))
    return f"{before}{middle}" if low == middle == high else f"{before}{middle} ({low} to {high})"


def balance_words(found: Balance, *, room: bool, moving: Moving) -> str:
    """Say what is needed today and after the change, what is freed, and what takes it up."""
    first = f"Back office: {hours(_mid(found.needed_today))} hours of the base a week are there today"
    if not np.any(found.freed > 0):
        return f"{first}; nothing is freed: {nothing_freed(room=room, moving=moving)}."
    parts = []
    if np.any(found.freed_in_place > 0):
        parts.append(f"{ranged(found.freed_in_place)} where people are")
    if np.any(found.freed_by_moving > 0):
        parts.append(
            f"{ranged(found.freed_by_moving)} by moving {ranged(found.moved_to_agents)} hours of items to agents ({MODE_WORDS[moving.mode]})"
        )
    freed = f"{ranged(found.freed)} are freed: {', '.join(parts)}"
    reason = "" if room else " In place no reclaimable time was found, so none is claimed."
    used = [f"{hours(_mid(getattr(found, name)))} replace {words}" for name, words in USES.items() if _mid(getattr(found, name)) > 0]  # fmt: skip
    left = f"{ranged(found.left)} are left: {CAPACITY}"
    return f"{first} and {ranged(found.needed_after)} are needed after the change; {freed}.{reason} Of these {_listed([*used, left])}."


def nothing_freed(*, room: bool, moving: Moving) -> str:
    """Say why no hour is freed."""
    place = "in place no reclaimable time was found" if not room else "in place nothing is freed"
    return f"{place}, and no items are moved because {moving.reason or 'none would move'}"


def why_blend_words(found: Balance, *, stated: float) -> str:
    """Answer from the numbers why to blend if the back office has slack of its own.

    Parameters
    ----------
    found
        The balance.
    stated
        Hours of the base a week that overtime, bought hours and vacancies can take up.
    """
    place, moving, both = (_mid(part) for part in (found.freed_in_place, found.moving_alone, found.freed))
    if not moving > 0:
        return ""
    if not place > 0:
        takes = _takes(moving, stated)
        return f"In place no reclaimable time was found, so what can be freed comes from moving items: {hours(moving)} hours a week. {takes}"
    first = (
        f"Why move items if the back office has slack of its own? In place alone frees {hours(place)} hours a week, moving items alone {hours(moving)}, both {hours(both)}; "
        f"that is less than the sum, since an hour moved frees less once the time around the work has shrunk."
    )
    return f"{first} {_enough(place, both, stated)}"


def _enough(place: float, both: float, stated: float) -> str:
    """Say whether in place alone already fills what can take hours up."""
    if stated <= 0:
        return f"No overtime, bought hours or vacancies were stated that could take them up, so moving items adds {hours(both - place)} hours of {CAPACITY}."
    filled = f"Overtime, bought hours and vacancies can take up {hours(stated)} hours"
    if place >= stated:
        return f"{filled}; in place alone fills them and leaves {hours(place - stated)}, both leave {hours(both - stated)}: what moving items adds is {CAPACITY}."
    more = min(both, stated) - place
    return f"{filled}; in place alone fills {hours(place)} of them, moving items {hours(more)} more, and both leave {hours(max(both - stated, 0.0))}."


def _takes(freed: float, stated: float) -> str:
    """Say how much of what moving frees is taken up."""
    if stated <= 0:
        return f"Nothing was stated that could take them up: {CAPACITY}."
    return f"Of these {hours(min(freed, stated))} can replace overtime, bought hours or vacancies; {hours(max(freed - stated, 0.0))} are left."


def alternative_words(agents: float, low: float, high: float, surplus_h: float) -> str:
    """Say what the same waiting time would allow instead of items."""
    return (
        f"Contact centre: instead of taking items, {agents:.1f} ({low:.1f} to {high:.1f}) fewer agents at a time would keep the promise, {hours(surplus_h)} hours a week. "
        "It is another use of the same waiting time and is not added to the hours moved; nor are the hours between today and what is achievable there, which are this time again."
    )


def fte_words(full_time_h: float, base_share: float, open_h: float) -> str:
    """Say what a full-time equivalent is here."""
    first = (
        f"A full-time equivalent is {full_time_h:g} hours. A contract of {full_time_h:g} hours gives {full_time_h * base_share:.1f} hours of the base after absence and breaks, "
        f"so 100 hours of the base are {100 / full_time_h / base_share:.1f} contracts."
    )
    if not open_h > 0:
        return first
    many = open_h / full_time_h / base_share
    return f"{first} A mean number of agents at the same time is not a number of contracts: one agent throughout the {open_h:,.0f} open hours of a week takes {many:.1f}."


def money_words(found: Amounts, currency: str) -> str:
    """Say what the change is worth a week once the ramp is over: cash first, capacity apart."""
    before = f"{currency} "
    cash = ranged(found.cashable, spell=amount, before=before)
    if not np.any(found.benefit > 0):
        first = f"Nothing was stated that freed hours could replace, so no cash comes of it: {cash} a week after running cost."
    else:
        first = f"Once the ramp is over {cash} a week may turn into cash, after running cost."
    if not _mid(found.left) > 0:
        return f"{first} No hours are left beside it."
    low, high = (amount(float(end)) for end in np.quantile(found.combined, [0.1, 0.9]))
    both = ranged(found.combined, spell=amount, before=before).removesuffix(")")
    both = f"{both}; 80 % range {low} to {high})" if low != high else both
    return (
        f"{first} The hours that are left cost {ranged(found.left, spell=amount, before=before)} a week: {CAPACITY}, unless overtime, bought hours or vacancies fall further. "
        f"Both together {both}."
    )


def payback_words(payback: np.ndarray, above: float, above_all: float, settings: ValueSettings) -> str:
    """Say when it pays back in cash, and how sure it is that it does."""
    never = float(np.mean(np.isinf(payback)))
    chance = f"By week {settings.horizon_weeks} benefits exceed costs with a probability of {percent(above)} in cash, {percent(above_all)} with the capacity counted."
    if never > 0.5:
        return f"In cash it does not pay back within {settings.horizon_weeks} weeks in {percent(never)} of the draws. {chance}"
    low, middle, high = np.quantile(payback, [0.025, 0.5, 0.975], method="inverted_cdf")
    later = f"more than {settings.horizon_weeks}" if math.isinf(high) else f"{high:.0f}"
    return f"In cash it pays back after {middle:.0f} weeks ({low:.0f} to {later}). {chance}"


def precision_words(error: float, draws: int, currency: str) -> str:
    """Say how exact the simulation is."""
    return f"{draws:,} joint draws; their own error of the median is {currency} {amount(error)} a week."


def percent(share: float) -> str:
    """Return a share of draws as whole percent, never 0 or 100 %: draws do not show what is certain.

    Examples
    --------
    >>> percent(0.998), percent(0.4)
    ('more than 99 %', '40 %')
    """
    if share < 0.01:
        return "less than 1 %"
    if share > 0.99:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def moving_words(moving: Moving) -> str:
    """Say which mode was taken and what the others would move."""
    others: Mapping[str, float] = moving.others
    if not moving.mode:
        return ""
    rest = [f"{hours(number)} {MODE_WORDS[name]}" for name, number in others.items()]
    instead = f" Instead {' or '.join(rest)} could move; the modes use the same time and are not added." if rest else ""
    return f"Items move {MODE_WORDS[moving.mode]}, at most {hours(moving.hours)} hours a week.{instead}"


def _listed(parts: Sequence[str]) -> str:
    """Join parts with commas and an and."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _mid(draws: np.ndarray) -> float:
    return float(np.median(draws))

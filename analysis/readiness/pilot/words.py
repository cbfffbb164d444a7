"""What the figures of a pilot are called, in which unit they are printed, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome in words.

    Attributes
    ----------
    words
        As it stands in a sentence.
    unit
        Unit of the figure: share, s, h or items.
    better
        +1 where more is better, -1 where less is, 0 where neither.
    switched
        Whether days with and without items can be held against each other: what a day leaves behind for the next cannot.
    """

    words: str
    unit: str
    better: int
    switched: bool = True


OUTCOMES: dict[str, Outcome] = {
    "service_level": Outcome("share of contacts answered in time", "share", 1),
    "abandonment": Outcome("share of contacts abandoned", "share", -1),
    "handling_s": Outcome("handling time of a contact", "s", -1),
    "occupancy": Outcome("share of ready time that agents are busy", "share", 0),
    "item_h": Outcome("item hours that the pool does a day", "h", 1),
    "items_done": Outcome("items that all teams finish a day", "items", 1, switched=False),
    "items_in_due": Outcome("share of items finished before they are due", "share", 1, switched=False),
    "errors": Outcome("errors per checked item", "share", -1, switched=False),
}


def outcome_of(name: str) -> Outcome:
    """Return an outcome in words; one that is not listed is called by its name."""
    return OUTCOMES.get(name, Outcome(name.replace("_", " "), "", 0))


def amount(value: float, unit: str) -> str:
    """Return a difference as it is printed.

    Examples
    --------
    >>> amount(0.0213, "share"), amount(12.4, "s"), amount(3.27, "h")
    ('2.1 points', '12 s', '3.3 h')
    """
    if unit == "share":
        return f"{100 * value:.1f} points"
    if unit == "s":
        return f"{value:.0f} s"
    if unit == "h":
        return f"{value:.1f} h"
    return f"{value:,.0f} items" if unit == "items" else f"{value:.3g}"


def figure(value: float, unit: str) -> str:
    """Return a level as it is printed.

    Examples
    --------
    >>> figure(0.932, "share"), figure(394.2, "s")
    ('93.2 %', '394 s')
    """
    return f"{100 * value:.1f} %" if unit == "share" else amount(value, unit)


def percent(share: float, digits: int = 0) -> str:
    """Return a share as it is printed.

    Examples
    --------
    >>> percent(0.813), percent(0.0125, 1)
    ('81 %', '1.2 %')
    """
    return f"{100 * share:.{digits}f} %"


def units_words(unit: str) -> str:
    """Return what is drawn by lot, in words."""
    return {
        "switchback days": "days",
        "switchback half days": "half days",
        "switchback half weeks": "halves of weeks, the middle day left out",
        "switchback weeks": "weeks, their first day left out",
    }.get(unit, unit)

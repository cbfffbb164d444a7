"""Room, no room, or cannot say: the rules, in the order in which they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.blending.service import QueueService, pooled
from analysis.blending.settings import BlendingSettings
from analysis.foundation.estimate import Estimate

Verdict = Literal["room", "no room", "cannot say"]

MODE_WORDS = {
    "releasable": "in blocks off contacts",
    "shareable": "between contacts",
    "interruptible": "as items that give way to contacts at once",
}
GUESSED = (
    "a log of contacts alone shows neither presence nor waiting: wrap-up, breaks and absence look the same as idle time; "
    "ask for the agents' states"
)
UNKNOWN_SERVICE = "the service level could not be measured: no contacts, and no counts within the promised time"
NOT_MEASURED = "no source shows how long agents waited; ask for the agents' states"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict and why.

    Attributes
    ----------
    verdict
        ``"room"``, ``"no room"`` or ``"cannot say"``.
    reason
        Why, in words; empty for room.
    """

    verdict: Verdict
    reason: str


def percent(share: float) -> str:
    """Return a share as it is printed."""
    return f"{100 * share:.0f} %"


def on_data(
    services: Sequence[QueueService], *, source: str, modelled: bool, settings: BlendingSettings
) -> Ruling | None:
    """Return the ruling that holds for all modes of a pool, or None when the modes may be judged one by one.

    Notes
    -----
    In this order: too few days, a service level that was not measured: cannot say. A promise that is missed already: no room. Idle time that no
    source shows: cannot say. A model that misses the measured service level by more than the tolerance: cannot say.
    """
    days = max((len(service.served.daily) for service in services), default=0)
    missed = [service for service in services if service.missed]
    measured, model = pooled(services)
    off = measured is None or model is None or abs(model - measured) > settings.model_tolerance
    rules: tuple[tuple[bool, Verdict, str], ...] = (
        (measured is None, "cannot say", UNKNOWN_SERVICE),
        (
            days < settings.minimum_days,
            "cannot say",
            f"only {days} days with contacts; {settings.minimum_days} are needed",
        ),
        (
            bool(missed),
            "no room",
            "the promise is missed already: " + "; ".join(_missed(service) for service in missed),
        ),
        (source == "contacts", "cannot say", GUESSED),
        (source == "none" or not modelled, "cannot say", NOT_MEASURED),
        (off, "cannot say", _model_misses(measured, model, settings.model_tolerance)),
    )
    return next((Ruling(verdict, reason) for holds, verdict, reason in rules if holds), None)


def _missed(service: QueueService) -> str:
    share = float(service.served.share or 0.0)
    return (
        f"{service.queue.name} answers {percent(share)} {service.promise.definition} within {service.promise.answer_within_s:.0f} s, "
        f"the target is {percent(service.promise.target)}"
    )


def _model_misses(measured: float | None, model: float | None, tolerance: float) -> str:
    if measured is None or model is None:
        return "the model could not be held against the measured service level"
    return (
        f"the model gives a service level of {percent(model)} today where {percent(measured)} was measured; "
        f"more than {100 * tolerance:.0f} points apart it may not speak about tomorrow"
    )


def on_mode(hours: Estimate, *, suitable_h: float, stated_items: bool, feasible: bool, why_not: str) -> Ruling:
    """Return the ruling of one mode.

    Parameters
    ----------
    hours
        Item hours per week under the mode's policy.
    suitable_h
        Hours per week of the item types that suit the mode.
    stated_items
        Whether the client's items are known at all.
    feasible
        Whether the policy keeps the promise and the cap.
    why_not
        Words for a policy that does not.
    """
    if not stated_items:
        return Ruling("cannot say", "the client's items are not known; ask for item types with lengths and volumes")
    if suitable_h <= 0:
        return Ruling("no room", "no item type suits this mode")
    if not feasible:
        return Ruling("no room", why_not)
    if hours.value is None:
        return Ruling("cannot say", "; ".join(hours.reasons))
    if hours.value <= 0 or (hours.low is not None and hours.low <= 0):
        return Ruling("no room", "no half hour has time to spare that other weeks like these would have too")
    return Ruling("room", "")

"""The sentences of a pilot's design, for those who decide on it and for those who work in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.readiness.pilot.variation import FEWEST_WEEKS, Variation
from analysis.readiness.pilot.words import amount, figure, outcome_of, percent, units_words
from analysis.readiness.settings import ReadinessSettings


@dataclass(frozen=True, slots=True)
class Told:
    """What the sentence on the service level needs: unit, units a week, weeks (None: none suffices), longest, planned power, smallest change with its range."""

    unit: str
    positions: int
    weeks: int | None
    most: int
    planned: float
    seen: tuple[float, float, float]


def service(told: Told, found: Variation, settings: ReadinessSettings) -> str:
    """Return what the pilot promises on the service level."""
    change = amount(settings.pilot_service_change, "share")
    smallest = _range(told.seen, "share")
    plain = units_words(told.unit)
    like = " of like volume" if found.covariates else ""
    basis = f"judged by {found.weeks} past weeks, in which two {plain}{like} of the same weekday differ by {amount(math.sqrt(2) * found.within, 'share')} by chance"
    if told.weeks is None:
        return (
            f"A change of {change} in the share of contacts answered in time is not seen reliably within {told.most} weeks: the smallest "
            f"change seen with {percent(settings.pilot_power)} chance is {smallest}, {basis}. {_advice(told, settings)}"
        )
    return (
        f"{told.weeks} weeks in which {plain} with and without items are drawn by lot ({told.weeks * told.positions} in all) see a change of {change} in the "
        f"share of contacts answered in time with {percent(told.planned)} chance; if items change nothing, they show with the same chance that the loss is smaller "
        f"than that. The smallest change seen with {percent(settings.pilot_power)} chance is {smallest}, {basis}."
    )


def _range(seen: tuple[float, float, float], unit: str) -> str:
    return f"{amount(seen[0], unit)} ({amount(seen[1], unit)} to {amount(seen[2], unit)})"


def _advice(told: Told, settings: ReadinessSettings) -> str:
    wanted = math.ceil(told.most * (told.seen[0] / settings.pilot_service_change) ** 2 / 2) * 2
    longer = f"Either accept {amount(told.seen[0], 'share')} as what matters, run it for about {wanted} weeks"
    return f"{longer}, or run it in several pools at once and judge them together."


def too_short(told: Told, settings: ReadinessSettings) -> str:
    """Return in one clause why no length suffices."""
    return (
        f"within {told.most} weeks a change of {amount(told.seen[0], 'share')} is the smallest that is seen with "
        f"{percent(settings.pilot_power)} chance, not {amount(settings.pilot_service_change, 'share')}"
    )


def detected(name: str, unit: str, found: Variation, seen: tuple[float, float, float]) -> str:
    """Return the smallest change of an outcome that the pilot sees."""
    words = outcome_of(name)
    return (
        f"{_first(words.words)}: {figure(found.mean, words.unit)} today; the smallest change seen is {_range(seen, words.unit)} "
        f"between {units_words(unit)} with and without items."
    )


def hours(expected: float, seen: tuple[float, float, float], policy: str = "") -> str:
    """Return the smallest shortfall of item hours that the pilot sees."""
    way = f" ({policy}; under another policy the pilot expects what that one would do)" if policy else ""
    return (
        f"{_first(outcome_of('item_h').words)}: {amount(expected, 'h')} are expected on a day with items, by the replay of the client's own days{way}; the "
        f"smallest shortfall seen is {_range(seen, 'h')}."
    )


def unseen(name: str, reason: str) -> str:
    """Return that an outcome is not judged by the pilot, and why."""
    return f"{_first(outcome_of(name).words)}: not judged by this pilot, because {reason}."


def untold(weeks: int) -> str:
    """Return why the ordinary variation of an outcome is not known."""
    if weeks < FEWEST_WEEKS:
        return f"only {weeks} weeks of figures are there; at least {FEWEST_WEEKS} are needed to tell how much it varies by itself"
    return "it did not vary from day to day, or too few days have a figure"


def lasts(days: float) -> str:
    """Return why an outcome of items is not compared day by day."""
    if math.isnan(days):
        return "it is not known how long items wait, so a day with items may change the days after it"
    counted = "1 working day" if days == 1 else f"{days:.0f} working days"
    return (
        f"items wait up to {counted}, so what a day with items finishes is missing on the day after; it is watched by a stop rule, "
        "and its level is compared with the weeks before the pilot"
    )


def _first(words: str) -> str:
    return words[0].upper() + words[1:]

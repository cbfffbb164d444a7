"""One pilot from plan to answer in a world: planned from 8 weeks, run on later ones, with the effect that was planned for and without any."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.readiness.pilot.assignment import calendars_possible, draw_arms, like_calendars
from analysis.readiness.pilot.power import Curve, curve, detectable, known_power, planned_power, rounded, standard_error
from analysis.readiness.pilot.randomised import Tested, nuisance, randomisation_test
from analysis.readiness.pilot.reestimate import length_of
from analysis.readiness.pilot.stopping import looked_at, threshold
from analysis.readiness.pilot.variation import Variation, rise_of, variation
from analysis.readiness.settings import ReadinessSettings
from tests.calibration.pilot_worlds import OPEN, World, world

PAST, GAP, POWER, LEVEL, PILOTS = 8, 2, 0.8, 0.05, 4000
LENGTHS = (4, 8, 12)
_LONG = 80


@dataclass(frozen=True, slots=True)
class Run:
    """What one pilot came to.

    Attributes
    ----------
    planned, plug_in
        Power that the plan promised, and what it would have promised had it taken the variance seen for the true one.
    seen, false
        Whether the effect was seen, and whether one was seen without any.
    holds
        Whether the interval held the effect.
    true_power
        Power of this plan in this world, over many pilots.
    effect, low, high, value
        The effect, and what the pilot said of it.
    """

    planned: float
    plug_in: float
    seen: bool
    false: bool
    holds: bool
    true_power: float
    effect: float
    low: float
    high: float
    value: float


@dataclass(frozen=True, slots=True)
class Days:
    """Days of a world as arrays: value, week, place in the week, and what is held alike."""

    value: np.ndarray
    week: np.ndarray
    place: np.ndarray
    alike: np.ndarray

    def variation(self) -> Variation:
        """Return their ordinary variation."""
        found = variation(self.value, self.week, self.place, self.alike)
        if found is None:
            raise ValueError("a world without variation")
        return dataclasses.replace(found, rise=rise_of(self.value, np.exp(self.alike[:, 0]), found.within))


def days_of(made: World, first: int, weeks: int, change: np.ndarray | float = 0.0) -> Days:
    """Return some weeks of a world; `change` is added to the expected share of every day."""
    value, alike = made.figures(first, weeks, change)
    return Days(value, np.repeat(np.arange(weeks), OPEN), np.tile(np.arange(OPEN), weeks), alike[:, None])


def judged(days: Days, on: np.ndarray, calendars: np.ndarray) -> Tested:
    """Put a pilot to the test that :func:`evaluate_pilot` runs."""
    basis = nuisance(days.week, days.place, days.alike)
    listed = len(calendars) == calendars_possible(OPEN, len(on) // OPEN)
    return randomisation_test(days.value, on, calendars, basis, all_listed=listed, level=LEVEL)


@lru_cache(maxsize=8)
def calendars_of(weeks: int) -> np.ndarray:
    """Return calendars that might have been drawn."""
    generator = np.random.default_rng(weeks)
    every, listed = like_calendars(OPEN, weeks, 1999, generator)
    return every if listed else draw_arms(OPEN, weeks, 1999, generator)


def one_run(seed: int, kind: str, weeks: int) -> Run:
    """Plan the pilot of a world, run it with and without effect, and judge it."""
    made = world(seed, kind)
    found = days_of(made, 0, PAST).variation()
    law = law_of(weeks, found.carried)
    effect = -detectable(found, law, POWER)[0]
    on = draw_arms(OPEN, weeks, 1, np.random.default_rng([7, seed]))[0]
    real, null = (
        judged(days_of(made, PAST + GAP, weeks, change * on), on, calendars_of(weeks)) for change in (effect, 0.0)
    )
    return Run(
        planned=planned_power(found, law, effect),
        plug_in=float(known_power(law, effect / standard_error(found, law))),
        seen=real.p_value <= LEVEL,
        false=null.p_value <= LEVEL,
        holds=real.low <= effect <= real.high,
        true_power=float(
            known_power(
                law_of(weeks, truth(seed, kind).carried),
                effect / standard_error(truth(seed, kind), law_of(weeks, truth(seed, kind).carried)),
            )
        ),
        effect=effect,
        low=real.low,
        high=real.high,
        value=real.effect,
    )


def law_of(weeks: int, carried: float) -> Curve:
    """Return the power curve that plans use."""
    return curve(OPEN, weeks, level=LEVEL, pilots=PILOTS, seed=1, carried=rounded(carried))


def truth(seed: int, kind: str) -> Variation:
    """Return the ordinary variation over years of a world of the same kind and sizes."""
    return days_of(world(seed, kind, _LONG), 0, _LONG).variation()


@dataclass(frozen=True, slots=True)
class Lengthened:
    """A pilot whose length was planned from 8 weeks, and judged again every two weeks without looking at the arms.

    Attributes
    ----------
    weeks, final_weeks
        Planned length, and length in the end.
    true_power, final_power
        Power of either length in this world.
    seen, false
        Whether the effect was seen at the final length, and whether one was seen without any.
    """

    weeks: int
    final_weeks: int
    true_power: float
    final_power: float
    seen: bool
    false: bool


ASKED = ReadinessSettings(pilot_draws=PILOTS)


def lengthened(seed: int, kind: str) -> Lengthened:
    """Plan for the effect that 8 weeks see with a chance of 80 % in truth, look again every two weeks, and run to the end."""
    made, real = world(seed, kind), truth(seed, kind)
    effect = detectable(dataclasses.replace(real, freedom=1e6, nominal=1e6), law_of(8, real.carried), POWER)[0]
    past = days_of(made, 0, PAST).variation()
    first = length_of(past, None, effect=effect, positions=OPEN, done=0, settings=ASKED).weeks
    answers, length = [], 0
    for change in (-effect, 0.0):
        on = draw_arms(OPEN, 104, 1, np.random.default_rng([7, seed]))[0]
        done, last = 4, 5
        while last > done:
            so_far = days_of(made, PAST + GAP, done, change * on[: done * OPEN]).variation()
            last = length_of(past, so_far, effect=effect, positions=OPEN, done=done, settings=ASKED).weeks
            done = min(done + 2, last)
        length = length or last
        on = on[: last * OPEN]
        answers.append(judged(days_of(made, PAST + GAP, last, change * on), on, calendars_of(last)).p_value <= LEVEL)
    powers = [
        float(known_power(law_of(weeks, real.carried), effect / standard_error(real, law_of(weeks, real.carried))))
        for weeks in (first, length)
    ]
    return Lengthened(first, length, *powers, *answers)


def stopped(seed: int, kind: str, weeks: int, share: float) -> bool:
    """Return whether a stop rule on the service level, set from 8 weeks, stops a later pilot in which items change nothing."""
    made = world(seed, kind)
    past = days_of(made, 0, PAST)
    table = past.value.reshape(PAST, OPEN)
    rule = threshold(table, weeks=weeks, worse=-1, share=share, pilots=2000, seed=seed)
    later = days_of(made, PAST + GAP, weeks)
    seen = later.value[draw_arms(OPEN, weeks, 1, np.random.default_rng([8, seed]))[0]]
    means = np.convolve(seen, np.ones(looked_at(OPEN)) / looked_at(OPEN), mode="valid")
    return bool((means < rule.value).any())

"""How many looks, rounds and days a work-sampling study needs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS, MINIMUM_EFFECTIVE_COUNT
from analysis.measure.sampling.correlation import design_effect

# Assumptions for planning, until a first week of looks gives better ones: two people in one round, two rounds of one day.
DEFAULT_ICC, DEFAULT_DAY_ICC = 0.05, 0.01
# A year of working days: longer than any study.
LONGEST_STUDY_DAYS = 250


def sample_size(
    share: float,
    *,
    half_width: float,
    z: float | None = None,
    confidence: float = 0.95,
    relative: bool = False,
    deff: float = 1.0,
) -> int:
    """Return how many looks a work-sampling study needs for a wanted precision.

    Parameters
    ----------
    share
        Expected share of looks in the state, between 0 and 1.
    half_width
        Half the width of the wanted interval: a share, or a fraction of `share` when `relative`.
    z
        Normal quantile to use as it stands (textbooks often take 2); None takes the one of `confidence`.
    confidence
        Level of the interval; ignored when `z` is given.
    relative
        Whether `half_width` is a fraction of `share`.
    deff
        Design effect: how much less a look tells because looks of one round or day resemble one another, 1 or more.

    Returns
    -------
    int
        Number of looks, rounded up.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    n = deff * z^2 p (1 - p) / e^2 with e = `half_width` or `half_width` * p. For planning only: an interval comes from
    :func:`estimate_share`, because the binomial variance is often too small (Pape 1982).

    References
    ----------
    Barnes, Motion and Time Study, work sampling. Pape, Computers & Industrial Engineering 6 (1982), 39-47.

    Examples
    --------
    >>> sample_size(0.3, half_width=0.04, z=2)
    525
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    if half_width <= 0 or deff < 1:
        raise ValueError(f"half_width must be above 0 and deff 1 or more, got {half_width} and {deff}")
    quantile = float(stats.norm.ppf(0.5 + confidence / 2)) if z is None else z
    error = half_width * share if relative else half_width
    needed = deff * quantile**2 * share * (1 - share) / error**2
    return math.ceil(needed * (1 - 1e-12))  # 525.0000000001 looks are 525


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """How long a work-sampling study takes, and how precise it can be expected to be.

    Attributes
    ----------
    share
        Expected share of looks in the state.
    looks_per_round, rounds_per_day
        People seen in a tour, and tours a day.
    days, rounds, looks
        Size of the study.
    deff
        Design effect: variance of the share against that of as many independent looks.
    half_width
        Half-width of the interval to expect, as a share; None where there would be no interval.
    likely_half_width
        Four such studies in five end with an interval no wider than this: the variance itself is estimated, from `days` days.
    wanted_half_width
        What was asked for, as a share.
    confidence
        Level of the interval.
    reached
        Whether `days` are enough.
    needed_days
        Days that are just enough; None where no number is.
    reasons
        Where `days` are not enough: why, and what would do; where they are more than enough: how many would do.
    """

    share: float
    looks_per_round: float
    rounds_per_day: int
    days: int
    rounds: int
    looks: int
    deff: float
    half_width: float | None
    likely_half_width: float | None
    wanted_half_width: float
    confidence: float
    reached: bool
    needed_days: int | None
    reasons: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return the plan as a sentence."""
        size = f"{self.days} days with {self.rounds_per_day} rounds each, {self.rounds} rounds in all, about {self.looks:,} looks"
        wanted, level = f"{100 * self.wanted_half_width:.1f}", f"{100 * self.confidence:.0f} % interval"
        if self.half_width is None or self.likely_half_width is None:
            said = f"{size}: no interval (wanted: {wanted} points either way)"
        else:
            said = (
                f"{size}: expect a share of {100 * self.share:.0f} % to be known to {100 * self.half_width:.1f} points either way ({level}; "
                f"wanted {wanted}; no wider than {100 * self.likely_half_width:.1f} in four studies of five; design effect {self.deff:.1f})"
            )
        return ". ".join([said, *(reason[:1].upper() + reason[1:] for reason in self.reasons)])


@dataclass(frozen=True, slots=True)
class _Design:
    """What the variance of a share rests on."""

    share: float
    looks_per_round: float
    icc: float
    day_icc: float
    person_icc: float
    people: int | None
    others: bool
    confidence: float

    def check(self) -> None:
        """Refuse numbers outside their range, by name."""
        m, people = self.looks_per_round, self.people
        if not 0 < self.share < 1:
            raise ValueError(f"share must lie between 0 and 1, got {self.share}")
        if not 0 <= self.day_icc <= self.icc < 1:
            raise ValueError(
                f"day_icc must lie between 0 and icc, and icc below 1, got {self.day_icc} and {self.icc}: looks of one round share their day too"
            )
        if not 0 <= self.person_icc < 1 or (people is None and (self.person_icc > 0 or self.others)):
            raise ValueError("person_icc must lie between 0 and 1; it and generalise_to need the number of people")
        if m < 1 or (people is not None and people < m):
            raise ValueError(f"looks_per_round must be 1 or more and no more than people, got {m:g} of {people}")

    def deff(self, rounds_per_day: int) -> float:
        """Return the design effect of looks in rounds of days."""
        m = self.looks_per_round
        seen_anyway = 0.0 if self.people is None or self.others else self.person_icc * m / self.people
        return design_effect(m, self.icc) + (rounds_per_day - 1) * m * self.day_icc - seen_anyway

    def error(self, days: int, rounds_per_day: int) -> float:
        """Return the standard error of the share."""
        looks = days * rounds_per_day * self.looks_per_round
        luck = self.person_icc / self.people if self.others and self.people else 0.0
        return math.sqrt(self.share * (1 - self.share) * (self.deff(rounds_per_day) / looks + luck))

    def freedom(self, days: int) -> int:
        """Return the degrees of freedom: days share their luck, and for other people persons do."""
        return (min(days, self.people) if self.others and self.people else days) - 1

    def half_width(self, days: int, rounds_per_day: int) -> float:
        """Return the half-width to expect."""
        quantile = float(stats.t.ppf(0.5 + self.confidence / 2, self.freedom(days)))
        return quantile * self.error(days, rounds_per_day)

    def enough(self, days: int, rounds_per_day: int, wanted: float) -> bool:
        """Return whether a study gives an interval at all, and one that is narrow enough."""
        rarer = min(self.share, 1 - self.share)
        count = days * rounds_per_day * self.looks_per_round / self.deff(rounds_per_day) * rarer
        return count >= MINIMUM_EFFECTIVE_COUNT and self.half_width(days, rounds_per_day) <= wanted * (1 + 1e-12)


def plan_study(
    share: float,
    *,
    half_width: float,
    looks_per_round: float,
    rounds_per_day: int,
    icc: float = DEFAULT_ICC,
    day_icc: float = DEFAULT_DAY_ICC,
    person_icc: float = 0.0,
    confidence: float = 0.95,
    people: int | None = None,
    generalise_to: Literal["these_people", "other_people"] = "these_people",
    relative: bool = False,
    days: int | None = None,
) -> StudyPlan:
    """Plan how many days a work-sampling study takes, given that looks of one round and of one day resemble one another.

    Parameters
    ----------
    share
        Expected share of looks in the state, between 0 and 1.
    half_width
        Half the width of the wanted interval: a share, or a fraction of `share` when `relative`.
    looks_per_round
        People seen in one tour, on average.
    rounds_per_day
        Tours a day.
    icc
        Correlation of looks at two people in one round. The default is an assumption until a first week of looks gives it
        (:func:`analysis.measure.sampling.correlation.intraclass_correlation` with rounds as clusters).
    day_icc
        Correlation of looks in different rounds of one day; part of `icc`, so never above it. The default is an assumption too.
    person_icc
        Part of the variance of single looks that lies between people. 0 is cautious for these people.
    confidence
        Level of the interval.
    people
        How many people there are; a tour cannot see more.
    generalise_to
        Whose share it is: of these people (each tour that sees all of them leaves no doubt about who was seen), or of others like them
        (the choice of people is luck too, however long the study).
    relative
        Whether `half_width` is a fraction of `share`.
    days
        How long the study lasts. None: as long as it takes, up to a year of 250 days.

    Returns
    -------
    StudyPlan
        The study of `days`, or the shortest one that is precise enough, of 6 days at least. Where it is not precise enough `reached` is
        false, and the reasons say what would do.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    With m looks a round, R rounds a day and D days,

        deff = 1 + (m - 1) icc + (R - 1) m day_icc - person_icc m / people,   se = sqrt(p (1 - p) deff / (D R m)),   half-width = t_{D - 1} se;

    the last term of deff only for these people. For other people p (1 - p) person_icc / people is added under the root, and the
    degrees of freedom are those of the fewer of days and people. D is the smallest number that does, found by trying, because t depends on it. Days
    are the clusters, as in :func:`estimate_share`; fewer than 6 give no interval, and neither does a state that is met fewer than 5 effective times.
    With one round a day and day_icc 0 this is :func:`sample_size` with Kish's deff and t for z.

    References
    ----------
    Kish, Survey Sampling, 1965, sections 5.4 and 8.2. Cochran, Sampling Techniques, 3rd ed. 1977, sections 2.6 and 10.3. Pape, Computers & Industrial
    Engineering 6 (1982), 39-47.

    Examples
    --------
    >>> plan = plan_study(0.3, half_width=0.04, looks_per_round=12, rounds_per_day=8)
    >>> plan.days, plan.looks, round(plan.deff, 2)
    (16, 1536, 2.39)
    """
    wanted = half_width * share if relative else half_width
    others = generalise_to == "other_people"
    design = _Design(share, looks_per_round, icc, day_icc, person_icc, people, others, confidence)
    design.check()
    if not 0 < wanted < 1 or rounds_per_day < 1 or (days is not None and days < 1):
        raise ValueError(
            f"half_width must lie between 0 and 1, rounds_per_day and days must be 1 or more, got {half_width}, {rounds_per_day} and {days}"
        )
    needed = _least(lambda number: design.enough(number, rounds_per_day, wanted), MINIMUM_CLUSTERS)
    length = days if days is not None else min(needed or LONGEST_STUDY_DAYS, LONGEST_STUDY_DAYS)
    reached = needed is not None and needed <= length
    spare = (f"{needed} days would do",) if reached and needed != length else ()
    rounds = length * rounds_per_day
    wide = None if length < MINIMUM_CLUSTERS else design.half_width(length, rounds_per_day)
    freedom = max(1, design.freedom(length))
    return StudyPlan(
        share=share,
        looks_per_round=looks_per_round,
        rounds_per_day=rounds_per_day,
        days=length,
        rounds=rounds,
        looks=round(rounds * looks_per_round),
        deff=design.deff(rounds_per_day),
        half_width=wide,
        likely_half_width=None if wide is None else wide * math.sqrt(float(stats.chi2.ppf(0.8, freedom)) / freedom),
        wanted_half_width=wanted,
        confidence=confidence,
        reached=reached,
        needed_days=needed,
        reasons=spare if reached else _why_not(design, length, rounds_per_day, wanted, needed),
    )


def _least(enough: Callable[[int], bool], least: int, most: int = 100_000) -> int | None:
    """Return the smallest number from `least` on that is enough, of a condition that stays true once it is; None above `most`."""
    low, high = least - 1, least
    while not enough(high):
        low, high = high, 2 * high
        if low > most:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _why_not(design: _Design, limit: int, rounds_per_day: int, wanted: float, needed: int | None) -> tuple[str, ...]:
    """Say why a study of at most `limit` days is not precise enough, and what would do."""
    if limit < MINIMUM_CLUSTERS:
        return (f"{limit} days are too few: an interval needs at least {MINIMUM_CLUSTERS}",)
    if needed is None:
        return (
            f"no number of days is enough: {design.people} people cannot tell more about others like them. Look at more people",
        )
    ways = [f"{needed} days with {rounds_per_day} rounds each would do"]
    more = _least(lambda rounds: design.enough(limit, rounds, wanted), rounds_per_day, 4 * rounds_per_day)
    if more is not None:
        ways.append(f"so would {more} rounds on each of {limit} days")
    else:
        ways.append("more rounds a day hardly help: days differ from one another")
    return (f"{limit} days are too few for what is wanted: {'; '.join(ways)}",)

"""What must stay unknown: every set of few people that published sets cut out, and what one figure alone says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.report.disclosure.published import MEASURES
from analysis.report.disclosure.sides import Part, Side

# parts whose figures are sums of others: inside each of the first, what is left of it beside the second
_INSIDE = (("site", "group"), ("weekday", "slot"), ("half_hour", "slot"), ("slot", "pool_slot"))
_OF_TIME = ("weekday", "half_hour")


@dataclass(frozen=True, slots=True)
class Targets:
    """Sets of few people on one side of a population.

    Attributes
    ----------
    pieces
        Which pieces of time each holds (targets x pieces), 0 or 1.
    people
        How many people stand behind each (targets).
    kind
        How each came about: ``suppressed``, ``rest`` (what published parts leave), ``crossing`` (of published parts), ``difference``, ``seldom`` (all
        the half hours in which few of a group are there) or ``class`` (what is in the same published sets).
    base_h, hours
        Of each target (targets), and by measure (targets x measures).
    """

    pieces: np.ndarray
    people: np.ndarray
    kind: tuple[str, ...]
    base_h: np.ndarray
    hours: np.ndarray


def targets_of(side: Side, *, minimum: int) -> Targets:
    """Return every set of 1 to `minimum` - 1 people that follows from published sets, each once.

    Parameters
    ----------
    side
        From :func:`analysis.report.disclosure.sides.sides_of`.
    minimum
        Smallest number of people a figure may stand on.
    """
    # a set with one piece of enough people is no set of few
    crowded = np.asarray(side.who.sum(axis=1)).ravel() >= minimum
    found: dict[bytes, tuple[str, np.ndarray]] = {}
    for kind, pieces in _candidates(side, crowded):
        if pieces.any() and not (pieces & crowded).any():
            found.setdefault(pieces.tobytes(), (kind, pieces))
    kinds = [kind for kind, _ in found.values()]
    sets = np.array([pieces for _, pieces in found.values()]).reshape(len(kinds), len(side.base_h))
    people = side.people(sets)
    few = (people >= 1) & (people < minimum)
    sets = sets[few].astype(float)
    kept = tuple(kind for kind, here in zip(kinds, few, strict=True) if here)
    return Targets(sets, people[few], kept, sets @ side.base_h, sets @ side.hours)


def _candidates(side: Side, crowded: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield sets of pieces, the plainest kinds first."""
    shown = [part for part in side.parts if part.shown]
    for part in side.parts:
        if not part.shown:
            yield "suppressed", part.pieces
    for pieces in rests(side):
        yield "rest", pieces
    for at, first in enumerate(shown):
        for second in shown[at + 1 :]:
            both = first.pieces & second.pieces
            if both.any():
                yield "crossing", both
                yield "difference", first.pieces & ~second.pieces & 1
                yield "difference", second.pieces & ~first.pieces & 1
    yield from _seldom(side, crowded)
    for sets in (shown, list(side.parts)):
        columns = np.array([part.pieces for part in sets])
        _, place = np.unique(columns, axis=1, return_inverse=True)
        for kind in range(int(place.max()) + 1):
            yield "class", (place.ravel() == kind).astype(np.int8)


def _seldom(side: Side, crowded: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield, for every part of the people, all of its time at which few of them are there: one night worker of a day team has nights alone."""
    if not side.side.startswith("people and"):
        return
    for part in side.parts:
        if part.by not in _OF_TIME:
            yield "seldom", part.pieces & ~crowded & 1


def rests(side: Side) -> Iterator[np.ndarray]:
    """Yield what is left of a published set when the published parts of it are taken away."""
    shown = [part for part in side.parts if part.shown]
    for by in dict.fromkeys(part.by for part in side.parts):
        if by != "all":
            yield _without(side.parts[0].pieces, [part for part in shown if part.by == by])
    for outer, inner in _INSIDE:
        for part in shown:
            if part.by == outer:
                inside = [one for one in shown if one.by == inner and not (one.pieces & ~part.pieces & 1).any()]
                yield _without(part.pieces, inside)


def _without(pieces: np.ndarray, parts: Sequence[Part]) -> np.ndarray:
    left = pieces.copy()
    for part in parts:
        left &= ~part.pieces & 1
    return left


def by_one_figure(side: Side, targets: Targets, near: np.ndarray, *, minimum: int) -> np.ndarray:
    """Return which targets one set of at least `minimum` people gives near enough by itself.

    Parameters
    ----------
    side, targets
        From :func:`analysis.report.disclosure.sides.sides_of` and :func:`targets_of`.
    near
        How near counts (targets x measures) [h].
    minimum
        Smallest number of people a figure may stand on.

    Returns
    -------
    numpy.ndarray
        targets x measures.

    Notes
    -----
    A figure of ten people may be published, and whatever it says about nine of them by itself is published with it: if 0.5 % of everybody's time
    is unaccounted for, nobody's can be much. Such a range is no recovery; only what several figures say together is. The sets are the published
    parts and what they leave of one another, as one figure each; people who hold most of a figure are looked for by the rule of dominance.
    """
    implied = np.zeros(targets.hours.shape, dtype=bool)
    for pieces, low, high in _legitimate(side, minimum):
        inside = ~(targets.pieces.astype(np.int8) & ~pieces & 1).any(axis=1)
        if not inside.any():
            continue
        base = targets.base_h[inside, None]
        outside = pieces @ side.base_h - base
        top = np.minimum(base, high[None, :])
        bottom = np.maximum(0.0, low[None, :] - outside)
        # the measures of a target add to its base, so each is bounded by what the others can be
        top = np.minimum(top, base - (bottom.sum(axis=1, keepdims=True) - bottom))
        bottom = np.maximum(bottom, base - (top.sum(axis=1, keepdims=True) - top))
        truth = targets.hours[inside]
        implied[inside] |= (np.abs(top - truth) <= near[inside]) & (np.abs(bottom - truth) <= near[inside])
    return implied


def _legitimate(side: Side, minimum: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield sets of enough people with the least and most hours of each measure that is published of them."""
    for part in side.parts:
        if part.shown and part.people >= minimum:
            yield part.pieces, *_bounds(side, part.pieces)
    for pieces in rests(side):
        if pieces.any() and side.people(pieces[None, :])[0] >= minimum:
            # what is left is known no better than this
            truth = pieces @ side.hours
            yield pieces, truth, truth


def _bounds(side: Side, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and most hours of each measure that the figures of one set say."""
    low, high = np.zeros(len(MEASURES)), np.full(len(MEASURES), float(pieces @ side.base_h))
    system = side.system
    for row in np.flatnonzero((system.sets == pieces).all(axis=1)):
        measure = system.measure[row]
        low[measure] = max(low[measure], float(system.low_h[row]))
        high[measure] = min(high[measure], float(system.high_h[row]))
    return low, high

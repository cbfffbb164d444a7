"""Which figure stands first when several sources speak, and how honest its interval must then be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from analysis.foundation.estimate import Estimate
from analysis.measure.triangulation.pooling import Pooled, difference, envelope, pool

Role = Literal["two_phase", "point", "bound", "aside"]
_CHOSEN = "the headline"


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a share.

    Attributes
    ----------
    name
        Stable name, such as ``"work_sampling"``.
    estimand
        What its figure is, in plain words.
    estimate
        The figure, or why there is none.
    role
        ``"two_phase"`` (logs and looks joined), ``"point"`` (measures the estimand), ``"bound"`` (holds it between two ends), ``"aside"`` (shown beside the
        others, never part of the headline).
    aside
        Why it is never part of the headline; for ``"aside"`` alone.
    """

    name: str
    estimand: str
    estimate: Estimate
    role: Role
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The figure that stands first.

    Attributes
    ----------
    estimate
        The figure, or the bound without a value.
    from_sources
        Names of the sources that it is made of; one is taken as it stands, more are mixed.
    why
        By source: why it is the headline, part of it, or not.
    sentence
        Why this figure, in one sentence.
    disagreements
        Sentences about sources that contradict one another.
    pooled
        The pooling behind it, where there was one.
    """

    estimate: Estimate
    from_sources: tuple[str, ...]
    why: dict[str, str]
    sentence: str
    disagreements: tuple[str, ...] = ()
    pooled: Pooled | None = None

    def __repr__(self) -> str:
        """Return the figure and why it stands first."""
        return f"{self.estimate!r}: {self.sentence}"


def headline_of(sources: Sequence[Source], *, confidence: float = 0.95) -> Headline:
    """Pick or make the headline from the sources of one share.

    Parameters
    ----------
    sources
        All sources, with and without figures.
    confidence
        Level of the interval.

    Returns
    -------
    Headline
        (1) Logs and looks joined, where they could be. (2) The one source that measures the share. (3) Of two, the one with the better grade
        (then the narrower); where their difference is more than chance, with an interval that spans both. (4) Of three or more, the
        random-effects mean. (5) Of none, the bound without a value. The grade is the lowest among the sources that move the figure.

    Examples
    --------
    >>> looks = Source("work_sampling", "share of looks", Estimate(0.30, 0.25, 0.36, grade="B"), "point")
    >>> logs = Source("log_bound", "states seen by systems", Estimate(0.20, 0.18, 0.22), "point")
    >>> headline_of([looks, logs]).estimate
    20 % (18 to 36)
    """
    joined = [one for one in sources if one.role == "two_phase" and one.estimate.value is not None]
    points = [one for one in sources if one.role == "point" and one.estimate.value is not None]
    why = {one.name: _why_not(one, bool(joined)) for one in sources}
    if joined:
        found = _alone(
            joined[0],
            why,
            "logs of everybody and looks at a random part of them are joined, so neither the bias of the logs nor few looks stand in its way",
        )
    elif len(points) == 1:
        found = _alone(points[0], why, "it is the only source that measures this share for the whole population")
    elif len(points) == 2:
        found = _of_two(points, why)
    elif points:
        found = _of_many(points, why, confidence)
    else:
        found = _bound(sources, why, confidence)
    apart = [text for one in (*joined, *points) for text in _outside(one, sources)]
    return replace(found, disagreements=(*found.disagreements, *apart))


def _why_not(one: Source, joined: bool) -> str:
    """Return why a source is not the headline, before anything is chosen."""
    if one.role == "aside":
        return one.aside
    if one.role == "bound" and one.estimate.low is not None:
        return "it holds the share between two ends; a source with a value says where"
    if one.estimate.value is None:
        return f"it gives no figure: {one.estimate.reasons[0]}"
    return "it stands beside the joined figure as a check" if joined else ""


def _alone(one: Source, why: dict[str, str], reason: str) -> Headline:
    """Return one source as the headline."""
    return Headline(one.estimate, (one.name,), {**why, one.name: f"{_CHOSEN}: {reason}"}, reason)


def _better(one: Source) -> tuple[str, float]:
    """Return what a better source is smaller by: its grade, then its width."""
    low, high = one.estimate.low, one.estimate.high
    return one.estimate.grade, float("inf") if low is None or high is None else high - low


def _of_two(points: Sequence[Source], why: dict[str, str]) -> Headline:
    """Return the better of two sources; where they differ by more than chance, with both inside its interval."""
    first, second = sorted(points, key=_better)
    gap, low, high = difference(first.estimate, second.estimate)
    words = f"{_named(first)} and {_named(second)} differ by {100 * abs(gap):.0f} points ({100 * low:.0f} to {100 * high:.0f})"
    if low <= 0 <= high:
        reason = f"of two sources it has the better grade or the narrower interval, and {words}, no more than chance explains"
        told = {first.name: f"{_CHOSEN}: {reason}", second.name: "it agrees with the headline within chance"}
        return Headline(first.estimate, (first.name,), {**why, **told}, reason)
    ends = envelope([first.estimate, second.estimate])
    mixed = replace(
        first.estimate,
        low=ends[0],
        high=ends[1],
        grade=max(first.estimate.grade, second.estimate.grade),
        method=f"{first.estimate.method}; interval widened to hold {_named(second)}",
    )
    reason = f"{words}, more than chance explains; the better source gives the figure, and its interval was widened to hold both"
    told = {
        first.name: f"{_CHOSEN}: {reason}",
        second.name: "it contradicts the headline, whose interval was widened to hold it",
    }
    return Headline(mixed, (first.name, second.name), {**why, **told}, reason, (f"{words}, more than chance explains",))


def _of_many(points: Sequence[Source], why: dict[str, str], confidence: float) -> Headline:
    """Return the random-effects mean of three sources or more."""
    found = [one.estimate for one in points]
    inside = all(one.low is not None and one.high is not None and 0 < one.low < one.high < 1 for one in found)
    together = pool(
        {one.name: one.estimate for one in points}, scale="logit" if inside else "share", confidence=confidence
    )
    reason = f"{len(points)} sources measure it, and their random-effects mean allows for how far they scatter"
    told = {one.name: f"part of {_CHOSEN}: {reason}" for one in points}
    names = tuple(one.name for one in points)
    apart = (f"the sources scatter by more than chance: {together!r}",) if together.q_p_value < 1 - confidence else ()
    return Headline(together.pooled, names, {**why, **told}, reason, apart, together)


def _bound(sources: Sequence[Source], why: dict[str, str], confidence: float) -> Headline:
    """Return the bound without a value, or why there is not even one."""
    reason = "no source measures this share; the logs hold it between two ends"
    for one in sources:
        if one.role == "bound" and one.estimate.low is not None and one.estimate.high is not None:
            return Headline(one.estimate, (one.name,), {**why, one.name: f"{_CHOSEN}: {reason}"}, reason)
    words = [text for one in sources if one.role != "aside" for text in one.estimate.reasons[:1]]
    nothing = Estimate.missing(*(words or ["no source speaks of this share"]), confidence=confidence)
    return Headline(nothing, (), why, "no source measures this share, and none bounds it")


def _outside(one: Source, sources: Sequence[Source]) -> list[str]:
    """Return a sentence for every bound whose ends a point source's whole interval misses."""
    said = []
    for other in sources:
        bound = other.estimate
        if other.role != "bound" or bound.low is None or bound.high is None:
            continue
        low, high = one.estimate.low, one.estimate.high
        if low is not None and high is not None and (high < bound.low or low > bound.high):
            side = "below" if high < bound.low else "above"
            ends = f"{100 * bound.low:.0f} to {100 * bound.high:.0f} %"
            said.append(f"{_named(one)} lies {side} what {_named(other)} allows ({ends}): one of them is wrong")
    return said


def _named(one: Source) -> str:
    return one.name.replace("_", " ")

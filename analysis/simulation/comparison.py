"""Policies side by side on the same contacts, items and people: levels, paired differences and their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from analysis.simulation import measures
from analysis.simulation.control import Controls, used
from analysis.simulation.desk import Desk
from analysis.simulation.figures import Figures
from analysis.simulation.policy import Policy
from analysis.simulation.trials import Case, Chooser, Trials

if TYPE_CHECKING:
    import pandas as pd

_FIGURES = ("value", "low", "high", "difference", "difference_low", "difference_high")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison:
    """What policies come to on the same streams.

    Attributes
    ----------
    policies
        Their names; the first is what the others are compared with.
    replications
        Horizons simulated per policy.
    reached
        Whether every difference of service level is within `precision`, or, with draws of a desk, as narrow as more replications would make it.
    half_width
        The largest half-width that more replications could still shrink.
    desks
        How many desks were given as draws of what is not known for certain; 1 where each replication had a desk of its own.
    measures
        Names of the measures.
    values
        Array (policy, replication, measure): the figure of every single horizon. Shares and means per contact of the frame are ratios of
        sums over the horizons, not means of these.
    slots
        Array (policy, slot, figure): service_level, occupancy, offered, item_agents, agents over all horizons.
    slot_errors
        Their standard errors, shaped alike.
    control
        What was known exactly and used to sharpen the figures, in words.
    estimates
        Array (policy, measure, figure): value, low, high, difference, difference_low, difference_high.
    """

    policies: tuple[str, ...]
    replications: int
    reached: bool
    half_width: float
    desks: int
    measures: tuple[str, ...]
    values: np.ndarray = field(repr=False)
    slots: np.ndarray = field(repr=False)
    slot_errors: np.ndarray = field(repr=False)
    control: str
    estimates: np.ndarray = field(repr=False)

    def __repr__(self) -> str:
        """Return what each policy comes to, one sentence a line."""
        first = self.policies[0]
        level, low, high = self.value(first, "service_level")
        lines = [
            f"{self.replications} horizons each; {first}: {100 * level:.1f} % ({100 * low:.1f} to {100 * high:.1f}) answered in time"
        ]
        for name in self.policies[1:]:
            change = " to ".join(f"{100 * end:+.1f}" for end in self.difference(name, "service_level")[1:])
            net, lost = self.difference(name, "net_agents")[0], self.difference(name, "contacts_lost")[0]
            lines.append(
                f"{name}: {100 * self.value(name, 'service_level')[0]:.1f} % ({change} points), {net:+z.2f} agents busy, {lost:+z.1f} contacts lost"
            )
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per policy and measure.

        Columns: policy, measure, value, low, high, difference, difference_low, difference_high, unit.
        """
        import pandas as pd

        rows = pd.MultiIndex.from_product([self.policies, self.measures], names=["policy", "measure"]).to_frame(
            index=False
        )
        figures = self.estimates.reshape(len(rows), len(_FIGURES))
        frame = pd.concat([rows, pd.DataFrame(figures, columns=list(_FIGURES))], axis=1)
        return frame.assign(unit=[measures.unit(name) for name in frame["measure"]])

    def value(self, policy: str, measure: str) -> tuple[float, float, float]:
        """Return a figure and the ends of its interval.

        Raises
        ------
        KeyError
            No such policy or measure.
        """
        return self._row(policy, measure)[:3]

    def difference(self, policy: str, measure: str) -> tuple[float, float, float]:
        """Return the difference against the first policy and the ends of its interval.

        Raises
        ------
        KeyError
            No such policy or measure.
        """
        return self._row(policy, measure)[3:]

    def _row(self, policy: str, measure: str) -> tuple[float, ...]:
        if policy not in self.policies or measure not in self.measures:
            raise KeyError(f"no figure {measure!r} of {policy!r}: there are {self.policies} and {self.measures}")
        return tuple(self.estimates[self.policies.index(policy), self.measures.index(measure)].tolist())


def compare(
    desk: Desk | Sequence[Desk],
    policies: Sequence[Policy | Chooser],
    *,
    precision: float = 0.01,
    seed: int,
    confidence: float = 0.95,
    least: int = 20,
    most: int = 2000,
    control: bool = True,
    threads: int = 2,
) -> Comparison:
    """Return what policies come to on the same contacts, items and people.

    Parameters
    ----------
    desk
        A desk, or several; replication r runs on desk r modulo their number. As many as allow two replications each are draws of what is not known for
        certain (rates, lengths, people), and intervals keep the spread between them. More than that are horizons as they may come, such as weeks put
        together from a client's own days, and intervals are those of the mean over replications.
    policies
        Policies, or functions of (desk, streams) that return one; the first is what the others are compared with.
    precision
        Half-width wanted of every difference of service level against the first policy (of its level where it is alone), share.
    seed
        Seed of the streams.
    confidence
        Level of the intervals.
    least, most
        Fewest and most replications; with draws of a desk rounded to the same number for each, at least two.
    control
        Whether figures are sharpened by what is known exactly of the streams.
    threads
        Replications run at a time; changes no figure.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        An argument is out of range, two policies share a name, or the desks differ in more than numbers.
    ArithmeticError
        More time was filled than was idle, which would be a fault of the engine.

    Notes
    -----
    All policies of a replication meet the same streams, so differences are paired (common random numbers). Shares are ratios of sums with linearised
    variance, on the logit scale where they are levels. Replications come in stages: R of them say that R (half-width / precision)^2 are wanted, at most twice
    as many at a time, since more replications carry more controls. All intervals keep the critical value of t of the first stage
    (`least` - 1 degrees of freedom): a variance that was looked at before stopping is a little too small. Draws of a desk: see
    :func:`analysis.simulation.intervals.spread`; the rule then asks for the precision, or for noise that is at most a quarter of what lies between desks.

    References
    ----------
    Stein, Annals of Mathematical Statistics 16 (1945), 243-258, for two stages. Law, Simulation Modeling and Analysis, 5th ed. 2015, ch. 9 to 11.
    """
    desks = (desk,) if isinstance(desk, Desk) else tuple(desk)
    labels = _checked(desks, policies, precision, (least, most), threads)
    count = len(desks) if 2 * len(desks) <= most else 1
    first = count * max(2, math.ceil(least / count))
    last = max(first, count * (most // count))
    watch = Controls(desks, seed, runs=first * len(policies)) if control else None
    trials = Trials([Case(desks, policy) for policy in policies], seed, threads, watch)
    # one desk: the freedom of the first stage, as the variance was looked at before stopping
    freedom = first - 1 if count == 1 else count - 1
    wanted = first
    while True:
        trials.extend(wanted)
        found = Figures(desks[0], trials.sums, count, used(trials.watched, count))
        half = found.half_width(confidence, freedom)
        if half <= precision or wanted >= last:
            break
        more = count * math.ceil(wanted / count * min(2.0, (half / precision) ** 2))
        wanted = min(last, max(more, wanted + count))
    measures.refuse_sold_twice(trials.sums)
    return Comparison(
        policies=labels,
        replications=wanted,
        reached=half <= precision,
        half_width=half,
        desks=count,
        measures=measures.names(desks[0]),
        control=_in_words(watch, found),
        **found.answer(trials.slots, confidence, freedom),
    )


def _in_words(watch: Controls | None, found: Figures) -> str:
    """Return what sharpened the figures, and by how much."""
    if watch is None:
        return "none"
    level, change = found.gain()
    return f"{watch.words}: the variance of service levels is {level:.1f} times smaller, that of differences {change:.1f} times"


def _checked(
    desks: tuple[Desk, ...],
    policies: Sequence[Policy | Chooser],
    precision: float,
    count: tuple[int, int],
    threads: int,
) -> tuple[str, ...]:
    """Return the names of the policies, or refuse the arguments in words."""
    if not desks or not policies:
        raise ValueError("compare needs at least one desk and one policy")
    if not precision > 0:
        raise ValueError(f"precision must be above 0, got {precision}")
    if not 3 <= count[0] <= count[1]:
        raise ValueError(f"least must be at least 3 and at most `most`, got {count[0]} and {count[1]}")
    if threads < 1:
        raise ValueError(f"threads must be at least 1, got {threads}")
    shapes = {(desk.slot_s, desk.slots, tuple(queue.name for queue in desk.queues)) for desk in desks}
    if len(shapes) > 1:
        raise ValueError("desks that are draws of one another have the same slots and queues")
    labels = tuple(getattr(policy, "name", "") or getattr(policy, "__name__", "") for policy in policies)
    if len(set(labels)) < len(labels) or "" in labels:
        raise ValueError(
            f"every policy needs a name of its own (a function that chooses one: an attribute `name`), got {labels}"
        )
    return labels

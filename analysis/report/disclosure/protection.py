"""One door: results go in as measured, and come out as they may be published, or not at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.report.disclosure.attack import Attack, attack
from analysis.report.disclosure.audit import Audit, audit
from analysis.report.disclosure.checks import check_groups, without_few
from analysis.report.disclosure.publication import members_of, published_of
from analysis.report.disclosure.published import Published
from analysis.report.disclosure.rounding import as_published

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.utilization.result import Utilization
    from analysis.value.result import Value

# Breakdowns that stand in one table alone and nothing else is computed from: left out as a whole where their figures give people away.
SPARE: tuple[str, ...] = ("tenure", "half_hour", "weekday")
LEFT_OUT = "together with the other figures it would say what few people did"
_FIGURES = ["value", "low", "high", "shrunken", "shrunken_low", "shrunken_high"]


@dataclass(frozen=True, slots=True)
class Protected:
    """Results that may be published, and what was tried against them.

    Attributes
    ----------
    baseline, utilization, blending
        Without figures of too few people, figures about parts rounded; the baseline no longer knows who stands behind a figure.
    audit
        What was tried.
    """

    baseline: Baseline
    utilization: Utilization
    blending: Blending
    audit: Audit


def protected(
    baseline: Baseline, utilization: Utilization, blending: Blending, value: Value | None = None
) -> Protected:
    """Return the results as they may be published.

    Parameters
    ----------
    baseline, utilization, blending, value
        The results as measured.

    Raises
    ------
    DisclosureProblem
        A figure stands on too few people, or figures of few people follow from the others.
    """
    truth = members_of(baseline)
    fewer = without_few(blending, baseline)
    check_groups(baseline, utilization, fewer)
    told, levels, slots = as_published(baseline, utilization, fewer)
    told, withheld, found = settled(told, lambda one: published_of(one, levels, slots, value), truth)
    tried = audit(published_of(told, levels, slots, value), truth, found=found, withheld=withheld)
    return Protected(dataclasses.replace(told, members=truth.head(0)), levels, slots, tried)


def settled(
    baseline: Baseline, publish: Callable[[Baseline], Published], truth: pd.DataFrame
) -> tuple[Baseline, tuple[tuple[str, str], ...], Attack]:
    """Return the baseline without those breakdowns whose figures, with all others, say what few people did.

    Parameters
    ----------
    baseline
        As it is to be published.
    publish
        Makes the published figures of a baseline.
    truth
        Who has how many hours in which level.

    Returns
    -------
    tuple
        The baseline, (population, breakdown) of what was left out, and the last attack; it may still succeed, where leaving out does not help.

    Notes
    -----
    What is shown is decided before anything is measured, by numbers of people alone, so that no difference of tables is about few of them
    (:mod:`analysis.baseline.cells`). Some figures give people away all the same: where a group has nearly none of some time, its people in a band
    of tenure have none, and what the band has is had by the few others. That depends on the values, so it is seen only here.
    """
    found, withheld = attack(publish(baseline), truth), []
    for population in sorted(set(found.targets.loc[found.targets["recovered"], "population"])):
        # one, else all: where all do not help, nothing does; where they do, two may
        tried: dict[tuple[str, ...], tuple[Baseline, Attack]] = {}
        for cut in [*combinations(SPARE, 1), SPARE, *combinations(SPARE, 2)]:
            fewer = _without(baseline, population, cut)
            again = attack(publish(fewer), truth)
            if not again.targets.loc[again.targets["population"].eq(population), "recovered"].any():
                tried[cut] = (fewer, again)
                if cut != SPARE:
                    break
            elif cut == SPARE:
                break
        if tried:
            cut = min(tried, key=len)
            baseline, found = tried[cut]
            withheld += [(population, by) for by in cut]
    return baseline, tuple(withheld), found


def _without(baseline: Baseline, population: str, cut: tuple[str, ...]) -> Baseline:
    """Return the baseline without the figures of breakdowns of one population."""
    frame = baseline.breakdowns
    gone = frame["population"].eq(population) & frame["by"].isin(cut)
    new = {name: frame[name].mask(gone) for name in _FIGURES if name in frame}
    new |= {name: frame[name].mask(gone, pd.NA) for name in ("agents", "days") if name in frame}
    new["status"] = pd.Series(np.where(gone, "suppressed", frame["status"]), index=frame.index, dtype="str")
    if "reason" in frame:
        new["reason"] = pd.Series(np.where(gone, LEFT_OUT, frame["reason"]), index=frame.index, dtype="str")
    return dataclasses.replace(baseline, breakdowns=frame.assign(**new))

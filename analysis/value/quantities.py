"""The named figures of the value, each with its definition and, where there is no figure, the words why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.foundation.estimate import Estimate, Grade, Quantity
from analysis.utilization import Utilization
from analysis.value.balance import Balance
from analysis.value.money import Amounts, Course
from analysis.value.settings import ValueSettings

WEEKS_A_YEAR = 365.25 / 7
# volumes over at least this many days say what a year is like
YEAR_DAYS = 360
_HOURS = {
    "freed": "hours of the base a week that the back office no longer needs: in place where reclaimable time was found, and by moving items",
    "moved": "item hours a week that agents do while they wait for contacts, in one mode: usable hours x the share that is really moved",
    "left": "freed hours a week that overtime, bought hours and vacancies as stated do not take up: capacity, not cash",
}
_LINES = {"freed": "freed", "moved": "moved_to_agents", "left": "left"}
_MONEY = {
    "combined": "benefits a week once the ramp is over, hours that are left at what they cost included, less running cost",
    "cashable": "overtime, bought hours and vacancies no longer paid a week once the ramp is over, less running cost",
}
_PAYBACK = "weeks until net {} stays at or above zero, benefits on the ramp, costs from the start"
_CHANCE = "probability that {} exceed one-off and running cost by the end of the horizon, benefits on the ramp"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind the figures: how many independent things, and the weakest grade."""

    n: int
    n_unit: str
    grade: Grade

    @classmethod
    def of(cls, utilization: Utilization, *, assumed: bool) -> Evidence:
        """Take the back office's; a share that is an assumption makes it grade D."""
        for quantity in utilization.quantities:
            if quantity.id == "utilization.achievable" and dict(quantity.scope) == {"population": "back_office"}:
                estimate = quantity.estimate
                return cls(estimate.n, estimate.n_unit, "D" if assumed else estimate.grade)
        return cls(0, "", "D")

    def stated(self) -> Evidence:
        """Return the evidence behind money: costs are what the client says, grade C at best."""
        return self if self.grade == "D" else Evidence(self.n, self.n_unit, "C")

    def described(self, unit: str, **more: Any) -> dict[str, Any]:
        """Return the fields that all estimates share."""
        return {"unit": unit, "n": self.n, "n_unit": self.n_unit, "grade": self.grade, "basis": "modelled", **more}


def hour_quantities(found: Balance | None, evidence: Evidence, reasons: Mapping[str, Estimate]) -> list[Quantity]:
    """Return freed, moved and left hours a week.

    Parameters
    ----------
    found
        The balance; None where today is known only within bounds or not at all.
    evidence
        What stands behind it.
    reasons
        Estimates that stand instead, by name (``freed``, ``moved``, ``left``).
    """
    described = evidence.described("hours_per_week", method="balance of hours, joint draws")
    quantities = []
    for name, words in _HOURS.items():
        estimate = reasons.get(name)
        if estimate is None and found is not None:
            estimate = drawn(getattr(found, _LINES[name]), **described)
        quantities.append(Quantity(f"value.{name}_h_per_week", estimate or Estimate.missing("no hours"), words))
    return quantities


def money_quantities(
    found: Amounts | None,
    courses: Mapping[str, Course],
    *,
    reason: str,
    year: bool,
    evidence: Evidence,
    settings: ValueSettings,
) -> list[Quantity]:
    """Return value a week, a year where volumes cover one, payback and probability.

    Parameters
    ----------
    found
        Money; None where there is none, and `reason` says why.
    courses
        ``cash`` and ``capacity`` (with the hours that are left).
    reason
        Why there is no money.
    year
        Whether the volumes cover a year.
    evidence, settings
        What stands behind it; horizon and costs.
    """
    quantities = []
    for name, words in _MONEY.items():
        for unit, factor in (("week", 1.0), *([("year", WEEKS_A_YEAR)] if year else [])):
            described = evidence.described(f"currency_per_{unit}", method="one joint simulation")
            estimate = drawn(getattr(found, name) * factor, **described) if found is not None else Estimate.missing(reason, **described)  # fmt: skip
            quantities.append(Quantity(f"value.{name}_per_{unit}", estimate, words.replace("a week", f"a {unit}")))
    costs = settings.one_off_cost > 0 or settings.running_cost_per_week > 0
    words = reason or ("" if costs else "no cost of the change was stated, so there is nothing to pay back")
    for key, what, ending in (("cash", "cash", ""), ("capacity", "benefits with capacity", "_with_capacity")):
        course = courses.get(key) if not words else None
        quantities.append(Quantity(f"value.payback_weeks{ending}", payback(course, words, evidence, settings), _PAYBACK.format(what)))  # fmt: skip
        quantities.append(Quantity(f"value.benefit_probability{ending}", chance(course, words, evidence), _CHANCE.format(what)))  # fmt: skip
    return quantities


def drawn(draws: np.ndarray, **described: Any) -> Estimate:
    """Return the median of draws with its 95 % range."""
    low, middle, high = (float(number) for number in np.quantile(draws, [0.025, 0.5, 0.975]))
    return Estimate(middle, low, high, confidence=0.95, **described)


def payback(course: Course | None, words: str, evidence: Evidence, settings: ValueSettings) -> Estimate:
    """Return the weeks until it pays back; no value where it does not within the horizon in more than half of the draws."""
    described = evidence.described("weeks", method="one joint simulation with the ramp", confidence=0.95)
    if course is None:
        return Estimate.missing(words, **described)
    low, middle, high = np.quantile(course.payback_weeks, [0.025, 0.5, 0.975], method="inverted_cdf")
    ends = {name: float(end) for name, end in (("low", low), ("high", high)) if math.isfinite(end)}
    if math.isinf(middle):
        never = float(np.mean(np.isinf(course.payback_weeks)))
        reason = f"not within {settings.horizon_weeks} weeks in {100 * never:.0f} % of the draws"
        return Estimate.missing(reason, **ends, **described)
    reasons = () if "high" in ends else (f"the upper limit lies beyond {settings.horizon_weeks} weeks",)
    return Estimate(float(middle), ends.get("low"), ends.get("high"), reasons=reasons, **described)


def chance(course: Course | None, words: str, evidence: Evidence) -> Estimate:
    """Return the probability that benefits exceed costs."""
    described = evidence.described("probability", method="share of the draws", confidence=0.95)
    if course is None:
        return Estimate.missing(words, **described)
    # what is uncertain is in the draws that the share counts
    return Estimate(course.above, reasons=("a share of all draws, without an interval of its own",), **described)


def covers_a_year(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Return whether volumes or work items span twelve months, so that a week times 52 is a year.

    Examples
    --------
    >>> items = pd.DataFrame({"arrived": pd.to_datetime(["2025-01-01", "2025-12-30"], utc=True)})
    >>> covers_a_year({"work_items": items}), covers_a_year({})
    (True, False)
    """
    for table, column in (("volumes", "start"), ("work_items", "arrived"), ("work_items", "ended")):
        frame = tables.get(table)
        if frame is None or frame.empty or column not in frame:
            continue
        days = pd.to_datetime(frame[column], utc=True).dropna()
        if len(days) and (days.max() - days.min()).days >= YEAR_DAYS:
            return True
    return False

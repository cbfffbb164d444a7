"""The balance of hours and money as one frozen result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Quantity, tidy
from analysis.foundation.schema import Finding
from analysis.value.settings import ValueSettings

if TYPE_CHECKING:
    import pandas as pd

_RANGE = ("low80", "high80", "low", "high")
BALANCE = ("population", "line", "hours_per_week", *_RANGE, "fte", "rostered_fte", "basis", "sentence")
MONEY = ("line", "kind", "per_week", *_RANGE, "sentence")
CUMULATIVE = ("week", "median", "low80", "high80", "low", "high")
DISTRIBUTION = ("of", "quantile", "value")
TORNADO = ("driver", "words", "low_setting", "high_setting", "value_low", "value_high", "base")
TARGETS = (
    *("population", "measure", "today", "today_low", "today_high"),
    *("first_step", "by_week", "unit", "reason", "publish", "why_not"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """What the hours between today and what is achievable are worth, once over both populations.

    Ranges are 80 % (`low80`, `high80`) and 95 % (`low`, `high`). Every frame is always present; where nothing can be said it is empty or holds NaN, and the sentence says why.

    Attributes
    ----------
    quantities
        ``value.{freed,moved,left}_h_per_week``, ``value.{combined,cashable}_per_week`` (also ``_per_year`` with 12 months of volumes), ``value.{payback_weeks,benefit_probability}`` (in cash)
        and the same ``_with_capacity``.
    findings
        What a reader must know, what the client has to be asked.
    settings
        What was asked.
    sentences
        ``balance`` (what is freed and where it goes), ``why_blend`` (is slack of its own not enough?), ``alternatives`` (fewer agents instead), ``fte`` (what a full-time equivalent is here),
        ``moving`` (which mode, what the others would move), ``money``, ``payback``, ``precision`` (the simulation's own error). A key is left out where there is nothing to say.
    balance
        One row per line, hours of base per week: `population`, `line`, `hours_per_week` (median over the draws; the lines of a sum add up in every draw, medians need not), ranges,
        `fte` (hours / full-time hours), `rostered_fte` (the same with absence and breaks added: contracts), `basis` (measured | modelled | assumed), `sentence`. Lines in order, in the back office:
        ``needed_today`` = ``needed_after`` + ``freed``; ``freed`` = ``freed_in_place`` + ``freed_by_moving`` = ``overtime`` + ``outsourced`` + ``vacancies`` + ``left``;
        in the contact centre: ``idle_today`` = ``moved_to_agents`` (item hours, net) + ``idle_left``; ``surplus_instead`` (fewer agents; an alternative to items, never added).
    money
        `line` (overtime | outsourced | vacancies | left | running_cost | cashable | combined), `kind` (cashable | capacity | cost | sum),
        `per_week` (median, currency per week once the ramp is over; costs are negative), ranges, `sentence`. cashable = the first three + running_cost; combined = cashable + left.
        What is paid once stands in `cumulative` at week 0.
    cumulative
        Net cash (cashable benefits on the ramp, less running and one-off cost) after so many weeks: `week` (0 .. horizon), `median`, ranges, currency.
    distribution
        `of` (combined | cashable), `quantile` (0.005 to 0.995), `value` (currency per week): the shape of the draws.
    tornado
        One row per driver, widest first: `driver`, `words`, `low_setting` and `high_setting` (its 10 % and 90 % point, in the driver's unit), `value_low` and `value_high` (combined per week there, all else at its median),
        `base` (combined per week with all at the median).
    targets
        `population`, `measure` (productivity | service_level | errors | turnaround), `today`, `today_low`, `today_high`, `first_step`, `by_week`, `unit`, `reason`, `publish` (bool), `why_not`.
    """

    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    settings: ValueSettings
    sentences: dict[str, str]
    balance: pd.DataFrame
    money: pd.DataFrame
    cumulative: pd.DataFrame
    distribution: pd.DataFrame
    tornado: pd.DataFrame
    targets: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quantity: id, scope, value, low, high, confidence, n, n_unit, unit, status, reasons."""
        return tidy(self.quantities)

    def __repr__(self) -> str:
        """Return the sentences of the balance and of the money."""
        said = [self.sentences[key] for key in ("balance", "money") if key in self.sentences]
        return " ".join(said) or "No hours to balance."

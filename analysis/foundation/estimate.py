"""A number with its uncertainty, and the intervals that cluster by what is shared."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Basis = Literal["measured", "modelled", "judged", "assumed"]
Grade = Literal["A", "B", "C", "D"]
Status = Literal["ok", "insufficient", "degenerate", "not_converged", "suppressed"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its interval, what it rests on, or the words why there is none.

    Attributes
    ----------
    value, low, high
        The figure and its interval in `unit`; `value` is None unless `status` is ``"ok"``; a bound may stand in `low` and `high` alone.
    confidence
        Level of the interval.
    unit
        ``"share"`` (0 to 1), ``"hours_per_week"``, ``"agents"``, ...
    n, n_unit
        How many independent things stand behind it, and what they are (``"days"``, ``"rounds"``).
    basis, grade
        Where it comes from, and the evidence grade: A system, B trained observers, C self-report, D assumption.
    method
        One phrase that names the computation.
    status, reasons
        ``"ok"``, or why there is no value, in words.

    Raises
    ------
    ValueError
        The parts contradict one another.

    Examples
    --------
    >>> Estimate(0.31, 0.27, 0.35, n=40, n_unit="days")
    31 % (27 to 35)
    >>> Estimate.missing("no observation rounds were given", low=0.1, high=0.5)
    between 10 % and 50 %: no observation rounds were given
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    unit: str = "share"
    n: int = 0
    n_unit: str = ""
    basis: Basis = "measured"
    grade: Grade = "A"
    method: str = ""
    status: Status = "ok"
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        numbers = [number for number in (self.value, self.low, self.high) if number is not None]
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError("an estimate holds finite numbers or None")
        if (self.status == "ok") != (self.value is not None):
            raise ValueError("an estimate has a value exactly when its status is ok")
        if self.status != "ok" and not self.reasons:
            raise ValueError("an estimate without a value says why")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the interval is upside down: {self.low} to {self.high}")

    @classmethod
    def missing(
        cls,
        *reasons: str,
        status: Status = "insufficient",
        low: float | None = None,
        high: float | None = None,
        **more: Any,
    ) -> Estimate:
        """Return an estimate without a value, with the reasons in words and, where known, the bounds that hold all the same."""
        return cls(None, low, high, status=status, reasons=reasons, **more)

    def scaled(self, factor: float, *, unit: str | None = None) -> Estimate:
        """Return the estimate times a positive constant, in another unit if given."""
        if not factor > 0:
            raise ValueError(f"the factor must be above 0, got {factor}")

        def times(number: float | None) -> float | None:
            return None if number is None else number * factor

        return dataclasses.replace(
            self, value=times(self.value), low=times(self.low), high=times(self.high), unit=unit or self.unit
        )

    def complement(self) -> Estimate:
        """Return the estimate of what the share leaves: 1 - share.

        Examples
        --------
        >>> Estimate(0.31, 0.27, 0.36).complement()
        69 % (64 to 73)
        """

        def rest(number: float | None) -> float | None:
            return None if number is None else 1 - number

        return dataclasses.replace(self, value=rest(self.value), low=rest(self.high), high=rest(self.low))

    def __repr__(self) -> str:
        """Return the figure as the report prints it."""
        if self.status != "ok" and self.low is not None and self.high is not None:
            return (
                f"between {_plain(self.low, self.unit)} and {_plain(self.high, self.unit)}: {'; '.join(self.reasons)}"
            )
        if self.value is None:
            return f"no figure ({self.status}): {'; '.join(self.reasons)}"
        if self.low is None or self.high is None:
            return _plain(self.value, self.unit)
        low, high = (_plain(number, self.unit).removesuffix(" %") for number in (self.low, self.high))
        return f"{_plain(self.value, self.unit)} ({low} to {high})"


def _plain(number: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * number:.0f} %"
    return f"{number:.1f}" if abs(number) < 100 else f"{number:,.0f}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named estimate of the report: `id` and `scope` together are unique in an assessment.

    Attributes
    ----------
    id
        Stable name such as ``"baseline.idle_share"``.
    scope
        Which part it is about: population, pool, site, group, queue, policy, mode.
    definition
        Numerator and denominator in words.
    estimate
        The figure.
    """

    id: str
    estimate: Estimate
    definition: str
    scope: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        """Return the quantity as ``results.json`` holds it, without its source."""
        estimate = self.estimate
        figures, nature = (
            {name: getattr(estimate, name) for name in names}
            for names in (
                ("value", "low", "high", "confidence", "unit", "n", "n_unit"),
                ("basis", "grade", "method", "status"),
            )
        )
        stated = {"id": self.id, "scope": dict(self.scope), **figures, "definition": self.definition}
        return {**stated, **nature, "reasons": list(estimate.reasons)}


def find(quantities: Sequence[Quantity], name: str, **scope: str) -> Estimate:
    """Return the estimate of the one quantity with this id and exactly this scope.

    Raises
    ------
    KeyError
        None or several quantities match.
    """
    matches = [quantity.estimate for quantity in quantities if quantity.id == name and dict(quantity.scope) == scope]
    if len(matches) != 1:
        raise KeyError(f"{len(matches)} quantities are called {name} with scope {scope}")
    return matches[0]


def tidy(quantities: Sequence[Quantity]) -> pd.DataFrame:
    """Return quantities as rows: id, scope as text, value, low, high, confidence, n, n_unit, unit, status, reasons as text.

    Examples
    --------
    >>> share = Quantity("baseline.idle_share", Estimate(0.31, 0.27, 0.35), "idle / base", {"population": "contact_centre"})
    >>> tidy([share]).loc[0, ["id", "scope"]].tolist()
    ['baseline.idle_share', 'population=contact_centre']
    """
    import pandas as pd

    columns = ["id", "scope", "value", "low", "high", "confidence", "n", "n_unit", "unit", "status", "reasons"]
    rows = [
        {
            **quantity.record(),
            "scope": "; ".join(f"{key}={value}" for key, value in sorted(quantity.scope.items())),
            "reasons": "; ".join(quantity.estimate.reasons),
        }
        for quantity in quantities
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(dict.fromkeys(("value", "low", "high", "confidence"), "float64"))

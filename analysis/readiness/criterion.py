"""One criterion of the questionnaire: its question, its levels, whom to ask, what counts as evidence, and how data become a level."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator, model_validator

from analysis.foundation.settings import Settings

if TYPE_CHECKING:
    import numpy as np

Mode = Literal["blocks", "between_contacts", "interrupt"]
Domain = Literal["technology", "data", "work", "people", "management", "compliance", "change"]
Basis = Literal["system", "observed", "document", "said"]
Unit = Literal["share", "h", "fte", "weeks"]
#: What a rating may rest on to count, the strongest kind first; one that is assumed never counts.
COUNTED: tuple[Basis, ...] = ("system", "observed", "document", "said")
# figures this near to a bound are equal to it, so that 0.1 + 0.2 reaches 0.3
_EQUAL = 1e-9
_LEVELS = "describe exactly the levels 0, 2 and 4, each in words of at most 160 signs; 1 and 3 lie between them"


class LevelRule(Settings):
    """How a figure of the client's data becomes a level: ``levels[i]`` holds between ``bounds[i - 1]`` and ``bounds[i]``."""

    key: str = Field(min_length=1, description="short name of the figure")
    figure: str = Field(min_length=1, max_length=200, description="what the figure is, in words")
    unit: Unit = Field(description="unit of the figure and of its bounds; a share is a fraction")
    bounds: tuple[float, ...] = Field(min_length=1, description="figures at which the level changes, ascending")
    levels: tuple[int, ...] = Field(description="level of each step, one more than there are bounds")
    upper: bool | tuple[bool, ...] = Field(
        default=True,
        description="whether a figure equal to a bound still has the level of the step below it; one value, or one for each bound",
    )
    provisional: bool = Field(default=True, description="whether the bounds are the kit's judgement and not a standard")
    source: str = Field(default="", description="where the bounds come from, if they were published")

    @field_validator("upper", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        listed = tuple(value) if isinstance(value, list | tuple) else (value,)
        if not listed or not all(isinstance(one, bool) for one in listed):
            raise ValueError("write true or false, or a list of them with one for each bound")
        return value

    @field_validator("bounds")
    @classmethod
    def _ascending(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not all(math.isfinite(bound) for bound in value):
            raise ValueError("every bound must be a number")
        if any(first >= second for first, second in itertools.pairwise(value)):
            raise ValueError("bounds must ascend, each larger than the one before")
        return value

    @field_validator("levels")
    @classmethod
    def _on_the_scale(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 0 <= level <= 4 for level in value):
            raise ValueError("levels are whole numbers from 0 to 4")
        return value

    @model_validator(mode="after")
    def _fitting(self) -> LevelRule:
        if len(self.levels) != len(self.bounds) + 1:
            raise ValueError(
                f"levels: {len(self.bounds)} bounds make {len(self.bounds) + 1} steps, and {len(self.levels)} levels are given"
            )
        if isinstance(self.upper, tuple) and len(self.upper) != len(self.bounds):
            raise ValueError(f"upper: give one value, or one for each of the {len(self.bounds)} bounds")
        if self.unit == "share" and any(not 0 <= bound <= 1 for bound in self.bounds):
            raise ValueError("bounds: a share is a fraction from 0 to 1; write 0.05 for 5 %")
        return self

    @property
    def belongs_below(self) -> tuple[bool, ...]:
        """For each bound, whether a figure equal to it has the level of the step below it."""
        return self.upper if isinstance(self.upper, tuple) else (self.upper,) * len(self.bounds)

    def level(self, figure: float) -> int:
        """Return the level of a figure.

        Parameters
        ----------
        figure
            In `unit`; a figure within a billionth of a bound counts as equal to it.

        Raises
        ------
        ValueError
            The figure is not a number: nothing can be scored from it.

        Examples
        --------
        >>> rule = LevelRule(key="x", figure="x", unit="share", bounds=(0.05, 0.2), levels=(4, 2, 0))
        >>> [rule.level(share) for share in (0.05, 0.0501, 0.2, 0.3)]
        [4, 2, 2, 0]
        """
        if math.isnan(figure):
            raise ValueError(f"the figure {self.key} is not a number, so it has no level")
        steps = zip(self.bounds, self.belongs_below, strict=True)
        passed = sum(figure > bound + _EQUAL if below else figure >= bound - _EQUAL for bound, below in steps)
        return self.levels[passed]

    def levels_of(self, figures: np.ndarray) -> np.ndarray:
        """Return the level of every figure, as :meth:`level` does.

        Examples
        --------
        >>> import numpy as np
        >>> rule = LevelRule(key="x", figure="x", unit="h", bounds=(4, 24), levels=(0, 2, 4), upper=False)
        >>> rule.levels_of(np.array([3.9, 4.0, 24.0])).tolist()
        [0, 2, 4]
        """
        import numpy as np

        steps = np.zeros(np.shape(figures), dtype=int)
        for bound, below in zip(self.bounds, self.belongs_below, strict=True):
            steps += (figures > bound + _EQUAL) if below else (figures >= bound - _EQUAL)
        return np.asarray(self.levels)[steps]

    def words(self) -> str:
        """Return the rule in words: where each level begins.

        Examples
        --------
        >>> LevelRule(key="x", figure="hours left", unit="h", bounds=(4, 24), levels=(0, 2, 4), upper=False).words()
        'level 0 under 4 h, 2 from 4 h, 4 from 24 h'
        """
        marks = [_amount(bound, self.unit) for bound in self.bounds]
        below = "under" if not self.belongs_below[0] else "at" if self.bounds[0] == 0 else "up to"
        first = f"level {self.levels[0]} {below} {marks[0]}"
        later = [
            f"{level} {'over' if held else 'from'} {mark}"
            for level, held, mark in zip(self.levels[1:], self.belongs_below, marks, strict=True)
        ]
        return ", ".join([first, *later])


def _amount(bound: float, unit: str) -> str:
    """Return a bound with its unit."""
    if unit == "share":
        return f"{100 * bound:.10g} %"
    named = {"fte": "post" if bound == 1 else "posts", "weeks": "week" if bound == 1 else "weeks"}
    return f"{bound:.10g} {named.get(unit, unit)}"


class Role(Settings):
    """A role that is asked; it has a sheet of its own in the workbook of answers."""

    name: str = Field(min_length=1, max_length=31, description="name of the role and of its sheet")
    who: str = Field(min_length=1, max_length=200, description="who can speak for the role, in words")

    @field_validator("name")
    @classmethod
    def _a_sheet(cls, value: str) -> str:
        if set(value) & set("[]:*?/\\'"):
            raise ValueError("is the name of a sheet too, and cannot hold any of [ ] : * ? / \\ '")
        return value


class Criterion(Settings):
    """One question with anchored levels 0 to 4, what it gates, whom to ask, and what would change its answer."""

    id: str = Field(pattern="^[A-Z][0-9]{1,2}$", description="short name such as T1")
    domain: Domain = Field(description="domain that the criterion belongs to")
    name: str = Field(min_length=1, max_length=40, description="name as printed in tables")
    question: str = Field(min_length=1, max_length=300, description="the question put to raters")
    levels: dict[str, str] = Field(description="what the levels 0, 2 and 4 look like")
    provisional: bool = Field(default=True, description="whether numbers in the levels are the kit's judgement")
    look_at: str = Field(min_length=1, max_length=200, description="what to look at before rating")
    roles: tuple[str, ...] = Field(min_length=1, description="roles that are asked")
    accepts: tuple[Basis, ...] = Field(
        default=COUNTED, min_length=1, description="what a rating may rest on to count, the strongest kind first"
    )
    gates: tuple[Mode, ...] = Field(default=(), description="modes that a 0 stops and that need a 3 to be ready")
    least: dict[Mode, int] = Field(default={}, description="level that a mode needs, without being gated by more")
    legal: bool = Field(default=False, description="must reach 4 for a mode to be ready")
    by_type: bool = Field(default=False, description="judged item type by item type; types that fail are left out")
    type_question: str = Field(
        default="", max_length=300, description="the question for one item type, where it is another one"
    )
    type_levels: dict[str, str] = Field(default={}, description="its levels 0, 2 and 4, where they are others")
    type_change: str = Field(
        default="", max_length=200, description="the change for one item type, which stands in it as {type}"
    )
    data: bool = Field(default=False, description="scored from the client's data where they allow it")
    rules: tuple[LevelRule, ...] = Field(default=(), description="how figures of the data become levels")
    effort: Literal["low", "medium", "high"] = Field(description="effort of the change")
    owner_role: str = Field(min_length=1, max_length=60, description="role that owns the change")
    change: str = Field(min_length=1, max_length=200, description="what to change when the level is too low")
    evidence: str = Field(min_length=1, max_length=200, description="what shows that the change is done")

    @field_validator("levels", "type_levels")
    @classmethod
    def _anchored(cls, value: dict[str, str]) -> dict[str, str]:
        if value and (set(value) != {"0", "2", "4"} or not all(0 < len(text) <= 160 for text in value.values())):
            raise ValueError(_LEVELS)
        return value

    @field_validator("levels")
    @classmethod
    def _described(cls, value: dict[str, str]) -> dict[str, str]:
        if not value:
            raise ValueError(_LEVELS)
        return value

    @field_validator("least")
    @classmethod
    def _a_level(cls, value: dict[Mode, int]) -> dict[Mode, int]:
        if any(not 1 <= level <= 4 for level in value.values()):
            raise ValueError("the level that a mode needs is a whole number from 1 to 4")
        return value

    @field_validator("type_change")
    @classmethod
    def _names_the_type(cls, value: str) -> str:
        if value and ("{type}" not in value or set("{}") & set(value.replace("{type}", ""))):
            raise ValueError("write {type} where the item type is to stand, and no other braces")
        return value

    def change_of(self, item_type: str) -> str:
        """Return what to change for one item type; for all of them where the type is empty.

        Examples
        --------
        >>> from analysis.readiness import read_criteria
        >>> [one.change_of("claims") for one in read_criteria() if one.id == "C1"]
        ['Clear claims in writing, or leave this type out']
        """
        if not item_type:
            return self.change
        return self.type_change.replace("{type}", item_type) if self.type_change else f"{self.change}: {item_type}"

    @property
    def is_gate(self) -> bool:
        """Whether it can rule out any mode."""
        return bool(self.gates or self.least)

    def needed(self, mode: str) -> int:
        """Return the level at which this criterion no longer keeps `mode` from being ready.

        Examples
        --------
        >>> from analysis.readiness import read_criteria
        >>> {criterion.id: criterion.needed("blocks") for criterion in read_criteria() if criterion.id in {"C1", "D1", "T2"}}
        {'T2': 2, 'D1': 3, 'C1': 4}
        """
        if mode in self.gates:
            return 4 if self.legal else 3
        return max(2, self.least.get(mode, 0))  # type: ignore[call-overload]

    def stops(self, mode: str, level: int) -> bool:
        """Tell whether this level rules `mode` out, whatever the other criteria say."""
        return (mode in self.gates and level == 0) or level < self.least.get(mode, 0)  # type: ignore[call-overload]

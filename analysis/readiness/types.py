"""Item types that are judged one by one: which level each has, which are left out of which mode, and what hours are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.readiness.criterion import Criterion
from analysis.readiness.raters import Ratings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Level of a type whose flag is fine but of which nobody said more: stated, neither seen nor put in writing.
STATED = 2
#: Highest level of a type that takes too long but is done in steps.
STEPS = 2
#: What a flag in the client's list of item types says against a type, by criterion: flag, the answer that fails, and words.
FLAGS: Mapping[str, tuple[tuple[str, bool, str], ...]] = {
    "W2": (("interruptible", False, "cannot be interrupted"),),
    "C1": (
        ("regulated", True, "is regulated without a recorded clearance"),
        ("access", False, "holds data that agents may not see"),
    ),
}
_LENGTH = "W1"


@dataclass(frozen=True, slots=True)
class TypeLevel:
    """The level of one item type on one criterion.

    Attributes
    ----------
    level
        0 to 4; None where nobody and nothing answered.
    source
        data | raters | item types | none.
    grade
        A to D; empty without an answer.
    ratings
        Levels of the raters behind it, ascending; empty where raters do not decide.
    words
        What stands against the type, in words; empty where nothing does.
    apart
        Whether the type was judged by itself; else the level is the one of all types that were not.
    """

    level: int | None
    source: str = "none"
    grade: str = ""
    ratings: tuple[int, ...] = ()
    words: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Types:
    """The item types of a client with their levels on the criteria that are judged type by type.

    Attributes
    ----------
    names
        Types, in the order in which blending would begin with them.
    hours
        Hours a week of each.
    minimum
        Hours a week that the types left in must hold.
    levels
        By criterion, one per type.

    Examples
    --------
    >>> types = Types(("letter", "loan"), (50.0, 90.0), 40.0, {"W2": (TypeLevel(3), TypeLevel(0))})
    >>> types.level("W2"), types.hours_of({"W2": 1}), types.left_in({"W2": 3})
    (3, 50.0, (True, False))
    """

    names: tuple[str, ...]
    hours: tuple[float, ...]
    minimum: float
    levels: Mapping[str, tuple[TypeLevel, ...]]

    def enough(self, hours: float) -> bool:
        """Tell whether these hours a week are enough for a mode."""
        return hours > 0 and hours >= self.minimum - 1e-9

    def left_in(self, floors: Mapping[str, int], *, unanswered: bool = False) -> tuple[bool, ...]:
        """Return which types reach all floors; with `unanswered`, a type without an answer is taken to reach its floor."""
        return tuple(
            all(
                unanswered if self.levels[name][place].level is None else self.levels[name][place].level >= floor  # type: ignore[operator]
                for name, floor in floors.items()
            )
            for place in range(len(self.names))
        )

    def hours_of(self, floors: Mapping[str, int], *, unanswered: bool = False) -> float:
        """Return the hours a week of the types that reach all floors."""
        left = self.left_in(floors, unanswered=unanswered)
        return sum(hours for hours, stays in zip(self.hours, left, strict=True) if stays)

    def raised(self, criterion: str, level: int, place: int | None = None) -> Types:
        """Return the types with one of them at least at this level, or without a place all that were not judged apart."""
        mine = tuple(
            replace(one, level=max(level, one.level or 0), words="")
            if (number == place if place is not None else not one.apart)
            else one
            for number, one in enumerate(self.levels[criterion])
        )
        return replace(self, levels={**self.levels, criterion: mine})

    def level(self, criterion: str) -> int | None:
        """Return the highest level that types with enough hours reach; 0 where none does, None where that is not known."""
        for level in range(4, -1, -1):
            if self.enough(self.hours_of({criterion: level})):
                return level
        return None if self.enough(self.hours_of({criterion: 0}, unanswered=True)) else 0


def types_of(
    criteria: Sequence[Criterion],
    ratings: Mapping[str, Ratings],
    inventory: pd.DataFrame,
    measured_s: Mapping[str, float],
    *,
    short_item_s: float,
    minimum: float,
) -> Types | None:
    """Give every item type its level on every criterion that is judged type by type.

    Parameters
    ----------
    criteria, ratings
        The questionnaire, and what raters said by criterion.
    inventory
        Blending's item types: type, hours_per_week, mean_s, the client's flags, rank.
    measured_s
        Mean length of timed items by type [s].
    short_item_s
        Longest mean length that counts as short [s].
    minimum
        Hours a week that the types left in must hold.

    Returns
    -------
    Types or None
        None where no type has hours: then no hours can be counted, and the raters' level of the criterion stands.

    Notes
    -----
    In this order: for length, the mean of timed items (4 when short; a long type has a 2 where raters or the client's list say that it can be left part-way, else
    0); what raters said of the type; a flag of the client's list that fails (0), or a stated length; the raters' level for the criterion as a whole; 2 where the flags are fine and nobody said more. A flag
    that is fine proves no more than that, so it never lifts a type above what raters said.
    """
    if not len(inventory) or not (inventory["hours_per_week"].fillna(0.0) > 0).any():
        return None
    rows = inventory.sort_values([name for name in ("rank", "type") if name in inventory], kind="stable")
    judged = [criterion for criterion in criteria if criterion.by_type]
    facts = [
        {**row, "measured_s": measured_s.get(str(row["type"])), "short_s": short_item_s}
        for row in rows.to_dict("records")
    ]
    return Types(
        tuple(str(fact["type"]) for fact in facts),
        tuple(float(hours) for hours in rows["hours_per_week"].fillna(0.0)),
        minimum,
        {
            one.id: tuple(_level(one, ratings.get(one.id, Ratings()), fact) for fact in facts)  # type: ignore[arg-type]
            for one in judged
        },
    )


def _level(criterion: Criterion, ratings: Ratings, fact: Mapping[str, object]) -> TypeLevel:
    """Return the level of one type on one criterion."""
    own = ratings.types.get(str(fact["type"]))
    rated = None if own is None or not own.levels else own
    seen_s, stated_s = fact["measured_s"], fact.get("mean_s")
    if criterion.id == _LENGTH and criterion.data and seen_s is not None:
        return _by_length(float(seen_s), fact, rated, ("data", "A"))  # type: ignore[arg-type]
    if rated is not None:
        return TypeLevel(rated.median, "raters", rated.grade, rated.levels, apart=True)
    if criterion.id == _LENGTH and criterion.data and _known(stated_s):
        return _by_length(float(stated_s), fact, None, ("item types", "C"))  # type: ignore[arg-type]
    return _by_flags(criterion, ratings, fact)


def _by_flags(criterion: Criterion, ratings: Ratings, fact: Mapping[str, object]) -> TypeLevel:
    """Return the level of a type that nobody judged apart: 0 where a flag fails, else what was said of all types."""
    flags = [(fact.get(flag), fails, words) for flag, fails, words in FLAGS.get(criterion.id, ())]
    against = [words for answer, fails, words in flags if _known(answer) and bool(answer) == fails]
    if against:
        return TypeLevel(0, "item types", "C", words=" and ".join(against), apart=True)
    if ratings.levels:
        return TypeLevel(ratings.median, "raters", ratings.grade, ratings.levels)
    if flags and _known(flags[0][0]):
        return TypeLevel(STATED, "item types", "C")
    return TypeLevel(None, words="has no answer that counts")


def _by_length(
    seconds: float, fact: Mapping[str, object], rated: Ratings | None, known_by: tuple[str, str]
) -> TypeLevel:
    """Return 4 for a short type; a long one has at most a 2, and that only where somebody said that it can be left part-way."""
    source, grade = known_by
    if seconds <= float(fact["short_s"]):  # type: ignore[arg-type]
        return TypeLevel(4, source, grade, apart=True)
    words = f"takes {seconds / 60:.0f} minutes on average"
    if rated is not None:
        levels = tuple(min(level, STEPS) for level in rated.levels)
        return TypeLevel(min(rated.median or 0, STEPS), "raters", rated.grade, levels, words, apart=True)
    stops = fact.get("interruptible")
    if _known(stops) and bool(stops):
        return TypeLevel(STEPS, "item types", "C", words=words, apart=True)
    return TypeLevel(0, source, grade, words=f"{words}, in one piece as far as is known", apart=True)


def _known(value: object) -> bool:
    import pandas as pd

    return value is not None and bool(pd.notna(value))  # type: ignore[arg-type]


def drawn_levels(types: Types, draws: Mapping[str, Mapping[int, np.ndarray]], count: int) -> dict[str, np.ndarray]:
    """Return levels by criterion as an array of types x draws; -1 where there is no answer.

    Parameters
    ----------
    types
        The types.
    draws
        Drawn levels by criterion and place of the type, where raters' levels are drawn; the others keep their level.
    count
        Number of draws.
    """
    import numpy as np

    found = {}
    for name, levels in types.levels.items():
        rows = [
            draws.get(name, {}).get(place, np.full(count, -1 if one.level is None else one.level))
            for place, one in enumerate(levels)
        ]
        found[name] = np.array(rows, dtype=np.int64)
    return found

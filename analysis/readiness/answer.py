"""What level of a criterion counts, and why: the data, item types, or raters; with its grade, its range and its draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.readiness.criteria import Criterion
from analysis.readiness.raters import Ratings
from analysis.readiness.scores import Score
from analysis.readiness.types import TypeLevel, Types
from analysis.readiness.verdict import Profile

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Answer:
    """The level that counts for one criterion, and what stands behind it.

    Attributes
    ----------
    criterion
        The criterion.
    score
        What the data say; None where they cannot score it.
    ratings
        What raters said, of the criterion as a whole and by item type.
    types
        All item types with their levels; None where the criterion is not judged by type, or no type has hours.
    """

    criterion: Criterion
    score: Score | None
    ratings: Ratings
    types: Types | None = None

    @property
    def scored(self) -> int | None:
        """Return the data's level, None where they give none."""
        return None if self.score is None else self.score.level

    @property
    def by_types(self) -> bool:
        """Tell whether the level is the one that item types reach."""
        return self.scored is None and self.types is not None and self.criterion.id in self.types.levels

    @property
    def level(self) -> int | None:
        """Return the level that counts: the data's, else the one that item types with enough hours reach, else the raters' lower median.

        Where the data leave the level open but rule the higher ones out, raters cannot lift it above what is left.
        """
        if self.scored is not None:
            return self.scored
        if self.by_types:
            return self.types.level(self.criterion.id)  # type: ignore[union-attr]
        if not self.ratings.levels and self.ratings.types:
            known = [part.median for part in self.ratings.types.values() if part.median is not None]
            return min(known) if known else None
        median = self.ratings.median
        return median if median is None or self.score is None else min(median, self.score.ceiling)

    @property
    def source(self) -> str:
        """Return who gave the level: data | raters | item types | none."""
        if self.level is None:
            return "none"
        if self.scored is not None:
            return "data"
        return "item types" if any(one.source == "item types" for one in self._counting()) else "raters"

    @property
    def grade(self) -> str:
        """Return the evidence grade of the level; D where something was only assumed, empty without an answer."""
        if self.scored is not None:
            return "A"
        if self.by_types and self.level is not None:
            return max((one.grade for one in self._counting() if one.grade), default="")
        if self.ratings.levels or not self.ratings.types:
            return self.ratings.grade
        return max(part.grade for part in self.ratings.types.values())

    def evidence(self) -> str:
        """Return the figures and their rule, or the kind of answer; never a rater's own words."""
        if self.scored is not None:
            return self.score.evidence  # type: ignore[union-attr]
        if self.level is None:
            return "only assumed: does not count" if self.ratings.assumed else "no answer yet"
        if self.source == "item types":
            return "the list of item types, and what raters said"
        kinds = {
            "A": "looked up in the system",
            "B": "seen, or read in a document",
            "C": "judgement of those asked",
        }
        return kinds.get(self.grade, "judgement of those asked")

    def range(self) -> tuple[int | None, int | None]:
        """Return the lowest and the highest level in question: at the ends of the interval, or of the raters."""
        if self.scored is not None:
            return self.score.range()  # type: ignore[union-attr]
        if self.by_types:
            level = self.level
            ends = [one.ratings or (one.level,) for one in self._counting() if one.level is not None]
            if level is None or not ends:
                return None, None
            return min(level, *(min(end) for end in ends)), max(level, *(max(end) for end in ends))  # type: ignore[type-var]
        levels = self.ratings.levels
        return (levels[0], levels[-1]) if levels else (self.level, self.level)

    def draws(self, generator: np.random.Generator, count: int) -> np.ndarray | None:
        """Return levels over draws of the data's figure, or of one rater at random; None without an answer."""
        import numpy as np

        if self.scored is not None:
            return self.score.draws(generator, count)  # type: ignore[union-attr]
        if self.ratings.levels:
            return generator.choice(np.array(self.ratings.levels), count)
        return None if self.level is None else np.full(count, self.level)

    def type_draws(self, generator: np.random.Generator, count: int) -> dict[int, np.ndarray]:
        """Return levels of the item types that raters judge, by their place, over draws of one rater at random; types that nobody judged apart share a rater."""
        import numpy as np

        if self.types is None:
            return {}
        levels = self.types.levels.get(self.criterion.id, ())
        whole = generator.choice(np.array(self.ratings.levels), count) if self.ratings.levels else None
        found = {}
        for place, one in enumerate(levels):
            if self.types.names[place] in self.ratings.types and one.ratings:
                found[place] = generator.choice(np.array(one.ratings), count)
            elif one.ratings and whole is not None:
                found[place] = whole
        return found

    def disagreement(self, levels_apart: int) -> str:
        """Return in words where data and raters, or the raters among themselves, are far apart."""
        rated, score = self.ratings.median, self.score
        apart = None if score is None else score.apart(rated)
        if score is not None and apart is not None and apart >= levels_apart:
            if len(self.ratings.levels) == 1:
                return "one rater sees it otherwise than the data"
            said = (
                f"the data allow no more than {score.ceiling}" if score.level is None else f"the data say {score.level}"
            )
            return f"raters say {rated}, {said}"
        levels = self.ratings.levels
        if self.scored is None and levels and levels[-1] - levels[0] > levels_apart:
            return f"raters range from {levels[0]} to {levels[-1]}"
        return ""

    def _counting(self) -> list[TypeLevel]:
        """Return the levels of the types that the criterion's level rests on."""
        level = self.level
        if not self.by_types or level is None:
            return []
        mine = self.types.levels[self.criterion.id]  # type: ignore[union-attr]
        return [one for one in mine if one.level is not None and one.level >= level]


def answers_of(
    criteria: Sequence[Criterion],
    scores: Mapping[str, Score],
    ratings: Mapping[str, Ratings],
    types: Types | None,
) -> tuple[Answer, ...]:
    """Bring data, raters and item types together, one answer a criterion, in the questionnaire's order."""
    return tuple(
        Answer(
            criterion,
            scores.get(criterion.id),
            ratings.get(criterion.id, Ratings()),
            types if criterion.by_type else None,
        )
        for criterion in criteria
    )


def profile_of(answers: Sequence[Answer]) -> Profile:
    """Return what the rule reads."""
    lowest = {
        answer.criterion.id: low
        for answer in answers
        if answer.scored is not None and (low := answer.range()[0]) is not None
    }
    return Profile(
        tuple(answer.criterion for answer in answers),
        {answer.criterion.id: answer.level for answer in answers},
        lowest,
        next((answer.types for answer in answers if answer.types is not None), None),
        frozenset(answer.criterion.id for answer in answers if answer.by_types),
    )

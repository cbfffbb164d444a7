"""What the raters say: medians, spread, and who could not answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.schema import DataProblem

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Ratings:
    """The levels that raters gave to one criterion, in ascending order, and how many could not say."""

    levels: tuple[int, ...]
    not_known: int = 0

    @property
    def median(self) -> int | None:
        """Return the lower median: on an even count the more cautious of the two middle levels."""
        return self.levels[(len(self.levels) - 1) // 2] if self.levels else None

    def spread(self) -> str:
        """Return the spread in words, without decimals.

        Examples
        --------
        >>> Ratings((1, 2, 2, 4), not_known=1).spread()
        '1 to 4, 4 raters, 1 could not say'
        """
        if not self.levels:
            return f"{self.not_known} could not say" if self.not_known else "nobody was asked"
        low, high = self.levels[0], self.levels[-1]
        raters = "1 rater" if len(self.levels) == 1 else f"{len(self.levels)} raters"
        text = f"all {low}, {raters}" if low == high and len(self.levels) > 1 else f"{low} to {high}, {raters}"
        if low == high and len(self.levels) == 1:
            text = f"{low}, {raters}"
        return f"{text}, {self.not_known} could not say" if self.not_known else text


def collect(answers: pd.DataFrame | None, known: Collection[str]) -> dict[str, Ratings]:
    """Gather the ratings by criterion.

    Raises
    ------
    DataProblem
        A criterion that the questionnaire does not know, a rating outside 0 to 4 or between levels, or one rater answering twice.
    """
    if answers is None or answers.empty:
        return {}
    strange = ~answers["criterion"].isin(list(known))
    if strange.any():
        raise DataProblem(
            f"answers: {int(strange.sum())} rows name a criterion that the questionnaire does not hold "
            f"(first: row {int(strange.to_numpy().argmax()) + 1}). Correct the column criterion, or add it to the questionnaire."
        )
    given = answers["rating"].dropna()
    wrong = ~given.isin([0, 1, 2, 3, 4])
    if wrong.any():
        raise DataProblem(
            f"answers: {int(wrong.sum())} ratings are not one of 0, 1, 2, 3, 4 (first: row {int(wrong.idxmax()) + 1}). "
            "Leave the rating empty where it is not known."
        )
    twice = answers.duplicated(["criterion", "rater"])
    if twice.any():
        raise DataProblem(
            f"answers: {int(twice.sum())} rows repeat a rater's answer to a criterion (first: row {int(twice.to_numpy().argmax()) + 1}). "
            "Keep one answer a rater and criterion."
        )
    return {
        str(criterion): Ratings(tuple(sorted(int(level) for level in part.dropna())), int(part.isna().sum()))
        for criterion, part in answers.groupby("criterion", sort=False)["rating"]
    }

"""The page: its size, its margins and its twelve columns, for the template and the exhibits alike."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.foundation.schema import UsageProblem

COLUMNS = 12
GUTTER_MM = 4.0


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper with the report's margins.

    Attributes
    ----------
    name
        Name as the engagement file states it.
    width_mm, height_mm
        Size of the sheet [mm].

    Examples
    --------
    >>> round(PAPERS["a4"].columns_mm(8), 1), PAPERS["a4"].columns_mm(12)
    (109.3, 166.0)
    """

    name: str
    width_mm: float
    height_mm: float
    side_mm: float = 22.0
    top_mm: float = 20.0
    foot_mm: float = 18.0

    def columns_mm(self, count: int) -> float:
        """Return the width of `count` neighbouring columns [mm]."""
        one = (self.width_mm - 2 * self.side_mm - (COLUMNS - 1) * GUTTER_MM) / COLUMNS
        return count * one + (count - 1) * GUTTER_MM


PAPERS = {"a4": Paper("a4", 210.0, 297.0), "letter": Paper("letter", 215.9, 279.4)}


def paper_named(name: str) -> Paper:
    """Return the paper of this name.

    Raises
    ------
    UsageProblem
        No such paper.

    Examples
    --------
    >>> paper_named("letter").width_mm
    215.9
    """
    if name not in PAPERS:
        raise UsageProblem(f"report.paper: {name!r} is not known. Write one of {', '.join(PAPERS)}.")
    return PAPERS[name]

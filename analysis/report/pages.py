"""The assessment's pages as plain data: set once with the report, and again without any result when a firm changes its lines or its logo."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.report.furniture import looks
from analysis.report.typeset import shown_signs, typeset

if TYPE_CHECKING:
    from analysis.report.brand import Brand
    from analysis.report.paper import Paper

# a firm may change these without a chart or a sentence changing
LINES = ("firm", "confidentiality", "logo")


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages say, and the looks that their charts and sentences were made with.

    Attributes
    ----------
    record
        Everything that is said, for the template, without what a firm may change.
    made_for
        Language, typeface, colours and sheet that it was made for; see :func:`made_for`.
    signs
        Code points that the typefaces can show.
    """

    record: Mapping[str, Any]
    made_for: Mapping[str, Any]
    signs: frozenset[int]

    @classmethod
    def of(cls, record: Mapping[str, Any], brand: Brand, paper: Paper) -> Pages:
        """Return the pages of a record that was made for these looks."""
        return cls(record, made_for(brand, paper), shown_signs(brand))

    def typeset(self, figures: Path, brand: Brand, paper: Paper) -> bytes:
        """Return the PDF.

        Parameters
        ----------
        figures
            Folder of the charts as SVG.
        brand, paper
            Looks and sheet; only the lines and the logo may differ from those that the record was made for.

        Raises
        ------
        ValueError
            The charts or the sentences were made for other looks.
        PageError
            The pages could not be set without a warning.
        """
        if made_for(brand, paper) != self.made_for:
            raise ValueError("these pages were made for another typeface, colour, language or sheet")
        return typeset({**self.record, **looks(brand, paper)}, figures, brand=brand, signs=self.signs)

    def stored(self) -> dict[str, Any]:
        """Return the pages as plain data."""
        return {"record": self.record, "made_for": self.made_for, "signs": _spans(self.signs)}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Pages:
        """Return the pages that :meth:`stored` returned."""
        signs = frozenset(sign for first, last in stored["signs"] for sign in range(first, last + 1))
        return cls(stored["record"], stored["made_for"], signs)


def made_for(brand: Brand, paper: Paper) -> dict[str, Any]:
    """Return all of the looks that charts and sentences depend on, as plain data without paths.

    Parameters
    ----------
    brand, paper
        Looks and sheet.
    """
    named = {name: value for name, value in brand if isinstance(value, Path)}
    stated = brand.model_dump(mode="json", exclude={*LINES, *named})
    files = {name: _digests(path) for name, path in named.items() if name not in LINES}
    return {**stated, "files": files, "paper": paper.name}


def _digests(path: Path) -> dict[str, str]:
    """Return the SHA-256 of a file, or of every file of a folder, by its name there."""
    found = {path.name: path}
    if path.is_dir():
        found = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in sorted(found.items())}


def _spans(numbers: Iterable[int]) -> list[list[int]]:
    """Return numbers as first and last of each unbroken run.

    Examples
    --------
    >>> _spans({1, 2, 3, 7})
    [[1, 3], [7, 7]]
    """
    spans = []
    for _, run in itertools.groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        spans.append([members[0], members[-1]])
    return spans

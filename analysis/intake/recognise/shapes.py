"""Formats whose header cannot tell: what their cells look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.intake.adapters import adapter_names, format_of
from analysis.intake.opening.raw import plain
from analysis.intake.recognise.peek import Peek
from analysis.intake.recognise.profile import MOST, Profile

# Confidence of a format that only the shape of its cells speaks for.
BY_SHAPE = 0.8
_LEVELS = frozenset(
    {"", "-", "x", "y", "n", "yes", "no", "ja", "nee", "nein", "oui", "non", "expert", *map(str, range(11))}
)
_ABOUT_PEOPLE = frozenset({"name", "agent name", "team", "site", "population", "grade"})


def skills_sheet(head: Peek, looked: Sequence[Profile]) -> bool:
    """Return whether a sheet has a row per person and a column of levels per kind of work, named as the client names the work.

    Examples
    --------
    >>> from analysis.intake.recognise.profile import profiles
    >>> head = Peek("f.csv", "text", ("Agent ID", "claims", "letters"), (("a", "b"), ("1", "x"), ("", "3")))
    >>> skills_sheet(head, profiles(head))
    True
    """
    persons = {plain(str(name)) for name in format_of("kit_skills").defaults["agent"]}
    if not looked or not persons & {one.name for one in looked}:
        return False
    others = [
        cells
        for name, cells in zip(head.header, head.columns, strict=True)
        if name and name not in persons and name.casefold() not in _ABOUT_PEOPLE
    ]
    share = [sum(cell.casefold() in _LEVELS for cell in cells) / max(1, len(cells)) for cells in others]
    return len(others) >= 2 and any(any(cells) for cells in others) and min(share) >= min(MOST, 0.8)


# adapter -> (whether a file has its shape, what spoke for it)
SHAPES: Mapping[str, tuple] = {
    "kit_skills": (skills_sheet, "a row per person and a column of levels per kind of work"),
}


def shaped(head: Peek, looked: Sequence[Profile]) -> list[tuple[str, str]]:
    """Return the formats whose shape a file has, each with what spoke for it."""
    there = adapter_names()
    return [(name, words) for name, (test, words) in SHAPES.items() if name in there and test(head, looked)]

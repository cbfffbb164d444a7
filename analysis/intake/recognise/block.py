"""The text of a ``[[source]]`` block, and the pattern under which next month's file is found."""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Mapping
from typing import Any

# Parts of a file's name that change from one export to the next: numbers with what joins them, names of months.
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|januari|februari|maart|mei|juni|juli|augustus|oktober|"
    "januar|februar|märz|mai|dezember|jan|feb|mar|mrt|apr|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez"
)
_CHANGES = re.compile(
    rf"(?:\d+|(?<![^\W_])(?:{_MONTHS})(?![^\W\d_]))(?:[-_. T]*(?:\d+|(?<![^\W_])(?:{_MONTHS})(?![^\W\d_])))*",
    re.IGNORECASE,
)
# Words that say what an engagement needs of a key, as a comment behind it.
COMMENTS: Mapping[str, str] = {
    "population": "whose time it is; correct it if need be",
    "state_map": "what each state code means",
}


def block_text(
    stated: Mapping[str, Any], *, columns: Mapping[str, Any] | None = None, totals: Mapping[str, str] | None = None
) -> str:
    """Return a block of the engagement file.

    Parameters
    ----------
    stated
        Keys of the source and their values, in order.
    columns
        Our columns and where they come from.
    totals
        State codes and the file's column of their time.

    Examples
    --------
    >>> print(block_text({"files": ["data/a_*.csv"], "table": "skills"}, columns={"agent": "Login"}))
    [[source]]
    files = ["data/a_*.csv"]
    table = "skills"
    [source.columns]
    agent = "Login"
    """
    lines = ["[[source]]"]
    for name, value in stated.items():
        comment = f"  # {COMMENTS[name]}" if name in COMMENTS else ""
        lines.append(f"{name} = {_value(value)}{comment}")
    for section, mapping in (("columns", columns), ("totals", totals)):
        if mapping:
            lines.append(f"[source.{section}]")
            lines += [f"{_key(name)} = {_value(value)}" for name, value in mapping.items()]
    return "\n".join(lines)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def pattern_of(file: str, *, digits: bool = False) -> str:
    """Return a pattern that also finds the next export: dates and numbers in the file's name become ``*``, or digits and what follows them.

    Examples
    --------
    >>> pattern_of("data/agent_status_2026-03.csv"), pattern_of("data/calls mrt 2026.csv"), pattern_of("data/roster.xlsx")
    ('data/agent_status_*.csv', 'data/calls *.csv', 'data/roster.xlsx')
    >>> pattern_of("data/agent_status_2026-03.csv", digits=True)
    'data/agent_status_[0-9]*.csv'
    """
    folder, slash, name = file.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    stem, dot, ending = (stem, dot, ending) if dot else (name, "", "")
    pieces = _CHANGES.split(stem)
    if digits and not all(part[:1].isdigit() for part in _CHANGES.findall(stem)):
        return file
    if len(pieces) == 1 or not any(re.search(r"[^\W\d_]{2}", piece) for piece in pieces):
        return file
    return f"{glob.escape(folder)}{slash}{('[0-9]*' if digits else '*').join(map(glob.escape, pieces))}{dot}{ending}"

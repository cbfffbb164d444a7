"""The report's sentences: one catalogue a language, every blank filled by name, none missing and none silent."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.report.numbers import Numbers


class Words:
    """A catalogue of sentences with the number forms of its language.

    Parameters
    ----------
    table
        Nested sections of templates; blanks stand in braces and are filled by name.

    Examples
    --------
    >>> load_words()("share.idle.contact_centre")
    'waiting for contacts'
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._templates = dict(_flat(table))
        self.n = Numbers(table["number"])

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of this key with its blanks filled.

        Raises
        ------
        KeyError
            No such sentence, or a blank without a value.
        """
        return self._templates[key].format_map(values)

    def __contains__(self, key: str) -> bool:
        """Return whether the catalogue holds this key."""
        return key in self._templates

    def __iter__(self) -> Iterator[str]:
        """Return the keys in the catalogue's order."""
        return iter(self._templates)

    def section(self, prefix: str) -> dict[str, str]:
        """Return the raw templates below `prefix`, by the rest of their key, in the catalogue's order."""
        return {key[len(prefix) + 1 :]: text for key, text in self._templates.items() if key.startswith(f"{prefix}.")}

    def some(self, key: str, count: float, **values: object) -> str:
        """Return the singular or plural sentence below `key` (``one``, ``many``) with ``{n}`` spelled."""
        form = "one" if count == 1 else "many"
        return self(f"{key}.{form}", n=self.n.count(count), **values)

    def listed(self, items: list[str]) -> str:
        """Return items in a row: a, b and c."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('number.and')} {items[-1]}"


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


@cache
def load_words(language: str = "en") -> Words:
    """Return the catalogue of a language.

    Raises
    ------
    UsageProblem
        There is no catalogue for it.
    """
    path = assets() / "templates" / "report" / f"words.{language}.toml"
    if not path.is_file():
        known = sorted(file.name.split(".")[1] for file in path.parent.glob("words.*.toml"))
        raise UsageProblem(f"report.language: no catalogue for {language!r}. Known: {', '.join(known)}.")
    with path.open("rb") as file:
        return Words(tomllib.load(file))

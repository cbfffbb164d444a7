"""The report's sentences: one catalogue a language, every blank filled by name, none missing and none silent."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.report.locales import Locale, locale_named, locale_of
from analysis.report.numbers import Numbers

if TYPE_CHECKING:
    from analysis.report.brand import Brand

# keys of a catalogue that a message names
MOST_NAMED = 5


class Words:
    """A catalogue of sentences with the number forms of its language.

    Parameters
    ----------
    table
        Nested sections of templates; blanks stand in braces and are filled by name.
    locale
        How the country writes numbers, dates and money.

    Examples
    --------
    >>> load_words()("share.idle.contact_centre")
    'waiting for contacts'
    """

    def __init__(self, table: Mapping[str, Any], locale: Locale | None = None) -> None:
        locale = locale or locale_named()
        # signs are the country's, also where a sentence asks for one
        table = {**table, "number": {**table["number"], **locale.signs()}}
        self._templates = dict(_flat(table))
        self.n = Numbers(table["number"], locale)

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
def load_words(language: str = "en", locale: str = "", catalogue: Path | None = None) -> Words:
    """Return the catalogue of a language.

    Parameters
    ----------
    language
        Two letters; the kit's own catalogue is ``"en"``.
    locale
        Country whose numbers, dates and money are written; empty takes the language's usual one.
    catalogue
        A firm's own file; None takes the kit's of that language.

    Raises
    ------
    UsageProblem
        There is no catalogue for the language, or a firm's lacks a sentence, holds one that nobody asks for, or has a blank of its own.
    """
    own = assets() / "templates" / "report"
    path = catalogue or own / f"words.{language}.toml"
    if not path.is_file():
        known = sorted(file.name.split(".")[1] for file in own.glob("words.*.toml"))
        raise UsageProblem(
            f"language: no catalogue for {language!r}. Known: {', '.join(known)}. For another one copy words.en.toml to words.{language}.toml beside your brand.toml and translate it."
        )
    table = _read(path)
    if catalogue is not None:
        _check(path.name, dict(_flat(table)), dict(_flat(_read(own / "words.en.toml"))))
    return Words(table, locale_of(language, locale))


def words_of(brand: Brand) -> Words:
    """Return the catalogue that a brand asks for."""
    return load_words(brand.language, brand.locale, brand.catalogue)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"{path.name}: not valid TOML: {error}. Mend the line.") from error


def _check(name: str, mine: Mapping[str, str], kit: Mapping[str, str]) -> None:
    """Hold a firm's catalogue against the kit's: the same keys, and no blank that nobody fills."""
    for what, keys in (("lacks", kit.keys() - mine.keys()), ("holds unknown", mine.keys() - kit.keys())):
        if keys:
            first = ", ".join(sorted(keys)[:MOST_NAMED])
            raise UsageProblem(f"{name}: {what} {len(keys)} sentences: {first}{', ...' if len(keys) > MOST_NAMED else ''}. Hold it against the kit's words.en.toml.")  # fmt: skip
    for key, text in mine.items():
        try:
            new = _blanks(text) - _blanks(kit[key])
        except ValueError as error:
            raise UsageProblem(f"{name}: {key}: a brace is open or closed twice ({error}). Write {{{{ for a brace in the text.") from error  # fmt: skip
        if new:
            raise UsageProblem(f"{name}: {key}: nobody fills the blank {{{sorted(new)[0]}}}. Known here: {', '.join(sorted(_blanks(kit[key]))) or 'none'}.")  # fmt: skip


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

"""How a country writes numbers, dates and money: Babel's tables, with the house's rules for English on top."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from analysis.foundation.schema import UsageProblem

if TYPE_CHECKING:
    from babel import Locale as Tables

USUAL = "en_GB"
HARD = "\u00a0"
# the house writes a percent sign after a space that does not break, and names a currency by its code before the amount
HOUSE = "en"
# a sign's width that the typefaces need not hold
_SPACES = str.maketrans(dict.fromkeys("\u2009\u202f \u2007", HARD))


@dataclass(frozen=True, slots=True)
class Locale:
    """The signs and orders of one country in one language.

    Attributes
    ----------
    name
        Such as ``en_GB``.
    decimal, group, percent
        Signs; `percent` stands behind the number, with its space.
    groups
        Digits of the first group from the decimal sign, and of every further one: (3, 3), in India (3, 2).
    months, weekdays, weekdays_short
        Names, January and Monday first.
    currency_first, currency_space
        Whether a currency stands before its amount, and whether a space parts them.

    Examples
    --------
    >>> locale_named("de_DE").grouped("12345.6"), locale_named("en_IN").grouped("1234567")
    ('12.345,6', '12,34,567')
    """

    name: str
    decimal: str
    group: str
    percent: str
    groups: tuple[int, int]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    weekdays_short: tuple[str, ...]
    currency_first: bool
    currency_space: bool

    def grouped(self, number: str) -> str:
        """Return a number that Python wrote (digits, ``.`` and maybe ``,``) with this country's signs."""
        whole, point, part = number.replace(",", "").partition(".")
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        first, more = self.groups
        parts, rest = [digits[-first:]], digits[:-first]
        while rest:
            parts.insert(0, rest[-more:])
            rest = rest[:-more]
        return sign + self.group.join(parts) + (self.decimal + part if point else "")

    def signs(self) -> dict[str, str]:
        """Return what the catalogue's section ``number`` takes from the country."""
        return {"decimal": self.decimal, "group": self.group, "percent": self.percent}

    def currency(self, code: str) -> str:
        """Return how a currency is named: by its code in English, else by its own sign where it has one."""
        from babel.numbers import get_currency_symbol

        return code if self.name.startswith(HOUSE) else get_currency_symbol(code, locale=self.name)

    def money(self, amount: str, code: str) -> str:
        """Return an amount with its currency where this country puts it.

        Examples
        --------
        >>> [locale_named(name).money("12", "EUR").replace(HARD, " ") for name in ("nl_NL", "en_US", "de_DE")]
        ['€ 12', 'EUR 12', '12 €']
        """
        if not code:
            return amount
        name = self.currency(code)
        # letters touch no digits
        space = HARD if self.currency_space or name[-1:].isalpha() else ""
        return f"{name}{space}{amount}" if self.currency_first else f"{amount}{HARD}{name}"

    def day(self, day: dt.date, *, year: bool = True) -> str:
        """Return a day in words, in this country's order: 2 March 2026; March 2, 2026; 2. März 2026."""
        short, long = _dates(day, self.name)
        bound = short.replace(" ", HARD)
        return long.replace(short, bound) if year else bound

    def period(self, start: dt.date, end: dt.date, to: str) -> str:
        """Return two days in words, what both share said once: 2 March to 26 April 2026.

        Examples
        --------
        >>> import datetime as dt
        >>> days = dt.date(2026, 3, 2), dt.date(2026, 3, 8)
        >>> [locale_named(name).period(*days, word).replace(chr(160), " ") for name, word in (("de_DE", "bis"), ("en_US", "to"))]
        ['2. bis 8. März 2026', 'March 2 to March 8, 2026']
        """
        if start == end:
            return self.day(end)
        # the year is left out where the second day says it last
        year = start.year != end.year or not self.day(end).endswith(str(end.year))
        first = self.day(start, year=year)
        number = re.match(r"\d+\.?", first)
        if not year and start.month == end.month and number:
            first = number.group()
        return f"{first} {to} {self.day(end)}"


@cache
def locale_named(name: str = USUAL) -> Locale:
    """Return the locale of this name.

    Parameters
    ----------
    name
        Language and country, such as ``en_GB`` or ``de_DE``.

    Raises
    ------
    UsageProblem
        There is no such locale; the message names the nearest ones.

    References
    ----------
    Unicode Common Locale Data Repository, as Babel ships it.
    """
    from babel import Locale as Tables
    from babel.localedata import exists

    # what is not known as a whole is not taken for its language alone
    if not exists(name.replace("-", "_")):
        raise UsageProblem(f"locale: {name!r} is not known. {_nearest(name)}")
    tables = Tables.parse(name.replace("-", "_"))
    # a language that is written from the right needs pages of its own
    if tables.text_direction != "ltr":
        raise UsageProblem(f"locale: {name!r} is written from the right to the left, which the pages cannot do yet. Use one that is written from the left.")  # fmt: skip
    return _read(tables)


def locale_of(language: str, name: str = "") -> Locale:
    """Return the locale of a language: the one that is named, else its usual one.

    Parameters
    ----------
    language
        Language of the sentences, two letters.
    name
        Name of a locale; empty takes ``en_GB`` for English, else the language's own.

    Raises
    ------
    UsageProblem
        There is no such locale, or it would put months of another language into the sentences.

    Examples
    --------
    >>> locale_of("en").name, locale_of("en", "en_NL").decimal
    ('en_GB', ',')
    """
    found = locale_named(name or (USUAL if language == HOUSE else language))
    if not found.name.startswith(language):
        land = found.name.rpartition("_")[2]
        raise UsageProblem(f"locale: {name!r} names days and months in another language than the sentences, which are in {language!r}. Write {language}_{land} if there is one, or {locale_of(language).name}.")  # fmt: skip
    return found


def _read(tables: Tables) -> Locale:
    """Return what the pages need of Babel's tables."""
    symbols = tables.number_symbols["latn"]
    money = tables.currency_formats["standard"].pattern.split(";")[0]
    plain = tables.decimal_formats[None]
    percent = re.sub(r"[^%\s]", "", tables.percent_formats[None].pattern).translate(_SPACES)
    house = str(tables.language) == HOUSE
    return Locale(
        name=str(tables),
        decimal=symbols["decimal"],
        group=symbols["group"].translate(_SPACES),
        # some write the sign before the number: the pages write it behind, as ISO 80000 does
        percent=HARD + "%" if house or not percent.endswith("%") else percent,
        groups=tuple(plain.grouping),  # type: ignore[arg-type]
        months=tuple(tables.months["format"]["wide"][month] for month in range(1, 13)),
        weekdays=tuple(tables.days["stand-alone"]["wide"][day] for day in range(7)),
        weekdays_short=tuple(tables.days["stand-alone"]["abbreviated"][day] for day in range(7)),
        currency_first=money.startswith("\u00a4"),
        currency_space=house or HARD in money,
    )


@cache
def _dates(day: dt.date, name: str) -> tuple[str, str]:
    """Return a day without and with its year; spaces of every width become plain ones."""
    from babel.dates import format_date, format_skeleton

    found = format_skeleton("MMMMd", day, locale=name), format_date(day, format="long", locale=name)
    return re.sub(r"\s", " ", found[0]), re.sub(r"\s", " ", found[1])


def _nearest(name: str) -> str:
    """Return which locales are meant, or a few that are known."""
    from babel.localedata import locale_identifiers

    known = sorted(one for one in locale_identifiers() if "_" in one)
    language = re.split("[-_]", name)[0]
    home = [one for one in (USUAL, f"{language}_{language.upper()}") if one in known and one.startswith(f"{language}_")]
    found = [*home, *difflib.get_close_matches(name.replace("-", "_"), known, n=3, cutoff=0.5)]
    return f"Write one of {', '.join(dict.fromkeys(found or ['en_GB', 'en_US', 'de_DE', 'fr_FR', 'nl_NL']))}."

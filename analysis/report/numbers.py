"""Numbers in words: every figure of the report is rounded and spelled here and nowhere else."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

from analysis.foundation.estimate import Estimate
from analysis.report.locales import Locale, locale_named

# A grade letter travels through sentences as one private character; the template sets it small, `plain` spells it out.
_GRADES = {letter: chr(0xE00A + place) for place, letter in enumerate("ABCD")}
# keeps a grade on the line of its figure
JOINER = "\u2060"
# significant digits of an amount of money
DIGITS, CENTS = 2, 2
# shares below this are told to a tenth of a point where small changes matter
FINE_BELOW = 0.1
# halves that binary numbers miss by a hair are rounded up
NUDGE = 1e-9
_UNGRADE = {ord(mark): f" (grade {letter})" for letter, mark in _GRADES.items()}


def plain(text: str) -> str:
    """Return `text` for places that cannot set a small letter: grades are spelled out.

    Examples
    --------
    >>> plain("31 %" + mark("B"))
    '31 % (grade B)'
    """
    return text.translate(_UNGRADE).replace("\u00a0", " ").replace(JOINER, "")


def mark(grade: str) -> str:
    """Return the character that stands for an evidence grade in a sentence."""
    return JOINER + _GRADES[grade] if grade in _GRADES else ""


class Numbers:
    """How one language writes numbers.

    Parameters
    ----------
    words
        The catalogue's section ``number``: the word between two bounds, units, the minus sign.
    locale
        How the country writes numbers, dates and money.
    """

    def __init__(self, words: Mapping[str, str], locale: Locale | None = None) -> None:
        self.locale = locale or locale_named()
        self._words = {**words, **self.locale.signs()}

    def _signs(self, text: str) -> str:
        return self.locale.grouped(text)

    def points(self, share: float) -> str:
        """Return a share in points, without its sign: 0.312 is 31."""
        points = f"{100 * share + NUDGE:.0f}"
        return self._signs("0" if points == "-0" else points)

    def share(self, share: float) -> str:
        """Return a share to one point: 0.312 is 31 %."""
        return self.points(share) + self._words["percent"]

    def part_share(self, share: float) -> str:
        """Return a share of a part of a population: nobody is told that none or all of it is one thing, so 0.002 is under 1 %.

        Examples
        --------
        >>> from analysis.report.words import load_words
        >>> [load_words().n.part_share(share).replace("\u00a0", " ") for share in (0.002, 0.31, 0.998)]
        ['under 1 %', '31 %', 'over 99 %']
        """
        text = {"0": self._words["under_one"], "100": self._words["over_99"]}.get(
            self.points(share), self.points(share)
        )
        return text + self._words["percent"]

    def fine_share(self, share: float) -> str:
        """Return a share to one point, a small one to a tenth of a point: 0.023 is 2.3 %."""
        if not 0 < share < FINE_BELOW:
            return self.share(share)
        return self._signs(f"{100 * share:.1f}") + self._words["percent"]

    def plain_number(self, number: float) -> str:
        """Return a number with a tenth, from a hundred on without."""
        return self._signs(f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.1f}")

    def tenth(self, number: float) -> str:
        """Return a number to a tenth: 2.34 is 2.3."""
        return self._signs(f"{number:.1f}")

    def short(self, number: float, digits: int = 6) -> str:
        """Return a number with no more digits than it needs: 1.50 is 1.5, 2.0 is 2."""
        text = f"{number:.{digits}g}"
        return self._signs(f"{number:.0f}" if "e" in text else text)

    def agents(self, agents: float) -> str:
        """Return a number of agents to a tenth."""
        return self._signs(f"{agents:,.1f}")

    def hours(self, hours: float) -> str:
        """Return hours to 5; less than 2.5 is said to be under 5."""
        rounded = 5 * round(hours / 5)
        return self._words["few_hours"] if rounded == 0 and hours > 0 else self._signs(f"{rounded:,.0f}")

    def amount(self, amount: float) -> str:
        """Return an amount of money without its currency, to two significant digits: 12,345 is 12,000.

        Examples
        --------
        >>> from analysis.report.words import load_words
        >>> load_words().n.amount(-12345.0)
        '\u221212,000'
        """
        if not amount:
            return "0"
        rounded = round(abs(amount) * (1 + NUDGE), DIGITS - 1 - math.floor(math.log10(abs(amount))))
        text = self._signs(f"{rounded:.{0 if rounded == round(rounded) else CENTS}f}")
        return text if amount > 0 or not float(f"{rounded:.{CENTS}f}") else self._words["minus"] + text

    def stated_amount(self, amount: float) -> str:
        """Return an amount that somebody stated, or a mark on an axis, with all its digits: 37.5 is 37.50.

        Examples
        --------
        >>> from analysis.report.words import load_words
        >>> [load_words().n.stated_amount(amount) for amount in (37.5, 105000.0)]
        ['37.50', '105,000']
        """
        rounded = round(abs(amount), CENTS)
        text = self._signs(f"{rounded:.{0 if rounded == round(rounded) else CENTS}f}")
        return self._words["minus"] + text if amount < 0 and rounded else text

    def money(self, amount: float, currency: str) -> str:
        """Return an amount with its currency, where the country puts it: EUR 12,000.

        Examples
        --------
        >>> from analysis.report.words import load_words
        >>> load_words().n.money(12345.0, "EUR").replace("\u00a0", " ")
        'EUR 12,000'
        """
        text, minus = self.amount(amount), self._words["minus"]
        sign = minus if text.startswith(minus) else ""
        return sign + self.locale.money(text.removeprefix(minus), currency)

    def money_interval(self, value: float, low: float, high: float, currency: str) -> str:
        """Return an amount with its interval: EUR 12,000 (9,800 to 14,000); without bounds the amount alone."""
        text = self.money(value, currency)
        if math.isnan(low) or math.isnan(high) or low == high:
            return text
        return f"{text} ({self.amount(low)}\u00a0{self._words['to']}\u00a0{self.amount(high)})"

    def count(self, count: float) -> str:
        """Return a whole number with its groups."""
        whole = f"{abs(count):,.0f}"
        return (self._words["minus"] if count < 0 and whole != "0" else "") + self._signs(whole)

    def length(self, seconds: float) -> str:
        """Return a length of time as a person would say it: 96 s, 2.1 min, 27 min, 2 h."""
        if seconds < 99.5:
            return f"{seconds:.0f}{self._words['second']}"
        if seconds < 9.95 * 60:
            return self._signs(f"{seconds / 60:.1f}").removesuffix(self._words["decimal"] + "0") + self._words["minute"]
        if seconds < 120 * 60:
            return f"{seconds / 60:.0f}{self._words['minute']}"
        return self._signs(f"{seconds / 3600:.0f}") + self._words["hour"]

    def figure(self, number: float, unit: str) -> str:
        """Return a number in the form of its unit."""
        forms = {
            **dict.fromkeys(("share", "probability"), self.share),
            **dict.fromkeys(("agents", "fte"), self.agents),
            **dict.fromkeys(("s", "seconds"), self.length),
            **dict.fromkeys(("currency", "currency_per_week", "currency_per_year"), self.amount),
            "weeks": self.count,
            "index": lambda index: self._signs(f"{index:.2f}"),
        }
        if unit in forms:
            return forms[unit](number)
        if "hour" in unit or unit == "h":
            return self.hours(number)
        return self.count(number) if abs(number) >= 100 or float(number).is_integer() else self._signs(f"{number:.1f}")

    def interval(self, value: float, low: float, high: float, unit: str = "share", *, grade: str = "") -> str:
        """Return a figure with its interval and grade: 31 % (27 to 35); without bounds, or between equal ones, the figure alone."""
        text = self.figure(value, unit)
        if not (math.isnan(low) or math.isnan(high) or low == high):
            text += f" ({self.bounds(low, high, unit)})"
        return text + mark(grade)

    def bounds(self, low: float, high: float, unit: str = "share", *, sign: bool = False, word: str = "to") -> str:
        """Return two bounds: 27 to 35, or with their sign 27 to 35 %."""
        parts = [self.figure(number, unit).removesuffix(self._words["percent"]) for number in (low, high)]
        tail = self._words["percent"] if sign and unit == "share" else ""
        return f"\u00a0{self._words[word]}\u00a0".join(parts) + tail

    def estimate(self, estimate: Estimate, *, grade: bool = True) -> str:
        """Return an estimate as the report prints it; without a value its bounds, else an empty text."""
        letter = estimate.grade if grade else ""
        if estimate.value is not None:
            low, high = (math.nan if bound is None else bound for bound in (estimate.low, estimate.high))
            return self.interval(estimate.value, low, high, estimate.unit, grade=letter)
        if estimate.low is not None and estimate.high is not None:
            bounds = self.bounds(estimate.low, estimate.high, estimate.unit, sign=True, word="and")
            return self._words["between"].format(bounds=bounds) + mark(letter)
        return ""

    def day(self, day: dt.date, *, year: bool = True) -> str:
        """Return a day in words: 2 March 2026."""
        return self.locale.day(day, year=year)

    def period(self, start: dt.date, end: dt.date) -> str:
        """Return a period in words: 2 March to 26 April 2026."""
        return self.locale.period(start, end, self._words["to"])

    def weekday(self, weekday: int, *, short: bool = False) -> str:
        """Return the name of a weekday, 0 being Monday."""
        return (self.locale.weekdays_short if short else self.locale.weekdays)[int(weekday)]

    def clock(self, seconds: float) -> str:
        """Return a time of day given in seconds since midnight: 34200 is 09:30."""
        return f"{int(seconds) // 3600:02d}:{int(seconds) % 3600 // 60:02d}"

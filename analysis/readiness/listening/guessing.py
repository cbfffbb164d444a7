"""What leaders expected before there were figures, beside what was measured."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import Finding
from analysis.readiness.listening.guide import Expectation, Guide

if TYPE_CHECKING:
    import pandas as pd

    from analysis.foundation.estimate import Estimate, Quantity

WHERE = "expectations"
# guesses of fewer people could be told apart by those who know them
FEWEST_PEOPLE = 3
# of fewer people the ends of a range and the guess in the middle are the guesses themselves, so the middle stands alone, rounded
FEWEST_FOR_RANGE = 5
POPULATION_WORDS = {"contact_centre": "the contact centre", "back_office": "the back office"}


def guesses(table: pd.DataFrame | None, guide: Guide) -> tuple[pd.DataFrame, list[Finding]]:
    """Return one guess a person, question and population, and what the writer must be asked.

    A person's earliest guess counts: later ones may already know the figure.

    Returns
    -------
    tuple
        number (of the question in the guide), population, rater, guess, stated_on; and the findings.
    """
    import pandas as pd

    columns = ["number", "population", "rater", "guess", "stated_on"]
    if table is None or table.empty:
        return pd.DataFrame(columns=columns), []
    asked = table["quantity"].map(guide.expectation)
    known = table[asked.notna()]
    number = asked[asked.notna()].map(guide.expectations.index)
    population = _population(known["population"], number, guide)
    frame = pd.DataFrame(
        {
            "number": number.astype("int64"),
            "population": population,
            "rater": known["rater"],
            "guess": known["guess"].astype("float64"),
            "stated_on": known["stated_on"],
        }
    )
    share = frame["number"].map(lambda place: guide.expectations[place].unit == "share").astype(bool)
    frame["guess"] = frame["guess"].where(~share | (frame["guess"] <= 1), frame["guess"] / 100)
    off = frame["guess"].isna() | (frame["guess"] < 0) | (share & (frame["guess"] > 1))
    fine = frame[~off & (frame["population"] != "")].sort_values(["stated_on"], kind="stable", na_position="last")
    once = fine.drop_duplicates(["number", "population", "rater"])
    counted = {"unknown": int(asked.isna().sum()), "off": int(off.sum()), "nowhere": int((frame["population"] == "").sum()), "again": len(fine) - len(once), "undated": int(once["stated_on"].isna().sum())}  # fmt: skip
    return once.reset_index(drop=True)[columns], _questions(counted)


def _population(written: pd.Series, number: pd.Series, guide: Guide) -> pd.Series:
    """Return the population of each guess; one that the question is asked of alone goes without saying; empty where it cannot be told."""
    found = []
    for words, place in zip(written.fillna(""), number, strict=True):
        possible = guide.expectations[place].populations
        name = "_".join(str(words).casefold().replace("center", "centre").replace("-", " ").split())
        found.append(name if name in possible else possible[0] if not name and len(possible) == 1 else "")
    import pandas as pd

    return pd.Series(found, index=written.index, dtype="str")


def _guesses(count: int) -> str:
    return "1 guess" if count == 1 else f"{count:,} guesses"


def _questions(counted: dict[str, int]) -> list[Finding]:
    cases = (
        ("expectation_unknown", "ask", "unknown", "{n} to no question of the guide, left out. Choose one of the list in the sheet Expectations."),
        ("expectation_off", "ask", "off", "{n} with a number that the question does not allow (a share lies between 0 and 100 %), left out. Mend them in the sheet Expectations."),
        ("expectation_nowhere", "ask", "nowhere", "{n} without a population that the question is asked of, left out. Choose it in the sheet Expectations."),
        ("expectation_again", "flag", "again", "{n} made again by the same person; the first one counts."),
        ("expectation_undated", "ask", "undated", "{n} without a day, so that nobody can tell whether the figure was known. Write down the day in the sheet Expectations."),
    )  # fmt: skip
    return [
        Finding(code, severity, WHERE, text.format(n=_guesses(counted[name])), rows=counted[name])  # type: ignore[arg-type]
        for code, severity, name, text in cases
        if counted[name]
    ]


def expectation_rows(
    frame: pd.DataFrame, quantities: Sequence[Quantity], guide: Guide, *, last_day: dt.date | None
) -> list[dict[str, Any]]:
    """Return one row a question and population that three people or more guessed.

    Parameters
    ----------
    frame
        From :func:`guesses`.
    quantities
        Figures of the run; empty before there are data.
    guide
        Questions.
    last_day
        Last day of the client's period; guesses made later are marked.
    """
    import pandas as pd

    rows = []
    for (number, population), part in frame.groupby(["number", "population"], sort=True):
        if part["rater"].nunique() < FEWEST_PEOPLE:
            continue
        asked = guide.expectations[int(number)]
        found = measured(asked, str(population), quantities)
        late = last_day is not None and bool((part["stated_on"] > pd.Timestamp(last_day)).any())
        row = {
            "quantity": asked.quantity,
            "population": population,
            "words": asked.question,
            "unit": asked.unit,
            "people": int(part["rater"].nunique()),
            **_spread(part["guess"], asked.unit),
            "measured": _number(found and found.value),
            "low": _number(found and found.low),
            "high": _number(found and found.high),
            "grade": found.grade if found and found.low is not None else "",
            "late": late,
        }
        rows.append(row | {"sentence": _sentence(row)})
    return rows


def _spread(guesses: pd.Series, unit: str) -> dict[str, float]:
    """Return the guess in the middle and, of enough people, the range, all rounded so that no guess is told as it was made."""
    ends = (float(guesses.min()), float(guesses.max())) if len(guesses) >= FEWEST_FOR_RANGE else (math.nan, math.nan)
    return {
        "guess_low": _coarse(ends[0], unit),
        "guess": _coarse(float(guesses.median()), unit),
        "guess_high": _coarse(ends[1], unit),
    }


def _coarse(number: float, unit: str) -> float:
    """Return a guess to 5 points of a share, to 5 hours, else to a whole number."""
    if math.isnan(number):
        return number
    if unit == "share":
        return round(5 * round(20 * number) / 100, 2)
    return float(5 * round(number / 5) if unit == "hours_per_week" else round(number))


def measured(asked: Expectation, population: str, quantities: Sequence[Quantity]) -> Estimate | None:
    """Return the figure that a guess is compared with: the one of this scope without any part of it; None where none or several fit."""
    scope = {"population": population, **asked.scope}
    named = [one for one in quantities if one.id == asked.quantity]
    fits = [one for one in named if {name: value for name, value in one.scope.items() if name != "pool"} == scope]
    return fits[0].estimate if len(fits) == 1 else None


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _sentence(row: dict[str, Any]) -> str:
    """Return guesses and figure in words, and what their distance teaches."""
    middle, of = _figure(row["guess"], row["unit"]), f"the {row['words']} in {POPULATION_WORDS[row['population']]}"
    people = f"{row['people']} people guessed about {middle} in the middle for {of}"
    if not math.isnan(row["guess_low"]):
        told = _bounds(row["guess_low"], row["guess_high"], row["unit"])
        people = f"{row['people']} people guessed about {told} for {of}, {middle} in the middle"
    late = " Some of them guessed after the period had ended, and may have known figures." if row["late"] else ""
    if math.isnan(row["low"]) or math.isnan(row["high"]):
        return f"{people}; it has not been measured yet.{late}"
    known = (
        f"between {_bounds(row['low'], row['high'], row['unit'], word='and')}"
        if math.isnan(row["measured"])
        else f"{_figure(row['measured'], row['unit'])} ({_bounds(row['low'], row['high'], row['unit']).removesuffix(' %').removesuffix(' hours')})"
    )
    return f"{people}; measured: {known}. {_lesson(row)}{late}"


def _lesson(row: dict[str, Any]) -> str:
    if row["guess_low"] > row["high"]:
        return "Everybody guessed more than there is."
    if row["guess_high"] < row["low"]:
        return "Everybody guessed less than there is."
    if row["guess"] > row["high"]:
        return "Most guessed more than there is."
    if row["guess"] < row["low"]:
        return "Most guessed less than there is."
    return "The guess in the middle lies where the figure is."


def _bounds(low: float, high: float, unit: str, word: str = "to") -> str:
    ends = [_figure(number, unit) for number in (low, high)]
    tail = next((sign for sign in (" %", " hours") if ends[0].endswith(sign)), "")
    return ends[1] if ends[0] == ends[1] else f"{ends[0].removesuffix(tail)} {word} {ends[1]}"


def _figure(number: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * number:.0f} %"
    return f"{5 * round(number / 5):,.0f} hours" if unit == "hours_per_week" else f"{number:.1f}"

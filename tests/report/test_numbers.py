"""How numbers are spelled, rounded and graded."""

from __future__ import annotations

import datetime as dt
import math
import re

import pytest

from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import UsageProblem
from analysis.report.locales import locale_named, locale_of
from analysis.report.numbers import Numbers, mark, plain
from analysis.report.words import load_words

N = load_words().n
WORDS = load_words().section("number")


def seen(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("share", "text"), [(0.312, "31 %"), (0.0, "0 %"), (-0.001, "0 %"), (1.0, "100 %"), (0.285, "29 %"), (0.005, "1 %")]
)
def test_shares_are_rounded_to_one_point_and_halves_go_up(share, text):
    assert seen(N.share(share)) == text


@pytest.mark.parametrize(
    ("hours", "text"), [(1_612.0, "1,610"), (487.4, "485"), (2.0, "under 5"), (0.0, "0"), (3.0, "5")]
)
def test_hours_are_rounded_to_five(hours, text):
    assert N.hours(hours) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(96.0, "96 s"), (128.0, "2.1 min"), (120.0, "2 min"), (1_420.0, "24 min"), (7_200.0, "2 h")]
)
def test_lengths_of_time_are_said_as_a_person_would(seconds, text):
    assert seen(N.length(seconds)) == text


def test_an_estimate_carries_its_interval_and_its_grade():
    text = N.estimate(Estimate(0.312, 0.269, 0.351, grade="B"))
    assert seen(plain(text)) == "31 % (27 to 35) (grade B)"


def test_an_estimate_without_a_value_says_its_bounds_or_nothing():
    assert seen(plain(N.estimate(Estimate.missing("why", low=0.05, high=0.09)))) == "between 5 and 9 % (grade A)"
    assert N.estimate(Estimate.missing("why")) == ""


def test_without_bounds_the_figure_stands_alone():
    assert N.interval(9.12, math.nan, math.nan, "agents") == "9.1"
    assert seen(N.interval(0.88, 0.88, 0.88)) == "88 %"


def test_an_unknown_grade_leaves_no_mark():
    assert mark("") == ""
    assert plain("31" + mark("A")) == "31 (grade A)"


def test_days_and_periods_are_words():
    assert seen(N.period(dt.date(2026, 3, 2), dt.date(2026, 4, 26))) == "2 March to 26 April 2026"
    assert seen(N.period(dt.date(2025, 12, 29), dt.date(2026, 1, 4))) == "29 December 2025 to 4 January 2026"
    assert (N.weekday(0), N.weekday(6, short=True), N.clock(34_200)) == ("Monday", "Sun", "09:30")


WAYS = {
    "en_GB": ("31 %", "31 % (27 to 35)", "1,610", "9.1", "EUR 12,000", "−EUR 1,900", "2.1 min", "2 March to 26 April 2026", "29 December 2025 to 4 January 2026", "Monday", "Sun"),
    "en_US": ("31 %", "31 % (27 to 35)", "1,610", "9.1", "EUR 12,000", "−EUR 1,900", "2.1 min", "March 2 to April 26, 2026", "December 29, 2025 to January 4, 2026", "Monday", "Sun"),
    "en_IN": ("31 %", "31 % (27 to 35)", "1,610", "9.1", "EUR 12,000", "−EUR 1,900", "2.1 min", "2 March to 26 April 2026", "29 December 2025 to 4 January 2026", "Monday", "Sun"),
    "en_NL": ("31 %", "31 % (27 to 35)", "1.610", "9,1", "EUR 12.000", "−EUR 1.900", "2,1 min", "2 March to 26 April 2026", "29 December 2025 to 4 January 2026", "Monday", "Sun"),
    "de_DE": ("31 %", "31 % (27 to 35)", "1.610", "9,1", "12.000 €", "−1.900 €", "2,1 min", "2. März to 26. April 2026", "29. Dezember 2025 to 4. Januar 2026", "Montag", "So"),
    "fr_FR": ("31 %", "31 % (27 to 35)", "1 610", "9,1", "12 000 €", "−1 900 €", "2,1 min", "2 mars to 26 avril 2026", "29 décembre 2025 to 4 janvier 2026", "lundi", "dim."),
    "nl_NL": ("31%", "31% (27 to 35)", "1.610", "9,1", "€ 12.000", "−€ 1.900", "2,1 min", "2 maart to 26 april 2026", "29 december 2025 to 4 januari 2026", "maandag", "zo"),
    "ja_JP": ("31%", "31% (27 to 35)", "1,610", "9.1", "€12,000", "−€1,900", "2.1 min", "2026年3月2日 to 2026年4月26日", "2025年12月29日 to 2026年1月4日", "月曜日", "日"),
}  # fmt: skip


def spelled(n: Numbers) -> tuple[str, ...]:
    """Return every form once."""
    day = dt.date
    return tuple(seen(text) for text in (
        n.share(0.312), n.interval(0.312, 0.269, 0.351), n.hours(1_612.0), n.agents(9.12), n.money(12_345.0, "EUR"), n.money(-1_900.0, "EUR"),
        n.length(128.0), n.period(day(2026, 3, 2), day(2026, 4, 26)), n.period(day(2025, 12, 29), day(2026, 1, 4)), n.weekday(0), n.weekday(6, short=True),
    ))  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_every_form_follows_the_country(name):
    assert spelled(Numbers(WORDS, locale_named(name))) == WAYS[name]


def test_groups_of_digits_are_the_countrys():
    assert locale_named("en_IN").grouped("12345678") == "1,23,45,678"
    assert locale_named("de_CH").grouped("-1234567.5") == "-1\u2019234\u2019567.5"
    assert Numbers(WORDS, locale_named("de_DE")).count(-1_234.0) == "\u22121.234"


def test_a_figure_never_breaks_over_a_line():
    for name in WAYS:
        n = Numbers(WORDS, locale_named(name))
        for text in (n.share(0.3), n.money(12_345.0, "EUR"), n.hours(12_345.0), n.day(dt.date(2026, 3, 2), year=False)):
            assert " " not in text
            assert "\u202f" not in text


def test_within_one_month_the_month_stands_once_where_the_day_comes_first():
    week = dt.date(2026, 3, 2), dt.date(2026, 3, 8)
    said = {
        name: seen(Numbers(WORDS, locale_named(name)).period(*week)) for name in ("en_GB", "en_US", "de_DE", "es_ES")
    }
    assert said == {
        "en_GB": "2 to 8 March 2026",
        "en_US": "March 2 to March 8, 2026",
        "de_DE": "2. to 8. März 2026",
        "es_ES": "2 to 8 de marzo de 2026",
    }


def test_a_stated_amount_keeps_its_digits():
    assert [N.stated_amount(amount) for amount in (37.5, 105_000.0, -0.001, 0.0)] == ["37.50", "105,000", "0", "0"]


@pytest.mark.parametrize(
    ("name", "near"), [("de_Deutschland", "de_DE"), ("en_BG", "en_GB"), ("nl-NLD", "nl_NL"), ("zz", "en_GB")]
)
def test_an_unknown_locale_names_the_nearest(name, near):
    with pytest.raises(UsageProblem, match=rf"locale: '{name}' is not known\. Write one of .*{near}"):
        locale_named(name)


def test_a_locale_of_another_language_names_the_one_that_fits():
    with pytest.raises(UsageProblem, match=r"another language than the sentences, which are in 'en'\. Write en_DE"):
        locale_of("en", "de_DE")
    with pytest.raises(UsageProblem, match="from the right to the left"):
        locale_of("ar", "ar_EG")
    assert locale_of("nl").decimal == ","


# messages to the user, and settings as engagement.toml writes them
SPELL_THEMSELVES = {"numbers.py", "brand.py", "logos.py", "settings.py"}


def test_nothing_but_the_speller_writes_decimals_groups_or_dates(root):
    wrong = re.compile(r":[,+]?\.[1-9]\d*[feg%]\}|:[,.\d]*g\}|:,[^}]*\}|strftime|:%[A-Za-z]|month_name|day_name")
    found = []
    for path in sorted((root / "analysis" / "report").rglob("*.py")):
        if path.name in SPELL_THEMSELVES or path.parent.name == "disclosure":
            continue
        found += [
            f"{path.name}: {line.strip()}"
            for line in path.read_text(encoding="utf-8").splitlines()
            if wrong.search(line)
        ]
    assert found == []

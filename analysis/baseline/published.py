"""What has been published about time without work: graded, beside a client's figure and never inside it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from analysis.foundation.estimate import Grade

_EIGHT_HOURS = "hours of paid work a day, taken as 8: the source gives time a day without the length of the day"


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure.

    Attributes
    ----------
    key
        Stable name.
    claim
        What the source says, in its own terms.
    share, low, high
        The claim as a share of time without work; None where it does not convert. A claim of "up to" has `high` alone.
    conversion
        How the share follows from the claim and what it is of, or why there is none.
    source, year, population
        Who said it, the years that it speaks of, about whom.
    grade
        Of published evidence: A measured (time diaries), B survey, C vendor's or textbook's claim, self-selected panel.
    caution
        What the figure leaves out or counts otherwise.
    """

    key: str
    claim: str
    share: float | None
    low: float | None
    high: float | None
    conversion: str
    source: str
    year: str
    population: str
    grade: Grade
    caution: str


EVIDENCE: tuple[Published, ...] = (
    Published(
        "half",
        "back-office people spend as much as 50 % of their time on non-work",
        None,
        None,
        0.50,
        "stated as a share of time; an upper end, no mean",
        "vendor guide",
        "undated",
        "back offices",
        "C",
        "no data can be traced",
    ),
    Published(
        "white_collar",
        "white-collar people are productive only about 50 % of the time; the rest is 15 % personal delay and 35 % management",
        0.50,
        None,
        None,
        "1 - 50 % productive, of time at work as the text has it",
        "textbook on quality management, quoted on a blog",
        "2010",
        "white-collar work",
        "C",
        "no data shown; probable ancestor of the claim of 50 %",
    ),
    Published(
        "diaries_2003",
        "34 minutes a day not working while at work; half of it eating",
        34 / 480,
        None,
        None,
        f"34 / 480 minutes; {_EIGHT_HOURS}",
        "American Time Use Survey 2003-12, Burda, Genadek & Hamermesh, NBER 21923 (2016), by way of press",
        "2003-12",
        "all workers, United States",
        "A",
        "diaries under-report; about half of it is eating, which breaks take out of the base here",
    ),
    Published(
        "diaries_2003_any",
        "50 minutes a day not working while at work among those who report any",
        50 / 480,
        None,
        None,
        f"50 / 480 minutes; {_EIGHT_HOURS}",
        "American Time Use Survey 2003-12, Burda, Genadek & Hamermesh, NBER 21923 (2016), by way of press",
        "2003-12",
        "workers who report any, United States",
        "A",
        "people who report none are left out",
    ),
    Published(
        "diaries_2013",
        "92.3 % of the time at work is spent on the own job; half of the rest is eating, 22 % of it another job",
        1 - 0.923,
        None,
        None,
        "1 - 92.3 %, of time at work",
        "American Time Use Survey 2013-17, by way of Quartz and the World Economic Forum",
        "2013-17",
        "workers, United States",
        "A",
        "diaries under-report; half of it is eating",
    ),
    Published(
        "involuntary_idle",
        "78 % of 1,003 workers have some involuntary idle time",
        None,
        None,
        None,
        "none: a share of people, not of time",
        "Brodsky & Amabile, Journal of Applied Psychology 103, 496-512",
        "2018",
        "1,003 workers",
        "B",
        "says how many people have idle time, not how much",
    ),
    Published(
        "web_panel_2005",
        "2.09 hours wasted in 8 hours, by own account",
        2.09 / 8,
        None,
        None,
        "2.09 / 8 hours, as asked",
        "AOL and Salary.com",
        "2005",
        "10,044 people of a self-selected web panel",
        "C",
        "self-selected; the year after it was 1.86 hours",
    ),
    Published(
        "web_panel_2006",
        "1.86 hours wasted in 8 hours, by own account; employers assume 0.94",
        1.86 / 8,
        None,
        None,
        "1.86 / 8 hours, as asked",
        "AOL and Salary.com",
        "2006",
        "about 2,706 people of a self-selected web panel",
        "C",
        "self-selected; employers' 0.94 hours are 12 %",
    ),
    Published(
        "office_team",
        "36 minutes a day by own estimate of office workers; 43 by their managers'",
        36 / 480,
        None,
        43 / 480,
        f"36 / 480 minutes, and 43 / 480 by managers; {_EIGHT_HOURS}",
        "OfficeTeam",
        "2007",
        "559 office workers and 150 managers",
        "B",
        "own estimates; the upper end is the managers' figure, not an interval",
    ),
    Published(
        "telemetry",
        "5.0, 6.4 and 7.6 productive hours a day (quartiles), first half of the year",
        None,
        None,
        None,
        "none: the hours that people were paid are not given, and work away from the screen is not seen",
        "ActivTrak benchmark guide",
        "2024",
        "about 135,000 users of one vendor's desktop telemetry",
        "B",
        "vendor; digital work only",
    ),
)


def published_frame() -> pd.DataFrame:
    """Return the published evidence as rows, columns as the attributes of :class:`Published`; missing numbers are NaN.

    Examples
    --------
    >>> published_frame().set_index("key").loc[["half", "diaries_2013"], ["share", "high", "grade"]].round(3).to_dict("list")
    {'share': [nan, 0.077], 'high': [0.5, nan], 'grade': ['C', 'A']}
    """
    names = [field.name for field in fields(Published)]
    rows = [{name: getattr(one, name) for name in names} for one in EVIDENCE]
    return pd.DataFrame(rows, columns=names).astype(dict.fromkeys(("share", "low", "high"), "float64"))

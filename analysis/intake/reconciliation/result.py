"""What reconciling the data found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Quantity
from analysis.foundation.schema import Finding

if TYPE_CHECKING:
    import pandas as pd

SOURCE_COLUMNS = (
    *("source", "adapter", "table", "population", "files", "persons", "physical", "used", "stated_h", "used_h"),
    *("good_for", "not_good_for"),
)
COUNT_COLUMNS = ("file", "table", "what", "unit", "one_way", "other_way", "agrees", "words")
TIME_COLUMNS = ("source", "file", "table", "side", "reason", "us", "hours")
TOTAL_COLUMNS = (
    *("measure", "theirs_from", "ours_from", "scope", "days", "theirs", "ours", "unit", "difference"),
    *("days_over", "worst_day", "worst_difference", "family", "verdict", "words"),
)
DAY_COLUMNS = ("measure", "theirs_from", "ours_from", "day", "theirs", "ours", "difference")
PAID_COLUMNS = (
    *("population", "paid_from", "logged_from", "persons", "person_weeks", "paid_h", "logged_h", "share"),
    *("above_paid", "without_log", "words"),
)
OVERLAP_COLUMNS = ("source", "other", "persons", "hours", "agreeing_h", "share_agreeing", "words")
CALENDAR_COLUMNS = ("source", "table", "day", "amount", "rows", "persons", "hours", "length_h", "level", "mark")
FACT_COLUMNS = ("source", "fact", "count", "of", "share", "words")


@dataclass(frozen=True, slots=True, repr=False)
class Reconciliation:
    """The client's data held against themselves; nothing in it is about one person.

    Attributes
    ----------
    sources
        One row per source: `source`, `adapter`, `table`, `population`, `files`, `persons`, `physical` rows, `used` rows, `stated_h`, `used_h`
        (no hours for fewer persons than the smallest group), and the verdict in plain words: `good_for`, `not_good_for`.
    counts
        Everything counted in two ways, one row per file and count: `file`, `table`, `what`, `unit`, `one_way`, `other_way`, `agrees`, `words`.
    time
        Where the time of each file went: `source`, `file`, `table`, `side` (stated, moved, used, excluded, rejected, duplicate, ...), `reason`, `us`, `hours`.
        For each file stated + moved equals the sum of the other sides to the microsecond.
    totals
        Totals of one export against another, without numbers for fewer people than the smallest group: `measure`, `theirs_from`, `ours_from`, `scope`, `days`, `theirs`, `ours`, `unit`, `difference`
        (theirs / ours - 1), `days_over` the threshold, `worst_day`, `worst_difference`, `family` (how the totals book a contact that runs over
        the end of an interval), `verdict`, `words`.
    totals_by_day
        The same by day.
    paid
        Paid hours against logged hours by population: `paid_from`, `logged_from`, `persons`, `person_weeks`, `paid_h`, `logged_h`, `share`
        (logged / paid), `above_paid` and `without_log` (person-weeks); no numbers for fewer people than the smallest group.
    overlaps
        Two sources that show the same people at the same time: `source`, `other`, `persons`, `hours`, `agreeing_h`, `share_agreeing`.
    calendar
        One row per source and day: `amount` (contacts of volumes, else rows), `rows`, `persons`, `hours`, `length_h` of the day, `level` (amount
        over the median of like weekdays) and `mark`; `hours` and `level` are empty where fewer people than the smallest group are behind them.
    facts
        Counts that a careful reader wants: `source`, `fact`, `count`, `of`, `share`, `words`.
    traps
        Known traps of each format: what was tested, what it hit, the time it moved.
    findings
        What a reader must know, beside the findings of intake.
    quantities
        Empty: nothing is estimated.
    """

    sources: pd.DataFrame
    counts: pd.DataFrame
    time: pd.DataFrame
    totals: pd.DataFrame
    totals_by_day: pd.DataFrame
    paid: pd.DataFrame
    overlaps: pd.DataFrame
    calendar: pd.DataFrame
    facts: pd.DataFrame
    traps: pd.DataFrame
    findings: tuple[Finding, ...]
    quantities: tuple[Quantity, ...] = ()

    def __repr__(self) -> str:
        """Return the sentence that the report prints about the two counts."""
        agree = int(self.counts["agrees"].sum())
        stated, used = self.hours("stated"), self.hours("used")
        missing = int((self.calendar["mark"] == "missing").sum())
        differ = int((self.totals["verdict"] == "differs").sum())
        parts = [f"{agree} of {len(self.counts)} second counts agree"]
        if stated:
            parts.append(f"{used:,.0f} of {stated:,.0f} stated hours are used and the rest is accounted for")
        parts.append(f"{missing} {'day is' if missing == 1 else 'days are'} missing")
        if len(self.totals):
            parts.append(f"{differ} of {len(self.totals)} totals differ from another export")
        return "; ".join(parts)

    def hours(self, side: str) -> float:
        """Return the hours of one side of the account of time, all files together."""
        return sum(int(us) for us in self.time.loc[self.time["side"] == side, "us"]) / 3.6e9

    def to_frame(self) -> pd.DataFrame:
        """Return every statement, tidy: `part`, `where`, `what`, `verdict`, `words`."""
        import pandas as pd

        rows: list[tuple[str, str, str, str, str]] = []
        for row in self.counts.itertuples():
            rows.append(("second count", row.file, row.what, "agrees" if row.agrees else "differs", row.words))
        for row in self.totals.itertuples():
            rows.append(("totals", f"{row.theirs_from} / {row.ours_from}", row.measure, row.verdict, row.words))
        for row in self.paid.itertuples():
            rows.append(("paid and logged", row.population, f"{row.paid_from} / {row.logged_from}", "", row.words))
        for row in self.overlaps.itertuples():
            rows.append(("overlap", f"{row.source} / {row.other}", "same people, same time", "", row.words))
        for row in self.facts.itertuples():
            rows.append(("fact", row.source, row.fact, "", row.words))
        for row in self.traps.itertuples():
            told = "nothing found" if row.tested and not row.rows else "found" if row.tested else "not testable"
            rows.append(("trap", row.source, row.question, told, row.words))
        rows += [("finding", item.where, item.code, item.severity, item.message) for item in self.findings]
        return pd.DataFrame(rows, columns=["part", "where", "what", "verdict", "words"])

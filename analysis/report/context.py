"""What every chapter draws on: the results, the words, and how a source line is put together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.foundation.estimate import Estimate, Quantity
from analysis.report.blocks import Absent, Drawing, Exhibit, Note, Source
from analysis.report.numbers import Numbers, mark
from analysis.report.run import Run
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.foundation.schema import Finding
    from analysis.foundation.settings import Client, Queue
    from analysis.intake.reconciliation import Reconciliation
    from analysis.intake.result import Intake
    from analysis.readiness.result import Readiness
    from analysis.report.disclosure.audit import Audit
    from analysis.report.exhibits.theme import Theme
    from analysis.utilization.result import Utilization
    from analysis.value.result import Value

# more separate periods than this are named by the client's alone
MOST_PERIODS = 3
# tables of what people answered or said, and the stages that never see them
SAID = ("answers", "listening", "expectations", "to_hear", "responses")
COUNTS_ALONE = ("baseline", "utilization", "blending")
# the public function that answers each stage's question
FUNCTIONS = {
    "intake": "read_sources",
    "baseline": "measure_baseline",
    "utilization": "estimate_utilization",
    "blending": "assess_blending",
    "value": "balance_value",
    "readiness": "assess_readiness",
}


@dataclass(frozen=True, slots=True)
class Context:
    """The material of one report."""

    client: Client
    queues: Sequence[Queue]
    intake: Intake
    baseline: Baseline
    utilization: Utilization
    blending: Blending
    readiness: Readiness
    run: Run
    theme: Theme
    reconciliation: Reconciliation | None = None
    value: Value | None = None
    audit: Audit | None = None

    @property
    def words(self) -> Words:
        """Return the catalogue of sentences."""
        return self.theme.words

    @property
    def n(self) -> Numbers:
        """Return the number forms."""
        return self.theme.words.n

    @property
    def quantities(self) -> tuple[tuple[str, Quantity], ...]:
        """Return every quantity with the stage that made it; readiness computes the value too."""
        stages: tuple[tuple[str, Any], ...] = (
            ("baseline", self.baseline),
            ("utilization", self.utilization),
            ("blending", self.blending),
            ("readiness", self.readiness),
        )
        if self.value is not None:
            stages = (*stages, ("readiness", self.value))
        return tuple((stage, quantity) for stage, result in stages for quantity in result.quantities)

    def inputs_of(self, stage: str) -> list[str]:
        """Return the SHA-256 of the files behind a stage: all that it could read, without those of answers where it never sees them."""
        behind = set(self.run.sources.get(stage, ()))
        if stage in COUNTS_ALONE and len(self.intake.files):
            files = self.intake.files
            measured = set(files.loc[~files["table"].isin(SAID), "sha256"])
            behind -= set(files["sha256"]) - measured
        return sorted(behind)

    @property
    def findings(self) -> list[Finding]:
        """Return what every stage found, in the order of the stages."""
        results: list[Any] = [self.intake, self.baseline, self.utilization, self.blending, self.readiness]
        results += [part for part in (self.value, self.reconciliation) if part is not None]
        return [finding for result in results for finding in result.findings]

    @property
    def period(self) -> str:
        """Return the periods that the files cover, in words."""
        return self._periods(self.intake.files)

    def _periods(self, files: pd.DataFrame) -> str:
        """Return the periods of files in words, those that touch or overlap as one; without any the client's."""
        spans: list[tuple[dt.date, dt.date]] = []
        known = files[["period_start", "period_end"]].dropna().drop_duplicates()
        for start, end in sorted((pd.Timestamp(a).date(), pd.Timestamp(b).date()) for a, b in known.to_numpy()):
            if spans and start <= spans[-1][1] + dt.timedelta(days=1):
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        if not spans or len(spans) > MOST_PERIODS:
            spans = [(self.client.period.start, self.client.period.end)]
        return self.words.listed([self.n.period(start, end) for start, end in spans])

    def estimate(self, name: str, **scope: str) -> Estimate | None:
        """Return the estimate of this name with this scope, else the first whose scope holds all of it; None when there is none."""
        named = [quantity for _, quantity in self.quantities if quantity.id == name]
        named = [one for one in named if all(one.scope.get(key) == value for key, value in scope.items())]
        exact = [one for one in named if dict(one.scope) == scope]
        return next((one.estimate for one in [*exact, *named]), None)

    def figure(self, name: str, **scope: str) -> str:
        """Return an estimate in words, or an empty text when there is neither figure nor bounds."""
        found = self.estimate(name, **scope)
        return self.n.estimate(found) if found is not None else ""

    def populations(self) -> list[str]:
        """Return the populations that have shares, in the report's order."""
        present = set(self.baseline.shares["population"])
        return [name for name in ("contact_centre", "back_office") if name in present]

    def source(self, *tables: str, results: Sequence[str] = (), n: str = "", definition: str = "") -> Source:
        """Return what an exhibit rests on.

        Parameters
        ----------
        tables
            Canonical tables that it is drawn from; those that the client did not give are left out.
        results
            Stages whose results it is drawn from; the files behind each stand in the chapter on lineage.
        n, definition
            How many stand behind it with their unit, by default the rows of the tables that were used, and what is counted over what.
        """
        files = self.intake.files
        given = tuple(table for table in tables if table in set(files["table"]))
        names = [self.words(f"table.{table}") for table in given]
        if results:
            stages = self.words.listed([self.words(f"stage.{stage}") for stage in results])
            names.append(self.words("source.results", stages=stages))
        period = self._periods(files[files["table"].isin(given)] if given else files)
        parts = [self.words("source.files", tables=self.words.listed(names)) if names else "", period]
        return Source("; ".join(part for part in parts if part) + ".", n or self._rows(given), definition, given)

    def _rows(self, tables: tuple[str, ...]) -> str:
        """Return how many rows of these tables were used."""
        files = self.intake.files
        used = int(files.loc[files["table"].isin(tables), "used"].sum())
        return self.words.some("source.rows", used) if tables else ""

    def prose(self, text: str) -> str:
        """Return a text with the ladder's parts and the populations in words."""

        def word(found: re.Match[str]) -> str:
            name = found.group()
            keys = (f"state.{name}", f"ladder.{name}", f"population.{name}")
            known = next((self.words(key) for key in keys if key in self.words), name)
            return known if known == name else known.lower()

        return re.sub(r"\b(?:[A-Z]+(?:_[A-Z]+)*|base|contact_centre|back_office)\b", word, text)

    def measured(self) -> list[str]:
        """Return the populations with at least one share of the time at work."""
        frame = self.baseline.shares
        known = set(frame.loc[frame[["value", "low"]].notna().any(axis=1), "population"])
        return [name for name in self.populations() if name in known]

    def fact(self, population: str, fact: str) -> float:
        """Return a fact of the logs; NaN when they do not hold it."""
        frame = self.baseline.facts
        found = frame.loc[(frame["population"] == population) & (frame["fact"] == fact), "value"]
        return float(found.iloc[0]) if len(found) else float("nan")

    def behind(self, population: str) -> str:
        """Return how many agents and days stand behind a population's figures."""
        frame = self.baseline.attendance
        rows = frame[frame["population"] == population]
        if rows.empty:
            return ""
        row = rows.iloc[0]
        if not row["days"]:
            return (
                self.words.some("source.people", row["agents"], population=self.words(f"population.{population}"))
                if row["agents"]
                else ""
            )
        return self.words(
            "source.behind",
            population=self.words(f"population.{population}"),
            agents=self.n.count(row["agents"]),
            days=self.n.count(row["days"]),
        )

    def need(self, module: Any) -> str:
        """Return what an exhibit would need to be drawn."""
        return self.words("absent.need", what=self.words(f"need.{module.__name__.rpartition('.')[2]}"))

    def drawn(
        self,
        module: Any,
        draw: Callable[..., Any],
        result: Any,
        *,
        name: str,
        height_mm: float,
        margins_mm: tuple[float, float, float, float] = (1, 1, 1, 1),
        source: Source | str = "",
        notes: Sequence[Note] = (),
        topic: str = "",
        unnumbered: str = "",
        **more: Any,
    ) -> Exhibit | Absent:
        """Return a chart as an exhibit, or the sentence that says why there is none."""
        why = module.missing(result, theme=self.theme, **more)
        if why:
            return Absent(why, self.need(module))
        headline, told = (say(result, theme=self.theme, **more) for say in (module.headline, module.alt_text))
        return Exhibit(
            headline,
            source,
            Drawing(name, lambda ax: draw(result, ax=ax, theme=self.theme, **more), height_mm, margins_mm),
            # a chart in words begins with its finding; the numbers behind it follow
            told if told.startswith(headline) else f"{headline}. {told}",
            notes=notes,
            topic=topic,
            unnumbered=unnumbered,
        )


def function_of(stage: str, quantity: str) -> str:
    """Return the public function that computes a quantity; the value has one of its own, which readiness calls.

    Examples
    --------
    >>> function_of("readiness", "value.moved_h_per_week")
    'balance_value'
    """
    return FUNCTIONS["value" if quantity.startswith("value.") else stage]


def bounded(
    n: Numbers, row: Any, *, value: str = "value", low: str = "low", high: str = "high", grade: str = ""
) -> str:
    """Return a frame's value, low and high in words; without a value an empty text."""
    numbers = [getattr(row, name) for name in (value, low, high)]
    if pd.isna(numbers[0]):
        return ""
    return n.interval(*(float(number) if pd.notna(number) else float("nan") for number in numbers)) + mark(grade)


def without_because(reason: str) -> str:
    """Return a reason as a sentence of its own.

    Examples
    --------
    >>> without_because("because no shifts were given")
    'No shifts were given'
    """
    text = reason.removeprefix("because ")
    return text[:1].upper() + text[1:]

"""What utilization can be reached: the ceilings, where, who does it already, and in which steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.foundation.schema import POPULATIONS
from analysis.report.blocks import (
    Absent,
    Cell,
    Chapter,
    Column,
    Exhibit,
    Fact,
    Facts,
    Listing,
    Part,
    Source,
    Subhead,
    Tone,
)
from analysis.report.chapters import climb, definitions
from analysis.report.context import Context, bounded, without_because
from analysis.report.exhibits import best, limits, places, steps

# today's utilization is the baseline's when they differ by less than this share; else observers added to it
SAME = 0.0005
# more rows than this are drawn as one exhibit a population
MOST_TOGETHER = 26
# definitions of one population that are put to the test in the report; the rest stand in the workbook
MOST_QUOTED = 5
PLACES: dict[str, Tone] = {"within reach": "accent", "beyond": "warning", "below today": "muted", "open": "plain"}


def sentence(c: Context, row: Any) -> str:
    """Return how much of a population's time is work, what could be, and what binds, with intervals."""
    whose = c.words(f"achievable.of.{row.population}")
    measured = c.estimate("baseline.utilization", population=row.population)
    by_logs = measured is not None and measured.value is not None and abs(measured.value - row.today) < SAME
    grade = measured.grade if measured is not None and by_logs else "B"
    today = bounded(c.n, row, value="today", low="today_low", high="today_high", grade=grade)
    if not today:
        return c.words("achievable.no_today", population=whose)
    how = "" if by_logs else c.words("achievable.observed")
    found = c.estimate("utilization.achievable", population=row.population)
    value = bounded(c.n, row, grade=found.grade if found is not None else "")
    if not value:
        return c.words("achievable.unknown", population=whose, today=today, how=how)
    names = [f"ceiling.{name}.{row.population}" for name in str(row.binding).split(" or ")]
    limit = f" {c.words('number.or')} ".join(c.words(name) for name in names if name in c.words)
    key = "achievable.reach" if row.value > row.today else "achievable.stay"
    if key == "achievable.reach" and not getattr(row, "found", True):
        key = "achievable.near"
    return c.words(key, population=whose, today=today, how=how, value=value, limit=limit, by=_by(c, row))


def _by(c: Context, row: Any) -> str:
    """Return by which week how much of it is expected; empty without a ramp."""
    found = steps.reached(c.utilization, str(row.population))
    if found is None:
        return ""
    target, week = found
    return c.words("achievable.by", target=c.n.share(target), week=c.n.count(week))


def chapter(c: Context) -> Chapter:
    """Return the chapter that estimates."""
    words = c.words
    rows = limits.rows(c.utilization)
    answer = " ".join(sentence(c, row) for row in rows.itertuples()) or words("achievable.unanswered")
    parts: list[Part] = [
        c.drawn(
            limits, limits.ceilings, c.utilization, name="ceilings", height_mm=limits.height_mm(c.utilization),
            margins_mm=limits.MARGINS_MM,
            source=c.source("spells", "contacts", "work_items", "schedule", definition=_definition(c)),
        )
    ]  # fmt: skip
    if c.utilization.ceilings["value"].notna().any():
        parts.append(_table(c))
    facts = _reclaimable(c)
    if facts:
        parts.append(facts)
    parts += [*(_levels(c) if len(rows) else []), *_quoted(c)]
    if len(rows):
        parts += [_best(c), *climb.parts(c)]
    return Chapter(words("achievable.topic"), words("achievable.question"), answer, parts)


def _definition(c: Context) -> str:
    """Return what the line below the ceilings must say."""
    keys = ["achievable.definition", *(["allowances.source"] if len(c.utilization.allowances) else [])]
    return " ".join(c.words(key) for key in keys)


def _reclaimable(c: Context) -> Facts | None:
    """Return the hours a week between today and what can be reached, and what could be reached with blending."""
    items = []
    for name in c.populations():
        found = c.estimate("utilization.reclaimable_h_per_week", population=name)
        population = c.words(f"population.{name}")
        if found is not None and found.value is not None:
            head, _, bounds = c.n.estimate(found).partition(" (")
            text = c.words("achievable.hours", population=population, bounds=bounds.replace(")", ""))
            items.append(Fact(c.words("achievable.hours_head", hours=head), text, tone="accent"))
        elif found is not None and found.high is not None:
            text = c.words("achievable.not_found", population=population, high=c.n.hours(found.high))
            items.append(Fact(c.words("achievable.not_found_head"), text))
    blended = c.figure("utilization.achievable_blended", population="contact_centre")
    if blended:
        head, _, bounds = blended.partition(" (")
        items.append(Fact(head, c.words("achievable.blended", bounds=bounds.replace(")", ""))))
    return Facts(items) if items else None


def _reference(c: Context) -> str:
    """Return what the data say about the utilization that managers quote as a good target."""
    quoted = c.utilization.settings.reference_share
    parts = []
    for row in c.utilization.achievable.dropna(subset="value").itertuples():
        low, high = (row.value if pd.isna(bound) else bound for bound in (row.low, row.high))
        place = "above" if quoted > high else "below" if quoted < low else "inside"
        parts.append(c.words(f"achievable.quoted.{place}", population=c.words(f"ceilings.subject.{row.population}")))
    if not parts:
        return c.words("achievable.quoted.untested", share=c.n.share(quoted))
    return c.words("achievable.quoted.headline", share=c.n.share(quoted), parts=c.words.listed(parts))


def _table(c: Context) -> Listing:
    """Return each ceiling in words, as its theory states it and converted to the time at work."""
    words, rows, last = c.words, [], ""
    frame = c.utilization.ceilings
    order = [name for name in POPULATIONS if name in set(frame["population"])]
    for row in (row for name in order for row in frame[frame["population"] == name].itertuples()):
        known, apart = pd.notna(row.value), bool(getattr(row, "apart", False))
        if apart and not known:
            continue
        raw = words("achievable.raw", share=c.n.share(row.raw), of=row.raw_of) if known and pd.notna(row.raw) else "–"  # type: ignore[reportArgumentType]
        tone: Tone = "muted" if apart or not known else "plain"
        value = bounded(c.n, row) if known else words("status.none")
        said = str(row.sentence) if known else without_because(str(row.reason))
        name = words(f"ceiling.{row.ceiling}.{row.population}")
        population = words(f"population.{row.population}") if row.population != last else ""
        rows.append([Cell(population, strong=True), *(Cell(text, tone=tone) for text in (name, said, raw, value))])
        last = row.population
    return Listing(
        columns=(
            Column(words("achievable.column.population"), width=1.6),
            Column(words("achievable.column.ceiling"), width=2.1),
            Column(words("achievable.column.sentence"), width=7.4),
            Column(words("achievable.column.raw"), "right", 1.9),
            Column(words("achievable.column.base"), "right", 1.9),
        ),
        rows=rows,
    )


def allowances(c: Context) -> list[Part]:
    """Return what rest and delays are allowed for, what breaks and support give of it already, and what is still owed; for the appendix on settings."""
    words, frame = c.words, c.utilization.allowances
    if frame.empty:
        return []
    names = [name for name in POPULATIONS if name in set(frame["population"])]
    rows = []
    for key, part in frame.groupby(["allowance", "kind"], sort=False):
        allowance, kind = map(str, key)  # type: ignore[reportGeneralTypeIssues]
        own = part.drop_duplicates("population").set_index("population")
        share = _shares(c, part["low_share"].min(), part["high_share"].max())
        owed = [_owed(c, own.loc[name]) if name in own.index else "–" for name in names]
        source = "; ".join(dict.fromkeys(map(str, part["source"])))
        rows.append([allowance, words(f"allowances.kind.{kind}"), share, *owed, Cell(source, tone="muted")])
    owed_columns = [
        Column(words("allowances.column.owed", population=words(f"population.{name}").lower()), "right", 2.4)
        for name in names
    ]
    return [
        Subhead(words("allowances.title")),
        Listing(
            columns=(
                Column(words("allowances.column.allowance"), width=2.8),
                Column(words("allowances.column.kind"), width=0.8),
                Column(words("allowances.column.share"), "right", 1.7),
                *owed_columns,
                Column(words("allowances.column.source"), width=4.4),
            ),
            rows=rows,
        ),
    ]


def _shares(c: Context, low: float, high: float) -> str:
    """Return a range of shares, one figure where both ends are spelled alike."""
    if pd.isna(low) or pd.isna(high):
        return "–"
    alike = c.n.share(low) == c.n.share(high)
    return c.n.share(high) if alike else c.n.bounds(float(low), float(high), sign=True)


def _owed(c: Context, row: Any) -> str:
    """Return what is still to be given, or by what it is given already."""
    if pd.isna(row["owed_high"]):
        return "–"
    given = str(row["given_by"] or "")
    if c.n.points(row["owed_high"]) == "0" and given:
        return c.words(f"allowances.given.{given}")
    return _shares(c, row["owed_low"], row["owed_high"])


def _levels(c: Context) -> list[Part]:
    """Return sites and groups in the order of their names; many rows are parted by population."""
    present = [name for name in POPULATIONS if len(places.rows(c.utilization, name))]
    together = sum(len(places.rows(c.utilization, name)) for name in present) <= MOST_TOGETHER
    shown: Sequence[str] = ("",) if together else present
    return [
        c.drawn(
            places, places.levels, c.utilization, population=name, name=f"levels{f'_{name}' if name else ''}",
            height_mm=places.height_mm(c.utilization, name), margins_mm=places.MARGINS_MM,
            source=c.source("roster", "spells", "work_items", "schedule", definition=_levels_definition(c, name)),
        )
        for name in shown
    ]  # fmt: skip


def _levels_definition(c: Context, population: str) -> str:
    """Return what the line below sites and groups must say."""
    words, frame, left = c.words, places.rows(c.utilization, population), places.left_out(c.utilization, population)
    least = c.n.share(c.utilization.settings.minimum_reclaimable_share)
    parts = [words("levels.definition", share=least)]
    if len(frame) and frame["today"].isna().any():
        parts.append(words("levels.bounded"))
    if left:
        parts.append(words("levels.more", n=c.n.count(left)))
    return " ".join(parts)


def _quoted(c: Context) -> list[Part]:
    """Return what the quoted figure would mean here under the definitions that managers meet most."""
    words, frame = c.words, c.utilization.quoted
    known = frame[frame["place"].isin(list(PLACES))] if len(frame) else frame
    if known.empty:
        return [Absent(f"{_reference(c)}.", words("achievable.quoted.need"))]
    order = known["definition"].str.lower().map(definitions.rank)
    known = known.assign(_order=order, _population=known["population"].map(POPULATIONS.index))
    known = known.sort_values(["_population", "_order"], kind="stable")
    common = known[known["_order"] < len(definitions.COMMON)]
    common = common if len(common) else known
    shown = common[common.groupby("population", sort=False).cumcount() < MOST_QUOTED]
    share = c.n.share(float(shown["quoted"].iloc[0]))
    rows, last = [], ""
    for row in shown.itertuples():
        population = words(f"population.{row.population}") if row.population != last else ""
        today = c.n.share(row.today) if pd.notna(row.today) else "–"
        place = Cell(
            words(f"quoted.place.{str(row.place).replace(' ', '_')}"), tone=PLACES[str(row.place)], strong=True
        )
        name = definitions.spelled(str(row.definition))
        rows.append([Cell(population, strong=True), name, today, _of_base(c, row.of_base), place])
        last = row.population
    return [
        Exhibit(
            words("quoted.headline", reference=_reference(c), parts=words.listed(_counts(c, known))),
            _quoted_source(c, shown, len(frame) - len(shown)),
            columns=(
                Column(words("achievable.column.population"), width=1.8),
                Column(words("quoted.column.definition"), width=4.0),
                Column(words("quoted.column.today"), "right", 1.3),
                Column(words("quoted.column.of_base", share=share), "right", 2.6),
                Column(words("quoted.column.place"), width=1.9),
            ),
            rows=rows,
            dense=True,
        )
    ]


def _counts(c: Context, known: pd.DataFrame) -> list[str]:
    """Return under how many definitions the quoted figure lies where."""
    count = known.drop_duplicates(["population", "definition"])["place"].value_counts()
    return [
        c.words(f"quoted.count.{place.replace(' ', '_')}", n=c.n.count(count[place]))
        for place in PLACES
        if place in count
    ]


def _quoted_source(c: Context, shown: pd.DataFrame, left: int) -> Source:
    """Return what the line below the quoted figure must say, with what holds for a population's definitions alone."""
    parts = list[str]()
    for name, part in shown.groupby("population", sort=False):
        said = list(
            dict.fromkeys(piece.strip() for reason in part["reason"] for piece in str(reason).split(";") if piece)
        )
        if said:
            population = c.words(f"population.{name}")
            parts.append(c.words("quoted.said", population=population, reasons="; ".join(said)))
    if left:
        parts.append(c.words("quoted.more", n=c.n.count(left)))
    count = c.words.some("quoted.n", len(shown))
    return c.source(results=("utilization",), n=count, definition=c.words("quoted.source")).saying(*parts)


def _of_base(c: Context, share: float) -> str:
    """Return a share of the time at work; what would be more than there is of it is said so."""
    return c.n.share(share) if share <= 1 else c.words("quoted.impossible")


def beyond(c: Context, population: str) -> bool:
    """Return whether what is achievable lies above everything that was seen here."""
    frame = c.utilization.best
    if frame.empty:
        return False
    mine = frame[(frame["population"] == population) & frame["value"].notna()]
    return bool(len(mine)) and bool(mine["beyond"].astype(bool).all())


def _recorded(c: Context) -> dict[str, float]:
    """Return what logs alone show of each population's utilization."""
    found = {name: c.estimate("baseline.utilization", population=name) for name in c.populations()}
    return {name: one.value for name, one in found.items() if one is not None and one.value is not None}


def _best(c: Context) -> Part:
    """Return the internal best beside what is achievable; a target beyond anything seen here is marked so."""
    words, frame = c.words, best.rows(c.utilization)
    said = [words("best.definition")]
    far = [words(f"ceilings.subject.{name}") for name in c.populations() if beyond(c, name)]
    if far:
        said.append(words("best.beyond", populations=words.listed(far)))
    for name in c.populations():
        if len(frame) and best.as_recorded(frame, name):
            reason = str(frame.loc[(frame["population"] == name) & frame["value"].notna(), "reason"].iloc[0])
            said.append(f"{words(f'population.{name}')}: {reason}.")
    left = best.without(c.utilization)
    if left:
        said.append(words("best.why_not", reasons="; ".join(left)))
    return c.drawn(
        best, best.internal_best, c.utilization, name="internal_best", recorded=_recorded(c),
        height_mm=best.height_mm(c.utilization), margins_mm=best.MARGINS_MM,
        source=c.source("roster", "spells", "work_items", "schedule", definition=" ".join(said)),
    )  # fmt: skip

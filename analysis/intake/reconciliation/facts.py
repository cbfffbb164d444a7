"""Counts that a careful reader wants to see of each source, and the question that each of them raises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation import calendars
from analysis.foundation.schema import Finding
from analysis.intake.checking.robots import round_the_clock
from analysis.intake.reconciliation import clocks, habits, resources
from analysis.intake.reconciliation.origins import Origin, stamps
from analysis.intake.reconciliation.result import FACT_COLUMNS
from analysis.intake.words import number_of


@dataclass(frozen=True, slots=True)
class Fact:
    """A count with what it is of; `question` says what to ask where the count is large enough to ask, else it is empty."""

    name: str
    count: int
    of: int
    words: str
    question: str = ""
    moved_us: int | None = None


def facts_of(
    origins: Sequence[Origin], states: pd.DataFrame, *, minimum: int = 1
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return facts by source, and a finding for each that raises a question.

    Parameters
    ----------
    origins
        Sources with their rows.
    states
        What each state code holds, as `Intake.states`.
    minimum
        Smallest group: no hours of fewer people.
    """
    rows, found = [], []
    for origin in origins:
        for fact in _facts(origin, _shown(origin, states, minimum)):
            share = fact.count / fact.of if fact.of else float("nan")
            rows.append((origin.label, fact.name, fact.count, fact.of, share, fact.words))
            if fact.question:
                message = f"{fact.words} {fact.question}"
                found.append(Finding(fact.name, "flag", origin.label, message, fact.count, fact.moved_us))
    return pd.DataFrame(rows, columns=FACT_COLUMNS), found


def _shown(origin: Origin, states: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Return the codes of a source; none where too few people stand behind their hours."""
    people = 0 if origin.agents is None else int(origin.agents.nunique())
    return states[states["source"] == origin.label] if people >= minimum else states.head(0)


def _facts(origin: Origin, states: pd.DataFrame) -> Iterator[Fact]:
    """Yield what can be counted on one source."""
    if origin.frame.empty:
        return
    for tell in (_stretches, _persons, _day_only, _round, _codes, _clock):
        yield from tell(origin, states)


def _stretches(origin: Origin, _: pd.DataFrame) -> Iterator[Fact]:
    """Yield how many rows have no start, no length, run over midnight, or begin before the person's last one ended."""
    if origin.table not in ("work_items", "contacts", "spells"):
        return
    start, end, both = origin.stretch()
    count = int(both.sum())
    noun = {"work_items": "item", "contacts": "answered contact", "spells": "state"}[origin.table]
    if origin.table == "work_items" and count < len(both):
        bare = len(both) - count
        yield Fact(
            "without_start",
            bare,
            len(both),
            f"{number_of(bare, 'item')} of {len(both):,} without a start: how long they took is unknown.",
        )
    if not count:
        return
    zero = int((both & (start == end)).sum())
    if zero:
        yield Fact(
            "zero_length",
            zero,
            count,
            f"{zero:,} of {number_of(count, noun)} with one stamp for start and end ({zero / count:.1%}).",
        )
    days = [calendars.local_day(us[both], origin.zone) for us in (start, end - (end > start))]
    over = int((days[0] != days[1]).sum())
    if over:
        yield Fact(
            "over_midnight",
            over,
            count,
            f"{over:,} of {number_of(count, noun)} run over midnight ({over / count:.1%}).",
        )
    agents = origin.agents
    if agents is None or origin.table == "spells":
        return
    early = habits.begun_before_end(agents[both], start[both], end[both])
    if early:
        yield Fact(
            "overlapping",
            early,
            count,
            f"{early:,} of {number_of(count, noun)} begin before the person's earlier one ended ({early / count:.1%}).",
        )


def _persons(origin: Origin, _: pd.DataFrame) -> Iterator[Fact]:
    """Yield rows without a person, robots, and names behind which no staff may stand."""
    if origin.table not in ("work_items", "contacts", "spells"):
        return
    unnamed = int(origin.frame["agent"].isna().sum()) if origin.table == "work_items" else 0
    if unnamed:
        yield Fact(
            "without_person",
            unnamed,
            len(origin.frame),
            f"{unnamed:,} of {number_of(len(origin.frame), 'item')} name nobody.",
        )
    agents = origin.agents
    if agents is None:
        return
    us, there = stamps(origin.frame["answered_at"]) if origin.table == "contacts" else origin.moments()
    named = there & agents.notna().to_numpy()
    who, local = agents[named], us[named] + calendars.offset_us(us[named], origin.zone)
    total = int(named.sum())
    for name, test, words in (
        ("round_the_clock", round_the_clock, "at all hours of day and night, as no person works"),
        ("one_hour_bursts", resources.bursts, "mostly within one hour between 22:00 and 06:00, as a nightly job runs"),
    ):
        who_are, rows = test(who, local)
        if who_are:
            question = "Are these system users? Leave them out by exclude = { agent = [...] }."
            yield Fact(
                name, rows, total, f"{number_of(who_are, 'resource')} with {number_of(rows, 'row')} {words}.", question
            )
    few, all_of = resources.rarely_seen(who)
    if origin.table != "spells" and all_of >= resources.LEAST_RESOURCES and few > resources.MOST_RARE * all_of:
        yield Fact(
            "rarely_seen",
            few,
            all_of,
            f"{few:,} of {number_of(all_of, 'named resource')} have fewer than {resources.FEW_ROWS} rows.",
            "Are clients, students or guests among them? Shares per person stand on the others alone.",
        )


def _day_only(origin: Origin, _: pd.DataFrame) -> Iterator[Fact]:
    """Yield stamps that are dates in disguise: at midnight, or all at one time of day."""
    if origin.table not in ("work_items", "contacts", "spells", "observations"):
        return
    us, there = origin.moments()
    if there.sum() < habits.LEAST_ROWS:
        return
    local = us[there] + calendars.offset_us(us[there], origin.zone)
    count = habits.at_one_time(local)
    if count / len(local) >= habits.MOST_AT_ONE_TIME:
        yield Fact(
            "date_only",
            count,
            len(local),
            f"{count:,} of {number_of(len(local), 'row')} at one and the same time of day: dates in disguise.",
            "Nothing within a day can be measured on them. Ask for stamps with a time.",
        )


def _round(origin: Origin, _: pd.DataFrame) -> Iterator[Fact]:
    """Yield durations that somebody wrote down rather than a system."""
    if origin.table not in ("work_items", "spells", "contacts"):
        return
    count, of = habits.round_lengths(origin.held_us())
    if of and count / of >= habits.MOST_ROUND:
        yield Fact(
            "round_numbers",
            count,
            of,
            f"{count:,} of {of:,} durations of five minutes and more are whole multiples of five minutes ({count / of:.0%}).",
            "Did people write them down themselves? Such times say what was reported, not what was done.",
        )


def _codes(origin: Origin, states: pd.DataFrame) -> Iterator[Fact]:
    """Yield how much of the time off the queue stands under one default code."""
    if origin.table not in ("spells", "state_totals") or states.empty:
        return
    share, hours, of = habits.default_code(states)
    if of > 0 and share >= habits.MOST_DEFAULT:
        yield Fact(
            "default_code",
            round(hours),
            round(of),
            f"{hours:,.0f} of {of:,.0f} h that people are not available stand under codes that say no reason ({share:.0%}).",
            "Breaks and meetings hide in it: its away share is an upper bound. Ask how the codes are used.",
            moved_us=None,
        )


def _clock(origin: Origin, _: pd.DataFrame) -> Iterator[Fact]:
    """Yield a hint that the stamps may show another clock."""
    if origin.table not in ("work_items", "spells", "contacts", "state_totals") or origin.agents is None:
        return
    column = "answered_at" if origin.table == "contacts" else None
    us, there = stamps(origin.frame[column]) if column else origin.moments()
    us = us[there]
    if not len(us):
        return
    offset = calendars.offset_us(us, origin.zone)
    hint = clocks.pause_hint((us + offset) % calendars.DAY_US, float(np.median(offset)) / 3.6e9)
    if hint is not None:
        yield Fact("clock_hint", len(us), len(us), hint.words, hint.question)

"""What ``engage check`` prints about a reconciliation: few lines, no person."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.intake.reconciliation.days import clock_changes
from analysis.intake.reconciliation.result import Reconciliation
from analysis.intake.words import number_of


def reconciliation_lines(reconciliation: Reconciliation) -> list[str]:
    """Return what was found, as lines to print.

    Parameters
    ----------
    reconciliation
        What :func:`reconcile` returned.
    """
    lines = [*_counts(reconciliation), *_time(reconciliation), *_days(reconciliation)]
    lines += [f"totals: {row.words}" for row in reconciliation.totals.itertuples()]
    lines += [f"paid and logged: {row.words}" for row in reconciliation.paid.itertuples()]
    lines += [f"overlap: {row.words}" for row in reconciliation.overlaps.itertuples()]
    lines += [*_traps(reconciliation)]
    shown = {"totals_differ", "volumes_too_low", "sources_overlap", "logged_above_paid", "paid_hours_differ"}
    lines += [f"note: {item.where}: {item.message}" for item in reconciliation.findings if item.code not in shown]
    return lines


def _counts(reconciliation: Reconciliation) -> Iterator[str]:
    counts = reconciliation.counts
    if counts.empty:
        return
    agree = int(counts["agrees"].sum())
    yield f"counted twice: {agree} of {number_of(len(counts), 'count')} of rows and time agree"
    for row in counts[~counts["agrees"].astype(bool)].itertuples():
        yield f"counted twice: {row.file}: {row.words}"


def _time(reconciliation: Reconciliation) -> Iterator[str]:
    stated = reconciliation.hours("stated")
    if not stated:
        return
    time = reconciliation.time
    parts = []
    for side in time["side"].drop_duplicates():
        hours = reconciliation.hours(str(side))
        if side != "stated" and abs(hours) >= 0.05:
            parts.append(f"{hours:,.1f} h {side}")
    yield f"time: {stated:,.1f} h stated = {', '.join(parts)} (moved counts on the side of stated; exact to the microsecond)"


def _days(reconciliation: Reconciliation) -> Iterator[str]:
    calendar = reconciliation.calendar
    for source, days in calendar.groupby("source", sort=False):
        marks = days["mark"].value_counts()
        held = int((days["rows"] > 0).sum())
        odd = [f"{int(marks[mark])} {mark}" for mark in ("missing", "outside", "partial", "thin") if mark in marks]
        yield f"days: {source}: {number_of(held, 'day')} with rows of {len(days)}" + (
            f"; {', '.join(odd)}" if odd else ""
        )
    changes = clock_changes(calendar)
    if changes:
        yield f"days: clocks change on {', '.join(f'{day:%Y-%m-%d}' for day in changes)}; these days have 23 or 25 hours"


def _traps(reconciliation: Reconciliation) -> Iterator[str]:
    traps: pd.DataFrame = reconciliation.traps
    if traps.empty:
        return
    tested = traps["tested"].astype(bool)
    hit = traps[tested & (traps["rows"] > 0)]
    moved = sum(int(us) for us in traps["moved_us"]) / 3.6e9
    yield (
        f"traps: {int(tested.sum())} of {number_of(len(traps), 'known trap')} tested, {len(hit)} found something, {moved:,.1f} h moved"
    )
    for row in hit.itertuples():
        yield f"trap: {row.source}: {row.words or row.question} ({number_of(int(row.rows), 'row')})"

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
    hours = {str(side): reconciliation.hours(str(side)) for side in reconciliation.time["side"].drop_duplicates()}
    moved, used = hours.pop("moved", 0.0), hours["used"]
    left = f"{stated:,.1f} h stated" + (
        f" {'-' if moved < 0 else '+'} {abs(moved):,.1f} h moved by repairs" if moved else ""
    )
    rest = [
        f"{'-' if value < 0 else '+'} {abs(value):,.1f} h {side}"
        for side, value in hours.items()
        if side not in ("stated", "used") and abs(value) >= 0.05
    ]
    yield f"time: {left} = {' '.join([f'{used:,.1f} h used', *rest])}, to the microsecond"


def _days(reconciliation: Reconciliation) -> Iterator[str]:
    """Yield the sources with odd days, and in one line how many have none."""
    calendar = reconciliation.calendar
    whole = 0
    for source, days in calendar.groupby("source", sort=False):
        marks = days["mark"].value_counts()
        held = int((days["rows"] > 0).sum())
        odd = [f"{int(marks[mark])} {mark}" for mark in ("missing", "outside", "partial", "thin") if mark in marks]
        whole += not odd
        if odd:
            yield f"days: {source}: {number_of(held, 'day')} with rows of {len(days)}; {', '.join(odd)}"
    if whole:
        yield f"days: {number_of(whole, 'source')} with rows on every day of work"
    changes = clock_changes(calendar)
    if changes:
        named = ", ".join(f"{day:%Y-%m-%d}" for day in changes[:4]) + (
            f" and {len(changes) - 4} more" if len(changes) > 4 else ""
        )
        yield f"days: clocks change on {named}: days of 23 or 25 hours"


def _traps(reconciliation: Reconciliation) -> Iterator[str]:
    traps: pd.DataFrame = reconciliation.traps
    if traps.empty:
        return
    tested = traps["tested"].astype(bool)
    hit = traps[tested & (traps["rows"] > 0)]
    moved = sum(int(us) for us in traps["moved_us"]) / 3.6e9
    # what each of them found stands among the findings
    yield (
        f"traps: {int(tested.sum())} of {number_of(len(traps), 'known trap')} tested, {len(hit)} found something, {moved:,.1f} h moved"
    )

"""Histories of records as steps of work: who ended a step, who began it, what is missing between two changes, and time that merely passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters._beside import told
from analysis.intake.adapters._cells import groups
from analysis.intake.adapters.format import TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

HOUR_US = 3_600_000_000
# Whoever works longer on one thing without a break most likely went home in between.
LONGEST_US = 10 * HOUR_US


def need(batch: Batch, columns: dict[str, Column], **names: str) -> None:
    """Ask for columns of ours without which the rows of a format mean nothing.

    Parameters
    ----------
    batch
        Rows of a source.
    columns
        Our columns, typed.
    names
        Our column = what the client calls it.

    Raises
    ------
    DataProblem
        One of them has no origin.
    """
    for ours, theirs in names.items():
        if ours not in columns:
            raise batch.ask(
                f'{batch.files[0].file}: no column for {ours}. Ask for {theirs}, or add {ours} = "..." to [source.columns].'
            )


def in_order(
    item: Column, ended: Column, rows: NDArray[np.bool_], *, newest_first: bool = False
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return some rows in the order of item and time, and which of them follow another one of the same item.

    Parameters
    ----------
    item, ended
        The record, and when it was changed.
    rows
        Rows to look at.
    newest_first
        Rows at the same moment stand in the file with the latest first.
    """
    at = np.flatnonzero(rows)
    who = groups([item.text.iloc[at]])
    order = np.lexsort((-at if newest_first else at, ended.array[at], who))
    return at[order], np.append(False, who[order][1:] == who[order][:-1])[: len(order)]


def newest_first(item: Column, ended: Column, rows: NDArray[np.bool_]) -> bool:
    """Return whether the changes of most records run backwards in the file."""
    at = np.flatnonzero(rows)
    who = groups([item.text.iloc[at]])
    order = np.argsort(who, kind="stable")
    step = np.diff(ended.array[at[order]])[np.diff(who[order]) == 0]
    return bool((step < 0).sum() > (step > 0).sum())


def began(batch: Batch, columns: dict[str, Column], rows: NDArray[np.bool_]) -> Column:
    """Return when each step began: with the change before it, where the same person made both.

    Parameters
    ----------
    batch
        Rows of a source, one per change.
    columns
        Our columns with `item`, `agent` and `ended`.
    rows
        Changes of state, those that will be left out among them.
    """
    item, agent, ended = columns["item"], columns["agent"], columns["ended"]
    at, follows = in_order(item, ended, rows, newest_first=newest_first(item, ended, rows))
    who = agent.text.iloc[at].to_numpy(dtype=object)
    same = follows & (who == np.append([""], who[:-1])[: len(who)])
    array, given = np.zeros(len(batch.rows), dtype=np.int64), np.zeros(len(batch.rows), dtype=bool)
    array[at[same]] = ended.array[at[np.flatnonzero(same) - 1]]
    given[at[same]] = True
    return Column("time", array, given)


def broken_chain(
    batch: Batch, columns: dict[str, Column], rows: NDArray[np.bool_], *, old: pd.Series, new: pd.Series, ask_for: str
) -> TrapResult:
    """Show changes that leave another state than the change before entered: changes between them are missing.

    Parameters
    ----------
    batch
        Rows of a source, one per change.
    columns
        Our columns with `item` and `ended`.
    rows
        Changes of state.
    old, new
        The state that each change left and entered.
    ask_for
        What the client should send, for the message.
    """
    item, ended = columns["item"], columns["ended"]
    at, follows = in_order(item, ended, rows, newest_first=newest_first(item, ended, rows))
    left, entered = old.iloc[at].to_numpy(dtype=object), new.iloc[at].to_numpy(dtype=object)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[at[follows & (left != np.append([""], entered[:-1])[: len(at)])]] = True
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'change')} that leave another state than the change before entered (first: {batch.place(hits)}): changes between them are missing, "
        f"and the start of such a step is too early. Ask for {ask_for}.",
    )


def time_that_passed(batch: Batch, start: Column | None, end: Column) -> TrapResult | None:
    """Show items whose time from start to end holds a night or more: it passed, and nobody worked all of it."""
    if start is None or not start.given.any():
        return None
    rows = batch.fates.open & start.given & end.given
    length = np.where(rows, end.array - start.array, 0)
    hits = length > LONGEST_US
    share = length[hits].sum() / max(1, length.sum())
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'item')} of {int(rows.sum())} that took more than 10 h from start to end (first: {batch.place(hits)}), {share:.0%} of all such time. "
        "Stamps tell when work began and ended, not how long it lasted: take standard times from timing or from the item types, not from here.",
    )


def programs(batch: Batch, agent: Column, pattern: str) -> TrapResult:
    """Show steps of users whose names look like programs."""
    hits = batch.fates.open & agent.text.str.fullmatch(pattern).to_numpy(dtype=bool)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'step')} under users that look like programs (first: {batch.place(hits)}). Ask which users are none, and leave them out by exclude = {{ agent = [...] }}.",
    )

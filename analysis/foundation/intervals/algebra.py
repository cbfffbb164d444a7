"""Union, clipping, gaps and precedence of spells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.foundation.intervals import sets
from analysis.foundation.intervals.sets import Engine, Packing
from analysis.foundation.intervals.table import Rows, Spells, read
from analysis.foundation.schema import DataProblem


def union(spells: Spells, *, engine: Engine | None = None) -> pd.DataFrame:
    """Return when each person was in any spell at all, counting overlaps once.

    Parameters
    ----------
    spells
        Frame with `start` and `end` (times, or integers of any one unit) and, for several people, `agent`; or (start, end) pairs of one person.
        Spells without length count for nothing; spells that touch become one.
    engine
        ``"compiled"`` or ``"numpy"``; by size if not given. The answers are equal.

    Returns
    -------
    pandas.DataFrame
        agent (if the input has one), start, end: disjoint, non-touching, ordered by agent and start.

    Raises
    ------
    DataProblem
        A spell ends before it starts, or a start, end or agent is missing.

    Notes
    -----
    Starts and ends are sorted apart; a piece ends before rank i exactly where start[i] > end[i - 1].

    Examples
    --------
    >>> union([(0, 20), (15, 40), (40, 55), (70, 95)])
       start  end
    0      0   55
    1     70   95
    """
    rows, labels = read(spells=spells)
    packing = Packing.of(labels.people, [rows["spells"]])
    keys = sets.merged(packing.pack(rows["spells"]), sets.chosen(engine, len(rows["spells"])))
    return labels.frame(packing.unpack(keys))


def clip(spells: Spells, *, within: Spells, engine: Engine | None = None) -> pd.DataFrame:
    """Return the parts of each spell that lie inside given windows, every other column kept.

    Parameters
    ----------
    spells
        As in :func:`union`; spells may overlap one another and stay apart.
    within
        Windows per agent, or for everybody where they name no agent.
    engine
        As in :func:`union`.

    Returns
    -------
    pandas.DataFrame
        The spells' columns with start and end cut, in the spells' order; a spell across two windows gives two rows. Other columns keep their
        values, lengths among them too.

    Examples
    --------
    >>> clip([(0, 10), (8, 30)], within=[(5, 9), (20, 40)])
       start  end
    0      5    9
    1      8    9
    2     20   30
    """
    rows, labels = read(spells=spells, within=within)
    packing = Packing.of(labels.people, list(rows.values()))
    windows = sets.merged(packing.pack(rows["within"]), sets.chosen(engine, len(rows["within"])))
    first, counts = sets.overlapped(packing.pack(rows["spells"]), windows)
    row, window = sets.repeated(first, counts)
    cut, at = rows["spells"].take(row), packing.unpack((windows[0][window], windows[1][window]))
    pieces = Rows(cut.person, np.maximum(cut.start, at.start), np.minimum(cut.end, at.end))
    result = labels.frame(pieces)
    if not isinstance(spells, pd.DataFrame):
        return result
    kept = spells.iloc[row].reset_index(drop=True)
    return kept.assign(start=result["start"], end=result["end"])


def gaps(spells: Spells, *, within: Spells | None = None, engine: Engine | None = None) -> pd.DataFrame:
    """Return the stretches of given windows in which a person was in no spell.

    Parameters
    ----------
    spells, engine
        As in :func:`union`.
    within
        Windows (shifts without breaks) per agent, or for everybody where they name no agent; none takes each person's time from the first
        start to the last end.

    Returns
    -------
    pandas.DataFrame
        agent, start, end, gap_us: length in microseconds, or in the input's own unit where the stamps are integers.

    Examples
    --------
    >>> gaps([(0, 20), (15, 40), (55, 70)], within=[(0, 60), (65, 80)])
       start  end  gap_us
    0     40   55      15
    1     70   80      10
    """
    rows, labels = read(spells=spells) if within is None else read(spells=spells, within=within)
    packing = Packing.of(labels.people, list(rows.values()))
    engine = sets.chosen(engine, len(rows["spells"]))
    busy = sets.merged(packing.pack(rows["spells"]), engine)
    windows = packing.spans(busy) if within is None else sets.merged(packing.pack(rows["within"]), engine)
    free = packing.unpack(sets.added(busy, windows, engine)[0])
    return labels.frame(free, gap_us=free.end - free.start)


def exclusive(
    evidence: pd.DataFrame, *, order: Sequence[str], within: Spells | None = None, engine: Engine | None = None
) -> pd.DataFrame:
    """Return what each person was doing at every moment, one state at a time, the stronger state first.

    Parameters
    ----------
    evidence
        start, end, state and, for several people, agent; spells may overlap.
    order
        The states from the strongest to the weakest; every state in the evidence must be named.
    within
        Windows to clip to; none keeps all time.
    engine
        As in :func:`union`.

    Returns
    -------
    pandas.DataFrame
        agent, start, end, state: disjoint, ordered by agent and start; together exactly the union of the evidence inside the windows.

    Raises
    ------
    DataProblem
        A state is not in the order, or as in :func:`union`.

    Notes
    -----
    The time of state k is the union of states 1 to k less the union of states 1 to k - 1.

    Examples
    --------
    >>> seen = pd.DataFrame({"start": [0, 5], "end": [10, 20], "state": ["IDLE", "HANDLING"]})
    >>> exclusive(seen, order=["HANDLING", "IDLE"])
       start  end     state
    0      0    5      IDLE
    1      5   20  HANDLING
    """
    if "state" not in evidence:
        raise DataProblem("evidence: no column state. Evidence needs start, end and state.")
    codes, states = pd.factorize(evidence["state"])
    rank = np.append(pd.Index(order, dtype=object).get_indexer(states.astype(object)), -1)[codes]
    if (rank < 0).any():
        raise DataProblem(
            f"evidence: {int((rank < 0).sum())} spells are in a state that the order does not name "
            f"(first: row {int((rank < 0).argmax()) + 1}). Name every state in the order."
        )
    inputs = {"evidence": evidence} if within is None else {"evidence": evidence, "within": within}
    rows, labels = read(**inputs)
    packing = Packing.of(labels.people, list(rows.values()))
    engine = sets.chosen(engine, len(evidence))
    start, end = packing.pack(rows["evidence"])
    classes = [sets.merged((start[rank == k], end[rank == k]), engine) for k in range(len(order))]
    if within is not None:
        windows = sets.merged(packing.pack(rows["within"]), engine)
        classes = [sets.common(own, windows) for own in classes]
    pieces, number = sets.in_order([pieces for pieces, _ in sets.layered(classes, engine)])
    return labels.frame(packing.unpack(pieces), state=pd.Series(pd.Index(order).take(number)))

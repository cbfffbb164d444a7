"""What a log of completions alone lets one model: an upper limit of the time spent, never evidence of it."""

from __future__ import annotations

import pandas as pd

from analysis.baseline.evidence import People
from analysis.baseline.frames import COLUMNS
from analysis.measure.records import span_of
from analysis.measure.starts import estimate_starts

# A log that holds so many of its starts is no log of completions.
MOST_STARTS = 0.5


def modelled_facts(people: People, items: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Return facts of a log whose items mostly have no start: steps, those that could be given one, and the hours between.

    Parameters
    ----------
    people
        The population.
    items
        Its items; they need an end and a person.
    minimum
        Fewest people behind a figure.

    Returns
    -------
    pandas.DataFrame
        population, fact (``completions``, ``modelled_steps``, ``modelled_h``), value, unit; no rows where the log holds starts, or fewer people.

    Notes
    -----
    :func:`analysis.measure.starts.estimate_starts`, with paid time as shifts where it has clock times. The hours are those between modelled
    start and end, overlaps counted as often as they occur: time with nothing to do before a completion is in them, so they are an upper limit.
    """
    nothing = pd.DataFrame(columns=list(COLUMNS["facts"]))
    done = items[items["agent"].notna() & items["ended"].notna()]
    if done["agent"].nunique() < minimum or done["started"].notna().mean() > MOST_STARTS:
        return nothing
    paid = people.attendance.paid
    shifts = paid[["agent", "start", "end"]] if people.ladder is not None and span_of(paid) is not None else None
    found = estimate_starts(done.drop(columns="started"), zone=people.zones, shifts=shifts).items
    known = found["started_modelled"].notna()
    hours = (found["ended"] - found["started_modelled"])[known].dt.total_seconds().sum() / 3600
    rows = [
        ("completions", float(len(done)), "count"),
        ("modelled_steps", float(known.sum()), "count"),
        ("modelled_h", float(hours), "h"),
    ]
    frame = pd.DataFrame(rows, columns=["fact", "value", "unit"])
    return frame.assign(population=people.population)[list(COLUMNS["facts"])]

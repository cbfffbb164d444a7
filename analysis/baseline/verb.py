"""The first question: how much paid time is not work today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.baseline.evidence import people_of
from analysis.baseline.frames import COLUMNS
from analysis.baseline.part import Part, part_of
from analysis.baseline.period import inside_period
from analysis.baseline.result import Baseline
from analysis.baseline.settings import BaselineSettings
from analysis.foundation.schema import POPULATIONS
from analysis.foundation.settings import Client, Queue


def measure_baseline(
    tables: Mapping[str, pd.DataFrame],
    *,
    client: Client,
    queues: Sequence[Queue] = (),
    settings: BaselineSettings | None = None,
) -> Baseline:
    """Measure where paid time goes today, by population, and say what cannot be measured.

    Parameters
    ----------
    tables
        Canonical tables by name; the roster is needed, every other table adds what it can.
    client
        Zone, period and holidays.
    queues
        Queues of the engagement; they say which contacts wait and which agents share a pool.
    settings
        Confidence, smallest group and the like; the defaults if not given.

    Returns
    -------
    Baseline

    Raises
    ------
    DataProblem
        There is no roster, or a table holds something that no ladder can be built from.

    Notes
    -----
    Shares are ratios of sums over days: sum of the part / sum of the base, with days as clusters within weekdays whose
    neighbours may be correlated. Non-work in the back office is the share of looks that found idleness or absence from the task where
    observation rounds speak for the population, else the bound [idle + away, idle + away + unaccounted] without a value.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977. The figures' definitions stand in docs/method/baseline.md.

    Examples
    --------
    >>> import datetime as dt
    >>> from analysis.foundation.settings import Period
    >>> client = Client(name="Acme", time_zone="UTC", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 8)))
    >>> roster = pd.DataFrame({"agent": ["a"], "population": ["back_office"]})
    >>> measure_baseline({"roster": roster}, client=client)
    No population has data to measure.
    """
    chosen = settings or BaselineSettings()
    tables = inside_period(tables, client)
    parts = []
    for population in POPULATIONS:
        people = people_of(tables, population, client=client, queues=queues, settings=chosen)
        if people.agents:
            parts.append(part_of(tables, people, client=client, queues=queues, settings=chosen))
    frames = {name: _stacked(parts, name) for name in COLUMNS}
    # both populations may do items of a type: the back office's times describe them
    lengths = frames["item_lengths"]
    frames["item_lengths"] = lengths.drop_duplicates("type", keep="last").reset_index(drop=True)
    return Baseline(
        quantities=tuple(quantity for part in parts for quantity in part.quantities),
        findings=tuple(finding for part in parts for finding in part.findings),
        settings=chosen,
        sentences={part.population: part.sentence for part in parts},
        **frames,
    )


def _stacked(parts: Sequence[Part], name: str) -> pd.DataFrame:
    """Return a frame of all populations, with its columns even where nobody has rows."""
    frames = [part.frames[name] for part in parts if name in part.frames and len(part.frames[name])]
    columns = list(COLUMNS[name])
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)

"""Only time inside the client's period counts, to the microsecond, also of what began before it or ends after it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.foundation.calendars import first_moment
from analysis.foundation.settings import Client
from analysis.measure.records import table_of

# tables whose rows are stretches of time; contacts, items and looks stay whole, for their lengths and waits are figures of their own
STRETCHES: tuple[str, ...] = ("spells", "schedule")


def inside_period(tables: Mapping[str, pd.DataFrame], client: Client) -> dict[str, pd.DataFrame]:
    """Return tables whose stretches are cut at the edges of the client's period.

    Parameters
    ----------
    tables
        Canonical tables by name.
    client
        Zone and period; its first and last day count whole, by the client's clock.

    Examples
    --------
    >>> import datetime as dt
    >>> from analysis.foundation.settings import Period
    >>> client = Client(name="Acme", time_zone="UTC", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 3)))
    >>> night = pd.DataFrame({"agent": ["a"], "start": [pd.Timestamp("2026-03-03 22:00", tz="UTC")], "end": [pd.Timestamp("2026-03-04 06:00", tz="UTC")]})
    >>> inside_period({"spells": night}, client)["spells"]["end"].tolist()
    [Timestamp('2026-03-04 00:00:00+0000', tz='UTC')]
    """
    days = pd.Series(pd.to_datetime([client.period.start, client.period.end + pd.Timedelta(days=1)]))
    low, high = first_moment(days, client.time_zone)
    found = dict(tables)
    for name in STRETCHES:
        table = table_of(tables, name)
        if table is None or (table["start"].min() >= low and table["end"].max() <= high):
            continue
        part = table[(table["start"] < high) & ((table["end"] > low) | (table["start"] >= low))]
        found[name] = part.assign(start=part["start"].clip(lower=low), end=part["end"].clip(upper=high))
    return found

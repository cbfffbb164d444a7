"""How long contacts are willing to wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.foundation.settings import Queue
from analysis.measure.load import offered_contacts

# Fewer abandoned contacts than this say nothing about patience.
MINIMUM_ABANDONED = 20


def estimated_patience_s(tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue]) -> float | None:
    """Estimate how long waiting contacts are willing to wait; None when too few ever left.

    Parameters
    ----------
    tables
        Canonical tables; contacts are used.
    queues
        Queues whose contacts count together.

    Returns
    -------
    float or None
        Mean patience [s].

    Notes
    -----
    Maximum likelihood for exponential patience, the waits of answered contacts censored: total time waited / contacts abandoned.

    References
    ----------
    Brown et al., Statistical analysis of a telephone call center, Journal of the American Statistical Association 100 (2005), 36-50, section 5.
    """
    waited, left = 0.0, 0
    for queue in queues:
        contacts = offered_contacts(tables, queue)
        if contacts.empty:
            continue
        until = contacts["answered_at"].fillna(contacts["ended_at"])
        waits = (until - contacts["offered_at"]).dt.total_seconds()
        waited += float(waits.clip(lower=0).sum())
        left += int((contacts["answered_at"].isna() & waits.notna()).sum())
    return waited / left if left >= MINIMUM_ABANDONED and waited > 0 else None

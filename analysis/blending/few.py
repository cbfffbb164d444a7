"""Pools of so few people that nothing about their time may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.foundation.schema import Finding
from analysis.foundation.settings import Queue
from analysis.measure.groups import too_few
from analysis.measure.idle import pool_of_agents
from analysis.measure.load import live_queues
from analysis.measure.records import traces

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

FEW = "fewer than {minimum} people work in this pool, or their figures would follow from those of the other pools"


def hidden_pools(
    tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue], baseline: Baseline | None
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Return the pools that hold no figures, with the words why, and what to do about them.

    Parameters
    ----------
    tables
        Canonical tables.
    queues
        Queues of the engagement; they name the pools.
    baseline
        It knows the smallest group and who stands behind each pool; without it there is nothing to publish and no pool is hidden.

    Notes
    -----
    A pool is hidden where too few people work in it (:func:`analysis.measure.groups.too_few`). The contact centre as a whole is published, so the
    pools that are not shown, and people of no pool, must together be nobody or the minimum: until they are, the smallest shown pool is hidden too.
    """
    if baseline is None:
        return {}, ()
    minimum = baseline.settings.minimum_group_agents
    hours = _hours(tables, queues, baseline)
    names = list(dict.fromkeys(queue.pool for queue in live_queues(queues)))
    sizes = {name: hours.loc[hours["pool"].eq(name), "base_h"] for name in names}
    sizes = {name: part[part > 0] for name, part in sizes.items() if len(part)}
    hidden = {name for name, part in sizes.items() if too_few(part, minimum=minimum)}
    alone = int((~hours["pool"].isin(list(sizes))).sum())
    for name in sorted(sizes.keys() - hidden, key=lambda name: len(sizes[name])):
        rest = alone + sum(len(sizes[name]) for name in hidden)
        if rest == 0 or rest >= minimum:
            break
        hidden.add(name)
    words = FEW.format(minimum=minimum)
    findings = tuple(
        Finding(
            "pool_suppressed",
            "flag",
            f"pool {name}",
            f"Pool {name}: {words}. Nothing is said about its idle time. If its people can be seen with those of another pool, give its queues that pool's name.",
        )
        for name in sizes
        if name in hidden
    )
    return {name: words for name in sizes if name in hidden}, findings


def _hours(tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue], baseline: Baseline) -> pd.DataFrame:
    """Return the contact centre's people: agent, pool, base_h; people of no pool have none."""
    members = baseline.members
    mine = members[members["population"].eq("contact_centre") & members["by"].eq("all")] if len(members) else members
    pools = pool_of_agents(tables, queues)
    if mine.empty:
        # hours are not known by person: whoever left a trace counts alike
        seen = pools[pools.index.isin(set(traces(dict(tables))["agent"]))]
        return pd.DataFrame({"agent": seen.index, "pool": seen.to_numpy(), "base_h": 1.0})
    return mine[["agent", "base_h"]].assign(pool=mine["agent"].map(pools).to_numpy())

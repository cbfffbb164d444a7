"""Reconciling what intake read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.foundation.settings import Client
from analysis.intake.reconciliation.counts import count_again, time_sides
from analysis.intake.reconciliation.days import calendar_findings, calendar_of
from analysis.intake.reconciliation.facts import facts_of
from analysis.intake.reconciliation.origins import origins_of
from analysis.intake.reconciliation.overlap import overlaps_of
from analysis.intake.reconciliation.paid import paid_and_logged
from analysis.intake.reconciliation.ramp import ramp_findings
from analysis.intake.reconciliation.result import Reconciliation
from analysis.intake.reconciliation.sources import sources_of
from analysis.intake.reconciliation.totals import compare_totals

if TYPE_CHECKING:
    from analysis.intake.result import Intake

# Groups of fewer people are not shown.
MINIMUM_AGENTS = 10


def reconcile(intake: Intake, *, client: Client, minimum_group_agents: int = MINIMUM_AGENTS) -> Reconciliation:
    """Hold the client's data against themselves: rows and time counted twice, exports against each other, every day looked at.

    Parameters
    ----------
    intake
        What was read.
    client
        Zone, period and holidays.
    minimum_group_agents
        Smallest group of people whose hours are shown.

    Returns
    -------
    Reconciliation
        Counts, time, totals, paid hours, overlaps, calendar, facts, traps, and a verdict per source.

    Notes
    -----
    Nothing is changed and nothing is estimated: each number is a sum or a count over the canonical tables. The rules and their thresholds are
    in the modules of this package and in ``docs/data.md``.
    """
    origins = origins_of(intake, client)
    counts, findings = count_again(intake, origins)
    calendar = calendar_of(origins, client, minimum=minimum_group_agents)
    facts, of_facts = facts_of(origins, intake.states, minimum=minimum_group_agents)
    totals, by_day, of_totals = compare_totals(origins, minimum=minimum_group_agents)
    paid, of_paid = paid_and_logged(origins, intake.tables.get("roster"), client, minimum=minimum_group_agents)
    overlaps, of_overlaps = overlaps_of(origins, minimum=minimum_group_agents)
    time = time_sides(intake, origins)
    return Reconciliation(
        sources=sources_of(intake, origins, time, minimum=minimum_group_agents),
        counts=counts,
        time=time,
        totals=totals,
        totals_by_day=by_day,
        paid=paid,
        overlaps=overlaps,
        calendar=calendar,
        facts=facts,
        traps=intake.traps if len(intake.traps.columns) else pd.DataFrame(),
        findings=(
            *findings,
            *of_totals,
            *of_overlaps,
            *of_paid,
            *calendar_findings(calendar, client),
            *ramp_findings(calendar),
            *of_facts,
        ),
    )

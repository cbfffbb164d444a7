"""What the scores are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.foundation import intervals
from analysis.foundation.calendars import local_day
from analysis.foundation.estimate import Estimate
from analysis.readiness.scores import Reading

if TYPE_CHECKING:
    import pandas as pd

    from analysis.baseline import Baseline
    from analysis.blending import Blending
    from analysis.foundation.settings import Client, Queue
    from analysis.readiness.settings import ReadinessSettings

CENTRE = "contact_centre"
# Counts over longer than this are no intervals: they hide the half hours in which it was busy.
LONGEST_INTERVAL_S = 3600.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Tables and results of the stages before, for one client.

    Attributes
    ----------
    tables
        Canonical tables.
    baseline, blending
        Results of the stages before.
    client, settings
        The client, and what was asked.
    queues
        The client's promises; where none are given the blending result's service rows stand for them.
    """

    tables: Mapping[str, pd.DataFrame]
    baseline: Baseline
    blending: Blending
    client: Client
    settings: ReadinessSettings
    queues: Sequence[Queue] = ()

    def table(self, name: str) -> pd.DataFrame | None:
        """Return a canonical table, or None when it is absent or empty."""
        frame = self.tables.get(name)
        return None if frame is None or frame.empty else frame

    def day(self, stamps: pd.Series) -> pd.Series:
        """Return the local days (naive midnights) of UTC stamps in the client's zone."""
        return local_day(stamps, self.client.time_zone)

    @property
    def confidence(self) -> float:
        """Return the level of the intervals."""
        return self.baseline.settings.confidence

    def too_few(self, *frames: pd.DataFrame | None) -> str:
        """Return why nothing may be said of people's time where fewer than the smallest group stand behind it; empty where it may."""
        agents = {str(agent) for frame in frames if frame is not None for agent in frame["agent"].dropna().unique()}
        least = self.baseline.settings.minimum_group_agents
        return "" if len(agents) >= least else f"fewer than {least} people stand behind it"

    def spells(self, *states: str) -> pd.DataFrame | None:
        """Return the contact centre's spells, of some states alone if named; None without any."""
        spells = self.table("spells")
        if spells is None:
            return None
        spells = spells[spells["population"].eq(CENTRE)]
        spells = spells[spells["state"].isin(states)] if states else spells
        return None if spells.empty else spells

    def time_in(self, *states: str, slot_s: int) -> pd.DataFrame | None:
        """Return agent, start, length_s and seconds in these states by slot of the clock, from spells, else from interval totals as they are."""
        spells = self.spells(*states)
        if spells is not None:
            found = intervals.busy(spells[["agent", "start", "end"]], slot_s=slot_s)
            return found.rename(columns={"slot_start": "start"}).assign(
                s=found["busy_us"] / 1e6, length_s=float(slot_s)
            )
        totals = self.totals()
        if totals is None or self.spells() is not None:
            return None
        totals = totals[totals["state"].isin(states) & totals["length_s"].le(LONGEST_INTERVAL_S)]
        if totals.empty:
            return None
        return totals.rename(columns={"interval_start": "start"}).assign(s=totals["us"].astype("float64") / 1e6)

    def totals(self) -> pd.DataFrame | None:
        """Return the contact centre's state totals; agents that the roster puts elsewhere are left out."""
        totals, roster = self.table("state_totals"), self.table("roster")
        if totals is not None and roster is not None:
            totals = totals[~totals["agent"].isin(roster.loc[roster["population"].eq("back_office"), "agent"])]
        return None if totals is None or totals.empty else totals


def unsaid(reason: str, **more: Any) -> Reading:
    """Return a reading without a figure, and why."""
    return Reading(Estimate.missing(reason, **more))


def percent(share: float) -> str:
    """Return a share for a sentence; small shares keep one decimal.

    Examples
    --------
    >>> percent(0.0144), percent(0.31)
    ('1.4 %', '31 %')
    """
    return f"{100 * share:.1f} %" if 0 < abs(share) < 0.0995 else f"{100 * share:.0f} %"


def numbered(count: int, word: str) -> str:
    """Return a count with its word."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"

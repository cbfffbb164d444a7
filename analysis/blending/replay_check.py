"""Whether a client's own days can be replayed, and whether the replay of them as they were gives what was seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.blending.own_days import OwnDays
from analysis.blending.promise import COMPLETE_LOG
from analysis.blending.settings import BlendingSettings
from analysis.measure.patience import MINIMUM_ABANDONED
from analysis.simulation.run import AGENTS
from analysis.simulation.run import CONTACTS as SIMULATED

if TYPE_CHECKING:
    from analysis.simulation import Run

_WORDS = {"service_level": "service level", "p_abandon": "share abandoned", "occupancy": "occupancy"}
# Handling time of this share may be unknown, or on no logged contact.
UNKNOWN = 0.05
# A half hour of the week with fewer contacts is not named as the worst: what it shows is chance.
ENOUGH_CONTACTS = 50
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, eq=False)
class Miss:
    """How far a replayed share lies from the observed one.

    Attributes
    ----------
    observed, replayed
        Shares over all half hours.
    typical
        Weighted root mean square of the differences by half hour of the week, less what chance explains of them.
    worst_slot, worst
        The half hour of the week with the largest difference among those with enough contacts, and that difference.
    """

    observed: float
    replayed: float
    typical: float
    worst_slot: str
    worst: float

    @property
    def overall(self) -> float:
        """Replayed less observed over all half hours."""
        return self.replayed - self.observed

    def within(self, tolerance: float) -> bool:
        """Whether both the whole and the half hours are met."""
        return abs(self.overall) <= tolerance and self.typical <= tolerance


def missing_data(
    tables: Mapping[str, pd.DataFrame], own: OwnDays | None, *, smallest: int, settings: BlendingSettings
) -> list[str]:
    """Return why a pool's days cannot be replayed and what to ask the client for, in sentences; empty if they can.

    Parameters
    ----------
    tables
        Canonical tables.
    own
        The pool's days; None where they could not be built.
    smallest
        Fewest people that a figure may stand on.
    settings
        Fewest days.
    """
    if own is None:
        return [_not_built(tables)]
    contacts, people, found = own.contacts, own.people, []
    if people.source != "states":
        found.append(
            "No source shows agents' states; who was there was guessed from gaps of up to "
            f"{settings.presence_cut_off_s / 60:.0f} min between contacts. Ask for the agents' state log."
        )
    if contacts.unknown_handling > UNKNOWN:
        found.append(
            f"The log holds no handling time for {100 * contacts.unknown_handling:.0f} % of the answered contacts. "
            "Ask for conversation, hold and wrap-up time of every contact."
        )
    if people.unexplained > UNKNOWN:
        wrap = "no contact carries a wrap-up time" if contacts.without_wrap else "contacts or parts of them are missing"
        found.append(
            f"{100 * people.unexplained:.0f} % of the handling time in the agents' states lies on no contact of the log: {wrap}. "
            "Ask for the wrap-up time of every contact, and for all contacts of the period."
        )
    if contacts.unknown_patience > UNKNOWN and (~contacts.frame["answered"]).sum() >= MINIMUM_ABANDONED:
        found.append(
            f"It is not known when {100 * contacts.unknown_patience:.0f} % of the abandoned contacts left. "
            "Ask for the moment at which each abandoned contact ended."
        )
    logged = logged_share(tables, own)
    if logged < COMPLETE_LOG:
        found.append(
            f"The log holds {100 * logged:.0f} % of the contacts that the interval volumes count. "
            "Ask for the complete log of contacts."
        )
    days = int(own.days["replayed"].sum())
    if days < settings.minimum_days:
        found.append(
            f"Only {days} days can be replayed, fewer than {settings.minimum_days}. Ask for a longer period of both logs."
        )
    if len(own.desk.agent_group) < smallest:
        found.append(f"Fewer than {smallest} people serve the pool; no figure about them is given.")
    return found


def _not_built(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return why there are no days at all."""
    contacts = tables.get("contacts")
    if contacts is None or contacts.empty:
        return "There is no log of single contacts. Ask for one row per contact, with its moments and handling time."
    totals = tables.get("state_totals")
    if totals is not None and len(totals):
        return (
            "Agents' states are known as totals by interval alone. Ask for the log of single states with start and end."
        )
    return "No day has both contacts and people who were there. Ask for contacts and agents' states of the same period."


def logged_share(tables: Mapping[str, pd.DataFrame], own: OwnDays) -> float:
    """Return the logged contacts as a share of the volumes' on the same days; 1 without volumes."""
    volumes = tables.get("volumes")
    if volumes is None or volumes.empty:
        return 1.0
    mine = volumes[volumes["queue"].isin([queue.name for queue in own.queues])]
    first, last = own.slots["start"].iloc[0], own.slots["start"].iloc[-1] + pd.Timedelta(seconds=own.desk.slot_s)
    mine = mine[mine["start"].ge(first) & mine["start"].lt(last)]
    replayed = own.slots.loc[own.slots["day"].isin(own.days.loc[own.days["replayed"], "day"]), "start"]
    floor = mine["start"].dt.floor(f"{round(own.desk.slot_s)}s")
    counted = float(mine.loc[floor.isin(replayed.dt.floor(f"{round(own.desk.slot_s)}s")), "offered"].sum())
    return 1.0 if counted <= 0 else float(own.observed[..., 0].sum()) / counted


def misses(own: OwnDays, run: Run) -> dict[str, Miss]:
    """Compare a replay of the days as they were with what was seen, measure by measure.

    Notes
    -----
    With d_c the replayed less the observed share of half hour c of the week, v_c the variance of d_c estimated from its days, and w_c its
    contacts (its time on duty, for occupancy): typical = sqrt(max(0, sum w_c (d_c^2 - v_c) / sum w_c)). Both sides share calls and people, so v_c
    is the chance of drawn patience and of who took which call alone.
    """
    contact, agent = SIMULATED.index, AGENTS.index
    seen, again = own.observed.sum(axis=0), run.contacts.sum(axis=0)
    pairs = {
        "service_level": (seen[:, 2], seen[:, 1], again[:, contact("in_time")], again[:, contact("counted")]),
        "p_abandon": (seen[:, 3], seen[:, 0], again[:, contact("abandoned")], again[:, contact("offered")]),
        "occupancy": (
            *(own.duty[:, 1], own.duty[:, 0]),
            *(run.agents[:, agent("contact_s")], run.agents[:, agent("on_duty_s")]),
        ),
    }
    return {name: _missed(own.slots, *parts, contacts=seen[:, 0]) for name, parts in pairs.items()}


def _missed(
    slots: pd.DataFrame, x: np.ndarray, n: np.ndarray, y: np.ndarray, m: np.ndarray, *, contacts: np.ndarray
) -> Miss:
    """Return the difference of y / m from x / n, in all and by half hour of the week."""
    frame = slots[["weekday", "slot_of_day_s"]].assign(x=x, n=n, y=y, m=m, contacts=contacts)
    frame = frame[(frame["n"] > 0) & (frame["m"] > 0)]
    if frame.empty:
        return Miss(0.0, 0.0, 0.0, "", 0.0)
    by = frame.groupby(["weekday", "slot_of_day_s"])
    sums = by[["x", "n", "y", "m", "contacts"]].sum()
    gap = sums["y"] / sums["m"] - sums["x"] / sums["n"]
    own, again = (sums[top] / sums[base] for top, base in (("x", "n"), ("y", "m")))
    keys = pd.MultiIndex.from_frame(frame[["weekday", "slot_of_day_s"]])
    at = sums.index.get_indexer(keys)
    residual = (frame["y"] - again.to_numpy()[at] * frame["m"]) / sums["m"].to_numpy()[at]
    residual -= (frame["x"] - own.to_numpy()[at] * frame["n"]) / sums["n"].to_numpy()[at]
    days = by.size()
    chance = residual.pow(2).groupby(at).sum().to_numpy() * (days / (days - 1).clip(lower=1)).to_numpy()
    known = days.to_numpy() > 1
    weight = sums["n"].to_numpy() * known
    square = float((weight * (gap.to_numpy() ** 2 - chance)).sum() / weight.sum()) if weight.sum() else 0.0
    worst_slot, worst = _worst(gap, sums["contacts"])
    return Miss(float(x.sum() / n.sum()), float(y.sum() / m.sum()), math.sqrt(max(square, 0.0)), worst_slot, worst)


def _worst(gap: pd.Series, contacts: pd.Series) -> tuple[str, float]:
    """Return the half hour with the largest difference, such as "Mon 09:30", and that difference."""
    enough = gap[contacts >= ENOUGH_CONTACTS]
    enough = enough if len(enough) else gap
    day, second = enough.abs().idxmax()  # pyright: ignore[reportGeneralTypeIssues]
    return f"{_DAYS[int(day)]} {int(second) // 3600:02d}:{int(second) % 3600 // 60:02d}", float(
        enough.loc[(day, second)]
    )


def queue_misses(own: OwnDays, run: Run) -> list[tuple[str, float]]:
    """Return every queue's replayed less observed service level, by its own definition."""
    found = []
    for at, queue in enumerate(own.queues):
        seen, again = own.observed[at].sum(axis=0), run.contacts[at].sum(axis=0)
        counted = again[SIMULATED.index("counted")]
        if seen[1] > 0 and counted > 0:
            found.append((queue.name, float(again[SIMULATED.index("in_time")] / counted - seen[2] / seen[1])))
    return found


def check_rows(pool: str, found: Mapping[str, Miss], *, tolerance: float, why: str = "") -> list[dict[str, object]]:
    """Return one row per measure of the frame `replay_check`; `why` says why the data do not allow a replay whatever it gives."""
    return [
        {
            "pool": pool,
            "measure": name,
            "observed": miss.observed,
            "replayed": miss.replayed,
            "worst_slot": miss.worst_slot,
            "worst_gap": miss.worst,
            "tolerance": tolerance,
            "holds": not why and miss.within(tolerance),
            "sentence": f"{_sentence(name, miss, tolerance)} {why}".strip(),
        }
        for name, miss in found.items()
    ]


def _sentence(name: str, miss: Miss, tolerance: float) -> str:
    met = "met" if miss.within(tolerance) else "not met"
    return (
        f"{_WORDS[name].capitalize()}: {100 * miss.observed:.1f} % seen, {100 * miss.replayed:.1f} % in the replay of the same days; half hours of the "
        f"week differ by {100 * miss.typical:.1f} points beyond chance ({100 * tolerance:.0f} allowed: {met}); "
        f"the largest difference is {100 * miss.worst:+.1f} points on {miss.worst_slot}."
    )


def why_refused(own: OwnDays, run: Run, found: Mapping[str, Miss], tolerance: float) -> list[str]:
    """Return what the replay does not reproduce and what may be behind it, in sentences; empty if it holds."""
    reasons = []
    for name, miss in found.items():
        if not miss.within(tolerance):
            by = max(abs(miss.overall), miss.typical)
            reasons.append(f"The replay misses the measured {_WORDS[name]} by {100 * by:.1f} points. {_HINTS[name]}")
    for queue, gap in queue_misses(own, run) if len(own.queues) > 1 else ():
        if abs(gap) > tolerance and abs(found["service_level"].overall) <= tolerance:
            reasons.append(
                f"The replay misses the measured service level of {queue} by {100 * abs(gap):.1f} points. "
                "Ask how contacts are routed: which agents serve which queue, and whose contacts go first."
            )
    return reasons


_HINTS: Mapping[str, str] = {
    "service_level": "Ask how contacts are routed, and whether agents who look ready can take every contact.",
    "p_abandon": "Ask whether contacts that end by themselves, are sent elsewhere or call again are told apart in the log.",
    "occupancy": "Ask whether handling times hold wrap-up and whether states and contacts cover the same people.",
}

"""Where a client stands: which way the plan takes, which modes it holds, and in which weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.readiness.criteria import Criterion
from analysis.readiness.plan.texts import PHASES, PlanTexts
from analysis.readiness.result import MODES

if TYPE_CHECKING:
    import pandas as pd

    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.foundation.settings import Client, Queue
    from analysis.readiness.settings import ReadinessSettings
    from analysis.utilization.result import Utilization
    from analysis.value.result import Value

ALLOWED = ("ready", "ready_with_changes")
#: The view of blending's recommendation by mode of readiness.
VIEW = {"blocks": "releasable", "between_contacts": "shareable", "interrupt": "interruptible"}
CC, BO = "contact_centre", "back_office"


@dataclass(frozen=True, slots=True)
class Given:
    """Everything that a plan is made from; see :func:`analysis.readiness.plan.plan_of`."""

    criteria: pd.DataFrame
    gates: pd.DataFrame
    changes: pd.DataFrame
    modes: pd.DataFrame
    types: pd.DataFrame
    scores: pd.DataFrame
    blending: Blending
    utilization: Utilization
    baseline: Baseline | None
    value: Value | None
    pilot: pd.DataFrame
    stop_rules: pd.DataFrame
    listening: pd.DataFrame
    heard: pd.DataFrame
    responses: pd.DataFrame
    questions: Sequence[Criterion]
    queues: Sequence[Queue]
    settings: ReadinessSettings
    client: Client
    headline: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A phase of the plan: its name, its mode, its weeks from the start, and the phase of the ramp it runs in."""

    phase: str
    mode: str
    week_from: int
    week_to: int
    ramp: str


@dataclass(frozen=True, slots=True)
class Situation:
    """The way that the plan takes.

    Attributes
    ----------
    way
        ``blend`` (phases of blending), ``answer`` (only steps that lead to an answer) or ``instead`` (blending sees no room).
    slots
        The phases of blending in their order; empty otherwise.
    left_out
        Phase -> ``no_room``, ``cannot_say`` or ``not_allowed``, where a way of working is not part of the plan.
    verdicts, rooms
        By mode: the class, and ``room``, ``no room`` or ``cannot say``.
    """

    way: str
    slots: tuple[Slot, ...]
    left_out: Mapping[str, str]
    verdicts: Mapping[str, str]
    rooms: Mapping[str, str]

    @property
    def mode(self) -> str:
        """Return the mode that the steps towards an answer aim at: the first with room, else the first that may have some."""
        for state in ("room", "cannot say"):
            found = [mode for mode in MODES if self.rooms[mode] == state]
            if found:
                return found[0]
        return MODES[0]


def situation(given: Given, texts: PlanTexts) -> Situation:
    """Return which way the plan takes.

    Notes
    -----
    No room in every mode: what can be done instead. Else, if no mode has both a verdict that allows it and room, the steps that lead to an
    answer. Else the phases of the modes with room, from the first that is allowed on; a later one that is not allowed yet keeps its place
    behind its entry criteria.
    """
    verdicts = dict.fromkeys(MODES, "cannot_say")
    verdicts |= dict(zip(given.modes["mode"], given.modes["verdict"], strict=True))
    rooms = {mode: room_of(given.blending, mode) for mode in MODES}
    way, chosen, left_out = phases_of(verdicts, rooms, {phase: part.mode for phase, part in texts.phase.items()})
    return Situation(way, tuple(_slots(given, texts, chosen)), left_out, verdicts, rooms)


def phases_of(
    verdicts: Mapping[str, str], rooms: Mapping[str, str], modes: Mapping[str, str]
) -> tuple[str, list[str], dict[str, str]]:
    """Return the way, the phases that are part of the plan, and why the others are not.

    Parameters
    ----------
    verdicts, rooms
        Class and room by mode.
    modes
        Mode by phase.

    Examples
    --------
    >>> modes = dict(zip(PHASES, MODES, strict=True))
    >>> verdicts = {"blocks": "ready", "between_contacts": "not_yet", "interrupt": "ready"}
    >>> phases_of(verdicts, {"blocks": "room", "between_contacts": "room", "interrupt": "no room"}, modes)
    ('blend', ['crawl', 'walk'], {'run': 'no_room'})
    """
    left_out: dict[str, str] = {}
    if all(room == "no room" for room in rooms.values()):
        return "instead", [], {}
    chosen: list[str] = []
    for phase in PHASES:
        mode = modes[phase]
        if rooms[mode] != "room":
            left_out[phase] = rooms[mode].replace(" ", "_")
        elif not chosen and verdicts[mode] not in ALLOWED:
            left_out[phase] = "not_allowed"
        else:
            chosen.append(phase)
    return ("blend", chosen, left_out) if chosen else ("answer", [], {})


def room_of(blending: Blending, mode: str) -> str:
    """Return whether any pool has room for a mode: ``room``, ``no room`` or ``cannot say``."""
    frame = blending.recommendation
    found = set(frame.loc[frame["mode"] == VIEW[mode], "verdict"])
    if "room" in found:
        return "room"
    return "no room" if found == {"no room"} else "cannot say"


def _slots(given: Given, texts: PlanTexts, chosen: Sequence[str]) -> list[Slot]:
    """Return phases with their weeks: those of the ramp in their order, the first no shorter than the pilot."""
    slots, start = [], 1
    lengths = ramp_weeks(given.utilization)
    for place, phase in enumerate(chosen):
        length = lengths[place]
        if place == 0:
            length = max(length, pilot_weeks(given.pilot))
        slots.append(Slot(phase, texts.phase[phase].mode, start, start + length - 1, PHASES[place]))
        start += length
    return slots


def ramp_weeks(utilization: Utilization) -> tuple[int, int, int]:
    """Return the weeks of crawl, walk and run: those of the contact centre's ramp, else those of the settings."""
    settings = utilization.settings
    stated = (
        settings.crawl_weeks,
        settings.walk_weeks,
        settings.ramp_weeks - settings.crawl_weeks - settings.walk_weeks,
    )
    frame = utilization.ramp
    if not len(frame):
        return stated
    rows = frame[(frame["population"] == CC) & (frame["by"] == "population") & (frame["scenario"] == "expected")]
    spans = rows.groupby("phase")["week"].agg(lambda weeks: int(weeks.max() - weeks.min() + 1)).to_dict()
    found = [int(spans.get(phase, usual)) for phase, usual in zip(PHASES, stated, strict=True)]
    return found[0], found[1], found[2]


def pilot_weeks(pilot: pd.DataFrame) -> int:
    """Return the weeks of the longest part of the pilot that could be planned; 0 without one."""
    ok = pilot[(pilot["status"] == "ok") & pilot["weeks"].notna()]
    return int(ok["weeks"].max()) if len(ok) else 0


def levels(criteria: pd.DataFrame) -> dict[str, int | None]:
    """Return the level by criterion, None without an answer that counts."""
    return {
        str(name): None if absent(level) else int(level)
        for name, level in zip(criteria["criterion"], criteria["level"], strict=True)
    }


def absent(value: Any) -> bool:
    """Return whether a value of a frame is missing."""
    import pandas as pd

    return bool(pd.isna(value))

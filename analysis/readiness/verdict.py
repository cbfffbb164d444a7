"""The rule that turns levels into a verdict by mode; no weighted mean decides anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.readiness.criteria import Criterion
from analysis.readiness.result import CLASSES, MODES

if TYPE_CHECKING:
    import numpy as np

ALLOWED = ("ready", "ready_with_changes")
_EFFORT = {"low": 0, "medium": 1, "high": 2}


def gates_of(criteria: Sequence[Criterion], mode: str) -> list[Criterion]:
    """Return the criteria that can rule `mode` out."""
    return [criterion for criterion in criteria if mode in criterion.gates or mode in criterion.least]


def verdict_of(criteria: Sequence[Criterion], levels: Mapping[str, int | None], mode: str) -> str:
    """Return the class of a mode.

    Parameters
    ----------
    criteria
        All criteria of the questionnaire.
    levels
        Level by criterion id, None where nobody and nothing answered.
    mode
        ``blocks``, ``between_contacts`` or ``interrupt``.

    Returns
    -------
    str
        ``cannot_say`` if a gate of the mode has no answer; ``not_yet`` if a gate stops it; ``ready`` if every criterion
        reaches what the mode needs (gates 3, legal gates 4, the others 2); else ``ready_with_changes``.

    Examples
    --------
    >>> from analysis.readiness import read_criteria
    >>> criteria = read_criteria()
    >>> levels = dict.fromkeys((criterion.id for criterion in criteria), 4)
    >>> verdict_of(criteria, levels, "interrupt"), verdict_of(criteria, {**levels, "T1": 0}, "interrupt")
    ('ready', 'not_yet')
    >>> verdict_of(criteria, {**levels, "T1": 0}, "blocks"), verdict_of(criteria, {**levels, "C2": None}, "blocks")
    ('ready_with_changes', 'cannot_say')
    """
    gates = gates_of(criteria, mode)
    answers = [(criterion, levels.get(criterion.id)) for criterion in gates]
    if any(level is None for _, level in answers):
        return "cannot_say"
    if any(level is not None and criterion.stops(mode, level) for criterion, level in answers):
        return "not_yet"
    return "ready" if not blocking(criteria, levels, mode) else "ready_with_changes"


def blocking(criteria: Sequence[Criterion], levels: Mapping[str, int | None], mode: str) -> list[Criterion]:
    """Return the criteria that keep a mode from ready: below what it needs, or without an answer."""
    missing = []
    for criterion in criteria:
        level = levels.get(criterion.id)
        if level is None or level < criterion.needed(mode):
            missing.append(criterion)
    return missing


@dataclass(frozen=True, slots=True)
class Change:
    """A change that a mode needs: the criterion, its level today (None = not answered) and the level to reach."""

    mode: str
    criterion: Criterion
    from_level: int | None
    to_level: int


def headline_mode(verdicts: Mapping[str, str]) -> str:
    """Return the highest mode that is allowed, or an empty text.

    Examples
    --------
    >>> headline_mode({"blocks": "ready", "between_contacts": "ready_with_changes", "interrupt": "not_yet"})
    'between_contacts'
    """
    allowed = [mode for mode in MODES if verdicts[mode] in ALLOWED]
    return allowed[-1] if allowed else ""


def changes_to_ready(criteria: Sequence[Criterion], levels: Mapping[str, int | None], mode: str) -> list[Change]:
    """Return the smallest set of changes that turns `mode` into ready: exactly what blocks it, since each one does; gates first, then by effort."""
    needed = [
        Change(mode, criterion, levels.get(criterion.id), criterion.needed(mode))
        for criterion in blocking(criteria, levels, mode)
    ]
    gates = {criterion.id for criterion in gates_of(criteria, mode)}
    return sorted(needed, key=lambda change: (change.criterion.id not in gates, _EFFORT[change.criterion.effort]))


def changes_to_allowed(criteria: Sequence[Criterion], levels: Mapping[str, int | None], mode: str) -> list[Change]:
    """Return the smallest set of changes after which `mode` is no longer ruled out or unknown."""
    found = []
    for criterion in gates_of(criteria, mode):
        level = levels.get(criterion.id)
        if level is None or criterion.stops(mode, level):
            found.append(Change(mode, criterion, level, max(1, criterion.least.get(mode, 1))))  # type: ignore[call-overload]
    return sorted(found, key=lambda change: _EFFORT[change.criterion.effort])


def acceptability(criteria: Sequence[Criterion], draws: Mapping[str, np.ndarray | None], mode: str) -> dict[str, float]:
    """Return the share of draws in which the profile meets each class.

    Parameters
    ----------
    criteria
        All criteria of the questionnaire.
    draws
        Levels by criterion id, one per draw; None where there is no answer.
    mode
        The mode judged.
    """
    import numpy as np

    gates = gates_of(criteria, mode)
    if any(draws.get(criterion.id) is None for criterion in gates):
        return {verdict: float(verdict == "cannot_say") for verdict in CLASSES}
    known = {name: levels for name, levels in draws.items() if levels is not None}
    count = len(next(iter(known.values())))
    stopped, ready = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    for criterion in criteria:
        levels = known.get(criterion.id)
        if levels is None:
            ready[:] = False
            continue
        ready &= levels >= criterion.needed(mode)
        if criterion in gates:
            stopped |= levels < max(int(mode in criterion.gates), criterion.least.get(mode, 0))  # type: ignore[call-overload]
    return {
        "ready": float((ready & ~stopped).mean()),
        "ready_with_changes": float((~ready & ~stopped).mean()),
        "not_yet": float(stopped.mean()),
        "cannot_say": 0.0,
    }

"""The rule that turns levels into a verdict by mode; no weighted mean decides anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from analysis.readiness.criteria import Criterion
from analysis.readiness.result import MODES
from analysis.readiness.types import Types

ALLOWED = ("ready", "ready_with_changes")


@dataclass(frozen=True, slots=True)
class Profile:
    """What the rule reads: the criteria with their levels.

    Attributes
    ----------
    criteria
        All criteria of the questionnaire, in its order.
    levels
        Level by criterion id; None where nothing counts as an answer.
    lowest
        Level at the unlucky end of the interval, for criteria that data score.
    types
        Item types; None where none are known.
    from_types
        Criteria whose level is the one that item types reach.
    """

    criteria: tuple[Criterion, ...] = field(repr=False)
    levels: Mapping[str, int | None]
    lowest: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    types: Types | None = None
    from_types: frozenset[str] = frozenset()

    def gates(self, mode: str) -> list[Criterion]:
        """Return the criteria that can rule `mode` out."""
        return gates_of(self.criteria, mode)

    def alone(self, mode: str) -> list[Criterion]:
        """Return the gates of `mode` that are judged by one level, not by item types."""
        return [gate for gate in self.gates(mode) if gate.id not in self.from_types]

    def ordinary(self, mode: str) -> list[Criterion]:
        """Return the criteria that cannot rule `mode` out."""
        gates = {gate.id for gate in self.gates(mode)}
        return [criterion for criterion in self.criteria if criterion.id not in gates]

    def floors(self, mode: str, goal: str) -> dict[str, int]:
        """Return the level that an item type needs on every gate that is judged type by type, to be ready or merely allowed."""
        if self.types is None:
            return {}
        gates = [gate for gate in self.gates(mode) if gate.id in self.types.levels]
        return {gate.id: gate.needed(mode) if goal == "ready" else least_of(gate, mode) for gate in gates}

    def unsure(self, criterion: Criterion, mode: str) -> bool:
        """Tell whether the data do not rule out that this gate stops `mode`, though its level does not."""
        level, lowest = self.levels.get(criterion.id), self.lowest.get(criterion.id)
        return (
            level is not None
            and lowest is not None
            and criterion.stops(mode, lowest)
            and not criterion.stops(mode, level)
        )


def gates_of(criteria: Sequence[Criterion], mode: str) -> list[Criterion]:
    """Return the criteria that can rule `mode` out."""
    return [criterion for criterion in criteria if mode in criterion.gates or mode in criterion.least]


def least_of(criterion: Criterion, mode: str) -> int:
    """Return the lowest level at which a gate no longer stops `mode`."""
    return max(int(mode in criterion.gates), criterion.least.get(mode, 0))  # type: ignore[call-overload]


def verdict_of(profile: Profile, mode: str) -> str:
    """Return the class of a mode.

    Parameters
    ----------
    profile
        Criteria, their levels, and the item types.
    mode
        ``blocks``, ``between_contacts`` or ``interrupt``.

    Returns
    -------
    str
        ``cannot_say`` if a gate of the mode has no answer; ``not_yet`` if a gate stops it; ``ready`` if every criterion
        reaches what the mode needs (gates 3, legal gates 4, the others 2), no gate's interval reaches a level that stops it, and the item types that do
        hold enough hours; else ``ready_with_changes``.

    Examples
    --------
    >>> from analysis.readiness import read_criteria
    >>> criteria = read_criteria()
    >>> def said(mode, **levels):
    ...     return verdict_of(Profile(criteria, {**dict.fromkeys((one.id for one in criteria), 4), **levels}), mode)
    >>> said("interrupt"), said("interrupt", T1=0), said("blocks", T1=0), said("blocks", C2=None)
    ('ready', 'not_yet', 'ready_with_changes', 'cannot_say')
    """
    levels = [(gate, profile.levels.get(gate.id)) for gate in profile.gates(mode)]
    types = types_state(profile, mode)
    if types == "unknown" or any(level is None for _, level in levels):
        return "cannot_say"
    if types == "stops" or any(level is not None and gate.stops(mode, level) for gate, level in levels):
        return "not_yet"
    return "ready" if types == "met" and not short_of(profile, mode) else "ready_with_changes"


def types_state(profile: Profile, mode: str) -> str:
    """Return whether the item types that pass together hold enough hours for `mode`: met | open | stops | unknown."""
    types, floors = profile.types, profile.floors(mode, "allowed")
    if types is None or not floors or types.enough(types.hours_of(profile.floors(mode, "ready"))):
        return "met"
    if types.enough(types.hours_of(floors)):
        return "open"
    return "unknown" if types.enough(types.hours_of(floors, unanswered=True)) else "stops"


def short_of(profile: Profile, mode: str) -> list[Criterion]:
    """Return the criteria, judged by one level, that keep a mode from ready: too low, without an answer, or a gate that the data leave in doubt."""
    by_types = {gate.id for gate in profile.gates(mode)} & profile.from_types
    found = []
    for criterion in profile.criteria:
        level = profile.levels.get(criterion.id)
        if criterion.id in by_types:
            continue
        if level is None or level < criterion.needed(mode) or profile.unsure(criterion, mode):
            found.append(criterion)
    return found


def types_in(profile: Profile, mode: str, goal: str = "allowed") -> tuple[bool, ...]:
    """Return which item types are left in `mode`: those that no gate stops; with the goal ``ready`` those that need no change."""
    return () if profile.types is None else profile.types.left_in(profile.floors(mode, goal))


def types_failed(profile: Profile, mode: str) -> tuple[bool, ...]:
    """Return which item types a gate stops for certain; a type without an answer is neither left in nor failed."""
    if profile.types is None:
        return ()
    return tuple(not stays for stays in profile.types.left_in(profile.floors(mode, "allowed"), unanswered=True))


def headline_mode(verdicts: Mapping[str, str]) -> str:
    """Return the highest mode that is allowed, or an empty text.

    Examples
    --------
    >>> headline_mode({"blocks": "ready", "between_contacts": "ready_with_changes", "interrupt": "not_yet"})
    'between_contacts'
    """
    allowed = [mode for mode in MODES if verdicts.get(mode) in ALLOWED]
    return allowed[-1] if allowed else ""

"""Everything that the frames and the sentences of an assessment are made from, worked out once."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analysis.readiness.answer import Answer, profile_of
from analysis.readiness.changes import GOALS, Change, after, smallest
from analysis.readiness.result import MODES
from analysis.readiness.room import NO_ROOM, Range, Rooms
from analysis.readiness.settings import ReadinessSettings
from analysis.readiness.verdict import ALLOWED, Profile, types_failed, types_in, verdict_of


@dataclass(frozen=True, slots=True)
class Case:
    """One client's answers with what follows from them.

    Attributes
    ----------
    answers
        One a criterion.
    profile
        What the rule reads.
    rooms
        What blending and the balance say of each mode.
    verdicts
        Class by mode.
    sets
        Smallest set of changes by mode and goal; None where no set is enough.
    settings
        What was asked.
    currency
        Of the balance.
    """

    answers: tuple[Answer, ...]
    profile: Profile
    rooms: Rooms
    verdicts: Mapping[str, str]
    sets: Mapping[tuple[str, str], tuple[Change, ...] | None]
    settings: ReadinessSettings
    currency: str

    @classmethod
    def of(cls, answers: Sequence[Answer], rooms: Rooms, settings: ReadinessSettings, currency: str) -> Case:
        """Apply the rule to every mode, and look for the smallest sets of changes."""
        profile = profile_of(answers)
        return cls(
            tuple(answers),
            profile,
            rooms,
            {mode: verdict_of(profile, mode) for mode in MODES},
            {(mode, goal): smallest(profile, mode, goal) for mode in MODES for goal in GOALS},
            settings,
            currency,
        )

    def allowed(self) -> list[str]:
        """Return the modes that the rule allows, simplest first."""
        return [mode for mode in MODES if self.verdicts[mode] in ALLOWED]

    def left_out(self, mode: str) -> list[str]:
        """Return the item types that a gate of a mode stops."""
        return self._named(types_failed(self.profile, mode))

    def not_ready(self, mode: str) -> list[str]:
        """Return the item types that no gate stops, but that are not ready for a mode: too low, or without an answer."""
        ready, failed = types_in(self.profile, mode, "ready"), types_failed(self.profile, mode)
        return self._named([not good and not bad for good, bad in zip(ready, failed, strict=True)])

    def held(self, names: Collection[str]) -> float:
        """Return the hours a week that item types hold."""
        types = self.profile.types
        if types is None:
            return math.nan
        return sum(hours for name, hours in zip(types.names, types.hours, strict=True) if name in names)

    def type_hours(self, mode: str) -> float:
        """Return the hours a week of the item types left in a mode; NaN where no type is known."""
        return self.held(self._named(types_in(self.profile, mode)))

    def _named(self, chosen: Sequence[bool]) -> list[str]:
        types = self.profile.types
        return [] if types is None else [name for name, kept in zip(types.names, chosen, strict=True) if kept]

    def hours(self, mode: str, changes: Sequence[Change] = (), goal: str = "allowed") -> Range:
        """Return the hours a week that a mode would move, once these changes are made, with the item types that are then left in it, or ready for it.

        Notes
        -----
        Blending counts the types that suit the mode by its own rules. Where it counts types that are not among those here, its figure does not hold: the rest moves at least its part
        of it (fewer items compete for the same time), and at most what there is of it. That is a range without a figure, until blending is run without those types.
        """
        room, profile = self.rooms.of(mode), after(self.profile, changes)
        if profile.types is None or not room.hours.known or room.verdict == NO_ROOM:
            return room.hours
        stays = dict(zip(profile.types.names, types_in(profile, mode, goal), strict=True))
        total = sum(room.counted.values())
        rest = sum(hours for name, hours in room.counted.items() if stays.get(name, True))
        if total <= 0 or rest >= total - 1e-9:
            return room.hours
        if rest <= 0:
            return Range(0.0, 0.0, 0.0)
        low = room.hours.value if math.isnan(room.hours.low) else room.hours.low
        high = room.hours.value if math.isnan(room.hours.high) else room.hours.high
        return Range(low=low * rest / total, high=min(high, rest))

    def money(self, mode: str, hours: Range) -> Range:
        """Return what hours of a mode are worth a week; NaN without costs."""
        worth, room = self.rooms.money.get(mode), self.rooms.of(mode)
        if worth is None or not room.hours.known or room.hours.value <= 0:
            return Range()
        if hours.known:
            return worth.times(hours.value / room.hours.value)
        return Range(
            low=worth.low * hours.low / room.hours.value,
            high=worth.high * hours.high / room.hours.value,
        )

"""What blending and the balance say of a mode: whether there is room, hours, the item types counted, and money."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from analysis.blending.candidates import MODE_OF
from analysis.blending.inventory import MODE_COLUMNS
from analysis.value.moving import VIEWS, moving_of

if TYPE_CHECKING:
    from analysis.blending import Blending
    from analysis.value import Value
    from analysis.value.moving import Moving

ROOM, NO_ROOM, UNKNOWN = "room", "no room", "cannot say"
NOWHERE = math.nan
_USES = ("overtime", "outsourced", "vacancies", "left")


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with its interval; NaN where it is not known."""

    value: float = NOWHERE
    low: float = NOWHERE
    high: float = NOWHERE

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return not math.isnan(self.value)

    def times(self, factor: float) -> Range:
        """Return the range times a factor."""
        return Range(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Room:
    """What blending says of one mode, all pools together.

    Attributes
    ----------
    mode
        The mode.
    verdict
        room (in some pool) | no room (in none) | cannot say.
    reason
        Why, in words; empty where there is room.
    hours
        Item hours a week that the mode's policy would move.
    counted
        Hours a week of each item type that blending counts for the mode.
    objections
        Why it does not count the other types, in words.
    """

    mode: str
    verdict: str
    reason: str
    hours: Range
    counted: Mapping[str, float]
    objections: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Rooms:
    """All modes, and what blending recommends.

    Attributes
    ----------
    by_mode
        Room by mode.
    recommended
        Modes of the recommended policies, simplest first; one a pool at most.
    fewer
        Whether a pool is advised to roster fewer agents instead.
    losses
        Hours a week by step of the waterfalls, all pools: what switching, missing items or skills, and the forecast take or give.
    money
        Currency a week by mode; NaN without costs.
    """

    by_mode: Mapping[str, Room]
    recommended: tuple[str, ...] = ()
    fewer: bool = False
    losses: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))
    money: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, mode: str) -> Room:
        """Return what is said of a mode."""
        return self.by_mode[mode]


def rooms_of(blending: Blending, value: Value | None) -> Rooms:
    """Gather what blending and the balance say of every mode.

    Parameters
    ----------
    blending
        The result of :func:`analysis.assess_blending`.
    value
        The balance; None where it was not made.
    """
    rooms = {mode: _room(blending, mode, view) for mode, view in VIEWS.items()}
    lab = blending.lab
    policies = {str(key) for key in lab.loc[lab["recommended"].astype(bool), "policy"]} if len(lab) else set()
    views = {MODE_OF.get(key, "") for key in policies}
    return Rooms(
        rooms,
        tuple(mode for mode, view in VIEWS.items() if view in views),
        "roster" in policies,
        _losses(blending),
        {} if value is None else _money(rooms, value, moving_of(blending, value.settings.blend_mode)),
    )


def _room(blending: Blending, mode: str, view: str) -> Room:
    rows = blending.recommendation[blending.recommendation["mode"].eq(view)]
    verdicts = set(rows["verdict"])
    verdict = ROOM if ROOM in verdicts else UNKNOWN if UNKNOWN in verdicts or not verdicts else NO_ROOM
    reasons = dict.fromkeys(str(one) for one in rows.loc[rows["verdict"].eq(verdict), "reason"] if str(one))
    reason = "; ".join(reasons) if verdict != ROOM else ""
    hours = _hours(blending, view) if verdict == ROOM else Range(0.0, 0.0, 0.0) if verdict == NO_ROOM else Range()
    items = blending.inventory
    mine = items[items[MODE_COLUMNS[view]].astype(bool)] if len(items) else items
    counted = dict(zip(mine["type"].astype(str), mine["hours_per_week"].fillna(0.0).astype(float), strict=True))
    others = items[~items["type"].isin(mine["type"])] if len(items) else items
    against = dict(zip(others["type"].astype(str), others["reason"].astype(str), strict=True))
    return Room(
        mode, verdict, reason or ("" if verdicts else "no pool of contacts was assessed"), hours, counted, against
    )


def _hours(blending: Blending, view: str) -> Range:
    """Add the pools: interval ends too, as if all pools erred the same way."""
    found = [
        quantity.estimate
        for quantity in blending.quantities
        if quantity.id == "blending.usable_h_per_week" and quantity.scope.get("mode") == view
    ]
    known = [one for one in found if one.value is not None]
    if not known:
        rows = blending.usable[blending.usable["mode"].eq(view)]["hours_per_week"].dropna()
        return Range(float(rows.sum())) if len(rows) else Range()
    return Range(
        *(
            sum(one.value if getattr(one, name) is None else getattr(one, name) for one in known)  # type: ignore[misc]
            for name in ("value", "low", "high")
        )
    )


def _losses(blending: Blending) -> dict[str, Range]:
    rows = blending.waterfall
    if not len(rows):
        return {}
    by = rows.groupby("key")[["hours_per_week", "low", "high"]].sum(min_count=1)
    return {str(row.Index): Range(row.hours_per_week, row.low, row.high) for row in by.itertuples()}  # type: ignore[arg-type]


def _money(rooms: Mapping[str, Room], value: Value, moving: Moving) -> dict[str, Range]:
    """Return what a mode is worth a week, at the balance's own worth of a freed hour.

    Notes
    -----
    The balance frees so many hours of the base per movable item hour of its mode (the share that is really moved counted in), and gives every freed hour a worth: that of
    overtime, bought hours and vacancies that it replaces, and of what is left. Both are carried over to the other modes. The interval is that of the hours freed by
    moving; the cost of an hour stays at its median.
    """
    balance = value.balance[value.balance["population"].eq("back_office")].set_index("line")
    money = value.money.set_index("line")["per_week"]
    based = [room for room in rooms.values() if room.hours.known and room.hours.value > 0]
    if (
        not moving.hours > 0
        or not {"freed", "freed_by_moving"} <= set(balance.index)
        or not set(_USES) <= set(money.index)
    ):
        return {}
    freed = float(balance.loc["freed", "hours_per_week"])  # type: ignore[arg-type]
    worth = float(money[list(_USES)].sum())
    moved = Range(*(float(balance.loc["freed_by_moving", name]) for name in ("hours_per_week", "low", "high")))  # type: ignore[arg-type]
    if not freed > 0 or math.isnan(worth) or not moved.value > 0:
        return {}
    per_hour = worth / freed / moving.hours
    return {room.mode: moved.times(per_hour * room.hours.value) for room in based}

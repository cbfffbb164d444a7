"""The smallest sets of changes that turn a verdict: fewest first, then least effort, then the questionnaire's order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.readiness.criteria import Criterion
from analysis.readiness.types import Types
from analysis.readiness.verdict import ALLOWED, Profile, short_of, verdict_of

EFFORTS = ("low", "medium", "high")
GOALS = ("ready", "allowed")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: a criterion, for one item type or as a whole, from its level today to the level to reach.

    Attributes
    ----------
    criterion
        What has to change.
    type
        Item type; empty where the criterion as a whole has to change.
    from_level
        Level today; None where nothing counts as an answer.
    to_level
        Level to reach.
    gate
        Whether it is a gate of the mode.
    sure
        False where the level suffices and only the data are in doubt.
    """

    criterion: Criterion
    type: str
    from_level: int | None
    to_level: int
    gate: bool
    sure: bool = True

    @property
    def effort(self) -> str:
        """Effort of the change; to measure longer is little."""
        return self.criterion.effort if self.sure else "low"


@dataclass(frozen=True, slots=True)
class _Cost:
    """What raising one item type costs: number of changes, of high and of medium effort."""

    number: int
    high: int
    medium: int


def smallest(profile: Profile, mode: str, goal: str) -> tuple[Change, ...] | None:
    """Return the smallest set of changes that makes a mode ready, or merely allowed.

    Parameters
    ----------
    profile
        Criteria, levels and item types.
    mode
        The mode.
    goal
        ``ready``, or ``allowed`` (no longer ruled out nor unknown).

    Returns
    -------
    tuple of Change or None
        Empty when nothing has to change; None when no set is enough (all item types together do not hold the hours asked for). In the order in which to make
        them: gates, then least effort, then the questionnaire's order.

    Notes
    -----
    A criterion that is judged by one level and is too low has to change: no other change makes up for it. There is a choice only where item types are judged one by one:
    types judged apart may be raised one by one, those that were not judged apart together, by one change, until those that pass hold enough hours. That choice is exact: the fewest changes, then the fewest of high effort, then of medium
    effort, then the fewest changes of single types, then the types that stand first in the order in which blending would begin.

    Examples
    --------
    >>> from analysis.readiness import read_criteria
    >>> criteria = read_criteria()
    >>> levels = {**dict.fromkeys((one.id for one in criteria), 4), "T1": 2, "K4": 0}
    >>> [(one.criterion.id, one.from_level, one.to_level) for one in smallest(Profile(criteria, levels), "interrupt", "ready")]
    [('T1', 2, 3), ('K4', 0, 2)]
    >>> smallest(Profile(criteria, levels), "interrupt", "allowed")
    ()
    """
    if verdict_of(profile, mode) in (("ready",) if goal == "ready" else ALLOWED):
        return ()
    gates = {gate.id for gate in profile.gates(mode)}
    found = _forced(profile, mode, goal, gates)
    changed = after(profile, found)
    for floors in _groups(profile, mode, goal, gates):
        raised = _raised(changed, floors, gates)
        if raised is None:
            return None
        found += raised
    return tuple(_in_order(found, profile))


def cheapest_mode(sets: Mapping[str, Sequence[Change] | None]) -> str:
    """Return the mode whose set is smallest, then of least effort, then the simplest mode; empty where none can be reached.

    Parameters
    ----------
    sets
        Smallest set by mode, simplest mode first.
    """
    possible = {mode: changes for mode, changes in sets.items() if changes is not None}
    return min(possible, key=lambda mode: _weight(possible[mode]), default="")


def efforts(changes: Sequence[Change]) -> dict[str, int]:
    """Return the number of changes of each effort."""
    return {effort: sum(change.effort == effort for change in changes) for effort in EFFORTS}


def _weight(changes: Sequence[Change]) -> tuple[int, int, int]:
    counts = efforts(changes)
    return len(changes), counts["high"], counts["medium"]


def _forced(profile: Profile, mode: str, goal: str, gates: set[str]) -> list[Change]:
    """Return the changes without which no set is enough."""
    found = []
    if goal == "ready":
        for criterion in short_of(profile, mode):
            if criterion.id in profile.from_types:
                continue
            level, needed = profile.levels.get(criterion.id), criterion.needed(mode)
            sure = level is None or level < needed
            found.append(Change(criterion, "", level, needed, criterion.id in gates, sure))
        return found
    for gate in profile.alone(mode):
        level = profile.levels.get(gate.id)
        if level is None or gate.stops(mode, level):
            found.append(Change(gate, "", level, max(1, gate.least.get(mode, 1)), gate=True))  # type: ignore[call-overload]
    return found


def _groups(profile: Profile, mode: str, goal: str, gates: set[str]) -> list[dict[str, int]]:
    """Return the floors that item types must reach together: the gates as one group, every other criterion by itself."""
    groups = [profile.floors(mode, goal)]
    if goal == "ready":
        groups += [
            {one.id: one.needed(mode)}
            for one in profile.criteria
            if one.id in profile.from_types and one.id not in gates
        ]
    return [group for group in groups if group]


def _raised(profile: Profile, floors: Mapping[str, int], gates: set[str]) -> list[Change] | None:
    """Return the fewest changes of item types after which enough hours reach the floors; None where all types together do not hold them."""
    types = profile.types
    if types is None or types.enough(types.hours_of(floors)):
        return []
    by_id = {criterion.id: criterion for criterion in profile.criteria}
    shared = {name: level for name, floor in floors.items() if (level := _shared(types, name, floor)) is not None}
    found = []
    for size in range(len(shared) + 1):
        for names in itertools.combinations(shared, size):
            together = [Change(by_id[name], "", shared[name][0], floors[name], name in gates) for name in names]
            lifted = types
            for name in names:
                lifted = lifted.raised(name, floors[name])
            single = _single(lifted, floors, by_id, gates)
            if single is not None:
                found.append([*together, *single])
    return min(found, key=lambda changes: (*_weight(changes), sum(bool(one.type) for one in changes)), default=None)


def _shared(types: Types, name: str, floor: int) -> tuple[int | None] | None:
    """Return, in a tuple, the level of the types that were not judged apart, where it is under the floor; None where there is nothing to raise."""
    levels = [one.level for one in types.levels[name] if not one.apart]
    low = [level for level in levels if level is None or level < floor]
    return (None if None in low else min(level for level in low if level is not None),) if low else None


def _single(
    types: Types, floors: Mapping[str, int], by_id: Mapping[str, Criterion], gates: set[str]
) -> list[Change] | None:
    """Return the fewest changes of single types, among those that were judged apart wherever they are too low."""
    lacking = [_lacking(types, floors, place, by_id) for place in range(len(types.names))]
    open_to = [
        all(types.levels[criterion.id][place].apart for criterion, _ in mine) for place, mine in enumerate(lacking)
    ]
    hours = [held if possible else 0.0 for held, possible in zip(types.hours, open_to, strict=True)]
    chosen = _cover(hours, [_cost(mine) for mine in lacking], max(types.minimum, 0.0) - 1e-9)
    if chosen is None:
        return None
    return [
        Change(criterion, types.names[place], level, floors[criterion.id], criterion.id in gates)
        for place in chosen
        for criterion, level in lacking[place]
    ]


def _lacking(
    types: Types, floors: Mapping[str, int], place: int, by_id: Mapping[str, Criterion]
) -> list[tuple[Criterion, int | None]]:
    """Return the criteria on which one type is too low."""
    levels = {name: types.levels[name][place].level for name in floors}
    return [(by_id[name], level) for name, level in levels.items() if level is None or level < floors[name]]


def _cost(lacking: Sequence[tuple[Criterion, int | None]]) -> _Cost:
    high, medium = (sum(one.effort == effort for one, _ in lacking) for effort in ("high", "medium"))
    return _Cost(len(lacking), high, medium)


def _cover(hours: Sequence[float], costs: Sequence[_Cost], asked: float) -> list[int] | None:
    """Return the places of the cheapest types that, with those that cost nothing, hold the hours asked for.

    Notes
    -----
    A knapsack over suffixes: ``most[i][c]`` is the largest sum of hours that types from i on can add at exactly the cost c. The least cost that is enough is found
    first; then types are taken from the front wherever the rest still suffices, so that of equal sets the first in order is taken.
    """
    free = sum(own for own, cost in zip(hours, costs, strict=True) if cost.number == 0)
    places = [place for place, cost in enumerate(costs) if cost.number > 0 and hours[place] > 0]
    most: list[dict[tuple[int, int, int], float]] = [{(0, 0, 0): 0.0}]
    for place in reversed(places):
        cost, after = costs[place], most[0]
        table = dict(after)
        for spent, held in after.items():
            total = (spent[0] + cost.number, spent[1] + cost.high, spent[2] + cost.medium)
            table[total] = max(table.get(total, -1.0), held + hours[place])
        most.insert(0, _pruned(table, asked - free))
    enough = [spent for spent, held in most[0].items() if free + held > 0 and free + held >= asked]
    if not enough:
        return None
    left, lacks, chosen = min(enough), asked - free, []
    for position, place in enumerate(places):
        cost = costs[place]
        rest = (left[0] - cost.number, left[1] - cost.high, left[2] - cost.medium)
        if most[position + 1].get(rest, -math.inf) + hours[place] >= lacks - 1e-9:
            chosen.append(place)
            left, lacks = rest, lacks - hours[place]
    return chosen


def _pruned(table: dict[tuple[int, int, int], float], lacks: float) -> dict[tuple[int, int, int], float]:
    """Drop costs above the least one that is enough already."""
    enough = [spent for spent, held in table.items() if held >= lacks and held > 0]
    if not enough:
        return table
    best = min(enough)
    return {spent: held for spent, held in table.items() if spent <= best}


def _in_order(changes: Sequence[Change], profile: Profile) -> list[Change]:
    """Return gates first, then least effort, then the questionnaire's order and that of the item types."""
    place = {criterion.id: number for number, criterion in enumerate(profile.criteria)}
    names = profile.types.names if profile.types is not None else ()
    return sorted(
        changes,
        key=lambda one: (
            not one.gate,
            EFFORTS.index(one.effort),
            place[one.criterion.id],
            names.index(one.type) if one.type else -1,
        ),
    )


def after(profile: Profile, changes: Sequence[Change]) -> Profile:
    """Return the profile once these changes are made and shown to be."""
    levels, lowest, types = dict(profile.levels), dict(profile.lowest), profile.types
    for change in changes:
        name = change.criterion.id
        if not change.type and name not in profile.from_types:
            levels[name] = max(change.to_level, levels.get(name) or 0)
            lowest.pop(name, None)
        if types is not None and name in types.levels:
            types = types.raised(name, change.to_level, types.names.index(change.type) if change.type else None)
    if types is not None:
        levels |= {name: types.level(name) for name in profile.from_types}
    return replace(profile, levels=levels, lowest=lowest, types=types)

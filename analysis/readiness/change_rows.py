"""The rows of changes: what each one unlocks, where that can be said, and what a set unlocks as a whole."""

from __future__ import annotations

import math

from analysis.readiness.case import Case
from analysis.readiness.changes import EFFORTS, GOALS, Change, efforts
from analysis.readiness.result import MODES
from analysis.readiness.room import NO_ROOM, Range
from analysis.readiness.sentences import change_words, set_sentence
from analysis.value.words import hours

Rows = list[dict[str, object]]
#: Steps of the waterfall that bound what a change can add: hours lost to switching, to items or skills that are not at hand, to a load foreseen wrongly.
BARS = {"T3": "resumption_switching", "P3": "backlog_trained", "W5": "backlog_trained", "D5": "forecast"}
#: Gates that tell a mode from the ones under it; what they add is what the mode moves beyond the next one that does not need them.
STEPS = {
    "T1": {"between_contacts": "blocks", "interrupt": "between_contacts"},
    "W2": dict.fromkeys(MODES[1:], "blocks"),
}


def change_rows(case: Case) -> Rows:
    """Return the changes of every smallest set, in the order in which to make them."""
    rows: Rows = []
    for mode in MODES:
        for goal in GOALS:
            changes = case.sets[mode, goal] or ()
            whole = case.hours(mode, changes, goal)
            found = [(change, *unlocked(case, mode, change, whole)) for change in changes]
            found.sort(key=lambda one: (not one[0].gate, EFFORTS.index(one[0].effort), -_most(one[1])))
            rows += [
                {"mode": mode, "goal": goal, "order": order, **_row(change), **_gain(case, mode, adds, words)}
                for order, (change, adds, words) in enumerate(found, start=1)
            ]
    return rows


def _most(adds: Range) -> float:
    """Return what a change unlocks at most; 0 where that cannot be said."""
    return next((figure for figure in (adds.value, adds.high) if not math.isnan(figure)), 0.0)


def _row(change: Change) -> dict[str, object]:
    """Return what to do, from where to where, and who shows how that it is done."""
    clear = "A new assessment whose interval stays clear of that level"
    return {
        "criterion": change.criterion.id,
        "type": change.type,
        "name": change.criterion.name,
        "change": change_words(change),
        "from_level": change.from_level,
        "to_level": change.to_level,
        "effort": change.effort,
        "owner_role": change.criterion.owner_role,
        "evidence": change.criterion.evidence if change.sure else clear,
    }


def _gain(case: Case, mode: str, adds: Range, words: str) -> dict[str, object]:
    """Return what a change unlocks."""
    return {
        "unlocks_h_per_week": adds.value,
        "unlocks_low": adds.low,
        "unlocks_high": adds.high,
        "unlocks_value_per_week": case.money(mode, adds).value,
        "unlocks": words,
    }


def unlocked(case: Case, mode: str, change: Change, whole: Range) -> tuple[Range, str]:
    """Return what one change adds once the others of its set are made, and that in words; `whole` is what the set unlocks.

    Notes
    -----
    Where nothing says what it adds alone, it is part of what the whole set unlocks. A step of the waterfall is the most that a change could add, and no change adds more than the
    item hours that suit the mode and are not moved yet; it was simulated for the policy that is recommended, so it is used for that policy's mode alone.
    """
    name, room = change.criterion.id, case.rooms.of(mode)
    if room.verdict == NO_ROOM:
        return Range(0.0, 0.0, 0.0), "no room"
    if change.type and case.profile.types is not None:
        held = case.profile.types.hours[case.profile.types.names.index(change.type)]
        return Range(), f"{hours(held)} hours a week of this type"
    lost = case.rooms.losses.get(BARS.get(name, ""), Range())
    if lost.known and mode in case.rooms.recommended:
        spare = sum(room.counted.values()) - room.hours.value if room.hours.known and room.counted else math.inf
        ends = [end for end in (whole.value, whole.high) if not math.isnan(end)]
        most = min(max(-lost.value, 0.0), max(spare, 0.0), max(ends, default=math.inf))
        return Range(low=0.0, high=most), f"at most {hours(most)} hours a week" if most >= 0.5 else "no hours by itself"
    under = STEPS.get(name, {}).get(mode)
    if under is not None and room.hours.known and case.rooms.of(under).hours.known:
        return _beyond(whole if whole.known else room.hours, case.rooms.of(under).hours, exact=whole.known)
    if whole.known and whole.value > 0:
        return Range(), f"part of {hours(whole.value)} hours a week"
    return Range(), f"part of {hours(whole.low)} to {hours(whole.high)} hours a week" if not math.isnan(
        whole.low
    ) else ""


def _beyond(whole: Range, under: Range, *, exact: bool) -> tuple[Range, str]:
    """Return what a mode moves beyond another one; the ends are those of both intervals, the widest that can be.

    Where the set opens a part of the mode's hours alone (not `exact`), the difference with all item types is the most that there is.
    """
    adds = Range(
        max(whole.value - under.value, 0.0), max(whole.low - under.high, 0.0), max(whole.high - under.low, 0.0)
    )
    if adds.value < 0.5:
        return Range(0.0 if exact else math.nan, 0.0, adds.high), "no more hours than without it"
    if not exact:
        most = adds.value if math.isnan(adds.high) else adds.high
        return Range(low=0.0, high=most), f"at most {hours(most)} hours a week more"
    return adds, f"{hours(adds.value)} hours a week more"


def set_rows(case: Case) -> Rows:
    """Return the smallest set of every mode and goal that needs any change."""
    rows: Rows = []
    for mode in MODES:
        for goal in GOALS:
            changes = case.sets[mode, goal]
            if not changes:
                continue
            found, counts = case.hours(mode, changes, goal), efforts(changes)
            worth = case.money(mode, found)
            rows.append(
                {
                    "mode": mode,
                    "goal": goal,
                    "changes": len(changes),
                    **{f"{effort}_effort": counts[effort] for effort in EFFORTS},
                    "criteria": ", ".join(dict.fromkeys(change.criterion.id for change in changes)),
                    "hours_per_week": found.value,
                    "hours_low": found.low,
                    "hours_high": found.high,
                    "value_per_week": worth.value,
                    "value_low": worth.low,
                    "value_high": worth.high,
                    "sentence": set_sentence(case, mode, goal, changes),
                }
            )
    return rows

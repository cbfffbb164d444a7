"""Which policy is recommended, why, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.blending.candidates import MODE_OF, SIMPLEST
from analysis.blending.lab import Lab
from analysis.blending.result import MODES
from analysis.blending.tried import Tried
from analysis.blending.verdict import Ruling, percent

# Policies within this share of the most item hours count as moving as much: of them one that callers do not notice is taken, then the simplest.
_AS_MUCH = 0.05
# Items that are used up to this share are what bounds the hours.
_USED_UP = 0.9


@dataclass(frozen=True, slots=True)
class Choice:
    """What the lab recommends for a pool.

    Attributes
    ----------
    key
        Recommended policy; empty where nothing is.
    best
        Best policy of each mode that keeps promise and cap and surely moves items, by mode.
    why
        A sentence per policy.
    sentence
        The recommendation, or why there is none.
    """

    key: str
    best: Mapping[str, Tried]
    why: Mapping[str, str]
    sentence: str


def against_measured(lab: Lab, measured: float | None, tolerance: float) -> Ruling | None:
    """Return why the simulated weeks may not speak; None when today's service level comes out as measured."""
    if measured is None:
        return None
    level = lab.today.figures["service_level"]
    if abs(level - measured) <= tolerance:
        return None
    text = (
        f"the simulated weeks give a service level of {percent(level)} today where {percent(measured)} was measured; "
        f"more than {100 * tolerance:.0f} points apart they may not speak about tomorrow"
    )
    return Ruling("cannot say", text)


def best_of(lab: Lab, mode: str) -> Tried | None:
    """Return the policy of a mode that moves most among those that keep promise, cap and due times."""
    good = [one for key, one in lab.tried.items() if MODE_OF.get(key) == mode and _good(one)]
    return most(good)


def _good(one: Tried) -> bool:
    return one.keeps_promise and one.keeps_cap and one.in_time and one.surely_moves


def most(good: list[Tried]) -> Tried | None:
    """Return the policy that moves most; of those that move as much one that callers do not notice, then the simplest; None of none."""
    if not good:
        return None
    enough = max(one.item_h for one in good) * (1 - _AS_MUCH)
    as_much = [one for one in good if one.item_h >= enough]
    return min(as_much, key=lambda one: (not one.untouched, SIMPLEST.index(one.key)))


def choose(lab: Lab, ruling: Ruling | None) -> Choice:
    """Choose a policy for a pool.

    Parameters
    ----------
    lab
        The simulated policies.
    ruling
        What the data forbid for all policies; None when they may be judged one by one.

    Notes
    -----
    In this order: what the data forbid; only policies that keep promise, cap and due times; the most net item hours, of those within 5 % one that leaves callers
    as they are, then the simplest; fewer agents rostered instead, where that saves more paid hours than items would move and the suitable items are used up.
    """
    if ruling is not None:
        return Choice("", {}, dict.fromkeys(lab.tried, f"nothing is recommended: {ruling.reason}"), ruling.reason)
    best = {mode: found for mode in MODES if (found := best_of(lab, mode)) is not None}
    top = most(list(best.values()))
    roster = lab.tried.get("roster")
    if roster is not None and roster.keeps_promise and roster.keeps_cap and _fewer_instead(lab, top, roster):
        return _named(lab, roster, best, _roster_sentence(lab, roster, top))
    if top is None:
        sentence = _no_room(lab)
        return Choice("", {}, {key: _why_not(lab, one, None) for key, one in lab.tried.items()}, sentence)
    sentence = (
        f"{lab.facts.pool.name}: {top.words}; {_hours(top.item_h)} item hours a week net, "
        f"{percent(top.figures['service_level'])} answered in time (today {percent(lab.today.figures['service_level'])})"
    )
    return _named(lab, top, best, _with_roster(sentence, lab))


def saved_h(lab: Lab) -> float:
    """Return the paid hours a week that rostering to requirement would save."""
    roster = lab.tried.get("roster")
    if roster is None or not (roster.keeps_promise and roster.keeps_cap):
        return 0.0
    return max(lab.today.figures["paid_h_per_week"] - roster.figures["paid_h_per_week"], 0.0)


def _fewer_instead(lab: Lab, top: Tried | None, roster: Tried) -> bool:
    saved = lab.today.figures["paid_h_per_week"] - roster.figures["paid_h_per_week"]
    if top is None:
        return saved > 0 and not lab.facts.items.types
    return saved > top.item_h and top.item_h >= _USED_UP * lab.facts.items.hours_per_week()


def _roster_sentence(lab: Lab, roster: Tried, top: Tried | None) -> str:
    saved = lab.today.figures["paid_h_per_week"] - roster.figures["paid_h_per_week"]
    moved = (
        "no suitable items are known"
        if top is None
        else f"the suitable items fill only {_hours(top.item_h)} hours a week"
    )
    return f"{lab.facts.pool.name}: roster fewer instead; {roster.words} save {_hours(saved)} paid hours a week, while {moved}; the two are never added"


def _with_roster(sentence: str, lab: Lab) -> str:
    saved = saved_h(lab)
    if saved < 1:
        return f"{sentence}."
    return f"{sentence}. Rostering to requirement instead would save {_hours(saved)} paid hours a week; the two are never added."


def _no_room(lab: Lab) -> str:
    today, promise = lab.today, lab.facts.pool.desk.promise
    if not lab.facts.items.types:
        return "no item type suits any mode"
    if today.figures["service_level"] < promise.target:
        return (
            f"the simulated weeks give a service level of {percent(today.figures['service_level'])} today, "
            f"below the target of {percent(promise.target)}"
        )
    return f"no policy moves items and keeps the promise and the cap of {percent(promise.max_occupancy)} on occupancy"


def _named(lab: Lab, chosen: Tried, best: Mapping[str, Tried], sentence: str) -> Choice:
    why = {key: _why_not(lab, one, chosen) for key, one in lab.tried.items()}
    why[chosen.key] = _why(lab, chosen)
    return Choice(chosen.key, best, why, sentence)


def _why(lab: Lab, chosen: Tried) -> str:
    sure = f"the promise is kept with {_sure(chosen)} certainty"
    if chosen.key == "roster":
        return f"recommended: saves more paid hours than the suitable items would fill; {sure}"
    more = max((one.item_h for one in lab.tried.values() if _good(one) and one.key in MODE_OF), default=chosen.item_h)
    if more > chosen.item_h:
        least = "callers do not notice it" if chosen.untouched else "it is the simplest"
        return f"recommended: of the policies that keep promise, cap and due times it moves as many hours as any, within {percent(_AS_MUCH)}, and {least}; {sure}"
    return f"recommended: most net item hours of the policies that keep promise, cap and due times; {sure}"


def _sure(one: Tried) -> str:
    return "more than 99 %" if one.sure > 0.99 else percent(one.sure)


def _why_not(lab: Lab, one: Tried, chosen: Tried | None) -> str:  # noqa: PLR0911 - one sentence per reason
    """Return why a policy is not the recommended one."""
    promise, figures = lab.facts.pool.desk.promise, one.figures
    if one.key == "today":
        return "what the others are compared with"
    if not one.keeps_promise:
        level = figures["service_level"]
        if level >= promise.target:
            return f"answers {percent(level)} in time, but keeps the promise of {percent(promise.target)} with only {_sure(one)} certainty"
        return f"misses the promise: {percent(level)} answered in time, {percent(promise.target)} promised"
    if not one.keeps_cap:
        return _above_cap(one, promise.max_occupancy)
    if one.key in ("roster", "time_off"):
        saved = lab.today.figures["paid_h_per_week"] - figures["paid_h_per_week"]
        return f"saves {_hours(saved)} paid hours a week and moves no items"
    if one.key == "training":
        return f"{_hours(one.item_h)} hours of training a week in the same time, instead of items"
    if not one.in_time:
        return "its items end late more often than today, however few it is given"
    if not one.surely_moves:
        return "moves nothing that other weeks like these would be sure to have"
    if chosen is None or chosen.key == "roster":
        return f"moves {_hours(one.item_h)} hours of items a week"
    if one.item_h >= chosen.item_h * (1 - _AS_MUCH):
        if chosen.untouched and not one.untouched:
            return "moves as much, and callers notice it"
        return "moves as much, by a less simple rule"
    return f"moves {_hours(chosen.item_h - one.item_h)} hours a week less"


def _above_cap(one: Tried, cap: float) -> str:
    occupancy, worst = one.figures["occupancy"], one.figures["occupancy_worst"]
    if occupancy > cap:
        return f"agents are busy {percent(occupancy)} of the time, above the cap of {percent(cap)}"
    if worst > cap:
        return f"agents are busy {percent(worst)} of the time in the busiest half hour with items, above the cap of {percent(cap)}"
    return f"agents are busy {percent(occupancy)} of the time, which is not surely below the cap of {percent(cap)}"


def _hours(hours: float) -> str:
    return f"{hours:.1f}" if abs(hours) < 20 else f"{hours:,.0f}"

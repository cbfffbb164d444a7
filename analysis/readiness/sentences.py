"""The sentences of a readiness assessment, for readers who know the business and not the method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from analysis.readiness.case import Case
from analysis.readiness.changes import Change, cheapest_mode, efforts
from analysis.readiness.criteria import Criterion
from analysis.readiness.questionnaire import NO_EDITS, Edits
from analysis.readiness.result import MODES, Verdict
from analysis.readiness.room import NO_ROOM, ROOM, Range
from analysis.readiness.verdict import headline_mode, types_state
from analysis.value.words import amount, hours

MODE_WORDS = {
    "blocks": "items in blocks",
    "between_contacts": "items between contacts",
    "interrupt": "items with interruption",
}
CLASS_WORDS = {
    "ready": "ready",
    "ready_with_changes": "ready with changes",
    "not_yet": "not yet allowed",
    "cannot_say": "not answered yet",
}
_NAMED = 4


def capital(text: str) -> str:
    """Return a text with its first letter large."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Return a text with its first letter small."""
    return text[:1].lower() + text[1:]


def counted(number: int, one: str = "change") -> str:
    """Return a number of things.

    Examples
    --------
    >>> counted(1), counted(3)
    ('1 change', '3 changes')
    """
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def listed(names: Sequence[str], most: int = 1000) -> str:
    """Return names as a list, the rest counted.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b", "c", "d"], most=2)
    ('a', 'a, b and c', 'a, b and 2 more')
    """
    shown = list(names) if len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def hours_words(found: Range) -> str:
    """Return hours a week with their range; empty where nothing is known.

    Examples
    --------
    >>> hours_words(Range(213.7, 203.1, 224.2)), hours_words(Range(low=60.0, high=80.0)), hours_words(Range())
    ('215 (205 to 225) hours a week', '60 to 80 hours a week', '')
    """
    if found.known:
        own = hours(found.value)
        if math.isnan(found.low) or hours(found.low) == hours(found.high):
            return f"{own} hours a week"
        return f"{own} ({hours(found.low)} to {hours(found.high)}) hours a week"
    return "" if math.isnan(found.low) else f"{hours(found.low)} to {hours(found.high)} hours a week"


def money_words(found: Range, currency: str) -> str:
    """Return an amount a week with its range; empty where nothing is known."""
    spread = "" if math.isnan(found.low) else f"{amount(found.low)} to {amount(found.high)}"
    if not found.known:
        return f"{currency} {spread} a week" if spread else ""
    return (
        f"{currency} {amount(found.value)} ({spread}) a week" if spread else f"{currency} {amount(found.value)} a week"
    )


def needed_words(changes: Sequence[Change]) -> str:
    """Return the number of changes, and how many of them are gates.

    Examples
    --------
    >>> needed_words(())
    '0 changes'
    """
    gates = sum(change.gate for change in changes)
    if not gates:
        return counted(len(changes))
    if gates == len(changes):
        return f"{counted(gates)} ({'a gate' if gates == 1 else 'all gates'})"
    return f"{counted(len(changes))} ({gates} of them {'a gate' if gates == 1 else 'gates'})"


def mode_sentence(case: Case, mode: str) -> str:
    """Say where a mode stands, what it waits for, and what it would move."""
    parts = [
        f"{capital(MODE_WORDS[mode])}: {_standing(case, mode)}.",
        _room_sentence(case, mode),
        _left_out(case, mode),
    ]
    return " ".join(part for part in parts if part)


def _standing(case: Case, mode: str) -> str:
    verdict, to_ready, to_allowed = case.verdicts[mode], case.sets[mode, "ready"], case.sets[mode, "allowed"]
    if verdict == "ready":
        return "ready"
    if verdict == "ready_with_changes":
        if to_ready is None:
            return f"no gate stops them, but they cannot become ready: {too_few(case)}"
        more = "" if case.hours(mode, to_ready, "ready").known else ", and every further item type opens more"
        return f"no gate stops them; ready after {needed_words(to_ready)}{more}"
    if verdict == "cannot_say":
        return f"cannot be said; no answer that counts on {listed(_names(open_gates(case, mode)), _NAMED)}"
    names = listed(_stops(case, stopping(case, mode)), _NAMED)
    way = "" if to_allowed is None else f"; {counted(len(to_allowed))} would allow them"
    return f"not yet; {f'stopped by {names}' if names else too_few(case)}{way}"


def too_few(case: Case) -> str:
    """Say that no choice of item types could hold the hours asked for."""
    types = case.profile.types
    held = 0.0 if types is None else sum(types.hours)
    return f"all item types together hold {hours(held)} hours a week, and {hours(case.settings.minimum_type_h_per_week)} are asked"


def _room_sentence(case: Case, mode: str) -> str:
    """Say what the mode would move, or that blending sees no room for them."""
    room, allowed = case.rooms.of(mode), mode in case.allowed()
    if room.verdict == ROOM:
        said = hours_words(case.hours(mode))
        return f"Room for {said}." if said else ""
    if not allowed:
        return ""
    if room.verdict == NO_ROOM:
        return f"But there is no room for them: {room.reason}."
    return f"But whether there is room for them cannot be said: {room.reason}."


def _left_out(case: Case, mode: str) -> str:
    """Say which item types are left out, and which are not ready yet."""
    if mode not in case.allowed():
        return ""
    out, waiting = case.left_out(mode), case.not_ready(mode)
    said = [f"Left out: {_types(case, out)}"] if out else []
    left = len(case.profile.types.names) - len(out) if case.profile.types is not None else 0
    if waiting and len(waiting) == left:
        said.append(f"{'The others are' if out else 'No item type is'} {'not ' if out else ''}ready yet")
    elif waiting:
        said.append(f"Not ready yet: {_types(case, waiting)}")
    return "".join(f"{part}. " for part in said).strip()


def _types(case: Case, names: Sequence[str]) -> str:
    """Return item types with the hours that they hold."""
    return f"{listed([small(name) for name in names], _NAMED)} ({hours(case.held(names))} hours a week)"


def stopping(case: Case, mode: str) -> list[Criterion]:
    """Return the gates that rule a mode out for certain."""
    levels = case.profile.levels
    own = [
        gate
        for gate in case.profile.gates(mode)
        if (level := levels.get(gate.id)) is not None and gate.stops(mode, level)
    ]
    if types_state(case.profile, mode) == "stops":
        raised = {one.criterion.id for one in case.sets[mode, "allowed"] or () if one.type}
        own += [gate for gate in case.profile.gates(mode) if gate.id in raised and gate not in own]
    return own


def open_gates(case: Case, mode: str) -> list[Criterion]:
    """Return the gates of a mode without an answer that counts."""
    levels = case.profile.levels
    own = [gate for gate in case.profile.gates(mode) if levels.get(gate.id) is None]
    if types_state(case.profile, mode) == "unknown":
        raised = {one.criterion.id for one in case.sets[mode, "allowed"] or () if one.from_level is None}
        own += [gate for gate in case.profile.gates(mode) if gate.id in raised and gate not in own]
    return own


def _stops(case: Case, gates: Sequence[Criterion]) -> list[str]:
    """Return what stops a mode: names of gates, and one for all that fail only because the item types hold too few hours."""
    types = case.profile.types
    if types is None or types.enough(sum(types.hours)):
        return _names(gates)
    own = [gate for gate in gates if gate.id not in case.profile.from_types]
    return [*_names(own), *(["the small number of item hours"] if len(own) < len(gates) else [])]


def _names(criteria: Sequence[Criterion]) -> list[str]:
    return [small(criterion.name) for criterion in criteria]


def headline_of(case: Case, edits: Edits = NO_EDITS) -> Verdict:
    """Return the headline: the highest mode that is allowed and has room, or why there is none; and which gates an edited questionnaire took away."""
    found = _verdict(case)
    gates = [*edits.gates_taken_away, *edits.gates_loosened]
    if not gates:
        return found
    return replace(
        found, headline=f"{found.headline} Judged by an edited questionnaire, with weaker gates: {listed(gates)}."
    )


def _verdict(case: Case) -> Verdict:
    rooms, allowed = case.rooms, case.allowed()
    with_room = {mode: case.verdicts[mode] for mode in allowed if rooms.of(mode).verdict == ROOM}
    mode = headline_mode({**dict.fromkeys(MODES, "not_yet"), **with_room})
    if mode:
        verdict = case.verdicts[mode]
        said = _ready(case, mode) if verdict == "ready" else _with_changes(case, mode)
        return Verdict(verdict, mode, " ".join(part for part in (said, *_beside(case, mode)) if part))
    if allowed:
        return _without_room(case, allowed)
    if "cannot_say" in case.verdicts.values():
        return Verdict("cannot_say", "", _cannot_say(case))
    return Verdict("not_yet", "", _not_yet(case))


def _cannot_say(case: Case) -> str:
    missing = {gate.id: gate for one in MODES for gate in open_gates(case, one)}
    names, roles = _names(list(missing.values())), next(iter(missing.values())).roles
    everywhere = [gate for gate in stopping(case, MODES[0]) if all(gate in stopping(case, one) for one in MODES)]
    stops = _stops(case, [gate for gate in everywhere if gate.id not in missing])
    also = (
        f" Known already: {listed(stops, _NAMED)} {'stops' if len(stops) == 1 else 'stop'} every mode." if stops else ""
    )
    return (
        f"Whether items can be mixed with contacts here cannot be said: no answer that counts on {listed(names, _NAMED)}. "
        f"{'Ask' if len(missing) == 1 else 'Begin with'} the {roles[0]}.{also}"
    )


def _ready(case: Case, mode: str) -> str:
    return f"Ready for {MODE_WORDS[mode]}: room for {_opened(case, mode, ()) or 'hours that are not known'}."


def _with_changes(case: Case, mode: str) -> str:
    changes = case.sets[mode, "ready"]
    if not changes:
        return f"Ready with changes, for {MODE_WORDS[mode]}: no gate stops them, but {too_few(case)}."
    first = changes[0]
    return (
        f"Ready with changes, for {MODE_WORDS[mode]}: {needed_words(changes)} {'opens' if len(changes) == 1 else 'open'} "
        f"{_opened(case, mode, changes) or 'the way to ready'}. First: {small(change_words(first))} ({first.criterion.owner_role})."
    )


def _opened(case: Case, mode: str, changes: Sequence[Change]) -> str:
    """Return which hours a set of changes opens, as a part of all that blending finds."""
    gain, whole = case.hours(mode, changes, "ready"), case.rooms.of(mode).hours
    if math.isnan(gain.low) and not gain.known:
        return ""
    if gain.known:
        return hours_words(gain)
    own = f"at least {hours(gain.low)}" if gain.high >= whole.value else f"{hours(gain.low)} to {hours(gain.high)}"
    return f"{own} of the {hours(whole.value)} hours a week that blending finds"


def _beside(case: Case, mode: str) -> list[str]:
    """Say which higher mode is allowed and has no room, and when blending recommends something else."""
    said = []
    higher = [one for one in case.allowed() if MODES.index(one) > MODES.index(mode)]
    for one in higher:
        none = case.rooms.of(one).verdict == NO_ROOM
        said.append(f"For {MODE_WORDS[one]} {'there is no room' if none else 'room is not known'}.")
    others = [one for one in case.rooms.recommended if one != mode]
    if case.rooms.fewer:
        said.append("Fewer agents on the roster would save more than items would move.")
    elif others and mode not in case.rooms.recommended:
        classes = listed([f"{MODE_WORDS[one]} ({CLASS_WORDS[case.verdicts[one]]})" for one in others])
        said.append(f"The simulated weeks recommend another way: {classes}.")
    return said


def _without_room(case: Case, allowed: Sequence[str]) -> Verdict:
    names = "any mode" if len(allowed) == len(MODES) else listed([MODE_WORDS[one] for one in allowed])
    unknown = [case.rooms.of(one) for one in allowed if case.rooms.of(one).verdict != NO_ROOM]
    if unknown:
        text = f"Whether this will work cannot be said: no gate stops {names}, but whether the waiting time leaves room is not known ({unknown[-1].reason})."
        return Verdict("cannot_say", "", text)
    return Verdict(
        "not_yet",
        "",
        f"Not yet: no gate stops {names}, but the waiting time leaves no room for items: {case.rooms.of(allowed[-1]).reason}.",
    )


def _not_yet(case: Case) -> str:
    everywhere = [gate for gate in stopping(case, MODES[0]) if all(gate in stopping(case, one) for one in MODES)]
    gates = everywhere or stopping(case, MODES[0])
    where = "every mode" if everywhere else MODE_WORDS[MODES[0]]
    stops = _stops(case, gates)
    names = f"{listed(stops, _NAMED)} {'stops' if len(stops) == 1 else 'stop'} {where}" if stops else ""
    ways = {one: case.sets[one, "allowed"] for one in MODES if case.rooms.of(one).verdict != NO_ROOM}
    mode = cheapest_mode(ways)
    first = f"Not yet: {names or too_few(case)}."
    changes = ways.get(mode) or ()
    if not changes:
        return first
    return (
        f"{first} The shortest way leads to {MODE_WORDS[mode]}, by {counted(len(changes))}: "
        f"{listed([small(change_words(one)) for one in changes], 2)}."
    )


def change_words(change: Change) -> str:
    """Return what to do."""
    criterion = change.criterion
    if not change.sure:
        return f"Make sure of {small(criterion.name)}: measure longer, until the data rule out a level that stops"
    if change.from_level is None:
        about = f" for {small(change.type)}" if change.type else ""
        return f"Answer{about}: {small(criterion.type_question if change.type and criterion.type_question else criterion.question)}"
    return criterion.change_of(small(change.type))


def set_sentence(case: Case, mode: str, goal: str, changes: Sequence[Change]) -> str:
    """Say how many changes lead where, with what effort, and what they unlock."""
    found = case.hours(mode, changes, goal)
    counts = efforts(changes)
    effort = listed([f"{number} of {name}" for name, number in counts.items() if number])
    said_of = (
        f"1 change of {changes[0].effort} effort" if len(changes) == 1 else f"{len(changes)} changes ({effort} effort)"
    )
    end = f"make {MODE_WORDS[mode]} ready" if goal == "ready" else f"allow {MODE_WORDS[mode]}"
    if len(changes) == 1:
        end = end.replace("make ", "makes ", 1).replace("allow ", "allows ", 1)
    if case.rooms.of(mode).verdict == NO_ROOM:
        gain = ", for which there is no room"
    elif found.known and found.value <= 0:
        gain = ", though blending counts no hours of the item types left in it"
    else:
        said, worth = hours_words(found), money_words(case.money(mode, found), case.currency)
        gain = f": room for {said}" if said else ""
        gain += f"; the part of them that is really moved is worth {worth}" if said and worth else ""
    missing = sum(change.from_level is None for change in changes)
    if missing == len(changes):
        said_of = f"{counted(missing, 'missing answer')}, if good enough,"
    elif missing:
        said_of = f"{said_of}, {missing} of them {'a missing answer' if missing == 1 else 'missing answers'},"
    return f"{said_of} {end}{gain}."

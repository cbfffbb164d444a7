"""The plan itself: phases with what opens them, what is done, what must hold to go on, and when to stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.readiness.plan.blanks import Said
from analysis.readiness.plan.entries import Open, open_for
from analysis.readiness.plan.situation import ALLOWED, Given, Situation, Slot
from analysis.readiness.plan.texts import PHASES, Hold, PlanTexts, Step

Row = dict[str, Any]


def plan_rows(given: Given, found: Situation, texts: PlanTexts, said: Said, of_mode: dict[str, Said]) -> list[Row]:
    """Return the rows of the frame ``plan`` for the way that the plan takes.

    Parameters
    ----------
    given, found, texts
        What it is made from, the way it takes, and its texts.
    said, of_mode
        What is known about the client, and about each mode.
    """
    if found.way == "answer":
        rows = list(_answer(given, found, texts, said))
    elif found.way == "instead":
        rows = list(_instead(given, texts, said))
    else:
        rows = list(_blend(given, found, texts, of_mode))
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["phase"], row["kind"])
        counts[key] = counts.get(key, 0) + 1
        row["order"] = counts[key]
    return rows


def _blend(given: Given, found: Situation, texts: PlanTexts, of_mode: dict[str, Said]) -> Iterator[Row]:
    slots = {slot.phase: slot for slot in found.slots}
    before: set[tuple[str, str]] = set()
    moved = ""
    for phase in PHASES:
        part = texts.phase[phase]
        if phase not in slots:
            why = found.left_out[phase]
            yield {"phase": phase, "mode": part.mode, "kind": "left_out", "text": getattr(part, f"left_out_{why}")}
            continue
        slot, said = slots[phase], of_mode[part.mode]
        kept = _number(said.blanks.get("moved", "")) < _number(moved)
        moved = moved if kept else said.blanks.get("moved", "")
        said = said.also(moved=moved)
        place = {"phase": phase, "mode": part.mode}
        weeks = {"week_from": slot.week_from, "week_to": slot.week_to}
        for one in open_for(given, part.mode):
            if (one.criterion, one.type) not in before:
                before.add((one.criterion, one.type))
                yield place | _entry(one)
        go = {"text": part.go, "owner_role": part.go_owner, "evidence": part.go_evidence}
        yield place | {"kind": "entry", "state": "open"} | go
        first = slot == found.slots[0]
        steps = [step for step in part.do if first or "{pilot}" not in step.text]
        yield from (place | weeks | row for row in _steps(steps, said))
        yield from (place | weeks | row for row in _holds(given, texts, said, slot, kept=kept))


def of_type(text: str, item_type: str) -> str:
    """Return a change with the item type that it concerns, unless it names it already."""
    return text if not item_type or item_type in text else f"{text} ({item_type})"


def _entry(one: Open) -> Row:
    """Return an entry criterion; one that nobody could answer is asked, else its change is named."""
    return {
        "kind": "entry",
        "text": of_type(one.change, one.type),
        "criterion": one.criterion,
        "owner_role": one.owner_role,
        "evidence": one.evidence,
        "state": one.state,
    }


def _steps(steps: list[Step] | tuple[Step, ...], said: Said) -> Iterator[Row]:
    for step in steps:
        text = said.fill(step.text, step.without) if said.holds(step.when) else ""
        if text:
            yield {
                "kind": "do", "text": text, "owner_role": step.owner_role, "evidence": step.evidence, "state": "open",
            }  # fmt: skip


def _number(hours: str) -> float:
    """Return spelled hours as a number; 0 where they are not known."""
    return float(hours.replace(",", "") or 0)


def _holds(given: Given, texts: PlanTexts, said: Said, slot: Slot, *, kept: bool) -> Iterator[Row]:
    """Return what must hold at the end of a phase, each with its stop rule; `kept` says that no more hours are asked for than before."""
    for hold in texts.hold:
        yield from _pair(hold, *_rule(given, hold, said, slot.ramp), owner=hold.owner_role)
    own = texts.own
    factor = texts.limits.item_time_factor[slot.phase]  # type: ignore[index]
    more = {"factor": f"{factor:g}", "fewest_items": str(texts.limits.fewest_items)}
    time = said.fill(own["time_go"], own["time_without"], **more)
    yield from _own(own, "breaks", own["breaks_go"])
    yield from _own(own, "time", time)
    yield from _own(own, "moved", said.fill(own["moved_kept" if kept else "moved_go"]))


def _own(own: dict[str, str], name: str, go: str) -> Iterator[Row]:
    if go:
        row = {"owner_role": own[f"{name}_owner"], "evidence": own[f"{name}_evidence"], "measure": own[f"{name}_name"]}
        yield row | {"kind": "exit", "text": go, "state": "open"}
        yield row | {"kind": "stop", "text": own[f"{name}_stop"], "state": "open"}


def _pair(hold: Hold, go: str, stop: str, *, owner: str) -> Iterator[Row]:
    row = {"owner_role": owner, "evidence": hold.evidence, "measure": hold.name, "state": "open"}
    if go:
        yield row | {"kind": "exit", "text": go}
        yield row | {"kind": "stop", "text": stop}


def _rule(given: Given, hold: Hold, said: Said, ramp: str) -> tuple[str, str]:
    """Return the checkpoint's go and stop for a measure, else the words of the plan."""
    frame = given.utilization.checkpoints
    rows = frame[
        (frame["population"] == hold.population) & (frame["phase"] == ramp) & (frame["measure"] == hold.measure)
    ]
    if len(rows):
        return str(rows["go"].iloc[0]), str(rows["stop"].iloc[0])
    return said.fill(hold.go), said.fill(hold.stop)


def _answer(given: Given, found: Situation, texts: PlanTexts, said: Said) -> Iterator[Row]:
    """Return only what leads to an answer: questions that nobody could answer, changes that stop it, and what blending lacks."""
    part, place = texts.answer, {"phase": "answer", "mode": found.mode, "kind": "do"}
    allowed = found.verdicts[found.mode] in ALLOWED
    for one in [] if allowed else open_for(given, found.mode, goal="allowed"):
        asked = one.state == "unknown"
        text = said.fill(part.ask, question=one.question) if asked else said.fill(part.make, change=one.change)
        yield place | {
            "text": of_type(text, one.type),
            "criterion": one.criterion,
            "owner_role": one.owner_role,
            "evidence": part.ask_evidence if asked else one.evidence,
            "state": one.state,
        }
    if found.rooms[found.mode] != "room":
        room = {"text": said.fill(part.room), "owner_role": part.room_owner, "evidence": part.room_evidence}
        yield place | {"state": "unknown"} | room
    again = {"text": part.again, "owner_role": part.again_owner, "evidence": part.again_evidence}
    yield place | {"state": "open"} | again
    yield place | {"kind": "exit", "state": "open", "owner_role": part.again_owner, "text": part.exit}


def _instead(given: Given, texts: PlanTexts, said: Said) -> Iterator[Row]:
    """Return what a client without room can do: rosters to requirement, and the back office's own room."""
    part, place = texts.instead, {"phase": "instead", "mode": ""}
    yield place | {"kind": "left_out", "text": said.fill(part.left_out, part.left_out_plain)}
    known = {one.criterion: one for mode in given.modes["mode"] for one in open_for(given, mode)}
    for name in part.entry:
        if name in known:
            yield place | _entry(known[name])
    yield from (place | row for row in _steps(part.do, said))
    for hold in texts.hold:
        if hold.measure in part.exit_measures:
            go, stop = _rule(given, hold, said, PHASES[0])
            yield from (place | row for row in _pair(hold, go, stop, owner=hold.owner_role))

"""The rows of the frames about criteria, modes, gates and item types."""

from __future__ import annotations

from analysis.readiness.acceptability import (
    classes,
    drawn,
    shares,
    swung,
    without_domain,
)
from analysis.readiness.answer import Answer
from analysis.readiness.case import Case
from analysis.readiness.criteria import Criterion
from analysis.readiness.result import MODES
from analysis.readiness.sentences import (
    CLASS_WORDS,
    MODE_WORDS,
    capital,
    listed,
    mode_sentence,
    open_gates,
    small,
    stopping,
    too_few,
)
from analysis.readiness.types import TypeLevel
from analysis.readiness.verdict import short_of
from analysis.value.words import hours

Rows = list[dict[str, object]]
_SOURCES = {
    "weights": ("weights", "only the weights were drawn"),
    "raters": ("raters", "only the raters were drawn"),
    "data": ("data", "only the figures of the data were drawn"),
}


def criteria_rows(case: Case) -> Rows:
    """Return the profile, one row a criterion."""
    return [_criterion_row(answer, case) for answer in case.answers]


def _criterion_row(answer: Answer, case: Case) -> dict[str, object]:
    criterion, (low, high) = answer.criterion, answer.range()
    return {
        "criterion": criterion.id,
        "domain": criterion.domain,
        "name": criterion.name,
        "text": criterion.question,
        "gate": criterion.is_gate,
        "auto": criterion.data,
        "level": answer.level,
        "low_level": low,
        "high_level": high,
        "raters": answer.ratings.raters,
        "roles": answer.ratings.roles,
        "not_known": answer.ratings.not_known,
        "spread": answer.ratings.spread(),
        "source": answer.source,
        "grade": answer.grade,
        "evidence": answer.evidence(),
        "disagreement": answer.disagreement(case.settings.disagreement_levels),
    }


def mode_rows(case: Case) -> Rows:
    """Return where every mode stands."""
    rows: Rows = []
    for mode in MODES:
        found = case.hours(mode)
        changes = case.sets[mode, "ready"]
        waits = short_of(case.profile, mode) if changes is None else [change.criterion for change in changes]
        blocking = dict.fromkeys(
            criterion.id for criterion in [*waits, *([] if changes is not None else stopping(case, mode))]
        )
        rows.append(
            {
                "mode": mode,
                "verdict": case.verdicts[mode],
                "room": case.rooms.of(mode).verdict,
                "blocking": ", ".join(blocking),
                "hours_per_week": found.value,
                "hours_low": found.low,
                "hours_high": found.high,
                "type_h_per_week": case.type_hours(mode),
                "sentence": mode_sentence(case, mode),
            }
        )
    return rows


def gate_rows(case: Case) -> Rows:
    """Return every gate with its level, what is needed, and where it stands."""
    by_id = {answer.criterion.id: answer for answer in case.answers}
    return [_gate_row(case, by_id[one.id], one) for one in case.profile.criteria if one.is_gate]


def _gate_row(case: Case, answer: Answer, gate: Criterion) -> dict[str, object]:
    modes = [mode for mode in MODES if mode in gate.gates or mode in gate.least]
    needed, (low, high) = max(gate.needed(mode) for mode in modes), answer.range()
    state, said = _gate_state(case, answer, modes, needed)
    return {
        "criterion": gate.id,
        "name": gate.name,
        "modes": ", ".join(modes),
        "level": answer.level,
        "low_level": low,
        "high_level": high,
        "needed": needed,
        "state": state,
        "source": answer.source,
        "grade": answer.grade,
        "sentence": f"{gate.name}: {said}.",
    }


def _gate_state(case: Case, answer: Answer, modes: list[str], needed: int) -> tuple[str, str]:
    """Return met | open | stops | unknown, and why in words."""
    gate, level = answer.criterion, answer.level
    stops = [mode for mode in modes if gate in stopping(case, mode)]
    if level is None or any(gate in open_gates(case, mode) for mode in modes):
        return "unknown", "only assumed, which does not count" if answer.grade == "D" else "no answer that counts"
    if stops:
        where = "every mode" if len(stops) == len(MODES) else listed([MODE_WORDS[mode] for mode in stops])
        words = f"{gate.levels['0']}" if level == 0 else f"level {level}"
        types = case.profile.types
        if types is not None and gate.id in case.profile.from_types and not types.enough(sum(types.hours)):
            words = too_few(case)
        return "stops", f"{words}; stops {where}"
    if any(case.profile.unsure(gate, mode) for mode in modes):
        return (
            "open",
            f"level {level}, but the interval of the data reaches level {answer.range()[0]}, which would stop it",
        )
    short = [mode for mode in modes if gate.id in {one.criterion.id for one in case.sets[mode, "ready"] or ()}]
    if level >= needed and not short:
        return "met", "met"
    if level >= needed:
        return "open", f"level {level}, but too few hours of item types pass all gates together"
    return "open", f"level {level}, {needed} needed"


def type_rows(case: Case) -> Rows:
    """Return every item type on every criterion that is judged type by type."""
    types = case.profile.types
    if types is None:
        return []
    by_id = {criterion.id: criterion for criterion in case.profile.criteria}
    rows: Rows = []
    for place, name in enumerate(types.names):
        for criterion, levels in types.levels.items():
            one = levels[place]
            out, waiting = _standing_of(case, criterion, one)
            rows.append(
                {
                    "type": name,
                    "criterion": criterion,
                    "hours_per_week": types.hours[place],
                    "level": one.level,
                    "source": one.source,
                    "grade": one.grade,
                    "left_out": ", ".join(out),
                    "open_in": ", ".join(waiting),
                    "sentence": _type_sentence(case, name, one, (out, waiting), by_id[criterion]),
                }
            )
    return rows


def _standing_of(case: Case, criterion: str, one: TypeLevel) -> tuple[list[str], list[str]]:
    """Return the modes that this criterion leaves a type out of, and those for which it is not ready."""
    out, waiting = [], []
    for mode in MODES:
        least = case.profile.floors(mode, "allowed").get(criterion)
        if least is not None and one.level is not None and one.level < least:
            out.append(mode)
        elif least is not None and (one.level is None or one.level < case.profile.floors(mode, "ready")[criterion]):
            waiting.append(mode)
    return out, waiting


def _type_sentence(
    case: Case, name: str, one: TypeLevel, standing: tuple[list[str], list[str]], criterion: Criterion
) -> str:
    out, waiting = standing
    if not out and not waiting:
        return ""
    why = one.words or f"is at level {one.level} on {small(criterion.name)}"
    modes = out or waiting
    every = f"{'every' if out else 'any'} mode"
    where = every if len(modes) == len(MODES) else listed([MODE_WORDS[mode] for mode in modes])
    end = f"left out of {where}" if out else f"not ready yet for {where}"
    return f"{capital(name)} ({hours(case.held([name]))} hours a week) {why}: {end}."


def sensitivity_rows(case: Case) -> Rows:
    """Return, for every mode, its class under one source of doubt at a time, and if a domain did not count."""
    draws = {kind: drawn(case.answers, case.settings, vary=(kind,)) for kind in _SOURCES}
    rows: Rows = []
    for mode in MODES:
        own = case.verdicts[mode]
        for kind, (what, start) in _SOURCES.items():
            share = shares(classes(case.profile, draws[kind], mode))[own]
            text = _kept(start, own, share)
            if kind == "weights":
                text = f"{text} {_swing(case, mode)}"
            rows.append({"mode": mode, "kind": kind, "what": what, "verdict": own, "share": share, "sentence": text})
        rows += _domain_rows(case, mode)
    return rows


def _kept(start: str, verdict: str, share: float) -> str:
    """Say how often the class stays."""
    if share >= 1:
        return f"When {start}, the class stayed {CLASS_WORDS[verdict]} in every draw."
    said = f"{100 * share:.0f} %" if 0.005 <= share < 0.995 else "more than 99 %" if share >= 0.995 else "under 1 %"
    return f"When {start}, the class was {CLASS_WORDS[verdict]} in {said} of the draws."


def _swing(case: Case, mode: str) -> str:
    share = swung(case.profile, mode, case.settings.negligible_weight)
    if share >= 1:
        return "Half as much or half as much again on the weight of any one criterion changes nothing, since no weighted mean decides."
    return f"Half as much or half as much again on the weight of one criterion changes the class in {100 * (1 - share):.0f} % of such cases."


def _domain_rows(case: Case, mode: str) -> Rows:
    own = case.verdicts[mode]
    other = {
        domain: without_domain(case.profile, domain, mode)
        for domain in dict.fromkeys(criterion.domain for criterion in case.profile.criteria)
    }
    changed = [domain for domain, verdict in other.items() if verdict != own]
    if changed:
        text = (
            f"Without the criteria of {listed(changed)} that are no gates it would be {CLASS_WORDS[other[changed[0]]]}."
        )
    else:
        text = (
            "No domain decides alone: the class is the same without the criteria of any one domain that are no gates."
        )
    return [
        {
            "mode": mode,
            "kind": "domain",
            "what": f"without {domain}",
            "verdict": verdict,
            "share": float("nan"),
            "sentence": text,
        }
        for domain, verdict in other.items()
    ]

"""The three answers of page one: what was measured, what can be reached, whether items can fill the waiting, each in few sentences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import POPULATIONS
from analysis.report.chapters import blend, decisions, measure, worth
from analysis.report.context import Context, bounded
from analysis.report.exhibits import capacity, lab, limits, paid_hours, shares, steps
from analysis.report.numbers import mark

# the back office first: its shares are what was asked for
ORDER = tuple(reversed(POPULATIONS))
MODES = ("blocks", "between_contacts", "interrupt")
# a change of the service level below half a tenth of a point is none
LEAST_CHANGE = 0.0005


def of_hundred(c: Context, estimate: Estimate | None) -> str:
    """Return a share as hours of 100, with its interval and grade; empty without a figure."""
    if estimate is None or estimate.value is None:
        return ""
    text = c.n.points(estimate.value)
    if estimate.low is not None and estimate.high is not None:
        text = f"{text} ({c.n.bounds(estimate.low, estimate.high)})"
    return text + mark(estimate.grade)


def measured(c: Context) -> list[str]:
    """Return where 100 attended hours go, one sentence a population; what could not be measured is one too."""
    said, first = [], True
    # the order of the chart beside it
    for name in [name for name in (ORDER if c.measured() else POPULATIONS) if name in c.populations()]:
        parts = _parts(c, name)
        if not parts:
            said.append(measure.non_work(c, name))
            continue
        key = f"first.hundred.{name}" if first else f"first.hundred_too.{name}"
        said.append(f"{c.words(key, parts=c.words.listed(parts))} {_bound(c, name)}".strip())
        first = False
    return said


def _parts(c: Context, population: str) -> list[str]:
    """Return the parts of 100 attended hours in words, in the order of the ladder."""
    found = {name: c.estimate(f"baseline.{name}", population=population)
             for name in ("utilization", "support_share", "idle_share", "away_share", "non_work_share", "unaccounted_share")}  # fmt: skip
    said = {name: of_hundred(c, estimate) for name, estimate in found.items()}
    if not said["utilization"]:
        return []
    whole = ["utilization", "support_share"]
    waits = population == "contact_centre" and bool(said["idle_share"])
    whole += ["idle_share"] if waits else []
    if said["non_work_share"]:
        whole += ["non_work_share"]
    else:
        whole += [name for name in ("idle_share", "away_share") if name not in whole]
    parts = [c.words(f"first.part.{name}_{population}", share=said[name]) for name in whole if said[name]]
    other = next(
        (part for part in shares.segments(c.baseline).get(population, ()) if part.key == shares.SEEN_WORK), None
    )
    if other is not None:
        return [*parts, c.words("first.part.seen_work", share=c.n.points(other.value))]
    rest = said["unaccounted_share"]
    return [*parts, c.words("first.part.unaccounted", share=rest)] if rest else parts


def _bound(c: Context, population: str) -> str:
    """Return between which bounds non-work lies where it has no figure."""
    found = c.estimate("baseline.non_work_share", population=population)
    if found is None or found.value is not None or found.low is None or found.high is None:
        return ""
    return c.words("first.bound", bounds=c.n.bounds(found.low, found.high, word="and") + mark(found.grade))


def estimated(c: Context) -> list[str]:
    """Return what each population can reach, what the quoted figure would take here, and what that frees; empty without a utilization today."""
    rows = {str(row.population): row for row in limits.rows(c.utilization).itertuples()}
    if not rows:
        return []
    said = [_reach(c, rows[name]) if name in rows else _unknown(c, name) for name in ORDER if name in c.populations()]
    asked = quoted(c, [rows[name] for name in ORDER if name in rows])
    return [text for text in (*said, asked, freed(c)) if text]


def _unknown(c: Context, population: str) -> str:
    """Return that a population's reach cannot be said, with the bounds of its utilization today where there are any."""
    whose = c.words(f"ceilings.subject.{population}")
    frame = c.utilization.achievable
    for row in frame[frame["population"] == population].dropna(subset=["today_low", "today_high"]).itertuples():
        bounds = c.n.bounds(float(row.today_low), float(row.today_high), sign=True, word="and")  # type: ignore[reportArgumentType]
        return c.words("first.reach.bounds", population=whose, bounds=bounds)
    return c.words("first.reach.none", population=whose)


def _reach(c: Context, row: Any) -> str:
    """Return from where to where a population can go, by which week, and what stands in the way."""
    words = c.words
    whose = words(f"first.subject.{row.population}")
    measured_ = c.estimate("baseline.utilization", population=row.population)
    by_logs = measured_ is not None and measured_.value is not None and abs(measured_.value - row.today) < LEAST_CHANGE
    grade = measured_.grade if measured_ is not None and by_logs else "B"
    today = bounded(c.n, row, value="today", low="today_low", high="today_high", grade=grade)
    found = c.estimate("utilization.achievable", population=row.population)
    value = bounded(c.n, row, grade=found.grade if found is not None else "")
    if not value:
        return words("first.reach.unknown", population=whose, today=today)
    names = [f"ceiling.{name}.{row.population}" for name in str(row.binding).split(" or ")]
    limit = f" {words('number.or')} ".join(words(name) for name in names if name in words)
    key = "stay" if row.value <= row.today else "reach" if getattr(row, "found", True) else "near"
    step = steps.reached(c.utilization, str(row.population)) if key == "reach" else None
    by = words("first.reach.by", target=c.n.share(step[0]), week=c.n.count(step[1])) if step else ""
    return words(f"first.reach.{key}", population=whose, today=today, value=value, limit=limit, by=by)


def quoted(c: Context, rows: list[Any]) -> str:
    """Return what the utilization that is quoted as good would take here, in points of the attended hours.

    The points are those of the printed shares, so that a reader can take one from the other.
    """
    target, parts = c.utilization.settings.reference_share, []
    for row in rows:
        if pd.isna(row.value):
            continue
        low, high = (row.value if pd.isna(bound) else bound for bound in (row.low, row.high))
        more = round(100 * target) - round(100 * row.today)
        place = "done" if more <= 0 else "above" if target > high else "below" if target < low else "inside"
        over = round(100 * target) - round(100 * row.value)
        parts.append(c.words(f"first.quoted.{place}", population=c.words(f"ceilings.subject.{row.population}"), more=c.n.count(more),
                             over=c.n.count(max(over, 0))))  # fmt: skip
    return (
        c.words("first.quoted.all", share=c.n.share(target), parts=c.words("first.quoted.and").join(parts))
        if parts
        else ""
    )


def freed(c: Context) -> str:
    """Return the hours a week that are freed and how many of them are cashable, with what that is worth."""
    hours, cash = worth.hours(c, "freed"), worth.money(c, "cashable_per_week")
    if not hours or c.value is None:
        return ""
    used = cashable_h(c)
    if used <= 0:
        return c.words("first.freed.none", hours=hours)
    return c.words("first.freed.money" if cash else "first.freed.cash", hours=hours, used=c.n.count(used), cash=cash)


def cashable_h(c: Context) -> int:
    """Return the freed hours a week that replace paid ones, as the balance on page two adds them up."""
    office = next((side for side in paid_hours.sides(c.baseline, c.value) if side.freed), None)
    if office is not None:
        return sum(office.shown(name, after=True) for name in paid_hours.TAKEN_UP[:-1])
    exact = (
        sum(bar.hours for bar in capacity.bars(c.value) if bar.line in capacity.CASHABLE)
        if c.value is not None
        else 0.0
    )
    return paid_hours.stepped(exact)


def assessed(c: Context) -> list[str]:
    """Return whether items fit, by way of working; what that yields and costs, or why not; and the first change."""
    said = [_modes(c), yields(c)]
    if c.readiness.verdict.verdict in {"not_yet", "cannot_say"}:
        said.append(_gates(c))
    return [text for text in (*said, decisions.first_change(c)) if text]


def _modes(c: Context) -> str:
    """Return yes, no, or what has to be done first, for each way of working; those with one answer together."""
    frame, words = c.readiness.modes, c.words
    answers: dict[str, list[str]] = {}
    for mode in MODES:
        rows = frame[frame["mode"] == mode] if len(frame) else frame
        if len(rows):
            answers.setdefault(_answer(c, next(rows.itertuples())), []).append(words(f"first.mode.{mode}"))
    parts = [words("first.mode.part", modes=words.listed(modes), answer=answer) for answer, modes in answers.items()]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _answer(c: Context, row: Any) -> str:
    words = c.words
    if row.room == "no room":
        return words("first.mode.no_room")
    if row.verdict == "ready_with_changes":
        frame = c.readiness.change_sets
        mine = frame[(frame["mode"] == row.mode) & (frame["goal"] == "ready")]
        if len(mine):
            return words.some("first.mode.changes", int(mine["changes"].iloc[0]))
    if row.verdict in {"ready", "ready_with_changes"} and row.room != "room":
        return words("first.mode.room_unknown")
    return words(f"first.mode.{row.verdict}")


def yields(c: Context) -> str:
    """Return what the recommended policy moves, what it costs of the service level, and its worst half hour; or why there is no room."""
    best = blend.simulated(c)
    if best is None or best.policy in lab.INSTEAD:
        return blend.sentence(c)
    frame, words, n = lab.policies(c.blending, best.pool), c.words, c.n
    before = lab.today(frame)
    if before is None:
        return blend.sentence(c)
    policy = lab.named(best, words)
    texts = {
        "policy": f"{policy[:1].lower()}{policy[1:]}", "hours": blend.hours(c, best), "today": n.share(before.service_level),
        "service": bounded(n, best, value="service_level", low="service_low", high="service_high", grade="B"),
        "worst": n.share(best.worst_service_level), "slot": best.worst_slot, "points": _points(c, best),
    }  # fmt: skip
    alike = abs(best.change) < LEAST_CHANGE if pd.notna(best.change) else texts["today"] == texts["after"]
    return words("first.yields.free" if alike else "first.yields.price", **texts)


def _points(c: Context, best: Any) -> str:
    """Return how many points of the service level a policy costs, to a tenth, with its interval."""
    spell = lambda share: c.n.plain_number(100 * share)  # noqa: E731
    if pd.isna(best.change):
        return ""
    text = spell(-best.change)
    if pd.isna(best.change_low) or pd.isna(best.change_high):
        return text
    return f"{text} ({spell(-best.change_high)}\u00a0{c.words('number.to')}\u00a0{spell(-best.change_low)})" + mark("B")


def _gates(c: Context) -> str:
    """Return how many gates are met, stop it, or have no answer."""
    states = c.readiness.gates["state"].value_counts() if len(c.readiness.gates) else pd.Series(dtype=int)
    if states.empty:
        return ""
    parts = [
        c.words.some(f"first.gates.{state}", int(states[state]))
        for state in ("met", "open", "stops", "unknown")
        if state in states
    ]
    return c.words("first.gates.all", n=c.n.count(int(states.sum())), parts=c.words.listed(parts))

"""Chapter on blending: what it yields, what it costs, when it hurts, and why not more."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.report.blocks import Absent, Chapter, Fact, Facts, Note, Part, Source, Text
from analysis.report.chapters import items, modelled, more_pools, trust
from analysis.report.context import Context
from analysis.report.exhibits import (
    ages,
    ahead,
    causes,
    deductions,
    gap_laws,
    lab,
    policies,
    replays,
    spare,
    turns,
    worst_day,
)

# readiness names a mode by what agents do, blending by what it uses of the waiting
MODE_OF = {"blocks": "releasable", "between_contacts": "shareable", "interrupt": "interruptible"}
# share of items within due from which items do not age into breach
WITHIN_DUE = 0.95
# findings that show the method on data that cannot bear a figure
DEMONSTRATIONS = ("idle_guessed_from_contacts",)


def pools(c: Context) -> list[str | None]:
    """Return the pools in the report's order: those with a recommendation first; one without a name where there is none."""
    known = list(dict.fromkeys([*c.blending.recommendation["pool"], *c.blending.lab["pool"]]))
    best = {pool for pool in known if simulated(c, pool) is not None}
    return [*(pool for pool in known if pool in best), *(pool for pool in known if pool not in best)] or [None]


def simulated(c: Context, pool: str | None = None) -> Any | None:
    """Return the policy that the lab recommends for a pool, of the first pool with one by default."""
    frame = c.blending.lab
    mine = frame[frame["recommended"] & ((frame["pool"] == pool) | (pool is None))]
    return next(mine.itertuples(), None)


def recommended(c: Context) -> Any | None:
    """Return the modelled policy that the report speaks of where none was simulated: that of the verdict's mode, else the next with room."""
    frame = c.blending.frontier
    for mode in (MODE_OF.get(c.readiness.verdict.mode, ""), "shareable", "releasable", "interruptible"):
        chosen = frame[frame["recommended"] & (frame["mode"] == mode)]
        if len(chosen):
            return next(chosen.itertuples())
    return None


def spoken_mode(c: Context) -> str:
    """Return the mode that the report speaks of first; shareable where there is room in none."""
    best, row = simulated(c), recommended(c)
    if best is not None:
        return lab.MODES.get(best.policy, "shareable")
    return "shareable" if row is None or len(c.blending.lab) else row.mode


def spoken_pool(c: Context) -> str | None:
    """Return the pool that the report speaks of first; None for the first there is."""
    best, row = simulated(c), recommended(c)
    if best is not None:
        return str(best.pool)
    return str(row.pool) if row is not None and c.blending.lab.empty else None


def sentence(c: Context) -> str:
    """Return the answer: what agents could do in the waiting, at which price and when it hurts, or why there is no room."""
    best, row = simulated(c), recommended(c)
    if best is not None:
        return _simulated(c, best)
    if row is not None and c.blending.lab.empty:
        agents, hours = modelled.agents_of(c, row), modelled.hours_of(c, row)
        return c.words(f"blend.answer.{row.mode}", agents=agents, hours=hours, price=modelled.price(c, row))
    found = c.blending.recommendation
    verdicts = set(found["verdict"])
    if "no room" in verdicts or "cannot say" in verdicts:
        key, verdict = ("blend.none", "no room") if "no room" in verdicts else ("blend.open", "cannot say")
        first = next(found[found["verdict"] == verdict].itertuples())
        return c.words(key, reason=c.prose(str(first.reason or first.sentence)).removesuffix("."))
    said = more_pools.why_not(c, None)
    return c.words("blend.none", reason=said) if said else c.words("blend.unknown")


def _simulated(c: Context, best: Any) -> str:
    """Return what the recommended policy yields, what it costs, and on how many past days it would have hurt."""
    words, n, frame = c.words, c.n, lab.policies(c.blending, best.pool)
    policy = lab.named(best, words)
    if best.policy in lab.INSTEAD:
        fewer = lab.fewer_h(frame, best)
        return words("blend.answer.instead", policy=policy, hours=n.hours(fewer), price=_price(c, frame, best))
    said = [words("blend.answer.simulated", policy=_small(policy), hours=hours(c, best), price=_price(c, frame, best))]
    days = replays.days(c.blending, best.pool)
    if len(days):
        hurt = int(days["hurt"].sum())
        said.append(
            words.some("blend.hurt", hurt, all=n.count(len(days)))
            if hurt
            else words("blend.hurt.none", all=n.count(len(days)))
        )
    return " ".join(said)


def _price(c: Context, frame: pd.DataFrame, best: Any) -> str:
    """Return what becomes of the contacts answered in time."""
    before = lab.today(frame)
    if before is None:
        return "."
    today, after = c.n.share(before.service_level), c.n.share(best.service_level)
    return c.words("blend.price.same" if today == after else "blend.price.less", today=today, after=after)


def hours(c: Context, best: Any) -> str:
    """Return the hours a week that a simulated policy moves, with interval and grade: the quantity of its mode where there is one."""
    found = _quantity(c, best)
    if found is not None:
        return c.n.estimate(found)
    return c.n.interval(best.item_h_per_week, best.item_h_low, best.item_h_high, "hours_per_week")


def _quantity(c: Context, best: Any) -> Estimate | None:
    mode = lab.MODES.get(best.policy, "")
    found = c.estimate("blending.usable_h_per_week", pool=best.pool, mode=mode) if mode else None
    return found if found is not None and found.value is not None else None


def chapter(c: Context) -> Chapter:
    """Return the chapter on blending."""
    words = c.words
    first, *others = pools(c)
    parts: list[Part] = [Text(text) for text in _demonstrations(c)]
    if lab.missing(c.blending, pool=first):
        parts += _unsimulated(c, [first, *others])
    elif simulated(c, first) is None:
        parts += [*_without_room(c, first), *more_pools.others(c, others)]
    else:
        parts += [*_with_room(c, first), *more_pools.others(c, others)]
    return Chapter(words("blend.topic"), words("blend.question"), sentence(c), parts)


def _demonstrations(c: Context) -> list[str]:
    """Return what is shown on data that cannot bear a figure, labelled as such."""
    return [
        c.words("blend.demonstration", where=finding.where, message=finding.message)
        for finding in c.blending.findings
        if finding.code in DEMONSTRATIONS
    ]


def _unsimulated(c: Context, named: list[str | None]) -> list[Part]:
    """Return the chapter where no desk could be simulated: the queueing model's exhibits, the promise and the items."""
    parts: list[Part] = []
    for place, pool in enumerate(named):
        parts += modelled.parts_of(c, pool, "" if place == 0 else f"_{place + 1}")
    parts.append(Absent(lab.missing(c.blending, theme=c.theme), c.need(lab)))
    if len(c.blending.replay_check):
        parts += trust.replay(c, named[0])
    promise = trust.promise(c)
    # a promise that is missed is the answer: it comes first
    first = "no room" in set(c.blending.recommendation["verdict"])
    return [*promise, *parts, *items.inventory(c)] if first else [*parts, *promise, *items.inventory(c)]


def _topic(c: Context, key: str) -> str:
    return c.words(f"blend.topic_of.{key}")


def _source(c: Context, key: str, *more: str) -> Source:
    """Return what a chart rests on: which tables, how many agents and days, and what is drawn."""
    source = c.source("spells", "contacts", "volumes", "schedule", n=c.behind("contact_centre"))
    return source.saying(c.words(f"blend.definition.{key}"), *more)


def _simulation(c: Context, pool: str | None, key: str, **more: str) -> Source:
    """Return what rests on the simulated desk: its results, how many ways and past days were tried, and what is drawn."""
    ways = lab.policies(c.blending, pool)
    parts = [c.words.some("blend.n.ways", int((ways["policy"] != lab.TODAY).sum()))]
    days = replays.days(c.blending, pool)
    parts += [c.words.some("blend.n.days", len(days))] if len(days) else []
    return c.source(
        results=("blending",), n=c.words.listed(parts), definition=c.words(f"blend.definition.{key}", **more)
    )


def _with_room(c: Context, pool: str | None) -> list[Part]:
    """Return the chapter of a pool: yields, price, when it hurts, why not more, which items, what turns it, the check, next week."""
    return [
        _facts(c, pool),
        _lab(c, pool),
        _frontier(c, pool),
        *_hurts(c, pool),
        *_not_more(c, pool),
        *items.inventory(c, topic=_topic(c, "items")),
        *_turns(c, pool),
        *trust.replay(c, pool, topic=_topic(c, "check")),
        *trust.promise(c, topic=_topic(c, "check")),
        _ahead(c, pool),
    ]


def _without_room(c: Context, pool: str | None) -> list[Part]:
    """Return the short chapter of a pool without room: the promise, what every policy would cost, who waits when, and the check."""
    parts: list[Part] = [*trust.promise(c), _lab(c, pool), _causes(c, pool)]
    parts += trust.replay(c, pool, topic=_topic(c, "check"))
    return parts


def _facts(c: Context, pool: str | None) -> Facts:
    """Return the answer in four figures: yield, price, hurt, and what it asks of people."""
    words, n, frame = c.words, c.n, lab.policies(c.blending, pool)
    best, before = lab.chosen(frame), lab.today(frame)
    if best is None or before is None:
        raise ValueError("a pool without a recommendation has no figures to lead with")
    targets = lab.promises(c.blending, str(best.pool))
    promised = words.listed([n.share(target) for target in targets])
    instead = best.policy in lab.INSTEAD
    yields = lab.fewer_h(frame, best) if instead else best.item_h_per_week
    days = replays.days(c.blending, pool)
    worst = words("blend.worst", share=n.share(before.worst_service_level), slot=before.worst_slot)
    hurt = (
        Fact(words("blend.fact.days", n=int(days["hurt"].sum()), all=n.count(len(days))), words("blend.fact.hurt"))
        if len(days)
        else Fact(n.share(best.worst_service_level), words("blend.fact.worst", slot=best.worst_slot, today=worst))
    )
    return Facts(
        [
            Fact(
                words("blend.fact.hours", hours=n.hours(yields)),
                words("blend.fact.fewer" if instead else "blend.fact.yields", policy=_small(lab.named(best, words))),
                "accent",
            ),
            Fact(
                n.share(best.service_level),
                words("blend.fact.price", today=n.share(before.service_level), promised=promised),
            ),
            hurt,
            Fact(
                n.count(best.contacts_lost_per_week) if pd.notna(best.contacts_lost_per_week) else "–",
                words(
                    "blend.fact.lost",
                    low=n.count(best.contacts_lost_low) if pd.notna(best.contacts_lost_low) else "–",
                    high=n.count(best.contacts_lost_high) if pd.notna(best.contacts_lost_high) else "–",
                    peak=n.share(best.occupancy_worst),
                ),
            ),
        ]
    )


def _small(text: str) -> str:
    """Return a name for the middle of a sentence."""
    return text[:1].lower() + text[1:]


def _lab(c: Context, pool: str | None) -> Part:
    best = lab.chosen(lab.policies(c.blending, pool))
    notes = [Note(c.words("blend.note.read"), c.words("blend.definition.lab_read"))]
    if best is not None and best.why:
        why = c.words("blend.because", policy=best.words, why=str(best.why).removeprefix(more_pools.CHOSEN))
        notes.insert(0, Note(c.words("blend.note.why"), why))
    return c.drawn(
        lab, lab.policy_lab, c.blending, pool=pool, name="policy_lab", height_mm=lab.height_mm(c.blending, pool),
        margins_mm=lab.MARGINS_MM, source=_source(c, "lab"), notes=notes, topic=_topic(c, "yields"),
    )  # fmt: skip


def _frontier(c: Context, pool: str | None) -> Part:
    return c.drawn(
        policies, policies.frontier, c.blending, pool=pool, name="frontier", height_mm=47, margins_mm=(9, 2, 6, 10),
        source=_simulation(c, pool, "frontier"), topic=_topic(c, "price"),
    )  # fmt: skip


def _hurts(c: Context, pool: str | None) -> list[Part]:
    """Return when it could be used and when it would have hurt: half hours of the week, past days, the worst of them."""
    topic, ranges = _topic(c, "hurts"), trust.ranges(c, pool)
    unknown = (Note(c.words("replays.unknown"), ranges),) if ranges else ()
    return [
        c.drawn(
            spare, spare.usable_slots, c.blending, pool=pool, name="usable_slots", height_mm=spare.HEIGHT_MM,
            margins_mm=spare.MARGINS_MM, source=_source(c, "spare"), topic=_topic(c, "when"),
        ),
        c.drawn(
            replays, replays.replayed_days, c.blending, pool=pool, name="replayed_days", height_mm=replays.DAYS_MM,
            margins_mm=replays.DAYS_MARGINS_MM, source=_source(c, "replays"), topic=topic, notes=unknown,
        ),
        c.drawn(
            worst_day, worst_day.replayed_day, c.blending, pool=pool, name="replayed_day",
            height_mm=worst_day.HEIGHT_MM, margins_mm=worst_day.MARGINS_MM,
            source=_simulation(c, pool, "worst_day", group=c.n.count(c.baseline.settings.minimum_group_agents)),
            topic=topic,
        ),
    ]  # fmt: skip


def _causes(c: Context, pool: str | None) -> Part:
    return c.drawn(
        causes, causes.idle_by_cause, c.blending, pool=pool, name="idle_by_cause", height_mm=40,
        margins_mm=(5.5, 0.5, 7.5, 9), source=_source(c, "causes"), topic=_topic(c, "more"),
    )  # fmt: skip


def _not_more(c: Context, pool: str | None) -> list[Part]:
    """Return why not all waiting can be used: the steps from idle to usable, who is there for the promise, how short gaps are."""
    topic = _topic(c, "more")
    near = gap_laws.nearest(c.blending, pool)
    routing = c.words("gap_laws.nearest", law=c.words(f"gap_laws.law.{near[0]}")) if near is not None else ""
    policy = ""
    if not deductions.missing(c.blending, pool=pool):
        policy = c.words("blend.of_policy", policy=deductions.policy(c.blending, pool, c.words))
    return [
        c.drawn(
            deductions, deductions.waterfall, c.blending, pool=pool, name="waterfall",
            height_mm=deductions.height_mm(c.blending, pool), margins_mm=deductions.MARGINS_MM,
            source=_simulation(c, pool, "deductions").saying(policy), topic=topic,
        ),
        _causes(c, pool),
        c.drawn(
            gap_laws, gap_laws.gap_law, c.blending, pool=pool, name="gap_law",
            height_mm=gap_laws.height_mm(c.blending, pool), margins_mm=gap_laws.MARGINS_MM,
            source=_source(c, "gap_laws", routing), topic=topic,
        ),
    ]  # fmt: skip


def _turns(c: Context, pool: str | None) -> list[Part]:
    """Return whether items age into breach, and what would turn the recommendation."""
    said = ages.in_words(c.blending, pool=pool)
    aged = (Note(c.words("blend.note.ages"), said),) if said else ()
    return [
        c.drawn(
            ages, ages.ageing, c.blending, pool=pool, name="ageing", height_mm=ages.height_mm(c.blending, pool),
            margins_mm=ages.MARGINS_MM, source=_simulation(c, pool, "ages", within=c.n.share(WITHIN_DUE)), topic=_topic(c, "ages"), notes=aged,
        ),
        c.drawn(
            turns, turns.flips, c.blending, pool=pool, name="flips", height_mm=turns.height_mm(c.blending, pool),
            margins_mm=turns.MARGINS_MM, source=_simulation(c, pool, "turns"), topic=_topic(c, "turns"),
        ),
    ]  # fmt: skip


def _ahead(c: Context, pool: str | None) -> Part:
    more = ahead.queues(c.blending, pool)[1:]
    rest = c.words.some("ahead.rest", len(more)) if more else ""
    return c.drawn(
        ahead, ahead.forecast_fan, c.blending, pool=pool, name="forecast_fan", height_mm=ahead.HEIGHT_MM,
        margins_mm=ahead.MARGINS_MM, topic=_topic(c, "ahead"),
        source=c.source("volumes", "contacts").saying(ahead.check(c.blending, pool=pool, theme=c.theme), rest),
    )  # fmt: skip

"""Chapter 7: whether back-office items fit into the waiting, in which mode, and at which price in service."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.report.blocks import Align, Cell, Chapter, Column, Exhibit, Part, Tone
from analysis.report.context import Context, bounded
from analysis.report.exhibits import causes, policies, usable

MODES = ("releasable", "shareable", "interruptible")
# readiness names a mode by what agents do, blending by what it uses of the waiting
MODE_OF = {"blocks": "releasable", "between_contacts": "shareable", "interrupt": "interruptible"}
# policies shown on each side of the boundary
NEIGHBOURS = 2
# reasons of the inventory that a client's answer would settle, and their short form
UNSTATED = {
    "not stated whether regulated": "inventory.unstated.regulated",
    "not stated whether it leaves the desk": "inventory.unstated.desk",
    "not stated whether it can be interrupted": "inventory.unstated.interrupted",
}
TONES: dict[str, Tone] = {"room": "accent", "no room": "warning", "cannot say": "muted"}


def recommended(c: Context) -> Any | None:
    """Return the frontier's row that the report speaks of: that of the verdict's mode, else the next with room."""
    frame = c.blending.frontier
    for mode in (MODE_OF.get(c.readiness.verdict.mode, ""), "shareable", "releasable", "interruptible"):
        chosen = frame[frame["recommended"] & (frame["mode"] == mode)]
        if len(chosen):
            return next(chosen.itertuples())
    return None


def spoken_mode(c: Context) -> str:
    """Return the mode that the report speaks of first; shareable where there is room in none."""
    row = recommended(c)
    return "shareable" if row is None else row.mode


def sentence(c: Context) -> str:
    """Return the answer: how many agents could work on items and at which price, or why there is no room."""
    row = recommended(c)
    found = c.blending.recommendation
    if row is None:
        verdicts = set(found["verdict"])
        if not verdicts:
            return c.words("blend.unknown")
        key, verdict = ("blend.none", "no room") if "no room" in verdicts else ("blend.open", "cannot say")
        first = next(found[found["verdict"] == verdict].itertuples())
        return c.words(key, reason=c.prose(str(first.reason or first.sentence)).removesuffix("."))
    return c.words(f"blend.answer.{row.mode}", agents=_agents(c, row), hours=_hours(c, row), price=_price(c, row))


def _of_mode(c: Context, name: str, row: Any) -> Estimate | None:
    found = c.estimate(name, pool=row.pool, mode=row.mode)
    return found if found is not None and found.value is not None else None


def _agents(c: Context, row: Any) -> str:
    found = _of_mode(c, "blending.item_agents", row)
    return c.n.estimate(found) if found is not None else c.n.agents(row.item_agents)


def _hours(c: Context, row: Any) -> str:
    found = _of_mode(c, "blending.usable_h_per_week", row)
    return c.n.estimate(found, grade=False) if found is not None else c.n.hours(row.hours_per_week)


def _price(c: Context, row: Any) -> str:
    """Return what becomes of the contacts answered in time."""
    frame = c.blending.frontier
    today = c.n.share(frame.loc[frame["pool"] == row.pool, "service_level"].iloc[0])
    after = c.n.share(row.service_level)
    return c.words("blend.price.same" if today == after else "blend.price.less", today=today, after=after)


def chapter(c: Context) -> Chapter:
    """Return the chapter on blending."""
    words = c.words
    pools = list(c.blending.recommendation["pool"].drop_duplicates()) or [None]
    parts: list[Part] = []
    for place, pool in enumerate(pools):
        parts += _pool(c, pool, "" if place == 0 else f"_{place + 1}")
    parts += [*_service(c), *_inventory(c)]
    return Chapter(words("blend.topic"), words("blend.question"), sentence(c), parts)


def _pool(c: Context, pool: str | None, suffix: str) -> list[Part]:
    """Return the exhibits of one pool."""
    words = c.words
    source = c.source("spells", "contacts", "volumes", "schedule", n=c.behind("contact_centre"))
    parts: list[Part] = [
        c.drawn(
            causes, causes.idle_by_cause, c.blending, pool=pool, name=f"idle_by_cause{suffix}", height_mm=47,
            margins_mm=(5.5, 0.5, 7.5, 9), source=f"{source} {words('blend.cause_definition')}",
        ),
        c.drawn(
            usable, usable.usable_by_mode, c.blending, pool=pool, name=f"usable_by_mode{suffix}", height_mm=38,
            margins_mm=(44, 56, 0.5, 0.5), source=f"{source} {words('blend.usable_definition')}",
        ),
        c.drawn(
            policies, policies.frontier, c.blending, pool=pool, name=f"frontier{suffix}", height_mm=62,
            margins_mm=(9, 2, 6, 10), source=f"{source} {words('blend.frontier_definition')}",
        ),
    ]  # fmt: skip
    return [*parts, *_policies(c, pool), *_modes(c, pool)]


def _near(frame: pd.DataFrame) -> pd.DataFrame:
    """Return today, what is recommended, and the policies on both sides of the last one that keeps promise and cap."""
    kept = frame[frame["kept_free_agents"].notna()].sort_values("item_agents", kind="stable")
    inside, outside = kept[kept["feasible"]].tail(NEIGHBOURS), kept[~kept["feasible"]].head(NEIGHBOURS)
    others = frame[frame["kept_free_agents"].isna()]
    shown = {*inside.index, *outside.index, *others.index, frame.index[0]}
    order = frame.loc[sorted(shown)]
    return order.assign(_first=order.index != frame.index[0]).sort_values(["_first", "item_agents"], kind="stable")


def _policies(c: Context, pool: str | None) -> list[Exhibit]:
    """Return the policies around the promise with their price."""
    words, frame = c.words, c.blending.frontier
    frame = frame[(frame["pool"] == pool) & frame["service_level"].notna()]
    if len(frame) < 2:
        return []
    kept, shown = int(frame["feasible"].iloc[1:].sum()), _near(frame)
    left = len(frame) - len(shown)
    more = words("blend.policies_short", left=c.n.count(left)) if left else ""
    labels = ("policy", "agents", "hours", "level", "worst", "peak", "lost", "keeps")
    sides: tuple[Align, ...] = ("left", *("right",) * 6, "left")
    widths = {"policy": 3.4, "worst": 2.3, "keeps": 0.9}
    return [
        Exhibit(
            words.some("blend.policies", kept, all=c.n.count(len(frame) - 1)),
            c.source("contacts", "volumes", definition=f"{words('blend.policies_source')} {more}".strip()),
            columns=[
                Column(words(f"blend.column.{label}"), side, widths.get(label, 1.2))
                for label, side in zip(labels, sides, strict=True)
            ],
            rows=[_policy(c, row, today=row.Index == frame.index[0]) for row in shown.itertuples()],
        )
    ]


def _policy(c: Context, row: Any, *, today: bool) -> list[Cell]:
    words = c.words
    tone: Tone = "accent" if row.recommended else "plain" if row.feasible or today else "muted"
    cells = (
        str(row.policy),
        c.n.agents(row.item_agents),
        c.n.hours(row.hours_per_week),
        c.n.share(row.service_level),
        words("blend.worst", share=c.n.share(row.worst_service_level), slot=row.worst_slot),
        c.n.share(row.occupancy_peak),
        c.n.count(row.contacts_lost_per_week) if pd.notna(row.contacts_lost_per_week) else "–",
        words(f"blend.keeps.{'today' if today else 'yes' if row.feasible else 'no'}"),
    )
    return [Cell(text, tone=tone, strong=bool(row.recommended)) for text in cells]


def _modes(c: Context, pool: str | None) -> list[Exhibit]:
    """Return the recommendation for each mode."""
    words, frame = c.words, c.blending.recommendation
    frame = frame[frame["pool"] == pool]
    one_reason = frame["reason"].nunique() == 1 and "room" not in set(frame["verdict"])
    if frame.empty or (one_reason and frame["reason"].iloc[0]):
        # the chapter's answer has said it
        return []
    room = [words(f"mode.{row.mode}").lower() for row in frame.itertuples() if row.verdict == "room"]
    unsaid = "blend.no_room" if "no room" in set(frame["verdict"]) else "blend.unsaid"
    headline = words("blend.room", modes=words.listed(room)) if room else words(unsaid)
    return [
        Exhibit(
            headline,
            words("blend.modes_source"),
            columns=(
                Column(words("blend.column.mode"), width=2),
                Column(words("blend.column.verdict"), width=1.2),
                Column(words("blend.column.why"), width=7),
            ),
            rows=[
                (
                    words(f"mode.{row.mode}"),
                    Cell(
                        words(f"usable.verdict.{row.verdict.replace(' ', '_')}"), tone=TONES[row.verdict], strong=True
                    ),
                    _why(c, row),
                )
                for row in frame.itertuples()
            ],
        )
    ]


def _why(c: Context, row: Any) -> str:
    """Return what a mode's policy brings and what bounds it; without room the reason."""
    frame = c.blending.frontier
    chosen = frame[(frame["pool"] == row.pool) & (frame["mode"] == row.mode) & frame["recommended"]]
    if row.verdict != "room" or chosen.empty:
        return c.prose(str(row.reason or row.sentence))
    best = next(chosen.itertuples())
    today = frame.loc[frame["pool"] == row.pool, "service_level"].iloc[0]
    why = c.words(
        "blend.why.room",
        agents=c.n.agents(best.item_agents),
        hours=_hours(c, best),
        after=c.n.share(best.service_level),
        today=c.n.share(today),
        peak=c.n.share(best.occupancy_peak),
    )
    return c.words("blend.why.limit", why=why, reason=row.reason) if row.reason else why


def _service(c: Context) -> list[Exhibit]:
    """Return the promise of every queue: reported, measured, and as the model sees it."""
    words, frame = c.words, c.blending.service
    if frame.empty:
        return []
    known = frame[frame["measured"].notna()]
    share = c.n.share
    return [
        Exhibit(
            _service_headline(c, known),
            c.source("contacts", "volumes", definition=words("service.definition")),
            columns=(
                Column(words("service.column.queue"), width=2.4),
                Column(words("service.column.promise"), "right", 2.4),
                Column(words("service.column.reported"), "right", 1.4),
                Column(words("service.column.measured"), "right", 2.2),
                Column(words("service.column.modelled"), "right", 1.4),
                Column(words("service.column.contacts"), "right", 1.4),
            ),
            rows=[
                (
                    str(row.queue),
                    words("service.promise", share=share(row.target), within=c.n.length(row.answer_within_s)),
                    share(row.reported) if pd.notna(row.reported) else "–",
                    Cell(bounded(c.n, row, value="measured") or words("status.none"), strong=True),
                    share(row.modelled) if pd.notna(row.modelled) else "–",
                    c.n.count(row.contacts) if pd.notna(row.contacts) else "–",
                )
                for row in frame.itertuples()
            ],
        )
    ]


def _service_headline(c: Context, known: pd.DataFrame) -> str:
    """Return in how many queues the promise is kept; of a single queue its figures."""
    words, kept = c.words, int((known["measured"] >= known["target"]).sum())
    if known.empty:
        return words("service.unmeasured")
    if len(known) > 1:
        every = words.some("service.queues", len(known))
        return words("service.headline", kept=c.n.count(kept) if kept else words("service.no_queue"), all=every)
    row = next(known.itertuples())
    return words(
        "service.single.kept" if kept else "service.single.missed",
        measured=bounded(c.n, row, value="measured"),
        within=c.n.length(row.answer_within_s),
        target=c.n.share(row.target),
    )


def _unsuitable(c: Context, reason: str) -> str:
    """Return why an item type is left out; what is not stated is listed in one phrase."""
    parts = [part.strip() for part in reason.split(";") if part.strip()]
    unstated = [UNSTATED[part] for part in parts if part in UNSTATED]
    said = [c.words("inventory.not_stated", what=", ".join(map(c.words, unstated)))] if unstated else []
    return "; ".join([*(part for part in parts if part not in UNSTATED), *said])


def _inventory(c: Context) -> list[Exhibit]:
    """Return the item types with what each mode could take, type by type."""
    words, frame = c.words, c.blending.inventory
    if frame.empty:
        return []
    fits = frame[frame["suitable_between"].astype(bool)]
    hours = c.n.hours(float(fits["hours_per_week"].sum()))
    yes, no = Cell("●", tone="accent"), Cell("–", tone="muted")
    return [
        Exhibit(
            words("inventory.headline", fit=c.n.count(len(fits)), all=c.n.count(len(frame)), hours=hours)
            if len(fits)
            else words("inventory.headline_none", all=c.n.count(len(frame))),
            c.source("work_items", "item_types", definition=words("inventory.definition")),
            columns=(
                Column(words("inventory.column.type"), width=2.6),
                Column(words("inventory.column.items"), "right", 1.2),
                Column(words("inventory.column.hours"), "right", 1.3),
                Column(words("inventory.column.mean"), "right", 1.2),
                *(Column(words(f"mode_short.{mode}"), "center", 1.1) for mode in MODES),
                Column(words("inventory.column.why"), width=4.2),
            ),
            rows=[
                (
                    str(row.type),
                    c.n.count(row.items),
                    c.n.hours(row.hours_per_week),
                    c.n.length(row.mean_s) if pd.notna(row.mean_s) else "–",
                    *(
                        yes if fit else no
                        for fit in (row.suitable_blocks, row.suitable_between, row.suitable_interrupt)
                    ),
                    Cell(_unsuitable(c, str(row.reason or "")), tone="muted"),
                )
                for row in frame.itertuples()
            ],
        )
    ]

"""Blending as the queueing model sees it half hour by half hour: shown where no desk could be simulated."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.report.blocks import Absent, Align, Cell, Column, Exhibit, Part, Tone
from analysis.report.context import Context
from analysis.report.exhibits import causes, policies, usable

# policies shown on each side of the boundary
NEIGHBOURS = 2
TONES: dict[str, Tone] = {"room": "accent", "no room": "warning", "cannot say": "muted"}


def parts_of(c: Context, pool: str | None, suffix: str) -> list[Part]:
    """Return the exhibits of one pool."""
    words = c.words
    source = c.source("spells", "contacts", "volumes", "schedule", n=c.behind("contact_centre"))
    parts: list[Part] = [
        c.drawn(
            causes, causes.idle_by_cause, c.blending, pool=pool, name=f"idle_by_cause{suffix}", height_mm=47,
            margins_mm=(5.5, 0.5, 7.5, 9), source=source.saying(words("blend.cause_definition")),
        ),
        c.drawn(
            usable, usable.usable_by_mode, c.blending, pool=pool, name=f"usable_by_mode{suffix}", height_mm=38,
            margins_mm=(44, 56, 0.5, 0.5), source=source.saying(words("blend.usable_definition")),
        ),
        c.drawn(
            policies, policies.frontier, c.blending, pool=pool, name=f"frontier{suffix}", height_mm=62,
            margins_mm=(9, 2, 6, 10), source=source.saying(words("blend.frontier_definition")),
        ),
    ]  # fmt: skip
    if isinstance(parts[-1], Absent):
        # that nothing could be simulated says it
        parts.pop()
    return [*parts, *_policies(c, pool), *_modes(c, pool)]


def figure(c: Context, name: str, row: Any) -> Estimate | None:
    """Return a quantity of a pool and mode; None without a value."""
    found = c.estimate(name, pool=row.pool, mode=row.mode)
    return found if found is not None and found.value is not None else None


def hours_of(c: Context, row: Any) -> str:
    """Return the usable hours of a mode's policy with their interval."""
    found = figure(c, "blending.usable_h_per_week", row)
    return c.n.estimate(found, grade=False) if found is not None else c.n.hours(row.hours_per_week)


def agents_of(c: Context, row: Any) -> str:
    """Return the agents on items of a mode's policy."""
    found = figure(c, "blending.item_agents", row)
    return c.n.estimate(found) if found is not None else c.n.agents(row.item_agents)


def price(c: Context, row: Any) -> str:
    """Return what becomes of the contacts answered in time."""
    frame = c.blending.frontier
    today = c.n.share(frame.loc[frame["pool"] == row.pool, "service_level"].iloc[0])
    after = c.n.share(row.service_level)
    return c.words("blend.price.same" if today == after else "blend.price.less", today=today, after=after)


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
            c.source("contacts", "volumes", results=("blending",)).counted(
                words.some("blend.n_modes", len(frame)), words("blend.modes_source")
            ),
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
        hours=hours_of(c, best),
        after=c.n.share(best.service_level),
        today=c.n.share(today),
        peak=c.n.share(best.occupancy_peak),
    )
    return c.words("blend.why.limit", why=why, reason=row.reason) if row.reason else why

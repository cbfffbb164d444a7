"""What is said of a pool in a line: the pools that have no pages of their own."""

from __future__ import annotations

from analysis.report.blocks import Cell, Column, Exhibit, Part, Tone
from analysis.report.context import Context
from analysis.report.exhibits import lab

# how the lab begins what it says of a policy
NOTHING, CHOSEN = "nothing is recommended: ", "recommended: "


def why_not(c: Context, pool: str | None) -> str:
    """Return why the lab recommends nothing for a pool; empty where it does not say."""
    frame = lab.policies(c.blending, pool)
    said = frame.loc[frame["why"].str.startswith(NOTHING), "why"]
    return c.prose(str(said.iloc[0]).removeprefix(NOTHING)).removesuffix(".") if len(said) else ""


def others(c: Context, named: list[str | None]) -> list[Part]:
    """Return the other pools in one table."""
    words = c.words
    if not named:
        return []
    return [
        Exhibit(
            words.some("blend.others", len(named)),
            c.source("spells", "contacts", "volumes", definition=words("blend.others_source")),
            columns=(
                Column(words("blend.column.pool"), width=1.8),
                Column(words("blend.column.verdict"), width=2.6),
                Column(words("blend.column.hours"), "right", 2.2),
                Column(words("blend.column.level"), "right", 1.8),
                Column(words("blend.column.why"), width=4.6),
            ),
            rows=[_other(c, str(pool)) for pool in named],
        )
    ]


def _other(c: Context, pool: str) -> list[str | Cell]:
    """Return one of the other pools: what is recommended, what it moves, its price, and why."""
    words, n, frame = c.words, c.n, lab.policies(c.blending, pool) if len(c.blending.lab) else c.blending.lab
    frame = frame[frame["pool"] == pool]
    best, before = lab.chosen(frame), lab.today(frame)
    found = c.blending.recommendation
    mine = found[found["pool"] == pool]
    if best is None:
        open_ = set(mine["verdict"]) <= {"cannot say"} and (len(mine) > 0 or frame.empty)
        room = "cannot_say" if open_ else "no_room"
        tone: Tone = "warning" if room == "no_room" else "muted"
        said = [str(row.reason or row.sentence) for row in mine.itertuples() if row.verdict != "room"]
        why = why_not(c, pool) if len(frame) else ""
        level = n.share(before.service_level) if before is not None else "–"
        reason = c.prose(why or (said[0] if said else ""))
        return [pool, Cell(words(f"usable.verdict.{room}"), tone=tone, strong=True), "–", level, reason]
    level = words(
        "blend.from_to",
        today=n.share(before.service_level) if before is not None else "–",
        after=n.share(best.service_level),
    )
    moved = n.interval(best.item_h_per_week, best.item_h_low, best.item_h_high, "hours_per_week")
    return [
        pool,
        Cell(lab.named(best, words), tone="accent", strong=True),
        moved,
        level,
        str(best.why).removeprefix(CHOSEN),
    ]

"""Which item types to begin with, and what must change before the others can follow."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.report.blocks import Cell, Column, Exhibit, Part, Tone
from analysis.report.context import Context

MODES = ("releasable", "shareable", "interruptible")
SUITS = ("suitable_blocks", "suitable_between", "suitable_interrupt")
# how the inventory begins what only the client can say
ASKED = "the client states "
# changes of a type that are told one by one
MOST_CHANGES = 2
# more types are merged into one row
MOST_TYPES = 12


def inventory(c: Context, *, topic: str = "") -> list[Part]:
    """Return the item types in the order in which to begin, with what each mode could take and what must change."""
    words, frame = c.words, c.blending.inventory
    if frame.empty:
        return []
    order = frame.sort_values("rank", kind="stable") if frame["rank"].notna().any() else frame
    shown, left = order.head(MOST_TYPES), order.iloc[MOST_TYPES:]
    more = ""
    if len(left):
        rest = float(left["hours_per_week"].sum())
        more = words("inventory.more", n=c.n.count(len(left)), hours=c.n.hours(rest))
    asked = {_asked(row) for row in shown.itertuples()}
    # what every type leaves open is said once
    common = asked.pop() if len(asked) == 1 and len(shown) > 1 else ""
    every = words("inventory.every", change=common) if common else ""
    said = " ".join(part for part in (every, words("inventory.definition"), more) if part)
    return [
        Exhibit(
            _headline(c, order),
            c.source("work_items", "item_types", n=words.some("ready.n_types", len(frame)), definition=said),
            columns=(
                Column(words("inventory.column.rank"), "right", 0.7),
                Column(words("inventory.column.type"), width=3.0),
                Column(words("inventory.column.hours"), "right", 1.35),
                Column(words("inventory.column.mean"), "right", 1.2),
                Column(words("inventory.column.slack"), "right", 0.9),
                *(Column(words(f"mode_short.{mode}"), "center", 1.2) for mode in MODES),
                Column(words("inventory.column.change"), width=5.8),
            ),
            rows=[_type(c, row, common) for row in shown.itertuples()],
            dense=True,
            topic=topic,
        )
    ]


def _headline(c: Context, frame: pd.DataFrame) -> str:
    """Return which types to begin with, or that none can be begun."""
    words, n = c.words, c.n
    first = frame[frame["first"].astype(bool)]
    if len(first):
        names = words.listed([str(name) for name in first["type"].head(3)])
        key = "inventory.headline_first" if len(first) <= 3 else "inventory.headline_some"
        return words(key, names=names, n=n.count(len(first)), hours=n.hours(float(first["hours_per_week"].sum())))
    fits = frame[frame[list(SUITS)].astype(bool).any(axis=1)]
    if fits.empty:
        return words("inventory.headline_none", all=n.count(len(frame)))
    hours = n.hours(float(fits["hours_per_week"].sum()))
    asked = "questions" in fits and fits["questions"].ne("").all()
    return words(
        "inventory.headline_asked" if asked else "inventory.headline",
        fit=n.count(len(fits)),
        all=n.count(len(frame)),
        hours=hours,
    )


def _parts(row: Any) -> list[str]:
    return [part.strip() for part in str(row.must_change or "").split(";") if part.strip()]


def _asked(row: Any) -> str:
    """Return what the client has to state of a type in one phrase; empty when nothing is open."""
    asked = [part.removeprefix(ASKED) for part in _parts(row) if part.startswith(ASKED)]
    # one "whether" serves all that follow it
    stated = [part if place == 0 else part.removeprefix("whether ") for place, part in enumerate(asked)]
    return f"{ASKED}{', '.join(stated)}" if asked else ""


def _change(c: Context, row: Any, common: str) -> str:
    """Return what must change before a type can be begun, without what is said of every type."""
    asked = _asked(row)
    every = [part for part in _parts(row) if not part.startswith(ASKED)]
    every += [asked] if asked and asked != common else []
    left = len(every) - MOST_CHANGES
    if left > 1:
        every = [*every[:MOST_CHANGES], c.words("inventory.and_more", n=c.n.count(left))]
    if every:
        return "; ".join(every)
    return c.words("inventory.begin") if row.first else c.words("inventory.as_all") if common else ""


def _type(c: Context, row: Any, common: str) -> list[str | Cell]:
    n = c.n
    begin = bool(row.first)
    tone: Tone = "accent" if begin else "plain"
    yes, no = Cell("●", tone="accent"), Cell("–", tone="muted")
    change = _change(c, row, common)
    return [
        Cell(n.count(row.rank) if pd.notna(row.rank) else "–", tone=tone, strong=begin),
        Cell(str(row.type), tone=tone, strong=begin),
        n.hours(row.hours_per_week) if pd.notna(row.hours_per_week) else "–",
        n.length(row.mean_s) if pd.notna(row.mean_s) else "–",
        n.length(3600 * row.slack_h) if pd.notna(row.slack_h) else "–",
        *(yes if getattr(row, fit) else no for fit in SUITS),
        Cell(change, tone="accent" if begin else "muted"),
    ]

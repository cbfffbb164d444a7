"""How far the figures of blending can be trusted: the promise as measured, and today's desk replayed."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from analysis.report.blocks import Absent, Cell, Column, Exhibit, Part
from analysis.report.context import Context, bounded

# ranges of the change in service that are told one by one: at least so wide, and so many
LEAST_RANGE, MOST_RANGES = 0.005, 4
MINUS = re.compile(r"(?<=\s)-(?=\d)")
MEASURES = ("service_level", "p_abandon", "occupancy")


def promise(c: Context, *, topic: str = "") -> list[Part]:
    """Return the promise of every queue: reported, measured, and as the model sees it."""
    words, frame = c.words, c.blending.service
    if frame.empty:
        return []
    known = frame[frame["measured"].notna()]
    share = c.n.share
    return [
        Exhibit(
            _service_headline(c, known),
            c.source("contacts", "volumes", results=("blending",)).counted(
                words.some("service.queues", len(frame)), words("service.definition")
            ),
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
            topic=topic,
        )
    ]


def _service_headline(c: Context, known: pd.DataFrame) -> str:
    """Return in how many queues the promise is kept; of a single queue its figures."""
    words, kept = c.words, int((known["measured"] >= known["target"]).sum())
    if known.empty:
        return words("service.unmeasured", all=words.some("service.queues", len(c.blending.service)))
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


def replay(c: Context, pool: str | None, *, topic: str = "") -> list[Part]:
    """Return whether today's days, replayed without items, give what was observed; why not where they were not replayed."""
    words, n, frame = c.words, c.n, c.blending.replay_check
    mine = frame if pool is None else frame[frame["pool"] == pool]
    if mine.empty:
        return [Absent(words("missing.check"), words("absent.need", what=words("need.check")))]
    known = mine.drop_duplicates("measure")
    missed = known[~known["holds"].astype(bool)]
    level = next(known[known["measure"] == "service_level"].itertuples(), None)
    if level is None or len(missed):
        measures = words.listed([words(f"check.measure.{row.measure}").lower() for row in missed.itertuples()])
        headline = words("check.headline.missed", measures=measures or words("check.headline.level"))
    else:
        headline = words("check.headline.holds", observed=n.share(level.observed), replayed=n.share(level.replayed))
    return [
        Exhibit(
            headline,
            c.source("contacts", "spells", definition=words("check.definition")),
            columns=(
                Column(words("check.column.measure"), width=1.9),
                Column(words("check.column.observed"), "right", 1.1),
                Column(words("check.column.replayed"), "right", 1.1),
                Column(words("check.column.slots"), width=6.2),
                Column(words("check.column.holds"), width=0.7),
            ),
            rows=[_check(c, row) for row in known.itertuples()],
            dense=True,
            topic=topic,
        )
    ]


def _check(c: Context, row: Any) -> list[str | Cell]:
    words, n = c.words, c.n
    holds = (
        Cell(words("check.yes"), tone="accent") if row.holds else Cell(words("check.no"), tone="warning", strong=True)
    )
    # its sentence begins with the figures that stand before it
    slots = str(row.sentence).partition("; ")[2] or str(row.sentence)
    return [
        words(f"check.measure.{row.measure}") if row.measure in MEASURES else str(row.measure),
        n.fine_share(row.observed) if pd.notna(row.observed) else "–",
        n.fine_share(row.replayed) if pd.notna(row.replayed) else "–",
        Cell(MINUS.sub(words("number.minus"), slots[:1].upper() + slots[1:]), tone="muted"),
        holds,
    ]


def points(c: Context, share: float) -> str:
    """Return a difference of shares in points, with a minus sign where it is one."""
    text = c.n.points(abs(share))
    return text if share >= 0 or text == "0" else c.words("number.minus") + text


def ranges(c: Context, pool: str | None) -> str:
    """Return how far the replayed effect moves with what a replay cannot know, widest first; empty where it was not tried."""
    frame = c.blending.replay_ranges
    mine = (frame if pool is None else frame[frame["pool"] == pool]).dropna(subset=["change_low", "change_high"])
    if mine.empty:
        return ""
    low, high = mine[["change_low", "change_high"]].min(axis=1), mine[["change_low", "change_high"]].max(axis=1)
    wide = (high - low).sort_values(ascending=False, kind="stable")
    shown = wide[wide >= LEAST_RANGE].index[:MOST_RANGES]
    said = [
        c.words(
            "replays.range", factor=_sentence(mine.at[at, "words"]), low=points(c, low[at]), high=points(c, high[at])
        )
        for at in shown
    ]
    rest = len(mine) - len(shown)
    most = max((abs(float(wide[at])) for at in wide.index.difference(shown)), default=0.0)
    if rest:
        said.append(c.words.some("replays.rest", rest, most=c.n.tenth(100 * max(most, 0.001))))
    return " ".join(said)


def _sentence(text: object) -> str:
    return str(text).strip().removesuffix(".")

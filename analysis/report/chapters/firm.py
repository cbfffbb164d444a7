"""How firm the classes of readiness are, and how far raters agree; what a judgement rests on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.readiness.result import MODES
from analysis.report.blocks import Column, Exhibit, Note, Source
from analysis.report.context import Context

# classes in the order of their columns
CLASSES = ("ready", "ready_with_changes", "not_yet", "cannot_say")


def judged(c: Context, *stages: str) -> Source:
    """Return what a judgement rests on: answers, what the stages found, and how many criteria were judged."""
    return c.source("answers", results=(*stages, "readiness"), n=c.words.some("ready.n", len(c.readiness.criteria)))


def parts(c: Context) -> list[Exhibit]:
    """Return how firm the classes are: over weightings, raters and draws of the data; and how far raters agree."""
    words, found = c.words, []
    shares = c.readiness.acceptability.pivot_table(
        index="mode", columns="verdict", values="share", aggfunc="first", sort=False
    )
    kinds = [name for name in CLASSES if name in shares]
    if len(shares):
        found.append(
            Exhibit(
                _class_holds(c) or words("ready.firm.none", share=c.n.share(_least_held(c))),
                judged(c).counted(
                    words("ready.n_draws", n=c.n.count(c.readiness.settings.draws)), words("ready.firm_source")
                ),
                columns=(
                    Column(words("ready.column.mode"), width=3),
                    *(Column(words(f"verdict.{name}"), "right", 2) for name in kinds),
                ),
                rows=[
                    (words(f"mode.{row.Index}"), *(c.n.share(getattr(row, name)) for name in kinds))
                    for row in shares.itertuples()
                ],
                notes=[Note(words(f"ready.doubt.{row.kind}"), row.sentence) for row in _doubts(c)],
            )
        )
    agreement = c.readiness.agreement
    if len(agreement):
        found.append(
            Exhibit(
                _agreement(c),
                c.source("answers", results=("readiness",)).counted(
                    words(
                        "ready.n_rated",
                        n=c.n.count(int(agreement["criteria"].max())),
                        raters=c.n.count(int(agreement["raters"].max())),
                    ),
                    words("ready.agreement_source"),
                ),
                columns=(
                    Column(words("ready.column.measure"), width=3),
                    Column(words("ready.column.value"), "right", 2),
                    Column(words("ready.column.means"), width=7),
                ),
                rows=[
                    (
                        words(f"ready.measure.{row.measure}"),
                        _index(c, row),
                        row.sentence or row.reason,
                    )
                    for row in agreement.itertuples()
                ],
            )
        )
    return found


def _agreement(c: Context) -> str:
    """Return how many of the pairs of ratings lie within one level, with the coefficient that takes chance out."""
    words, frame = c.words, c.readiness.agreement
    rows = {row.measure: row for row in frame.itertuples() if pd.notna(row.value)}
    said = [
        words(f"ready.agrees.{name}", value=_index(c, rows[name]))
        for name in ("percent", "krippendorff_alpha")
        if name in rows
    ]
    if not said:
        return words("ready.agreement_none", n=c.n.count(int(frame["criteria"].max())))
    return words("ready.agreement", said=words.listed(said))


def _least_held(c: Context) -> float:
    """Return in how many draws the class of a mode was met, of the mode whose class is least firm."""
    frame, modes = c.readiness.acceptability, c.readiness.modes
    met = [
        frame.loc[(frame["mode"] == row.mode) & (frame["verdict"] == row.verdict), "share"].sum()
        for row in modes.itertuples()
    ]
    return float(min(met, default=0.0))


def _index(c: Context, row: Any) -> str:
    """Return a measure of agreement with its interval: a share of pairs, or a coefficient from 0 to 1."""
    if pd.isna(row.value):
        return "–"
    return c.n.interval(row.value, row.low, row.high, "share" if row.measure == "percent" else "index")


def _class_holds(c: Context) -> str:
    """Return how often the class of the headline's mode was met; empty without a mode."""
    verdict, frame = c.readiness.verdict, c.readiness.acceptability
    rows = frame[(frame["mode"] == verdict.mode) & (frame["verdict"] == verdict.verdict)]
    if rows.empty:
        return ""
    return c.words(
        "ready.firm.holds",
        share=c.n.share(rows["share"].sum()),
        verdict=c.words(f"verdict.{verdict.verdict}"),
        mode=c.words(f"mode.{verdict.mode}").lower(),
    )


def _doubts(c: Context) -> list[Any]:
    """Return one sentence for each source of doubt, of the headline's mode."""
    frame = c.readiness.sensitivity
    own = frame[(frame["mode"] == (c.readiness.verdict.mode or MODES[0])) & (frame["sentence"] != "")]
    return list(own.drop_duplicates("kind").itertuples())

"""The ramp in the chapter on what is achievable: what it brings, and the rules of its first checkpoint."""

from __future__ import annotations

from analysis.foundation.schema import POPULATIONS
from analysis.report.blocks import Cell, Column, Listing, Part
from analysis.report.context import Context
from analysis.report.exhibits import steps

# what a checkpoint looks at first; the rest stands in the workbook
MEASURES = ("utilization", "occupancy", "service level", "due times", "errors", "concerns")
# a plan tells the others among the rules of its phases
BESIDE_A_PLAN = ("utilization",)


def parts(c: Context) -> list[Part]:
    """Return the ramp with the rules of its first checkpoint."""
    settings, frame = c.utilization.settings, c.utilization.checkpoints
    definition = c.words(
        "ramp.definition", weeks=c.n.count(settings.learning_weeks), factor=c.n.short(settings.learning_range)
    )
    if len(frame) and steps.shown(c.utilization):
        looks = frame[["population", "week"]].drop_duplicates()
        rules = c.words(
            "checkpoints.source",
            n=c.n.count(len(frame)),
            week=c.n.count(frame["week"].min()),
            checkpoints=c.n.count(len(looks)),
        )
        planned = [c.words("checkpoints.planned")] if len(c.readiness.plan) else []
        definition = " ".join([definition, *_areas(c), rules, *planned])
    drawn = c.drawn(
        steps, steps.ramp, c.utilization, name="ramp", height_mm=steps.HEIGHT_MM, margins_mm=steps.MARGINS_MM,
        source=c.source("spells", "work_items", "schedule", results=("utilization",)).saying(definition),
    )  # fmt: skip
    return [drawn, *_checkpoints(c)]


def _areas(c: Context) -> list[str]:
    """Return for each population what the ramp brings until its last week: the area below the line, not its end."""
    frame, said = c.utilization.ramp, []
    last = frame[frame["by"].eq("population") & frame["week"].eq(frame["week"].max())]
    for population in c.populations():
        rows = last[last["population"].eq(population)].set_index("scenario")
        if {"cautious", "expected", "bold"} <= set(rows.index):
            week = int(rows.loc["expected", "week"])
            area = {name: c.n.hours(float(rows.loc[name, "hours_to_date"])) for name in rows.index}
            said.append(
                c.words(
                    "ramp.area",
                    population=c.words(f"population.{population}"),
                    week=c.n.count(week),
                    hours=area["expected"],
                    low=area["cautious"],
                    high=area["bold"],
                    end=c.n.hours(week * float(rows.loc["expected", "hours_per_week"])),
                )
            )
    return said


def _checkpoints(c: Context) -> list[Part]:
    """Return what must hold at the first checkpoint to go on, and when to stop; rules that both populations share stand once."""
    words, frame = c.words, c.utilization.checkpoints
    if frame.empty:
        return []
    week = int(frame["week"].min())
    shown = BESIDE_A_PLAN if len(c.readiness.plan) else MEASURES
    first = frame[(frame["week"] == week) & frame["measure"].isin(shown)]
    first = first if len(first) else frame[frame["week"] == week]
    rows = []
    for key, part in first.groupby(["measure", "go", "stop"], sort=False):
        measure, go, stop = map(str, key)  # type: ignore[reportGeneralTypeIssues]
        names = [words(f"population.{name}").lower() for name in POPULATIONS if name in set(part["population"])]
        whose = words("checkpoints.all") if len(names) > 1 else words.listed(names)
        place = MEASURES.index(measure) if measure in MEASURES else len(MEASURES)
        name = f"{measure[:1].upper()}{measure[1:]}"
        rows.append((place, [Cell(words("checkpoints.row", measure=name, population=whose), strong=True), go, stop]))
    return [
        Listing(
            columns=(
                Column(words("checkpoints.column.measure", week=c.n.count(week)), width=2.2),
                Column(words("checkpoints.column.go"), width=6.3),
                Column(words("checkpoints.column.stop"), width=6.0),
            ),
            rows=[row for _, row in sorted(rows, key=lambda row: row[0])],
        )
    ]

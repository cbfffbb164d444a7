"""Nothing that could single out a person leaves the kit: looked at once more before anything is written."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.foundation.schema import DisclosureProblem
from analysis.measure.groups import too_few

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.utilization.result import Utilization


OF_UTILIZATION = ("sites or groups", "best quarters", "ramps")
OF_BLENDING = ("replayed days", "replayed half hours")
REPLAYED = {
    "replay_days": ("observed", "replayed", "blended", "change", "item_h"),
    "replay_slots": ("observed", "replayed", "blended", "items_on"),
}
# figures about people in the half hours of blending
IDLE = ("agents", "load", "idle_agents", "structural_agents", "surplus_agents", "surplus_planned_agents",
        "surplus_volume_agents", "surplus_handling_agents", "releasable_agents", "shareable_agents", "interruptible_agents")  # fmt: skip
# a quarter of people needs as many people as a group
QUARTER = 0.25
# the fewest that any setting allows
FEWEST_NOTES, FEWEST_PEOPLE = 2, 3


def check_groups(baseline: Baseline, utilization: Utilization | None = None, blending: Blending | None = None) -> None:
    """Refuse figures that stand on fewer people than the engagement's smallest group.

    Parameters
    ----------
    baseline
        The measured baseline; its settings name the smallest group.
    utilization
        The estimated utilization, where there is one.
    blending
        The blending assessment, where there is one.

    Raises
    ------
    DisclosureProblem
        A population, a group, a half hour, a level of a breakdown, a site or group of the ramp, a best quarter of people, a replayed day or one of its half hours below the smallest group holds a figure; the message says how many, never which.
    """
    smallest = baseline.settings.minimum_group_agents
    attendance, shares, groups, slots = baseline.attendance, baseline.shares, baseline.groups, baseline.idle_by_slot
    levels = baseline.breakdowns
    small = set(attendance.loc[attendance["agents"] < smallest, "population"]) if len(attendance) else set()
    found = {
        "populations": int((shares["population"].isin(small) & shares["value"].notna()).sum()) if len(shares) else 0,
        "groups": int(((groups["agents"] < smallest) & groups["value"].notna()).sum()) if len(groups) else 0,
        "half hours": int(((slots["distinct_agents"] < smallest) & slots["idle_agents"].notna()).sum())
        if len(slots)
        else 0,
        "levels": int(((levels["agents"] < smallest) & (levels["low"].notna() | levels["value"].notna())).sum())
        if len(levels)
        else 0,
    }
    if utilization is not None:
        found |= _of_utilization(utilization, smallest)
    if blending is not None:
        found |= _of_blending(blending, smallest)
    for what, count in found.items():
        if count:
            stage = "utilization" if what in OF_UTILIZATION else "blending" if what in OF_BLENDING else "baseline"
            raise DisclosureProblem(
                f"{stage}: {count} figures of {what} stand on fewer than {smallest} people. "
                f"Nothing was written. Run the {stage} stage again; if it stays, report it as a fault of the kit."
            )


def _of_utilization(utilization: Utilization, smallest: int) -> dict[str, int]:
    """Return how many figures of utilization stand on too few people, by what they are of."""
    levels, best, ramp = utilization.levels, utilization.best, utilization.ramp
    few = _figures(levels, smallest, ("today", "value", "low", "hours_per_week")) if len(levels) else levels
    people = (
        best[best["unit"] == "people"].assign(agents=lambda frame: (frame["units"] * QUARTER + 0.5).astype("Int64"))
        if len(best)
        else best
    )
    best_few = _figures(people, smallest, ("observed", "value", "adjusted")) if len(people) else people
    steps = ramp.loc[ramp["by"] != "population", ["population", "by", "level"]].drop_duplicates() if len(ramp) else ramp
    shown = levels.loc[levels["agents"] >= smallest, ["population", "by", "level"]] if len(levels) else steps.head(0)
    alone = steps.merge(shown, how="left", indicator=True) if len(steps) else steps
    return dict(
        zip(
            OF_UTILIZATION,
            (len(few), len(best_few), int((alone["_merge"] == "left_only").sum()) if len(alone) else 0),
            strict=True,
        )
    )


def _of_blending(blending: Blending, smallest: int) -> dict[str, int]:
    """Return how many replayed days and half hours show a figure of too few people."""
    counts = (
        len(_figures(frame, smallest, columns)) if len(frame) else 0
        for frame, columns in ((getattr(blending, name), columns) for name, columns in REPLAYED.items())
    )
    return dict(zip(OF_BLENDING, counts, strict=True))


def without_few(blending: Blending, baseline: Baseline) -> Blending:
    """Return blending without the figures of half hours that too few people worked: of the contact centre ever, of a replayed day then.

    Parameters
    ----------
    blending
        The blending assessment.
    baseline
        The measured baseline; it knows how many different people stand behind a half hour.

    Returns
    -------
    Blending
        The same with `idle_by_cause`, `usable_slots`, `replay_days` and `replay_slots` missing there; half hours that the baseline put together
        hold the mean of their span.
    """
    smallest = baseline.settings.minimum_group_agents
    changed = {}
    for name, columns in REPLAYED.items():
        frame = getattr(blending, name)
        if frame.empty:
            continue
        hidden = frame["agents"].lt(smallest)
        if (hidden & frame[list(columns)].notna().any(axis=1)).any():
            changed[name] = frame.assign(**{column: frame[column].mask(hidden) for column in columns})
    slots = baseline.idle_by_slot
    mine = slots[slots["population"] == "contact_centre"] if len(slots) else slots
    for name in ("idle_by_cause", "usable_slots"):
        frame = getattr(blending, name)
        if len(frame) and len(mine):
            changed |= _by_spans(name, frame, mine, smallest, alone=_few_of_a_pool(baseline))
    return dataclasses.replace(blending, **changed) if changed else blending


def _few_of_a_pool(baseline: Baseline) -> pd.MultiIndex | None:
    """Return the weekdays and half hours in which some pool has too few people: no pool is shown there, since all together are; None for one pool."""
    members, smallest = baseline.members, baseline.settings.minimum_group_agents
    rows = members[members["by"].eq("pool_slot")] if len(members) else members
    if rows.empty:
        return None
    few = rows.groupby("level")["base_h"].agg(lambda hours: too_few(hours, minimum=smallest))
    cells = [level.rsplit(" ", 2)[1:] for level in few.index[few]]
    return pd.MultiIndex.from_tuples(sorted({(int(day), int(slot)) for day, slot in cells}), names=["weekday", "slot"])


def _by_spans(
    name: str, frame: pd.DataFrame, slots: pd.DataFrame, smallest: int, *, alone: pd.MultiIndex | None
) -> dict[str, pd.DataFrame]:
    """Return the frame with the means of spans where half hours were put together, and without those of too few people; empty if it stays."""
    columns = [column for column in IDLE if column in frame]
    cells = ["weekday", "slot_of_day_s"]
    span = slots.set_index(cells)[["span_start_s", "span_slots", "distinct_agents", "attended_agents"]]
    of = span.reindex(pd.MultiIndex.from_frame(frame[cells])).set_axis(frame.index)
    several = of["span_slots"].gt(1)
    # a half hour in which nobody of the baseline was there has nobody to hide
    # without means are also spans that others' figures would give away
    few = of["distinct_agents"].lt(smallest) | (of["span_start_s"].notna() & of["attended_agents"].isna())
    if alone is not None:
        # half hours that were put together hold enough people of all pools, not of each
        few |= several | pd.MultiIndex.from_frame(frame[cells]).isin(alone)
    if not several.any() and not few.any():
        return {}
    means = frame.assign(span=of["span_start_s"]).groupby(["pool", "weekday", "span"])[columns].transform("mean")
    figures = frame[columns].mask(several, means).mask(few)
    return {name: frame.assign(**{column: figures[column] for column in columns})}


def _figures(frame: pd.DataFrame, smallest: int, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows that hold a figure and stand on fewer people than the smallest group, or on an unknown number."""
    small = ~frame["agents"].ge(smallest).fillna(False).astype(bool)
    return frame[small & frame[list(columns)].notna().any(axis=1)]


def check_heard(result: Any) -> None:
    """Refuse counts of notes, and guesses, that could be one person's.

    Parameters
    ----------
    result
        Whatever holds the frames `listening`, `heard` and `expectations`: a readiness assessment, or what was heard.

    Raises
    ------
    DisclosureProblem
        A theme, a role or the escalations of one note, a theme from one team and one role, or guesses of fewer than three people; the message says how many, never which.
    """
    listening, heard, expectations = result.listening, result.heard, result.expectations
    alone = (listening["teams"] < 2) & (listening["roles"].fillna(0) < 2)
    found = {
        "themes": int(((listening["times"] < FEWEST_NOTES) | alone).sum()),
        "escalations": int(listening["escalations"].between(1, FEWEST_NOTES - 1).sum()),
        "roles": int(heard["notes"].between(1, FEWEST_NOTES - 1).sum()),
        "guesses": int((expectations["people"] < FEWEST_PEOPLE).sum()),
    }
    for what, count in found.items():
        if count:
            raise DisclosureProblem(
                f"listening: {count} counts of {what} could be of one person. "
                "Nothing was written. Report it as a fault of the kit."
            )

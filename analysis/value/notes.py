"""What a reader must know about the balance, and what the client has to be asked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.baseline import Baseline
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import BASE
from analysis.utilization import Utilization
from analysis.value.balance import Balance
from analysis.value.moving import Moving
from analysis.value.settings import ValueSettings
from analysis.value.words import hours, percent

# a limit that holds in fewer draws than this is not worth a line
_RARE = 0.005


def of_hours(
    found: Balance, moving: Moving, *, utilization: Utilization, baseline: Baseline, client: Client
) -> tuple[Finding, ...]:
    """Return what a reader must know about the hours."""
    notes = []
    held = float(np.mean(found.limited))
    if held >= _RARE:
        text = (
            f"In {percent(held)} of the draws no more was freed than the non-work that exists and the hours moved: meetings, training and other support stay as they are today. "
            "A smaller back office may need less of them; that is not counted."
        )
        notes.append(Finding("support_is_not_freed", "flag", "balance of hours", text))
    cut = float(np.mean(found.short))
    if cut >= _RARE:
        text = (
            f"In {percent(cut)} of the draws the items that could move were cut to the hours in which agents wait, or to the work that there is. "
            "Where this is often, compare the waiting that the baseline measures with the hours that blending can use."
        )
        notes.append(Finding("moved_hours_cut", "flag", "balance of hours", text))
    if moving.reason and (moving.mode or not moving.known):
        notes.append(Finding("items_moved_not_known", "flag", "blending", f"Items that can move: {moving.reason}."))
    if moving.mode:
        text = (
            "The share of the movable hours that is really moved (uptake_low_share to uptake_high_share) is an assumption, not a measurement; a pilot would measure it. "
            "Whether the mode may be used at all is for the readiness verdict: set blend_mode to the one it allows."
        )
        notes.append(Finding("uptake_is_assumed", "flag", "[value]", text))
    above = _above_ceiling(found, utilization, baseline, client)
    return (*notes, *([above] if above else []))


def of_money(settings: ValueSettings, *, stated: float) -> tuple[Finding, ...]:
    """Return what the client has to be asked about money."""
    notes = []
    if stated <= 0:
        text = "Which overtime, bought hours and budgeted vacancies of the back office could freed hours replace? None were stated in [value], so nothing is cashable."
        notes.append(Finding("nothing_takes_hours_up", "ask", "engagement.toml [value]", text))
    if settings.one_off_cost == 0 and settings.running_cost_per_week == 0:
        text = "What does the change cost, once and per week? None was stated in [value], so the value is before cost and no payback is given."
        notes.append(Finding("no_cost_of_the_change", "ask", "engagement.toml [value]", text))
    return tuple(notes)


def bounded_words(reason: str, bounds: Mapping[str, tuple[float, float]]) -> str:
    """Say what holds where today is known only within bounds."""
    if "freed" not in bounds:
        return f"The hours cannot be balanced: {reason}."
    low, high = bounds["freed"]
    return f"Back office: between {hours(low)} and {hours(high)} hours of the base a week could be freed, and no figure can be given: {reason}."


def _above_ceiling(found: Balance, utilization: Utilization, baseline: Baseline, client: Client) -> Finding | None:
    """Say so where items would fill the contact centre beyond what is achievable with blending."""
    rows = utilization.achievable[utilization.achievable["population"].eq("contact_centre")]
    days = baseline.days[baseline.days["population"].eq("contact_centre")]
    if rows.empty or days.empty or not np.isfinite(found.idle_today).all():
        return None
    row, weeks = rows.iloc[0], ((client.period.end - client.period.start).days + 1) / 7
    limit, today = float(row["blended_high"]), float(row["today"])
    after = today + float(np.median(found.moved_to_agents)) / (
        float(days[list(BASE)].to_numpy(dtype=float).sum()) / weeks
    )
    if not after > limit:
        return None
    text = (
        f"With the items moved, agents would work {percent(after)} of the base; what is achievable with blending ends at {percent(limit)}. "
        "Take the lower share moved as the plan."
    )
    return Finding("agents_above_what_is_achievable", "flag", "balance of hours", text)

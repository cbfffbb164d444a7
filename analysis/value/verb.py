"""What the change is worth: hours balanced once over both populations, then money in one joint simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.baseline import Baseline
from analysis.blending import Blending
from analysis.foundation.estimate import Estimate
from analysis.foundation.propagation import quantile_error
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import BASE, PAID
from analysis.utilization import Utilization
from analysis.value import notes, words
from analysis.value.balance import Balance, balance
from analysis.value.hour_costs import HourCosts, hour_costs
from analysis.value.lines import (
    Scale,
    balance_frame,
    balance_rows,
    bounded_rows,
    money_frame,
    surplus_of,
    surplus_row,
)
from analysis.value.money import Amounts, Course, amounts, areas, course, pace_draws, phases_of, stated_cost
from analysis.value.moving import Moving, moving_of
from analysis.value.quantities import Evidence, covers_a_year, drawn, hour_quantities, money_quantities
from analysis.value.result import CUMULATIVE, DISTRIBUTION, TORNADO, Value
from analysis.value.settings import Cost, ValueSettings
from analysis.value.start import Start, agents_idle_h, scores, start_of, stated_scores, uptake_draws
from analysis.value.targets import targets_of
from analysis.value.tornado import Inputs, tornado_rows

_SHAPE = np.arange(1, 200) / 200


def balance_value(
    tables: Mapping[str, pd.DataFrame],
    baseline: Baseline,
    utilization: Utilization,
    blending: Blending,
    *,
    client: Client,
    costs: Sequence[Cost] = (),
    settings: ValueSettings | None = None,
) -> Value:
    """Balance the hours of both populations once, and say what they are worth.

    Parameters
    ----------
    tables
        Canonical tables; the roster gives the mix of grades.
    baseline, utilization, blending
        Results of the stages before, on the same tables.
    client
        Period, full-time hours, currency.
    costs
        What an hour of each grade costs; without rows the balance is in hours alone.
    settings
        Vacancies, overtime, bought hours, costs of the change, and the simulation; the defaults if not given.

    Returns
    -------
    Value

    Raises
    ------
    UsageProblem
        Two rows of `costs` are for the same grade.

    Notes
    -----
    With H hours of the base, utilization u0 today and u1 after, and B item hours moved: needed after = (u0 H - B) / u1, freed in place = H - u0 H / u1, freed by moving = B / u1, never B / u0.
    Freed hours are taken up by overtime, bought hours and vacancies in this order; the rest is capacity, not cash. Where no reclaimable time was found u1 = u0. Hours in place never exceed the
    non-work that exists, all of them never that and the hours moved. One joint simulation takes the rows of ``utilization.draws`` whole, so that the correlation of baseline and target
    is kept; what was stated as a range is read as 10 to 90 %.

    References
    ----------
    docs/method/value.md.
    """
    chosen = settings or ValueSettings()
    moving = moving_of(blending, chosen.blend_mode)
    start = start_of(baseline, utilization, moving, client=client, settings=chosen)
    hourly = hour_costs(tables, costs, client=client, settings=chosen)
    parts = (
        _unknown(start, baseline, utilization, moving, client=client, settings=chosen)
        if isinstance(start, str)
        else _known(start, baseline, utilization, moving, hourly, client=client, settings=chosen)
    )
    scale = _scale(baseline, client)
    surplus = surplus_row(blending, scale)
    evidence = Evidence.of(utilization, assumed=bool(moving.mode))
    money = money_quantities(
        parts.amounts,
        parts.courses,
        reason=parts.reason,
        year=covers_a_year(tables),
        evidence=evidence.stated(),
        settings=chosen,
    )
    return Value(
        quantities=(*hour_quantities(parts.hours, evidence, parts.instead), *money),
        findings=(*parts.findings, *hourly.findings),
        settings=chosen,
        sentences={**parts.sentences, **_alternatives(blending, scale, client)},
        balance=balance_frame([*parts.rows, *([surplus] if surplus else [])]),
        money=money_frame(parts.amounts),
        cumulative=_cumulative(parts.courses),
        distribution=_distribution(parts.amounts),
        tornado=_tornado(parts.tornado),
        targets=targets_of(tables, baseline, utilization, blending, client=client),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the balance found, or what stands instead."""

    hours: Balance | None
    instead: Mapping[str, Estimate]
    rows: list[dict[str, object]]
    amounts: Amounts | None
    reason: str
    courses: Mapping[str, Course]
    tornado: list[dict[str, object]]
    sentences: dict[str, str]
    findings: tuple[Finding, ...]


def _known(
    start: Start,
    baseline: Baseline,
    utilization: Utilization,
    moving: Moving,
    hourly: HourCosts,
    *,
    client: Client,
    settings: ValueSettings,
) -> _Parts:
    """Balance hours and money where today's work in the back office is known."""
    found = balance(start.now, start.uses)
    said = {"balance": words.balance_words(found, room=start.found, moving=moving)}
    stated = start.uses.overtime_h + start.uses.outsourced_h + start.uses.vacancies_h
    said |= {"why_blend": words.why_blend_words(found, stated=stated), "moving": words.moving_words(moving)}
    reason = hourly.reason
    if not np.any(found.freed > 0):
        reason = f"no hours are freed: {words.nothing_freed(room=start.found, moving=moving)}"
    rows = balance_rows(found, _scale(baseline, client), room=start.found)
    findings = notes.of_hours(found, moving, utilization=utilization, baseline=baseline, client=client)
    instead = _nothing(utilization, found, room=start.found, moving=moving)
    if reason:
        said["money"] = f"Hours are not turned into money: {reason}."
        return _Parts(found, instead, rows, None, reason, {}, [], _spoken(said), findings)
    inputs = Inputs(
        start,
        hourly.at(stated_scores("hour", settings)),
        stated_cost(settings.running_cost_per_week, stated_scores("running", settings), settings),
        settings,
    )
    one_off = stated_cost(settings.one_off_cost, stated_scores("one_off", settings), settings)
    money = amounts(found, inputs.hour, base_share=start.base_share, running=inputs.running, one_off=one_off, settings=settings)  # fmt: skip
    courses = _courses(money, utilization, settings)
    error = quantile_error(money.combined, independent=start.independent)
    said |= {
        "money": words.money_words(money, client.currency),
        "precision": words.precision_words(error, settings.money_draws, client.currency),
    }
    if settings.one_off_cost or settings.running_cost_per_week:
        said["payback"] = words.payback_words(courses["cash"].payback_weeks, courses["cash"].above, courses["capacity"].above, settings)  # fmt: skip
    findings = (*findings, *notes.of_money(settings, stated=stated))
    return _Parts(found, instead, rows, money, "", courses, tornado_rows(inputs), _spoken(said), findings)


def _courses(money: Amounts, utilization: Utilization, settings: ValueSettings) -> dict[str, Course]:
    """Add up net cash, and the same with capacity, on the ramp."""
    pace = pace_draws(utilization.settings, stated_scores("pace", settings))
    under, log_pace = areas(phases_of(utilization), pace, horizon=settings.horizon_weeks), np.log(pace)
    benefits = {"cash": money.benefit, "capacity": money.benefit + money.left}
    return {
        name: course(
            benefit,
            lambda week: under.after(week, log_pace),
            running=-money.running_cost,
            one_off=money.one_off,
            horizon=settings.horizon_weeks,
            spread=name == "cash",
        )
        for name, benefit in benefits.items()
    }


def _unknown(
    reason: str,
    baseline: Baseline,
    utilization: Utilization,
    moving: Moving,
    *,
    client: Client,
    settings: ValueSettings,
) -> _Parts:
    """Say what holds all the same where today's work is known only within bounds, or there is no back office."""
    idle = agents_idle_h(baseline, utilization, client=client)
    wanted = moving.at(scores("movable", settings)) * uptake_draws(settings)
    moved = np.minimum(wanted, idle)
    days = baseline.days[baseline.days["population"].eq("back_office")]
    mine = utilization.achievable[utilization.achievable["population"].eq("back_office")]
    rows: list[dict[str, object]] = []
    bounds: dict[str, tuple[float, float]] = {}
    if len(mine) and len(days) and mine[["today_low", "today_high"]].notna().to_numpy().all():
        weeks = ((client.period.end - client.period.start).days + 1) / 7
        row = mine.iloc[0]
        limit = next((float(row[name]) for name in ("high", "value", "today_high") if pd.notna(row[name])), 1.0)
        rows = bounded_rows(
            base_h=float(days[list(BASE)].to_numpy(dtype=float).sum()) / weeks,
            today=(float(row["today_low"]), float(row["today_high"])),
            after=limit,
            non_work=_most_non_work(baseline, float(row["today_low"])),
            moved=moved,
            idle=np.broadcast_to(idle, moved.shape),
            reason=reason,
            scale=_scale(baseline, client),
        )
        bounds = {str(one["line"]): (float(str(one["low"])), float(str(one["high"]))) for one in rows}
    described = {"unit": "hours_per_week", "basis": "modelled"}
    ends = {name: dict(zip(("low", "high"), bounds[name], strict=True)) for name in ("freed",) if name in bounds}
    instead = {
        "freed": Estimate.missing(reason, **ends.get("freed", {}), **described),
        "left": Estimate.missing(reason, **described),
        "moved": drawn(moved, **described) if moving.known else Estimate.missing(moving.reason, **described),
    }
    said = {"balance": notes.bounded_words(reason, bounds), "money": f"Hours are not turned into money: {reason}."}
    return _Parts(None, instead, rows, None, reason, {}, [], {**said, "moving": words.moving_words(moving)}, ())


def _most_non_work(baseline: Baseline, today_low: float) -> float:
    """Return the largest share of the base that may be non-work: the measured bound, else all that is not surely work."""
    for quantity in baseline.quantities:
        if quantity.id == "baseline.non_work_share" and dict(quantity.scope) == {"population": "back_office"}:
            return 1 - today_low if quantity.estimate.high is None else quantity.estimate.high
    return 1 - today_low


def _nothing(utilization: Utilization, found: Balance, *, room: bool, moving: Moving) -> dict[str, Estimate]:
    """Return the estimates that stand where nothing is freed or moved: words, with the bound that holds all the same."""
    described = {"unit": "hours_per_week", "basis": "modelled"}
    instead: dict[str, Estimate] = {}
    if not moving.known:
        instead["moved"] = Estimate.missing(f"not known: {moving.reason}", **described)
    if np.any(found.freed > 0):
        return instead
    reason = f"no hours are freed: {words.nothing_freed(room=room, moving=moving)}"
    high = next(
        (
            quantity.estimate.high
            for quantity in utilization.quantities
            if quantity.id == "utilization.reclaimable_h_per_week"
            and dict(quantity.scope) == {"population": "back_office"}
        ),
        None,
    )
    ends = {} if high is None else {"low": 0.0, "high": high}
    return {**instead, "freed": Estimate.missing(reason, **ends, **described), "left": Estimate.missing(reason, **described)}  # fmt: skip


def _alternatives(blending: Blending, scale: Scale, client: Client) -> dict[str, str]:
    """Say what else the waiting time would allow, and what a full-time equivalent is."""
    agents, open_h = surplus_of(blending)
    said = {}
    total = sum(estimate.value or 0.0 for estimate in agents.values())
    if total > 0:
        ends = [sum(getattr(one, end) or 0.0 for one in agents.values()) for end in ("low", "high")]
        hours_h = sum((one.value or 0.0) * open_h[pool] for pool, one in agents.items())
        said["alternatives"] = words.alternative_words(total, *ends, hours_h)
    share = scale.base_share.get("back_office", scale.base_share.get("contact_centre"))
    if share:
        said["fte"] = words.fte_words(client.full_time_h_per_week, share, max(open_h.values(), default=0.0))
    return said


def _scale(baseline: Baseline, client: Client) -> Scale:
    """Return what turns hours of the base into contracts."""
    shares = {}
    for population, rows in baseline.days.groupby("population"):
        paid = float(rows[list(PAID)].to_numpy(dtype=float).sum())
        if paid > 0:
            shares[str(population)] = float(rows[list(BASE)].to_numpy(dtype=float).sum()) / paid
    return Scale(client.full_time_h_per_week, shares)


def _spoken(said: Mapping[str, str]) -> dict[str, str]:
    """Leave out what has nothing to say."""
    return {name: text for name, text in said.items() if text}


def _cumulative(courses: Mapping[str, Course]) -> pd.DataFrame:
    rows = courses["cash"].quantiles if courses else []
    frame = pd.DataFrame(rows, columns=list(CUMULATIVE))
    return frame.astype({name: "int64" if name == "week" else "float64" for name in CUMULATIVE})


def _distribution(money: Amounts | None) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"of": name, "quantile": _SHAPE, "value": np.quantile(getattr(money, name), _SHAPE)})
        for name in (("combined", "cashable") if money is not None else ())
    ]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(DISTRIBUTION))
    return frame.astype({"of": "str", "quantile": "float64", "value": "float64"})


def _tornado(rows: list[dict[str, object]]) -> pd.DataFrame:
    kinds = {name: "str" if name in ("driver", "words") else "float64" for name in TORNADO}
    return pd.DataFrame(rows, columns=list(TORNADO)).astype(kinds)

"""What finished items were worth at standard times, and whether handling stretches when there is idle time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.baseline.evidence import People, Tables, handled_contacts
from analysis.baseline.frames import COLUMNS
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import clusters_of
from analysis.foundation.calendars import local_day, slot_of_day_s, utc_us, weekday
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import BASE
from analysis.measure.groups import too_few
from analysis.measure.idle import ON_DUTY
from analysis.measure.records import of_members, roster_of, table_of
from analysis.measure.standards import FittedStandards, dead_time_effect, earned_hours, earned_share, fit_standards
from analysis.measure.standards.share import over_base

Basis = Literal["client", "fitted", "none"]
ESTIMAND: dict[str, str] = {
    "client": "hours that finished items were worth at the client's standard times / base; pace is in it, so it is no share of time worked",
    "fitted": "hours that go with volumes, by standards fitted without each period in turn / base; needed or not, so it is no share of time worked",
    "fitted on paid hours": "hours that go with volumes, by standards fitted without each period in turn / paid hours, breaks and absence included; needed or not, so it is no share of time worked",
    "none": "hours that finished items were worth / base",
}
_CONTACTS = "contacts have no standard times: their handling time is measured, and earned hours would repeat it"
_GRADES = "ABCD"


@dataclass(frozen=True, slots=True)
class Workload:
    """Counted work of one population.

    Attributes
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    basis
        Where standard times come from: ``"client"``, ``"fitted"`` or ``"none"``.
    standards
        population, type, volume, standard_s, low, high, basis, status, reason.
    earned
        Share of base (or of paid hours, see `estimand`) earned at standard. Never pooled with estimates of time: pace is in it.
    earned_h
        Hours earned in all at the client's standards; None where a finished type has none.
    estimand
        What `earned` is a share of, in words.
    dead_time
        Change of handling time for 10 points more idle time.
    findings
        What a reader must know.
    facts
        population, fact, value, unit.
    """

    population: str
    basis: Basis
    standards: pd.DataFrame
    earned: Estimate
    earned_h: float | None
    estimand: str
    dead_time: Estimate
    findings: tuple[Finding, ...]
    facts: pd.DataFrame


def workload_of(
    tables: Tables, people: People, items: pd.DataFrame, *, client: Client, settings: BaselineSettings
) -> Workload:
    """Set finished items at standard times against the time that people were there for.

    Parameters
    ----------
    tables
        Canonical tables; `item_types`, `workload` and `contacts` are used.
    people
        The population.
    items
        Its work items, as :func:`analysis.baseline.service.items_of` returns them.
    client, settings
        Zone and holidays; confidence.

    Returns
    -------
    Workload

    Notes
    -----
    The client's standard times come first. Where it has none at all, they are fitted to items per day and base hours, or, where those say
    nothing, to the workload table's volumes and paid hours; every period then has standards that were fitted without it.
    """
    done = _done(items, people, client)
    standards = client_standards(tables)
    dead = _dead_time(tables, people, client=client, settings=settings)
    missing: dict[str, Any] = {"confidence": settings.confidence, "grade": people.attendance.grade}
    if people.population != "back_office":
        found = _Earned("none", _frame([]), Estimate.missing(_CONTACTS, **missing))
    elif standards and not done.empty:
        found = _at_standards(done, standards, people, settings)
    else:
        found = _fitted(tables, done, people, settings)
    earned_h = earned_at(done.groupby("type")["volume"].sum(), standards)
    findings = (*found.findings, *_dead_time_finding(people.population, dead))
    return Workload(
        people.population,
        found.basis,
        _without_few(found, items, tables, people, settings.minimum_group_agents).assign(population=people.population)[
            list(COLUMNS["standards"])
        ],
        found.earned,
        earned_h,
        ESTIMAND[found.estimand or found.basis],
        dead,
        findings,
        _facts(people.population, done, earned_h),
    )


@dataclass(frozen=True, slots=True)
class _Earned:
    """Earned hours on one basis."""

    basis: Basis
    standards: pd.DataFrame
    earned: Estimate
    findings: tuple[Finding, ...] = ()
    estimand: str = ""


def _without_few(found: _Earned, items: pd.DataFrame, tables: Tables, people: People, minimum: int) -> pd.DataFrame:
    """Return the standards without fitted times of types that too few people do: those would be their pace."""
    frame = found.standards
    if found.basis != "fitted" or frame.empty:
        return frame
    done = items[items["ended"].notna() & items["agent"].notna()]
    if found.estimand == "fitted":
        pairs = done[["type", "agent"]]
    else:
        volumes, roster = _of_teams(tables, people), roster_of(tables)
        teams = volumes.loc[volumes["volume"].gt(0), ["type", "team"]].drop_duplicates()
        pairs = teams.merge(roster[["team", "agent"]].drop_duplicates(), on="team")
    counts = pairs.groupby("type")["agent"].nunique().reindex(frame["type"]).fillna(0).to_numpy()
    worked = done.groupby(["type", "agent"]).size()
    held = {str(name) for name, part in worked.groupby(level="type") if too_few(part, minimum=minimum)}
    few = (counts < minimum) | ((found.estimand == "fitted") & frame["type"].isin(held).to_numpy())
    hidden = frame.assign(**{name: frame[name].mask(few) for name in ("standard_s", "low", "high")})
    words = f"fewer than {minimum} people do it, or one or two of them nearly all; a standard time from the client can stand here"
    return hidden.assign(
        status=frame["status"].mask(few, "suppressed").astype("str"),
        reason=frame["reason"].mask(few, words).astype("str"),
    )


def _done(items: pd.DataFrame, people: People, client: Client) -> pd.DataFrame:
    """Return finished items per local day and type: day, type, volume; the person's zone, else the client's."""
    ended = items[items["ended"].notna()]
    if ended.empty:
        return pd.DataFrame({"day": pd.Series(dtype="datetime64[us]"), "type": pd.Series(dtype="str"), "volume": []})
    day = local_day(ended["ended"], ended["agent"].map(people.zones).fillna(client.time_zone).astype("str"))
    keys = pd.DataFrame({"day": day.to_numpy(), "type": ended["type"].to_numpy()})
    return keys.groupby(["day", "type"]).size().rename("volume").astype("float64").reset_index()


def client_standards(tables: Tables) -> dict[str, float]:
    """Return the client's standard times above 0 by type [s]."""
    types = table_of(tables, "item_types")
    if types is None:
        return {}
    known = types[types["standard_s"].fillna(0) > 0].drop_duplicates("type")
    return dict(zip(known["type"].astype(str), known["standard_s"].astype(float), strict=True))


def earned_at(volumes: pd.Series, standards: Mapping[str, float]) -> float | None:
    """Return the hours that volumes by type earn; None where there are none, or a type has no standard time."""
    if volumes.empty or not set(volumes.index) <= set(standards):
        return None
    return earned_hours(volumes, standards)


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return standards without their population."""
    return pd.DataFrame(rows, columns=[name for name in COLUMNS["standards"] if name != "population"])


def _periods(people: People) -> pd.DataFrame:
    """Return the periods that have available hours: start, end, weekday, week, base_h."""
    days = people.days
    start = days["day"].astype("datetime64[us]")
    end = start
    if people.attendance.source == "paid_hours":
        paid = people.attendance.paid_h.drop_duplicates("period_start").set_index("period_start")["period_end"]
        end = start.map(paid)
    columns = {"start": start, "end": end, "weekday": days["weekday"], "week": days["week"]}
    frame = pd.DataFrame({**columns, "base_h": days[list(BASE)].sum(axis=1)})
    return frame[frame["base_h"] > 0].sort_values("start", ignore_index=True)


def _placed(done: pd.DataFrame, periods: pd.DataFrame) -> pd.Series:
    """Return the period that each day's items belong to, missing where there is none."""
    at = np.searchsorted(periods["start"].to_numpy(), done["day"].to_numpy(dtype="datetime64[us]"), side="right") - 1
    inside = (at >= 0) & (done["day"].to_numpy() <= periods["end"].to_numpy()[np.maximum(at, 0)])
    return pd.Series(np.where(inside, at, np.nan), index=done.index)


def _outside(population: str, done: pd.DataFrame, place: pd.Series) -> tuple[Finding, ...]:
    """Return what to know about items of days without available hours."""
    lost = float(done.loc[place.isna(), "volume"].sum())
    if not lost:
        return ()
    days = int(done.loc[place.isna(), "day"].nunique())
    text = f"{population}: {lost:,.0f} of {done['volume'].sum():,.0f} finished items lie on {days} days without paid time; they earn no hours in the share. Ask whether paid time of those days is missing."
    return (Finding("items_without_paid_time", "flag", "work_items", text, rows=int(lost)),)


def _at_standards(
    done: pd.DataFrame, standards: Mapping[str, float], people: People, settings: BaselineSettings
) -> _Earned:
    """Return the share earned at the client's standard times."""
    grade = _GRADES[max(_GRADES.index(people.attendance.grade), _GRADES.index("C"))]
    described: dict[str, Any] = {"confidence": settings.confidence, "grade": grade, "basis": "judged"}
    volumes = done.groupby("type")["volume"].sum()
    rows = [_client_row(str(name), float(volume), standards) for name, volume in volumes.items()]
    frame = _frame(rows)
    without = frame.loc[~frame["status"].eq("ok"), "type"].tolist()
    periods = _periods(people)
    if periods.empty:
        return _Earned("client", frame, Estimate.missing("no source says when people were paid", **described))
    place = _placed(done, periods)
    findings = _outside(people.population, done, place)
    inside = done[place.notna()]
    worth = inside["volume"] * inside["type"].map(standards).fillna(0.0) / 3600
    earned_h = np.bincount(place[place.notna()].astype("int64"), worth, len(periods))
    base_h = periods["base_h"].to_numpy(dtype="float64")
    if without:
        words = f"no standard time for {len(without)} of {len(frame)} types with items ({', '.join(without[:3])}{', ...' if len(without) > 3 else ''}); the others earn at least the lower limit"
        low = float(earned_h.sum() / base_h.sum())
        return _Earned("client", frame, Estimate.missing(words, low=low, **described), findings)
    clusters = clusters_of(people.days)
    words = (
        "the client's standard times are taken as given",
        "pace is in it: people faster than the standard earn more hours than they work",
    )
    share = over_base(
        earned_h,
        base_h,
        strata=periods["weekday"].to_numpy(),
        working_days=clusters.working_days,
        n_unit=clusters.unit,
        reasons=words,
        **described,
    )
    return _Earned("client", frame, share, findings)


def _client_row(name: str, volume: float, standards: Mapping[str, float]) -> dict[str, object]:
    """Return a type at the client's standard time."""
    known = name in standards
    reason = "" if known else "the client gave no standard time for it; add it, or time a sample"
    figures = {"standard_s": standards.get(name, np.nan), "low": np.nan, "high": np.nan}
    return {
        "type": name,
        "volume": volume,
        **figures,
        "basis": "client",
        "status": "ok" if known else "insufficient",
        "reason": reason,
    }


def _fitted(tables: Tables, done: pd.DataFrame, people: People, settings: BaselineSettings) -> _Earned:
    """Return the share earned at fitted standards: by day where base hours follow volumes, else by the workload table."""
    tried = []
    for estimand, table in (("fitted", _by_day(done, people)), ("fitted on paid hours", _of_teams(tables, people))):
        if table.empty or not table["type"].notna().any():
            continue
        fit = fit_standards(table, confidence=settings.confidence)
        earned = earned_share(table, fit, cross_fit=True, confidence=settings.confidence, grade=people.attendance.grade)
        tried.append((estimand, fit, earned))
    if not tried:
        words = "there are no standard times, and no volumes beside hours to fit them to"
        missing = Estimate.missing(words, confidence=settings.confidence, grade=people.attendance.grade)
        return _Earned("none", _frame([]), missing)
    estimand, fit, earned = next((one for one in tried if one[2].value is not None), tried[0])
    return _Earned("fitted", _fit_frame(fit), earned, _fit_findings(people.population, fit, earned), estimand)


def _by_day(done: pd.DataFrame, people: People) -> pd.DataFrame:
    """Return items per day beside base hours as a table of volumes; empty where hours have no clock times."""
    if done.empty or people.days.empty or people.attendance.source == "paid_hours":
        return pd.DataFrame(columns=["type"])
    periods = _periods(people)
    hours = periods.rename(columns={"start": "period_start", "end": "period_end", "base_h": "paid_h"})
    hours = hours.drop(columns=["weekday", "week"])
    lines = hours.merge(done.rename(columns={"day": "period_start"}), on="period_start", how="left")
    return lines.assign(team="all")


def _of_teams(tables: Tables, people: People) -> pd.DataFrame:
    """Return the population's rows of the workload table."""
    table, roster = table_of(tables, "workload"), roster_of(tables)
    if table is None or "team" not in roster:
        return pd.DataFrame(columns=["type"])
    teams = set(roster.loc[roster["population"].eq(people.population).fillna(False).astype(bool), "team"].dropna())
    return table[table["team"].isin(teams) & table["paid_h"].notna()]


def _fit_frame(fit: FittedStandards) -> pd.DataFrame:
    """Return fitted standards as the baseline's frame holds them."""
    return fit.to_frame().assign(basis="fitted")[[name for name in COLUMNS["standards"] if name != "population"]]


def _fit_findings(population: str, fit: FittedStandards, earned: Estimate) -> tuple[Finding, ...]:
    """Return that standards were fitted, and what could not be told."""
    refused = fit.frame[~fit.frame["status"].eq("ok")]
    what = f"the client gave no standard times; those of {len(fit.frame) - len(refused)} of {len(fit.frame)} types were read from hours and volumes"
    if len(refused):
        what += f". {refused['type'].iloc[0]}: {refused['reason'].iloc[0]}"
    if earned.value is None and not len(refused):
        what += f". {earned.reasons[0]}"
    return (Finding("standards_fitted", "flag", "standards", f"{population}: {what}.", rows=len(fit.frame)),)


def _dead_time(tables: Tables, people: People, *, client: Client, settings: BaselineSettings) -> Estimate:
    """Return whether handling stretches with idle time, from half-hour cells of a contact centre's pools."""
    described: dict[str, Any] = {"confidence": settings.confidence, "grade": people.attendance.grade}
    if people.population != "contact_centre":
        words = "items are put aside and taken up again, so their elapsed time cannot be set against idle time"
        return Estimate.missing(words, **described)
    if people.ladder is None or "IDLE" not in people.sees:
        return Estimate.missing("no source records idle states by the clock", **described)
    cells = handling_cells(tables, people, client=client, slot_s=settings.slot_s)
    if cells.empty:
        return Estimate.missing("no contacts with an agent, a start and an end were given", **described)
    return replace(dead_time_effect(cells, confidence=settings.confidence), grade=people.attendance.grade)


def handling_cells(tables: Tables, people: People, *, client: Client, slot_s: int) -> pd.DataFrame:
    """Return contacts begun and agents' idle time per pool, local day and slot; agents of no pool and holidays are left out."""
    pools = people.pools if len(people.pools) else pd.Series("all", index=sorted(set(people.members["agent"])))
    contacts = of_members(handled_contacts(tables)[["agent", "start", "end"]], people.members)
    slots = (
        people.ladder.by_slot(slot_s) if people.ladder is not None else pd.DataFrame(columns=["agent", "slot_start"])
    )
    length = (contacts["end"] - contacts["start"]).dt.total_seconds()
    begun = _in_slots(contacts["start"], contacts["agent"].map(pools), client.time_zone, slot_s).assign(
        contacts=1.0, handle_s=length.to_numpy()
    )
    there = _in_slots(slots["slot_start"], slots["agent"].map(pools), client.time_zone, slot_s).assign(
        idle_s=slots["IDLE"].to_numpy() / 1e6, available_s=slots[list(ON_DUTY)].to_numpy().sum(axis=1) / 1e6
    )
    keys = ["pool", "day", "weekday", "slot_of_day_s"]
    cells = pd.concat([begun.groupby(keys).sum(), there.groupby(keys).sum()], axis=1).fillna(0.0).reset_index()
    return cells[~cells["day"].isin(pd.to_datetime(list(client.holidays)))].reset_index(drop=True)


def _in_slots(stamps: pd.Series, pool: pd.Series, zone: str, slot_s: int) -> pd.DataFrame:
    """Return pool, local day, weekday and slot of the day of each stamp."""
    moments, place = np.unique(utc_us(stamps), return_inverse=True)
    parts = {
        "day": local_day(moments, zone).view("M8[us]"),
        "weekday": weekday(moments, zone),
        "slot_of_day_s": slot_of_day_s(moments, zone, slot_s=slot_s),
    }
    return pd.DataFrame({"pool": pool.to_numpy(), **{name: part[place] for name, part in parts.items()}})


def _dead_time_finding(population: str, dead: Estimate) -> tuple[Finding, ...]:
    """Return that handling stretches, where the interval shows it."""
    if dead.value is None or dead.low is None or dead.low <= 0:
        return ()
    text = f"{population}: handling takes {100 * dead.value:.1f} % longer ({100 * dead.low:.1f} to {100 * (dead.high or 0):.1f}) where idle time is 10 points more: work fills idle time, so idle time in the logs is less than there could be."
    return (Finding("dead_time", "flag", "handling time", text),)


def _facts(population: str, done: pd.DataFrame, earned_h: float | None) -> pd.DataFrame:
    """Return counts and sums without sampling error."""
    rows: list[tuple[str, float, str]] = []
    if len(done):
        rows.append(("items_finished", float(done["volume"].sum()), "count"))
    if earned_h is not None:
        rows.append(("earned_h", earned_h, "h"))
    frame = pd.DataFrame(rows, columns=["fact", "value", "unit"])
    return frame.assign(population=population)[list(COLUMNS["facts"])]

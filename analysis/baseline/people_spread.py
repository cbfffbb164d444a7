"""How much people differ, and what the quarter that looks best truly reaches; persons stay in memory and leave as sums over ten or more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.baseline.evidence import People, Tables, timed_items
from analysis.baseline.frames import COLUMNS
from analysis.baseline.levels import tenure_bands
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.workload import client_standards
from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import BASE, WORK
from analysis.measure.records import roster_of
from analysis.measure.shrinkage import BestPart, best_part, split_means

Floats = npt.NDArray[np.float64]
TOP = 0.25
OF: dict[str, str] = {
    "contact_centre": "share of the base that a person spends on contacts and items",
    "back_office": "recorded work of a person / base; logs miss work, so the level is too low, and people may differ in what is recorded",
}
HALF_HOURS = "weekday and half hour worked"
TYPES = "types of items"
TENURE = "length of service"
# Types of items with less of the standard time go together.
_SMALL_TYPE = 0.05
# So many people for each thing that is allowed for, and so many of them with known items.
_PEOPLE_PER_COVARIATE = 10
_KNOWN_MIX = 0.8
_COLUMNS = list(COLUMNS["people_spread"])


def people_spread(
    tables: Tables, people: People, slots: pd.DataFrame, *, client: Client, settings: BaselineSettings
) -> pd.DataFrame:
    """Return how far people of a population differ, and the true mean of the quarter that looks best.

    Parameters
    ----------
    tables
        Canonical tables: roster for length of service, work items and standard times for the mix of work.
    people
        The population.
    slots
        From :func:`analysis.baseline.slots.slot_table`; empty where no source has clock times.
    client
        Its holidays are left out.
    settings
        Confidence and the smallest group.

    Returns
    -------
    pandas.DataFrame
        Columns ``COLUMNS["people_spread"]``, one row. Without figures: ``suppressed`` where the quarter would hold fewer people than the
        smallest group, ``insufficient`` where no source tells people or days apart.

    Notes
    -----
    A person counts with 6 days in the base or more and some recorded work. A person's figure is the ratio of sums over the days; its error is
    that of days, what all people share on a day set apart (:func:`analysis.measure.shrinkage.split_means`), half-pooled over people
    (Smyth 2004). Spread and quarter: :func:`analysis.measure.shrinkage.best_part`.

    Adjusted, contact centre: figure - expected + mean expected, expected = what the other people of the pool reach in the half hours of the
    week in which this person was there; half hours without others are left out. Adjusted, back office: a regression on the share of standard
    time by type inside the same model. Length of service enters both as bands. A conditional quantile of the figures would keep their luck
    (its upper quarter is that of truth and noise together), so the adjusted figures are shrunken instead.

    References
    ----------
    Smyth, Statistical Applications in Genetics and Molecular Biology 3 (2004), article 3. docs/method/internal_best.md.
    """
    if people.agent_days is None or people.days.empty:
        return _without(people, "insufficient", "hours are not known by person and day")
    days = _compared(people.agent_days[~people.agent_days["day"].isin(pd.to_datetime(list(client.holidays)))])
    agents = days["agent"].nunique()
    if int(agents * TOP + 0.5) < settings.minimum_group_agents:
        words = f"the best quarter of the people with {MINIMUM_CLUSTERS} days or more would be fewer than {settings.minimum_group_agents} people"
        return _without(people, "suppressed", words)
    part, base = days[list(WORK)].sum(axis=1) / 3.6e9, days[list(BASE)].sum(axis=1) / 3.6e9
    raw = _best(days.assign(part=part, base=base), None, settings)
    if raw is None or raw.reason:
        return _without(people, "insufficient", "too few days to see how one person's days differ")
    adjusted, words = _adjusted(tables, people, days.assign(part=part, base=base), slots, settings)
    row = {
        "population": people.population,
        "of": OF[people.population],
        "agents": agents,
        "agent_days": len(days),
        **{name: getattr(raw, name) for name in ("mean", "between_sd", "between_low", "between_high", "error_sd")},
        "top_observed": raw.observed,
        **{f"top_{name}": getattr(raw, at) for name, at in _ENDS},
        "adjusted_for": words,
        **{f"adjusted_{name}": np.nan if adjusted is None else getattr(adjusted, at) for name, at in _ENDS},
        "status": "ok",
        "reason": "",
    }
    return _frame(row)


_ENDS = (("true", "value"), ("low", "low"), ("high", "high"))


def _frame(row: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame([row], columns=_COLUMNS)
    numbers = dict.fromkeys(_COLUMNS[_COLUMNS.index("mean") : _COLUMNS.index("adjusted_for")], "float64")
    numbers |= dict.fromkeys(("adjusted_true", "adjusted_low", "adjusted_high"), "float64")
    return frame.astype({"agents": "Int64", "agent_days": "Int64", **numbers})


def _without(people: People, status: str, reason: str) -> pd.DataFrame:
    """Return the row of a population about whose people nothing is said."""
    stated = {"population": people.population, "of": OF[people.population], "adjusted_for": ""}
    return _frame({**stated, "agents": pd.NA, "agent_days": pd.NA, "status": status, "reason": reason})


def _compared(agent_days: pd.DataFrame) -> pd.DataFrame:
    """Return the days in the base of people with enough of them and some recorded work."""
    worked = agent_days[agent_days[list(BASE)].sum(axis=1) > 0]
    by_agent = worked["agent"].map(worked.groupby("agent")["day"].nunique())
    work = worked[list(WORK)].sum(axis=1).groupby(worked["agent"]).sum()
    return worked[(by_agent >= MINIMUM_CLUSTERS) & worked["agent"].map(work).gt(0)]


def _best(days: pd.DataFrame, covariates: pd.DataFrame | None, settings: BaselineSettings) -> BestPart | None:
    """Return the best quarter of people, from `part` and `base` by agent and day."""
    tables = [days.pivot_table(index="day", columns="agent", values=name, aggfunc="sum") for name in ("part", "base")]
    part, base = (wide.fillna(0.0).to_numpy() for wide in tables)
    found = split_means(part, base, strata=pd.DatetimeIndex(tables[0].index).day_of_week.to_numpy())
    if not np.isfinite(found.own).all():
        return None
    freedom = max(1.0, float((base > 0).sum(axis=0).mean()) * found.freedom / len(base))
    return best_part(
        found.share,
        _half_pooled(found.own, base, freedom),
        top=TOP,
        covariates=None if covariates is None else covariates.loc[tables[0].columns].to_numpy(dtype=float),
        common_error=found.common,
        freedom=freedom,
        common_freedom=found.common_freedom,
        confidence=settings.confidence,
    )


def _half_pooled(own: Floats, base: Floats, freedom: float) -> Floats:
    """Return errors whose variances per day are pulled together as far as chance moves them."""
    load = ((base / base.sum(axis=0)) ** 2).sum(axis=0)
    variance = own**2 / load
    middle = float(variance.mean())
    # a variance of f degrees of freedom has a squared coefficient of variation of 2 / f by chance
    beyond = float(variance.var()) / middle**2 - 2 / freedom if middle > 0 else 0.0
    prior = 2 / beyond if beyond > 0 else np.inf
    kept = 0.0 if np.isinf(prior) else freedom / (freedom + prior)
    return np.sqrt(np.maximum((kept * variance + (1 - kept) * middle) * load, 1e-12))


def _adjusted(
    tables: Tables, people: People, days: pd.DataFrame, slots: pd.DataFrame, settings: BaselineSettings
) -> tuple[BestPart | None, str]:
    """Return the best quarter at the average mix of work and service, and what was allowed for."""
    mix = _Mix(days, pd.DataFrame(index=np.sort(days["agent"].unique())), [])
    if people.population == "contact_centre":
        mix = _less_expected(mix, slots, people.pools)
    else:
        mix = _with_types(mix, tables)
    mix = _with_tenure(mix, tables, minimum=settings.minimum_group_agents)
    if not mix.words:
        return None, ""
    found = _best(mix.days, mix.covariates if len(mix.covariates.columns) else None, settings)
    if found is None or found.reason or found.count < settings.minimum_group_agents:
        return None, ""
    return found, ", ".join(mix.words)


@dataclass(frozen=True, slots=True)
class _Mix:
    """Agent-days with `part` and `base`, covariates by agent, and the words for what is allowed for."""

    days: pd.DataFrame
    covariates: pd.DataFrame
    words: list[str]


def _less_expected(mix: _Mix, slots: pd.DataFrame, pools: pd.Series) -> _Mix:
    """Replace each person's work by what it is beyond that of others in the same half hours of the week."""
    there = slots[slots["agent"].isin(set(mix.covariates.index)) & (slots["base_agents"] > 0)]
    if there.empty:
        return mix
    columns, cell = ["handling_agents", "base_agents"], ["weekday", "slot_of_day_s"]
    own = there.groupby(["agent", *cell])[columns].sum()
    pool_of = pools.to_dict()
    pool = np.array([pool_of.get(name, "") for name in own.index.get_level_values("agent")], dtype=object)
    others = (own.groupby([pool, *cell]).transform("sum") - own).clip(lower=0.0)
    reached = (others["handling_agents"] / others["base_agents"]).where(others["base_agents"] > 1e-9)
    kept = there.merge(reached.rename("reached").reset_index(), on=["agent", *cell]).dropna(subset=["reached"])
    expected = kept["base_agents"] * kept["reached"]
    sums = kept.assign(expected=expected).groupby(["agent", "day"])[[*columns, "expected"]].sum().reset_index()
    enough = sums.groupby("agent")["day"].transform("nunique") >= MINIMUM_CLUSTERS
    sums = sums[enough].rename(columns={"base_agents": "base"})
    by_agent = sums.groupby("agent")[["expected", "base"]].sum()
    # at the mean of what was to be expected of these people, so that the level is theirs
    middle = float((by_agent["expected"] / by_agent["base"]).mean())
    part = sums["handling_agents"] - sums["expected"] + middle * sums["base"]
    covariates = mix.covariates.loc[mix.covariates.index.isin(set(by_agent.index))]
    return _Mix(sums.assign(part=part), covariates, [*mix.words, HALF_HOURS])


def _with_types(mix: _Mix, tables: Tables) -> _Mix:
    """Add the shares of standard time by type of item; of items where not all types have a standard time."""
    items = timed_items(tables)
    items = items[items["agent"].isin(set(mix.covariates.index))]
    standards = client_standards(tables)
    if items.empty:
        return mix
    weight = items["type"].map(standards) if set(items["type"]) <= set(standards) else pd.Series(1.0, items.index)
    worth = items.assign(worth=weight.astype(float)).pivot_table(
        index="agent", columns="type", values="worth", aggfunc="sum", fill_value=0.0
    )
    if len(worth) < _KNOWN_MIX * len(mix.covariates):
        return mix
    share = worth.div(worth.sum(axis=1), axis=0)
    common = share.mean().sort_values(ascending=False, kind="stable")
    common = common[common >= _SMALL_TYPE].iloc[: max(0, len(mix.covariates) // _PEOPLE_PER_COVARIATE - 2)]
    names = list(common.index)
    if len(names) == len(share.columns):
        # shares of all types add to one
        names = names[:-1]
    if not names:
        return mix
    shares = share[names].reindex(mix.covariates.index)
    shares = shares.fillna(shares.mean()).add_prefix("type ")
    return _Mix(mix.days, mix.covariates.join(shares), [*mix.words, TYPES])


def _with_tenure(mix: _Mix, tables: Tables, *, minimum: int) -> _Mix:
    """Add bands of service, each person's band on most of the days."""
    band = tenure_bands(roster_of(tables), mix.days, minimum=minimum)
    if band.nunique() < 2:
        return mix
    days = pd.crosstab(mix.days["agent"].to_numpy(), band.to_numpy())
    usual = pd.Series(days.columns.to_numpy()[days.to_numpy().argmax(axis=1)], index=days.index)
    sizes = usual.value_counts()
    dummies = {f"tenure {name}": usual.eq(name).astype(float) for name in sizes.index[1:]}
    covariates = mix.covariates.join(pd.DataFrame(dummies, index=usual.index))
    return _Mix(mix.days, covariates, [*mix.words, TENURE])

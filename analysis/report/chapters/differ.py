"""Where and when the time goes elsewhere: groups, sites, lengths of service and weekdays, with the luck taken out."""

from __future__ import annotations

from analysis.report.blocks import Absent, Chapter, Exhibit
from analysis.report.context import Context
from analysis.report.exhibits import breakdowns, funnels, groups

TABLES = ("spells", "state_totals", "work_items", "schedule", "roster")


def chapter(c: Context) -> Chapter:
    """Return the chapter on differences between groups, sites, lengths of service and weekdays."""
    words, base, names = c.words, c.baseline, c.populations()
    grouped = [name for name in names if not groups.missing(base, population=name)]
    levelled = [name for name in names if not breakdowns.missing(base, population=name)]
    # one kind of chart after the other, so that what is alike stands together and pages fill
    parts = [_groups(c, name) for name in grouped]
    parts += [_funnel(c, name) for name in grouped]
    parts += [_levels(c, name) for name in levelled]
    said = [
        f"{words(f'differ.in.{name}')} {breakdowns.headline(base, population=name, theme=c.theme)}."
        for name in levelled
    ]
    unknown = words("differ.unknown" if c.measured() else "differ.no_shares")
    return Chapter(words("differ.topic"), words("differ.question"), " ".join(said) or unknown, parts)


def _groups(c: Context, population: str) -> Exhibit | Absent:
    count = min(groups.rows(c.baseline, population)[["site", "group"]].drop_duplicates().shape[0], groups.MOST_GROUPS)
    smallest = c.baseline.settings.minimum_group_agents
    return c.drawn(
        groups,
        groups.group_shares,
        c.baseline,
        population=population,
        name=f"groups_{population}",
        height_mm=5.6 * count + 8,
        margins_mm=(46, 0.5, 7, 0.5),
        source=c.source(
            "spells",
            "work_items",
            "schedule",
            n=c.behind(population),
            definition=c.words("groups.source", n=c.n.count(smallest)),
        ),
    )


def _funnel(c: Context, population: str) -> Exhibit | Absent:
    """Return the groups against the limits that chance sets for their size."""
    return c.drawn(
        funnels,
        funnels.funnel,
        c.baseline,
        population=population,
        name=f"funnel_{population}",
        height_mm=funnels.HEIGHT_MM,
        margins_mm=funnels.MARGINS_MM,
        source=c.source(
            *TABLES,
            n=c.behind(population),
            definition=funnels.definition(c.baseline, population=population, theme=c.theme),
        ),
    )


def _levels(c: Context, population: str) -> Exhibit | Absent:
    """Return shares by site, length of service and weekday."""
    return c.drawn(
        breakdowns,
        breakdowns.shares_by_level,
        c.baseline,
        population=population,
        name=f"levels_{population}",
        height_mm=breakdowns.height_mm(c.baseline, population=population),
        margins_mm=breakdowns.MARGINS_MM,
        source=c.source(*TABLES, n=c.behind(population), definition=c.words("measure.base_plain")),
    )

"""Chapter 5: where, when and why the time goes elsewhere, with the luck taken out."""

from __future__ import annotations

from analysis.report.blocks import Absent, Chapter, Exhibit
from analysis.report.context import Context
from analysis.report.exhibits import breakdowns, funnels, groups, why

TABLES = ("spells", "state_totals", "work_items", "schedule", "roster")


def chapter(c: Context) -> Chapter:
    """Return the chapter on differences between groups, sites, lengths of service and weekdays, and on causes."""
    words, parts = c.words, []
    said = []
    for name in c.populations():
        if not groups.missing(c.baseline, population=name):
            parts += [_groups(c, name), _funnel(c, name)]
        if not breakdowns.missing(c.baseline, population=name):
            parts.append(_levels(c, name))
            said.append(
                f"{words(f'differ.in.{name}')} {breakdowns.headline(c.baseline, population=name, theme=c.theme)}."
            )
    if not why.missing(c.baseline, theme=c.theme):
        parts.append(_causes(c))
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


def _causes(c: Context) -> Exhibit | Absent:
    """Return hours idle, away or lost by the cause that the client's codes give."""
    return c.drawn(
        why,
        why.time_by_cause,
        c.baseline,
        name="time_by_cause",
        height_mm=20.5 * max(len(why.causes(c.baseline)), 1),
        margins_mm=(0.3, 0.3, 0.3, 0.3),
        source=c.source("spells", "state_totals", definition=c.words("differ.causes")),
    )

"""Small published tables with the people behind them, by hand or at random."""

import numpy as np
import pandas as pd

from analysis.report.disclosure.published import MEASURES, Cell, Published

HOURS = [f"{measure}_h" for measure in MEASURES]


def person(agent, base_h, shares, **levels):
    """Return a person: hours in the base, the five shares (the last is what is left), and the level of each breakdown."""
    known = [*shares, 1 - sum(shares)]
    return {"agent": agent, "base_h": base_h, "shares": known, "levels": {"all": "", **levels}}


def members(people, population="contact_centre"):
    """Return the frame `Baseline.members`."""
    rows = [
        {
            "population": population, "by": by, "level": level, "agent": one["agent"], "base_h": one["base_h"],
            **dict(zip(HOURS, np.multiply(one["base_h"], one["shares"]), strict=True)),
        }
        for one in people
        for by, level in one["levels"].items()
    ]  # fmt: skip
    return pd.DataFrame(rows).sort_values(["by", "level", "agent"], ignore_index=True)


def published(frame, shown, *, minimum=10, half_width=0.0, measures=MEASURES):
    """Return the shares of every level, with a figure where `shown(by, level)`; the whole population always."""
    agents = tuple(sorted(frame["agent"].unique()))
    cells = []
    for (population, by, level), part in frame.groupby(["population", "by", "level"]):
        base = part["base_h"].sum()
        for measure in measures if by != "all" else MEASURES:
            share = part[f"{measure}_h"].sum() / base
            value = share if by == "all" or shown(by, level) else None
            if value is not None and half_width and by != "all":
                value = round(value / (2 * half_width)) * 2 * half_width
            cells.append(
                Cell(
                    "hand", f"{by} {level}, {measure}", population, by, level, measure, "share", value,
                    0.0 if by == "all" else half_width, np.searchsorted(agents, sorted(part["agent"])), base,
                )
            )  # fmt: skip
    return Published(agents, tuple(cells), minimum)

"""Exhibits of shares by level and of time by cause: what they claim, and what they must not."""

from __future__ import annotations

import dataclasses

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.baseline.breakdowns import SHARES, WITHIN_CHANCE
from analysis.baseline.frames import COLUMNS
from analysis.foundation.schema import DisclosureProblem
from analysis.report import disclosure
from analysis.report.exhibits import breakdowns, style, why
from analysis.report.exhibits.theme import Theme
from tests.report import factory

LEVELS = {
    "site": ("North", "South", "Utrecht", "Zwolle"),
    "tenure": ("under 6 months", "6 to 24 months", "over 2 years"),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
}


def levels(alike=("tenure", "weekday"), population="contact_centre"):
    rows = []
    for by, names in LEVELS.items():
        for place, level in enumerate(names):
            for number, share in enumerate(SHARES):
                value = (0.6, 0.25, 0.05, 0.1)[number] * (1 + 0.04 * place)
                pulled = value - 0.003 if by == "site" else np.nan
                bounds = (pulled, pulled - 0.02, pulled + 0.02)
                reason = WITHIN_CHANCE if by in alike else ""
                raw = (value, value - 0.03, value + 0.03)
                rows.append((population, by, level, 20 + place, 40, share, *raw, *bounds, "ok", reason))
    return pd.DataFrame(rows, columns=list(COLUMNS["breakdowns"]))


def causes(hours=(300.0, 20.0, 80.0, 100.0), population="contact_centre"):
    names = ["demand", "system", "policy", "unknown"]
    frame = pd.DataFrame({"population": population, "cause": names, "hours": hours})
    return frame.assign(share_of_base=frame["hours"] / 2000)[list(COLUMNS["causes"])]


def baseline(**frames):
    empty = {name: pd.DataFrame(columns=list(COLUMNS[name])) for name in ("breakdowns", "causes")}
    return dataclasses.replace(factory.baseline(), **(empty | frames))


def texts(draw, result, **more):
    with mpl.rc_context(Theme().settings()):
        figure = Figure(figsize=(166 / 25.4, 110 / 25.4), dpi=72)
        axes = draw(result, ax=style.inside(figure, (46, 1, 9, 8)), **more)
        return [text.get_text() for text in axes.texts]


def test_the_headline_claims_only_what_the_test_supports():
    said = breakdowns.headline(baseline(breakdowns=levels()))
    assert said.startswith("The share of time spent handling differs between sites (60")
    assert said.endswith("between lengths of service and weekdays the differences are within what chance gives")
    none = breakdowns.headline(baseline(breakdowns=levels(alike=tuple(LEVELS))))
    assert "by no more than what chance gives" in none
    assert "%" not in none
    everything = breakdowns.headline(baseline(breakdowns=levels(alike=())))
    assert everything.endswith("more than chance gives")


def test_the_range_is_that_of_the_shrunken_figures():
    frame = levels(alike=("tenure", "weekday"))
    frame.loc[frame["level"].eq("Zwolle") & frame["share"].eq("utilization"), ["value", "shrunken"]] = [0.9, 0.7]
    assert "(60\u00a0to\u00a070 %)" in breakdowns.headline(baseline(breakdowns=frame)).replace("\u00a0%", " %")


def test_every_level_is_drawn_with_its_size_and_figures():
    shown = texts(breakdowns.shares_by_level, baseline(breakdowns=levels()))
    for names in LEVELS.values():
        assert set(names) <= set(shown)
    assert {"Site", "Time since joining", "Weekday", "handling", "waiting", "22"} <= set(shown)


def test_levels_without_figures_are_not_drawn():
    frame = levels()
    hidden = frame["level"].eq("South")
    frame.loc[hidden, ["agents", "value", "low", "high", "shrunken", "shrunken_low", "shrunken_high"]] = np.nan
    assert "South" not in texts(breakdowns.shares_by_level, baseline(breakdowns=frame))
    assert "South" not in breakdowns.alt_text(baseline(breakdowns=frame))


def test_nothing_to_draw_is_a_sentence():
    empty = baseline()
    assert breakdowns.missing(empty).startswith("Shares by site, tenure or weekday cannot be shown")
    assert why.missing(empty).startswith("Idle and away time cannot be divided by cause")
    assert why.missing(baseline(causes=causes(hours=(0.0, 0.0, 0.0, 500.0))))
    for draw in (breakdowns.shares_by_level, why.time_by_cause):
        with pytest.raises(ValueError, match="cannot be"):
            draw(empty)


def test_causes_are_those_of_the_codes_and_what_is_open_is_said():
    result = baseline(causes=causes())
    assert why.headline(result).replace("\u00a0", " ") == (
        "Of the time idle, away or lost in the contact centre, the client's codes put 60 % down to want of work and leave 20 % open"
    )
    shown = texts(why.time_by_cause, result)
    assert "not known or personal" in shown
    assert "systems 4" in shown
    assert "60 %" in [text.replace("\u00a0", " ") for text in shown]
    assert not any("person" in text and "not known" not in text for text in shown)


def test_a_level_of_few_people_with_a_figure_stops_the_report():
    frame = levels()
    disclosure.check_groups(baseline(breakdowns=frame))
    frame.loc[0, "agents"] = 4
    with pytest.raises(DisclosureProblem, match="1 figures of levels stand on fewer than 10 people"):
        disclosure.check_groups(baseline(breakdowns=frame))

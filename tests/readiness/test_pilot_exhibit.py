"""The exhibit of a pilot: what it draws, what it says, and when it cannot be drawn."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.readiness.frames import frame
from analysis.report.exhibits import pilot


def result(*, status="ok", rows=True):
    listed = [
        {"pool": "service", "outcome": outcome, "words": words, "unit_of_outcome": unit, "weeks": 10, "status": status,
         "detectable": seen, "detectable_low": 0.8 * seen, "detectable_high": 1.4 * seen, "power": 0.8, "level": 0.05}
        for outcome, words, unit, seen in (
            ("handling_s", "handling time of a contact", "s", 5.0),
            ("service_level", "share of contacts answered in time", "share", 0.021),
        )
    ]  # fmt: skip
    power = [
        {"pool": "service", "outcome": row["outcome"], "weeks": weeks, "effect": row["detectable"] * step / 4,
         "power": min(0.05 + weeks * step**2 / 300, 1.0), "error": 0.01}
        for row in listed for weeks in (4, 8, 10, 12, 16) for step in range(13)
    ]  # fmt: skip
    return SimpleNamespace(pilot=frame("pilot", listed if rows else ()), pilot_power=frame("pilot_power", power))


def test_a_panel_per_outcome_with_the_planned_length_among_the_lines():
    found = result()
    axes = pilot.pilot_power(found)
    panels = axes.child_axes
    assert [panel.get_xlabel() for panel in panels] == ["change, percentage points", "change, seconds"]
    for panel in panels:
        numbers = {text.get_text() for text in panel.texts}
        assert {"4", "10", "16"} <= numbers
        assert len(numbers & {"4", "8", "10", "12", "16"}) <= pilot.MOST_LINES
    assert "2.1 points" in {text.get_text() for text in panels[0].texts}


def test_the_headline_says_whether_the_pilot_is_long_enough():
    assert pilot.headline(result()).startswith("In 10 weeks the pilot sees a change of 2.1 points")
    assert pilot.headline(result(status="insufficient")).startswith("Even in 10 weeks")
    assert "5 s in 10 weeks (4 s to 7 s)" in pilot.alt_text(result())


def test_without_past_days_it_says_why():
    empty = result(rows=False)
    assert "too few past days" in pilot.missing(empty)
    with pytest.raises(ValueError, match="too few past days"):
        pilot.pilot_power(empty)
    assert pilot.missing(SimpleNamespace(pilot=frame("pilot"), pilot_power=pd.DataFrame(frame("pilot_power"))))

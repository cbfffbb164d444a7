"""Allowances: two conventions, nothing allowed twice, the table behind the ceiling.

Known answer: UT11 (two conventions of allowances), a closed form.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from analysis.utilization.allowance import (
    ALLOWANCE_COLUMNS,
    allowance_ceiling,
    allowance_table,
    day_share,
    granted,
    totals,
)
from analysis.utilization.settings import Allowance, UtilizationSettings

COUNTER = Allowance(name="standing counter", low_share=0.02, high_share=0.02, population="back_office")
PAPER = Allowance(name="system restarts", low_share=0.01, high_share=0.03, kind="delay")


@pytest.mark.parametrize(
    ("allowance", "normal", "day"), [(0.09, 0.9174311927, 0.91), (0.15, 0.8695652174, 0.85), (0.2, 0.8333333333, 0.8)]
)
def test_two_conventions_ut11(allowance, normal, day):
    for convention, expected in (("on_normal_time", normal), ("of_the_day", day)):
        assert 1 - day_share(allowance, convention) == pytest.approx(expected, abs=1e-9)
        without = allowance_ceiling(
            rest_share=allowance, delay_share=0.0, convention=convention, break_share=0.0, support_share=0.0
        )
        assert float(without) == pytest.approx(expected, abs=1e-9)


def ceiling(**more):
    shares = {"rest_share": 0.09, "delay_share": 0.04, "break_share": 0.0, "support_share": 0.0}
    return float(allowance_ceiling(convention="of_the_day", **(shares | more)))


def test_breaks_are_not_allowed_twice():
    assert ceiling() == pytest.approx(0.87)
    # of 100 attended minutes 5 are break: 4 of rest and 4 of delay are still owed on a base of 95
    assert ceiling(break_share=0.05) == pytest.approx(1 - 0.08 / 0.95)
    assert ceiling(break_share=0.2) == pytest.approx(1 - 0.04 / 0.8)


def test_delay_does_not_repeat_support():
    assert ceiling(support_share=0.01) == pytest.approx(1 - 0.01 - 0.12)
    assert ceiling(support_share=0.10) == pytest.approx(1 - 0.10 - 0.09)


def test_no_allowance_leaves_all_but_support():
    assert ceiling(rest_share=0.0, delay_share=0.0, support_share=0.1) == pytest.approx(0.9)


def test_the_range_goes_from_all_at_their_largest_to_all_at_their_least():
    """ILO constants 5 + 4, strain 1 to 4, delay 3 to 5: A is 13 to 18 %, so .885 to .847 of the day."""
    rows = granted("contact_centre", UtilizationSettings())
    shares = [1 - day_share(sum(totals(rows, place).values()), "on_normal_time") for place in (0.0, 0.5, 1.0)]
    assert shares == pytest.approx([1 / 1.13, 1 / 1.155, 1 / 1.18])


def test_rows_of_the_engagement_join_the_table_where_they_belong():
    centre, office = (
        granted(name, UtilizationSettings(), [COUNTER, PAPER]) for name in ("contact_centre", "back_office")
    )
    assert [row.words for row in centre][4:] == ["system restarts"]
    assert [row.words for row in office][4:] == ["standing counter", "system restarts"]
    assert totals(office, 1.0) == pytest.approx({"rest_share": 0.15, "delay_share": 0.08})
    changed = granted("back_office", UtilizationSettings(personal_share=0.06))
    assert [row.source for row in changed][:2] == ["stated for this engagement", "ILO list, constant allowances"]


def test_a_row_per_allowance_says_what_gives_it_by_hand():
    rows = granted("back_office", UtilizationSettings(), [COUNTER])
    table = allowance_table(
        rows, population="back_office", convention="of_the_day", break_share=0.10, support_share=0.0
    ).set_index("allowance")
    assert tuple(table.reset_index()[list(ALLOWANCE_COLUMNS)].columns) == ALLOWANCE_COLUMNS
    # ten minutes of a hundred: all of personal needs and fatigue, then one of strain; delay has nothing that gives it
    assert table["given_by"].tolist() == ["break", "break", "break", "", ""]
    assert table["owed_low"].tolist() == pytest.approx([0, 0, 0, 0.03 / 0.9, 0.02 / 0.9])
    assert table["owed_high"].tolist() == pytest.approx([0, 0, 0.03 / 0.9, 0.05 / 0.9, 0.02 / 0.9])


@hypothesis_settings(derandomize=True, deadline=None, max_examples=80)
@given(
    more=st.lists(st.tuples(st.floats(0, 0.1), st.floats(0, 0.1), st.sampled_from(["rest", "delay"])), max_size=3),
    convention=st.sampled_from(["on_normal_time", "of_the_day"]),
    break_share=st.floats(0, 0.3),
    support_share=st.floats(0, 0.2),
)
def test_what_is_owed_and_support_and_the_ceiling_make_one(more, convention, break_share, support_share):
    extra = [
        Allowance(name=f"row {n}", low_share=a, high_share=a + b, kind=kind) for n, (a, b, kind) in enumerate(more)
    ]
    rows = granted("back_office", UtilizationSettings(), extra)
    day = {"convention": convention, "break_share": break_share, "support_share": support_share}
    table = allowance_table(rows, population="back_office", **day)
    assert (table["owed_low"] >= 0).all()
    for place, owed in ((0.0, "owed_low"), (1.0, "owed_high")):
        left = max(0.0, 1 - support_share - table[owed].sum())
        assert left == pytest.approx(float(allowance_ceiling(**totals(rows, place), **day)), abs=1e-12)


def test_more_breaks_never_leave_less_of_the_attended_day():
    """A break that gives rest moves time from the base to breaks: work in hours does not change until all rest is given."""
    breaks = np.linspace(0, 0.3, 61)
    hours = (1 - breaks) * allowance_ceiling(
        rest_share=0.1, delay_share=0.03, convention="of_the_day", break_share=breaks, support_share=0.0
    )
    assert hours[breaks <= 0.1] == pytest.approx(0.87)
    assert (np.diff(hours[breaks >= 0.1]) < 0).all()

"""The attack finds what can be found, by hand; what can't be found it leaves alone."""

import numpy as np
import pytest

from analysis.report.disclosure.attack import attack
from tests.report.disclosure_factory import members, person, published


def team(name, number, shares, base_h=100.0, **levels):
    return [person(f"{name}{at}", base_h, shares, group=name, **levels) for at in range(number)]


SMALL = [*team("A", 12, (0.6, 0.1, 0.2, 0.05)), *team("B", 12, (0.5, 0.1, 0.3, 0.05)), *team("C", 4, (0.2, 0.1, 0.6, 0.05))]  # fmt: skip


def test_the_one_suppressed_group_of_three_follows_by_subtraction():
    frame = members(SMALL)
    found = attack(published(frame, lambda by, level: level != "C"), frame)
    row = found.targets.set_index("measure").loc["idle"]
    assert found.recovered == 5
    assert (row["people"], row["kind"]) == (4, "suppressed")
    assert (row["low"], row["high"]) == pytest.approx((0.6, 0.6), abs=1e-5)


def test_a_second_suppressed_group_hides_the_first():
    frame = members(SMALL)
    found = attack(published(frame, lambda by, level: level == "A"), frame)
    assert found.recovered == 0
    assert len(found.targets) == 5


def test_rounding_of_the_parts_leaves_the_range_that_arithmetic_gives():
    # 2 x 1,200 h known to half a point each: the 400 h of C to 2 x 1,200 x .005 / 400 = 3 points on either side
    frame = members(SMALL)
    found = attack(published(frame, lambda by, level: level != "C", half_width=0.005), frame)
    row = found.targets.set_index("measure").loc["idle"]
    assert (row["low"], row["high"]) == pytest.approx((0.57, 0.63), abs=1e-5)
    assert found.recovered == 5


def test_two_breakdowns_together_give_what_neither_gives_alone():
    # sites are sums of groups: North = A + C, so the site gives C away although two groups are hidden
    people = [
        *team("A", 12, (0.6, 0.1, 0.2, 0.05), site="North"),
        *team("C", 4, (0.2, 0.1, 0.6, 0.05), site="North"),
        *team("B", 12, (0.5, 0.1, 0.3, 0.05), site="South"),
        *team("D", 12, (0.5, 0.1, 0.25, 0.05), site="South"),
    ]
    frame = members(people)
    hidden = attack(published(frame, lambda by, level: by == "group" and level in ("A", "D")), frame)
    shown = attack(published(frame, lambda by, level: by == "site" or level in ("A", "D")), frame)
    assert (hidden.recovered, shown.recovered) == (0, 5)


def test_what_one_figure_of_everybody_implies_is_no_recovery():
    # nobody can have much of what is half a percent of everybody's time
    people = [*team("A", 12, (0.6, 0.1, 0.295, 0.0)), *team("C", 8, (0.6, 0.1, 0.295, 0.0))]
    frame = members(people)
    found = attack(published(frame, lambda by, level: False), frame).targets.set_index("measure")
    assert found.loc[["away", "unaccounted"], "implied"].all()
    assert not found.loc[["utilization", "idle"], "implied"].any()
    assert not found["recovered"].any()


def test_the_others_share_bounds_by_what_is_left():
    # idle is not published for the parts, but the other four are: it is what they leave
    frame = members(SMALL)
    parts = published(frame, lambda by, level: level != "C", measures=("utilization", "support", "away", "unaccounted"))
    row = attack(parts, frame).targets.set_index("measure").loc["idle"]
    assert (row["low"], row["high"]) == pytest.approx((0.6, 0.6), abs=1e-5)


def test_people_of_two_bands_are_pieces_of_time():
    # p moved from band 1 to band 2; the crossing of his group and band 1 is his alone, and follows
    people = [*team("A", 10, (0.6, 0.1, 0.2, 0.05), tenure="2"), *team("B", 10, (0.6, 0.1, 0.2, 0.05), tenure="1")]
    frame = members([*people, person("A_p", 50.0, (0.0, 0.0, 1.0, 0.0), group="A", tenure="1")])
    found = attack(published(frame, lambda by, level: True), frame)
    kinds = found.targets[found.targets["recovered"]]
    assert set(kinds["people"]) == {1}
    assert kinds.loc[kinds["measure"].eq("idle"), "low"].to_numpy() == pytest.approx(np.ones(1), abs=1e-5)

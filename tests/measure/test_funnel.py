"""Limits of groups: what lot alone puts outside, and what makes them wider."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.measure.shrinkage import fit_funnel

DAYS, HOURS = 38, 7.0


def world(rng, *, groups, size, apart=0.0):
    """Return a funnel and the groups' shares: people who differ, days that all share, groups that differ by `apart`."""
    people = groups * size
    lasting = 0.6 + 0.03 * rng.normal(size=people) + np.repeat(apart * rng.normal(size=groups), size)
    by_day = lasting + 0.08 * rng.normal(size=(DAYS, people)) + 0.03 * rng.normal(size=(DAYS, 1))
    mean = by_day.reshape(DAYS, groups, size).mean(axis=2)
    base = np.full((DAYS, groups), size * HOURS)
    found = fit_funnel(mean * base, base, [size] * groups, share=float(by_day.mean()), people=people, person_sd=0.03)
    assert found is not None
    return found, mean.mean(axis=0)


def outside(found, shares, size, level):
    low, high = found.limits([size], level=level)
    return float(((shares < low) | (shares > high)).mean())


@pytest.mark.parametrize(("groups", "size"), [(3, 20), (8, 12), (16, 12)])
def test_people_put_together_by_lot_lie_outside_as_rarely_as_is_said(groups, size):
    rng = np.random.default_rng(11)
    worlds = [world(rng, groups=groups, size=size) for _ in range(150)]
    wide = np.mean([outside(*one, size, 0.95) for one in worlds])
    far = np.mean([outside(*one, size, 0.998) for one in worlds])
    assert 0.01 < wide < 0.065
    assert far < 0.006


def test_groups_that_differ_lie_outside_until_there_are_enough_to_know_how_far_groups_differ():
    rng = np.random.default_rng(12)
    few, many = world(rng, groups=6, size=15, apart=0.05), world(rng, groups=16, size=15, apart=0.05)
    assert few[0].over == 1
    assert outside(*few, 15, 0.95) > 0.3
    assert many[0].over > 2
    assert outside(*many, 15, 0.95) < 0.3


def test_larger_groups_have_nearer_limits_and_all_people_have_none_by_who_they_are():
    found, _ = world(np.random.default_rng(13), groups=5, size=12)
    low, high = found.limits([10, 20, 60])
    assert (np.diff(low) > 0).all()
    assert (np.diff(high) < 0).all()
    assert found.variance([60.0])[0] == pytest.approx(found.over * found.of_days / 60)


def test_without_a_spread_of_people_few_groups_have_no_limits():
    base = np.full((DAYS, 4), 80.0)
    work = base * np.random.default_rng(1).normal(0.6, 0.02, size=base.shape)
    given = {"share": 0.6, "people": 40}
    assert fit_funnel(work, base, [10] * 4, person_sd=math.nan, **given) is None
    assert fit_funnel(work, base, [10] * 4, person_sd=0.03, **given) is not None
    with pytest.raises(ValueError, match="share must lie between 0 and 1"):
        fit_funnel(work, base, [10] * 4, share=1.0, people=40)

"""A report that gives people away is refused with what to do; one that does not is rounded and says what was tried."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import DisclosureProblem
from analysis.report.disclosure import as_published, published_of
from analysis.report.disclosure.attack import attack
from analysis.report.disclosure.audit import NO_PEOPLE, audit
from analysis.report.disclosure.remedy import groups_to_merge, together
from tests.report.disclosure_factory import members, person, published


def teams(*sizes):
    """Return teams A, B, ... of so many people, each with shares of its own."""
    shares = [(0.6, 0.1, 0.2, 0.05), (0.5, 0.1, 0.3, 0.05), (0.2, 0.1, 0.6, 0.05), (0.4, 0.2, 0.3, 0.05)]
    return [
        person(f"p{place:02d}{at:010d}", 100.0, shares[place], group="ABCD"[place])
        for place, size in enumerate(sizes)
        for at in range(size)
    ]


def test_the_refusal_names_the_groups_to_put_together_and_that_helps():
    frame = members(teams(12, 14, 4, 20))
    told = published(frame, lambda by, level: level != "C")
    with pytest.raises(
        DisclosureProblem, match=r"5 of 5 figures of fewer than 10 people .* Nothing was written"
    ) as caught:
        audit(told, frame)
    # C is too small and A the smallest beside it
    assert 'put together "A" with "C"' in str(caught.value)
    assert "--set baseline.minimum_group_agents=13" in str(caught.value)
    assert caught.value.exit_status == 4
    assert not [agent for agent in told.agents if agent in str(caught.value)]
    assert groups_to_merge(told, frame, "contact_centre") == (("A", "C"),)
    assert attack(*together(told, told.cells, frame, (("A", "C"),))).recovered == 0


def test_a_figure_of_nine_and_one_that_two_people_hold_are_refused():
    frame = members(teams(12, 9))
    with pytest.raises(DisclosureProblem, match="1 published parts of a population hold fewer than 10 people"):
        audit(published(frame, lambda by, level: True), frame)
    people = [*teams(12), person("x", 9000.0, (0.5, 0.1, 0.3, 0.05), group="B")]
    people += [person(f"y{at}", 40.0, (0.5, 0.1, 0.3, 0.05), group="B") for at in range(12)]
    frame = members(people)
    with pytest.raises(
        DisclosureProblem, match="one or two people hold most of the hours of 1 published parts, such as group B"
    ):
        audit(published(frame, lambda by, level: True), frame)


def test_what_passes_says_what_was_tried():
    frame = members(teams(12, 14, 4, 6))
    found = audit(published(frame, lambda by, level: level in ("A", "B")), frame)
    # five shares each of the whole and of A and B; C and D by themselves, each of four and six people
    assert (found.cells, found.protected, found.recovered) == (15, 10, 0)
    assert found.sentence.endswith("none can be had within 10 points.")
    nothing = audit(dataclasses.replace(published(frame, lambda by, level: True), cells=()), frame)
    assert (nothing.cells, nothing.sentence) == (0, NO_PEOPLE)


def test_figures_about_parts_are_rounded_and_those_of_all_keep_their_digits(material):
    baseline, utilization, blending = (material[name] for name in ("baseline", "utilization", "blending"))
    told, levels, slots = as_published(baseline, utilization, blending)
    assert told.shares.equals(baseline.shares)
    assert told.ladder.equals(baseline.ladder)
    for values, base in (
        (told.groups["value"], 0.01),
        (told.breakdowns["low"], 0.01),
        (told.idle_by_slot["idle_agents"], 0.1),
        (levels.levels["hours_per_week"], 5.0),
        (slots.usable_slots["idle_agents"], 0.1),
    ):
        there = values.dropna().to_numpy(dtype=float)
        assert len(there) > 0
        assert np.allclose(there / base, np.round(there / base), atol=1e-9)


def test_quantities_of_sites_and_groups_are_rounded_by_their_unit(material):
    said = [
        Quantity("utilization.achievable", Estimate(0.7861, 0.7774, 0.7996), "share", {"group": "Claims"}),
        Quantity(
            "utilization.reclaimable_h_per_week", Estimate(93.6, unit="hours_per_week"), "hours", {"site": "North"}
        ),
        Quantity("utilization.achievable", Estimate(0.7861), "share", {"population": "back_office"}),
    ]
    changed = dataclasses.replace(material["utilization"], quantities=tuple(said))
    _, levels, _ = as_published(material["baseline"], changed, material["blending"])
    found = [(one.estimate.value, one.estimate.low, one.estimate.high) for one in levels.quantities]
    assert found == [(0.79, 0.78, 0.8), (95.0, None, None), (0.7861, None, None)]


def test_a_figure_whose_people_are_not_known_is_refused(material):
    baseline = material["baseline"]
    gone = baseline.members[baseline.members["by"] != "group"]
    with pytest.raises(DisclosureProblem, match="hold fewer than 10 people"):
        audit(published_of(dataclasses.replace(baseline, members=gone)), gone)
    nobody = pd.DataFrame(columns=gone.columns)
    with pytest.raises(DisclosureProblem, match="hold fewer than 10 people"):
        audit(published_of(dataclasses.replace(baseline, members=nobody)), nobody)

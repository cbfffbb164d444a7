"""Pools of too few people: nothing about their time is shown, nor what would give it away."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import assess_blending
from analysis.baseline.frames import COLUMNS
from analysis.baseline.settings import BaselineSettings
from analysis.blending.few import hidden_pools
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Queue

QUEUES = [Queue(name=name, pool=name) for name in ("voice", "chat", "post")]


def baseline_of(agents, minimum=10):
    """Return what blending reads of a baseline in which these people worked 100 hours each."""
    members = pd.DataFrame({"agent": agents, "population": "contact_centre", "by": "all", "level": "", "base_h": 100.0})
    return SimpleNamespace(
        settings=BaselineSettings(minimum_group_agents=minimum),
        members=members.reindex(columns=list(COLUMNS["members"])),
        item_lengths=pd.DataFrame(columns=list(COLUMNS["item_lengths"])),
        idle_by_slot=pd.DataFrame(columns=list(COLUMNS["idle_by_slot"])),
    )


def skills(sizes):
    rows = [(f"{queue}{at}", queue) for queue, size in sizes.items() for at in range(size)]
    return typed_table("skills", pd.DataFrame(rows, columns=["agent", "queue_or_type"]))


@pytest.mark.parametrize(
    ("sizes", "without_pool", "hidden"),
    [
        ({"voice": 30, "chat": 12, "post": 10}, 0, set()),
        ({"voice": 30, "chat": 12, "post": 6}, 0, {"post", "chat"}),
        ({"voice": 30, "chat": 6, "post": 6}, 0, {"post", "chat"}),
        ({"voice": 30, "chat": 12, "post": 6}, 4, {"post"}),
        ({"voice": 30, "chat": 12, "post": 10}, 3, {"post"}),
    ],
)
def test_a_small_pool_hides_so_many_others_that_it_does_not_follow(sizes, without_pool, hidden):
    tables = {"skills": skills(sizes)}
    agents = [*tables["skills"]["agent"], *(f"x{at}" for at in range(without_pool))]
    found, findings = hidden_pools(tables, QUEUES, baseline_of(agents))
    assert set(found) == hidden
    assert {finding.where for finding in findings} == {f"pool {name}" for name in hidden}


def test_nothing_about_the_time_of_a_pool_of_few_leaves_blending(centre):
    world = centre(agents=8, weeks=2)
    agents = sorted(world.tables["roster"]["agent"].unique())
    found = assess_blending(world.tables, baseline_of(agents), client=world.client, queues=world.queues)  # type: ignore[arg-type]
    assert set(found.recommendation["verdict"]) == {"cannot say"}
    assert found.recommendation["reason"].str.startswith("fewer than 10 people").all()
    assert found.idle_by_cause.empty
    for frame in (found.usable[["agents", "low", "high"]], found.lab, found.frontier, found.schedule, found.gap_law):
        assert frame.empty or frame.isna().all(axis=None)
    about_people = [q for q in found.quantities if "service_level_measured" not in q.id and "reported" not in q.id]
    assert all(one.estimate.value is None for one in about_people)

"""Whole agents in half hours that all sit on one step: intervals reach over it."""

from __future__ import annotations

from unittest import mock

import pytest

from analysis.blending import BlendingSettings, assemble, model
from analysis.blending.inventory import inventory

ASKED = BlendingSettings(draws=200, most_kept_free=4)


@pytest.fixture(scope="module")
def both(centre):
    """Return the estimates before and after they reach over the step."""
    world = centre(agents=14, load=7.4)
    items = inventory(world.tables, None, client=world.client, settings=ASKED)
    pools, source, _ = assemble.pools(
        world.tables, items, client=world.client, queues=world.queues, settings=ASKED, ring_s=0.0
    )
    with mock.patch.object(model, "over_steps", wraps=model.over_steps) as widen:
        after = model.model_pool(pools[0], items, ASKED, source=source).estimates
    return widen.call_args.args[0], after


@pytest.mark.parametrize("name", ["structural", "surplus", "releasable"])
def test_figures_of_whole_agents_reach_over_the_step(both, name):
    before, after = both
    assert after[name].value == before[name].value
    # all half hours have one load, so that the next number of agents is at most one away
    assert 0.02 < before[name].low - after[name].low < 1.5
    assert 0.02 < after[name].high - before[name].high < 1.5
    assert after[name].low >= 0
    assert after[name].high <= after["idle"].high


@pytest.mark.parametrize("name", ["idle", "shareable", "interruptible"])
def test_figures_without_steps_stay(both, name):
    before, after = both
    assert after[name] == before[name]

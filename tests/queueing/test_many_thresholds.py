"""Best thresholds of many half hours: each the answer of one, in one call."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import queueing


@given(
    agents=st.lists(st.integers(1, 40), min_size=4, max_size=4),
    loads=st.lists(st.floats(0.05, 1.1), min_size=4, max_size=4),
    stretch=st.sampled_from([0.3, 1.0, 2.5]),
    patience_s=st.one_of(st.none(), st.floats(20, 2000)),
    target=st.floats(0.05, 0.98),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_each_is_the_answer_of_one(agents, loads, stretch, patience_s, target):
    arrivals = 12 * np.array(agents) * np.array(loads)
    shape = {"aht_s": 300, "item_s": 300 * stretch, "target": target, "patience_s": patience_s}
    found = queueing.best_thresholds(agents, arrivals_per_h=arrivals, **shape)
    singly = [
        queueing.best_threshold(n, arrivals_per_h=rate, **shape) for n, rate in zip(agents, arrivals, strict=True)
    ]
    assert found.tolist() == [-1 if one is None else one for one in singly]


def test_shapes_and_edges():
    found = queueing.best_thresholds(
        [[20], [0]], arrivals_per_h=[180, 0], aht_s=300, item_s=300, target=0.8, patience_s=[np.inf, 120]
    )
    assert found.tolist() == [[14, 19], [-1, -1]]
    assert found.dtype == np.int64
    assert queueing.best_thresholds(20, arrivals_per_h=180, aht_s=300, item_s=300, target=0.8) == 14


def test_refusals_name_the_place():
    with pytest.raises(ValueError, match=r"target must be .* got 1.2 at position 1 \(1 of 2 in all\)"):
        queueing.best_thresholds(20, arrivals_per_h=180, aht_s=300, item_s=300, target=[0.8, 1.2])
    with pytest.raises(ValueError, match=r"agents must be a whole number of 0 or more, got 2.5"):
        queueing.best_thresholds(2.5, arrivals_per_h=180, aht_s=300, item_s=300, target=0.8)

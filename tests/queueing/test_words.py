"""What is refused, and in which words; what results look like; the uncompiled twin."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis import queueing
from tests.queueing.twin import with_and_without_compiling

DESK = {"arrivals_per_h": 180, "aht_s": 300}
PROMISE = {"aht_s": 300, "target": 0.8, "answer_within_s": 20}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: queueing.erlang_b(-1, 2.0), r"agents must be a whole number of 0 or more, got -1$"),
        (lambda: queueing.erlang_b(2.5, 2.0), r"agents must be a whole number of 0 or more, got 2.5"),
        (lambda: queueing.erlang_b([2, 3], [1.0, -0.5]), r"load must be .* got -0.5 at position 1 \(1 of 2 in all\)"),
        (lambda: queueing.erlang_b(3, math.nan), r"load must be a finite number of 0 or more, got nan"),
        (lambda: queueing.erlang_c(3, math.inf), r"load must be a finite number of 0 or more, got inf"),
        (lambda: queueing.erlang_c("three", 1.0), r"agents must be a whole number of 0 or more, got str"),
        (lambda: queueing.erlang_c(3, None), r"load must be a finite number of 0 or more, got (nan|NoneType)"),
        (lambda: queueing.service_level(9, 5, aht_s=0, answer_within_s=20), r"aht_s must be a finite number above 0"),
        (lambda: queueing.service_level(9, 5, aht_s=300, answer_within_s=-1), r"answer_within_s must be .* got -1"),
        (
            lambda: queueing.agents_required(5, **PROMISE | {"target": 1.0}),
            r"target must be above 0 and below 1 .*got 1$",
        ),
        (lambda: queueing.agents_required(5, **PROMISE | {"target": 80}), r"target .* \(80 % is 0.8\), got 80"),
        (lambda: queueing.agents_required(5, **PROMISE, patience_s=0), r"patience_s must be above 0 .*got 0"),
        (lambda: queueing.max_occupancy(0, **PROMISE), r"agents must be a whole number of 1 or more, got 0"),
        (lambda: queueing.max_occupancy(3, **PROMISE | {"target": math.nan}), r"target must be .* got nan"),
        (
            lambda: queueing.erlang_a([3, 4], 2.0, aht_s=300, patience_s=60, answer_within_s=20),
            r"agents must be one number, got 2; call once for each",
        ),
        (
            lambda: queueing.erlang_a(3, 2.0, aht_s=300, patience_s=-5, answer_within_s=20),
            r"patience_s must be above 0 \(leave it out for callers who never give up\), got -5",
        ),
        (
            lambda: queueing.erlang_a(3, 2.0, aht_s=300, patience_s=60, answer_within_s=20).quantile_wait_s(1.0),
            r"p must be at least 0 and below 1 .*got 1",
        ),
        (
            lambda: queueing.erlang_a(3, 2.0, aht_s=300, patience_s=60, answer_within_s=20).p_wait_longer_than(-1),
            r"x_s must be a finite number of 0 or more, got -1",
        ),
        (
            lambda: queueing.blend(20, item_s=300, threshold=21, **DESK),
            r"threshold must be at most .* 21 for 20 agents",
        ),
        (lambda: queueing.blend(20, item_s=300, threshold=3.5, **DESK), r"threshold must be a whole number .*got 3.5"),
        (lambda: queueing.blend(20, item_s=-1, threshold=3, **DESK), r"item_s must be a finite number above 0, got -1"),
        (lambda: queueing.best_threshold(20, item_s=300, target=1.2, **DESK), r"target must be .* got 1.2"),
        (
            lambda: queueing.idle_gaps(20, routing="longest idle", **DESK),
            r"got longest idle; did you mean longest_idle\?",
        ),
        (lambda: queueing.idle_gaps(20, routing="rnd", **DESK), r"routing must be one of .*; did you mean random\?"),
        (lambda: queueing.idle_gaps(20, routing=7, **DESK), r"routing must be one of longest_idle, random, .* got 7$"),
        (
            lambda: queueing.idle_gaps(20, arrivals_per_h=0, aht_s=300),
            r"arrivals_per_h must be a finite number above 0",
        ),
        (lambda: queueing.idle_gaps(15, **DESK), r"load 15 erlangs needs more than 15 agents: .*measure the gaps"),
        (lambda: queueing.idle_gaps(20, **DESK).survival([1, -2]), r"x_s must be .* got -2 at position 1"),
        (lambda: queueing.idle_gaps(20, **DESK).usable_share(math.nan), r"resume_s must be .* got nan"),
    ],
)
def test_wrong_arguments_are_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def results():
    return [
        queueing.erlang_a(20, 15.0, aht_s=300, patience_s=120, answer_within_s=20),
        queueing.blend(20, item_s=300, threshold=17, patience_s=120, **DESK),
        queueing.idle_gaps(20, **DESK),
    ]


def test_results_say_what_was_asked_and_what_came_out():
    busy, blended, gaps = results()
    assert busy.settings == {"agents": 20, "load": 15, "aht_s": 300, "patience_s": 120, "answer_within_s": 20}
    assert blended.settings["threshold"] == 17
    assert queueing.blend(20, item_s=300, threshold=17, **DESK).settings["patience_s"] is None
    assert gaps.settings == {"agents": 20, "arrivals_per_h": 180, "aht_s": 300, "routing": "longest_idle"}
    for result in results():
        frame = result.to_frame().set_index("quantity")
        assert list(frame.columns) == ["value", "unit"]
        assert not set(frame.index) & set(result.settings)
        for name, row in frame.iterrows():
            assert row["value"] == getattr(result, name)
        with pytest.raises(AttributeError):
            result.agents = 3
    assert blended.to_frame().set_index("quantity").loc["service_level", "value"] == blended.service_level


def test_results_print_as_sentences():
    busy, blended, gaps = results()
    assert repr(busy) == (
        "20 agents, 15 erlangs: 93.8 % answered within 20 s, 2.2 % given up, mean wait 2.6 s, occupancy 73.4 %"
    )
    assert repr(blended) == (
        "20 agents, items while fewer than 17 are busy: 54.9 items an hour (4.58 agents, 3.89 net), "
        "80.7 % answered within 20 s, 6.7 % given up"
    )
    assert repr(gaps).startswith("20 agents, 180 calls an hour, longest idle: 5.00 agents wait on average")


def test_the_same_question_gives_the_same_result():
    for one, other in zip(results(), results()):
        assert one == other


PLAIN = """
import json
from analysis import queueing
r = queueing.erlang_a(12, 13.0, aht_s=240, patience_s=90, answer_within_s=20)
b = queueing.blend(9, arrivals_per_h=90, aht_s=300, item_s=420, threshold=7, patience_s=100)
e = queueing.blend(9, arrivals_per_h=90, aht_s=300, item_s=420, threshold=7)
g = queueing.idle_gaps(9, arrivals_per_h=90, aht_s=300, routing="random")
h = queueing.idle_gaps(9, arrivals_per_h=90, aht_s=300, routing="last_idle_first")
print(json.dumps([queueing.erlang_c(9, 7.5), queueing.erlang_c(3000, 10.0), queueing.erlang_b(9, 7.5), r.service_level, r.p_abandon,
    r.quantile_wait_s(0.9), b.service_level, b.item_agents, e.service_level, e.mean_wait_s, g.survival(60), h.survival(60),
    queueing.agents_required(9.0, aht_s=300, target=0.9, answer_within_s=10, patience_s=50),
    queueing.max_occupancy(9, aht_s=300, target=0.9, answer_within_s=10),
    queueing.best_threshold(9, arrivals_per_h=60, aht_s=300, item_s=200, target=0.8)]))
"""


def test_uncompiled_twin_gives_equal_answers(root):
    answers = with_and_without_compiling(PLAIN, root)
    np.testing.assert_allclose(answers[1], answers[0], rtol=1e-12)

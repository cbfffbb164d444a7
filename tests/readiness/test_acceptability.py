"""How firm a class is: the shares follow the rule draw by draw, and do not depend on names, orders or the seed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation.estimate import Estimate
from analysis.readiness.acceptability import (
    Drawn,
    acceptability_rows,
    classes,
    drawn,
    equal_weights,
    error_of,
    swung,
    weightings,
    without_domain,
)
from analysis.readiness.answer import Answer, answers_of, profile_of
from analysis.readiness.raters import Ratings
from analysis.readiness.result import CLASSES, MODES
from analysis.readiness.scores import Reading, scored
from analysis.readiness.settings import ReadinessSettings
from analysis.readiness.verdict import verdict_of
from tests.readiness.profiles import BY_ID, CRITERIA, FEW, GATES, IDS, some_profiles

SETTINGS = ReadinessSettings(draws=400)
DOMAINS = [criterion.domain for criterion in CRITERIA]


def column(profile):
    """Return the profile itself as a single draw in which every criterion counts."""
    levels = np.array([[-1 if profile.levels[one.id] is None else profile.levels[one.id]] for one in CRITERIA])
    types = {name: np.array([[-1 if one.level is None else one.level] for one in own]) for name, own in profile.types.levels.items()}  # fmt: skip
    return Drawn(levels, types, np.ones((len(CRITERIA), 1), dtype=bool))


@FEW
@given(some_profiles(), st.sampled_from(MODES))
def test_every_draw_follows_the_written_rule(profile, mode):
    sure = dataclasses.replace(profile, lowest={})
    assert CLASSES[classes(sure, column(sure), mode)[0]] == verdict_of(sure, mode)


def answered(levels=None, scores=None, order=1):
    """Return answers that are all 4 but for the raters' levels and the scores given by criterion."""
    ratings = {name: Ratings((4, 4)) for name in IDS} | {name: Ratings(tuple(sorted(own))) for name, own in (levels or {}).items()}  # fmt: skip
    return answers_of(CRITERIA[::order], scores or {}, ratings, None)


def share(answers, mode, verdict, asked=SETTINGS):
    rows = acceptability_rows(answers, asked)
    return next(row["share"] for row in rows if (row["mode"], row["verdict"]) == (mode, verdict))


SURE = {"weeks": Estimate(10.0, 10.0, 10.0, unit="weeks"), "over_cap": Estimate(0.0, 0.0, 0.0)}
FIGURES = {"P2": "missed", "D1": "unaccounted", "W1": "short_hours"}


def score_of(gate, value, low, high):
    """Return a score of a gate one of whose figures is known within an interval, the other for sure."""
    readings = {name: Reading(one, "x") for name, one in SURE.items()}
    return scored(BY_ID[gate], {**readings, FIGURES[gate]: Reading(Estimate(value, low, high), "x")})


def missed(value, low, high):
    """Return a score of P2 whose missed share is known within an interval."""
    return score_of("P2", value, low, high)


@FEW
@given(st.sampled_from(sorted(FIGURES)), st.floats(0.0, 1.0), st.floats(0.0, 0.3), st.floats(0.0, 0.3), st.sampled_from(MODES))  # fmt: skip
def test_a_gate_that_data_put_at_zero_or_leave_in_doubt_is_never_ready(gate, value, below, above, mode):
    score = score_of(gate, value, max(0.0, value - below), min(1.0, value + above))
    answers = answered(scores={gate: score})
    profile, (lowest, _) = profile_of(answers), score.range()
    assert score.level is not None
    assert lowest is not None
    if gate not in GATES[mode]:
        return
    if lowest == 0:
        assert verdict_of(profile, mode) != "ready"
    if score.level == 0:
        assert verdict_of(profile, mode) == "not_yet"
    draws = drawn(answers, SETTINGS, vary=("data",))
    stops = draws.levels[IDS.index(gate)] == 0
    assert not (classes(profile, draws, mode)[stops] == CLASSES.index("ready")).any()


@FEW
@given(st.sampled_from(sorted(GATES["interrupt"])), st.sampled_from(MODES))
def test_an_unanswered_gate_is_never_ready_in_any_draw(name, mode):
    answers = answered({name: ()})
    if name in GATES[mode]:
        assert share(answers, mode, "cannot_say") == 1.0
    assert share(answers, mode, "ready") < 1.0


def test_raters_who_disagree_on_a_gate_split_the_draws():
    answers = answered({"M1": (0, 4, 4, 4)})
    assert share(answers, "blocks", "not_yet") == pytest.approx(0.25, abs=3 * error_of(0.25, 400))
    assert share(answers, "blocks", "ready") == pytest.approx(0.75, abs=3 * error_of(0.75, 400))


def test_a_low_ordinary_criterion_counts_only_where_its_weight_is_not_negligible():
    asked = ReadinessSettings(draws=4000)
    weights, equal = weightings(DOMAINS, IDS, asked), equal_weights(DOMAINS)
    assert weights.sum(axis=0) == pytest.approx(np.ones(4000))
    assert weights.mean(axis=1) == pytest.approx(equal, abs=0.01)
    place = IDS.index("K4")
    skipped = float((weights[place] < 0.1 * equal[place]).mean())
    assert share(answered({"K4": (0,)}), "blocks", "ready", asked) == skipped
    assert 0.05 < skipped < 0.4
    assert share(answered({"K4": (0,)}), "blocks", "ready", ReadinessSettings(negligible_weight=0.0)) == 0.0


def test_orders_and_names_change_nothing_and_seeds_no_more_than_their_error():
    levels = {"M1": (0, 3, 4), "K4": (1, 2), "T1": (2, 3)}
    one, two = (acceptability_rows(answered(levels, order=order), SETTINGS) for order in (1, -1))
    assert one == two
    other = acceptability_rows(answered(levels), ReadinessSettings(draws=400, seed=7))
    for mine, its in zip(one, other, strict=True):
        assert abs(mine["share"] - its["share"]) <= 1.5 * (mine["error"] + its["error"])
    assert one != other


def test_a_criterion_more_leaves_the_draws_of_the_others_alone():
    answers = answered({"M1": (0, 3, 4)})
    fewer = [answer for answer in answers if answer.criterion.id != "K4"]
    both = [drawn(some, SETTINGS, vary=("raters",)) for some in (answers, fewer)]
    assert (both[0].levels[IDS.index("M1")] == both[1].levels[[a.criterion.id for a in fewer].index("M1")]).all()


def test_one_source_of_doubt_at_a_time():
    answers = answered({"M1": (0, 4, 4)}, {"P2": missed(0.39, 0.33, 0.45)})
    by = {kind: drawn(answers, SETTINGS, vary=(kind,)).levels for kind in ("weights", "raters", "data")}
    moved = {kind: sorted(IDS[row] for row in np.flatnonzero((levels != levels[:, :1]).any(axis=1))) for kind, levels in by.items()}  # fmt: skip
    assert moved == {"weights": [], "raters": ["M1"], "data": ["P2"]}


@FEW
@given(some_profiles(), st.sampled_from(MODES))
def test_half_as_much_or_half_again_on_a_weight_changes_nothing(profile, mode):
    assert swung(profile, mode, 0.1) == 1.0


def test_a_weight_that_may_not_count_when_halved_can_change_the_class():
    profile = profile_of(answered({"K4": (0,)}))
    assert swung(profile, "blocks", 0.6) == pytest.approx(1 - 1 / (2 * len(IDS)))


def test_without_a_domain_its_gates_still_count():
    profile = profile_of(answered({"M1": (2,)}))
    assert verdict_of(profile, "blocks") == without_domain(profile, "management", "blocks") == "ready_with_changes"
    assert without_domain(profile_of(answered({"K4": (0,)})), "change", "blocks") == "ready"


def test_the_error_of_a_share():
    # Agresti & Coull for 0 of 400: (0 + 2) / 404, plus or minus 1.96 standard errors
    assert error_of(0.0, 400) == pytest.approx(1.959964 * (2 / 404 * 402 / 404 / 404) ** 0.5)


def test_an_answer_takes_no_more_than_the_data_leave_open():
    open_score = scored(BY_ID["P2"], {"missed": Reading(Estimate(0.3, 0.25, 0.35), "x")})  # over_cap is not known
    assert (open_score.level, open_score.ceiling) == (None, 2)
    assert Answer(BY_ID["P2"], open_score, Ratings((4, 4))).level == 2

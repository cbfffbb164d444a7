"""Coefficients of agreement.

Known answers: RR01 (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, prints .743 .815 .849 .797; python krippendorff 0.9.0), RR02
(overview of CRAN irrCAC; AC2 by python irrCAC 0.4.4), RR04 (Shrout & Fleiss 1979, table 4, prints .17 .29 .71 .44 .62 .91; R psych 2.2.9).
Gwet's weights in alpha on the same data: .8336 (irrCAC's krippen.alpha with ordinal weights).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis import agreement
from analysis.foundation.schema import DataProblem

N = None
UNITS = [
    *([1, 1, N, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4]),
    *([4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [N, 5, 5, 5], [N, N, 1, 1], [N, N, 3, N]),
]
JUDGED = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
EIGHT = [[0, 0], [1, 2], [4, 3], [2, 2], [3, 1], [0, 1], [4, 4], [1, 3]]


@pytest.mark.parametrize(
    ("level", "value"),
    [
        ("nominal", 0.743421052631579),
        ("ordinal", 0.8153875037548814),
        ("interval", 0.8491071428571428),
        ("ratio", 0.7974027747116121),
    ],
)
def test_krippendorff_alpha_rr01(level, value):
    found = agreement.krippendorff_alpha(UNITS, level)
    assert found.value == pytest.approx(value, abs=1e-12)
    assert (found.units, found.raters) == (11, 4)


def test_the_variant_of_alpha_is_named_because_it_gives_another_figure():
    own, gwet = (agreement.krippendorff_alpha(UNITS, variant=variant) for variant in ("krippendorff", "gwet"))
    assert gwet.value == pytest.approx(0.83364, abs=1e-5)
    assert "Krippendorff's own ordinal metric" in repr(own)
    assert "Gwet's ordinal weights" in repr(gwet)


def test_gwet_ac1_and_its_error_rr02():
    found = agreement.gwet_ac(UNITS, "identity")
    assert found.value == pytest.approx(0.77544407, abs=1e-6)
    assert found.error == pytest.approx(0.14294995, abs=1e-6)


@pytest.mark.parametrize(
    ("weights", "value"), [("quadratic", 0.91400072), ("ordinal", 0.89893977), ("linear", 0.85873914)]
)
def test_gwet_ac2_rr02(weights, value):
    assert agreement.gwet_ac(UNITS, weights).value == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "value"), [("fleiss_kappa", 0.76117), ("brennan_prediger", 0.77273), ("conger_kappa", 0.76282)]
)
def test_kappas_rr02(name, value):
    assert getattr(agreement, name)(UNITS).value == pytest.approx(value, abs=1e-5)


def test_icc_rr04():
    found = agreement.icc(JUDGED)
    wanted = {
        "icc11": 0.16574177,
        "icc21": 0.28976378,
        "icc31": 0.71484071,
        "icc1k": 0.44279713,
        "icc2k": 0.62005055,
        "icc3k": 0.90931554,
    }
    assert {form: getattr(found, form).value for form in wanted} == pytest.approx(wanted, abs=1e-7)
    assert (found.icc21.low, found.icc21.high) == pytest.approx((0.018786513, 0.76108437), abs=1e-7)
    assert found.to_frame()["form"].tolist() == list(wanted)


def test_intervals_of_the_exact_forms_of_icc():
    """By hand from the mean squares: Shrout & Fleiss 1979, pages 424 to 425; F ratios and their bounds."""
    x = np.array(JUDGED, dtype=float)
    n, k = x.shape
    between = k * ((x.mean(axis=1) - x.mean()) ** 2).sum() / (n - 1)
    within = ((x - x.mean(axis=1, keepdims=True)) ** 2).sum() / (n * (k - 1))
    rest = x - x.mean(axis=1, keepdims=True) - x.mean(axis=0) + x.mean()
    residual = (rest**2).sum() / ((n - 1) * (k - 1))

    def bounds(ratio, below):
        return ratio / stats.f.ppf(0.975, n - 1, below), ratio * stats.f.ppf(0.975, below, n - 1)

    one, three = bounds(between / within, n * (k - 1)), bounds(between / residual, (n - 1) * (k - 1))
    found = agreement.icc(JUDGED)
    assert (found.icc11.low, found.icc11.high) == pytest.approx([(f - 1) / (f + k - 1) for f in one], abs=1e-12)
    assert (found.icc31.low, found.icc31.high) == pytest.approx([(f - 1) / (f + k - 1) for f in three], abs=1e-12)
    assert (found.icc3k.low, found.icc3k.high) == pytest.approx([1 - 1 / f for f in three], abs=1e-12)


RATINGS = st.lists(
    st.lists(st.sampled_from([None, 0, 1, 2, 3, 4]), min_size=3, max_size=3), min_size=6, max_size=14
).filter(lambda rows: sum(len(set(row) - {None}) > 1 for row in rows) >= 5)
EACH = [
    lambda table: agreement.krippendorff_alpha(table),
    lambda table: agreement.gwet_ac(table, "quadratic", categories=range(5)),
    lambda table: agreement.conger_kappa(table, "ordinal", categories=range(5)),
    lambda table: agreement.percent_agreement(table, within=1, categories=range(5)),
]


@given(RATINGS, st.permutations(range(3)), st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_raters_or_units(rows, columns, random):
    moved = [[row[place] for place in columns] for row in random.sample(rows, len(rows))]
    for measure in EACH:
        one, two = measure(rows).estimate, measure(moved).estimate
        for name in ("value", "low", "high"):
            assert getattr(one, name) == pytest.approx(getattr(two, name), abs=1e-9)


@given(RATINGS)
def test_intervals_hold_the_figure_and_stay_below_one(rows):
    for measure in EACH:
        found = measure(rows).estimate
        if found.low is not None:
            assert -1 <= found.low <= found.value <= found.high <= 1


def test_two_raters_of_whole_agreement():
    found = agreement.gwet_ac([[0, 0], [1, 1], [4, 4], [2, 2], [3, 3], [0, 0], [4, 4], [1, 1]], categories=range(5))
    assert (found.value, found.estimate.low) == (1, None)
    assert "none of 8 units shows a difference" in repr(found)


def test_few_differences_and_few_units_give_a_figure_without_interval():
    seldom = [[0, 0], [1, 1], [4, 3], [2, 2], [3, 3], [0, 0], [4, 4], [1, 1]]
    assert "only one of 8 criteria shows a difference" in repr(agreement.krippendorff_alpha(seldom, n_unit="criteria"))
    assert "only 5 units with two ratings" in repr(agreement.krippendorff_alpha(EIGHT[:5]))
    assert agreement.percent_agreement(EIGHT[:5]).estimate.status == "insufficient"
    assert "only 8 units with two ratings; the interval of this coefficient" in repr(agreement.fleiss_kappa(EIGHT))


@pytest.mark.parametrize("measure", [agreement.krippendorff_alpha, agreement.gwet_ac, agreement.conger_kappa])
def test_one_and_the_same_rating_throughout_says_nothing(measure):
    found = measure([[2, 2]] * 8)
    assert (found.value, found.estimate.status) == (None, "degenerate")
    assert "always say the same" in repr(found)


def test_ac_is_defined_where_all_categories_are_named():
    assert agreement.gwet_ac([[2, 2]] * 8, categories=range(5)).value == 1


def test_wrong_ratings_are_refused_in_words():
    with pytest.raises(DataProblem, match="no unit was rated by two"):
        agreement.krippendorff_alpha([[1, None], [None, 2]])
    with pytest.raises(DataProblem, match="none of the categories"):
        agreement.gwet_ac([[1, 7], [1, 2]], categories=range(5))
    with pytest.raises(ValueError, match="the level is one of"):
        agreement.krippendorff_alpha(EIGHT, "strange")
    with pytest.raises(ValueError, match="weights are one of"):
        agreement.conger_kappa(EIGHT, "strange")
    with pytest.raises(ValueError, match="two or more"):
        agreement.gwet_ac([[1], [2]])
    with pytest.raises(ValueError, match="categories that are numbers"):
        agreement.krippendorff_alpha([["a", "b"], ["b", "b"]], "interval")
    with pytest.raises(DataProblem, match="a cell is empty"):
        agreement.icc([[1, None], [2, 3]])


def test_judges_who_differ_by_a_constant_alone():
    found = agreement.icc(np.add.outer(np.arange(8.0), [0, 1, 3]))
    assert found.icc21.status == "degenerate"
    assert pd.isna(found.to_frame()["value"]).all()

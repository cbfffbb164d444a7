"""Agreement of raters.

Known answers: RR02 (canonical data of 12 units and 4 raters with missing ratings; AC1 .77544, standard error .14295, as printed in the overview of
CRAN irrCAC). Cohen's kappa and its error: statsmodels' cohens_kappa (Fleiss, Cohen & Everitt 1969).
"""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from analysis.foundation.schema import DataProblem
from analysis.measure.agreement import agreement, observer_agreement

N = None
UNITS = [
    *([1, 1, N, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4]),
    *([4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [N, 5, 5, 5], [N, N, 1, 1], [N, N, 3, N]),
]


def test_gwet_ac1_rr02():
    found = agreement(pd.DataFrame(UNITS))
    assert found.ac1.value == pytest.approx(0.77544407, abs=1e-6)
    error = (found.ac1.value - found.ac1.low) / stats.t.ppf(0.975, found.ac1.n - 1)
    assert error == pytest.approx(0.14294995, abs=1e-6)
    assert found.percent.value == pytest.approx(0.8181818, abs=1e-6)
    assert (found.subjects, found.raters, found.kappa.value) == (11, 4, None)


def table(both, first, second, neither):
    pairs = [(1, 1)] * both + [(1, 0)] * first + [(0, 1)] * second + [(0, 0)] * neither
    return pd.DataFrame(pairs, columns=["first", "second"])


def test_kappa_and_its_error():
    seen = table(5, 5, 10, 80)
    found = agreement(seen)
    chance = 0.1 * 0.15 + 0.9 * 0.85
    assert found.kappa.value == pytest.approx((0.85 - chance) / (1 - chance))
    oracle = cohens_kappa([[5, 5], [10, 80]])
    error = (found.kappa.high - found.kappa.value) / stats.t.ppf(0.975, 99)
    assert found.kappa.value == pytest.approx(oracle.kappa)
    assert error == pytest.approx(oracle.std_kappa * math.sqrt(100 / 99))


def test_kappa_falls_where_one_state_prevails_and_ac1_does_not():
    found = agreement(table(2, 3, 3, 92))
    assert found.kappa.value < 0.4
    assert found.ac1.value > 0.9


def test_rounds_that_resemble_themselves_widen_the_interval():
    seen = pd.concat([table(10, 0, 0, 0)] * 8 + [table(2, 8, 0, 0)] * 2 + [table(0, 0, 0, 10)] * 5, ignore_index=True)
    alone, by_round = agreement(seen), agreement(seen, clusters=np.repeat(np.arange(15), 10).tolist(), n_unit="rounds")
    assert by_round.ac1.value == alone.ac1.value
    assert by_round.ac1.high - by_round.ac1.low > 2 * (alone.ac1.high - alone.ac1.low)
    assert by_round.percent.low < alone.percent.low


def test_full_agreement_has_a_lower_end():
    found = agreement(table(6, 0, 0, 6))
    assert found.percent.value == found.percent.high == 1
    assert found.percent.low == pytest.approx(0.025 ** (1 / 12))
    assert (found.ac1.value, found.ac1.low) == (1, None)
    by_round = agreement(table(6, 0, 0, 6), clusters=[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
    assert by_round.percent.low == pytest.approx(0.025 ** (1 / 6))


def test_nothing_to_compare_is_said():
    with pytest.raises(DataProblem, match="no subject was rated by two"):
        agreement(pd.DataFrame({"first": [1, 2], "second": [None, None]}))
    with pytest.raises(DataProblem, match="only one category"):
        agreement(table(5, 0, 0, 0))
    assert agreement(table(3, 0, 0, 2)).ac1.status == "insufficient"


def test_observers_of_the_same_people_in_the_same_round():
    rows = []
    for label in range(8):
        for person in range(5):
            state = "IDLE" if person < 2 else "WORK"
            rows.append((label, f"p{person}", "a", state, False))
            if label < 7:
                rows.append((label, f"p{person}", "b", "IDLE" if person == 4 and label == 0 else state, False))
            rows.append((label, f"p{person}", "c", "WORK", True))  # a reference look is no ordinary one
    looks = pd.DataFrame(rows, columns=["round", "agent", "observer", "state", "reference"])
    found = observer_agreement(looks, state="IDLE")
    assert (found.subjects, found.ac1.n, found.ac1.n_unit) == (35, 7, "rounds")
    assert found.percent.value == pytest.approx(34 / 35)
    assert observer_agreement(looks[looks["observer"] != "b"], state="IDLE") is None

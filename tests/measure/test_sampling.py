"""Work sampling against published and independently computed values.

Known answers: WS01 (textbook exercise, typist pool), WS02 (formula), WS03 (Newcombe 1998 table I; R 4.2.2 prop.test without correction),
WS06 (R survey 4.1-1 svyratio on made-up data), MC01 (Lang & Reiczigel 2014 as in R asht::prevSeSp).
"""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.measure.sampling import correct_misclassification, estimate_share, sample_size
from analysis.measure.sampling.clustered import clustered_share

IDLE = [3, 1, 5, 2, 0, 4, 6, 2, 1, 7, 3, 2, 4, 8, 1, 0, 5, 3, 2, 6]
LOOKS = [10, 9, 12, 10, 8, 11, 12, 10, 9, 12, 10, 8, 11, 12, 9, 8, 11, 10, 9, 12]


def rounds(idle=IDLE, looks=LOOKS):
    rows = [(r, "IDLE" if i < x else "ITEM_WORK") for r, (x, m) in enumerate(zip(idle, looks)) for i in range(m)]
    return pd.DataFrame(rows, columns=["round", "state"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"share": 0.3, "half_width": 0.04, "z": 2}, 525),  # WS01
        ({"share": 0.25, "half_width": 0.05, "z": 1.96}, 289),  # WS02: 288.1 looks
        ({"share": 0.25, "half_width": 0.05, "z": 2, "relative": True}, 4800),  # WS02
        ({"share": 0.3, "half_width": 0.04, "z": 2, "deff": 2}, 1050),
        ({"share": 0.06, "half_width": 0.05, "z": 2}, 91),  # the formula gives 90.24; a table in circulation prints 92
    ],
)
def test_sample_size(arguments, expected):
    assert sample_size(arguments.pop("share"), **arguments) == expected


def test_sample_size_takes_the_quantile_of_the_confidence():
    assert sample_size(0.5, half_width=0.05) == 385
    assert sample_size(0.5, half_width=0.05, confidence=0.99) == 664


@pytest.mark.parametrize("bad", [{"share": 0}, {"share": 1}, {"half_width": 0}, {"deff": 0.5}])
def test_sample_size_refuses_what_has_no_answer(bad):
    arguments = {"share": 0.3, "half_width": 0.04} | bad
    with pytest.raises(ValueError, match="must"):
        sample_size(arguments.pop("share"), **arguments)


def test_rounds_ws06_share_error_and_design_effect():
    hits, looks = (np.array(part, dtype=float)[:, None] for part in (IDLE, LOOKS))
    found = clustered_share(hits, looks)
    assert (found.share, found.error) == pytest.approx((0.320197044335, 0.04179924065), abs=1e-8)
    assert found.design_effect == pytest.approx(1.629417795, abs=1e-8)
    assert math.sqrt(found.share * (1 - found.share) / found.looks) == pytest.approx(0.0327455406, abs=1e-8)
    t19 = float(stats.t.ppf(0.975, found.freedom))
    assert [found.share - t19 * found.error, found.share + t19 * found.error] == pytest.approx(
        [0.2327102282, 0.4076838605], abs=1e-8
    )


def test_each_limit_is_the_wider_of_logit_and_arcsine():
    found = estimate_share(rounds(), state="IDLE")
    p, step = 0.320197044335, 2.093024054 * 0.04179924065
    logit = [1 / (1 + math.exp(-(math.log(p / (1 - p)) + sign * step / (p * (1 - p))))) for sign in (-1, 1)]
    turn = step / (2 * math.sqrt(p * (1 - p)))
    arcsine = [math.sin(math.asin(math.sqrt(p)) + sign * turn) ** 2 for sign in (-1, 1)]
    assert (found.low, found.high) == pytest.approx((min(logit[0], arcsine[0]), max(logit[1], arcsine[1])), abs=1e-8)
    assert found.low < logit[0]
    assert found.high > arcsine[1]
    assert (found.n, found.n_unit, found.grade) == (20, "rounds", "B")


@pytest.mark.parametrize(
    ("hits", "looks", "low", "high"),
    [
        (81, 263, 0.2552885199, 0.366209577),
        (15, 148, 0.0623863995, 0.1604872417),
        (0, 20, 0.0, 0.1611251582),
        (1, 29, 0.0061132143, 0.1717552188),
    ],
)
def test_independent_looks_give_wilson_ws03(hits, looks, low, high):
    found = estimate_share(rounds([hits], [looks]), state="IDLE", cluster="look")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-8)


def test_rounds_that_share_days_are_clustered_by_day():
    looks = rounds()
    day = looks["round"] // 2
    looks["observed_at"] = (pd.Timestamp("2026-03-02 10:00", tz="UTC") + pd.to_timedelta(day, unit="D")).astype(
        "datetime64[us, UTC]"
    )
    found = estimate_share(looks, state="IDLE")
    pairs = rounds([a + b for a, b in zip(IDLE[::2], IDLE[1::2])], [a + b for a, b in zip(LOOKS[::2], LOOKS[1::2])])
    by_hand = estimate_share(pairs, state="IDLE")
    assert (found.n, found.n_unit) == (10, "days")
    assert (found.value, found.low, found.high) == (by_hand.value, by_hand.low, by_hand.high)


def test_a_day_begins_in_the_zone_of_the_people():
    stamps = pd.date_range("2026-03-02 22:30", periods=12, freq="24h", tz="UTC")
    late = pd.DataFrame(
        {"observed_at": np.repeat(stamps, 2), "state": ["IDLE", "WORK", "IDLE", "IDLE", "WORK", "WORK"] * 4}
    )
    late.loc[late.index % 2 == 1, "observed_at"] += pd.Timedelta("1h")
    assert estimate_share(late, state="IDLE", cluster="day", zone="UTC").n == 12
    assert estimate_share(late, state="IDLE", cluster="day", zone="Europe/Amsterdam").n == 13


def test_several_states_count_together():
    looks = rounds()
    looks.loc[looks.index % 7 == 0, "state"] = "AWAY"
    both = estimate_share(looks, state=["IDLE", "AWAY"]).value
    assert both == pytest.approx(looks["state"].isin(["IDLE", "AWAY"]).mean())


def test_too_few_rounds_are_said_in_words():
    found = estimate_share(rounds(IDLE[:5], LOOKS[:5]), state="IDLE")
    assert found.status == "insufficient"
    assert "5 rounds" in found.reasons[0]


def test_no_looks_and_missing_cells():
    assert estimate_share(rounds([], []), state="IDLE").status == "insufficient"
    broken = rounds()
    broken["state"] = broken["state"].astype("str")
    broken.loc[3, "state"] = None
    with pytest.raises(DataProblem, match=r"1 rows have no state \(first: row 4\)"):
        estimate_share(broken, state="IDLE")
    with pytest.raises(DataProblem, match="observed_at is absent"):
        estimate_share(rounds(), state="IDLE", cluster="day")


def test_misclassification_mc01():
    seen = Estimate(140 / 400, 0.3, 0.4, grade="B")
    found = correct_misclassification(
        seen, looks=400, sensitivity=0.9, n_sensitivity=60, specificity=0.85, n_specificity=80
    )
    assert found.value == pytest.approx(0.2666666667, abs=1e-8)
    assert (found.low, found.high) == pytest.approx((0.1526968687, 0.365006087), abs=1e-8)
    assert found.grade == "B"


def test_observers_who_hardly_agree_cannot_be_corrected():
    found = correct_misclassification(
        Estimate(0.35, 0.3, 0.4), looks=400, sensitivity=0.7, n_sensitivity=60, specificity=0.75, n_specificity=80
    )
    assert (found.value, found.status) == (None, "insufficient")

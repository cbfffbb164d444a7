"""What people say of themselves: persons are the clusters, few people have no figure, and the answer says who did not answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.clusters import ratio
from analysis.foundation.schema import DataProblem, typed_table
from analysis.measure.self_reports import self_reported_share


def reports(people: int, *, weeks: int = 1, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    own = rng.uniform(0.05, 0.4, people)
    rows = [
        (f"p{n}", "N", pd.Timestamp("2026-03-02") + pd.Timedelta(weeks=week), 32.0 + n % 3, (32 + n % 3) * own[n])
        for n in range(people)
        for week in range(weeks)
    ]
    frame = pd.DataFrame(rows, columns=["agent", "team", "period_start", "paid_h", "non_work_h"])
    frame["period_end"] = frame["period_start"] + pd.Timedelta(days=6)
    return typed_table("self_reports", frame)


def everybody(people: int) -> list[str]:
    return [f"p{n}" for n in range(people)]


def test_persons_are_the_clusters_however_many_weeks_each_reports():
    one, four = (self_reported_share(reports(20, weeks=weeks), members=everybody(20)) for weeks in (1, 4))
    sums = reports(20)
    plain = ratio(sums["non_work_h"], sums["paid_h"], n_unit="people")
    assert (four.value, four.low, four.high) == pytest.approx((plain.value, plain.low, plain.high))
    assert (one.low, one.high) == pytest.approx((four.low, four.high))
    assert (four.n, four.n_unit, four.grade) == (20, "people", "C")


def test_the_share_of_people_who_answered_is_told_and_others_do_not_count():
    found = self_reported_share(reports(15), members=everybody(12) + [f"q{n}" for n in range(28)])
    assert found.n == 12
    assert found.reasons == ("12 of 40 people answered (30 %); the others are taken to be like them",)
    assert self_reported_share(reports(15), members=everybody(15)).reasons == ("15 of 15 people answered (100 %)",)


def test_of_fewer_than_ten_people_nothing_is_said_not_even_how_many():
    found = self_reported_share(reports(9), members=everybody(40))
    assert (found.status, found.value, found.low, found.n) == ("suppressed", None, None, 0)
    assert "9" not in found.reasons[0]
    assert self_reported_share(reports(9), members=everybody(40), minimum_agents=8).status == "ok"


def test_nobody_who_answered_is_no_figure():
    assert self_reported_share(reports(12), members=["x"]).status == "insufficient"
    unpaid = reports(12).assign(paid_h=0.0, non_work_h=0.0)
    assert self_reported_share(unpaid, members=everybody(12)).status == "insufficient"


@pytest.mark.parametrize(("paid", "told"), [(30.0, 31.0), (30.0, -1.0), (float("nan"), 1.0)])
def test_hours_that_cannot_be_are_refused(paid, told):
    rows = reports(12)
    rows.loc[4, ["paid_h", "non_work_h"]] = (paid, told)
    with pytest.raises(DataProblem, match="row 5"):
        self_reported_share(rows, members=everybody(12))

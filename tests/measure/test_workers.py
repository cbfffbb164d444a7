"""Variance components of pace: the published fits of nlme, and what cannot be told."""

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.measure.standards import worker_effects


def crew(*, workers=24, items=40, between=0.2, by_type=0.1, seed=1):
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(workers), items)
    what = rng.integers(0, 3, len(who))
    own, pairs = rng.normal(0, between, workers), rng.normal(0, by_type, (workers, 3))
    log = 5 + 0.4 * what + own[who] + pairs[who, what] + rng.normal(0, 0.6, len(who))
    return pd.DataFrame({"agent": who, "type": what, "seconds": np.exp(log)})


@pytest.mark.real_data
def test_machines_and_workers_as_nlme_fits_them(real_data):
    """Pinheiro & Bates 2000, section 1.3: lme(score ~ Machine, random = ~ 1 | Worker/Machine), REML; nlme 3.1-162."""
    table = pd.read_csv(real_data / "workload-regression" / "nlme_machines_workers.csv")
    found = worker_effects(table, worker="Worker", type="Machine", value="score", logarithm=False, minimum_workers=6)
    assert found.between_sd.value == pytest.approx(4.7810499, abs=1e-5)
    assert found.by_type_sd.value == pytest.approx(3.7295320, abs=1e-5)
    assert found.within_sd.value == pytest.approx(0.9615771, abs=1e-5)
    assert (found.between_sd.low, found.between_sd.high) == pytest.approx((2.2498607, 10.159935), abs=1e-4)
    assert (found.by_type_sd.low, found.by_type_sd.high) == pytest.approx((2.382793, 5.8374389), abs=1e-4)
    assert repr(found) == "61 % (20 to 90) of the variation of item times lies between 6 workers."


def test_an_unbalanced_log_gives_what_nlme_gives():
    """Against R's nlme 3.1-162, lme(log ~ type, random = ~ 1 | agent/type), REML, on the same rows."""
    found = worker_effects(crew().iloc[::2])
    assert found.between_sd.value == pytest.approx(0.19053173, abs=1e-6)
    assert found.by_type_sd.value == pytest.approx(0.07745829, abs=1e-5)
    assert found.within_sd.value == pytest.approx(0.62618640, abs=1e-6)
    assert (found.between_sd.low, found.between_sd.high) == pytest.approx((0.1154019, 0.3145731), rel=1e-3)


def test_workers_of_one_pace_end_at_zero():
    found = worker_effects(crew(between=0.0, by_type=0.0, seed=3))
    assert found.between_sd.low == found.share.low == 0
    assert 0 < found.share.high < 0.1
    assert "lies between 24 workers" in repr(found)


def test_components_that_the_data_cannot_show():
    one_type = worker_effects(crew().assign(type="claim"))
    assert one_type.by_type_sd.value is None
    assert one_type.between_sd.value > 0
    once = worker_effects(crew().drop_duplicates(["agent", "type"]))
    assert "no worker has two items of a type" in once.by_type_sd.reasons[0]
    alone = worker_effects(crew().drop_duplicates("agent"))
    assert "no worker has two items" in alone.share.reasons[0]


def test_few_workers_have_no_figure():
    found = worker_effects(crew(workers=9))
    assert found.share.status == "suppressed"
    assert "9 workers are fewer than the 10" in repr(found)


def test_the_result_holds_no_person():
    found = worker_effects(crew())
    assert len(found.to_frame()) == 4
    assert "agent" not in str(found.to_frame().columns)
    assert not any(isinstance(getattr(found, name), pd.DataFrame | np.ndarray) for name in found.__slots__)


def test_mistakes_are_named():
    with pytest.raises(DataProblem, match="no column seconds"):
        worker_effects(crew().drop(columns="seconds"))
    with pytest.raises(DataProblem, match="1 values are not above 0"):
        worker_effects(crew().assign(seconds=lambda one: one["seconds"].where(one.index != 4, 0.0)))


def test_a_component_close_to_zero_does_not_break_the_others():
    found = worker_effects(crew(workers=30, items=300, by_type=0.0, seed=2))
    assert found.by_type_sd.low == 0 < found.by_type_sd.high < 0.1
    assert found.between_sd.low < 0.2 < found.between_sd.high

"""Every fault of the catalogue: rows, reasons and seconds as planted, the canonical table as if nothing had happened."""

from __future__ import annotations

import pytest

from tests.faults.judge import judge
from tests.faults.table import runs

RUNS = [pytest.param(fault, form, id=f"{fault.label}-{form}") for fault, form in runs()]


@pytest.mark.parametrize(("fault", "form"), RUNS)
def test_a_planted_fault_meets_its_fate(fault, form):
    verdict = judge(fault, form, seed=1)
    assert verdict.faults == []
    assert (verdict.unaccounted, verdict.wrong_reasons, verdict.off_us) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4, 5])
@pytest.mark.parametrize(("fault", "form"), RUNS)
def test_a_planted_fault_meets_its_fate_wherever_it_is_planted(fault, form, seed):
    assert judge(fault, form, seed=seed).faults == []

"""Every fault of the catalogue: rows, reasons and seconds as planted, the canonical table as if nothing had happened."""

from __future__ import annotations

import pytest

from tests.faults.judge import judge
from tests.faults.table import FAULTS, FORMS, runs


def param(fault, form):
    """Return one run as a parameter of the tests."""
    return pytest.param(fault, form, id=f"{fault.label}-{form}")


QUICK = [param(fault, form) for fault, form in runs() if not fault.slow]
ALL = [param(fault, form) for fault, form in runs()]


def test_every_fault_of_the_catalogue_is_planted_or_told_why_not():
    assert {fault.id for fault in FAULTS} == {f"F{number:02d}" for number in range(1, 77)}
    assert len({fault.label for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        told = [getattr(fault, form) for form in FORMS]
        assert True in told
        assert all(word is True or len(word) > 5 for word in told), fault.label


@pytest.mark.parametrize(("fault", "form"), QUICK)
def test_a_planted_fault_meets_its_fate(fault, form):
    verdict = judge(fault, form, seed=1)
    assert verdict.faults == []
    assert (verdict.unaccounted, verdict.wrong_reasons, verdict.off_us) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("fault", "form"), ALL)
def test_a_planted_fault_meets_its_fate_wherever_it_is_planted(fault, form, seed):
    assert judge(fault, form, seed=seed).faults == []

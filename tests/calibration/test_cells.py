"""Do intervals cover the planted truth as often as they say? Every cell of this folder, a few worlds by default and a thousand in the slow run."""

import pytest

from tests.calibration.harness import cells, run

CELLS = {cell.name: cell for cell in cells()}
QUICK = sorted(name for name, cell in CELLS.items() if cell.quick)


def test_every_cell_has_a_name_of_its_own():
    names = [cell.name for cell in cells()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", QUICK)
def test_some_worlds(name):
    row = run(CELLS[name], CELLS[name].quick)
    assert not row.faults(), row


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CELLS))
def test_a_thousand_worlds(name):
    row = run(CELLS[name], 1000)
    assert bool(row.faults()) == bool(row.known), row

"""Hostile files end as a refusal; how long each takes and how much memory it needs is printed by ``benchmarks/promises.py P11``."""

from __future__ import annotations

import pytest

from analysis.foundation.schema import DataProblem
from tests.attacks.hostile import HOSTILE, Hostile


def end_of(desk, hostile: Hostile, share: float, said: str) -> None:
    """Read a hostile file to its end, which is a refusal, or a table without a row."""
    hostile.put(desk.root / "data", share)
    source = {"files": [f"data/{hostile.name}"], **hostile.source}
    if not said:
        assert desk.read(source).files["used"].tolist() == [0]
        return
    with pytest.raises(DataProblem, match=said) as stopped:
        desk.read(source)
    assert len(str(stopped.value)) < 1_000


@pytest.mark.parametrize("hostile", [one for one in HOSTILE if one.quick], ids=lambda one: one.name)
def test_a_hostile_file_comes_to_nothing(desk, hostile: Hostile):
    end_of(desk, hostile, hostile.quick, hostile.said)


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.name)
def test_a_hostile_file_of_full_size_comes_to_nothing(desk, hostile: Hostile):
    end_of(desk, hostile, 1.0, hostile.whole or hostile.said)

"""The engine against every case whose answer is known exactly: rows QC, EA, BL, BS, BU, BA, PR, IG of the reference, and days that change."""

from __future__ import annotations

import pytest

from tests.simulation.exact_cases import large, small


def holds(answers):
    """No answer further than four standard errors from the exact one; those precise enough also within three tenths of a point of service level."""
    answers = list(answers)
    levels = [answer for answer in answers if answer.measure.startswith("service_level")]
    assert [answer for answer in answers if not abs(answer.z) < 4] == []
    assert [a for a in levels if a.error <= 0.0009 and not abs(a.found - a.exact) <= 0.003] == []
    # standard errors too wide would hide anything: some answers lie beyond one of them
    assert 0.1 < sum(abs(answer.z) > 1 for answer in answers) / len(answers) < 0.6
    return levels


def test_engine_agrees_with_every_exact_case():
    holds(small(1.0, 200))


@pytest.mark.slow
def test_engine_agrees_with_every_exact_case_closely():
    levels = holds([*small(0.0008, 20_000), *large(0.0008, 20_000)])
    assert all(level.error <= 0.002 for level in levels)
    assert [level for level in levels if not abs(level.found - level.exact) <= 0.003] == []

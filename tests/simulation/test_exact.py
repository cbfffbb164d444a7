"""The engine against every case whose answer is known exactly: rows QC, EA, BL, BS, BU, BA, PR, IG of the reference, and days that change."""

from __future__ import annotations

import pytest

from tests.simulation.exact_cases import large, small


def holds(answers):
    """No answer further than four standard errors, and no service level further than three tenths of a point."""
    answers = list(answers)
    far = [answer for answer in answers if not abs(answer.z) < 4]
    off = [a for a in answers if a.measure.startswith("service_level") and not abs(a.found - a.exact) <= 0.003]
    assert not far
    assert not off
    # standard errors too wide would hide anything: most answers lie within two of them, some beyond one
    assert 0.05 < sum(abs(answer.z) > 1 for answer in answers) / len(answers) < 0.6


def test_engine_agrees_with_every_exact_case():
    holds(small(1.0))


@pytest.mark.slow
def test_engine_agrees_with_every_exact_case_closely():
    holds([*small(6.0), *large(1.0)])

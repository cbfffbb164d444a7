"""Whatever people answer and blending finds, the headline fits the frames and every sentence can be read."""

from __future__ import annotations

import dataclasses
import re
from types import MappingProxyType

import numpy as np
import pytest

from analysis.readiness import ReadinessSettings, change_rows, rows
from analysis.readiness.answer import answers_of
from analysis.readiness.case import Case
from analysis.readiness.criteria import read_questionnaire
from analysis.readiness.findings import findings_of
from analysis.readiness.raters import Ratings
from analysis.readiness.room import ROOM, rooms_of
from analysis.readiness.sentences import headline_of
from analysis.readiness.types import types_of
from tests.readiness.profiles import CRITERIA
from tests.report import factory

BLENDING = factory.blending()
BROKEN = re.compile(r"\bnan\b|None|<NA>|\.\.|  | ,|\( | \)")


def drawn(generator, most):
    return Ratings(tuple(sorted(int(level) for level in generator.choice(5, generator.integers(0, most), p=[0.05, 0.1, 0.15, 0.3, 0.4]))))  # fmt: skip


def case_of(seed):
    """Return a case with answers, item types and room made at random."""
    generator = np.random.default_rng(seed)
    names = list(BLENDING.inventory["type"])
    ratings = {}
    for criterion in CRITERIA:
        own = {name: drawn(generator, 3) for name in names if criterion.by_type and generator.random() < 0.4}
        ratings[criterion.id] = dataclasses.replace(drawn(generator, 4), types=MappingProxyType(own))
    verdicts = generator.choice(["room", "no room", "cannot say"], 3, p=[0.6, 0.2, 0.2])
    blending = dataclasses.replace(BLENDING, recommendation=BLENDING.recommendation.assign(verdict=verdicts, reason="why"))  # fmt: skip
    settings = ReadinessSettings(draws=200, minimum_type_h_per_week=float(generator.choice([0, 38, 400, 2000])))
    found = types_of(CRITERIA, ratings, BLENDING.inventory, {}, short_item_s=600.0, minimum=settings.minimum_type_h_per_week)  # fmt: skip
    types = found if generator.random() < 0.9 else None
    return Case.of(answers_of(CRITERIA, {}, ratings, types), rooms_of(blending, None), settings, "EUR"), ratings


@pytest.mark.parametrize("seed", range(16))
def test_the_headline_fits_and_every_sentence_can_be_read(seed):
    case, ratings = case_of(seed)
    headline = headline_of(case)
    if headline.mode:
        assert case.rooms.of(headline.mode).verdict == ROOM
        assert case.verdicts[headline.mode] == headline.verdict
    else:
        assert headline.verdict in ("not_yet", "cannot_say")
    made = [rows.mode_rows, rows.gate_rows, rows.type_rows, rows.sensitivity_rows, change_rows.set_rows]
    said = [headline.headline, *(str(row["sentence"]) for make in made for row in make(case))]
    said += [str(row[name]) for row in change_rows.change_rows(case) for name in ("change", "unlocks")]
    said += [finding.message for finding in findings_of(case, read_questionnaire(), ratings, {})]
    assert not [text for text in said if BROKEN.search(text)]

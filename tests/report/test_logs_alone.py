"""Logs without shifts: the report shows what they hold, as a lower bound, and calls no gap idle."""

from __future__ import annotations

import pytest

from analysis.report import build_report
from analysis.report.exhibits import gaps, spans
from tests.report import documents
from tests.report.conftest import words_of
from tests.report.factory import CC


@pytest.fixture(scope="module")
def logs_alone(material):
    """Return the material of a client of whom only logs are known."""
    return documents.logs_alone(material)


@pytest.fixture(scope="module")
def text(logs_alone, tmp_path_factory):
    out = tmp_path_factory.mktemp("logs")
    build_report(**logs_alone, out=out)
    return " ".join(words_of(out / "assessment.pdf"))


def test_the_work_on_record_is_a_lower_bound(text):
    assert "The logs show 16,080 hours of contacts handled in 361 agent-days and 7,920 hours of item work in" in text
    assert "Five shares add" not in text


def test_what_cannot_be_said_is_a_sentence(text):
    assert "None of the" in text
    assert "What utilization can be reached cannot be said" in text
    assert "because no shifts" not in text


def test_gaps_between_contacts_are_not_called_waiting(logs_alone, text):
    assert gaps.read_from(logs_alone["baseline"]) == (CC, "between contacts")
    # 31 + 12 + 3 of 803 + 3088 + 1767 + 612 hours; these logs have no limit of an hour
    assert "a contact waited in 1 % of the time in gaps of up to 60 min" in text
    assert "of waiting time comes in gaps" not in text


def test_each_file_states_its_own_period(text):
    assert "1 to 28 February 1999 and 2 March to 26 April 2026" in text


def test_work_and_gaps_add_to_the_span(logs_alone):
    for bar in spans.bars(logs_alone["baseline"]):
        assert bar.work_h + sum(hours for _, hours in bar.gaps) == pytest.approx(bar.span_h)

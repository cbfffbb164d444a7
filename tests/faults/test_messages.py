"""What intake says when it stops: file, place, what is wrong, what to do; never a cell's value."""

from __future__ import annotations

import re

import pytest

from tests.faults.messages import TEXT, messages, rendered
from tests.faults.truth import AGENTS

# Words with which the next step begins.
STEPS = (
    "Add|Fill|Ask|Close|Copy|Correct|Export|Give|Keep|List|Make|Name|Put|Rename|Report|Save|Set|Split|Take|Unpack|Use|Write|"
    "export|leave|save|set|must be"
)


def test_every_refusal_and_question_reads_as_agreed():
    """After a change of words that is meant: ``python -m tests.faults.messages``, then read the difference aloud."""
    assert rendered() == TEXT.read_text(encoding="utf-8")


@pytest.mark.parametrize(("title", "message"), list(messages()), ids=[title for title, _ in messages()])
def test_a_message_names_the_file_and_the_next_step_and_no_value(title, message):
    assert re.match(r"(data/|roster:|identifiers:|files:|state_map:|identities:|exclude\.)", message)
    assert re.search(rf"\b({STEPS})\b", message)
    assert not re.search("|".join(re.escape(agent) for agent in AGENTS), message)
    assert "Traceback" not in message
    assert len(message) < 600

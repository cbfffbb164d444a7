"""What intake says when it stops: file, place, what is wrong, what to do; never a cell's value."""

from __future__ import annotations

import ast
import re

import pytest

from tests.faults.messages import TEXT, messages, rendered
from tests.faults.truth import AGENTS

# Words with which the next step begins.
STEPS = (
    "Add|Answer|Fill|Ask|Check|Choose|Close|Copy|Correct|Export|Give|Keep|List|Make|Name|Pack|Put|Read|Rename|Report|Save|Set|Split|Take|Unpack|Use|Write|"
    "answer|ask|empty|export|leave|save|set|unpack|must be"
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


def stops(root):
    """Yield where intake stops, and the fixed words of what it then says; words that end in a value of their own are left out."""
    for path in sorted((root / "analysis" / "intake").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node) in ("DataProblem", "ask"):
                said = node.args[0]
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                if isinstance(parts[-1], ast.Constant) and str(parts[-1].value).strip(" ."):
                    words = [part.value for part in parts if isinstance(part, ast.Constant)]
                    yield f"{path.name}:{node.lineno}", " ".join(words)


def _name(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def test_wherever_intake_stops_it_says_what_to_do_next(root):
    found = [
        (place, words) for place, words in stops(root) if words.strip(" .:()") and "this is [[source]]" not in words
    ]
    assert len(found) > 80
    silent = [place for place, words in found if not re.search(rf"(?i)\b({STEPS})\b", words)]
    assert silent == []

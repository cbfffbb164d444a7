"""Every refusal and question as the user reads it, in one text: ``python -m tests.faults.messages`` writes it anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.faults.judge import judge
from tests.faults.more_questions import QUESTIONS, ask
from tests.faults.table import runs

TEXT = Path(__file__).with_name("messages.txt")
HEAD = "Refusals and questions of intake, word for word. Each names the file, the place, what is wrong, and what to do next.\n"


def rendered() -> str:
    """Return all messages, each under its fault; a message that two forms of file share stands once."""
    found: dict[str, str] = {}
    for fault, form in runs():
        if fault.expected in ("REF", "ASK") and not fault.slow:
            for message in judge(fault, form, seed=1).messages:
                found.setdefault(neutral(message), f"{fault.label} - {fault.title}")
    for title, question in QUESTIONS.items():
        found.setdefault(neutral(ask(question)), title)
    return HEAD + "".join(f"\n[{title}]\n{message}\n" for message, title in found.items())


def neutral(message: str) -> str:
    """Return a message without what differs between forms of file."""
    return re.sub(r"(\d_\w+)\.(csv|xlsx)\b", r"\1", message)


def messages() -> Iterator[tuple[str, str]]:
    """Yield title and message of the snapshot."""
    for block in TEXT.read_text(encoding="utf-8").split("\n\n")[1:]:
        title, _, message = block.partition("\n")
        yield title.strip("[]"), message.strip()


if __name__ == "__main__":
    TEXT.write_text(rendered(), encoding="utf-8", newline="\n")

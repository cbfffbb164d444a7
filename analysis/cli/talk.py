"""What a command says and asks on a terminal: short lines, and questions only where somebody can answer."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable

from analysis.intake.recognise.names import shown
from analysis.intake.recognise.questions import Question

WIDEST = 96
_YES = ("y", "yes", "j", "ja", "o", "oui", "s", "si")


class Talk:
    """Prints lines no wider than the terminal, and asks.

    Parameters
    ----------
    quiet
        Say and ask nothing: the outcome is printed as JSON.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.width = min(WIDEST, max(60, shutil.get_terminal_size((WIDEST, 24)).columns))

    @property
    def asks(self) -> bool:
        """Whether somebody sits at the terminal."""
        return not self.quiet and sys.stdin.isatty()

    @property
    def shows(self) -> bool:
        """Whether what is printed goes to a terminal and not into a file."""
        return not self.quiet and sys.stdout.isatty()

    def say(self, *lines: str) -> None:
        """Print lines, wrapped; a line that goes on is set in further."""
        if not self.quiet:
            print("\n".join(part for line in lines for part in wrapped(line, self.width)), flush=True)

    def print(self, lines: Iterable[str]) -> None:
        """Print lines as they are."""
        if not self.quiet:
            print("\n".join(lines), flush=True)

    def yes(self, text: str) -> bool:
        """Ask for a yes; anything else is no."""
        return (self._input(f"{text} [y/N] ") or "").casefold() in _YES

    def ask(self, question: Question) -> str | None:
        """Ask a question; None where it stays open.

        Notes
        -----
        Enter takes what is proposed, where something is. A number takes the choice of that place.
        """
        self.say("", question.text)
        few = 0 < len(question.choices) <= 6
        if few:
            self._choices(question)
        enter = f"Enter = {question.proposed}" if question.proposed else "Enter = leave open"
        more = "" if few or not question.choices else ", ? = all words"
        while True:
            said = self._input(f"  {shown(question.key)} [{enter}{more}]: ")
            if said is None:
                return None
            if said == "?":
                self._choices(question)
            elif not said or (question.proposed and said.casefold() in _YES and said not in question.choices):
                return question.proposed
            elif said.isdigit() and 0 < int(said) <= len(question.choices):
                return question.choices[int(said) - 1]
            elif not question.choices or said in question.choices:
                return said
            elif said.upper() in question.choices:
                return said.upper()
            else:
                self.say(f"  That is none of: {', '.join(question.choices)}")

    def _choices(self, question: Question) -> None:
        width = max(map(len, question.choices), default=0)
        for number, word in enumerate(question.choices, start=1):
            meaning = (question.meanings or {}).get(word, "")
            self.say(f"  {number}  {word:<{width}}  {meaning}".rstrip())

    def _input(self, text: str) -> str | None:
        """Return what was typed; None where the input ended, which answers nothing."""
        try:
            return input(text).strip()
        except EOFError:
            print()
            return None


def wrapped(line: str, width: int) -> list[str]:
    """Return a line in parts that fit, the later ones set in by four more.

    Examples
    --------
    >>> wrapped("  one two three", 10)
    ['  one two', '      three']
    """
    indent = len(line) - len(line.lstrip())
    return textwrap.wrap(
        line, width, subsequent_indent=" " * (indent + 4), break_long_words=False, break_on_hyphens=False,
        initial_indent="", drop_whitespace=True,
    ) or [""]  # fmt: skip

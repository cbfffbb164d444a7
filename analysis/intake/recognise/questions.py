"""What only the consultant or the client can know about a file, and how it is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis.foundation.schema import TABLES, UsageProblem
from analysis.intake.states import STATED

# Stands for what the user must fill in.
DOTS = "..."


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a file.

    Attributes
    ----------
    key
        What the answer is called: ``time_zone``, ``columns.end``, ``state.Lunch``.
    text
        The question, in plain words.
    choices
        Answers that can be given; empty = any text that fits.
    proposed
        Answer that Enter takes where somebody sits at the terminal; it is never taken in silence.
    meanings
        What each choice means, where the word does not say it.
    """

    key: str
    text: str
    choices: tuple[str, ...] = ()
    proposed: str | None = None
    meanings: Mapping[str, str] | None = None

    def flag(self) -> str:
        """Return the words of the command line that answer it; three dots stand for what must be filled in.

        Examples
        --------
        >>> Question("decimal", "Which sign?", (".", ",")).flag()
        '--answer decimal=...'
        >>> Question("state.On call", "What is it?", proposed="HANDLING").flag()
        '--answer "state.On call=HANDLING"'
        """
        return f"--answer {as_word(f'{self.key}={self.proposed or DOTS}')}"


def as_word(text: str) -> str:
    """Return a word as every shell takes it; three dots where it holds signs that a shell would act on.

    Examples
    --------
    >>> as_word("data/a.csv"), as_word("data/a b.csv"), as_word('x"; rm y')
    ('data/a.csv', '"data/a b.csv"', '...')
    """
    if not text.isprintable() or re.search(r"[\"$`\\%!^]", text):
        return DOTS
    return text if re.fullmatch(r"[\w./:=+,-]+", text) else f'"{text}"'


def parsed_answers(texts: Sequence[str]) -> dict[str, str]:
    """Return answers from the words of the command line.

    Examples
    --------
    >>> parsed_answers(["time_zone=Europe/Amsterdam", "columns.start=Datum+Van"])
    {'time_zone': 'Europe/Amsterdam', 'columns.start': 'Datum+Van'}
    """
    answers = {}
    for text in texts:
        # a state code may hold the sign itself, its meaning cannot
        name, equals, value = text.rpartition("=") if text.startswith("state.") else text.partition("=")
        if not equals or not name.strip():
            raise UsageProblem("--answer is written name=value, such as --answer time_zone=Europe/Amsterdam.")
        answers[name.strip()] = value.strip()
    return answers


CHOICES: Mapping[str, tuple[str, ...]] = {
    "table": tuple(TABLES),
    "date_order": ("dmy", "mdy", "ymd"),
    "duration_unit": ("s", "min", "h", "ms", "d", "hms", "m:ss", "h:mm"),
    "decimal": (",", "."),
    "population": ("contact_centre", "back_office", "roster"),
    "fill_down": ("yes", "no"),
    "states": ("proposed",),
}


def check_answers(answers: Mapping[str, str]) -> None:
    """Refuse answers that cannot be meant.

    Raises
    ------
    UsageProblem
        There is no such question, or the answer is none of its choices.
    """
    for name, value in answers.items():
        choices = STATED if name.startswith("state.") else CHOICES.get(name)
        if choices is not None and value not in choices:
            raise UsageProblem(f"--answer {name}: give one of {', '.join(choices)}.")
        if name == "time_zone":
            try:
                ZoneInfo(value)
            except (KeyError, ValueError, OSError):
                raise UsageProblem(
                    "--answer time_zone: not an IANA time zone. Write it like Europe/Amsterdam."
                ) from None
        if name == "length_s" and not value.isdigit():
            raise UsageProblem("--answer length_s: give the length of an interval in seconds, such as 1800.")
        if (
            choices is None
            and not name.startswith(("columns.", "totals."))
            and name not in ("time_zone", "length_s", "sheet")
        ):
            known = ", ".join([*CHOICES, "time_zone", "length_s", "sheet", "columns.NAME", "state.CODE"])
            raise UsageProblem(f"--answer {name}: there is no such question. There are {known}.")

"""Who waits for a reading is told how far it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol


class Progress(Protocol):
    """Is told of each file before it is read: its name, its position and the number of files.

    Whoever also has a method ``within(file, done, total)`` is told, while a large text is read, how many of its bytes were.
    """

    def __call__(self, file: str, done: int, total: int, /) -> None:
        """Take note of the next file."""


def within(progress: Progress | None, file: str) -> Callable[[int, int], None] | None:
    """Return whom to tell how many bytes of a file were read; None where nobody asks.

    Examples
    --------
    >>> within(print, "a.csv") is None
    True
    """
    tell = getattr(progress, "within", None)
    return None if tell is None else partial(tell, file)

"""A bar that shows how far the reading of large files is: on a terminal, one line, plain signs; elsewhere nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.intake.opening.progress import Progress

# Whatever is done sooner needs no bar [s].
DELAY_S = 1.0


@contextmanager
def reading_bar() -> Iterator[Progress | None]:
    """Give what shows the progress of a reading; None where standard error is no terminal."""
    try:
        from tqdm import tqdm
    except ImportError:  # papermill brings it; without it there is no bar
        yield None
        return
    if not sys.stderr.isatty():
        yield None
        return
    with tqdm(
        unit="B", unit_scale=True, unit_divisor=1024, ascii=True, leave=False, delay=DELAY_S, dynamic_ncols=True, file=sys.stderr
    ) as line:  # fmt: skip
        yield Bar(line)


class Bar:
    """Shows the bytes read of each file in turn."""

    def __init__(self, line: Any) -> None:
        self.line = line

    def __call__(self, file: str, done: int, total: int, /) -> None:
        """Begin the next file."""
        self.line.reset(total=1)
        self.line.set_description_str(f"{_short(file)} ({done} of {total})")

    def within(self, file: str, done: int, total: int) -> None:
        """Show how many bytes of a file were read; what follows on the last one are its checks."""
        if self.line.total != total:
            self.line.reset(total=total)
        self.line.update(done - self.line.n)
        if done >= total:
            self.line.set_description_str(f"{_short(file)}: checking its rows")


def _short(file: str) -> str:
    shown = "".join(sign if sign.isprintable() else "?" for sign in file).encode("ascii", "replace").decode()
    return shown if len(shown) <= 40 else f"...{shown[-37:]}"

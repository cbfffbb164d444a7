"""Dirt as real exports carry it, and the ledger that says what was added where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class Draft:
    """A text file in the making: its lines, and how many rows of each fate they hold.

    Attributes
    ----------
    file
        Path relative to the client's folder.
    separator
        Between the fields of a row.
    lines
        The physical lines.
    ledger
        Rows by fate; ``physical`` is their sum.
    """

    file: str
    separator: str = ","
    lines: list[str] = field(default_factory=list)
    ledger: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, file: str, header: str, rows: Sequence[str], separator: str = ",") -> Draft:
        """Return a clean file."""
        return cls(file, separator, [header, *rows], Counter(header=1, used=len(rows)))

    def banner(self, *lines: str) -> None:
        """Put lines above the header, with a blank line below them."""
        self.lines[:0] = [*lines, ""]
        self.ledger.update(banner=len(lines), blank=1)

    def insert(self, rng: np.random.Generator, fate: str, rows: Sequence[str]) -> None:
        """Put rows of one fate at random places below the header."""
        places = np.sort(rng.integers(self._body(), len(self.lines) + 1, len(rows)))
        for shift, (place, row) in enumerate(zip(places.tolist(), rows, strict=True)):
            self.lines.insert(place + shift, row)
        self.ledger[fate] += len(rows)

    def repeat(self, rng: np.random.Generator, count: int) -> None:
        """Repeat so many rows exactly, each right below its original."""
        places = np.sort(rng.choice(np.arange(self._body(), len(self.lines)), count, replace=False))
        for shift, place in enumerate(places.tolist()):
            self.lines.insert(place + shift, self.lines[place + shift])
        self.ledger["duplicate"] += count

    def append(self, fate: str, rows: Sequence[str]) -> None:
        """Put rows of one fate at the end."""
        self.lines += rows
        self.ledger[fate] += len(rows)

    def repeat_header(self, every: int) -> None:
        """Repeat the header after so many lines, as paged exports do."""
        top = self._body()
        pages = range(top + every, len(self.lines), every)
        for shift, place in enumerate(pages):
            self.lines.insert(place + shift, self.lines[top - 1])
        self.ledger["header"] += len(pages)

    def _body(self) -> int:
        """Return the line below the header."""
        return self.ledger["banner"] + (self.ledger["blank"] if self.ledger["banner"] else 0) + 1

    def text(self, *, bom: bool = False) -> bytes:
        """Return the bytes of the file."""
        return ("\ufeff" if bom else "").encode() + ("\n".join(self.lines) + "\n").encode()

    def rows(self) -> list[tuple[str, str, int]]:
        """Return the ledger as rows file, fate, rows, with the physical rows first."""
        return [
            (self.file, "physical", len(self.lines)),
            *((self.file, fate, count) for fate, count in sorted(self.ledger.items()) if count),
        ]


def damaged(
    rng: np.random.Generator, lines: Sequence[str], damage: Callable[[list[str]], list[str]], count: int, separator: str
) -> list[str]:
    """Return damaged copies of randomly chosen rows."""
    chosen = rng.choice(len(lines), count, replace=False)
    return [separator.join(damage(lines[place].split(separator))) for place in chosen.tolist()]


def soil_status(draft: Draft, clean: Sequence[str], rng: np.random.Generator, *, test_login: str) -> None:
    """Add to a status timeline what is impossible, what a test log-in did, and rows from before the period."""

    def swap_ends(cells: list[str]) -> list[str]:
        return [*cells[:3], cells[4], cells[3], cells[5]]

    spoiled = {
        "rejected:end_before_start": (swap_ends, 3),
        "rejected:bad_stamp": (lambda cells: [*cells[:3], cells[3][:5] + "13-45 09:61:00", *cells[4:]], 2),
        "rejected:missing_agent": (lambda cells: ["", *cells[1:]], 2),
        "rejected:short_row": (lambda cells: cells[:3], 2),
        "rejected:long_row": (lambda cells: [*cells, "x", "y"], 1),
    }
    moving = [line for line in clean if ",Offline," not in line and not line.endswith(",0:00:00")]
    for fate, (damage, count) in spoiled.items():
        draft.insert(rng, fate, damaged(rng, moving, damage, count, ","))
    early = [f"{line.split(',')[0]},{line.split(',')[1]}" for line in moving[:: max(1, len(moving) // 6)]]
    draft.insert(
        rng,
        "excluded:outside_period",
        [f"{who},Idle,2026-02-27 1{place}:00:00,2026-02-27 1{place}:04:30,0:04:30" for place, who in enumerate(early)],
    )
    tests = [
        f"{test_login},Test Log-in,Idle,2026-03-1{place} 07:00:00,2026-03-1{place} 07:05:00,0:05:00"
        for place in range(4)
    ]
    draft.insert(rng, "excluded:agent", tests)
    # the export leaves the last state of two agents open
    last = {line[:10]: line for line in clean}
    still = [
        ",".join([*line.split(",")[:2], "Offline", line.split(",")[4], "", ""]) for line in list(last.values())[:2]
    ]
    draft.insert(rng, "rejected:missing_end", still)

"""A folder of files that nobody has described, among them one as a Dutch desk exports it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

CODES = ("In gesprek", "Nawerk", "Beschikbaar", "Pauze", "Overleg", "Storing", "X7")
PEOPLE = ("jansen", "devries", "bakker")


def dutch_log(*, days: tuple[int, ...] = (2, 3, 16), month: int = 3) -> str:
    """Return a log of states with banner, date and times apart, durations in minutes with a decimal comma."""
    lines = ["Rapport: statusverloop;;;;;;", ";;;;;;", "Medewerker;Datum;Van;Tot;Toestand;Duur (min);Afdeling"]
    for position, person in enumerate(PEOPLE):
        for day in days:
            minute = 8 * 60
            for step in range(14):
                length = 10 + (7 * step + 3 * position + day) % 25
                begin, end = (f"{at // 60:02d}:{at % 60:02d}" for at in (minute, minute + length))
                code = CODES[(step + position) % len(CODES)]
                lines.append(f"{person};{day:02d}-{month:02d}-2026;{begin};{end};{code};{length},0;Team Noord")
                minute += length
    return "\r\n".join([*lines, ""])


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Return a writer of files into data/."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def dutch(put) -> Path:
    """Return the Dutch log of one month, as Windows text."""
    return put("statusverloop_2026-03.csv", dutch_log().encode("cp1252"))

"""Where there is no compiler the same functions run uncompiled, with equal answers."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from analysis.synthetic.people import invent_people
from analysis.synthetic.period import simulate_period
from analysis.synthetic.streams import Calendar


def fingerprint():
    people = invent_people(3)
    centre, office = simulate_period(people[0], people[1], Calendar.of(1), seed=3, period=1)
    tables = (centre.status, centre.calls, office.truth)
    return hashlib.sha256(b"".join(table.astype("<i8").tobytes() for table in tables)).hexdigest()


def test_compiled_and_plain_periods_are_equal():
    done = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == ["function", fingerprint()]


if __name__ == "__main__":
    from analysis.synthetic import desk

    print(type(desk.run_day).__name__, fingerprint())

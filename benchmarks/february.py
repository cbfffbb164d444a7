"""A bank's calls of February 1999 beside the work steps of a loan office: what blending would find there, for three guesses of who was present.

A demonstration on public data of two unrelated organisations: nobody ever thought of blending them. Run from the repository's root::

    python benchmarks/february.py                # presence from gaps of up to 15, 30 and 60 minutes
    python benchmarks/february.py 15             # one of them

The public data are looked for in the folder that BLENDING_REAL_DATA names.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main(cut_offs: tuple[int, ...]) -> None:
    """Print, per cut-off, what the replay reproduces and what the assessment says."""
    from analysis import assess_blending
    from analysis.blending.replay import replay
    from analysis.blending.settings import BlendingSettings
    from tests.real.february import read

    real_data = Path(os.environ.get("BLENDING_REAL_DATA", ROOT.parent / "shared" / "data"))
    with tempfile.TemporaryDirectory() as folder:
        tables, client, queues = read(real_data, Path(folder))
    for minutes in cut_offs:
        began, settings = time.perf_counter(), BlendingSettings(presence_cut_off_s=60.0 * minutes)
        found = replay(tables, "service", (), None, client=client, queues=queues, settings=settings)
        took = time.perf_counter() - began
        print(f"presence from gaps of up to {minutes} min (replay {took:.1f} s)")
        for row in found.check.itertuples():
            print(
                f"  {row.measure:<14}observed {row.observed:.3f}  replayed {row.replayed:.3f}  worst {row.worst_gap:+.3f} on {row.worst_slot}"
            )
        print(f"  {found.sentence}")
        said = assess_blending(tables, None, client=client, queues=queues, settings=settings)
        for sentence in said.recommendation["sentence"]:
            print(f"  {sentence}")


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or (15, 30, 60))

"""No figure depends on which pseudonyms people happen to get."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from analysis.baseline import measure_baseline
from analysis.blending import assess_blending
from analysis.foundation.estimate import tidy
from analysis.foundation.settings import Client, Queue
from analysis.intake import Source, read_sources
from analysis.synthetic import write_sample
from analysis.utilization import estimate_utilization

KEYS = (bytes(range(32)), bytes(range(100, 132)))


def figures(folder: Path, key: bytes):
    """Return every figure of the first three stages for the sample client, under the pseudonyms of a key."""
    engagement = tomllib.loads((folder / "engagement.toml").read_text(encoding="utf-8"))
    client = Client(**engagement["client"])
    more = {"client": client, "queues": [Queue(**queue) for queue in engagement.get("queue", ())]}
    sources = [Source(**source) for source in engagement["source"]]
    tables = read_sources(sources, client=client, root=folder, key=key).tables
    baseline = measure_baseline(tables, **more)
    results = (baseline, estimate_utilization(tables, baseline, **more), assess_blending(tables, baseline, **more))
    return [tidy(result.quantities).astype(str) for result in results], baseline


@pytest.mark.slow
def test_figures_and_rows_are_the_same_under_another_key(tmp_path):
    folder = Path(write_sample(tmp_path, seed=1, weeks=2).folder)
    (one, first), (other, second) = (figures(folder, key) for key in KEYS)
    for a, b in zip(one, other, strict=True):
        assert a.equals(b)
    for name in ("groups", "idle_by_slot", "gaps", "crosswalk", "facts"):
        # sums of floats may be added up in another order, and nothing more may differ
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=False, rtol=1e-12)

"""The sample client from its exports to the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis import assess_blending, read_sources
from analysis.blending import Blending
from analysis.engagement import load_engagement
from analysis.foundation.estimate import find
from analysis.synthetic import write_sample

pytestmark = pytest.mark.slow
SCOPE = {"population": "contact_centre", "pool": "service"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    """Return the assessment of the sample."""
    folder = Path(tmp_path_factory.mktemp("sample"))
    write_sample(folder)
    engagement = load_engagement(folder / "engagement.toml")
    tables = read_sources(engagement.source, client=engagement.client, root=folder, key=bytes(32)).tables
    return assess_blending(tables, None, client=engagement.client, queues=engagement.queue)


def test_the_model_meets_the_measured_service(run):
    result: Blending = run
    assert result.service["modelled"].to_numpy() == pytest.approx(result.service["measured"], abs=0.03)


def test_there_is_room_at_the_promise_and_the_cap(run):
    result: Blending = run
    assert result.recommendation["verdict"].tolist() == ["room"] * 3
    chosen = result.frontier[result.frontier["recommended"]]
    assert (chosen["service_level"] >= 0.8).all()
    assert (chosen["occupancy_peak"] <= 0.88 + 1e-9).all()


def test_idle_is_split_without_rest_and_explained_by_the_forecast(run):
    frame = run.idle_by_cause
    assert (frame["structural_agents"] + frame["surplus_agents"]).to_numpy() == pytest.approx(frame["idle_agents"])
    parts = frame[[f"surplus_{name}_agents" for name in ("planned", "volume", "handling")]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(frame["surplus_agents"])


def test_three_views_of_one_idle_time(run):
    idle, releasable, interruptible = (
        find(run.quantities, f"blending.{name}_agents", **SCOPE).value
        for name in ("idle", "releasable", "interruptible")
    )
    assert 0 < releasable < interruptible < idle

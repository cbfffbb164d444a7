"""A bank's telephone contacts of February 1999: the honest answer is that there is no room."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from analysis import assess_blending
from analysis.foundation.estimate import find
from analysis.foundation.settings import Client, Queue
from analysis.intake import Source, read_sources

pytestmark = pytest.mark.real_data
SCOPE = {"population": "contact_centre", "pool": "service"}


@pytest.fixture(scope="module")
def found(root: Path, real_data: Path, tmp_path_factory: pytest.TempPathFactory):
    engagement = tomllib.loads((root / "tests" / "real" / "engagement.toml").read_text(encoding="utf-8"))
    source, client = engagement["source"][0], Client(**engagement["client"])
    folder = tmp_path_factory.mktemp("bank")
    for name in source["files"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((real_data / Path(name).relative_to("data")).read_bytes())
    intake = read_sources([Source(**source)], client=client, root=folder, key=bytes(32))
    return assess_blending(intake.tables, None, client=client, queues=[Queue(**queue) for queue in engagement["queue"]])


def test_half_of_the_answered_and_the_abandoned_were_answered_in_time(found):
    # 16,209 of the 27,162 answered and 5,904 abandoned calls queued for 20 s or less: .490; 278 phantom calls are neither.
    # In about 200 calls the stamps of the service lie a second before those of the queue.
    assert found.service["contacts"].tolist() == [33_066]
    assert find(found.quantities, "blending.service_level_measured", **SCOPE).value == pytest.approx(
        16_209 / 33_066, abs=0.008
    )


def test_no_mode_has_room_and_the_words_say_why(found):
    assert found.recommendation["verdict"].tolist() == ["no room"] * 3
    assert found.recommendation["reason"].str.contains("missed already: bank answers 50 % of offered within 20 s").all()
    assert found.usable["hours_per_week"].tolist() == [0.0, 0.0, 0.0]


def test_a_log_of_calls_measures_no_idle_time(found):
    for name in ("idle", "structural", "surplus", "releasable", "shareable", "interruptible"):
        estimate = find(found.quantities, f"blending.{name}_agents", **SCOPE)
        assert estimate.status == "insufficient"
        assert estimate.value is None
    assert found.idle_by_cause["idle_agents"].isna().all()


def test_the_model_meets_even_this_centre_within_three_points(found):
    row = found.service.iloc[0]
    assert row["modelled"] == pytest.approx(row["measured"], abs=0.03)

"""A bank's calls of February 1999 with the work steps of a loan office: at 80 % within 20 s there is no room, however presence is guessed."""

from __future__ import annotations

import pytest

from analysis import assess_blending
from analysis.blending.replay import replay
from analysis.blending.settings import BlendingSettings
from tests.real.february import CUT_OFFS_MIN, read

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def engagement(real_data, tmp_path_factory):
    return read(real_data, tmp_path_factory.mktemp("february"))


@pytest.mark.parametrize("minutes", CUT_OFFS_MIN)
def test_there_is_no_room_and_the_days_cannot_be_replayed(engagement, minutes):
    """Half of the calls are answered in time without any item; presence from a log of calls is a guess and is said to be one."""
    tables, client, queues = engagement
    settings = BlendingSettings(presence_cut_off_s=60.0 * minutes)
    found = replay(tables, "service", (), None, client=client, queues=queues, settings=settings)
    assert not found.holds
    assert found.change.value is None
    assert len(found.days) == len(found.slots) == len(found.ranges) == 0
    assert (
        f"guessed from gaps of up to {minutes} min between contacts. Ask for the agents' state log." in found.sentence
    )
    # 16,209 of 33,066 by an independent count; in about 200 calls the stamps of the service lie a second before those of the queue
    row = found.check.set_index("measure").loc["service_level"]
    assert row["observed"] == pytest.approx(16_209 / 33_066, abs=0.008)
    assert not found.check["holds"].any()
    said = assess_blending(tables, None, client=client, queues=queues, settings=settings)
    assert set(said.recommendation["verdict"]) == {"no room"}
    assert said.recommendation["reason"].str.contains("missed already: bank answers 50 % of offered within 20 s").all()
    assert said.replay_check["replayed"].tolist() == found.check["replayed"].tolist()
    assert not said.replay_check["holds"].any()

"""Whatever is planted, no more is promised than the idle time that exists."""

import numpy as np
import pytest

from tests.value.factory import World


def planted(seed):
    """Return a world that asks for too much as often as not: targets beyond all time, items beyond all waiting."""
    rng = np.random.default_rng([seed, 21])
    support = float(rng.uniform(0, 0.25))
    today = float(rng.uniform(0.05, 1 - support))
    waiting = float(rng.uniform(0, 0.4))
    return World(
        base_h=float(10 ** rng.uniform(1, 5)),
        today=today,
        today_sd=float(rng.choice([0.0, 0.01, 0.05])),
        achievable=float(rng.uniform(0.02, 1.1)),
        achievable_sd=float(rng.choice([0.0, 0.02, 0.1])),
        rho=float(rng.uniform(-1, 1)),
        support=support,
        agents_base_h=float(10 ** rng.uniform(1, 5)),
        agents_today=float(rng.uniform(0.1, 0.98 - waiting - support)),
        agents_idle=waiting,
        movable_h={"between_contacts": float(10 ** rng.uniform(0, 5))},
        movable_sd=float(rng.choice([0.0, 50.0])),
        draws=200,
    )


def checked(seed):
    """Hold what the verb prints against the idle time of this world."""
    world = planted(seed)
    value = world.value()
    lines = value.balance.set_index("line")
    rows = world.utilization().draws
    mine = rows[rows["population"].eq("back_office")]
    most_non_work = float((mine["non_work"].clip(lower=0) * mine["base_h_per_week"]).max())
    agents = rows[rows["population"].eq("contact_centre")]
    most_waiting = float(((1 - agents["today"] - agents["support"]) * agents["base_h_per_week"]).max())
    slack = 1 + 1e-9
    for end in ("hours_per_week", "low80", "high80", "low", "high"):
        assert lines.loc["freed_in_place", end] <= most_non_work * slack, seed
        assert lines.loc["freed", end] <= (most_non_work + most_waiting) * slack, seed
        assert lines.loc["freed", end] <= lines.loc["needed_today", end] * slack, seed
        assert lines.loc["moved_to_agents", end] <= most_waiting * slack, seed
        assert lines.loc["left", end] <= lines.loc["freed", end] * slack + 1e-9, seed
    assert (lines["hours_per_week"].dropna() >= -1e-9).all(), seed


def test_no_more_than_there_is():
    for seed in range(5):
        checked(seed)


@pytest.mark.slow
def test_no_more_than_there_is_in_a_thousand_worlds():
    for seed in range(1000):
        checked(seed)

"""Do intervals cover the planted truth as often as they say? Persons and days have effects; day shocks are shared by all.

A coverage is accepted inside the 99.9 % binomial band around the nominal level (UQ06: for 1,000 worlds .926 to .971); it is judged on
answered worlds, and how many must be answered is fixed beforehand.
"""

from collections import Counter

import pytest
from scipy import stats

from analysis.baseline.evidence import people_of
from analysis.baseline.observed import looks_at
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import clusters_of, five_shares
from analysis.synthetic.worlds import ladder_world

SETTINGS = BaselineSettings()
SHARES = ("utilization", "support", "idle", "away", "unaccounted")


def band(worlds):
    low, high = stats.binom.ppf([0.0005, 0.9995], worlds, 0.95) / worlds
    return low, high


def coverage(worlds, *, population="contact_centre", **more):
    """Return per share how many worlds were answered and how many intervals held the truth, and what clusters were chosen."""
    answered, covered, units = Counter(), Counter(), Counter()
    for seed in range(worlds):
        world = ladder_world(seed, population=population, persons=12, cycles=2, **more)
        people = people_of(world.tables, population, client=world.client, queues=(), settings=SETTINGS)
        clusters = clusters_of(people.days)
        units[clusters.unit] += 1
        found = five_shares(people.days, clusters=clusters, sees=people.sees, confidence=0.95, grade="A")
        looks = looks_at(world.tables, people, idle=("IDLE", "AWAY"), client=world.client, settings=SETTINGS)
        if looks is not None:
            found["non_work"] = looks.non_work
        for share in {*SHARES, *found} & set(world.truth):
            if found[share].value is not None:
                answered[share] += 1
                covered[share] += found[share].low <= world.truth[share] <= found[share].high
    return answered, covered, units


def accept(worlds, answered, covered):
    low, high = band(worlds)
    rates = {share: covered[share] / answered[share] for share in answered}
    assert all(low <= rate <= high for rate in rates.values()), (rates, (low, high))


def test_five_shares_and_sampled_non_work_cover():
    """Shares from the log by days; idle and away together from three rounds of looks a day."""
    answered, covered, units = coverage(200, rounds_per_day=3)
    assert answered == dict.fromkeys((*SHARES, "non_work"), 200)
    accept(200, answered, covered)
    assert units["days"] > 100  # days are independent here: mostly they are the clusters


@pytest.mark.slow
@pytest.mark.parametrize(
    "world",
    [
        {},
        {"population": "back_office", "rounds_per_day": 3},
        {"day_sd": 0.08, "person_sd": 0.0},
        {"day_sd": 0.0, "person_sd": 0.05, "person_day_sd": 0.06},
        {"days": 60},
    ],
)
def test_five_shares_cover_in_a_thousand_worlds(world):
    answered, covered, _ = coverage(1000, **world)
    for share in answered:
        assert answered[share] > 980
    accept(1000, answered, covered)


@pytest.mark.slow
def test_correlated_days_are_met_by_weeks():
    """Neighbouring days correlated .44: by day alone .79 would be covered; by the rule for weeks nearly the nominal level."""
    answered, covered, units = coverage(1000, autocorrelation=0.44)
    assert units["weeks"] > 600
    rates = {share: covered[share] / answered[share] for share in ("utilization", "idle")}
    assert all(rate >= 0.88 for rate in rates.values()), rates

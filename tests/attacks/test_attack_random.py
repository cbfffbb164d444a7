"""No figure of few people can be had from what is published of random engagements."""

import pytest

from analysis.foundation.schema import DisclosureProblem
from analysis.report.disclosure.audit import audit
from analysis.report.disclosure.protection import settled
from analysis.report.disclosure.publication import published_of
from analysis.report.disclosure.rounding import OF_BASELINE, _rounded
from tests.attacks.random_engagements import engagement


def tried(seeds, capsys, **of):
    """Attack what would be published of random engagements, and say what came of it."""
    cells = figures = implied = withheld_in = 0
    refused = []
    for seed in seeds:
        baseline = _rounded(engagement(seed, **of), OF_BASELINE)
        if baseline.members.empty:
            continue
        told, withheld, found = settled(baseline, published_of, baseline.members)
        withheld_in += bool(withheld)
        try:
            kept = audit(published_of(told), baseline.members, found=found, withheld=withheld)
        except DisclosureProblem as problem:
            refused.append(str(problem))
            continue
        cells, figures, implied = cells + kept.cells, figures + kept.protected, implied + kept.implied
        assert kept.recovered == 0
    with capsys.disabled():
        print(
            f"\n{len(seeds)} random engagements, {cells:,} published figures: {figures:,} figures of 1 to 9 people attacked, {implied:,} bounded by one "
            f"figure alone, 0 of the others within 10 points of the truth; in {withheld_in} engagements breakdowns had to be left out for that, "
            f"{len(refused)} were refused"
        )
    # nothing was written of these, and the message says what helps; it may happen to one small client in ten at most
    assert len(refused) <= len(seeds) / 10
    assert all("minimum_group_agents" in problem for problem in refused)
    return figures


@pytest.mark.parametrize("first", [0, 50])
def test_nothing_is_recovered_from_a_hundred_random_engagements(first, capsys):
    assert tried(range(first, first + 50), capsys, small=True) > 10_000


@pytest.mark.slow
@pytest.mark.parametrize("small", [True, False])
def test_nothing_is_recovered_from_a_thousand_random_engagements(small, capsys):
    assert tried(range(1000, 1800) if small else range(2000, 2200), capsys, small=small) > 80_000

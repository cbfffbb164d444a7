"""Reporting groups: nobody can be singled out, in a group or in what remains beside one."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measure import merged_groups, reporting_groups
from analysis.measure.groups import too_small


def roster(*teams: tuple[str | None, str | None, int], population: str = "back_office") -> pd.DataFrame:
    """Return a roster from (site, team, people)."""
    rows = [
        (f"p{number}-{one}", population, site, team)
        for number, (site, team, people) in enumerate(teams)
        for one in range(people)
    ]
    return pd.DataFrame(rows, columns=["agent", "population", "site", "team"]).astype("str")


def sizes(found: pd.DataFrame) -> dict[str, int]:
    return found.groupby("group")["agent"].nunique().to_dict()


def test_teams_that_are_large_enough_stay_as_they_are():
    found = reporting_groups(roster(("N", "claims", 10), ("N", "service", 12)))
    assert sizes(found) == {"claims": 10, "service": 12}
    assert not merged_groups(found)["merged"].any()
    assert found["site"].eq("N").all()


def test_small_teams_of_a_site_are_put_together_and_people_without_team_with_them():
    found = reporting_groups(roster(("N", "a", 4), ("N", "b", 4), ("N", "c", 3), ("N", None, 2), ("N", "large", 10)))
    assert sizes(found) == {"large": 10, "Merged teams (4)": 13}
    assert merged_groups(found).set_index("group").loc["Merged teams (4)", ["agents", "teams", "merged"]].tolist() == [
        13,
        "a, b, c",
        True,
    ]


def test_one_small_team_joins_the_smallest_of_its_site():
    found = reporting_groups(roster(("N", "a", 12), ("N", "b", 11), ("N", "c", 3), ("S", "d", 10)))
    assert sizes(found) == {"a": 12, "Merged teams (2)": 14, "d": 10}
    assert found.loc[found["team"].isin(["b", "c"]), "group"].eq("Merged teams (2)").all()


def test_small_sites_are_put_together_and_carry_no_site():
    found = reporting_groups(roster(("E", "a", 4), ("N", "b", 12), ("S", "c", 3), ("S", "d", 4)))
    assert sizes(found) == {"b": 12, "Merged teams (3)": 11}
    assert found.loc[found["group"].eq("Merged teams (3)"), "site"].isna().all()
    last = reporting_groups(roster(("E", "a", 4), ("N", "b", 12)))
    assert sizes(last) == {"Merged teams (2)": 16}
    assert last["site"].isna().all()


def test_names_stay_apart():
    found = reporting_groups(
        roster(
            ("N", "claims", 10),
            ("S", "claims", 10),
            ("S", None, 11),
            ("N", "x", 5),
            ("N", "y", 5),
            ("S", "z", 9),
            ("S", "w", 5),
        )
    )
    assert sizes(found) == {
        "claims (N)": 10,
        "claims (S)": 10,
        "Merged teams 1 (2)": 10,
        "Without team": 11,
        "Merged teams 2 (2)": 14,
    }
    assert merged_groups(found).set_index("group")["merged"].sum() == 2
    assert sizes(reporting_groups(roster((None, None, 12)))) == {"Without team": 12}


def test_a_population_under_the_minimum_has_no_groups_and_says_so():
    found = reporting_groups(pd.concat([roster(("N", "a", 9)), roster(("N", "c", 10), population="contact_centre")]))
    assert sizes(found) == {"c": 10}
    assert found.loc[found["population"].eq("back_office"), "group"].isna().all()
    (finding,) = too_small(found)
    assert (finding.code, finding.rows) == ("population_under_minimum", 9)
    assert "back office: 9 people are fewer than the minimum of 10" in finding.message


def test_the_latest_team_counts():
    rows = [(f"p{at}", "back_office", "N", "old" if at < 10 else "new", None) for at in range(20)]
    moved = [("p0", "back_office", "N", "new", "2026-03-10")]
    people = pd.DataFrame(rows + moved, columns=["agent", "population", "site", "team", "valid_from"])
    found = reporting_groups(people.assign(valid_from=pd.to_datetime(people["valid_from"])))
    assert len(found) == 20
    assert sizes(found) == {"Merged teams (2)": 20}


def test_a_minimum_of_nobody_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        reporting_groups(roster(("N", "a", 9)), minimum=0)
    assert reporting_groups(roster()).empty


teams = st.lists(
    st.tuples(st.sampled_from(["N", "S", "E", None]), st.sampled_from([*"abcdef", None]), st.integers(1, 15)),
    max_size=12,
    unique_by=lambda team: team[:2],
)


@given(teams, st.integers(1, 12), st.randoms(use_true_random=False))
def test_no_group_and_no_complement_is_under_the_minimum(given_teams, minimum, random):
    people = roster(*given_teams)
    found = reporting_groups(people, minimum=minimum)
    assert sorted(found["agent"]) == sorted(people["agent"])
    if len(people) < minimum:
        assert found["group"].isna().all()
        return
    counted = sizes(found)
    assert sum(counted.values()) == len(people)
    assert all(size >= minimum for size in counted.values())
    assert all(len(people) - size == 0 or len(people) - size >= minimum for size in counted.values())
    together = found.groupby(
        [found["team"].fillna("-"), people.set_index("agent")["site"].fillna("-").reindex(found["agent"]).to_numpy()]
    )["group"]
    assert (together.nunique() == 1).all()
    # whoever can be told apart by site is told apart in groups of that site alone
    whole = found.assign(own=people.set_index("agent")["site"].reindex(found["agent"]).to_numpy())
    for _, rows in whole.groupby("own"):
        if rows["site"].notna().all():
            assert all(size >= minimum for size in rows["group"].value_counts())
    order = list(range(len(people)))
    random.shuffle(order)
    again = reporting_groups(people.iloc[order], minimum=minimum).set_index("agent")["group"]
    assert again.reindex(found["agent"]).tolist() == found["group"].tolist()
    members = whole.fillna({"own": "-", "team": "-"}).drop_duplicates(["group", "own", "team"])["group"].value_counts()
    listed = merged_groups(found).set_index("group")["merged"]
    assert (listed == (members.reindex(listed.index) > 1)).all()

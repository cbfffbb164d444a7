"""Targets to communicate: a first step that can be seen, and nothing said before every team was heard."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.blending.settings import BlendingSettings
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period
from analysis.utilization import UtilizationSettings
from analysis.utilization.frames import frame_of
from analysis.utilization.ramp import ramp_of
from analysis.utilization.visible import smallest_change
from analysis.value.result import TARGETS
from analysis.value.targets import targets_of

CLIENT = Client(name="Acme", time_zone="UTC", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26)))
SIZES = {"North": 12, "South": 11, "Small": 4}
QUICK = settings(derandomize=True, deadline=None, max_examples=60)
DUE = Estimate(0.90, 0.89, 0.91, n=38, n_unit="days")
ERRORS = Estimate(0.05, 0.045, 0.055, n=8, n_unit="periods")


def roster(sizes=SIZES, **more):
    rows = [
        {"agent": f"{team} {number}", "population": "back_office", "team": team, "site": "one", **more}
        for team, size in sizes.items()
        for number in range(size)
    ]
    return typed_table("roster", pd.DataFrame(rows))


def note(team, *, heard="2026-03-04", read="2026-03-10", **more):
    dates = {"heard_on": pd.Timestamp(heard), "read_back_on": pd.Timestamp(read) if read else pd.NaT}
    return {**dates, "role": "clerk", "team": team, "concern": "words", "theme": "theme", "agreed": True, **more}


def listening(*notes):
    return typed_table("listening", pd.DataFrame(list(notes)))


ALL = listening(*(note(team) for team in SIZES))


def service(*queues):
    columns = ["queue", "answer_within_s", "target", "measured", "low", "high"]
    return pd.DataFrame(list(queues), columns=columns).astype(dict.fromkeys(columns[1:], "float64"))


def targets(
    population="back_office", *, notes=ALL, people=None, figures=None, found=True, queues=None, today=None, **asked
):
    chosen = UtilizationSettings(**asked)
    known = {"error_rate": ERRORS, "within_due_share": DUE} if figures is None else figures
    now, then = today or Estimate(0.70, 0.67, 0.73, n=38, n_unit="days"), Estimate(0.85, 0.82, 0.88)
    ramp, _ = ramp_of(
        population,
        today=now,
        achievable=then,
        base_h_per_week=1000.0,
        levels=frame_of("levels", []),
        settings=chosen,
        found=found,
    )
    row = {
        "population": population,
        "today": now.value,
        "today_low": now.low,
        "today_high": now.high,
        "value": then.value,
        "found": found,
        "reason": "",
    }
    baseline = SimpleNamespace(
        shares=pd.DataFrame({"population": [population]}),
        settings=SimpleNamespace(minimum_group_agents=10),
        quantities=tuple(
            Quantity(f"baseline.{name}", estimate, "", {"population": population}) for name, estimate in known.items()
        ),
    )
    frame = targets_of(
        {"roster": roster() if people is None else people, **({} if notes is None else {"listening": notes})},
        baseline,
        SimpleNamespace(achievable=frame_of("achievable", [pd.DataFrame([row])]), ramp=ramp, settings=chosen),
        SimpleNamespace(service=service() if queues is None else queues, settings=BlendingSettings()),
        client=CLIENT,
    )
    assert list(frame.columns) == list(TARGETS)
    return frame.set_index("measure")


# --- before anything is said


def test_nothing_is_published_before_every_team_was_heard_and_read_back():
    heard = targets()
    assert heard["publish"].all()
    assert heard["why_not"].eq("").all()
    silent = targets(notes=listening(note("North"), note("Small")))
    assert not silent["publish"].any()
    assert silent["why_not"].eq("Still to be heard: South.").all()
    unread = targets(notes=listening(*(note(team) for team in SIZES), note("South", read=None)))
    assert unread["why_not"].eq("Still to be read back to: 1 team.").all()
    none = targets(notes=None)
    assert none["why_not"].str.contains("Hear all 3 teams first").all()


def test_small_teams_are_counted_and_never_named():
    found = targets(notes=listening(note("North"), note("South", read=None)))["why_not"].iloc[0]
    assert "Still to be heard: 1 team of fewer than 10 people." in found
    assert "Small" not in found


def test_read_back_before_it_was_heard_is_not_read_back():
    early = listening(note("North", heard="2026-03-20"), note("South"), note("Small"))
    assert targets(notes=early)["why_not"].iloc[0] == "Still to be read back to: 1 team."


def test_what_others_said_counts_too_and_teams_are_found_whatever_the_hand():
    assert targets(notes=listening(note(" north "), note("SOUTH"), note("small")))["publish"].all()
    others = targets(notes=listening(*(note(team) for team in SIZES), note("Works council", read=None)))[
        "why_not"
    ].iloc[0]
    assert "1 concern of others" in others
    assert "council" not in others


def test_no_word_of_what_people_said_leaves():
    marked = {"concern": "SECRET1", "theme": "SECRET2", "asks": "SECRET3", "role": "SECRET4"}
    notes = listening(note("North", read=None, **marked), note("SECRET5", read=None, **marked))
    assert "SECRET" not in targets(notes=notes).to_csv()


def test_teams_that_are_gone_need_not_be_heard():
    gone = roster({"Old": 15}, valid_to=pd.Timestamp("2026-02-01"), valid_from=pd.Timestamp("2020-01-01"))
    assert targets(people=pd.concat([roster(), gone], ignore_index=True))["publish"].all()
    moved = roster({"North": 12}, valid_from=pd.Timestamp("2020-01-01"), valid_to=pd.Timestamp("2026-03-20"))
    later = roster({"North": 12}, valid_from=pd.Timestamp("2026-03-21")).assign(team="New")
    assert "Still to be heard: New" in targets(people=pd.concat([moved, later], ignore_index=True))["why_not"].iloc[0]


def test_people_without_a_team_are_asked_about():
    people = pd.concat([roster(), roster({"x": 3}).assign(team=pd.NA)], ignore_index=True)
    assert "There are people without a team" in targets(people=people)["why_not"].iloc[0]
    assert "names no teams" in targets(people=roster().assign(team=pd.NA))["why_not"].iloc[0]


# --- first steps


def test_productivity_goes_to_the_end_of_crawl():
    row = targets().loc["productivity"]
    assert (row["today"], row["today_low"], row["today_high"]) == (0.70, 0.67, 0.73)
    assert row["first_step"] == pytest.approx(0.70 + 0.15 * 0.25 * (1 - np.exp(-0.5)))
    assert row["by_week"] == 4
    assert "70 are work today; by week 4 we try 71.5, too small a step to be measured" in row["reason"]
    sharp = targets(today=Estimate(0.70, 0.6999, 0.7001, n=38, n_unit="days")).loc["productivity"]
    assert "large enough to be seen" in sharp["reason"]


def test_no_room_is_no_target():
    row = targets(found=False).loc["productivity"]
    assert np.isnan(row["first_step"])
    assert "nobody is asked for more" in row["reason"]
    assert not row["publish"]


def test_a_kept_promise_is_the_first_step():
    queues = service(("claims", 20.0, 0.8, 0.93, 0.91, 0.95), ("care", 60.0, 0.9, 0.94, 0.93, 0.95))
    row = targets("contact_centre", queues=queues).loc["service_level"]
    assert (row["today"], row["first_step"]) == (0.94, 0.9)
    assert "care is the closest with 94, promised are 90 of 100 contacts within 60 seconds" in row["reason"]


def test_a_broken_promise_comes_before_items():
    row = targets("contact_centre", queues=service(("claims", 20.0, 0.8, 0.70, 0.68, 0.72))).loc["service_level"]
    step = smallest_change(Estimate(0.70, 0.68, 0.72), behind=8, ahead=4, confidence=0.95)
    assert row["first_step"] == pytest.approx(0.70 + step)
    assert "no items before the promise is kept" in row["reason"]
    near = targets("contact_centre", queues=service(("claims", 20.0, 0.8, 0.795, 0.70, 0.85))).loc["service_level"]
    assert near["first_step"] == 0.8
    assert "claims answers 79.5, promised are 80" in near["reason"]


def test_missing_figures_say_what_is_needed():
    figures = {"error_rate": Estimate.missing("no quality checks were given")}
    found = targets("contact_centre", figures=figures)
    assert list(found.index) == ["productivity", "service_level", "errors"]
    assert "no quality checks were given. Needed: quality checks by team and week" in found.loc["errors", "reason"]
    assert "Needed: contacts with the times" in found.loc["service_level", "reason"]
    assert found["first_step"].isna().tolist() == [False, True, True]
    assert found["publish"].tolist() == [True, False, False]
    assert "Needed: items" in targets(figures={}).loc["turnaround", "reason"]


@QUICK
@given(st.floats(0.005, 0.2), st.floats(0.02, 0.9))
def test_a_fall_in_errors_is_asked_for_only_if_it_can_be_seen(rate, wide):
    today = Estimate(rate, rate * (1 - wide / 2), rate * (1 + wide / 2))
    row = targets(figures={"error_rate": today}).loc["errors"]
    week, fall = int(row["by_week"]), rate - row["first_step"]
    least = [smallest_change(today, behind=8, ahead=weeks, confidence=0.95) for weeks in range(4, 27)]
    if fall == 0:
        assert min(least) > rate / 2
        assert week == 4
    else:
        assert fall == pytest.approx(least[week - 4])
        assert fall <= rate / 2
        assert week == 4 or least[week - 5] > rate / 2


def test_turnaround_goes_up_to_what_is_to_be_done():
    assert targets(deadline_target=0.85).loc["turnaround", "first_step"] == 0.85
    row = targets().loc["turnaround"]
    assert row["first_step"] == pytest.approx(0.90 + smallest_change(DUE, behind=8, ahead=4, confidence=0.95))
    wide = targets(figures={"within_due_share": Estimate(0.93, 0.85, 0.97)}).loc["turnaround"]
    assert (wide["first_step"], wide["by_week"]) == (0.93, 4)
    assert "no fewer than today" in wide["reason"]


def test_no_errors_stay_none():
    assert targets(figures={"error_rate": Estimate(0.0, 0.0, 0.01)}).loc["errors", "first_step"] == 0.0

"""What was heard: counts that cannot point to a person, guesses beside figures, texts that are fit for print."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.assets import assets
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import UsageProblem, typed_table
from analysis.readiness.listening import guide_text, listen, read_guide
from analysis.readiness.listening.answering import unfit
from analysis.readiness.listening.counting import enough, merged, sorted_notes
from analysis.readiness.listening.guessing import measured
from analysis.readiness.listening.hiding import shown
from analysis.readiness.settings import ReadinessSettings

GUIDE = read_guide()
NAMES = [theme.name for theme in GUIDE.themes]
MARCH = pd.Timestamp("2026-03-02")


def table(name, *rows):
    return typed_table(name, pd.DataFrame(list(rows)))


def note(theme, team="a", role="agent", **more):
    return {"heard_on": MARCH, "theme": theme, "team": team, "role": role, **more}


def themes_of(*rows, fewest=3):
    heard = listen({"listening": table("listening", *rows)}, settings=ReadinessSettings(fewest_notes=fewest))
    return {row["theme"]: row for row in heard.listening.to_dict("records")}


def rest_of(heard, code):
    return [one.rows for one in heard.findings if one.code == code]


# --- counts ---------------------------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    counts=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9) | st.integers(0, 2), min_size=1),
    fewest=st.integers(2, 5),
    zeros=st.booleans(),
    spare=st.booleans(),
    alone=st.sets(st.sampled_from("abcdefgh")),
)
def test_no_sum_of_hidden_counts_gives_one_away(counts, fewest, zeros, spare, alone):
    told = shown(counts, fewest, zeros=zeros, spare=spare, alone=sorted(alone))
    hidden = [counts[name] for name, count in told.parts.items() if count is None]
    for name, count in told.parts.items():
        assert count in (None, counts[name])
        assert count is None or (count == 0 and zeros) or (count >= fewest and name not in alone)
    if told.total is not None:
        left = told.total - sum(count for count in told.parts.values() if count)
        assert told.total == sum(counts.values())
        assert left == sum(hidden)
        assert left == 0 or (left >= fewest and len(hidden) >= 2)
        # a reader knows of a hidden count that it is small, and not nothing where nothing is shown
        if left and zeros and all(0 < count < fewest for count in hidden):
            ranges = [range(1, fewest)] * len(hidden)
            assert sum(sum(guess) == left for guess in itertools.islice(itertools.product(*ranges), 3000)) > 1


@settings(derandomize=True, deadline=None, max_examples=20)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from([*NAMES[:6], "the weather", None]), st.sampled_from("abc"), st.sampled_from(["agent", "clerk"])),
        max_size=25,
    ),
    fewest=st.integers(2, 5),
)  # fmt: skip
def test_every_group_that_is_shown_is_large_and_of_two_sides(rows, fewest):
    notes, _ = sorted_notes(
        table("listening", *(note(theme, team, role) for theme, team, role in rows or [("trust", "a", "agent")])), GUIDE
    )
    group = merged(notes, fewest)
    named = set(group) - {"", "other themes"}
    assert all(enough(notes[group == name], fewest) for name in set(group) - {""})
    assert named <= set(NAMES)
    rest = notes[group == "other themes"]
    assert rest.empty or not named or rest["written"].nunique() > 1
    if (group == "").any():
        assert (group == "").all()
        assert not enough(notes, fewest)


def test_a_theme_from_one_team_and_one_role_is_merged_however_often_it_is_heard():
    told = themes_of(*[note("trust")] * 6, *(note("skills", team) for team in "abc"), note("pay", "b"))
    assert set(told) == {"skills", "other themes", ""}
    assert (told["other themes"]["times"], told["skills"]["times"], told[""]["times"]) == (7, 3, 10)


def test_a_single_rare_theme_takes_the_smallest_named_one_along():
    rows = [*(note("trust", team) for team in "abcd"), *(note("skills", team) for team in "abc"), note("budget", "a")]
    assert set(themes_of(*rows)) == {"trust", "other themes", ""}
    rows[-1:] = [note("the weather", team) for team in "abc"]
    assert set(themes_of(*rows)) == {"trust", "other themes", ""}


def test_few_escalations_are_hidden_with_what_would_give_them_away():
    raised = {"kind": "escalation"}
    rows = [*(note("trust", team, **raised) for team in "abcd"), *(note("skills", team) for team in "abcd")]
    assert themes_of(*rows)["trust"]["escalations"] == 4
    rows[4] |= raised
    told = themes_of(*rows)
    assert pd.isna(told["trust"]["escalations"])
    assert pd.isna(told["skills"]["escalations"])
    assert told[""]["escalations"] == 5
    one_side = [*(note("skills", team) for team in "abcd"), *[note("trust", **raised)] * 3, note("trust", "b")]
    assert pd.isna(themes_of(*one_side)[""]["escalations"])


def test_reading_back_is_counted_timed_and_still_owed():
    on = [MARCH + pd.Timedelta(days=days) for days in (2, 4, 9)]
    rows = [*(note("trust", team, read_back_on=day, agreed=True) for team, day in zip("abc", on)), *(note("skills", team) for team in "abc")]  # fmt: skip
    heard = listen(
        {"listening": table("listening", *rows, note("skills", "a", read_back_on=pd.Timestamp("2026-03-01")))}
    )
    total = heard.listening.iloc[-1]
    assert (total["read_back"], total["days_to_read_back"], total["agreed"]) == (3, 4.0, 3)
    assert rest_of(heard, "listening_not_read_back") == [4]
    assert rest_of(heard, "listening_read_back_early") == [1]
    assert "after 4 days at the median" in repr(heard)


def test_single_notes_that_are_still_to_be_read_back_are_not_told_by_their_number():
    read = {"read_back_on": MARCH + pd.Timedelta(days=1)}
    rows = [note(theme, team, **(read if team != "a" or theme == "skills" else {})) for theme in ("trust", "quality", "workload", "skills") for team in "abcd"]  # fmt: skip
    told = themes_of(*rows)
    assert told[""]["read_back"] == 13
    assert all(pd.isna(told[theme]["read_back"]) for theme in ("trust", "quality", "workload", "skills"))


def test_words_that_are_no_theme_or_role_become_a_question_and_are_never_repeated():
    rows = [note("Jane's moods", team, "boss of Jane") for team in "abc"]
    heard = listen({"listening": table("listening", *rows, note("System", "a"))})
    assert [one.code for one in heard.findings if one.severity == "ask"][:2] == ["listening_theme_unknown", "listening_role_unknown"]  # fmt: skip
    said = "\n".join(
        [frame.to_csv() for frame in (heard.listening, heard.heard)] + [one.message for one in heard.findings]
    )
    assert "Jane" not in said
    assert "boss" not in said


def test_who_was_not_heard_is_said_of_roles_and_of_teams_without_names():
    rows = [*(note("trust", team) for team in ("North 1", "north 1 ", "South")), note("skills", "North 1", "planner")]
    roster = table("roster", *({"agent": f"{team}{n}", "team": team} for team, size in (("North 1", 12), ("East", 10), ("Tiny", 4)) for n in range(size)))  # fmt: skip
    to_hear = table("to_hear", {"role": "Works council", "people": 3, "planned_on": pd.Timestamp("2026-04-01")})
    heard = listen({"listening": table("listening", *rows), "roster": roster, "to_hear": to_hear}).heard
    state = dict(zip(heard["role"], heard["state"]))
    assert state["planners"] == "too few to tell"
    assert state["people on contacts"] == "heard"
    council = heard[heard["role"] == "representatives of the workforce"].iloc[0]
    assert (council["state"], council["to_hear"], council["planned_on"]) == ("not heard", 3, pd.Timestamp("2026-04-01"))
    assert (
        heard.loc[heard["role"] == "people on contacts", "notes"].isna().all()
    )  # else the planner's note is what is left
    teams = heard[heard["kind"] == "teams"].iloc[0]
    assert (teams["to_hear"], teams["teams"]) == (2, 1)
    assert teams["sentence"] == "1 of 2 teams of 10 people or more have not been heard yet."
    assert not heard.to_csv().count("North")


# --- expectations -----------------------------------------------------------------------------------------------------

IDLE = Quantity("baseline.idle_share", Estimate(0.31, 0.27, 0.35), "idle / base", {"population": "contact_centre"})
SITE = Quantity("baseline.idle_share", Estimate(0.1, 0.0, 0.2), "", {"population": "contact_centre", "site": "North"})


def guess(rater, value, **more):
    asked = {
        "quantity": "share of attended time waiting for contacts",
        "population": "contact centre",
        "role": "manager",
    }
    return {**asked, "rater": rater, "guess": value, "stated_on": MARCH, **more}


def expected(monkeypatch, *rows, quantities=(IDLE, SITE), client=None):
    monkeypatch.setattr("analysis.readiness.listening.verb._quantities", lambda *_: list(quantities))
    return listen({"expectations": table("expectations", *rows)}, client=client)


def test_guesses_of_three_people_stand_beside_the_figure(monkeypatch):
    rows = [guess("x", 10), guess("y", 0.17), guess("z", 0.25), guess("z", 0.9, stated_on=pd.Timestamp("2026-06-01"))]
    heard = expected(monkeypatch, *rows)
    row = heard.expectations.iloc[0]
    assert tuple(row[["people", "guess", "measured", "low", "high"]]) == (3, 0.15, 0.31, 0.27, 0.35)
    assert row[["guess_low", "guess_high"]].isna().all()
    assert "3 people guessed about 15 % in the middle" in row["sentence"]
    assert "measured: 31 % (27 to 35). Most guessed less than there is." in row["sentence"]
    assert rest_of(heard, "expectation_again") == [1]


def test_five_people_have_a_range_and_no_guess_is_told_as_it_was_made(monkeypatch):
    values = (0.11, 0.13, 0.17, 0.19, 0.23)
    row = expected(
        monkeypatch, *(guess(name, value) for name, value in zip("vwxyz", values, strict=True))
    ).expectations.iloc[0]
    assert tuple(row[["guess_low", "guess", "guess_high"]]) == (0.1, 0.15, 0.25)
    assert "5 people guessed about 10 to 25 %" in row["sentence"]
    assert "Everybody guessed less than there is." in row["sentence"]


def test_two_people_are_too_few_and_unknown_questions_are_asked_about(monkeypatch):
    rows = [guess("x", 0.1), guess("y", 0.2), guess("y", 0.2, quantity="how Jane does"), guess("z", 7.0, quantity="baseline.idle_share", population="")]  # fmt: skip
    heard = expected(monkeypatch, *rows[:3])
    assert heard.expectations.empty
    assert rest_of(heard, "expectation_few") == [1]
    assert rest_of(heard, "expectation_unknown") == [1]
    assert expected(monkeypatch, *rows).expectations["guess"].tolist() == [0.1]


def test_without_a_run_a_guess_is_recorded_and_a_late_one_is_marked(monkeypatch):
    from analysis.foundation.settings import Client

    client = Client(name="A", time_zone="UTC", period={"start": "2026-01-01", "end": "2026-02-01"})
    row = expected(monkeypatch, *(guess(name, 0.2) for name in "xyz"), quantities=(), client=client).expectations.iloc[
        0
    ]
    assert row["late"]
    assert pd.isna(row["measured"])
    assert "has not been measured yet" in row["sentence"]
    assert "may have known" in row["sentence"]


def test_a_figure_of_several_pools_is_not_compared():
    asked = GUIDE.expectation("blending.usable_h_per_week")
    pools = [Quantity(asked.quantity, Estimate(9.0, 8.0, 10.0, unit="hours_per_week"), "", {"population": "contact_centre", "pool": pool, "mode": "shareable"}) for pool in "ab"]  # fmt: skip
    assert measured(asked, "contact_centre", pools[:1]) is pools[0].estimate
    assert measured(asked, "contact_centre", pools) is None


# --- what changed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Ask jane@acme.com", "Login ab4711 is off", "Call 020 7946 0958", "R12 asked for it", "Mrs Miller was told", "x" * 201, "see www.acme.com"],
)  # fmt: skip
def test_a_text_that_could_point_to_a_person_is_not_printed(text):
    assert unfit(text, 200)


@pytest.mark.parametrize(
    "text", ["The forecast shows 48 half hours since 2026-04-01, 09:30", "3 of 4 sites, 31 % of 1,200 hours", "Done on 1.4.2026"]
)  # fmt: skip
def test_plain_texts_are_printed(text):
    assert unfit(text, 200) == ""


def test_answers_are_printed_as_written_and_those_that_cannot_be_are_asked_for_again():
    rows = [{"theme": "Work load", "changed": " Notes  count\nas work. ", "owner_role": "head of claims", "changed_on": MARCH},
            {"theme": "trust", "changed": "R1 was told.", "owner_role": "x", "changed_on": MARCH}]  # fmt: skip
    heard = listen({"responses": table("responses", *rows), "listening": table("listening", *(note("workload", team) for team in "abc"))})  # fmt: skip
    assert heard.responses[["theme", "changed"]].to_dict("records") == [
        {"theme": "workload", "changed": "Notes count as work."}
    ]
    assert heard.listening["changed"].tolist() == [1, 1]
    assert rest_of(heard, "response_unfit") == [1]


# --- the guide --------------------------------------------------------------------------------------------------------


def test_the_guide_asks_more_than_it_states_and_the_printed_one_is_in_step():
    asked, lines = GUIDE.counted()
    assert asked == lines
    assert {role.id for role in GUIDE.roles} == {"agent", "clerk", "team_leader", "planner", "manager", "representative", "compliance"}  # fmt: skip
    printed = (assets() / "templates" / "engagement" / "interview_guide.md").read_text(encoding="utf-8")
    assert printed == guide_text(GUIDE)
    assert printed.count("page-break-after") == len(GUIDE.roles) + 1


def test_a_broken_guide_is_refused_with_its_place(tmp_path):
    text = (assets() / "templates" / "questionnaires" / "listening.toml").read_text(encoding="utf-8")
    file = tmp_path / "listening.toml"
    file.write_text(text.replace('name = "planning"', 'name = "workload"'), encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"listening.toml: .*'workload' stands for two"):
        read_guide(file)
    file.write_text(text.replace('unit = "share"', 'unit = "per cent"', 1), encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"expectation.1.unit"):
        read_guide(file)
    with pytest.raises(UsageProblem, match="no such file"):
        read_guide(tmp_path / "none.toml")


def test_nothing_at_all_is_not_a_mistake():
    heard = listen({})
    assert heard.listening.empty
    assert set(heard.heard["state"]) == {"not heard"}
    assert "Too little was written down" in repr(heard)

"""Tours for an engagement: papers that the kit reads back as they stand, names from the roster, nothing overwritten unasked."""

from __future__ import annotations

import datetime as dt
import io
import tomllib

import openpyxl
import pandas as pd
import pytest

from analysis.engagement.load import load_engagement
from analysis.engagement.sheets import SEEN
from analysis.engagement.tour_forms import count_form, look_form
from analysis.engagement.tours import TourWish, prepare_tours
from analysis.foundation.schema import KitError, UsageProblem
from analysis.intake import Source, read_sources
from analysis.measure.sampling import observer_accuracy, plan_tours
from tests.engagement.conftest import CLIENT

KEY = bytes(range(32))
START = dt.date(2026, 3, 2)
ROSTER = CLIENT + '\n[[source]]\nfiles = ["data/people.csv"]\nadapter = "kit_roster"\n'
PEOPLE = "Agent ID,Team,Population,Valid to\n" + "".join(
    f"{n:03d},{'Claims' if n < 14 else 'Letters'},back office,{'2026-02-01' if n == 0 else ''}\n" for n in range(30)
) + "".join(f"9{n},Phones,contact centre,\n" for n in range(12))  # fmt: skip


@pytest.fixture
def acme(write):
    folder = write(ROSTER)
    (folder.root / "data").mkdir()
    (folder.root / "data" / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return folder


def rows_of(content: bytes) -> pd.DataFrame:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    return pd.DataFrame(rows, columns=list(header))


def fill(path, answers) -> None:
    """Write into a form what `answers` says of each row (a mapping from header to value)."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    for number, row in enumerate(sheet.iter_rows(min_row=2), start=0):
        if row[0].value is not None:
            for name, value in answers(number, row[header.index("Team")].value).items():
                row[header.index(name)].value = value
    book.save(path.parent.parent / "data" / path.name)


def test_people_and_teams_come_from_the_roster_of_that_day(acme):
    made = prepare_tours(acme, TourWish(start=START, days=5, population="back_office"))
    assert made.plan.looks_per_round == 29
    assert set(made.tours["start_at"]) == {"Claims", "Letters"}
    assert any("29 people of 2 teams" in note for note in made.notes)
    some = prepare_tours(acme, TourWish(start=START, days=5, teams=("Phones",), people=9, overwrite=True))
    assert set(some.tours["start_at"]) == {"Phones"}
    assert any("fewer than 10 people" in note for note in some.notes)


def test_filled_forms_are_read_as_they_stand(acme):
    made = prepare_tours(acme, TourWish(start=START, days=10, rounds_per_day=6, population="back_office"))
    files = [acme.root / name for name in made.files]
    fill(
        files[1],
        lambda at, team: (
            {} if at % 5 == 0 else {"Observer": "o", "Working on an item": 7, "Break": 1, "Waiting for work": at % 3}
        ),
    )
    codes = {"Claims": 0, "Letters": 0}

    def seen(state):
        def answer(at, team):
            codes[team] += 1
            return {
                "Observer": "o" if state else "p",
                "Agent ID": f"{team}{codes[team] % 14}",
                "State": "Waiting for work" if at % 4 else "Break",
            }

        return answer

    fill(files[2], seen(True))
    codes.update(Claims=0, Letters=0)
    fill(files[3], seen(False))
    sources = [Source(**block) for block in tomllib.loads(made.blocks)["source"]]
    client = load_engagement(acme.file).client
    intake = read_sources(sources, client=client, root=acme.root, key=KEY)
    looks = intake.tables["observations"]
    assert intake.rejects.empty
    assert intake.traps.loc[intake.traps["code"] != "seen_twice", "rows"].sum() == 0
    ordinary = looks[~looks["reference"].fillna(False).astype(bool)]
    assert ordinary["round"].nunique() >= 55
    clock = looks["observed_at"].dt.tz_convert(client.time_zone)
    drawn = made.tours.set_index("round")
    assert (clock.dt.strftime("%H:%M") == looks["round"].map(drawn["time"])).all()
    assert (clock.dt.strftime("%Y-%m-%d") == looks["round"].map(drawn["date"].dt.strftime("%Y-%m-%d"))).all()
    assert set(looks.loc[looks["reference"].fillna(False).astype(bool), "round"]) == set(
        drawn.index[drawn["second_observer"]]
    )
    assert observer_accuracy(looks, state="IDLE").sensitivity == 1
    assert '"not_filled_in"' in intake.files["excluded"].iloc[0]
    acme.file.write_text(acme.file.read_text(encoding="utf-8") + made.blocks, encoding="utf-8")
    rest = prepare_tours(acme, TourWish(start=dt.date(2026, 3, 16), learn=True, population="back_office"))
    assert any("Learnt from the looks so far" in note for note in rest.notes)
    assert not any("assumes" in note for note in rest.notes)
    counted = ordinary[~ordinary["state"].isin(["BREAK", "ABSENT"])]
    assert rest.plan.share == pytest.approx(counted["state"].eq("IDLE").mean(), abs=0.02)


def test_a_form_holds_every_thing_that_may_be_seen_and_every_team_in_the_order_of_the_walk():
    tours = plan_tours([START], start_s=9 * 3600, end_s=17 * 3600, rounds_per_day=4, seed=1, routes=("A", "B > C"))
    form = rows_of(count_form(tours, ["A", "B > C"]))
    assert list(form.columns[5:-1]) == list(SEEN)
    assert len(form) == 8
    assert form["Team"].tolist()[:2] in (["A", "B > C"], ["B > C", "A"])
    looks = rows_of(look_form(tours, {"A": 3, "B > C": 2}, second=True))
    assert len(looks) == 20
    assert set(looks["Reference look"]) == {"yes"}
    assert looks["State"].isna().all()
    without = plan_tours([START], start_s=9 * 3600, end_s=17 * 3600, rounds_per_day=4, seed=1)
    assert len(rows_of(count_form(without, []))) == 4
    assert rows_of(look_form(without, {"": 5}))["Team"].isna().sum() == 20


def test_nothing_is_overwritten_unless_told(acme):
    made = prepare_tours(acme, TourWish(start=START, days=3))
    before = {name: (acme.root / name).read_bytes() for name in made.files}
    (acme.root / made.files[0]).unlink()
    with pytest.raises(UsageProblem, match="there already"):
        prepare_tours(acme, TourWish(start=START, days=3, seed=2))
    assert not (acme.root / made.files[0]).exists()
    again = prepare_tours(acme, TourWish(start=START, days=3, overwrite=True))
    assert {name: (acme.root / name).read_bytes() for name in again.files} == before


def test_days_skip_weekends_and_holidays_and_say_when_they_leave_the_period(write):
    folder = write(CLIENT + "holidays = [2026-03-04]\n")
    wish = TourWish(start=START, days=6, people=24, teams=("A", "B"))
    assert prepare_tours(folder, wish).tours["date"].dt.strftime("%d").unique().tolist() == [
        "02",
        "03",
        "05",
        "06",
        "09",
        "10",
    ]
    weekend = TourWish(start=START, days=6, people=24, teams=("A",), weekends=True, overwrite=True)
    made = prepare_tours(folder, weekend)
    assert made.tours["date"].dt.strftime("%d").unique().tolist() == ["02", "03", "05", "06", "07", "08"]
    assert not any("beyond the period" in note for note in made.notes)
    late = prepare_tours(folder, TourWish(people=24, days=6), today=dt.date(2026, 6, 1))
    assert late.tours["date"].min() == pd.Timestamp("2026-06-02")
    assert any("beyond the period" in note for note in late.notes)
    assert "period = { start = 2026-06-02, end = 2026-06-09 }" in late.blocks


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (TourWish(start=START, teams=("Nowhere",)), "no team Nowhere. It has: Claims, Letters, Phones"),
        (TourWish(start=START, between="9-17"), "09:00-17:00"),
        (TourWish(start=START, days=0), "--days 0"),
        (TourWish(start=START, rounds_per_day=30), "do not fit"),
        (TourWish(start=START, share=1.2), "share must lie"),
        (TourWish(start=START, learn=True), "no .*source.* of observations yet"),
    ],
)
def test_what_cannot_be_planned_is_said_and_nothing_is_written(acme, wish, said):
    with pytest.raises(UsageProblem, match=said):
        prepare_tours(acme, wish)
    assert not (acme.root / "sheets").exists()


def test_without_a_roster_it_asks_for_people_and_a_closed_engagement_has_no_tours(write):
    folder = write()
    with pytest.raises(UsageProblem, match="--people 24"):
        prepare_tours(folder, TourWish(start=START))
    (folder.root / "closed.json").write_text("{}", encoding="utf-8")
    with pytest.raises(KitError, match="is closed"):
        prepare_tours(folder, TourWish(start=START, people=24))

"""The files of the sample client: the same every time, as dirty as the ledger says, and true to what was simulated."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import tomllib
import zipfile
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis.foundation.settings import Client, Queue
from analysis.intake.answer_books import (
    BY_TYPE,
    HOW_TO,
    LISTENING_HEADERS,
    NOT_KNOWN,
    READINESS_HEADER,
    SEEN,
    TYPE_HEADER,
)
from analysis.synthetic.back_office import ITEM_TYPES
from analysis.synthetic.sample import write_sample
from analysis.synthetic.voices import CONCERNS

NAMES = {
    *("data/agent_status_north.csv", "data/agent_status_south.csv", "data/interval_volumes.csv", "data/calls.csv"),
    *("data/forecast.csv", "data/schedule.csv", "data/roster.xlsx", "data/skills.csv", "data/item_types.csv"),
    *("data/work_items.csv", "data/workload_weekly.csv", "data/observation_rounds.csv", "data/quality.csv"),
    "data/self_reports.csv",
    *("data/state_map.csv", "answers/readiness.xlsx", "answers/listening.xlsx", "engagement.toml"),
}


BOOKS = ("answers/readiness.xlsx", "answers/listening.xlsx", "data/roster.xlsx")


def written(sample, name) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows below the header of every sheet of a workbook that holds any, without the first of how to."""
    book = openpyxl.load_workbook(sample.folder / name, read_only=True)
    pages = {page.title: list(page.iter_rows(min_row=2, values_only=True)) for page in book if page.title != HOW_TO}
    book.close()
    return {title: [row for row in rows if any(cell is not None for cell in row)] for title, rows in pages.items()}


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def lines(sample, name):
    return (sample.folder / name).read_text(encoding="utf-8-sig").split("\n")[:-1]


def good_rows(sample, name, bad):
    """Return the rows below the header as lists, once each, without those that `bad` tells apart."""
    body = lines(sample, name)
    width = max(len(line.split(",")) for line in body[:10])
    top = next(place for place, line in enumerate(body) if len(line.split(",")) == width)
    cells = [line.split(",") for line in dict.fromkeys(body[top + 1 :]) if line and line != body[top]]
    return [row for row in cells if len(row) == width and not bad(row)]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_bytes(tmp_path):
    one, two, three = (tmp_path / name for name in "abc")
    first, second = write_sample(one, weeks=2), write_sample(two, weeks=2)
    write_sample(three, weeks=2, seed=2)
    assert digests(one) == digests(two)
    assert set(digests(one)) == {*first.files} == NAMES
    pd.testing.assert_frame_equal(first.dirt, second.dirt)
    pd.testing.assert_frame_equal(first.ladder, second.ladder)
    same = {name for name, digest in digests(one).items() if digests(three)[name] == digest}
    assert same == {"engagement.toml", "data/item_types.csv", "data/state_map.csv"}


@pytest.mark.parametrize("weeks", [1, 31])
def test_a_period_that_cannot_be_simulated_is_refused(tmp_path, weeks):
    with pytest.raises(ValueError, match="2 to 30 weeks"):
        write_sample(tmp_path, weeks=weeks)


def test_the_workbook_carries_no_time_of_writing(sample):
    with zipfile.ZipFile(sample.folder / "data/roster.xlsx") as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert book.read("docProps/core.xml").count(b"2026-04-27T08:00:00Z") == 2


def test_files_are_plain_text_with_unix_line_ends(sample):
    for name in sample.files:
        content = (sample.folder / name).read_bytes()
        if not name.endswith(".xlsx"):
            assert b"\r" not in content, name
            assert content.decode("utf-8").endswith("\n"), name
    assert (sample.folder / "data/agent_status_north.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_ledger_adds_up_to_the_rows_that_stand_in_the_files(sample):
    for name, part in sample.dirt.groupby("file"):
        fates = dict(zip(part["fate"], part["rows"], strict=True))
        physical = fates.pop("physical")
        assert physical == sum(fates.values()), name
        if name.endswith(".xlsx"):
            pages = [page for page in openpyxl.load_workbook(sample.folder / name) if page.title != HOW_TO]
            assert physical == sum(page.max_row for page in pages), name
        else:
            assert physical == len(lines(sample, name)), name


def test_the_ledger_counts_what_a_naive_reading_of_the_status_file_finds(sample):
    body = lines(sample, "data/agent_status_north.csv")
    ledger = sample.dirt[sample.dirt["file"] == "data/agent_status_north.csv"].set_index("fate")["rows"]
    data = [line.split(",") for line in body[5:]]
    assert body.count("") == ledger["blank"]
    assert sum(row[0] == "" for row in data) == ledger["rejected:missing_agent"]
    assert sum(len(row) < 6 for row in data) == ledger["rejected:short_row"]
    assert sum(len(row) > 6 for row in data) == ledger["rejected:long_row"]
    full = [row for row in data if len(row) == 6 and row[0]]
    assert sum(row[4] == "" for row in full) == ledger["rejected:missing_end"]
    assert sum("13-45" in row[3] for row in full) == ledger["rejected:bad_stamp"]
    assert (
        sum(bool(row[4]) and "13-45" not in row[3] and row[4] < row[3] for row in full)
        == ledger["rejected:end_before_start"]
    )
    assert sum(row[3].startswith("2026-02") for row in full) == ledger["excluded:outside_period"]
    assert sum(row[1] == "Test Log-in" for row in full) == ledger["excluded:agent"]
    assert sum(count - 1 for count in Counter(body[5:]).values()) == ledger["duplicate"]


def test_overlapping_rows_of_the_southern_export_stand_in_the_northern_one_too(sample):
    north, south = (set(lines(sample, f"data/agent_status_{site}.csv")) for site in ("north", "south"))
    ledger = sample.dirt.set_index(["file", "fate"])["rows"]
    shared = {line for line in north & south if line and not line.startswith("Agent Id")}
    assert len(shared) == ledger["data/agent_status_south.csv", "duplicate"]


def test_names_and_identifiers_are_canaries_that_the_client_files_hold(sample):
    cells = "\n".join(
        str(cell) for name in BOOKS for page in written(sample, name).values() for row in page for cell in row
    )
    held = {canary for canary in sample.canaries if canary in cells}
    text = "\n".join(
        (sample.folder / name).read_text(encoding="utf-8")
        for name in sample.files
        if not name.endswith((".xlsx", "engagement.toml"))
    )
    assert all(canary in text for canary in set(sample.canaries) - held)
    assert {concern[4] for concern in CONCERNS} <= held
    assert len(sample.canaries) == 2 * 105 + 9 + 1 + len(CONCERNS)


def test_careless_hands_name_people_in_the_workbooks(sample, people):
    everyone = people[2][2:-1]
    for name in BOOKS[:2]:
        cells = "\n".join(str(cell) for page in written(sample, name).values() for row in page for cell in row)
        assert sum(person in cells for person in everyone) == 3, name


def test_volumes_are_those_of_the_call_log(sample):
    calls = good_rows(sample, "data/calls.csv", lambda row: False)
    frame = pd.DataFrame(calls, columns=lines(sample, "data/calls.csv")[0].split(","))
    offered = pd.to_datetime(frame["Offered"], format="%d/%m/%Y %H:%M:%S")
    answered = pd.to_datetime(frame["Answered"].where(frame["Answered"] != ""), format="%d/%m/%Y %H:%M:%S")
    ended = pd.to_datetime(frame["Ended"], format="%d/%m/%Y %H:%M:%S")
    taken = frame["Outcome"] == "ANSWERED"
    parts = frame[["Talk (s)", "Hold (s)", "Wrap (s)"]].replace("", "0").astype(int).sum(axis=1)
    found = (
        pd.DataFrame(
            {
                "Offered": 1,
                "Answered": taken.astype(int),
                "Answered Within 20 s": (taken & ((answered - offered).dt.total_seconds() <= 20)).astype(int),
                "Abandoned": (~taken).astype(int),
                "Short Abandoned": (~taken & ((ended - offered).dt.total_seconds() < 5)).astype(int),
                "Total Handle Time (s)": parts,
            }
        )
        .groupby([offered.dt.floor("30min").dt.strftime("%Y-%m-%d %H:%M"), frame["Queue"]])
        .sum()
    )
    body = lines(sample, "data/interval_volumes.csv")
    rows = [row for row in csv.DictReader(body[2:]) if row["Interval Start"] != "Total"]
    volumes = pd.DataFrame(rows).set_index(["Interval Start", "Queue"]).astype(int)
    volumes = volumes[volumes["Offered"] > 0].sort_index()
    assert volumes.to_numpy().tolist() == found.sort_index()[volumes.columns].to_numpy().tolist()
    assert volumes.index.tolist() == found.sort_index().index.tolist()
    total = body[-1].split(",")
    assert [int(cell) for cell in total[2:]] == volumes.sum().tolist()


def test_service_is_comfortably_above_the_promise_in_most_half_hours_and_not_in_all(sample):
    body = lines(sample, "data/interval_volumes.csv")
    rows = pd.DataFrame([row for row in csv.DictReader(body[2:]) if row["Interval Start"] != "Total"])
    both = rows.groupby("Interval Start")[["Offered", "Answered Within 20 s"]].agg(
        lambda cells: cells.astype(int).sum()
    )
    level = both["Answered Within 20 s"] / both["Offered"]
    assert 0.8 < (level >= 0.8).mean() < 0.99
    assert (level < 0.5).any()


def seconds(text):
    return int((dt.datetime.fromisoformat(text) - dt.datetime(2026, 3, 2)).total_seconds())


def test_the_ladder_of_the_contact_centre_is_that_of_the_files_second_by_second(sample):
    """A naive painter: every second of every shift takes the strongest state that a row gives it."""
    ladder = {"Interacting": 5, "Communicating": 5, "Break": 4, "Meal": 4, "Meeting": 3, "Training": 3}
    ladder |= {"System Issue": 2, "Away": 1, "Not Responding": 1, "Idle": 0}
    names = {5: "HANDLING", 4: "BREAK", 3: "SUPPORT", 2: "OUTAGE", 1: "AWAY", 0: "IDLE", -1: "UNACCOUNTED"}
    spells: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for name in ("data/agent_status_north.csv", "data/agent_status_south.csv"):
        for row in good_rows(
            sample, name, lambda row: not row[0] or not row[4] or row[1] == "Test Log-in" or "13-45" in row[3]
        ):
            if row[2] in ladder:
                spells.setdefault((row[0], row[3][:10]), []).append((ladder[row[2]], seconds(row[3]), seconds(row[4])))
    shifts: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for row in good_rows(sample, "data/schedule.csv", lambda row: row[4] == "no"):
        shifts.setdefault((row[0], row[1][:10]), []).append((row[3], seconds(row[1]), seconds(row[2])))
    found: Counter[str] = Counter()
    agents = {agent for agent, _ in spells}
    for (agent, day), rows in shifts.items():
        if agent not in agents:
            continue
        start, end = min(row[1] for row in rows), max(row[2] for row in rows)
        if rows[0][0] in ("Sick", "Leave"):
            found["ABSENT"] += end - start
            continue
        paint = np.full(end - start, -1)
        for state, one, two in spells[agent, day]:
            part = slice(max(one - start, 0), max(two - start, 0))
            paint[part] = np.maximum(paint[part], state)
        counts = Counter(
            {names[int(state)]: int(count) for state, count in zip(*np.unique(paint, return_counts=True), strict=True)}
        )
        over = max(counts["BREAK"] - sum(two - one for what, one, two in rows if what in ("Break", "Meal")), 0)
        counts.update({"BREAK": -over, "AWAY": over})
        found.update(counts)
    planted = sample.ladder[sample.ladder["population"] == "contact_centre"].set_index("part")["seconds"]
    found["PAID"] = sum(found.values())
    assert dict(found) == planted.to_dict()


def test_rounds_find_the_planted_non_work(sample):
    rows = pd.read_csv(sample.folder / "data/observation_rounds.csv", dtype=str)
    ordinary = rows[rows["Reference Look"] == "no"]
    assert 110 <= ordinary["Round"].nunique() <= 130
    assert ordinary["Observer"].nunique() == 2
    base = ordinary[~ordinary["State"].isin(["BREAK"])]
    found = base["State"].isin(["IDLE", "AWAY"]).mean()
    truth = sample.realised.query("id == 'baseline.non_work_share' and scope == 'population=back_office'")[
        "value"
    ].item()
    # ordinary observers miss 6 % of non-work and take 2 % of work for it; 114 rounds, about 30 looks each: the standard error is below 0.01
    assert abs(found - (0.94 * truth + 0.02 * (1 - truth))) < 0.03
    assert set(rows["State"]) == {"ITEM_WORK", "WORK", "SUPPORT", "IDLE", "AWAY", "BREAK"}


def test_the_reference_observer_looks_at_the_same_people_at_the_same_moment(sample):
    looks = pd.read_csv(sample.folder / "data/observation_rounds.csv", dtype=str)
    reference = looks[looks["Reference Look"] == "yes"]
    assert 250 < len(reference) < 400
    assert reference["Observer"].nunique() == 1
    ordinary = looks[looks["Reference Look"] == "no"]
    pairs = reference.merge(ordinary, on=["Round", "Observed At", "Person", "Team"])
    assert len(pairs) == len(reference)
    idle = pairs["State_x"].isin(["IDLE", "AWAY"])
    missed = ~pairs.loc[idle, "State_y"].isin(["IDLE", "AWAY"])
    mistaken = pairs.loc[~idle, "State_y"].isin(["IDLE", "AWAY"])
    # about 70 and 270 looks: both rates within three standard errors
    assert abs(missed.mean() - 0.06) < 0.09
    assert abs(mistaken.mean() - 0.02) < 0.03


def test_the_reference_sees_an_item_exactly_when_the_log_holds_one(sample):
    items: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in good_rows(sample, "data/work_items.csv", lambda row: row[0].startswith("X")):
        items.setdefault((row[2], row[4][:10]), []).append((row[4], row[5]))
    looks = good_rows(sample, "data/observation_rounds.csv", lambda row: False)
    wrong = {"yes": 0, "no": 0}
    for _, at, _, agent, _, state, reference in looks:
        logged = any(start <= at < end for start, end in items.get((agent, at[:10]), []))
        wrong[reference] += logged != (state == "ITEM_WORK")
    assert wrong["yes"] == 0
    assert 0 < wrong["no"] < 0.03 * len(looks)
    assert len(looks) > 3000


def test_people_own_up_to_part_of_their_non_work(sample):
    told = pd.read_csv(sample.folder / "data/self_reports.csv")
    assert 25 <= len(told) <= 45
    assert told["Person"].is_unique
    assert (told["Hours Not Worked"] <= told["Paid Hours"]).all()
    truth = sample.realised.query("id == 'baseline.non_work_share' and scope == 'population=back_office'")[
        "value"
    ].item()
    said = told["Hours Not Worked"].sum() / told["Paid Hours"].sum()
    assert 0.25 * truth < said < 0.75 * truth


def test_durations_are_what_passed_also_over_the_clock_change(sample):
    zone = ZoneInfo("Europe/Amsterdam")
    crossing = 0
    for row in good_rows(sample, "data/agent_status_south.csv", lambda row: False):
        start, end = (dt.datetime.fromisoformat(text) for text in row[3:5])
        if start.date() == end.date():
            continue
        hour, minute, second = map(int, row[5].split(":"))
        passed = end.replace(tzinfo=zone).timestamp() - start.replace(tzinfo=zone).timestamp()
        assert hour * 3600 + minute * 60 + second == passed
        crossing += start.date() <= dt.date(2026, 3, 28) < end.date()
    assert crossing >= 15


def test_the_workload_adds_up_to_the_items(sample):
    items = good_rows(sample, "data/work_items.csv", lambda row: row[0].startswith("X"))
    done = Counter(row[1] for row in items)
    rows = list(csv.DictReader(lines(sample, "data/workload_weekly.csv"), delimiter=";"))
    assert Counter({kind: sum(int(row["Volume"]) for row in rows if row["Type"] == kind) for kind in done}) == done
    paid = {(row["Team"], row["Week Start"]): float(row["Paid Hours"].replace(",", ".")) for row in rows}
    planted = sample.ladder.query("population == 'back_office' and part == 'PAID'")["seconds"].item()
    assert sum(paid.values()) == planted / 3600


def test_items_done_when_due_are_the_planted_share(sample):
    items = good_rows(sample, "data/work_items.csv", lambda row: row[0].startswith("X"))
    stamps = (
        pd.DataFrame(items)
        .iloc[:, 3:]
        .apply(pd.to_datetime)
        .apply(lambda column: column.dt.tz_localize("Europe/Amsterdam"))
    )
    stamps.columns = ["arrived", "started", "ended", "due"]
    assert (stamps["arrived"] <= stamps["started"]).all()
    truth = sample.realised.query("id == 'baseline.within_due_share'")["value"].item()
    assert (stamps["ended"] <= stamps["due"]).mean() == pytest.approx(truth, abs=1e-12)


def test_the_roster_keeps_identifiers_as_text_and_moves_three_people(sample):
    page = openpyxl.load_workbook(sample.folder / "data/roster.xlsx")["Roster"]
    rows = list(page.iter_rows(min_row=2, values_only=True))
    assert all(isinstance(row[0], str) and row[0].startswith("000") for row in rows)
    twice = [key for key, count in Counter(row[0] for row in rows).items() if count == 2]
    assert len(twice) == 3
    for key in twice:
        one, two = (row for row in rows if row[0] == key)
        assert (two[8] - one[9]).days == 1
        assert one[2] != two[2]


def test_the_engagement_file_states_client_and_promises(sample):
    stated = tomllib.loads((sample.folder / "engagement.toml").read_text(encoding="utf-8"))
    client = Client(**stated["client"])
    assert (client.name, client.time_zone, len(client.holidays)) == ("Meridian Mutual", "Europe/Amsterdam", 2)
    assert [Queue(**queue).pool for queue in stated["queue"]] == ["service", "service"]


def test_every_file_has_a_source(sample):
    stated = tomllib.loads((sample.folder / "engagement.toml").read_text(encoding="utf-8"))
    named = {name for source in stated["source"] for name in (*source["files"], source.get("state_map"))}
    named = {name.replace("*.xlsx", ".xlsx") for name in named - {None}}
    named = named - {"data/agent_status_*.csv"} | {"data/agent_status_north.csv", "data/agent_status_south.csv"}
    assert named == set(sample.files) - {"engagement.toml"}


def test_answers_cover_every_criterion_with_gates_at_two_and_none_at_zero(sample):
    book = written(sample, "answers/readiness.xlsx")
    rows = [
        dict(zip(READINESS_HEADER, row, strict=True)) | {"Role": role}
        for role, page in book.items()
        if role != BY_TYPE
        for row in page
    ]
    typed = [dict(zip(TYPE_HEADER, row, strict=True)) for row in book[BY_TYPE]]
    ratings: dict[str, list[int]] = {}
    for row in rows + [row for row in typed if not row["Type"]]:
        if row["Rating"] not in (None, NOT_KNOWN):
            ratings.setdefault(row["Criterion"], []).append(row["Rating"])
    domains = zip("TDWPMCK", (5, 6, 7, 5, 6, 4, 4), strict=True)
    wanted = {f"{domain}{number}" for domain, count in domains for number in range(1, count + 1)}
    assert set(ratings) == wanted - {"W2", "C1"}
    medians = {criterion: sorted(given)[(len(given) - 1) // 2] for criterion, given in ratings.items()}
    assert min(medians.values()) >= 1
    assert {medians[gate] for gate in ("T1", "M1", "C2")} == {2}
    answered = [row for row in rows if row["Rating"] is not None]
    assert len({row["Role"] for row in answered}) == 8
    assert any(row["Rating"] == NOT_KNOWN for row in answered)
    assert any(len(set(given)) > 1 for given in ratings.values())
    assert {row["Seen"] for row in answered if row["Rating"] != NOT_KNOWN} == set(SEEN)


def test_by_item_type_two_types_lose_work_when_stopped_and_one_needs_a_licence(sample):
    typed = [dict(zip(TYPE_HEADER, row, strict=True)) for row in written(sample, "answers/readiness.xlsx")[BY_TYPE]]
    for criterion, fails in (("W2", {"claim assessment", "complaint reply"}), ("C1", {"claim assessment"})):
        given: dict[str, list[int]] = {}
        for row in typed:
            if row["Criterion"] == criterion:
                given.setdefault(row["Type"], []).append(row["Rating"])
        assert set(given) == {one.name for one in ITEM_TYPES}
        assert {kind for kind, levels in given.items() if sorted(levels)[(len(levels) - 1) // 2] == 0} == fails


def test_the_listening_workbook_has_guesses_of_five_leaders_and_a_role_that_nobody_heard(sample):
    book = written(sample, "answers/listening.xlsx")
    concerns, guesses, to_hear, changed = (book[name] for name in LISTENING_HEADERS)
    assert len({row[1] for row in guesses}) == 5
    assert {row[0] for row in to_hear} - {row[1] for row in concerns} == {"compliance and data protection"}
    assert Counter(row[3] for row in concerns)["escalation"] == 2
    assert Counter(row[3] for row in concerns)["complaint"] == 1
    assert any(row[3] is None for row in changed)  # promised, not done yet

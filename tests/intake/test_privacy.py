"""No value of a client's cells reaches a message, a finding or a table in the clear where it could name a person."""

from __future__ import annotations

import re

import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import pseudonym

SECRETS = ["Jansen-Canary", "login4711canary", "+31 6 1234 5678", "Observer-Canary", "Rater-Canary"]
HEADER = "agent,start,end,state,note\n"
GOOD = "Jansen-Canary,2026-03-02 09:00,2026-03-02 09:30,IDLE,+31 6 1234 5678\n"


def hits(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.casefold() in text.casefold()]


REFUSED = [
    "login4711canary,02/03/2026 09:00,02/03/2026 09:30,IDLE,Jansen-Canary\n",
    '"login4711canary,2026-03-02 09:00,2026-03-02 09:30,IDLE,Jansen-Canary\n',
    "login4711canary,2026-03-02 09:00,2026-03-02 09:30,IDLE,Jansen-Canary\0\n",
]
REJECTED = [
    "login4711canary,Jansen-Canary,2026-03-02 09:30,IDLE,\n",
    "login4711canary,2026-03-02 09:00\n",
    "login4711canary,2026-03-02 09:00,2026-03-02 09:30,IDLE,Jansen-Canary,Jansen-Canary\n",
    "login4711canary,2026-03-02 09:00,2026-03-01 09:30,IDLE,Jansen-Canary\n",
    "login4711canary,2025-03-02 09:00,2025-03-02 09:30,IDLE,\n",
    "JANSEN-CANARY,2026-03-02 09:00,2026-03-02 09:30,IDLE,\n" * 2,
]


@pytest.mark.parametrize("rows", REFUSED)
def test_a_refusal_names_the_place_and_no_value(desk, rows):
    with pytest.raises(DataProblem, match=r"data/spells\.csv") as caught:
        desk.spells(HEADER + (GOOD if '"' in rows or "\0" in rows else "") + rows)
    assert hits(str(caught.value)) == []
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize("rows", REJECTED)
def test_faulty_rows_are_told_by_place_and_reason_alone(desk, rows):
    intake = desk.spells(HEADER + GOOD + rows, exclude={"note": ["Jansen-Canary"]})
    told = (
        repr(intake) + repr(intake.findings) + intake.files.to_csv() + intake.rejects.to_csv() + intake.states.to_csv()
    )
    assert hits(told) == []
    assert hits("".join(table.to_csv() for table in intake.tables.values())) == []


def test_observers_and_raters_have_pseudonyms_of_their_own(desk):
    looks = desk.put(
        "o.csv", "round,observed_at,observer,agent,state\n1,2026-03-02 09:00,Observer-Canary,Jansen-Canary,WORK\n"
    )
    answers = desk.put("a.csv", "criterion,rater,role,rating\nC1,Jansen-Canary,manager,3\nC1,Rater-Canary,agent,2\n")
    intake = desk.read({"files": [looks], "table": "observations"}, {"files": [answers], "table": "answers"})
    assert hits("".join(table.to_csv() for table in intake.tables.values())) == []
    person = intake.tables["observations"]["agent"].iloc[0]
    assert person != intake.tables["answers"]["rater"].iloc[0]  # not to be joined over tables
    assert re.fullmatch(r"p[0-9a-f]{12}", person)


def test_rows_keep_the_order_of_the_file(desk):
    rows = "".join(f"person{i},2026-03-02 09:{i:02d},2026-03-02 09:{i + 1:02d},IDLE,\n" for i in range(40))
    intake = desk.spells(HEADER + rows)
    assert intake.tables["spells"]["source_row"].is_monotonic_increasing
    assert not intake.tables["spells"]["agent"].is_monotonic_increasing
    assert intake.tables["roster"]["agent"].tolist() == intake.tables["spells"]["agent"].tolist()


def test_other_names_and_another_key_change_pseudonyms_and_nothing_else(make_desk):
    rows = "".join(f"{{{i % 7}}},2026-03-02 {8 + i % 10:02d}:{i % 60:02d},2026-03-02 19:00,IDLE,\n" for i in range(70))
    one = make_desk().spells(HEADER + rows.format(*"abcdefg")).tables
    two = make_desk().spells(HEADER + rows.format(*["zoe", "7", "07", "É", "x y", "q", "a"])).tables
    renamed = dict(zip(one["roster"]["agent"], two["roster"]["agent"], strict=True))
    assert len(set(renamed.values())) == 7
    assert not set(renamed) & set(renamed.values()) - {one["roster"]["agent"].iloc[0]}
    for name in ("spells", "roster"):
        assert one[name].assign(agent=one[name]["agent"].map(renamed)).equals(two[name])
    assert pseudonym("a", key=bytes(32)) != pseudonym("a", key=bytes(range(32)))

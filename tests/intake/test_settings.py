"""What an engagement may state about its exports, and how a mistake in it reads."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from analysis.foundation.schema import DataProblem
from analysis.intake import Source

ROWS = "agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"


def refusal(**stated: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Source(**{"files": ["data/a.csv"], "table": "spells", **stated})
    return "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in caught.value.errors())


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../x.csv", "data/../../x.csv", "C:/x.csv", "C:\\x.csv", "data\\x.csv", " "]
)
def test_files_outside_the_engagement_folder_are_refused(name):
    assert "must lie in the engagement folder" in refusal(files=[name])
    assert "must lie in the engagement folder" in refusal(state_map=name)


def test_mistakes_name_the_key_and_what_is_near():
    assert "table 'spels' is not known; did you mean spells" in refusal(table="spels")
    assert "table is missing; name one of spells" in refusal(table=None)
    assert "columns.agnt: spells has no such column; did you mean agent" in refusal(columns={"agnt": "x"})
    assert "adapter xes fills the table work_items" in refusal(adapter="xes")
    assert refusal(duration_unit="seconds").startswith("duration_unit: ")
    assert refusal(colums={}).startswith("colums: ")
    assert "not an IANA time zone" in refusal(time_zone="CET+1")


def test_mistakes_in_a_mapping_name_the_column():
    assert "columns.start" in refusal(columns={"start": {"column": "a", "value": "b"}})
    assert "give exactly one of" in refusal(columns={"start": {"where": {"a": ["b"]}}})
    assert "date and time belong together" in refusal(columns={"start": {"date": "a"}})
    assert "the date column and the time column" in refusal(columns={"start": ["a", "b", "c"]})
    assert "give column too" in refusal(columns={"start": {"value": "x", "true": ["y"]}})


def test_every_key_says_what_it_means():
    assert [name for name, field in Source.model_fields.items() if not field.description] == []


def test_short_forms_mean_the_long_ones():
    source = Source(
        files=["data/a.csv"],
        table="contacts",
        separator="\t",
        columns={
            "offered_at": ["Day", "Time"],
            "abandoned": {"column": "Outcome", "true": "HANG"},
            "queue": {"value": 7},
            "ended_at": {"date": "Day", "time": "Time", "where": {"Outcome": "AGENT"}},
        },
    )
    assert source.columns["offered_at"].names == ("Day", "Time")
    assert source.columns["abandoned"].true == ("HANG",)
    assert source.columns["queue"].value == "7"
    assert source.columns["ended_at"].names == ("Day", "Time", "Outcome")
    assert source.separator == "\t"


def test_a_pattern_that_matches_nothing_names_what_is_near(desk):
    desk.put("agent_status_north.csv", ROWS)
    with pytest.raises(
        DataProblem, match=r"nothing matches 'data/agent_states_\*.csv'.*nearest files are data/agent_status_north.csv"
    ):
        desk.read({"files": ["data/agent_states_*.csv"], "table": "spells"})


def test_an_empty_data_folder_says_where_to_put_exports(desk):
    with pytest.raises(DataProblem, match="the folder data/ holds no files: put the client's exports there"):
        desk.read({"files": ["data/*.csv"], "table": "spells"})


def test_a_link_out_of_the_folder_is_refused(desk, tmp_path_factory):
    outside = tmp_path_factory.mktemp("elsewhere") / "secret.csv"
    outside.write_text(ROWS, encoding="utf-8")
    try:
        (desk.root / "data" / "link.csv").symlink_to(outside)
    except OSError:
        pytest.skip("this platform makes no links")
    with pytest.raises(DataProblem, match=r"data/link.csv: the file leads out of the engagement folder"):
        desk.read({"files": ["data/*.csv"], "table": "spells"})


def test_files_are_listed_literally_and_sorted(desk):
    for name in ("b.csv", "a.csv", "~$a.csv", ".a.csv"):
        desk.put(name, ROWS.replace("a,2026", f"{name[0]},2026"))
    intake = desk.read({"files": ["data/*.csv"], "table": "spells"})
    assert intake.files["file"].tolist() == ["data/a.csv", "data/b.csv"]


def test_checking_goes_on_after_a_question(desk):
    desk.put("good.csv", ROWS), desk.put("odd.csv", ROWS.replace("IDLE", "Resting")), desk.put("empty.csv", "")
    sources = [{"files": [f"data/{name}.csv"], "table": "spells"} for name in ("good", "odd", "empty", "nowhere")]
    intake = desk.read(*sources, check=True)
    asked = [finding.message for finding in intake.findings if finding.severity == "ask"]
    assert len(asked) == 3
    assert any("'Resting' (1 row, 0.5 h)" in message for message in asked)
    assert intake.files["file"].tolist() == ["data/good.csv"]
    assert "3 questions" in repr(intake)


def test_progress_names_each_file(desk):
    from analysis.intake import read_sources

    seen: list[tuple[str, int, int]] = []
    desk.put("a.csv", ROWS), desk.put("b.csv", ROWS)
    read_sources(
        [Source(files=["data/*.csv"], table="spells")],
        client=desk.client, root=desk.root, key=bytes(32), progress=lambda *event: seen.append(event),
    )  # fmt: skip
    assert seen == [("data/a.csv", 1, 2), ("data/b.csv", 2, 2)]


def test_a_short_key_is_refused(desk):
    from analysis.intake import read_sources

    with pytest.raises(ValueError, match="at least 16 bytes, got 3"):
        read_sources([], client=desk.client, root=desk.root, key=b"abc")

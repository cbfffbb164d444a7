"""Nobody is named in anything that a run leaves outside the client's own files, and nothing is fetched or sent while it runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.attacks import outputs
from tests.attacks.canaries import MAIL, NAME, OTHER, PHONE, SAYS
from tests.attacks.outputs import HOME, PSEUDONYM, TRACES, USER, Ran, texts_below

# a chain of its own takes most of a minute; by default the sample's run is searched and watched in the same way (tests/chain/test_handed_over.py)
pytestmark = pytest.mark.slow
# Teams, sites, queues and item types describe work, not persons: they may be printed, and that they are shows that the search finds what is there.
NOT_PERSONAL = ("Claims settlement", "North", "service line")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Run the chain once."""
    return outputs.run(tmp_path_factory.mktemp("people"))


@pytest.fixture(scope="module")
def handed(ran: Ran) -> dict[str, str]:
    """Return everything that can be read in the deliverables."""
    assert ran.status == 0, ran.said
    return dict(texts_below(ran.report))


def test_the_run_went_to_its_end_with_every_kind_of_deliverable(ran, handed):
    assert ran.status == 0, ran.said
    kinds = {path.suffix for path in ran.report.rglob("*") if path.is_file()}
    assert kinds >= {".pdf", ".xlsx", ".svg", ".png", ".json"}
    assert {"assessment.pdf", "communication.pdf", "summary_for_staff.pdf"} <= {
        path.name for path in ran.report.iterdir()
    }
    pages = handed["assessment.pdf: pages"]
    assert [word for word in NOT_PERSONAL if word not in pages] == []


def test_every_column_that_may_name_a_person_does(ran):
    """A search that finds nothing says something only where there was something to find."""
    named = {name for name, text in texts_below(ran.root / "data") if TRACES.search(text)}
    for part in (
        "agent_status_north.csv",
        "agent_status_south.csv",
        "schedule.csv",
        "skills.csv",
        "observation_rounds.csv",
        "self_reports.csv",
    ):
        assert part in named
    assert {"roster.xlsx/docProps/core.xml", "roster.xlsx/docProps/app.xml", "roster.xlsx/xl/workbook.xml"} <= named
    assert any(
        name.startswith("roster.xlsx/xl/worksheets") or name == "roster.xlsx/xl/sharedStrings.xml" for name in named
    )
    answered = {name.partition("/")[0] for name, text in texts_below(ran.root / "answers") if TRACES.search(text)}
    assert answered == {"listening.xlsx", "readiness.xlsx"}
    everything = " ".join(text for _, text in texts_below(ran.root / "data"))
    assert all(word in everything for word in (NAME, OTHER, MAIL, PHONE, SAYS))
    assert len(ran.canaries) > 100


def test_no_deliverable_names_anybody(ran, handed):
    assert {name: found.group() for name, text in handed.items() if (found := TRACES.search(text))} == {}
    said = [word for word in ran.canaries if len(word) > 3]
    assert [(name, word) for name, text in handed.items() for word in said if word in text] == []


def test_no_deliverable_holds_a_pseudonym(handed):
    assert [name for name, text in handed.items() if PSEUDONYM.search(text)] == []


def test_no_deliverable_tells_where_or_by_whom_it_was_made(ran, handed):
    words = [HOME, USER, str(ran.workspace), str(Path.home()) + "/", str(Path(__file__).parents[2])]
    host = outputs.host()
    words += [host] if len(host) > 4 else []
    assert [(name, word) for name, text in handed.items() for word in words if word.casefold() in text.casefold()] == []


def test_what_was_printed_names_nobody(ran):
    # the path of the report is the one thing that is said of this machine
    said = ran.said.replace(str(ran.report / "assessment.pdf"), "")
    assert not TRACES.search(said)
    assert not PSEUDONYM.search(said)
    assert [word for word in ran.canaries if word in said] == []


def test_working_tables_hold_pseudonyms_and_no_names(ran):
    texts = dict(texts_below(ran.root / "work"))
    assert any(PSEUDONYM.search(text) for text in texts.values())
    # settings are kept as the consultant wrote them: the name of a sheet, and whom to leave out
    wrote = [
        f"Roster {NAME}",
        *re.findall(r'exclude = \{ agent = \["(.*?)"\]', (ran.root / "engagement.toml").read_text(encoding="utf-8")),
    ]
    assert len(wrote) == 2
    for name, text in texts.items():
        for word in wrote:
            text = text.replace(word, "")
        found = TRACES.search(text)
        assert found is None, (name, found.group())
        assert not [word for word in ran.canaries if len(word) > 3 and word in text], name


def test_the_manifest_lists_files_by_digest_alone(ran):
    stated = json.loads((ran.report / "manifest.json").read_text(encoding="utf-8"))
    assert set(stated["outputs"]) == {
        path.relative_to(ran.report).as_posix() for path in ran.report.rglob("*") if path.is_file()
    } - {"manifest.json"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in stated["outputs"].values())


def test_nothing_is_fetched_and_nothing_is_sent(ran):
    """The command and its kernel are both watched; where the system allows it they also have no network at all."""
    assert ran.status == 0, ran.said
    assert ran.processes >= 2
    assert ran.refused == ()


def test_file_names_codes_and_settings_are_text(ran, handed):
    """Names that mean something to a shell, a sheet or a page arrive as they stand, and made nothing."""
    pages = re.sub(r"\s", "", handed["assessment.pdf: pages"])
    for text in (outputs.CLIENT, *outputs.FILES.values(), outputs.QUEUE, outputs.TYPE):
        assert re.sub(r"\s", "", text) in pages, text
    assert not list(ran.workspace.parent.rglob("made"))
    cells = handed["tables.xlsx/xl/sharedStrings.xml"]
    assert outputs.CODE.replace("<", "&lt;").replace(">", "&gt;") in cells
    sheets = {name: text for name, text in handed.items() if name.startswith("tables.xlsx/xl/worksheets/")}
    assert not [name for name, text in sheets.items() if re.search(r"<f[ >]", text)]

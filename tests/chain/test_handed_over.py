"""What the sample's run left and did: nobody is named in it, nothing tells where it was made, and it needed no network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks import no_network
from tests.attacks.outputs import PSEUDONYM, host, texts_below

# Teams, sites, queues and item types describe work, not persons: they may be printed, and that they are shows that the search finds what is there.
NOT_PERSONAL = ("Claims settlement", "North", "service line", "address change")


@pytest.fixture(scope="module")
def handed(sample_run) -> dict[str, str]:
    """Return everything that can be read in the deliverables: pages, properties, alternative texts, cells, drawings, chunks of pictures."""
    return dict(texts_below(sample_run.report))


def test_pages_properties_cells_drawings_and_pictures_name_nobody(planted, handed):
    named = [canary for canary in planted.canaries if len(canary) > 3]
    assert len(named) > 200
    assert {Path(name.partition(":")[0].partition("/")[0]).suffix for name in handed} >= {".pdf", ".xlsx", ".json"}
    assert any(name.endswith(".png: chunks") for name in handed)
    assert {
        name: sum(one in text for one in named) for name, text in handed.items() if any(one in text for one in named)
    } == {}
    assert [name for name, text in handed.items() if PSEUDONYM.search(text)] == []
    assert [word for word in NOT_PERSONAL if word not in handed["assessment.pdf: pages"]] == []


def test_nothing_tells_where_it_was_made(sample_run, handed):
    words = [
        str(sample_run.workspace),
        str(Path.home()) + "/",
        str(Path(__file__).parents[2]),
        *([host()] if len(host()) > 4 else []),
    ]
    assert [(name, word) for name, text in handed.items() for word in words if word in text] == []


def test_working_tables_name_nobody(sample_run, planted):
    texts = dict(texts_below(sample_run.workspace / "engagements" / "sample" / "work"))
    # a log-in to leave out stands in the settings as the consultant wrote it
    named = [canary for canary in planted.canaries if len(canary) > 3 and not canary.isdigit()]
    assert any(PSEUDONYM.search(text) for text in texts.values())
    assert {name for name, text in texts.items() if any(one in text for one in named)} == set()


def test_nothing_was_fetched_and_nothing_was_sent(sample_run):
    """Both the command and its kernel were watched while they ran."""
    notes = sample_run.workspace.parent / "sample-network" / "notes"
    assert len(list(notes.iterdir())) >= 2
    assert no_network.refused(notes) == []

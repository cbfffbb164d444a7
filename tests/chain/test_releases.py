"""The sample's own figures against a report of it in which few people were different."""

from __future__ import annotations

import re
import shutil

import pytest

from analysis.engagement import records, releases
from analysis.engagement.files import read_json, write_json
from analysis.engagement.releases import Withdrawal, enter_release
from analysis.engagement.stages import CHAIN
from analysis.engagement.store import read_frame
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import DisclosureProblem


@pytest.fixture
def sample(sample_run, tmp_path):
    """Return an engagement with the sample's register, and the sample's records."""
    root = sample_run.workspace / "engagements" / "sample"
    folder = Folder(tmp_path / "engagements" / "acme", tmp_path)
    shutil.copytree(root / "private" / "releases", folder.private / "releases")
    shutil.copyfile(root / "private" / "pseudonym.key", folder.private / "pseudonym.key")
    found = {spec.name: records.current(root / "work", spec.name) for spec in CHAIN[:-1]}
    return folder, found


def other(folder: Folder, people: int) -> None:
    """Rewrite the only release: so many people had other hours, and all figures were others."""
    home = folder.private / "releases"
    held = read_json(home / releases.REGISTER)
    (entry,) = held["releases"]
    before = releases._kept(home, entry["content"], "acme")
    agents = sorted({agent for one in before for agent, _ in one.people})[:people]
    figures = [
        releases.Figure(
            one.family,
            one.cell,
            one.value + 1,
            frozenset((agent, time + (agent in agents)) for agent, time in one.people),
        )
        for one in before
    ]
    entry |= {"run": "0f0f0f0f0f0f", "deliverables": "d", "content": releases._keep(figures, home)}
    write_json(home / releases.REGISTER, held)


def test_the_run_entered_what_it_put_in_place(sample, sample_run):
    folder, found = sample
    (entry,) = read_json(folder.private / "releases" / releases.REGISTER)["releases"]
    assert entry["run"] == read_json(sample_run.report / "manifest.json")["run_id"]
    frame = read_frame(folder.private / "releases" / f"{entry['content']}.parquet")
    assert frame["figure"].nunique() > 300
    assert frame["agent"].nunique() > 100
    # another run with the same figures is no new thing to compare
    assert enter_release(folder, found, run_id="abcdabcdabcd", deliverables="e") == ()
    assert len(list((folder.private / "releases").glob("*.parquet"))) == 1


def test_one_person_more_is_refused_in_words_that_name_no_person(sample):
    folder, found = sample
    other(folder, people=1)
    with pytest.raises(DisclosureProblem) as caught:
        enter_release(folder, found, run_id="abcdabcdabcd", deliverables="e")
    said = str(caught.value)
    assert "fewer than 10 people" in said
    assert "--withdraw 0f0f0f0f" in said
    assert not re.search(r"\bp[0-9a-f]{12}\b|\d\.\d", said)
    notes = enter_release(
        folder, found, run_id="abcdabcdabcd", deliverables="e", withdrawal=Withdrawal(("0f0f0f0f",), "a draft")
    )
    assert notes == ("The release of run 0f0f0f0f is forgotten; the reason stands in private/releases/register.json.",)


def test_everybody_different_is_let_through(sample):
    folder, found = sample
    other(folder, people=10_000)
    assert enter_release(folder, found, run_id="abcdabcdabcd", deliverables="e") == ()

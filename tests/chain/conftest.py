"""One warm run of the sample for all tests of the whole chain."""

from __future__ import annotations

import contextlib
import io
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.attacks.no_network import watched

LONGEST_WAIT_S = 900


@dataclass(frozen=True)
class SampleRun:
    """A finished run of the sample: where it lies, what was said, and what the generator planted."""

    workspace: Path
    said: str
    status: int

    @property
    def report(self) -> Path:
        return self.workspace / "reports" / "sample"

    @property
    def results(self) -> dict:
        def refuse(word: str) -> None:
            raise AssertionError(f"results.json holds {word}")

        return json.loads((self.report / "results.json").read_text(encoding="utf-8"), parse_constant=refuse)


def engage(*words: str) -> tuple[int, str]:
    """Run the command line in this process; return its status and everything it printed."""
    from analysis.cli import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(list(words))
    return status, said.getvalue()


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory) -> SampleRun:
    """Run ``engage demo`` in an empty workspace, once for all processes of a test run; nobody may change what it left."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    shared = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    workspace, finished = shared / "sample-workspace", shared / "sample-run.json"
    try:
        workspace.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + LONGEST_WAIT_S
        while not finished.exists():
            assert time.monotonic() < deadline, "another process of this test run did not finish the sample"
            time.sleep(0.2)
    else:
        with watched(shared / "sample-network"):
            status, said = engage("demo", "--workspace", str(workspace))
        aside = finished.with_suffix(".part")
        aside.write_text(json.dumps({"status": status, "said": said}), encoding="utf-8")
        aside.replace(finished)
    ran = json.loads(finished.read_text(encoding="utf-8"))
    assert ran["status"] == 0, ran["said"]
    return SampleRun(workspace, ran["said"], ran["status"])


@pytest.fixture(scope="session")
def pdf_text(sample_run) -> str:
    """Return the words of the assessment."""
    return text_of(sample_run.report / "assessment.pdf")


def text_of(pdf: Path) -> str:
    """Return the words of a PDF, pages joined, white space made single."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return " ".join(" ".join(pages).replace("\ufffe", "").split())


@pytest.fixture(scope="session")
def planted(tmp_path_factory):
    """Return the sample with its planted truth, made again from the seed."""
    from analysis.engagement.privacy import SAMPLE_SEED
    from analysis.synthetic import write_sample

    return write_sample(tmp_path_factory.mktemp("planted"), seed=SAMPLE_SEED)

"""One warm run of the sample for all tests of the whole chain."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest


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
    """Run ``engage demo`` in an empty workspace."""
    workspace = tmp_path_factory.mktemp("workspace")
    status, said = engage("demo", "--workspace", str(workspace))
    assert status == 0, said
    return SampleRun(workspace, said, status)


@pytest.fixture(scope="session")
def pdf_text(sample_run) -> str:
    """Return the words of the PDF, pages joined, white space made single."""
    import pypdfium2

    document = pypdfium2.PdfDocument(sample_run.report / "assessment.pdf")
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return " ".join(" ".join(pages).replace("\ufffe", "").split())


@pytest.fixture(scope="session")
def planted(tmp_path_factory):
    """Return the sample with its planted truth, made again from the seed."""
    from analysis.engagement.privacy import SAMPLE_SEED
    from analysis.synthetic import write_sample

    return write_sample(tmp_path_factory.mktemp("planted"), seed=SAMPLE_SEED)

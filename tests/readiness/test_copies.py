"""Three copies of the sample with edited ratings end as they should, and the first page says why; as it is, tests/chain holds it."""

from __future__ import annotations

import json
import shutil
import tomllib
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import assess_readiness
from analysis.baseline import Baseline
from analysis.blending import Blending
from analysis.engagement.store import load
from analysis.foundation.settings import Client, Queue
from analysis.intake import Intake
from analysis.readiness import ReadinessSettings
from analysis.report.brand import load_brand
from analysis.report.chapters import first
from analysis.report.context import Context
from analysis.report.exhibits.theme import Theme
from analysis.report.run import Run
from analysis.utilization import Utilization
from analysis.value import Value
from tests.chain.conftest import engage, sample_run  # noqa: F401
from tests.readiness import copies

TWO_DAYS = pd.Timedelta(days=2)
FEW = ReadinessSettings(draws=200, pilot_draws=200)


@pytest.fixture(scope="module")
def warm(sample_run):  # noqa: F811
    """Return what the stages before readiness found on the sample, and where its folder is."""
    folder = sample_run.workspace / "engagements" / "sample"
    work = folder / "work"

    def of(stage):
        key = json.loads((work / stage / "current.json").read_text(encoding="utf-8"))["key"]
        return next(path for path in (work / stage).iterdir() if path.is_dir() and key.startswith(path.name))

    stated = tomllib.loads((folder / "engagement.toml").read_text(encoding="utf-8"))
    return SimpleNamespace(
        folder=folder,
        client=Client(**stated["client"]),
        queues=[Queue(**queue) for queue in stated["queue"]],
        intake=load(Intake, of("intake")),
        baseline=load(Baseline, of("baseline")),
        utilization=load(Utilization, of("utilization")),
        blending=load(Blending, of("blending")),
        value=load(Value, of("readiness") / "value"),
    )


def judged(warm, folder, edit, **tables):
    """Return the assessment and the words of its first page after an edit of the workbook."""
    for name in ("engagement.toml", copies.ANSWERS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(warm.folder / name, folder / name)
    copies.edit_ratings(folder / copies.ANSWERS, edit)
    found = assess_readiness(
        {**warm.intake.tables, "answers": copies.read_answers(folder), **tables},
        *(warm.baseline, warm.utilization, warm.blending),
        client=warm.client,
        queues=warm.queues,
        value=warm.value,
        settings=FEW,
    )
    context = Context(
        *(warm.client, warm.queues, warm.intake, warm.baseline, warm.utilization, warm.blending, found),
        Run("0" * 64),
        Theme.of(load_brand(None)),
        value=warm.value,
    )
    page = first.first_page(context)
    # its first sentence is the heading, the rest follows
    return found, f"{page['verdict']} {page['rest']}".strip()


def test_all_good_is_ready(warm, tmp_path):
    items = warm.intake.tables["work_items"]
    found, page = judged(warm, tmp_path, copies.all_good, work_items=items.assign(due=items["due"] + TWO_DAYS))
    assert found.verdict.verdict == "ready"
    assert found.verdict.headline in page
    assert set(found.gates["state"]) == {"met"}


@pytest.mark.slow
def test_good_ratings_do_not_lift_what_the_data_score(warm, tmp_path):
    found, _ = judged(warm, tmp_path, copies.all_good)
    assert found.verdict.verdict == "ready_with_changes"
    assert set(found.modes["blocking"]) == {"W4"}


def test_a_gate_that_failed_is_not_yet(warm, tmp_path):
    found, page = judged(warm, tmp_path, copies.gate_failed)
    assert found.verdict.verdict == "not_yet"
    assert found.verdict.headline in page
    assert "monitoring of work" in found.verdict.headline.lower()
    assert set(found.modes["verdict"]) == {"not_yet"}


def test_a_gate_that_nobody_could_answer_cannot_be_said(warm, tmp_path):
    found, page = judged(warm, tmp_path, copies.gate_unanswered)
    assert found.verdict.verdict == "cannot_say"
    assert found.verdict.headline in page
    assert "monitoring of work" in found.verdict.headline.lower()


@pytest.mark.slow
def test_an_assumption_does_not_answer_a_gate(warm, tmp_path):
    answers = copies.read_answers(warm.folder)
    only = answers["criterion"] == copies.GATE
    tables = {**warm.intake.tables, "answers": answers.assign(basis=answers["basis"].mask(only, "assumed"))}
    found = assess_readiness(
        tables,
        *(warm.baseline, warm.utilization, warm.blending),
        client=warm.client,
        queues=warm.queues,
        value=warm.value,
        settings=FEW,
    )
    assert found.verdict.verdict == "cannot_say"
    gate = found.gates[found.gates["criterion"] == copies.GATE].iloc[0]
    assert (gate["state"], gate["grade"]) == ("unknown", "D")


@pytest.mark.slow
def test_a_copy_goes_the_whole_way_from_the_edited_files(tmp_path):
    """Good ratings and due times two days later in the export itself: the PDF's first page says ready."""
    import pypdfium2

    assert engage("demo", "--workspace", str(tmp_path))[0] == 0
    folder = tmp_path / "engagements" / "sample"
    copies.edit_ratings(folder / copies.ANSWERS, copies.all_good)
    copies.edit_due_times(folder / "data" / "work_items.csv", TWO_DAYS)
    status, said = engage("run", "sample", "--workspace", str(tmp_path))
    assert status == 0, said
    results = json.loads((tmp_path / "reports" / "sample" / "results.json").read_text(encoding="utf-8"))
    assert results["verdict"]["class"] == "ready"
    document = pypdfium2.PdfDocument(tmp_path / "reports" / "sample" / "assessment.pdf")
    page = " ".join(document[0].get_textpage().get_text_range().replace("\ufffe", "").split())
    document.close()
    assert results["verdict"]["headline"].rstrip(".") in page

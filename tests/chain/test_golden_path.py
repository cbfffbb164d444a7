"""From raw exports to the PDF: what it says equals what was computed, and what was computed finds what was planted."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import zipfile

import pikepdf
import pytest

from tests.chain.conftest import engage, text_of

STATUSES = {"ok", "insufficient", "degenerate", "not_converged", "suppressed"}
# Fixed before the first run: the headline intervals that are held against the planted truth.
HEADLINES = [
    (f"baseline.{name}", {"population": population})
    for population, names in {
        "contact_centre": [
            "utilization",
            "support_share",
            "idle_share",
            "away_share",
            "unaccounted_share",
            "occupancy",
        ],
        "back_office": [
            "utilization",
            "support_share",
            "unaccounted_share",
            "non_work_share",
            "within_due_share",
            "error_rate",
        ],
    }.items()
    for name in names
]


def quantity(results, name, scope):
    found = [q for q in results["quantities"] if q["id"] == name and q["scope"] == scope]
    assert len(found) == 1, (name, scope, len(found))
    return found[0]


def test_results_follow_the_contract(sample_run):
    results = sample_run.results
    assert list(results) == ["schema", "client", "period", "quantities", "verdict", "intake"]
    assert results["schema"] == 1
    assert results["period"] == ["2026-03-02", "2026-04-26"]
    keys = [(q["id"], json.dumps(q["scope"], sort_keys=True)) for q in results["quantities"]]
    assert len(keys) == len(set(keys))
    for q in results["quantities"]:
        assert set(q) == {
            "id", "scope", "value", "low", "high", "confidence", "unit", "n", "n_unit", "definition", "basis", "grade",
            "method", "status", "reasons", "source",
        }  # fmt: skip
        assert q["status"] in STATUSES
        assert (q["value"] is None) == (q["status"] != "ok")
        assert q["status"] == "ok" or q["reasons"]
        assert q["low"] is not None or q["reasons"], (q["id"], q["scope"])
        assert q["basis"] in {"measured", "modelled", "judged", "assumed"}
        assert q["grade"] in set("ABCD")
        assert set(q["scope"]) <= {"population", "pool", "site", "group", "queue", "policy", "mode"}
        assert q["source"]["stage"] in {"intake", "baseline", "utilization", "blending", "readiness"}
        assert q["source"]["inputs"]
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in q["source"]["inputs"])
    assert set(results["verdict"]["modes"]) == {"blocks", "between_contacts", "interrupt"}
    assert 0 <= results["verdict"]["ready_acceptability"] <= 1


@pytest.mark.parametrize(
    "name",
    [
        *(f"baseline.{part}" for part in (
            "utilization", "support_share", "idle_share", "away_share", "unaccounted_share", "non_work_share", "occupancy",
            "shrinkage", "within_due_share", "backlog_h", "error_rate",
        )),
        *(f"utilization.{part}" for part in (
            "ceiling_allowance", "ceiling_queueing", "ceiling_queueing_blended", "ceiling_policy", "achievable",
            "achievable_blended", "internal_best", "reclaimable_h_per_week",
        )),
        *(f"value.{part}" for part in (
            "combined_per_week", "cashable_per_week", "freed_h_per_week", "moved_h_per_week", "left_h_per_week",
            "payback_weeks", "benefit_probability",
        )),
        *(f"blending.{part}" for part in (
            "idle_agents", "structural_agents", "surplus_agents", "releasable_agents", "shareable_agents",
            "interruptible_agents", "item_agents", "net_agents", "usable_h_per_week", "service_level_reported",
            "service_level_measured", "service_level_modelled_before", "service_level_modelled_after", "occupancy_after",
            "occupancy_peak",
        )),
    ],
)  # fmt: skip
def test_every_promised_figure_stands_in_the_results(sample_run, name):
    assert any(q["id"] == name for q in sample_run.results["quantities"])


def test_every_row_of_every_file_has_one_fate(sample_run):
    for file in sample_run.results["intake"]:
        rows = file["rows"]
        counted = sum(rows[part] for part in ("header", "banner", "blank", "total", "duplicate", "used"))
        assert rows["physical"] == counted + sum(rows["excluded"].values()) + sum(rows["rejected"].values()), file[
            "file"
        ]


def test_five_shares_add_to_one(sample_run):
    parts = ["utilization", "support_share", "idle_share", "away_share", "unaccounted_share"]
    values = [
        quantity(sample_run.results, f"baseline.{part}", {"population": "contact_centre"})["value"] for part in parts
    ]
    assert sum(values) == pytest.approx(1, abs=1e-12)


def test_at_most_one_headline_interval_misses_its_planted_truth(sample_run, planted):
    missed = []
    for name, scope in HEADLINES:
        rows = planted.truth[planted.truth["id"] == name]
        rows = rows[
            rows["scope"].map(lambda text, wanted=scope: dict(part.split("=") for part in text.split("; ")) == wanted)
        ]
        assert len(rows) == 1, (name, scope)
        truth, q = float(rows["value"].iloc[0]), quantity(sample_run.results, name, scope)
        assert q["status"] == "ok", (name, scope, q["reasons"])
        if not q["low"] <= truth <= q["high"]:
            missed.append((name, scope, truth, q["low"], q["high"]))
    assert len(missed) <= 1, missed


def percent(q):
    """Return a share as the report prints it."""
    value, low, high = (f"{100 * q[part] + 1e-9:.0f}" for part in ("value", "low", "high"))
    return f"{value} % ({low} to {high})"


@pytest.mark.parametrize(("name", "scope"), [h for h in HEADLINES if "due" not in h[0] and "error" not in h[0]])
def test_headline_numbers_of_the_pdf_equal_the_results(sample_run, pdf_text, name, scope):
    plain = pdf_text.replace("\u202f", " ").replace("\u00a0", " ").replace("\u2009", " ")
    assert percent(quantity(sample_run.results, name, scope)) in plain


def test_what_is_achievable_and_what_it_is_worth_take_five_pages(sample_run):
    import pypdfium2

    document = pypdfium2.PdfDocument(sample_run.report / "assessment.pdf")
    pages = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    questions = (
        "What utilization can be reached?",
        "Can back-office items fill the waiting?",
        "What is it worth?",
        "Is the client ready to blend?",
    )
    # the contents name them too
    reach, blend, worth, ready = (max(n for n, text in enumerate(pages) if question in text) for question in questions)
    assert reach < blend < worth < ready
    assert (blend - reach) + (ready - worth) <= 5


def test_the_pdf_states_the_verdict(sample_run, pdf_text):
    assert sample_run.results["verdict"]["class"] == "ready_with_changes"
    assert sample_run.results["verdict"]["headline"].rstrip(".") in pdf_text


def test_nothing_that_could_name_a_person_reaches_a_deliverable(sample_run, planted, pdf_text):
    texts = {"assessment.pdf": pdf_text, "console": sample_run.said}
    for path in sorted(sample_run.report.rglob("*")):
        if path.suffix in {".json", ".svg"}:
            texts[path.name] = path.read_text(encoding="utf-8")
        if path.suffix == ".pdf":
            texts[path.name] = text_of(path)
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                for part in book.namelist():
                    texts[f"{path.name}/{part}"] = book.read(part).decode("utf-8", errors="replace")
    with pikepdf.open(sample_run.report / "assessment.pdf") as pdf:
        texts["metadata"] = str(pdf.docinfo) + str(pdf.Root.get("/Metadata", b""))
    assert {"assessment.pdf", "communication.pdf"} <= set(texts)
    assert len(planted.canaries) > 200
    for name, text in texts.items():
        hits = [canary for canary in planted.canaries if len(canary) > 3 and canary in text]
        assert not hits, (name, len(hits))
        assert not re.search(r"\bp[0-9a-f]{12}\b", text), f"{name} holds a pseudonym"


@pytest.mark.parametrize("name", ["assessment.pdf", "communication.pdf"])
def test_the_pdf_is_sound(name, sample_run, qpdf):
    done = subprocess.run([qpdf, "--check", sample_run.report / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with pikepdf.open(sample_run.report / name) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang)
        fonts = {str(font.get("/BaseFont")) for page in pdf.pages for font in page.Resources.get("/Font", {}).values()}
        assert fonts
        assert all(re.match(r"/[A-Z]{6}\+Inter", font) for font in fonts), fonts


def test_the_manifest_knows_every_deliverable(sample_run):
    text = (sample_run.report / "manifest.json").read_text(encoding="utf-8")
    assert str(sample_run.workspace) not in text
    held = json.loads(text)
    digests = {value for value in json.dumps(held).split('"') if re.fullmatch("[0-9a-f]{64}", value)}
    for path in sample_run.report.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            assert hashlib.sha256(path.read_bytes()).hexdigest() in digests, path.name


def test_an_unchanged_engagement_runs_no_stage_again(sample_run):
    before = {path: path.read_bytes() for path in sample_run.report.rglob("*") if path.is_file()}
    status, said = engage("run", "sample", "--workspace", str(sample_run.workspace))
    assert status == 0
    assert "Traceback" not in said
    assert said.count("unchanged") >= 5, said
    assert {path: path.read_bytes() for path in sample_run.report.rglob("*") if path.is_file()} == before


def test_verify_finds_nothing_changed_and_then_one_byte(sample_run):
    status, said = engage("verify", "sample", "--workspace", str(sample_run.workspace))
    assert status == 0, said
    path = sample_run.report / "results.json"
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"schema": 1', b'"schema": 2'))
    try:
        status, said = engage("verify", "sample", "--workspace", str(sample_run.workspace))
        assert status == 1
        assert "results.json" in said
    finally:
        path.write_bytes(content)

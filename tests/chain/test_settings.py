"""A setting that is changed is changed everywhere: in results.json, in the charts, in the tables and in the PDF."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pypdfium2
import pytest

from analysis.engagement.chain import run_chain
from analysis.engagement.model import scalar_kinds, sections
from analysis.engagement.workspace import find_engagement
from analysis.report.exhibits.theme import Theme

SECTIONS = ("utilization", "value")
# another value for every scalar of these sections
CHANGED = {
    "utilization.confidence": 0.8,
    "utilization.personal_share": 0.12,
    "utilization.fatigue_share": 0.12,
    "utilization.strain_low_share": 0.03,
    "utilization.strain_high_share": 0.12,
    "utilization.delay_low_share": 0.01,
    "utilization.delay_high_share": 0.2,
    "utilization.allowance_convention": "of_the_day",
    "utilization.patience_s": 600.0,
    "utilization.default_aht_s": 200.0,
    "utilization.deadline_target": 0.8,
    "utilization.cut_off_h": 12.0,
    "utilization.item_occupancy_cap": 0.85,
    "utilization.item_s": 120.0,
    "utilization.minimum_reclaimable_share": 0.3,
    "utilization.reference_share": 0.7,
    "utilization.crawl_weeks": 6,
    "utilization.walk_weeks": 10,
    "utilization.ramp_weeks": 39,
    "utilization.learning_weeks": 16.0,
    "utilization.learning_range": 2.0,
    "utilization.slot_s": 3600,
    "utilization.draws": 4000,
    "utilization.seed": 2,
    "value.vacancies_fte": 5.0,
    "value.overtime_h_per_week": 10.0,
    "value.overtime_factor": 2.0,
    "value.outsourced_h_per_week": 30.0,
    "value.outsourced_per_h": 55.0,
    "value.one_off_cost": 20_000.0,
    "value.running_cost_per_week": 300.0,
    "value.overrun_share": 1.0,
    "value.hourly_cost_spread_share": 0.4,
    "value.uptake_low_share": 0.1,
    "value.uptake_high_share": 1.0,
    "value.horizon_weeks": 26,
    "value.blend_mode": "none",
    "value.money_draws": 30_000,
    "value.money_seed": 2,
}
# what this client's data answer already, or what needs another setting beside it
NOTHING_HERE = {
    "utilization.default_aht_s": "every queue has handling times",
    "value.outsourced_per_h": "no hours are bought outside",
}
# a setting that may not stand alone
TOGETHER = {"value.outsourced_h_per_week": {"value.outsourced_per_h": 55.0}}
QUICK = ("utilization.personal_share", "value.vacancies_fte")
FIGURES = ("utilization.", "value.")


def test_every_scalar_is_tried():
    known = {f"{name}.{key}" for name in SECTIONS for key in scalar_kinds(sections()[name])}
    assert set(CHANGED) == known


@pytest.fixture(scope="module")
def before(sample_run):
    """Return what the sample's own run came to."""
    return outcome(sample_run.report)


def outcome(report) -> dict:
    """Return the figures, the words, the charts and the tables that a run delivered."""
    results = json.loads((report / "results.json").read_text(encoding="utf-8"))
    document = pypdfium2.PdfDocument(report / "assessment.pdf")
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    for sign in ("\u202f", "\u00a0", "\u2009"):
        words = words.replace(sign, " ")
    figures = [q for q in results["quantities"] if q["id"].startswith(FIGURES)]
    return {
        "figures": {
            f"{q['id']} {sorted(q['scope'].items())}": [
                q[key] for key in ("value", "low", "high", "confidence", "reasons")
            ]
            for q in figures
        },
        "quantities": figures,
        "words": " ".join(words.replace("\ufffe", "").replace("\u200b", "").split()),
        "charts": {path.name: path.read_bytes() for path in (report / "figures").glob("*.svg")},
        **tabled(report),
    }


def tabled(report) -> dict:
    """Return the rows of every sheet of the workbook but the first, which names the run, and the values of its quantities by id and scope."""
    book = openpyxl.load_workbook(report / "tables.xlsx", read_only=True)
    sheets = {name: list(book[name].iter_rows(values_only=True)) for name in book.sheetnames if name != "Read me"}
    book.close()
    head, *rows = sheets["Quantities"]
    records = [dict(zip(head, row, strict=True)) for row in rows]
    tables = {
        (r["id"], *sorted((r["scope"] or "").split("; "))): [r[key] for key in ("value", "low", "high")]
        for r in records
        if r["id"].startswith(FIGURES)
    }
    return {"tables": tables, "sheets": sheets}


def printed(quantity) -> str:
    """Return a figure as the report prints it, without its grade."""
    number = Theme().words.n
    bounds = [float("nan") if quantity[key] is None else quantity[key] for key in ("low", "high")]
    if quantity["unit"] == "share":
        return number.interval(quantity["value"], *bounds).replace("\u00a0", " ")
    return number.money(quantity["value"], "EUR").replace("\u00a0", " ")


def headlines(outcome) -> list:
    """Return the figures that the PDF must state: what is achievable, and what it is worth."""
    whole = [
        q for q in outcome["quantities"] if q["id"] == "utilization.achievable" and set(q["scope"]) == {"population"}
    ]
    worth = [q for q in outcome["quantities"] if q["id"] in ("value.combined_per_week", "value.cashable_per_week")]
    return [q for q in (*whole, *worth) if q["value"] is not None]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CHANGED]
)
def test_a_changed_setting_is_changed_everywhere(name, sample_run, before, tmp_path):
    shutil.copytree(sample_run.workspace, tmp_path / "w", ignore=shutil.ignore_patterns(".lock"))
    folder = find_engagement(tmp_path / "w" / "engagements" / "sample")
    overrides = {name: CHANGED[name], **TOGETHER.get(name, {})}
    run_chain(folder, overrides=list(overrides.items()))
    after = outcome(folder.reports)
    # a setting may move what a table states and no figure: breaks of this client give all the rest that strain asks for
    differs = [part for part in ("figures", "charts", "sheets") if after[part] != before[part]]
    assert bool(differs) is (name not in NOTHING_HERE)
    if "figures" in differs:
        assert "sheets" in differs
    stated = {
        (q["id"], *(sorted(f"{key}={part}" for key, part in q["scope"].items()) or [""])): [
            q[key] for key in ("value", "low", "high")
        ]
        for q in after["quantities"]
    }
    assert after["tables"].keys() == stated.keys()
    for key, numbers in stated.items():
        # a workbook holds sixteen digits
        held = after["tables"][key]
        assert [number is None for number in held] == [number is None for number in numbers], key
        known = [number for number in numbers if number is not None]
        assert [number for number in held if number is not None] == pytest.approx(known, rel=1e-14), key
    for quantity in headlines(after):
        assert printed(quantity) in after["words"], quantity["id"]
    # a long name runs over two lines
    assert name in after["words"].replace(" ", "")


def test_the_figures_that_are_looked_for_are_there(before):
    assert [q["id"] for q in headlines(before)] == [
        *["utilization.achievable"] * 2,
        "value.combined_per_week",
        "value.cashable_per_week",
    ]
    for quantity in headlines(before):
        assert printed(quantity) in before["words"], quantity["id"]

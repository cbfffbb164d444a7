"""A run of the chain: whole, skipped when nothing changed, the same whichever way a value is given, and seen when anything changes."""

from __future__ import annotations

import json
import random
import re
import shutil

import nbformat
import papermill
import pytest

from analysis.cli import main
from analysis.engagement import records
from analysis.engagement.chain import recorded_overrides, run_chain
from analysis.engagement.files import hashes_below
from analysis.engagement.notebooks import NotebookFailed
from analysis.engagement.opening import open_stage
from analysis.engagement.stages import CHAIN, STAGES, answer
from analysis.engagement.store import load
from analysis.engagement.verify import explain_quantity, explain_stages, stage_states, verify
from analysis.foundation.assets import assets
from analysis.foundation.schema import DisclosureProblem, UsageProblem

DELIVERED = {
    *("assessment.pdf", "summary_for_staff.pdf", "communication.pdf", "results.json", "tables.xlsx", "manifest.json"),
}
OVERRIDE = ("utilization.personal_share", 0.07)


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} in JSON")


def test_a_run_delivers_all_and_only_what_may_be_handed_over(ran):
    names = set(hashes_below(ran.folder.reports))
    assert names >= DELIVERED
    assert all(name in DELIVERED or re.fullmatch(r"figures/[a-z0-9_-]+\.(svg|png)", name) for name in names)
    assert ran.run.pdf.read_bytes().startswith(b"%PDF")
    assert [stage.name for stage in ran.run.stages] == list(STAGES)
    assert all(stage.made for stage in ran.run.stages)
    assert [line.split(":")[0] for line in ran.said] == [name for name in STAGES for _ in range(2)]


def test_no_path_of_this_machine_and_no_number_that_is_none_is_delivered(ran):
    for name in ("results.json", "manifest.json"):
        text = (ran.folder.reports / name).read_text(encoding="utf-8")
        json.loads(text, parse_constant=refuse)
        assert str(ran.folder.workspace) not in text
        assert not re.search(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", text)
    for spec in CHAIN:
        made_of = (records.current(ran.folder.work, spec.name).folder / "key.json").read_text(encoding="utf-8")
        assert str(ran.folder.workspace.parent) not in made_of
        assert str(assets()) not in made_of
        assert set(json.loads(made_of)) >= {"settings", "upstream", "package", "versions", "templates", "notebook"}


def test_agents_are_pseudonyms_and_rejects_are_private(ran):
    intake = load(CHAIN[0].result_class(), records.current(ran.folder.work, "intake").folder)
    for name, table in intake.tables.items():
        if "agent" in table:
            assert table["agent"].dropna().str.fullmatch(r"p[0-9a-f]{12}").all(), name
    assert intake.rejects.empty
    assert (ran.folder.private / "rejects" / "rejects.parquet").is_file()


@pytest.mark.parametrize("spec", [spec for spec in CHAIN if spec.notebook], ids=lambda spec: spec.name)
def test_every_exhibit_of_a_notebook_is_seen(spec, ran):
    notebook = nbformat.read(ran.folder.private / "notebooks" / spec.notebook, as_version=4)
    shown = [cell for cell in notebook.cells if "stage.show(" in cell.source]
    assert shown
    for cell in shown:
        kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
        assert {"image/png", "text/plain"} <= kinds
    assert not [
        output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"
    ]


def test_nothing_changed_means_nothing_runs(copy):
    before = hashes_below(copy.workspace)
    said: list[str] = []
    again = run_chain(copy, say=said.append)
    assert said == [f"{name}: unchanged" for name in STAGES]
    assert not any(stage.made for stage in again.stages)
    after = hashes_below(copy.workspace)
    assert after.pop("engagements/acme/work/.lock")
    assert after == before


def test_verify_is_silent_and_explain_says_up_to_date(ran):
    assert verify(ran.folder) == ()
    assert all(": up to date (key " in line for line in explain_stages(ran.folder))


@pytest.mark.parametrize("count", [12, pytest.param(None, marks=pytest.mark.slow)])
def test_any_changed_byte_is_reported(count, copy):
    paths = [copy.work / "run.json", *(copy.work / name / "current.json" for name in STAGES)]
    for name in STAGES:
        paths += [path for path in records.current(copy.work, name).folder.rglob("*") if path.is_file()]
    paths += [path for path in copy.reports.rglob("*") if path.is_file()]
    chosen = random.Random(7).sample(paths, count) if count else paths
    for path in chosen:
        whole = path.read_bytes()
        place = random.Random(str(path.relative_to(copy.workspace))).randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        said = verify(copy)
        path.write_bytes(whole)
        assert any(path.name in line for line in said), (path, said)
    assert verify(copy) == ()


def test_what_changed_is_named(copy):
    data = copy.root / "data" / "calls.csv"
    data.write_bytes(data.read_bytes() + b"\n")
    text = copy.file.read_text(encoding="utf-8") + "\n[baseline]\nseed = 7\n"
    copy.file.write_text(text.replace("Meridian Mutual", "Meridian & Sons"), encoding="utf-8")
    lines = dict(line.split(": would run again: ") for line in explain_stages(copy))
    assert set(lines) == set(STAGES)
    assert 'settings.client.name: "Meridian Mutual" -> "Meridian & Sons"' in lines["intake"]
    assert "inputs.data/calls.csv: " in lines["intake"]
    assert "settings.baseline.seed: 1 -> 7" in lines["baseline"]
    assert "seed" not in lines["readiness"]


def test_words_and_parameters_of_a_notebook_do_not_count_and_code_does(ran, tmp_path):
    from analysis.engagement.keys import notebook_hash

    source = assets() / "notebooks" / "03_utilization.ipynb"
    before = notebook_hash(source)
    for old, new, same in (
        ("What utilization is achievable, and in which steps?", "How much?", True),
        ("confidence = None", "confidence = 0.9", True),
        ("settings=stage.settings", "settings=None", False),
    ):
        text = source.read_text(encoding="utf-8")
        assert old in text
        changed = tmp_path / "n.ipynb"
        changed.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert (notebook_hash(changed) == before) is same


def digest(folder, name: str, work=None) -> str:
    record = records.current(work or folder.work, name)
    assert record.damage() == []
    return record.digest


def test_a_value_means_the_same_however_it_is_given(copy, tmp_path):
    before = digest(copy, "utilization")
    run = run_chain(copy, overrides=[OVERRIDE], until="utilization")
    assert [stage.name for stage in run.stages if stage.made] == ["utilization"]
    wanted = digest(copy, "utilization")
    assert wanted != before
    assert recorded_overrides(copy) == (OVERRIDE,)
    source = assets() / "notebooks" / "03_utilization.ipynb"
    given = {"engagement": str(copy.root), "personal_share": 0.07}
    papermill.execute_notebook(source, tmp_path / "out.ipynb", parameters=given, progress_bar=False)
    assert digest(copy, "utilization", copy.work / "drafts") == wanted
    shutil.rmtree(copy.work / "drafts")
    text = source.read_text(encoding="utf-8").replace("personal_share = None", "personal_share = 0.07", 1)
    text = text.replace('engagement = \\"sample\\"', f"engagement = {json.dumps(json.dumps(str(copy.root)))[1:-1]}", 1)
    (tmp_path / "edited.ipynb").write_text(text, encoding="utf-8")
    papermill.execute_notebook(tmp_path / "edited.ipynb", tmp_path / "out.ipynb", progress_bar=False)
    assert digest(copy, "utilization", copy.work / "drafts") == wanted
    copy.file.write_text(
        copy.file.read_text(encoding="utf-8") + "\n[utilization]\npersonal_share = 0.07\n", encoding="utf-8"
    )
    stage = open_stage("utilization", copy.root)
    assert stage.settings.personal_share == 0.07
    assert stage.overrides == ()


def test_an_override_is_recorded_printed_and_used_by_verify(copy):
    overrides = [("readiness.short_item_s", 480.0)]
    run = run_chain(copy, overrides=overrides)
    assert [stage.name for stage in run.stages if stage.made] == ["readiness", "report"]
    assert verify(copy) == ()
    manifest = json.loads((copy.reports / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["overrides"] == [["readiness.short_item_s", 480.0]]
    assert main(["verify", str(copy.root)]) == 0


@pytest.mark.parametrize("name", ["utilization", "readiness"])
def test_the_verb_called_by_hand_gives_what_the_notebook_gave(name, copy):
    stage = open_stage(name, copy.root)
    found = answer(name, stage)
    assert "draft in work/drafts" in stage.save(found.pop(name), **found)
    assert digest(copy, name, copy.work / "drafts") == digest(copy, name)


def test_a_notebook_run_by_hand_changes_nothing_of_the_run(copy):
    before = hashes_below(copy.workspace)
    stage = open_stage("utilization", copy.root, personal_share=0.02)
    stage.save(answer("utilization", stage)["utilization"])
    after = hashes_below(copy.workspace)
    assert all(after[name] == value for name, value in before.items() if "/rejects/" not in name)
    assert {name.split("/")[3] for name in set(after) - set(before)} <= {"drafts", ".lock"}


def test_what_a_stage_refuses(copy):
    with pytest.raises(UsageProblem, match="set by engage run alone"):
        open_stage("baseline", copy.root, copy.root / "work")
    with pytest.raises(UsageProblem, match="no settings of its own"):
        open_stage("intake", copy.root, None, confidence=0.9)
    with pytest.raises(UsageProblem, match=r"has no confidnce\. Did you mean confidence"):
        open_stage("baseline", copy.root, None, confidnce=0.9)
    with pytest.raises(UsageProblem, match="no notebook"):
        open_stage("report", copy.root)
    with pytest.raises(UsageProblem, match="confidence: must be less than"):
        open_stage("baseline", copy.root, None, confidence=95)
    stage = open_stage("utilization", copy.root)
    with pytest.raises(UsageProblem, match="saves a Utilization, not a Baseline"):
        stage.save(stage.results["baseline"])
    with pytest.raises(KeyError, match="this stage reads intake, baseline"):
        _ = stage.results["blending"]


def test_a_run_that_saved_nothing_is_no_success(copy, monkeypatch, tmp_path):
    source = assets() / "notebooks" / "05_readiness.ipynb"
    (tmp_path / source.name).write_text(
        source.read_text(encoding="utf-8").replace("stage.save(result, value=value)", "None"), encoding="utf-8"
    )
    for name in (spec.notebook for spec in CHAIN[:4]):
        shutil.copy(assets() / "notebooks" / name, tmp_path / name)
    monkeypatch.setattr(type(CHAIN[0]), "notebook_path", property(lambda spec: tmp_path / spec.notebook))
    before = digest(copy, "readiness")
    with pytest.raises(NotebookFailed, match="without saving its result"):
        run_chain(copy, start="readiness", until="readiness")
    assert digest(copy, "readiness") == before
    assert not list((copy.work / "readiness").glob(".*"))


def test_a_report_that_could_single_out_a_person_is_not_written(copy, monkeypatch, capsys):
    def audit(**_: object) -> None:
        raise DisclosureProblem("groups: 1 group is smaller than 10 agents. Merge teams in the roster.")

    before = hashes_below(copy.reports)
    monkeypatch.setattr("analysis.report.build_report", audit)
    assert main(["report", str(copy.root)]) == 4
    assert "smaller than 10 agents" in capsys.readouterr().err
    assert hashes_below(copy.reports) == before
    assert not list((copy.work / "report").glob(".*"))


def test_the_report_is_built_from_the_artefacts_alone(copy):
    before = hashes_below(copy.reports)
    assert main(["close", str(copy.root), "--yes"]) == 0
    shutil.rmtree(copy.reports)
    assert main(["report", str(copy.root)]) == 0
    assert hashes_below(copy.reports) == before
    assert verify(copy) == ()


def test_a_firms_brand_changes_the_report_and_nothing_else(copy):
    before, manifest = (
        hashes_below(copy.reports),
        json.loads((copy.reports / "manifest.json").read_text(encoding="utf-8")),
    )
    brand = (assets() / "templates" / "report" / "brand.toml").read_text(encoding="utf-8")
    changed = re.sub(r'^accent = ".*?"', 'accent = "#7A1FA2"', brand, flags=re.MULTILINE)
    assert changed != brand
    (copy.root / "firm.toml").write_text(changed, encoding="utf-8")
    text = copy.file.read_text(encoding="utf-8")
    copy.file.write_text(text + '\n[report]\nbrand = "firm.toml"\n', encoding="utf-8")
    run = run_chain(copy)
    assert [stage.name for stage in run.stages if stage.made] == ["report"]
    after = hashes_below(copy.reports)
    assert after["assessment.pdf"] != before["assessment.pdf"]
    assert after["results.json"] == before["results.json"]
    assert json.loads((copy.reports / "manifest.json").read_text(encoding="utf-8"))["stages"] == manifest["stages"]


def test_a_hostile_name_is_printed_and_nothing_else(copy, tmp_path):
    import pypdfium2

    canary = tmp_path / "canary"
    name = f"#read(\"/etc/passwd\") {{client}} $x$ *y* _z_ <b>&amp; \"; open('{canary.name}', 'w') # \\"
    text = copy.file.read_text(encoding="utf-8").replace('"Meridian Mutual"', json.dumps(name))
    copy.file.write_text(text, encoding="utf-8")
    assert main(["report", str(copy.root)]) == 0
    assert json.loads((copy.reports / "results.json").read_text(encoding="utf-8"))["client"] == name
    page = pypdfium2.PdfDocument(copy.reports / "assessment.pdf")[0]
    # long words carry marks of no width at which a line may break
    printed = re.sub(r"[\s\u200b]+", "", page.get_textpage().get_text_bounded())
    assert re.sub(r"\s+", "", name) in printed
    assert not list(tmp_path.rglob("canary"))


def test_artefacts_that_do_not_belong_together_make_no_report(copy, capsys):
    baseline = records.current(copy.work, "baseline")
    aside = records.begin(copy.work, "baseline", "0" * 64)
    for name in baseline.outputs:
        shutil.copy(baseline.folder / name, aside / name)
    (aside / "extra.txt").write_text("another run", encoding="utf-8")
    records.finish(aside, "baseline", "0" * 64, baseline.components())
    before = hashes_below(copy.reports)
    assert main(["report", str(copy.root)]) == 1
    assert "utilization are damaged or do not belong to the stages before it" in capsys.readouterr().err
    assert hashes_below(copy.reports) == before


def test_a_figure_is_traced_to_the_clients_files(ran, capsys):
    found = explain_quantity(ran.folder, "baseline.utilization", {"population": "contact_centre"})
    assert len(found) == 1
    assert "data/agent_status_north.csv" in found[0]["files"]
    assert main(["explain", str(ran.folder.root), "baseline.utilization"]) == 0
    assert "definition: " in capsys.readouterr().out
    with pytest.raises(UsageProblem, match=r"holds baseline\.utilization for other parts: population=contact_centre"):
        explain_quantity(ran.folder, "baseline.utilization", {"population": "nobody"})


def test_states_are_fresh_after_a_run(ran):
    assert all(state.fresh for state in stage_states(ran.folder))

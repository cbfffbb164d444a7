"""One deliverable of a finished report alone: the same bytes as in the whole, nothing of another run, and verify knows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.engagement import keys, only, records
from analysis.engagement.chain import rebuild_report
from analysis.engagement.deliverables import KEPT, MANIFEST, REBUILT
from analysis.engagement.files import digest_of, hashes_below, read_json, write_json
from analysis.engagement.load import load_engagement
from analysis.engagement.parts import WRITES
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.records import Record
from analysis.engagement.report import publish
from analysis.engagement.stage import write_results
from analysis.engagement.stages import CHAIN
from analysis.engagement.verify import explain_stages, verify
from analysis.engagement.workspace import Folder
from analysis.foundation.assets import assets
from analysis.foundation.schema import DisclosureProblem
from tests.report.conftest import kept_beside, words_of

FILE = """\
[client]
name = "Meridian Mutual"
time_zone = "Europe/Amsterdam"
period = { start = 2026-03-02, end = 2026-04-26 }

[report]
brand = "brand.toml"
"""


def brand(folder: Folder, **lines: str) -> None:
    """Write the firm's brand file: the kit's own with other lines."""
    text = (assets() / "templates" / "report" / "brand.toml").read_text(encoding="utf-8")
    for name, value in lines.items():
        text, found = re.subn(rf'^{name} = ".*?"', f'{name} = "{value}"', text, flags=re.MULTILINE)
        assert found == 1
    (folder.root / "brand.toml").write_text(text, encoding="utf-8")


def stages(workspace: Path, material: dict) -> tuple[Folder, dict[str, Record]]:
    """Make an engagement whose stages are finished, with the results of the hand-made insurer."""
    folder = Folder(root=workspace / "engagements" / "acme", workspace=workspace)
    folder.root.mkdir(parents=True)
    folder.file.write_text(FILE, encoding="utf-8")
    brand(folder)
    engagement, key = load_engagement(folder.file), pseudonym_key(folder)
    found: dict[str, Record] = {}
    for spec in CHAIN[:-1]:
        made_of = keys.components(spec, engagement, folder, found, key=key, strict=False)
        aside = records.begin(folder.work, spec.name, digest_of(made_of))
        write_results(spec, material, aside, folder)
        found[spec.name] = records.finish(aside, spec.name, digest_of(made_of), made_of)
    write_json(folder.work / "run.json", {"overrides": []})
    return folder, found


@pytest.fixture
def folder(built: Path, material: dict, tmp_path: Path, monkeypatch) -> Folder:
    """Return an engagement whose report is the one that all tests read."""
    folder, found = stages(tmp_path, material)
    made_of = keys.components(CHAIN[-1], load_engagement(folder.file), folder, found, key=b"")
    aside = records.begin(folder.work, "report", digest_of(made_of))
    shutil.copytree(built, aside, dirs_exist_ok=True)
    write_json(aside / MANIFEST, {"run_id": "7f3a91c2", "outputs": hashes_below(built)})
    shutil.copytree(kept_beside(built), aside / KEPT)
    publish(records.finish(aside, "report", digest_of(made_of), made_of), folder)
    # the register of releases has tests of its own
    monkeypatch.setattr("analysis.engagement.parts.enter_release", lambda *args, **more: ())
    return folder


def test_the_pages_alone_are_those_of_the_report_and_nothing_else_is_touched(folder, built):
    before = hashes_below(folder.reports)
    assert verify(folder) == ()
    assert not [name for name in before if KEPT in name]
    made = only.build_only(folder, "pdf")
    assert made.path == folder.reports / "assessment.pdf"
    assert made.path.read_bytes() == (built / "assessment.pdf").read_bytes()
    assert hashes_below(folder.reports) == before
    assert not (folder.work / "report" / REBUILT).exists()
    assert verify(folder) == ()


def test_new_lines_of_the_firm_are_on_the_pages_and_verify_and_run_are_not_confused(folder):
    before = hashes_below(folder.reports)
    brand(folder, confidentiality="For the board of Meridian alone.")
    assert verify(folder) != ()
    made = only.build_only(folder, "pdf")
    pages = words_of(made.path)
    assert all("For the board of Meridian alone." in page for page in pages)
    after = hashes_below(folder.reports)
    assert {name for name in after if after[name] != before[name]} == {"assessment.pdf", MANIFEST}
    manifest = read_json(folder.reports / MANIFEST)
    assert manifest["outputs"]["assessment.pdf"] == after["assessment.pdf"]
    assert set(manifest["built_alone"]) == {"pdf"}
    assert verify(folder) == ()
    # the report as a whole would be built again, and says why
    assert "brand.brand" in explain_stages(folder)[-1]
    # a change by hand is found, and another change of the brand too
    made.path.write_bytes(b"x")
    assert verify(folder) == ("reports/acme/assessment.pdf is changed",)
    brand(folder, confidentiality="Once more.")
    assert any("brand.brand" in line for line in verify(folder))
    # as it was: the pages are the report's own again
    brand(folder)
    only.build_only(folder, "pdf")
    assert hashes_below(folder.reports) == before
    assert verify(folder) == ()


def test_a_whole_report_put_in_place_forgets_what_was_built_alone(folder):
    before = hashes_below(folder.reports)
    brand(folder, firm="Two")
    only.build_only(folder, "pdf")
    assert hashes_below(folder.reports) != before
    record = records.current(folder.work, "report")
    assert record is not None
    publish(record, folder)
    brand(folder)
    assert hashes_below(folder.reports) == before
    assert verify(folder) == ()


def test_damaged_pages_are_not_set(folder, monkeypatch):
    record = records.current(folder.work, "report")
    assert record is not None
    kept = record.folder / KEPT / "pages.json"
    kept.write_text(kept.read_text(encoding="utf-8").replace("Meridian", "Mallory"), encoding="utf-8")
    asked = []
    monkeypatch.setattr("analysis.engagement.parts._from_results", lambda *args: asked.append(args[1]))
    only.build_only(folder, "pdf")
    assert asked == ["pdf"]


def test_other_results_build_the_whole_report(folder, monkeypatch):
    with folder.file.open("a", encoding="utf-8") as file:
        file.write("\n[privacy]\nretention_days = 30\n")
    whole = []
    monkeypatch.setattr(only, "rebuild_report", lambda folder, say: whole.append(folder) or _Run())
    made = only.build_only(folder, "tables")
    assert whole == [folder]
    assert made.notes[0].startswith("Results, settings, words or the kit are not those of the last report")


class _Run:
    notes = ()


def test_a_report_that_the_register_refuses_is_not_built_in_parts(folder, monkeypatch):
    def refuse(*args: object, **more: object) -> None:
        raise DisclosureProblem("Nothing was replaced.")

    monkeypatch.setattr("analysis.engagement.parts.enter_release", refuse)
    before = hashes_below(folder.reports)
    brand(folder, firm="Two")
    for part in WRITES:
        with pytest.raises(DisclosureProblem):
            only.build_only(folder, part)
    assert hashes_below(folder.reports) == before


HEAVY = "import sys; from analysis.cli import main; main(['report', 'acme', '--only', 'pdf']); print([name for name in ('numpy', 'pandas', 'matplotlib', 'scipy') if name in sys.modules])"


def test_setting_the_pages_again_loads_no_heavy_library(folder, monkeypatch):
    """The register asks for one; the pages alone do not."""
    monkeypatch.setenv("ENGAGE_HOME", str(folder.workspace))
    code = f"import analysis.engagement.parts as parts; parts.enter_release = lambda *args, **more: (); {HEAVY}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


@pytest.mark.slow
def test_every_part_alone_is_what_the_whole_report_holds(material, tmp_path):
    folder, _ = stages(tmp_path, material)
    rebuild_report(folder)
    whole = hashes_below(folder.reports)
    for part, file in WRITES.items():
        path = folder.reports / file
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        made = only.build_only(folder, part)
        assert made.path == path
        assert hashes_below(folder.reports) == whole, part
    assert verify(folder) == ()
    # another colour: charts are drawn again for the pages alone
    brand(folder, accent="#7A0B75")
    only.build_only(folder, "pdf")
    now = hashes_below(folder.reports)
    assert {name for name in now if now[name] != whole[name]} == {"assessment.pdf", MANIFEST}
    only.build_only(folder, "figures")
    assert verify(folder) == ()
    alone = (folder.reports / "assessment.pdf").read_bytes()
    rebuild_report(folder)
    assert (folder.reports / "assessment.pdf").read_bytes() == alone
    assert "built_alone" not in json.loads((folder.reports / MANIFEST).read_text(encoding="utf-8"))


def test_a_file_that_names_a_person_is_taken_away(material, tmp_path, monkeypatch):
    from analysis.report import build

    def named(job: object) -> dict[str, str]:
        (tmp_path / "results.json").write_text('{"agent": "p0123456789ab"}', encoding="utf-8")
        return {"results": "results.json"}

    monkeypatch.setattr(build, "PARTS", {"results": named})
    with pytest.raises(DisclosureProblem, match=r"results\.json"):
        build.build_report(**material, out=tmp_path, only="results")
    assert list(tmp_path.iterdir()) == []

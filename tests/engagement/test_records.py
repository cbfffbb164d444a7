"""Artefacts of a stage are whole or not there, whenever the process dies; every changed byte is seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.engagement import records
from analysis.engagement.files import canonical, digest_of, one_at_a_time, read_json, replace, write_bytes, write_json
from analysis.engagement.report import MANIFEST, publish
from analysis.foundation.schema import KitError

CRASH_SEED = 20260302


def made(work: Path, text: str = "x", stage: str = "baseline") -> records.Record:
    made_of = {"settings": text}
    key = digest_of(made_of)
    aside = records.begin(work, stage, key)
    (aside / "result.json").write_text(text, encoding="utf-8")
    (aside / "deep").mkdir()
    (aside / "deep" / "frame.parquet").write_text(text * 3, encoding="utf-8")
    return records.finish(aside, stage, key, made_of)


def test_a_finished_stage_is_current_and_whole(tmp_path):
    record = made(tmp_path)
    assert records.current(tmp_path, "baseline") == record
    assert record.damage() == []
    assert record.components() == {"settings": "x"}
    assert sorted(record.outputs) == ["deep/frame.parquet", "result.json"]
    assert record.folder.name == record.key[:12]


def test_equal_artefacts_have_one_digest_wherever_they_lie(tmp_path):
    assert made(tmp_path / "a").digest == made(tmp_path / "b").digest != made(tmp_path / "c", "y").digest


@pytest.mark.parametrize("name", ["result.json", "deep/frame.parquet", "key.json", "done.json", "../current.json"])
def test_any_changed_byte_is_seen(name, tmp_path):
    record = made(tmp_path)
    path = (record.folder / name).resolve()
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        now = records.current(tmp_path, "baseline")
        assert now != record or now.damage()
    path.write_bytes(whole)
    assert records.current(tmp_path, "baseline") == record


def test_missing_and_extra_files_are_damage(tmp_path):
    record = made(tmp_path)
    (record.folder / "extra.txt").write_text("x", encoding="utf-8")
    (record.folder / "result.json").unlink()
    assert record.damage() == ["extra.txt was not written by the kit", "result.json is missing"]


def test_the_record_before_is_kept_and_older_ones_go(tmp_path):
    one, two, three = made(tmp_path, "1"), made(tmp_path, "2"), made(tmp_path, "3")
    assert not one.folder.exists()
    assert records.kept(tmp_path, "baseline", two.key) == two
    records.make_current(tmp_path, two)
    assert records.current(tmp_path, "baseline") == two
    assert three.folder.exists()


def test_what_a_killed_run_left_is_cleared(tmp_path):
    record = made(tmp_path)
    home = tmp_path / "baseline"
    leftovers = [home / ".current.json.99.part", home / ".making-0123456789ab", home / ".leaving-0123456789ab-0f"]
    for again in (lambda: records.make_current(tmp_path, record), lambda: made(tmp_path, "y")):
        leftovers[0].write_text("{", encoding="utf-8")
        for folder in leftovers[1:]:
            (folder / "deep").mkdir(parents=True)
        again()
        assert not [path for path in leftovers if path.exists()]


def test_a_stage_made_again_replaces_a_damaged_one(tmp_path):
    first = made(tmp_path)
    (first.folder / "result.json").write_text("broken", encoding="utf-8")
    second = made(tmp_path)
    assert second.damage() == []
    assert sorted(path.name for path in (tmp_path / "baseline").iterdir()) == sorted(["current.json", second.key[:12]])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("points", [25, pytest.param(1000, marks=pytest.mark.slow)])
def test_killed_at_any_moment_it_ends_as_if_nothing_had_happened(points, tmp_path):
    script = Path(__file__).with_name("crash_points.py")
    command = [sys.executable, str(script), str(tmp_path), str(CRASH_SEED), str(points)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == [], f"seed {CRASH_SEED}"
    assert found["tried"] == min(points, found["events"])
    assert found["events"] > 60


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_json(path, {"x": 1})
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_json(path, {"x": 2})
    assert read_json(path) == {"x": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_nan_is_never_written(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b'{"a":1}', b'{"a": 1}\n', b'{"b":1,"a":1}\n', b"{", b"\xff"])
def test_only_canonical_json_counts(content, tmp_path):
    write_bytes(tmp_path / "a.json", content)
    assert read_json(tmp_path / "a.json") is None
    write_bytes(tmp_path / "b.json", canonical({"a": 1}))
    assert read_json(tmp_path / "b.json") == {"a": 1}


def test_two_runs_do_not_mix(tmp_path):
    first, second = (one_at_a_time(tmp_path / ".lock", "acme") for _ in range(2))
    with first, pytest.raises(KitError, match="Another run works on acme"):
        second.__enter__()
    with one_at_a_time(tmp_path / ".lock", "acme"):
        pass


def test_renaming_waits_while_a_scanner_holds_the_file(tmp_path, monkeypatch):
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("new", encoding="utf-8")
    tries = []
    rename = Path.replace

    def held(self: Path, other: Path) -> Path:
        tries.append(self)
        if len(tries) < 3:
            raise PermissionError(13, "in use")
        return rename(self, other)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr("analysis.engagement.files._WINDOWS", True)
    monkeypatch.setattr("analysis.engagement.files.time.sleep", lambda seconds: None)
    replace(source, target)
    assert target.read_text(encoding="utf-8") == "new"
    assert len(tries) == 3


def report(work: Path, text: str) -> records.Record:
    made_of = {"text": text}
    aside = records.begin(work, "report", digest_of(made_of))
    (aside / "figures").mkdir()
    (aside / "figures" / f"{text}.svg").write_text(text, encoding="utf-8")
    (aside / "assessment.pdf").write_text(text, encoding="utf-8")
    write_json(aside / MANIFEST, {"outputs": {f"figures/{text}.svg": "", "assessment.pdf": ""}})
    return records.finish(aside, "report", digest_of(made_of), made_of)


def test_deliverables_are_replaced_and_strangers_stay(write):
    folder = write()
    pdf, notes = publish(report(folder.work, "one"), folder)
    (folder.reports / "own notes.txt").write_text("mine", encoding="utf-8")
    again, _ = publish(report(folder.work, "two"), folder)
    found = sorted(path.relative_to(folder.reports).as_posix() for path in folder.reports.rglob("*") if path.is_file())
    assert found == ["assessment.pdf", "figures/two.svg", "manifest.json", "own notes.txt"]
    assert (pdf, notes) == (again, ())
    assert pdf.read_text(encoding="utf-8") == "two"
    assert [path.name for path in folder.reports.parent.iterdir()] == ["acme"]


def test_an_open_pdf_is_written_beside(write, monkeypatch):
    folder = write()
    publish(report(folder.work, "one"), folder)
    rename = Path.replace

    def held(self: Path, other: Path) -> Path:
        if Path(other).name == "assessment.pdf":
            raise PermissionError(13, "in use")
        return rename(self, other)

    monkeypatch.setattr(Path, "replace", held)
    pdf, notes = publish(report(folder.work, "two"), folder)
    assert pdf.name == "assessment-2.pdf"
    assert pdf.read_text(encoding="utf-8") == "two"
    assert (folder.reports / "assessment.pdf").read_text(encoding="utf-8") == "one"
    assert "assessment.pdf is open in another program" in notes[0]

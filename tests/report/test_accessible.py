"""Every PDF of a report can be read aloud: a checker that is not ours finds nothing, and nothing rests on the reader's machine."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pdfua
import pikepdf
import pytest

DOCUMENTS = ("assessment.pdf", "summary_for_staff.pdf", "communication.pdf")
# the checker's own fault on headings with a page range; they are looked at below
NOT_RUN = {"UA-14-001"}


def structure(item: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield the elements of a structure tree in reading order."""
    children = item.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from structure(child)


def findings(path: Path) -> list[str]:
    report = pdfua.validate(str(path))
    assert {one.rule_id for one in report.skipped} <= NOT_RUN
    return [f"{one.rule_id} {one.severity.name}: {one.message} ({one.location.describe()})" for one in report.findings]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_independent_checker_finds_nothing(built, name):
    assert findings(built / name) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_second_program_reads_it(built, qpdf, name):
    done = subprocess.run([qpdf, "--check", built / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_typeface_lies_in_the_file(built, name):
    with pikepdf.open(built / name) as pdf:
        described = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        ]
        fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]
        assert described
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()) for one in described)
        # a font without a description is the outer half of one that has it; none is left to the reader's machine
        bare = [one for one in fonts if "/FontDescriptor" not in one and "/DescendantFonts" not in one]
        assert bare == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_headings_charts_and_tables_are_told_in_order(built, name):
    with pikepdf.open(built / name) as pdf:
        found = list(structure(pdf.Root.StructTreeRoot))
        kinds = [str(one.S) for one in found]
        levels = [int(kind[2:]) for kind in kinds if kind[:2] == "/H" and kind[2:].isdigit()]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        figures = [one for one in found if str(one.S) == "/Figure"]
        assert all(len(str(one.get("/Alt", ""))) > 10 for one in figures)
        heads = [one for one in found if str(one.S) == "/TH"]
        assert all("/A" in one for one in heads)
        assert bool(heads) == ("/Table" in kinds)
        assert all(str(page.get("/Tabs", "/S")) == "/S" for page in pdf.pages)


def test_the_checker_sees_a_fault(built, tmp_path):
    """A check that finds nothing anywhere would be worth nothing."""
    spoilt = tmp_path / "spoilt.pdf"
    with pikepdf.open(built / "communication.pdf") as pdf:
        del pdf.Root["/StructTreeRoot"]
        del pdf.Root["/Lang"]
        pdf.save(spoilt)
    assert any("UA-06-001" in line for line in findings(spoilt))


@pytest.mark.slow
def test_letter_is_as_accessible(material, tmp_path, qpdf):
    from analysis.report import build_report

    build_report(**material, out=tmp_path, paper="letter")
    for name in DOCUMENTS:
        assert findings(tmp_path / name) == []
        subprocess.run([qpdf, "--check", tmp_path / name], capture_output=True, check=True)

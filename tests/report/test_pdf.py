"""The PDF: its numbers, its structure, and that no text of a client is code."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

from analysis.report import build_report
from analysis.report.brand import load_brand
from analysis.report.typeset import PageError, printable, typeset
from tests.report import factory
from tests.report.conftest import words_of

HOSTILE = '<&> "#*_$@ #read("../x") [a] `b` \\ // ' + "W" * 43


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_headline_numbers_equal_the_results(built, pages):
    results = json.loads((built / "results.json").read_text(encoding="utf-8"))
    text = plain(" ".join(pages))
    told = 0
    for quantity in results["quantities"]:
        if (
            quantity["unit"] != "share"
            or quantity["status"] != "ok"
            or not quantity["id"].startswith(("baseline", "utilization"))
        ):
            continue
        value, low, high = (f"{100 * quantity[part] + 1e-9:.0f}" for part in ("value", "low", "high"))
        if quantity["low"] == quantity["high"]:
            assert f"{value} %" in text
            continue
        head = re.escape(f"{value} %")
        assert re.search(rf"{head}( \({low} to {high}\)|.{{0,60}}{low} to {high})", text), (
            quantity["id"],
            quantity["scope"],
        )
        told += 1
    assert told >= 20


def test_page_one_states_the_verdict_and_the_three_answers(material, pages):
    first = plain(pages[0])
    # the first change of the headline stands in the answer that dates it
    assert re.split(r"(?<=[.?!]) (?=[A-Z])", material["readiness"].verdict.headline)[0] in first
    for words in (
        "Measure",
        "Estimate",
        "Assess",
        "Three decisions",
        "What we could not see",
        "What happens to people",
    ):
        assert words in first
    assert "27 (23 to 32)" in first
    assert "Capacity balance" in pages[1]
    assert "Questions and answers" in pages[2]


def test_every_page_names_client_run_and_number(pages):
    count = len(pages)
    for place, page in enumerate(pages, start=1):
        assert "Meridian Mutual" in page
        assert "run 7f3a91c2" in page
        assert f"page {place} of {count}" in page
        assert "must not be used to appraise" in page


def test_contents_link_to_the_chapters(built, pages):
    with pikepdf.open(built / "assessment.pdf") as pdf:
        links = [note for note in pdf.pages[2].get("/Annots", []) if note.Subtype == "/Link"]
        titles = [str(item.title) for item in pdf.open_outline().root]
    assert len(links) >= 9
    assert any("How much paid time is not work today?" in title for title in titles)


def test_it_is_tagged_titled_and_every_chart_is_told_in_words(built):
    with pikepdf.open(built / "assessment.pdf") as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert "pdfuaid" in bytes(pdf.Root.Metadata.read_bytes()).decode("utf-8", errors="replace")
        assert "Meridian Mutual" in str(pdf.docinfo["/Title"])
        assert set(pdf.docinfo.keys()) <= {"/Title", "/Creator", "/Producer"}
        told = [str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    charts = [text for text in told if len(text) > 60]
    assert len(charts) >= len(list((built / "figures").glob("*.svg")))
    assert any("handling contacts 58" in plain(text) for text in charts)


def test_it_passes_a_second_program(built, qpdf):
    done = subprocess.run([qpdf, "--check", built / "assessment.pdf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_results_give_the_same_bytes(built, material, tmp_path):
    build_report(**material, out=tmp_path)
    files = sorted(path.relative_to(built) for path in built.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(files) > 10
    assert [name for name in files if (built / name).read_bytes() != (tmp_path / name).read_bytes()] == []


@pytest.fixture(scope="module")
def hostile(material, tmp_path_factory) -> Path:
    """Return a report on Letter in which every text of the client is hostile."""
    out = tmp_path_factory.mktemp("letter")
    baseline = material["baseline"]
    # the groups are called so wherever they stand
    named = {name: HOSTILE[:30] + str(place) for place, name in enumerate(baseline.groups["group"].unique())}
    groups = baseline.groups.assign(group=baseline.groups["group"].map(named))
    members = baseline.members.assign(level=baseline.members["level"].replace(named))
    merges = baseline.merges.assign(level=baseline.merges["level"].replace(named))
    items = baseline.item_lengths.assign(type=[f"{HOSTILE} {place}" for place in range(len(baseline.item_lengths))])
    intake = material["intake"]
    files = intake.files.assign(file=[f"data/{HOSTILE}{place}.csv" for place in range(len(intake.files))])
    blending = material["blending"]
    changed = {
        "client": factory.client(HOSTILE[:80]),
        "baseline": dataclasses.replace(baseline, groups=groups, members=members, merges=merges, item_lengths=items),
        "intake": dataclasses.replace(intake, files=files),
        "blending": dataclasses.replace(
            blending, service=blending.service.assign(queue=[HOSTILE, "\u682a\u5f0f \u202e \x07"])
        ),
    }
    build_report(**{**material, **changed}, out=out, paper="letter")
    return out


def test_a_hostile_client_is_shown_as_written_and_not_clipped(hostile):
    pages = words_of(hostile / "assessment.pdf")
    name = " ".join(HOSTILE[:80].split())
    for page in pages:
        # a name that is broken over lines is read with a space at the break
        assert name.replace(" ", "") in page.replace(" ", "")
    with pikepdf.open(hostile / "assessment.pdf") as pdf:
        assert str(pdf.docinfo["/Title"]).endswith(HOSTILE[:80])
        assert tuple(float(side) for side in pdf.pages[0].MediaBox[2:]) == pytest.approx((612, 792), abs=0.1)


def test_no_word_of_a_hostile_client_leaves_the_page(hostile):
    import pypdfium2

    document = pypdfium2.PdfDocument(hostile / "assessment.pdf")
    try:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            for place in range(text.count_rects()):
                left, foot, right, top = text.get_rect(place)
                assert left >= 40
                assert right <= width - 40
                assert 0 <= foot <= top <= height
            text.close()
    finally:
        document.close()


def test_a4_has_its_size(built):
    with pikepdf.open(built / "assessment.pdf") as pdf:
        assert tuple(float(side) for side in pdf.pages[0].MediaBox[2:]) == pytest.approx((595.28, 841.89), abs=0.1)


def test_signs_that_cannot_be_set_are_replaced_and_breaks_are_invisible():
    covered = frozenset(map(ord, "abcdefghijklmnopqrstuvwxyz_.%"))
    assert printable("a\u202eb\x07\ue0ffc\u682a", covered) == "abc\u25a1"
    long = printable("a_very_long_file_name_without_an_end.csv", covered)
    assert long.replace("\u200b", "") == "a_very_long_file_name_without_an_end.csv"
    assert "\u200b" in long
    assert printable({"file": "a_very_long_file_name_without_an_end.svg"}, covered)["file"].endswith("end.svg")
    assert "\u200b" not in printable({"alt": "a" * 60}, covered)["alt"]


def test_a_warning_of_the_template_is_an_error(tmp_path):
    brand = load_brand().model_copy(update={"font": "No Such Family"})
    document = json.loads(json.dumps(minimal(brand)))
    with pytest.raises(PageError, match="unknown font family"):
        typeset(document, tmp_path, brand=brand)


def minimal(brand) -> dict:
    """Return the smallest document that the template takes."""
    return {
        "title": "T", "document": "T", "client": "C", "language": "en", "confidentiality": "", "run": "run 1",
        "labels": {"page": "page", "of": "of", "exhibit": "Exhibit", "cannot": "c", "needed": "n"},
        "brand": {"ink": brand.ink, "accent": brand.accent, "font": brand.font, "display": brand.display_font, "firm": "", "logo": ""},
        "sheet": {"width": 210, "height": 297, "side": 22, "top": 20, "foot": 18},
        "first": {"period": "", "verdict": "V", "rows": [], "decisions": {"title": "D", "columns": [{"label": "a", "align": "left", "width": 1}], "rows": []}, "open": [{"title": "a", "text": "b"}]},
        "balance": {"topic": "B", "title": "T", "lead": "", "file": "", "alt": "", "source": "", "ledger": {"columns": [], "rows": []}, "absent": [{"term": "t", "text": "x"}], "blocks": [{"title": "a", "items": ["b"]}]},
        "contents": {"title": "C", "answers": [], "key": [], "about": [{"title": "a", "text": "b"}]},
        "chapters": [],
    }  # fmt: skip


def test_the_smallest_document_sets_and_a_broken_one_says_so(tmp_path):
    brand = load_brand()
    assert typeset(minimal(brand), tmp_path, brand=brand).startswith(b"%PDF")
    with pytest.raises(PageError, match="could not be set"):
        typeset({**minimal(brand), "chapters": [{"number": "1"}]}, tmp_path, brand=brand)


def test_templates_ask_for_nothing_outside_themselves(root):
    for path in sorted((root / "templates" / "report").glob("*.typ")):
        text = path.read_text(encoding="utf-8")
        assert "@preview" not in text
        assert "eval(" not in text
        assert "sys.inputs" not in text
        assert not re.search(r"#?(read|csv|yaml|toml|xml|cbor|plugin)\(", text), path.name

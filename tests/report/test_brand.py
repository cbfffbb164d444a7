"""What a firm may change, and what is refused."""

from __future__ import annotations

import dataclasses
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pikepdf
import pypdfium2
import pytest
from pydantic import BaseModel

from analysis.cli import doctor
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import UsageProblem
from analysis.report import build_report, logos
from analysis.report.brand import LEAST_DISTANCE, MEANINGS, load_brand
from analysis.report.colours import contrast, distance
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme
from analysis.report.locales import locale_named
from analysis.report.paper import PAPERS, paper_named
from analysis.report.words import load_words
from analysis.report.words import words_of as words_of_brand
from tests.report import factory
from tests.report.conftest import words_of
from tests.report.other_language import words_in, write_catalogue

LONG = ('<&> "#*_$@ ' + "Mutual Insurance Company of the Northern Provinces and the Islands " * 2)[:79].strip() + "s"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><rect width="{width}" height="{height}" fill="#5B2A86"/></svg>'


def brand_file(tmp_path, **values):
    path = tmp_path / "brand.toml"
    path.write_text("\n".join(f'{name} = "{value}"' for name, value in values.items()), encoding="utf-8", newline="\n")
    return path


def svg(path: Path, width: float = 40, height: float = 10) -> Path:
    path.write_text(LOGO.format(width=width, height=height), encoding="utf-8", newline="\n")
    return path


def png(path: Path, width: int, height: int) -> Path:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + b"\x5b\x2a\x86" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b""))
    return path


def firms_fonts(folder: Path, family: str) -> Path:
    """Write the kit's typeface under another name, as a firm's own would lie there."""
    from fontTools.ttLib import TTFont

    folder.mkdir()
    for weight in ("Regular", "SemiBold"):
        font = TTFont(style.FONT_FILES / f"Inter-{weight}.otf")
        for record in font["name"].names:  # type: ignore[attr-defined]
            text = record.toUnicode()
            record.string = text.replace("Inter", family.replace(" ", "") if record.nameID == 6 else family)
        font["CFF "].cff.topDictIndex[0].FamilyName = family  # type: ignore[attr-defined]
        font.save(folder / f"own-{weight}.otf")
    return folder


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"accent": "#FFCC00"}, "accent: .*contrast with white is 1.5"),
        ({"accent": "#787878"}, "accent: .*contrast with white is 4.4"),
        ({"accent": "#767676"}, "accent: .*contrast with the panels' grey is 4.2"),
        ({"accent": "#1F4E79"}, "accent: .*looks like the colour of work"),
        ({"accent": "#9A3324"}, "accent: .*looks like the colour of a warning .* distance in CIELab is 4"),
        ({"ink": "black"}, "ink: "),
        ({"colour": "#000000"}, "colour: Extra inputs"),
        ({"logo": "missing.svg"}, "logo: missing.svg does not lie beside"),
        ({"logo": "logo.exe"}, "logo: .*SVG or PNG"),
        ({"fonts": "fonts"}, "fonts: fonts does not lie beside"),
        ({"font": "Plum Sans"}, "font: the kit does not hold the family 'Plum Sans'. Known: Inter, Inter Display"),
        ({"display_font": "Plum"}, "display_font: the kit does not hold"),
        ({"locale": "en_XX"}, "locale: 'en_XX' is not known"),
        ({"locale": "nl_NL"}, "locale: .*another language than the sentences"),
        ({"language": "ja", "locale": "ja_JP"}, "locale: .*signs that the typeface does not hold"),
        ({"catalogue": "words.nl.toml"}, "catalogue: words.nl.toml does not lie beside"),
        ({"confidentiality": "x" * 161}, "confidentiality: String should have at most 160"),
    ],
)
def test_a_wrong_brand_names_file_and_key(tmp_path, values, message):
    with pytest.raises(UsageProblem, match=rf"brand\.toml: {message}"):
        load_brand(brand_file(tmp_path, **values))


def test_a_missing_brand_file_is_named(tmp_path):
    with pytest.raises(UsageProblem, match=r"mine\.toml: there is no such file"):
        load_brand(tmp_path / "mine.toml")


def test_a_folder_without_fonts_is_named(tmp_path):
    (tmp_path / "fonts").mkdir()
    with pytest.raises(UsageProblem, match=r"fonts: fonts holds no \.otf or \.ttf file"):
        load_brand(brand_file(tmp_path, fonts="fonts"))


def test_the_kits_own_colours_are_legible_and_apart():
    brand = load_brand()
    assert contrast(brand.ink, "#FFFFFF") > 7
    assert contrast(brand.accent, style.PANEL) >= 4.5
    assert min(distance(brand.accent, colour) for colour in MEANINGS.values()) > LEAST_DISTANCE
    drawn = {colour for colour, _ in style.MEANINGS.values()} | {style.WARNING}
    assert set(MEANINGS.values()) == drawn


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda path: path.write_text("<html></html>", encoding="utf-8"), "is no SVG picture"),
        (lambda path: path.write_text("<svg", encoding="utf-8"), "is no SVG picture"),
        (lambda path: path.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8"), "is no SVG picture with a size"),
        (lambda path: path.write_text('<!DOCTYPE a [<!ENTITY b "c">]><svg width="4" height="4">&b;</svg>', encoding="utf-8"), "defines entities"),
        (lambda path: path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><image href="secret.png"/></svg>', encoding="utf-8"), "takes a part from another file"),
        (lambda path: path.write_bytes(b"<svg>" + b" " * 2_100_000), "has 2.1 MB, at most 2"),
    ],
)  # fmt: skip
def test_a_wrong_logo_says_what_to_do(tmp_path, made, message):
    made(tmp_path / "logo.svg")
    with pytest.raises(UsageProblem, match=f"logo: logo.svg {message}"):
        load_brand(brand_file(tmp_path, firm="Plum", logo="logo.svg"))


def test_a_small_or_false_png_and_a_logo_without_a_name_are_refused(tmp_path):
    png(tmp_path / "logo.png", 60, 200)
    with pytest.raises(UsageProblem, match="60 x 200 dots, at least 80"):
        load_brand(brand_file(tmp_path, firm="Plum", logo="logo.png"))
    svg(tmp_path / "logo.png")
    with pytest.raises(UsageProblem, match="is no PNG picture"):
        load_brand(brand_file(tmp_path, firm="Plum", logo="logo.png"))
    svg(tmp_path / "logo.svg")
    with pytest.raises(UsageProblem, match="firm: a logo needs the firm's name"):
        load_brand(brand_file(tmp_path, logo="logo.svg"))


@pytest.mark.parametrize(
    ("width", "height"), [(40, 10), (4_000, 100), (10, 30), (1, 1_000), (90_000, 30_000), (0.5, 0.25)]
)
def test_a_logo_of_any_shape_leaves_room_for_the_client(tmp_path, width, height):
    svg(tmp_path / "logo.svg", width, height)
    brand = load_brand(brand_file(tmp_path, firm="Plum", logo="logo.svg"))
    assert 0 < brand.logo_mm <= logos.HIGHEST_MM
    assert brand.logo_mm * width / height <= logos.WIDEST_MM + 1e-9


@pytest.fixture(scope="module")
def plum(material, tmp_path_factory) -> Path:
    """Return the deliverables of a second complete brand: logo, colours, fonts, lines, another language and country, on Letter."""
    home = tmp_path_factory.mktemp("plum")
    png(home / "logo.png", 900, 90)
    firms_fonts(home / "fonts", "Plum Sans")
    write_catalogue(home, "nl")
    file = brand_file(
        home, firm="Plum Partners", confidentiality="Plum only. " + "x" * 149, accent="#5B2A86", ink="#2A1B33", logo="logo.png",
        fonts="fonts", font="Plum Sans", display_font="Plum Sans", language="nl", locale="nl_NL",
    )  # fmt: skip
    # what is printed is the same but for the name
    build_report(**{**material, "client": factory.client(LONG)}, out=home / "out", brand=file, paper="letter")
    return home / "out"


def test_a_name_of_80_signs_stays_on_every_page_of_every_document(plum):
    counts = {}
    for name in ("assessment.pdf", "summary_for_staff.pdf", "communication.pdf"):
        told = words_of(plum / name)
        counts[name] = len(told)
        assert all(LONG.replace(" ", "") in page.replace(" ", "") for page in told), name
        with closing(pypdfium2.PdfDocument(plum / name)) as document:
            for page in document:
                width, height = page.get_size()
                text = page.get_textpage()
                boxes = [text.get_rect(place) for place in range(text.count_rects())]
                text.close()
                assert all(
                    left >= 40 and right <= width - 40 and 0 <= foot <= top <= height
                    for left, foot, right, top in boxes
                )
    assert counts["summary_for_staff.pdf"] == 4
    assert counts["communication.pdf"] == 2


def test_a_wide_logo_leaves_room_for_the_name(plum):
    for name in ("assessment.pdf", "summary_for_staff.pdf", "communication.pdf"):
        with closing(pypdfium2.PdfDocument(plum / name)) as document:
            pictures = [one.get_bounds() for one in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
        assert len(pictures) == 1
        left, _, right, _ = pictures[0]
        assert (right - left) * 25.4 / 72 == pytest.approx(logos.WIDEST_MM, abs=0.1)


def test_a_firms_brand_reaches_every_page(plum):
    for name in ("assessment.pdf", "summary_for_staff.pdf", "communication.pdf"):
        with pikepdf.open(plum / name) as pdf:
            fonts = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.get("/Font", {}).values()}
            assert fonts
            assert all("PlumSans" in font for font in fonts), fonts
            alts = [str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
            assert "Plum Partners" in alts
            assert str(pdf.Root.Lang) == "nl"
    assert all("Plum only" in page for page in words_of(plum / "assessment.pdf"))
    chart = (plum / "figures" / "frontier.svg").read_text(encoding="utf-8")
    assert "#5b2a86" in chart.lower()
    assert "Plum Sans" in chart
    drawn = "".join(file.read_text(encoding="utf-8").lower() for file in (plum / "figures").glob("*.svg"))
    kits = [Theme().tint(share) for share in (1, 0.59, 0.26, 0.11)]
    assert [colour for colour in (*kits, "#bfdddb", "#6fb3af", "#e5f1f0", "#e3efee") if colour in drawn] == []


def test_a_country_reaches_every_page(plum):
    text = " ".join(words_of(plum / "assessment.pdf")).replace("\u00a0", " ")
    assert "388.429 róws" in text
    assert "2 maart tó 26 april 2026" in text
    assert "27% (23 tó 32)" in text


def texts_in(value: Any) -> Iterator[str]:
    """Return every text of results: frames with their column names, settings, findings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, pd.DataFrame):
        yield from map(str, value.columns)
        for column in value.columns:
            if not pd.api.types.is_numeric_dtype(value[column]):
                yield from map(str, value[column].dropna().unique())
    elif isinstance(value, BaseModel):
        yield from texts_in(value.model_dump())
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts_in(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from texts_in([*value.keys(), *value.values()])
    elif isinstance(value, Iterable):
        for part in value:
            yield from texts_in(part)


def test_another_language_is_one_file(plum, material, root):
    locale = locale_named("nl_NL")
    stated = [*material.values(), LONG, "Plum only"]
    known = {word.lower() for text in texts_in(stated) for word in re.findall(r"[^\W\d_]{2,}", text)}
    known |= set(re.findall(r"[^\W\d_]{2,}", " ".join((*locale.months, *locale.weekdays, *locale.weekdays_short))))
    # what is published elsewhere is quoted by its title
    quoted = (root / "analysis" / "baseline" / "published.py").read_text(encoding="utf-8")
    known |= {word.lower() for word in re.findall(r"[^\W\d_]{2,}", quoted)}
    shares = {}
    for name in ("assessment.pdf", "summary_for_staff.pdf"):
        ours, others = words_in(" ".join(words_of(plum / name)))
        others = [word for word in others if word not in LONG]
        shares[name] = len(others) / (len(ours) + len(others))
        strange = [word for word in others if word.lower() not in known]
        assert len(strange) < 0.002 * (len(ours) + len(others)), sorted(set(strange))
    print("share of words that are not of the catalogue:", shares)
    assert shares["summary_for_staff.pdf"] < 0.04
    assert shares["assessment.pdf"] < 0.33


def test_a_catalogue_that_lacks_a_sentence_or_has_a_blank_of_its_own_is_named(tmp_path):
    brand = brand_file(tmp_path, language="nl")
    path = write_catalogue(tmp_path, "nl")
    whole = path.read_text(encoding="utf-8")
    assert words_of_brand(load_brand(brand))("page") == "págé"
    for old, new, message in (
        ('"title" = ', '"titel" = ', r"words.nl.toml: lacks 1 sentences: title"),
        ("{agents} ágénts", "{people} ágénts", "nobody fills the blank {people}. Known here: agents"),
        ("{agents} ágénts", "{agents ágénts", "a brace is open or closed twice"),
        ('"title" = ', '"title" ', "not valid TOML"),
    ):
        path.write_text(whole.replace(old, new, 1), encoding="utf-8")
        load_words.cache_clear()
        with pytest.raises(UsageProblem, match=message):
            words_of_brand(load_brand(brand))
    path.unlink()
    load_words.cache_clear()
    with pytest.raises(
        UsageProblem, match=r"no catalogue for 'nl'.*copy words.en.toml to words.nl.toml beside your brand"
    ):
        words_of_brand(load_brand(brand))


def test_doctor_looks_at_the_brand_of_every_engagement(tmp_path):
    root = tmp_path / "engagements" / "acme"
    root.mkdir(parents=True)
    client = (
        '[client]\nname = "Acme"\ntime_zone = "Europe/Amsterdam"\nperiod = { start = 2026-03-02, end = 2026-03-15 }\n'
    )
    (root / "engagement.toml").write_text(client, encoding="utf-8")
    assert brand_seen(root) == (True, "the kit's own")
    (root / "engagement.toml").write_text(client + '[report]\nbrand = "brand.toml"\n', encoding="utf-8")
    brand_file(root, firm="Plum", accent="#5B2A86", locale="en_US")
    assert brand_seen(root) == (True, "Plum, Inter, en_US")
    brand_file(root, accent="#9A3324")
    fine, said = brand_seen(root)
    assert not fine
    assert "looks like the colour of a warning" in said


def brand_seen(root: Path) -> tuple[bool, str]:
    seen = doctor._engagement(Folder(root=root, workspace=root.parents[1]))
    return next((item.fine, item.said) for item in seen if item.what == "acme: brand")


def test_an_unknown_paper_is_refused():
    with pytest.raises(UsageProblem, match=r"'a3' is not known\. Write one of a4, letter"):
        paper_named("a3")
    assert PAPERS["letter"].columns_mm(12) == pytest.approx(171.9)

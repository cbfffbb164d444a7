"""What a firm may change, and what is refused."""

from __future__ import annotations

import pytest

from analysis.foundation.schema import UsageProblem
from analysis.report import build_report
from analysis.report.brand import contrast, load_brand
from analysis.report.paper import PAPERS, paper_named
from tests.report.conftest import words_of

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10" fill="#5B2A86"/></svg>'
)


def brand_file(tmp_path, **values):
    path = tmp_path / "brand.toml"
    path.write_text("\n".join(f'{name} = "{value}"' for name, value in values.items()), encoding="utf-8", newline="\n")
    return path


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"accent": "#FFCC00"}, "accent: .*contrast with white is 1.5"),
        ({"ink": "black"}, "ink: "),
        ({"colour": "#000000"}, "colour: Extra inputs"),
        ({"logo": "missing.svg"}, "logo: missing.svg does not lie beside"),
        ({"logo": "logo.exe"}, "logo: .*SVG or PNG"),
    ],
)
def test_a_wrong_brand_names_file_and_key(tmp_path, values, message):
    with pytest.raises(UsageProblem, match=rf"brand\.toml: {message}"):
        load_brand(brand_file(tmp_path, **values))


def test_a_missing_brand_file_is_named(tmp_path):
    with pytest.raises(UsageProblem, match=r"mine\.toml: there is no such file"):
        load_brand(tmp_path / "mine.toml")


def test_the_kits_own_colours_are_legible():
    brand = load_brand()
    assert contrast(brand.ink, "#FFFFFF") > 7
    assert contrast(brand.accent, "#FFFFFF") >= 4.5


def test_a_firms_brand_reaches_the_pages(material, tmp_path):
    (tmp_path / "logo.svg").write_text(LOGO, encoding="utf-8", newline="\n")
    path = brand_file(tmp_path, firm="Plum Partners", confidentiality="Plum only", accent="#5B2A86", logo="logo.svg")
    out = tmp_path / "out"
    build_report(**material, out=out, brand=path)
    pages = words_of(out / "assessment.pdf")
    assert all("Plum only" in page for page in pages)
    assert "#5b2a86" in (out / "figures" / "frontier.svg").read_text(encoding="utf-8").lower()


def test_an_unknown_paper_is_refused():
    with pytest.raises(UsageProblem, match=r"'a3' is not known\. Write one of a4, letter"):
        paper_named("a3")
    assert PAPERS["letter"].columns_mm(12) == pytest.approx(171.9)

"""Pseudonyms and addresses are found in every kind of file before it is written."""

import io
import zipfile
import zlib

import pytest

from analysis.foundation.schema import DisclosureProblem
from analysis.report.disclosure.traces import check_files, check_texts

SECRET = "p0123456789ab"


def png(text):
    """Return the bytes of a PNG whose one chunk is packed text."""
    body = b"Title\x00\x00" + zlib.compress(text.encode("latin-1"))
    return b"\x89PNG\r\n\x1a\n" + len(body).to_bytes(4, "big") + b"zTXt" + body + b"\x00" * 4


def workbook(text):
    """Return a workbook with a sheet of this name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", f'<sheet name="{text}"/>')
    return file.getvalue()


def pdf(text):
    """Return a PDF's packed stream that says this in two bytes a letter, as alt texts do."""
    return b"%PDF-1.7\n1 0 obj\nstream\n" + zlib.compress(b"/Alt (" + text.encode("utf-16-be") + b")") + b"\nendstream"


@pytest.mark.parametrize("made", [png, workbook, pdf, lambda text: f"<svg><title>{text}</title></svg>".encode()])
def test_a_pseudonym_inside_a_file_is_found(made):
    check_files({"figures/groups.svg": made("Claims 31 %")})
    with pytest.raises(DisclosureProblem, match=r"groups.svg: holds 1 pseudonyms") as caught:
        check_files({"figures/groups.svg": made(f"of {SECRET} alone")})
    assert SECRET not in str(caught.value)


def test_an_address_is_found_and_not_repeated():
    check_texts({"results.json": 'a client called <&> "#*_$@ Acme'})
    with pytest.raises(DisclosureProblem, match="1 e-mail addresses") as caught:
        check_texts({"results.json": "ask jan.jansen@acme.example first"})
    assert "jansen" not in str(caught.value)

"""What searches the deliverables for names finds them wherever a file can hide one."""

from __future__ import annotations

import io
import json
import zipfile
import zlib

import pandas as pd
import pikepdf
import pytest

from analysis.report.figures import described
from tests.attacks.canaries import NAME
from tests.attacks.outputs import TRACES, texts_below


def pdf(place: str) -> bytes:
    """Return a page with a name in one place that readers do not see."""
    made = pikepdf.new()
    made.add_blank_page()
    said = pikepdf.String(NAME)
    if place == "title":
        made.docinfo["/Title"] = said
    elif place == "alternative text":
        node = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Figure, Alt=said))
        made.Root.StructTreeRoot = pikepdf.Dictionary(K=pikepdf.Array([node]))
    elif place == "outline":
        with made.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(NAME, 0))
    elif place == "link":
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(f"mailto:{NAME}"))
        made.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=action)])
    elif place == "metadata":
        with made.open_metadata() as metadata:
            metadata["dc:creator"] = [NAME]
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def png(place: str) -> bytes:
    """Return a picture whose description names somebody."""
    from matplotlib.figure import Figure

    stream = io.BytesIO()
    Figure((0.1, 0.1)).savefig(stream, format="png")
    if place == "description":
        return described(stream.getvalue(), NAME)
    body = b"zTXt" + b"Comment\0\0" + zlib.compress(NAME.encode())
    chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return stream.getvalue()[:33] + chunk + stream.getvalue()[33:]


def book() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("docProps/core.xml", f"<dc:creator>{NAME}</dc:creator>")
    return stream.getvalue()


FILES = {
    **{
        f"{place}.pdf": lambda place=place: pdf(place)
        for place in ("title", "alternative text", "outline", "link", "metadata")
    },
    **{f"{place}.png": lambda place=place: png(place) for place in ("description", "compressed")},
    "tables.xlsx": book,
    "escaped.json": lambda: (
        json.dumps({"a": "".join(f"\\u{ord(sign):04x}" for sign in NAME)}).replace("\\\\", "\\").encode()
    ),
    "drawing.svg": lambda: f"<svg><title>{NAME}</title></svg>".encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_a_name_is_found_wherever_it_hides(tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name]())
    assert [part for part, text in texts_below(tmp_path) if TRACES.search(text)]


def test_a_name_is_found_in_tables_and_in_names_of_files(tmp_path):
    pd.DataFrame({"note": [None, NAME], "n": [1, 2]}).to_parquet(tmp_path / "a.parquet")
    (tmp_path / f"{NAME}.txt").write_text("", encoding="utf-8")
    found = [part for part, text in texts_below(tmp_path) if TRACES.search(text)]
    assert sorted(found) == ["a.parquet", f"name of {NAME}.txt"]


def test_files_without_names_are_clean(tmp_path):
    (tmp_path / "empty.pdf").write_bytes(pdf("nowhere"))
    assert not [part for part, text in texts_below(tmp_path) if TRACES.search(text)]

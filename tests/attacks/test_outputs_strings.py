"""No client string is code in what is handed over: shown as it stands in pages and cells, run by nothing, followed by nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pandas as pd
import pikepdf
import pytest

from analysis.report import build_report
from tests.attacks.corpus import payloads
from tests.report import documents
from tests.report.conftest import words_of

MADE = "made8"
# columns whose texts come from a client's files or from what a consultant wrote, each a vocabulary of its own
VOCABULARIES = {
    "group": ("group", "level"),
    "merged": ("parts",),
    "site": ("site", "level"),
    "queue": ("queue",),
    "pool": ("pool",),
    "type": ("type",),
    "file": ("file", "where"),
    "state": ("state_raw",),
    "role": ("owner_role", "who"),
    "theme": ("theme",),
}
# texts that stages make of such words
SENTENCES = ("reason", "must_change", "questions", "evidence", "guard")
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# a link leads to a sheet of the same workbook, whose name is the kit's own
SHEET = re.compile(r"'[A-Z][A-Za-z ,-]{2,30}'!A1")
KEPT_WORDS = {"", "all", "contact_centre", "back_office"}
ACTIVE = {"script", "foreignObject", "iframe", "object", "embed", "a", "animate", "set", "handler", "style.import"}


def usable() -> list[str]:
    """Return the payloads that intake takes as text, at lengths that a name may have."""
    found = [text for text in payloads(Path(MADE)).values() if text.isprintable() and len(text) <= 120]
    assert len(found) >= 40
    return found


def named(text: str) -> str:
    """Return the signs of a text that every typeface has and every program counts alike."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if "!" <= sign <= "~")


class Planter:
    """Puts a payload in the place of every word of a vocabulary, the same for the same word."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._next = cycle(texts)
        self.known: dict[tuple[str, str], str] = {}
        self.sentences: set[str] = set()

    def word(self, vocabulary: str, word: str) -> str:
        return self.known.setdefault((vocabulary, word), next(self._next))

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        changed = {}
        for name in map(str, frame.columns):
            texts = pd.api.types.is_string_dtype(frame[name]) or frame[name].dtype == object
            if name in SENTENCES and texts:
                changed[name] = [self.sentence(text) for text in frame[name]]
            elif texts:
                for vocabulary, columns in VOCABULARIES.items():
                    if name in columns and self.speaks_of(frame, name, vocabulary).any():
                        mine = self.speaks_of(frame, name, vocabulary)
                        now = changed.get(name, frame[name].tolist())
                        changed[name] = [
                            self.word(vocabulary, text)
                            if own and isinstance(text, str) and text not in KEPT_WORDS
                            else text
                            for own, text in zip(mine, now, strict=True)
                        ]
        return frame.assign(
            **{name: pd.Series(texts, index=frame.index, dtype=frame[name].dtype) for name, texts in changed.items()}
        )

    @staticmethod
    def speaks_of(frame: pd.DataFrame, name: str, vocabulary: str) -> pd.Series:
        if name == "level":
            return frame["by"].eq(vocabulary) if "by" in frame else pd.Series(False, index=frame.index)
        return pd.Series(True, index=frame.index)

    def sentence(self, text: Any) -> Any:
        if not isinstance(text, str) or not text:
            return text
        self.sentences.add(said := next(self._next))
        return f"{text}: {said}"


def planted(texts: Sequence[str]) -> tuple[dict[str, Any], Planter]:
    """Return the material of the hand-made insurer with payloads for all its words."""
    planter = Planter(texts)
    material = dict(documents.full())
    for stage in ("intake", "baseline", "utilization", "blending", "readiness", "value"):
        result = material[stage]
        changed: dict[str, Any] = {}
        for field in dataclasses.fields(result):
            value = getattr(result, field.name)
            if isinstance(value, pd.DataFrame):
                changed[field.name] = planter.frame(value)
            if field.name == "findings":
                changed["findings"] = tuple(
                    dataclasses.replace(
                        one, message=planter.sentence(one.message), where=planter.word("file", one.where)
                    )
                    for one in value
                )
            if field.name == "quantities":
                changed["quantities"] = tuple(
                    dataclasses.replace(
                        one,
                        scope={
                            key: planter.word(key, text) if key in ("group", "site", "queue", "pool") else text
                            for key, text in one.scope.items()
                        },
                    )
                    for one in value
                )
        material[stage] = dataclasses.replace(result, **changed)
    material["queues"] = tuple(
        one.model_copy(update={"name": planter.word("queue", one.name), "pool": planter.word("pool", one.pool)})
        for one in material["queues"]
    )
    run = dict(material["run"])
    run["inputs"] = {planter.word("file", name): digest for name, digest in run["inputs"].items()}
    run["overrides"] = [(name, planter.word("override", str(value))) for name, value in run["overrides"]]
    material["run"] = run
    material["client"] = material["client"].model_copy(update={"name": CLIENT})
    return material, planter


CLIENT = '=1+1 #eval("2") <b>&amp; *x* _y_ $z$ @q `r` "s" // [t] \\u{41} {c} %s ~'
FIRM, LINE = '#panic("x") <i>Firm</i> = & $x$', '-1+2 #read("made8") "*_ \\ </svg><script>'


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a brand file of payloads."""
    path = tmp_path_factory.mktemp("brand") / "brand.toml"
    path.write_text(f"firm = {json.dumps(FIRM)}\nconfidentiality = {json.dumps(LINE)}\n", encoding="utf-8")
    return path


def build(texts: Sequence[str], out: Path, brand: Path) -> tuple[Path, Planter, str]:
    material, planter = planted(texts)
    said = io.StringIO()
    with contextlib.chdir(out), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        build_report(**material, out=out / "report", brand=brand)
    return out / "report", planter, said.getvalue()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, brand: Path) -> tuple[Path, Planter, str]:
    """Return a report in which every word is a payload."""
    return build(usable(), tmp_path_factory.mktemp("hostile"), brand)


def pages_of(report: Path) -> str:
    """Return the words of the assessment without white space."""
    return named("".join(words_of(report / "assessment.pdf")))


def stands(text: str, shown: str) -> bool:
    """Return whether a text is shown in full, or in a drawing as far as there is room, which an ellipsis says."""
    signs = named(text)
    return signs in shown or any(f"{signs[:end]}..." in shown for end in range(8, len(signs)))


def test_forty_payloads_and_more_were_planted(hostile):
    _, planter, _ = hostile
    assert len({*planter.known.values(), *planter.sentences}) >= 40
    assert {vocabulary for vocabulary, _ in planter.known} >= {
        "group",
        "site",
        "queue",
        "pool",
        "type",
        "file",
        "state",
        "role",
    }


@pytest.mark.parametrize("vocabulary", ["group", "queue", "type", "file", "role"])
def test_the_pages_show_them_as_they_stand(hostile, vocabulary):
    report, planter, _ = hostile
    shown = pages_of(report)
    mine = {text for (kind, _), text in planter.known.items() if kind == vocabulary}
    assert mine
    assert [text for text in mine if not stands(text.removeprefix("data/"), shown)] == []


def test_client_firm_and_line_are_shown_as_they_stand(hostile):
    report, _, _ = hostile
    shown = pages_of(report)
    assert all(named(text) in shown for text in (CLIENT, LINE))
    with pikepdf.open(report / "assessment.pdf") as pdf:
        assert CLIENT in str(pdf.docinfo["/Title"])


def parts(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as book:
        yield from ((name, book.read(name).decode("utf-8")) for name in book.namelist())


def test_the_workbook_holds_text_and_neither_formula_nor_link(hostile):
    report, planter, _ = hostile
    strings: list[str] = []
    for name, text in parts(report / "tables.xlsx"):
        assert "externalLink" not in name
        assert 'TargetMode="External"' not in text, name
        tree = ET.fromstring(text)
        links = [one for one in tree.iter() if one.tag.endswith("}hyperlink")]
        assert all(RELATION not in one.attrib and SHEET.fullmatch(one.attrib["location"]) for one in links), name
        assert not [one for one in tree.iter() if one.tag.endswith("}f") or "dde" in one.tag.lower()], name
        if name == "xl/sharedStrings.xml":
            strings = ["".join(one.itertext()) for one in tree]
    cells = {named(text) for text in strings}
    for (kind, word), text in planter.known.items():
        if kind in ("group", "queue", "type", "file"):
            assert named(text) in cells, (kind, word)


def test_drawings_hold_shapes_and_words_alone(hostile):
    report, _, _ = hostile
    drawings = sorted((report / "figures").glob("*.svg"))
    assert len(drawings) >= 10
    for path in drawings:
        tree = ET.fromstring(path.read_bytes())
        for one in tree.iter():
            tag = one.tag.rpartition("}")[2]
            assert tag not in ACTIVE, (path.name, tag)
            for name, value in one.attrib.items():
                assert not name.lower().startswith("on"), (path.name, name)
                if name.rpartition("}")[2] == "href":
                    assert value.startswith(("#", "data:image/png;base64,")), (path.name, value)
        assert "<!ENTITY" not in path.read_text(encoding="utf-8")


def test_results_parse_and_hold_the_names(hostile):
    report, planter, _ = hostile
    results = json.loads((report / "results.json").read_text(encoding="utf-8"))
    assert results["client"] == CLIENT
    scopes = {text for one in results["quantities"] for text in one["scope"].values()}
    mine = {text for (kind, _), text in planter.known.items() if kind in ("group", "site")}
    assert scopes & mine
    assert {one["file"] for one in results["intake"]} <= {
        text for (kind, _), text in planter.known.items() if kind == "file"
    }


def test_nothing_ran_nothing_was_fetched_and_nothing_was_said(hostile):
    report, _, said = hostile
    assert said == ""
    assert not list(report.parent.rglob(f"*{MADE}*"))
    with pikepdf.open(report / "assessment.pdf") as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Dictionary):
                assert one.get("/S") not in ("/URI", "/Launch", "/JavaScript", "/SubmitForm", "/ImportData", "/GoToR")
                assert "/EmbeddedFiles" not in one


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(0, 45, 3))
def test_every_payload_in_every_place(turn, tmp_path, brand):
    texts = usable()
    at = turn % len(texts)
    report, planter, said = build([*texts[at:], *texts[:at]], tmp_path, brand)
    assert said == ""
    assert not list(tmp_path.rglob(f"*{MADE}*"))
    shown = pages_of(report)
    mine = {text for (kind, _), text in planter.known.items() if kind in ("group", "queue", "type", "file")}
    assert [text for text in mine if not stands(text.removeprefix("data/"), shown)] == []
    assert not any(re.search(r"<f[ >]", text) for name, text in parts(report / "tables.xlsx") if "sheet" in name)

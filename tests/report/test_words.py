"""The catalogue of sentences: nothing missing, nothing left over, every blank known."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from analysis.foundation.schema import UsageProblem
from analysis.report.words import Words, load_words

# read by their section, not by their key
SECTIONS = ("method", "glossary", "number")


def asked_for(root: Path) -> list[re.Pattern[str]]:
    """Return what the code asks the catalogue for: fixed keys, and keys with a part that is filled in."""
    patterns = []
    for path in sorted((root / "analysis" / "report").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                patterns.append(re.escape(node.value))
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values]
                patterns.append("".join(parts).replace(r"\{\}", ".+"))
    return [re.compile(pattern) for pattern in set(patterns) if re.search(r"[a-z]", pattern)]


def test_every_sentence_of_the_catalogue_is_used(root):
    patterns = [pattern for pattern in asked_for(root) if pattern.pattern not in {".+", r".+\..+"}]
    words = load_words()
    left = [
        key
        for key in words
        if not key.startswith(SECTIONS)
        and not any(
            pattern.fullmatch(form)
            for pattern in patterns
            for form in (key, key.removesuffix(".one"), key.removesuffix(".many"))
        )
    ]
    assert left == []


def test_every_fixed_key_that_the_code_asks_for_exists(root):
    words = load_words()
    called = []
    for path in sorted((root / "analysis" / "report").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = ast.unparse(node.func)
                if name.endswith(("words", "words.some")):
                    called.append((path.name, node.args[0].value + (".one" if name.endswith("some") else "")))
    assert len(called) > 150
    assert [pair for pair in called if pair[1] not in words] == []


def test_a_missing_blank_or_sentence_is_loud():
    words = Words({"number": {}, "a": "{name} waits"})
    assert words("a", name="North {x}") == "North {x} waits"
    with pytest.raises(KeyError):
        words("a")
    with pytest.raises(KeyError):
        words("b")


def test_an_unknown_language_names_the_known_ones():
    with pytest.raises(UsageProblem, match="Known: en"):
        load_words("xx")

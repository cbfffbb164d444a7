"""A language that nobody speaks: every sentence of the catalogue with accents on its vowels, blanks kept. What is printed without them comes from elsewhere."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from analysis.foundation.assets import assets

ACCENTS = str.maketrans("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
# sections whose texts are lists for the program, not for a reader
KEPT = ("banned",)


def accented(text: str) -> str:
    """Return a template with accents, its blanks as they were.

    Examples
    --------
    >>> accented("{n} agents of {all}")
    '{n} ágénts óf {all}'
    """
    parts = []
    for literal, name, form, conversion in Formatter().parse(text):
        parts.append(literal.translate(ACCENTS).replace("{", "{{").replace("}", "}}"))
        if name is not None:
            parts.append(f"{{{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}}}")
    return "".join(parts)


def _lines(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[str]:
    lines = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += _lines(value, (*path, key))
        else:
            text = str(value) if key in KEPT else accented(str(value))
            lines.append(
                f"{'.'.join(json.dumps(part) for part in (*path, key))} = {json.dumps(text, ensure_ascii=False)}"
            )
    return lines


def write_catalogue(folder: Path, language: str = "nl") -> Path:
    """Write the kit's catalogue in the other language beside a brand file."""
    kit = assets() / "templates" / "report" / "words.en.toml"
    table = tomllib.loads(kit.read_text(encoding="utf-8"))
    path = folder / f"words.{language}.toml"
    path.write_text("\n".join(_lines(table)) + "\n", encoding="utf-8", newline="\n")
    return path


def words_in(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a printed text with a vowel: those of the catalogue, and those from elsewhere."""
    found = re.findall(r"[^\W\d_]{2,}", text)
    ours = [word for word in found if re.search("[áéíóúýÁÉÍÓÚÝ]", word)]
    others = [word for word in found if re.search("[aeiouyAEIOUY]", word) and not re.search("[áéíóúýÁÉÍÓÚÝ]", word)]
    return ours, others

"""Nothing that draws or writes can get hold of a person: frames by person do not reach it, and no chart asks for one."""

import ast
import dataclasses
from pathlib import Path

import pandas as pd
import pytest

import analysis.report
from analysis.report.disclosure import protected

ROOMS = [Path(analysis.report.__file__).parent / name for name in ("exhibits", "chapters")]
MODULES = [file for room in ROOMS for file in sorted(room.glob("*.py"))]
# columns that would make a row, and so a mark, a person
PERSON = {"agent", "person", "login", "employee"}


def frames(result):
    """Return every frame of a result by name."""
    found = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    return {name: value for name, value in found.items() if isinstance(value, pd.DataFrame)}


def test_what_is_drawn_and_written_has_no_row_of_a_person(material):
    assert "agent" in material["baseline"].members
    assert len(material["baseline"].members) > 0
    shown = protected(material["baseline"], material["utilization"], material["blending"], material["value"])
    results = (shown.baseline, shown.utilization, shown.blending, material["value"], material["readiness"])
    named = [
        (name, column)
        for one in results
        for name, frame in frames(one).items()
        for column in PERSON & set(frame)
        if len(frame)
    ]
    assert named == []


@pytest.mark.parametrize("file", MODULES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_no_chart_or_chapter_asks_for_a_person(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    columns = {
        node.slice.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    }
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not PERSON & {column for column in columns if isinstance(column, str)}
    assert not {"members", "pool_slot_days"} & attributes

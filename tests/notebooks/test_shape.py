"""Notebooks hold no logic and no outputs, and their parameters are the settings of the model, one a line."""

from __future__ import annotations

import ast
import re

import nbformat
import pytest
from papermill import inspect_notebook

from analysis.engagement.load import load_engagement
from analysis.engagement.model import Engagement, Queue, Source, scalar_kinds, sections
from analysis.engagement.notebooks import declared_parameters
from analysis.engagement.stages import CHAIN
from analysis.foundation.assets import assets
from analysis.utilization.settings import Allowance
from analysis.value.settings import Cost

SPECS = {spec.notebook: spec for spec in CHAIN if spec.notebook}
LOGIC = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While, ast.If, ast.IfExp,
    ast.Try, ast.TryStar, ast.With, ast.Match, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.BoolOp,
)  # fmt: skip
LINE = re.compile(
    r"(?P<name>[a-z][a-z0-9_]*) = (?P<value>None|\"sample\")  # type: (?P<kind>str|int|float|bool)  (?P<help>[^=]+)"
)


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(assets() / "notebooks" / name, as_version=4)


def cells(name: str, kind: str = "code") -> list:
    return [cell for cell in read(name).cells if cell.cell_type == kind]


def parameters(name: str):
    return next(cell for cell in cells(name) if "parameters" in cell.metadata.get("tags", []))


def trees(name: str) -> list[ast.Module]:
    return [ast.parse(cell.source) for cell in cells(name)]


def calls(name: str) -> list[ast.Call]:
    return [node for tree in trees(name) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_the_chain_is_all_there_is_to_run():
    found = {path.name for path in (assets() / "notebooks").glob("*.ipynb")}
    assert set(SPECS) <= found
    assert len(SPECS) == 5


@pytest.mark.parametrize("name", sorted(SPECS))
class TestShape:
    def test_is_valid_small_and_clean(self, name):
        notebook = read(name)
        nbformat.validate(notebook)
        assert notebook.metadata.kernelspec.name == "python3"
        assert 7 <= len(notebook.cells) <= 12
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
        for cell in cells(name):
            assert (cell.outputs, cell.execution_count) == ([], None)
            assert set(cell.metadata) <= {"tags"}

    def test_lines_end_as_in_the_repository(self, name):
        assert b"\r" not in (assets() / "notebooks" / name).read_bytes()

    def test_cells_are_short_and_hold_no_logic(self, name):
        for cell in cells(name):
            if "parameters" not in cell.metadata.get("tags", []):
                assert len(cell.source.splitlines()) <= 8
            assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, LOGIC)]

    def test_imports_the_kit_and_tables_alone(self, name):
        for node in (node for tree in trees(name) for node in ast.walk(tree)):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= {"pandas"}
            if isinstance(node, ast.ImportFrom):
                assert node.module in ("analysis", "analysis.engagement", "analysis.report")

    def test_asks_a_question_and_explains_every_exhibit(self, name):
        notebook = read(name)
        first = notebook.cells[0]
        assert first.cell_type == "markdown"
        assert re.match(r"# .+\?\n", first.source)
        for number, cell in enumerate(notebook.cells):
            if "stage.show(" in cell.source:
                above = notebook.cells[number - 1]
                assert above.cell_type == "markdown"
                assert above.source.startswith("Look ")
                assert len(cell.source.splitlines()) == 1

    def test_opens_its_stage_calls_one_verb_and_saves_last(self, name):
        spec = SPECS[name]
        opened = [call for call in calls(name) if isinstance(call.func, ast.Name) and call.func.id == "open_stage"]
        assert [call.args[0].value for call in opened] == [spec.name]
        assert [ast.unparse(part) for part in opened[0].args[1:]] == ["engagement", "run_dir"]
        verbs = [call for call in calls(name) if isinstance(call.func, ast.Name) and call.func.id != "open_stage"]
        assert len(verbs) == 1 + len(spec.also)
        also = "".join(f", {name}={name}" for name, _ in spec.also)
        assert cells(name)[-1].source == f"stage.save(result{also})"
        assert cells(name)[-1] is not None
        assert sum("stage.save(" in cell.source for cell in cells(name)) == 1
        assert any(cell.source.splitlines()[-1] == "result" for cell in cells(name))

    def test_every_parameter_is_a_scalar_setting_and_back(self, name):
        spec = SPECS[name]
        kinds = {key: kind for one in spec.sections for key, kind in scalar_kinds(sections()[one]).items()}
        fields = {key: field for one in spec.sections for key, field in sections()[one].model_fields.items()}
        lines = [LINE.fullmatch(line) for line in parameters(name).source.splitlines()]
        assert all(lines), "a line is not of the form: name = None  # type: kind  help"
        assert [line["name"] for line in lines] == ["engagement", "run_dir", *kinds]
        assert {line["name"]: line["kind"] for line in lines[2:]} == kinds
        for line in lines[2:]:
            description = fields[line["name"]].description.split(";")[0]
            assert line["help"] == f"{description}; none takes the engagement file's value"
        assert declared_parameters(assets() / "notebooks" / name) == {
            "engagement": "sample",
            "run_dir": None,
        } | dict.fromkeys(kinds)

    def test_every_parameter_reaches_the_stage(self, name):
        opened = next(call for call in calls(name) if isinstance(call.func, ast.Name) and call.func.id == "open_stage")
        passed = {keyword.arg: ast.unparse(keyword.value) for keyword in opened.keywords}
        declared = set(declared_parameters(assets() / "notebooks" / name)) - {"engagement", "run_dir"}
        assert passed == {name: name for name in declared}

    def test_papermill_sees_every_parameter_with_its_kind(self, name):
        seen = {
            key: item["inferred_type_name"] for key, item in inspect_notebook(assets() / "notebooks" / name).items()
        }
        lines = [LINE.fullmatch(line) for line in parameters(name).source.splitlines()]
        assert seen == {line["name"]: line["kind"] for line in lines}


TEMPLATE = assets() / "templates" / "engagement" / "engagement.toml"
# what is switched on from the start: the workbooks that engage new makes
WORKBOOKS = ["kit_readiness", "kit_concerns", "kit_expectations", "kit_to_hear", "kit_changed"]
STATED = re.compile(r"^(?P<off># +)?(?P<key>[a-z_]+) = (?P<value>.+?)  +# (?P<help>.+)$")


def stated() -> dict[str, dict[str, re.Match]]:
    """Return the keys that the template states, by section; a block that is off counts with its # taken away."""
    found: dict[str, dict[str, re.Match]] = {}
    section = ""
    for line in TEMPLATE.read_text(encoding="utf-8").splitlines():
        head = re.match(r"^(# )?\[+([a-z_]+)\]+$", line)
        if line.startswith("# Every key that a [[source]] may have"):
            section = "every source"
        elif head:
            section = head[2]
        elif match := STATED.match(line):
            found.setdefault(section, {})[match["key"]] = match
    return found


def filled(tmp_path):
    text = TEMPLATE.read_text(encoding="utf-8")
    text = text.replace('name = ""', 'name = "Acme"', 1).replace('time_zone = ""', 'time_zone = "Europe/Amsterdam"', 1)
    text = re.sub(r"^# period", "period", text, count=1, flags=re.MULTILINE)
    (tmp_path / "engagement.toml").write_text(text, encoding="utf-8")
    return load_engagement(tmp_path)


def test_the_template_states_every_key_with_its_default_and_a_comment():
    found = stated()
    for name, model in sections().items():
        assert list(found[name]) == list(model.model_fields), name
    for name, model in (("queue", Queue), ("allowance", Allowance), ("cost", Cost)):
        assert list(found[name]) == list(model.model_fields), name
    assert list(found["every source"]) == list(Source.model_fields)


def test_a_filled_in_template_is_all_defaults(tmp_path):
    engagement = filled(tmp_path)
    for name, model in sections().items():
        if name != "client":
            assert getattr(engagement, name) == model(), name
    lists = ("source", "queue", "allowance", "cost")
    assert [getattr(engagement, name) for name in lists[1:]] == [()] * 3
    assert [source.adapter for source in engagement.source] == WORKBOOKS
    assert set(Engagement.model_fields) == {*lists, *sections()}


def test_the_blocks_of_the_template_are_right_once_their_marks_are_gone(tmp_path):
    text = TEMPLATE.read_text(encoding="utf-8")
    text = text[: text.index("# Every key that a [[source]]")] + text[text.index("# --- answers and what was heard") :]
    text = text.replace('name = ""', 'name = "Acme"', 1).replace('time_zone = ""', 'time_zone = "Europe/Amsterdam"', 1)
    text = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    (tmp_path / "engagement.toml").write_text(text, encoding="utf-8")
    engagement = load_engagement(tmp_path)
    assert [source.target for source in engagement.source] == [
        *("spells", "work_items", "answers", "listening", "expectations", "to_hear", "responses"),
    ]
    assert engagement.queue == (Queue(name="claims line"),)
    assert [allowance.name for allowance in engagement.allowance] == ["standing at the counter"]
    assert [cost.grade for cost in engagement.cost] == ["clerk"]

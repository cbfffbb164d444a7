"""Only declared names and plain values reach a notebook; what goes wrong in one is one message; a run that saved nothing is none."""

from __future__ import annotations

import decimal
import json
import sys
from pathlib import Path

import nbformat
import pytest

from analysis.engagement.notebooks import Kernels, NotebookFailed, checked_parameters, declared_parameters, run_notebook
from analysis.foundation.schema import DataProblem, DisclosureProblem, UsageProblem

PARAMETERS = """\
engagement = "sample"  # type: str  short name
run_dir = None  # type: str  set by engage run
share = None  # type: float  a share
"""


def notebook(path: Path, *cells: str, parameters: str = PARAMETERS, kernel: str = "python3") -> Path:
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": kernel, "display_name": "x", "language": "python"}}
    )
    first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters")
    made.cells = [first, *(nbformat.v4.new_code_cell(cell, id=f"cell{n}") for n, cell in enumerate(cells))]
    nbformat.write(made, path)
    return path


@pytest.fixture(scope="module")
def kernels():
    with Kernels() as made:
        yield made


@pytest.fixture
def canary(tmp_path):
    """A file that no attack may make."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists()


def attacks(canary: Path) -> list[str]:
    write = f"open({str(canary)!r}, 'w').close()"
    return [
        f"share={write};share",
        f"share\n{write}\nshare",
        f"share: {write}",
        f"__import__('os').system('touch {canary}') or share",
        "class",
        "print",
        "open",
        "_",
        "Share",
        "shäre",
        "share ",
        "",
        "a" * 42,
    ]


def test_a_name_that_could_be_code_is_refused(tmp_path, canary):
    # even a notebook that declares such a name does not get it
    declared = "".join(f"{name} = None\n" for name in ("print", "open", "_", "Share", "shäre", "a" * 42))
    path = notebook(tmp_path / "n.ipynb", parameters=PARAMETERS + declared)
    for name in attacks(canary):
        with pytest.raises(UsageProblem) as caught:
            checked_parameters(path, {name: 1})
        assert str(canary) not in str(caught.value)


def test_an_undeclared_name_is_refused_with_the_nearest(tmp_path):
    path = notebook(tmp_path / "n.ipynb")
    with pytest.raises(UsageProblem, match=r"there is no parameter shar\. Did you mean share\?"):
        checked_parameters(path, {"shar": 1})


class Text(str):
    """A string that prints itself as code."""

    def __str__(self) -> str:
        return '"; raise SystemExit; "'


@pytest.mark.parametrize(
    "value",
    [(1, 2), {1, 2}, b"x", Path("x"), decimal.Decimal(1), Text("x"), float("nan"), float("inf"), "a\x00", "a\nb", "\ud800", [(1,)], {"a": (1,)}, {1: 2}, object()],
)  # fmt: skip
def test_a_value_that_is_not_plain_is_refused(value, tmp_path):
    with pytest.raises(UsageProblem, match="the value of share is not plain"):
        checked_parameters(notebook(tmp_path / "n.ipynb"), {"share": value})


@pytest.mark.parametrize(
    "value", [None, True, 3, 0.1, 1e-300, "Zoë {x} \"'\\ \u2028 # = ; %s $(x)", [1, "a", None], {"a": [1]}]
)
def test_a_plain_value_arrives_as_it_is(value, tmp_path, kernels):
    out = tmp_path / "out.json"
    path = notebook(tmp_path / "n.ipynb", "import json", f"json.dump(share, open({str(out)!r}, 'w'))")
    run_notebook(path, {"share": value}, tmp_path / "executed.ipynb", kernels)
    assert json.loads(out.read_text(encoding="utf-8")) == value


@pytest.mark.parametrize(
    "text",
    ["x = open('y', 'w')\n", "x = 1; y = 2\nimport os\n", "x, y = 1, 2\n", "x = f'{1}'\n", "x: int = 3\n", "x =\n"],
)
def test_a_parameters_cell_holds_plain_values_alone(text, tmp_path):
    with pytest.raises(UsageProblem, match="something else"):
        declared_parameters(notebook(tmp_path / "n.ipynb", parameters=text))


def test_paths_with_braces_are_paths(tmp_path, kernels):
    folder = tmp_path / "{client.__class__} {}"
    folder.mkdir()
    out = folder / "{engagement}.ipynb"
    run_notebook(notebook(folder / "n{x}.ipynb", "1"), {"engagement": "../../escaped"}, out, kernels)
    assert out.is_file()
    assert sorted(path.name for path in folder.iterdir()) == sorted(["n{x}.ipynb", "{engagement}.ipynb"])


def test_the_kernel_is_this_python_whatever_the_notebook_or_the_user_registered(tmp_path, monkeypatch):
    registered = tmp_path / "jupyter" / "kernels" / "python3"
    registered.mkdir(parents=True)
    other = {"argv": ["no-such-python", "-f", "{connection_file}"], "display_name": "x", "language": "python"}
    (registered / "kernel.json").write_text(json.dumps(other), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    code = ("import sys, os", "print(sys.executable, sys.flags.safe_path, os.getcwd())")
    path = notebook(tmp_path / "n.ipynb", *code, kernel="../../evil")
    with Kernels() as fresh:
        run_notebook(path, {}, tmp_path / "out.ipynb", fresh)
    said = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs[0].text
    assert said.startswith(f"{sys.executable} True ")
    assert str(tmp_path) not in said


def test_a_module_beside_the_engagement_is_not_imported(tmp_path, kernels, monkeypatch, canary):
    (tmp_path / "pandas.py").write_text(f"open({str(canary)!r}, 'w').close()", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Kernels() as fresh:
        run_notebook(
            notebook(tmp_path / "n.ipynb", "import pandas", "pandas.DataFrame"), {}, tmp_path / "out.ipynb", fresh
        )


def test_no_name_survives_from_one_notebook_to_the_next(tmp_path, kernels):
    run_notebook(notebook(tmp_path / "a.ipynb", "left_behind = 1"), {}, tmp_path / "a-out.ipynb", kernels)
    run_notebook(
        notebook(tmp_path / "b.ipynb", "assert 'left_behind' not in globals()"), {}, tmp_path / "b-out.ipynb", kernels
    )


@pytest.mark.parametrize("kind", [DataProblem, UsageProblem, DisclosureProblem])
def test_the_users_mistake_comes_back_as_it_was_said(kind, tmp_path, kernels):
    said = "data/a.csv: 3 rows have no agent (first: row 7). Ask the client for them: {x} 'y' é."
    code = f"from analysis.foundation.schema import {kind.__name__}\nraise {kind.__name__}({said!r})"
    with pytest.raises(kind) as caught:
        run_notebook(notebook(tmp_path / "n.ipynb", code), {}, tmp_path / "out.ipynb", kernels)
    assert str(caught.value) == said
    assert caught.value.__cause__ is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["n.ipynb", "out.failed.ipynb"]
    kept = nbformat.read(tmp_path / "out.failed.ipynb", as_version=4)
    shown = [output for cell in kept.cells for output in cell.get("outputs", []) if output["output_type"] == "error"]
    assert [output["traceback"] for output in shown] == [[f"{kind.__name__}: {said}"]]


def test_any_other_error_names_notebook_cell_and_kind_and_no_value(tmp_path, kernels):
    path = notebook(tmp_path / "n.ipynb", "1", "int('Jan Jansen')")
    with pytest.raises(NotebookFailed, match=r"n\.ipynb, cell 3: ValueError") as caught:
        run_notebook(path, {"share": 0.5}, tmp_path / "out.ipynb", kernels)
    assert "Jansen" not in str(caught.value)
    assert "Jansen" in caught.value.trace
    assert "private/notebooks/out.failed.ipynb" in str(caught.value)
    run_notebook(notebook(tmp_path / "n.ipynb", "1"), {}, tmp_path / "out.ipynb", kernels)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["n.ipynb", "out.ipynb"]


@pytest.mark.parametrize("code", ["import os; os._exit(1)", "import os, signal; os.kill(os.getpid(), 9)"])
def test_a_dead_process_is_said_and_the_next_notebook_gets_a_new_one(code, tmp_path):
    with Kernels() as own:
        with pytest.raises(NotebookFailed, match="ended, most likely for want of memory"):
            run_notebook(notebook(tmp_path / "n.ipynb", code, "1"), {}, tmp_path / "out.ipynb", own)
        run_notebook(notebook(tmp_path / "m.ipynb", "1"), {}, tmp_path / "out.ipynb", own)


def test_a_cell_that_leaves_early_is_no_success(tmp_path, kernels):
    path = notebook(tmp_path / "n.ipynb", "raise SystemExit(0)", "1")
    with pytest.raises(NotebookFailed, match="did not run to its end"):
        run_notebook(path, {}, tmp_path / "out.ipynb", kernels)


def test_isolated_kernels_do_not_share_modules(tmp_path):
    with Kernels(isolated=True) as own:
        run_notebook(notebook(tmp_path / "a.ipynb", "import sys; sys.marked = 1"), {}, tmp_path / "a-out.ipynb", own)
        run_notebook(
            notebook(tmp_path / "b.ipynb", "import sys; assert not hasattr(sys, 'marked')"),
            {},
            tmp_path / "b-out.ipynb",
            own,
        )


def test_no_process_and_no_folder_stays_behind(tmp_path):
    psutil = pytest.importorskip("psutil")
    before = {child.pid for child in psutil.Process().children()}
    with Kernels() as own:
        run_notebook(
            notebook(tmp_path / "n.ipynb", "import os; home = os.getcwd()", "print(home)"),
            {},
            tmp_path / "out.ipynb",
            own,
        )
        assert {child.pid for child in psutil.Process().children()} != before
    home = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs[0].text.strip()
    assert not Path(home).exists()
    assert {child.pid for child in psutil.Process().children()} == before

"""The rooms keep their order, stay small, and load only what is asked for."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest


def test_rooms_import_only_from_above(root):
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_importing_the_package_loads_no_heavy_library():
    heavy = "{'numpy', 'pandas', 'scipy', 'matplotlib', 'seaborn', 'statsmodels', 'numba', 'pyarrow', 'pydantic'}"
    code = f"import sys, analysis; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_load(root):
    import analysis

    for name in analysis.__all__:
        assert getattr(analysis, name) is not None


def modules(root):
    return [path for path in sorted((root / "analysis").rglob("*.py")) if "_files" not in path.parts]


def test_modules_stay_under_400_lines(root):
    long = [path.name for path in modules(root) if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert long == []


def test_functions_stay_under_sixty_lines_of_code(root):
    long = []
    for path in modules(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                if node.body[-1].end_lineno - first.lineno + 1 > 60:
                    long.append(f"{path.name}:{node.name}")
    assert long == []


def test_only_exhibits_draw(root):
    for path in modules(root):
        if "exhibits" in path.parts or path.name == "figures.py":  # figures.py saves what exhibits drew
            continue
        text = path.read_text(encoding="utf-8")
        assert "import matplotlib" not in text, path
        assert "import seaborn" not in text, path


@pytest.mark.parametrize("word", ["assert "])
def test_user_input_is_never_checked_by_assert(root, word):
    """An assert vanishes under -O; internal identities raise instead."""
    for path in modules(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.Assert), f"{path}:{node.lineno}"

"""The bootstrap file says in words what is wrong."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys

import pytest


@pytest.fixture
def bootstrap(root):
    spec = importlib.util.spec_from_file_location("bootstrap", root / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_old_python_can_read_the_file(root):
    ast.parse((root / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 4))


@pytest.mark.parametrize("version", [(3, 10, 0), (2, 7, 18), (3, 15, 0)])
def test_wrong_python_is_named_with_a_remedy(bootstrap, monkeypatch, capsys, version):
    monkeypatch.setattr(bootstrap.sys, "version_info", version)
    with pytest.raises(SystemExit) as stopped:
        bootstrap.check_python()
    message = capsys.readouterr().err
    assert stopped.value.code == 1
    assert f"This is Python {version[0]}.{version[1]}" in message
    assert "bootstrap.py demo" in message


def test_missing_venv_module_is_named_with_a_remedy(bootstrap, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / "venv"))
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit):
        bootstrap.make_venv(None)
    message = capsys.readouterr().err
    assert "venv or ensurepip is missing" in message
    assert "-venv" in message


def test_no_connection_is_said_in_words(bootstrap, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path))
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *_, **__: 1)
    with pytest.raises(SystemExit) as stopped:
        bootstrap.install("uv", "requirements.lock")
    said = capsys.readouterr()
    assert stopped.value.code == 1
    assert "trying pip" in said.out
    assert "check the network" in said.err
    assert not list(tmp_path.iterdir())


def test_unknown_verb_is_refused(root):
    done = subprocess.run(
        [sys.executable, root / "bootstrap.py", "dmeo"], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert "'dmeo' is not known" in done.stderr
    assert "Traceback" not in done.stderr

"""A notebook opened alone in JupyterLab, in a fresh workspace, runs from its first cell to its last and shows its exhibits."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

TOKEN = "only-for-this-test"
NOTEBOOK = "03_utilization.ipynb"
# On a quiet machine the notebook takes half a minute, most of it for the sample and the stages before; others may share this one.
PATIENCE_S = 420

CELLS = """() => {
  const content = window.jupyterapp.shell.currentWidget.content;
  return content.model.sharedModel.toJSON().cells.filter(cell => cell.cell_type === 'code');
}"""
READY = """async () => {
  const widget = window.jupyterapp?.shell.currentWidget;
  const context = widget?.sessionContext;
  if (!context) return false;
  await context.ready;
  const kernel = context.session?.kernel;
  return kernel?.status === 'idle' && kernel?.connectionStatus === 'connected';
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def lab(home: Path) -> Iterator[str]:
    """Serve `home` for this test alone and yield the address; the server and its kernels end with it."""
    port = free_port()
    own = {
        name: str(home / ".jupyter" / name)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    }
    environment = {**os.environ, **own, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("ENGAGE_HOME", None)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home}",
        "--LabApp.expose_app_in_browser=True", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)
        try:
            wait_for(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", server, home / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start: {log.read_text(encoding='utf-8')}")


def poll(page, check, what: str) -> None:
    """Wait until `check` holds for what the page shows."""
    end = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < end, what
        page.wait_for_timeout(500)


def text_of(cell: dict) -> str:
    """Return what a cell printed or showed as text."""
    parts = []
    for output in cell["outputs"]:
        shown = output.get("text") or output.get("data", {}).get("text/plain", "")
        parts.append(shown if isinstance(shown, str) else "".join(shown))
    return "\n".join(parts)


def test_a_notebook_opened_alone_runs_and_shows_its_exhibit(chromium, root, tmp_path):
    from playwright.sync_api import sync_playwright

    (tmp_path / "engagements").mkdir()
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    errors: list[str] = []
    with lab(tmp_path) as address, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/lab/workspaces/auto-t/tree/notebooks/{NOTEBOOK}?token={TOKEN}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
        poll(page, lambda: page.evaluate(READY), "the kernel did not become ready")
        # with braces: the promise of the command settles only when all cells have run
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        poll(
            page,
            lambda: all(cell["execution_count"] is not None for cell in page.evaluate(CELLS)),
            "not every cell was executed",
        )
        poll(page, lambda: page.evaluate(READY), "the kernel did not come to rest")
        cells = {cell["id"]: cell for cell in page.evaluate(CELLS)}
        wrong = [output for cell in cells.values() for output in cell["outputs"] if output["output_type"] == "error"]
        assert wrong == []
        assert text_of(cells["result"]).startswith("Contact centre: ")
        assert any("image/png" in output.get("data", {}) for output in cells["ceilings"]["outputs"])
        assert "saved as a draft in work/drafts/utilization/" in text_of(cells["save"])
        page.locator(".jp-RenderedImage img").first.scroll_into_view_if_needed()
        assert page.locator(".jp-RenderedImage img").first.bounding_box()["width"] > 300
        page.screenshot(path=tmp_path / "lab.png")
        browser.close()
    assert errors == []
    assert (tmp_path / "engagements" / "sample" / "engagement.toml").is_file()
    assert list((tmp_path / "engagements" / "sample" / "work" / "drafts" / "utilization").glob("*/result.json"))

"""Opens JupyterLab on an engagement's own copies of the notebooks."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.engagement.files import write_bytes
from analysis.engagement.sample import ensure_sample
from analysis.engagement.workspace import Folder
from analysis.foundation.assets import assets
from analysis.foundation.schema import KitError

# The news prompt and the update check ask the network; neither is wanted beside client data.
_QUIET = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
_ENGAGEMENT_LINE = re.compile(r'^engagement = "sample"', re.MULTILINE)


def open_lab(folder: Folder, *, browser: bool, words: Sequence[str], say: Callable[[str], None]) -> int:
    """Copy the notebooks that are not there yet, start JupyterLab on them and wait for its end.

    Parameters
    ----------
    folder
        The engagement's folders.
    browser
        Whether to open a browser window.
    words
        Further words for JupyterLab itself.
    say
        Takes one line per step.

    Returns
    -------
    int
        JupyterLab's own exit status.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise KitError("JupyterLab is not installed here. Set the kit up again: python bootstrap.py")
    if folder.slug == "sample":
        ensure_sample(folder)
    copies = copy_notebooks(folder)
    say(
        "These are copies: what they save are drafts. To keep a value for engage run, state it in engagement.toml or with --set."
    )
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={copies}", *words]
    with tempfile.TemporaryDirectory(prefix="engage-lab-", ignore_cleanup_errors=True) as quiet:
        overrides = Path(quiet) / "labconfig" / "default_setting_overrides.json"
        write_bytes(overrides, json.dumps(_QUIET).encode("utf-8"))
        paths = os.pathsep.join(filter(None, [quiet, os.environ.get("JUPYTER_CONFIG_PATH")]))
        environment = {**os.environ, "ENGAGE_HOME": str(folder.workspace), "JUPYTER_CONFIG_PATH": paths}
        try:
            return subprocess.run(
                [*command, *([] if browser else ["--no-browser"])], env=environment, check=False
            ).returncode
        except KeyboardInterrupt:
            return 0


def copy_notebooks(folder: Folder) -> Path:
    """Copy the notebooks into the engagement, set to it; a copy that is there already stays as it is."""
    target = folder.root / "notebooks"
    for source in sorted((assets() / "notebooks").glob("*.ipynb")):
        copy = target / source.name
        if copy.exists():
            continue
        notebook = json.loads(source.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if "parameters" in cell["metadata"].get("tags", []):
                text = _ENGAGEMENT_LINE.sub(f'engagement = "{folder.slug}"', "".join(cell["source"]))
                cell["source"] = text.splitlines(keepends=True)
        write_bytes(copy, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))
    return target

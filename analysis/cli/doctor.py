"""Looks at what usually goes wrong on a machine: versions, fonts, permissions, an open Jupyter, data kept too long."""

from __future__ import annotations

import importlib.metadata
import os
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.engagement.keys import DISTRIBUTION, brand_file
from analysis.engagement.load import load_engagement
from analysis.engagement.workspace import Folder
from analysis.foundation.assets import assets
from analysis.foundation.schema import KitError

_DAY_S = 86400
_LOCAL = ("localhost", "127.0.0.1", "::1", "")


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that was looked at.

    Attributes
    ----------
    what
        What it is.
    fine
        Whether it is as it should be.
    said
        What was found, and what to do where it is not fine.
    """

    what: str
    fine: bool
    said: str


def examine(home: Path) -> tuple[Seen, ...]:
    """Return all that was looked at, for the workspace `home`."""
    found = [*_versions(), _fonts(), _writable(home), *_jupyter_settings(), *_jupyter_servers()]
    for file in sorted((home / "engagements").glob("*/engagement.toml")):
        if not file.parent.name.startswith("."):
            found += _engagement(Folder(root=file.parent, workspace=home))
    return tuple(found)


def _versions() -> Iterator[Seen]:
    """Compare what is installed with what the kit asks for."""
    from packaging.requirements import Requirement

    version = ".".join(str(part) for part in sys.version_info[:3])
    asked = importlib.metadata.metadata(DISTRIBUTION)["Requires-Python"]
    yield Seen("Python", True, f"{version} (the kit asks for {asked})")
    wrong = []
    for line in importlib.metadata.requires(DISTRIBUTION) or []:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            wrong.append(f"{requirement.name} {installed} (needs {requirement.specifier})")
    said = f"{'; '.join(wrong)}. Set the kit up again: python bootstrap.py" if wrong else "as the kit asks for"
    yield Seen("packages", not wrong, said)


def _fonts() -> Seen:
    folder = assets() / "templates" / "report" / "fonts"
    found = sorted(path.name for path in folder.glob("*.[ot]tf")) if folder.is_dir() else []
    return Seen(
        "fonts of the report",
        bool(found),
        ", ".join(found) or "none: the installation is incomplete, install the kit again",
    )


def _writable(home: Path) -> Seen:
    fine = os.access(home, os.W_OK)
    return Seen(
        "workspace", fine, f"{home}" if fine else f"{home} cannot be written to; choose another with --workspace"
    )


def _jupyter_settings() -> Iterator[Seen]:
    """Look for settings that open JupyterLab to other machines or other people."""
    config = _jupyter_config()
    server, identity = config.get("ServerApp", {}), config.get("IdentityProvider", {})
    address = server.get("ip", "localhost")
    token = identity.get("token", server.get("token", os.environ.get("JUPYTER_TOKEN", "unset")))
    password = config.get("PasswordIdentityProvider", {}).get("hashed_password", "")
    origin = server.get("allow_origin", "")
    yield Seen(
        "Jupyter's address",
        address in _LOCAL,
        "this machine alone"
        if address in _LOCAL
        else "other machines can reach it; remove ServerApp.ip from your Jupyter settings",
    )
    open_door = token == "" and not password
    yield Seen(
        "Jupyter's token",
        not open_door,
        "everybody on this machine can open your notebooks; remove the empty token" if open_door else "on",
    )
    yield Seen(
        "Jupyter's origin",
        origin != "*",
        "any web page can talk to it; remove allow_origin" if origin == "*" else "its own pages alone",
    )


def _jupyter_config() -> Any:
    """Return Jupyter's settings as its server would read them."""
    from jupyter_server.serverapp import ServerApp

    server = ServerApp()
    server.load_config_file(suppress_errors=True)
    return server.config


def _jupyter_servers() -> Iterator[Seen]:
    """Look at servers that run at this moment."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        local = server.get("hostname", "") in _LOCAL
        guarded = bool(server.get("token")) or bool(server.get("password"))
        said = (
            "runs for this machine alone, with a token"
            if local and guarded
            else "is open to others; stop it and start it with engage lab"
        )
        yield Seen(f"Jupyter server on port {server.get('port')}", local and guarded, said)


def _brand(folder: Folder, file: Path | None) -> Seen:
    """Look at a firm's brand: its colours, fonts, logo, locale and catalogue of sentences."""
    from analysis.report.brand import load_brand
    from analysis.report.words import words_of

    what = f"{folder.slug}: brand"
    if file is None:
        return Seen(what, True, "the kit's own")
    try:
        brand = load_brand(file)
        locale = words_of(brand).n.locale.name
    except KitError as error:
        return Seen(what, False, str(error).splitlines()[0])
    return Seen(what, True, f"{brand.firm or file.name}, {brand.font}, {locale}")


def _engagement(folder: Folder) -> Iterator[Seen]:
    """Look at one engagement: its file, its brand, who may read what is private, and how long data have been kept."""
    try:
        engagement = load_engagement(folder.file)
    except KitError as error:
        yield Seen(folder.slug, False, str(error).splitlines()[0])
        return
    days = engagement.privacy.retention_days
    yield _brand(folder, brand_file(engagement, folder))
    key = folder.private / "pseudonym.key"
    if os.name != "nt" and folder.private.is_dir():
        shared = [
            path
            for path in (folder.private, key)
            if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        ]
        said = (
            f"others on this machine can read it; run: chmod -R go= engagements/{folder.slug}/private"
            if shared
            else "yours alone"
        )
        yield Seen(f"{folder.slug}/private", not shared, said)
    if key.exists():
        age = int((time.time() - key.stat().st_mtime) // _DAY_S)
        over = age > days
        said = f"kept for {age} of {days} days"
        yield Seen(
            f"{folder.slug}: client data",
            not over,
            f"{said}; close it with: engage close {folder.slug}" if over else said,
        )

"""Where engagements and reports lie on this machine, and which names an engagement may have."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from analysis.foundation.schema import UsageProblem

RESERVED_SLUGS = ("sample", "example")
_SLUG = re.compile(r"[a-z0-9]([a-z0-9_-]{0,38}[a-z0-9])?")
# Names that Windows keeps for devices; a folder of this name cannot be made there.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


@dataclass(frozen=True, slots=True)
class Folder:
    """The folders of one engagement.

    Attributes
    ----------
    root
        Holds ``engagement.toml``, ``data/`` and ``answers/``.
    workspace
        Holds ``engagements/`` and ``reports/``.
    """

    root: Path
    workspace: Path

    @property
    def slug(self) -> str:
        """Short name of the engagement."""
        return self.root.name

    @property
    def file(self) -> Path:
        """The engagement file."""
        return self.root / "engagement.toml"

    @property
    def work(self) -> Path:
        """Artefacts of the stages, pseudonymised."""
        return self.root / "work"

    @property
    def private(self) -> Path:
        """The pseudonym key, rejected rows and executed notebooks."""
        return self.root / "private"

    @property
    def reports(self) -> Path:
        """What may be handed over."""
        return self.workspace / "reports" / self.slug


def check_slug(slug: str, *, new: bool = False) -> str:
    """Return `slug` if it may name an engagement on every system.

    Parameters
    ----------
    slug
        Proposed short name.
    new
        Whether an engagement of this name is to be made: the kit's own names are then refused too.

    Raises
    ------
    UsageProblem
        The name is not allowed.

    Examples
    --------
    >>> check_slug("acme-2026")
    'acme-2026'
    >>> check_slug("../acme")
    Traceback (most recent call last):
    analysis.foundation.schema.UsageProblem: The engagement's name holds other characters than a-z, 0-9, - and _ ...
    """
    if not _SLUG.fullmatch(slug):
        raise UsageProblem(
            "The engagement's name holds other characters than a-z, 0-9, - and _ or is longer than 40. "
            "Choose a short name such as acme or acme-2026."
        )
    if _DEVICES.fullmatch(slug):
        raise UsageProblem(
            f"An engagement cannot be called {slug}: Windows keeps this name for a device. Choose another."
        )
    if new and slug in RESERVED_SLUGS:
        raise UsageProblem(f"The name {slug} is kept for the kit's own sample. Choose another, such as acme.")
    return slug


def workspace(chosen: str | Path | None = None, *, start: Path | None = None) -> Path:
    """Return the folder that holds ``engagements/`` and ``reports/``.

    Parameters
    ----------
    chosen
        What the user named (``--workspace``); else the environment variable ``ENGAGE_HOME``, else the nearest parent of `start` that holds
        ``engagements/``, else `start`.
    start
        The current folder unless given.

    Raises
    ------
    UsageProblem
        The named folder does not exist, or lies inside an installed package.
    """
    here = (start or Path.cwd()).resolve()
    named = chosen or os.environ.get("ENGAGE_HOME")
    if named:
        folder = Path(named).expanduser().resolve()
        if not folder.is_dir():
            source = "--workspace" if chosen else "ENGAGE_HOME"
            raise UsageProblem(f"The workspace that {source} names is not a folder. Make it first, or name another.")
    else:
        folder = next((parent for parent in (here, *here.parents) if (parent / "engagements").is_dir()), here)
    if {"site-packages", "dist-packages"} & set(folder.parts):
        raise UsageProblem(
            "The workspace lies inside an installed package, where an update would delete it. "
            "Change to a folder of your own, or name one with --workspace."
        )
    return folder


def find_engagement(name: str | Path, *, within: str | Path | None = None) -> Folder:
    """Return the folders of an engagement, given its short name or a path to it.

    Parameters
    ----------
    name
        Short name, or path of the engagement's folder or of its ``engagement.toml``.
    within
        Workspace; by default found as :func:`workspace` does.

    Raises
    ------
    UsageProblem
        There is no such engagement. The name ``sample`` is accepted before the sample exists.
    """
    given = Path(name)
    if isinstance(name, str) and not any(sign in name for sign in "/\\."):
        home = workspace(within)
        root = home / "engagements" / check_slug(name)
        if name not in RESERVED_SLUGS and not (root / "engagement.toml").is_file():
            raise UsageProblem(f"There is no engagement {name} in this workspace.{_known(home)}")
        return Folder(root=root, workspace=home)
    root = (given.parent if given.name == "engagement.toml" else given).resolve()
    if not (root / "engagement.toml").is_file():
        raise UsageProblem(
            f"There is no engagement.toml in the folder {root.name}. Name an engagement by its short name, or its folder."
        )
    check_slug(root.name)
    home = root.parent.parent if root.parent.name == "engagements" else root.parent
    return Folder(root=root, workspace=home)


def _known(home: Path) -> str:
    """Say which engagements there are and how to make one."""
    found = sorted(
        path.parent.name for path in (home / "engagements").glob("*/engagement.toml") if path.parent.name[0] != "."
    )
    listed = f" There are: {', '.join(found[:10])}." if found else ""
    return f"{listed} Make it with: engage new NAME. Another workspace is named with --workspace."

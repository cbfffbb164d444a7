"""Where the notebooks and templates lie, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path


def assets() -> Path:
    """Return the folder that holds ``notebooks/`` and ``templates/``: inside the installed package, else the repository root.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.

    Examples
    --------
    >>> (assets() / "templates").is_dir()
    True
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_files", package.parent):
        if (folder / "templates").is_dir():
            return folder
    raise FileNotFoundError("the installed package lacks its templates; install it again")

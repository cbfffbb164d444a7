"""Where the notebooks and templates lie: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from pathlib import Path


def assets() -> Path:
    """Return the folder that holds ``notebooks/`` and ``templates/``.

    Returns
    -------
    Path
        ``analysis/_files`` of an installed wheel, else the root of the checkout.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.

    Examples
    --------
    >>> (assets() / "templates" / "report").is_dir()
    True
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_files", package.parent):
        if (folder / "templates").is_dir():
            return folder
    raise FileNotFoundError("the folder templates/ is missing beside the package: install the kit again")

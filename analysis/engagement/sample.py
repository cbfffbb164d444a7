"""The sample client: made on demand, the same on every machine."""

from __future__ import annotations

import sys
from pathlib import Path

from analysis.engagement.files import (
    digest_of,
    files_below,
    hashes_below,
    one_at_a_time,
    read_json,
    remove_tree,
    replace,
    sha256_of,
    write_json,
)
from analysis.engagement.privacy import SAMPLE_SEED, pseudonym_key
from analysis.engagement.workspace import Folder

_MADE_FILE = "made.json"
_MADE_PARTS = ("engagement.toml", "data", "answers")


def ensure_sample(folder: Folder) -> None:
    """Make the sample engagement where it is missing, or where an older kit made it and nobody changed it since.

    Parameters
    ----------
    folder
        Folders of the engagement called ``sample``.
    """
    made = read_json(folder.private / _MADE_FILE) or {}
    if folder.file.is_file():
        if made.get("generator") == _generator():
            return
        if made.get("files") != _made_files(folder.root):
            if made:
                print("sample: kept as you changed it; delete its folder to get the current one.", file=sys.stderr)
            return
    engagements = folder.root.parent
    with one_at_a_time(engagements / ".lock", "the list of engagements"):
        if (read_json(folder.private / _MADE_FILE) or {}).get("generator") == _generator():
            return
        _make(folder, engagements)


def _make(folder: Folder, engagements: Path) -> None:
    """Write the sample aside and put it in place."""
    from analysis.synthetic import write_sample

    print("sample: writing the exports of an invented client ...", file=sys.stderr, flush=True)
    aside = engagements / ".making" / folder.slug
    remove_tree(aside.parent)
    aside.mkdir(parents=True)
    write_sample(aside, seed=SAMPLE_SEED)
    made = Folder(root=aside, workspace=folder.workspace)
    pseudonym_key(made)
    write_json(made.private / _MADE_FILE, {"generator": _generator(), "files": _made_files(aside)})
    remove_tree(folder.root)
    replace(aside, folder.root)
    remove_tree(aside.parent)


def _made_files(root: Path) -> dict[str, str]:
    """Return the hashes of what the generator writes."""
    found = hashes_below(root) if root.is_dir() else {}
    return {name: digest for name, digest in found.items() if name.split("/")[0] in _MADE_PARTS}


def _generator() -> str:
    """Return the digest of the generator's source."""
    package = Path(__file__).resolve().parents[1] / "synthetic"
    return digest_of({name: sha256_of(path) for name, path in files_below(package).items() if name.endswith(".py")})

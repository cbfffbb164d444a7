"""What a finished stage leaves on the disk: artefacts under their key, a mark that they are whole, and which one is current."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.engagement.files import (
    changes,
    digest_of,
    flush_entries,
    flush_tree,
    hashes_below,
    read_json,
    remove_tree,
    replace,
    sha256_of,
    write_json,
)

KEY_FILE, DONE_FILE, CURRENT_FILE = "key.json", "done.json", "current.json"
_MAKING, _LEAVING = ".making-", ".leaving-"


@dataclass(frozen=True, slots=True)
class Record:
    """A finished stage.

    Attributes
    ----------
    stage
        Its name.
    key
        Content key: digest of everything that the artefacts depend on.
    folder
        Where the artefacts lie.
    outputs
        SHA-256 of every artefact by relative name.
    """

    stage: str
    key: str
    folder: Path
    outputs: Mapping[str, str]

    @property
    def digest(self) -> str:
        """One hash over all artefacts: what later stages depend on."""
        return digest_of(dict(self.outputs))

    def damage(self) -> list[str]:
        """Return one phrase per artefact that is not as it was written."""
        stated = {**self.outputs, KEY_FILE: _done(self.folder).get("components", "")}
        found = hashes_below(self.folder, without=(DONE_FILE,))
        return changes(stated, found)

    def components(self) -> dict[str, Any]:
        """Return what the key was made of."""
        return read_json(self.folder / KEY_FILE) or {}


def current(work: Path, stage: str) -> Record | None:
    """Return the current record of a stage if its pointer is as it was written; :meth:`Record.damage` tells whether the artefacts are."""
    pointer = read_json(work / stage / CURRENT_FILE)
    if (
        not isinstance(pointer, dict)
        or set(pointer) != {"stage", "key", "done", "previous"}
        or pointer["stage"] != stage
    ):
        return None
    record = kept(work, stage, pointer["key"])
    if record is None or sha256_of(record.folder / DONE_FILE) != pointer["done"]:
        return None
    previous = pointer["previous"]
    return record if previous is None or kept(work, stage, previous) is not None else None


def kept(work: Path, stage: str, key: str) -> Record | None:
    """Return the finished record with this key, current or not."""
    if not isinstance(key, str):
        return None
    folder = work / stage / key[:12]
    done = _done(folder)
    if done.get("key") != key or done.get("stage") != stage:
        return None
    return Record(stage=stage, key=key, folder=folder, outputs=done["outputs"])


def begin(work: Path, stage: str, key: str) -> Path:
    """Return a new empty folder in which the stage may write; leftovers of broken runs are cleared.

    The caller holds the lock of `work`.
    """
    home = work / stage
    home.mkdir(parents=True, exist_ok=True)
    for leftover in home.glob(".*"):
        remove_tree(leftover)
    folder = home / f"{_MAKING}{key[:12]}"
    folder.mkdir()
    return folder


def finish(folder: Path, stage: str, key: str, components: Mapping[str, Any]) -> Record:
    """Mark a written folder as done, give it its final name and make it current.

    Parameters
    ----------
    folder
        What :func:`begin` returned, now holding the artefacts.
    stage, key
        As given to :func:`begin`.
    components
        What `key` was made of; stored beside the artefacts.
    """
    outputs = hashes_below(folder, without=(KEY_FILE, DONE_FILE))
    write_json(folder / KEY_FILE, components)
    done = {"stage": stage, "key": key, "outputs": outputs, "components": sha256_of(folder / KEY_FILE)}
    write_json(folder / DONE_FILE, done)
    flush_tree(folder)
    home, final = folder.parent, folder.parent / key[:12]
    if final.exists():
        aside = home / f"{_LEAVING}{key[:12]}-{secrets.token_hex(4)}"
        replace(final, aside)
        remove_tree(aside)
    replace(folder, final)
    flush_entries(home)
    record = Record(stage=stage, key=key, folder=final, outputs=outputs)
    make_current(home.parent, record)
    return record


def make_current(work: Path, record: Record) -> None:
    """Point at a finished record and clear all older ones but the one before it."""
    home = work / record.stage
    before = read_json(home / CURRENT_FILE) or {}
    previous = before.get("previous") if before.get("key") == record.key else before.get("key")
    if previous is not None and kept(work, record.stage, previous) is None:
        previous = None
    pointer = {
        "stage": record.stage,
        "key": record.key,
        "done": sha256_of(record.folder / DONE_FILE),
        "previous": previous,
    }
    write_json(home / CURRENT_FILE, pointer)
    keep = {key[:12] for key in (record.key, previous) if key}
    for found in home.iterdir():
        if found.name not in (*keep, CURRENT_FILE):
            remove_tree(found)


def _done(folder: Path) -> dict[str, Any]:
    """Return the mark of a finished folder, empty where it is missing, cut or altered in form."""
    done = read_json(folder / DONE_FILE)
    whole = isinstance(done, dict) and set(done) == {"stage", "key", "outputs", "components"}
    return done if whole else {}

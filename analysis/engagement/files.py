"""Files that are either whole or not there: hashes, canonical JSON, replacing, and one run at a time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.foundation.schema import KitError, UsageProblem

_WINDOWS = os.name == "nt"
# Virus scanners and indexers on Windows hold a new file for a moment; after about 4 s it is really in use.
_PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.5)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest_of(value: Any) -> str:
    """Return the SHA-256 of plain data in canonical form.

    Examples
    --------
    >>> digest_of({"b": 1, "a": 2}) == digest_of({"a": 2, "b": 1})
    True
    """
    return hashlib.sha256(canonical(value)).hexdigest()


def canonical(value: Any) -> bytes:
    """Return plain data as JSON bytes with sorted keys; NaN and infinity are refused."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (text + "\n").encode("utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write plain data in canonical form, whole or not at all."""
    write_bytes(path, canonical(value))


def read_json(path: Path) -> Any:
    """Return what a JSON file holds, or None where it is missing, cut or not canonical."""
    try:
        content = path.read_bytes()
        value = json.loads(content)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return value if canonical(value) == content else None


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file aside, flush it to the disk and put it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def replace(source: Path, target: Path) -> None:
    """Rename over `target`, waiting where Windows says that another program holds it for a moment.

    Raises
    ------
    PermissionError
        The target stays in use.
    """
    for pause in _PAUSES_S:
        try:
            source.replace(target)
        except PermissionError:
            if not _WINDOWS:
                raise
            time.sleep(pause)
        else:
            return
    source.replace(target)


def flush_tree(folder: Path) -> None:
    """Flush every file below `folder`, and the folder's entries where the system allows it."""
    for path in files_below(folder).values():
        with path.open("rb+") as handle:
            os.fsync(handle.fileno())
    flush_entries(folder)


def flush_entries(folder: Path) -> None:
    """Flush the list of names of a folder; Windows offers no such call and needs none."""
    if _WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_below(folder: Path) -> dict[str, Path]:
    """Return relative POSIX name and path of every file below `folder`, sorted by name."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return dict(sorted(found.items()))


def hashes_below(folder: Path, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Return relative POSIX name and SHA-256 of every file below `folder`."""
    return {name: sha256_of(path) for name, path in files_below(folder).items() if name not in without}


def changes(stated: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Return one phrase per file that is changed, missing or extra.

    Examples
    --------
    >>> changes({"a": "1", "b": "2"}, {"a": "9", "c": "3"})
    ['a is changed', 'b is missing', 'c was not written by the kit']
    """
    said = []
    for name in sorted({*stated, *found}):
        if name not in found:
            said.append(f"{name} is missing")
        elif name not in stated:
            said.append(f"{name} was not written by the kit")
        elif stated[name] != found[name]:
            said.append(f"{name} is changed")
    return said


def remove_tree(folder: Path) -> None:
    """Delete a folder and all below it; a folder that is not there is fine."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)


def private_folder(folder: Path) -> Path:
    """Make a folder that only the current user may read, where the system knows such a thing."""
    folder.mkdir(parents=True, exist_ok=True)
    if not _WINDOWS:
        folder.chmod(0o700)
    return folder


@contextlib.contextmanager
def one_at_a_time(lock: Path, what: str) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends.

    Parameters
    ----------
    lock
        Path of the lock file.
    what
        What is locked, in the words of the message.

    Raises
    ------
    KitError
        Another process holds it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+b") as handle:
        try:
            _lock(handle.fileno())
        except OSError as error:
            raise KitError(
                f"Another run works on {what} at this moment. Wait until it has ended, then try again."
            ) from error
        try:
            yield
        finally:
            _unlock(handle.fileno())


if sys.platform == "win32":
    import msvcrt

    def _lock(number: int) -> None:
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)

    def _unlock(number: int) -> None:
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_UN)


def inside(root: Path, name: str) -> Path:
    """Return the path `name` below `root`, refusing whatever leads out of it.

    Raises
    ------
    UsageProblem
        The name is absolute or leads out of the folder.
    """
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise UsageProblem(f"{name}: this path leads out of the engagement's folder. Copy the file into it.")
    return path

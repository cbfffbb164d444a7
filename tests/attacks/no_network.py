"""Refuses whatever leaves this machine, and notes it: for this process, or, put on the path as ``sitecustomize``, for every process that starts."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOTES = "NETWORK_NOTES"
LOCAL = ("127.0.0.1", "::1", "localhost", "", "0", None)
ADDRESSED = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind")
LOOKED_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_watching = False


def _note(line: str) -> None:
    """Write a line into the file of this process."""
    with (Path(os.environ[NOTES]) / str(os.getpid())).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what the interpreter announces."""
    if not _watching or event not in (*ADDRESSED, *LOOKED_UP):
        return
    host = arguments[1] if event in ADDRESSED else arguments[0]
    if event in ADDRESSED:
        host = host[0] if isinstance(host, tuple) else None
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if host not in LOCAL:
        _note(f"refused {event} {host}")
        raise OSError(f"{event}: there is no network")


def begin() -> None:
    """Watch this process from now on."""
    global _watching
    if not _watching:
        _watching = True
        sys.addaudithook(_watch)
    _note("began")


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[Path]:
    """Watch this process and all that it starts; yield the folder of notes, a file for each process."""
    global _watching
    notes, hooks = folder / "notes", folder / "hooks"
    notes.mkdir(parents=True)
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_bytes(Path(__file__).read_bytes())
    before = {name: os.environ.get(name) for name in (NOTES, "PYTHONPATH")}
    os.environ[NOTES] = str(notes)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(hooks), *filter(None, [before["PYTHONPATH"]])])
    begin()
    try:
        yield notes
    finally:
        _watching = False
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def refused(notes: Path) -> list[str]:
    """Return what was refused, in all processes."""
    lines = [line for path in sorted(notes.iterdir()) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line != "began"]


if __name__ == "sitecustomize":
    begin()

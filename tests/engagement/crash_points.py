"""Kills a small chain of stages at chosen moments, runs it again, and compares the bytes. Run as a script: seed and number of points."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
from pathlib import Path

from analysis.engagement import records
from analysis.engagement.files import digest_of, hashes_below
from analysis.engagement.report import MANIFEST, PDF, publish
from analysis.engagement.workspace import Folder

# What happens on the disk announces itself by these events of the interpreter, just before it happens.
EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile", "os.scandir", "shutil.rmtree")


def chain(home: Path) -> None:
    """Make three stages that depend on each other and publish the last one."""
    folder = Folder(root=home / "engagements" / "acme", workspace=home)
    before = ""
    record = None
    for stage in ("intake", "baseline", "report"):
        made_of = {"stage": stage, "upstream": before}
        key = digest_of(made_of)
        record = records.kept(folder.work, stage, key)
        if record is None or record.damage():
            aside = records.begin(folder.work, stage, key)
            for name in (PDF, "figures/a.svg", MANIFEST) if stage == "report" else ("result.json", "frame.parquet"):
                (aside / name).parent.mkdir(exist_ok=True)
                (aside / name).write_bytes(hashlib.sha256(f"{stage}{name}".encode()).digest() * 4000)
            record = records.finish(aside, stage, key, made_of)
        elif records.current(folder.work, stage) != record:
            records.make_current(folder.work, record)
        before = record.digest
    publish(record, folder)


def forked(home: Path, kill_at: int | None) -> tuple[int, int]:
    """Run the chain in a child that dies before its `kill_at`-th event; return its wait status and how many events there were."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        seen = 0
        inside = str(home)

        def watch(event: str, arguments: tuple) -> None:
            nonlocal seen
            if event in EVENTS and any(
                isinstance(part, str | os.PathLike) and str(part).startswith(inside) for part in arguments
            ):
                seen += 1
                if seen == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        chain(home)
        os.write(writer, str(seen).encode())
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        count = pipe.read()
    return status, int(count or 0)


def main(scratch: Path, seed: int, points: int) -> dict[str, object]:
    """Return how many points were tried and what was found wrong."""
    whole = scratch / "whole"
    whole.mkdir()
    _, events = forked(whole, None)
    expected = hashes_below(whole)
    chosen = sorted(random.Random(seed).sample(range(1, events + 1), min(points, events)))
    wrong = []
    for kill_at in chosen:
        home = scratch / f"at{kill_at}"
        home.mkdir()
        status, _ = forked(home, kill_at)
        died = os.WIFSIGNALED(status)
        half = [
            name
            for name in hashes_below(home)
            if "/." not in f"/{name}" and expected.get(name) != hashes_below(home)[name]
        ]
        forked(home, None)
        if not died or half or hashes_below(home) != expected:
            wrong.append({"at": kill_at, "died": died, "half": half})
        shutil.rmtree(home)
    return {"events": events, "tried": len(chosen), "wrong": wrong}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))

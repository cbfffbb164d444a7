"""Figures behind the promises of intake, each printed by the section of its number.

Run from the repository's root::

    python benchmarks/promises.py            # all sections
    python benchmarks/promises.py P9 P11     # some

A section is a function without arguments that returns the lines to print; it is found by its name in ``SECTIONS``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

TIME_PROMISED_S = 30.0
MEMORY_PROMISED_MIB = 2048
# Twice the promise, so that a broken promise shows by how much.
_GIVE_UP_S = 120.0


def bounded() -> str:
    """P11: hostile files end as a refusal, within time (of the processor, where the machine is busy) and memory."""
    from tests.attacks.hostile import HOSTILE

    lines = [f"{'file':<16}{'MiB':>7}{'s':>8}{'CPU s':>8}{'peak MiB':>10}  outcome"]
    kept = 0
    for hostile in HOSTILE:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "data").mkdir()
            path = hostile.put(Path(folder) / "data")
            size, seconds, told = path.stat().st_size / 2**20, *_read_apart(folder, hostile.name, hostile.source)
        fine = (
            told["refused"]
            and min(seconds, told["cpu_s"]) <= TIME_PROMISED_S
            and told["peak_mib"] <= MEMORY_PROMISED_MIB
        )
        kept += fine
        said = told["said"] if len(told["said"]) < 110 else told["said"][:107] + "..."
        lines.append(
            f"{hostile.name:<16}{size:>7.1f}{seconds:>8.1f}{told['cpu_s']:>8.1f}{told['peak_mib']:>10.0f}  {'' if fine else 'BROKEN: '}{said}"
        )
        print(lines[-1], file=sys.stderr, flush=True)
    lines.append(
        f"{kept} of {len(HOSTILE)} refused, or read without using a row, within {TIME_PROMISED_S:.0f} s and {MEMORY_PROMISED_MIB} MiB"
    )
    return "\n".join(lines)


def _read_apart(folder: str, name: str, source: dict[str, object]) -> tuple[float, dict]:
    """Return how long a process of its own took to read one file, and what it told."""
    started = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, str(Path(__file__).resolve()), "--read", folder, name, json.dumps(source)],
            capture_output=True,
            text=True,
            timeout=_GIVE_UP_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _GIVE_UP_S, {"refused": False, "peak_mib": 0, "cpu_s": _GIVE_UP_S, "said": "not done in time"}
    seconds = time.perf_counter() - started
    last = done.stdout.strip().splitlines()[-1:] or ["{}"]
    trouble = {
        "refused": False,
        "peak_mib": 0,
        "cpu_s": 0,
        "said": (done.stderr.strip().splitlines() or ["no output"])[-1],
    }
    return seconds, json.loads(last[0]) if last[0].startswith("{") and done.returncode == 0 else trouble


def _read(folder: str, name: str, source: str) -> None:
    """Read one file and print what became of it, with the most memory that this process or one of its children held."""
    import datetime as dt
    import resource

    from analysis.foundation.schema import DataProblem
    from analysis.foundation.settings import Client, Period
    from analysis.intake import Source, read_sources

    period = Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
    client = Client(name="Test", time_zone="Europe/Amsterdam", period=period)
    refused, said = False, ""
    try:
        block = Source(files=(f"data/{name}",), **json.loads(source))
        intake = read_sources([block], client=client, root=Path(folder), key=bytes(32))
        row = intake.files.iloc[0]
        said = f"read: {row['physical']} rows, {row['used']} used"
        refused = bool(row["used"] == 0)
    except DataProblem as problem:
        refused, said = True, str(problem).removeprefix(f"data/{name}").lstrip(": /")
    status = Path("/proc/self/status")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if status.exists():  # what getrusage tells includes the process that started this one
        own = int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0])
    peak = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    spent = sum(os.times()[:4])
    print(json.dumps({"refused": refused, "peak_mib": peak / 1024, "cpu_s": spent, "said": said}))


# Faults are planted at other places with each seed.
SEEDS = (1, 2, 3, 4, 5)


def rows() -> str:
    """P1: no row is lost silently; every planted fault meets its fate and reason."""
    from tests.faults.totals import catalogue, totals

    found, runs = totals(SEEDS)
    return (
        f"{catalogue()}, CSV and XLSX, {len(SEEDS)} seeds: {runs} runs, {found.intakes} files read and {found.refusals} refused or asked about\n"
        f"{found.rows:,} physical rows by an independent count: {found.unaccounted} unaccounted, {found.wrong_reasons} with another fate or reason than planted\n"
        f"{len(found.faults)} differences from the ledger in all{''.join(chr(10) + line for line in found.faults[:20])}"
    )


def seconds() -> str:
    """P2: no second is lost silently; stated + moved = used + rejected + excluded + duplicate + total, in whole microseconds."""
    from tests.faults.totals import totals

    found, runs = totals(SEEDS)
    return f"{runs} runs: {found.seconds_us / 3_600_000_000:,.1f} h stated, {found.off_us} microseconds off the ledger"


# Property to number of examples.
EXAMPLES = {
    "test_rows_and_seconds_of_any_dirty_file_reconcile": 500,
    "test_the_dress_changes_nothing": 80,
    "test_the_order_of_rows_and_the_split_into_files_change_nothing": 80,
    "test_other_names_and_another_key_change_nothing_but_the_pseudonyms": 80,
    "test_seven_days_later_away_from_clock_changes_the_shares_are_the_same": 60,
}


def same_meaning() -> str:
    """P3: the same meaning gives the same numbers; random exports, dressed, shuffled, split, renamed, moved by weeks."""
    from hypothesis import settings

    from tests.properties import test_intake

    settings.register_profile("promises", derandomize=True, deadline=None, database=None)
    settings.load_profile("promises")
    lines = []
    for name, examples in EXAMPLES.items():
        try:
            getattr(test_intake, name)(examples)
        except AssertionError as error:
            lines.append(f"{examples:>5}  BROKEN {name}: {error}")
        else:
            lines.append(f"{examples:>5}  {name.removeprefix('test_').replace('_', ' ')}")
    return "\n".join([*lines, f"{sum(EXAMPLES.values())} examples in all"])


def messages() -> str:
    """P14: refusals and questions name file, place, what is wrong and what to do."""
    from tests.faults.messages import TEXT, messages

    return f"{len(list(messages()))} messages, word for word in {TEXT.relative_to(ROOT).as_posix()}"


def names_nobody() -> str:
    """P9: what is said about a client's files names nobody who is in them."""
    from tests.attacks.canaries import TRACES, cases, said_by_intake, unread, write_engagement

    said: list[str] = []
    names = [name for name, _, _ in cases()]
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            said += said_by_intake(Path(folder), name)[0]
    lines = [_hits(f"{len(names)} faulty files, one by one", said, TRACES)]
    for arguments in (["check", "acme", "--json"], ["check", "acme"], ["run", "acme", "--until", "intake"]):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "engagements" / "acme"
            write_engagement(root)
            if arguments[0] == "check":
                unread(root)
            done = subprocess.run(
                [sys.executable, "-m", "analysis.cli", *arguments],
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=ROOT,
                env={**os.environ, "ENGAGE_HOME": folder, "PYTHONPATH": str(ROOT)},
                check=False,
            )
        # What the consultant wrote into the engagement file may be read back to him.
        out = done.stdout.replace("Bartholomew Xanthippe", "") + done.stderr
        lines.append(_hits(f"engage {' '.join(arguments)} (status {done.returncode})", [out], TRACES))
    return "\n".join(lines)


def _hits(what: str, said: list[str], traces: re.Pattern[str]) -> str:
    found = sum(len(traces.findall(text)) for text in said)
    return f"{what:<46}{len(said):>8} texts{sum(map(len, said)):>10} characters{found:>6} hits"


SECTIONS: dict[str, Callable[[], str]] = {
    "P1": rows,
    "P2": seconds,
    "P3": same_meaning,
    "P14": messages,
    "P9": names_nobody,
    "P11": bounded,
}


def main(names: list[str]) -> None:
    """Print the sections named, or all of them."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        raise SystemExit(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    for name in names or SECTIONS:
        function = SECTIONS[name]
        print(f"{(function.__doc__ or name).strip()}\n{function()}\n", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        _read(*sys.argv[2:])
    else:
        main(sys.argv[1:])

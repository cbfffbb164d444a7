"""Reading a large status timeline beside pandas and pyarrow: wall time, peak memory and rows by fate of one run.

Run with ``python benchmarks/intake.py``: it writes 5,000,000 rows (about 2 GB) into a temporary folder, reads them in a process of
its own for each reader, and deletes them. Times differ between machines; compare the ratios. ``--rows`` makes a smaller file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FILE = "status_timeline.csv"
HEADER = (
    *("Agent Id", "Agent Name", "Email", "Division", "Site", "Status", "Secondary Status", "Start Time", "End Time"),
    *("Duration", "Conversation Id", "Queue", "Media Type", "Skills", "Note", "Record Id"),
)
STATUSES = ("Interacting", "Idle", "Communicating", "Idle", "Break", "Meeting", "Away", "Idle", "Not Responding")
SKILLS = "English (5); Dutch (4); Billing (3); Claims (2); Complaints (2); Retention (1)"
NOTE = "changed by routing after the interaction ended; no reason was given by the person on duty"
FIRST_DAY, DAYS, A_DAY = dt.date(2026, 3, 2), 56, 90
READERS = ("ours", "pandas", "pyarrow")
# Every so many rows of the timeline, one of these follows.
PLANTED = {
    "duplicate": 997, "blank": 4_999, "total": 7_919, "short_row": 10_007, "bad_stamp": 12_007, "end_before_start": 14_009,
    "header": 50_021,
}  # fmt: skip
# Every so many rows, one is told again under another record, so that only a column nobody needs tells them apart.
LOOKALIKE, TWO_LINES = 20_011, 3_001


def timeline(rows: int, stamps: str) -> Iterator[list[str]]:
    """Yield the cells of the rows of a timeline: every agent's statuses of a day, one after the other."""
    draw = random.Random(1)
    clock = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)]
    agents = max(1, -(-rows // (DAYS * A_DAY)))
    known = [
        [f"{draw.getrandbits(128):032x}", f"Agent {i}", f"agent.{i}@client.example", f"Division {i % 7}", f"Site {i % 5}"]
        for i in range(agents)
    ]  # fmt: skip
    made = 0
    for number in range(DAYS):
        date = (FIRST_DAY + dt.timedelta(days=number)).isoformat()
        for agent in known:
            start = 28_800
            for turn in range(A_DAY):
                stop = 28_800 + 340 * (turn + 1) + draw.randrange(200)
                begin, end = f"{date} {clock[start]}", f"{date} {clock[stop]}"
                if stamps == "zulu":
                    begin, end = f"{date}T{clock[start]}Z", f"{date}T{clock[stop]}Z"
                status = STATUSES[(turn + made) % len(STATUSES)]
                spoken, record = f"{draw.getrandbits(128):032x}", f"{draw.getrandbits(128):032x}"
                yield [
                    *agent, status, f"{status} 1", begin, end, clock[stop - start], spoken, f"Queue {made % 40}", "voice",
                    SKILLS, NOTE, record,
                ]  # fmt: skip
                start, made = stop, made + 1
                if made == rows:
                    return


def write(path: Path, rows: int, stamps: str) -> Counter[str]:
    """Write a timeline of so many rows, planted ones among them, and return the rows by fate."""
    fates, earlier, batch = Counter(header=1), [], [",".join(HEADER)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        for cells in timeline(rows, stamps):
            place = sum(fates.values())
            if place >= rows:
                break
            if place % TWO_LINES == 0:
                cells[14] = '"first line\nsecond line"'
            line = ",".join(cells)
            batch.append(line)
            fates["used"] += 1
            if place % LOOKALIKE == 0:
                batch.append(",".join([*cells[:-1], "told again"]))
                fates["used"] += 1
            for kind, step in PLANTED.items():
                if place % step == 0 and place:
                    batch.append(planted(kind, cells, earlier[place % len(earlier)]))
                    fates[kind] += 1
            if place % 501 == 0:
                earlier = [*earlier[-200:], line]
            if len(batch) >= 20_000:
                stream.write("\n".join(batch) + "\n")
                batch = []
        stream.write("\n".join(batch) + "\n" if batch else "")
    return fates


def planted(kind: str, cells: list[str], earlier: str) -> str:
    """Return a row with a fault, or one that is no data."""
    start, end = cells[7], cells[8]
    made = {
        "duplicate": earlier,
        "blank": "," * (len(HEADER) - 1),
        "total": "Total" + "," * (len(HEADER) - 1),
        "header": ",".join(HEADER),
        "short_row": ",".join(cells[:4]),
        "bad_stamp": ",".join([*cells[:7], "2026-02-30 09:00:00", *cells[8:]]),
        "end_before_start": ",".join([*cells[:7], end, start, "", *cells[10:]]),
    }
    return made[kind]


def peak_mib() -> float | None:
    """Return the most memory that this process held [MiB]; None where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    try:
        import resource
    except ImportError:
        try:
            import psutil
        except ImportError:
            return None
        return psutil.Process().memory_info().peak_wset / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def read_ours(folder: Path) -> dict[str, int]:
    """Read the timeline as an engagement does, and return its rows by fate."""
    from analysis.foundation.settings import Client, Period
    from analysis.intake import Source, read_sources

    period = Period(start=FIRST_DAY, end=FIRST_DAY + dt.timedelta(days=DAYS - 1))
    client = Client(name="Large", time_zone="Europe/Amsterdam", period=period)
    source = Source(files=[FILE], adapter="genesys_status_timeline")
    intake = read_sources([source], client=client, root=folder, key=bytes(range(32)))
    frame = intake.to_frame()
    frame["fate"] = frame["reason"].where(frame["reason"] != "", frame["fate"])
    return {fate: int(count) for fate, count in frame.set_index("fate")["rows"].items() if count}


def read_pandas(folder: Path) -> dict[str, int]:
    """Read the whole timeline with pandas, and its stamps with to_datetime."""
    import pandas as pd

    frame = pd.read_csv(folder / FILE, dtype="str")
    for name in ("Start Time", "End Time"):
        frame[name] = pd.to_datetime(frame[name], errors="coerce", utc=True)
    return {"rows": len(frame)}


def read_pyarrow(folder: Path) -> dict[str, int]:
    """Read the whole timeline with pyarrow, as text; rows of another width are skipped."""
    import pyarrow as pa
    from pyarrow import csv

    table = csv.read_csv(
        folder / FILE,
        parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda _: "skip"),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(HEADER, pa.string())),
    )
    return {"rows": table.num_rows}


def child(reader: str, folder: Path, block_bytes: int | None) -> None:
    """Read once and print what it took."""
    import pandas  # noqa: F401 - what every reader needs counts before
    import pyarrow.csv  # noqa: F401

    if reader == "ours":
        from analysis.intake import reading  # noqa: F401
        from analysis.intake.opening import streams

        if block_bytes is not None:
            streams.BLOCK_BYTES = block_bytes
    before, started = peak_mib(), time.perf_counter()
    rows = {"ours": read_ours, "pandas": read_pandas, "pyarrow": read_pyarrow}[reader](folder)
    spent, after = time.perf_counter() - started, peak_mib()
    print(json.dumps({"seconds": spent, "before_mib": before, "peak_mib": after, "rows": rows}))


def measure(reader: str, folder: Path, block_bytes: int | None = None) -> dict:
    """Return what a reader took, in a process of its own."""
    command = [sys.executable, __file__, "--child", reader, "--folder", str(folder)]
    command += ["--block-bytes", str(block_bytes)] if block_bytes else []
    root = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", cwd=root)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--stamps", choices=("plain", "zulu"), default="plain")
    parser.add_argument("--readers", nargs="+", default=READERS, choices=READERS)
    parser.add_argument("--block-bytes", type=int)
    parser.add_argument("--child", choices=READERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.child:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        child(options.child, options.folder, options.block_bytes)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        planted_fates = dict(write(path, options.rows, options.stamps))
        size = path.stat().st_size / 2**20
        found = {reader: measure(reader, Path(folder), options.block_bytes) for reader in options.readers}
    if options.json:
        print(json.dumps({"planted": planted_fates, "size_mib": size, **found}))
        return
    print(f"{sum(planted_fates.values()):,} rows, {size:,.0f} MiB; planted: {planted_fates}")
    for reader, took in found.items():
        ratio = took["seconds"] / found["ours"]["seconds"] if "ours" in found else float("nan")
        memory = "not told" if took["peak_mib"] is None else f"{took['peak_mib']:8,.0f} MiB"
        print(f"{reader:8s} {took['seconds']:7.1f} s = {ratio:4.1f} x ours   peak {memory}   {took['rows']}")
    if "ours" in found:
        print("every row met the fate that was planted:", found["ours"]["rows"] == planted_fates)


if __name__ == "__main__":
    main()

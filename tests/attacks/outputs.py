"""An engagement whose every text that may name a person does, run from export to report without a network, and all that came of it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.synthetic import write_sample
from tests.attacks import no_network
from tests.attacks.canaries import LOGIN, MAIL, NAME, OTHER, PHONE, SAYS

KEY = b"k" * 32
# the names of the account and of the folders on this machine
USER, HOME = "zqvuser0815", "zqvhome0815"
# Found in a text however it is written; teams, sites, queues and item types are no persons and may be printed.
TRACES = re.compile(r"(?i)zyxela|quorvath|zqv|8765.?4321|bartholomew|xanthippe|xylander|quorvath\.example")
PSEUDONYM = re.compile(r"\bp[0-9a-f]{12}\b")
ID = re.compile(r"\b000\d{7}\b")
# signs that mean something to a shell, to a spreadsheet, to a page or to a pattern of file names, in names that the client chose
CLIENT = 'Société "Acme" <b>&amp;</b> #eval("1+1") *_$x$ @cite =1+1 | Mutual & Sons {0} %s \\n /Acme'
QUEUE = "=1+1 #claims <line>"
TYPE = "+address 'change' $x$"
CODE = "@Idle #eval(1) <b>"
FILES = {"calls.csv": "=calls $(touch made) #read('x') <b>&.csv", "work_items.csv": "-items `touch made` 'x' {0}.csv"}
QUICK = (
    *("blending.most_weeks=10", "blending.draws=200", "blending.precision=0.05", "utilization.draws=200"),
    *("readiness.draws=200", "readiness.pilot_draws=200"),
)


@dataclass(frozen=True)
class Ran:
    """A finished run: where it lies, what was printed, and what was tried to reach."""

    workspace: Path
    status: int
    said: str
    refused: tuple[str, ...]
    processes: int
    canaries: tuple[str, ...]
    cut_off: bool

    @property
    def report(self) -> Path:
        return self.workspace / "reports" / "acme"

    @property
    def root(self) -> Path:
        return self.workspace / "engagements" / "acme"


def planted(root: Path) -> tuple[str, ...]:
    """Write a short sample whose texts about persons are canaries and whose other texts are payloads; return its own names and sentences."""
    sample = write_sample(root, seed=1, weeks=2)
    text = (root / "engagement.toml").read_text(encoding="utf-8")
    for path in sorted((root / "data").glob("*.csv")):
        content = path.read_text(encoding="utf-8-sig")
        path.write_text(_noted(path.name, _named(content)), encoding="utf-8", newline="")
    for path in sorted(root.rglob("*.xlsx")):
        path.write_bytes(_book(path.read_bytes()))
    for old, new in FILES.items():
        (root / "data" / old).rename(root / "data" / new)
        text = text.replace(f'"data/{old}"', json.dumps(f"data/{new}"))
    text = text.replace('name = "Meridian Mutual"', f"name = {json.dumps(CLIENT, ensure_ascii=False)}")
    text = _named(text).replace('"claims line"', json.dumps(QUEUE)).replace('"address change"', json.dumps(TYPE))
    text = text.replace('sheet = "Roster"', f'sheet = "Roster {NAME}"')
    text = f"# {SAYS}\n{text}\n[report]\nbrand = 'brand.toml'\n"
    (root / "engagement.toml").write_text(text, encoding="utf-8")
    (root / "brand.toml").write_text(
        'firm = "Firm & <i>Co</i> #eval(1)"\nconfidentiality = "=1+1 $x$ #panic() \\\\ <b>"\n', encoding="utf-8"
    )
    return tuple(word for word in sample.canaries if not word.isdigit())


def _named(content: str) -> str:
    """Return a text in which every employee number is a name, a log-in or an address."""
    forms = (f"{LOGIN}{{}}", "zyxela.{}@quorvath.example", f"{NAME} {{}}", f"{OTHER} {{}}")
    return ID.sub(lambda found: forms[int(found[0]) % 4].format(int(found[0])), content)


def _noted(name: str, content: str) -> str:
    """Return an export with a column of remarks, a banner that names somebody, and payloads for codes, queues and types."""
    content = content.replace("Site: North", f"Site: North, exported by {NAME} ({MAIL}, {PHONE})")
    if name not in ("agent_status_north.csv", "agent_status_south.csv", "interval_volumes.csv"):
        rows = list(csv.reader(io.StringIO(content), delimiter=";" if name == "workload_weekly.csv" else ","))
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";" if name == "workload_weekly.csv" else ",", lineterminator="\n")
        width = len(rows[0])
        for at, row in enumerate(rows):
            whole = len(row) == width and name != "state_map.csv"
            writer.writerow([*row, "Remark" if at == 0 else SAYS] if whole else row)
        content = stream.getvalue()
    content = re.sub(r"(?m)(^|[,;])Idle(?=[,;])", lambda found: found[1] + CODE, content)
    return content.replace("claims line", QUEUE).replace("address change", TYPE)


def _book(content: bytes) -> bytes:
    """Return a workbook whose author, sheet, employee numbers and raters are canaries."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part).decode("utf-8")
            if part == "docProps/core.xml":
                text = re.sub(r"<dc:creator>.*?</dc:creator>|<dc:creator/>", "", text)
                text = text.replace("</cp:coreProperties>", f"<dc:creator>{NAME}</dc:creator></cp:coreProperties>")
            if part == "docProps/app.xml":
                text = text.replace("</Properties>", f"<Manager>{OTHER}</Manager></Properties>")
            if part == "xl/workbook.xml":
                text = text.replace('name="Roster"', f'name="Roster {NAME}"')
            text = _named(text).replace("claims line", QUEUE.replace("<", "&lt;").replace(">", "&gt;"))
            new.writestr(part, text.replace("address change", TYPE))
    return written.getvalue()


def run(folder: Path) -> Ran:
    """Run the whole chain of the planted engagement in a process without a network."""
    workspace = folder / HOME
    root = workspace / "engagements" / "acme"
    (root / "private").mkdir(parents=True)
    (root / "private" / "pseudonym.key").write_bytes(KEY)
    canaries = planted(root)
    flags = [word for setting in QUICK for word in ("--set", setting)]
    command = [sys.executable, "-m", "analysis.cli", "run", "acme", "--workspace", str(workspace), *flags]
    wall = _wall()
    with no_network.watched(folder / "watch") as notes:
        environment = {**os.environ, **dict.fromkeys(("USER", "LOGNAME", "USERNAME"), USER)}
        done = subprocess.run(
            [*wall, *command],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment,
            cwd=folder,
            check=False,
        )
    processes = len(list(notes.iterdir())) - 1  # this one is watched too
    refused = tuple(no_network.refused(notes))
    return Ran(workspace, done.returncode, done.stdout + done.stderr, refused, processes, canaries, bool(wall))


def _wall() -> list[str]:
    """Return the words that start a process with no network but itself, where this system lets anybody do so."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return []
    words = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)
    return words if tried.returncode == 0 else []


def texts_below(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield everything that can be read in the files of a folder, each part by its name."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield f"name of {name}", name
        if not path.is_file():
            continue
        content = path.read_bytes()
        kind = path.suffix
        if kind == ".pdf":
            yield from ((f"{name}: {part}", text) for part, text in _pdf(path))
        elif kind == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                yield from ((f"{name}/{part}", book.read(part).decode("utf-8", "replace")) for part in book.namelist())
        elif kind == ".png":
            yield f"{name}: chunks", _png(content)
        elif kind == ".parquet":
            yield name, _parquet(path)
        else:
            text = content.decode("utf-8", "replace")
            yield name, text
            if kind == ".json":
                yield f"{name}, read", json.dumps(json.loads(text), ensure_ascii=False)


def _pdf(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the words of a PDF, and every string in its structure: properties, alternative texts, outline, links, labels."""
    import pikepdf
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    yield "pages", " ".join(" ".join(pages).replace("\ufffe", "").replace("\u200b", "").replace("\u2060", "").split())
    with pikepdf.open(path) as pdf:
        strings: list[str] = []
        for each in pdf.objects:
            _strings(each, strings, 0)
        yield "strings", "\n".join(strings)
        yield "metadata", pdf.Root.Metadata.read_bytes().decode("utf-8") if "/Metadata" in pdf.Root else ""


def _strings(value: object, found: list[str], depth: int) -> None:
    """Collect the strings and names inside a PDF object; objects that it points to are visited by themselves."""
    import pikepdf

    if isinstance(value, pikepdf.String | pikepdf.Name):
        found.append(str(value))
    elif isinstance(value, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream) and (
        depth == 0 or not value.is_indirect
    ):
        inner = value.items() if not isinstance(value, pikepdf.Array) else (("", one) for one in value)
        for name, one in inner:
            found.append(str(name))
            _strings(one, found, depth + 1)


def _png(content: bytes) -> str:
    """Return the texts in the chunks of a PNG, all but its pixels."""
    parts, at = [], 8
    while at < len(content):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        data = content[at + 8 : at + 8 + length]
        if kind != b"IDAT":
            parts.append(kind + b" " + data)
            if kind == b"zTXt":
                parts.append(zlib.decompress(data.partition(b"\0")[2][1:]))
        at += 12 + length
    return b"\n".join(parts).decode("latin-1")


def _parquet(path: Path) -> str:
    """Return every text of a table and of its schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    columns = [
        column
        for column, field in zip(table.columns, table.schema, strict=True)
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type) or pa.types.is_dictionary(field.type)
    ]
    values = [str(value) for column in columns for value in column.unique().to_pylist()]
    return "\n".join([str(table.schema), str(table.schema.metadata), *values])


def host() -> str:
    """Return the name of this machine."""
    return socket.gethostname()

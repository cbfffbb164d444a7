"""A client whose every text names somebody, in exports with every kind of fault: what is said about them must name nobody."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

NAME, LOGIN, MAIL, PHONE = "Zyxela Quorvath", "zqv4711", "zyxela.quorvath@client.example", "+31 6 8765 4321"
OTHER, LATIN = "Bartholomew Xanthippe", "Renée Quørvath"
SAYS = "customer Xylander complains about Quorvath"
# Found in a text however it is written: escaped, in capitals, by its halves.
TRACES = re.compile(
    r"(?i)zyxela|quorvath|qu\\?[ø]rvath|zqv4711|8765.?4321|bartholomew|xanthippe|xylander|ren\S{1,6}e qu"
)

Case = tuple[str, str | bytes, Mapping[str, object]]


def text(header: str, *rows: str, before: str = "") -> str:
    return before + "\n".join([header, *rows]) + "\n"


SPELLS = "agent,start,end,state,team,note"
GOOD = f"{NAME},2026-03-02 09:00,2026-03-02 09:30,IDLE,{OTHER},{SAYS}"


def spells(*rows: str, **more: object) -> tuple[str, Mapping[str, object]]:
    return text(SPELLS, GOOD, *rows), {"table": "spells", **more}


def cases() -> list[Case]:
    """Return a file, its content and its [[source]] for every kind of fault."""
    who = f",2026-03-02 10:00,2026-03-02 10:30,IDLE,{NAME},{SAYS}"
    texts = {
        "stamps.csv": spells(f"{LOGIN},{NAME},{MAIL},IDLE,{OTHER},{SAYS}", f"{MAIL},2026-13-99,{PHONE},IDLE,{NAME},x"),
        "missing.csv": spells(who, f"{LOGIN},,2026-03-02 10:30,IDLE,{NAME},x"),
        "equal.csv": spells(GOOD, GOOD, f"Total {NAME},,,,,", f"{PHONE}{who}"),
        "width.csv": spells(f"{LOGIN},2026-03-02 10:00", f"{MAIL}{who},{NAME},{PHONE}"),
        "backwards.csv": spells(f"{LOGIN},2026-03-02 11:00,2026-03-02 10:30,IDLE,{NAME},x"),
        "overlap.csv": spells(
            f"{NAME},2026-03-02 09:10,2026-03-02 20:30,IDLE,{NAME},x",
            f"{NAME},2026-03-04 09:10,2026-03-06 20:30,IDLE,x,x",
        ),
        "clocks.csv": spells(f"{LOGIN},2026-03-29 02:30,2026-03-29 03:30,IDLE,{NAME},x"),
        "variants.csv": spells(
            *(f"{one}{who}" for one in (NAME.upper(), f"0{LOGIN}", LOGIN, LOGIN.upper(), f"{LOGIN}.0", "00815", "815"))
        ),
        "excluded.csv": spells(f"{LOGIN}{who}", exclude={"team": [OTHER], "note": ["nothing"]}),
        "absent.csv": spells(columns={"agent": "nobody"}),
        "filled.csv": spells(who, fill_down=["agent"]),
        "order.csv": (
            text(SPELLS, f"{NAME},03/04/2026 09:00,03/04/2026 09:30,IDLE,{OTHER},{SAYS}"),
            {"table": "spells"},
        ),
        "outside.csv": (text(SPELLS, GOOD.replace("2026", "1999")), {"table": "spells"}),
        "quote.csv": (text(SPELLS, GOOD, f'{LOGIN},"{NAME},2026-03-02,IDLE'), {"table": "spells"}),
        "banner.csv": (text(SPELLS, GOOD, before=f"Report of {NAME}\nfor {SAYS}\n\n"), {"table": "spells"}),
        "headless.csv": (f"{NAME};{LOGIN};{MAIL}\n{OTHER};{PHONE};{SAYS}\n", {"table": "spells"}),
        "totals.csv": (
            text(
                "agent,interval_start,length_s,state,us,who",
                f"{NAME},2026-03-02 09:00,1800,IDLE,{LOGIN},{MAIL}",
                f"{NAME},2026-03-02 09:30,{MAIL},IDLE,1,x",
                f"{NAME},2026-03-02 10:00,1,IDLE,90000000,x",
            ),
            {"table": "state_totals"},
        ),
        "calls.csv": (
            text(
                "contact,queue,agent,offered_at,answered_at,ended_at,abandoned,talk_us,caller",
                f"{PHONE},{NAME},{LOGIN},2026-03-02 09:00,2026-03-02 08:59,2026-03-02 09:10,{SAYS},{MAIL},{PHONE}",
                f"1,q,{NAME},2026-03-02 09:00,,,no,1,{MAIL}",
            ),
            {"table": "contacts"},
        ),
        "roster.csv": (
            text(
                "agent,team,site,population,time_zone,valid_from",
                f"{NAME},{OTHER},{NAME},contact_centre,,",
                f"{NAME},North,{OTHER},contact_centre,,",
                f"{LOGIN},x,y,{SAYS},{MAIL},{PHONE}",
            ),
            {"table": "roster"},
        ),
        "shifts.csv": (
            text("agent,start,end,state,paid", f"{NAME},2026-03-02 09:00,2026-03-02 17:00,WORK,{SAYS}"),
            {"table": "schedule"},
        ),
        "items.csv": (
            text(
                "item,type,agent,started,ended",
                f"{PHONE},{NAME},{LOGIN},2026-03-02 09:00,{MAIL}",
                f"{PHONE},{NAME},{LOGIN},2026-03-02 09:00,2026-03-02 09:10",
            ),
            {"table": "work_items"},
        ),
        "volumes.csv": (
            text(
                "queue,start,length_s,offered",
                f"{NAME},2026-03-02 09:00,1800,{SAYS}",
                f"{NAME},2026-03-02 09:00,1800,3",
                f"{NAME},2026-03-02 09:00,1800,4",
            ),
            {"table": "volumes"},
        ),
        "looks.csv": (
            text(
                "round,observed_at,state,agent,observer",
                f"{NAME},2026-03-02 09:00,WORK,{LOGIN},{OTHER}",
                f"1,{MAIL},WORK,{LOGIN},{OTHER}",
            ),
            {"table": "observations"},
        ),
        "log.xes": (
            f'<?xml version="1.0"?><log><trace><string key="concept:name" value="{NAME}"/><event><string key="org:resource" value="{LOGIN}"/>',
            {"adapter": "xes"},
        ),
        "events.json": (
            json.dumps([{"ContactId": PHONE, "Agent": {"Username": LOGIN}}])[:-3],
            {"adapter": "amazon_contact_records"},
        ),
        "twice.json": (f'{{"ContactId": "{NAME}", "ContactId": "{LOGIN}"}}', {"adapter": "amazon_contact_records"}),
        "plain.json": (json.dumps([{"agent": NAME}, {"agent": LOGIN}]), {"table": "spells"}),
        "page.xls": (
            f"<table><tr><td>{NAME}</td></tr></table><table><tr><td>{LOGIN}</td></tr></table>",
            {"table": "spells"},
        ),
        "latin.csv": ("", {"table": "spells"}),
    }
    found: list[Case] = [(name, content, source) for name, (content, source) in texts.items() if content]
    good = text(SPELLS, GOOD).encode()
    found += [
        ("latin.csv", text(SPELLS, GOOD.replace(NAME, LATIN)).encode("cp1252"), {"table": "spells"}),
        ("mixed.csv", text(SPELLS, GOOD.replace(NAME, LATIN)).encode("cp1252") + LATIN.encode(), {"table": "spells"}),
        ("nul.csv", good + NAME.encode() + b"\0", {"table": "spells"}),
        ("cut.csv.gz", gzip.compress(good)[:-9], {"table": "spells"}),
        (
            "two.zip",
            zipped(("a.csv", good), ("b.csv", text(f"{SPELLS},x", f"{LOGIN},{NAME}").encode())),
            {"table": "spells"},
        ),
    ]
    return [*found, *books()]


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        for name, content in members:
            book.writestr(name, content)
    return stream.getvalue()


def books() -> list[Case]:
    """Return workbooks with names in cells, formulas, hidden rows and merged areas."""
    import openpyxl

    found: list[Case] = []
    for name in ("book.xlsx", "cut.xlsx"):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append([*SPELLS.split(","), None])
        sheet.append(GOOD.split(","))
        sheet.append([LOGIN, f'="{NAME}"', MAIL, "IDLE", NAME, SAYS])
        sheet.append([LOGIN, NAME, MAIL, "IDLE", NAME, SAYS, PHONE])
        sheet.append([None, "2026-03-02 09:00", "2026-03-02 09:30", "IDLE", NAME, SAYS])
        sheet.merge_cells("A4:A5")
        sheet.row_dimensions[3].hidden = True
        stream = io.BytesIO()
        book.save(stream)
        content = stream.getvalue()
        found.append((name, content if name == "book.xlsx" else content[:-300], {"table": "spells"}))
    return found


CLIENT = '[client]\nname = "Acme Mutual"\ntime_zone = "Europe/Amsterdam"\nperiod = { start = 2026-03-02, end = 2026-04-26 }\n'


def write_engagement(root: Path, *, only: str | None = None) -> list[dict[str, object]]:
    """Write an engagement with all cases (or one), and one file that no source names; return the sources as dictionaries."""
    (root / "data").mkdir(parents=True)
    sources: list[dict[str, object]] = []
    blocks = [CLIENT]
    for name, content, source in cases():
        if only not in (None, name):
            continue
        (root / "data" / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        sources.append({"files": [f"data/{name}"], **source})
        blocks.append("[[source]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in sources[-1].items()))
    (root / "engagement.toml").write_text("\n".join(blocks), encoding="utf-8")
    return sources


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def unread(root: Path) -> None:
    """Add files that no source names."""
    for name, content, _ in cases():
        if name in ("equal.csv", "calls.csv", "book.xlsx", "headless.csv", "plain.json", "page.xls"):
            (root / "data" / f"new_{name}").write_bytes(
                content.encode("utf-8") if isinstance(content, str) else content
            )


def said_by_intake(folder: Path, name: str) -> tuple[list[str], int]:
    """Return everything that intake says about one case, and how many findings are among it."""
    from analysis.foundation.schema import DataProblem
    from tests.intake.conftest import Desk

    root = folder / "acme"
    (source,) = write_engagement(root, only=name)
    (folder / "other").mkdir()
    desk = Desk(folder / "other")
    desk.root = root
    said = []
    try:
        desk.read(source)
    except DataProblem as problem:
        said += [str(problem), repr(problem), *map(str, problem.args)]
    intake = desk.read(source, check=True)
    said += [repr(intake), *map(str, intake.findings)]
    for frame in (intake.rejects, intake.files, intake.traps, intake.states):
        said += [str(cell) for column in frame.columns for cell in (column, *frame[column])]
    for table in intake.tables.values():
        said += [str(value) for column in ("agent", "observer") if column in table for value in table[column]]
    return said, len(intake.findings)

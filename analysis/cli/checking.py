"""What ``engage check`` says about the client's files."""

from __future__ import annotations

import json
from typing import Any

from analysis.engagement.load import load_engagement, require_sources
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.sample import ensure_sample
from analysis.engagement.workspace import Folder

_SEVERITY = {"ask": "QUESTION", "rejected": "left out", "flag": "note", "fixed": "mended"}


def check_engagement(folder: Folder) -> tuple[dict[str, Any], list[str]]:
    """Return what was found in the client's files, as plain data and as lines to print.

    Parameters
    ----------
    folder
        The engagement's folders.

    Raises
    ------
    UsageProblem
        The engagement file names no source.
    """
    from analysis.intake import check_sources

    if folder.slug == "sample":
        ensure_sample(folder)
    engagement = load_engagement(folder.file)
    require_sources(engagement)
    intake = check_sources(engagement.source, client=engagement.client, root=folder.root, key=pseudonym_key(folder))
    questions = [finding for finding in intake.findings if finding.severity == "ask"]
    outcome = {
        "summary": repr(intake),
        "questions": [finding.message for finding in questions],
        "files": [_file(record) for record in intake.files.to_dict("records")],
        "findings": [
            {
                "code": item.code,
                "severity": item.severity,
                "where": item.where,
                "message": item.message,
                "rows": item.rows,
            }
            for item in intake.findings
        ],
    }
    lines = [line for record in outcome["files"] for line in _file_lines(record)]
    order = list(_SEVERITY)
    for finding in sorted(intake.findings, key=lambda item: order.index(item.severity), reverse=True):
        lines.append(f"{_SEVERITY[finding.severity]}: {finding.message}")
    return outcome, [*lines, repr(intake)]


def _file(record: dict[str, Any]) -> dict[str, Any]:
    """Return one file's record as plain data."""
    fates = ("physical", "header", "banner", "blank", "total", "duplicate", "used")
    rows: dict[str, Any] = {name: int(record[name]) for name in fates}
    rows.update({name: json.loads(record[name]) for name in ("excluded", "rejected")})
    words = {name: str(record[name]) for name in ("file", "sha256", "adapter", "table", "good_for", "not_good_for")}
    return {**words, "rows": rows}


def _file_lines(record: dict[str, Any]) -> list[str]:
    """Return what is said about one file."""
    rows = record["rows"]
    fates = [
        f"{count:,} {name}" for name, count in rows.items() if isinstance(count, int) and count and name != "physical"
    ]
    fates += [
        f"{count:,} {name} ({reason})" for name in ("excluded", "rejected") for reason, count in rows[name].items()
    ]
    lines = [f"{record['file']}: {record['table']}, {rows['physical']:,} rows = {' + '.join(fates) or 'none'}"]
    lines += [f"  good for: {record['good_for']}"] if record["good_for"] else []
    lines += [f"  not good for: {record['not_good_for']}"] if record["not_good_for"] else []
    return lines

"""Makes a new engagement from the template, and ends one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from analysis.engagement.answers import first_answers
from analysis.engagement.data_request import chosen_vendors, data_request
from analysis.engagement.files import files_below, one_at_a_time, remove_tree, replace, write_bytes
from analysis.engagement.privacy import CLOSED_FILE, pseudonym_key
from analysis.engagement.sheets import sheet_headers, sheet_workbook
from analysis.engagement.workspace import Folder, check_slug
from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem

PRIVATE_PARTS: tuple[str, ...] = ("private", "data", "answers", "sheets")
_TEMPLATE_NAME = 'name = ""'


def new_engagement(slug: str, *, home: Path, client: str = "", vendors: Sequence[str] = ()) -> Folder:
    """Make an engagement: file with comments, folders, data request, empty sheets, workbooks for answers, interview guide and key.

    Parameters
    ----------
    slug
        Short name.
    home
        The workspace.
    client
        Name of the client as the report prints it, if known already.
    vendors
        Vendors of the client's systems: the data request says which of their reports to send, and how.

    Raises
    ------
    UsageProblem
        The name is not allowed or taken, or a vendor is not known.
    """
    letter = data_request(chosen_vendors(vendors))
    folder = Folder(root=home / "engagements" / check_slug(slug, new=True), workspace=home)
    if folder.root.exists():
        raise UsageProblem(f"There is an engagement {slug} already. Choose another name, or work on that one.")
    aside = folder.root.parent / f".new-{slug}"
    with one_at_a_time(folder.root.parent / ".lock", "the list of engagements"):
        remove_tree(aside)
        try:
            for name, source in files_below(assets() / "templates" / "engagement").items():
                write_bytes(aside / name, source.read_bytes())
            write_bytes(aside / "data_request.md", letter.encode("utf-8"))
            for name in sheet_headers():
                write_bytes(aside / "sheets" / f"{name}.xlsx", sheet_workbook(name))
            if client:
                file = aside / "engagement.toml"
                text = file.read_text(encoding="utf-8")
                named = text.replace(_TEMPLATE_NAME, f"name = {json.dumps(client, ensure_ascii=False)}", 1)
                write_bytes(file, named.encode("utf-8"))
            for name, content in first_answers().items():
                write_bytes(aside / "answers" / name, content)
            (aside / "data").mkdir(exist_ok=True)
            pseudonym_key(Folder(root=aside, workspace=home))
            replace(aside, folder.root)
        finally:
            remove_tree(aside)
    return folder


def private_files(folder: Folder) -> dict[str, int]:
    """Return how many files each folder holds that closing deletes."""
    return {name: len(files_below(folder.root / name)) for name in PRIVATE_PARTS if (folder.root / name).is_dir()}


def close_engagement(folder: Folder) -> None:
    """Delete the client's data, the answers, the pseudonym key, rejected rows and executed notebooks.

    What stays are the artefacts under pseudonyms that nobody can resolve any more, and the deliverables.
    """
    with one_at_a_time(folder.work / ".lock", f"the engagement {folder.slug}"):
        deleted = private_files(folder)
        # the mark comes first: a closed engagement that still holds files is closed again, an open one without its key is not
        write_bytes(folder.root / CLOSED_FILE, json.dumps({"deleted_files": deleted}, indent=1).encode("utf-8") + b"\n")
        for name in PRIVATE_PARTS:
            remove_tree(folder.root / name)
        remove_tree(folder.work / "drafts")
        remove_tree(folder.root / "notebooks")

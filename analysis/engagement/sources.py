"""Files in data/ that no [[source]] names, and adding a block for one without touching the rest of the engagement file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, cast

from pydantic import ValidationError

from analysis.engagement.files import files_below, read_json, write_bytes, write_json
from analysis.engagement.model import Engagement
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import DataProblem, KitError, UsageProblem
from analysis.intake.opening.archive import is_archive, members
from analysis.intake.opening.files import expand, parts_of, unreadable
from analysis.intake.settings import Source

# What operating systems and spreadsheets leave behind.
_LITTER = frozenset({"thumbs.db", "desktop.ini"})
# What was answered about files whose block is not added yet.
_ANSWERS = "check_answers.json"


def data_files(folder: Folder) -> list[str]:
    """Return the files below data/, relative to the engagement folder, without what systems leave behind."""
    found = []
    for name in files_below(folder.root / "data") if (folder.root / "data").is_dir() else ():
        parts = PurePosixPath(name).parts
        if not any(part.startswith((".", "~$")) for part in parts) and parts[-1].lower() not in _LITTER:
            found.append(f"data/{name}")
    return found


def tables_in(folder: Folder, file: str) -> dict[str, Path]:
    """Return the name and place of each file to look at: the file itself, or the members of a zip archive.

    Raises
    ------
    DataProblem
        The archive is damaged, encrypted or hostile.
    """
    path = folder.root / file
    try:
        if not is_archive(path):
            return {file: path}
        return {member.file: cast(Path, member) for member in members(file, path)}
    except OSError:
        raise unreadable(file) from None


def named_files(folder: Folder, sources: Sequence[Source]) -> dict[str, int]:
    """Return the files, and members of archives, that the engagement file names, each with the number of its first [[source]]."""
    found: dict[str, int] = {}
    for number, source in enumerate(sources, start=1):
        for name in (source.state_map, source.identities):
            if name:
                found.setdefault(name, number)
        for pattern in source.files:
            one = source.model_copy(update={"files": (pattern,)})
            try:
                for path in expand(one, folder.root):
                    for name, _ in parts_of(one, folder.root, path):
                        found.setdefault(name, number)
            except DataProblem:
                continue  # a pattern without a file is a question of its own when the source is read
    return found


def unread_files(folder: Folder, sources: Sequence[Source]) -> list[str]:
    """Return the files below data/, members of archives there, and workbooks in answers/ that nothing in the engagement file names."""
    named, found = named_files(folder, sources), []
    for file in [*data_files(folder), *_answer_books(folder)]:
        try:
            found += [name for name in tables_in(folder, file) if name not in named]
        except DataProblem:
            found.append(file)  # it is told what is wrong with the archive when it is looked at
    return found


def _answer_books(folder: Folder) -> list[str]:
    """Return the workbooks in answers/."""
    names = files_below(folder.root / "answers") if (folder.root / "answers").is_dir() else ()
    return [
        f"answers/{name}"
        for name in names
        if name.lower().endswith((".xlsx", ".ods")) and not name.startswith((".", "~$"))
    ]


def place_of_file(folder: Folder, name: str) -> Path:
    """Return where a file lies, or a member of an archive.

    Raises
    ------
    DataProblem
        The archive cannot be read.
    """
    prefix, mark, _ = name.partition(".zip/")
    file = f"{prefix}.zip" if mark and not (folder.root / name).is_file() else name
    there = tables_in(folder, file) if (folder.root / file).is_file() else {}
    return there.get(name, folder.root / name)


def pattern_for(
    folder: Folder, file: str, patterns: Sequence[str], *, named: Mapping[str, int], same: Callable[[str], bool]
) -> tuple[str, list[str]]:
    """Return the first pattern that finds unread files like `file` alone, with those files; else the file's own name.

    Parameters
    ----------
    folder
        The engagement's folders.
    file, patterns
        The file, and the patterns that are proposed for it.
    named
        Files that the engagement file names.
    same
        Tells whether another file is of the same kind.
    """
    for pattern in patterns:
        try:
            source = Source(files=(pattern,), table="roster")
            names = [name for path in expand(source, folder.root) for name, _ in parts_of(source, folder.root, path)]
        except (DataProblem, ValidationError):
            continue
        if file in names and all(name == file or (name not in named and same(name)) for name in names):
            return pattern, names
    return file, [file]


def add_source(folder: Folder, block: str, *, about: str) -> None:
    """Append a block to the engagement file; all that stands in it stays as it is.

    Parameters
    ----------
    folder
        The engagement's folders.
    block
        Text of one ``[[source]]`` block.
    about
        What a comment above the block says.

    Raises
    ------
    UsageProblem
        The file with the block would not be valid; nothing was written.
    KitError
        The file changed meanwhile; nothing was written.
    """
    before = folder.file.read_bytes()
    text = before.decode("utf-8")
    newline = "\r\n" if "\r\n" in text else "\n"
    added = newline.join(["", "", f"# {about}", *block.splitlines(), ""])
    whole = text.rstrip("\r\n") + added
    old, new = (_stated(one) for one in (text, whole))
    sources = new.get("source", [])
    same_rest = {name: value for name, value in new.items() if name != "source"} == {
        name: value for name, value in old.items() if name != "source"
    }
    if not same_rest or sources[:-1] != old.get("source", []):
        raise UsageProblem("engagement.toml: the block does not fit behind what stands there. Copy it in by hand.")
    try:
        Engagement.model_validate(new)
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False)[0]
        raise UsageProblem(
            f"engagement.toml: the block was not added, it would not be valid ({said['msg']}). Copy it in by hand and correct it."
        ) from None
    if folder.file.read_bytes() != before:
        raise KitError(
            "engagement.toml changed while the block was being added. Nothing was written; run the command again."
        )
    write_bytes(folder.file, whole.encode("utf-8"))


def kept_answers(folder: Folder, file: str) -> dict[str, str]:
    """Return what was answered about a file before."""
    return dict((read_json(folder.work / _ANSWERS) or {}).get(file, {}))


def keep_answers(folder: Folder, file: str, answers: Mapping[str, str]) -> None:
    """Keep what was answered about a file, so that the next check goes on from there; no answers forget it."""
    before = read_json(folder.work / _ANSWERS) or {}
    after = {name: value for name, value in before.items() if name != file} | ({file: dict(answers)} if answers else {})
    if after != before:
        write_json(folder.work / _ANSWERS, after)


def _stated(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError:
        raise UsageProblem(
            "engagement.toml: a block cannot be added behind what stands there. Copy it in by hand."
        ) from None


def data_path(folder: Folder, given: str) -> str:
    """Return a file of data/ as the engagement file names it.

    Parameters
    ----------
    folder
        The engagement's folders.
    given
        As typed: relative to the engagement folder, to data/, or to the current folder.

    Raises
    ------
    UsageProblem
        There is no such file in data/.
    """
    import difflib

    base = folder.root.resolve()
    for there in (folder.root / given, folder.root / "data" / given, Path(given)):
        if there.is_file() and there.resolve().is_relative_to(base):
            return there.resolve().relative_to(base).as_posix()
    for name in (given, f"data/{given}"):
        if ".zip/" in name and place_of_file(folder, name) != folder.root / name:
            return name
    known = data_files(folder)
    near = difflib.get_close_matches(given, known, n=3, cutoff=0.3) or known[:3]
    listed = f" There are: {', '.join(near)}." if near else " data/ holds no files yet."
    raise UsageProblem(f"--map {given}: there is no such file in the engagement's data/.{listed}")

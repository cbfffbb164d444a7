"""State maps: what each of the client's state codes means on the time ladder."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.foundation.assets import assets
from analysis.foundation.schema import BUCKETS, EXTRA_STATES, DataProblem, UnmappedStates
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.opening.files import is_there
from analysis.intake.opening.raw import plain
from analysis.intake.settings import Source
from analysis.intake.words import number_of

FIELDS: tuple[str, ...] = (
    "state_raw",
    "ladder_bucket",
    "paid",
    "planned",
    "legitimate_allowance",
    "cause",
    "interruptible",
    "counts_toward_shrinkage",
)
CAUSES: tuple[str, ...] = ("demand", "system", "policy", "person", "unknown")
STATED: tuple[str, ...] = tuple(bucket for bucket in BUCKETS if bucket != "UNACCOUNTED") + EXTRA_STATES
# Tables whose rows carry the cause of their state.
CAUSED: tuple[str, ...] = ("spells", "state_totals")
HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class StateMap:
    """Meaning of state codes: code (casefolded) to bucket, to whether it is paid and to its cause, and where the map stands."""

    name: str
    buckets: Mapping[str, str]
    paid: Mapping[str, bool | None]
    causes: Mapping[str, str]


def load_state_map(source: Source, root: Path) -> StateMap:
    """Return the state map of a source: its own file, else the template of its adapter.

    Raises
    ------
    DataProblem
        The file is missing, or a line of it is not understood.
    """
    if source.state_map is None:
        name, path = f"state_maps/{source.adapter}.csv", assets() / "templates" / "state_maps" / f"{source.adapter}.csv"
    else:
        name, path = source.state_map, root / source.state_map
    if not is_there(path):
        raise DataProblem(f"state_map: {name} is not in the engagement folder. Put it there, or correct state_map.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataProblem(f"{name}: the state map is not UTF-8 text. Save it as CSV UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.split("\n", 1)[0] else ",")
    absent = [field for field in FIELDS if field not in (reader.fieldnames or ())]
    if absent:
        raise DataProblem(
            f"{name}: the state map lacks the columns {', '.join(absent)}. Give it the header {','.join(FIELDS)}."
        )
    buckets: dict[str, str] = {}
    paid: dict[str, bool | None] = {}
    causes: dict[str, str] = {}
    waiting = 0
    for line, row in enumerate(reader, start=2):
        code, bucket, cause = (plain(row[field] or "") for field in ("state_raw", "ladder_bucket", "cause"))
        if not code:
            continue
        waiting += bool(plain(row.get("please_confirm") or ""))
        if bucket not in STATED:
            raise DataProblem(f"{name}: line {line}: ladder_bucket must be one of {', '.join(STATED)}.")
        if cause and cause not in CAUSES:
            raise DataProblem(f"{name}: line {line}: cause must be one of {', '.join(CAUSES)}.")
        if buckets.setdefault(code.casefold(), bucket) != bucket:
            raise DataProblem(f"{name}: line {line}: this code stands twice with different buckets. Keep one line.")
        # lines that agree on the bucket but not on the cause leave the cause open
        causes[code.casefold()] = cause if causes.get(code.casefold(), cause) == cause else "unknown"
        word = plain(row["paid"] or "").casefold()
        if word not in ("true", "false", ""):
            raise DataProblem(f"{name}: line {line}: paid must be true, false or empty.")
        paid[code.casefold()] = {"true": True, "false": False}.get(word)
    if waiting:
        raise DataProblem(
            f"{name}: {number_of(waiting, 'meaning')} proposed and not confirmed. Go through them with the client, correct "
            "ladder_bucket, and empty the column please_confirm."
        )
    return StateMap(name, buckets, paid, causes)


def map_states(batch: Batch, columns: dict[str, Column], states: StateMap) -> pd.DataFrame:
    """Replace state codes by ladder states and return what each code holds; a code without a meaning stops the source.

    Parameters
    ----------
    batch
        Rows of a source.
    columns
        Our columns, typed: `state` is replaced; `state_raw` and `cause` of spells and, in a schedule, `paid` are added.
    states
        The map.

    Returns
    -------
    pandas.DataFrame
        One row per code: source, state_raw, state, spells, hours.

    Raises
    ------
    DataProblem
        Codes that the map does not hold, each with its rows and hours.
    """
    raw, given = columns["state"].text, columns["state"].given
    codes, names = pd.factorize(raw)
    keys = [plain(str(name)).casefold() for name in names]
    found = pd.array([states.buckets.get(key) for key in keys], dtype=TEXT)
    still = batch.fates.open & given & ~batch.absorbed
    held = pd.DataFrame({"code": codes[still], "us": _time(batch, columns)[still]})
    table = _held(batch, held, names, found, states.name)
    columns["state"] = Column("text", pd.Series(found.take(codes), dtype=TEXT), given)
    if batch.source.target == "spells":
        columns["state_raw"] = Column("text", raw, given)
    if batch.source.target in CAUSED:
        cause = pd.Series(_causes(states, keys).take(codes), dtype=TEXT)
        columns["cause"] = Column("text", cause, given & cause.notna().to_numpy())
    if batch.source.target == "schedule":
        _paid(columns, codes, [states.paid.get(key) for key in keys])
    return table


def _causes(states: StateMap, keys: Sequence[str]) -> pd.api.extensions.ExtensionArray:
    """Return the cause of each code, missing where the map names none."""
    return pd.array([states.causes.get(key) or None for key in keys], dtype=TEXT)


def map_totals(
    batch: Batch, frame: pd.DataFrame, wide: Mapping[str, Column], states: StateMap
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn one column of time per state into one row per state, and translate the codes.

    Parameters
    ----------
    batch
        Rows of a source.
    frame
        Its rows used, typed; the index holds their position in the batch.
    wide
        Time of each state code [us].
    states
        The map.

    Returns
    -------
    rows
        One row per row of `frame` and state that holds time; the index holds the position in the batch.
    held
        As :func:`map_states` returns it.

    Raises
    ------
    DataProblem
        Codes that the map does not hold, each with its rows and hours.
    """
    at = frame.index.to_numpy()
    names = list(wide)
    found = pd.array([states.buckets.get(plain(name).casefold()) for name in names], dtype=TEXT)
    us = np.stack([np.where(wide[name].given, wide[name].array, 0)[at] for name in names], axis=1)
    row, code = np.nonzero(us)
    table = _held(batch, pd.DataFrame({"code": code, "us": us[row, code]}), names, found, states.name)
    rows = frame.iloc[row].assign(state=found.take(code), us=pd.array(us[row, code], dtype="Int64"))
    if batch.source.target in CAUSED:
        rows["cause"] = _causes(states, [plain(name).casefold() for name in names]).take(code)
    return rows, table


def _held(
    batch: Batch, held: pd.DataFrame, names: Sequence[object], found: pd.api.extensions.ExtensionArray, where: str
) -> pd.DataFrame:
    """Return rows and hours of each code (columns code, us), and stop where one has no meaning."""
    totals = held.groupby("code", sort=True)["us"].agg(["size", "sum"])
    table = pd.DataFrame(
        {
            "source": batch.source.label,
            "state_raw": pd.array([str(names[code]) for code in totals.index], dtype=TEXT),
            "state": found[totals.index.to_numpy()],
            "spells": totals["size"].to_numpy(),
            "hours": totals["sum"].to_numpy() / HOUR_US if batch.source.target != "observations" else np.nan,
        }
    )
    unmapped = table[table["state"].isna()]
    if len(unmapped):
        raise _unmapped(batch, unmapped, where)
    return table


def _time(batch: Batch, columns: dict[str, Column]) -> np.ndarray:
    """Return the time that each row holds [us]."""
    if "us" in columns:
        return columns["us"].array
    if "start" in columns and "end" in columns:
        return columns["end"].array - columns["start"].array
    return np.zeros(len(batch.rows), dtype=np.int64)


def _unmapped(batch: Batch, unmapped: pd.DataFrame, name: str) -> UnmappedStates:
    """Return the question about codes without a meaning."""
    lines = []
    for row in unmapped.sort_values("spells", ascending=False).head(20).to_dict("records"):
        code = "".join(sign if sign.isprintable() else "?" for sign in str(row["state_raw"]))[:60]
        hours = "" if np.isnan(row["hours"]) else f", {row['hours']:,.1f} h"
        lines.append(f"{code!r} ({number_of(row['spells'], 'row')}{hours})")
    more = f" and {len(unmapped) - 20} more" if len(unmapped) > 20 else ""
    where = name if batch.source.state_map else f'a copy of {name} in the engagement folder, named by state_map = "..."'
    question = batch.ask(
        f"{batch.source.label}: {number_of(len(unmapped), 'state code')} without a meaning: {'; '.join(lines)}{more}. "
        f"Add a line for each to {where}."
    )
    return UnmappedStates(str(question), held=unmapped[["state_raw", "spells", "hours"]])


def _paid(columns: dict[str, Column], codes: np.ndarray, paid: list[bool | None]) -> None:
    """Fill whether a scheduled state is paid from the map where the export does not say."""
    known = np.array([value is not None for value in paid] + [False])[codes]
    value = np.array([bool(value) for value in paid] + [False])[codes]
    if "paid" in columns:
        given = columns["paid"].given
        columns["paid"] = Column("flag", np.where(given, columns["paid"].values, value), given | known)
    else:
        columns["paid"] = Column("flag", value, known)
